//! Lines that can be told apart, and how they are drawn.

use crate::Style;
use crate::canvas::Canvas;
use crate::colors::Rgb;
use crate::scene::{Item, Path, Point};

/// Line colors that color-blind readers can tell apart (Okabe and Ito 2008), their yellow left
/// out because it is hard to see on white; the last one stands for the ink.
pub(crate) const PALETTE: [Rgb; 7] = [
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

#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    color: Rgb,
    dash: Option<[f64; 2]>,
    width: f64,
}

impl Look {
    /// Returns the look of line `index`. A faint line is lighter and thinner.
    pub(crate) fn of(index: usize, faint: bool, style: &Style) -> Look {
        let round = index / PALETTE.len();
        let place = match (style.dark, index % PALETTE.len()) {
            // The darkest blue changes places with the light one.
            (true, 0) => 5,
            (true, 5) => 0,
            (_, place) => place,
        };
        let color = if place + 1 == PALETTE.len() { style.ink() } else { PALETTE[place] };
        let (color, width) = if faint { (mixed(color, style.ground(), 0.6), 2.2) } else { (color, 4.0) };
        Look { color, dash: DASHES[round % DASHES.len()], width }
    }

    /// Returns the color for letters: darker, on a dark ground lighter, than that of the line.
    pub(crate) fn ink(self, style: &Style) -> Rgb {
        mixed(self.color, style.ink(), 0.3)
    }

    /// Returns the color of a band around the line.
    pub(crate) fn band(self, style: &Style) -> Rgb {
        mixed(self.color, style.ground(), 0.8)
    }

    /// Returns the look of the edge of a band.
    pub(crate) fn edge(self, style: &Style) -> Look {
        Look { color: mixed(self.color, style.ground(), 0.5), dash: None, width: 1.5 }
    }

    pub(crate) fn stroke(self, canvas: &mut Canvas<'_>, path: Path) {
        let item = self.item(canvas.unit, path);
        canvas.figure.items.push(item);
    }

    /// Returns the path as a line of this look.
    pub(crate) fn item(self, unit: f64, path: Path) -> Item {
        let dash = self.dash.map(|lengths| lengths.map(|length| length * unit));
        Item::Stroke { path, color: self.color, width: self.width * unit, dash }
    }

    /// Draws the parts of a line; a part of one point becomes a dot. Returns points all along it.
    pub(crate) fn draw(self, canvas: &mut Canvas<'_>, parts: &[Vec<Point>]) -> Vec<Point> {
        let (mut path, mut at, mut drawn) = (Path::default(), Vec::new(), Vec::new());
        for part in parts {
            let points = thinned(part);
            match points[..] {
                [] => {}
                [alone] => at.push(alone),
                _ => path.line(&points),
            }
            for pair in points.windows(2) {
                let step = [0, 1].map(|i| pair[1][i] - pair[0][i]);
                let steps = (libm::hypot(step[0], step[1]) / (20.0 * canvas.unit)).ceil().clamp(1.0, 1000.0);
                let at = |k: u32| [0, 1].map(|i| pair[0][i] + f64::from(k) / steps * step[i]);
                drawn.extend((0..steps as u32).map(at));
            }
            drawn.extend(points.last());
        }
        self.stroke(canvas, path);
        let (shape, edge_width) = (Path::circle(0.9 * self.width * canvas.unit), canvas.unit);
        canvas.figure.items.push(Item::Markers { shape, fill: self.color, edge: self.color, edge_width, at });
        drawn
    }
}

/// Returns a color between two: the first at 0, the other at 1.
fn mixed(color: Rgb, other: Rgb, part: f64) -> Rgb {
    [0, 1, 2].map(|i| (f64::from(color[i]) * (1.0 - part) + f64::from(other[i]) * part + 0.001).floor() as u8)
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
}
