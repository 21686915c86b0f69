//! What can be wrong with settings and input.

use std::borrow::Cow;
use std::fmt::Display;

use crate::objective::ObjectiveError;
use crate::optimizer::StepError;
use crate::state::StateError;

/// A setting outside its range: which, what it was, and what is allowed.
///
/// ```
/// use amsgrad::AmsGrad;
/// use amsgrad::rule::Rule;
/// let error = AmsGrad::new(0.007).beta2(1.5).validate().unwrap_err();
/// assert_eq!(error.to_string(), "beta2 is 1.5; allowed: a number from 0 up to, but not including, 1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {value}; allowed: {allowed}")]
pub struct SettingError {
    /// The setting's name, as it is called in the code.
    pub field: Cow<'static, str>,
    /// What it was set to.
    pub value: String,
    /// What is allowed.
    pub allowed: Cow<'static, str>,
}

impl SettingError {
    /// An error about `field`.
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        value: impl Display,
        allowed: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { field: field.into(), value: value.to_string(), allowed: allowed.into() }
    }
}

/// `Ok` where `good` holds, else an error about `field`.
pub(crate) fn check(
    good: bool,
    field: &'static str,
    value: impl Display,
    allowed: &'static str,
) -> Result<(), SettingError> {
    if good { Ok(()) } else { Err(SettingError::new(field, value, allowed)) }
}

/// A decay rate such as beta2: from 0 up to, but not including, 1.
pub(crate) fn check_decay(field: &'static str, value: f64) -> Result<(), SettingError> {
    check((0.0..1.0).contains(&value), field, value, "a number from 0 up to, but not including, 1")
}

/// A finite number that is not negative, such as epsilon.
pub(crate) fn check_nonnegative(field: &'static str, value: f64) -> Result<(), SettingError> {
    check(value.is_finite() && value >= 0.0, field, value, "a finite number, 0 or more")
}

/// Why a run did not begin, or a step was not made: settings or input that do not fit.
///
/// What happens once a run is under way is no such error but its [`Status`](crate::Status).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is out of range.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Two things differ in their number of coordinates.
    #[error("{what} has {found} coordinates; allowed: {expected}")]
    Dimension {
        /// What has the wrong number.
        what: &'static str,
        /// How many it should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A run has nowhere to start.
    #[error("no start is given; allowed: a point, or a seed with bounds or a domain to draw from")]
    NoStart,
    /// A step by hand was refused.
    #[error(transparent)]
    Step(#[from] StepError),
    /// A saved state does not fit.
    #[error(transparent)]
    State(#[from] StateError),
    /// The objective failed where its gradient was to be checked.
    #[error(transparent)]
    Objective(ObjectiveError),
}
