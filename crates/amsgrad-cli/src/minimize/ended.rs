//! How a run from one start ended.

use amsgrad::{BatchRun, Exit, Outcome, Real};
use serde::{Deserialize, Serialize};

use crate::shards::exact;

/// How one start ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ended {
    /// Where it ended, which need not be at the best value.
    #[serde(with = "exact::numbers")]
    pub(crate) last_point: Vec<f64>,
    #[serde(with = "exact::number")]
    pub(crate) last_value: f64,
    #[serde(with = "exact::exit")]
    pub(crate) exit: Exit,
    /// The best value; NaN where none was finite.
    #[serde(with = "exact::number")]
    pub(crate) value: f64,
    pub(crate) steps: u64,
}

impl Ended {
    pub(super) fn of<T: Real>(outcome: &Outcome<T>) -> Self {
        Self {
            last_point: outcome.last.point.iter().map(|x| x.to_f64()).collect(),
            last_value: outcome.last.value.to_f64(),
            exit: outcome.status.exit(),
            value: outcome.best.value.to_f64(),
            steps: outcome.counts.steps,
        }
    }

    pub(super) fn of_batch<T: Real>(run: &BatchRun<'_, T>) -> Self {
        Self {
            last_point: run.last_point.iter().map(|x| x.to_f64()).collect(),
            last_value: run.last_value.to_f64(),
            exit: run.exit,
            value: run.best_value.to_f64(),
            steps: run.steps,
        }
    }

    /// Whether the run came to what it looked for.
    pub(crate) fn arrived(&self) -> bool {
        matches!(self.exit, Exit::Converged | Exit::TargetReached | Exit::Edge)
    }
}
