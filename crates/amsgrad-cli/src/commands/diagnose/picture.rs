//! The effective learning rates of both rules.

use amsgrad_plot::{Axes, Figure, PlotError, Scale, Series};

use super::args::Args;
use super::sides::Side;
use crate::minimize::pictures::{Axis, Look};
use crate::minimize::plan::Plan;
use crate::target::Target;

/// Coordinates that are drawn, and the sides of a panel in inches.
const COORDINATES: usize = 4;
const PANEL: [f64; 2] = [4.2, 3.2];

/// The look of each panel.
pub(super) fn look(args: &Args, target: &Target) -> Look {
    let count = target.variables().len().min(COORDINATES);
    args.look.panels([PANEL[0] * count as f64, PANEL[1]], [count, 1])
}

pub(super) fn draw(args: &Args, plan: &Plan<'_>, sides: &[Side]) -> Result<Figure, PlotError> {
    let look = look(args, plan.target);
    let axes = Axes { x: look.scale(Axis::X).unwrap_or(Scale::Log), ..look.axes(Scale::Log) };
    let panel = |(i, name): (usize, &String)| {
        let series = |side: &Side| {
            let rates = side.runs.iter().flat_map(|run| &run.rates);
            let points: Vec<[f64; 2]> =
                rates.filter_map(|(step, rates)| Some([*step as f64, *rates.get(i)?])).collect();
            Series::new(side.label.clone(), points)
        };
        let series: Vec<Series> = sides.iter().map(series).collect();
        amsgrad_plot::curves(
            &series,
            axes,
            &look.style(&format!("Effective learning rate of {name}"), ["step", "", ""]),
        )
    };
    let panels: Result<Vec<Figure>, PlotError> =
        plan.target.variables().iter().take(COORDINATES).enumerate().map(panel).collect();
    let joined = panels?.into_iter().reduce(Figure::beside);
    joined.ok_or_else(|| PlotError::NothingToDraw { what: "there is no coordinate".to_owned() })
}
