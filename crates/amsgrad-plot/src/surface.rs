//! A surface in space: the height of a field over its rectangle.

use crate::canvas::Canvas;
use crate::laid::Laid;
use crate::mesh::Mesh;
use crate::range::Scale;
use crate::scene::{Item, Point, Rect};
use crate::space::{Frame, Place};
use crate::trajectory::{self, Spot, Trajectory};
use crate::{Field, Figure, PlotError, Style};

/// Draws the field as a surface over its rectangle, colored by height and seen from above the corner
/// of the greatest x and the least y.
///
/// Colors are those of the color bar, without shading; grid lines darken them. The box's sides
/// along x and y are in the ratio of the domain's, but at most 2 to 1. Parallel lines stay
/// parallel. On a logarithmic scale heights and colors are laid by their logarithms. A run lies on
/// the surface; where the surface hides it, its line is thin. In SVG and PDF the surface itself is an image of twice the figure's resolution; axes
/// and text are vectors.
///
/// # Errors
/// A [`PlotError`] when the style is out of range, no sample has a place on the scale, or the run has no
/// point or no such best one.
///
/// ```
/// use amsgrad_plot::{Field, Format, Scale, Style, surface};
///
/// let bowl = Field::sample((-1.0, 1.0), (-1.0, 1.0), 51, 51, |x, y| x * x + y * y)?;
/// let png = surface(&bowl, Scale::Linear, None, &Style::default())?.render(Format::Png)?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn surface(
    field: &Field,
    scale: Scale,
    trajectory: Option<Trajectory<'_>>,
    style: &Style,
) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    trajectory.map_or(Ok(()), Trajectory::validate)?;
    let laid = Laid::new(field, scale)?;
    let bar = laid.color_bar(256, "");

    let title = canvas.title();
    let header = if trajectory.is_some() { trajectory::header(&canvas) } else { 0.0 };
    let (pad, above) = (canvas.pad(), title.height + header);
    let whole = Rect {
        left: pad,
        top: pad + above,
        width: canvas.width() - 2.0 * pad,
        height: canvas.height() - 2.0 * pad - above,
    };
    let bar_height = (whole.height * 0.62).round();
    let room = Rect { width: (whole.width - bar.room(&canvas, bar_height)).max(1.0), ..whole };
    let frame = Frame::fitting(&canvas, field, (laid.range, scale), room);
    let mesh = Mesh { columns: field.columns, rows: field.rows, heights: &shown(&laid.heights) };
    frame.draw_behind(&mut canvas);
    draw_mesh(&mut canvas, &mesh, &frame);
    if let Some(trajectory) = trajectory {
        let place =
            |[x, y]: [f64; 2]| Some([field.x.place(Scale::Linear, x)?, field.y.place(Scale::Linear, y)?]);
        let spot = |[x, y]: Point| {
            let place = [x, y, mesh.height([x, y])?];
            let before = |[x, y, z]: Place| mesh.height([x, y]).is_some_and(|height| height > z);
            Some(Spot { at: frame.view.project(place), hidden: frame.view.way_to_eye(place).any(before) })
        };
        let area = Rect { left: 0.0, top: 0.0, width: canvas.width(), height: canvas.height() };
        trajectory.draw_on_surface(&mut canvas, place, spot, area);
        trajectory.legend(&mut canvas, pad, pad + above);
    }
    frame.draw(&mut canvas);
    canvas.write_title(&title, canvas.width() / 2.0, pad);
    let top = (room.top + (room.height - bar_height) / 2.0).round();
    bar.draw(&mut canvas, Rect { top, height: bar_height, ..room });
    Ok(canvas.finish())
}

/// Lays values beyond the range on its floor or its ceiling.
fn shown(heights: &[f64]) -> Vec<f64> {
    heights.iter().map(|height| height.clamp(0.0, 1.0)).collect()
}

fn draw_mesh(canvas: &mut Canvas<'_>, mesh: &Mesh<'_>, frame: &Frame) {
    let Mesh { columns, rows, heights } = *mesh;
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
    let raster = mesh.draw(&seen, colors, line_width, area);
    canvas.figure.items.push(Item::Image { area, raster });
}
