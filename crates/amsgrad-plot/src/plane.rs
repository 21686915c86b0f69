//! The frame of a figure with two axes: where it lies, its ticks, labels and title.

use crate::canvas::{Canvas, GRID};
use crate::colorbar::ColorBar;
use crate::colors::BLACK;
use crate::range::{Range, Scale};
use crate::scene::{Path, Rect};
use crate::ticks::{self, Tick};

/// Domains at most this many times as long one way as the other keep equal units on both axes.
const MOST_UNEQUAL: f64 = 5.0;

/// One of the two axes.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(crate) range: Range,
    pub(crate) scale: Scale,
}

/// What a frame is laid out for.
#[derive(Clone, Debug)]
pub(crate) struct Layout<'a> {
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) color_bar: Option<&'a ColorBar>,
    /// Height kept free between title and frame.
    pub(crate) header: f64,
    /// Whether a unit of x is as long as one of y, where the domain allows it.
    pub(crate) equal: bool,
}

/// A laid out frame. `area` has whole pixels for its edges.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    pub(crate) area: Rect,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    title: Vec<String>,
    title_top: f64,
}

impl Plane {
    pub(crate) fn new(canvas: &Canvas<'_>, layout: &Layout<'_>) -> Plane {
        let Layout { x, y, color_bar, header, equal } = layout;
        let (pad, style) = (canvas.pad(), canvas.style);
        let title = canvas.title();
        let above = canvas.title_height(&title) + header;
        let below = canvas.across_reach(&style.x_label);
        let highest = (canvas.height() - 2.0 * pad - above - below).max(1.0);

        let y_ticks =
            |height| ticks::fitting(y.range, y.scale, 10, |ticks| canvas.fit_upwards(ticks, height));
        let x_ticks = |width| ticks::fitting(x.range, x.scale, 10, |ticks| canvas.fit_across(ticks, width));
        let label_room = canvas.upward_label_room(&style.y_label);
        let before = |height| canvas.upward_reach(&y_ticks(height)) + label_room;
        // Half of the last tick label reaches beyond the frame where no colour bar makes room.
        let last = canvas.widest(&x_ticks(canvas.width() / 2.0)) / 2.0;
        let after = |height| color_bar.map_or(last, |bar| bar.room(canvas, height).max(last));

        // Fewer ticks fit a lower frame, so its margins are no wider than these.
        let widest = (canvas.width() - 2.0 * pad - before(highest) - after(highest)).max(1.0);
        let ratio = (x.range.high - x.range.low) / (y.range.high - y.range.low);
        let (mut width, mut height) = (widest, highest);
        if *equal && (1.0 / MOST_UNEQUAL..=MOST_UNEQUAL).contains(&ratio) {
            width = widest.min(highest * ratio);
            height = width / ratio;
        }
        (width, height) = (width.round().max(1.0), height.round().max(1.0));

        let (before, after) = (before(height), after(height));
        let left = ((canvas.width() - before - width - after) / 2.0 + before).round();
        let title_top = (canvas.height() - above - height - below) / 2.0;
        let top = (title_top + above).round();
        let area = Rect { left, top, width, height };
        Plane { area, x_ticks: x_ticks(width), y_ticks: y_ticks(height), title, title_top }
    }

    /// Draws light lines at the labelled ticks, to lie behind data.
    pub(crate) fn grid(&self, canvas: &mut Canvas<'_>) {
        let area = self.area;
        let mut path = Path::default();
        for tick in self.x_ticks.iter().filter(|tick| !tick.label.is_empty()) {
            path.line(&[area.at([tick.place, 0.0]), area.at([tick.place, 1.0])]);
        }
        for tick in self.y_ticks.iter().filter(|tick| !tick.label.is_empty()) {
            path.line(&[area.at([0.0, tick.place]), area.at([1.0, tick.place])]);
        }
        canvas.stroke(path, GRID, canvas.line_width());
    }

    /// Draws frame, ticks, labels and title, to lie over data.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>) {
        let area = self.area;
        canvas.stroke(area.path(), BLACK, canvas.line_width());
        let (x_label, y_label) = (canvas.style.x_label.clone(), canvas.style.y_label.clone());
        canvas.across_axis(&self.x_ticks, &x_label, area);
        let reach = canvas.upward_ticks(&self.y_ticks, area.left, area, -1.0);
        let x = area.left - reach - 0.6 * canvas.label_size();
        canvas.write_upward(&y_label, x, area);
        canvas.write_title(&self.title, area.left + area.width / 2.0, self.title_top);
    }
}
