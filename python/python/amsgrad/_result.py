"""What a run ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


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
    """The result of a run: SciPy's where SciPy is installed."""
