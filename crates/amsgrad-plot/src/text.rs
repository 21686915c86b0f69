//! Text as outlines of the embedded font, so that no format and no reader needs a font.

use ttf_parser::{Face, OutlineBuilder};

use crate::PlotError;
use crate::scene::{Path, Point, Segment};

/// Which part of a text lies at the given place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Height of capital letters and digits relative to the text size.
pub(crate) const CAP_HEIGHT: f64 = 0.714;
/// How far letters such as g reach below the baseline, relative to the text size.
pub(crate) const DESCENT: f64 = 0.24;
/// Distance of baselines relative to the text size.
pub(crate) const LINE_HEIGHT: f64 = 1.3;

const ELLIPSIS: char = '\u{2026}';

/// Longer texts are cut before anything is measured; no figure has room for more.
const MOST_CHARACTERS: usize = 2000;

/// Sets text in Noto Sans.
#[derive(Clone)]
pub(crate) struct Typesetter {
    face: Face<'static>,
}

impl Typesetter {
    pub(crate) fn new() -> Result<Typesetter, PlotError> {
        Ok(Typesetter { face: Face::parse(notosans::REGULAR_TTF, 0)? })
    }

    /// The width of `text` at `size` pixels.
    pub(crate) fn width(&self, text: &str, size: f64) -> f64 {
        let em = f64::from(self.face.units_per_em());
        text.chars()
            .map(|character| {
                let (base, raised) = unraised(character);
                f64::from(self.advance(base)) * if raised { RAISED_SIZE } else { 1.0 }
            })
            .sum::<f64>()
            * (size / em)
    }

    /// The outlines of `text` in one line: its baseline passes through `at`, turned by `angle`
    /// (radians, anticlockwise) around it, with its start, middle or end there.
    pub(crate) fn line(&self, text: &str, size: f64, at: Point, anchor: Anchor, angle: f64) -> Path {
        let scale = size / f64::from(self.face.units_per_em());
        let mut pen = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -self.width(text, size) / 2.0,
            Anchor::End => -self.width(text, size),
        };
        let mut path = Path::default();
        for character in text.chars() {
            let (base, raised) = unraised(character);
            let (scale, rise) = if raised { (scale * RAISED_SIZE, RAISE * size) } else { (scale, 0.0) };
            let mut outline = Outline { path: &mut path, scale, pen, rise };
            if let Some(glyph) = self.face.glyph_index(base) {
                self.face.outline_glyph(glyph, &mut outline);
            } else {
                self.face.outline_glyph(ttf_parser::GlyphId(0), &mut outline);
            }
            pen += f64::from(self.advance(base)) * scale;
        }
        let (sin, cos) = if angle == 0.0 { (0.0, 1.0) } else { (libm::sin(angle), libm::cos(angle)) };
        path.mapped(|[x, y]| [at[0] + x * cos + y * sin, at[1] - x * sin + y * cos])
    }

    /// `text` in one line, cut with an ellipsis where it would be wider than `room`.
    pub(crate) fn shortened(&self, text: &str, size: f64, room: f64) -> String {
        self.wrapped(text, size, room, 1).concat()
    }

    /// `text` in at most `most` lines no wider than `room`: broken after spaces and operators
    /// where there are any, and cut with an ellipsis where the lines do not suffice.
    pub(crate) fn wrapped(&self, text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
        let mut rest = cleaned(text);
        let mut lines = Vec::new();
        while !rest.is_empty() && lines.len() < most {
            if self.width_of(&rest, size) <= room {
                lines.push(rest.drain(..).collect());
                break;
            }
            let last = lines.len() + 1 == most;
            let room = if last { room - self.width(ELLIPSIS.encode_utf8(&mut [0; 4]), size) } else { room };
            let mut fit = 0;
            let mut width = 0.0;
            while fit < rest.len() {
                width += self.width_of(&rest[fit..=fit], size);
                if width > room {
                    break;
                }
                fit += 1;
            }
            if !last {
                // A break in the later half of the line is worth a shorter line.
                let good = (fit / 2..fit).rev().find(|&index| " +-*/,;=)".contains(rest[index]));
                fit = good.map_or(fit.max(1), |index| index + 1);
            }
            let mut line: String = rest.drain(..fit).collect();
            if last {
                line.truncate(line.trim_end().len());
                line.push(ELLIPSIS);
            }
            lines.push(line.trim().to_owned());
        }
        lines
    }

    fn width_of(&self, characters: &[char], size: f64) -> f64 {
        self.width(&characters.iter().collect::<String>(), size)
    }

    fn advance(&self, character: char) -> u16 {
        let glyph = self.face.glyph_index(character).unwrap_or(ttf_parser::GlyphId(0));
        self.face.glyph_hor_advance(glyph).unwrap_or(0)
    }
}

impl std::fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typesetter").finish_non_exhaustive()
    }
}

/// Control characters become spaces, and a text too long for any figure ends in an ellipsis.
fn cleaned(text: &str) -> Vec<char> {
    let plain = |character: char| if character.is_control() { ' ' } else { character };
    let mut characters: Vec<char> = text.trim().chars().take(MOST_CHARACTERS + 1).map(plain).collect();
    if characters.len() > MOST_CHARACTERS {
        characters[MOST_CHARACTERS] = ELLIPSIS;
    }
    characters
}

const RAISED_SIZE: f64 = 0.68;
const RAISE: f64 = 0.36;

/// Raised digits and signs are drawn from their ordinary forms: the font lacks some, and those it
/// has differ in height.
fn unraised(character: char) -> (char, bool) {
    let base = match character {
        '\u{b9}' => '1',
        '\u{b2}' => '2',
        '\u{b3}' => '3',
        '\u{2070}' => '0',
        '\u{2074}'..='\u{2079}' => {
            char::from_u32(u32::from(character) - 0x2070 + u32::from('0')).unwrap_or(character)
        }
        '\u{207b}' => '\u{2212}',
        _ => return (character, false),
    };
    (base, true)
}

/// Takes a glyph in font units, y upwards, into a path in pixels, y downwards.
struct Outline<'a> {
    path: &'a mut Path,
    scale: f64,
    pen: f64,
    rise: f64,
}

impl Outline<'_> {
    fn point(&self, x: f32, y: f32) -> Point {
        [self.pen + f64::from(x) * self.scale, -self.rise - f64::from(y) * self.scale]
    }
}

impl OutlineBuilder for Outline<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.segments.push(Segment::Move(self.point(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.segments.push(Segment::Line(self.point(x, y)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.path.segments.push(Segment::Quadratic(self.point(x1, y1), self.point(x, y)));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let segment = Segment::Cubic(self.point(x1, y1), self.point(x2, y2), self.point(x, y));
        self.path.segments.push(segment);
    }

    fn close(&mut self) {
        self.path.segments.push(Segment::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Rect;

    #[test]
    fn outlines_lie_within_the_measured_width() {
        let text = Typesetter::new().unwrap();
        for words in ["x", "gradient norm", "2.5\u{d7}10\u{207b}\u{b3}", "(1-x)^2 + 100*(y-x^2)^2"] {
            let width = text.width(words, 40.0);
            for (anchor, left) in
                [(Anchor::Start, 100.0), (Anchor::Middle, 100.0 - width / 2.0), (Anchor::End, 100.0 - width)]
            {
                let bounds =
                    Rect::around(text.line(words, 40.0, [100.0, 50.0], anchor, 0.0).points()).unwrap();
                assert!(bounds.left > left - 4.0 && bounds.right() < left + width + 4.0, "{words}");
                assert!(bounds.width > width * 0.7);
                assert!(bounds.top > 50.0 - 40.0 && bounds.bottom() < 50.0 + DESCENT * 40.0 + 1.0);
            }
        }
    }

    #[test]
    fn long_texts_are_wrapped_and_cut() {
        let text = Typesetter::new().unwrap();
        let formula = "x + y*".repeat(500);
        let lines = text.wrapped(&formula, 30.0, 600.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with(ELLIPSIS));
        assert!(lines.iter().all(|line| text.width(line, 30.0) <= 600.0));
        assert_eq!(text.shortened("short", 30.0, 600.0), "short");
        assert_eq!(text.wrapped("", 30.0, 600.0, 2), Vec::<String>::new());
        assert_eq!(text.shortened("a\nb", 30.0, 600.0), "a b");
        assert_eq!(text.shortened("anything", 30.0, 0.0), "\u{2026}");
    }
}
