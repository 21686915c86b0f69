//! The operations a formula is made of, and their arithmetic: the one place where a formula meets numbers.

use amsgrad::{Elementary, Real};

use crate::special;

/// An operation on up to three operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    // One operand.
    Neg,
    Not,
    Abs,
    Sign,
    Floor,
    Ceil,
    Round,
    Trunc,
    Sqrt,
    Cbrt,
    Exp,
    Exp2,
    ExpM1,
    Ln,
    Ln1p,
    Log2,
    Log10,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Erf,
    Erfc,
    Gamma,
    LnGamma,
    Digamma,
    Sigmoid,
    Softplus,
    // Two operands.
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Rem,
    Hypot,
    Atan2,
    Min,
    Max,
    Less,
    AtMost,
    Equal,
    NotEqual,
    And,
    Or,
    /// A product of the chain rule: 0 where either factor is 0, whatever the other.
    ChainMul,
    /// A quotient of the chain rule: 0 where the numerator is 0, whatever the denominator.
    ChainDiv,
    // Three operands.
    /// The second operand where the first is not 0, else the third.
    Select,
    /// `a * b + c`, rounded twice.
    MulAdd,
    /// `a * b - c`, rounded twice.
    MulSub,
    /// `c - a * b`, rounded twice.
    SubMul,
}

impl Op {
    /// The number of operands.
    pub(crate) const fn arity(self) -> usize {
        match self as u8 {
            op if op < Op::Add as u8 => 1,
            op if op < Op::Select as u8 => 2,
            _ => 3,
        }
    }

    /// Whether swapping the operands keeps every bit.
    pub(crate) fn commutes(self) -> bool {
        matches!(self, Op::Add | Op::Mul | Op::ChainMul | Op::Equal | Op::NotEqual | Op::And | Op::Or)
    }

    /// The operation on numbers; operands past [`Op::arity`] are not read.
    ///
    /// It is inlined into the loop over a tape, so that it is compiled for the instruction set of the caller.
    #[inline(always)]
    pub(crate) fn apply<N: Elementary>(self, a: &N, b: &N, c: &N) -> N {
        let number = N::constant;
        match self {
            Op::Floor => a.floor(),
            Op::Ceil => a.ceil(),
            Op::Round => a.round(),
            Op::Trunc => a.trunc(),
            Op::Cbrt => a.cbrt(),
            Op::Exp => a.exp(),
            Op::Exp2 => a.exp2(),
            Op::ExpM1 => a.exp_m1(),
            Op::Ln => a.ln(),
            Op::Ln1p => a.ln_1p(),
            Op::Log2 => a.log2(),
            Op::Log10 => a.log10(),
            Op::Sin => a.sin(),
            Op::Cos => a.cos(),
            Op::Tan => a.tan(),
            Op::Asin => a.asin(),
            Op::Acos => a.acos(),
            Op::Atan => a.atan(),
            Op::Sinh => a.sinh(),
            Op::Cosh => a.cosh(),
            Op::Tanh => a.tanh(),
            Op::Asinh => a.asinh(),
            Op::Acosh => a.acosh(),
            Op::Atanh => a.atanh(),
            Op::Erf => a.erf(),
            Op::Erfc => a.erfc(),
            Op::Gamma => a.gamma(),
            Op::LnGamma => a.ln_gamma(),
            Op::Digamma => N::from_fn(|i| N::Real::from_f64(special::digamma(a.element(i).to_f64()))),
            Op::Sigmoid => special::sigmoid(*a),
            Op::Softplus => special::softplus(*a),
            Op::Pow => a.pow(*b),
            Op::Rem => special::remainder(*a, *b),
            Op::Hypot => a.hypot(*b),
            Op::Atan2 => a.atan2(*b),
            Op::Neg => -*a,
            Op::Not => a.if_equal(number(0.0), number(1.0), number(0.0)),
            Op::Abs => a.abs(),
            // A zero and a NaN are kept.
            Op::Sign => a.if_less(number(0.0), number(-1.0), number(0.0).if_less(*a, number(1.0), *a)),
            Op::Sqrt => a.sqrt(),
            Op::Add => *a + *b,
            Op::Sub => *a - *b,
            Op::Mul => *a * *b,
            Op::Div => *a / *b,
            // A NaN on either side is the answer; at a tie the first operand is.
            Op::Min => a.if_at_most(*b, *a, a.if_equal(*a, *b, *a)),
            Op::Max => b.if_at_most(*a, *a, a.if_equal(*a, *b, *a)),
            Op::Less => a.if_less(*b, number(1.0), number(0.0)),
            Op::AtMost => a.if_at_most(*b, number(1.0), number(0.0)),
            Op::Equal => a.if_equal(*b, number(1.0), number(0.0)),
            Op::NotEqual => a.if_equal(*b, number(0.0), number(1.0)),
            Op::And => {
                a.if_equal(number(0.0), number(0.0), b.if_equal(number(0.0), number(0.0), number(1.0)))
            }
            Op::Or => a.if_equal(number(0.0), b.if_equal(number(0.0), number(0.0), number(1.0)), number(1.0)),
            Op::ChainMul => {
                let zero = number(0.0);
                a.if_equal(zero, zero, b.if_equal(zero, zero, *a * *b))
            }
            Op::ChainDiv => a.if_equal(number(0.0), number(0.0), *a / *b),
            Op::Select => a.if_equal(number(0.0), *c, *b),
            Op::MulAdd => *a * *b + *c,
            Op::MulSub => *a * *b - *c,
            Op::SubMul => *c - *a * *b,
        }
    }
}
