"""Steps over NumPy arrays, in place."""

import gc
import math
import os
import subprocess
import sys
import threading
import tracemalloc

import numpy as np
import pytest
from amsgrad import Adam, AdamW, AMSGrad, Optimizer
from recorded import CASES, case, gradients, recording

FLOATS = [np.float32, np.float64]


@pytest.mark.parametrize("name", CASES)
def test_the_numbers_of_torch(name):
    dtype, make, tolerance = case(name)
    x = [np.array(start, dtype=dtype) for start in recording(name)["start"]]
    optimizer = make(x)
    for step, grads in enumerate(gradients(dtype), start=1):
        optimizer.step(grads)
        if str(step) in recording(name)["x"]:
            for found, expected in zip(x, recording(name)["x"][str(step)]):
                scale = np.maximum(1 if dtype == np.float32 else 1e-3, np.abs(expected))
                assert (np.abs(found - np.array(expected)) <= tolerance * scale).all(), (name, step)


@pytest.mark.parametrize("name", CASES)
def test_goes_on_from_torchs_state(name):
    dtype, make, tolerance = case(name)
    saved = recording(name)["state"]
    x = [np.array(values, dtype=dtype) for values in recording(name)["x"][str(saved["step"])]]
    optimizer = make(x)
    state = {
        place: {key: np.array(value, dtype) if key != "step" else value for key, value in one.items()}
        for place, one in enumerate(saved["params"])
    }
    optimizer.load_state_dict({"state": state, "param_groups": [saved["group"] | {"params": [0, 1]}]})
    for grads in list(gradients(dtype))[saved["step"] :]:
        optimizer.step(grads)
    for found, expected in zip(x, recording(name)["x"]["300"]):
        scale = np.maximum(1 if dtype == np.float32 else 1e-3, np.abs(expected))
        assert (np.abs(found - np.array(expected)) <= tolerance * scale).all()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("length", [0, 1, 10, 100_000])
def test_arrays_are_moved_where_they_are(dtype, length):
    x = np.ones((2, length), dtype=dtype)
    address = x.ctypes.data
    optimizer = Optimizer([x, np.zeros(3, dtype)], "gradient-descent", lr=0.5)
    optimizer.step([np.ones_like(x), np.ones(3, dtype)])
    assert x.ctypes.data == address and (x == 0.5).all() and optimizer.steps == 1


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="the system does not tell the memory in use")
def test_a_step_makes_no_copy():
    x, grad = np.ones(1_000_000), np.ones(1_000_000)
    optimizer = AMSGrad(x)
    optimizer.step([grad])
    with open("/proc/self/statm") as file:
        before = int(file.read().split()[1])
    tracemalloc.start()
    for _ in range(5):
        optimizer.step([grad])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1]) - before
    assert peak < 10_000 and pages * os.sysconf("SC_PAGE_SIZE") < 1_000_000


def test_layouts():
    c, f = np.ones((3, 4)), np.asfortranarray(np.ones((3, 4)))
    grad = np.arange(12.0).reshape(3, 4)
    for g in (grad, np.asfortranarray(grad), grad[::-1][::-1], np.repeat(grad, 2, axis=1)[:, ::2], grad.tolist()):
        for x in (c, f):
            x[:] = 1
            optimizer = Optimizer([x], "gradient-descent", lr=1.0)
            optimizer.step([g])
            assert (x == 1 - grad).all()
    optimizer = AMSGrad([f], lr=0.1)
    optimizer.step([grad])
    moment = optimizer.state_dict()["state"][0]["exp_avg"]
    np.testing.assert_allclose(moment, 0.1 * grad)
    again = AMSGrad([f.copy(order="C")], lr=0.1)
    again.load_state_dict(optimizer.state_dict())
    optimizer.step([grad])
    again.step([grad])
    assert (again.params[0] == f).all()


def test_a_parameter_without_a_gradient_waits():
    x, y = np.ones(3), np.ones(3)
    optimizer = AMSGrad([x, y], lr=0.1)
    optimizer.step([np.ones(3), None])
    optimizer.step([None, np.ones(3)])
    assert (x == y).all() and (x != 1).all()
    state = optimizer.state_dict()["state"]
    assert state[0]["step"] == state[1]["step"] == 1
    optimizer.step([np.ones(3), None])
    saved = optimizer.state_dict()
    assert [saved["state"][i]["step"] for i in range(2)] == [2, 1]
    other = AMSGrad([x.copy(), y.copy()], lr=0.1)
    other.load_state_dict(saved)
    for _ in range(3):
        for one in (optimizer, other):
            one.step([param + 1 for param in one.params])
    assert (other.params[0] == x).all() and (other.params[1] == y).all()
    fresh = AMSGrad([x, y])
    assert fresh.state_dict()["state"] == {}
    fresh.load_state_dict(fresh.state_dict())
    fresh.step([np.ones(3), np.ones(3)])


def test_goes_on_bit_for_bit():
    for make in (
        lambda x: AMSGrad(x, lr="0.1/sqrt(t)"),
        lambda x: Adam(x, lr=0.1, betas=("0.9^t", 0.99)),
        lambda x: Optimizer(x, "nadam", lr=0.1),
        lambda x: Optimizer(x, "rmsprop", lr=0.01),
        lambda x: Optimizer(x, "adamax", lr=0.01),
        lambda x: AdamW(x, lr=0.1, clip_norm=1.0, maximize=True),
    ):
        x = [np.linspace(-1, 1, 7), np.ones((2, 2))]
        optimizer = make(x)
        for _ in range(5):
            optimizer.step([2 * one + 0.1 for one in x])
        y = [one.copy() for one in x]
        other = make(y)
        other.load_state_dict(optimizer.state_dict())
        for _ in range(5):
            optimizer.step([2 * one + 0.1 for one in x])
            other.step([2 * one + 0.1 for one in y])
        assert all((a == b).all() for a, b in zip(x, y)), optimizer


def test_settings():
    x = np.ones(2)
    optimizer = AMSGrad(x, lr=0.1, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1, decoupled=True)
    assert optimizer.lr == 0.1 and optimizer.settings["beta1"] == 0.8 and optimizer.rule == "amsgrad"
    optimizer.lr = 0.0
    optimizer.step([np.ones(2)])
    assert (x == 1).all()
    optimizer.lr = "0.1/sqrt(t)"
    assert optimizer.lr == "0.1 / sqrt(t)"
    optimizer.configure({"weight_decay": 0.0, "clip_value": 0.5})
    optimizer.step([np.ones(2)])
    assert optimizer.steps == 2 and optimizer.settings["clip_value"] == 0.5
    with pytest.raises(ValueError, match="beta2"):
        optimizer.configure({"lr": 0.5, "beta2": 3})
    assert optimizer.lr == "0.1 / sqrt(t)"
    with pytest.raises(ValueError, match="clip_norm is 0"):
        optimizer.configure({"clip_norm": 0})
    with pytest.raises(ValueError, match="setting of amsgrad is momentum; allowed"):
        Optimizer(x, "amsgrad", momentum=0.9)
    with pytest.raises(ValueError, match="rule is sgd; allowed"):
        Optimizer(x, "sgd")
    with pytest.raises(TypeError, match="lr is a list"):
        AMSGrad(x, lr=[1])
    with pytest.raises(TypeError, match="weight_decay is 'a'"):
        AMSGrad(x, weight_decay="a")
    with pytest.raises(ValueError, match="weight_decay is -1; allowed"):
        AMSGrad(x, weight_decay=-1)
    assert "step 2" in repr(optimizer)


def test_a_gradient_that_is_not_finite_changes_nothing():
    x, y = np.ones(3), np.ones(2)
    optimizer = AMSGrad([x, y])
    optimizer.step([2 * x, 2 * y])
    before, state = (x.copy(), y.copy()), optimizer.state_dict()["state"]
    for bad in (math.nan, math.inf, -math.inf, 1e200):
        with pytest.raises(FloatingPointError, match="at step 2 the gradient of coordinate 1 of tensor 1 is"):
            optimizer.step([np.ones(3), np.array([1.0, bad])])
    assert (x == before[0]).all() and (y == before[1]).all() and optimizer.steps == 1
    after = optimizer.state_dict()["state"]
    assert all((state[i][key] == after[i][key]).all() for i in state for key in ("exp_avg", "max_exp_avg_sq"))
    unchecked = AMSGrad(x, check=False)
    unchecked.step([np.array([math.nan, 1, 1])])
    assert math.isnan(x[0])


def test_hostile_arrays():
    frozen = np.ones(3)
    frozen.flags.writeable = False
    for array, error, match in [
        (frozen, ValueError, "parameter 0 is read-only"),
        (np.ones(6)[::2], ValueError, "parameter 0 is not contiguous"),
        (np.ones((4, 4))[:, :2], ValueError, "not contiguous"),
        (np.broadcast_to(np.ones(1), 3), ValueError, "contiguous|read-only"),
        (np.ones(3, dtype=int), TypeError, "dtype int64; allowed: float64"),
        (np.ones(3, dtype=np.float16), TypeError, "dtype float16"),
        (np.ones(3, dtype=complex), TypeError, "dtype complex128"),
        (np.ones(3, dtype=">f8"), TypeError, "native byte order"),
        (np.array(["a"]), TypeError, "dtype"),
        (np.array([object()]), TypeError, "dtype object"),
    ]:
        with pytest.raises(error, match=match):
            AMSGrad([array])
    for params, error, match in [
        ([], ValueError, "params is empty"),
        ([[1.0, 2.0]], TypeError, "allowed: an array of NumPy"),
        ([np.ones(3), np.ones(3, np.float32)], TypeError, "parameter 1 has dtype float32; allowed: float64"),
        ([frozen * 1, None], TypeError, "parameter 1 is"),
        (3, TypeError, "iterable"),
    ]:
        with pytest.raises(error, match=match):
            AMSGrad(params)
    x = np.ones(4)
    for params in ([x, x], [x, x[1:]], [x[:3], x[2:]]):
        with pytest.raises(ValueError, match="parameter 1 is in use: it shares memory"):
            AMSGrad(params)
    halves = Optimizer([x[:2], x[2:]], "gradient-descent", lr=0.5)
    halves.step([np.ones(2), np.ones(2)])
    assert (x == 0.5).all()


def test_hostile_gradients():
    x = np.ones(4)
    optimizer = AMSGrad([x])
    for grads, error, match in [
        ([], ValueError, "0 gradients are given; allowed: 1"),
        ([x, x], ValueError, "2 gradients"),
        ([x], ValueError, "shares memory with a parameter"),
        ([x[::-1]], None, None),
        ([np.ones(3)], ValueError, r"shape \[3\]; allowed: \[4\]"),
        ([np.ones((4, 1))], ValueError, "shape"),
        ([np.ones(4, np.float32)], TypeError, "gradient 0 has dtype float32; allowed: float64"),
        ([np.ones(4, int)], TypeError, "dtype int64"),
        (["abcd"], ValueError, "could not convert"),
        (3, TypeError, None),
        (None, TypeError, None),
    ]:
        if error is None:
            optimizer.step(grads)
            continue
        with pytest.raises(error, match=match):
            optimizer.step(grads)
    assert optimizer.steps == 1
    x.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        optimizer.step([np.ones(4)])
    two = AMSGrad([np.ones(2), np.ones(2)])
    with pytest.raises(TypeError, match="grads is an array; allowed: a list"):
        two.step(np.ones((2, 2)))


def test_hostile_states():
    x = np.ones(2)
    optimizer = AMSGrad(x)
    optimizer.step([np.ones(2)])
    good = optimizer.state_dict()
    before = x.copy()

    def changed(**changes):
        one = dict(good["state"][0])
        for key, value in changes.items():
            one.pop(key) if value is None else one.update({key: value})
        return {"state": {0: one}, "param_groups": good["param_groups"]}

    for state, match in [
        (changed(max_exp_avg_sq=None), "has no v_hat"),
        (changed(step=None), "has no step"),
        (changed(step=-1), "the step of parameter 0 is -1"),
        (changed(step=1.5), "whole number"),
        (changed(step=math.nan), "whole number"),
        (changed(exp_avg=np.ones(3)), "exp_avg of parameter 0 has shape"),
        (changed(exp_avg_sq=np.array([-1.0, 1])), "v at coordinate 0 is -1"),
        (changed(exp_avg=np.array([math.inf, 1])), "m at coordinate 0 is inf"),
        ({"state": {}, "param_groups": good["param_groups"] * 2}, "2 parameter groups"),
        ({"state": {}, "param_groups": [good["param_groups"][0] | {"params": [0, 1]}]}, "of 2 parameters"),
    ]:
        with pytest.raises(ValueError, match=match):
            optimizer.load_state_dict(state)
    other = AMSGrad(before)
    other.load_state_dict(good)
    optimizer.step([np.ones(2)])
    other.step([np.ones(2)])
    assert (before == x).all()


def test_two_optimizers_on_one_array():
    x = np.ones(1_000_000)
    grad = np.ones_like(x)
    optimizers = [AMSGrad(x, lr=1e-3, threads=1) for _ in range(2)]
    refused, made = [], []

    def work(optimizer):
        for _ in range(20):
            try:
                optimizer.step([grad])
                made.append(1)
            except ValueError as error:
                assert "in use" in str(error)
                refused.append(1)

    threads = [threading.Thread(target=work, args=(optimizer,)) for optimizer in optimizers]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(made) + len(refused) == 40 and len(made) == sum(one.steps for one in optimizers)
    assert (x == x[0]).all()


def test_a_thousand_threads():
    x, grad = np.ones(50_000), np.ones(50_000)
    optimizer, errors, made = AMSGrad(x), [], []

    def work():
        try:
            optimizer.step([grad])
            made.append(1)
        except (RuntimeError, ValueError) as error:
            errors.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(1000)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert optimizer.steps == len(made) >= 1 and len(made) + len(errors) == 1000
    assert all("in use" in error for error in errors)
    alone = np.ones(50_000)
    other = AMSGrad(alone)
    for _ in made:
        other.step([grad])
    assert (alone == x).all()


def test_the_number_of_threads_changes_no_bit():
    grad = np.sin(np.arange(200_000.0))
    found = set()
    for threads in (1, 2, 5, None):
        x = np.cos(np.arange(200_000.0))
        optimizer = AMSGrad(x, threads=threads, clip_norm=1.0)
        for _ in range(3):
            optimizer.step([grad])
        found.add(x.tobytes())
    assert len(found) == 1
    for threads in (0, 1025, 2**63):
        with pytest.raises(ValueError, match=f"threads is {threads}; allowed: 1 to 1024"):
            AMSGrad(np.ones(1), threads=threads)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_child_goes_on():
    code = """
import os, sys
import numpy as np
from amsgrad import AMSGrad
x = np.ones(1_000_000)
optimizer = AMSGrad(x)
optimizer.step([x.copy()])
child = os.fork()
optimizer.step([np.ones_like(x)])
if child == 0:
    os._exit(0 if optimizer.steps == 2 else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], timeout=60).returncode == 0


def test_nothing_is_kept_alive():
    class Array(np.ndarray):
        pass

    import weakref

    x = np.ones(3).view(Array)
    alive = weakref.ref(x)
    optimizer = AMSGrad([x])
    optimizer.step([np.ones(3)])
    del optimizer, x
    gc.collect()
    assert alive() is None
