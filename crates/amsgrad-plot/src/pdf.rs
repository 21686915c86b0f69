//! Shapes to PDF: one page, deflated, with its font, without dates or ids.

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect as PdfRect, Ref, TextStr};

use self::font::Font;

use crate::colors::Rgb;
use crate::scene::{Item, Path, Point, Raster, Rect, Segment};
use crate::{Figure, PlotError, raster};

mod font;

/// Points in an inch.
const POINTS: f64 = 72.0;
/// Longer groups of dense shapes are embedded as pixels, in bytes before compression.
const MOST_DENSE: usize = 1_000_000;
const LEVEL: u8 = 6;

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
const FIRST_FONT_OBJECT: i32 = 6;
const FIRST_OBJECT: i32 = FIRST_FONT_OBJECT + font::OBJECTS;
/// The font's name on the page.
const FONT: Name<'static> = Name(b"F");

/// The figure as a PDF file.
pub(crate) fn pdf(figure: &Figure) -> Result<Vec<u8>, PlotError> {
    let points = |pixels: u32| (f64::from(pixels) * POINTS / f64::from(figure.dpi)) as f32;
    let (width, height, pixel) = (points(figure.width), points(figure.height), points(1));
    let mut page = Page { pdf: Pdf::new(), objects: Vec::new(), font: Font::new()? };
    let mut content = Content::new();
    content.transform([pixel, 0.0, 0.0, -pixel, 0.0, height]);
    if let Some(ground) = figure.ground {
        fill_color(&mut content, ground);
        content.rect(0.0, 0.0, figure.width as f32, figure.height as f32).fill_nonzero();
    }
    content.set_line_cap(LineCapStyle::RoundCap).set_line_join(LineJoinStyle::RoundJoin);
    page.items(&figure.items, &mut content)?;

    let Page { mut pdf, objects, font } = page;
    pdf.catalog(CATALOG).pages(PAGES);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut dictionary = pdf.page(PAGE);
    dictionary.media_box(PdfRect::new(0.0, 0.0, width, height)).parent(PAGES).contents(CONTENT);
    let mut resources = dictionary.resources();
    let mut named = resources.x_objects();
    for object in objects {
        named.pair(Name(name(object).as_bytes()), object);
    }
    named.finish();
    resources.fonts().pair(FONT, Ref::new(FIRST_FONT_OBJECT));
    resources.finish();
    dictionary.finish();
    let bytes = content.finish();
    pdf.stream(CONTENT, &compress_to_vec_zlib(&bytes, LEVEL)).filter(Filter::FlateDecode);
    font.write(&mut pdf, FIRST_FONT_OBJECT)?;
    pdf.document_info(INFO).title(TextStr(&figure.title));
    Ok(pdf.finish())
}

struct Page {
    pdf: Pdf,
    /// Images and marker shapes, in the order they were written.
    objects: Vec<Ref>,
    font: Font,
}

impl Page {
    fn items(&mut self, items: &[Item], content: &mut Content) -> Result<(), PlotError> {
        for item in items {
            match item {
                Item::Fill { path, color } => {
                    fill_color(content, *color);
                    trace(content, path);
                    content.fill_nonzero();
                }
                Item::Stroke { path, color, width, dash } => {
                    stroke_color(content, *color);
                    content.set_line_width(short(*width));
                    content.set_dash_pattern(dash.iter().flatten().map(|&length| short(length)), 0.0);
                    trace(content, path);
                    content.stroke();
                }
                Item::Markers { shape, fill, edge, edge_width, at } => {
                    let object = self.marker(shape, *fill, *edge, *edge_width);
                    for &[x, y] in at {
                        content.save_state();
                        content.transform([1.0, 0.0, 0.0, 1.0, short(x), short(y)]);
                        content.x_object(Name(name(object).as_bytes()));
                        content.restore_state();
                    }
                }
                Item::Text(text) => {
                    fill_color(content, text.color);
                    self.font.show(text, FONT, content);
                }
                Item::Image { area, raster } => self.image(*area, raster, content),
                Item::Dense { area, items } => {
                    let mut shapes = Content::new();
                    self.items(items, &mut shapes)?;
                    let bytes = shapes.finish();
                    if bytes.len() > MOST_DENSE {
                        self.image(*area, &raster::pixels(items, *area)?, content);
                    } else {
                        let object = self.next();
                        let bytes = compress_to_vec_zlib(&bytes, LEVEL);
                        let mut form = self.pdf.form_xobject(object, &bytes);
                        form.filter(Filter::FlateDecode);
                        form.bbox(bounds(*area));
                        form.finish();
                        content.x_object(Name(name(object).as_bytes()));
                    }
                }
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Ref {
        let object = Ref::new(FIRST_OBJECT + self.objects.len() as i32);
        self.objects.push(object);
        object
    }

    fn marker(&mut self, shape: &Path, fill: Rgb, edge: Rgb, edge_width: f64) -> Ref {
        let mut content = Content::new();
        fill_color(&mut content, fill);
        stroke_color(&mut content, edge);
        content.set_line_width(short(edge_width)).set_dash_pattern([], 0.0);
        trace(&mut content, shape);
        content.fill_nonzero_and_stroke();
        let object = self.next();
        let bytes = content.finish();
        let mut form = self.pdf.form_xobject(object, &bytes);
        if let Some(area) = Rect::around(shape.points()) {
            let Rect { left, top, width, height } = area;
            let (left, top, grown) = (left - edge_width, top - edge_width, 2.0 * edge_width);
            form.bbox(bounds(Rect { left, top, width: width + grown, height: height + grown }));
        }
        object
    }

    fn image(&mut self, area: Rect, raster: &Raster, content: &mut Content) {
        let (object, mask) = (self.next(), self.next());
        let size = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
        let (width, height) = (size(raster.width), size(raster.height));
        let pixels = || raster.rgba.chunks_exact(4);
        let colors: Vec<u8> = pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let opacity: Vec<u8> = pixels().map(|pixel| pixel[3]).collect();

        let bytes = compress_to_vec_zlib(&colors, LEVEL);
        let mut image = self.pdf.image_xobject(object, &bytes);
        image.filter(Filter::FlateDecode);
        image.width(width).height(height).bits_per_component(8);
        image.color_space().device_rgb();
        image.s_mask(mask);
        image.finish();
        let bytes = compress_to_vec_zlib(&opacity, LEVEL);
        let mut image = self.pdf.image_xobject(mask, &bytes);
        image.filter(Filter::FlateDecode);
        image.width(width).height(height).bits_per_component(8);
        image.color_space().device_gray();
        image.finish();

        content.save_state();
        // Images have their first row at the top of a unit square, y upwards.
        let (width, height) = (short(area.width), short(area.height));
        content.transform([width, 0.0, 0.0, -height, short(area.left), short(area.bottom())]);
        content.x_object(Name(name(object).as_bytes()));
        content.restore_state();
    }
}

fn name(object: Ref) -> String {
    format!("X{}", object.get())
}

fn bounds(area: Rect) -> PdfRect {
    PdfRect::new(short(area.left), short(area.top), short(area.right()), short(area.bottom()))
}

/// Hundredths of a pixel are enough and short to write.
fn short(value: f64) -> f32 {
    ((value * 100.0).round() / 100.0) as f32
}

fn channels(color: Rgb) -> [f32; 3] {
    color.map(|channel| (f32::from(channel) / 255.0 * 1e4).round() / 1e4)
}

fn fill_color(content: &mut Content, color: Rgb) {
    let [red, green, blue] = channels(color);
    content.set_fill_rgb(red, green, blue);
}

fn stroke_color(content: &mut Content, color: Rgb) {
    let [red, green, blue] = channels(color);
    content.set_stroke_rgb(red, green, blue);
}

fn trace(content: &mut Content, path: &Path) {
    let f = |point: Point| (short(point[0]), short(point[1]));
    let mut pen = [0.0, 0.0];
    for &segment in &path.segments {
        match segment {
            Segment::Move(to) => {
                content.move_to(f(to).0, f(to).1);
                pen = to;
            }
            Segment::Line(to) => {
                content.line_to(f(to).0, f(to).1);
                pen = to;
            }
            Segment::Quadratic(control, to) => {
                // The same curve as a cubic.
                let toward = |end: Point| {
                    [end[0] + (control[0] - end[0]) * 2.0 / 3.0, end[1] + (control[1] - end[1]) * 2.0 / 3.0]
                };
                let (first, second) = (f(toward(pen)), f(toward(to)));
                content.cubic_to(first.0, first.1, second.0, second.1, f(to).0, f(to).1);
                pen = to;
            }
            Segment::Cubic(first, second, to) => {
                content.cubic_to(f(first).0, f(first).1, f(second).0, f(second).1, f(to).0, f(to).1);
                pen = to;
            }
            Segment::Close => {
                content.close_path();
            }
        }
    }
}
