//! Figures as the program draws them, for what calls it as a library.

use amsgrad_fit::{FitError, Predictor, Settings, Table};
use amsgrad_formula::Formula;
use amsgrad_plot::{Colors, Figure, PlotError};

use crate::commands::fit::picture;
use crate::commands::fit::predictions::Fitted;
use crate::minimize::pictures;
use crate::target::Target;

pub use crate::minimize::history::Line;

/// What shows a function of two variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bands of color from above.
    Contour,
    /// Heights in space.
    Surface,
}

/// Draws a formula of one or two variables between these bounds; a formula of one as a curve, whatever the kind.
///
/// # Errors
/// The bounds are no interval, the function is nowhere finite, or there are more variables.
pub fn function(
    formula: &Formula,
    kind: Kind,
    bounds: &[(f64, f64)],
    colors: Colors,
) -> Result<Figure, PlotError> {
    let target = target(formula);
    match (bounds, kind) {
        ([side], _) => pictures::curve(&target, *side, None, colors),
        ([x, y], Kind::Contour) => pictures::contour(&target, [*x, *y], colors),
        ([x, y], Kind::Surface) => pictures::surface(&target, [*x, *y], None, colors),
        _ => Err(too_many(formula)),
    }
}

/// Draws a run over its formula, within bounds that are closed: the path of one or two variables, value and gradient against the step of more.
///
/// # Errors
/// There is no line, or nothing finite in them.
pub fn run(
    formula: &Formula,
    lines: &[Line],
    bounds: Option<&[(f64, f64)]>,
    maximize: bool,
    colors: Colors,
) -> Result<Figure, PlotError> {
    let target = target(formula);
    let closed = bounds.filter(|sides| sides.iter().all(|(lower, upper)| (upper - lower).is_finite()));
    let view = pictures::view(closed.unwrap_or_default(), closed.is_some(), lines);
    match formula.variables().len() {
        1 => pictures::curve(&target, view[0], Some((lines, maximize)), colors),
        2 => pictures::path(&target, view, lines, maximize, colors),
        _ => progress(&target.title(), lines, maximize),
    }
}

/// Draws value and gradient against the step.
///
/// # Errors
/// There is no line, or nothing finite in them.
pub fn progress(title: &str, lines: &[Line], maximize: bool) -> Result<Figure, PlotError> {
    pictures::progress(title, lines, maximize, Colors::default())
}

/// Draws a fit: the curve through the data, the contour under them, or what was observed against what was fitted.
///
/// # Errors
/// The table lacks a column; nothing is finite.
pub fn fit(
    predictor: &Predictor,
    table: &Table,
    settings: &Settings,
) -> Result<Result<Figure, PlotError>, FitError> {
    picture::figure(&Fitted::new(predictor, table)?, settings)
}

fn target(formula: &Formula) -> Target {
    Target::Formula(Box::new(formula.clone()))
}

fn too_many(formula: &Formula) -> PlotError {
    let what = format!("a figure shows 1 or 2 variables, not {}", formula.variables().len());
    PlotError::NothingToDraw { what }
}
