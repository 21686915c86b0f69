//! What is decided at every step for all packs of a block.

use super::slots::Slots;
use super::task::Task;
use crate::constraint::{Sides, gradient_norm};
use crate::decide::{Acceptance, Tests, comparable, exit, if_better};
use crate::dispatch::{Kernel, apart};
use crate::memory::Line;
use crate::number::policy::maximum;
use crate::number::{Number, Pack, Real};
use crate::transform::GradientTransform;

/// Decides on every evaluation of a block: is it acceptable, is it better, is the run over. The output is whether any is over.
pub(super) struct Judge<'a, T: Real> {
    pub(super) task: &'a Task<'a, T>,
    pub(super) slots: &'a mut Slots<T>,
    pub(super) limit: T,
}

impl<T: Real> Kernel for Judge<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let transform = self.task.transform.at::<Line<T>>(|| 0.0, 1.0);
        match (self.task.dimension, &transform) {
            (2, None) => self.judge(2, None),
            (dimension, transform) => self.judge(dimension, transform.as_ref()),
        }
    }
}

impl<T: Real> Judge<'_, T> {
    #[inline(always)]
    fn judge(self, dimension: usize, transform: Option<&GradientTransform<Line<T>>>) -> bool {
        let Self { task, slots, limit } = self;
        let Slots { x, gradient, best, values, best_values, exits, .. } = slots;
        let (sign, limit) = (Pack::splat(task.sign), Pack::splat(limit));
        let (goes_on, non_finite) = (Pack::constant(exit::GOES_ON), Pack::constant(exit::NON_FINITE));
        let tests = task.tests.map(Tests::splat::<Line<T>>);
        let mut most = goes_on;
        let points = x.chunks_exact(dimension).zip(gradient.chunks_exact(dimension));
        let numbers = values.iter().zip(best_values).zip(exits);
        for (((x, gradient), best), ((value, best_value), exit)) in
            points.zip(best.chunks_exact_mut(dimension)).zip(numbers)
        {
            let mut acceptance = Acceptance::new();
            x.iter().for_each(|x| acceptance.see(*x));
            // What was seen is 0 or NaN so far, and -0 less 0 is -0.
            let comparable = comparable(sign, *value - acceptance.worst());
            acceptance.see(*value);
            for (x, g) in x.iter().zip(gradient) {
                acceptance.see_transformed(transform, *x, *g);
            }
            let so_far = *best_value;
            for (best, x) in best.iter_mut().zip(x) {
                *best = if_better(comparable, so_far, *x, *best);
            }
            *best_value = if_better(comparable, so_far, comparable, so_far);
            let over = match &tests {
                None => goes_on,
                Some(tests) => tests.exit(gradient_norm(task.sides, x, gradient, sign), comparable),
            };
            *exit = acceptance.worst().if_at_most(limit, over, non_finite);
            most = maximum(most, *exit);
            apart();
        }
        !most.all_at_most(goes_on)
    }
}

/// Moves each point to the nearest in the box.
pub(super) struct Clip<'a, T: Real> {
    pub(super) sides: &'a Sides<T>,
    pub(super) x: &'a mut [Line<T>],
    pub(super) dimension: usize,
}

impl<T: Real> Kernel for Clip<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for x in self.x.chunks_exact_mut(self.dimension) {
            self.sides.clip(x);
            apart();
        }
    }
}
