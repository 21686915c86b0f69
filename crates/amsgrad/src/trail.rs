//! What a run that finds its learning rates is continued from: where its last round began, and what came of the stretches since.
//! The course of the run is determined, so it is walked again without making those.

use core::time::Duration;

use crate::number::Real;
use crate::outcome::{Counts, Iterate, Outcome, Quantity, Status, Test};
use crate::schedule::Schedule;
use crate::state::State;

/// What a run that finds its learning rates is continued from.
#[derive(Clone, Debug, PartialEq)]
pub struct Trail<T> {
    /// `None` while it explores.
    pub(crate) mark: Option<Mark<T>>,
    pub(crate) made: Vec<Made<T>>,
    /// How many evaluations observers have seen.
    pub(crate) shown: u64,
    pub(crate) elapsed: Duration,
}

/// Where a round begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark<T> {
    pub(crate) scales: Vec<T>,
    pub(crate) factors: Vec<T>,
    pub(crate) best: Iterate<T>,
    pub(crate) last: Option<Iterate<T>>,
    pub(crate) seen: bool,
    pub(crate) calls: u64,
    pub(crate) trials: u64,
    pub(crate) trial_steps: u64,
    pub(crate) steps: u64,
    pub(crate) first: f64,
    pub(crate) first_gradient_norm: f64,
    pub(crate) learning_rate: Schedule,
    pub(crate) round: Round,
}

/// How a round begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Round {
    pub(crate) rate: f64,
    /// Steps of a trial.
    pub(crate) steps: u64,
    /// How many rounds before have gained next to nothing.
    pub(crate) slow: u32,
    /// After how many steps patience has last seen an improvement, and the best comparable value there.
    pub(crate) improved: (u64, f64),
}

/// What came of a stretch that did not end the run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Made<T> {
    pub(crate) end: End,
    pub(crate) steps: u64,
    pub(crate) best: Iterate<T>,
    pub(crate) last: Iterate<T>,
    /// The memory after a leg. A trial has neither that nor points.
    pub(crate) state: Option<State<T>>,
}

/// How a stretch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// At its limit.
    Limit,
    Converged,
    Failed,
}

impl<T: Real> Made<T> {
    pub(crate) fn of(outcome: &Outcome<T>, is_leg: bool) -> Self {
        let end = match outcome.status {
            Status::Converged { .. } => End::Converged,
            _ if outcome.status.is_failure() => End::Failed,
            _ => End::Limit,
        };
        let (mut best, mut last) = (outcome.best.clone(), outcome.last.clone());
        if !is_leg {
            (best.point, last.point) = (Vec::new(), Vec::new());
        }
        let state = is_leg.then(|| outcome.state.clone());
        Self { end, steps: outcome.counts.steps, best, last, state }
    }

    /// Returns the outcome as far as anybody looks at it.
    pub(crate) fn outcome(self) -> Outcome<T> {
        let status = match self.end {
            End::Limit => Status::StepLimit,
            End::Converged => Status::Converged { test: Test::Gradient, measured: 0.0, tolerance: 0.0 },
            End::Failed => {
                Status::NonFinite { step: self.steps, quantity: Quantity::Value { value: f64::NAN } }
            }
        };
        let counts = Counts { steps: self.steps, ..Counts::default() };
        let state = self.state.unwrap_or_else(|| State::empty("", &[]));
        Outcome::brief(status, self.best, self.last, counts, state)
    }
}
