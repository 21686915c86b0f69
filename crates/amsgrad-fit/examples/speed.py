"""SciPy's side of the table of speeds in docs/fitting.md: python3 speed.py, with NumPy and SciPy."""

import time

import numpy as np
from scipy.optimize import curve_fit


def timed(name, run):
    """Prints the shortest of three runs, as speed.rs does."""

    def once():
        began = time.perf_counter()
        run()
        return time.perf_counter() - began

    print(f"{name}: {min(once() for _ in range(3)):.3f} s")


def decay(t, a, b, c):
    return a * np.exp(-b * t) + c


def slopes(t, a, b, c):
    e = np.exp(-b * t)
    return np.stack([e, -a * t * e, np.ones_like(t)], axis=1)


random = np.random.default_rng(1)
t = np.arange(1_000_000) * 1e-5
y = decay(t, 5.0, 0.6, 1.0) + 0.1 * (random.random(t.size) - 0.5)
timed("1000000 rows from 1,1,0", lambda: curve_fit(decay, t, y, p0=[1.0, 1.0, 0.0], jac=slopes))

groups = 2000
t = np.arange(8) * 0.5
signals = [50.0 * np.exp(-0.5 * t) + 0.1 * (random.random(8) - 0.5) for _ in range(groups)]


def each():
    for signal in signals:
        curve_fit(
            lambda t, a, b: a * np.exp(-b * t),
            t,
            signal,
            p0=[40.0, 1.0],
            jac=lambda t, a, b: np.stack([np.exp(-b * t), -a * t * np.exp(-b * t)], axis=1),
        )


timed(f"{groups} groups of 8 rows", each)
