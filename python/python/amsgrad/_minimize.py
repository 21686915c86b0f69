"""Runs in the shape of ``scipy.optimize.minimize``."""

from __future__ import annotations

import inspect
import json
import math
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike

from ._amsgrad import Ball, Formula, Plan, Shard, Shards, Simplex
from ._amsgrad import minimize as _run

if TYPE_CHECKING:
    from ._result import OptimizeResult


@overload
def minimize(
    fun: Callable[..., Any] | str | Formula,
    x0: ArrayLike | None = None,
    args: Any = (),
    method: str = "amsgrad",
    jac: Callable[..., Any] | bool | None = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    shard: None = None,
) -> OptimizeResult: ...
@overload
def minimize(
    fun: str,
    x0: None = None,
    args: Any = (),
    method: str = "amsgrad",
    jac: None = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: None = None,
    options: Mapping[str, Any] | None = None,
    *,
    shard: tuple[int, int],
) -> str: ...
def minimize(
    fun: Callable[..., Any] | str | Formula,
    x0: ArrayLike | None = None,
    args: Any = (),
    method: str = "amsgrad",
    jac: Callable[..., Any] | bool | None = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    shard: tuple[int, int] | None = None,
) -> OptimizeResult | str:
    """Minimize a function or a formula.

    Parameters
    ----------
    fun : callable, str or Formula
        ``fun(x, *args) -> float``, with `x` an array of shape (n,). A text is a formula, such as
        ``"(1-x)^2 + 100*(y-x^2)^2"``: it is differentiated exactly and runs with the interpreter released.
    x0 : array_like, shape (n,), optional
        The start. Without one it is drawn from the bounds; of a formula without bounds from -1 to 1.
    args : tuple, optional
        What else `fun` and `jac` are called with.
    method : str, default "amsgrad"
        The update rule: amsgrad, adam, rmsprop, ...; the command ``amsgrad rules`` lists them.
    jac : callable, True or None
        ``jac(x, *args) -> array_like, shape (n,)``. With True, `fun` returns the pair of value and gradient. With None the
        gradient is estimated by central differences, none of them outside the bounds.
    hess, hessp
        Not used by first-order methods; there for SciPy's signature.
    bounds : scipy.optimize.Bounds or sequence of (lower, upper), optional
        None or an infinite number is an open side. Nothing is ever evaluated outside, the start included.
    constraints : Ball or Simplex, optional
        A set to stay in, together with the bounds where both are given.
    tol : float, optional
        The same as the option `gtol`.
    callback : callable, optional
        Called after every step as ``callback(x)``, or as ``callback(intermediate_result=OptimizeResult)`` where its only
        parameter has that name. StopIteration stops the run; any other exception comes through.
    options : dict, optional
        lr : float or str, default "auto"
            The learning rate, also a schedule such as ``"0.1/sqrt(t)"``; "auto" finds one from step to step.
        betas, beta1, beta2, eps, dialect, ...
            The settings of the rule. `betas` is the pair of both.
        maxiter, maxfev : int
            Limits of steps and of values of `fun`. Default 50,000 steps where the run finds its learning rate (10,000 per
            start with `starts`), else 5000.
        gtol : float
            The run has converged where no component of the gradient is larger. Default 1e-6 with a learning rate, of a
            formula 1e-6 of the gradient at the start where that is less; else the run goes on until no rate finds a
            better value.
        gtol_rel, ftol, xtol : float
            The same for the gradient as a share of its size at the start, and for the change of the value and of the
            point in a step.
        target : float
            A value that is good enough.
        patience : int
            A number of steps without a better value that ends the run.
        time_limit : float
            Seconds after which no step begins.
        weight_decay : float, decoupled : bool
            A pull towards 0, as torch has it.
        maximize : bool
            Find a maximum instead.
        starts : int, seed : int
            A number of random starts, on all cores for a formula, and the seed of what is drawn.
        return_all : bool
            Record the path as `history` and `allvecs`. Default: as `history`, for at most 100 coordinates.
        disp : bool
            Print how the run ended.
    shard : (int, int), optional
        ``(i, n)``: run from part i of n of the starts alone, and return that as a text for `merge`. For a formula that
        is a text, and the option `starts`.

    Returns
    -------
    OptimizeResult
        SciPy's own where SciPy is installed. `x`, `fun` and `jac` are of the best point; `x_last` and `fun_last` of the last
        one. `nit`, `nfev`, `njev`, `success`, `status`, `message` are as in SciPy; `stop` is the reason in one word.
        `status` is 0 for a minimum, 1 for a limit, 2 for a failure such as NaN, 3 where the value improved no more, 99 where
        the callback stopped the run. `settings` are those of the run. With several starts `runs` has all of them.

    Raises
    ------
    ValueError
        Something does not fit; the message names it and what is allowed.

    Examples
    --------
    >>> import amsgrad
    >>> result = amsgrad.minimize("(1-x)^2 + 100*(y-x^2)^2", bounds=[(-2, 2)] * 2)
    >>> [round(x, 6) for x in result.x.tolist()]
    [1.0, 1.0]

    A function of NumPy, kept inside its bounds:

    >>> import numpy as np
    >>> result = amsgrad.minimize(lambda x: np.sum(np.log(x)), [1.0, 2.0], bounds=[(0.5, None), (0.25, 3)])
    >>> result.x
    array([0.5 , 0.25])
    """
    options = {} if options is None else dict(options)
    if tol is not None:
        options.setdefault("gtol", tol)
    _not_used(hess=hess, hessp=hessp)
    division = None if shard is None else _part(shard, fun, x0, method, bounds, constraints, options)
    solved: OptimizeResult | str = _solve(
        fun, x0, args, method, jac, bounds, constraints, callback, options, division
    )
    return solved


def merged(shards: Shards) -> OptimizeResult:
    """Return what the whole of these shards is."""
    call = json.loads(shards.settings)
    kind, *numbers = call["constraint"] or [None]
    constraint = {"Ball": Ball, "Simplex": Simplex}[kind](*numbers) if kind else ()
    whole: OptimizeResult = _solve(
        call["fun"], None, (), call["method"], None, call["bounds"], constraint, None, call["options"], shards
    )
    return whole


def _part(
    shard: tuple[int, int], fun: Any, x0: Any, method: str, bounds: Any, constraints: Any, options: Any
) -> Shard:
    """Return the shard with all that decides its results."""
    if not isinstance(fun, str) or x0 is not None:
        raise ValueError("shard needs a formula as a text, and no x0; leave it out")
    sides, stay = _sides(bounds, len(Formula(fun).variables)), _set(constraints)
    open_side = [[x if math.isfinite(x) else None for x in side] for side in sides or ()]
    constraint = None
    if isinstance(stay, Ball):
        constraint = ["Ball", stay.center, stay.radius]
    if isinstance(stay, Simplex):
        constraint = ["Simplex", stay.dimension, stay.total]
    call = {
        "fun": fun,
        "method": method,
        "bounds": None if sides is None else open_side,
        "constraint": constraint,
        "options": options,
    }
    return Shard(*shard, json.dumps(call, default=lambda number: number.item()))


def _solve(
    fun: Callable[..., Any] | str | Formula,
    x0: ArrayLike | None,
    args: Any,
    method: str,
    jac: Callable[..., Any] | bool | None,
    bounds: Any,
    constraints: Any,
    callback: Callable[..., Any] | None,
    options: dict[str, Any],
    division: Shard | Shards | None,
) -> Any:
    plan = Plan(method, options)
    if plan.unknown:
        _warn(f"Unknown solver options: {', '.join(plan.unknown)}")
    if isinstance(fun, str):
        fun = Formula(fun)
    args = args if isinstance(args, tuple) else (args,)
    if isinstance(fun, Formula) and (args or jac is not None):
        raise ValueError("args and jac cannot be used with a formula; it has its own gradient")
    start = None if x0 is None else _point(x0)
    dimension = len(start) if start is not None else len(fun.variables) if isinstance(fun, Formula) else None
    sides = _sides(bounds, dimension)
    raw = _run(plan, fun, args, jac, start, sides, _set(constraints), _observer(callback), division)
    if isinstance(division, Shard):
        return raw
    from ._result import OptimizeResult

    result = OptimizeResult(raw)
    if isinstance(fun, Formula):
        result.formula = fun
    if sides is not None:
        result.bounds = sides
    if options.get("return_all") and "history" in raw:
        result.allvecs = list(raw["history"]["x"])
    if options.get("disp"):
        print(result.message)
    return result


def scipy_method(
    fun: Callable[..., Any],
    x0: ArrayLike,
    args: Any = (),
    *,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    callback: Callable[..., Any] | None = None,
    **options: Any,
) -> OptimizeResult:
    """Minimize as a ``method`` of ``scipy.optimize.minimize`` and of what is built on it.

    The options are those of `minimize`, and `rule`, the update rule, which is amsgrad by default.

    Examples
    --------
    >>> import amsgrad
    >>> from scipy.optimize import minimize, rosen, rosen_der
    >>> result = minimize(rosen, [-1, 1], jac=rosen_der, bounds=[(-2, 0.5)] * 2, method=amsgrad.scipy_method)
    >>> [round(x, 4) for x in result.x.tolist()]
    [0.5, 0.25]
    """
    return minimize(
        fun,
        x0,
        args,
        options.pop("rule", "amsgrad"),
        jac if callable(jac) or jac is True else None,
        hess,
        hessp,
        bounds,
        constraints,
        options.pop("tol", None),
        callback,
        options,
    )


def _warn(text: str) -> None:
    category: type[Warning] = UserWarning
    try:
        import scipy.optimize

        category = scipy.optimize.OptimizeWarning
    except ImportError:
        pass
    warnings.warn(text, category, stacklevel=4)


def _not_used(**given: Any) -> None:
    names = [name for name, value in given.items() if value is not None]
    if names:
        _warn(f"First-order methods do not use {' and '.join(names)}")


def _point(x0: ArrayLike) -> list[float]:
    point = np.asarray(x0, dtype=float)
    if point.ndim > 1:
        raise ValueError(f"x0 has shape {point.shape}; allowed: one axis")
    return point.reshape(-1).tolist()


def _sides(bounds: Any, dimension: int | None) -> list[tuple[float, float]] | None:
    """Return pairs of numbers, infinite where a side is open."""
    if bounds is None:
        return None
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        lower, upper = np.asarray(bounds.lb, dtype=float), np.asarray(bounds.ub, dtype=float)
        shape = np.broadcast_shapes(lower.shape, upper.shape, () if dimension is None else (dimension,))
        both = [np.broadcast_to(side, shape).reshape(-1).tolist() for side in (lower, upper)]
        return list(zip(*both))
    pairs = [tuple(pair) for pair in bounds]
    for place, pair in enumerate(pairs):
        if len(pair) != 2:
            raise ValueError(f"the bounds of coordinate {place} are {pair}; allowed: a pair (lower, upper)")
    low = [-math.inf if pair[0] is None else float(pair[0]) for pair in pairs]
    high = [math.inf if pair[1] is None else float(pair[1]) for pair in pairs]
    return list(zip(low, high))


def _set(constraints: Any) -> Ball | Simplex | None:
    """Return the one set of the constraints."""
    if isinstance(constraints, (Ball, Simplex)) or constraints is None:
        return constraints
    listed = [constraints] if not isinstance(constraints, (list, tuple)) else list(constraints)
    if len(listed) > 1:
        raise ValueError(
            f"{len(listed)} constraints are given; allowed: one Ball or Simplex. "
            "For general constraints use scipy.optimize.minimize(method='SLSQP')"
        )
    return listed[0] if listed else None


def _observer(callback: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """Return the callback as it is called with point, value, gradient and number of a step."""
    if callback is None:
        return None
    try:
        names = list(inspect.signature(callback).parameters)
    except (TypeError, ValueError):
        names = []
    if names != ["intermediate_result"]:
        return lambda x, fun, jac, nit: callback(x)
    from ._result import OptimizeResult

    return lambda x, fun, jac, nit: callback(
        intermediate_result=OptimizeResult(x=x, fun=fun, jac=jac, nit=nit)
    )
