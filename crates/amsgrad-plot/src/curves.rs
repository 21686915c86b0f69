//! Series against step: value, gradient norm, regret.

use crate::canvas::Canvas;
use crate::colors::{BLACK, Rgb, WHITE};
use crate::plane::{Axis, Layout, Plane};
use crate::range::{Range, Scale};
use crate::scene::{Item, Path, Point, Rect};
use crate::text::{Anchor, CAP_HEIGHT};
use crate::{Figure, PlotError, Style};

/// Line colours that colour-blind readers can tell apart (Okabe and Ito 2008), their yellow left
/// out because it is hard to see on white.
const PALETTE: [Rgb; 7] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
    [0x00, 0x00, 0x00],
];

/// Lengths of strokes and gaps relative to the unit: after seven solid lines come dashed ones.
const DASHES: [Option<[f64; 2]>; 3] = [None, Some([18.0, 12.0]), Some([4.0, 9.0])];

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
    /// that is not finite or, on a logarithmic axis, not positive. The legend tells how many.
    pub points: Vec<[f64; 2]>,
}

impl Series {
    /// A line through the points.
    pub fn new(name: impl Into<String>, points: impl Into<Vec<[f64; 2]>>) -> Series {
        Series { name: name.into(), points: points.into() }
    }

    /// A line through values at consecutive steps, the first at `first_step`.
    pub fn from_values(name: impl Into<String>, first_step: u64, values: &[f64]) -> Series {
        let points =
            (0_u64..).zip(values).map(|(index, &value)| [(first_step.saturating_add(index)) as f64, value]);
        Series { name: name.into(), points: points.collect() }
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

/// Lines over common axes, with a legend where a series has a name.
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

    let layout = Layout { x: x.clone(), y: y.clone(), color_bar: None, header: 0.0, equal: false };
    let plane = Plane::new(&canvas, &layout);
    plane.grid(&mut canvas);
    let mut drawn = Vec::new();
    for (index, one) in series.iter().enumerate() {
        let places = one.points.iter().map(|point| {
            let place = [x.range.place(x.scale, point[0])?, y.range.place(y.scale, point[1])?];
            drawable(point).then(|| plane.area.at(place))
        });
        drawn.extend(draw_line(&mut canvas, places, Look::of(index)));
    }
    plane.draw(&mut canvas);
    let entries: Vec<(String, Look)> = series
        .iter()
        .enumerate()
        .map(|(index, one)| {
            let missing = one.points.iter().filter(|point| !drawable(point)).count();
            let note = if missing > 0 { format!(" ({missing} not drawn)") } else { String::new() };
            (format!("{}{note}", one.name), Look::of(index))
        })
        .filter(|(name, _)| !name.is_empty())
        .collect();
    draw_legend(&mut canvas, &entries, plane.area, &drawn);
    Ok(canvas.finish())
}

fn has_place(scale: Scale, value: f64) -> bool {
    value.is_finite() && (scale == Scale::Linear || value > 0.0)
}

#[derive(Clone, Copy, Debug)]
struct Look {
    color: Rgb,
    dash: Option<[f64; 2]>,
}

impl Look {
    fn of(index: usize) -> Look {
        let round = index / PALETTE.len();
        Look { color: PALETTE[index % PALETTE.len()], dash: DASHES[round % DASHES.len()] }
    }

    fn stroke(self, canvas: &mut Canvas<'_>, path: Path) {
        let unit = canvas.unit;
        let dash = self.dash.map(|lengths| lengths.map(|length| length * unit));
        canvas.figure.items.push(Item::Stroke { path, color: self.color, width: 4.0 * unit, dash });
    }
}

/// Draws one series, broken at gaps; a point between two gaps becomes a dot. Returns the points
/// drawn.
fn draw_line(canvas: &mut Canvas<'_>, places: impl Iterator<Item = Option<Point>>, look: Look) -> Vec<Point> {
    let (mut path, mut dots, mut drawn) = (Path::default(), Vec::new(), Vec::new());
    let mut run = Vec::new();
    for place in places.chain([None]) {
        match place {
            Some(place) => run.push(place),
            None => {
                let points = thinned(&run);
                match points[..] {
                    [] => {}
                    [alone] => dots.push(alone),
                    _ => path.line(&points),
                }
                drawn.extend(points);
                run.clear();
            }
        }
    }
    look.stroke(canvas, path);
    let (shape, edge_width) = (Path::circle(3.5 * canvas.unit), canvas.unit);
    let (fill, edge) = (look.color, look.color);
    canvas.figure.items.push(Item::Markers { shape, fill, edge, edge_width, at: dots });
    drawn
}

/// Of points that follow each other in one column of pixels, the first, the lowest, the highest
/// and the last are enough to paint the same pixels.
fn thinned(run: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for column in run.chunk_by(|a, b| a[0].floor() == b[0].floor()) {
        let extreme = |better: fn(f64, f64) -> bool| {
            (1..column.len())
                .fold(0, |best, at| if better(column[at][1], column[best][1]) { at } else { best })
        };
        let mut chosen = [0, extreme(|a, b| a < b), extreme(|a, b| a > b), column.len() - 1];
        chosen.sort_unstable();
        for (index, &at) in chosen.iter().enumerate() {
            if index == 0 || chosen[index - 1] != at {
                kept.push(column[at]);
            }
        }
    }
    kept
}

/// Draws the legend in the corner of `area` with the fewest points behind it.
fn draw_legend(canvas: &mut Canvas<'_>, entries: &[(String, Look)], area: Rect, drawn: &[Point]) {
    if entries.is_empty() {
        return;
    }
    let (unit, size) = (canvas.unit, canvas.tick_size());
    let (pad, sample, row) = (16.0 * unit, 60.0 * unit, 1.4 * size);
    let fitting = (((area.height * 0.6 - 2.0 * pad) / row) as usize).max(1);
    let mut lines: Vec<(String, Option<Look>)> = entries
        .iter()
        .map(|(name, look)| (canvas.text.shortened(name, size, area.width * 0.4), Some(*look)))
        .collect();
    if lines.len() > fitting {
        let more = lines.len() + 1 - fitting;
        lines.truncate(fitting - 1);
        lines.push((format!("and {more} more"), None));
    }
    let widest = lines.iter().map(|(name, _)| canvas.text.width(name, size)).fold(0.0, f64::max);
    let (width, height) = (sample + widest + 3.0 * pad, lines.len() as f64 * row + 2.0 * pad);
    let margin = 18.0 * unit;
    let lefts = [area.right() - margin - width, area.left + margin];
    let tops = [area.top + margin, area.bottom() - margin - height];
    let places = tops.iter().flat_map(|&top| lefts.map(|left| Rect { left, top, width, height }));
    let behind = |place: &Rect| {
        let inside = |[x, y]: &&Point| {
            (place.left..=place.right()).contains(x) && (place.top..=place.bottom()).contains(y)
        };
        drawn.iter().filter(inside).count()
    };
    let Some(place) = places.min_by_key(behind) else { return };

    canvas.fill(place.path(), WHITE);
    canvas.stroke(place.path(), [0xb4; 3], canvas.line_width());
    for (index, (name, look)) in lines.iter().enumerate() {
        let middle = place.top + pad + (index as f64 + 0.5) * row;
        let left = place.left + pad;
        if let Some(look) = look {
            look.stroke(canvas, Path::polyline(&[[left, middle], [left + sample, middle]]));
        }
        let at = [left + sample + pad, middle + CAP_HEIGHT * size / 2.0];
        let outline = canvas.text.line(name, size, at, Anchor::Start, 0.0);
        canvas.fill(outline, BLACK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_extremes_of_each_column() {
        let run: Vec<Point> =
            (0..10_000).map(|k| [f64::from(k) / 1000.0, f64::from(k * 7919 % 997)]).collect();
        let kept = thinned(&run);
        assert!(kept.len() <= 40);
        assert_eq!((kept[0], kept[kept.len() - 1]), (run[0], run[9999]));
        for column in 0..10 {
            let high = |points: &[Point]| {
                points.iter().filter(|p| p[0].floor() == f64::from(column)).map(|p| p[1]).fold(0.0, f64::max)
            };
            assert_eq!(high(&run), high(&kept));
        }
    }

    #[test]
    fn nothing_with_a_place_is_an_error() {
        let zeros = [Series::from_values("regret", 0, &[0.0, -1.0, f64::NAN])];
        let log = Axes { y: Scale::Log, ..Axes::default() };
        assert!(curves(&zeros, log, &Style::default()).is_err());
        assert!(curves(&zeros, Axes::default(), &Style::default()).is_ok());
        assert!(curves(&[], Axes::default(), &Style::default()).is_err());
    }
}
