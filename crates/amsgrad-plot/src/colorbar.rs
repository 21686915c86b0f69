//! The bar beside a figure that tells which color stands for which value.

use crate::canvas::Canvas;
use crate::colors::Colors;
use crate::range::{Range, Scale};
use crate::scene::{Path, Rect};
use crate::ticks::{self, Ticks};

#[derive(Clone, Debug)]
pub(crate) struct ColorBar {
    pub(crate) range: Range,
    pub(crate) scale: Scale,
    /// How many bands of one color each.
    pub(crate) bands: usize,
    /// Whether there are values below the range, painted in the lowest color, and above it.
    pub(crate) below: bool,
    pub(crate) above: bool,
    /// Text along the bar; may be empty.
    pub(crate) label: String,
}

/// The color of band `index` of `count`, lowest first: the map's ends belong to the end bands.
pub(crate) fn band_color(colors: Colors, index: usize, count: usize) -> [u8; 3] {
    if count < 2 { colors.at(0.5) } else { colors.at(index as f64 / (count - 1) as f64) }
}

impl ColorBar {
    /// Width of the gap beside the figure and of the bar, relative to the unit.
    const GAP: f64 = 44.0;
    const BAR: f64 = 46.0;

    pub(crate) fn ticks(&self, canvas: &Canvas<'_>, height: f64) -> Ticks {
        ticks::fitting(self.range, self.scale, 10, |ticks| canvas.fit_upwards(ticks, height))
    }

    /// The room the bar takes to the right of a figure of the given height.
    pub(crate) fn room(&self, canvas: &Canvas<'_>, height: f64) -> f64 {
        let ticks = self.ticks(canvas, height);
        (Self::GAP + Self::BAR) * canvas.unit
            + canvas.upward_reach(&ticks.marks)
            + canvas.upward_label_room(&ticks.label(&self.label))
    }

    /// Draws the bar to the right of `area`, as high as it with the arrows that show values beyond.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let left = (area.right() + Self::GAP * canvas.unit).round();
        let width = (Self::BAR * canvas.unit).round();
        let depth = 0.7 * width;
        let (below, above) = (f64::from(self.below) * depth, f64::from(self.above) * depth);
        let bar = Rect { left, width, top: area.top + above, height: (area.height - above - below).max(1.0) };
        let count = self.bands;
        for band in 0..count {
            // Each band reaches to the top; the next one is painted over it, so no seam shows.
            let height = bar.height * (1.0 - band as f64 / count as f64);
            let color = band_color(canvas.style.colors, band, count);
            canvas.fill(Rect { height, ..bar }.path(), color);
        }
        let mut frame = bar.path();
        for (beyond, band, edge, tip) in [
            (self.below, 0, bar.bottom(), bar.bottom() + depth),
            (self.above, count - 1, bar.top, bar.top - depth),
        ] {
            if beyond {
                let points = [[bar.left, edge], [bar.right(), edge], [bar.left + width / 2.0, tip]];
                canvas.fill(Path::polygon(&points), band_color(canvas.style.colors, band, count));
                frame.outline(&points);
            }
        }
        canvas.stroke(frame, canvas.style.ink(), canvas.line_width());
        let ticks = self.ticks(canvas, bar.height);
        let reach = canvas.upward_ticks(&ticks.marks, bar.right(), bar, 1.0);
        let label = ticks.label(&self.label);
        let x = bar.right() + reach + canvas.upward_label_room(&label)
            - crate::text::DESCENT * canvas.label_size();
        canvas.write_upward(&label, x, bar);
    }
}
