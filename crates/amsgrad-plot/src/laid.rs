//! A field's values laid on the range that its colors show.

use crate::colorbar::ColorBar;
use crate::range::{Range, Scale};
use crate::{Field, PlotError};

/// Logarithmic ranges start at most this far below the greatest value.
const MOST_DECADES: f64 = 1e-16;
/// A sample this much farther out than the usual ones, in widths of those, may be at a pole.
const FAR: f64 = 10.0;
/// A sample is at a pole where its neighbors two steps away are less than this part as far out.
const STEEP: f64 = 0.5;

pub(crate) struct Laid {
    /// The samples on 0 to 1, below or above where they leave the range; NaN where blank.
    pub(crate) heights: Vec<f64>,
    pub(crate) range: Range,
    pub(crate) scale: Scale,
    below: bool,
    above: bool,
}

impl Laid {
    pub(crate) fn new(field: &Field, scale: Scale) -> Result<Laid, PlotError> {
        let (least, greatest) = field.extremes()?;
        let range = match scale {
            Scale::Linear => without_poles(field, least, greatest),
            Scale::Log => positive(field, greatest)?,
        };
        let height = |&value: &f64| match range.place(scale, value) {
            Some(place) => place.clamp(-1.0, 2.0),
            None if value.is_finite() => -1.0,
            None => f64::NAN,
        };
        let heights = field.values.iter().map(height).collect();
        Ok(Laid { heights, range, scale, below: least < range.low, above: greatest > range.high })
    }

    pub(crate) fn color_bar(&self, bands: usize, label: &str) -> ColorBar {
        let Laid { range, scale, below, above, .. } = *self;
        ColorBar { range, scale, bands, below, above, label: label.to_owned() }
    }
}

/// Returns the range of the positive values without the lowest thousandth: a sample that happens to lie next to a
/// minimum of 0 would take half of the colors for itself.
fn positive(field: &Field, greatest: f64) -> Result<Range, PlotError> {
    let mut values: Vec<f64> =
        field.values.iter().copied().filter(|&value| value > 0.0 && value.is_finite()).collect();
    values.sort_unstable_by(f64::total_cmp);
    let low = values.get(values.len() / 1000).copied().ok_or_else(|| PlotError::NothingToDraw {
        what: "logarithmic levels need a positive value".to_owned(),
    })?;
    Ok(Range::around_positive(low.max(greatest * MOST_DECADES), greatest))
}

/// Returns the range from the least to the greatest value, but ends it where values are still usual if
/// a pole lies beyond.
fn without_poles(field: &Field, least: f64, greatest: f64) -> Range {
    let mut sorted: Vec<f64> = field.values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let part = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
    // Halves of the largest numbers still have differences.
    let (low, middle, high) = (part(5) / 2.0, part(50) / 2.0, part(95) / 2.0);
    let width = high - low;
    let pole = |value: f64, usual: f64| {
        let out = (value / 2.0 - middle).abs();
        (value / 2.0 - usual).abs() > FAR * width
            && steep(field, value, |near| (near / 2.0 - middle).abs() < STEEP * out)
    };
    let bottom = if pole(least, low) { ((low - 0.5 * width) * 2.0).max(least) } else { least };
    let top = if pole(greatest, high) { ((high + 0.5 * width) * 2.0).min(greatest) } else { greatest };
    Range::around(bottom, top)
}

/// Tells whether the first sample of this value has only blank or `lower` samples two steps to both sides,
/// along x or along y.
fn steep(field: &Field, value: f64, lower: impl Fn(f64) -> bool) -> bool {
    let Some(index) = field.values.iter().position(|&sample| sample == value) else { return false };
    let (column, row) = (index % field.columns, index / field.columns);
    let at = |right: isize, up: isize| {
        let column = column.checked_add_signed(right).filter(|&column| column < field.columns)?;
        let row = row.checked_add_signed(up).filter(|&row| row < field.rows)?;
        Some(field.values[row * field.columns + column])
    };
    let down = |near: Option<f64>| near.is_none_or(|near| !near.is_finite() || lower(near));
    (down(at(-2, 0)) && down(at(2, 0))) || (down(at(0, -2)) && down(at(0, 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(f: impl FnMut(f64, f64) -> f64) -> Range {
        let field = Field::sample((-1.0, 1.0), (-1.0, 1.0), 100, 100, f).unwrap();
        Laid::new(&field, Scale::Linear).unwrap().range
    }

    #[test]
    fn poles_do_not_set_the_scale_and_peaks_do() {
        let poles: [fn(f64, f64) -> f64; 3] =
            [|x, y| 1.0 / (x * x + y * y), |x, y| 1.0 / (x - 0.7 * y), |x, _| 1.0 / (x * x * x)];
        for (index, f) in poles.into_iter().enumerate() {
            let Range { low, high } = range(f);
            assert!(high < 3e3 && low > -3e3, "{index}: {low} to {high}");
        }
        let peak = range(|x, y| libm::exp(-300.0 * (x * x + y * y)));
        assert!(peak.high > 0.9);
        assert_eq!(range(|x, y| x + y), Range { low: -2.0, high: 2.0 });
        assert_eq!(
            range(|x, y| x * f64::MAX / 4.0 + y),
            Range { low: -f64::MAX / 4.0, high: f64::MAX / 4.0 }
        );
    }

    #[test]
    fn logarithms_leave_out_what_is_not_positive() {
        let field = Field::from_values((0.0, 1.0), (0.0, 1.0), 2, 2, vec![-1.0, 0.0, 1.0, 100.0]).unwrap();
        let laid = Laid::new(&field, Scale::Log).unwrap();
        assert_eq!(laid.heights, [-1.0, -1.0, 0.0, 1.0]);
        assert!(laid.below && !laid.above);
        let field = Field::sample((0.0, 1.0), (0.0, 1.0), 2, 2, |_, _| 0.0).unwrap();
        assert!(Laid::new(&field, Scale::Log).is_err());
    }
}
