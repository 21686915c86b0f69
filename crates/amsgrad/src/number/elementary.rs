//! Elementary functions, from the `libm` crate for one number and element by element for a pack; the exponential of an `f64` is
//! our own, with the same bits, so that packs compute it in vectors.

use super::Number;

/// Calls a macro with every elementary function: its name and further arguments.
macro_rules! for_each_function {
    ($each:ident) => {
        $each! {
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
pub(super) use for_each_function;

/// A [`Number`] with elementary functions. Their bits are those of the `libm` crate on every machine, because the standard
/// library's results vary by platform.
///
/// ```
/// use amsgrad::{Elementary, Pack};
///
/// fn softplus<N: Elementary>(x: N) -> N {
///     x.exp().ln_1p()
/// }
/// assert_eq!(softplus(Pack([0.0_f64, 1.0])).0, [softplus(0.0), softplus(1.0)]);
/// ```
pub trait Elementary: Number {
    /// Returns the largest integer not above.
    fn floor(self) -> Self;
    /// Returns the smallest integer not below.
    fn ceil(self) -> Self;
    /// Returns the nearest integer, halves away from zero.
    fn round(self) -> Self;
    /// Returns the integer part.
    fn trunc(self) -> Self;
    /// Returns the remainder of a division truncated towards zero, exact; it has the sign of `self`.
    fn rem(self, divisor: Self) -> Self;
    /// Raises `self` to the power `exponent`.
    fn pow(self, exponent: Self) -> Self;
    /// Returns `sqrt(self^2 + other^2)` without undue overflow.
    fn hypot(self, other: Self) -> Self;
    /// Returns the angle of the point (`x`, `self`), from -pi to pi.
    fn atan2(self, x: Self) -> Self;
    /// Returns the exponential.
    fn exp(self) -> Self;
    /// Returns two to the power `self`.
    fn exp2(self) -> Self;
    /// Returns `exp(self) - 1`, accurate near 0.
    fn exp_m1(self) -> Self;
    /// Returns the natural logarithm.
    fn ln(self) -> Self;
    /// Returns `ln(1 + self)`, accurate near 0.
    fn ln_1p(self) -> Self;
    /// Returns the logarithm to base 2.
    fn log2(self) -> Self;
    /// Returns the logarithm to base 10.
    fn log10(self) -> Self;
    /// Returns the cube root.
    fn cbrt(self) -> Self;
    /// Returns the sine.
    fn sin(self) -> Self;
    /// Returns the cosine.
    fn cos(self) -> Self;
    /// Returns the tangent.
    fn tan(self) -> Self;
    /// Returns the inverse sine.
    fn asin(self) -> Self;
    /// Returns the inverse cosine.
    fn acos(self) -> Self;
    /// Returns the inverse tangent.
    fn atan(self) -> Self;
    /// Returns the hyperbolic sine.
    fn sinh(self) -> Self;
    /// Returns the hyperbolic cosine.
    fn cosh(self) -> Self;
    /// Returns the hyperbolic tangent.
    fn tanh(self) -> Self;
    /// Returns the inverse hyperbolic sine.
    fn asinh(self) -> Self;
    /// Returns the inverse hyperbolic cosine.
    fn acosh(self) -> Self;
    /// Returns the inverse hyperbolic tangent.
    fn atanh(self) -> Self;
    /// Returns the error function.
    fn erf(self) -> Self;
    /// Returns the complementary error function, `1 - erf(self)`.
    fn erfc(self) -> Self;
    /// Returns the gamma function.
    fn gamma(self) -> Self;
    /// Returns the logarithm of the magnitude of the gamma function.
    fn ln_gamma(self) -> Self;
}
