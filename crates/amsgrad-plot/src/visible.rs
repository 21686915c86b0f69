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

/// Which pixels a line has passed through.
pub(crate) struct Painted {
    area: Rect,
    columns: usize,
    pixels: Vec<bool>,
}

impl Painted {
    pub(crate) fn new(area: Rect) -> Painted {
        let columns = area.width as usize + 1;
        Painted { area, columns, pixels: vec![false; columns * (area.height as usize + 1)] }
    }

    /// The parts of a line that pass through a new pixel; the others would change nothing. Runs
    /// that go on for long after they have settled, or that jump about, stay cheap to draw.
    pub(crate) fn unpainted<'a>(&mut self, line: &'a [Point]) -> Vec<&'a [Point]> {
        let mut parts = Vec::new();
        let mut first = 0;
        for at in 1..line.len() {
            if !self.pass(line[at - 1], line[at]) {
                parts.push(&line[first..at]);
                first = at;
            }
        }
        parts.push(&line[first.min(line.len())..]);
        // A part of one point is the end of a line that is painted already.
        parts.retain(|part| part.len() > 1);
        parts
    }

    /// Marks the pixels between two points; true if any is new.
    fn pass(&mut self, from: Point, to: Point) -> bool {
        let steps = (to[0] - from[0]).abs().max((to[1] - from[1]).abs()).ceil().max(1.0);
        let mut new = false;
        for step in 0..=steps as usize {
            let share = step as f64 / steps;
            let x = from[0] + share * (to[0] - from[0]) - self.area.left;
            let y = from[1] + share * (to[1] - from[1]) - self.area.top;
            if let Some(pixel) = self.pixels.get_mut(y as usize * self.columns + x as usize) {
                new |= !*pixel;
                *pixel = true;
            }
        }
        new
    }
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
    fn lines_over_painted_pixels_are_left_out() {
        let mut painted = Painted::new(Rect { left: 10.0, top: 20.0, width: 50.0, height: 50.0 });
        let there_and_back = [[15.0, 25.0], [55.0, 60.0], [15.0, 25.0], [15.0, 65.0]];
        let parts = painted.unpainted(&there_and_back);
        assert_eq!(parts, [&there_and_back[..2], &there_and_back[2..]]);
        assert!(painted.unpainted(&there_and_back).is_empty());
        assert!(painted.unpainted(&[]).is_empty());
    }
}
