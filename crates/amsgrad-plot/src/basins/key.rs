//! The key of a picture of basins.

use crate::canvas::Canvas;
use crate::colors::Rgb;
use crate::decimal::Decimal;
use crate::scene::{Anchor, Rect};
use crate::text::CAP_HEIGHT;
use crate::{Field, Style};

use super::places::{Basin, NOWHERE, PALETTE, place};

/// Color, value and share of every place, and of what ends at none.
pub(super) struct Key {
    rows: Vec<(Rgb, [String; 2])>,
    nowhere: Option<(Rgb, [String; 2])>,
}

impl Key {
    pub(super) fn new(field: &Field, places: &[Basin], style: &Style) -> Key {
        let mut counts = vec![0_usize; places.len()];
        let mut nowhere = 0;
        for &number in &field.values {
            match place(number, places) {
                Some(index) => counts[index] += 1,
                None => nowhere += 1,
            }
        }
        let share = |count: usize| format!("{:.1} %", 100.0 * count as f64 / field.values.len() as f64);
        let row = |((place, count), color): ((&Basin, &usize), &Rgb)| {
            (*color, [Decimal::short(place.value).alone(), share(*count)])
        };
        let rows = places.iter().zip(&counts).zip(&PALETTE).map(row).collect();
        let none = (style.shade(NOWHERE), ["none".to_owned(), share(nowhere)]);
        Key { rows, nowhere: (nowhere > 0).then_some(none) }
    }

    /// Returns all rows below their heads.
    fn rows(&self, canvas: &Canvas<'_>) -> Vec<(Option<Rgb>, [String; 2])> {
        let label =
            canvas.text.shortened(&canvas.style.z_label, canvas.tick_size(), 8.0 * canvas.tick_size());
        let mut rows = vec![(None, [label, "share".to_owned()])];
        rows.extend(
            self.rows.iter().chain(&self.nowhere).map(|(color, words)| (Some(*color), words.clone())),
        );
        rows
    }

    /// Returns where columns begin and the last one ends, from the frame on.
    fn columns(&self, canvas: &Canvas<'_>) -> [f64; 3] {
        let size = canvas.tick_size();
        let widest = |column: usize| {
            let rows = self.rows(canvas);
            rows.iter().map(|(_, words)| canvas.text.width(&words[column], size)).fold(0.0, f64::max)
        };
        let first = 2.6 * size;
        let second = first + widest(0) + 0.8 * size;
        [first, second, second + widest(1)]
    }

    pub(super) fn width(&self, canvas: &Canvas<'_>) -> f64 {
        self.columns(canvas)[2]
    }

    /// Draws the key to the right of `area`, from its top on.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let (size, [first, _, end]) = (canvas.tick_size(), self.columns(canvas));
        for (index, (color, words)) in self.rows(canvas).into_iter().enumerate() {
            let middle = area.top + (0.5 + 1.5 * index as f64) * size;
            if let Some(color) = color {
                swatch(canvas, color, area.right() + 1.4 * size, middle);
            }
            let baseline = middle + CAP_HEIGHT * size / 2.0;
            canvas.write(&words[0], size, [area.right() + first, baseline], Anchor::Start, 0.0);
            canvas.write(&words[1], size, [area.right() + end, baseline], Anchor::End, 0.0);
        }
    }

    /// Names the gray above `top`, from `x` on.
    pub(super) fn draw_nowhere(&self, canvas: &mut Canvas<'_>, x: f64, top: f64) {
        let Some((color, [words, share])) = &self.nowhere else { return };
        let size = canvas.tick_size();
        let middle = top - 0.75 * size;
        swatch(canvas, *color, x, middle);
        let at = [x + 1.2 * size, middle + CAP_HEIGHT * 0.42 * size];
        canvas.write(&format!("{words}: {share}"), size, at, Anchor::Start, 0.0);
    }
}

fn swatch(canvas: &mut Canvas<'_>, color: Rgb, left: f64, middle: f64) {
    let side = 0.85 * canvas.tick_size();
    let square = Rect { left, top: middle - side / 2.0, width: side, height: side };
    canvas.fill(square.path(), color);
    canvas.stroke(square.path(), canvas.style.ink(), 0.6 * canvas.line_width());
}
