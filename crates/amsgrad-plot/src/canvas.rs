//! A figure being drawn: the pen, the text sizes and the parts every figure has.

use crate::colors::Rgb;
use crate::scene::{Anchor, Item, Path, Point, Rect, Text};
use crate::text::{CAP_HEIGHT, DESCENT, LINE_HEIGHT, Typesetter};
use crate::ticks::Tick;
use crate::{Figure, PlotError, Style};

/// A title that is set and placed.
#[derive(Clone, Debug)]
pub(crate) struct Title {
    lines: Vec<String>,
    size: f64,
    /// Its own height and the room below it.
    pub(crate) height: f64,
}

#[derive(Debug)]
pub(crate) struct Canvas<'a> {
    pub(crate) style: &'a Style,
    pub(crate) text: Typesetter,
    pub(crate) figure: Figure,
    /// A part of the text size: labels are 36 units high.
    pub(crate) unit: f64,
}

impl<'a> Canvas<'a> {
    pub(crate) fn new(style: &'a Style) -> Result<Canvas<'a>, PlotError> {
        style.validate()?;
        Ok(Canvas { style, text: Typesetter::new()?, figure: Figure::new(style), unit: style.unit() })
    }

    pub(crate) fn finish(self) -> Figure {
        self.figure
    }

    pub(crate) fn width(&self) -> f64 {
        f64::from(self.figure.width)
    }

    pub(crate) fn height(&self) -> f64 {
        f64::from(self.figure.height)
    }

    /// Room left free along the figure's edges.
    pub(crate) fn pad(&self) -> f64 {
        28.0 * self.unit
    }

    pub(crate) fn label_size(&self) -> f64 {
        36.0 * self.unit
    }

    pub(crate) fn tick_size(&self) -> f64 {
        30.0 * self.unit
    }

    pub(crate) fn tick_length(&self) -> f64 {
        10.0 * self.unit
    }

    pub(crate) fn line_width(&self) -> f64 {
        2.0 * self.unit
    }

    pub(crate) fn fill(&mut self, path: Path, color: Rgb) {
        self.figure.items.push(Item::Fill { path, color });
    }

    pub(crate) fn stroke(&mut self, path: Path, color: Rgb, width: f64) {
        self.figure.items.push(Item::Stroke { path, color, width, dash: None });
    }

    /// Lines behind data.
    pub(crate) fn grid(&self) -> Rgb {
        self.style.shade(0.14)
    }

    pub(crate) fn write(&mut self, words: &str, size: f64, at: Point, anchor: Anchor, angle: f64) {
        self.write_in(self.style.ink(), words, size, at, anchor, angle);
    }

    pub(crate) fn write_in(
        &mut self,
        color: Rgb,
        words: &str,
        size: f64,
        at: Point,
        anchor: Anchor,
        angle: f64,
    ) {
        if !words.is_empty() {
            let words = words.to_owned();
            self.figure.items.push(Item::Text(Text { words, size, at, anchor, angle, color }));
        }
    }

    /// The title, as large as the figure has room for.
    pub(crate) fn title(&self) -> Title {
        let room = self.width() - 2.0 * self.pad();
        let (lines, size) = self.text.title(&self.style.title, 40.0 * self.unit, room);
        let height = if lines.is_empty() { 0.0 } else { (lines.len() as f64 * LINE_HEIGHT + 0.35) * size };
        Title { lines, size, height }
    }

    /// Writes the title below `top`, centered on `x` as far as the edges allow.
    pub(crate) fn write_title(&mut self, title: &Title, x: f64, top: f64) {
        let Title { lines, size, .. } = title;
        for (index, line) in lines.iter().enumerate() {
            let half = self.text.width(line, *size) / 2.0;
            let (left, right) = (self.pad() + half, self.width() - self.pad() - half);
            let x = x.max(left).min(right.max(left));
            let baseline = top + (index as f64 * LINE_HEIGHT + 0.95) * size;
            self.write(line, *size, [x, baseline], Anchor::Middle, 0.0);
        }
    }

    pub(crate) fn widest(&self, ticks: &[Tick]) -> f64 {
        ticks.iter().map(|tick| self.text.width(&tick.label, self.tick_size())).fold(0.0, f64::max)
    }

    /// Whether tick labels side by side keep apart on an axis of this length.
    pub(crate) fn fit_across(&self, ticks: &[Tick], length: f64) -> bool {
        let size = self.tick_size();
        let ends = labeled(ticks).map(|tick| {
            let (middle, half) = (tick.place * length, self.text.width(&tick.label, size) / 2.0);
            (middle - half, middle + half)
        });
        ends.clone().zip(ends.skip(1)).all(|(one, next)| one.1 + 0.8 * size <= next.0)
    }

    /// Whether tick labels above each other keep apart on an axis of this length.
    pub(crate) fn fit_upwards(&self, ticks: &[Tick], length: f64) -> bool {
        let places = labeled(ticks).map(|tick| tick.place * length);
        places.clone().zip(places.skip(1)).all(|(one, next)| one + 1.7 * self.tick_size() <= next)
    }

    /// Ticks and labels of an axis that runs upwards along `x` over the height of `area`: to the
    /// right of it or, with `side` -1, to the left. Returns how far the labels reach from `x`.
    pub(crate) fn upward_ticks(&mut self, ticks: &[Tick], x: f64, area: Rect, side: f64) -> f64 {
        let (size, length) = (self.tick_size(), self.tick_length());
        let anchor = if side > 0.0 { Anchor::Start } else { Anchor::End };
        for tick in ticks {
            let y = area.bottom() - tick.place * area.height;
            let reach = if tick.label.is_empty() { length * 0.55 } else { length };
            self.stroke(
                Path::polyline(&[[x, y], [x + side * reach, y]]),
                self.style.ink(),
                self.line_width(),
            );
            let at = [x + side * (length + 0.3 * size), y + CAP_HEIGHT * size / 2.0];
            self.write(&tick.label, size, at, anchor, 0.0);
        }
        self.upward_reach(ticks)
    }

    /// How far such an axis's labels reach.
    pub(crate) fn upward_reach(&self, ticks: &[Tick]) -> f64 {
        self.tick_length() + 0.3 * self.tick_size() + self.widest(ticks)
    }

    /// Room beside an upward axis's tick labels for its label.
    pub(crate) fn upward_label_room(&self, label: &str) -> f64 {
        if label.is_empty() { 0.0 } else { (CAP_HEIGHT + DESCENT + 0.6) * self.label_size() }
    }

    /// Writes a label upwards, its letters' feet at `x`, centered on the height of `area`.
    pub(crate) fn write_upward(&mut self, label: &str, x: f64, area: Rect) {
        let (size, room) = (self.label_size(), self.height() - 2.0 * self.pad());
        let label = self.text.shortened(label, size, room);
        let half = self.text.width(&label, size) / 2.0;
        let (highest, lowest) = (self.pad() + half, self.height() - self.pad() - half);
        let y = (area.top + area.height / 2.0).max(highest).min(lowest.max(highest));
        self.write(&label, size, [x, y], Anchor::Middle, std::f64::consts::FRAC_PI_2);
    }

    /// Height of ticks and labels below an axis that runs across.
    pub(crate) fn across_reach(&self, label: &str) -> f64 {
        let size = self.tick_size();
        let label = if label.is_empty() { 0.0 } else { (CAP_HEIGHT + DESCENT + 0.5) * self.label_size() };
        self.tick_length() + (0.35 + CAP_HEIGHT + DESCENT) * size + label
    }

    /// Ticks, tick labels and label of the axis along the bottom of `area`.
    pub(crate) fn across_axis(&mut self, ticks: &[Tick], label: &str, area: Rect) {
        let (size, length, y) = (self.tick_size(), self.tick_length(), area.bottom());
        for tick in ticks {
            let x = area.left + tick.place * area.width;
            let reach = if tick.label.is_empty() { length * 0.55 } else { length };
            self.stroke(Path::polyline(&[[x, y], [x, y + reach]]), self.style.ink(), self.line_width());
            let at = [x, y + length + (0.35 + CAP_HEIGHT) * size];
            self.write(&tick.label, size, at, Anchor::Middle, 0.0);
        }
        let (size, baseline) =
            (self.label_size(), y + self.across_reach(label) - DESCENT * self.label_size());
        let label = self.text.shortened(label, size, self.width() - 2.0 * self.pad());
        let half = self.text.width(&label, size) / 2.0;
        let (left, right) = (self.pad() + half, self.width() - self.pad() - half);
        let x = (area.left + area.width / 2.0).max(left).min(right.max(left));
        self.write(&label, size, [x, baseline], Anchor::Middle, 0.0);
    }
}

fn labeled(ticks: &[Tick]) -> impl Iterator<Item = &Tick> + Clone {
    ticks.iter().filter(|tick| !tick.label.is_empty())
}
