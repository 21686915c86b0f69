//! Points and bounds as they are typed: one for all variables, or by name.

use std::collections::HashMap;

use amsgrad_formula::constant;

use super::{names, number, shown};
use crate::failure::Failure;

/// An interval `LOWER..UPPER`, either side of which may be left out.
fn interval(text: &str) -> Result<(f64, f64), String> {
    let side = |text: &str, open: f64| if text.trim().is_empty() { Ok(open) } else { number(text) };
    let sides = text
        .split_once("..")
        .map(|(lower, upper)| Some((side(lower, f64::NEG_INFINITY).ok()?, side(upper, f64::INFINITY).ok()?)));
    match sides.flatten() {
        Some((lower, upper)) if lower <= upper => Ok((lower, upper)),
        Some(_) => {
            let (lower, upper) = text.split_once("..").unwrap_or_default();
            Err(format!(
                "'{text}' has its bounds the wrong way round; use {}..{}",
                upper.trim(),
                lower.trim()
            ))
        }
        None => Err(format!("'{text}' is not LOWER..UPPER; use -2..2, 0.. or x=-2..2,y=0..1")),
    }
}

/// The parts of `NAME=VALUE,...`.
fn pairs<T>(text: &str, value: impl Fn(&str) -> Result<T, String>) -> Result<Vec<(String, T)>, String> {
    let pair = |part: &str| {
        let (name, text) =
            part.split_once('=').ok_or_else(|| format!("'{part}' has no name; use NAME=..."))?;
        Ok((name.trim().to_owned(), value(text)?))
    };
    text.split(',').map(pair).collect()
}

/// Bounds by name: `x=-1.5..4,y=0..`.
pub(crate) fn named_bounds(text: &str) -> Result<Vec<(String, (f64, f64))>, String> {
    pairs(text, interval)
}

/// Numbers by name: `x=1,y=0.5`.
pub(crate) fn named_numbers(text: &str) -> Result<Vec<(String, f64)>, String> {
    pairs(text, quoted_number)
}

/// Numbers in order: `1,0.5`.
pub(crate) fn numbers(text: &str) -> Result<Vec<f64>, String> {
    text.split(',').map(quoted_number).collect()
}

fn quoted_number(text: &str) -> Result<f64, String> {
    number(text).map_err(|reason| format!("'{text}' {reason}"))
}

/// What is given by name, for each variable that it is given for.
fn placed<T>(given: Vec<(String, T)>, variables: &[String], what: &str) -> Result<Vec<Option<T>>, String> {
    let places: HashMap<&str, usize> =
        variables.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    let mut placed: Vec<Option<T>> = variables.iter().map(|_| None).collect();
    for (name, value) in given {
        let place = *places.get(name.as_str()).ok_or_else(|| unknown(&name, variables))?;
        if placed[place].replace(value).is_some() {
            return Err(format!("'{name}' has {what} twice; give it once"));
        }
    }
    Ok(placed)
}

/// Says that a name is no variable, or that it is a constant instead.
fn unknown(name: &str, variables: &[String]) -> String {
    let known = names(variables);
    match constant(name) {
        Some(value) => {
            let value = shown(value);
            format!(
                "'{name}' is the constant {value} here; --vars {},{name} makes it a variable",
                variables.join(",")
            )
        }
        None => format!("there is no variable '{name}'; use {known}"),
    }
}

/// Bounds of the variables: one interval for all, `-2..2`, or one for each named, `x=-1.5..4,y=0..`.
pub(crate) fn bounds(text: &str, variables: &[String]) -> Result<Vec<(f64, f64)>, String> {
    if !text.contains('=') {
        return Ok(vec![interval(text)?; variables.len()]);
    }
    let sides = placed(named_bounds(text)?, variables, "bounds")?;
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
            let reason =
                format!("'{name}' has no width, only {}; use LOWER..UPPER such as -2..2", shown(*lower));
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
    let point = if text.contains('=') {
        let point = placed(named_numbers(text)?, variables, "a value")?;
        if let Some(place) = point.iter().position(Option::is_none) {
            return Err(format!("'{}' has no value; give one to each variable", variables[place]));
        }
        point.into_iter().flatten().collect()
    } else {
        numbers(text)?
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

    #[test]
    fn bounds_of_many_names_are_read_in_one_pass() {
        // Each name looked for among all would take minutes.
        let variables: Vec<String> = (0..80_000).map(|i| format!("x[{i}]")).collect();
        let typed: Vec<String> = variables.iter().rev().map(|name| format!("{name}=-1..2")).collect();
        assert_eq!(bounds(&typed.join(","), &variables), Ok(vec![(-1.0, 2.0); 80_000]));
    }
}
