//! Where a run stands, so that it can be continued bit for bit.

use core::time::Duration;

use crate::state::State;

/// Where a run stands at an evaluation that it makes once more when it is continued.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Position<T> {
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

/// What the tests of changes remember of the last evaluation that they saw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Changes<T> {
    pub(crate) point: Vec<T>,
    pub(crate) value: T,
    /// The step that led there.
    pub(crate) step: Vec<f64>,
    /// The largest learning rate so far.
    pub(crate) largest_rate: f64,
    /// After how many steps of the run it was, and what was found: a run that is continued makes it once more.
    pub(crate) seen: Option<u64>,
    pub(crate) moved: Option<Moved>,
}

/// Changes by one step, as the tolerances measure them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moved {
    pub(crate) point_change: f64,
    pub(crate) value_change: f64,
}
