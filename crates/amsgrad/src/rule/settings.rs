//! A rule's settings by name: to show, to save, and to set from text.

use std::fmt;

use crate::dialect::Dialect;
use crate::error::setting::{Allowed, SettingError, check_decay, check_nonnegative};
use crate::schedule::Schedule;

/// The value of one of a rule's settings.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Setting {
    /// A number.
    Number(f64),
    /// Something that is on or off.
    Flag(bool),
    /// One of several names.
    Name(&'static str),
    /// A number for every step.
    Schedule(Schedule),
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Flag(on) => write!(f, "{on}"),
            Self::Name(name) => write!(f, "{name}"),
            Self::Schedule(schedule) => write!(f, "{schedule}"),
        }
    }
}

/// The values a setting may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Every value of its type.
    Any,
    /// Finite and 0 or more, such as epsilon.
    NonNegative,
    /// From 0 up to, but not including, 1, such as beta2.
    Decay,
    /// What a learning rate may be: finite and 0 or more at every step.
    Rate,
}

/// A type that settings have.
pub trait Value: Sized {
    /// Returns the value to show or to save.
    fn show(&self) -> Setting;

    /// Reads the value of the setting `field`.
    ///
    /// # Errors
    /// The text is no value of this type.
    fn read(field: &'static str, text: &str) -> Result<Self, SettingError>;

    /// Returns the value where it changes with the step.
    fn schedule(&self) -> Option<&Schedule> {
        None
    }

    /// Checks that the value of the setting `field` is in its range.
    ///
    /// # Errors
    /// It is not.
    fn check(&self, field: &'static str, range: Range) -> Result<(), SettingError> {
        let _ = (field, range);
        Ok(())
    }
}

impl Value for f64 {
    fn show(&self) -> Setting {
        Setting::Number(*self)
    }

    fn read(field: &'static str, text: &str) -> Result<Self, SettingError> {
        text.trim().parse().map_err(|_| SettingError::new(field, text, "a number"))
    }

    fn check(&self, field: &'static str, range: Range) -> Result<(), SettingError> {
        match range {
            Range::Any => Ok(()),
            Range::NonNegative | Range::Rate => check_nonnegative(field, *self),
            Range::Decay => check_decay(field, *self),
        }
    }
}

impl Value for bool {
    fn show(&self) -> Setting {
        Setting::Flag(*self)
    }

    fn read(field: &'static str, text: &str) -> Result<Self, SettingError> {
        text.trim().parse().map_err(|_| SettingError::new(field, text, Allowed::OneOf(vec!["true", "false"])))
    }
}

impl Value for Dialect {
    fn show(&self) -> Setting {
        Setting::Name(self.name())
    }

    fn read(_: &'static str, text: &str) -> Result<Self, SettingError> {
        text.trim().parse()
    }
}

impl Value for Schedule {
    fn show(&self) -> Setting {
        Setting::Schedule(self.clone())
    }

    fn schedule(&self) -> Option<&Schedule> {
        Some(self)
    }

    fn read(field: &'static str, text: &str) -> Result<Self, SettingError> {
        text.parse().map_err(|error: SettingError| SettingError { field: field.into(), ..error })
    }

    fn check(&self, field: &'static str, range: Range) -> Result<(), SettingError> {
        match range {
            Range::Any => Ok(()),
            Range::NonNegative | Range::Rate => self.validate_rate(field),
            Range::Decay => self.validate_decay(field),
        }
    }
}

/// Returns the error of a rule with these settings that has none called `name`.
#[must_use]
pub fn unknown_setting(rule: &str, settings: &[(&'static str, Setting)], name: &str) -> SettingError {
    let names = settings.iter().map(|(name, _)| *name).collect();
    SettingError::new(format!("setting of {rule}"), name, Allowed::OneOf(names))
}

#[cfg(test)]
mod tests {
    use crate::rule::{Rule, for_each_rule};

    #[test]
    fn what_is_shown_can_be_set() {
        for_each_rule!(R => {
            let mut rule = R::default();
            for (name, value) in R::default().settings() {
                rule.set(name, &value.to_string()).unwrap();
                assert!(rule.set(name, "nonsense").is_err(), "{} {name}", R::NAME);
            }
            assert_eq!(rule.settings(), R::default().settings());
            assert!(rule.validate().is_ok());
            let error = rule.set("bet1", "0.5").unwrap_err().to_string();
            assert!(error.contains("learning_rate"), "{error}");
        });
    }
}
