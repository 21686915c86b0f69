//! What a block runs.

use core::fmt;
use core::sync::atomic::AtomicBool;

use super::objective::EvaluateBlock;
use crate::constraint::Sides;
use crate::decide::Tests;
use crate::dispatch::Target;
use crate::memory::Line;
use crate::number::Real;
use crate::transform::Transform;

/// What all starts of a batch have in common.
pub struct Task<'a, T: Real> {
    pub(crate) objective: &'a dyn EvaluateBlock<Line<T>>,
    pub(crate) dimension: usize,
    pub(crate) transform: &'a Transform,
    pub(crate) sides: Option<&'a Sides<T>>,
    /// 1 to minimize, -1 to maximize.
    pub(crate) sign: T,
    pub(crate) tests: Option<Tests<T>>,
    pub(crate) steps: u64,
    pub(crate) interrupt: Option<&'a AtomicBool>,
    pub(crate) target: Target,
}

impl<T: Real> fmt::Debug for Task<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("dimension", &self.dimension).finish_non_exhaustive()
    }
}
