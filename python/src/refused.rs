//! Errors of the Rust crates as Python's exceptions.

use std::fmt::Display;

use amsgrad::error::SettingError;
use amsgrad::optimizer::StepError;
use amsgrad_fit::FitError;
use pyo3::exceptions::{PyFloatingPointError, PyMemoryError, PyValueError};
use pyo3::prelude::*;

pyo3::create_exception!(
    amsgrad,
    FormulaError,
    PyValueError,
    "A text that is no formula; the message points at the place."
);

/// What is wrong with what Python handed over.
pub(crate) trait Refused<T> {
    /// Returns a ValueError with the reason.
    fn refused(self) -> PyResult<T>;
}

impl<T, E: Display> Refused<T> for Result<T, E> {
    fn refused(self) -> PyResult<T> {
        self.map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

/// Returns why a step was not made.
pub(crate) fn step(error: StepError) -> PyErr {
    let reason = error.to_string();
    match error {
        StepError::NonFiniteGradient { .. } | StepError::HugeGradient { .. } => {
            PyFloatingPointError::new_err(reason)
        }
        StepError::TooLarge { .. } => PyMemoryError::new_err(reason),
        _ => PyValueError::new_err(reason),
    }
}

/// Returns the error of a formula, with the place underlined.
pub(crate) fn formula(error: &amsgrad_formula::FormulaError) -> PyErr {
    FormulaError::new_err(error.pointed().trim_end().to_owned())
}

/// Returns why a fit could not begin.
pub(crate) fn fit(error: &FitError) -> PyErr {
    match error {
        FitError::Formula(error) => formula(error),
        FitError::Read { source, .. } => std::io::Error::new(source.kind(), error.to_string()).into(),
        error => PyValueError::new_err(error.to_string()),
    }
}

/// Returns an error about a setting that Python calls `name` and Rust `own`.
pub(crate) fn setting(name: &str, own: &str, error: &SettingError) -> PyErr {
    PyValueError::new_err(match error.field == own {
        true => format!("{name} is {}; allowed: {}", error.value, error.allowed),
        false => error.to_string(),
    })
}
