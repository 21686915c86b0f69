//! The objective of a batch: one call per step for all packs of a block.

use crate::dispatch::{Kernel, Target, apart};
use crate::number::Elementary;
use crate::objective::VectorizedObjective;

/// An objective, evaluated for all packs of a block at once.
pub(crate) trait EvaluateBlock<N>: Sync {
    /// Writes value and gradient of every pack of points.
    fn evaluate(&self, block: Points<'_, N>, scratch: &mut Vec<N>, target: Target);
}

/// The points of a block, and where their answers go: `dimension` coordinates per value.
pub(crate) struct Points<'a, N> {
    pub(crate) dimension: usize,
    pub(crate) x: &'a [N],
    pub(crate) gradient: &'a mut [N],
    pub(crate) values: &'a mut [N],
}

impl<N: Elementary, P: VectorizedObjective> EvaluateBlock<N> for P {
    fn evaluate(&self, block: Points<'_, N>, scratch: &mut Vec<N>, target: Target) {
        target.run(Evaluate { objective: self, block, scratch });
    }
}

struct Evaluate<'a, P, N> {
    objective: &'a P,
    block: Points<'a, N>,
    scratch: &'a mut Vec<N>,
}

impl<P: VectorizedObjective, N: Elementary> Kernel for Evaluate<'_, P, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // Known where this is compiled, the dimension unrolls the loops over coordinates.
        match self.block.dimension {
            2 => self.run_in(2),
            dimension => self.run_in(dimension),
        }
    }
}

impl<P: VectorizedObjective, N: Elementary> Evaluate<'_, P, N> {
    #[inline(always)]
    fn run_in(self, dimension: usize) {
        let Points { mut x, mut gradient, values, .. } = self.block;
        for value in values {
            let (Some((point, points)), Some((own, others))) =
                (x.split_at_checked(dimension), gradient.split_at_mut_checked(dimension))
            else {
                return;
            };
            *value = self.objective.evaluate(point, own, self.scratch);
            apart();
            (x, gradient) = (points, others);
        }
    }
}
