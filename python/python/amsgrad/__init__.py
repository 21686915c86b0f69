"""Gradient descent with AMSGrad and its relatives.

=================  ==============================================================
`minimize`         a minimum of a function or a typed formula, in SciPy's shape
`scipy_method`     the same as a ``method`` of ``scipy.optimize.minimize``
`Formula`          a typed formula with its exact gradient
`fit`              a typed model fitted to columns of data
`plot`             figures of formulas, without matplotlib
`Optimizer`        steps by hand over NumPy arrays: `AMSGrad`, `Adam`, `AdamW`
`amsgrad.torch`    the same as an optimizer of torch
=================  ==============================================================

The command ``amsgrad`` is the program.
"""

from ._amsgrad import Ball, Formula, FormulaError, Simplex, __version__
from ._figures import plot
from ._fit import Fit, fit
from ._minimize import minimize, scipy_method
from ._optimizers import Adam, AdamW, AMSGrad, Optimizer

__all__ = [
    "AMSGrad",
    "Adam",
    "AdamW",
    "Ball",
    "Fit",
    "Formula",
    "FormulaError",
    "Optimizer",
    "Simplex",
    "__version__",
    "fit",
    "minimize",
    "plot",
    "scipy_method",
]
