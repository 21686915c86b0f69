//! Where an axis is marked, and with which words: round numbers, written exactly.

use crate::decimal::{Decimal, MINUS, power_of_ten};
use crate::range::{Range, Scale};

/// A mark on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// From 0 at the low end of the axis to 1 at the high end.
    pub(crate) place: f64,
    /// Empty for a minor tick.
    pub(crate) label: String,
}

/// The marks of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ticks {
    pub(crate) marks: Vec<Tick>,
    /// What is subtracted from every number on the axis before it is written: an axis from 100000
    /// to 100000.5 has short labels from 0 to 0.5.
    offset: Option<Decimal>,
}

impl Ticks {
    /// Returns the marks with a label.
    pub(crate) fn labeled(&self) -> impl Iterator<Item = &Tick> {
        self.marks.iter().filter(|tick| !tick.label.is_empty())
    }

    /// Returns the axis's label, which tells the offset: the labels of `x` are then those of `x - 100000`.
    pub(crate) fn label(&self, label: &str) -> String {
        match self.offset {
            None => label.to_owned(),
            Some(offset) if label.is_empty() => format!("difference from {}", offset.alone()),
            Some(Decimal { digits, exponent }) => {
                let sign = if digits < 0 { "+" } else { MINUS };
                format!("{label} {sign} {}", Decimal { digits: digits.abs(), exponent }.alone())
            }
        }
    }
}

/// Ranges narrower than this part of their largest number have an offset.
const NARROW: f64 = 1e-4;

/// Returns the most ticks (at most `most` labeled ones) whose labels fit side by side: `fits` is asked
/// about ever fewer ticks.
pub(crate) fn fitting(range: Range, scale: Scale, most: usize, fits: impl Fn(&[Tick]) -> bool) -> Ticks {
    for count in (2..=most).rev() {
        let ticks = ticks(range, scale, count);
        if fits(&ticks.marks) {
            return ticks;
        }
    }
    // Even two do not fit: keep the first alone.
    let mut ticks = ticks(range, scale, 2);
    let mut labeled = 0;
    ticks.marks.retain(|tick| {
        labeled += usize::from(!tick.label.is_empty());
        labeled <= 1
    });
    ticks
}

/// Returns ticks at about `count` round numbers in the range, in rising order.
pub(crate) fn ticks(range: Range, scale: Scale, count: usize) -> Ticks {
    let largest = range.low.abs().max(range.high.abs());
    if range.high - range.low < NARROW * largest {
        // Evenly laid on a logarithmic axis too: over so narrow a range both are the same.
        let offset = Decimal::roundest(range);
        let origin = offset.value();
        let rest = Range { low: range.low - origin, high: range.high - origin };
        return Ticks { marks: linear(rest, count, Scale::Linear), offset: Some(offset) };
    }
    let marks = match scale {
        Scale::Linear => linear(range, count, scale),
        Scale::Log => logarithmic(range, count),
    };
    Ticks { marks, offset: None }
}

fn linear(range: Range, count: usize, scale: Scale) -> Vec<Tick> {
    labeled(range, scale, &round_numbers(range, count))
}

/// Returns about `count` multiples of 1, 2, 2.5 or 5 times a power of ten in the range.
pub(crate) fn round_numbers(range: Range, count: usize) -> Vec<Decimal> {
    let Range { low, high } = range;
    let spans = count.saturating_sub(1).max(1) as f64;
    let step = (high / spans - low / spans).clamp(f64::from_bits(1), f64::MAX);
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
            return (first as i64..=last as i64)
                .take(1000)
                .map(|multiple| Decimal { digits: multiple * unit.digits, exponent: unit.exponent })
                .collect();
        }
    }
    Vec::new()
}

/// Writes plain numbers where they are short and powers of ten elsewhere, the same way for the whole axis.
fn labeled(range: Range, scale: Scale, values: &[Decimal]) -> Vec<Tick> {
    let largest = values.iter().map(|value| value.value().abs()).fold(0.0, f64::max);
    let places = values.iter().map(|value| value.places()).max().unwrap_or(0);
    let plain = largest == 0.0 || (largest < 1e6 && (largest >= 1e-3 || places <= 4));
    // One power for the whole axis, that of its largest number.
    let power =
        values.iter().filter(|value| value.digits != 0).map(|value| value.magnitude()).max().unwrap_or(0);
    let digits = |value: &Decimal| Decimal { exponent: value.exponent - power, ..*value }.places();
    let mantissa_places = values.iter().map(digits).max().unwrap_or(0);
    let tick = |value: &Decimal| {
        let label = if plain { value.plain(places) } else { value.times_power(power, mantissa_places) };
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
        ticks.marks.into_iter().map(|tick| tick.label).filter(|label| !label.is_empty()).collect()
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
        assert_eq!(labels(1000.0, 1000.5, Scale::Linear, 3), ["1000.00", "1000.25", "1000.50"]);
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
                let ticks = ticks(Range { low, high }, Scale::Linear, count).marks;
                assert!(ticks.len() <= count + 1, "{low} {high} {count}: {}", ticks.len());
                assert!(ticks.windows(2).all(|pair| pair[0].place < pair[1].place));
                assert!(ticks.iter().all(|tick| (0.0..=1.0).contains(&tick.place)));
            }
        }
    }

    #[test]
    fn narrow_ranges_have_an_offset() {
        let found = |low: f64, high: f64| {
            let ticks = ticks(Range { low, high }, Scale::Linear, 3);
            (ticks.label("x"), ticks.marks.iter().map(|tick| tick.label.clone()).collect::<Vec<_>>())
        };
        let (label, labels) = found(100_000.0, 100_000.5);
        assert_eq!(
            (label.as_str(), labels),
            ("x \u{2212} 100000", ["0.00", "0.25", "0.50"].map(str::to_owned).to_vec())
        );
        let (label, labels) = found(1.0, 1.0 + f64::EPSILON);
        assert_eq!((label.as_str(), labels[0].as_str()), ("x \u{2212} 1", "0"));
        assert_eq!(labels[1], "2\u{d7}10\u{207b}\u{b9}\u{2076}");
        assert_eq!(found(-1e6 - 1.0, -1e6).0, "x + 1000000");
        assert_eq!(
            ticks(Range { low: 1e6, high: 1e6 + 1.0 }, Scale::Linear, 3).label(""),
            "difference from 1000000"
        );
    }

    /// What a label says, as a number.
    fn spoken(label: &str) -> f64 {
        let plain: String = label
            .chars()
            .filter_map(|character| match character {
                '\u{2212}' | '\u{207b}' => Some('-'),
                '\u{d7}' => None,
                _ => (0..10)
                    .find(|digit| crate::decimal::raised((b'0' + digit) as char) == character)
                    .map_or(Some(character), |digit| Some((b'0' + digit) as char)),
            })
            .collect();
        let power = label.rfind("10").map(|at| (&label[..at], &label[at + 2..]));
        let raised = |power: &str| !power.is_empty() && !power.is_ascii();
        let Some((mantissa, power)) = power.filter(|(_, power)| raised(power)) else {
            return plain.parse().unwrap();
        };
        let exponent: i32 = plain[plain.len() - power.chars().count()..].parse().unwrap();
        let mantissa = match mantissa.trim_end_matches('\u{d7}') {
            "" => 1.0,
            "\u{2212}" => -1.0,
            mantissa => mantissa.replace('\u{2212}', "-").parse().unwrap(),
        };
        format!("{mantissa}e{exponent}").parse().unwrap()
    }

    proptest::proptest! {
        #[test]
        fn labels_say_where_they_stand(middle in -1e3_f64..1e3, size in -300_i32..300, narrow in 0_i32..17, count in 2_usize..12) {
            let scale = |exponent: i32| format!("1e{exponent}").parse::<f64>().unwrap();
            let middle = middle * scale(size.clamp(-290, 290));
            let half = middle.abs().max(f64::MIN_POSITIVE) * scale(1 - narrow);
            let range = Range::around(middle - half, middle + half);
            let ticks = ticks(range, Scale::Linear, count);
            let origin = ticks.offset.map_or(0.0, Decimal::value);
            for tick in &ticks.marks {
                let here = (range.low - origin) + tick.place * (range.high - range.low);
                let error = (spoken(&tick.label) - here).abs() / (range.high - range.low);
                proptest::prop_assert!(error < 1e-6, "{} stands at {here} of {range:?}", tick.label);
            }
        }
    }
}
