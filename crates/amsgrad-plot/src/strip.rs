//! Triangles to pixels without seams: many samples for a pixel, each painted whole, then averaged.

use crate::scene::{Point, Raster, Rect};

/// Samples along a pixel's side while drawing; half as many pixels are kept, for formats that may
/// be magnified.
pub(crate) const SAMPLES: usize = 4;
const KEPT: usize = SAMPLES / 2;

/// The most samples held at once: larger pictures are drawn in strips.
const STRIP: usize = 4_000_000;

/// The pixels of `area`, which must have whole pixels for its edges: `paint` is called for one
/// strip after another, from the top.
pub(crate) fn draw(area: Rect, paint: impl Fn(&mut Strip)) -> Raster {
    let samples = |length: f64| (length as usize).max(1) * SAMPLES;
    let (columns, rows) = (samples(area.width), samples(area.height));
    let strip_rows = (STRIP / columns).max(SAMPLES) / SAMPLES * SAMPLES;
    let mut rgba = Vec::with_capacity(columns * rows);
    for first in (0..rows).step_by(strip_rows) {
        let pixels = vec![[0; 4]; columns * strip_rows.min(rows - first)];
        let mut strip = Strip { left: area.left, top: area.top, columns, first, pixels };
        paint(&mut strip);
        strip.shrink_into(&mut rgba);
    }
    let kept = |samples: usize| (samples / SAMPLES * KEPT) as u32;
    Raster { width: kept(columns), height: kept(rows), rgba }
}

/// Some rows of samples of the picture.
pub(crate) struct Strip {
    left: f64,
    top: f64,
    columns: usize,
    /// The first row's number in the whole picture.
    first: usize,
    pixels: Vec<[u8; 4]>,
}

impl Strip {
    /// From the figure's pixels to samples of this strip.
    pub(crate) fn place(&self, [x, y]: Point) -> Point {
        [(x - self.left) * SAMPLES as f64, (y - self.top) * SAMPLES as f64 - self.first as f64]
    }

    /// Whether any row of the strip is between the highest and the lowest corner.
    pub(crate) fn touches(&self, corners: [Point; 3]) -> bool {
        let rows = (self.pixels.len() / self.columns) as f64;
        corners.iter().any(|corner| corner[1] >= 0.0) && corners.iter().any(|corner| corner[1] <= rows)
    }

    /// Paints the samples whose middles lie in the triangle.
    pub(crate) fn fill(&mut self, corners: [Point; 3], color: impl Fn(f64, f64) -> [u8; 4]) {
        let rows = self.pixels.len() / self.columns;
        let ys = corners.map(|corner| corner[1]);
        let (top, bottom) = (ys[0].min(ys[1]).min(ys[2]), ys[0].max(ys[1]).max(ys[2]));
        let first = (top - 0.5).ceil().max(0.0) as usize;
        let end = ((bottom - 0.5).floor() + 1.0).clamp(0.0, rows as f64) as usize;
        for row in first..end {
            let y = row as f64 + 0.5;
            // Where the row's middle line crosses the sides.
            let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
            for side in 0..3 {
                let (a, b) = (corners[side], corners[(side + 1) % 3]);
                if (a[1] <= y) != (b[1] <= y) {
                    // The same numbers for both triangles at a side, so that no sample between is missed.
                    let (a, b) = if (a[1], a[0]) <= (b[1], b[0]) { (a, b) } else { (b, a) };
                    let x = a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
                    left = left.min(x);
                    right = right.max(x);
                }
            }
            let from = (left - 0.5).ceil().max(0.0) as usize;
            let to = ((right - 0.5).floor() + 1.0).clamp(0.0, self.columns as f64) as usize;
            if from < to {
                let start = row * self.columns;
                for (column, pixel) in (from..).zip(&mut self.pixels[start + from..start + to]) {
                    *pixel = color(column as f64 + 0.5, y);
                }
            }
        }
    }

    /// Averages squares of samples and adds the pixels to `rgba`.
    fn shrink_into(&self, rgba: &mut Vec<u8>) {
        let side = SAMPLES / KEPT;
        for row in (0..self.pixels.len() / self.columns).step_by(side) {
            for column in (0..self.columns).step_by(side) {
                let mut sums = [0_u32; 4];
                for down in 0..side {
                    let start = (row + down) * self.columns + column;
                    for pixel in &self.pixels[start..start + side] {
                        if pixel[3] > 0 {
                            sums = [0, 1, 2, 3].map(|channel| sums[channel] + u32::from(pixel[channel]));
                        }
                    }
                }
                let painted = (sums[3] / 255).max(1);
                rgba.extend([0, 1, 2].map(|channel| (sums[channel] / painted) as u8));
                rgba.push((sums[3] / (side * side) as u32) as u8);
            }
        }
    }
}
