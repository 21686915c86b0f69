//! The frame of a figure with two axes: where it lies, its ticks, labels and title.

use crate::canvas::{Canvas, Title};
use crate::colorbar::ColorBar;
use crate::range::{Range, Scale};
use crate::scene::{Path, Rect};
use crate::ticks::{self, Ticks};

/// Units of both axes are equally long where the frame then fills at least this part of its room.
const LEAST_FILLED: f64 = 0.5;

/// One of the two axes.
#[derive(Clone, Debug, PartialEq)]
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
    /// Width kept free to the right of the frame where there is no color bar.
    pub(crate) key: f64,
    /// Height kept free between title and frame.
    pub(crate) header: f64,
    /// Whether a unit of x is as long as one of y, where the domain allows it.
    pub(crate) equal: bool,
}

/// A laid out frame. `area` has whole pixels for its edges.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    pub(crate) area: Rect,
    x_ticks: Ticks,
    y_ticks: Ticks,
    title: Title,
    title_top: f64,
}

impl Plane {
    pub(crate) fn new(canvas: &Canvas<'_>, layout: &Layout<'_>) -> Plane {
        let Layout { x, y, color_bar, key, header, equal } = layout;
        let (pad, style) = (canvas.pad(), canvas.style);
        let title = canvas.title();
        let above = title.height + header;
        let below = canvas.across_reach(&ticks::ticks(x.range, x.scale, 2).label(&style.x_label));
        let highest = (canvas.height() - 2.0 * pad - above - below).max(1.0);

        let y_ticks =
            |height| ticks::fitting(y.range, y.scale, 10, |ticks| canvas.fit_upwards(ticks, height));
        let x_ticks = |width| ticks::fitting(x.range, x.scale, 10, |ticks| canvas.fit_across(ticks, width));
        let label_room = canvas.upward_label_room(&ticks::ticks(y.range, y.scale, 2).label(&style.y_label));
        let before = |height| canvas.upward_reach(&y_ticks(height).marks) + label_room;
        // Half of the last tick label reaches beyond the frame where no color bar makes room.
        let last = canvas.widest(&x_ticks(canvas.width() / 2.0).marks) / 2.0;
        let after = |height| color_bar.map_or(key.max(last), |bar| bar.room(canvas, height).max(last));

        // Fewer ticks fit a lower frame, so its margins are no wider than these.
        let widest = (canvas.width() - 2.0 * pad - before(highest) - after(highest)).max(1.0);
        let ratio = (x.range.high - x.range.low) / (y.range.high - y.range.low);
        let (mut width, mut height) = (widest, highest);
        let equal_width = widest.min(highest * ratio);
        if *equal && equal_width * (equal_width / ratio) >= LEAST_FILLED * widest * highest {
            (width, height) = (equal_width, equal_width / ratio);
        }
        (width, height) = (width.round().max(1.0), height.round().max(1.0));

        let (before, after) = (before(height), after(height));
        let left = ((canvas.width() - before - width - after) / 2.0 + before).round();
        let title_top = (canvas.height() - above - height - below) / 2.0;
        let top = (title_top + above).round();
        let area = Rect { left, top, width, height };
        Plane { area, x_ticks: x_ticks(width), y_ticks: y_ticks(height), title, title_top }
    }

    /// Draws light lines at the labeled ticks, to lie behind data.
    pub(crate) fn grid(&self, canvas: &mut Canvas<'_>) {
        let area = self.area;
        let mut path = Path::default();
        for tick in self.x_ticks.labeled() {
            path.line(&[area.at([tick.place, 0.0]), area.at([tick.place, 1.0])]);
        }
        for tick in self.y_ticks.labeled() {
            path.line(&[area.at([0.0, tick.place]), area.at([1.0, tick.place])]);
        }
        canvas.stroke(path, canvas.grid(), canvas.line_width());
    }

    /// Draws frame, ticks, labels and title, to lie over data.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>) {
        let area = self.area;
        canvas.stroke(area.path(), canvas.style.ink(), canvas.line_width());
        let (x_label, y_label) =
            (self.x_ticks.label(&canvas.style.x_label), self.y_ticks.label(&canvas.style.y_label));
        canvas.across_axis(&self.x_ticks.marks, &x_label, area);
        let reach = canvas.upward_ticks(&self.y_ticks.marks, area.left, area, -1.0);
        let x = area.left - reach - 0.6 * canvas.label_size();
        canvas.write_upward(&y_label, x, area);
        canvas.write_title(&self.title, area.left + area.width / 2.0, self.title_top);
    }
}
