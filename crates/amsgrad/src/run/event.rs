//! What the loop tells its driver.

use crate::objective::{Examples, ObjectiveError};

/// What the loop returns to its driver for.
pub(super) enum Event {
    /// The evaluation is done and all is well; the driver asked to be told.
    Evaluated,
    /// The gradient is small enough.
    Converged,
    /// The value is good enough.
    TargetReached,
    /// A coordinate of the point is not finite.
    BadPoint,
    /// The value is not finite.
    BadValue,
    /// A component of the gradient may not reach the rule.
    BadGradient,
    /// The observer or the interrupt flag ended the run.
    Stopped,
    /// The objective returned an error.
    Failed(ObjectiveError),
}

/// An evaluation as the checks see it.
#[derive(Clone, Copy)]
pub(super) struct Evaluation<'a, T> {
    pub(super) x: &'a [T],
    pub(super) gradient: &'a [T],
    pub(super) value: T,
    /// Steps and evaluations of this run.
    pub(super) steps: u64,
    pub(super) evaluations: u64,
    /// The learning rate of the last step, where changes are looked at.
    pub(super) rate: f64,
    /// What the objective will look at next of a finite sum.
    pub(super) next: Examples,
}

/// The best point so far.
#[derive(Clone, Copy)]
pub(super) struct Best<'a, T> {
    pub(super) point: &'a [T],
    /// Times the sign; infinite before the first.
    pub(super) value: T,
    /// After how many steps of the run.
    pub(super) step: u64,
}
