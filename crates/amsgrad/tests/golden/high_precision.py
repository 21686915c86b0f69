#!/usr/bin/env python3
"""Compute AdamX and AdamNC, which no framework has, from their papers with sixty digits, over the gradients of relatives.json.

Usage: high_precision.py OUT.json      (beside relatives.json; the standard library alone)
Each case: the rule and its settings, and x after every step, rounded once.
"""
import json, pathlib, sys
from decimal import Decimal, getcontext

getcontext().prec = 60
source = json.loads((pathlib.Path(__file__).parent / "relatives.json").read_text())


def adamx(g, x, s):
    """Tran, Phong 2019, Algorithm 3: alpha / sqrt(t), beta1 * lambda^(t-1), epsilon 0."""
    m = v = v_hat = Decimal(0)
    before = None
    for t, g in enumerate(g, 1):
        beta1 = s["beta1"] * s["lambda"] ** (t - 1)
        m = beta1 * m + (1 - beta1) * g
        v = s["beta2"] * v + (1 - s["beta2"]) * g * g
        v_hat = v if before is None else max(((1 - beta1) / (1 - before)) ** 2 * v_hat, v)
        before = beta1
        if v_hat > 0:
            x -= s["alpha"] / Decimal(t).sqrt() * m / v_hat.sqrt()
        yield x


def adamnc(g, x, s):
    """Reddi, Kale, Kumar 2018, Algorithm 3 with beta2_t = 1 - 1/t: v is the mean of all squares."""
    m = squares = Decimal(0)
    for t, g in enumerate(g, 1):
        beta1 = s["beta1"] * s["lambda"] ** (t - 1)
        m = beta1 * m + (1 - beta1) * g
        squares += g * g
        d = (squares / t).sqrt() + s["epsilon"]
        if d > 0:
            x -= s["alpha"] / Decimal(t).sqrt() * m / d
        yield x


CASES = [
    ("adamx", adamx, {"alpha": 0.1, "beta1": 0.9, "lambda": 0.95, "beta2": 0.99}),
    ("adamx", adamx, {"alpha": 0.02, "beta1": 0.5, "lambda": 0.999, "beta2": 0.999}),
    ("adamnc", adamnc, {"alpha": 0.1, "beta1": 0.9, "lambda": 1.0, "epsilon": 1e-8}),
    ("adamnc", adamnc, {"alpha": 0.05, "beta1": 0.9, "lambda": 0.99, "epsilon": 0.0}),
]
cases = []
for name, rule, settings in CASES:
    exact = {key: Decimal(value) for key, value in settings.items()}
    columns = [
        rule([Decimal(row[i]) for row in source["gradients"]], Decimal(x), exact)
        for i, x in enumerate(source["x0"])
    ]
    cases.append({"rule": name, "settings": settings, "x": [[float(x) for x in row] for row in zip(*columns)]})
pathlib.Path(sys.argv[1]).write_text(json.dumps({"cases": cases}))
print(sys.argv[1], len(cases), "cases")
