//! The fits of groups as a dict of columns.

use amsgrad_fit::{FitError, Group, Outcome};
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Returns a row for each group: its labels, the number of its rows, parameters and their errors, cost and status.
pub(super) fn to_dict<'py>(
    py: Python<'py>,
    by: &[String],
    parameters: &[String],
    has_response: bool,
    groups: &[Group<Result<Outcome, FitError>>],
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (place, name) in by.iter().enumerate() {
        let labels: Vec<&str> = groups.iter().map(|group| group.labels[place].as_str()).collect();
        dict.set_item(name, labels)?;
    }
    let column = |number: &dyn Fn(&Outcome) -> f64| {
        let numbers = groups.iter().map(|group| group.result.as_ref().map_or(f64::NAN, number));
        PyArray1::from_vec(py, numbers.collect())
    };
    let rows: Vec<usize> = groups.iter().map(|group| group.rows).collect();
    dict.set_item("rows", PyArray1::from_vec(py, rows))?;
    for (place, name) in parameters.iter().enumerate() {
        dict.set_item(name, column(&|outcome| outcome.parameters[place].value))?;
        let error = |outcome: &Outcome| outcome.parameters[place].standard_error.unwrap_or(f64::NAN);
        dict.set_item(format!("{name}_error"), column(&error))?;
    }
    let name = if has_response { "residual_sum_of_squares" } else { "cost" };
    dict.set_item(name, column(&|outcome| outcome.residual_sum_of_squares.unwrap_or(outcome.cost)))?;
    let status = |result: &Result<Outcome, FitError>| match result {
        Ok(outcome) => outcome.status.name().to_owned(),
        Err(error) => error.to_string(),
    };
    dict.set_item("status", groups.iter().map(|group| status(&group.result)).collect::<Vec<_>>())?;
    Ok(dict)
}
