//! Names beside the ends of lines, which need no legend.

use crate::canvas::Canvas;
use crate::look::{Look, PALETTE};
use crate::scene::{Anchor, Point, Rect};
use crate::text::CAP_HEIGHT;

/// The parts of a figure's width and height that names may take.
const WIDEST: f64 = 0.3;
const HIGHEST: f64 = 0.6;

/// A line's name, its look, and the place of its last point, from 0 to 1 along both axes.
pub(crate) type Entry<'a> = (&'a str, Look, Option<Point>);

/// Returns the room that names to the right of the frame take, or `None` where a legend is better: a line has no end, names are
/// too long or too many, or colors alone do not tell the lines apart.
pub(crate) fn room(canvas: &Canvas<'_>, entries: &[Entry<'_>]) -> Option<f64> {
    let size = canvas.tick_size();
    let ends = |(_, _, last): &Entry<'_>| last.is_some();
    let widest = entries.iter().map(|(name, ..)| canvas.text.width(name, size)).fold(0.0, f64::max);
    let fits =
        widest <= WIDEST * canvas.width() && entries.len() as f64 * row(size) <= HIGHEST * canvas.height();
    let good = (1..=PALETTE.len()).contains(&entries.len()) && fits && entries.iter().all(ends);
    good.then_some(0.5 * size + widest)
}

/// Writes each name to the right of the frame, at the height at which its line ends or as near to it as the others allow.
pub(crate) fn draw(canvas: &mut Canvas<'_>, entries: &[Entry<'_>], area: Rect) {
    let size = canvas.tick_size();
    let mut ends: Vec<(f64, &str, Look)> = entries
        .iter()
        .filter_map(|(name, look, last)| last.map(|last| (area.at(last)[1], *name, *look)))
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wished: Vec<f64> = ends.iter().map(|end| end.0).collect();
    let half = row(size) / 2.0;
    let places = apart(&wished, row(size), area.top + half, area.bottom() - half);
    for ((_, name, look), y) in ends.iter().zip(places) {
        let at = [area.right() + 0.5 * size, y + CAP_HEIGHT * size / 2.0];
        canvas.write_in(look.ink(canvas.style), name, size, at, Anchor::Start, 0.0);
    }
}

fn row(size: f64) -> f64 {
    1.2 * size
}

/// Returns the places nearest to the wished ones, which rise, that keep this distance and lie between `low` and `high`.
fn apart(wished: &[f64], distance: f64, low: f64, high: f64) -> Vec<f64> {
    // Less a distance each, places may coincide but not fall: means of those that would.
    let mut groups: Vec<(f64, usize)> = Vec::new();
    for (index, wish) in wished.iter().enumerate() {
        let (mut mean, mut count) = (wish - index as f64 * distance, 1);
        while let Some(&(before, many)) = groups.last().filter(|(before, _)| *before > mean) {
            mean = (mean * count as f64 + before * many as f64) / (count + many) as f64;
            count += many;
            groups.pop();
        }
        groups.push((mean, count));
    }
    let highest = high - wished.len().saturating_sub(1) as f64 * distance;
    let means = groups.into_iter().flat_map(|(mean, count)| std::iter::repeat_n(mean, count));
    means.enumerate().map(|(index, mean)| mean.min(highest).max(low) + index as f64 * distance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_apart_and_stay_near() {
        assert_eq!(apart(&[10.0, 50.0], 12.0, 0.0, 100.0), [10.0, 50.0]);
        assert_eq!(apart(&[50.0, 50.0, 50.0], 12.0, 0.0, 100.0), [38.0, 50.0, 62.0]);
        assert_eq!(apart(&[95.0, 99.0], 12.0, 0.0, 100.0), [88.0, 100.0]);
        assert_eq!(apart(&[0.0, 1.0, 80.0], 12.0, 0.0, 100.0), [0.0, 12.0, 80.0]);
    }
}
