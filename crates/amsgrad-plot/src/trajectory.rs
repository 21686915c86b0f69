//! The path of a run, drawn over a contour.

use crate::PlotError;
use crate::canvas::Canvas;
use crate::colors::{Rgb, WHITE};
use crate::marks::{EDGE, Mark};
use crate::scene::{Item, Path, Point, Rect};
use crate::simplify::simplified;
use crate::visible::{Crowd, runs, thinned};

mod relief;

/// Where a place on a surface is seen, or would be if nothing were before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spot {
    pub(crate) at: Point,
    pub(crate) hidden: bool,
}

/// The points of a run, in order, and which of them was best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trajectory<'a> {
    points: &'a [[f64; 2]],
    best: Option<usize>,
}

impl<'a> Trajectory<'a> {
    /// Creates the run through these points, each an x and a y.
    pub fn new(points: &'a [[f64; 2]]) -> Trajectory<'a> {
        Trajectory { points, best: None }
    }

    /// Marks point `index` (from 0) as the best one.
    pub fn best(self, index: usize) -> Trajectory<'a> {
        Trajectory { best: Some(index), ..self }
    }

    pub(crate) fn validate(self) -> Result<(), PlotError> {
        let points = self.points.len();
        if points == 0 {
            return Err(PlotError::NothingToDraw { what: "the path has no points".to_owned() });
        }
        match self.best {
            Some(index) if index >= points => Err(PlotError::BestPoint { index, points }),
            _ => Ok(()),
        }
    }

    /// Draws the run in `area` in this way, where `place` lays its points on 0 to 1 along both sides.
    pub(crate) fn draw(
        self,
        canvas: &mut Canvas<'_>,
        way: Way,
        place: impl Fn([f64; 2]) -> Option<Point>,
        area: Rect,
    ) {
        let unit = canvas.unit;
        let places = self.places(place);
        let mut crowd = Crowd::new(area, CROWD * unit);
        let mut lines = Vec::new();
        for run in runs(&places) {
            let run: Vec<Point> = run.into_iter().map(|place| area.at(place)).collect();
            let run = simplified(&run, TOLERANCE * unit);
            lines.extend(crowd.sparse(&run).into_iter().map(<[Point]>::to_vec));
        }
        let spot = |place: Point| Spot { at: area.at(place), hidden: false };
        let points = places.iter().map(|place| place.filter(inside).map(spot)).collect();
        self.paint(canvas, way, &Seen { lines, hidden: Vec::new(), points }, area);
        self.legend(canvas, area.left, area.top);
    }

    fn places(self, place: impl Fn([f64; 2]) -> Option<Point>) -> Vec<Option<Point>> {
        self.points.iter().map(|&point| place(point)).collect()
    }

    /// Draws line, dots and marks; what is drawn lies in `area`.
    fn paint(self, canvas: &mut Canvas<'_>, way: Way, seen: &Seen, area: Rect) {
        let unit = canvas.unit;
        let joined = |lines: &[Vec<Point>]| {
            let mut path = Path::default();
            lines.iter().for_each(|line| path.line(line));
            path
        };
        let (line, hidden) = (joined(&seen.lines), joined(&seen.hidden));
        let dots: Vec<Point> =
            seen.points.iter().flatten().filter(|spot| !spot.hidden).map(|spot| spot.at).collect();
        let radius = 5.0 * unit;
        let apart = if dots.len() > MOST_TOUCHING { 5.0 * radius } else { 0.5 * radius };
        let at = thinned(&dots, apart);
        let strokes = match way {
            Way::OnColors => vec![(&hidden, WHITE, 1.2), (&line, EDGE, 4.6), (&line, WHITE, 2.6)],
            Way::OnGround => vec![(&line, canvas.style.shade(0.55), 1.8)],
        };
        let stroke = |(path, color, width): (&Path, Rgb, f64)| Item::Stroke {
            path: path.clone(),
            color,
            width: width * unit,
            dash: None,
        };
        let mut items: Vec<Item> = strokes.into_iter().map(stroke).collect();
        let (shape, edge_width) = (Path::circle(radius), unit);
        items.push(Item::Markers { shape, fill: WHITE, edge: EDGE, edge_width, at });
        canvas.figure.items.push(Item::Dense { area, items });
        for (mark, index) in self.marks() {
            if let Some(Spot { at, .. }) = seen.points[index] {
                mark.draw(canvas, at);
            }
        }
    }

    /// Names the marks above `top`, from `x` on.
    pub(crate) fn legend(self, canvas: &mut Canvas<'_>, x: f64, top: f64) {
        let marks = std::iter::once(Mark::Point).chain(self.marks().into_iter().map(|(mark, _)| mark));
        marks.fold(x, |x, mark| mark.legend(canvas, x, top));
    }

    /// The marked points, larger marks first so that all are seen where they coincide.
    fn marks(self) -> Vec<(Mark, usize)> {
        let last = self.points.len() - 1;
        let mut marks: Vec<_> = self.best.map(|best| (Mark::Best, best)).into_iter().collect();
        marks.push((Mark::Start, 0));
        if last > 0 {
            marks.push((Mark::Last, last));
        }
        marks
    }
}

/// Height of the legend above the frame.
pub(crate) fn header(canvas: &Canvas<'_>) -> f64 {
    1.7 * canvas.tick_size()
}

/// How far a drawn line may stray, and the side of the squares in which a line is thinned, in units.
const TOLERANCE: f64 = 0.25;
const CROWD: f64 = 14.0;
/// The most dots that may touch each other; of more, those in the way are left out.
const MOST_TOUCHING: usize = 400;

/// What a run is drawn on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// A colored area: the line is white with a dark edge.
    OnColors,
    /// The figure's ground, beside other lines: the line is thin and gray.
    OnGround,
}

/// A run as it is seen.
struct Seen {
    lines: Vec<Vec<Point>>,
    /// Lines behind a part of the surface that they lie on.
    hidden: Vec<Vec<Point>>,
    /// None for points outside the picture.
    points: Vec<Option<Spot>>,
}

fn inside(place: &Point) -> bool {
    place.iter().all(|share| (0.0..=1.0).contains(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_points_and_a_best_point_beyond_are_errors() {
        assert!(Trajectory::new(&[]).validate().is_err());
        let error = Trajectory::new(&[[0.0, 0.0]; 3]).best(3).validate().unwrap_err();
        assert_eq!(error.to_string(), "best point 3 of a path with 3 points: allowed are 0 to 2");
    }
}
