//! How a run ended, and with what.

#[cfg(feature = "clock")]
use core::time::Duration;

use crate::check::GradientReport;
use crate::history::History;
use crate::number::{Real, to_f64};
use crate::schedule::Schedule;
use crate::state::State;

mod stationary;
mod status;

pub use stationary::Stationary;
pub use status::{Exit, Quantity, Status, Test};

/// The result of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome<T> {
    /// Why the run ended.
    pub status: Status,
    /// The point with the best finite value. Where not even the start had one, the start with the value NaN.
    pub best: Iterate<T>,
    /// The point where the run ended. Its value is not finite where that is why, and NaN where there is none: the
    /// objective failed there, or the point itself is not finite and was not evaluated.
    pub last: Iterate<T>,
    /// What the run took.
    pub counts: Counts,
    /// How long the run took, where [`timed`](crate::Minimizer::timed) or a time limit asked for it.
    #[cfg(feature = "clock")]
    pub elapsed: Option<Duration>,
    /// The steps, where [`record_history`](crate::Minimizer::record_history) asked for them; else empty.
    pub history: History<T>,
    /// How the learning rate was found, where that was left to the run.
    pub search: Option<Search>,
    /// What the point is where the run ended, if that is no minimum, by the values around it; a run that finds its learning
    /// rate looks.
    pub stationary: Option<Stationary>,
    /// What the check of the gradient found before the run, where [`check_gradient`](crate::Minimizer::check_gradient)
    /// asked for it.
    pub gradient_check: Option<Box<GradientReport>>,
    /// The rule's memory at the end, to resume from with [`resume`](crate::Minimizer::resume).
    pub state: State<T>,
}

/// A point that was evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Iterate<T> {
    /// After how many steps; the start is 0.
    pub step: u64,
    /// The point.
    pub point: Vec<T>,
    /// The objective's value there.
    pub value: T,
}

/// How much work was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Steps of the rule.
    pub steps: u64,
    /// Values of the objective.
    pub values: u64,
    /// Gradients of the objective, a batch's counted once.
    pub gradients: u64,
    /// Gradients of single examples of a finite sum.
    pub examples: u64,
    /// Passes over all examples of a finite sum that were completed.
    pub epochs: u64,
}

/// How a learning rate was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Search {
    /// Number of candidates that were tried.
    pub candidates: usize,
    /// Number of steps that all trials together were allowed.
    pub steps: u64,
    /// The schedule that was found; of a run in legs that of the last one, times `scales`.
    pub learning_rate: Schedule,
    /// What each coordinate is measured in during the last leg of a run in legs; else empty.
    pub scales: Vec<f64>,
}

impl<T: Real> Outcome<T> {
    /// Creates the outcome of a run of which no more is known.
    pub(crate) fn brief(
        status: Status,
        best: Iterate<T>,
        last: Iterate<T>,
        counts: Counts,
        state: State<T>,
    ) -> Self {
        Self {
            status,
            best,
            last,
            counts,
            #[cfg(feature = "clock")]
            elapsed: None,
            history: History::default(),
            search: None,
            stationary: None,
            gradient_check: None,
            state,
        }
    }

    /// Returns the same outcome in `f64`; exact.
    #[must_use]
    pub fn to_f64(&self) -> Outcome<f64> {
        Outcome {
            status: self.status.clone(),
            best: self.best.to_f64(),
            last: self.last.to_f64(),
            counts: self.counts,
            #[cfg(feature = "clock")]
            elapsed: self.elapsed,
            history: self.history.to_f64(),
            search: self.search.clone(),
            stationary: self.stationary,
            gradient_check: self.gradient_check.clone(),
            state: self.state.to_f64(),
        }
    }
}

impl<T: Real> Iterate<T> {
    fn to_f64(&self) -> Iterate<f64> {
        Iterate { step: self.step, point: to_f64(&self.point), value: self.value.to_f64() }
    }
}
