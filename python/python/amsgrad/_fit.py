"""Fits of typed models to columns of data."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import _figures
from ._amsgrad import Fit as _Fitted
from ._amsgrad import Shard
from ._amsgrad import fit as _run

if TYPE_CHECKING:
    from _typeshed import StrPath


class Fit:
    """A model fitted to data: what `fit` returns.

    Printed it is a table of the parameters; in a notebook it shows its figure.

    Attributes
    ----------
    params, errors, intervals : dict
        Value, standard error and 95 % interval of each parameter by name; NaN where the data do not determine it.
    covariance, correlation : ndarray, shape (p, p)
        In the order of `params`; NaN where a parameter has no error.
    at_bound : list of str
        The parameters that lie on a bound.
    undetermined : list of list of str
        Sets of parameters of which the data determine only a combination.
    cost, residual_sum_of_squares, reduced_chi_square, r_squared, aic, bic, degrees_of_freedom, rows
        How good the fit is; None where a number has no meaning for the model.
    fitted, residuals : ndarray, shape (rows,)
        The model's value at every row of the data, and what is left.
    success, stop, message
        Whether a minimum was found, and why the fit ended.
    model : str
        The model as it was typed.
    columns : list of str
        The columns that a prediction needs.

    Examples
    --------
    >>> import amsgrad
    >>> amsgrad.fit("y ~ a + b*x", {"x": [0, 1, 2, 3], "y": [1.0, 3.1, 4.9, 7.0]})
    y ~ a + b*x: converged
    a  1.03  +- 0.07937
    b  1.98  +- 0.04243
    """

    def __init__(self, fitted: _Fitted) -> None:
        self._fitted = fitted
        self.model, self.columns = fitted.model, fitted.columns
        self.success, self.stop, self.message = fitted.success, fitted.stop, fitted.message
        self.params, self.errors, self.intervals = fitted.params, fitted.errors, fitted.intervals
        self.covariance, self.correlation = fitted.covariance, fitted.correlation
        self.at_bound, self.undetermined = fitted.at_bound, fitted.undetermined
        self.cost, self.aic, self.bic, self.r_squared = fitted.cost, fitted.aic, fitted.bic, fitted.r_squared
        self.residual_sum_of_squares = fitted.residual_sum_of_squares
        self.reduced_chi_square = fitted.reduced_chi_square
        self.degrees_of_freedom, self.rows = fitted.degrees_of_freedom, fitted.rows

    @property
    def fitted(self) -> NDArray[np.float64]:
        """The model's value at every row of the data."""
        return self._fitted.fitted

    @property
    def residuals(self) -> NDArray[np.float64]:
        """What was observed less what was fitted, at every row of the data."""
        return self._fitted.residuals

    def predict(self, data: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the model at other rows.

        Parameters
        ----------
        data : mapping of str to array_like
            The columns of the model: a dict, or a frame of pandas or polars.

        Returns
        -------
        value : ndarray, shape (rows,)
        band : ndarray, shape (rows,)
            Half the width of the 95 % band that the errors of the parameters make.
        """
        return self._fitted.predict_columns(_column(data))

    def to_json(self) -> str:
        """Return the model as the command ``amsgrad predict`` reads it."""
        return self._fitted.to_json()

    def plot(self, *, file: StrPath | None = None, format: str | None = None) -> bytes:
        """Draw data, model and residuals, without matplotlib.

        Parameters
        ----------
        file : path, optional
            Write the figure there too, whole or not at all.
        format : str, optional
            svg, png or pdf. Default: what the file's name ends in, else svg.

        Returns
        -------
        bytes
        """
        return _figures.saved(self._fitted.draw(_figures.form(file, format)), file)

    def __repr__(self) -> str:
        lines = [f"{self.model}: {self.message}"]
        width = max(map(len, self.params))
        for name, value in self.params.items():
            error = self.errors[name]
            told = f"+- {error:.4g}" if math.isfinite(error) else "not determined"
            told = "on a bound" if name in self.at_bound else told
            lines.append(f"{name:<{width}}  {value:.9g}  {told}")
        return "\n".join(lines)

    def _repr_html_(self) -> str | None:
        return _figures.shown(self._fitted.draw)


def fit(
    model: str,
    data: Any,
    *,
    cost: str = "residuals",
    sigma: str | float | None = None,
    weights: str | None = None,
    loss: str = "squares",
    definitions: Sequence[str] | None = None,
    bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
    simplex: Sequence[Sequence[str]] | None = None,
    start: Mapping[str, float] | None = None,
    starts: int | None = None,
    seed: int = 0,
    by: str | Sequence[str] = (),
    method: str = "staged",
    steps: int | None = None,
    shard: tuple[int, int] | None = None,
    **settings: Any,
) -> Any:
    """Fit a typed model to columns of data.

    Names in the model that are columns are data, all others are parameters.

    Parameters
    ----------
    model : str
        Such as ``"y ~ a*exp(-b*t) + c"``: left of ``~`` an expression of columns, right of it the model.
    data : mapping of str to array_like, or path
        A dict of columns, a frame of pandas or polars, or the file of a table.
    cost : str, default "residuals"
        What is minimized: residuals; or, of a model without ``~``, the sum of its terms over the rows ("sum"), or minus
        that, where they are the logarithms of a density ("log-likelihood").
    sigma : str or float, optional
        The standard deviation of the data: a column or a number. Parameter errors then do not depend on the residuals.
    weights : str, optional
        A column of weights for the squared residuals.
    loss : str, default "squares"
        What a residual costs: squares, huber:D, soft-l1:D, cauchy:D or absolute.
    definitions : sequence of str, optional
        Functions that the model may call, such as ``"f(t) = exp(-t/tau)"``.
    bounds : dict of str to (lower, upper), optional
        None is an open side.
    simplex : sequence of sequences of str, optional
        Sets of parameters that are at least 0 and sum to 1.
    start : dict of str to float, optional
        Start values. Default: found by the scale of the data.
    starts, seed : int, optional
        The number of starts to draw from the bounds, and the seed.
    by : str or sequence of str, optional
        One fit per group of rows that agree in these columns.
    method : str, default "staged"
        staged: AMSGrad where a start needs it, then Levenberg-Marquardt or Newton's method; or amsgrad alone.
    steps : int, optional
        The most steps per descent.
    shard : (int, int), optional
        ``(i, n)``: fit part i of n of the groups alone, and return that as a text for `merge`. With `by`.
    **settings
        Of ``method="amsgrad"``: `rule`, `lr`, `betas`, ..., `batch_size`, `epochs`.

    Returns
    -------
    Fit
        With `by` a dict of columns instead, with a row for each group: labels, `rows`, each parameter and its error,
        `residual_sum_of_squares`, `status`.

    Raises
    ------
    ValueError
        Model, data or settings do not fit; the message names what, and where.

    Examples
    --------
    >>> import numpy as np
    >>> import amsgrad
    >>> t = np.arange(10.0)
    >>> fitted = amsgrad.fit("y ~ a*exp(-b*t) + c", {"t": t, "y": 5 * np.exp(-0.4 * t) + 1})
    >>> {name: round(value, 6) for name, value in fitted.params.items()}
    {'a': 5.0, 'b': 0.4, 'c': 1.0}
    >>> fitted.plot(format="png")[:4]
    b'\\x89PNG'
    """
    given = {
        "sigma": sigma,
        "weights": weights,
        "definitions": definitions,
        "bounds": None if bounds is None else [(name, tuple(sides)) for name, sides in bounds.items()],
        "simplex": simplex,
        "start": None if start is None else list(start.items()),
        "starts": starts,
        "steps": steps,
    }
    options = {name: value for name, value in given.items() if value is not None}
    options |= {"loss": loss, "seed": seed, "method": method, **settings}
    if sigma is not None and weights is not None:
        raise ValueError("sigma and weights cannot be used together; give one of the two")
    groups = [by] if isinstance(by, str) else list(by)
    part = None
    if shard is not None:
        if not groups:
            raise ValueError("shard needs by; one fit alone is not divided")
        call = {"model": model, "cost": cost, "by": groups, "options": options}
        part = Shard(*shard, json.dumps(call, default=lambda number: number.item()))
    if isinstance(data, (str, os.PathLike)):
        found = _run(model, cost, os.fspath(data), None, groups, options, part)
    else:
        names = [str(name) for name in (data.columns if hasattr(data, "columns") else data)]
        found = _run(model, cost, names, _column(data), groups, options, part)
    return found if groups else Fit(found)


def _column(data: Any) -> Any:
    """Return what reads a column of numbers, or of labels, by its name."""
    known = {str(name): name for name in (data.columns if hasattr(data, "columns") else data)}

    def column(name: str, labels: bool) -> Any:
        if name not in known:
            raise ValueError(f"there is no column '{name}'; allowed: {', '.join(known)}")
        values = np.asarray(data[known[name]])
        if values.ndim != 1:
            raise ValueError(f"column '{name}' has shape {values.shape}; allowed: one axis")
        if labels:
            return [str(value) for value in values.tolist()]
        try:
            return np.ascontiguousarray(values, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"column '{name}' holds no numbers: {error}") from error

    return column
