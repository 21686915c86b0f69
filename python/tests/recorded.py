"""Steps of torch.optim.Adam and AdamW, recorded by this program where torch is: python tests/recorded.py"""

import json
import pathlib
import random

import numpy as np
from amsgrad import Adam, AdamW, AMSGrad

FILE = pathlib.Path(__file__).with_name("torch.json")
STEPS, MIDDLE = 300, 150
SHAPES = [(3,), (2, 2)]
# Class of torch, its settings; ours, with the same settings.
CLASSES = {
    "amsgrad": ("Adam", {"amsgrad": True}, AMSGrad, {}),
    "amsgrad-l2": ("Adam", {"amsgrad": True, "weight_decay": 0.1}, AMSGrad, {"weight_decay": 0.1}),
    "amsgrad-w": (
        "AdamW",
        {"amsgrad": True, "weight_decay": 0.1, "maximize": True},
        AMSGrad,
        {"weight_decay": 0.1, "decoupled": True, "maximize": True},
    ),
    "adam": ("Adam", {}, Adam, {}),
    "adamw": ("AdamW", {}, AdamW, {}),
}
CASES = [f"{name}-{dtype}" for name in CLASSES for dtype in ("float32", "float64")]
SETTINGS = {"lr": 0.05, "betas": (0.8, 0.97), "eps": 1e-7}


def gradients(dtype):
    """Yield the gradients of every step: of all sizes, with zeros, and one that is huge."""
    draw = random.Random(1)
    for step in range(STEPS):
        grads = []
        for shape in SHAPES:
            numbers = [draw.gauss(0, 1) * 10 ** draw.uniform(-6, 2) for _ in range(int(np.prod(shape)))]
            if step % 7 == 3:
                numbers[0] = 0.0
            if step == 100:
                numbers[1] = 1e8
            grads.append(np.array(numbers, dtype=dtype).reshape(shape))
        yield grads


def starts():
    draw = random.Random(2)
    return [np.array([draw.gauss(0, 1) for _ in range(int(np.prod(shape)))]).reshape(shape) for shape in SHAPES]


def split(name):
    base, dtype = name.rsplit("-", 1)
    return CLASSES[base], np.dtype(dtype).type


def case(name):
    """Return the number type, what makes an optimizer of ours, and the tolerance."""
    (_, _, ours, settings), dtype = split(name)
    tolerance = 5e-6 if dtype == np.float32 else 1e-12
    return dtype, lambda x: ours(x, **SETTINGS, **settings), tolerance


def recording(name, _kept={}):
    if not _kept:
        _kept.update(json.loads(FILE.read_text()))
    return _kept[name]


def record(name):
    import torch

    (theirs, settings, _, _), dtype = split(name)
    params = [torch.tensor(start.astype(dtype), requires_grad=True) for start in starts()]
    optimizer = getattr(torch.optim, theirs)(params, **SETTINGS, **settings)
    kept = {"start": [param.tolist() for param in params], "x": {}}
    for step, grads in enumerate(gradients(dtype), start=1):
        for param, grad in zip(params, grads):
            param.grad = torch.tensor(grad)
        optimizer.step()
        if step % 25 == 0 or step < 5:
            kept["x"][str(step)] = [param.tolist() for param in params]
        if step == MIDDLE:
            state = optimizer.state_dict()
            group = {key: value for key, value in state["param_groups"][0].items() if key != "params"}
            numbers = lambda one: {key: value.tolist() for key, value in one.items()}
            kept["state"] = {"step": step, "group": group, "params": [numbers(state["state"][i]) for i in (0, 1)]}
    return kept


if __name__ == "__main__":
    import torch

    whole = {"torch": torch.__version__} | {name: record(name) for name in CASES}
    FILE.write_text(json.dumps(whole, separators=(",", ":")) + "\n")
