"""Figures as bytes and files."""

import numpy as np
import pytest
from amsgrad import fit, minimize, plot

STARTS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}
BOWL, SIDES = "x^2 + y^2", [(-1, 1), (-1, 1)]


def is_of(format, figure):
    return isinstance(figure, bytes) and STARTS[format] in figure[:200]


@pytest.mark.parametrize("format", STARTS)
def test_every_figure_in_every_format(format, tmp_path):
    result = minimize(BOWL, bounds=SIDES)
    fitted = fit("y ~ a*x + b", {"x": [0.0, 1, 2, 3], "y": [1.0, 3, 5, 7.1]})
    figures = {
        "contour": lambda **where: plot(BOWL, SIDES, **where),
        "surface": lambda **where: plot(BOWL, SIDES, "surface", **where),
        "curve": lambda **where: plot("x^2", [(-1, 1)], **where),
        "run": result.plot,
        "progress": lambda **where: result.plot("progress", **where),
        "one": minimize("x^2", [1.0]).plot,
        "three": minimize("x^2 + y^2 + z^2", [1.0, 1, 1]).plot,
        "function": minimize(lambda x: float(x @ x), [1.0, 1], options={"lr": 0.1}).plot,
        "fit": fitted.plot,
    }
    for name, draw in figures.items():
        figure = draw(format=format)
        assert is_of(format, figure), name
        file = tmp_path / f"{name}.{format}"
        assert draw(file=file) == figure == file.read_bytes(), "the same bytes"
    assert len(list(tmp_path.iterdir())) == len(figures)


def test_in_a_notebook():
    shown = minimize(BOWL, bounds=SIDES)._repr_html_()
    assert shown.startswith("<svg") and shown.rstrip().endswith("</svg>")
    assert minimize(BOWL, bounds=SIDES, options={"return_all": False})._repr_html_() is None
    assert minimize("x^2", [1.0], bounds=[(0, None)])._repr_html_().startswith("<svg")


def test_what_is_wrong(tmp_path):
    with pytest.raises(ValueError, match="1 bounds are given; allowed: 2"):
        plot(BOWL, [(0, 1)])
    with pytest.raises(ValueError, match="allowed: contour, surface"):
        plot(BOWL, SIDES, "pie")
    with pytest.raises(ValueError, match="gif.*svg"):
        plot(BOWL, SIDES, file=tmp_path / "a.gif")
    with pytest.raises(ValueError, match="purple"):
        plot(BOWL, SIDES, colors="purple")
    with pytest.raises(ValueError, match="1 or 2 variables"):
        plot("x + y + z", [(0, 1)] * 3)
    with pytest.raises(ValueError):
        plot(BOWL, [(1, 0), (0, 1)])
    with pytest.raises(FileNotFoundError):
        plot(BOWL, SIDES, file=tmp_path / "none" / "a.svg")
    with pytest.raises(ValueError, match="return_all=True"):
        minimize("x^2", np.ones(1), options={"return_all": False}).plot()
    with pytest.raises(ValueError, match="allowed: run, progress"):
        minimize("x^2", [1]).plot("pie")
    assert not list(tmp_path.iterdir())
