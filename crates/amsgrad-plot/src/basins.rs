//! Basins of attraction: which minimum is reached from where.

use crate::canvas::Canvas;
use crate::colorbar::ColorBar;
use crate::colors::Rgb;
use crate::marks::Mark;
use crate::plane::{Axis, Layout, Plane};
use crate::range::{Range, Scale};
use crate::scene::{Item, Raster, Rect};
use crate::{Field, Figure, PlotError, Style, trajectory};

use self::key::Key;
pub use self::places::Basin;
use self::places::{NOWHERE, PALETTE, place};

mod key;
mod places;

/// How much of the ground a color takes where its shade is 1.
const LIGHTEST: f64 = 0.75;

/// Pixels of the picture along a pixel of the figure, for formats that may be magnified.
const KEPT: f64 = 2.0;

/// Draws the plane, colored by where runs end that start there.
///
/// Each sample of the field is the number of a place in `places`, counted from 0; anything else, such as NaN, is a start
/// whose run ends at none of them, and gray. Up to nine best places have a star.
///
/// Up to nine places have a color each, and a key tells its value and its share of the starts; those that are not the
/// best have a dot. More places are colored by their value along the style's color map, with a color bar: a continuum
/// of minima then has one color.
///
/// `shades` from 0 to 1, for each sample, make its color lighter, or darker on a dark ground: by the number of steps of
/// each run, for one.
///
/// # Errors
/// A [`PlotError`] when the style is out of range or there is no place.
///
/// ```
/// use amsgrad_plot::{Basin, Field, Format, Style, basins};
///
/// let valleys = Field::sample((-2.0, 2.0), (-1.0, 1.0), 200, 100, |x, _| if x > 0.0 { 0.0 } else { 1.0 })?;
/// let places = [
///     Basin { point: [1.0, 0.0], value: 0.0, best: true },
///     Basin { point: [-1.0, 0.0], value: 0.3, best: false },
/// ];
/// let png = basins(&valleys, &places, None, &Style::default())?.render(Format::Png)?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
pub fn basins(
    field: &Field,
    places: &[Basin],
    shades: Option<&Field>,
    style: &Style,
) -> Result<Figure, PlotError> {
    let mut canvas = Canvas::new(style)?;
    let Some((least, greatest)) = Range::extremes(places.iter().map(|place| place.value)) else {
        return Err(PlotError::NothingToDraw { what: "no run ends at a place".to_owned() });
    };
    let few = places.len() <= PALETTE.len();
    let key = Key::new(field, places, style);
    let range = Range::around(least, greatest);
    let label = style.z_label.clone();
    let bar = ColorBar { range, scale: Scale::Linear, bands: 256, below: false, above: false, label };
    let linear = |range| Axis { range, scale: Scale::Linear };
    let layout = Layout {
        x: linear(field.x),
        y: linear(field.y),
        color_bar: (!few).then_some(&bar),
        key: if few { key.width(&canvas) } else { 0.0 },
        header: trajectory::header(&canvas),
        equal: true,
    };
    let plane = Plane::new(&canvas, &layout);
    let area = plane.area;
    let full = |index: usize| match few {
        true => PALETTE[index],
        false => style.colors.at(range.place(Scale::Linear, places[index].value).unwrap_or(1.0)),
    };
    let color = |sample: usize| match place(field.values[sample], places) {
        None => style.shade(NOWHERE),
        Some(index) => {
            let shade = shades.and_then(|shades| shades.values.get(sample)).copied().unwrap_or(0.0);
            mixed(full(index), style.shade(0.0), LIGHTEST * shade.clamp(0.0, 1.0))
        }
    };
    canvas.figure.items.push(Item::Image { area, raster: raster(field, area, color) });
    plane.draw(&mut canvas);
    let mark = |place: &Basin| if place.best { Mark::Best } else { Mark::End };
    let few_best = places.iter().filter(|place| place.best).count() <= PALETTE.len();
    let marked = || places.iter().filter(|place| if place.best { few_best } else { few });
    for basin in marked().rev() {
        let at = |range: Range, x| range.place(Scale::Linear, x).filter(|at| (0.0..=1.0).contains(at));
        if let (Some(x), Some(y)) = (at(field.x, basin.point[0]), at(field.y, basin.point[1])) {
            mark(basin).draw(&mut canvas, area.at([x, y]));
        }
    }
    let mut x = area.left;
    for kind in [Mark::Best, Mark::End] {
        if marked().any(|place| mark(place) == kind) {
            x = kind.legend(&mut canvas, x, area.top);
        }
    }
    if few {
        key.draw(&mut canvas, area);
    } else {
        key.draw_nowhere(&mut canvas, x, area.top);
        bar.draw(&mut canvas, area);
    }
    Ok(canvas.finish())
}

/// A color with a share of another.
fn mixed(color: Rgb, other: Rgb, share: f64) -> Rgb {
    [0, 1, 2].map(|i| (f64::from(color[i]) * (1.0 - share) + f64::from(other[i]) * share).round() as u8)
}

/// Every pixel in the color of the nearest sample.
fn raster(field: &Field, area: Rect, color: impl Fn(usize) -> Rgb) -> Raster {
    let (width, height) = (area.width * KEPT, area.height * KEPT);
    let nearest = |pixel: u32, pixels: f64, samples: usize| {
        ((f64::from(pixel) + 0.5) / pixels * (samples - 1) as f64).round() as usize
    };
    let (columns, rows) = (width as u32, height as u32);
    let colors: Vec<Rgb> = (0..field.values.len()).map(color).collect();
    let samples: Vec<usize> = (0..columns).map(|column| nearest(column, width, field.columns)).collect();
    let mut rgba = vec![0xff; 4 * columns as usize * rows as usize];
    for (row, pixels) in (0..rows).rev().zip(rgba.chunks_exact_mut(4 * columns.max(1) as usize)) {
        let colors = &colors[nearest(row, height, field.rows) * field.columns..];
        for (pixel, sample) in pixels.chunks_exact_mut(4).zip(&samples) {
            pixel[..3].copy_from_slice(&colors[*sample]);
        }
    }
    Raster { width: columns, height: rows, rgba }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    #[test]
    fn every_pixel_has_the_color_of_the_nearest_sample() {
        let field = Field::from_values((0.0, 1.0), (0.0, 1.0), 2, 2, vec![0.0, 1.0, f64::NAN, 7.0]).unwrap();
        let area = Rect { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };
        let Raster { width, height, rgba } = raster(&field, area, |sample| [sample as u8; 3]);
        assert_eq!((width, height), (2, 2));
        let pixels: Vec<u8> = rgba.chunks(4).map(|pixel| pixel[0]).collect();
        assert_eq!(pixels, [2, 3, 0, 1]);
    }

    #[test]
    fn shades_lead_to_the_ground() {
        assert_eq!(mixed([100, 0, 7], [200, 255, 7], 0.0), [100, 0, 7]);
        assert_eq!(mixed([100, 0, 7], [200, 255, 7], 0.5), [150, 128, 7]);
    }

    #[test]
    fn the_key_tells_values_and_shares() {
        let field = Field::from_values((0.0, 1.0), (0.0, 1.0), 2, 2, vec![0.0, 1.0, f64::NAN, 0.0]).unwrap();
        let basin = |value| Basin { point: [0.5, 0.5], value, best: value == -0.25 };
        let figure = basins(&field, &[basin(-0.25), basin(1234.56)], None, &Style::default()).unwrap();
        let svg = String::from_utf8(figure.render(Format::Svg).unwrap()).unwrap();
        for words in ["\u{2212}0.25", "50.0 %", "1235", "25.0 %", "none", "best", "end"] {
            assert!(svg.contains(&format!(">{words}</text>")), "{words}");
        }
    }

    #[test]
    fn any_number_of_places_is_drawn_and_none_is_an_error() {
        let field =
            Field::sample((0.0, 1.0), (0.0, 1.0), 30, 30, |x, y| (x * 870.0 + y * 29.0).round()).unwrap();
        let places: Vec<Basin> = (0..900)
            .map(|k| Basin { point: [0.5, 0.5], value: f64::from(k % 7), best: k % 7 == 0 })
            .collect();
        let style = Style { dpi: 50, ..Style::default() };
        assert!(
            !basins(&field, &places, Some(&field), &style).unwrap().render(Format::Png).unwrap().is_empty()
        );
        assert!(basins(&field, &[], None, &style).is_err());
        let lost = [Basin { point: [f64::NAN; 2], value: f64::NAN, best: true }];
        assert!(basins(&field, &lost, None, &style).is_err());
    }
}
