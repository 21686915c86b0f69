"""Figures as bytes or files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._amsgrad import Formula, draw_formula

if TYPE_CHECKING:
    from _typeshed import StrPath


def plot(
    formula: str | Formula,
    bounds: Sequence[tuple[float, float]],
    kind: str = "contour",
    *,
    file: StrPath | None = None,
    format: str | None = None,
    colors: str = "viridis",
) -> bytes:
    """Draw a formula of one or two variables, without matplotlib.

    Parameters
    ----------
    formula : str or Formula
        What is drawn.
    bounds : sequence of (lower, upper)
        Where, for each variable.
    kind : str, default "contour"
        contour or surface; of one variable a curve is drawn.
    file : path, optional
        Write the figure there too, whole or not at all.
    format : str, optional
        svg, png or pdf. Default: what the file's name ends in, else svg.
    colors : str, default "viridis"
        viridis, turbo or jet.

    Returns
    -------
    bytes

    Examples
    --------
    >>> import amsgrad
    >>> amsgrad.plot("x^2 + y^2", [(-1, 1), (-1, 1)], "surface", format="png")[:4]
    b'\\x89PNG'
    """
    formula = Formula(formula) if isinstance(formula, str) else formula
    sides = [(float(lower), float(upper)) for lower, upper in bounds]
    return saved(draw_formula(formula, kind, sides, form(file, format), colors), file)


def form(file: StrPath | None, format: str | None) -> str:
    """Return the format that is asked for."""
    if format is not None or file is None:
        return format or "svg"
    return os.path.splitext(os.fspath(file))[1].lstrip(".").lower() or "svg"


def saved(figure: bytes, file: StrPath | None) -> bytes:
    """Return the figure, written to a file where there is one: whole or not at all."""
    if file is None:
        return figure
    path = os.path.abspath(os.fspath(file))
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False) as draft:
        try:
            draft.write(figure)
            draft.flush()
            os.fsync(draft.fileno())
            os.chmod(draft.name, 0o666 & ~_umask())
            os.replace(draft.name, path)
        except BaseException:
            os.unlink(draft.name)
            raise
    return figure


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def inline(figure: bytes) -> str:
    """Return an SVG as it stands in a page."""
    text = figure.decode()
    return text[text.index("<svg") :]


def shown(figure: Any) -> str | None:
    """Return the SVG of a figure for a notebook; None where there is nothing to draw."""
    try:
        return inline(figure("svg"))
    except ValueError:
        return None
