//! Series against step: value, gradient norm, regret.

use crate::canvas::Canvas;
use crate::legend;
use crate::look::Look;
use crate::plane::{Axis, Layout, Plane};
use crate::range::{Range, Scale};
use crate::scene::Point;
use crate::{Figure, PlotError, Style};

/// A named line: points in order, joined.
///
/// ```
/// use amsgrad_plot::Series;
///
/// let halving = Series::new("value", [[0.0, 1.0], [1.0, 0.5], [2.0, 0.25]]);
/// assert_eq!(Series::from_values("value", 0, &[1.0, 0.5, 0.25]), halving);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What the legend calls it; may be empty.
    pub name: String,
    /// Pairs of x (often the step) and y. A number without a place on its axis leaves a gap: one
    /// that is not finite or, on a logarithmic axis, not positive.
    pub points: Vec<[f64; 2]>,
    /// Drawn lighter and thinner, in the color of the next series that is not faint. Default false.
    pub faint: bool,
}

impl Series {
    /// Creates a line through the points.
    pub fn new(name: impl Into<String>, points: impl Into<Vec<[f64; 2]>>) -> Series {
        Series { name: name.into(), points: points.into(), faint: false }
    }

    /// Creates a line through values at consecutive steps, the first at `first_step`.
    pub fn from_values(name: impl Into<String>, first_step: u64, values: &[f64]) -> Series {
        let points =
            (0_u64..).zip(values).map(|(index, &value)| [(first_step.saturating_add(index)) as f64, value]);
        Series { name: name.into(), points: points.collect(), faint: false }
    }
}

/// How the two axes of [`curves`] are scaled. Default linear both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Axes {
    /// Scale of the x axis.
    pub x: Scale,
    /// Scale of the y axis.
    pub y: Scale,
}

/// Draws lines over common axes, with a legend where a series has a name.
///
/// The axes cover every point that has a place on them. The style's `z_label` and `colors` are not
/// used.
///
/// # Errors
/// A [`PlotError`] when the style is out of range or no point has a place on the axes.
///
/// ```
/// use amsgrad_plot::{Axes, Scale, Series, Style, curves};
///
/// let series = [Series::from_values("value", 1, &[1.0, 0.1, 0.01, 0.0])];
/// let axes = Axes { y: Scale::Log, ..Axes::default() };
/// let figure = curves(&series, axes, &Style { x_label: "step".to_owned(), ..Style::default() })?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn curves(series: &[Series], axes: Axes, style: &Style) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    let drawable = |&[x, y]: &[f64; 2]| has_place(axes.x, x) && has_place(axes.y, y);
    let axis = |index: usize, scale: Scale, padding: f64| {
        let numbers = series.iter().flat_map(|one| &one.points).filter(|point| drawable(point));
        let (low, high) = Range::extremes(numbers.map(|point| point[index]))?;
        let range = match scale {
            Scale::Linear => Range::around(low, high),
            Scale::Log => Range::around_positive(low, high),
        };
        Some(Axis { range: range.padded(scale, padding), scale })
    };
    let (Some(x), Some(y)) = (axis(0, axes.x, 0.02), axis(1, axes.y, 0.05)) else {
        let what =
            "no point of any series has a place on the axes (finite, and positive on a logarithmic axis)";
        return Err(PlotError::NothingToDraw { what: what.to_owned() });
    };

    let layout = Layout { x: x.clone(), y: y.clone(), color_bar: None, key: 0.0, header: 0.0, equal: false };
    let plane = Plane::new(&canvas, &layout);
    plane.grid(&mut canvas);
    let (mut drawn, mut entries, mut color) = (Vec::new(), Vec::new(), 0);
    for one in series {
        let place = |point: &[f64; 2]| {
            let place = [x.range.place(x.scale, point[0])?, y.range.place(y.scale, point[1])?];
            drawable(point).then(|| plane.area.at(place))
        };
        let parts: Vec<Vec<Point>> = one
            .points
            .chunk_by(|a, b| drawable(a) == drawable(b))
            .map(|part| part.iter().filter_map(place).collect())
            .collect();
        let look = Look::of(color, one.faint, style);
        color += usize::from(!one.faint);
        drawn.extend(look.draw(&mut canvas, &parts));
        if !one.name.is_empty() {
            entries.push((one.name.as_str(), look));
        }
    }
    plane.draw(&mut canvas);
    legend::draw(&mut canvas, &entries, plane.area, &drawn);
    Ok(canvas.finish())
}

fn has_place(scale: Scale, value: f64) -> bool {
    value.is_finite() && (scale == Scale::Linear || value > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_with_a_place_is_an_error() {
        let zeros = [Series::from_values("regret", 0, &[0.0, -1.0, f64::NAN])];
        let log = Axes { y: Scale::Log, ..Axes::default() };
        assert!(curves(&zeros, log, &Style::default()).is_err());
        assert!(curves(&zeros, Axes::default(), &Style::default()).is_ok());
        assert!(curves(&[], Axes::default(), &Style::default()).is_err());
    }
}
