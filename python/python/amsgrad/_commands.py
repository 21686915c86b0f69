"""The commands that study a problem, as functions: each runs the program in a process of its own and reads its document."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, overload

from . import _figures
from ._amsgrad import Formula


class Report(dict[str, Any]):
    """The JSON document of a command, and its figures. In a notebook it shows these.

    Attributes
    ----------
    figures : dict of str to bytes
        The SVG of each figure that was asked for.

    Examples
    --------
    >>> import amsgrad
    >>> report = amsgrad.basins("(x^2-1)^2 + y^2", bounds=[(-2, 2)] * 2, side=20)
    >>> report["starts"], list(report.figures)
    (400, ['output'])
    """

    figures: dict[str, bytes]

    def __init__(self, document: Mapping[str, Any], figures: dict[str, bytes]) -> None:
        super().__init__(document)
        self.figures = figures

    def _repr_html_(self) -> str | None:
        return "\n".join(map(_figures.inline, self.figures.values())) or None


def compare(
    formula: str | None = None, *, bounds: Any = None, figures: str | Sequence[str] = (), **options: Any
) -> Report:
    """Compare update rules from the same starts, each at a learning rate that is tuned first.

    Parameters
    ----------
    formula : str, optional
        What is minimized; or ``problem="rosenbrock"`` and the like. With ``data="decay.csv"``, the name of a table, it is a model
        such as ``"y ~ a*exp(-b*t)"``, whose cost over the rows is minimized.
    bounds : sequence of (lower, upper) or str, optional
        Where starts are drawn from, and runs stay.
    figures : str or sequence of str
        Which figures to draw: plot, paths, step_sizes.
    **options
        The options of the command, which ``amsgrad help compare`` tells: `rules`, `starts`, `trials`, `as_given`, ...

    Returns
    -------
    Report

    Examples
    --------
    >>> import amsgrad
    >>> report = amsgrad.compare("x^2 + 30*y^2", bounds=[(-2, 2)] * 2, rules="amsgrad,adam", starts=4, steps=200)
    >>> len(report["rules"])
    2
    """
    return _run("compare", formula, bounds, figures, options)


@overload
def tune(
    formula: str | None = None,
    *,
    bounds: Any = None,
    figures: str | Sequence[str] = (),
    shard: None = None,
    **options: Any,
) -> Report: ...
@overload
def tune(
    formula: str | None = None,
    *,
    bounds: Any = None,
    figures: str | Sequence[str] = (),
    shard: tuple[int, int],
    **options: Any,
) -> str: ...
def tune(
    formula: str | None = None,
    *,
    bounds: Any = None,
    figures: str | Sequence[str] = (),
    shard: tuple[int, int] | None = None,
    **options: Any,
) -> Report | str:
    """Find settings that are good for a problem, from many starts on all cores.

    Parameters
    ----------
    formula, bounds
        As for `compare`.
    figures : str or sequence of str
        Which figures to draw: plot.
    shard : (int, int), optional
        ``(i, n)``: make only part i of n of the runs, and return that as a text for `merge`. For the methods grid and random.
    **options
        The options of the command, which ``amsgrad help tune`` tells: `vary`, `samples`, `seeds`, `method`, `checkpoint`, ...

    Returns
    -------
    Report

    Examples
    --------
    >>> import amsgrad
    >>> report = amsgrad.tune("x^2 + 30*y^2", bounds=[(-2, 2)] * 2, vary="lr=1e-3..1", seeds=4, check=4, steps=200)
    >>> sorted(report["ranking"][0]["settings"])
    ['learning_rate']
    """
    if shard is not None:
        return _part("tune", formula, bounds, shard, options)
    return _run("tune", formula, bounds, figures, options)


def diagnose(
    formula: str | None = None, *, bounds: Any = None, figures: str | Sequence[str] = (), **options: Any
) -> Report:
    """Tell whether AMSGrad would help where Adam is used, and why.

    Parameters
    ----------
    formula, bounds
        As for `compare`.
    figures : str or sequence of str
        Which figures to draw: plot.
    **options
        The options of the command, which ``amsgrad help diagnose`` tells.

    Returns
    -------
    Report

    Examples
    --------
    >>> import amsgrad
    >>> report = amsgrad.diagnose("x^2 + 30*y^2", bounds=[(-2, 2)] * 2, lr=0.1, starts=4, steps=100)
    >>> isinstance(report, amsgrad.Report)
    True
    """
    return _run("diagnose", formula, bounds, figures, options)


@overload
def basins(
    formula: str | None = None,
    *,
    bounds: Any = None,
    side: int = 300,
    shard: None = None,
    **options: Any,
) -> Report: ...
@overload
def basins(
    formula: str | None = None,
    *,
    bounds: Any = None,
    side: int = 300,
    shard: tuple[int, int],
    **options: Any,
) -> str: ...
def basins(
    formula: str | None = None,
    *,
    bounds: Any = None,
    side: int = 300,
    shard: tuple[int, int] | None = None,
    **options: Any,
) -> Report | str:
    """Draw which minimum is reached from where, for a function of two variables.

    Parameters
    ----------
    formula, bounds
        As for `compare`.
    side : int, default 300
        The number of starts along each side.
    shard : (int, int), optional
        ``(i, n)``: make only part i of n of the runs, and return that as a text for `merge`.
    **options
        The options of the command, which ``amsgrad help basins`` tells.

    Returns
    -------
    Report
        Its figure is ``figures["output"]``.

    Examples
    --------
    >>> import amsgrad
    >>> report = amsgrad.basins("(x^2-1)^2 + y^2", bounds=[(-2, 2)] * 2, side=20)
    >>> sorted(round(place["point"][0]) for place in report["places"])
    [-1, 1]
    """
    options = {**options, "side": side}
    if shard is not None:
        return _part("basins", formula, bounds, shard, options)
    return _run("basins", formula, bounds, "output", options)


def merged(parts: Sequence[str], command: Sequence[str], figures: str | Sequence[str]) -> Report:
    """Return the report of the command that these shards are of."""
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder, f"{place}.json") for place in range(len(parts))]
        for file, part in zip(files, parts):
            file.write_text(part, encoding="utf-8")
        words = ["merge", "--json", *map(str, files), "--"]
        return _reported(words, [], "output" if command[0] == "basins" else figures)


def _run(
    command: str, formula: str | None, bounds: Any, figures: str | Sequence[str], options: Mapping[str, Any]
) -> Report:
    words, last = _typed(command, formula, bounds, options)
    return _reported([*words, "--json"], last, figures)


def _part(
    command: str, formula: str | None, bounds: Any, shard: tuple[int, int], options: Mapping[str, Any]
) -> str:
    number, count = shard
    words, last = _typed(command, formula, bounds, options)
    return _program([*words, f"--shard={number}/{count}", *last])


def _typed(
    command: str, formula: str | None, bounds: Any, options: Mapping[str, Any]
) -> tuple[list[str], list[str]]:
    """Return the command and its options as they are typed, and the formula, which stands last."""
    words = [command]
    for name, value in options.items():
        words += _words(name, value)
    if bounds is not None:
        words.append(f"--bounds={_bounds(bounds, formula, options)}")
    return words, [] if formula is None else ["--", formula]


def _reported(words: Sequence[str], last: Sequence[str], figures: str | Sequence[str]) -> Report:
    names = [figures] if isinstance(figures, str) else list(figures)
    with tempfile.TemporaryDirectory() as folder:
        files = {name: os.path.join(folder, f"{name}.svg") for name in names}
        drawing = [word for name, file in files.items() for word in _words(name, file)]
        document = json.loads(_program([*words, *drawing, *last]))
        drawn = {name: pathlib.Path(file).read_bytes() for name, file in files.items() if os.path.exists(file)}
    return Report(document, drawn)


def _program(words: Sequence[str]) -> str:
    """Return what the program prints."""
    paths = [str(pathlib.Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "amsgrad", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if not ran.stdout:
        raise ValueError(ran.stderr.strip())
    return ran.stdout


def _words(name: str, value: Any) -> list[str]:
    """Return an option as it is typed."""
    option = "--" + name.replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [option]
    if isinstance(value, (list, tuple)):
        return [word for one in value for word in _words(name, one)]
    return [f"{option}={os.fspath(value) if isinstance(value, os.PathLike) else value}"]


def _bounds(bounds: Any, formula: str | None, options: Mapping[str, Any]) -> str:
    if isinstance(bounds, str):
        return bounds
    sides = [f"{'' if low is None else low}..{'' if high is None else high}" for low, high in bounds]
    if len(set(sides)) == 1:
        return sides[0]
    if formula is None:
        raise ValueError("the bounds of a problem are one pair for all variables, or a text")
    if options.get("data") is not None:
        raise ValueError("the bounds of a model's parameters are one pair for all, or a text such as 'a=0..10,b=0..1'")
    names = Formula(formula, dimension=options.get("dimension")).variables
    if len(names) != len(sides):
        raise ValueError(f"{len(sides)} bounds are given; allowed: {len(names)}, one for each variable")
    return ",".join(f"{name}={side}" for name, side in zip(names, sides))
