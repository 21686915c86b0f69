//! Text in the embedded font: its width, its outlines and its glyphs.

use ttf_parser::{Face, GlyphId, OutlineBuilder};

use crate::PlotError;
use crate::scene::{Anchor, Path, Point, Segment, Text};

/// Height of capital letters and digits relative to the text size.
pub(crate) const CAP_HEIGHT: f64 = 0.714;
/// How far letters such as g reach below the baseline, relative to the text size.
pub(crate) const DESCENT: f64 = 0.24;
/// Distance of baselines relative to the text size.
pub(crate) const LINE_HEIGHT: f64 = 1.3;

/// The font file.
pub(crate) const FONT: &[u8] = notosans::REGULAR_TTF;

/// Sets text in Noto Sans.
#[derive(Clone)]
pub(crate) struct Typesetter {
    face: Face<'static>,
}

impl Typesetter {
    pub(crate) fn new() -> Result<Typesetter, PlotError> {
        Ok(Typesetter { face: Face::parse(FONT, 0)? })
    }

    /// Returns the width of `text` at `size` pixels.
    pub(crate) fn width(&self, text: &str, size: f64) -> f64 {
        text.chars()
            .map(|character| {
                let (base, raised) = unraised(character);
                f64::from(self.advance(base)) * if raised { RAISED_SIZE } else { 1.0 }
            })
            .sum::<f64>()
            * (size / self.em())
    }

    /// Returns the outlines of a line of text, where they lie in the figure.
    pub(crate) fn outline(&self, text: &Text) -> Path {
        let Text { ref words, size, at, angle, .. } = *text;
        let scale = size / self.em();
        let mut pen = self.start(text);
        let mut path = Path::default();
        for character in words.chars() {
            let (base, raised) = unraised(character);
            let (scale, rise) = if raised { (scale * RAISED_SIZE, RAISE * size) } else { (scale, 0.0) };
            let mut outline = Outline { path: &mut path, scale, pen, rise };
            self.face.outline_glyph(self.glyph(base), &mut outline);
            pen += f64::from(self.advance(base)) * scale;
        }
        let (sin, cos) = if angle == 0.0 { (0.0, 1.0) } else { (libm::sin(angle), libm::cos(angle)) };
        path.mapped(|[x, y]| [at[0] + x * cos + y * sin, at[1] - x * sin + y * cos])
    }

    /// Returns where the text starts on its baseline, seen from its anchor.
    pub(crate) fn start(&self, text: &Text) -> f64 {
        match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -self.width(&text.words, text.size) / 2.0,
            Anchor::End => -self.width(&text.words, text.size),
        }
    }

    /// Returns the glyph of a character; that of an unknown one where the font has none.
    pub(crate) fn glyph(&self, character: char) -> GlyphId {
        self.face.glyph_index(character).unwrap_or(GlyphId(0))
    }

    /// Returns the character's advance in font units.
    pub(crate) fn advance(&self, character: char) -> u16 {
        self.face.glyph_hor_advance(self.glyph(character)).unwrap_or(0)
    }

    /// Returns the number of font units in the text size.
    pub(crate) fn em(&self) -> f64 {
        f64::from(self.face.units_per_em())
    }

    pub(crate) fn face(&self) -> &Face<'static> {
        &self.face
    }
}

impl std::fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typesetter").finish_non_exhaustive()
    }
}

/// Size and height of raised characters relative to the text size.
pub(crate) const RAISED_SIZE: f64 = 0.68;
pub(crate) const RAISE: f64 = 0.36;

/// Raised digits and signs are drawn from their ordinary forms: the font lacks some, and those it
/// has differ in height.
pub(crate) fn unraised(character: char) -> (char, bool) {
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
                let (words, at) = (words.to_owned(), [100.0, 50.0]);
                let line = Text { words: words.clone(), size: 40.0, at, anchor, angle: 0.0, color: [0; 3] };
                let bounds = Rect::around(text.outline(&line).points()).unwrap();
                assert!(bounds.left > left - 4.0 && bounds.right() < left + width + 4.0, "{words}");
                assert!(bounds.width > width * 0.7);
                assert!(bounds.top > 50.0 - 40.0 && bounds.bottom() < 50.0 + DESCENT * 40.0 + 1.0);
            }
        }
    }
}
