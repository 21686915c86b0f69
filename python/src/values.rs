//! Settings of a rule as Python gives them: numbers, flags and texts under torch's or our names.

use amsgrad::error::SettingError;
use amsgrad::rule::Setting;
use amsgrad::{LearningRate, Schedule};
use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

use crate::refused::{self, Refused};

/// Returns a value as the text that settings are read from.
pub(crate) fn text(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_str()?.to_owned());
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(flag.is_true().to_string());
    }
    match value.extract::<f64>() {
        Ok(number) => Ok(format!("{number:?}")),
        Err(_) => {
            let found = value.get_type().name()?;
            Err(PyTypeError::new_err(format!("{name} is a {found}; allowed: a number or a text")))
        }
    }
}

/// Sets what is called `name` in Python through `set`, which takes the names and texts of Rust.
pub(crate) fn set(
    name: &str,
    value: &Bound<'_, PyAny>,
    mut set: impl FnMut(&str, &str) -> Result<(), SettingError>,
) -> PyResult<()> {
    let mut one = |own: &str, value: &Bound<'_, PyAny>| {
        set(own, &text(name, value)?).map_err(|error| refused::setting(name, own, &error))
    };
    match name {
        "betas" => {
            let pair: Vec<Bound<'_, PyAny>> = value.extract()?;
            let [beta1, beta2] = pair.as_slice() else {
                return Err(PyValueError::new_err(format!("betas are {}; allowed: a pair", value.repr()?)));
            };
            one("beta1", beta1)?;
            one("beta2", beta2)
        }
        _ => one(own_name(name), value),
    }
}

/// Returns a learning rate: a number, the text of a schedule, or "auto".
pub(crate) fn learning_rate(name: &str, value: &Bound<'_, PyAny>) -> PyResult<LearningRate> {
    match text(name, value)?.as_str() {
        "auto" => Ok(LearningRate::Automatic),
        text => Ok(text.parse::<Schedule>().refused()?.into()),
    }
}

/// Returns the value of an option; an error names it.
pub(crate) fn option<'py, T: FromPyObjectOwned<'py>>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<T> {
    value.extract::<T>().map_err(|error| {
        let (error, py): (PyErr, _) = (error.into(), value.py());
        let shown = value.repr().map_or_else(|_| String::new(), |shown| format!(" is {shown}"));
        match error.is_instance_of::<PyOverflowError>(py) {
            true => PyValueError::new_err(format!("{name}{shown}; allowed: a whole number, 0 or more")),
            false => PyTypeError::new_err(format!("{name}{shown}: {}", error.value(py))),
        }
    })
}

/// Returns what a setting is called in Rust.
pub(crate) fn own_name(name: &str) -> &str {
    match name {
        "lr" => "learning_rate",
        "eps" => "epsilon",
        name => name,
    }
}

/// Returns a setting as a number, a flag or a text.
pub(crate) fn shown<'py>(py: Python<'py>, setting: &Setting) -> PyResult<Bound<'py, PyAny>> {
    let text = setting.to_string();
    match setting {
        Setting::Number(number) => Ok(number.into_pyobject(py)?.into_any()),
        Setting::Flag(flag) => Ok(flag.into_pyobject(py)?.to_owned().into_any()),
        _ => match text.parse::<f64>() {
            Ok(number) => Ok(number.into_pyobject(py)?.into_any()),
            Err(_) => Ok(text.into_pyobject(py)?.into_any()),
        },
    }
}
