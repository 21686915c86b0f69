//! The axes of a figure in space: a box seen from outside, with ticks and labels along three edges.

use crate::Field;
use crate::canvas::Canvas;
use crate::range::{Range, Scale};
use crate::scene::{Anchor, Item, Path, Point, Rect, Text};
use crate::text::CAP_HEIGHT;
use crate::ticks::{self, Tick, Ticks};

/// A place in the box, from 0 to 1 along each axis.
pub(crate) type Place = [f64; 3];

/// A parallel projection of the box into the figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// The box's sides.
    sides: [f64; 3],
    /// Pixels for a side of length one.
    scale: f64,
    /// Where the box's first corner is seen.
    origin: Point,
}

/// The direction of sight: 60 degrees round from the x axis towards the negative y axis, and 30
/// degrees up. Rows: to the right, upwards, each as seen in x, y and z.
const RIGHT: Place = [0.866_025_403_784_438_6, 0.5, 0.0];
const UP: Place = [-0.25, 0.433_012_701_892_219_3, 0.866_025_403_784_438_6];
/// Towards the eye: at right angles to both.
const EYE: Place = [0.433_012_701_892_219_3, -0.75, 0.5];

impl View {
    pub(crate) fn project(&self, place: Place) -> Point {
        let [x, y] = [RIGHT, UP].map(|axis| {
            (0..3).map(|index| axis[index] * self.sides[index] * place[index]).sum::<f64>() * self.scale
        });
        [self.origin[0] + x, self.origin[1] - y]
    }

    /// Returns places on the way from a place to the eye, as far as they lie in the box.
    pub(crate) fn way_to_eye(&self, from: Place) -> impl Iterator<Item = Place> {
        const STEP: f64 = 0.008;
        let step = [0, 1, 2].map(|axis| STEP * EYE[axis] / self.sides[axis]);
        let at = move |steps: u32| [0, 1, 2].map(|axis| from[axis] + f64::from(steps) * step[axis]);
        (1..).map(at).take_while(|place| place.iter().all(|share| (0.0..=1.0).contains(share)))
    }
}

/// One axis of the box: where it runs, and which way its ticks point.
#[derive(Clone, Debug)]
struct Edge {
    from: Place,
    to: Place,
    /// Which way ticks point, in the figure: a vector of length about one.
    toward: Point,
    ticks: Ticks,
    label: String,
}

/// A text around its middle.
#[derive(Clone, Debug)]
struct Word {
    text: String,
    size: f64,
    middle: Point,
    angle: f64,
}

#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) view: View,
    edges: [Edge; 3],
}

impl Frame {
    /// The largest axes whose every part, labels included, lies in `room`, in its middle.
    pub(crate) fn fitting(canvas: &Canvas<'_>, field: &Field, z: (Range, Scale), room: Rect) -> Frame {
        let ratio = (field.x.high - field.x.low) / (field.y.high - field.y.low);
        let ratio = ratio.clamp(0.5, 2.0);
        let sides = [ratio.min(1.0), (1.0 / ratio).min(1.0), 0.8];
        let (mut small, mut large) = (1.0, room.width.max(room.height) * 2.0);
        for _ in 0..24 {
            let scale = (small + large) / 2.0;
            let bounds =
                Frame::new(canvas, field, z, View { sides, scale, origin: [0.0, 0.0] }).bounds(canvas);
            if bounds.width <= room.width && bounds.height <= room.height {
                small = scale;
            } else {
                large = scale;
            }
        }
        let view = View { sides, scale: small, origin: [0.0, 0.0] };
        let bounds = Frame::new(canvas, field, z, view).bounds(canvas);
        let origin = [
            room.left + (room.width - bounds.width) / 2.0 - bounds.left,
            room.top + (room.height - bounds.height) / 2.0 - bounds.top,
        ];
        Frame::new(canvas, field, z, View { origin, ..view })
    }

    fn new(canvas: &Canvas<'_>, field: &Field, z: (Range, Scale), view: View) -> Frame {
        let style = canvas.style;
        let edge = |range: Range, scale: Scale, from: Place, to: Place, toward: Point, label: &str| {
            let (a, b) = (view.project(from), view.project(to));
            let length = distance(a, b);
            let mut edge = Edge { from, to, toward, ticks: Ticks::default(), label: String::new() };
            edge.ticks = ticks::fitting(range, scale, 7, |ticks| {
                apart(&edge.tick_words(ticks, canvas, &view), canvas)
            });
            let label = edge.ticks.label(label);
            edge.label = canvas.text.shortened(&label, canvas.label_size(), length.max(1.0));
            edge
        };
        let edges = [
            edge(field.x, Scale::Linear, [0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [-0.5, 0.87], &style.x_label),
            edge(field.y, Scale::Linear, [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.98, 0.2], &style.y_label),
            edge(z.0, z.1, [0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [-0.99, -0.14], &style.z_label),
        ];
        Frame { view, edges }
    }

    /// Everything the axes show, labels included, lies in this rectangle.
    fn bounds(&self, canvas: &Canvas<'_>) -> Rect {
        let corners = (0..8)
            .map(|corner| self.view.project([corner & 1, corner >> 1 & 1, corner >> 2 & 1].map(f64::from)));
        let words = self.edges.iter().flat_map(|edge| edge.words(canvas, &self.view));
        let outlines =
            words.flat_map(|word| canvas.text.outline(&word.text(canvas)).points().collect::<Vec<_>>());
        Rect::around(corners.chain(outlines)).unwrap_or(Rect { left: 0.0, top: 0.0, width: 0.0, height: 0.0 })
    }

    /// Panes and grid lines, to lie behind the surface.
    pub(crate) fn draw_behind(&self, canvas: &mut Canvas<'_>) {
        let view = self.view;
        let pane = |corners: [Place; 4]| Path::polygon(&corners.map(|corner| view.project(corner)));
        let panes: [([Place; 4], f64); 3] = [
            ([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]], 0.036),
            ([[0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]], 0.02),
            ([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]], 0.05),
        ];
        for (corners, part) in panes {
            canvas.fill(pane(corners), canvas.style.shade(part));
        }
        let mut grid = Path::default();
        let mut line = |places: [Place; 3]| grid.line(&places.map(|place| view.project(place)));
        let [x, y, z] = &self.edges;
        for &Tick { place: x, .. } in x.ticks.labeled() {
            line([[x, 0.0, 0.0], [x, 1.0, 0.0], [x, 1.0, 1.0]]);
        }
        for &Tick { place: y, .. } in y.ticks.labeled() {
            line([[1.0, y, 0.0], [0.0, y, 0.0], [0.0, y, 1.0]]);
        }
        for &Tick { place: z, .. } in z.ticks.labeled() {
            line([[0.0, 0.0, z], [0.0, 1.0, z], [1.0, 1.0, z]]);
        }
        canvas.stroke(grid, canvas.grid(), canvas.line_width() * 0.8);
        for (corners, _) in panes {
            canvas.stroke(pane(corners), canvas.style.shade(0.3), canvas.line_width() * 0.8);
        }
    }

    /// The three axes with ticks and words, to lie over the surface.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>) {
        for edge in &self.edges {
            let ends = [edge.from, edge.to].map(|place| self.view.project(place));
            canvas.stroke(Path::polyline(&ends), canvas.style.ink(), canvas.line_width());
            let toward = edge.toward;
            for tick in &edge.ticks.marks {
                let at = edge.at(&self.view, tick.place);
                let end = moved(at, toward, canvas.tick_length());
                canvas.stroke(Path::polyline(&[at, end]), canvas.style.ink(), canvas.line_width());
            }
            for word in edge.words(canvas, &self.view) {
                canvas.figure.items.push(Item::Text(word.text(canvas)));
            }
        }
    }
}

impl Edge {
    fn at(&self, view: &View, share: f64) -> Point {
        view.project([0, 1, 2].map(|axis| self.from[axis] + share * (self.to[axis] - self.from[axis])))
    }

    fn tick_words(&self, ticks: &[Tick], canvas: &Canvas<'_>, view: &View) -> Vec<Word> {
        let (size, toward) = (canvas.tick_size(), self.toward);
        let gap = canvas.tick_length() + 0.3 * size;
        let word = |tick: &Tick| {
            // The middle lies so far out that the text's box keeps the gap.
            let reach = box_reach(toward, canvas.text.width(&tick.label, size), CAP_HEIGHT * size);
            let middle = moved(self.at(view, tick.place), toward, gap + reach);
            Word { text: tick.label.clone(), size, middle, angle: 0.0 }
        };
        ticks.iter().filter(|tick| !tick.label.is_empty()).map(word).collect()
    }

    /// Tick labels, and the axis label beyond them and along the axis.
    fn words(&self, canvas: &Canvas<'_>, view: &View) -> Vec<Word> {
        let mut words = self.tick_words(&self.ticks.marks, canvas, view);
        if self.label.is_empty() {
            return words;
        }
        let (from, to) = (view.project(self.from), view.project(self.to));
        let along = unit(from, to);
        let toward = self.toward;
        // Across the axis, on the side of the ticks.
        let mut across = [along[1], -along[0]];
        if across[0] * toward[0] + across[1] * toward[1] < 0.0 {
            across = across.map(|part| -part);
        }
        let farthest = words
            .iter()
            .map(|word| {
                let offset = [word.middle[0] - from[0], word.middle[1] - from[1]];
                let out = offset[0] * across[0] + offset[1] * across[1];
                out + box_reach(across, canvas.text.width(&word.text, word.size), CAP_HEIGHT * word.size)
            })
            .fold(canvas.tick_length(), f64::max);
        let size = canvas.label_size();
        let middle = moved(self.at(view, 0.5), across, farthest + 0.85 * size);
        let angle = libm::atan2(from[1] - to[1], to[0] - from[0]);
        words.push(Word { text: self.label.clone(), size, middle, angle });
        words
    }
}

impl Word {
    fn text(&self, canvas: &Canvas<'_>) -> Text {
        let drop = CAP_HEIGHT * self.size / 2.0;
        let (sin, cos) = (libm::sin(self.angle), libm::cos(self.angle));
        let at = [self.middle[0] + drop * sin, self.middle[1] + drop * cos];
        let (words, color) = (self.text.clone(), canvas.style.ink());
        Text { words, size: self.size, at, anchor: Anchor::Middle, angle: self.angle, color }
    }
}

/// How far a box around its middle reaches along a direction.
fn box_reach(toward: Point, width: f64, height: f64) -> f64 {
    (toward[0].abs() * width + toward[1].abs() * height) / 2.0
}

/// Whether the texts' boxes keep apart from their neighbors'.
fn apart(words: &[Word], canvas: &Canvas<'_>) -> bool {
    words.windows(2).all(|pair| {
        let gap = 0.5 * canvas.tick_size();
        let widths = pair.iter().map(|word| canvas.text.width(&word.text, word.size)).sum::<f64>();
        let beside = (pair[1].middle[0] - pair[0].middle[0]).abs() >= widths / 2.0 + gap;
        let above = (pair[1].middle[1] - pair[0].middle[1]).abs() >= CAP_HEIGHT * pair[0].size + gap;
        beside || above
    })
}

fn distance(a: Point, b: Point) -> f64 {
    ((b[0] - a[0]) * (b[0] - a[0]) + (b[1] - a[1]) * (b[1] - a[1])).sqrt()
}

fn unit(from: Point, to: Point) -> Point {
    let length = distance(from, to);
    if length > 0.0 { [(to[0] - from[0]) / length, (to[1] - from[1]) / length] } else { [0.0, 0.0] }
}

fn moved(from: Point, toward: Point, length: f64) -> Point {
    [from[0] + toward[0] * length, from[1] + toward[1] * length]
}
