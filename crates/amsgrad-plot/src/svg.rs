//! Shapes to SVG text.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::colors::Rgb;
use crate::scene::{Anchor, Item, Path, Point, Raster, Rect, Segment, Text};
use crate::text::Typesetter;
use crate::{Figure, PlotError, raster};

/// Longer groups of dense shapes are embedded as pixels where that is shorter, in bytes.
const MOST_DENSE: usize = 400_000;
/// Steps per pixel: coordinates are whole hundredths, written relative to the point before.
const STEPS: f64 = 100.0;
/// The font the widths are measured in, and what looks like it.
const FONTS: &str = "'Noto Sans', 'DejaVu Sans', 'Open Sans', Arial, Helvetica, sans-serif";

/// The figure as an SVG file.
pub(crate) fn svg(figure: &Figure) -> Result<Vec<u8>, PlotError> {
    let Figure { width, height, dpi, ground, title, items } = figure;
    let inches = |pixels: u32| f64::from(pixels) / f64::from(*dpi);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         width=\"{}in\" height=\"{}in\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n",
        inches(*width),
        inches(*height)
    );
    if !title.is_empty() {
        out += &format!("<title>{}</title>\n", escaped(title));
    }
    if let Some(ground) = ground {
        out += &format!("<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n", hex(*ground));
    }
    out += &format!(
        "<g transform=\"scale({})\" fill=\"none\" stroke-linecap=\"round\" stroke-linejoin=\"round\" \
         font-family=\"{FONTS}\">\n",
        1.0 / STEPS
    );
    let mut writer = Writer { out, shapes: 0, text: Typesetter::new()? };
    writer.items(items)?;
    writer.out += "</g>\n</svg>\n";
    Ok(writer.out.into_bytes())
}

struct Writer {
    out: String,
    /// Marker shapes written so far, for their ids.
    shapes: usize,
    text: Typesetter,
}

impl Writer {
    fn items(&mut self, items: &[Item]) -> Result<(), PlotError> {
        for item in items {
            match item {
                Item::Fill { path, color } => {
                    let attributes = format!("fill=\"{}\"", hex(*color));
                    self.path(path, &attributes);
                }
                Item::Stroke { path, color, width, dash } => {
                    let mut attributes =
                        format!("stroke=\"{}\" stroke-width=\"{}\"", hex(*color), steps(*width));
                    if let Some([on, off]) = dash {
                        let _ = write!(attributes, " stroke-dasharray=\"{} {}\"", steps(*on), steps(*off));
                    }
                    self.path(path, &attributes);
                }
                Item::Markers { shape, fill, edge, edge_width, at } => {
                    let id = self.shapes;
                    self.shapes += 1;
                    self.out += "<defs>";
                    self.path(
                        shape,
                        &format!(
                            "id=\"m{id}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"{}\"",
                            hex(*fill),
                            hex(*edge),
                            steps(*edge_width)
                        ),
                    );
                    self.out += "</defs>\n";
                    for [x, y] in at {
                        let (x, y) = (steps(*x), steps(*y));
                        let _ = writeln!(self.out, "<use xlink:href=\"#m{id}\" x=\"{x}\" y=\"{y}\"/>");
                    }
                }
                Item::Text(text) => self.text(text),
                Item::Image { area, raster } => self.image(*area, raster)?,
                Item::Dense { area, items } => {
                    let start = self.out.len();
                    self.items(items)?;
                    if self.out.len() - start > MOST_DENSE {
                        let vectors = self.out.split_off(start);
                        self.image(*area, &raster::pixels(items, *area)?)?;
                        if self.out.len() - start > vectors.len() {
                            self.out.truncate(start);
                            self.out += &vectors;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn path(&mut self, path: &Path, attributes: &str) {
        if path.segments.is_empty() {
            return;
        }
        let _ = write!(self.out, "<path {attributes} d=\"");
        self.data(path);
        self.out += "\"/>\n";
    }

    /// Text as text, at the width it has in Noto Sans whatever the reader's font is.
    fn text(&mut self, text: &Text) {
        let Text { words, size, at: [x, y], anchor, angle, color } = text;
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let [x, y, size, length] = [*x, *y, *size, self.text.width(words, *size)].map(steps);
        let turn = match angle.to_degrees() {
            0.0 => String::new(),
            degrees => format!(" transform=\"rotate({:.3} {x} {y})\"", -degrees),
        };
        let _ = writeln!(
            self.out,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{}\" text-anchor=\"{anchor}\" \
             textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\"{turn}>{}</text>",
            hex(*color),
            escaped(words)
        );
    }

    fn data(&mut self, path: &Path) {
        let (mut start, mut pen) = ([0, 0], [0, 0]);
        let mut last = ' ';
        for &segment in &path.segments {
            let (letter, points, count) = match segment {
                Segment::Move(to) => ('m', [to; 3], 1),
                Segment::Line(to) => ('l', [to; 3], 1),
                Segment::Quadratic(control, to) => ('q', [control, to, to], 2),
                Segment::Cubic(first, second, to) => ('c', [first, second, to], 3),
                Segment::Close => {
                    self.out.push('z');
                    (pen, last) = (start, 'z');
                    continue;
                }
            };
            // A repeated letter may be left out, but after a repeated `m` lines would follow.
            if letter != last || letter == 'm' {
                self.out.push(letter);
            } else {
                self.out.push(' ');
            }
            let points: [[i64; 2]; 3] = points.map(grid);
            for (index, point) in points.into_iter().take(count).enumerate() {
                let [x, y] = [point[0] - pen[0], point[1] - pen[1]];
                let gap = if index == 0 || x < 0 { "" } else { " " };
                let comma = if y < 0 { "" } else { " " };
                let _ = write!(self.out, "{gap}{x}{comma}{y}");
            }
            pen = points[count - 1];
            if letter == 'm' {
                start = pen;
            }
            last = letter;
        }
    }

    fn image(&mut self, area: Rect, raster: &Raster) -> Result<(), PlotError> {
        let Rect { left, top, width, height } = area;
        let _ = write!(
            self.out,
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             xlink:href=\"data:image/png;base64,",
            steps(left),
            steps(top),
            steps(width),
            steps(height)
        );
        BASE64_STANDARD.encode_string(raster::raster_png(raster)?, &mut self.out);
        self.out += "\"/>\n";
        Ok(())
    }
}

fn steps(length: f64) -> i64 {
    (length * STEPS).round() as i64
}

fn grid([x, y]: Point) -> [i64; 2] {
    [steps(x), steps(y)]
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Text for XML 1.0, which has no place for most control characters at all.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '\u{fffe}' | '\u{ffff}' => {}
            character if character.is_control() => out.push(' '),
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_data_is_relative_and_short() {
        let mut writer = Writer { out: String::new(), shapes: 0, text: Typesetter::new().unwrap() };
        let mut path = Path::polygon(&[[1.0, 1.0], [2.0, 1.0], [2.0, 0.5]]);
        path.line(&[[3.0, 3.0], [3.0, 4.004]]);
        writer.data(&path);
        assert_eq!(writer.out, "m100 100l100 0 0-50zm200 200l0 100");
    }

    #[test]
    fn titles_are_escaped() {
        assert_eq!(escaped("a < b & c\u{1}"), "a &lt; b &amp; c ");
    }
}
