//! A surface in space: the height of a field over its rectangle.

use crate::canvas::Canvas;
use crate::colorbar::ColorBar;
use crate::mesh::Mesh;
use crate::range::{Range, Scale};
use crate::scene::{Item, Point, Rect};
use crate::space::Frame;
use crate::{Field, Figure, PlotError, Style};

/// The field as a surface over its rectangle, coloured by height and seen from above the corner of
/// the greatest x and the least y.
///
/// Colours are those of the colour bar, without shading; grid lines darken them. The box's sides
/// along x and y are in the ratio of the domain's, but at most 2 to 1. Parallel lines stay
/// parallel. In SVG and PDF the surface itself is an image of twice the figure's resolution; axes
/// and text are vectors.
///
/// # Errors
/// A [`PlotError`] when the style is out of range or no sample is finite.
///
/// ```
/// use amsgrad_plot::{Field, Format, Style, surface};
///
/// let bowl = Field::sample((-1.0, 1.0), (-1.0, 1.0), 51, 51, |x, y| x * x + y * y)?;
/// let png = surface(&bowl, &Style::default())?.render(Format::Png)?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn surface(field: &Field, style: &Style) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    let (least, greatest) = field.extremes()?;
    let z = Range::around(least, greatest);
    let bar =
        ColorBar { range: z, scale: Scale::Linear, bands: 256, values_below: false, label: String::new() };

    let title = canvas.title();
    let (pad, above) = (canvas.pad(), canvas.title_height(&title));
    let whole = Rect {
        left: pad,
        top: pad + above,
        width: canvas.width() - 2.0 * pad,
        height: canvas.height() - 2.0 * pad - above,
    };
    let bar_height = (whole.height * 0.62).round();
    let room = Rect { width: (whole.width - bar.room(&canvas, bar_height)).max(1.0), ..whole };
    let frame = Frame::fitting(&canvas, field, z, room);
    frame.draw_behind(&mut canvas);
    draw_mesh(&mut canvas, field, &frame, z);
    frame.draw(&mut canvas);
    canvas.write_title(&title, canvas.width() / 2.0, pad);
    let top = (room.top + (room.height - bar_height) / 2.0).round();
    bar.draw(&mut canvas, Rect { top, height: bar_height, ..room });
    Ok(canvas.finish())
}

fn draw_mesh(canvas: &mut Canvas<'_>, field: &Field, frame: &Frame, z: Range) {
    let (columns, rows) = (field.columns, field.rows);
    let heights: Vec<f64> =
        field.values.iter().map(|&value| z.place(Scale::Linear, value).unwrap_or(f64::NAN)).collect();
    let share = |index: usize, count: usize| index as f64 / (count - 1) as f64;
    let seen: Vec<Point> = heights
        .iter()
        .enumerate()
        .map(|(index, &height)| {
            frame.view.project([share(index % columns, columns), share(index / columns, rows), height])
        })
        .collect();
    let finite = seen.iter().copied().filter(|[x, y]| x.is_finite() && y.is_finite());
    let Some(bounds) = Rect::around(finite) else { return };
    let (left, top) = (bounds.left.floor(), bounds.top.floor());
    let area = Rect { left, top, width: bounds.right().ceil() - left, height: bounds.bottom().ceil() - top };
    let (colors, line_width) = (canvas.style.colors, 1.3 * canvas.unit);
    let mesh = Mesh { columns, rows, heights: &heights, seen: &seen, colors, line_width };
    let raster = mesh.draw(area);
    canvas.figure.items.push(Item::Image { area, raster });
}
