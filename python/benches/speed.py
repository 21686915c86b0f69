"""Steps beside torch's, and many starts beside a loop over SciPy's L-BFGS-B. Needs torch and SciPy: python benches/speed.py"""

import time

import amsgrad
import amsgrad.torch
import numpy as np
import scipy.optimize
import torch


def best(run, rounds, count):
    """Return the seconds per call in the best of some rounds."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(count):
            run()
        taken.append((time.perf_counter() - began) / count)
    return min(taken)


def over_arrays(count, check):
    x, grads = np.ones(count, np.float32), [np.ones(count, np.float32)]
    step = amsgrad.AMSGrad(x, check=check).step
    return lambda: step(grads)


def over_tensors(make, count, **options):
    x = torch.ones(count, requires_grad=True)
    x.grad = torch.ones(count)
    return make([x], **options).step


def steps():
    ways = {
        "arrays": lambda count: over_arrays(count, True),
        "no check": lambda count: over_arrays(count, False),
        "tensors": lambda count: over_tensors(amsgrad.torch.AMSGrad, count),
        "no check ": lambda count: over_tensors(amsgrad.torch.AMSGrad, count, check=False),
        "torch, fused": lambda count: over_tensors(torch.optim.Adam, count, amsgrad=True, fused=True),
        "torch": lambda count: over_tensors(torch.optim.Adam, count, amsgrad=True),
    }
    print(f"{'numbers':>11}", *(f"{name:>12}" for name in ways))
    for count in (10, 1000, 10**6, 10**8):
        print(f"{count:>11,}", end="")
        for way in ways.values():
            run = way(count)
            run()
            taken = best(run, 5, max(1, min(2000, 10**7 // count)))
            print(f" {taken * 1e6:>9.2f} us", end="", flush=True)
        print()


def starts():
    bounds, draw = [(-2, 2)] * 2, np.random.default_rng(0)
    began = time.perf_counter()
    options = {"starts": 1000, "lr": 0.05, "gtol": 1e-5}
    found = amsgrad.minimize("(1-x)^2 + 100*(y-x^2)^2", bounds=bounds, options=options)
    ours = time.perf_counter() - began
    began = time.perf_counter()
    automatic = amsgrad.minimize("(1-x)^2 + 100*(y-x^2)^2", bounds=bounds, options={"starts": 1000})
    alone = time.perf_counter() - began

    def rosenbrock(x):
        a, b = 1 - x[0], x[1] - x[0] ** 2
        return a * a + 100 * b * b, np.array([-2 * a - 400 * x[0] * b, 200 * b])

    began = time.perf_counter()
    values = [
        scipy.optimize.minimize(rosenbrock, draw.uniform(-2, 2, 2), jac=True, method="L-BFGS-B", bounds=bounds).fun
        for _ in range(1000)
    ]
    theirs = time.perf_counter() - began
    for name, seconds, ends in (
        ("a formula, lr=0.05", ours, found.runs["fun"]),
        ("a formula, lr='auto'", alone, automatic.runs["fun"]),
        ("SciPy's L-BFGS-B", theirs, values),
    ):
        print(f"1000 starts, {name:<22} {seconds:8.3f} s, median of the values {np.median(ends):.1e}")


if __name__ == "__main__":
    steps()
    starts()
