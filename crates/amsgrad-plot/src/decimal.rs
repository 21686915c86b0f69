//! Decimal numbers, exact: what an axis is marked with.

use crate::range::Range;

/// The number `digits * 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Decimal {
    pub(crate) digits: i64,
    pub(crate) exponent: i32,
}

impl Decimal {
    /// Returns the nearest double: exact decimal digits go through the standard library's correctly
    /// rounding parser.
    pub(crate) fn value(self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// Returns the decimal with the fewest digits in the range, both ends included.
    pub(crate) fn roundest(range: Range) -> Decimal {
        let largest = range.low.abs().max(range.high.abs());
        let top = libm::floor(libm::log10(largest)) as i32;
        for exponent in (top - 16..=top).rev() {
            let unit = Decimal { digits: 1, exponent }.value();
            let decimal = Decimal { digits: libm::ceil(range.low / unit) as i64, exponent };
            if (range.low..=range.high).contains(&decimal.value()) {
                return decimal;
            }
        }
        // 17 digits tell every double apart.
        Decimal::parsed(&format!("{:.16e}", range.low), 16)
    }

    /// Reads a number as Rust writes it, with `places` digits after the point.
    fn parsed(text: &str, places: i32) -> Decimal {
        let digits = text.replace('.', "");
        let (digits, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
        let exponent = exponent.parse::<i32>().unwrap_or(0) - places;
        Decimal { digits: digits.parse().unwrap_or(0), exponent }.shortest()
    }

    /// Returns the value to four digits.
    pub(crate) fn short(value: f64) -> Decimal {
        Decimal::parsed(&format!("{value:.3e}"), 3)
    }

    /// Drops zeros at the end of the digits.
    pub(crate) fn shortest(self) -> Decimal {
        let Decimal { mut digits, mut exponent } = self;
        if digits == 0 {
            return Decimal { digits, exponent: 0 };
        }
        while digits % 10 == 0 {
            digits /= 10;
            exponent += 1;
        }
        Decimal { digits, exponent }
    }

    /// Returns the number of digits that it needs after the point.
    pub(crate) fn places(self) -> usize {
        usize::try_from(-self.shortest().exponent).unwrap_or(0)
    }

    /// Writes the number plainly, with `places` digits after the point: as many as it needs, or more.
    pub(crate) fn plain(self, places: usize) -> String {
        let Decimal { digits, exponent } = self.shortest();
        let shift = u32::try_from(exponent + places as i32).unwrap_or(0);
        let digits = i128::from(digits) * 10_i128.pow(shift.min(18));
        let sign = if digits < 0 { MINUS } else { "" };
        let text = format!("{:0>width$}", digits.unsigned_abs(), width = places + 1);
        let (whole, fraction) = text.split_at(text.len() - places);
        let point = if places == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }

    /// Returns the power of ten of its first digit.
    pub(crate) fn magnitude(self) -> i32 {
        self.exponent + self.digits.unsigned_abs().checked_ilog10().unwrap_or(0) as i32
    }

    /// Writes the number as a multiple of this power of ten, with `places` digits after the point: as many as it needs, or
    /// more.
    pub(crate) fn times_power(self, power: i32, places: usize) -> String {
        let mantissa = Decimal { exponent: self.exponent - power, ..self };
        match mantissa.shortest() {
            Decimal { digits: 0, .. } => "0".to_owned(),
            Decimal { digits: 1, exponent: 0 } if places == 0 => power_of_ten(power),
            Decimal { digits: -1, exponent: 0 } if places == 0 => format!("{MINUS}{}", power_of_ten(power)),
            mantissa => format!("{}\u{d7}{}", mantissa.plain(places), power_of_ten(power)),
        }
    }

    /// Writes the number in the shorter of both forms, for one that stands alone.
    pub(crate) fn alone(self) -> String {
        let plain = (1e-4..1e9).contains(&self.value().abs()) || self.digits == 0;
        let power = self.magnitude();
        let places = Decimal { exponent: self.exponent - power, ..self }.places();
        if plain { self.plain(self.places()) } else { self.times_power(power, places) }
    }
}

/// U+2212, which lines up with digits where a hyphen does not.
pub(crate) const MINUS: &str = "\u{2212}";

/// Writes 10 with a raised exponent.
pub(crate) fn power_of_ten(exponent: i32) -> String {
    "10".chars().chain(exponent.to_string().chars().map(raised)).collect()
}

/// Raises a digit or a minus sign; any other character stays as it is.
pub(crate) fn raised(character: char) -> char {
    match character {
        '-' => '\u{207b}',
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        '0' | '4'..='9' => {
            char::from_u32(0x2070 + u32::from(character) - u32::from('0')).unwrap_or(character)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roundest_number_of_a_range() {
        let roundest = |low, high| Decimal::roundest(Range { low, high }).alone();
        assert_eq!(roundest(0.999_999_99, 1.000_000_01), "1");
        assert_eq!(roundest(1.0, 1.0 + f64::EPSILON), "1");
        assert_eq!(roundest(1_234_567.84, 1_234_567.93), "1234567.9");
        assert_eq!(roundest(-2e15 - 1.0, -2e15 + 2.0), "\u{2212}2\u{d7}10\u{b9}\u{2075}");
        assert_eq!(Decimal::short(-0.123_456).alone(), "\u{2212}0.1235");
        assert_eq!(Decimal::short(1e12).alone(), "10\u{b9}\u{b2}");
        let odd = 0.1 + 0.2;
        let found = Decimal::roundest(Range { low: odd, high: odd }).value();
        assert_eq!(found, odd);
    }
}
