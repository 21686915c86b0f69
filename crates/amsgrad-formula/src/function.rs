//! The functions of the language, in one table.

use crate::graph::{Graph, Id};
use crate::op::Op;

/// A function of the language: how it is called, what it means and how it is built.
///
/// ```
/// let names: Vec<&str> = amsgrad_formula::functions().map(|function| function.name()).collect();
/// assert!(names.contains(&"sin") && names.contains(&"hypot"));
/// ```
#[derive(Debug)]
pub struct Function {
    name: &'static str,
    usage: &'static str,
    meaning: &'static str,
    least: usize,
    most: usize,
    build: fn(&mut Graph, &[Id]) -> Id,
}

impl Function {
    /// The name as typed.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The call with its arguments, such as `atan2(y, x)`.
    pub fn usage(&self) -> &'static str {
        self.usage
    }

    /// What it computes, in a few words.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    pub(crate) fn takes(&self, arguments: usize) -> bool {
        (self.least..=self.most).contains(&arguments)
    }

    pub(crate) fn build(&self, graph: &mut Graph, arguments: &[Id]) -> Id {
        (self.build)(graph, arguments)
    }
}

/// All functions by name, for help texts. `sum` and `prod` are not among them: they are part of the grammar.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter()
}

pub(crate) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Left to right, as in `min(min(a, b), c)`.
fn folded(graph: &mut Graph, op: Op, arguments: &[Id]) -> Id {
    let Some((&first, rest)) = arguments.split_first() else { return graph.number(0.0) };
    rest.iter().fold(first, |result, &argument| graph.binary(op, result, argument))
}

fn reciprocal(graph: &mut Graph, op: Op, argument: Id) -> Id {
    let (one, below) = (graph.number(1.0), graph.unary(op, argument));
    graph.binary(Op::Div, one, below)
}

const MANY: usize = usize::MAX;

macro_rules! table {
    ($($name:literal $usage:literal $meaning:literal ($least:tt to $most:expr) |$g:ident, $a:ident| $build:expr;)*) => {
        &[$(Function {
            name: $name,
            usage: concat!($name, $usage),
            meaning: $meaning,
            least: $least,
            most: $most,
            build: |$g, $a| $build,
        }),*]
    };
}

static FUNCTIONS: &[Function] = table! {
    "sin" "(x)" "sine" (1 to 1) |g, a| g.unary(Op::Sin, a[0]);
    "cos" "(x)" "cosine" (1 to 1) |g, a| g.unary(Op::Cos, a[0]);
    "tan" "(x)" "tangent" (1 to 1) |g, a| g.unary(Op::Tan, a[0]);
    "sec" "(x)" "secant, 1/cos(x)" (1 to 1) |g, a| reciprocal(g, Op::Cos, a[0]);
    "csc" "(x)" "cosecant, 1/sin(x)" (1 to 1) |g, a| reciprocal(g, Op::Sin, a[0]);
    "cot" "(x)" "cotangent, 1/tan(x)" (1 to 1) |g, a| reciprocal(g, Op::Tan, a[0]);
    "asin" "(x)" "inverse sine" (1 to 1) |g, a| g.unary(Op::Asin, a[0]);
    "acos" "(x)" "inverse cosine" (1 to 1) |g, a| g.unary(Op::Acos, a[0]);
    "atan" "(x)" "inverse tangent" (1 to 1) |g, a| g.unary(Op::Atan, a[0]);
    "arcsin" "(x)" "inverse sine" (1 to 1) |g, a| g.unary(Op::Asin, a[0]);
    "arccos" "(x)" "inverse cosine" (1 to 1) |g, a| g.unary(Op::Acos, a[0]);
    "arctan" "(x)" "inverse tangent" (1 to 1) |g, a| g.unary(Op::Atan, a[0]);
    "atan2" "(y, x)" "angle of the point (x, y)" (2 to 2) |g, a| g.binary(Op::Atan2, a[0], a[1]);
    "sinh" "(x)" "hyperbolic sine" (1 to 1) |g, a| g.unary(Op::Sinh, a[0]);
    "cosh" "(x)" "hyperbolic cosine" (1 to 1) |g, a| g.unary(Op::Cosh, a[0]);
    "tanh" "(x)" "hyperbolic tangent" (1 to 1) |g, a| g.unary(Op::Tanh, a[0]);
    "asinh" "(x)" "inverse hyperbolic sine" (1 to 1) |g, a| g.unary(Op::Asinh, a[0]);
    "acosh" "(x)" "inverse hyperbolic cosine" (1 to 1) |g, a| g.unary(Op::Acosh, a[0]);
    "atanh" "(x)" "inverse hyperbolic tangent" (1 to 1) |g, a| g.unary(Op::Atanh, a[0]);
    "exp" "(x)" "exponential" (1 to 1) |g, a| g.unary(Op::Exp, a[0]);
    "exp2" "(x)" "2^x" (1 to 1) |g, a| g.unary(Op::Exp2, a[0]);
    "expm1" "(x)" "exp(x) - 1, accurate near 0" (1 to 1) |g, a| g.unary(Op::ExpM1, a[0]);
    "ln" "(x)" "natural logarithm" (1 to 1) |g, a| g.unary(Op::Ln, a[0]);
    "log" "(x) or log(x, base)" "natural logarithm, or that of any base" (1 to 2) |g, a| {
        let mut result = g.unary(Op::Ln, a[0]);
        if let Some(&base) = a.get(1) {
            let base = g.unary(Op::Ln, base);
            result = g.binary(Op::Div, result, base);
        }
        result
    };
    "log1p" "(x)" "ln(1 + x), accurate near 0" (1 to 1) |g, a| g.unary(Op::Ln1p, a[0]);
    "log2" "(x)" "logarithm to base 2" (1 to 1) |g, a| g.unary(Op::Log2, a[0]);
    "log10" "(x)" "logarithm to base 10" (1 to 1) |g, a| g.unary(Op::Log10, a[0]);
    "sqrt" "(x)" "square root" (1 to 1) |g, a| g.unary(Op::Sqrt, a[0]);
    "cbrt" "(x)" "cube root" (1 to 1) |g, a| g.unary(Op::Cbrt, a[0]);
    "logsumexp" "(a, b, ...)" "ln(exp(a) + exp(b) + ...), without overflow" (1 to MANY) |g, a| folded(g, Op::LogSumExp, a);
    "xlogy" "(x, y)" "x*ln(y), and 0 where both are 0" (2 to 2) |g, a| {
        let logarithm = g.unary(Op::Ln, a[1]);
        g.binary(Op::Mul, a[0], logarithm)
    };
    "pow" "(x, y)" "x^y" (2 to 2) |g, a| g.power(a[0], a[1]);
    "square" "(x)" "x^2" (1 to 1) |g, a| {
        let two = g.number(2.0);
        g.power(a[0], two)
    };
    "hypot" "(x, y, ...)" "sqrt(x^2 + y^2 + ...)" (2 to MANY) |g, a| folded(g, Op::Hypot, a);
    "abs" "(x)" "magnitude" (1 to 1) |g, a| g.unary(Op::Abs, a[0]);
    "sign" "(x)" "-1, 0 or 1" (1 to 1) |g, a| g.unary(Op::Sign, a[0]);
    "min" "(a, b, ...)" "smallest" (1 to MANY) |g, a| folded(g, Op::Min, a);
    "max" "(a, b, ...)" "largest" (1 to MANY) |g, a| folded(g, Op::Max, a);
    "mean" "(a, b, ...)" "arithmetic mean" (1 to MANY) |g, a| {
        let (sum, count) = (folded(g, Op::Add, a), g.number(a.len() as f64));
        g.binary(Op::Div, sum, count)
    };
    "clamp" "(x, low, high)" "min(max(x, low), high)" (3 to 3) |g, a| {
        let raised = g.binary(Op::Max, a[0], a[1]);
        g.binary(Op::Min, raised, a[2])
    };
    "floor" "(x)" "largest integer not above" (1 to 1) |g, a| g.unary(Op::Floor, a[0]);
    "ceil" "(x)" "smallest integer not below" (1 to 1) |g, a| g.unary(Op::Ceil, a[0]);
    "round" "(x)" "nearest integer, halves away from 0" (1 to 1) |g, a| g.unary(Op::Round, a[0]);
    "trunc" "(x)" "integer part" (1 to 1) |g, a| g.unary(Op::Trunc, a[0]);
    "mod" "(x, y)" "x % y: remainder with the sign of y" (2 to 2) |g, a| g.binary(Op::Rem, a[0], a[1]);
    "erf" "(x)" "error function" (1 to 1) |g, a| g.unary(Op::Erf, a[0]);
    "erfc" "(x)" "1 - erf(x)" (1 to 1) |g, a| g.unary(Op::Erfc, a[0]);
    "gamma" "(x)" "gamma function, (x-1)!" (1 to 1) |g, a| g.unary(Op::Gamma, a[0]);
    "lgamma" "(x)" "ln(abs(gamma(x)))" (1 to 1) |g, a| g.unary(Op::LnGamma, a[0]);
    "digamma" "(x)" "derivative of lgamma(x)" (1 to 1) |g, a| g.unary(Op::Digamma, a[0]);
    "sigmoid" "(x)" "1/(1 + exp(-x))" (1 to 1) |g, a| g.unary(Op::Sigmoid, a[0]);
    "logistic" "(x)" "sigmoid(x)" (1 to 1) |g, a| g.unary(Op::Sigmoid, a[0]);
    "softplus" "(x)" "ln(1 + exp(x))" (1 to 1) |g, a| g.unary(Op::Softplus, a[0]);
    "relu" "(x)" "max(0, x)" (1 to 1) |g, a| {
        let zero = g.number(0.0);
        g.binary(Op::Max, zero, a[0])
    };
    "step" "(x)" "1 where x >= 0, else 0" (1 to 1) |g, a| {
        let zero = g.number(0.0);
        g.binary(Op::AtMost, zero, a[0])
    };
    "deg" "(x)" "x radians in degrees" (1 to 1) |g, a| {
        let factor = g.number(180.0 / core::f64::consts::PI);
        g.binary(Op::Mul, a[0], factor)
    };
    "rad" "(x)" "x degrees in radians" (1 to 1) |g, a| {
        let factor = g.number(core::f64::consts::PI / 180.0);
        g.binary(Op::Mul, a[0], factor)
    };
    "if" "(condition, yes, no)" "yes where the condition is not 0, else no" (3 to 3) |g, a| {
        g.select(a[0], a[1], a[2])
    };
};
