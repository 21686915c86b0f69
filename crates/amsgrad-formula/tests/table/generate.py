"""Writes table.json: formulas with values and gradients to hold the crate against.

    pip install mpmath
    python3 generate.py

Nothing here shares anything with the crate. A formula is parsed by Python's own parser (`^` written as `**`), so
precedence and associativity are Python's. Numbers, constants and points are exactly the f64 numbers the crate reads.
Everything is then computed by mpmath with 60 digits; the derivative of each operation is a numerical one
(`mpmath.diff`, good to about 30 digits), and the gradient so composed is checked against the numerical derivative of
the whole formula.

Beside each result stands its scale: the largest magnitude met on the way to it.
- For the value: of every operand and result of every operation, variables and numbers included.
- For a partial derivative: of all these, of the derivative by that variable of every operation, and of every
  product (local derivative of an operation by an operand) * (derivative of the operand) that is added up there.
The test asks for an error of at most 4 ulp of the scale, an ulp being that of f64 at that magnitude. A formula must
be conditioned well enough at its points for that: the derivative of sin(3*pi*x)^2, for one, may change by 6*pi times
the change of its argument, so that the two roundings of the argument alone can cost 5 ulp. Levy's 13th function is
here with pi in place of 3*pi and 2*pi.
"""

import ast
import json
import math
import pathlib
import random

import mpmath
from mpmath import mp, mpf

mp.dps = 60


def away(x):
    return mp.sign(x) * mp.floor(abs(x) + mpf(1) / 2)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


FUNCTIONS = {
    "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "sec": mp.sec, "csc": mp.csc, "cot": mp.cot,
    "asin": mp.asin, "acos": mp.acos, "atan": mp.atan, "arcsin": mp.asin, "arccos": mp.acos, "arctan": mp.atan,
    "atan2": mp.atan2, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh,
    "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh,
    "exp": mp.exp, "exp2": lambda x: mpf(2) ** x, "expm1": mp.expm1,
    "ln": mp.log, "log": lambda x, base=None: mp.log(x) if base is None else mp.log(x) / mp.log(base),
    "log1p": mp.log1p, "log2": lambda x: mp.log(x) / mp.log(2), "log10": mp.log10,
    "sqrt": mp.sqrt, "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)), "pow": mp.power, "square": lambda x: x * x,
    "hypot": lambda *a: mp.sqrt(sum(x * x for x in a)), "abs": abs, "sign": mp.sign,
    "min": min, "max": max, "mean": lambda *a: sum(a) / len(a), "clamp": lambda x, low, high: min(max(x, low), high),
    "floor": mp.floor, "ceil": mp.ceil, "round": away, "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
    "mod": lambda a, b: a - b * mp.floor(a / b),
    "erf": mp.erf, "erfc": mp.erfc, "gamma": mp.gamma, "lgamma": lambda x: mp.log(abs(mp.gamma(x))),
    "sigmoid": sigmoid, "logistic": sigmoid, "softplus": lambda x: mp.log1p(mp.exp(x)),
    "relu": lambda x: max(mpf(0), x), "step": lambda x: mpf(x >= 0),
    "deg": mp.degrees, "rad": mp.radians,
}
OPERATORS = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b, ast.Mod: lambda a, b: a - b * mp.floor(a / b), ast.Pow: mp.power,
    ast.Lt: lambda a, b: mpf(a < b), ast.LtE: lambda a, b: mpf(a <= b),
    ast.Gt: lambda a, b: mpf(a > b), ast.GtE: lambda a, b: mpf(a >= b),
    ast.Eq: lambda a, b: mpf(a == b), ast.NotEq: lambda a, b: mpf(a != b),
}
CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}


class Scale:
    def __init__(self, count):
        self.value = mpf(0)
        self.partials = [mpf(0)] * count

    def see(self, value, products):
        self.value = max(self.value, abs(value))
        self.partials = [max([old] + [abs(p) for p in new]) for old, new in zip(self.partials, products)]


class Evaluation:
    """The value and derivatives of a syntax tree; with derivatives=False the value alone."""

    def __init__(self, names, point, derivatives=True):
        self.names = {name: (mpf(x), i) for i, (name, x) in enumerate(zip(names, point))}
        self.count = len(names) if derivatives else 0
        self.bound = {}
        self.scale = Scale(self.count)

    def number(self, value):
        self.scale.see(value, [[]] * self.count)
        return mpf(value), [mpf(0)] * self.count

    def apply(self, function, *operands):
        values = [value for value, _ in operands]
        value = mpf(function(*values))
        derivative = [mpf(0)] * self.count
        products = [[] for _ in range(self.count)]
        for k, (_, inner) in enumerate(operands):
            if not any(inner):
                continue
            order = tuple(int(i == k) for i in range(len(values)))
            local = mp.diff(function, tuple(values), order) if len(values) > 1 else mp.diff(function, values[0])
            for j, of_operand in enumerate(inner):
                products[j].append(local * of_operand)
                derivative[j] += local * of_operand
        self.scale.see(value, [p + [d] for p, d in zip(products, derivative)])
        return value, derivative

    def variable(self, name):
        value, index = self.names[name]
        derivative = [mpf(int(index == j)) for j in range(self.count)]
        self.scale.see(value, [[d] for d in derivative])
        return value, derivative

    def of(self, node):
        match node:
            case ast.Expression():
                return self.of(node.body)
            case ast.Constant():
                return self.number(float(node.value))
            case ast.Name() if node.id in self.bound:
                return self.number(self.bound[node.id])
            case ast.Name() if node.id in self.names:
                return self.variable(node.id)
            case ast.Name():
                return self.number(CONSTANTS[node.id])
            case ast.Subscript():
                return self.variable(f"{node.value.id}[{int(self.of(node.slice)[0])}]")
            case ast.UnaryOp(op=ast.USub()):
                return self.apply(lambda x: -x, self.of(node.operand))
            case ast.UnaryOp(op=ast.UAdd()):
                return self.of(node.operand)
            case ast.UnaryOp(op=ast.Not()):
                return self.apply(lambda x: mpf(x == 0), self.of(node.operand))
            case ast.BinOp(op=ast.Pow(), left=ast.Name(id="e"), right=right):
                return self.apply(mp.exp, self.of(right))
            case ast.BinOp():
                return self.apply(OPERATORS[type(node.op)], self.of(node.left), self.of(node.right))
            case ast.Compare():
                operands = [self.of(it)[0] for it in [node.left, *node.comparators]]
                holds = [OPERATORS[type(op)](*pair) for op, pair in zip(node.ops, zip(operands, operands[1:]))]
                return self.number(mpf(all(holds)))
            case ast.BoolOp():
                truths = [self.of(it)[0] != 0 for it in node.values]
                return self.number(mpf(all(truths) if isinstance(node.op, ast.And) else any(truths)))
            case ast.Call(func=ast.Name(id="sum" | "prod" as name)):
                index, first, last, body = node.args
                result = None
                for i in range(int(self.of(first)[0]), int(self.of(last)[0]) + 1):
                    outside = dict(self.bound)
                    self.bound[index.id] = mpf(i)
                    term = self.of(body)
                    self.bound = outside
                    operator = OPERATORS[ast.Add if name == "sum" else ast.Mult]
                    result = term if result is None else self.apply(operator, result, term)
                return result
            case ast.Call(func=ast.Name(id="if_")):
                condition, yes, no = node.args
                return self.of(yes if self.of(condition)[0] != 0 else no)
            case ast.Call():
                return self.apply(FUNCTIONS[node.func.id], *map(self.of, node.args))
        raise ValueError(ast.dump(node))


def row(formula, names, point, dimension=None):
    text = formula.replace("^", "**").replace("if(", "if_(").replace("&&", " and ").replace("||", " or ")
    tree = ast.parse(text.strip(), mode="eval")
    evaluation = Evaluation(names, point)
    if dimension:
        evaluation.bound["n"] = mpf(dimension)
    value, gradient = evaluation.of(tree)

    def whole(*xs):
        again = Evaluation(names, xs, derivatives=False)
        again.bound = dict(evaluation.bound)
        return again.of(tree)[0]

    for j, partial in enumerate(gradient):
        order = tuple(int(i == j) for i in range(len(names)))
        check = mp.diff(whole, tuple(map(mpf, point)), order) if len(names) > 1 else mp.diff(whole, mpf(point[0]))
        assert abs(check - partial) <= mpf(10) ** -20 * (1 + abs(partial)), (formula, point, check, partial)
    scales = [max(scale, evaluation.scale.value) for scale in evaluation.scale.partials]
    assert mp.isfinite(value) and all(map(mp.isfinite, gradient)), (formula, point)
    result = {"formula": formula, "variables": names}
    if dimension:
        result["dimension"] = dimension
    return result | {
        "point": point,
        "value": float(value),
        "value_scale": float(evaluation.scale.value),
        "gradient": [float(partial) for partial in gradient],
        "gradient_scale": [float(scale) for scale in scales],
    }


# Precedence, associativity, numbers: for x and y from (0.1, 0.9).
SYNTAX = """
-x^2
(-x)^2
-x^2*y
2^3^2*x
2^-x
-2^-2*x
x^-2
x^-y
2^x^y
(2^x)^y
x^2^y
-x^-y
x/y/4
x/(y/4)
x/y*4
x*y/4
x-y-4
x-(y-4)
x-y+4
2*-x
x*-y
x- -y
--x
---x + y
+x - +y
-(x + y)^2
-x*-y
-x/-y
1e-3*x
1E+2*x*y
.5*x
2.*x
2.5e1*x - .25e-1*y
x**2
x**y**2
-x**2
2**-x*y
x^2*y^3
x^2/y^2
(x+y)^2/(x-y-2)^2
x*y^2 + y*x^2
1/x/y
1/(x*y)
x % 0.3
-x % 0.3
2*x % 0.3
x % 0.3 * 2
(x + 5) % y
-(x % 0.3)^2
x < y
x*(x < y) + y*(x >= y)
0 < x < 1
x < y < 0.5
(x < y) + (y < x)
x + 1 < y + 1
not x < y
not x == x
1 - (x == x)
x != y
x < 0.5 and y < 0.5
x < 0.5 or y < 0.5 and x > 0.1
(x < 0.5 or y < 0.5) and x > 0.1
x < 0.5 && y < 0.5
x < 0.5 || y < 0.5
if(x < y, x^2, y^3)
if(x < y and y < 0.9, sin(x), cos(y))
if(x > 2, ln(x - 2), x*y)
if(x > 2, sqrt(x - 2), if(y > 2, sqrt(y - 2), x + y))
x*if(x < 0.5, 2, 3)
pi*x + e*y
tau*x - 2*pi*y
e^x
e^-x^2
e^(x + y)
10^x
0.5^y
x^1
x^0 + y
x^0.5
x^1.5
x^2.5*y
x^-0.5
x^-1.5
x^(1/3)
x^3
x^4
x^5
x^6
x^7
x^8
x^9
x^10
x^20
x^-1
x^-3
x^-8
x^-9
(x + y)^7
(x - y)^8
x^y
(x + y)^(x*y)
(1 + x)^y
x^(y - 1)
2^(x - 3)
"""

# Well-known problems and models, for x and y from (0.1, 0.9).
PLAIN = """
x^2 + y^2
(1-x)^2 + 100*(y-x^2)^2
(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2
(x + 2*y - 7)^2 + (2*x + y - 5)^2
0.26*(x^2 + y^2) - 0.48*x*y
(x^2 + y - 11)^2 + (x + y^2 - 7)^2
2*x^2 - 1.05*x^4 + x^6/6 + x*y + y^2
(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (-4 + 4*y^2)*y^2
(1 + (x + y + 1)^2*(19 - 14*x + 3*x^2 - 14*y + 6*x*y + 3*y^2))*(30 + (2*x - 3*y)^2*(18 - 32*x + 12*x^2 + 48*y - 36*x*y + 27*y^2))
-cos(x)*cos(y)*exp(-((x - pi)^2 + (y - pi)^2))
-20*exp(-0.2*sqrt(0.5*(x^2 + y^2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y))) + e + 20
20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)
1 + (x^2 + y^2)/4000 - cos(x)*cos(y/sqrt(2))
sin(pi*x)^2 + (x - 1)^2*(1 + sin(pi*y)^2) + (y - 1)^2*(1 + sin(pi*y)^2)
(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2
sin(x + y) + (x - y)^2 - 1.5*x + 2.5*y + 1
x^2 + 2*y^2 - 0.3*cos(3*pi*x) - 0.4*cos(4*pi*y) + 0.7
(y - 5.1/(4*pi^2)*x^2 + 5/pi*x - 6)^2 + 10*(1 - 1/(8*pi))*cos(x) + 10
-0.0001*(abs(sin(x)*sin(y)*exp(abs(100 - sqrt(x^2 + y^2)/pi))*1e-40) + 1)^0.1
-(y + 47)*sin(sqrt(abs(x/2 + (y + 47)))) - x*sin(sqrt(abs(x - (y + 47))))
-(1 + cos(12*sqrt(x^2 + y^2)))/(0.5*(x^2 + y^2) + 2)
0.5 + (sin(x^2 - y^2)^2 - 0.5)/(1 + 0.001*(x^2 + y^2))^2
-sin(x)*sin(x^2/pi)^20 - sin(y)*sin(2*y^2/pi)^20
x^2 + y^2 + (0.5*x + y)^2 + (0.5*x + y)^4
(x - 1)^2 + 2*(2*y^2 - x)^2
100*sqrt(abs(y - 0.01*x^2)) + 0.01*abs(x + 10)
-abs(sin(x)*cos(y)*exp(abs(1 - sqrt(x^2 + y^2)/pi)))
0.6 + sin(x)^2 - 0.1*exp(-x^2 - y^2)
log(1 + exp(-3*x)) + 0.5*y^2
softplus(-3*x + y) + 0.01*(x^2 + y^2)
sqrt(1 + x^2) + sqrt(1 + (x - y)^2)
log(1 + (x - 0.3)^2/0.1) + log(1 + (y - 0.4)^2/0.2)
x*ln(x) + y*ln(y) + (1 - x)*ln(1 - x)
-ln(x) - ln(y) - ln(2 - x - y)
exp(x)*sin(3*y) + exp(-y)*cos(2*x)
sin(3*x)*exp(-x^2/2) + cos(x*y) + 0.1*exp(y)
tanh(0.5*x - y)*tanh(x + 0.3*y)
max(x, y)^2 + min(x, y)
max(x, y, 0.5) + min(x, y, 0.5)
max(sin(x), cos(y))
clamp(3*x, 0.5, 1.5) + clamp(y, -1, 0.4)
abs(x - y) + abs(x + y)
hypot(x, y)
hypot(3*x, 4*y) - hypot(x, 1)
hypot(x, y, 1)
atan2(y, x)
atan2(x - 2, y)
atan2(-y, -x)*x
pow(x, y) + pow(y, x)
log(x, 2) + log(8, y + 1)
log(x, y)
mod(3*x, y)
mod(-3*x, 0.7)
mean(x, y, x*y)
x*exp(-x^2 - y^2)
1/(1 + exp(-(2*x - y)))
(x*y + 1)/(x^2 + y^2 + 1)
x/(x + y/(x + y/(x + y)))
(x + 1/(y + 1/(x + 1)))^3
sqrt(x + sqrt(y + sqrt(x + y)))
exp(exp(x*y) - 1)
sin(cos(sin(cos(x + y))))
((x + y)*(x - y) + (x*y))^4
(x^2 + y^2)^1.5
(x^2 + y^2)^-0.5
1/sqrt(2*pi)*exp(-x^2/2)*erfc(y)
gamma(1 + x)/gamma(2 + y)
lgamma(x + y) - lgamma(x) - lgamma(y)
cbrt(x - y) + cbrt(x*y + 1)
floor(5*x)*y + ceil(5*y)*x
round(5*x) + trunc(-5*y)*x
sign(x - y)*x^2
step(x - 0.5)*y + relu(x - y)*x
deg(atan(x/y))
sin(rad(90*x))*cos(rad(30*y))
x*y*x*y*x*y*x*y*x
x + y + x*y + x/y + 1 + x^2 + y^2 + 2*x + 3*y + x^3
x - y - x*y - x/y - 1 - x^2 - y^2 - 2*x - 3*y - x^3
100*(x^2 - y)^2 + (x - 1)^2 + 90*(y^2 - x)^2 + (y - 1)^2 + 10.1*((x - 1)^2 + (y - 1)^2) + 19.8*(x - 1)*(y - 1)
(10*(x - y^2))^2 + (1 - y)^2 + 0*x
1e5*x + 1e-5*y
1e8*(x - y)^2
(x - 1e-8)*(y + 1e8)
"""

# Families: n is 7.
FAMILIES = """
sum(i, 1, n, x[i]^2)
sum(i, 1, n, i*x[i]^2)
sum(i, 1, n-1, 100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2)
10*n + sum(i, 1, n, x[i]^2 - 10*cos(2*pi*x[i]))
1 + sum(i, 1, n, x[i]^2)/4000 - prod(i, 1, n, cos(x[i]/sqrt(i)))
-20*exp(-0.2*sqrt(sum(i, 1, n, x[i]^2)/n)) - exp(sum(i, 1, n, cos(2*pi*x[i]))/n) + 20 + e
sum(i, 1, n, (x[i]^4 - 16*x[i]^2 + 5*x[i])/2)
(x[1] - 1)^2 + sum(i, 2, n, i*(2*x[i]^2 - x[i-1])^2)
sum(i, 1, n, (x[i] - 1)^2) - sum(i, 2, n, x[i]*x[i-1])
sum(i, 1, n, x[i]^2) + sum(i, 1, n, 0.5*i*x[i])^2 + sum(i, 1, n, 0.5*i*x[i])^4
sum(i, 1, n, sum(j, 1, i, x[j])^2)
prod(i, 1, n, x[i]) + sum(i, 1, n, abs(x[i] - 0.5))
-sum(i, 1, n, sin(x[i])*sin(i*x[i]^2/pi)^20)
sqrt(sum(i, 1, n, (x[i] - i/n)^2))
ln(sum(i, 1, n, exp(x[i])))
sum(i, 1, n, if(i % 2 == 0, x[i]^2, x[i]^4))
sum(i, 1, (n-1)/2, (x[2*i] - x[2*i-1])^2) + x[n]^2
sum(i, 1, n, sum(j, 1, n, x[i]*x[j]/(i + j - 1)))
sum(i, 1, n, (x[i] - 0.1*i)^2/(0.3 + 0.2*i)) + sum(i, 1, n, 0.7*x[i])
max(x[1], x[2], x[3])*min(x[4], x[5], x[6], x[7])
"""

# Each function of one argument, on points from this interval.
UNARY = {
    "sin": (-3, 3), "cos": (-3, 3), "tan": (-1.2, 1.2), "sec": (-1.2, 1.2), "csc": (0.3, 2.8), "cot": (0.3, 2.8),
    "asin": (-0.9, 0.9), "acos": (-0.9, 0.9), "atan": (-3, 3), "arcsin": (-0.9, 0.9), "arccos": (-0.9, 0.9),
    "arctan": (-3, 3), "sinh": (-2, 2), "cosh": (-2, 2), "tanh": (-2, 2), "asinh": (-3, 3), "acosh": (1.2, 4),
    "atanh": (-0.9, 0.9), "exp": (-2, 2), "exp2": (-3, 3), "expm1": (-1, 1), "ln": (0.2, 5), "log": (0.2, 5),
    "log1p": (-0.5, 2), "log2": (0.2, 5), "log10": (0.2, 5), "sqrt": (0.2, 5), "cbrt": (0.2, 5), "square": (-3, 3),
    "abs": (-3, 3), "sign": (-3, 3), "floor": (-3, 3), "ceil": (-3, 3), "round": (-3, 3), "trunc": (-3, 3),
    "erf": (-2, 2), "erfc": (-2, 2), "gamma": (0.5, 4), "lgamma": (0.5, 4), "sigmoid": (-4, 4), "logistic": (-4, 4),
    "softplus": (-4, 4), "relu": (-3, 3), "step": (-3, 3), "deg": (-3, 3), "rad": (-90, 90),
}


def main():
    rng = random.Random(20)
    rows = []
    draw = lambda low, high: round(rng.uniform(low, high), 4)
    for formula in filter(None, (SYNTAX + PLAIN).split("\n")):
        names = [name for name in ["x", "y"] if name in formula.replace("exp", "").replace("max", "")]
        for _ in range(2):
            rows.append(row(formula, names, [draw(0.1, 0.9) for _ in names]))
    for formula in filter(None, FAMILIES.split("\n")):
        names = [f"x[{i}]" for i in range(1, 8)]
        rows.append(row(formula, names, [draw(0.1, 0.9) for _ in names], dimension=7))
    for name, (low, high) in UNARY.items():
        middle, half = (low + high) / 2, (high - low) / 2
        for formula in [
            f"{name}(x)",
            f"y*{name}({middle} + {half}*sin(x)) - 2",
            f"{name}({middle} + {half / 2}*x*y)^2",
        ]:
            for _ in range(2):
                names = ["x", "y"] if "y" in formula else ["x"]
                x = draw(low, high) if len(names) == 1 else draw(0.1, 0.9)
                rows.append(row(formula, names, [x] + [draw(0.1, 0.9) for _ in names[1:]]))
    path = pathlib.Path(__file__).with_name("table.json")
    lines = ",\n".join(json.dumps(it) for it in rows)
    path.write_text(f"[\n{lines}\n]\n")
    formulas = len({it["formula"] for it in rows})
    print(f"{formulas} formulas, {len(rows)} rows, mpmath {mpmath.__version__}")


if __name__ == "__main__":
    main()
