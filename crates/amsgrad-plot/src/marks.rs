//! The marks of a run's points, and their names above the frame.

use crate::canvas::Canvas;
use crate::colors::{BLACK, Rgb, WHITE};
use crate::scene::{Anchor, Item, Path, Point};
use crate::text::CAP_HEIGHT;

/// Dark gray around white, so that it shows on light colors too.
pub(crate) const EDGE: Rgb = [0x40, 0x40, 0x40];

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
