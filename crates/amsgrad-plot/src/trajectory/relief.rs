//! The path of a run, drawn on a surface.

use super::{Seen, Spot, Trajectory, Way, inside};
use crate::canvas::Canvas;
use crate::scene::{Point, Rect};
use crate::simplify::simplified;
use crate::visible::{Crowd, runs};

/// Pieces of a line over a whole side of the surface, so that it follows the surface.
const PIECES: f64 = 100.0;
/// How far a line may stray, and the squares in which it is thinned, in sides of the surface.
const TOLERANCE: f64 = 5e-4;
const CROWD: f64 = 0.02;

impl Trajectory<'_> {
    /// Draws the run: `place` lays its points on 0 to 1 along both sides, and `spot` tells where a
    /// place on the surface is seen. Hidden parts of the line are thinner and
    /// without points.
    pub(crate) fn draw_on_surface(
        self,
        canvas: &mut Canvas<'_>,
        place: impl Fn([f64; 2]) -> Option<Point>,
        spot: impl Fn(Point) -> Option<Spot>,
        area: Rect,
    ) {
        let places = self.places(place);
        let mut crowd = Crowd::new(Rect { left: 0.0, top: 0.0, width: 1.0, height: 1.0 }, CROWD);
        let mut spots: Vec<Option<Spot>> = Vec::new();
        for run in runs(&places) {
            for part in crowd.sparse(&simplified(&run, TOLERANCE)) {
                spots.push(None);
                spots.push(part.first().and_then(|&start| spot(start)));
                for pair in part.windows(2) {
                    let [x, y] = [0, 1].map(|i| pair[1][i] - pair[0][i]);
                    let pieces = (x.abs().max(y.abs()) * PIECES).ceil().max(1.0);
                    let shares = (1..=pieces as usize).map(|piece| piece as f64 / pieces);
                    spots.extend(shares.map(|share| spot([pair[0][0] + share * x, pair[0][1] + share * y])));
                }
            }
        }
        let [lines, hidden] = [false, true].map(|hidden| pieces(&spots, hidden));
        let points = places.iter().map(|place| place.filter(inside).and_then(&spot)).collect();
        self.paint(canvas, Way::OnColors, &Seen { lines, hidden, points }, area);
    }
}

/// Returns the lines through the spots between which there is no gap, those that are hidden or those that
/// are not. A line between both kinds counts as hidden.
fn pieces(spots: &[Option<Spot>], hidden: bool) -> Vec<Vec<Point>> {
    let mut lines: Vec<Vec<Point>> = Vec::new();
    let mut open = false;
    for pair in spots.windows(2) {
        let (Some(from), Some(to)) = (pair[0], pair[1]) else {
            open = false;
            continue;
        };
        if (from.hidden || to.hidden) != hidden {
            open = false;
            continue;
        }
        match lines.last_mut() {
            Some(line) if open => line.push(to.at),
            _ => lines.push(vec![from.at, to.at]),
        }
        open = true;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_parts_are_told_apart() {
        let spot = |x: f64, hidden| Some(Spot { at: [x, 0.0], hidden });
        let spots = [
            spot(0.0, false),
            spot(1.0, false),
            spot(2.0, true),
            spot(3.0, true),
            None,
            spot(5.0, false),
            spot(6.0, false),
        ];
        assert_eq!(pieces(&spots, false), [[[0.0, 0.0], [1.0, 0.0]], [[5.0, 0.0], [6.0, 0.0]]]);
        assert_eq!(pieces(&spots, true), [[[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]]);
    }
}
