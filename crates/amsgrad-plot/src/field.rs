//! Samples of a function of two variables on a regular grid.

use crate::PlotError;
use crate::limits::SAMPLES;
use crate::range::Range;

/// Samples of f(x, y) on a regular grid over a rectangle, both ends of each side included.
///
/// Samples that are not finite are left blank in every figure, together with the grid cells they
/// touch, and do not widen the range of colors.
///
/// ```
/// use amsgrad_plot::Field;
///
/// let bowl = Field::sample((-1.0, 1.0), (-1.0, 1.0), 101, 101, |x, y| x * x + y * y)?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub(crate) x: Range,
    pub(crate) y: Range,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) values: Vec<f64>,
}

impl Field {
    /// Samples `f` at `columns` places along x and `rows` along y. Neighbors along x come first;
    /// `x` and `y` are the ends of the rectangle's sides, lower end first.
    ///
    /// # Errors
    /// [`PlotError::Domain`] or [`PlotError::Grid`] when the rectangle or the grid is degenerate.
    pub fn sample(
        x: (f64, f64),
        y: (f64, f64),
        columns: usize,
        rows: usize,
        mut f: impl FnMut(f64, f64) -> f64,
    ) -> Result<Field, PlotError> {
        let (x_range, y_range) = check(x, y, columns, rows)?;
        let mut values = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            let y = x_or_y_at(y, row, rows);
            values.extend((0..columns).map(|column| f(x_or_y_at(x, column, columns), y)));
        }
        Ok(Field { x: x_range, y: y_range, columns, rows, values })
    }

    /// Takes values computed elsewhere: `values[row * columns + column]` belongs to
    /// [`Field::node`]`(x, y, columns, rows, column, row)`.
    ///
    /// # Errors
    /// As [`Field::sample`], and [`PlotError::ValueCount`] unless there are `columns * rows` values.
    pub fn from_values(
        x: (f64, f64),
        y: (f64, f64),
        columns: usize,
        rows: usize,
        values: Vec<f64>,
    ) -> Result<Field, PlotError> {
        let (x, y) = check(x, y, columns, rows)?;
        if values.len() != columns * rows {
            return Err(PlotError::ValueCount { expected: columns * rows, found: values.len() });
        }
        Ok(Field { x, y, columns, rows, values })
    }

    /// Returns where sample (`column`, `row`) of such a grid lies: the same x and y that
    /// [`Field::sample`] hands to its function.
    pub fn node(
        x: (f64, f64),
        y: (f64, f64),
        columns: usize,
        rows: usize,
        column: usize,
        row: usize,
    ) -> [f64; 2] {
        [x_or_y_at(x, column, columns), x_or_y_at(y, row, rows)]
    }

    /// Returns the samples, neighbors along x first.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The least and the greatest finite sample.
    pub(crate) fn extremes(&self) -> Result<(f64, f64), PlotError> {
        Range::extremes(self.values.iter().copied())
            .ok_or_else(|| PlotError::NothingToDraw { what: "no sample of the field is finite".to_owned() })
    }
}

/// Both ends exact, and the middle of a symmetric interval exactly 0.
fn x_or_y_at((low, high): (f64, f64), index: usize, count: usize) -> f64 {
    let last = count.saturating_sub(1).max(1) as f64;
    let index = index as f64;
    low * ((last - index) / last) + high * (index / last)
}

fn check(x: (f64, f64), y: (f64, f64), columns: usize, rows: usize) -> Result<(Range, Range), PlotError> {
    let side = |axis, (low, high): (f64, f64)| {
        if low < high && (high - low).is_finite() {
            Ok(Range { low, high })
        } else {
            Err(PlotError::Domain { axis, low, high })
        }
    };
    let (x, y) = (side("x", x)?, side("y", y)?);
    let enough = columns >= 2 && rows >= 2;
    if enough && columns.checked_mul(rows).is_some_and(|samples| samples <= SAMPLES) {
        Ok((x, y))
    } else {
        Err(PlotError::Grid { columns, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_include_both_ends_and_the_middle() {
        let mut seen = Vec::new();
        let field = Field::sample((-1.0, 1.0), (2.0, 5.0), 3, 2, |x, y| {
            seen.push((x, y));
            x + y
        })
        .unwrap();
        assert_eq!(seen, [(-1.0, 2.0), (0.0, 2.0), (1.0, 2.0), (-1.0, 5.0), (0.0, 5.0), (1.0, 5.0)]);
        assert_eq!(field.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(Field::node((-1.0, 1.0), (2.0, 5.0), 3, 2, 1, 1), [0.0, 5.0]);
    }

    #[test]
    fn degenerate_input_is_named() {
        let bad = |x, columns| Field::sample(x, (0.0, 1.0), columns, 2, |_, _| 0.0).unwrap_err().to_string();
        assert!(bad((1.0, 1.0), 2).starts_with("domain of x from 1.0 to 1.0: allowed are finite"));
        assert!(bad((f64::NAN, 1.0), 2).starts_with("domain of x from NaN to 1.0"));
        assert!(bad((-f64::MAX, f64::MAX), 2).starts_with("domain of x"));
        assert!(bad((0.0, 1.0), 1).starts_with("grid of 1 x 2 samples: allowed are 2 or more"));
        assert!(bad((0.0, 1.0), usize::MAX).starts_with("grid of 18446744073709551615 x 2"));
        let error = Field::from_values((0.0, 1.0), (0.0, 1.0), 2, 2, vec![0.0; 3]).unwrap_err();
        assert_eq!(error.to_string(), "3 values for a grid that needs 4");
    }

    #[test]
    fn non_finite_samples_do_not_count() {
        let values = vec![f64::NAN, 3.0, f64::INFINITY, -2.0];
        let field = Field::from_values((0.0, 1.0), (0.0, 1.0), 2, 2, values).unwrap();
        assert_eq!(field.extremes().unwrap(), (-2.0, 3.0));
        let blank = Field::sample((0.0, 1.0), (0.0, 1.0), 2, 2, |_, _| f64::NAN).unwrap();
        assert!(blank.extremes().is_err());
    }
}
