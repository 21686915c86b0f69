//! What was seen of both rules.

use amsgrad::AnyRule;
use amsgrad::diagnose::Diagnosis;

use crate::minimize::score::Score;

/// A rule and its runs.
pub(super) struct Side {
    pub(super) label: String,
    pub(super) rule: AnyRule,
    /// From each start.
    pub(super) runs: Vec<Seen>,
}

/// One run.
pub(super) struct Seen {
    pub(super) score: Score,
    pub(super) diagnosis: Diagnosis,
    /// Effective learning rates, with the steps they belong to; of the first start alone.
    pub(super) rates: Vec<(u64, Vec<f64>)>,
}
