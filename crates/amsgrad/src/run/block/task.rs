//! What a block runs.

use core::sync::atomic::AtomicBool;

use super::objective::EvaluateBlock;
use crate::constraint::Sides;
use crate::decide::Tests;
use crate::dispatch::Target;
use crate::number::Number;
use crate::transform::Transform;

/// What all starts of a batch have in common.
pub(crate) struct Task<'a, N: Number> {
    pub(crate) objective: &'a dyn EvaluateBlock<N>,
    pub(crate) dimension: usize,
    pub(crate) transform: &'a Transform,
    pub(crate) sides: Option<&'a Sides<N::Real>>,
    /// 1 to minimize, -1 to maximize.
    pub(crate) sign: N::Real,
    pub(crate) tests: Option<Tests<N::Real>>,
    pub(crate) steps: u64,
    pub(crate) interrupt: Option<&'a AtomicBool>,
    pub(crate) target: Target,
}
