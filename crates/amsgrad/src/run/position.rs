//! Where a run stands, so that it can be continued bit for bit.

use core::time::Duration;

use super::checks::Changes;
use crate::state::State;

/// Where a run stands at an evaluation that it makes once more when it is continued.
#[derive(Clone, Debug, PartialEq)]
pub struct Position<T> {
    pub(crate) point: Vec<T>,
    pub(crate) state: State<T>,
    /// Steps of this run, and evaluations before this one.
    pub(crate) steps: u64,
    pub(crate) evaluations: u64,
    /// The examples of a finite sum that this run has looked at.
    pub(crate) examples: u64,
    pub(crate) best: Vec<T>,
    /// The best value times the sign.
    pub(crate) best_value: T,
    pub(crate) best_step: u64,
    pub(crate) memory: Memory<T>,
    /// How long the run has taken, where that is measured.
    pub(crate) elapsed: Duration,
}

/// What the stop conditions of a run remember.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Memory<T> {
    pub(crate) first_gradient_norm: Option<T>,
    /// The step and the comparable value of the last improvement that patience counts.
    pub(crate) improved: (u64, T),
    pub(crate) changes: Option<Changes<T>>,
}
