//! What a fit came to from one start.

use crate::descend::Descent;
use crate::outcome::Status;

/// An end, and the scale of the parameters on the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) descent: Descent,
    pub(crate) scale: Vec<f64>,
}

impl Found {
    pub(crate) fn new(point: Vec<f64>, value: f64, status: Status, steps: u64, scale: Vec<f64>) -> Self {
        Self { descent: Descent::new(point, value, status, steps), scale }
    }

    /// The lower of two ends, the first where they are equal, with the steps of both.
    pub(crate) fn better(self, other: Self) -> Self {
        let (a, b) = (&self.descent, &other.descent);
        let steps = a.steps + b.steps;
        let is_other = b.status != Status::NotFinite && (a.status == Status::NotFinite || b.value < a.value);
        let mut kept = if is_other { other } else { self };
        kept.descent.steps = steps;
        kept
    }
}
