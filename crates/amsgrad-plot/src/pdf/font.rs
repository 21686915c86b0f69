//! The part of the embedded font that a page needs, and text set in it.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};
use subsetter::GlyphRemapper;

use crate::scene::Text;
use crate::text::{FONT, RAISE, RAISED_SIZE, Typesetter, unraised};
use crate::{Format, PlotError};

/// How many objects [`Font::write`] writes.
pub(super) const OBJECTS: i32 = 5;

/// The subset's name: six letters, as the format asks, before the font's.
const NAME: Name<'static> = Name(b"AMSGRD+NotoSans-Regular");
const SYSTEM: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
const LEVEL: u8 = 6;

/// The characters shown so far.
pub(super) struct Font {
    text: Typesetter,
    glyphs: GlyphRemapper,
    /// Each glyph's number in the subset, and the character it stands for.
    characters: BTreeMap<u16, char>,
}

impl Font {
    pub(super) fn new() -> Result<Font, PlotError> {
        Ok(Font { text: Typesetter::new()?, glyphs: GlyphRemapper::new(), characters: BTreeMap::new() })
    }

    /// Writes a line of text into the page's content, whose y axis points downwards.
    pub(super) fn show(&mut self, text: &Text, font: Name<'_>, content: &mut Content) {
        let Text { ref words, size, at: [x, y], angle, .. } = *text;
        let start = self.text.start(text);
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        let matrix = [cos, -sin, -sin, -cos, x + start * cos, y - start * sin].map(|number| number as f32);
        // Raised characters are drawn from ordinary ones: what they mean is told beside them.
        let told = words.chars().any(|character| unraised(character).1);
        if told {
            let mut span = content.begin_marked_content_with_properties(Name(b"Span"));
            span.properties().actual_text(TextStr(words));
        }
        content.begin_text().set_text_matrix(matrix);
        let characters: Vec<(char, bool)> = words.chars().map(unraised).collect();
        for run in characters.chunk_by(|one, next| one.1 == next.1) {
            let (size, rise) = if run[0].1 { (RAISED_SIZE * size, RAISE * size) } else { (size, 0.0) };
            content.set_font(font, size as f32).set_rise(rise as f32);
            let mut codes = Vec::with_capacity(2 * run.len());
            for &(character, _) in run {
                let glyph = self.glyphs.remap(self.text.glyph(character).0);
                self.characters.entry(glyph).or_insert(character);
                codes.extend(glyph.to_be_bytes());
            }
            content.show(Str(&codes));
        }
        content.set_rise(0.0).end_text();
        if told {
            content.end_marked_content();
        }
    }

    /// Writes the font with the characters shown, as objects from `first` on.
    pub(super) fn write(&self, pdf: &mut Pdf, first: i32) -> Result<(), PlotError> {
        let [font, cid_font, descriptor, file, unicode] = [0, 1, 2, 3, 4].map(|next| Ref::new(first + next));
        let subset = subsetter::subset(FONT, 0, &self.glyphs)
            .map_err(|error| PlotError::Encode { format: Format::Pdf, reason: error.to_string() })?;
        let face = self.text.face();
        let thousandths = |units: f64| (units * 1000.0 / self.text.em()) as f32;

        pdf.type0_font(font)
            .base_font(NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid_font)
            .to_unicode(unicode);
        let mut cid = pdf.cid_font(cid_font);
        cid.subtype(CidFontType::Type2).base_font(NAME).system_info(SYSTEM).font_descriptor(descriptor);
        cid.cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = cid.widths();
        for (&glyph, &character) in &self.characters {
            widths.consecutive(glyph, [thousandths(f64::from(self.text.advance(character)))]);
        }
        widths.finish();
        cid.finish();

        let units = |value: i16| thousandths(f64::from(value));
        let bounds = face.global_bounding_box();
        pdf.font_descriptor(descriptor)
            .name(NAME)
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(
                units(bounds.x_min),
                units(bounds.y_min),
                units(bounds.x_max),
                units(bounds.y_max),
            ))
            .italic_angle(0.0)
            .ascent(units(face.ascender()))
            .descent(units(face.descender()))
            .cap_height(units(face.capital_height().unwrap_or(face.ascender())))
            .stem_v(80.0)
            .font_file2(file);
        let bytes = compress_to_vec_zlib(&subset, LEVEL);
        let mut stream = pdf.stream(file, &bytes);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), i32::try_from(subset.len()).unwrap_or(i32::MAX));
        stream.finish();

        let mut map = UnicodeCmap::new(Name(b"Custom"), SYSTEM);
        for (&glyph, &character) in &self.characters {
            map.pair(glyph, character);
        }
        pdf.cmap(unicode, &map.finish());
        Ok(())
    }
}
