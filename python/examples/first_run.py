"""A formula, a function of NumPy within bounds, and many starts."""

import amsgrad
import numpy as np

result = amsgrad.minimize("(1-x)^2 + 100*(y-x^2)^2", bounds=[(-2, 2)] * 2)
print(result.message)
print(result.x, result.fun)


def distance(x):
    return np.linalg.norm(x - [3.0, 4.0]), (x - [3.0, 4.0]) / np.linalg.norm(x - [3.0, 4.0])


result = amsgrad.minimize(distance, [0.0, 0.0], jac=True, bounds=[(None, 1), (None, 5)])
print(result.x, result.stop)

result = amsgrad.minimize(
    "20 + x^2 + y^2 - 10*(cos(2*pi*x) + cos(2*pi*y))",
    bounds=[(-5.12, 5.12)] * 2,
    options={"starts": 1000, "lr": 0.05},
)
values = result.runs["fun"]
print(f"{np.sum(values < 1e-6)} of {len(values)} starts have found the lowest minimum, {result.fun:.1e}")
