//! What a run that finds its learning rates is continued from: where its last round began, and what came of the stretches since.
//! The course of the run is determined, so it is walked again without making those.

use core::time::Duration;

use super::refine::Round;
use super::units::Units;
use super::{Automatic, Shown};
use crate::number::Real;
use crate::outcome::{Counts, Iterate, Outcome, Quantity, Status, Test};
use crate::run::Journey;
use crate::schedule::Schedule;
use crate::state::State;

/// What such a run is continued from.
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
    fn of(outcome: &Outcome<T>, is_leg: bool) -> Self {
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
    fn outcome(self) -> Outcome<T> {
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

/// Writes the trail of a run, and reads that of the run it continues.
#[derive(Debug)]
pub(super) struct Ledger<T> {
    keeps: bool,
    trail: Trail<T>,
    /// How many of the stretches have been gone through.
    next: usize,
    /// Whether the last stretch has ended the run, and is made once more where that is continued.
    cut: bool,
}

impl<T: Real> Ledger<T> {
    pub(super) fn new(trail: Option<&Trail<T>>, keeps: bool) -> Self {
        let empty = Trail { mark: None, made: Vec::new(), shown: 0, elapsed: Duration::ZERO };
        Self { keeps, trail: trail.cloned().unwrap_or(empty), next: 0, cut: false }
    }

    /// Returns how long the run had taken before.
    #[cfg(feature = "clock")]
    pub(super) fn elapsed(&self) -> Duration {
        self.trail.elapsed
    }
}

impl<T: Real> Automatic<'_, T> {
    /// Goes to where the last round began, if the run is continued from one.
    pub(super) fn resume(&mut self) -> Option<Round> {
        let mark = self.ledger.trail.mark.clone()?;
        self.units = Units { scales: mark.scales, factors: mark.factors };
        (self.best, self.last, self.seen) = (mark.best, mark.last, mark.seen);
        (self.calls, self.trials, self.trial_steps) = (mark.calls, mark.trials as usize, mark.trial_steps);
        (self.steps, self.first, self.learning_rate) = (mark.steps, mark.first, mark.learning_rate);
        self.see_first(mark.first_gradient_norm);
        Some(mark.round)
    }

    /// A round begins: what came before it is not needed any more.
    pub(super) fn mark(&mut self, round: Round) {
        if !self.ledger.keeps || self.ledger.next < self.ledger.trail.made.len() {
            return;
        }
        self.ledger.trail.mark = Some(Mark {
            scales: self.units.scales.clone(),
            factors: self.units.factors.clone(),
            best: self.best.clone(),
            last: self.last.clone(),
            seen: self.seen,
            calls: self.calls,
            trials: self.trials as u64,
            trial_steps: self.trial_steps,
            steps: self.steps,
            first: self.first,
            first_gradient_norm: self.first_gradient_norm,
            learning_rate: self.learning_rate.clone(),
            round,
        });
        self.ledger.trail.made.clear();
        self.ledger.next = 0;
    }

    /// Returns what came of the next stretch, if the run that is continued has made it.
    pub(super) fn made_before(&mut self) -> Option<Outcome<T>> {
        let made = self.ledger.trail.made.get(self.ledger.next)?.clone();
        self.ledger.next += 1;
        self.calls = self.calls.saturating_add(made.steps + 1);
        Some(made.outcome())
    }

    /// Keeps what came of a stretch of which `seen` evaluations were shown, unless it ends the run, and tells the observer.
    pub(super) fn keep(&mut self, outcome: &Outcome<T>, shown: Shown, seen: u64) {
        if !self.ledger.keeps || matches!(shown, Shown::End(_)) {
            return;
        }
        let is_leg = matches!(shown, Shown::Steps);
        self.ledger.cut = self.ended.is_some() || is_leg && self.is_unbounded(&outcome.status);
        if !self.ledger.cut {
            self.ledger.trail.made.push(Made::of(outcome, is_leg));
            self.ledger.trail.shown += seen;
            self.ledger.next += 1;
        }
        self.tell(self.made().saturating_add(outcome.counts.steps), false);
    }

    /// Tells the observer how far the run has come.
    pub(super) fn tell(&mut self, steps: u64, is_over: bool) {
        if self.ledger.keeps {
            #[cfg(feature = "clock")]
            {
                self.ledger.trail.elapsed = self.began.elapsed();
            }
            let Ledger { trail, cut, .. } = &self.ledger;
            self.observer.between(&Between { trail, steps, is_whole: !cut, is_over });
        }
    }
}

/// The place between two stretches.
struct Between<'a, T> {
    trail: &'a Trail<T>,
    steps: u64,
    is_whole: bool,
    is_over: bool,
}

impl<T: Real> Journey<T> for Between<'_, T> {
    fn steps(&self) -> u64 {
        self.steps
    }

    fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn is_over(&self) -> bool {
        self.is_over
    }

    fn trail(&self) -> Trail<T> {
        self.trail.clone()
    }
}
