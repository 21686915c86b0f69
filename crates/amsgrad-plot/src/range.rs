//! From values to places: an interval of numbers laid on 0 to 1, evenly or by powers of ten.

/// How numbers are laid along an axis or a color bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scale {
    /// Equal differences take equal room.
    #[default]
    Linear,
    /// Equal ratios take equal room. Only positive numbers have a place; others are left out.
    Log,
}

/// A non-empty interval of finite numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Range {
    /// The least and the greatest finite value, if there is any.
    pub(crate) fn extremes(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
        values.filter(|value| value.is_finite()).fold(None, |found, value| match found {
            None => Some((value, value)),
            Some((low, high)) => Some((low.min(value), high.max(value))),
        })
    }

    /// The interval from `low` to `high`, opened around a single value so that it has a width.
    pub(crate) fn around(low: f64, high: f64) -> Range {
        if low < high {
            return Range { low, high };
        }
        let half = if low == 0.0 { 1.0 } else { (low.abs() * 0.1).max(f64::MIN_POSITIVE) };
        Range { low: (low - half).max(-f64::MAX), high: (high + half).min(f64::MAX) }
    }

    /// The interval for positive values, opened around a single value.
    pub(crate) fn around_positive(low: f64, high: f64) -> Range {
        if low < high {
            return Range { low, high };
        }
        Range { low: (low / 2.0).max(f64::from_bits(1)), high: (high * 2.0).min(f64::MAX) }
    }

    /// The place of `value`: 0 at the low end, 1 at the high end, beyond for values outside. None
    /// for values without a place: not finite, or not positive on a logarithmic scale.
    pub(crate) fn place(self, scale: Scale, value: f64) -> Option<f64> {
        let place = match scale {
            Scale::Linear => {
                let width = self.high - self.low;
                if width.is_finite() {
                    (value - self.low) / width
                } else {
                    // Halves keep the width of the widest intervals finite.
                    (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
                }
            }
            Scale::Log if value > 0.0 => {
                let (low, high) = (libm::log10(self.low), libm::log10(self.high));
                (libm::log10(value) - low) / (high - low)
            }
            Scale::Log => return None,
        };
        // Far outside is all the same to a picture, and clamping keeps later arithmetic finite.
        value.is_finite().then(|| place.clamp(-1e9, 1e9))
    }

    /// The interval widened by `share` of its width at both ends.
    pub(crate) fn padded(self, scale: Scale, share: f64) -> Range {
        let Range { low, high } = self;
        match scale {
            Scale::Linear => {
                let margin = high * share - low * share;
                Range { low: (low - margin).max(-f64::MAX), high: (high + margin).min(f64::MAX) }
            }
            Scale::Log => {
                let margin = (libm::log10(high) - libm::log10(low)) * share;
                let factor = libm::pow(10.0, margin);
                let padded = Range { low: low / factor, high: high * factor };
                if padded.low > 0.0 && padded.high.is_finite() { padded } else { self }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_run_from_zero_to_one_at_any_size() {
        for (low, high) in
            [(-1.0, 3.0), (-1e300, 1e300), (-f64::MAX, f64::MAX), (1e-300, 3e-300), (0.0, 5e-324)]
        {
            let range = Range { low, high };
            assert_eq!(range.place(Scale::Linear, low), Some(0.0));
            assert_eq!(range.place(Scale::Linear, high), Some(1.0));
        }
        let decades = Range { low: 1e-3, high: 1e3 };
        assert!((decades.place(Scale::Log, 1.0).unwrap() - 0.5).abs() < 1e-15);
    }

    #[test]
    fn values_without_a_place_have_none() {
        let range = Range { low: 1.0, high: 2.0 };
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(range.place(Scale::Linear, value), None);
            assert_eq!(range.place(Scale::Log, value), None);
        }
        assert_eq!(range.place(Scale::Log, 0.0), None);
        assert_eq!(range.place(Scale::Log, -1.0), None);
    }

    #[test]
    fn a_single_value_gets_room() {
        for value in [0.0, 1.0, -7.0, 5e-324, f64::MAX, -f64::MAX] {
            let range = Range::around(value, value);
            assert!(range.low < range.high && range.low.is_finite() && range.high.is_finite(), "{value}");
        }
        for value in [5e-324, 1.0, f64::MAX] {
            let range = Range::around_positive(value, value);
            assert!(0.0 < range.low && range.low < range.high && range.high.is_finite(), "{value}");
        }
    }
}
