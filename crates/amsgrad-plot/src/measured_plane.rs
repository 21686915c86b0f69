//! Measurements over the contour of a function of two variables.

use crate::canvas::Canvas;
use crate::colorbar::band_color;
use crate::colors::WHITE;
use crate::contour::{Bands, Levels};
use crate::marks::EDGE;
use crate::measured::radius;
use crate::range::Scale;
use crate::scene::{Item, Path, Point};
use crate::{Field, Figure, PlotError, Style};

/// Draws a filled contour with measurements over it, each an x, a y and a value: a dot in the color of its value, so that
/// it stands out where the function misses it.
///
/// x and y have units of their own, so the contour fills the figure. Measurements outside the field's rectangle, or
/// not finite, are left out.
///
/// # Errors
/// As [`contour`](crate::contour).
///
/// ```
/// use amsgrad_plot::{Field, Style, measured_plane};
///
/// let bowl = Field::sample((-1.0, 1.0), (-1.0, 1.0), 51, 51, |x, y| x * x + y * y)?;
/// let measurements = [[0.5, 0.5, 0.52], [-0.5, 0.0, 0.21], [0.0, 0.9, 0.83]];
/// let figure = measured_plane(&bowl, 20, &measurements, &Style::default())?;
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn measured_plane(
    field: &Field,
    levels: impl Into<Levels>,
    measurements: &[[f64; 3]],
    style: &Style,
) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    let mut bands = Bands::new(field, levels.into(), style)?;
    let (range, count) = (bands.color_bar.range, bands.color_bar.bands);
    let values = || measurements.iter().map(|point| point[2]).filter(|value| value.is_finite());
    bands.color_bar.below |= values().any(|value| value < range.low);
    bands.color_bar.above |= values().any(|value| value > range.high);
    let plane = bands.plane(&canvas, field, 0.0, false);
    bands.draw(&mut canvas, field, &plane);

    let mut dots: Vec<Vec<Point>> = vec![Vec::new(); count];
    for [x, y, value] in measurements {
        let height = range.place(bands.color_bar.scale, *value).or(value.is_finite().then_some(0.0));
        let place = [field.x.place(Scale::Linear, *x), field.y.place(Scale::Linear, *y)];
        if let ([Some(x), Some(y)], Some(height)) = (place, height)
            && (0.0..=1.0).contains(&x)
            && (0.0..=1.0).contains(&y)
        {
            let band = (height.clamp(0.0, 1.0) * count as f64) as usize;
            dots[band.min(count - 1)].push(plane.area.at([x, y]));
        }
    }
    let all = dots.concat();
    let size = 1.2 * radius(all.len()) * canvas.unit;
    let marker = |size: f64, fill, edge, at| {
        let (shape, edge_width) = (Path::circle(size), size / 4.0);
        Item::Markers { shape, fill, edge, edge_width, at }
    };
    // A dark ring in a light one shows on every color.
    let mut items = vec![marker(1.5 * size, EDGE, WHITE, all)];
    for (band, at) in dots.into_iter().enumerate().filter(|(_, at)| !at.is_empty()) {
        let color = band_color(style.colors, band, count);
        items.push(marker(size, color, color, at));
    }
    canvas.figure.items.push(Item::Dense { area: plane.area, items });
    plane.draw(&mut canvas);
    bands.color_bar.draw(&mut canvas, plane.area);
    Ok(canvas.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    #[test]
    fn any_measurements_are_drawn_or_left_out() {
        let field = Field::sample((0.0, 1.0), (0.0, 100.0), 11, 11, |x, y| x * y).unwrap();
        let wild = [[0.5, 50.0, 1e300], [f64::NAN, 1.0, 1.0], [0.5, 5.0, f64::INFINITY], [9.0, 9.0, 9.0]];
        let figure = |points: &[[f64; 3]]| {
            let figure = measured_plane(&field, 10, points, &Style::default()).unwrap();
            String::from_utf8(figure.render(Format::Svg).unwrap()).unwrap()
        };
        // One of them has a place; its value is above the range, which the color bar then shows.
        assert!(figure(&wild).len() > figure(&wild[1..]).len());
        assert_eq!(figure(&wild[1..]), figure(&[]));
    }
}
