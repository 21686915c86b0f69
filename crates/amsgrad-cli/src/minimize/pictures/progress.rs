//! How a run went: value and gradient against the step.

use amsgrad_plot::{Figure, PlotError, Scale, Series};

use super::Look;
use crate::minimize::history::Line;

/// Draws the value, the best value so far where it differs, and the largest gradient component against the step.
/// `maximize` tells what the run looked for.
pub(crate) fn progress(
    title: &str,
    lines: &[Line],
    maximize: bool,
    look: impl Into<Look>,
) -> Result<Figure, PlotError> {
    let look = look.into();
    let cost = |value: f64| if maximize { -value } else { value };
    // Where values are not all positive a logarithm shows their distance from the best one.
    let best = lines.iter().map(|line| cost(line.value)).fold(f64::INFINITY, f64::min);
    let positive = lines.iter().all(|line| line.value > 0.0 || !line.value.is_finite());
    let shown = |value: f64| if positive { value } else { cost(value) - best };
    let name = match (positive, maximize) {
        (true, _) => "value",
        (false, false) => "value \u{2212} least",
        (false, true) => "greatest \u{2212} value",
    };
    let series = |name: &str, y: &[f64]| {
        let points = lines.iter().zip(y).map(|(line, y)| [line.step as f64, *y]);
        Series::new(name, points.collect::<Vec<_>>())
    };
    let values: Vec<f64> = lines.iter().map(|line| shown(line.value)).collect();
    let mut so_far = f64::NAN;
    let bests: Vec<f64> = lines
        .iter()
        .map(|line| {
            // The minimum of NaN and a number is the number.
            so_far = cost(line.value).min(so_far);
            shown(cost(so_far))
        })
        .collect();
    let mut all = Vec::new();
    if bests == values {
        all.push(series(name, &values));
    } else {
        all.push(Series { faint: true, ..series(name, &values) });
        all.push(series("best so far", &bests));
    }
    let gradients: Vec<f64> = lines.iter().map(|line| line.gradient_norm).collect();
    all.push(series("max |gradient|", &gradients));
    let positive = |[_, y]: &[f64; 2]| *y > 0.0 && y.is_finite();
    let drawable = all.iter().any(|series| series.points.iter().any(positive));
    let axes = look.axes(if drawable { Scale::Log } else { Scale::Linear });
    amsgrad_plot::curves(&all, axes, &look.style(title, ["step", "", ""]))
}
