//! Filled contours, with or without a path over them.

use crate::canvas::Canvas;
use crate::colorbar::{ColorBar, band_color};
use crate::laid::Laid;
use crate::limits::BANDS;
use crate::lines;
use crate::plane::{Axis, Layout, Plane};
use crate::range::{Range, Scale};
use crate::region::Heights;
use crate::scene::{Item, Path, Rect};
use crate::simplify::simplified;
use crate::trajectory::{self, Trajectory, Way};
use crate::{Field, Figure, PlotError, Style};

/// How far a band's drawn edge may stray from the computed one, in pixels.
const TOLERANCE: f64 = 0.1;

/// Divides the values of a contour into bands of one color each.
///
/// Linear bands are equally wide and run from the least to the greatest finite sample. A pole does
/// not widen them. Logarithmic bands have equal ratios and run from the least positive sample (but
/// for the lowest thousandth, and over at most 16 powers of ten) to the greatest. Values beyond are
/// painted in the first or the last color, which an arrow on the color bar shows.
///
/// ```
/// use amsgrad_plot::{Levels, Scale};
///
/// assert_eq!(Levels::default(), Levels::from(50));
/// let rosenbrock = Levels { count: 30, scale: Scale::Log, lines: true };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// Number of bands, 1 to [`Levels::MAX`]. Default 50.
    pub count: usize,
    /// Equal differences or equal ratios. Default linear.
    pub scale: Scale,
    /// Whether lines are drawn at round values, with the values on them. Default false.
    pub lines: bool,
}

impl Levels {
    /// The most bands a contour may have; beyond, neighboring colors are the same.
    pub const MAX: usize = BANDS;
}

impl Default for Levels {
    fn default() -> Levels {
        Levels::from(50)
    }
}

impl From<usize> for Levels {
    /// Returns that many linear bands, without lines.
    fn from(count: usize) -> Levels {
        Levels { count, scale: Scale::Linear, lines: false }
    }
}

/// Draws a filled contour of the field, seen from above.
///
/// A unit of x is as long as one of y where the plot then fills at least half of the room it has;
/// a domain that is too long one way for that fills the figure.
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
    let plane = bands.plane(&canvas, field, 0.0, true);
    bands.draw(&mut canvas, field, &plane);
    plane.draw(&mut canvas);
    bands.color_bar.draw(&mut canvas, plane.area);
    Ok(canvas.finish())
}

/// Draws a filled contour with a run over it: every point is a white dot, joined by a white line in the
/// order of the points; start, last and, where given, best point have marks of their own.
///
/// Points outside the field's rectangle are not drawn, and lines are cut at its edge. A point that
/// is not finite breaks the line. Of long runs, what would only cover the rest is left out: dots on
/// top of others, and lines where there are lines already.
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
    trajectory.validate()?;
    Ground::new(field, levels, style)?.path(trajectory)
}

/// A filled contour with room for a run, prepared once for many pictures such as those of an animation.
///
/// ```
/// use amsgrad_plot::{Field, Ground, Style, Trajectory};
///
/// let bowl = Field::sample((-1.0, 1.0), (-1.0, 1.0), 51, 51, |x, y| x * x + y * y)?;
/// let ground = Ground::new(&bowl, 50, &Style::default())?;
/// let points = [[-0.8, 0.5], [-0.4, 0.2], [-0.1, 0.0]];
/// let figures: Result<Vec<_>, _> = (1..=3).map(|count| ground.path(Trajectory::new(&points[..count]))).collect();
/// assert_eq!(figures?.len(), 3);
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ground {
    figure: Figure,
    style: Style,
    x: Range,
    y: Range,
    area: Rect,
}

impl Ground {
    /// Draws the contour of the field.
    ///
    /// # Errors
    /// As [`contour`].
    pub fn new(field: &Field, levels: impl Into<Levels>, style: &Style) -> Result<Ground, PlotError> {
        let mut canvas = Canvas::new(style)?;
        let bands = Bands::new(field, levels.into(), style)?;
        let plane = bands.plane(&canvas, field, trajectory::header(&canvas), true);
        bands.draw(&mut canvas, field, &plane);
        plane.draw(&mut canvas);
        bands.color_bar.draw(&mut canvas, plane.area);
        let (x, y, area) = (field.x, field.y, plane.area);
        Ok(Ground { figure: canvas.finish(), style: style.clone(), x, y, area })
    }

    /// Returns the figure with this run over it, as [`path()`] draws it.
    ///
    /// # Errors
    /// There is no point at all, or the best one is not among them.
    pub fn path(&self, trajectory: Trajectory<'_>) -> Result<Figure, PlotError> {
        trajectory.validate()?;
        let mut canvas = Canvas::new(&self.style)?;
        canvas.figure = self.figure.clone();
        let place =
            |[x, y]: [f64; 2]| Some([self.x.place(Scale::Linear, x)?, self.y.place(Scale::Linear, y)?]);
        trajectory.draw(&mut canvas, Way::OnColors, place, self.area);
        Ok(canvas.finish())
    }
}

pub(crate) struct Bands {
    laid: Laid,
    pub(crate) color_bar: ColorBar,
    lines: bool,
}

impl Bands {
    pub(crate) fn new(field: &Field, levels: Levels, style: &Style) -> Result<Bands, PlotError> {
        let Levels { count, scale, lines } = levels;
        if count == 0 || count > Levels::MAX {
            return Err(PlotError::Levels { count });
        }
        let laid = Laid::new(field, scale)?;
        let color_bar = laid.color_bar(count, &style.z_label);
        Ok(Bands { laid, color_bar, lines })
    }

    /// The plane with room for a header and the color bar; `equal` asks for units of one length.
    pub(crate) fn plane(&self, canvas: &Canvas<'_>, field: &Field, header: f64, equal: bool) -> Plane {
        let linear = |range| Axis { range, scale: Scale::Linear };
        let (x, y) = (linear(field.x), linear(field.y));
        Plane::new(canvas, &Layout { x, y, color_bar: Some(&self.color_bar), key: 0.0, header, equal })
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, field: &Field, plane: &Plane) {
        let heights = Heights { columns: field.columns, rows: field.rows, values: &self.laid.heights };
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
        if self.lines {
            lines::draw(canvas, &heights, &self.laid, plane.area);
        }
    }
}
