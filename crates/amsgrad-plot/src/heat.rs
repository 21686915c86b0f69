//! A heat map: what each pair of settings came to.

use crate::canvas::Canvas;
use crate::colorbar::{ColorBar, band_color};
use crate::plane::{Axis, Layout, Plane};
use crate::range::{Range, Scale};
use crate::scene::Path;
use crate::{Axes, Figure, PlotError, Style};

/// Colors of the bar.
const BANDS: usize = 64;

/// Draws a cell for each pair of an x and a y, colored by its value; a value that is not finite, or not positive on a
/// logarithmic scale, leaves the ground free.
///
/// `values` has one row per y. The cells meet in the middle between neighbors.
///
/// # Errors
/// A [`PlotError`] when the style is out of range, `values` has another number of values, numbers of an axis do not rise or
/// have no place on it, or no value can be drawn.
///
/// ```
/// use amsgrad_plot::{Axes, Scale, Style, heat};
///
/// let (rates, betas) = ([0.01, 0.1, 1.0], [0.5, 0.9]);
/// let steps = [900.0, 120.0, 80.0, 950.0, 90.0, f64::NAN];
/// let figure = heat(&rates, &betas, &steps, Axes { x: Scale::Log, ..Axes::default() }, Scale::Log, &Style::default())?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn heat(
    x: &[f64],
    y: &[f64],
    values: &[f64],
    axes: Axes,
    scale: Scale,
    style: &Style,
) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    let expected = x.len() * y.len();
    if values.len() != expected {
        return Err(PlotError::ValueCount { expected, found: values.len() });
    }
    let nothing = |what: &str| PlotError::NothingToDraw { what: what.to_owned() };
    let across = Cells::new(x, axes.x).ok_or_else(|| nothing("the numbers along x must rise"))?;
    let up = Cells::new(y, axes.y).ok_or_else(|| nothing("the numbers along y must rise"))?;
    let drawable = |value: &f64| value.is_finite() && (scale == Scale::Linear || *value > 0.0);
    let (low, high) = Range::extremes(values.iter().copied().filter(drawable))
        .ok_or_else(|| nothing("no value can be drawn"))?;
    let range = match scale {
        Scale::Linear => Range::around(low, high),
        Scale::Log => Range::around_positive(low, high),
    };
    let color_bar =
        ColorBar { range, scale, bands: BANDS, below: false, above: false, label: style.z_label.clone() };
    let (x, y) = (across.axis.clone(), up.axis.clone());
    let layout = Layout { x, y, color_bar: Some(&color_bar), key: 0.0, header: 0.0, equal: false };
    let plane = Plane::new(&canvas, &layout);
    for (row, down) in up.edges.windows(2).enumerate() {
        for (column, along) in across.edges.windows(2).enumerate() {
            let value = values[row * (across.edges.len() - 1) + column];
            let Some(place) = range.place(scale, value).filter(|_| drawable(&value)) else { continue };
            let corners =
                [[along[0], down[0]], [along[1], down[0]], [along[1], down[1]], [along[0], down[1]]];
            let band = ((place * BANDS as f64) as usize).min(BANDS - 1);
            let color = band_color(style.colors, band, BANDS);
            // On whole pixels, so that no seam shows between cells.
            let pixel = |corner| plane.area.at(corner).map(f64::round);
            canvas.fill(Path::polygon(&corners.map(pixel)), color);
        }
    }
    plane.draw(&mut canvas);
    color_bar.draw(&mut canvas, plane.area);
    Ok(canvas.finish())
}

/// The cells along one axis.
struct Cells {
    axis: Axis,
    /// From 0 to 1, one more than there are cells.
    edges: Vec<f64>,
}

impl Cells {
    fn new(numbers: &[f64], scale: Scale) -> Option<Cells> {
        let (low, high) = (*numbers.first()?, *numbers.last()?);
        if !numbers.iter().all(|number| number.is_finite())
            || numbers.windows(2).any(|pair| pair[0] >= pair[1])
        {
            return None;
        }
        let unit = match scale {
            Scale::Linear => Range::around(low, high),
            Scale::Log if low > 0.0 => Range::around_positive(low, high),
            Scale::Log => return None,
        };
        // Half a cell further at both ends.
        let margin = if numbers.len() > 1 { 0.5 / (numbers.len() - 1) as f64 } else { 0.0 };
        let range = unit.padded(scale, margin);
        let places: Option<Vec<f64>> = numbers.iter().map(|number| range.place(scale, *number)).collect();
        let places = places?;
        let middles = places.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
        let edges = std::iter::once(0.0).chain(middles).chain([1.0]).collect();
        Some(Cells { axis: Axis { range, scale }, edges })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    #[test]
    fn any_numbers_are_drawn_or_refused() {
        let style = Style::default();
        let log = Axes { x: Scale::Log, y: Scale::Log };
        for (x, y, values, good) in [
            (vec![1.0], vec![2.0], vec![3.0], true),
            (vec![1.0, 10.0], vec![0.1, 0.2, 0.3], vec![1.0, f64::NAN, 0.0, -1.0, f64::INFINITY, 7.0], true),
            (vec![1.0, 10.0], vec![1.0], vec![f64::NAN, 0.0], false),
            (vec![10.0, 1.0], vec![1.0], vec![1.0, 2.0], false),
            (vec![0.0, 1.0], vec![1.0], vec![1.0, 2.0], false),
            (vec![f64::NAN], vec![1.0], vec![1.0], false),
            (vec![], vec![], vec![], false),
            (vec![1.0], vec![1.0], vec![], false),
        ] {
            let figure = heat(&x, &y, &values, log, Scale::Log, &style);
            assert_eq!(figure.is_ok(), good, "{x:?} {y:?} {values:?}");
            figure.into_iter().for_each(|figure| assert!(!figure.render(Format::Svg).unwrap().is_empty()));
        }
    }
}
