//! Numbers of 106 bits: an unevaluated sum of two `f64`.
//!
//! A projection cancels sums of many terms against a radius or a total; carried in 106 bits the result is right to
//! the last bits of an `f64` however badly that is conditioned. Sources: Dekker, "A floating-point technique for
//! extending the available precision", 1971; Joldes, Muller, Popescu, "Tight and rigorous error bounds for basic
//! building blocks of double-word arithmetic", 2017.

use core::ops::{Add, Div, Mul, Sub};

/// `high + low`, where `high` is the sum rounded to 53 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub(super) struct Double {
    high: f64,
    low: f64,
}

impl Double {
    /// Returns the nearest `f64`.
    pub(super) fn to_f64(self) -> f64 {
        self.high
    }

    /// Returns `a - b`, exact.
    pub(super) fn difference(a: f64, b: f64) -> Self {
        Self::sum(a, -b)
    }

    /// Returns `a + b`, exact.
    fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let part = high - a;
        Self { high, low: (a - (high - part)) + (b - part) }
    }

    /// Returns `a + b`, exact, where `a` is not the smaller by magnitude.
    fn ordered_sum(a: f64, b: f64) -> Self {
        let high = a + b;
        Self { high, low: b - (high - a) }
    }

    /// Returns `a * b`, exact while neither is near the ends of the range.
    fn product(a: f64, b: f64) -> Self {
        let ((a1, a0), (b1, b0)) = (halves(a), halves(b));
        let high = a * b;
        Self { high, low: ((a1 * b1 - high) + a1 * b0 + a0 * b1) + a0 * b0 }
    }
}

/// Returns the leading and the trailing 26 bits, whose products are exact.
fn halves(a: f64) -> (f64, f64) {
    let shifted = a * 134_217_729.0; // 2^27 + 1
    let high = shifted - (shifted - a);
    (high, a - high)
}

impl From<f64> for Double {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Add for Double {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (highs, lows) = (Self::sum(self.high, other.high), Self::sum(self.low, other.low));
        let sum = Self::ordered_sum(highs.high, highs.low + lows.high);
        Self::ordered_sum(sum.high, sum.low + lows.low)
    }
}

impl Sub for Double {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + Self { high: -other.high, low: -other.low }
    }
}

impl Mul for Double {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        let cross = self.high * other.low + self.low * other.high;
        Self::ordered_sum(product.high, product.low + cross)
    }
}

impl Div for Double {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self - other * first.into();
        Self::ordered_sum(first, rest.high / other.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Returns the exact value, for numbers whose parts are integers.
    fn integer(a: Double) -> i128 {
        a.high as i128 + a.low as i128
    }

    proptest! {
        #[test]
        fn sums_and_products_of_integers_are_exact(a in -1_i64 << 52..1 << 52, b in -1_i64 << 52..1 << 52) {
            let (x, y) = (a as f64, b as f64);
            prop_assert_eq!(integer(Double::product(x, y)), i128::from(a) * i128::from(b));
            prop_assert_eq!(integer(Double::difference(x, y)), i128::from(a) - i128::from(b));
            let square = Double::product(x, x);
            prop_assert_eq!(integer(square + y.into() - square), i128::from(b));
        }

        #[test]
        fn a_quotient_times_its_divisor_gives_the_dividend(a in 0.1..10.0_f64, b in 0.1..10.0_f64) {
            let error = Double::from(a) / b.into() * b.into() - a.into();
            prop_assert!(error.to_f64().abs() <= a * 1e-31, "{error:?}");
        }
    }
}
