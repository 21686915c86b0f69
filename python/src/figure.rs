//! Figures as the bytes of a file.

use amsgrad_cli::figures::{self, Kind, Line};
use amsgrad_plot::{Colors, Figure, Format, PlotError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::formula::Formula;
use crate::refused::Refused;

/// Returns a figure as the bytes of a file of this format.
pub(crate) fn bytes(figure: Result<Figure, PlotError>, format: &str) -> PyResult<Vec<u8>> {
    let format: Format = format.parse().refused()?;
    figure.and_then(|figure| figure.render(format)).refused()
}

/// Draws a formula of one or two variables between bounds.
#[pyfunction]
pub(crate) fn draw_formula(
    formula: &Bound<'_, Formula>,
    kind: &str,
    bounds: Vec<(f64, f64)>,
    format: &str,
    colors: &str,
) -> PyResult<Vec<u8>> {
    let kind = match kind {
        "contour" => Kind::Contour,
        "surface" => Kind::Surface,
        _ => return Err(PyValueError::new_err(format!("kind is '{kind}'; allowed: contour, surface"))),
    };
    let (formula, colors): (_, Colors) = (&formula.get().0, colors.parse().refused()?);
    let variables = formula.variables().len();
    if bounds.len() != variables {
        let reason =
            format!("{} bounds are given; allowed: {variables}, one for each variable", bounds.len());
        return Err(PyValueError::new_err(reason));
    }
    bytes(figures::function(formula, kind, &bounds, colors), format)
}

/// Draws a run: over its formula, or, with `progress` or without a formula, value and gradient against the step.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the columns of a history, and how it is to look")]
pub(crate) fn draw_run(
    formula: Option<&Bound<'_, Formula>>,
    progress: bool,
    steps: Vec<u64>,
    values: Vec<f64>,
    gradient_norms: Vec<f64>,
    points: Vec<Vec<f64>>,
    bounds: Option<Vec<(f64, f64)>>,
    maximize: bool,
    format: &str,
    colors: &str,
) -> PyResult<Vec<u8>> {
    let columns = steps.into_iter().zip(values).zip(gradient_norms).zip(points);
    let line = |(((step, value), gradient_norm), point)| Line { step, value, gradient_norm, point };
    let (lines, colors): (Vec<Line>, Colors) = (columns.map(line).collect(), colors.parse().refused()?);
    let figure = match formula.map(|formula| &formula.get().0) {
        Some(formula) if !progress => figures::run(formula, &lines, bounds.as_deref(), maximize, colors),
        Some(formula) => figures::progress(&amsgrad_plot::typeset(&formula.to_string()), &lines, maximize),
        None => figures::progress("", &lines, maximize),
    };
    bytes(figure, format)
}
