from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import disjoint_base

__all__ = [
    "Ball",
    "Simplex",
    "Formula",
    "minimize",
    "Optimizer",
    "Plan",
    "FormulaError",
    "run_program",
    "__version__",
]

__version__: str

class FormulaError(ValueError): ...

@final
class Ball:
    def __new__(cls, /, center: Sequence[float], radius: float) -> Self: ...
    @property
    def center(self) -> list[float]: ...
    @property
    def radius(self) -> float: ...

@final
class Simplex:
    def __new__(cls, /, dimension: int, total: float = 1.0) -> Self: ...
    @property
    def dimension(self) -> int: ...
    @property
    def total(self) -> float: ...

@final
class Formula:
    def __new__(
        cls,
        /,
        text: str,
        *,
        variables: Sequence[str] | None = None,
        parameters: Mapping[str, float] | None = None,
        dimension: int | None = None,
        definitions: Sequence[str] | None = None,
    ) -> Self: ...
    @property
    def text(self) -> str: ...
    @property
    def variables(self) -> tuple[str, ...]: ...
    @property
    def gradient(self) -> tuple[str, ...]: ...
    def __call__(self, /, *x: ArrayLike) -> Any: ...
    def value_and_grad(self, /, x: ArrayLike) -> tuple[Any, NDArray[np.float64]]: ...

@final
class Plan:
    def __new__(cls, /, method: str, options: Mapping[str, Any]) -> Self: ...
    @property
    def unknown(self) -> list[str]: ...

@disjoint_base
class Optimizer:
    def __new__(
        cls, /, params: Sequence[NDArray[Any]], rule: str, threads: int | None, options: Mapping[str, Any]
    ) -> Self: ...
    @property
    def params(self) -> list[NDArray[Any]]: ...
    @property
    def rule(self) -> str: ...
    @property
    def steps(self) -> int: ...
    @property
    def settings(self) -> dict[str, Any]: ...
    def step(self, /, grads: Sequence[ArrayLike | None] | NDArray[Any]) -> None: ...
    def configure(self, /, options: Mapping[str, Any]) -> None: ...
    def export_state(self, /) -> list[dict[str, Any] | None]: ...
    def restore_state(self, /, states: Sequence[Mapping[str, Any] | None]) -> None: ...

def minimize(
    plan: Plan,
    fun: Callable[..., Any] | Formula,
    args: tuple[Any, ...],
    jac: Callable[..., Any] | bool | None,
    start: Sequence[float] | None,
    bounds: Sequence[tuple[float, float]] | None,
    set: Ball | Simplex | None,
    callback: Callable[..., Any] | None,
) -> dict[str, Any]: ...
def run_program(arguments: Sequence[str]) -> int: ...
