//! Several runs over one contour.

use crate::canvas::Canvas;
use crate::colors::WHITE;
use crate::contour::Bands;
use crate::legend;
use crate::look::Look;
use crate::marks::Mark;
use crate::range::Scale;
use crate::scene::{Item, Path, Point};
use crate::simplify::simplified;
use crate::visible::{Crowd, runs};
use crate::{Field, Figure, Levels, PlotError, Style};

/// How far a drawn line may stray, and the side of the squares in which a line is thinned, in units.
const TOLERANCE: f64 = 0.25;
const CROWD: f64 = 14.0;

/// Draws a filled contour with several runs over it, each a line with a color and a name; where they start and end has marks.
///
/// Points outside the field's rectangle are not drawn, and lines are cut at its edge. A point that is not finite breaks its
/// line.
///
/// # Errors
/// As [`contour`](crate::contour()); also when no run has a point.
///
/// ```
/// use amsgrad_plot::{Field, Style, paths};
///
/// let bowl = Field::sample((-1.0, 1.0), (-1.0, 1.0), 51, 51, |x, y| x * x + y * y)?;
/// let runs = [("straight", vec![[-0.8, 0.5], [0.0, 0.0]]), ("around", vec![[-0.8, 0.5], [0.3, 0.4], [0.0, 0.0]])];
/// let figure = paths(&bowl, 50, &runs, &Style::default())?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn paths(
    field: &Field,
    levels: impl Into<Levels>,
    named: &[(impl AsRef<str>, Vec<[f64; 2]>)],
    style: &Style,
) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    if named.iter().all(|(_, points)| points.is_empty()) {
        return Err(PlotError::NothingToDraw { what: "no path has a point".to_owned() });
    }
    let bands = Bands::new(field, levels.into(), style)?;
    let plane = bands.plane(&canvas, field, 0.0, true);
    let area = plane.area;
    bands.draw(&mut canvas, field, &plane);
    let place =
        |&[x, y]: &[f64; 2]| Some([field.x.place(Scale::Linear, x)?, field.y.place(Scale::Linear, y)?]);
    let inside = |place: &Point| place.iter().all(|share| (0.0..=1.0).contains(share));
    let unit = canvas.unit;
    let (mut entries, mut drawn, mut items, mut marks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (index, (name, points)) in named.iter().enumerate() {
        let look = Look::of(index, false, style);
        let places: Vec<Option<Point>> = points.iter().map(place).collect();
        let mut crowd = Crowd::new(area, CROWD * unit);
        let mut path = Path::default();
        for run in runs(&places) {
            let run: Vec<Point> = run.into_iter().map(|place| area.at(place)).collect();
            let run = simplified(&run, TOLERANCE * unit);
            crowd.sparse(&run).into_iter().for_each(|line| path.line(line));
        }
        drawn.extend(path.points());
        items.push(Item::Stroke { path: path.clone(), color: WHITE, width: 6.0 * unit, dash: None });
        items.push(look.item(unit, path));
        entries.push((name.as_ref(), look));
        let at = |place: Option<&Option<Point>>| {
            place.copied().flatten().filter(inside).map(|place| area.at(place))
        };
        marks.push((at(places.first()), at(places.last())));
    }
    canvas.figure.items.push(Item::Dense { area, items });
    plane.draw(&mut canvas);
    bands.color_bar.draw(&mut canvas, area);
    for (start, last) in marks {
        last.into_iter().for_each(|at| Mark::Last.draw(&mut canvas, at));
        start.into_iter().for_each(|at| Mark::Start.draw(&mut canvas, at));
    }
    legend::draw(&mut canvas, &entries, area, &drawn);
    Ok(canvas.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    #[test]
    fn any_points_are_drawn_or_refused() {
        let field = Field::sample((-1.0, 1.0), (-1.0, 1.0), 9, 9, |x, y| x * y).unwrap();
        let wild = vec![[f64::NAN, 0.0], [9.0, 9.0], [0.0, f64::INFINITY], [0.5, 0.5], [-0.5, 0.5]];
        let figure = paths(&field, 5, &[("wild", wild), ("none", Vec::new())], &Style::default()).unwrap();
        for format in Format::ALL {
            assert!(!figure.render(format).unwrap().is_empty());
        }
        assert!(paths(&field, 5, &[("none", Vec::new())], &Style::default()).is_err());
    }
}
