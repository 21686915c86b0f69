//! The picture of basins.

use amsgrad_plot::{Basin, Field, Figure, PlotError};

use super::{Look, SAMPLES, View, field, style};
use crate::minimize::basins::Place;
use crate::target::Target;

/// Values nearer to the best one than this part of what the function spans count as equal to it.
const EQUAL: f64 = 1e-6;

/// Draws which of the places, the best first, is reached from where: `numbers` holds a place's number for each start of
/// a grid of `side` by `side`.
pub(crate) fn basins(
    target: &Target,
    view: View,
    (places, numbers): (&[Place], Vec<f64>),
    side: usize,
    look: impl Into<Look>,
) -> Result<Figure, PlotError> {
    let values = field(target, view, SAMPLES)?;
    let mut sorted: Vec<f64> = values.values().iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let at =
        |percent: usize| sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or(0.0);
    let equal = EQUAL * (at(90) - at(10)).abs();
    let best = places.first().map_or(f64::NAN, |place| place.value);
    let basins: Vec<Basin> = places
        .iter()
        .map(|&Place { point, value, .. }| {
            // What only rounding tells from 0 or from the best is written as those.
            let tied = (value - best).abs() <= equal;
            let value = if tied { best } else { value };
            let value = if value.abs() <= 1e-3 * equal { 0.0 } else { value };
            Basin { point, value, best: tied }
        })
        .collect();
    let [x, y] = view;
    let numbers = Field::from_values(x, y, side, side, numbers)?;
    amsgrad_plot::basins(&numbers, &basins, &style(target, &look.into()))
}
