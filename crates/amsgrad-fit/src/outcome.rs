//! What came of a fit.

use core::fmt;

/// How a fit ended.
///
/// ```
/// use amsgrad_fit::Status;
/// assert!(Status::Converged.is_converged());
/// assert_eq!((Status::StepLimit.name(), Status::StepLimit.is_failure()), ("step-limit", false));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// The parameters no longer change by more than their rounding.
    Converged,
    /// The limit on steps was reached.
    StepLimit,
    /// The limit on passes over the rows was reached.
    EpochLimit,
    /// No step lowers the cost any more, but the gradient does not vanish.
    Stalled,
    /// The fit was stopped from outside; the parameters are the best so far.
    Stopped,
    /// The model is not finite at any start.
    NotFinite,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Converged, Self::StepLimit, Self::EpochLimit, Self::Stalled, Self::Stopped, Self::NotFinite];

    /// Returns whether a minimum was found.
    #[must_use]
    pub fn is_converged(self) -> bool {
        self == Self::Converged
    }

    /// Returns whether the fit failed or was stopped; a limit that is reached is no failure.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Stalled | Self::Stopped | Self::NotFinite)
    }

    /// Returns the name in machine-readable output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::StepLimit => "step-limit",
            Self::EpochLimit => "epoch-limit",
            Self::Stalled => "stalled",
            Self::Stopped => "stopped",
            Self::NotFinite => "not-finite",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Converged => "converged",
            Self::StepLimit => "step limit reached, not converged",
            Self::EpochLimit => "epoch limit reached, not converged",
            Self::Stalled => "stalled: no step lowers the cost, but the gradient does not vanish",
            Self::Stopped => "stopped; the parameters are the best so far",
            Self::NotFinite => "the model is not finite at any start",
        })
    }
}
