//! Settings to try, as they are typed: a list of values, or a range.

use amsgrad::AnyRule;
use amsgrad::error::SettingError;
use amsgrad::tune::ratios;
use serde::Serialize;

use crate::failure::Failure;
use crate::text;

/// A setting of a rule, and what to try for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Vary {
    /// As the rule calls it.
    pub(crate) setting: String,
    pub(crate) values: Values,
}

/// What to try.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) enum Values {
    /// These values, each as it is typed.
    List(Vec<String>),
    /// Positive numbers from one to another, in equal ratios.
    Range(f64, f64),
}

impl Vary {
    /// Returns the values as text, `points` of a range.
    pub(crate) fn list(&self, points: usize) -> Vec<String> {
        match &self.values {
            Values::List(list) => list.clone(),
            Values::Range(low, high) => {
                ratios(*low, *high, points).iter().map(|value| format!("{value:?}")).collect()
            }
        }
    }

    /// Gives the rule one of the values.
    pub(crate) fn set(&self, rule: &mut AnyRule, value: &str) -> Result<(), Failure> {
        let refused = |error: SettingError| {
            let reason = format!("{} cannot be '{value}'; use {}", self.setting, error.allowed);
            Failure::input("--vary", reason)
        };
        rule.set(&self.setting, value).and_then(|()| rule.validate()).map_err(refused)
    }

    /// Returns whether the rule has such a setting.
    pub(crate) fn is_of(&self, rule: &AnyRule) -> bool {
        rule.settings().iter().any(|(name, _)| *name == self.setting)
    }
}

/// Reads `SETTING=VALUE,VALUE,...` or `SETTING=LOW..HIGH`.
pub(crate) fn vary(text: &str) -> Result<Vary, String> {
    const ALLOWED: &str = "is not SETTING=VALUES; use one such as beta1=0.8,0.9 or learning-rate=1e-4..1";
    let (setting, values) = text.split_once('=').ok_or(ALLOWED)?;
    let setting = match setting.trim() {
        "" => return Err(ALLOWED.to_owned()),
        "lr" | "alpha" => "learning_rate".to_owned(),
        "eps" => "epsilon".to_owned(),
        name => name.replace('-', "_"),
    };
    let values = match values.split_once("..") {
        Some((low, high)) => {
            let ends = text::number(low).ok().zip(text::number(high).ok());
            let (low, high) = ends.filter(|(low, high)| 0.0 < *low && low <= high).ok_or_else(|| {
                format!("has no range of positive numbers in '{values}'; use one such as 1e-4..1")
            })?;
            Values::Range(low, high)
        }
        None => Values::List(parts(values)),
    };
    match values {
        Values::List(list) if list.iter().any(String::is_empty) => Err(ALLOWED.to_owned()),
        values => Ok(Vary { setting, values }),
    }
}

/// Splits at commas, but not at those of a schedule such as `cosine(0.1, 0, 500)`.
pub(crate) fn parts(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0_usize);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (c, depth, parts.last_mut()) {
            (',', 0, _) => parts.push(String::new()),
            (c, _, Some(part)) => part.push(c),
            _ => {}
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_are_read() {
        let list = |setting: &str, values: &[&str]| {
            let values = Values::List(values.iter().map(|value| (*value).to_owned()).collect());
            Ok(Vary { setting: setting.to_owned(), values })
        };
        assert_eq!(vary("beta1=0.8, 0.9"), list("beta1", &["0.8", "0.9"]));
        assert_eq!(vary("lr=cosine(0.1, 0, 5),0.1"), list("learning_rate", &["cosine(0.1, 0, 5)", "0.1"]));
        let range = Vary { setting: "learning_rate".to_owned(), values: Values::Range(1e-2, 1.0) };
        assert_eq!(range.list(3), ["0.01", "0.1", "1.0"]);
        assert_eq!(vary("learning-rate=1e-2..1"), Ok(range));
        for wrong in ["beta1", "=1", "beta1=", "beta1=0.1,,2", "lr=1..0.1", "lr=0..1", "lr=a..b"] {
            assert!(vary(wrong).is_err(), "{wrong}");
        }
    }
}
