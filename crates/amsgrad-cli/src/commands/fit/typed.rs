//! Settings of a fit as they are typed.

use crate::failure::Failure;
use crate::text;

/// Bounds of parameters by name.
pub(super) fn bounds(texts: &[String]) -> Result<Vec<(String, (f64, f64))>, Failure> {
    let bounds: Result<Vec<_>, String> = texts.iter().map(|text| text::named_bounds(text)).collect();
    bounds.map(|bounds| bounds.concat()).map_err(|reason| Failure::input("--bounds", reason))
}

/// The start, where it is given by name: names are parameters, whatever the model says of them.
pub(super) fn named_start(text: &str) -> Result<Vec<(String, f64)>, Failure> {
    if !text.contains('=') {
        return Ok(Vec::new());
    }
    text::named_numbers(text).map_err(|reason| Failure::input("--start", reason))
}

/// The start, where it is given in the order of the parameters.
pub(super) fn ordered_start(text: &str, parameters: &[String]) -> Result<Vec<(String, f64)>, Failure> {
    let numbers = text::numbers(text).map_err(|reason| Failure::input("--start", reason))?;
    let (found, expected) = (numbers.len(), parameters.len());
    if found != expected {
        let plural = if found == 1 { "" } else { "s" };
        let names = text::names(parameters);
        let reason = format!("has {found} number{plural}; use {expected}, one for each parameter ({names})");
        return Err(Failure::input("--start", reason));
    }
    Ok(parameters.iter().cloned().zip(numbers).collect())
}

/// The members of a simplex.
pub(super) fn simplex(text: &str) -> Result<Vec<String>, Failure> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().any(String::is_empty) {
        true => {
            let reason = format!("'{text}' has an empty name; use names with commas between");
            Err(Failure::input("--simplex", reason))
        }
        false => Ok(names),
    }
}
