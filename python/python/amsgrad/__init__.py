"""Gradient descent with AMSGrad and its relatives.

==========================  =====================================================
`minimize`                  a minimum of a function or a formula, in SciPy's shape
`scipy_method`              the same as a ``method`` of SciPy's ``minimize``
`Formula`                   a typed formula with its exact gradient
`fit`                       a typed model fitted to columns of data
`compare`, `tune`           rules beside each other; settings that are good
`diagnose`, `basins`        whether AMSGrad would help; which minimum is reached from where
`merge`                     shards that many machines made, as one result
`plot`                      figures of formulas, without matplotlib
`AMSGrad`, `Adam`, `AdamW`  steps by hand over NumPy arrays; `Optimizer`: any rule
`amsgrad.torch`             the same as an optimizer of torch
==========================  =====================================================

The command ``amsgrad`` is the program.
"""

from ._amsgrad import Ball, Formula, FormulaError, Simplex, __version__
from ._commands import Report, basins, compare, diagnose, tune
from ._figures import plot
from ._fit import Fit, fit
from ._minimize import minimize, scipy_method
from ._optimizers import Adam, AdamW, AMSGrad, Optimizer
from ._shards import merge

__all__ = [
    "AMSGrad",
    "Adam",
    "AdamW",
    "Ball",
    "Fit",
    "Formula",
    "FormulaError",
    "Optimizer",
    "Report",
    "Simplex",
    "__version__",
    "basins",
    "compare",
    "diagnose",
    "fit",
    "merge",
    "minimize",
    "plot",
    "scipy_method",
    "tune",
]
