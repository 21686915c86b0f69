//! The fits of groups as a dict of columns.

use amsgrad_cli::shards::{Row, Shared};
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Returns a row for each group: its labels, the number of its rows, parameters and their errors, cost and status.
pub(crate) fn to_dict<'py>(
    py: Python<'py>,
    by: &[String],
    shared: &Shared,
    groups: &[Row],
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (place, name) in by.iter().enumerate() {
        let labels: Vec<&str> =
            groups.iter().map(|group| group.labels.get(place).map_or("", String::as_str)).collect();
        dict.set_item(name, labels)?;
    }
    let number = |group: &Row, place: usize| group.parameters.get(place).copied().unwrap_or(f64::NAN);
    let column = |number: &dyn Fn(&Row) -> f64| PyArray1::from_vec(py, groups.iter().map(number).collect());
    dict.set_item("rows", PyArray1::from_vec(py, groups.iter().map(|group| group.rows).collect()))?;
    for (place, name) in shared.parameters.iter().enumerate() {
        dict.set_item(name, column(&|group| number(group, 2 * place)))?;
        dict.set_item(format!("{name}_error"), column(&|group| number(group, 2 * place + 1)))?;
    }
    let name = if shared.squares { "residual_sum_of_squares" } else { "cost" };
    dict.set_item(name, column(&|group| group.cost))?;
    dict.set_item("status", groups.iter().map(|group| group.status.as_str()).collect::<Vec<_>>())?;
    Ok(dict)
}
