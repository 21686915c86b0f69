"""Writes functions.json: the functions that docs/defaults.md measures, and what SciPy finds of them.

    pip install numpy scipy
    python scipy.py > functions.json

Formulas are typed as for `amsgrad minimize`; Python reads them after `^` is replaced by `**`. SciPy runs with its own
defaults, L-BFGS-B with exact gradients, by dual numbers. Many-valley functions start where NumPy draws within the bounds with seeds 1 to 5,
as `--seed` does; functions of one valley start at the points that are listed.
"""

import json
import math

import numpy as np
import scipy
from scipy.optimize import differential_evolution, minimize

NAMES = "abcdfghijk"


class Dual:
    """A value and its gradient."""

    def __init__(self, value, gradient):
        self.value, self.gradient = np.float64(value), gradient

    def then(self, value, slope):
        return Dual(value, slope * self.gradient)

    def lift(self, other):
        return other if isinstance(other, Dual) else Dual(other, 0 * self.gradient)

    def __neg__(self):
        return self.then(-self.value, -1)

    def __add__(self, other):
        other = self.lift(other)
        return Dual(self.value + other.value, self.gradient + other.gradient)

    def __sub__(self, other):
        return self + -self.lift(other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        other = self.lift(other)
        return Dual(self.value * other.value, self.value * other.gradient + other.value * self.gradient)

    def __pow__(self, power):
        return self.then(self.value**power, power * self.value ** (power - 1))

    def __truediv__(self, other):
        return self * self.lift(other) ** -1

    def __rtruediv__(self, other):
        return self.lift(other) / self

    __radd__, __rmul__ = __add__, __mul__


def elementary(function, slope):
    def of(x):
        if isinstance(x, Dual):
            return x.then(function(x.value), slope(x.value))
        return function(x)

    return of


LANGUAGE = {
    "sqrt": elementary(np.sqrt, lambda x: 0.5 / np.sqrt(x) if x > 0 else 0.0),
    "exp": elementary(np.exp, np.exp),
    "log": elementary(np.log, lambda x: 1 / x),
    "sin": elementary(np.sin, np.cos),
    "cos": elementary(np.cos, lambda x: -np.sin(x)),
    "abs": elementary(np.abs, np.sign),
    "atan": elementary(np.arctan, lambda x: 1 / (1 + x * x)),
    "pi": math.pi,
    "e": math.e,
}


def total(n, term, first=0):
    """Returns the sum of a term with {i}, {j} and {k} for the variables i, i + 1 and the number of i from 1."""
    terms = []
    for i in range(first, n):
        after = NAMES[i + 1] if i + 1 < len(NAMES) else ""
        before = NAMES[i - 1] if i > 0 else ""
        terms.append(term.format(i=NAMES[i], j=after, h=before, k=i + 1))
    return "(" + " + ".join(terms) + ")"


def rosenbrock(n):
    return total(n - 1, "100*({j}-{i}^2)^2 + (1-{i})^2")


def zakharov(n):
    line = total(n, "0.5*{k}*{i}")
    return f"{total(n, '{i}^2')} + {line}^2 + {line}^4"


def hartmann():
    a = [(3, 10, 30), (0.1, 10, 35), (3, 10, 30), (0.1, 10, 35)]
    p = [(0.3689, 0.117, 0.2673), (0.4699, 0.4387, 0.747), (0.1091, 0.8732, 0.5547), (0.0381, 0.5743, 0.8828)]
    rows = zip((1, 1.2, 3, 3.2), a, p)
    return "-(" + " + ".join(
        f"{c}*exp(-(" + " + ".join(f"{a}*({x}-{p})^2" for a, p, x in zip(a, p, NAMES)) + "))" for c, a, p in rows
    ) + ")"


def styblinski(n):
    return "0.5*" + total(n, "({i}^4 - 16*{i}^2 + 5*{i})")


BEALE = "(1.5-a+a*b)^2 + (2.25-a+a*b^2)^2 + (2.625-a+a*b^3)^2"
POWELL = "(a+10*b)^2 + 5*(c-d)^2 + (b-2*c)^4 + 10*(a-d)^4"
WOOD = "100*(b-a^2)^2 + (1-a)^2 + 90*(d-c^2)^2 + (1-c)^2 + 10.1*((b-1)^2+(d-1)^2) + 19.8*(b-1)*(d-1)"
BOX = " + ".join(
    f"(exp(-{t}*a) - exp(-{t}*b) - c*(exp(-{t})-exp(-{10 * t})))^2" for t in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
)
SHUBERT = "*".join("(" + " + ".join(f"{i}*cos({i + 1}*{x}+{i})" for i in range(1, 6)) + ")" for x in "ab")
LOGISTIC = " + ".join(
    f"log(1+exp(-({y})*({t}*a+b)))" for t, y in ((0.5, 1), (1, -1), (2, 1), (-1, -1), (-0.3, 1), (0.2, -1))
)


def cube(n, lower, upper):
    return [(lower, upper)] * n


# name, formula, bounds, minimum
VALLEYS = [
    ("sphere", "a^2 + b^2", cube(2, -5.12, 5.12), 0),
    ("rosenbrock", rosenbrock(2), [(-2, 2), (-1, 3)], 0),
    ("rastrigin", total(2, "({i}^2 - 10*cos(2*pi*{i}) + 10)"), cube(2, -5.12, 5.12), 0),
    ("ackley", "-20*exp(-0.2*sqrt((a^2+b^2)/2)) - exp((cos(2*pi*a)+cos(2*pi*b))/2) + 20 + e", cube(2, -32, 32), 0),
    ("griewank", "(a^2+b^2)/4000 - cos(a)*cos(b/sqrt(2)) + 1", cube(2, -600, 600), 0),
    ("styblinski-tang", styblinski(2), cube(2, -5, 5), -78.33233140754285),
    ("levy", "sin(pi*(1+(a-1)/4))^2 + ((a-1)/4)^2*(1+10*sin(pi*(1+(a-1)/4)+1)^2) + ((b-1)/4)^2*(1+sin(2*pi*(1+(b-1)/4))^2)", cube(2, -10, 10), 0),
    ("zakharov", zakharov(2), cube(2, -5, 10), 0),
    ("dixon-price", "(a-1)^2 + 2*(2*b^2-a)^2", cube(2, -10, 10), 0),
    ("beale", BEALE, cube(2, -4.5, 4.5), 0),
    ("booth", "(a+2*b-7)^2 + (2*a+b-5)^2", cube(2, -10, 10), 0),
    ("matyas", "0.26*(a^2+b^2) - 0.48*a*b", cube(2, -10, 10), 0),
    ("himmelblau", "(a^2+b-11)^2 + (a+b^2-7)^2", cube(2, -5, 5), 0),
    ("easom", "-cos(a)*cos(b)*exp(-(a-pi)^2-(b-pi)^2)", cube(2, -10, 10), -1),
    ("goldstein-price", "(1+(a+b+1)^2*(19-14*a+3*a^2-14*b+6*a*b+3*b^2))*(30+(2*a-3*b)^2*(18-32*a+12*a^2+48*b-36*a*b+27*b^2))", cube(2, -2, 2), 3),
    ("mccormick", "sin(a+b) + (a-b)^2 - 1.5*a + 2.5*b + 1", [(-1.5, 4), (-3, 4)], -1.9132229549810367),
    ("three-hump-camel", "2*a^2 - 1.05*a^4 + a^6/6 + a*b + b^2", cube(2, -5, 5), 0),
    ("six-hump-camel", "(4-2.1*a^2+a^4/3)*a^2 + a*b + (4*b^2-4)*b^2", [(-3, 3), (-2, 2)], -1.0316284534898774),
    ("branin", "(b-5.1/(4*pi^2)*a^2+5/pi*a-6)^2 + 10*(1-1/(8*pi))*cos(a) + 10", [(-5, 10), (0, 15)], 0.39788735772973816),
    ("michalewicz", "-sin(a)*sin(a^2/pi)^20 - sin(b)*sin(2*b^2/pi)^20", cube(2, 0, math.pi), -1.8013034100985537),
    ("drop-wave", "-(1+cos(12*sqrt(a^2+b^2)))/(0.5*(a^2+b^2)+2)", cube(2, -5.12, 5.12), -1),
    ("eggholder", "-(b+47)*sin(sqrt(abs(b+a/2+47))) - a*sin(sqrt(abs(a-b-47)))", cube(2, -512, 512), -959.6406627208506),
    ("cross-in-tray", "-0.0001*(abs(sin(a)*sin(b)*exp(abs(100-sqrt(a^2+b^2)/pi)))+1)^0.1", cube(2, -10, 10), -2.062611870822739),
    ("holder-table", "-abs(sin(a)*cos(b)*exp(abs(1-sqrt(a^2+b^2)/pi)))", cube(2, -10, 10), -19.208502567886743),
    ("bukin-6", "100*sqrt(abs(b-0.01*a^2)) + 0.01*abs(a+10)", [(-15, -5), (-3, 3)], 0),
    ("bohachevsky", "a^2 + 2*b^2 - 0.3*cos(3*pi*a) - 0.4*cos(4*pi*b) + 0.7", cube(2, -100, 100), 0),
    ("schaffer-2", "0.5 + (sin(a^2-b^2)^2-0.5)/(1+0.001*(a^2+b^2))^2", cube(2, -100, 100), 0),
    ("shubert", SHUBERT, cube(2, -10, 10), -186.7309088310239),
    ("schwefel", "837.9657745448674 - a*sin(sqrt(abs(a))) - b*sin(sqrt(abs(b)))", cube(2, -500, 500), 0),
    ("hartmann-3", hartmann(), cube(3, 0, 1), -3.86278214782076),
    ("powell-singular", POWELL, cube(4, -4, 5), 0),
    ("colville", WOOD, cube(4, -10, 10), 0),
    ("rosenbrock-6", rosenbrock(6), cube(6, -5, 10), 0),
    ("sum-squares-10", total(10, "{k}*{i}^2"), cube(10, -10, 10), 0),
    ("trid-6", total(6, "({i}-1)^2") + " - " + total(6, "{i}*{h}", 1), cube(6, -36, 36), -50),
    ("alpine-1", total(2, "abs({i}*sin({i})+0.1*{i})"), cube(2, -10, 10), 0),
]

# name, formula, the sides of the bounds, minimum, starts
ONE_VALLEY = [
    ("square", "(a-3)^2", (-10, 10), 0, [[0], [-9], [9.9]]),
    ("square from afar", "(a-3)^2", (-1e7, 1e7), 0, [[1e6]]),
    ("square far away", "(a-1e6)^2/1e6", (-1e7, 1e7), 0, [[1]]),
    ("two units", "(a/1e-3-1)^2 + (b/1e3-1)^2", (-1e4, 1e4), 0, [[0.002, 500]]),
    ("four units", total(4, "10^(2*({k}-1))*({i}-1)^2"), (-100, 100), 0, [[5, 5, 5, 5], [-1, 50, 2, 0.3]]),
    ("oblique, condition 1e4", "(a+b-2)^2 + 1e4*(a-b)^2", (-100, 100), 0, [[5, 5], [-30, 2]]),
    ("oblique, condition 1e6", "(a+b-2)^2 + 1e6*(a-b)^2", (-100, 100), 0, [[5, 1], [-30, 2]]),
    ("rosenbrock", rosenbrock(2), (-10, 10), 0, [[-1.2, 1], [2, 2], [-3, -4]]),
    ("rosenbrock-3", rosenbrock(3), (-10, 10), 0, [[0.5] * 3, [2] * 3]),
    ("rosenbrock-5", rosenbrock(5), (-10, 10), 0, [[0.5] * 5, [2] * 5, [0] * 5]),
    ("rosenbrock-10", rosenbrock(10), (-10, 10), 0, [[0.5] * 10, [2] * 10, [0] * 10]),
    ("log-sum-exp", "log(exp(a)+exp(-a)+exp(b)+exp(-b))", (-20, 20), math.log(4), [[3, -4], [10, 10]]),
    ("powell singular", POWELL, (-10, 10), 0, [[3, -1, 0, 1]]),
    ("brown badly scaled", "(a-1e6)^2 + (b-2e-6)^2 + (a*b-2)^2", (-1e7, 1e7), 0, [[1, 1]]),
    ("powell badly scaled", "(1e4*a*b-1)^2 + (exp(-a)+exp(-b)-1.0001)^2", (-20, 20), 0, [[0, 1]]),
    ("beale", BEALE, (-4.5, 4.5), 0, [[1, 1], [2, 0]]),
    ("box", BOX, (-20, 30), 0, [[0, 10, 20]]),
    ("wood", WOOD, (-10, 10), 0, [[-3, -1, -3, -1]]),
    ("trid-10", total(10, "({i}-1)^2") + " - " + total(10, "{i}*{h}", 1), (-100, 100), -210, [[0] * 10, [50] * 10]),
    ("helical valley", "100*((c-10*atan(b/a)/(2*pi))^2 + (sqrt(a^2+b^2)-1)^2) + c^2", (-10, 10), 0, [[1, 0.5, 0.2]]),
    ("abs", "abs(a-1)", (-10, 10), 0, [[2.5], [-7]]),
    ("abs-2", "abs(a-1) + 2*abs(b+1)", (-10, 10), 0, [[2.5, 3], [-7, 1]]),
    ("oblique abs", "10*abs(a-b) + abs(b+1)", (-10, 10), 0, [[2.5, 3]]),
    ("reciprocal", "a + 1/a", (1e-12, 1e4), 2, [[1500], [0.01], [5]]),
    ("tiny", "1e-8*(a-3)^2", (-10, 10), 0, [[0]]),
    ("gauss", "-exp(-(a-3)^2)", (-10, 10), -1, [[8], [5]]),
    ("quartic", "(a-1)^4 + (a+b)^2", (-10, 10), 0, [[5, 2], [0.3, 9]]),
    ("exponentials", "exp(a) + exp(-a)", (-10, 10), 2, [[4], [-6]]),
    ("three exponentials", "exp(a+3*b-0.1) + exp(a-3*b-0.1) + exp(-a-0.1)", (-20, 20), 2.5592666966582156, [[1, 1], [-1, 2], [-10, 3]]),
    ("logistic loss", LOGISTIC, (-50, 50), 3.7713380930321074, [[0, 0], [5, -5]]),
    ("zakharov-10", zakharov(10), (-10, 10), 0, [[5] * 10]),
    ("booth", "(a+2*b-7)^2 + (2*a+b-5)^2", (-10, 10), 0, [[9, -9]]),
    ("root of squares", "sqrt(1+a^2+b^2)", (-1e3, 1e3), 1, [[200, -300]]),
    ("freudenstein-roth", "(-13+a+((5-b)*b-2)*b)^2 + (-29+a+((b+1)*b-14)*b)^2", (-20, 20), 0, [[6, 5]]),
    ("penalty", "1e-5*" + total(4, "({i}-1)^2") + " + (" + total(4, "{i}^2") + "-0.25)^2", (-10, 10), 2.2499775e-5, [[1, 2, 3, 4]]),
    ("log of squares", "log(1+a^2)", (-10, 10), 0, [[4]]),
]


def function(formula):
    code = compile(formula.replace("^", "**"), formula, "eval")

    def value(point):
        with np.errstate(all="ignore"):
            return float(eval(code, LANGUAGE, dict(zip(NAMES, map(np.float64, point)))))

    def both(point):
        units = np.eye(len(point))
        with np.errstate(all="ignore"):
            answer = eval(code, LANGUAGE, dict(zip(NAMES, map(Dual, point, units))))
        return float(answer.value), answer.gradient

    return value, both


def found(value, minimum):
    return bool(value - minimum <= 1e-6 * (1 + abs(minimum)))


def local(both, start, bounds):
    return float(minimize(both, np.array(start, dtype=float), jac=True, method="L-BFGS-B", bounds=bounds).fun)


def main():
    valleys, one_valley = [], []
    for name, formula, bounds, minimum in VALLEYS:
        (value, both), single, evolved = function(formula), 0, 0
        for seed in range(1, 6):
            lower, upper = np.array(bounds, dtype=float).T
            start = lower + np.random.default_rng(seed).random(len(bounds)) * (upper - lower)
            single += found(local(both, start, bounds), minimum)
            evolved += found(float(differential_evolution(value, bounds, seed=seed).fun), minimum)
        valleys.append({
            "name": name, "formula": formula, "bounds": bounds, "minimum": minimum,
            "l-bfgs-b": single, "differential-evolution": evolved,
        })
    for name, formula, sides, minimum, starts in ONE_VALLEY:
        (_, both), bounds = function(formula), [sides] * len(starts[0])
        one_valley.append({
            "name": name, "formula": formula, "bounds": bounds, "minimum": minimum, "starts": starts,
            "l-bfgs-b": sum(found(local(both, start, bounds), minimum) for start in starts),
            "l-bfgs-b without bounds": sum(found(local(both, start, None), minimum) for start in starts),
        })
    document = {"scipy": scipy.__version__, "valleys": valleys, "one valley": one_valley}
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
