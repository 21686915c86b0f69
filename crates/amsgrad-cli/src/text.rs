//! Text that is typed, stands in a settings file, or is shown.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use amsgrad::problem::Function;
use amsgrad::{AmsGrad, AnyRule, Schedule};
use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use serde::Serialize;

mod number;
mod place;

pub(crate) use number::{
    count, duration, natural, number, pixels, positive, seconds, seed_32, tolerance, up_to_million,
};
pub(crate) use place::{bounds, closed_bounds, named_bounds, named_numbers, numbers, point, with_width};

/// More names than this are shortened to the first and the last.
const NAMES: usize = 12;

/// One of these names, in small or capital letters; completions offer them.
pub(crate) fn one_of<T>(names: impl IntoIterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: std::error::Error + Send + Sync> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

/// Any text; completions offer the names of the problems. What is no problem is told where it is looked up.
#[derive(Clone)]
pub(crate) struct AnyProblem;

impl TypedValueParser for AnyProblem {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Function::ALL.iter().map(|function| PossibleValue::new(function.name()))))
    }
}

/// The names of all rules.
pub(crate) fn rules() -> Vec<&'static str> {
    AnyRule::all().iter().map(AnyRule::name).collect()
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
        let integer = text.parse().ok().map(Self::Integer);
        let number = || number(text).ok().map(Self::Number);
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

/// A learning rate: a schedule of numbers, 0 or more, or `auto`.
pub(crate) fn rate(text: &str) -> Result<Text, String> {
    if text == "auto" { Ok(Text::Words(text.to_owned())) } else { fixed_rate(text) }
}

/// A learning rate that is not to be searched for.
pub(crate) fn fixed_rate(text: &str) -> Result<Text, String> {
    setting("learning_rate", text)
}

/// The decay of the first moment: a number or a schedule.
pub(crate) fn beta1(text: &str) -> Result<Text, String> {
    setting("beta1", text)
}

/// The decay of the second moment.
pub(crate) fn beta2(text: &str) -> Result<Text, String> {
    setting("beta2", text)
}

/// What is added to the denominator.
pub(crate) fn epsilon(text: &str) -> Result<Text, String> {
    setting("epsilon", text)
}

/// `NAME=VALUE`, of which the rule decides what they mean.
pub(crate) fn assignment(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some((name, value)) if name.trim().is_empty() || value.trim().is_empty() => {
            Err("has a side that is empty; use NAME=VALUE such as momentum=0.9".to_owned())
        }
        Some((_, value)) if broken(value) => Err("has a space inside a number; leave it out".to_owned()),
        Some(_) => Ok(text.to_owned()),
        None => Err("is not NAME=VALUE; write it such as momentum=0.9".to_owned()),
    }
}

/// A setting that AMSGrad has; what it refuses, every rule refuses.
fn setting(name: &str, text: &str) -> Result<Text, String> {
    if broken(text) {
        return Err("has a space inside a number; leave it out".to_owned());
    }
    let Ok(value) = text.parse::<Text>();
    let mut rule = AnyRule::from(AmsGrad::new(0.1));
    let set = rule.set(name, &value.to_string()).and_then(|()| rule.validate());
    set.map(|()| value).map_err(|error| match (name, text.parse::<Schedule>()) {
        ("learning_rate" | "beta1", Err(_)) => {
            "is neither a number nor a schedule; use one such as 0.1, '0.1/sqrt(t)' \
             or 'cosine(0.1, 0, 5000)'"
                .to_owned()
        }
        _ => format!("is not allowed; use {}", error.allowed),
    })
}

/// Whether a space stands between two parts of words or numbers, as in `1 2` or `1e -3`.
fn broken(text: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '_');
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let (before, after) = (pair[0], pair[1].trim_start_matches(['-', '+']));
        let signed = after.len() < pair[1].len();
        let exponent =
            before.ends_with(['e', 'E']) && before.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        part(before.chars().last()) && part(after.chars().next()) && (!signed || exponent)
    })
}

/// The name among `names` that is most like `typed`, as a question to put behind what was wrong; empty where none is.
pub(crate) fn meant<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let bare = |name: &str| name.trim_start_matches('-').to_lowercase();
    let likeness = |name: &&str| strsim::jaro_winkler(&bare(typed), &bare(name));
    let best = names.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match best.filter(|name| likeness(name) > 0.78) {
        Some(name) => format!(" (did you mean '{name}'?)"),
        None => String::new(),
    }
}

/// The names of variables, however many.
pub(crate) fn names(variables: &[String]) -> String {
    match variables {
        [first, .., last] if variables.len() > NAMES => format!("{first}, ..., {last}"),
        _ => variables.join(", "),
    }
}

/// Returns a word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Returns a number for people: as it is where that is short, else with six digits; in powers of ten only where it must
/// be.
pub(crate) fn shown(value: f64) -> String {
    with_digits(value, 6)
}

/// Returns a result for people, as [`shown`] does but with ten digits.
pub(crate) fn result(value: f64) -> String {
    with_digits(value, 10)
}

/// Returns a time for people.
pub(crate) fn time(time: Duration) -> String {
    format!("{} s", with_digits(time.as_secs_f64(), 2))
}

fn with_digits(value: f64, digits: usize) -> String {
    // No sign before 0.
    let value = value + 0.0;
    let exact = format!("{value:?}");
    let rounded = format!("{value:.*e}", digits - 1);
    let Some((kept, exponent)) = rounded.split_once('e') else { return exact };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-5..=9).contains(&exponent) {
        let kept = kept.trim_end_matches('0').trim_end_matches('.');
        return format!("{kept}e{exponent}");
    }
    let fixed = format!("{value:.*}", usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0));
    let short = if exact.len() <= digits + 3 && !exact.contains('e') { exact } else { fixed };
    let trimmed = short.trim_end_matches('0');
    match (short.contains('.'), trimmed.strip_suffix('.')) {
        // `3.0`, but `1000000`.
        (true, Some(whole)) if exponent >= 6 => whole.to_owned(),
        (true, Some(_)) => format!("{trimmed}0"),
        (true, None) => trimmed.to_owned(),
        (false, _) => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_short() {
        for (value, expected) in [
            (3.0, "3.0"),
            (0.0, "0.0"),
            (-0.25, "-0.25"),
            (1e6, "1000000"),
            (-1e6, "-1000000"),
            (0.001279051234, "0.00127905"),
            (9.136085843408637e-8, "9.13609e-8"),
            (1e-8, "1e-8"),
            (1.2e-12, "1.2e-12"),
            (2.581138830084, "2.58114"),
            (123456789.123, "123456789"),
            (1e300, "1e300"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(shown(value), expected);
        }
        assert_eq!(
            [result(2.99999995431957), result(-0.0), result(12.5 + 2.5e-14)],
            ["2.999999954", "0.0", "12.5"]
        );
        assert_eq!(time(Duration::from_micros(214)), "0.00021 s");
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (word, expected) in [
            ("--lr=0.1", "--lr=0.1"),
            ("", "''"),
            ("x^2 + y", "'x^2 + y'"),
            ("it's", "'it'\\''s'"),
            ("$(ls)", "'$(ls)'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn a_space_inside_a_number_is_told_from_one_around_an_operator() {
        for wrong in ["1 2", "1e 3", "1e -3", "1 e3", "cosine(0.1 5, 0, 5)", "0. 1"] {
            assert!(broken(wrong), "{wrong}");
        }
        for right in ["0.1 / sqrt(t)", "cosine(0.1, 0, 50)", "1e-3", "0.9 ^ t", "0.1 * 0.9^(t - 1)", " 0.1 "]
        {
            assert!(!broken(right), "{right}");
        }
    }
}
