"""Writes references.json: data, and what SciPy finds in them. Needs numpy and scipy; run it in this folder."""

import json

import numpy as np
import scipy
from scipy.optimize import curve_fit, minimize
from scipy.special import gammaln

rng = np.random.default_rng(1)


def likelihood(cost, start):
    """Maximum likelihood to the last digits: Nelder-Mead, then BFGS, then Newton steps on differences."""
    found = minimize(cost, start, method="Nelder-Mead", options=dict(xatol=1e-12, fatol=1e-14, maxiter=20000))
    x = np.array(found.x)
    for _ in range(20):
        step = 1e-4 * np.maximum(1e-3, np.abs(x))
        n = len(x)
        unit = np.diag(step)
        gradient = np.array([(cost(x + u) - cost(x - u)) / (2 * h) for u, h in zip(unit, step)])
        hessian = np.array(
            [
                [
                    (cost(x + a + b) - cost(x + a - b) - cost(x - a + b) + cost(x - a - b)) / (4 * step[i] * step[j])
                    for j, b in enumerate(unit)
                ]
                for i, a in enumerate(unit)
            ]
        )
        x = x - np.linalg.solve(hessian, gradient)
    return x, np.sqrt(np.diag(np.linalg.inv(hessian)))


def named(names, values):
    return dict(zip(names, map(float, values)))


references = {"versions": {"numpy": np.__version__, "scipy": scipy.__version__}}

t = 2.0 * rng.weibull(1.7, 200)
cost = lambda p: -np.sum(np.log(p[0] / p[1]) + (p[0] - 1) * np.log(t / p[1]) - (t / p[1]) ** p[0])
x, errors = likelihood(cost, [1.0, 1.0])
references["weibull"] = {
    "columns": {"t": t.tolist()},
    "log_likelihood": "log(k/s) + (k-1)*log(t/s) - (t/s)^k",
    "bounds": {"k": [1e-3, 1e3], "s": [1e-3, 1e3]},
    "start": {"k": 1.0, "s": 1.0},
    "values": named("ks", x),
    "errors": named("ks", errors),
}

u = np.linspace(0.0, 3.0, 120)
n = rng.poisson(np.exp(0.5 + 0.8 * u)).astype(float)
cost = lambda p: -np.sum(n * (p[0] + p[1] * u) - np.exp(p[0] + p[1] * u) - gammaln(n + 1))
x, errors = likelihood(cost, [0.0, 0.0])
references["poisson"] = {
    "columns": {"u": u.tolist(), "n": n.tolist()},
    "log_likelihood": "n*(a + b*u) - exp(a + b*u) - lgamma(n + 1)",
    "bounds": {},
    "start": {"a": 0.0, "b": 0.0},
    "values": named("ab", x),
    "errors": named("ab", errors),
}

t = np.linspace(5.0, 600.0, 63)
dn = np.sqrt(12600.0 / 230.0 * np.exp(-t / 230.0)) * 0.5 + 0.3
counts = 12600.0 / 230.0 * np.exp(-t / 230.0) + dn * rng.standard_normal(63)
model = lambda t, n, tau: n / tau * np.exp(-t / tau)
values, covariance = curve_fit(
    model, t, counts, p0=[12000, 200], sigma=dn, absolute_sigma=True, ftol=1e-15, xtol=1e-15, gtol=1e-15,
    jac=lambda t, n, tau: np.column_stack(
        [np.exp(-t / tau) / tau, n * np.exp(-t / tau) * (t / tau - 1) / tau**2]
    ),
)
references["decay"] = {
    "columns": {"t": t.tolist(), "y": counts.tolist(), "dy": dn.tolist()},
    "model": "y ~ n/tau*exp(-t/tau)",
    "sigma": "dy",
    "start": {"n": 1.0, "tau": 1.0},
    "values": named(["n", "tau"], values),
    "errors": named(["n", "tau"], np.sqrt(np.diag(covariance))),
}

x = np.linspace(0.0, 10.0, 200)
y = 2.0 + 0.7 * x + 0.3 * rng.standard_normal(200)
spoiled = rng.choice(200, 20, replace=False)
y[spoiled] += rng.uniform(5.0, 30.0, 20) * rng.choice([-1.0, 1.0], 20)
references["outliers"] = {"columns": {"x": x.tolist(), "y": y.tolist()}, "truth": {"a": 2.0, "b": 0.7}}

parts = rng.choice(3, 3000, p=[0.2, 0.5, 0.3])
z = rng.normal(np.array([-3.0, 0.5, 4.0])[parts], 0.7)
references["mixture"] = {
    "columns": {"z": z.tolist()},
    "shares": np.bincount(parts, minlength=3).tolist(),
}

with open("references.json", "w") as file:
    json.dump(references, file, indent=0)
    file.write("\n")
