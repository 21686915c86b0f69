"""AMSGrad as an optimizer of torch, for tensors on the CPU."""

from collections import defaultdict

import torch

from ._optimizers import Optimizer as _Arrays

__all__ = ["AMSGrad"]

_DTYPES = (torch.float32, torch.float64)


class AMSGrad(torch.optim.Optimizer):
    """AMSGrad for torch's parameters on the CPU, in place and without copies.

    Schedulers, parameter groups, `add_param_group`, `state_dict` and copies work as for any optimizer of torch. A state may
    come from ``torch.optim.Adam(amsgrad=True)`` or ``AdamW(amsgrad=True)``, or go there.

    Parameters
    ----------
    params : iterable of Tensor or of dict
        Tensors, or groups of them: float32 or float64, dense, on the CPU.
    lr : float, default 0.001
        The learning rate.
    betas : pair of float, default (0.9, 0.999)
        The decays of both moments.
    eps : float, default 1e-8
        Keeps the denominator from 0.
    weight_decay : float, default 0
        A pull towards 0.
    decoupled_weight_decay : bool, default False
        Whether the pull goes past the moments, as in AdamW.
    maximize : bool, default False
        Whether to go up.
    dialect : str, default "torch"
        Whose AMSGrad: torch, paper, keras, optax or optax-raw.
    check : bool, default True
        Whether a gradient that is not finite is refused before it touches the tensors of its group.
    threads : int, optional
        How many threads long tensors may use. Default: all cores.

    Examples
    --------
    >>> import torch
    >>> import amsgrad.torch
    >>> model = torch.nn.Linear(3, 1)
    >>> optimizer = amsgrad.torch.AMSGrad(model.parameters(), lr=0.01)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     loss = model(torch.ones(5, 3)).square().mean()
    ...     loss.backward()
    ...     _ = optimizer.step()
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0.0,
        *,
        decoupled_weight_decay=False,
        maximize=False,
        dialect="torch",
        check=True,
        threads=None,
    ):
        # What torch's own classes have in a group, so that states can be exchanged.
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": True,
            "maximize": maximize,
            "foreach": None,
            "capturable": False,
            "differentiable": False,
            "fused": None,
            "decoupled_weight_decay": decoupled_weight_decay,
            "dialect": dialect,
            "check": check,
        }
        self._threads, self._held = threads, {}
        super().__init__(params, defaults)

    def add_param_group(self, param_group):
        """Add a group of parameters, as torch's optimizers do."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        try:
            for param in group["params"]:
                _look_at(param)
            for held in self._of(len(self.param_groups) - 1):
                held.settle(group)
        except BaseException:
            self.param_groups.pop()
            self._held.pop(len(self.param_groups), None)
            raise

    @torch.no_grad()
    def step(self, closure=None):
        """Make one step; `closure`, if given, computes the loss anew, which is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for place, group in enumerate(self.param_groups):
            for held in self._of(place):
                held.step(group)
        return loss

    def state_dict(self):
        """Return the state as torch's optimizers do; its tensors are copies."""
        self._show()
        state_dict = super().state_dict()
        self._hide()
        return state_dict

    def load_state_dict(self, state_dict):
        """Go on from a state of this class, or of torch's Adam and AdamW with ``amsgrad=True``."""
        self._show()
        before, self._held = self._held, {}
        groups = [dict(group) for group in self.param_groups]
        try:
            super().load_state_dict(state_dict)
            for group in self.param_groups:
                group.setdefault("dialect", "torch")
                group.setdefault("check", True)
            for place, group in enumerate(self.param_groups):
                for held in self._of(place):
                    held.settle(group)
        except BaseException:
            self._held = before
            for group, kept in zip(self.param_groups, groups):
                group.clear()
                group.update(kept)
            raise
        finally:
            self.state.clear()

    def __getstate__(self):
        self._show()
        kept = {**super().__getstate__(), "state": defaultdict(dict, self.state), "_threads": self._threads}
        self._hide()
        return kept

    def __setstate__(self, state):
        super().__setstate__(state)
        self._held = {}

    def _of(self, place):
        """Return what holds the moments of a group: one for each number type."""
        group = self.param_groups[place]
        if self._held.get(place) is None or any(held.is_stale() for held in self._held[place]):
            if place in self._held:
                for held in self._held[place]:
                    held.show(self.state)
            split = [[p for p in group["params"] if p.dtype == dtype] for dtype in _DTYPES]
            self._held[place] = [_Held(params, group, self._threads, self.state) for params in split if params]
            self._hide()
        return self._held[place]

    def _show(self):
        """Bring the state up to date as torch's optimizers have it."""
        for held in (held for group in self._held.values() for held in group):
            held.show(self.state)

    def _hide(self):
        """Drop what is kept elsewhere from the state."""
        for held in (held for group in self._held.values() for held in group):
            for param in held.params:
                self.state.pop(param, None)


class _Held:
    """The tensors of one group and number type, with the moments of their coordinates."""

    def __init__(self, params, group, threads, state):
        for param in params:
            _look_at(param)
        self.params, self.orders = params, [_order(param) for param in params]
        self.addresses = [param.data_ptr() for param in params]
        arrays = [_flat(param.detach(), order) for param, order in zip(params, self.orders)]
        self.settings = _settings(group)
        self.arrays = _Arrays(arrays, "amsgrad", threads=threads, **self.settings)
        saved = [state[param] if param in state else None for param in params]
        if any(saved):
            self.arrays.restore_state([self._taken(*one) for one in zip(params, self.orders, saved)])

    @staticmethod
    def _taken(param, order, saved):
        if not saved:
            return None
        flat = {
            name: _flat(value.to(param.dtype).broadcast_to(param.shape), order)
            for name, value in saved.items()
            if name.endswith(("exp_avg", "exp_avg_sq"))
        }
        return {**saved, **flat}

    def is_stale(self):
        """Whether a tensor has moved to other memory."""
        return any(param.data_ptr() != address for param, address in zip(self.params, self.addresses))

    def settle(self, group):
        """Take over the settings of the group where they have changed."""
        settings = _settings(group)
        if settings != self.settings:
            self.arrays.configure(settings)
            self.settings = settings

    def step(self, group):
        self.settle(group)
        grads = [param.grad for param in self.params]
        if all(grad is None for grad in grads):
            return
        self.arrays.step([_grad(*one) for one in zip(self.params, self.orders, grads)])

    def show(self, state):
        """Write the moments where torch's optimizers have them."""
        for param, order, one in zip(self.params, self.orders, self.arrays.export_state()):
            if one is None:
                state.pop(param, None)
                continue
            shown = {"step": torch.tensor(float(one.pop("step")), dtype=torch.get_default_dtype())}
            for name, value in one.items():
                if name == "beta_product":
                    shown[name] = value
                    continue
                shown[name] = _laid(torch.from_numpy(value), param.shape, order)
            state[param] = shown


def _settings(group):
    return {
        "lr": float(group["lr"]),
        "betas": tuple(float(beta) for beta in group["betas"]),
        "eps": group["eps"],
        "dialect": group["dialect"],
        "weight_decay": group["weight_decay"],
        "decoupled": group["decoupled_weight_decay"],
        "maximize": group["maximize"],
        "check": group["check"],
    }


def _look_at(param):
    if param.device.type != "cpu":
        raise ValueError(f"a parameter is on {param.device}; allowed: cpu. On other devices use torch.optim")
    if param.dtype not in _DTYPES:
        raise TypeError(f"a parameter is {param.dtype}; allowed: torch.float32 and torch.float64")
    if param.layout != torch.strided:
        raise TypeError(f"a parameter is {param.layout}; allowed: dense tensors")


def _order(tensor):
    """Return the axes from the slowest to the fastest in memory; None where they lie as they are counted."""
    if tensor.is_contiguous():
        return None
    order = sorted(range(tensor.dim()), key=lambda axis: -tensor.stride(axis))
    if not tensor.permute(order).is_contiguous():
        raise ValueError("a parameter has gaps in memory or overlaps itself; allowed: dense tensors")
    return order


def _flat(tensor, order):
    """Return the numbers of a tensor in this order, without a copy where they lie so."""
    if order is None:
        return tensor.contiguous().numpy()
    return tensor.permute(order).contiguous().view(-1).numpy()


def _laid(flat, shape, order):
    """Return numbers in this order as a tensor of this shape."""
    if order is None:
        return flat
    laid = flat.view([shape[axis] for axis in order])
    return laid.permute([order.index(axis) for axis in range(len(order))])


def _grad(param, order, grad):
    if grad is None:
        return None
    if grad.is_sparse:
        raise RuntimeError("a gradient is sparse; allowed: dense gradients, or torch.optim.SparseAdam")
    return _flat(grad.detach(), order)
