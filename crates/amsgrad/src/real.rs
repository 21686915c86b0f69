//! The numbers a formula may use: one `f32`, one `f64`, or a [`Pack`] of either.
//!
//! An update rule, a test function or a typed formula is written once over [`Lane`]; a single point, a long
//! vector, a batch of starts all run that one function. Every operation here acts on each element by itself and
//! is either exactly rounded by IEEE 754 (`+ - * / sqrt`), exact (`abs`, comparisons), or taken from the `libm`
//! crate, so an element's bits do not depend on the width of the pack, the instruction set or the machine.

use core::fmt::{Debug, Display};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// Gives a macro all functions of a lane that answer element by element with one number.
macro_rules! for_each_function {
    ($each:ident) => {
        $each! {
            sqrt;
            abs;
            copysign[sign];
            floor;
            ceil;
            round;
            trunc;
            rem[divisor];
            pow[exponent];
            hypot[other];
            atan2[x];
            exp;
            exp2;
            exp_m1;
            ln;
            ln_1p;
            log2;
            log10;
            cbrt;
            sin;
            cos;
            tan;
            asin;
            acos;
            atan;
            sinh;
            cosh;
            tanh;
            asinh;
            acosh;
            atanh;
            erf;
            erfc;
            gamma;
            ln_gamma;
        }
    };
}

mod pack;
mod scalar;
mod watched;

pub use pack::Pack;
pub(crate) use watched::Watched;

/// One number or a pack of numbers, computed element by element.
///
/// ```
/// use amsgrad::{Lane, Pack};
///
/// fn rosenbrock<L: Lane>(x: L, y: L) -> L {
///     let (a, b) = (L::number(1.0) - x, y - x * x);
///     a * a + L::number(100.0) * b * b
/// }
/// assert_eq!(rosenbrock(0.5_f64, 0.5), 6.5);
/// assert_eq!(rosenbrock(0.5_f32, 0.5), 6.5);
/// assert_eq!(rosenbrock(Pack([0.5, 1.0]), Pack([0.5, 1.0])), Pack([6.5, 0.0]));
/// ```
pub trait Lane:
    Copy
    + Debug
    + PartialEq
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The number type of one element.
    type Real: Real;

    /// How many elements are computed at once.
    const WIDTH: usize;

    /// The same number in every element.
    fn splat(value: Self::Real) -> Self;

    /// Each element by its index, from 0 to `WIDTH - 1`.
    fn from_fn(element: impl FnMut(usize) -> Self::Real) -> Self;

    /// The element at `index`; an index past the end answers with the last element.
    fn element(&self, index: usize) -> Self::Real;

    /// A constant, rounded once to the element type.
    #[inline(always)]
    fn number(value: f64) -> Self {
        Self::splat(Self::Real::from_f64(value))
    }

    /// The correctly rounded square root.
    fn sqrt(self) -> Self;

    /// The magnitude.
    fn abs(self) -> Self;

    /// The magnitude of `self` with the sign of `sign`.
    fn copysign(self, sign: Self) -> Self;

    /// `if self < other { yes } else { no }`, element by element; with a NaN on either side it is `no`.
    fn if_less(self, other: Self, yes: Self, no: Self) -> Self;

    /// `if self <= other { yes } else { no }`, element by element; with a NaN on either side it is `no`.
    fn if_at_most(self, other: Self, yes: Self, no: Self) -> Self;

    /// `if self == other { yes } else { no }`, element by element; with a NaN on either side it is `no`.
    fn if_equal(self, other: Self, yes: Self, no: Self) -> Self;

    /// The running maximum of AMSGrad: `if self > new { self } else { new }`, so a NaN in `new` is kept.
    #[inline(always)]
    fn larger(self, new: Self) -> Self {
        new.if_less(self, self, new)
    }

    /// A magnitude below the smallest normal number becomes a zero of the same sign; all else, NaN too, is kept.
    ///
    /// State that decays would otherwise end among the subnormal numbers, where x86 processors compute 5 to 12
    /// times slower.
    #[inline(always)]
    fn flushed(self) -> Self {
        let zero = Self::splat(Self::Real::default()).copysign(self);
        self.abs().if_less(Self::splat(Self::Real::MIN_POSITIVE), zero, self)
    }

    /// The same as [`flushed`](Self::flushed) for what is not negative, as a sum of squares, with an operation less.
    #[inline(always)]
    fn flushed_square(self) -> Self {
        self.if_less(Self::splat(Self::Real::MIN_POSITIVE), Self::splat(Self::Real::default()), self)
    }

    /// An infinite number becomes the largest finite one of the same sign; all else, NaN too, is kept.
    ///
    /// For memory that a quotient by next to nothing, or a setting beyond the range of the type, would make infinite.
    #[inline(always)]
    fn saturated(self) -> Self {
        let most = Self::splat(Self::Real::INFINITY.next_down());
        most.if_less(self.abs(), most.copysign(self), self)
    }

    /// `factor * self`, for a factor that is 1 in all dialects but one: a product that small problems need not wait for.
    #[inline(always)]
    fn corrected_by(self, factor: Self) -> Self {
        factor * self
    }

    /// `self - numerator / denominator`, flushed; where the denominator is 0 the element does not move.
    ///
    /// The denominator of an adaptive rule is 0 only where no gradient has been seen yet (or its square
    /// underflowed); elsewhere software computes 0/0 there.
    #[inline(always)]
    fn descend(self, numerator: Self, denominator: Self) -> Self {
        let moved = (self - numerator / denominator).flushed();
        denominator.if_equal(Self::splat(Self::Real::default()), self, moved)
    }

    /// The largest integer not above.
    fn floor(self) -> Self;
    /// The smallest integer not below.
    fn ceil(self) -> Self;
    /// The nearest integer, halves away from zero.
    fn round(self) -> Self;
    /// The integer part.
    fn trunc(self) -> Self;
    /// The remainder of a division truncated towards zero, exact; it has the sign of `self`.
    fn rem(self, divisor: Self) -> Self;
    /// `self` to the power `exponent`.
    fn pow(self, exponent: Self) -> Self;
    /// `sqrt(self^2 + other^2)` without undue overflow.
    fn hypot(self, other: Self) -> Self;
    /// The angle of the point (`x`, `self`), from -pi to pi.
    fn atan2(self, x: Self) -> Self;
    /// The exponential.
    fn exp(self) -> Self;
    /// Two to the power `self`.
    fn exp2(self) -> Self;
    /// `exp(self) - 1`, accurate near 0.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// `ln(1 + self)`, accurate near 0.
    fn ln_1p(self) -> Self;
    /// The logarithm to base 2.
    fn log2(self) -> Self;
    /// The logarithm to base 10.
    fn log10(self) -> Self;
    /// The cube root.
    fn cbrt(self) -> Self;
    /// The sine.
    fn sin(self) -> Self;
    /// The cosine.
    fn cos(self) -> Self;
    /// The tangent.
    fn tan(self) -> Self;
    /// The inverse sine.
    fn asin(self) -> Self;
    /// The inverse cosine.
    fn acos(self) -> Self;
    /// The inverse tangent.
    fn atan(self) -> Self;
    /// The hyperbolic sine.
    fn sinh(self) -> Self;
    /// The hyperbolic cosine.
    fn cosh(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The inverse hyperbolic sine.
    fn asinh(self) -> Self;
    /// The inverse hyperbolic cosine.
    fn acosh(self) -> Self;
    /// The inverse hyperbolic tangent.
    fn atanh(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// The complementary error function, `1 - erf(self)`.
    fn erfc(self) -> Self;
    /// The gamma function.
    fn gamma(self) -> Self;
    /// The logarithm of the magnitude of the gamma function.
    fn ln_gamma(self) -> Self;
}

/// One floating-point number, `f32` or `f64`: what points, gradients and states are made of.
///
/// ```
/// use amsgrad::Real;
///
/// fn mean<T: Real>(values: &[T]) -> f64 {
///     values.iter().map(|value| value.to_f64()).sum::<f64>() / values.len() as f64
/// }
/// assert_eq!(mean(&[1.0_f32, 2.0]), 1.5);
/// ```
pub trait Real: Lane<Real = Self> + PartialOrd + Display + Default {
    /// The name of the type as Rust writes it.
    const NAME: &'static str;
    /// The distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The smallest positive normal number.
    const MIN_POSITIVE: Self;
    /// Positive infinity.
    const INFINITY: Self;

    /// The nearest number of this type, ties to even.
    fn from_f64(value: f64) -> Self;
    /// The same number as an `f64`; exact.
    fn to_f64(self) -> f64;
    /// Whether it is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// The least number greater than `self`.
    fn next_up(self) -> Self;
    /// The greatest number less than `self`.
    fn next_down(self) -> Self;
}

/// The same numbers in `f64`; exact.
pub(crate) fn to_f64<T: Real>(numbers: &[T]) -> Vec<f64> {
    numbers.iter().map(|number| number.to_f64()).collect()
}

/// A few numbers of one kind side by side: a rule's coefficients, or the state it keeps for one coordinate.
///
/// Implemented by arrays alone; it lets a rule say `type Memory<L: Lane> = [L; 3]`.
pub trait Array<L>: Copy {
    /// How many there are.
    const LENGTH: usize;
    /// Each number by its index.
    fn from_fn(number: impl FnMut(usize) -> L) -> Self;
    /// All of them in order.
    fn as_slice(&self) -> &[L];
}

impl<L: Copy, const N: usize> Array<L> for [L; N] {
    const LENGTH: usize = N;

    #[inline(always)]
    fn from_fn(number: impl FnMut(usize) -> L) -> Self {
        core::array::from_fn(number)
    }

    #[inline(always)]
    fn as_slice(&self) -> &[L] {
        self
    }
}
