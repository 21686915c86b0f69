//! Points and bounds as they are typed: one for all variables, or by name.

use std::collections::HashMap;

use super::{names, number};
use crate::failure::Failure;

/// An interval `LOWER..UPPER`, either side of which may be left out.
fn interval(text: &str) -> Result<(f64, f64), String> {
    let side = |text: &str, open: f64| if text.trim().is_empty() { Ok(open) } else { number(text) };
    let sides = text
        .split_once("..")
        .map(|(lower, upper)| Some((side(lower, f64::NEG_INFINITY).ok()?, side(upper, f64::INFINITY).ok()?)));
    match sides.flatten() {
        Some((lower, upper)) if lower <= upper => Ok((lower, upper)),
        Some((lower, upper)) => {
            Err(format!("'{text}' has its bounds the wrong way round; use {upper}..{lower}"))
        }
        None => Err(format!("'{text}' is not LOWER..UPPER; use -2..2, 0.. or x=-2..2,y=0..1")),
    }
}

/// Where each variable is found by its name.
fn places(variables: &[String]) -> HashMap<&str, usize> {
    variables.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect()
}

/// The place and the value of `NAME=VALUE`.
fn named<'a>(
    part: &'a str,
    places: &HashMap<&str, usize>,
    variables: &[String],
) -> Result<(usize, &'a str), String> {
    let (name, value) =
        part.split_once('=').ok_or_else(|| format!("'{part}' names no variable; use NAME=..."))?;
    match places.get(name.trim()) {
        Some(place) => Ok((*place, value)),
        None => Err(format!("there is no variable '{}'; use {}", name.trim(), names(variables))),
    }
}

/// Bounds of the variables: one interval for all, `-2..2`, or one for each named, `x=-1.5..4,y=0..`.
pub(crate) fn bounds(text: &str, variables: &[String]) -> Result<Vec<(f64, f64)>, String> {
    if !text.contains('=') {
        return Ok(vec![interval(text)?; variables.len()]);
    }
    let places = places(variables);
    let mut sides = vec![None; variables.len()];
    for part in text.split(',') {
        let (place, value) = named(part, &places, variables)?;
        if sides[place].replace(interval(value)?).is_some() {
            return Err(format!("'{}' has bounds twice; give them once", variables[place]));
        }
    }
    Ok(sides.into_iter().map(|side| side.unwrap_or((f64::NEG_INFINITY, f64::INFINITY))).collect())
}

/// Bounds whose sides are all finite: those given, else those known, else `fallback` for each variable.
pub(crate) fn closed_bounds(
    given: Option<&str>,
    variables: &[String],
    known: Option<Vec<(f64, f64)>>,
    fallback: (f64, f64),
) -> Result<Vec<(f64, f64)>, Failure> {
    let sides = match given {
        Some(given) => bounds(given, variables).map_err(|reason| Failure::input("--bounds", reason))?,
        None => known.unwrap_or_else(|| vec![fallback; variables.len()]),
    };
    match sides.iter().zip(variables).find(|((lower, upper), _)| !(lower.is_finite() && upper.is_finite())) {
        None => Ok(sides),
        Some((_, name)) => {
            Err(Failure::input("--bounds", format!("'{name}' has an open side; give a number on both sides")))
        }
    }
}

/// Refuses bounds that leave no width to look at.
pub(crate) fn with_width(sides: &[(f64, f64)], variables: &[String]) -> Result<(), Failure> {
    match sides.iter().zip(variables).find(|((lower, upper), _)| lower >= upper) {
        None => Ok(()),
        Some(((lower, _), name)) => {
            let reason = format!("'{name}' has no width, only {lower}; use LOWER..UPPER such as -2..2");
            Err(Failure::input("--bounds", reason))
        }
    }
}

/// A point as `argument` gives it: a number for each variable, in their order or by name.
pub(crate) fn point(argument: &str, text: &str, variables: &[String]) -> Result<Vec<f64>, Failure> {
    coordinates(text, variables).map_err(|reason| Failure::input(argument, reason))
}

fn coordinates(text: &str, variables: &[String]) -> Result<Vec<f64>, String> {
    if variables.is_empty() {
        return Err("is for a formula with variables, and this one has none; leave it out".to_owned());
    }
    let one = |text: &str| number(text).map_err(|reason| format!("'{text}' {reason}"));
    let point = if text.contains('=') {
        let places = places(variables);
        let mut point = vec![None; variables.len()];
        for part in text.split(',') {
            let (place, value) = named(part, &places, variables)?;
            if point[place].replace(one(value)?).is_some() {
                return Err(format!("'{}' has two values; give one", variables[place]));
            }
        }
        match point.iter().position(Option::is_none) {
            Some(place) => {
                return Err(format!("'{}' has no value; give one to each variable", variables[place]));
            }
            None => point.into_iter().flatten().collect(),
        }
    } else {
        text.split(',').map(one).collect::<Result<Vec<f64>, String>>()?
    };
    let (found, expected) = (point.len(), variables.len());
    if found == expected {
        return Ok(point);
    }
    let plural = if found == 1 { "" } else { "s" };
    Err(format!("has {found} number{plural}; use {expected}, one for each variable ({})", names(variables)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_for_all_and_for_each() {
        let variables = ["x".to_owned(), "y".to_owned()];
        let open = (f64::NEG_INFINITY, f64::INFINITY);
        assert_eq!(bounds("-2..2", &variables), Ok(vec![(-2.0, 2.0); 2]));
        assert_eq!(bounds("y=0..", &variables), Ok(vec![open, (0.0, f64::INFINITY)]));
        assert_eq!(bounds("x=-1.5..4, y=..1e3", &variables), Ok(vec![(-1.5, 4.0), (f64::NEG_INFINITY, 1e3)]));
        for wrong in ["", "2", "2..1", "a..b", "z=1..2", "x=1", "x=1..2,3..4", "nan..1", "x=1..2,x=0..1"] {
            assert!(bounds(wrong, &variables).is_err(), "{wrong}");
        }
        assert!(bounds("2..1", &variables).is_err_and(|reason| reason.ends_with("use 1..2")));
    }

    #[test]
    fn points_in_order_and_by_name() {
        let variables = ["x".to_owned(), "y".to_owned()];
        assert_eq!(coordinates("1,2", &variables), Ok(vec![1.0, 2.0]));
        assert_eq!(coordinates("y=2, x=1e0", &variables), Ok(vec![1.0, 2.0]));
        for wrong in ["", "1", "1,2,3", "1,,2", "x=1", "x=1,2", "x=1,x=2", "z=1,x=2", "x=1,y=nan"] {
            assert!(coordinates(wrong, &variables).is_err(), "{wrong}");
        }
    }
}
