//! A setting that is not allowed.

use core::fmt::{self, Display};
use std::borrow::Cow;

/// A setting outside its range: which, what it was, and what is allowed.
///
/// ```
/// use amsgrad::error::Allowed;
/// use amsgrad::rule::Rule;
/// use amsgrad::{AmsGrad, Bounds};
///
/// let error = AmsGrad::new(0.007).beta2(1.5).validate().unwrap_err();
/// assert_eq!((&error.field[..], &error.allowed), ("beta2", &Allowed::Decay));
/// assert_eq!(error.to_string(), "beta2 is 1.5; allowed: a number from 0 up to, but not including, 1");
///
/// let error = Bounds::new([(0.0, 1.0), (3.0, 2.0)]).unwrap_err();
/// assert_eq!((&error.field[..], error.coordinate), ("bounds", Some(1)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is {value}; allowed: {allowed}", self.name())]
#[non_exhaustive]
pub struct SettingError {
    /// The setting's name, as it is called in the code.
    pub field: Cow<'static, str>,
    /// The coordinate whose setting it is, from 0, where the setting has one per coordinate.
    pub coordinate: Option<usize>,
    /// The name of the [`Group`](crate::Group) whose setting it is.
    pub group: Option<Box<str>>,
    /// What it was set to.
    pub value: String,
    /// What is allowed.
    pub allowed: Allowed,
}

/// What a setting may be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Allowed {
    /// A finite number.
    Finite,
    /// A finite number above 0.
    Positive,
    /// A finite number, 0 or more.
    NonNegative,
    /// A number from 0 up to, but not including, 1.
    Decay,
    /// A schedule whose values all are finite and 0 or more.
    NonNegativeSchedule,
    /// A schedule whose values all are from 0 up to, but not including, 1.
    DecaySchedule,
    /// An integer, this or more.
    AtLeast(u64),
    /// One of these names.
    OneOf(Vec<&'static str>),
    /// What the text says.
    Other(Cow<'static, str>),
}

impl Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finite => write!(f, "a finite number"),
            Self::Positive => write!(f, "a finite number above 0"),
            Self::NonNegative => write!(f, "a finite number, 0 or more"),
            Self::Decay => write!(f, "a number from 0 up to, but not including, 1"),
            Self::NonNegativeSchedule => write!(f, "finite values, 0 or more"),
            Self::DecaySchedule => write!(f, "values from 0 up to, but not including, 1"),
            Self::AtLeast(least) => write!(f, "{least} or more"),
            Self::OneOf(names) => write!(f, "{}", names.join(", ")),
            Self::Other(text) => write!(f, "{text}"),
        }
    }
}

impl From<&'static str> for Allowed {
    fn from(text: &'static str) -> Self {
        Self::Other(text.into())
    }
}

impl From<String> for Allowed {
    fn from(text: String) -> Self {
        Self::Other(text.into())
    }
}

impl SettingError {
    /// Creates an error about `field`.
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        value: impl Display,
        allowed: impl Into<Allowed>,
    ) -> Self {
        let (field, value, allowed) = (field.into(), value.to_string(), allowed.into());
        Self { field, coordinate: None, group: None, value, allowed }
    }

    /// Returns the same error about one coordinate's setting.
    #[must_use]
    pub(crate) fn at(self, coordinate: usize) -> Self {
        Self { coordinate: Some(coordinate), ..self }
    }

    /// Returns what the setting is called in a sentence: its name, with coordinate and group where it has them.
    #[must_use]
    pub fn name(&self) -> String {
        let mut name = match self.coordinate {
            None => self.field.to_string(),
            Some(i) => format!("coordinate {i} of the {}", self.field),
        };
        if let Some(group) = &self.group {
            name.push_str(&format!(" of group {group}"));
        }
        name
    }
}

/// Returns `Ok` where `good` holds, else an error about `field`.
pub(crate) fn check(
    good: bool,
    field: &'static str,
    value: impl Display,
    allowed: impl Into<Allowed>,
) -> Result<(), SettingError> {
    if good { Ok(()) } else { Err(SettingError::new(field, value, allowed)) }
}

/// Checks a decay rate such as beta2.
pub(crate) fn check_decay(field: &'static str, value: f64) -> Result<(), SettingError> {
    check((0.0..1.0).contains(&value), field, value, Allowed::Decay)
}

/// Checks a finite number that is not negative, such as epsilon.
pub(crate) fn check_nonnegative(field: &'static str, value: f64) -> Result<(), SettingError> {
    check(value.is_finite() && value >= 0.0, field, value, Allowed::NonNegative)
}

/// Checks a finite number above 0.
pub(crate) fn check_positive(field: &'static str, value: f64) -> Result<(), SettingError> {
    check(value.is_finite() && value > 0.0, field, value, Allowed::Positive)
}

/// Checks a count of which there must be one at least.
pub(crate) fn check_count(field: &'static str, count: u64) -> Result<(), SettingError> {
    check(count >= 1, field, count, Allowed::AtLeast(1))
}
