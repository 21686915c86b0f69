//! Values as they are typed or stand in a settings file.

use std::fmt;
use std::str::FromStr;

use amsgrad::rule::{Rule, for_each_rule};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use crate::failure::Failure;

/// One of these names, in small or capital letters; completions offer them.
pub(crate) fn one_of<T>(names: impl IntoIterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: std::error::Error + Send + Sync> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

/// The names of all rules.
pub(crate) fn rules() -> Vec<&'static str> {
    let mut names = Vec::new();
    for_each_rule!(R => names.push(R::NAME));
    names
}

/// A setting whose meaning its rule decides: a number, or any text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Text {
    Integer(i64),
    Number(f64),
    Words(String),
}

impl FromStr for Text {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = || text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Number);
        let integer = text.parse().ok().map(Self::Integer);
        Ok(integer.or_else(number).unwrap_or_else(|| Self::Words(text.to_owned())))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Words(words) => write!(f, "{words}"),
        }
    }
}

/// A finite number.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "allowed: a finite number such as 0.01 or 1e-3".to_owned())
}

/// A number that is not negative.
pub(crate) fn tolerance(text: &str) -> Result<f64, String> {
    let good = number(text).ok().filter(|number| *number >= 0.0);
    good.ok_or_else(|| "allowed: a number, 0 or more, such as 1e-6".to_owned())
}

/// A count that may be 0.
pub(crate) fn count(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| "allowed: a whole number, 0 or more".to_owned())
}

/// A count of at least 1.
pub(crate) fn positive(text: &str) -> Result<usize, String> {
    let good = text.trim().parse().ok().filter(|number| *number >= 1);
    good.ok_or_else(|| "allowed: a whole number, 1 or more".to_owned())
}

/// A time of a minute at most.
pub(crate) fn seconds(text: &str) -> Result<u64, String> {
    let good = text.trim().parse().ok().filter(|seconds| (1..=60).contains(seconds));
    good.ok_or_else(|| "allowed: a whole number of seconds, 1 to 60".to_owned())
}

/// A list of finite numbers: `0.3,0.4`.
pub(crate) fn numbers(text: &str) -> Result<Vec<f64>, String> {
    let allowed = |_| "allowed: finite numbers with commas between, such as 0.3,0.4".to_owned();
    text.split(',').map(number).collect::<Result<_, _>>().map_err(allowed)
}

/// An interval `LOWER..UPPER`, either side of which may be left out.
pub(crate) fn interval(text: &str) -> Result<(f64, f64), String> {
    let side = |text: &str, open: f64| if text.trim().is_empty() { Ok(open) } else { number(text) };
    let sides = text.split_once("..").ok_or("")?;
    match (side(sides.0, f64::NEG_INFINITY), side(sides.1, f64::INFINITY)) {
        (Ok(lower), Ok(upper)) if lower <= upper => Ok((lower, upper)),
        _ => Err(String::new()),
    }
}

/// Bounds of the variables: one interval for all, `-2..2`, or one for each named, `x=-1.5..4,y=0..`.
pub(crate) fn bounds(text: &str, variables: &[String]) -> Result<Vec<(f64, f64)>, String> {
    const ALLOWED: &str = "allowed: LOWER..UPPER for all variables, or NAME=LOWER..UPPER with commas between; \
        a side left out is open";
    if !text.contains('=') {
        let one = interval(text).map_err(|_| format!("'{text}' is no interval; {ALLOWED}"))?;
        return Ok(vec![one; variables.len()]);
    }
    let mut sides = vec![(f64::NEG_INFINITY, f64::INFINITY); variables.len()];
    for part in text.split(',') {
        let (name, one) =
            part.split_once('=').ok_or_else(|| format!("'{part}' names no variable; {ALLOWED}"))?;
        let name = name.trim();
        let place = variables.iter().position(|variable| variable == name);
        let place =
            place.ok_or_else(|| format!("no variable '{name}'; allowed: {}", variables.join(", ")))?;
        sides[place] = interval(one).map_err(|_| format!("'{part}' holds no interval; {ALLOWED}"))?;
    }
    Ok(sides)
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
        Some((_, name)) => Err(Failure::input(
            "--bounds",
            format!("{name} has an open side; allowed here: both sides finite"),
        )),
    }
}

/// A point as `argument` gives it: a number for each variable.
pub(crate) fn point(argument: &str, text: &str, variables: &[String]) -> Result<Vec<f64>, Failure> {
    let point = numbers(text).map_err(|reason| Failure::input(argument, format!("'{text}'; {reason}")))?;
    if point.len() == variables.len() {
        return Ok(point);
    }
    let (found, expected) = (point.len(), variables.len());
    if expected == 0 {
        return Err(Failure::input(argument, "is for a formula with variables; this one has none"));
    }
    let names = if expected > 12 { String::new() } else { format!(" ({})", variables.join(", ")) };
    let numbers = if found == 1 { "number" } else { "numbers" };
    Err(Failure::input(
        argument,
        format!("has {found} {numbers}; allowed: {expected}, one for each variable{names}"),
    ))
}

/// A number for people: short where that is exact, else with six digits.
pub(crate) fn shown(value: f64) -> String {
    let exact = format!("{value:?}");
    if exact.len() <= 9 { exact } else { format!("{value:.5e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_for_all_and_for_each() {
        let variables = ["x".to_owned(), "y".to_owned()];
        assert_eq!(bounds("-2..2", &variables), Ok(vec![(-2.0, 2.0); 2]));
        assert_eq!(
            bounds("y=0..", &variables),
            Ok(vec![(f64::NEG_INFINITY, f64::INFINITY), (0.0, f64::INFINITY)])
        );
        assert_eq!(bounds("x=-1.5..4, y=..1e3", &variables), Ok(vec![(-1.5, 4.0), (f64::NEG_INFINITY, 1e3)]));
        for wrong in ["", "2", "2..1", "a..b", "z=1..2", "x=1", "x=1..2,3..4", "nan..1"] {
            assert!(bounds(wrong, &variables).is_err(), "{wrong}");
        }
    }
}
