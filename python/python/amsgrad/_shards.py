"""Shards that many machines made, merged into one result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from . import _commands, _minimize
from ._amsgrad import Shards


def merge(parts: Iterable[str], *, figures: str | Sequence[str] = ()) -> Any:
    """Make of all shards what the whole call returns: the same bits.

    Parameters
    ----------
    parts : iterable of str
        What `minimize`, `fit`, `tune` or `basins` returned for ``shard=(1, n)`` to ``(n, n)``, in any order; or what the
        command of that name prints with ``--shard``.
    figures : str or sequence of str
        Which figures to draw, of `tune`.

    Returns
    -------
    OptimizeResult, dict of columns or Report
        As the function without `shard`.

    Raises
    ------
    ValueError
        A shard is missing, there twice, or from another run; the message names it.

    Examples
    --------
    >>> import amsgrad
    >>> def run(**shard):
    ...     options = {"starts": 20, "lr": 0.05}
    ...     return amsgrad.minimize("(x^2-1)^2 + y^2", bounds=[(-2, 2)] * 2, options=options, **shard)
    >>> result = amsgrad.merge(run(shard=(i, 3)) for i in (1, 2, 3))
    >>> result.fun == run().fun, len(result.runs["fun"])
    (True, 20)
    """
    texts = list(parts)
    shards = Shards(texts)
    match shards.command:
        case ["python", "minimize"]:
            return _minimize.merged(shards)
        case ["python", "fit"]:
            return shards.fits(json.loads(shards.settings)["by"])
        case command:
            return _commands.merged(texts, command, figures)
