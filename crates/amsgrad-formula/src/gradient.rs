//! The gradient as expressions: one reverse sweep over the graph.
//!
//! Each adjoint is a node of the same graph, so value and partial derivatives share what they have in common, and
//! what is printed as the gradient is what is evaluated. One law covers every corner of the chain rule: a factor
//! that is exactly 0 makes the product 0, whatever the other. So nothing leaks from a branch not taken, and an
//! infinite slope, as that of `sqrt` at 0, leaves no NaN where the inner derivative vanishes.

use core::f64::consts;

use crate::graph::{Graph, Id, Node};
use crate::op::Op;

/// The partial derivatives of `root` by each variable.
pub(crate) fn gradient(graph: &mut Graph, root: Id, dimension: usize) -> Vec<Id> {
    let zero = graph.number(0.0);
    let mut partials = vec![zero; dimension];
    let mut sweep = Sweep { adjoints: vec![None; root as usize + 1], graph };
    let one = sweep.graph.number(1.0);
    sweep.give(root, one);
    for id in (0..=root).rev() {
        let Some(adjoint) = sweep.adjoints[id as usize] else { continue };
        match sweep.graph.node(id) {
            Node::Number(_) => {}
            Node::Variable(index) => partials[index as usize] = adjoint,
            Node::Power(base, k) => {
                let factor = sweep.graph.number(k.into());
                let scaled = sweep.times(factor, adjoint);
                let lower = sweep.graph.multiplied(base, k - 1);
                let contribution = sweep.times(scaled, lower);
                sweep.give(base, contribution);
            }
            Node::Apply(op, [a, ..]) if op.arity() == 1 => sweep.unary(op, id, adjoint, a),
            Node::Apply(op, operands) => sweep.several(op, id, adjoint, operands),
        }
    }
    partials
}

struct Sweep<'g> {
    graph: &'g mut Graph,
    adjoints: Vec<Option<Id>>,
}

impl Sweep<'_> {
    /// Adds to the adjoint of a node, in the order of the sweep.
    fn give(&mut self, to: Id, contribution: Id) {
        if self.graph.is_constant(to) || self.graph.literal(contribution) == Some(0.0) {
            return;
        }
        let sum = match self.adjoints[to as usize] {
            None => contribution,
            Some(sum) => match (self.subtrahend(sum), self.subtrahend(contribution)) {
                (_, Some(less)) => self.graph.binary(Op::Sub, sum, less),
                (Some(less), None) => self.graph.binary(Op::Sub, contribution, less),
                (None, None) => self.graph.binary(Op::Add, sum, contribution),
            },
        };
        self.adjoints[to as usize] = Some(sum);
    }

    /// The node whose negation this is, if it is one: subtracting that is the same to the bit.
    fn subtrahend(&mut self, id: Id) -> Option<Id> {
        match self.graph.node(id) {
            Node::Apply(Op::Neg, [inner, ..]) => Some(inner),
            Node::Apply(Op::Mul, [factor, rest, _]) if self.graph.literal(factor)?.is_sign_negative() => {
                let factor = self.graph.unary(Op::Neg, factor);
                Some(self.graph.binary(Op::Mul, factor, rest))
            }
            _ => None,
        }
    }

    /// The constant factor of a product and the rest.
    fn split(&mut self, id: Id) -> (Option<Id>, Id) {
        match self.graph.node(id) {
            Node::Apply(Op::Neg, [inner, ..]) => (Some(self.graph.number(-1.0)), inner),
            Node::Apply(Op::Mul, [factor, rest, _]) if self.is_factor(factor) => (Some(factor), rest),
            _ => (None, id),
        }
    }

    /// Whether a node may be drawn out of a product of the chain rule: constant and finite.
    fn is_factor(&self, id: Id) -> bool {
        self.graph.constant(id).is_some_and(f64::is_finite)
    }

    /// A product of the chain rule, constants collected in front.
    fn times(&mut self, a: Id, b: Id) -> Id {
        if self.graph.literal(a) == Some(0.0) || self.graph.literal(b) == Some(0.0) {
            return self.graph.number(0.0);
        }
        if self.is_factor(a) {
            return self.scaled(a, b);
        }
        if self.is_factor(b) {
            return self.scaled(b, a);
        }
        let ((factor_a, a), (factor_b, b)) = (self.split(a), self.split(b));
        let wild = self.graph.is_wild(a) || self.graph.is_wild(b);
        let mut product = self.graph.binary(if wild { Op::ChainMul } else { Op::Mul }, a, b);
        for factor in [factor_a, factor_b].into_iter().flatten() {
            product = self.scaled(factor, product);
        }
        product
    }

    fn scaled(&mut self, factor: Id, id: Id) -> Id {
        match self.split(id) {
            (Some(inner), rest) => {
                let factor = self.graph.binary(Op::Mul, factor, inner);
                self.graph.binary(Op::Mul, factor, rest)
            }
            (None, rest) => self.graph.binary(Op::Mul, factor, rest),
        }
    }

    fn times_number(&mut self, factor: f64, id: Id) -> Id {
        let factor = self.graph.number(factor);
        self.times(factor, id)
    }

    /// A quotient of the chain rule.
    fn over(&mut self, a: Id, b: Id) -> Id {
        if self.graph.is_constant(a) || self.graph.is_constant(b) {
            return self.graph.binary(Op::Div, a, b);
        }
        let (factor, a) = self.split(a);
        let quotient = self.graph.binary(Op::ChainDiv, a, b);
        factor.map_or(quotient, |factor| self.scaled(factor, quotient))
    }

    /// `(1 - u) * (1 + u)`, accurate where `u` is near 1.
    fn one_minus_square(&mut self, u: Id) -> Id {
        let one = self.graph.number(1.0);
        let (less, more) = (self.graph.binary(Op::Sub, one, u), self.graph.binary(Op::Add, one, u));
        self.graph.binary(Op::Mul, less, more)
    }

    fn one_plus_square(&mut self, u: Id) -> Id {
        let (one, square) = (self.graph.number(1.0), self.graph.multiplied(u, 2));
        self.graph.binary(Op::Add, one, square)
    }

    /// Hands the adjoint of `value = op(u)` on to `u`.
    fn unary(&mut self, op: Op, value: Id, adjoint: Id, u: Id) {
        if self.graph.is_constant(u) {
            return;
        }
        let contribution = match op {
            Op::Neg => self.times_number(-1.0, adjoint),
            Op::Abs => self.by_function(adjoint, Op::Sign, u),
            Op::Sqrt => {
                let half = self.times_number(0.5, adjoint);
                self.over(half, value)
            }
            Op::Cbrt => {
                let third = self.times_number(1.0 / 3.0, adjoint);
                let square = self.graph.multiplied(value, 2);
                self.over(third, square)
            }
            Op::Exp => self.times(adjoint, value),
            Op::Exp2 => {
                let scaled = self.times_number(consts::LN_2, adjoint);
                self.times(scaled, value)
            }
            Op::ExpM1 => self.by_function(adjoint, Op::Exp, u),
            Op::Ln => self.over(adjoint, u),
            Op::Ln1p => {
                let one = self.graph.number(1.0);
                let below = self.graph.binary(Op::Add, one, u);
                self.over(adjoint, below)
            }
            Op::Log2 => {
                let scaled = self.times_number(consts::LOG2_E, adjoint);
                self.over(scaled, u)
            }
            Op::Log10 => {
                let scaled = self.times_number(consts::LOG10_E, adjoint);
                self.over(scaled, u)
            }
            Op::Sin => self.by_function(adjoint, Op::Cos, u),
            Op::Cos => {
                let less = self.times_number(-1.0, adjoint);
                self.by_function(less, Op::Sin, u)
            }
            Op::Tan => {
                let slope = self.one_plus_square(value);
                self.times(adjoint, slope)
            }
            Op::Asin | Op::Acos => {
                let square = self.one_minus_square(u);
                let below = self.graph.unary(Op::Sqrt, square);
                let signed = self.times_number(if op == Op::Asin { 1.0 } else { -1.0 }, adjoint);
                self.over(signed, below)
            }
            Op::Atan => {
                let below = self.one_plus_square(u);
                self.over(adjoint, below)
            }
            Op::Sinh => self.by_function(adjoint, Op::Cosh, u),
            Op::Cosh => self.by_function(adjoint, Op::Sinh, u),
            Op::Tanh => {
                let slope = self.one_minus_square(value);
                self.times(adjoint, slope)
            }
            Op::Asinh => {
                let square = self.one_plus_square(u);
                let below = self.graph.unary(Op::Sqrt, square);
                self.over(adjoint, below)
            }
            Op::Acosh => {
                let one = self.graph.number(1.0);
                let (less, more) = (self.graph.binary(Op::Sub, u, one), self.graph.binary(Op::Add, u, one));
                let square = self.graph.binary(Op::Mul, less, more);
                let below = self.graph.unary(Op::Sqrt, square);
                self.over(adjoint, below)
            }
            Op::Atanh => {
                let below = self.one_minus_square(u);
                self.over(adjoint, below)
            }
            Op::Erf | Op::Erfc => {
                let sign = if op == Op::Erf { 1.0 } else { -1.0 };
                let scaled = self.times_number(sign * consts::FRAC_2_SQRT_PI, adjoint);
                let square = self.graph.multiplied(u, 2);
                let exponent = self.graph.unary(Op::Neg, square);
                self.by_function(scaled, Op::Exp, exponent)
            }
            Op::Gamma => {
                let scaled = self.times(adjoint, value);
                self.by_function(scaled, Op::Digamma, u)
            }
            Op::LnGamma => self.by_function(adjoint, Op::Digamma, u),
            Op::Sigmoid => {
                let opposite = self.graph.unary(Op::Neg, u);
                let scaled = self.times(adjoint, value);
                self.by_function(scaled, Op::Sigmoid, opposite)
            }
            Op::Softplus => self.by_function(adjoint, Op::Sigmoid, u),
            // Flat between its jumps.
            _ => return,
        };
        self.give(u, contribution);
    }

    fn by_function(&mut self, adjoint: Id, op: Op, u: Id) -> Id {
        let slope = self.graph.unary(op, u);
        self.times(adjoint, slope)
    }

    /// Hands the adjoint of an operation on two or three operands on to them.
    fn several(&mut self, op: Op, value: Id, adjoint: Id, [a, b, c]: [Id; 3]) {
        match op {
            Op::Add => {
                self.give(a, adjoint);
                self.give(b, adjoint);
            }
            Op::Sub => {
                self.give(a, adjoint);
                let less = self.times_number(-1.0, adjoint);
                self.give(b, less);
            }
            Op::Mul => {
                let (to_a, to_b) = (self.times(adjoint, b), self.times(adjoint, a));
                self.give(a, to_a);
                self.give(b, to_b);
            }
            Op::Div => {
                let quotient = self.over(adjoint, b);
                self.give(a, quotient);
                if !self.graph.is_constant(b) {
                    let product = self.times(quotient, value);
                    let less = self.times_number(-1.0, product);
                    self.give(b, less);
                }
            }
            Op::Pow => self.power(value, adjoint, a, b),
            Op::Rem => {
                self.give(a, adjoint);
                if !self.graph.is_constant(b) {
                    // The quotient rounded down, negated; the division is exact but for its rounding.
                    let taken = self.graph.binary(Op::Sub, value, a);
                    let ratio = self.graph.binary(Op::Div, taken, b);
                    let contribution = self.by_function(adjoint, Op::Round, ratio);
                    self.give(b, contribution);
                }
            }
            Op::Hypot => {
                for side in [a, b] {
                    let ratio = self.over(side, value);
                    let contribution = self.times(adjoint, ratio);
                    self.give(side, contribution);
                }
            }
            Op::Atan2 => {
                let (square_a, square_b) = (self.graph.multiplied(a, 2), self.graph.multiplied(b, 2));
                let square = self.graph.binary(Op::Add, square_a, square_b);
                let (to_a, to_b) = (self.times(adjoint, b), self.times(adjoint, a));
                let (to_a, to_b) = (self.over(to_a, square), self.over(to_b, square));
                let to_b = self.times_number(-1.0, to_b);
                self.give(a, to_a);
                self.give(b, to_b);
            }
            Op::Min => {
                let first = self.graph.binary(Op::AtMost, a, b);
                self.choose(adjoint, first, a, b);
            }
            Op::Max => {
                let first = self.graph.binary(Op::AtMost, b, a);
                self.choose(adjoint, first, a, b);
            }
            Op::Select => self.choose(adjoint, a, b, c),
            // Comparisons and logic are flat between their jumps.
            _ => {}
        }
    }

    /// The whole adjoint to the operand that was chosen.
    fn choose(&mut self, adjoint: Id, condition: Id, yes: Id, no: Id) {
        let zero = self.graph.number(0.0);
        let (to_yes, to_no) =
            (self.graph.select(condition, adjoint, zero), self.graph.select(condition, zero, adjoint));
        self.give(yes, to_yes);
        self.give(no, to_no);
    }

    /// `value = base^exponent` by the library's power.
    fn power(&mut self, value: Id, adjoint: Id, base: Id, exponent: Id) {
        if !self.graph.is_constant(base) {
            let one = self.graph.number(1.0);
            let less = self.graph.binary(Op::Sub, exponent, one);
            let lower = self.graph.power(base, less);
            let scaled = self.times(exponent, lower);
            let contribution = self.times(adjoint, scaled);
            self.give(base, contribution);
        }
        if !self.graph.is_constant(exponent) {
            let logarithm = self.graph.unary(Op::Ln, base);
            let slope = self.times(logarithm, value);
            let contribution = self.times(adjoint, slope);
            self.give(exponent, contribution);
        }
    }
}
