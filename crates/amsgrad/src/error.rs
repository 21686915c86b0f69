//! What can be wrong with settings and input.

use crate::objective::error::ObjectiveError;
use crate::optimizer::error::StepError;
use crate::state::StateError;

pub(crate) mod setting;

pub use setting::{Allowed, SettingError};

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
