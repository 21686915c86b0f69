//! A sampled surface to pixels: hidden parts hidden, colored by height, with grid lines on it.

use crate::colors::Colors;
use crate::scene::{Point, Raster, Rect};
use crate::strip::{self, SAMPLES, Strip};

/// Grid lines drawn along each side, at most.
const LINES: usize = 25;

/// Steps of color: finer ones are not seen but make the files larger.
const SHADES: usize = 128;

/// How much a grid line darkens the surface: at most this many of 256 parts, in this many steps.
const DARKEST: usize = 90;
const DARKNESSES: usize = 8;

/// A surface of `columns` by `rows` corners, neighbors along x first. The viewer looks from the
/// side of the last column and the first row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mesh<'a> {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// From 0 for the lowest color to 1 for the highest; NaN where blank.
    pub(crate) heights: &'a [f64],
}

/// A mesh and how it is seen.
struct View<'a> {
    mesh: Mesh<'a>,
    /// Where each corner is seen, in pixels.
    seen: &'a [Point],
    /// Width of grid lines in pixels.
    line_width: f64,
    palette: Palette,
}

/// What is known at a corner of a triangle and interpolated in between.
#[derive(Clone, Copy)]
struct Corner {
    at: Point,
    height: f64,
    column: f64,
    row: f64,
}

impl Mesh<'_> {
    /// Returns the pixels of `area`, which must have whole pixels for its edges. Each corner is
    /// `seen` somewhere; grid lines are `line_width` pixels wide.
    pub(crate) fn draw(self, seen: &[Point], colors: Colors, line_width: f64, area: Rect) -> Raster {
        let view = View { mesh: self, seen, line_width, palette: Palette::new(colors) };
        strip::draw(area, |strip| view.paint(strip))
    }

    /// Returns the height at a place from 0 to 1 along both sides; None where blank.
    pub(crate) fn height(self, place: Point) -> Option<f64> {
        let cell = |share: f64, count: usize| {
            let at = share.clamp(0.0, 1.0) * (count - 1) as f64;
            let index = (at as usize).min(count - 2);
            (index, at - index as f64)
        };
        let ((column, right), (row, up)) = (cell(place[0], self.columns), cell(place[1], self.rows));
        let corner = |right: usize, up: usize| self.heights[(row + up) * self.columns + column + right];
        // On the triangle that is drawn there.
        let (low, high) = (corner(0, 0), corner(1, 1));
        let height = if right >= up {
            let near = corner(1, 0);
            low + right * (near - low) + up * (high - near)
        } else {
            let far = corner(0, 1);
            low + up * (far - low) + right * (high - far)
        };
        (!height.is_nan()).then_some(height)
    }
}

impl View<'_> {
    fn paint(&self, strip: &mut Strip) {
        // From the far side to the near one, each cell over those behind it. In a cell the
        // diagonal towards the viewer's right leaves one triangle behind the other.
        for row in (0..self.mesh.rows - 1).rev() {
            for column in 0..self.mesh.columns - 1 {
                let corner = |right: usize, up: usize| self.corner(column + right, row + up);
                let (Some(low), Some(high)) = (corner(0, 0), corner(1, 1)) else { continue };
                let (Some(far), Some(near)) = (corner(0, 1), corner(1, 0)) else { continue };
                self.triangle(strip, [low, high, far]);
                self.triangle(strip, [low, high, near]);
            }
        }
    }

    fn corner(&self, column: usize, row: usize) -> Option<Corner> {
        let index = row * self.mesh.columns + column;
        let height = self.mesh.heights[index];
        (!height.is_nan()).then(|| Corner {
            at: self.seen[index],
            height,
            column: column as f64,
            row: row as f64,
        })
    }

    fn triangle(&self, strip: &mut Strip, corners: [Corner; 3]) {
        let [a, b, c] = corners.map(|corner| strip.place(corner.at));
        if !strip.touches([a, b, c]) {
            return;
        }
        let doubled_area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
        if doubled_area == 0.0 {
            return;
        }
        // A value at the corners becomes its value at the origin and its slopes along x and y.
        let plane = |value: fn(&Corner) -> f64| {
            let [va, vb, vc] = [0, 1, 2].map(|index| value(&corners[index]));
            let along_x = ((vb - va) * (c[1] - a[1]) - (vc - va) * (b[1] - a[1])) / doubled_area;
            let along_y = ((vc - va) * (b[0] - a[0]) - (vb - va) * (c[0] - a[0])) / doubled_area;
            Plane { origin: va - along_x * a[0] - along_y * a[1], along_x, along_y }
        };
        let height = plane(|corner| corner.height);
        let width = self.line_width * SAMPLES as f64;
        let lines = [
            GridLines::new(
                plane(|corner| corner.column),
                corners.map(|corner| corner.column),
                self.mesh.columns,
                width,
            ),
            GridLines::new(
                plane(|corner| corner.row),
                corners.map(|corner| corner.row),
                self.mesh.rows,
                width,
            ),
        ];
        let lined = lines.iter().any(|lines| lines.darkness > 0);
        strip.fill([a, b, c], |x, y| {
            let darkness = if lined { lines[0].at(x, y).max(lines[1].at(x, y)) } else { 0 };
            self.palette.at(height.at(x, y), darkness)
        });
    }
}

/// Every color a surface may have, plain and darkened.
struct Palette(Vec<[u8; 4]>);

impl Palette {
    fn new(colors: Colors) -> Palette {
        let color = |index: usize| {
            let [red, green, blue] = colors.at((index % SHADES) as f64 / (SHADES - 1) as f64);
            let left = 256 - index / SHADES * DARKEST / DARKNESSES;
            let darkened = |channel: u8| (usize::from(channel) * left / 256) as u8;
            [darkened(red), darkened(green), darkened(blue), 255]
        };
        Palette((0..SHADES * (DARKNESSES + 1)).map(color).collect())
    }

    fn at(&self, height: f64, darkness: usize) -> [u8; 4] {
        let shade = (height * (SHADES - 1) as f64 + 0.5) as usize;
        self.0[shade.min(SHADES - 1) + darkness * SHADES]
    }
}

/// A value that changes evenly over a triangle.
#[derive(Clone, Copy)]
struct Plane {
    origin: f64,
    along_x: f64,
    along_y: f64,
}

impl Plane {
    fn at(self, x: f64, y: f64) -> f64 {
        self.origin + self.along_x * x + self.along_y * y
    }
}

/// The lines on which a grid coordinate is a multiple of the stride, or at its end.
struct GridLines {
    coordinate: Plane,
    stride: f64,
    last: f64,
    /// Half a line's width in steps of the coordinate.
    half: f64,
    /// 0 where no line touches the triangle, up to [`DARKNESSES`].
    darkness: usize,
}

impl GridLines {
    fn new(coordinate: Plane, corners: [f64; 3], count: usize, width: f64) -> GridLines {
        let stride = (count - 1).div_ceil(LINES) as f64;
        let last = (count - 1) as f64;
        let Plane { along_x, along_y, .. } = coordinate;
        let half = width / 2.0 * (along_x * along_x + along_y * along_y).sqrt();
        let low = corners[0].min(corners[1]).min(corners[2]) - half;
        let high = corners[0].max(corners[1]).max(corners[2]) + half;
        let touched = (high / stride).floor() >= (low / stride).ceil() || high >= last;
        // Where the surface is seen from its edge the lines would merge: they fade before.
        let opacity = ((stride / half - 3.0) / 8.0).clamp(0.0, 1.0);
        let darkness = if touched { (opacity * DARKNESSES as f64).round() as usize } else { 0 };
        GridLines { coordinate, stride, last, half, darkness }
    }

    fn at(&self, x: f64, y: f64) -> usize {
        let coordinate = self.coordinate.at(x, y);
        let nearest = (coordinate / self.stride + 0.5) as i64 as f64 * self.stride;
        let distance = (coordinate - nearest).abs().min((coordinate - self.last).abs());
        if distance <= self.half { self.darkness } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A flat sheet seen from above with all but its border inside the picture.
    #[test]
    fn a_sheet_covers_its_area_without_gaps() {
        let (columns, rows) = (7, 5);
        let seen: Vec<Point> = (0..columns * rows)
            .map(|index| [(index % columns) as f64 * 3.7 - 1.0, 17.0 - (index / columns) as f64 * 4.6])
            .collect();
        let heights = vec![0.5; columns * rows];
        let mesh = Mesh { columns, rows, heights: &heights };
        let raster =
            mesh.draw(&seen, Colors::Viridis, 0.0, Rect { left: 0.0, top: 0.0, width: 20.0, height: 16.0 });
        assert_eq!((raster.width, raster.height), (40, 32));
        let expected = Colors::Viridis.at(0.5);
        for pixel in raster.rgba.chunks_exact(4) {
            assert_eq!(pixel[3], 255);
            assert!((0..3).all(|channel| pixel[channel].abs_diff(expected[channel]) <= 1), "{pixel:?}");
        }
    }

    #[test]
    fn blank_corners_leave_their_cells_clear() {
        let seen: Vec<Point> =
            (0..9).map(|index| [(index % 3) as f64 * 4.0, 8.0 - (index / 3) as f64 * 4.0]).collect();
        let mut heights = vec![0.5; 9];
        heights[8] = f64::NAN;
        let mesh = Mesh { columns: 3, rows: 3, heights: &heights };
        let area = Rect { left: 0.0, top: 0.0, width: 8.0, height: 8.0 };
        let raster = mesh.draw(&seen, Colors::Jet, 0.5, area);
        let opacity = |x: usize, y: usize| raster.rgba[4 * (y * 16 + x) + 3];
        assert_eq!(opacity(12, 3), 0);
        assert_eq!((opacity(3, 3), opacity(3, 12), opacity(12, 12)), (255, 255, 255));
    }

    #[test]
    fn heights_lie_on_the_triangles() {
        let heights = [0.0, 1.0, 2.0, 5.0, 7.0, f64::NAN];
        let mesh = Mesh { columns: 2, rows: 3, heights: &heights };
        for (index, height) in heights.into_iter().enumerate().take(2) {
            assert_eq!(mesh.height([index as f64, 0.0]), Some(height));
        }
        assert_eq!(mesh.height([0.5, 0.25]), Some(2.5));
        assert_eq!(mesh.height([0.5, 0.0]), Some(0.5));
        assert_eq!(mesh.height([0.9, 0.9]), None);
    }
}
