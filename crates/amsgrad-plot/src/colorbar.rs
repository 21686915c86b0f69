//! The bar beside a figure that tells which colour stands for which value.

use crate::canvas::Canvas;
use crate::colors::{BLACK, Colors};
use crate::range::{Range, Scale};
use crate::scene::{Path, Rect};
use crate::ticks::{self, Tick};

#[derive(Clone, Debug)]
pub(crate) struct ColorBar {
    pub(crate) range: Range,
    pub(crate) scale: Scale,
    /// How many bands of one colour each.
    pub(crate) bands: usize,
    /// Whether there are values below the range, painted in the lowest colour.
    pub(crate) values_below: bool,
    /// Text along the bar; may be empty.
    pub(crate) label: String,
}

/// The colour of band `index` of `count`, lowest first: the map's ends belong to the end bands.
pub(crate) fn band_color(colors: Colors, index: usize, count: usize) -> [u8; 3] {
    if count < 2 { colors.at(0.5) } else { colors.at(index as f64 / (count - 1) as f64) }
}

impl ColorBar {
    /// Width of the gap beside the figure and of the bar, relative to the unit.
    const GAP: f64 = 44.0;
    const BAR: f64 = 46.0;

    pub(crate) fn ticks(&self, canvas: &Canvas<'_>, height: f64) -> Vec<Tick> {
        ticks::fitting(self.range, self.scale, 10, |ticks| canvas.fit_upwards(ticks, height))
    }

    /// The room the bar takes to the right of a figure of the given height.
    pub(crate) fn room(&self, canvas: &Canvas<'_>, height: f64) -> f64 {
        let ticks = self.ticks(canvas, height);
        (Self::GAP + Self::BAR) * canvas.unit
            + canvas.upward_reach(&ticks)
            + canvas.upward_label_room(&self.label)
    }

    /// Draws the bar to the right of `area`, as high as it.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let left = (area.right() + Self::GAP * canvas.unit).round();
        let bar = Rect { left, width: (Self::BAR * canvas.unit).round(), ..area };
        let count = self.bands;
        for band in 0..count {
            // Each band reaches to the top; the next one is painted over it, so no seam shows.
            let height = bar.height * (1.0 - band as f64 / count as f64);
            let color = band_color(canvas.style.colors, band, count);
            canvas.fill(Rect { height, ..bar }.path(), color);
        }
        let mut frame = bar.path();
        if self.values_below {
            let (middle, depth) = (bar.left + bar.width / 2.0, bar.width * 0.8);
            let points =
                [[bar.left, bar.bottom()], [bar.right(), bar.bottom()], [middle, bar.bottom() + depth]];
            canvas.fill(Path::polygon(&points), band_color(canvas.style.colors, 0, count));
            frame.outline(&points);
        }
        canvas.stroke(frame, BLACK, canvas.line_width());
        let ticks = self.ticks(canvas, bar.height);
        let reach = canvas.upward_ticks(&ticks, bar.right(), bar, 1.0);
        let x = bar.right() + reach + canvas.upward_label_room(&self.label)
            - crate::text::DESCENT * canvas.label_size();
        canvas.write_upward(&self.label, x, bar);
    }
}
