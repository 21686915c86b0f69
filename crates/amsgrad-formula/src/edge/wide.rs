//! Numbers with the precision of `f64` and an exponent that does not overflow.

use core::f64::consts::{LN_2, LOG2_E};
use core::ops::{Add, Mul, Neg};

/// `mantissa * 2^exponent`, the magnitude of the mantissa from 1 to 2; 0 and NaN have exponent 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wide {
    mantissa: f64,
    exponent: i64,
}

/// Beyond this a number is as good as not known.
const LARGEST_EXPONENT: i64 = 1 << 52;

/// Twice the logarithm to base 2 of what one `f64` can shift; numbers farther apart do not touch.
const APART: i64 = 128;

impl Wide {
    pub(super) const ZERO: Self = Self { mantissa: 0.0, exponent: 0 };
    pub(super) const ONE: Self = Self { mantissa: 1.0, exponent: 0 };
    pub(super) const NAN: Self = Self { mantissa: f64::NAN, exponent: 0 };

    /// Returns `mantissa * 2^exponent`; NaN where the mantissa is infinite or the exponent beyond all that counts.
    fn scaled(mantissa: f64, exponent: i64) -> Self {
        if mantissa == 0.0 {
            return Self::ZERO;
        }
        if !mantissa.is_finite() || exponent.abs() > LARGEST_EXPONENT {
            return Self::NAN;
        }
        let shift = libm::ilogb(mantissa);
        // Two halves, because the inverse of a subnormal number is out of range.
        let half = libm::scalbn(mantissa, -shift / 2);
        Self { mantissa: libm::scalbn(half, -shift - (-shift / 2)), exponent: exponent + i64::from(shift) }
    }

    /// Returns the nearest `f64`, infinite where it is out of range.
    pub(super) fn to_f64(self) -> f64 {
        libm::scalbn(self.mantissa, self.exponent.clamp(-5000, 5000) as i32)
    }

    pub(super) fn is_zero(self) -> bool {
        self.mantissa == 0.0
    }

    pub(super) fn is_nan(self) -> bool {
        self.mantissa.is_nan()
    }

    pub(super) fn is_negative(self) -> bool {
        self.mantissa < 0.0
    }

    pub(super) fn reciprocal(self) -> Self {
        Self::scaled(1.0 / self.mantissa, -self.exponent)
    }

    /// Returns `exp(x)`.
    pub(super) fn exp(x: f64) -> Self {
        const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
        const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
        let count = libm::round(x * LOG2_E);
        if count.is_nan() || count.abs() > 1e15 {
            return if count < 0.0 { Self::ZERO } else { Self::NAN };
        }
        let rest = (x - count * LN_2_HIGH) - count * LN_2_LOW;
        Self::scaled(libm::exp(rest), count as i64)
    }

    /// Returns the natural logarithm; NaN unless positive.
    pub(super) fn ln(self) -> f64 {
        match self.exponent {
            -1..=0 => libm::log(self.to_f64()),
            exponent => libm::log(self.mantissa) + exponent as f64 * LN_2,
        }
    }

    /// Raises to a power; a negative number has whole powers only.
    pub(super) fn pow(self, power: f64) -> Self {
        let exponent = self.exponent as f64 * power;
        let whole = libm::floor(exponent);
        if whole.is_nan() || whole.abs() > 1e15 {
            return Self::NAN;
        }
        let mantissa = libm::pow(self.mantissa, power) * libm::exp2(exponent - whole);
        Self::scaled(mantissa, whole as i64)
    }
}

impl From<f64> for Wide {
    fn from(value: f64) -> Self {
        Self::scaled(value, 0)
    }
}

impl Neg for Wide {
    type Output = Self;

    fn neg(self) -> Self {
        Self { mantissa: -self.mantissa, ..self }
    }
}

impl Mul for Wide {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self::scaled(self.mantissa * other.mantissa, self.exponent + other.exponent)
    }
}

impl Add for Wide {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        if self.is_zero() || other.is_nan() {
            return other;
        }
        if other.is_zero() || self.is_nan() {
            return self;
        }
        let (large, small) = if self.exponent < other.exponent { (other, self) } else { (self, other) };
        let apart = large.exponent - small.exponent;
        if apart > APART {
            return large;
        }
        Self::scaled(large.mantissa + libm::scalbn(small.mantissa, -apart as i32), large.exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_the_range_behave_as_numbers() {
        let huge = Wide::exp(1000.0);
        assert_eq!(huge.to_f64(), f64::INFINITY);
        assert!((huge.ln() - 1000.0).abs() < 1e-12);
        assert_eq!((huge + Wide::ONE).ln(), huge.ln());
        assert_eq!((huge * huge.reciprocal()).to_f64(), 1.0);
        let square = Wide::from(3e200) * Wide::from(3e200) + Wide::from(4e200) * Wide::from(4e200);
        assert!((square.pow(0.5).to_f64() / 5e200 - 1.0).abs() < 1e-15);
        assert_eq!((Wide::from(5e-324) * Wide::from(2.0)).to_f64(), 1e-323);
        assert_eq!((Wide::from(1.5) + -Wide::from(1.5)).to_f64(), 0.0);
        assert!(Wide::from(f64::INFINITY).is_nan() && Wide::from(-2.0).pow(0.5).is_nan());
        assert_eq!(Wide::from(-2.0).pow(-3.0).to_f64(), -0.125);
        assert!(Wide::exp(-1e300).is_zero() && Wide::exp(1e300).is_nan());
    }
}
