//! Which line is which.

use crate::canvas::Canvas;
use crate::look::Look;
use crate::scene::{Anchor, Path, Point, Rect};
use crate::text::CAP_HEIGHT;

/// Draws the legend in the corner of `area` with the fewest points behind it.
pub(crate) fn draw(canvas: &mut Canvas<'_>, entries: &[(&str, Look)], area: Rect, drawn: &[Point]) {
    if entries.is_empty() {
        return;
    }
    let (unit, size) = (canvas.unit, canvas.tick_size());
    let (pad, sample, row) = (16.0 * unit, 60.0 * unit, 1.4 * size);
    let fitting = (((area.height * 0.6 - 2.0 * pad) / row) as usize).max(1);
    let mut lines: Vec<(String, Option<Look>)> = entries
        .iter()
        .map(|(name, look)| (canvas.text.shortened(name, size, area.width * 0.4), Some(*look)))
        .collect();
    if lines.len() > fitting {
        let more = lines.len() + 1 - fitting;
        lines.truncate(fitting - 1);
        lines.push((format!("and {more} more"), None));
    }
    let widest = lines.iter().map(|(name, _)| canvas.text.width(name, size)).fold(0.0, f64::max);
    let (width, height) = (sample + widest + 3.0 * pad, lines.len() as f64 * row + 2.0 * pad);
    let margin = 18.0 * unit;
    let lefts = [area.right() - margin - width, area.left + margin];
    let tops = [area.top + margin, area.bottom() - margin - height];
    let places = tops.iter().flat_map(|&top| lefts.map(|left| Rect { left, top, width, height }));
    let behind = |place: &Rect| {
        let inside = |[x, y]: &&Point| {
            (place.left..=place.right()).contains(x) && (place.top..=place.bottom()).contains(y)
        };
        drawn.iter().filter(inside).count()
    };
    let Some(place) = places.min_by_key(behind) else { return };

    canvas.fill(place.path(), canvas.style.ground());
    canvas.stroke(place.path(), canvas.style.shade(0.3), canvas.line_width());
    for (index, (name, look)) in lines.iter().enumerate() {
        let middle = place.top + pad + (index as f64 + 0.5) * row;
        let left = place.left + pad;
        if let Some(look) = look {
            look.stroke(canvas, Path::polyline(&[[left, middle], [left + sample, middle]]));
        }
        let at = [left + sample + pad, middle + CAP_HEIGHT * size / 2.0];
        canvas.write(name, size, at, Anchor::Start, 0.0);
    }
}
