//! Where an axis is marked, and with which words: round numbers, written exactly.

use crate::range::{Range, Scale};

/// A mark on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// From 0 at the low end of the axis to 1 at the high end.
    pub(crate) place: f64,
    /// Empty for a minor tick.
    pub(crate) label: String,
}

/// The most ticks (at most `most` labelled ones) whose labels fit side by side: `fits` is asked
/// about ever fewer ticks.
pub(crate) fn fitting(range: Range, scale: Scale, most: usize, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
    for count in (2..=most).rev() {
        let ticks = ticks(range, scale, count);
        if fits(&ticks) {
            return ticks;
        }
    }
    // Even two do not fit: keep the first alone.
    let mut ticks = ticks(range, scale, 2);
    let mut labelled = 0;
    ticks.retain(|tick| {
        labelled += usize::from(!tick.label.is_empty());
        labelled <= 1
    });
    ticks
}

/// About `count` round numbers in the range, in rising order.
pub(crate) fn ticks(range: Range, scale: Scale, count: usize) -> Vec<Tick> {
    match scale {
        Scale::Linear => linear(range, count, scale),
        Scale::Log => logarithmic(range, count),
    }
}

/// The number `digits * 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Decimal {
    digits: i64,
    exponent: i32,
}

impl Decimal {
    /// The nearest double: exact decimal digits go through the standard library's correctly
    /// rounding parser.
    fn value(self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// Drops zeros at the end of the digits.
    fn shortest(self) -> Decimal {
        let Decimal { mut digits, mut exponent } = self;
        while digits != 0 && digits % 10 == 0 {
            digits /= 10;
            exponent += 1;
        }
        Decimal { digits, exponent }
    }

    /// As people write it, with `places` digits after the point.
    fn plain(self, places: usize) -> String {
        let shift = u32::try_from(self.exponent + places as i32).unwrap_or(0);
        let digits = i128::from(self.digits) * 10_i128.pow(shift.min(18));
        let sign = if digits < 0 { MINUS } else { "" };
        let text = format!("{:0>width$}", digits.unsigned_abs(), width = places + 1);
        let (whole, fraction) = text.split_at(text.len() - places);
        let point = if places == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }

    /// A number from 1 to 10 times a power of ten.
    fn scientific(self) -> String {
        let Decimal { digits, exponent } = self.shortest();
        if digits == 0 {
            return "0".to_owned();
        }
        let places = digits.unsigned_abs().ilog10() as usize;
        let power = power_of_ten(exponent + places as i32);
        let mantissa = Decimal { digits, exponent: -(places as i32) }.plain(places);
        match digits {
            1 => power,
            -1 => format!("{MINUS}{power}"),
            _ => format!("{mantissa}\u{d7}{power}"),
        }
    }
}

/// U+2212, which lines up with digits where a hyphen does not.
const MINUS: &str = "\u{2212}";

/// 10 with a raised exponent.
fn power_of_ten(exponent: i32) -> String {
    let exponent = exponent.to_string();
    let raised = exponent.chars().map(|character| match character {
        '-' => '\u{207b}',
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        digit => char::from_u32(0x2070 + u32::from(digit) - u32::from('0')).unwrap_or(digit),
    });
    "10".chars().chain(raised).collect()
}

fn linear(range: Range, count: usize, scale: Scale) -> Vec<Tick> {
    let Range { low, high } = range;
    let spans = count.saturating_sub(1).max(1) as f64;
    // No finer than doubles of this size can tell apart.
    let finest = low.abs().max(high.abs()) * 1e-15;
    let step = (high / spans - low / spans).max(finest).max(f64::from_bits(1));
    // Slack for ends that are round numbers in decimal but not in binary.
    let slack = 1e-9;
    let exponent = libm::floor(libm::log10(step)) as i32;
    for exponent in [exponent - 1, exponent, exponent + 1] {
        for (digits, places) in [(1, 0), (2, 0), (25, 1), (5, 0)] {
            let unit = Decimal { digits, exponent: exponent - places };
            let width = unit.value();
            if width * (1.0 + slack) < step {
                continue;
            }
            let first = libm::ceil(low / width - slack);
            let last = libm::floor(high / width + slack);
            if !(first.abs() < 9e15 && last.abs() < 9e15) {
                continue;
            }
            let values = (first as i64..=last as i64)
                .take(1000)
                .map(|multiple| Decimal { digits: multiple * unit.digits, exponent: unit.exponent })
                .collect::<Vec<_>>();
            return labelled(range, scale, &values);
        }
    }
    Vec::new()
}

/// Plain numbers where they are short, powers of ten elsewhere; the same way for the whole axis.
fn labelled(range: Range, scale: Scale, values: &[Decimal]) -> Vec<Tick> {
    let largest = values.iter().map(|value| value.value().abs()).fold(0.0, f64::max);
    let places = values.iter().map(|value| -value.shortest().exponent).max().unwrap_or(0).max(0);
    let plain = largest == 0.0 || (largest < 1e6 && (largest >= 1e-3 || places <= 4));
    let tick = |value: &Decimal| {
        let label = if plain { value.plain(places as usize) } else { value.scientific() };
        let place = range.place(scale, value.value())?;
        Some(Tick { place: place.clamp(0.0, 1.0), label })
    };
    values.iter().filter_map(tick).collect()
}

fn logarithmic(range: Range, count: usize) -> Vec<Tick> {
    let slack = 1e-9;
    let (low, high) = (libm::log10(range.low), libm::log10(range.high));
    let first = libm::ceil(low - slack) as i32;
    let last = libm::floor(high + slack) as i32;
    if last <= first {
        // Less than two powers of ten: round numbers in between.
        return linear(range, count, Scale::Log);
    }
    let stride = ((last - first) / count.max(1) as i32 + 1).max(1);
    let mut ticks = Vec::new();
    let mut push = |digits: i64, exponent: i32, label: String| {
        let value = Decimal { digits, exponent }.value();
        if let Some(place) = range.place(Scale::Log, value)
            && (-slack..=1.0 + slack).contains(&place)
        {
            ticks.push(Tick { place: place.clamp(0.0, 1.0), label });
        }
    };
    for exponent in first - 1..=last {
        let label = if exponent.rem_euclid(stride) == 0 { power_of_ten(exponent) } else { String::new() };
        push(1, exponent, label);
        if stride == 1 {
            (2..10).for_each(|digits| push(digits, exponent, String::new()));
        }
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, scale: Scale, count: usize) -> Vec<String> {
        let ticks = ticks(Range { low, high }, scale, count);
        ticks.into_iter().map(|tick| tick.label).filter(|label| !label.is_empty()).collect()
    }

    #[test]
    fn round_numbers_with_enough_digits() {
        let minus = |text: &str| text.replace('-', MINUS);
        assert_eq!(
            labels(-1.0, 1.0, Scale::Linear, 9),
            ["-1.00", "-0.75", "-0.50", "-0.25", "0.00", "0.25", "0.50", "0.75", "1.00"].map(minus)
        );
        assert_eq!(labels(-1.0, 1.0, Scale::Linear, 5), ["-1.0", "-0.5", "0.0", "0.5", "1.0"].map(minus));
        assert_eq!(labels(0.0, 2500.0, Scale::Linear, 6), ["0", "500", "1000", "1500", "2000", "2500"]);
        assert_eq!(labels(0.1, 0.3, Scale::Linear, 3), ["0.1", "0.2", "0.3"]);
        assert_eq!(labels(100_000.0, 100_000.5, Scale::Linear, 3), ["100000.00", "100000.25", "100000.50"]);
    }

    #[test]
    fn huge_and_tiny_ranges_are_written_with_powers() {
        assert_eq!(
            labels(-1e300, 1e300, Scale::Linear, 3),
            [
                "\u{2212}10\u{b3}\u{2070}\u{2070}".to_owned(),
                "0".to_owned(),
                "10\u{b3}\u{2070}\u{2070}".to_owned()
            ]
        );
        assert_eq!(labels(0.0, 3e-300, Scale::Linear, 4).len(), 4);
        assert!(!labels(-f64::MAX, f64::MAX, Scale::Linear, 5).is_empty());
        assert!(!labels(0.0, 5e-324, Scale::Linear, 5).is_empty());
    }

    #[test]
    fn log_axes_mark_powers_of_ten() {
        assert_eq!(labels(1.0, 1000.0, Scale::Log, 9), ["10\u{2070}", "10\u{b9}", "10\u{b2}", "10\u{b3}"]);
        assert!(labels(1e-300, 1e300, Scale::Log, 7).len() <= 8);
        assert!(!labels(2.0, 3.0, Scale::Log, 5).is_empty());
        assert!(!labels(5e-324, f64::MAX, Scale::Log, 5).is_empty());
    }

    #[test]
    fn places_rise_and_stay_on_the_axis() {
        for (low, high) in
            [(-1.0, 1.0), (0.1, 0.30000000000000004), (1e15, 1e15 + 4.0), (1.0, 1.0 + f64::EPSILON)]
        {
            for count in 2..12 {
                let ticks = ticks(Range { low, high }, Scale::Linear, count);
                assert!(ticks.len() <= count + 1, "{low} {high} {count}: {}", ticks.len());
                assert!(ticks.windows(2).all(|pair| pair[0].place < pair[1].place));
                assert!(ticks.iter().all(|tick| (0.0..=1.0).contains(&tick.place)));
            }
        }
    }
}
