//! A lane objective for one point at a time.

use super::{Objective, ObjectiveError, VectorizedObjective};
use crate::number::Real;

/// A [`VectorizedObjective`] evaluated at one point at a time; made by [`VectorizedObjective::single`].
#[derive(Clone, Debug)]
pub struct Single<P, T> {
    objective: P,
    scratch: Vec<T>,
}

impl<P, T> Single<P, T> {
    pub(super) fn new(objective: P) -> Self {
        Self { objective, scratch: Vec::new() }
    }

    /// The objective itself.
    pub fn get(&self) -> &P {
        &self.objective
    }
}

impl<P: VectorizedObjective, T: Real> Objective<T> for Single<P, T> {
    #[inline]
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        Ok(self.objective.evaluate(point, gradient, &mut self.scratch))
    }

    fn dimension(&self) -> Option<usize> {
        Some(self.objective.dimension())
    }
}
