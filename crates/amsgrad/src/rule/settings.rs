//! A rule's settings by name: to show, to save, and to set from text.

use std::fmt;

use super::Rule;
use crate::dialect::Dialect;
use crate::error::SettingError;
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

/// Gives a rule [`Rule::settings`] and [`Rule::set`] from the names of its fields, and [`Rule::learning_rate_mut`].
macro_rules! settings {
    ($($field:ident),*) => {
        fn learning_rate_mut(&mut self) -> Option<&mut $crate::schedule::Schedule> {
            Some(&mut self.learning_rate)
        }

        fn settings(&self) -> Vec<(&'static str, $crate::rule::Setting)> {
            vec![$((stringify!($field), $crate::rule::settings::Value::show(&self.$field))),*]
        }

        fn set(&mut self, name: &str, text: &str) -> Result<(), $crate::error::SettingError> {
            match name {
                $(stringify!($field) => {
                    self.$field = $crate::rule::settings::Value::read(stringify!($field), text)?;
                })*
                _ => return Err($crate::rule::settings::unknown(self, name)),
            }
            Ok(())
        }
    };
}
pub(crate) use settings;

/// The builder methods of a rule: each sets the field of its name.
macro_rules! setters {
    ($($(#[$doc:meta])* $field:ident: $from:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, $field: $from) -> Self {
            self.$field = $field.into();
            self
        }
    )*};
}
pub(crate) use setters;

/// A type that settings have.
pub(crate) trait Value: Sized {
    fn show(&self) -> Setting;
    fn read(field: &'static str, text: &str) -> Result<Self, SettingError>;
}

impl Value for f64 {
    fn show(&self) -> Setting {
        Setting::Number(*self)
    }

    fn read(field: &'static str, text: &str) -> Result<Self, SettingError> {
        text.trim().parse().map_err(|_| SettingError::new(field, text, "a number"))
    }
}

impl Value for bool {
    fn show(&self) -> Setting {
        Setting::Flag(*self)
    }

    fn read(field: &'static str, text: &str) -> Result<Self, SettingError> {
        text.trim().parse().map_err(|_| SettingError::new(field, text, "true, false"))
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

    fn read(field: &'static str, text: &str) -> Result<Self, SettingError> {
        text.parse().map_err(|error: SettingError| SettingError { field: field.into(), ..error })
    }
}

/// The error of a rule that has no setting called `name`.
pub(crate) fn unknown<R: Rule>(rule: &R, name: &str) -> SettingError {
    let names: Vec<&str> = rule.settings().into_iter().map(|(name, _)| name).collect();
    SettingError::new(format!("setting of {}", R::NAME), name, names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::for_each_rule;

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
