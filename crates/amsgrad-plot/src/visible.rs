//! What of a long path can be seen: the part inside the frame, once.

use std::collections::HashSet;

use crate::scene::{Point, Rect};

/// The most dots drawn; beyond, dots are thinned more.
const MOST_DOTS: usize = 10_000;

/// The parts of the line through `places` that lie in the unit square. None breaks the line.
pub(crate) fn runs(places: &[Option<Point>]) -> Vec<Vec<Point>> {
    let mut runs: Vec<Vec<Point>> = Vec::new();
    for pair in places.windows(2) {
        let (Some(a), Some(b)) = (pair[0], pair[1]) else { continue };
        let Some([start, end]) = clipped(a, b) else { continue };
        match runs.last_mut() {
            Some(run) if run.last() == Some(&start) => run.push(end),
            _ => runs.push(vec![start, end]),
        }
    }
    runs
}

/// The part of a segment in the unit square (Liang and Barsky 1984).
fn clipped(a: Point, b: Point) -> Option<[Point; 2]> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for axis in 0..2 {
        let (from, step) = (a[axis], b[axis] - a[axis]);
        if step == 0.0 {
            if !(0.0..=1.0).contains(&from) {
                return None;
            }
            continue;
        }
        let (low, high) = (-from / step, (1.0 - from) / step);
        enter = enter.max(low.min(high));
        leave = leave.min(low.max(high));
    }
    let at = |share: f64| match share {
        0.0 => a,
        1.0 => b,
        _ => [0, 1].map(|axis| (a[axis] + share * (b[axis] - a[axis])).clamp(0.0, 1.0)),
    };
    (enter <= leave).then(|| [at(enter), at(leave)])
}

/// How crowded the picture is with a line, in squares.
pub(crate) struct Crowd {
    area: Rect,
    side: f64,
    columns: usize,
    /// How often the line has come into each square, and moved within it.
    squares: Vec<[u8; 2]>,
}

impl Crowd {
    /// The most that is shown of both.
    const MOST: [u8; 2] = [2, 10];

    pub(crate) fn new(area: Rect, side: f64) -> Crowd {
        let columns = (area.width / side) as usize + 1;
        Crowd { area, side, columns, squares: vec![[0; 2]; columns * ((area.height / side) as usize + 1)] }
    }

    /// Returns the parts of a line that pass where it has not often been before; the others would fill the
    /// picture without showing more. One pass over the line.
    pub(crate) fn sparse<'a>(&mut self, line: &'a [Point]) -> Vec<&'a [Point]> {
        let mut parts = Vec::new();
        let (mut first, mut here, mut shown) = (0, None, true);
        for at in 1..line.len() {
            if !self.pass(line[at - 1], line[at], &mut here, &mut shown) {
                parts.push(&line[first..at]);
                first = at;
            }
        }
        parts.push(&line[first.min(line.len())..]);
        // A part of one point is the end of a line that is left out.
        parts.retain(|part| part.len() > 1);
        parts
    }

    /// Notes the squares between two points, the line being `here`, in a square it is `shown` in.
    /// Returns whether the way is to be shown: a quarter of the squares it comes into, or the one it stays in,
    /// are not crowded.
    fn pass(&mut self, from: Point, to: Point, here: &mut Option<usize>, shown: &mut bool) -> bool {
        let length = (to[0] - from[0]).abs().max((to[1] - from[1]).abs());
        let steps = (2.0 * length / self.side).ceil().max(1.0);
        let (mut entered, mut free) = (0, 0);
        for step in 0..=steps as usize {
            let share = step as f64 / steps;
            let x = (from[0] + share * (to[0] - from[0]) - self.area.left) / self.side;
            let y = (from[1] + share * (to[1] - from[1]) - self.area.top) / self.side;
            let square = y as usize * self.columns + x as usize;
            if *here == Some(square) {
                continue;
            }
            *here = Some(square);
            *shown = self.squares.get_mut(square).is_none_or(|count| more(&mut count[0], Self::MOST[0]));
            entered += 1;
            free += usize::from(*shown);
        }
        if entered > 0 {
            return 4 * free >= entered;
        }
        let stays = here.and_then(|square| self.squares.get_mut(square));
        *shown && stays.is_none_or(|count| more(&mut count[1], Self::MOST[1]))
    }
}

/// Counts one more, if there may be one more.
fn more(count: &mut u8, most: u8) -> bool {
    let free = *count < most;
    *count += u8::from(free);
    free
}

/// Leaves out points within `apart` of the one kept before, or within a smaller square already
/// taken; keeps fewer and fewer until they are few enough.
pub(crate) fn thinned(points: &[Point], apart: f64) -> Vec<Point> {
    let mut apart = apart;
    loop {
        let mut taken = HashSet::new();
        let mut kept: Vec<Point> = Vec::new();
        for &point in points {
            let near = |[x, y]: &Point| libm::hypot(x - point[0], y - point[1]) < apart;
            let cell = point.map(|coordinate| (2.0 * coordinate / apart).floor() as i64);
            if !kept.last().is_some_and(near) && taken.insert(cell) {
                kept.push(point);
            }
        }
        if kept.len() <= MOST_DOTS {
            return kept;
        }
        apart *= 1.5;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_the_edge_and_broken_at_gaps() {
        let places =
            [Some([0.5, 0.5]), Some([1.5, 0.5]), Some([0.5, 1.5]), None, Some([0.1, 0.1]), Some([0.2, 0.1])];
        let runs = runs(&places);
        assert_eq!(
            runs,
            [vec![[0.5, 0.5], [1.0, 0.5]], vec![[1.0, 1.0], [1.0, 1.0]], vec![[0.1, 0.1], [0.2, 0.1]]]
        );
        assert_eq!(clipped([-1.0, -1.0], [2.0, 2.0]), Some([[0.0, 0.0], [1.0, 1.0]]));
        assert_eq!(clipped([-1.0, 2.0], [2.0, 2.0]), None);
        assert_eq!(clipped([-1e9, 0.5], [1e9, 0.5]), Some([[0.0, 0.5], [1.0, 0.5]]));
    }

    #[test]
    fn dots_too_close_to_tell_apart_are_drawn_once() {
        assert_eq!(thinned(&[[1.0, 1.0]; 1000], 1.0).len(), 1);
        let many: Vec<Point> = (0..100_000).map(|k| [f64::from(k % 1000), f64::from(k / 1000)]).collect();
        assert!(thinned(&many, 0.5).len() <= MOST_DOTS);
    }

    #[test]
    fn lines_are_left_out_where_there_are_enough() {
        let area = Rect { left: 10.0, top: 20.0, width: 500.0, height: 500.0 };
        // Back and forth, a little further each time.
        let zigzag: Vec<Point> =
            (0..4000).map(|k| [f64::from(k) * 0.1 + 20.0, if k % 2 == 0 { 50.0 } else { 450.0 }]).collect();
        let parts = Crowd::new(area, 10.0).sparse(&zigzag);
        let shown: usize = parts.iter().map(|part| part.len() - 1).sum();
        assert!((40..400).contains(&shown), "{shown}");
        // A smooth line is shown whole, however short its segments are.
        let circle: Vec<Point> = (0..3000)
            .map(|k| f64::from(k) / 3000.0 * std::f64::consts::TAU)
            .map(|a| [260.0 + 200.0 * libm::cos(a), 270.0 + 200.0 * libm::sin(a)])
            .collect();
        let circle = crate::simplify::simplified(&circle, 0.2);
        assert_eq!(Crowd::new(area, 10.0).sparse(&circle), [&circle[..]]);
        assert!(Crowd::new(area, 10.0).sparse(&[]).is_empty());
    }
}
