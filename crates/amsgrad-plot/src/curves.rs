//! Series against step: value, gradient norm, regret.

use crate::canvas::Canvas;
use crate::ends;
use crate::legend;
use crate::look::Look;
use crate::plane::{Axis, Layout, Plane};
use crate::range::{Range, Scale};
use crate::scene::{Path, Point};
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
    /// What it is called, at its end or in the legend; may be empty.
    pub name: String,
    /// Pairs of x (often the step) and y. A number without a place on its axis leaves a gap: one
    /// that is not finite or, on a logarithmic axis, not positive.
    pub points: Vec<[f64; 2]>,
    /// Drawn lighter and thinner, in the color of the next series that is not faint. Default false.
    pub faint: bool,
    /// A band behind the line: x, its lower and its upper end, in rising order of x. Default none.
    pub band: Vec<[f64; 3]>,
}

impl Series {
    /// Creates a line through the points.
    pub fn new(name: impl Into<String>, points: impl Into<Vec<[f64; 2]>>) -> Series {
        Series { name: name.into(), points: points.into(), ..Series::default() }
    }

    /// Creates a line through values at consecutive steps, the first at `first_step`.
    pub fn from_values(name: impl Into<String>, first_step: u64, values: &[f64]) -> Series {
        let points =
            (0_u64..).zip(values).map(|(index, &value)| [(first_step.saturating_add(index)) as f64, value]);
        Series { name: name.into(), points: points.collect(), ..Series::default() }
    }

    /// Returns the series with a band behind its line.
    ///
    /// ```
    /// use amsgrad_plot::Series;
    ///
    /// let median = Series::from_values("median", 0, &[2.0, 1.0]).band([[0.0, 1.5, 3.0], [1.0, 0.5, 2.0]]);
    /// assert_eq!(median.band.len(), 2);
    /// ```
    #[must_use]
    pub fn band(self, band: impl Into<Vec<[f64; 3]>>) -> Series {
        Series { band: band.into(), ..self }
    }

    /// Returns every point that the axes are to cover.
    fn all_points(&self) -> impl Iterator<Item = [f64; 2]> {
        self.points.iter().copied().chain(self.band.iter().flat_map(|&[x, low, high]| [[x, low], [x, high]]))
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

/// Draws lines over common axes. A series that has a name is called by it: all to the right of the frame, at the heights at
/// which their lines end, where names have room there; else all in a legend.
///
/// The axes cover every point that has a place on them, those of bands included. The style's `z_label` and `colors` are not
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
        let numbers = series.iter().flat_map(Series::all_points).filter(drawable);
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

    let share = |point: &[f64; 2]| {
        let place = [x.range.place(x.scale, point[0])?, y.range.place(y.scale, point[1])?];
        drawable(point).then_some(place)
    };
    let looks = series.iter().scan(0, |color, one| {
        let look = Look::of(*color, one.faint, style);
        *color += usize::from(!one.faint);
        Some(look)
    });
    let looks: Vec<Look> = looks.collect();
    let last = |one: &Series| one.points.iter().rev().find_map(share);
    let named = series.iter().zip(&looks).filter(|(one, _)| !one.name.is_empty());
    let entries: Vec<ends::Entry<'_>> =
        named.map(|(one, look)| (one.name.as_str(), *look, last(one))).collect();
    let room = ends::room(&canvas, &entries);

    let (key, (x, y)) = (room.unwrap_or(0.0), (x.clone(), y.clone()));
    let plane = Plane::new(&canvas, &Layout { x, y, color_bar: None, key, header: 0.0, equal: false });
    plane.grid(&mut canvas);
    let place = |point: &[f64; 2]| share(point).map(|place| plane.area.at(place));
    let parts = |points: &[[f64; 2]]| -> Vec<Vec<Point>> {
        let parts = points.chunk_by(|a, b| drawable(a) == drawable(b));
        parts.map(|part| part.iter().filter_map(place).collect()).collect()
    };
    let mut edges = Vec::new();
    for (one, look) in series.iter().zip(&looks) {
        let whole = |&&[x, low, high]: &&[f64; 3]| drawable(&[x, low]) && drawable(&[x, high]);
        let sides = [1, 2].map(|end| {
            let side = one.band.iter().filter(whole).filter_map(|point| place(&[point[0], point[end]]));
            side.collect::<Vec<Point>>()
        });
        let outline: Vec<Point> = sides[0].iter().chain(sides[1].iter().rev()).copied().collect();
        canvas.fill(Path::polygon(&outline), look.band(style));
        edges.push((sides, look.edge(style)));
    }
    // Over all bands, so that each is seen where others lie over it.
    for (sides, look) in edges {
        look.draw(&mut canvas, &sides);
    }
    let mut drawn = Vec::new();
    for (one, look) in series.iter().zip(&looks) {
        drawn.extend(look.draw(&mut canvas, &parts(&one.points)));
    }
    plane.draw(&mut canvas);
    match room {
        Some(_) => ends::draw(&mut canvas, &entries, plane.area),
        None => {
            let entries: Vec<(&str, Look)> = entries.iter().map(|(name, look, _)| (*name, *look)).collect();
            legend::draw(&mut canvas, &entries, plane.area, &drawn);
        }
    }
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
