"""What a run ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _figures
from ._amsgrad import draw_run

if TYPE_CHECKING:
    from _typeshed import StrPath


class _Plain(dict[str, Any]):
    """A dict whose entries are attributes too, as SciPy's result is."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def __setattr__(self, name: str, value: Any, /) -> None:
        self[name] = value

    def __dir__(self) -> list[str]:
        return list(self.keys())

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        return "\n".join(f"{name:>{width}}: {value!r}" for name, value in self.items())


if TYPE_CHECKING:
    _Base = _Plain
else:
    try:
        from scipy.optimize import OptimizeResult as _Base
    except ImportError:
        _Base = _Plain


class OptimizeResult(_Base):
    """The result of a run: SciPy's where SciPy is installed. In a notebook it shows its figure."""

    def plot(
        self,
        kind: str = "run",
        *,
        file: StrPath | None = None,
        format: str | None = None,
        colors: str = "viridis",
    ) -> bytes:
        """Draw the run, without matplotlib.

        Parameters
        ----------
        kind : str, default "run"
            run: the path over the formula of one or two variables, else as progress. progress: value and gradient against
            the step.
        file : path, optional
            Write the figure there too, whole or not at all.
        format : str, optional
            svg, png or pdf. Default: what the file's name ends in, else svg.
        colors : str, default "viridis"
            viridis, turbo or jet.

        Returns
        -------
        bytes
        """
        if kind not in ("run", "progress"):
            raise ValueError(f"kind is {kind!r}; allowed: run, progress")
        return _figures.saved(self._draw(kind, _figures.form(file, format), colors), file)

    def _draw(self, kind: str, format: str, colors: str = "viridis") -> bytes:
        history = self.get("history")
        if history is None:
            raise ValueError("the run was not recorded; add the option return_all=True")
        return draw_run(
            self.get("formula"),
            kind == "progress",
            history["step"],
            history["fun"],
            abs(history["jac"]).max(axis=1, initial=0.0),
            history["x"],
            self.get("bounds"),
            self["settings"]["maximize"],
            format,
            colors,
        )

    def _repr_html_(self) -> str | None:
        return _figures.shown(lambda format: self._draw("run", format))
