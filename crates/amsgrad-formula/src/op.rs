//! The operations a formula is made of, and their arithmetic: the one place where a formula meets numbers.

use amsgrad::{Elementary, Real};

use crate::slope;
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
    Trigamma,
    Sigmoid,
    Softplus,
    /// `exp(-x^2)`.
    Bell,
    /// The operand, and NaN where it underflowed.
    Normal,
    /// `sqrt(1 + x^2)`.
    UnitHypot,
    // Two operands.
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Rem,
    Hypot,
    LogSumExp,
    Atan2,
    Min,
    Max,
    Less,
    AtMost,
    Equal,
    NotEqual,
    And,
    Or,
    /// A product, and NaN where it underflows.
    Product,
    /// A quotient, and NaN where it underflows.
    Quotient,
    /// A product, and NaN where it underflows or a factor is 0.
    NormalProduct,
    /// The part of the first operand in the least of two: 1, 0 or, where they are equal, a half.
    Share,
    /// The derivative of the hyperbolic tangent, from its operand and its value.
    TanhSlope,
    // Three operands.
    /// The second operand where the first is not 0, else the third.
    Select,
    /// The derivative of a power by its base, from base, exponent and power.
    PowerSlope,
    /// `a * b + c`, rounded twice.
    MulAdd,
    /// `a * b - c`, rounded twice.
    MulSub,
    /// `c - a * b`, rounded twice.
    SubMul,
}

impl Op {
    /// All functions of one operand that have a slope.
    pub(crate) const UNARY: [Self; 29] = [
        Self::Cbrt,
        Self::Exp,
        Self::Exp2,
        Self::ExpM1,
        Self::Ln,
        Self::Ln1p,
        Self::Log2,
        Self::Log10,
        Self::Sin,
        Self::Cos,
        Self::Tan,
        Self::Asin,
        Self::Acos,
        Self::Atan,
        Self::Sinh,
        Self::Cosh,
        Self::Tanh,
        Self::Asinh,
        Self::Acosh,
        Self::Atanh,
        Self::Erf,
        Self::Erfc,
        Self::Gamma,
        Self::LnGamma,
        Self::Digamma,
        Self::Sigmoid,
        Self::Softplus,
        Self::Bell,
        Self::Sqrt,
    ];

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
        matches!(self, Op::Add | Op::Mul | Op::Product | Op::Equal | Op::NotEqual | Op::And | Op::Or)
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
            Op::Digamma => each(*a, special::digamma),
            Op::Trigamma => each(*a, special::trigamma),
            Op::Bell => each(*a, slope::bell),
            Op::Normal => slope::normal(*a, number(f64::NAN)),
            Op::NormalProduct => slope::normal(*a * *b, number(f64::NAN)),
            Op::UnitHypot => slope::unit_hypot(*a),
            Op::Share => a.if_less(*b, number(1.0), a.if_equal(*b, number(0.5), number(0.0))),
            Op::Sigmoid => special::sigmoid(*a),
            Op::Softplus => special::softplus(*a),
            Op::Pow => a.pow(*b),
            Op::Rem => special::remainder(*a, *b),
            Op::Hypot => a.hypot(*b),
            Op::LogSumExp => special::log_sum_exp(*a, *b),
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
            Op::Product => slope::product(*a, *b),
            Op::Quotient => slope::quotient(*a, *b),
            Op::TanhSlope => N::from_fn(|i| slope::tanh(a.element(i), b.element(i))),
            Op::Select => a.if_equal(number(0.0), *c, *b),
            Op::PowerSlope => N::from_fn(|i| slope::power(a.element(i), b.element(i), c.element(i))),
            Op::MulAdd => *a * *b + *c,
            Op::MulSub => *a * *b - *c,
            Op::SubMul => *c - *a * *b,
        }
    }
}

/// A function of one `f64`, of every element.
#[inline(always)]
fn each<N: Elementary>(x: N, function: impl Fn(f64) -> f64) -> N {
    N::from_fn(|i| N::Real::from_f64(function(x.element(i).to_f64())))
}
