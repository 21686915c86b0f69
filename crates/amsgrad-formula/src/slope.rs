//! Derivatives that are more than a few operations, accurate over the whole range of the exponent.

use amsgrad::{Number, Real};

/// Returns `x`, and `lost` where that is 0 or subnormal.
#[inline(always)]
pub(crate) fn normal<N: Number>(x: N, lost: N) -> N {
    x.abs().if_less(N::splat(N::Real::MIN_POSITIVE), lost, x)
}

/// Returns `a * b`, and NaN where it underflows: the product may be needed times something large.
#[inline(always)]
pub(crate) fn product<N: Number>(a: N, b: N) -> N {
    let (zero, product) = (N::constant(0.0), a * b);
    normal(product, a.if_equal(zero, product, b.if_equal(zero, product, N::constant(f64::NAN))))
}

/// Returns `a / b`, and NaN where it underflows, as it does where `b` is infinite.
#[inline(always)]
pub(crate) fn quotient<N: Number>(a: N, b: N) -> N {
    let (zero, quotient) = (N::constant(0.0), a / b);
    normal(quotient, a.if_equal(zero, quotient, N::constant(f64::NAN)))
}

/// Returns `sqrt(1 + x^2)`, also where the square overflows.
#[inline(always)]
pub(crate) fn unit_hypot<N: Number>(x: N) -> N {
    let square = N::constant(1.0) + x * x;
    square.if_less(N::splat(N::Real::INFINITY), square.sqrt(), x.abs())
}

/// Returns the derivative of `tanh` at `x`, where it is `value`.
///
/// From the value alone it would lose all digits where that is near 1.
#[inline]
pub(crate) fn tanh<T: Real>(x: T, value: T) -> T {
    let number = T::constant;
    if value.abs() <= number(0.75) {
        return (number(1.0) - value) * (number(1.0) + value);
    }
    let tail = (number(-2.0) * x.abs()).exp();
    let sum = number(1.0) + tail;
    number(4.0) * tail / (sum * sum)
}

/// Returns the derivative of `base^exponent` by its base, where the power is `value`.
///
/// The exponent less 1 is rounded, which costs many digits of a large or small power; the value is divided instead
/// unless that over- or underflows.
#[inline]
pub(crate) fn power<T: Real>(base: T, exponent: T, value: T) -> T {
    let is_normal = |x: T| x.abs() >= T::MIN_POSITIVE && x.is_finite();
    let quotient = value / base;
    if is_normal(value) && is_normal(quotient) {
        return exponent * quotient;
    }
    exponent * base.pow(exponent - T::constant(1.0))
}

/// Returns `exp(-x^2)`, of the exact square.
pub(crate) fn bell(x: f64) -> f64 {
    // Beyond this the result is 0; the splitting would overflow later still.
    if x.abs() > 1e3 {
        return 0.0;
    }
    let square = x * x;
    // Veltkamp's splitting and Dekker's product: the square is `square + rest`.
    let scaled = x * 134_217_729.0;
    let high = scaled - (scaled - x);
    let low = x - high;
    let rest = ((high * high - square) + 2.0 * high * low) + low * low;
    libm::exp(-square) * (1.0 - rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_underflows_is_not_a_number() {
        assert_eq!((quotient(0.0, 1e300), quotient(2.0, 4.0)), (0.0, 0.5));
        assert!(quotient(1e-200_f64, 1e200).is_nan() && quotient(1.0_f64, f64::INFINITY).is_nan());
        assert_eq!((product(0.0, 1e-300), product(2.0, 3.0)), (0.0, 6.0));
        assert!(product(1e-200_f64, 1e-200).is_nan() && product(1e-30_f32, -1e-15).is_nan());
    }

    #[test]
    fn a_power_of_any_size_has_a_slope() {
        assert_eq!(power(0.0, 1.5, 0.0), 0.0);
        assert_eq!(power(0.0, 0.5, 0.0), f64::INFINITY);
        assert_eq!(power(2.0, 3.0, 8.0), 12.0);
        assert!((power(1e-110_f64, 3.0, 0.0) / 3e-220 - 1.0).abs() < 1e-15);
    }
}
