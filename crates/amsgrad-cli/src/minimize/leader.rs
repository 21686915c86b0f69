//! The best run so far, for the case that Ctrl-C comes before the run that is reported.

use std::sync::{Mutex, PoisonError};

use amsgrad::{Outcome, Schedule};

/// A run and the settings that repeat it.
#[derive(Debug)]
pub(super) struct Led<R, T> {
    /// What it came to; less is better.
    pub(super) cost: f64,
    /// Which of the starts it began from.
    pub(super) start: usize,
    pub(super) rule: R,
    pub(super) learning_rate: Option<Schedule>,
    /// Its limit of steps.
    pub(super) steps: u64,
    /// `None` where it ran in a batch, which keeps no more than its best point.
    pub(super) outcome: Option<Outcome<T>>,
}

/// Keeps the best of the runs it is offered, from any thread.
#[derive(Debug)]
pub(super) struct Leader<R, T>(Mutex<Option<Led<R, T>>>);

impl<R, T> Leader<R, T> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Takes the run if it is better than all before, or as good from an earlier start.
    pub(super) fn offer(&self, run: Led<R, T>) {
        let mut best = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rank = |run: &Led<R, T>| (run.cost, run.start);
        if best.as_ref().is_none_or(|best| rank(&run) < rank(best)) {
            *best = Some(run);
        }
    }

    /// The best one, if it is better than `cost`.
    pub(super) fn better_than(&self, cost: f64) -> Option<Led<R, T>> {
        let best = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        best.filter(|best| best.cost < cost)
    }
}
