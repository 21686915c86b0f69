//! Basins of attraction: who ends where.

use crate::canvas::Canvas;
use crate::colors::Rgb;
use crate::plane::{Axis, Layout, Plane};
use crate::range::{Range, Scale};
use crate::scene::{Item, Raster, Rect};
use crate::trajectory::{self, Mark};
use crate::{Field, Figure, PlotError, Style};

/// Where a run from there ends at none of the places.
const NOWHERE: Rgb = [0xe0, 0xe0, 0xe0];

/// Pixels of the picture along a pixel of the figure, for formats that may be magnified.
const KEPT: f64 = 2.0;

/// The plane coloured by where runs end that start there.
///
/// Each sample of the field is the number of a place in `places`, counted from 0; anything else, such as NaN, is a start
/// whose run ends at none of them, and grey. Colours go along the colour map from the first place to the last; the first,
/// which should be the best, has a star, the others a dot.
///
/// # Errors
/// A [`PlotError`] when the style is out of range or there is no place.
///
/// ```
/// use amsgrad_plot::{Field, Format, Style, basins};
///
/// let valleys = Field::sample((-2.0, 2.0), (-1.0, 1.0), 200, 100, |x, _| if x > 0.0 { 0.0 } else { 1.0 })?;
/// let png = basins(&valleys, &[[1.0, 0.0], [-1.0, 0.0]], &Style::default())?.render(Format::Png)?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn basins(field: &Field, places: &[[f64; 2]], style: &Style) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    if places.is_empty() {
        return Err(PlotError::NothingToDraw { what: "no run ends at a place".to_owned() });
    }
    let linear = |range| Axis { range, scale: Scale::Linear };
    let (x, y) = (linear(field.x), linear(field.y));
    let header = trajectory::header(&canvas);
    let plane = Plane::new(&canvas, &Layout { x, y, color_bar: None, header, equal: true });
    let area = plane.area;
    let raster = raster(field, area, |number| color(number, places.len(), style));
    canvas.figure.items.push(Item::Image { area, raster });
    plane.draw(&mut canvas);
    let mark = |i| if i == 0 { Mark::Best } else { Mark::End };
    for (i, place) in places.iter().enumerate().rev() {
        let at = |range: Range, x| range.place(Scale::Linear, x).filter(|at| (0.0..=1.0).contains(at));
        if let (Some(x), Some(y)) = (at(field.x, place[0]), at(field.y, place[1])) {
            mark(i).draw(&mut canvas, area.at([x, y]));
        }
    }
    let legend = (0..places.len().min(2)).map(mark);
    legend.fold(area.left, |x, mark| mark.legend(&mut canvas, x, area.top));
    Ok(canvas.finish())
}

/// The colour of a place by its number.
fn color(number: f64, count: usize, style: &Style) -> Rgb {
    let known = number >= 0.0 && number < count as f64 && number.fract() == 0.0;
    if known { style.colors.at((number + 0.5) / count as f64) } else { NOWHERE }
}

/// Every pixel in the colour of the nearest sample.
fn raster(field: &Field, area: Rect, color: impl Fn(f64) -> Rgb) -> Raster {
    let (width, height) = (area.width * KEPT, area.height * KEPT);
    let nearest = |pixel: f64, pixels: f64, samples: usize| {
        ((pixel + 0.5) / pixels * (samples - 1) as f64).round() as usize
    };
    let mut rgba = Vec::with_capacity((width * height * 4.0) as usize);
    for row in (0..height as u32).rev() {
        let row = nearest(f64::from(row), height, field.rows) * field.columns;
        for column in 0..width as u32 {
            let [red, green, blue] =
                color(field.values[row + nearest(f64::from(column), width, field.columns)]);
            rgba.extend([red, green, blue, 0xff]);
        }
    }
    Raster { width: width as u32, height: height as u32, rgba }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Colors;

    #[test]
    fn every_pixel_has_the_colour_of_the_nearest_sample() {
        let field = Field::from_values((0.0, 1.0), (0.0, 1.0), 2, 2, vec![0.0, 1.0, f64::NAN, 7.0]).unwrap();
        let area = Rect { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };
        let style = Style::default();
        let Raster { width, height, rgba } = raster(&field, area, |number| color(number, 2, &style));
        assert_eq!((width, height), (2, 2));
        let pixels: Vec<&[u8]> = rgba.chunks(4).map(|pixel| &pixel[..3]).collect();
        let of_place = |t| Colors::Viridis.at(t);
        assert_eq!(pixels, [&NOWHERE[..], &NOWHERE, &of_place(0.25), &of_place(0.75)]);
    }

    #[test]
    fn no_place_is_an_error() {
        let field = Field::sample((0.0, 1.0), (0.0, 1.0), 2, 2, |_, _| 0.0).unwrap();
        assert!(basins(&field, &[], &Style::default()).is_err());
    }
}
