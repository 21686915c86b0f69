//! The rules of functions of one operand.

use core::f64::consts;

use super::Sweep;
use crate::graph::Id;
use crate::op::Op;

impl Sweep<'_> {
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
    pub(super) fn unary(&mut self, op: Op, value: Id, adjoint: Id, u: Id) {
        if self.graph.is_constant(u) {
            return;
        }
        if matches!(op, Op::Neg | Op::Abs) {
            let contribution = match op {
                Op::Neg => self.times_number(-1.0, adjoint),
                _ => self.by_function(adjoint, Op::Sign, u),
            };
            return self.pass(u, contribution);
        }
        let contribution = match op {
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
                let quotient = self.over(adjoint, below);
                if self.graph.is_constant(adjoint) {
                    self.graph.unary(Op::Normal, quotient)
                } else {
                    quotient
                }
            }
            Op::Sinh => self.by_function(adjoint, Op::Cosh, u),
            Op::Cosh => self.by_function(adjoint, Op::Sinh, u),
            Op::Tanh => {
                let slope = self.graph.binary(Op::TanhSlope, u, value);
                self.times(adjoint, slope)
            }
            Op::Asinh => {
                let below = self.graph.unary(Op::UnitHypot, u);
                self.over(adjoint, below)
            }
            Op::Acosh => {
                let one = self.graph.number(1.0);
                let (less, more) = (self.graph.binary(Op::Sub, u, one), self.graph.binary(Op::Add, u, one));
                let (less, more) = (self.graph.unary(Op::Sqrt, less), self.graph.unary(Op::Sqrt, more));
                let below = self.graph.binary(Op::Mul, less, more);
                self.over(adjoint, below)
            }
            Op::Atanh => {
                let below = self.one_minus_square(u);
                self.over(adjoint, below)
            }
            Op::Erf | Op::Erfc => {
                let sign = if op == Op::Erf { 1.0 } else { -1.0 };
                let scaled = self.times_number(sign * consts::FRAC_2_SQRT_PI, adjoint);
                self.by_function(scaled, Op::Bell, u)
            }
            Op::Bell => {
                let scaled = self.times_number(-2.0, adjoint);
                let slope = self.times(u, value);
                self.times(scaled, slope)
            }
            Op::Gamma => {
                let scaled = self.times(adjoint, value);
                self.by_function(scaled, Op::Digamma, u)
            }
            Op::LnGamma => self.by_function(adjoint, Op::Digamma, u),
            Op::Digamma => self.by_function(adjoint, Op::Trigamma, u),
            Op::UnitHypot => {
                let ratio = self.over(u, value);
                self.times(adjoint, ratio)
            }
            Op::Trigamma => self.graph.number(f64::NAN),
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
}
