//! The settings of a fit, under the names of Python.

use amsgrad::AnyRule;
use amsgrad_fit::{FirstOrder, Loss, Method, Noise, Settings};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::refused::Refused;
use crate::values;

/// Reads the settings of a fit.
pub(super) fn settings(options: &Bound<'_, PyDict>) -> PyResult<Settings> {
    let mut settings = Settings::default();
    let mut first_order = FirstOrder { rule: AnyRule::named("amsgrad").refused()?, ..FirstOrder::default() };
    let (mut alone, mut only_alone) = (false, None);
    if let Some(rule) = options.get_item("rule")? {
        first_order.rule = AnyRule::named(&rule.extract::<String>()?).refused()?;
        only_alone = Some("rule".to_owned());
    }
    for (name, value) in options {
        let name: String = name.extract()?;
        match name.as_str() {
            "definitions" | "rule" => {}
            "loss" => settings.loss = values::option::<String>(&name, &value)?.parse::<Loss>().refused()?,
            "sigma" => settings.noise = sigma(&value)?,
            "weights" => settings.noise = Noise::Weights(values::option(&name, &value)?),
            "bounds" => settings.bounds = bounds(values::option(&name, &value)?),
            "simplex" => settings.simplices = values::option(&name, &value)?,
            "start" => settings.start = values::option(&name, &value)?,
            "starts" => settings.starts = values::option(&name, &value)?,
            "seed" => settings.seed = values::option(&name, &value)?,
            "steps" => settings.steps = values::option(&name, &value)?,
            "method" => match values::option::<String>(&name, &value)?.as_str() {
                "staged" => {}
                "amsgrad" => alone = true,
                other => {
                    return Err(PyValueError::new_err(format!(
                        "method is '{other}'; allowed: staged, amsgrad"
                    )));
                }
            },
            _ => {
                match name.as_str() {
                    "batch_size" => first_order.batch = values::option(&name, &value)?,
                    "epochs" => first_order.epochs = values::option(&name, &value)?,
                    "lr" | "learning_rate" => {
                        first_order.learning_rate = Some(values::learning_rate(&name, &value)?)
                    }
                    other => values::set(other, &value, |name, text| first_order.rule.set(name, text))?,
                }
                only_alone = Some(name);
            }
        }
    }
    match (alone, only_alone) {
        (true, _) => settings.method = Method::FirstOrder(first_order),
        (false, None) => {}
        (false, Some(name)) => {
            let reason = format!("{name} needs method='amsgrad', which has steps of this kind");
            return Err(PyValueError::new_err(reason));
        }
    }
    Ok(settings)
}

fn sigma(value: &Bound<'_, PyAny>) -> PyResult<Noise> {
    if value.is_none() {
        return Ok(Noise::Unknown);
    }
    match value.cast::<PyString>() {
        Ok(name) => Ok(Noise::SigmaColumn(name.to_str()?.to_owned())),
        Err(_) => match value.extract() {
            Ok(sigma) => Ok(Noise::Sigma(sigma)),
            Err(_) => Err(PyTypeError::new_err("sigma must be a number, or the name of a column")),
        },
    }
}

/// Returns the bounds with an infinite number for a side that is open.
fn bounds(given: Vec<(String, (Option<f64>, Option<f64>))>) -> Vec<(String, (f64, f64))> {
    let closed = |(lower, upper): (Option<f64>, Option<f64>)| {
        (lower.unwrap_or(f64::NEG_INFINITY), upper.unwrap_or(f64::INFINITY))
    };
    given.into_iter().map(|(name, sides)| (name, closed(sides))).collect()
}
