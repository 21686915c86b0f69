"""Writes ranges.json: values and slopes of functions over the whole range of the exponent.

    pip install mpmath
    python3 ranges.py

The points of FUNCTIONS are numbers of f32, so that both types are held against the same rows; those of WIDE are not.
Results that are not normal numbers of f64 are left out.
"""

import json
import pathlib
import random
import struct

from mpmath import mp, mpf

mp.dps = 60
SMALLEST, LARGEST = mpf(2) ** -1022, mpf(2) ** 1024


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def gauss(x):
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


# Value and slope of each function, and the magnitudes of its points as powers of 10; 0 to both sides of it.
FUNCTIONS = {
    "tanh(x)": (mp.tanh, lambda x: 1 / mp.cosh(x) ** 2, (-30, 2), 2),
    "sigmoid(x)": (lambda x: 1 / (1 + mp.exp(-x)), lambda x: 1 / (4 * mp.cosh(x / 2) ** 2), (-30, 2), 2),
    "erf(x)": (mp.erf, gauss, (-30, 1.43), 2),
    "erfc(x)": (mp.erfc, lambda x: -gauss(x), (-30, 1.42), 2),
    "atan(x)": (mp.atan, lambda x: 1 / (1 + x * x), (-38, 38), 2),
    "asinh(x)": (mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x), (-38, 38), 2),
    "acosh(x)": (mp.acosh, lambda x: 1 / mp.sqrt(x * x - 1), (0.01, 38), 1),
    "sqrt(x)": (mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), (-38, 38), 1),
    "cbrt(x)": (mp.cbrt, lambda x: 1 / (3 * mp.cbrt(x) ** 2), (-38, 38), 1),
    "ln(x)": (mp.log, lambda x: 1 / x, (-38, 38), 1),
    "log1p(x)": (mp.log1p, lambda x: 1 / (1 + x), (-38, 38), 1),
    "x^0.1": (lambda x: x ** mpf(0.1), lambda x: mpf(0.1) * x ** mpf(0.1) / x, (-38, 38), 1),
    "x^1.5": (lambda x: x ** 1.5, lambda x: 1.5 * mp.sqrt(x), (-38, 38), 1),
    "x^-2.5": (lambda x: x ** -2.5, lambda x: -2.5 * x ** -3.5, (-38, 38), 1),
    "x^11": (lambda x: x ** 11, lambda x: 11 * x ** 10, (-38, 38), 2),
    "x^-8": (lambda x: x ** -8, lambda x: -8 * x ** -9, (-38, 38), 2),
    "1/x^3": (lambda x: x ** -3, lambda x: -3 * x ** -4, (-38, 38), 2),
    "1/(1 + x^2)": (lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2, (-38, 38), 2),
    "1/(x*(x + 1))": (lambda x: 1 / (x * (x + 1)), lambda x: -(2 * x + 1) / (x * (x + 1)) ** 2, (-38, 38), 1),
    "1/sqrt(x)": (lambda x: 1 / mp.sqrt(x), lambda x: -1 / (2 * x * mp.sqrt(x)), (-38, 38), 1),
    "log(1 + exp(x))": (lambda x: mp.log1p(mp.exp(x)), lambda x: 1 / (1 + mp.exp(-x)), (0, 14), 1),
    "log(cosh(x))": (lambda x: mp.log(mp.cosh(x)), mp.tanh, (1, 5), 2),
    "digamma(x)": (lambda x: mp.psi(0, x), lambda x: mp.psi(1, x), (0.7, 30), 1),
}

WIDE = {
    "x/(1 + x^2)": (lambda x: x / (1 + x * x), lambda x: (1 - x * x) / (1 + x * x) ** 2, (-300, 300), 2),
    "1/sqrt(1 + x^2)": (lambda x: 1 / mp.sqrt(1 + x * x), lambda x: -x / (1 + x * x) ** 1.5, (-300, 300), 2),
    "sqrt(1 + x^2)": (lambda x: mp.sqrt(1 + x * x), lambda x: x / mp.sqrt(1 + x * x), (-300, 300), 2),
    "log(1 + x^4)": (lambda x: mp.log1p(x ** 4), lambda x: 4 * x ** 3 / (1 + x ** 4), (0, 300), 2),
    "1/(x^2 + x)": (lambda x: 1 / (x * x + x), lambda x: -(2 * x + 1) / (x * x + x) ** 2, (-300, 300), 1),
    "atan(x^2)": (lambda x: mp.atan(x * x), lambda x: 2 * x / (1 + x ** 4), (-300, 300), 2),
    "atan2(x, 1/x)": (lambda x: mp.atan2(x, 1 / x), lambda x: 2 * x / (1 + x ** 4), (-300, 300), 1),
    "hypot(x, 1/x)": (lambda x: mp.hypot(x, 1 / x), lambda x: (x - x ** -3) / mp.hypot(x, 1 / x), (-100, 300), 1),
    "tanh(1/x)": (lambda x: mp.tanh(1 / x), lambda x: -1 / (x * mp.cosh(1 / x)) ** 2, (0, 300), 2),
    "cbrt(x)/x": (lambda x: mp.cbrt(x) / x, lambda x: -2 * mp.cbrt(x) / (3 * x * x), (-300, 300), 1),
    "x^0.3/x^0.7": (
        lambda x: x ** (mpf(0.3) - mpf(0.7)), lambda x: (mpf(0.3) - mpf(0.7)) * x ** (mpf(0.3) - mpf(0.7)) / x,
        (-300, 300), 1,
    ),
    "exp(x)/(1 + exp(x))": (lambda x: 1 / (1 + mp.exp(-x)), lambda x: 1 / (4 * mp.cosh(x / 2) ** 2), (-300, 4), 2),
    "1/(1 + exp(-x))": (lambda x: 1 / (1 + mp.exp(-x)), lambda x: 1 / (4 * mp.cosh(x / 2) ** 2), (-300, 4), 2),
}
for k in range(2, 13):
    WIDE[f"x^-{k}"] = WIDE[f"1/x^{k}"] = (
        lambda x, k=k: x ** -k, lambda x, k=k: -k * x ** (-k - 1), (-300, 300), 2,
    )


def main():
    rng, rows = random.Random(7), []
    cases = [(single, it) for it in FUNCTIONS.items()] + [(float, it) for it in WIDE.items()]
    for rounded, (formula, (value, slope, (low, high), sides)) in cases:
        for place in range(40):
            x = rounded((-1) ** (place % sides) * 10 ** (low + (high - low) * (place + rng.random()) / 40))
            exact = [value(mpf(x)), slope(mpf(x))]
            if all(SMALLEST <= abs(it) < LARGEST for it in exact):
                rows.append([formula, x, *map(float, exact)])
    lines = ",\n".join(map(json.dumps, rows))
    pathlib.Path(__file__).with_name("ranges.json").write_text(f"[\n{lines}\n]\n")
    print(len(rows), "rows")


if __name__ == "__main__":
    main()
