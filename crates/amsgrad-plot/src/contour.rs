//! Filled contours, with or without a path over them.

use crate::canvas::Canvas;
use crate::colorbar::{ColorBar, band_color};
use crate::plane::{Axis, Layout, Plane};
use crate::range::{Range, Scale};
use crate::region::{Heights, simplified};
use crate::scene::{Item, Path};
use crate::trajectory::{self, Trajectory};
use crate::{Field, Figure, PlotError, Style};

/// How far a band's drawn edge may stray from the computed one, in pixels.
const TOLERANCE: f64 = 0.1;

/// Logarithmic bands start at most this many powers of ten below the greatest value.
const MOST_DECADES: f64 = 1e-16;

/// How a contour divides the values into bands of one colour each.
///
/// Linear bands are equally wide and run from the least to the greatest finite sample. Logarithmic
/// bands have equal ratios and run from the least positive sample (but at most 16 powers of ten) to
/// the greatest; values below are painted in the lowest colour, which the colour bar shows by an
/// arrow at its foot.
///
/// ```
/// use amsgrad_plot::{Levels, Scale};
///
/// assert_eq!(Levels::default(), Levels::from(50));
/// let rosenbrock = Levels { count: 30, scale: Scale::Log };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// How many bands, 1 to [`Levels::MAX`]. Default 50.
    pub count: usize,
    /// Equal differences or equal ratios. Default linear.
    pub scale: Scale,
}

impl Levels {
    /// The most bands a contour may have; beyond, neighbouring colours are the same.
    pub const MAX: usize = 256;
}

impl Default for Levels {
    fn default() -> Levels {
        Levels::from(50)
    }
}

impl From<usize> for Levels {
    /// That many linear bands.
    fn from(count: usize) -> Levels {
        Levels { count, scale: Scale::Linear }
    }
}

/// A filled contour of the field, seen from above.
///
/// A unit of x is as long as one of y where the domain is at most five times as long one way as
/// the other; beyond that the figure is filled.
///
/// # Errors
/// A [`PlotError`] when the style or the levels are out of range or no sample can be drawn.
///
/// ```
/// use amsgrad_plot::{Field, Format, Style, contour};
///
/// let bowl = Field::sample((-1.0, 1.0), (-1.0, 1.0), 51, 51, |x, y| x * x + y * y)?;
/// let png = contour(&bowl, 50, &Style::default())?.render(Format::Png)?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn contour(field: &Field, levels: impl Into<Levels>, style: &Style) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    let bands = Bands::new(field, levels.into(), style)?;
    let plane = bands.plane(&canvas, field, 0.0);
    bands.draw(&mut canvas, field, &plane);
    plane.draw(&mut canvas);
    bands.color_bar.draw(&mut canvas, plane.area);
    Ok(canvas.finish())
}

/// A filled contour with a run over it: every point a white dot, joined by a white line in the
/// order of the points; start, last and, where given, best point have marks of their own.
///
/// Points outside the field's rectangle are not drawn, and lines are cut at its edge. A point that
/// is not finite breaks the line. What could not be seen is left out: dots nearer to each other
/// than half their radius, and lines over pixels that are painted already.
///
/// # Errors
/// As [`contour`]; also when there is no point at all or the best one is not among them.
///
/// ```
/// use amsgrad_plot::{Field, Style, Trajectory, path};
///
/// let bowl = Field::sample((-1.0, 1.0), (-1.0, 1.0), 51, 51, |x, y| x * x + y * y)?;
/// let points = [[-0.8, 0.5], [-0.4, 0.2], [-0.1, 0.0]];
/// let figure = path(&bowl, 50, Trajectory::new(&points).best(2), &Style::default())?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn path(
    field: &Field,
    levels: impl Into<Levels>,
    trajectory: Trajectory<'_>,
    style: &Style,
) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    trajectory.validate()?;
    let bands = Bands::new(field, levels.into(), style)?;
    let plane = bands.plane(&canvas, field, trajectory::header(&canvas));
    bands.draw(&mut canvas, field, &plane);
    plane.draw(&mut canvas);
    bands.color_bar.draw(&mut canvas, plane.area);
    trajectory.draw(&mut canvas, field, plane.area);
    Ok(canvas.finish())
}

struct Bands {
    /// The samples on 0 to 1; NaN where blank.
    heights: Vec<f64>,
    color_bar: ColorBar,
}

impl Bands {
    fn new(field: &Field, levels: Levels, style: &Style) -> Result<Bands, PlotError> {
        let Levels { count, scale } = levels;
        if count == 0 || count > Levels::MAX {
            return Err(PlotError::Levels { count });
        }
        let (least, greatest) = field.extremes()?;
        let (range, values_below) = match scale {
            Scale::Linear => (Range::around(least, greatest), false),
            Scale::Log => {
                let floor = greatest * MOST_DECADES;
                let positive = field.values.iter().copied().filter(|&value| value > 0.0 && value >= floor);
                let (low, high) = Range::extremes(positive).ok_or_else(|| PlotError::NothingToDraw {
                    what: "logarithmic levels need a positive value".to_owned(),
                })?;
                (Range::around_positive(low, high), least < low)
            }
        };
        let height = |&value: &f64| match range.place(scale, value) {
            Some(place) => place.max(-1.0),
            None if value.is_finite() => -1.0,
            None => f64::NAN,
        };
        let heights = field.values.iter().map(height).collect();
        let label = style.z_label.clone();
        Ok(Bands { heights, color_bar: ColorBar { range, scale, bands: count, values_below, label } })
    }

    fn plane(&self, canvas: &Canvas<'_>, field: &Field, header: f64) -> Plane {
        let linear = |range| Axis { range, scale: Scale::Linear };
        let (x, y) = (linear(field.x), linear(field.y));
        Plane::new(canvas, &Layout { x, y, color_bar: Some(&self.color_bar), header, equal: true })
    }

    fn draw(&self, canvas: &mut Canvas<'_>, field: &Field, plane: &Plane) {
        let heights = Heights { columns: field.columns, rows: field.rows, values: &self.heights };
        let count = self.color_bar.bands;
        let mut items = Vec::with_capacity(count);
        for band in 0..count {
            let level = if band == 0 { f64::NEG_INFINITY } else { band as f64 / count as f64 };
            let mut path = Path::default();
            for outline in heights.at_least(level) {
                let mut points: Vec<_> = outline.into_iter().map(|point| plane.area.at(point)).collect();
                // Closed here so that simplifying sees the last side too; the path closes itself.
                points.extend(points.first().copied());
                let mut points = simplified(&points, TOLERANCE);
                points.pop();
                if points.len() > 2 {
                    path.outline(&points);
                }
            }
            if !path.segments.is_empty() {
                items.push(Item::Fill { path, color: band_color(canvas.style.colors, band, count) });
            }
        }
        canvas.figure.items.push(Item::Dense { area: plane.area, items });
    }
}
