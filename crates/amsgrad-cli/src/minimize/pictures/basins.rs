//! The picture of basins.

use amsgrad_plot::{Basin, Field, Figure, PlotError};

use super::{Look, View, style};
use crate::minimize::basins::Places;
use crate::target::Target;

/// Draws which of the places is reached from where, over a grid of `side` by `side` starts.
pub(crate) fn basins(
    target: &Target,
    [x, y]: View,
    places: &Places,
    side: usize,
    look: &Look,
) -> Result<Figure, PlotError> {
    let basins: Vec<Basin> = places
        .list
        .iter()
        .map(|place| Basin { point: place.point, value: places.told(place), best: place.best })
        .collect();
    let numbers = Field::from_values(x, y, side, side, places.numbers.clone())?;
    amsgrad_plot::basins(&numbers, &basins, &style(target, look))
}
