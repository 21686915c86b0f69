//! Lines of equal height over a contour, with their values written on them.

use crate::canvas::Canvas;
use crate::colorbar::band_color;
use crate::colors::{BLACK, Rgb, WHITE};
use crate::decimal::Decimal;
use crate::laid::Laid;
use crate::mesh::Mesh;
use crate::range::{Range, Scale};
use crate::region::Heights;
use crate::scene::{Anchor, Path, Point, Rect};
use crate::simplify::simplified;
use crate::text::CAP_HEIGHT;
use crate::ticks;

/// Places along a line where its label may stand, and how many lines of a level have one.
const CANDIDATES: usize = 40;
const MOST_LABELS: usize = 4;
/// Logarithmic ranges with more powers of ten have a line for those alone.
const MOST_DECADES: f64 = 6.0;

/// Draws the lines of round values.
pub(crate) fn draw(canvas: &mut Canvas<'_>, heights: &Heights<'_>, laid: &Laid, area: Rect) {
    let mut labels = Vec::new();
    let levels = levels(laid.range, laid.scale);
    let mesh = Mesh { columns: heights.columns, rows: heights.rows, heights: heights.values };
    let height = |[x, y]: Point| {
        mesh.height([(x - area.left) / area.width, (area.bottom() - y) / area.height]).unwrap_or(f64::NAN)
    };
    for (index, (place, label)) in levels.iter().enumerate() {
        let place = *place;
        // The label must not touch the next lines: those are further than it is high.
        let below = index.checked_sub(1).map_or(f64::NEG_INFINITY, |below| levels[below].0);
        let above = levels.get(index + 1).map_or(f64::INFINITY, |above| above.0);
        let alone = |at: Point| below < height(at) && height(at) < above;
        let [line_color, label_color] = colors(canvas, place);
        let mut lines: Vec<Line> = heights
            .equal_to(place)
            .into_iter()
            .map(|line| line.into_iter().map(|at| area.at(at)).collect::<Vec<_>>())
            .map(|line| Line::new(simplified(&line, 0.1)))
            .collect();
        lines.sort_by(|a, b| b.length().total_cmp(&a.length()));
        let mut path = Path::default();
        let mut written = 0;
        for line in lines {
            if line.length() < 60.0 * canvas.unit {
                continue;
            }
            let label = Label { text: label, size: 0.8 * canvas.tick_size(), color: label_color };
            let found =
                if written < MOST_LABELS { label.place(canvas, &line, area, &labels, alone) } else { None };
            let Some(found) = found else {
                path.line(&line.points);
                continue;
            };
            written += 1;
            labels.push(found.middle);
            let gap = found.half + 0.35 * label.size;
            path.line(&line.part(0.0, found.along - gap));
            path.line(&line.part(found.along + gap, line.length()));
            label.write(canvas, &found);
        }
        canvas.stroke(path, line_color, 1.7 * canvas.unit);
    }
}

/// Returns round values within the range: where they lie on it, and what they are called.
fn levels(range: Range, scale: Scale) -> Vec<(f64, String)> {
    let decades = libm::log10(range.high) - libm::log10(range.low);
    let mut levels: Vec<(f64, String)> = Vec::new();
    if scale == Scale::Log && (1.0..=MOST_DECADES).contains(&decades) {
        let first = libm::floor(libm::log10(range.low)) as i32;
        for exponent in first..=first + MOST_DECADES as i32 + 1 {
            for digits in [1, 2, 5] {
                let level = Decimal { digits, exponent };
                levels.extend(range.place(scale, level.value()).map(|place| (place, level.alone())));
            }
        }
    } else {
        let marks = ticks::ticks(range, scale, 12).marks.into_iter();
        levels.extend(marks.filter(|tick| !tick.label.is_empty()).map(|tick| (tick.place, tick.label)));
    }
    levels.retain(|(place, _)| 0.0 < *place && *place < 1.0);
    levels
}

/// Returns colors that are seen on that of this height, for lines and for letters.
fn colors(canvas: &Canvas<'_>, place: f64) -> [Rgb; 2] {
    let band = band_color(canvas.style.colors, (place * 256.0) as usize, 257);
    let light = 0.3 * f64::from(band[0]) + 0.59 * f64::from(band[1]) + 0.11 * f64::from(band[2]);
    let letters = if light > 115.0 { BLACK } else { WHITE };
    let mixed = [0, 1, 2].map(|i| ((u16::from(band[i]) * 2 + u16::from(letters[i]) * 3) / 5) as u8);
    [mixed, letters]
}

struct Line {
    points: Vec<Point>,
    /// How long the line is up to each point.
    along: Vec<f64>,
}

impl Line {
    fn new(points: Vec<Point>) -> Line {
        let mut along = vec![0.0];
        for pair in points.windows(2) {
            along
                .push(along[along.len() - 1] + libm::hypot(pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]));
        }
        Line { points, along }
    }

    fn length(&self) -> f64 {
        self.along[self.along.len() - 1]
    }

    /// Returns the point at this length along the line, and the number of the first point beyond.
    fn at(&self, along: f64) -> (Point, usize) {
        let next = self.along.partition_point(|&length| length <= along).clamp(1, self.points.len() - 1);
        let (a, b) = (self.points[next - 1], self.points[next]);
        let length = self.along[next] - self.along[next - 1];
        let share = if length > 0.0 { (along - self.along[next - 1]) / length } else { 0.0 };
        ([0, 1].map(|i| a[i] + share.clamp(0.0, 1.0) * (b[i] - a[i])), next)
    }

    fn part(&self, from: f64, to: f64) -> Vec<Point> {
        if from >= to || self.points.len() < 2 {
            return Vec::new();
        }
        let ((start, first), (end, last)) = (self.at(from), self.at(to));
        let mut part = vec![start];
        part.extend_from_slice(&self.points[first..last.max(first)]);
        part.push(end);
        part
    }
}

struct Label<'a> {
    text: &'a str,
    size: f64,
    color: Rgb,
}

/// Where a label stands on its line.
struct Found {
    along: f64,
    half: f64,
    middle: Point,
    angle: f64,
}

impl Label<'_> {
    /// Finds the straightest and flattest place that is inside the frame and free.
    fn place(
        &self,
        canvas: &Canvas<'_>,
        line: &Line,
        area: Rect,
        taken: &[Point],
        alone: impl Fn(Point) -> bool,
    ) -> Option<Found> {
        let half = canvas.text.width(self.text, self.size) / 2.0;
        if line.points.len() < 2 || line.length() < 8.0 * half {
            return None;
        }
        let candidates = (1..CANDIDATES).filter_map(|index| {
            let along = line.length() * index as f64 / CANDIDATES as f64;
            let (from, to) = (along - half, along + half);
            if from < 0.0 || to > line.length() {
                return None;
            }
            let (a, b) = (line.at(from).0, line.at(to).0);
            let (a, b) = if a[0] <= b[0] { (a, b) } else { (b, a) };
            let middle = line.at(along).0;
            let chord = libm::hypot(b[0] - a[0], b[1] - a[1]);
            let angle = libm::atan2(a[1] - b[1], b[0] - a[0]);
            let bend = 1.0 - chord / (2.0 * half);
            let edge = half + self.size;
            let inside = (area.left + edge..area.right() - edge).contains(&middle[0])
                && (area.top + edge..area.bottom() - edge).contains(&middle[1]);
            let apart = 2.6 * half + self.size;
            let free =
                taken.iter().all(|other| libm::hypot(other[0] - middle[0], other[1] - middle[1]) > apart);
            let (across_x, across_y) =
                (0.8 * self.size * libm::sin(angle), 0.8 * self.size * libm::cos(angle));
            let alone = [a, middle, b]
                .into_iter()
                .all(|[x, y]| alone([x + across_x, y + across_y]) && alone([x - across_x, y - across_y]));
            let cost = 8.0 * bend + 0.3 * angle.abs();
            (inside && free && alone && bend < 0.06).then_some((cost, Found { along, half, middle, angle }))
        });
        candidates.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, found)| found)
    }

    fn write(&self, canvas: &mut Canvas<'_>, found: &Found) {
        let drop = CAP_HEIGHT * self.size / 2.0;
        let [x, y] = found.middle;
        let at = [x + drop * libm::sin(found.angle), y + drop * libm::cos(found.angle)];
        canvas.write_in(self.color, self.text, self.size, at, Anchor::Middle, found.angle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_round_numbers() {
        let labels = |low, high, scale| {
            levels(Range { low, high }, scale).into_iter().map(|(_, label)| label).collect::<Vec<_>>()
        };
        assert_eq!(labels(0.15, 30.0, Scale::Log), ["0.2", "0.5", "1", "2", "5", "10", "20"]);
        assert_eq!(
            labels(0.0, 1.1, Scale::Linear),
            ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]
        );
        assert_eq!(labels(1e-9, 1e9, Scale::Log).len(), 9);
    }

    #[test]
    fn a_gap_is_cut_out_of_a_line() {
        let line = Line::new(vec![[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]]);
        assert_eq!(line.part(0.0, 3.0), [[0.0, 0.0], [3.0, 0.0]]);
        assert_eq!(line.part(5.0, 8.0), [[4.0, 1.0], [4.0, 4.0]]);
        assert_eq!(line.part(2.0, 6.0), [[2.0, 0.0], [4.0, 0.0], [4.0, 2.0]]);
    }
}
