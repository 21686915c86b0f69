//! Functions composed of the elementary ones, written so that they stay accurate at the ends.

use core::f64::consts::PI;

use amsgrad::Elementary;

/// The logistic function `1 / (1 + exp(-x))`, by an exponential that cannot overflow.
#[inline(always)]
pub(crate) fn sigmoid<N: Elementary>(x: N) -> N {
    let tail = (-x.abs()).exp();
    let upper = N::constant(1.0) / (N::constant(1.0) + tail);
    x.if_less(N::constant(0.0), tail * upper, upper)
}

/// `ln(1 + exp(x))`, by an exponential that cannot overflow.
#[inline(always)]
pub(crate) fn softplus<N: Elementary>(x: N) -> N {
    x.if_less(N::constant(0.0), N::constant(0.0), x) + (-x.abs()).exp().ln_1p()
}

/// The remainder of a division rounded down: it has the sign of `divisor`, as in Python.
#[inline(always)]
pub(crate) fn remainder<N: Elementary>(x: N, divisor: N) -> N {
    let zero = N::constant(0.0);
    let rest = x.rem(divisor);
    let opposite = rest.if_less(zero, N::constant(1.0), zero).if_equal(
        divisor.if_less(zero, N::constant(1.0), zero),
        rest,
        rest + divisor,
    );
    rest.if_equal(zero, zero.copysign(divisor), opposite)
}

/// The logarithmic derivative of the gamma function.
///
/// Reflection for negative arguments, the recurrence up to 10, then the asymptotic series (DLMF 5.5.2, 5.5.4 and
/// 5.11.2); NaN at the poles 0, -1, -2, ...
pub(crate) fn digamma(x: f64) -> f64 {
    if x <= 0.0 {
        if x == libm::floor(x) {
            return f64::NAN;
        }
        // The period is taken off before the tangent, which is then accurate however far the argument is.
        return digamma(1.0 - x) - PI / libm::tan(PI * (x - libm::round(x)));
    }
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        shift += 1.0 / x;
        x += 1.0;
    }
    // Bernoulli numbers over their index, B_2k / 2k, highest first.
    const TERMS: [f64; 8] = [
        -3617.0 / 8160.0,
        1.0 / 12.0,
        -691.0 / 32760.0,
        1.0 / 132.0,
        -1.0 / 240.0,
        1.0 / 252.0,
        -1.0 / 120.0,
        1.0 / 12.0,
    ];
    let square = 1.0 / (x * x);
    let series = TERMS.iter().fold(0.0, |sum, term| (sum + term) * square);
    libm::log(x) - 0.5 / x - series - shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digamma_agrees_with_known_values() {
        let euler = 0.577_215_664_901_532_9;
        for (x, expected) in [
            (1.0, -euler),
            (2.0, 1.0 - euler),
            (0.5, -euler - 2.0 * core::f64::consts::LN_2),
            (10.0, 2.251_752_589_066_721),
            (-0.5, 0.036_489_973_978_576_52),
            (100.0, 4.600_161_852_738_087),
        ] {
            assert!((digamma(x) - expected).abs() <= 4e-16 * (1.0 + expected.abs()) * 4.0, "digamma({x})");
        }
        assert!(digamma(0.0).is_nan() && digamma(-3.0).is_nan() && digamma(f64::NAN).is_nan());
        assert_eq!(digamma(f64::INFINITY), f64::INFINITY);
    }

    #[test]
    fn remainder_has_the_sign_of_the_divisor() {
        for (x, divisor, expected) in
            [(5.5, 3.0, 2.5), (-5.5, 3.0, 0.5), (5.5, -3.0, -0.5), (-5.5, -3.0, -2.5), (-6.0, 3.0, 0.0)]
        {
            assert_eq!(remainder(x, divisor), expected, "{x} % {divisor}");
        }
        assert!(remainder(f64::NAN, 2.0).is_nan() && remainder(1.0, 0.0_f64).is_nan());
    }

    #[test]
    fn sigmoid_and_softplus_neither_overflow_nor_lose_a_nan() {
        assert_eq!((sigmoid(1e4_f64), sigmoid(-1e4_f64)), (1.0, 0.0));
        assert_eq!((softplus(1e4_f64), softplus(-1e4_f64)), (1e4, 0.0));
        assert!(sigmoid(f64::NAN).is_nan() && softplus(f64::NAN).is_nan());
    }
}
