//! The rules of operations on two or three operands.

use super::Sweep;
use crate::graph::{Id, Node};
use crate::op::Op;

impl Sweep<'_> {
    /// Hands the adjoint of an operation on two or three operands on to them.
    pub(super) fn several(&mut self, op: Op, value: Id, adjoint: Id, [a, b, c]: [Id; 3]) {
        match op {
            Op::Add => {
                self.pass(a, adjoint);
                self.pass(b, adjoint);
            }
            Op::Sub => {
                self.pass(a, adjoint);
                let less = self.times_number(-1.0, adjoint);
                self.pass(b, less);
            }
            Op::Mul => {
                let (to_a, to_b) = (self.times(adjoint, b), self.times(adjoint, a));
                self.give_by(b, a, to_a);
                self.give_by(a, b, to_b);
            }
            Op::Div => self.quotient(value, adjoint, a, b),
            Op::Pow => self.power(value, adjoint, a, b),
            Op::Rem => {
                self.pass(a, adjoint);
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
            Op::LogSumExp => {
                for (one, other) in [(a, b), (b, a)] {
                    let lead = self.graph.binary(Op::Sub, one, other);
                    let contribution = self.by_function(adjoint, Op::Sigmoid, lead);
                    self.give(one, contribution);
                }
            }
            Op::Atan2 => {
                // Divided twice by the distance from the origin: its square leaves the range sooner.
                let distance = self.graph.binary(Op::Hypot, a, b);
                let rate = self.over(adjoint, distance);
                let (of_a, of_b) = (self.over(b, distance), self.over(a, distance));
                let (to_a, to_b) =
                    (self.product(Op::Product, rate, of_a), self.product(Op::Product, rate, of_b));
                let to_b = self.times_number(-1.0, to_b);
                self.give(a, to_a);
                self.give(b, to_b);
            }
            // The part of each in the greatest of two is that of the other in the least.
            Op::Min => self.shared(adjoint, [(a, [a, b]), (b, [b, a])]),
            Op::Max => self.shared(adjoint, [(a, [b, a]), (b, [a, b])]),
            Op::Select => {
                let otherwise = self.graph.unary(Op::Not, a);
                self.choose(adjoint, a, b);
                self.choose(adjoint, otherwise, c);
            }
            Op::TanhSlope => {
                // The second operand is the hyperbolic tangent of the first.
                let slope = self.times(b, value);
                let contribution = self.times(adjoint, slope);
                let contribution = self.times_number(-2.0, contribution);
                self.give(a, contribution);
            }
            // Comparisons and logic are flat between their jumps.
            _ => {}
        }
    }

    /// Hands on the adjoint in parts, each told by the share of the first of two in their least.
    fn shared(&mut self, adjoint: Id, parts: [(Id, [Id; 2]); 2]) {
        for (to, [one, other]) in parts {
            let share = self.graph.binary(Op::Share, one, other);
            let contribution = self.times(adjoint, share);
            self.pass_where(share, to, contribution);
        }
    }

    /// `value = a / b`. Where `b` is a power, its base is told directly, for the slope of `b` may leave the range where
    /// the whole does not.
    fn quotient(&mut self, value: Id, adjoint: Id, a: Id, b: Id) {
        let quotient = self.over(adjoint, b);
        if self.graph.is_constant(b) {
            return self.pass(a, quotient);
        }
        // A quotient of a constant is plain, so that the value may have it too.
        let is_plain = self.graph.is_constant(adjoint);
        let to_a = if is_plain { self.graph.unary(Op::Normal, quotient) } else { quotient };
        self.give(a, to_a);
        let power = match self.graph.node(b) {
            Node::Power(base, k) => Some((base, self.graph.number(k.into()))),
            Node::Apply(Op::Pow, [base, k, _]) if self.graph.is_constant(k) => Some((base, k)),
            _ => None,
        };
        let (to, contribution) = match power {
            Some((base, k)) => {
                let product = self.product(Op::Product, adjoint, value);
                let rate = self.over(product, base);
                (base, self.times(k, rate))
            }
            None if is_plain && self.graph.is_constant(a) => {
                (b, self.graph.binary(Op::NormalProduct, quotient, value))
            }
            None => (b, self.product(Op::Product, quotient, value)),
        };
        let less = self.times_number(-1.0, contribution);
        self.give(to, less);
    }

    /// `value = base^exponent` by the library's power.
    fn power(&mut self, value: Id, adjoint: Id, base: Id, exponent: Id) {
        if !self.graph.is_constant(base) {
            let slope = self.graph.apply(Op::PowerSlope, [base, exponent, value]);
            let contribution = self.times(adjoint, slope);
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
