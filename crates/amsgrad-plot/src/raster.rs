//! Shapes to pixels, and pixels to PNG.

use tiny_skia::{
    FillRule, FilterQuality, LineCap, LineJoin, Paint, PathBuilder, Pixmap, PixmapPaint, Stroke, StrokeDash,
    Transform,
};

use crate::colors::Rgb;
use crate::scene::{Item, Path, Raster, Rect, Segment};
use crate::text::Typesetter;
use crate::{Figure, Format, PlotError};

/// How pixels are written: in little time, or in few bytes.
const QUICK: (png::Compression, png::Filter) = (png::Compression::Fast, png::Filter::Adaptive);
const SMALL: (png::Compression, png::Filter) = (png::Compression::Balanced, png::Filter::NoFilter);

/// The figure as a PNG file, with an alpha channel where it is transparent.
pub(crate) fn png(figure: &Figure) -> Result<Vec<u8>, PlotError> {
    let Figure { width, height, dpi, ground, .. } = *figure;
    let canvas = painted(figure)?;
    let per_metre = (f64::from(dpi) / 0.0254).round() as u32;
    // What is drawn by lines and bands compresses as well in a tenth of the time; shades do not.
    let shaded = figure.items.iter().any(|item| matches!(item, Item::Image { .. }));
    let encoding = if shaded { SMALL } else { QUICK };
    if ground.is_none() {
        return encode(width, height, png::ColorType::Rgba, Some(per_metre), &plain(&canvas), encoding);
    }
    let mut rgb = vec![0; canvas.data().len() / 4 * 3];
    for (rgb, rgba) in rgb.chunks_exact_mut(3).zip(canvas.data().chunks_exact(4)) {
        rgb.copy_from_slice(&rgba[..3]);
    }
    encode(width, height, png::ColorType::Rgb, Some(per_metre), &rgb, encoding)
}

/// The figure's pixels: red, green, blue and opacity, not multiplied by it.
pub(crate) fn rgba(figure: &Figure) -> Result<Vec<u8>, PlotError> {
    Ok(plain(&painted(figure)?))
}

fn painted(figure: &Figure) -> Result<Pixmap, PlotError> {
    let mut canvas = canvas(figure.width, figure.height)?;
    if let Some([red, green, blue]) = figure.ground {
        canvas.fill(tiny_skia::Color::from_rgba8(red, green, blue, 255));
    }
    paint(&mut canvas, &figure.items, Transform::identity(), &Typesetter::new()?);
    Ok(canvas)
}

/// The pixels of `area`, one for each of the figure's.
pub(crate) fn pixels(items: &[Item], area: Rect) -> Result<Raster, PlotError> {
    let (width, height) = (area.width as u32, area.height as u32);
    let mut canvas = canvas(width, height)?;
    let place = Transform::from_translate(-area.left as f32, -area.top as f32);
    paint(&mut canvas, items, place, &Typesetter::new()?);
    Ok(Raster { width, height, rgba: plain(&canvas) })
}

/// Red, green, blue and opacity, not multiplied by it.
fn plain(canvas: &Pixmap) -> Vec<u8> {
    let mut plain = vec![0; canvas.data().len()];
    for (plain, pixel) in plain.chunks_exact_mut(4).zip(canvas.pixels()) {
        let color = pixel.demultiply();
        plain.copy_from_slice(&[color.red(), color.green(), color.blue(), color.alpha()]);
    }
    plain
}

/// Pixels as a PNG file with an alpha channel.
pub(crate) fn raster_png(raster: &Raster) -> Result<Vec<u8>, PlotError> {
    encode(raster.width, raster.height, png::ColorType::Rgba, None, &raster.rgba, SMALL)
}

fn canvas(width: u32, height: u32) -> Result<Pixmap, PlotError> {
    let reason = || format!("no memory for {width} x {height} pixels");
    Pixmap::new(width, height).ok_or_else(|| PlotError::Encode { format: Format::Png, reason: reason() })
}

fn encode(
    width: u32,
    height: u32,
    color: png::ColorType,
    per_metre: Option<u32>,
    bytes: &[u8],
    (compression, filter): (png::Compression, png::Filter),
) -> Result<Vec<u8>, PlotError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_pixel_dims(per_metre.map(|per_metre| png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    encoder.set_compression(compression);
    encoder.set_filter(filter);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(bytes)?;
        writer.finish()
    });
    written.map_err(|error| PlotError::Encode { format: Format::Png, reason: error.to_string() })?;
    Ok(out)
}

fn paint(canvas: &mut Pixmap, items: &[Item], transform: Transform, text: &Typesetter) {
    for item in items {
        match item {
            Item::Fill { path, color } => fill(canvas, path, *color, transform),
            Item::Stroke { path, color, width, dash } => {
                stroke(canvas, path, *color, *width, *dash, transform)
            }
            Item::Markers { shape, fill: inside, edge, edge_width, at } => {
                let Some(shape) = outline(shape) else { continue };
                let stroke = round_stroke(*edge_width, None);
                for [x, y] in at {
                    let place = transform.pre_translate(*x as f32, *y as f32);
                    canvas.fill_path(&shape, &solid(*inside), FillRule::Winding, place, None);
                    canvas.stroke_path(&shape, &solid(*edge), &stroke, place, None);
                }
            }
            Item::Text(line) => fill(canvas, &text.outline(line), line.color, transform),
            Item::Image { area, raster } => image(canvas, *area, raster, transform),
            Item::Dense { items, .. } => paint(canvas, items, transform, text),
        }
    }
}

fn fill(canvas: &mut Pixmap, path: &Path, color: Rgb, transform: Transform) {
    if let Some(path) = outline(path) {
        canvas.fill_path(&path, &solid(color), FillRule::Winding, transform, None);
    }
}

fn stroke(
    canvas: &mut Pixmap,
    path: &Path,
    color: Rgb,
    width: f64,
    dash: Option<[f64; 2]>,
    transform: Transform,
) {
    for piece in pieces(path) {
        if let Some(path) = outline(&piece) {
            canvas.stroke_path(&path, &solid(color), &round_stroke(width, dash), transform, None);
        }
    }
}

/// A long line in pieces: the time to paint one path grows with the square of the number of its
/// sides in a row of pixels. Round caps hide the joints.
fn pieces(path: &Path) -> Vec<Path> {
    const MOST: usize = 256;
    let mut pieces = vec![Path::default()];
    let (mut start, mut pen) = ([0.0; 2], [0.0; 2]);
    for &segment in &path.segments {
        let full = pieces.last().is_none_or(|piece| piece.segments.len() >= MOST);
        if full && segment != Segment::Close {
            pieces.push(Path { segments: vec![Segment::Move(pen)] });
        }
        match segment {
            Segment::Move(to) => (start, pen) = (to, to),
            Segment::Line(to) | Segment::Quadratic(_, to) | Segment::Cubic(_, _, to) => pen = to,
            Segment::Close => pen = start,
        }
        if let Some(piece) = pieces.last_mut() {
            piece.segments.push(segment);
        }
    }
    pieces
}

fn image(canvas: &mut Pixmap, area: Rect, raster: &Raster, transform: Transform) {
    let Some(mut pixels) = Pixmap::new(raster.width, raster.height) else { return };
    for (pixel, rgba) in pixels.pixels_mut().iter_mut().zip(raster.rgba.chunks_exact(4)) {
        let color = tiny_skia::ColorU8::from_rgba(rgba[0], rgba[1], rgba[2], rgba[3]);
        *pixel = color.premultiply();
    }
    let (x, y) = (area.width / f64::from(raster.width), area.height / f64::from(raster.height));
    let place = transform.pre_translate(area.left as f32, area.top as f32).pre_scale(x as f32, y as f32);
    let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    canvas.draw_pixmap(0, 0, pixels.as_ref(), &paint, place, None);
}

fn solid(color: Rgb) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(color[0], color[1], color[2], 255);
    paint.anti_alias = true;
    paint
}

fn round_stroke(width: f64, dash: Option<[f64; 2]>) -> Stroke {
    Stroke {
        width: width as f32,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        dash: dash.and_then(|[on, off]| StrokeDash::new(vec![on as f32, off as f32], 0.0)),
        ..Stroke::default()
    }
}

fn outline(path: &Path) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    let f = |point: [f64; 2]| (point[0] as f32, point[1] as f32);
    for &segment in &path.segments {
        match segment {
            Segment::Move(to) => builder.move_to(f(to).0, f(to).1),
            Segment::Line(to) => builder.line_to(f(to).0, f(to).1),
            Segment::Quadratic(control, to) => builder.quad_to(f(control).0, f(control).1, f(to).0, f(to).1),
            Segment::Cubic(first, second, to) => {
                builder.cubic_to(f(first).0, f(first).1, f(second).0, f(second).1, f(to).0, f(to).1);
            }
            Segment::Close => builder.close(),
        }
    }
    builder.finish()
}
