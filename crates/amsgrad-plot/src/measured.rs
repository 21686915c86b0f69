//! Measurements with error bars, a curve through them with its band, and the residuals beneath.

use crate::canvas::Canvas;
use crate::colors::Rgb;
use crate::range::{Range, Scale};
use crate::scene::{Item, Path, Point, Rect};
use crate::ticks::{self, Ticks};
use crate::{Figure, PlotError, Style};

const POINTS: Rgb = [0x00, 0x72, 0xb2];
const CURVE: Rgb = [0xd5, 0x5e, 0x00];
const BAND: Rgb = [0xf7, 0xdd, 0xc8];
/// The part of the height that residuals take.
const BENEATH: f64 = 0.25;

/// What a [`measured`] figure shows. All slices but `curve` have one entry per measurement.
///
/// ```
/// use amsgrad_plot::{Measured, Style, measured};
///
/// let data = Measured {
///     x: &[0.0, 1.0, 2.0],
///     y: &[1.1, 2.9, 5.0],
///     errors: Some(&[0.1, 0.1, 0.2]),
///     residuals: &[0.1, -0.1, 0.0],
///     curve: &[[0.0, 1.0, 0.9, 1.1], [2.0, 5.0, 4.8, 5.2]],
/// };
/// let figure = measured(&data, &Style::default())?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured<'a> {
    /// Where each measurement lies.
    pub x: &'a [f64],
    /// What was measured.
    pub y: &'a [f64],
    /// Half the length of each error bar.
    pub errors: Option<&'a [f64]>,
    /// Measurement less curve.
    pub residuals: &'a [f64],
    /// The curve: x, y, and the lower and upper end of its band, which may be NaN, in rising order of x.
    pub curve: &'a [[f64; 4]],
}

/// Draws measurements over a curve with its band, and their residuals beneath on the same x axis.
///
/// Points that are not finite are left out. The style's `z_label` and `colors` are not used.
///
/// # Errors
/// A [`PlotError`] when the style is out of range or no measurement is finite.
pub fn measured(data: &Measured<'_>, style: &Style) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    let nothing = || PlotError::NothingToDraw { what: "no measurement is finite".to_owned() };
    let over = |numbers: &mut dyn Iterator<Item = f64>, share: f64| {
        let (low, high) = Range::extremes(numbers).ok_or_else(nothing)?;
        Ok::<Range, PlotError>(Range::around(low, high).padded(Scale::Linear, share))
    };
    let bar = |row: usize| data.errors.and_then(|errors| errors.get(row)).copied().unwrap_or(0.0);
    let ends = |numbers: &[f64]| -> Vec<f64> {
        numbers.iter().enumerate().flat_map(|(row, y)| [y - bar(row), y + bar(row)]).collect()
    };
    let curve = data.curve.iter().flat_map(|point| point[1..].iter().copied());
    let x = over(&mut data.x.iter().copied().chain(data.curve.iter().map(|point| point[0])), 0.03)?;
    let y = over(&mut ends(data.y).into_iter().chain(curve), 0.05)?;
    let residual = over(&mut ends(data.residuals).into_iter().chain([0.0]), 0.1)?;
    let frames = Frames::new(&canvas, x, y, residual);
    frames.grid(&mut canvas);

    let place = |area: Rect, range: Range, at: f64, value: f64| -> Option<Point> {
        Some(area.at([x.place(Scale::Linear, at)?, range.place(Scale::Linear, value)?]))
    };
    let along = |column: usize| -> Vec<Point> {
        data.curve.iter().filter_map(|point| place(frames.upper, y, point[0], point[column])).collect()
    };
    let band: Vec<Point> = along(2).into_iter().chain(along(3).into_iter().rev()).collect();
    canvas.fill(Path::polygon(&band), BAND);
    let level = [0.0, 1.0].map(|share| {
        let height = residual.place(Scale::Linear, 0.0).unwrap_or(0.0);
        frames.lower.at([share, height])
    });
    let width = 4.0 * canvas.unit;
    canvas.stroke(Path::polyline(&along(1)), CURVE, width);
    canvas.stroke(Path::polyline(&level), CURVE, width);
    for (area, range, values) in [(frames.upper, y, data.y), (frames.lower, residual, data.residuals)] {
        let (mut bars, mut dots) = (Path::default(), Vec::new());
        for (row, (at, value)) in data.x.iter().zip(values).enumerate() {
            let Some(dot) = place(area, range, *at, *value) else { continue };
            dots.push(dot);
            let ends = (place(area, range, *at, value - bar(row)), place(area, range, *at, value + bar(row)));
            if let (Some(low), Some(high), true) = (ends.0, ends.1, bar(row) > 0.0) {
                bars.line(&[low, high]);
            }
        }
        let line = canvas.line_width();
        canvas.stroke(bars, POINTS, line);
        let shape = Path::circle(radius(dots.len()) * canvas.unit);
        let markers = Item::Markers { shape, fill: POINTS, edge: POINTS, edge_width: line / 2.0, at: dots };
        canvas.figure.items.push(Item::Dense { area, items: vec![markers] });
    }
    frames.draw(&mut canvas);
    Ok(canvas.finish())
}

/// Dots shrink where they are many.
pub(crate) fn radius(count: usize) -> f64 {
    match count {
        0..=200 => 6.0,
        201..=2000 => 4.0,
        _ => 2.0,
    }
}

/// Two frames above each other with a common x axis.
struct Frames {
    upper: Rect,
    lower: Rect,
    across: Ticks,
    upwards: [Ticks; 2],
}

impl Frames {
    fn new(canvas: &Canvas<'_>, x: Range, y: Range, residual: Range) -> Self {
        let (pad, style) = (canvas.pad(), canvas.style);
        let above = pad + canvas.title().height;
        let below = pad + canvas.across_reach(&style.x_label);
        let gap = canvas.tick_size();
        let room = (canvas.height() - above - below - gap).max(2.0);
        let heights = [room * (1.0 - BENEATH), room * BENEATH].map(f64::round);
        let fit = |range: Range, height: f64| {
            ticks::fitting(range, Scale::Linear, 10, |ticks| canvas.fit_upwards(ticks, height))
        };
        let upwards = [fit(y, heights[0]), fit(residual, heights[1])];
        let reach = upwards.iter().map(|ticks| canvas.upward_reach(&ticks.marks)).fold(0.0, f64::max);
        let left = (pad + canvas.upward_label_room(&style.y_label) + reach).round();
        let width = (canvas.width() - left - 2.0 * pad).round().max(1.0);
        let across = ticks::fitting(x, Scale::Linear, 10, |ticks| canvas.fit_across(ticks, width));
        let upper = Rect { left, top: above.round(), width, height: heights[0].max(1.0) };
        let lower = Rect { top: (upper.bottom() + gap).round(), height: heights[1].max(1.0), ..upper };
        Self { upper, lower, across, upwards }
    }

    /// Light lines at the labeled ticks, to lie behind data.
    fn grid(&self, canvas: &mut Canvas<'_>) {
        let mut path = Path::default();
        for (area, upwards) in [self.upper, self.lower].into_iter().zip(&self.upwards) {
            for tick in self.across.labeled() {
                path.line(&[area.at([tick.place, 0.0]), area.at([tick.place, 1.0])]);
            }
            for tick in upwards.labeled() {
                path.line(&[area.at([0.0, tick.place]), area.at([1.0, tick.place])]);
            }
        }
        canvas.stroke(path, canvas.grid(), canvas.line_width());
    }

    /// Frames, ticks, labels and title, to lie over data.
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let labels = [canvas.style.y_label.clone(), "residual".to_owned()];
        for ((area, upwards), label) in [self.upper, self.lower].into_iter().zip(&self.upwards).zip(labels) {
            canvas.stroke(area.path(), canvas.style.ink(), canvas.line_width());
            canvas.upward_ticks(&upwards.marks, area.left, area, -1.0);
            let x = canvas.pad() + canvas.label_size();
            canvas.write_upward(&upwards.label(&label), x, area);
        }
        let label = self.across.label(&canvas.style.x_label);
        canvas.across_axis(&self.across.marks, &label, self.lower);
        let title = canvas.title();
        canvas.write_title(&title, self.upper.left + self.upper.width / 2.0, canvas.pad());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    #[test]
    fn any_numbers_are_drawn_or_refused() {
        let wild = [f64::NAN, f64::INFINITY, -1e300, 1e300, 0.0];
        let curve = [[0.0, f64::NAN, f64::NAN, f64::NAN], [1.0, 2.0, f64::NAN, f64::NAN]];
        let data = Measured { x: &wild, y: &wild, errors: Some(&wild), residuals: &wild, curve: &curve };
        for format in [Format::Png, Format::Svg, Format::Pdf] {
            assert!(!measured(&data, &Style::default()).unwrap().render(format).unwrap().is_empty());
        }
        let none = Measured { x: &[], y: &[], errors: None, residuals: &[], curve: &[] };
        assert!(measured(&none, &Style::default()).is_err());
    }
}
