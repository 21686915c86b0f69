//! Lines with fewer points that look the same.

use crate::scene::Point;

/// Leaves out points that lie within `tolerance` of the line between the points kept; the ends
/// stay. One pass: from a kept point, the directions in which all points left out since then are
/// met narrow down, and a point outside them ends the piece (Williams 1978).
pub(crate) fn simplified(points: &[Point], tolerance: f64) -> Vec<Point> {
    let Some(&first) = points.first() else { return Vec::new() };
    let mut kept = vec![first];
    let mut cone = Cone::new(first);
    for pair in points.windows(2) {
        if !cone.reaches(pair[1], tolerance) {
            kept.push(pair[0]);
            cone = Cone::new(pair[0]);
            cone.reaches(pair[1], tolerance);
        }
    }
    if points.len() > 1 {
        kept.push(points[points.len() - 1]);
    }
    kept
}

/// The directions from a point along which all points seen so far are met.
struct Cone {
    tip: Point,
    /// How far the farthest one is.
    farthest: f64,
    /// A direction of length 1, and the tangents of how far others may lie to its right and left.
    ahead: Option<(Point, f64, f64)>,
}

impl Cone {
    fn new(tip: Point) -> Cone {
        Cone { tip, farthest: 0.0, ahead: None }
    }

    /// Whether the line to `point` meets all points so far; narrows the directions to it then.
    fn reaches(&mut self, point: Point, tolerance: f64) -> bool {
        let [x, y] = [point[0] - self.tip[0], point[1] - self.tip[1]];
        let distance = libm::hypot(x, y);
        let Some(([ahead_x, ahead_y], right, left)) = self.ahead else {
            if distance > tolerance {
                let spread = tolerance / distance;
                self.ahead = Some(([x / distance, y / distance], -spread, spread));
                self.farthest = distance;
            }
            return true;
        };
        let (along, across) = (x * ahead_x + y * ahead_y, y * ahead_x - x * ahead_y);
        // A line that turns back keeps its turning point.
        if along <= 0.0 || distance < self.farthest {
            return false;
        }
        let (slope, spread) = (across / along, tolerance / along);
        if slope < right || slope > left {
            return false;
        }
        self.farthest = distance;
        self.ahead = Some(([ahead_x, ahead_y], right.max(slope - spread), left.min(slope + spread)));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From a point to the segment from `a` to `b`.
    fn distance([x, y]: Point, a: Point, b: Point) -> f64 {
        let (along_x, along_y) = (b[0] - a[0], b[1] - a[1]);
        let length = along_x * along_x + along_y * along_y;
        let share = if length > 0.0 { ((x - a[0]) * along_x + (y - a[1]) * along_y) / length } else { 0.0 };
        let share = share.clamp(0.0, 1.0);
        libm::hypot(x - a[0] - share * along_x, y - a[1] - share * along_y)
    }

    #[test]
    fn corners_stay_and_circles_have_few_points() {
        let circle: Vec<Point> = (0..=1000)
            .map(|k| f64::from(k) / 1000.0 * std::f64::consts::TAU)
            .map(|a| [300.0 * libm::cos(a), 300.0 * libm::sin(a)])
            .collect();
        let few = simplified(&circle, 0.1);
        assert!(few.len() < 200, "{}", few.len());
        let corner = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [2.0, 5.0]];
        assert_eq!(simplified(&corner, 0.1), [[0.0, 0.0], [2.0, 0.0], [2.0, 5.0]]);
        assert!(simplified(&[], 0.1).is_empty());
        assert_eq!(simplified(&[[1.0, 2.0]], 0.1), [[1.0, 2.0]]);
        assert_eq!(simplified(&[[0.0, 0.0], [5.0, 0.0], [1.0, 0.0]], 0.1).len(), 3);
    }

    proptest! {
        #[test]
        fn every_point_left_out_is_near_the_line(points in prop::collection::vec([-5.0..5.0, -5.0..5.0], 2..60)) {
            let kept = simplified(&points, 0.5);
            let mut segments = kept.windows(2);
            let mut segment = segments.next().unwrap();
            for &point in &points {
                // Kept points are among the points, in order.
                let near = |segment: &[Point]| distance(point, segment[0], segment[1]) <= 1.0;
                while !near(segment) {
                    let next = segments.next();
                    prop_assert!(next.is_some(), "{point:?} is far from what is left");
                    segment = next.unwrap();
                }
            }
        }
    }
}
