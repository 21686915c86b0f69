//! `base^t`, correctly rounded, for every step t of a run.
//!
//! The standard library's `powi` and `pow` change their last bits with the machine. Here the power is carried in
//! 128 bits, where a truncation costs at most 2^-127 of the value and leaves a sticky bit behind; the result is
//! within t * 2^-126 of the true power before its one rounding to 53 bits.

use core::hint::{cold_path, select_unpredictable};

/// The powers of one base, cheap when asked for step after step.
///
/// ```
/// use amsgrad::power::Power;
/// let mut power = Power::new(0.9);
/// assert_eq!(power.at(1), 0.9);
/// assert_eq!(power.at(2), 0.81);
/// assert_eq!(power.at(50), 0.00515377520732012);
/// ```
#[derive(Clone, Debug)]
pub struct Power {
    base: f64,
    /// The base in wide form, where it is finite and above 0.
    factor: Option<Wide>,
    step: u64,
    value: Wide,
}

/// Powers are multiplied up from an anchor at every multiple of this, so that `at(t)` is a function of t alone:
/// a run resumed at any step sees the very same numbers.
const BLOCK: u64 = 1024;

impl Power {
    /// Returns the powers of `base`, a finite number of at least 0; of anything else every power but the 0th is NaN.
    #[must_use]
    pub fn new(base: f64) -> Self {
        let factor = (base.is_finite() && base > 0.0).then(|| Wide::from_f64(base));
        Self { base, factor, step: 0, value: Wide::ONE }
    }

    /// Returns the number whose powers these are.
    #[must_use]
    pub fn base(&self) -> f64 {
        self.base
    }

    /// Returns `base^step`, correctly rounded.
    pub fn at(&mut self, step: u64) -> f64 {
        self.next(step).unwrap_or_else(|| match self.factor {
            Some(factor) => {
                self.seek(factor, step);
                self.value.to_f64()
            }
            None if step == 0 => 1.0,
            None => f64::NAN,
        })
    }

    /// Returns whether these are the powers of `base`.
    #[inline(always)]
    pub(crate) fn is_of(&self, base: f64) -> bool {
        self.base.to_bits() == base.to_bits()
    }

    /// Returns the same, but only where it takes a multiplication at most: at the same step or the next, not from block
    /// to block nor among the smallest numbers.
    #[inline(always)]
    pub(crate) fn next(&mut self, step: u64) -> Option<f64> {
        let Some(factor) = self.factor else {
            cold_path();
            return (self.base == 0.0 && step > 0).then_some(0.0);
        };
        if step == self.step {
            return self.value.to_usual_f64();
        }
        if step != self.step.wrapping_add(1) || step.is_multiple_of(BLOCK) {
            return None;
        }
        let value = self.value.times_number(factor);
        let number = value.to_usual_f64()?;
        (self.step, self.value) = (step, value);
        Some(number)
    }

    #[cold]
    fn seek(&mut self, factor: Wide, step: u64) {
        if step < self.step || step / BLOCK != self.step / BLOCK {
            self.step = step - step % BLOCK;
            self.value = factor.to_the(BLOCK).to_the(step / BLOCK);
        }
        while self.step < step {
            self.value = self.value.times_number(factor);
            self.step += 1;
        }
    }
}

/// The powers a run asks for, each kept where it stands: a rule has one base, or a few.
#[derive(Clone, Debug)]
pub(crate) struct Powers {
    powers: [Power; 4],
    /// The one to give way to the next new base.
    oldest: usize,
}

impl Default for Powers {
    #[inline]
    fn default() -> Self {
        const NONE: Power = Power { base: 0.0, factor: None, step: 0, value: Wide::ONE };
        Self { powers: [NONE; 4], oldest: 0 }
    }
}

impl Powers {
    /// Returns `base^step`. The first two bases asked for, from one step to the next, take a multiplication and no call.
    #[inline(always)]
    pub(crate) fn of(&mut self, base: f64, step: u64) -> f64 {
        if let Some(power) = self.powers[..2].iter_mut().find(|power| power.is_of(base))
            && let Some(value) = power.next(step)
        {
            return value;
        }
        self.seek(base, step)
    }

    #[cold]
    #[inline(never)]
    fn seek(&mut self, base: f64, step: u64) -> f64 {
        let known = self.powers.iter().position(|power| power.is_of(base));
        let power = &mut self.powers[known.unwrap_or(self.oldest)];
        if known.is_none() {
            *power = Power::new(base);
            self.oldest = (self.oldest + 1) % 4;
        }
        power.at(step)
    }
}

/// `significand * 2^(exponent - 127)` with the top bit of the significand set and a sticky lowest bit. The exponent
/// saturates, far beyond what any double reaches.
#[derive(Clone, Copy, Debug)]
struct Wide {
    significand: u128,
    exponent: i64,
}

impl Wide {
    const ONE: Self = Self { significand: 1 << 127, exponent: 0 };

    /// Creates it from a positive finite number.
    fn from_f64(value: f64) -> Self {
        let bits = value.to_bits();
        let (biased, fraction) = ((bits >> 52) as i64, u128::from(bits & ((1 << 52) - 1)));
        let (integer, unit) =
            if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
        let shift = integer.leading_zeros();
        Self { significand: integer << shift, exponent: unit + 127 - i64::from(shift) }
    }

    fn times(self, other: Self) -> Self {
        let (high, low) = product(self.significand, other.significand);
        Self::normal(high, low, self.exponent.saturating_add(other.exponent))
    }

    /// Returns the same product where `other` is a double, whose significand fits the upper 64 bits.
    #[inline]
    fn times_number(self, other: Self) -> Self {
        let number = other.significand >> 64;
        let (upper, lower) = ((self.significand >> 64) * number, (self.significand & LOW) * number);
        let (high, low) = (upper + (lower >> 64), lower as u64);
        // No processor foresees which.
        let carry = high >> 127 == 1;
        let high = select_unpredictable(carry, high, high << 1 | u128::from(low >> 63));
        let low = select_unpredictable(carry, low, low << 1);
        let exponent = self.exponent + other.exponent + i64::from(carry);
        Self { significand: high | u128::from(low != 0), exponent }
    }

    /// Creates it from a product's halves, the top bit of which is the highest or the one below it.
    #[inline]
    fn normal(high: u128, low: u128, exponent: i64) -> Self {
        let carry = high >> 127;
        let (high, low) = if carry == 1 { (high, low) } else { (high << 1 | low >> 127, low << 1) };
        let exponent = exponent.saturating_add(carry as i64).clamp(-MOST, MOST);
        Self { significand: high | u128::from(low != 0), exponent }
    }

    fn to_the(self, mut power: u64) -> Self {
        let (mut result, mut square) = (Self::ONE, self);
        while power > 0 {
            if power & 1 == 1 {
                result = result.times(square);
            }
            power >>= 1;
            if power > 0 {
                square = square.times(square);
            }
        }
        result
    }

    /// Rounds to nearest, ties to even, subnormal results included.
    #[inline]
    fn to_f64(self) -> f64 {
        self.to_usual_f64().unwrap_or_else(|| self.to_rare_f64())
    }

    /// Rounds where it is far from the smallest numbers, or so far below them that it is 0.
    #[inline(always)]
    fn to_usual_f64(self) -> Option<f64> {
        if (-960..=1023).contains(&self.exponent) {
            // The processor rounds the upper 63 bits, to the last of which those below stick; the scale is a power of two.
            let (head, rest) = ((self.significand >> 64) as u64, self.significand as u64);
            let rounded = (head >> 1 | head & 1 | u64::from(rest != 0)) as i64 as f64;
            return Some(rounded * f64::from_bits(((self.exponent + (1023 - 62)) as u64) << 52));
        }
        (self.exponent < -1075).then_some(0.0)
    }

    /// Rounds where it is infinite, subnormal or near it.
    #[cold]
    fn to_rare_f64(self) -> f64 {
        if self.exponent > 1023 {
            return f64::INFINITY;
        }
        let below_normal = (-1022_i64).saturating_sub(self.exponent).max(0);
        if below_normal > 52 {
            // Half the smallest subnormal number is a tie, and becomes 0; anything above it becomes that number.
            return f64::from_bits(u64::from(self.exponent == -1075 && self.significand > 1 << 127));
        }
        // The casts keep their values: the exponent lies between -1074 and 1023 here.
        let drop = 75 + below_normal as u32;
        let (kept, rest) = ((self.significand >> drop) as u64, self.significand & ((1 << drop) - 1));
        let half = 1_u128 << (drop - 1);
        let up = rest > half || (rest == half && kept & 1 == 1);
        // The leading bit of a normal number, and the carry of a rounding, both add to the exponent's.
        let exponent = (self.exponent + 1022).max(0) as u64;
        f64::from_bits((exponent << 52) + kept + u64::from(up))
    }
}

/// Beyond all doubles, and far from where numbers overflow.
const MOST: i64 = 1 << 40;

/// The lower 64 bits.
const LOW: u128 = u64::MAX as u128;

/// Returns the 256-bit product as its high and low halves.
fn product(a: u128, b: u128) -> (u128, u128) {
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let (low, cross1, cross2, high) = (a0 * b0, a1 * b0, a0 * b1, a1 * b1);
    let middle = (low >> 64) + (cross1 & LOW) + (cross2 & LOW);
    (high + (cross1 >> 64) + (cross2 >> 64) + (middle >> 64), middle << 64 | low & LOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    /// Returns `base^step` by exact integers, rounded once.
    fn exact(base: f64, step: u32) -> f64 {
        let bits = base.to_bits();
        let (biased, fraction) = (bits >> 52, bits & ((1 << 52) - 1));
        let (integer, unit) =
            if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased as i64 - 1075) };
        let integer = BigUint::from(integer).pow(step);
        let unit = unit * i64::from(step);
        // The value is integer * 2^unit; its last bit must be worth 2^last.
        let last = (unit + integer.bits() as i64 - 53).max(-1074);
        let (kept, up) = if last <= unit {
            (integer << (unit - last), false)
        } else {
            let drop = (last - unit) as u64;
            let kept = &integer >> drop;
            let rest = &integer - (&kept << drop);
            let half = BigUint::from(1_u8) << (drop - 1);
            let up = rest > half || (rest == half && kept.bit(0));
            (kept, up)
        };
        let kept = u64::try_from(kept + u8::from(up)).unwrap();
        let (first, second) = (last / 2, last - last / 2);
        kept as f64 * libm::exp2(first as f64) * libm::exp2(second as f64)
    }

    #[test]
    fn the_tutorials_powers_are_correctly_rounded() {
        let mut power = Power::new(0.9);
        for step in 1..=400 {
            assert_eq!(power.at(step), exact(0.9, step as u32), "step {step}");
        }
    }

    #[test]
    fn the_ends_of_the_range() {
        let mut half = Power::new(0.5);
        assert_eq!(half.at(1074), f64::from_bits(1));
        assert_eq!(half.at(1075), 0.0, "a tie, to even");
        assert_eq!(half.at(u64::MAX), 0.0);
        assert_eq!(Power::new(0.75).at(2591), exact(0.75, 2591), "just above half the smallest number");
        assert_eq!(Power::new(2.0).at(1023), libm::exp2(1023.0));
        assert_eq!(Power::new(2.0).at(1024), f64::INFINITY);
        assert_eq!(Power::new(1.0).at(u64::MAX), 1.0);
        assert_eq!(Power::new(0.0).at(0), 1.0);
        assert_eq!(Power::new(0.0).at(7), 0.0);
        assert_eq!(Power::new(f64::from_bits(1)).at(1), f64::from_bits(1));
        assert!(Power::new(-0.5).at(3).is_nan() && Power::new(f64::NAN).at(3).is_nan());
    }

    proptest! {
        #[test]
        fn correctly_rounded(base in 0.0..1.0_f64, step in 1..2_000_u32) {
            prop_assume!(base > 0.0);
            prop_assert_eq!(Power::new(base).at(u64::from(step)), exact(base, step));
        }

        #[test]
        fn correctly_rounded_near_one(gap in 1e-9..1e-2_f64, step in 1..3_000_u32) {
            prop_assert_eq!(Power::new(1.0 - gap).at(u64::from(step)), exact(1.0 - gap, step));
        }

        #[test]
        fn the_way_there_does_not_matter(base in 0.5..1.0_f64, steps in prop::collection::vec(0..5_000_u64, 1..20)) {
            let mut walked = Power::new(base);
            for step in steps {
                prop_assert_eq!(walked.at(step), Power::new(base).at(step));
            }
        }
    }
}
