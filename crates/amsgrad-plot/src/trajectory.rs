//! The path of a run, drawn over a contour.

use crate::canvas::Canvas;
use crate::colors::{BLACK, Rgb, WHITE};
use crate::range::Scale;
use crate::region::simplified;
use crate::scene::{Item, Path, Point, Rect};
use crate::text::{Anchor, CAP_HEIGHT};
use crate::visible::{Painted, runs, thinned};
use crate::{Field, PlotError};

/// The points of a run, in order, and which of them was best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trajectory<'a> {
    points: &'a [[f64; 2]],
    best: Option<usize>,
}

impl<'a> Trajectory<'a> {
    /// The run through these points, each an x and a y.
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

    /// Draws line, dots, marks and the legend above `area`.
    pub(crate) fn draw(self, canvas: &mut Canvas<'_>, field: &Field, area: Rect) {
        let unit = canvas.unit;
        let places: Vec<Option<Point>> = self
            .points
            .iter()
            .map(|&[x, y]| Some([field.x.place(Scale::Linear, x)?, field.y.place(Scale::Linear, y)?]))
            .collect();
        let mut line = Path::default();
        let mut painted = Painted::new(area);
        for run in runs(&places) {
            let run: Vec<Point> = run.into_iter().map(|place| area.at(place)).collect();
            for part in painted.unpainted(&simplified(&run, 0.2 * unit)) {
                line.line(part);
            }
        }
        let visible = |place: Point| place.iter().all(|share| (0.0..=1.0).contains(share));
        let seen: Vec<Point> = places
            .iter()
            .flatten()
            .copied()
            .filter(|&place| visible(place))
            .map(|place| area.at(place))
            .collect();

        let radius = 5.0 * unit;
        let mut items = Vec::new();
        for (color, width) in [(EDGE, 4.6 * unit), (WHITE, 2.6 * unit)] {
            items.push(Item::Stroke { path: line.clone(), color, width, dash: None });
        }
        let at = thinned(&seen, radius * 0.5);
        items.push(Item::Markers {
            shape: Path::circle(radius),
            fill: WHITE,
            edge: EDGE,
            edge_width: unit,
            at,
        });
        canvas.figure.items.push(Item::Dense { area, items });

        let marks = self.marks();
        for &(mark, index) in &marks {
            if let Some(place) = places[index].filter(|&place| visible(place)) {
                mark.draw(canvas, area.at(place));
            }
        }
        let mut x = area.left;
        for mark in std::iter::once(Mark::Point).chain(marks.iter().map(|&(mark, _)| mark)) {
            x = mark.legend(canvas, x, area.top);
        }
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

/// Dark grey around white, so that it shows on light colours too.
const EDGE: Rgb = [0x40, 0x40, 0x40];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mark {
    Point,
    Start,
    Last,
    Best,
    /// A place where runs end, not the best.
    End,
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Mark::Point => "point",
            Mark::Start => "start",
            Mark::Last => "last",
            Mark::Best => "best",
            Mark::End => "end",
        }
    }

    pub(crate) fn draw(self, canvas: &mut Canvas<'_>, at: Point) {
        let unit = canvas.unit;
        let square = |half: f64| Path::polygon(&[[-half, -half], [half, -half], [half, half], [-half, half]]);
        let diamond = |half: f64| Path::polygon(&[[0.0, -half], [half, 0.0], [0.0, half], [-half, 0.0]]);
        let (shape, fill, edge, edge_width) = match self {
            Mark::Point => (Path::circle(5.0 * unit), WHITE, EDGE, unit),
            Mark::End => (Path::circle(9.0 * unit), WHITE, BLACK, 2.5 * unit),
            Mark::Start => (square(10.0 * unit), WHITE, BLACK, 3.0 * unit),
            Mark::Last => (diamond(9.5 * unit), BLACK, WHITE, 2.0 * unit),
            Mark::Best => (star(22.0 * unit), [0xff, 0xd7, 0x00], BLACK, 2.5 * unit),
        };
        canvas.figure.items.push(Item::Markers { shape, fill, edge, edge_width, at: vec![at] });
    }

    /// Draws the mark and its name above `top`; returns where the next one goes.
    pub(crate) fn legend(self, canvas: &mut Canvas<'_>, x: f64, top: f64) -> f64 {
        let (unit, size) = (canvas.unit, canvas.tick_size());
        let middle = top - 0.75 * size;
        let icon = x + 20.0 * unit;
        if self == Mark::Point {
            let ends = [[icon - 18.0 * unit, middle], [icon + 18.0 * unit, middle]];
            canvas.stroke(Path::polyline(&ends), EDGE, 4.6 * unit);
            canvas.stroke(Path::polyline(&ends), WHITE, 2.6 * unit);
        }
        self.draw(canvas, [icon, middle]);
        let words = icon + 32.0 * unit;
        canvas.write(self.name(), size, [words, middle + CAP_HEIGHT * 0.42 * size], Anchor::Start, 0.0);
        words + canvas.text.width(self.name(), size) + 36.0 * unit
    }
}

fn star(radius: f64) -> Path {
    let corner = |index: u32| {
        let angle = std::f64::consts::PI * f64::from(index) / 5.0;
        let radius = if index.is_multiple_of(2) { radius } else { radius * 0.45 };
        [radius * libm::sin(angle), -radius * libm::cos(angle)]
    };
    Path::polygon(&(0..10).map(corner).collect::<Vec<_>>())
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
