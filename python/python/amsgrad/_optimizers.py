"""Steps by hand over NumPy arrays, under torch's names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ._amsgrad import Optimizer as _Held


class Optimizer(_Held):
    """Steps of any rule over a list of NumPy arrays, in place.

    Parameters
    ----------
    params : ndarray or sequence of ndarray
        The arrays to move: float32 or float64, all alike, contiguous and writable. They are never copied.
    rule : str, default "amsgrad"
        The update rule; the command ``amsgrad rules`` lists them.
    lr : float or str, optional
        The learning rate, also a schedule such as ``"0.1/sqrt(t)"``. Default: the rule's.
    weight_decay : float, default 0
        A pull towards 0: added to the gradient, or with `decoupled` applied past the moments, as in AdamW.
    maximize : bool, default False
        Whether to go up.
    clip_value, clip_norm : float, optional
        Limits of each gradient component, and of the norm of all gradients together.
    check : bool, default True
        Whether a gradient that is not finite is refused before it touches anything.
    threads : int, optional
        How many threads long arrays may use. Default: all cores.
    **settings
        The settings of the rule, such as `betas`, `eps` or `dialect`.

    Notes
    -----
    Arrays must not be changed by other threads during a step. Two optimizers that step one array at the same time are
    refused.

    Examples
    --------
    >>> import numpy as np
    >>> from amsgrad import Optimizer
    >>> w = np.array([1.0, -2.0])
    >>> optimizer = Optimizer(w, "gradient-descent", lr=0.1)
    >>> optimizer.step(2 * w)
    >>> w
    array([ 0.8, -1.6])
    """

    def __new__(
        cls,
        params: NDArray[Any] | Iterable[NDArray[Any]],
        rule: str = "amsgrad",
        lr: float | str | None = None,
        *,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
        clip_value: float | None = None,
        clip_norm: float | None = None,
        check: bool = True,
        threads: int | None = None,
        **settings: Any,
    ) -> Self:
        options = dict(
            settings,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
            clip_value=clip_value,
            clip_norm=clip_norm,
            check=check,
        )
        if lr is not None:
            options["lr"] = lr
        arrays = [params] if isinstance(params, np.ndarray) else list(params)
        return super().__new__(cls, arrays, rule, threads, options)

    @property
    def lr(self) -> float | str:
        """The learning rate: a number, or the text of a schedule. It can be set between steps."""
        return self.settings["learning_rate"]

    @lr.setter
    def lr(self, lr: float | str) -> None:
        self.configure({"lr": lr})

    def state_dict(self) -> dict[str, Any]:
        """Return the state and the settings as torch has them.

        Returns
        -------
        dict
            ``state`` has `step`, `exp_avg`, `exp_avg_sq` and `max_exp_avg_sq` of each parameter by its place, as copies;
            ``param_groups`` holds the settings. With the arrays themselves that is all that is needed to go on, bit for bit.
        """
        state = {place: one for place, one in enumerate(self.export_state()) if one is not None}
        return {"state": state, "param_groups": [_group(self)]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state of `state_dict`, of this class or of torch.

        Parameters
        ----------
        state_dict : dict
            As `state_dict` returns it. The settings are taken over too.

        Raises
        ------
        ValueError
            It does not fit: other shapes, a missing moment. The state is then as it was.
        """
        groups = state_dict["param_groups"]
        places = [place for group in groups for place in group["params"]]
        if len(groups) != 1:
            raise ValueError(f"the state has {len(groups)} parameter groups; allowed: one")
        state = state_dict["state"]
        self.restore_state([state.get(place) for place in places])
        self.configure(_options(self, groups[0]))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"{type(self).__name__}({len(self.params)} arrays, step {self.steps}, {shown})"


def _group(optimizer: Optimizer) -> dict[str, Any]:
    """Return the settings under torch's names."""
    settings = optimizer.settings
    group = {
        "lr": settings.pop("learning_rate"),
        "betas": (settings.pop("beta1", None), settings.pop("beta2", None)),
        "eps": settings.pop("epsilon", None),
        "weight_decay": settings.pop("weight_decay"),
        "amsgrad": optimizer.rule == "amsgrad",
        "maximize": settings.pop("maximize"),
        "foreach": None,
        "capturable": False,
        "differentiable": False,
        "fused": None,
        "decoupled_weight_decay": settings.pop("decoupled"),
        "rule": optimizer.rule,
        **settings,
        "params": list(range(len(optimizer.params))),
    }
    return {name: value for name, value in group.items() if value not in (None, (None, None)) or name in _FREE}


_FREE = ("foreach", "fused", "clip_value", "clip_norm")
_OWN_NAMES = {"decoupled_weight_decay": "decoupled"}


def _options(optimizer: Optimizer, group: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a group of torch's, or of ours, sets of this optimizer."""
    known = {"lr", "betas", "eps", *optimizer.settings} - {"learning_rate"}
    named = {_OWN_NAMES.get(name, name): value for name, value in group.items()}
    return {name: value for name, value in named.items() if name in known}


class AMSGrad(Optimizer):
    """AMSGrad over a list of NumPy arrays, in place: torch's numbers under torch's names.

    Parameters
    ----------
    params : ndarray or sequence of ndarray
        The arrays to move: float32 or float64, all alike, contiguous and writable. They are never copied.
    lr : float or str, default 0.001
        The learning rate, also a schedule such as ``"0.1/sqrt(t)"``.
    betas : pair of float, default (0.9, 0.999)
        The decays of both moments.
    eps : float, default 1e-8
        Keeps the denominator from 0.
    weight_decay, decoupled, maximize, clip_value, clip_norm, check, threads
        As for `Optimizer`.
    dialect : str, default "torch"
        Whose AMSGrad: torch, paper, keras, optax or optax-raw.

    Examples
    --------
    >>> import numpy as np
    >>> from amsgrad import AMSGrad
    >>> weights, bias = np.ones((2, 3), dtype=np.float32), np.zeros(3, dtype=np.float32)
    >>> optimizer = AMSGrad([weights, bias], lr=0.1)
    >>> for _ in range(100):
    ...     optimizer.step([2 * weights, 2 * (bias - 1)])
    >>> bool(np.abs(weights).max() < 0.01 and np.abs(bias - 1).max() < 0.01)
    True
    >>> sorted(optimizer.state_dict()["state"][0])
    ['exp_avg', 'exp_avg_sq', 'max_exp_avg_sq', 'step']
    """

    def __new__(
        cls,
        params: NDArray[Any] | Iterable[NDArray[Any]],
        lr: float | str = 1e-3,
        betas: tuple[float | str, float] = (0.9, 0.999),
        eps: float = 1e-8,
        *,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        dialect: str = "torch",
        maximize: bool = False,
        clip_value: float | None = None,
        clip_norm: float | None = None,
        check: bool = True,
        threads: int | None = None,
    ) -> Self:
        return super().__new__(
            cls,
            params,
            "amsgrad",
            lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            decoupled=decoupled,
            dialect=dialect,
            maximize=maximize,
            clip_value=clip_value,
            clip_norm=clip_norm,
            check=check,
            threads=threads,
        )


class Adam(Optimizer):
    """Adam over a list of NumPy arrays, in place: torch's numbers under torch's names.

    The parameters are those of `AMSGrad`, without a dialect.

    Examples
    --------
    >>> import numpy as np
    >>> from amsgrad import Adam
    >>> w = np.array([1.0, -2.0])
    >>> Adam([w], lr=0.1).step([2 * w])
    >>> w
    array([ 0.9, -1.9])
    """

    def __new__(
        cls,
        params: NDArray[Any] | Iterable[NDArray[Any]],
        lr: float | str = 1e-3,
        betas: tuple[float | str, float] = (0.9, 0.999),
        eps: float = 1e-8,
        *,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
        clip_value: float | None = None,
        clip_norm: float | None = None,
        check: bool = True,
        threads: int | None = None,
    ) -> Self:
        return super().__new__(
            cls,
            params,
            "adam",
            lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
            clip_value=clip_value,
            clip_norm=clip_norm,
            check=check,
            threads=threads,
        )


class AdamW(Adam):
    """AdamW over a list of NumPy arrays, in place: `Adam` with a decoupled weight decay of 0.01.

    Examples
    --------
    >>> import numpy as np
    >>> from amsgrad import AdamW
    >>> w = np.array([1.0])
    >>> AdamW([w], lr=0.1).step([2 * w])
    >>> w
    array([0.899])
    """

    def __new__(
        cls,
        params: NDArray[Any] | Iterable[NDArray[Any]],
        lr: float | str = 1e-3,
        betas: tuple[float | str, float] = (0.9, 0.999),
        eps: float = 1e-8,
        *,
        weight_decay: float = 0.01,
        decoupled: bool = True,
        maximize: bool = False,
        clip_value: float | None = None,
        clip_norm: float | None = None,
        check: bool = True,
        threads: int | None = None,
    ) -> Self:
        return super().__new__(
            cls,
            params,
            lr,
            betas,
            eps,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
            clip_value=clip_value,
            clip_norm=clip_norm,
            check=check,
            threads=threads,
        )
