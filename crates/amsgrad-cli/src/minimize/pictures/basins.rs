//! The picture of basins.

use amsgrad_plot::{Basin, Field, Figure, PlotError};

use super::{Look, View, style_along};
use crate::minimize::basins::Places;
use crate::target::Target;

/// Draws which of the places is reached from where, over a grid of `side` by `side` starts along two variables; `is_shaded` by
/// the steps it takes.
pub(crate) fn basins(
    target: &Target,
    ([x, y], axes): (View, [usize; 2]),
    places: &Places,
    side: usize,
    is_shaded: bool,
    look: &Look,
) -> Result<Figure, PlotError> {
    let basins: Vec<Basin> = places
        .list
        .iter()
        .map(|place| Basin { point: place.point, value: places.told(place), best: place.best })
        .collect();
    let field = |values: Vec<f64>| Field::from_values(x, y, side, side, values);
    let numbers = field(places.numbers.clone())?;
    let shades = if is_shaded { Some(field(places.shades())?) } else { None };
    amsgrad_plot::basins(&numbers, &basins, shades.as_ref(), &style_along(target, axes, look))
}
