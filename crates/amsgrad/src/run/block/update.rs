//! The rule of a batch: one call per step for all packs of a block.

use super::slots::{Place, put};
use crate::dispatch::{Kernel, Target, apart};
use crate::number::policy::flush;
use crate::number::{Array, Number, Real};
use crate::rule::{self, Clock, Rule};
use crate::transform::{GradientTransform, Transform, applied};
use crate::update::begin_step;

/// A rule and its memory for all packs of a block.
pub trait UpdateBlock<N> {
    /// Creates the memory of `coordinates` packs, 0 at first.
    fn begin(&mut self, coordinates: usize);

    /// Moves every coordinate by one step.
    fn step(&mut self, transform: &Transform, x: &mut [N], gradient: &[N], target: Target);

    /// Copies one element of one coordinate's memory to another.
    fn copy(&mut self, from: Place, to: Place);

    /// Drops the memory of all coordinates from `coordinates` on.
    fn truncate(&mut self, coordinates: usize);

    /// Returns how many numbers it keeps per coordinate.
    fn slots(&self) -> usize;

    /// Returns the largest gradient component that fits.
    fn limit(&self) -> f64;
}

/// A rule with its clock and memory.
pub(crate) struct Updater<R: Rule, N: Number> {
    rule: R,
    clock: Clock,
    memory: Vec<R::Memory<N>>,
}

impl<R: Rule, N: Number> Updater<R, N> {
    pub(crate) fn new(rule: R) -> Self {
        Self { rule, clock: Clock::default(), memory: Vec::new() }
    }
}

impl<R: Rule, N: Number> UpdateBlock<N> for Updater<R, N> {
    fn begin(&mut self, coordinates: usize) {
        self.memory = vec![Array::from_fn(|_| N::constant(0.0)); coordinates];
    }

    fn step(&mut self, transform: &Transform, x: &mut [N], gradient: &[N], target: Target) {
        let (coefficients, transform) = begin_step::<R, N>(&self.rule, &mut self.clock, Some(transform), 1.0);
        target.run(Step::<R, N> { coefficients, transform, x, gradient, memory: &mut self.memory });
    }

    fn copy(&mut self, from: Place, to: Place) {
        let (kept, moved) = (self.memory[to.pack], self.memory[from.pack]);
        self.memory[to.pack] = Array::from_fn(|slot| {
            put(kept.as_slice()[slot], to.element, moved.as_slice()[slot].element(from.element))
        });
    }

    fn truncate(&mut self, coordinates: usize) {
        self.memory.truncate(coordinates);
    }

    fn slots(&self) -> usize {
        R::SLOTS.len()
    }

    fn limit(&self) -> f64 {
        R::GRADIENT_LIMIT.largest::<N::Real>().to_f64()
    }
}

struct Step<'a, R: Rule, N: Number> {
    coefficients: R::Coefficients<N>,
    transform: Option<GradientTransform<N>>,
    x: &'a mut [N],
    gradient: &'a [N],
    memory: &'a mut [R::Memory<N>],
}

impl<R: Rule, N: Number> Kernel for Step<'_, R, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match self.transform {
            None => self.each(None),
            Some(transform) => self.each(Some(transform)),
        }
    }
}

impl<R: Rule, N: Number> Step<'_, R, N> {
    /// Makes the step; `transform` is known where this is inlined.
    #[inline(always)]
    fn each(self, transform: Option<GradientTransform<N>>) {
        let coefficients = rule::uniform::<R, N>(self.coefficients);
        for ((x, g), memory) in self.x.iter_mut().zip(self.gradient).zip(self.memory) {
            let (at, gradient) = applied(&transform, *x, *g);
            // A copy, or the compiler stores what was selected element by element, as v_hat, through a mask: slower.
            let mut kept = *memory;
            let moved = rule::advance::<R, N>(coefficients, at, gradient, &mut kept, flush);
            apart();
            (*x, *memory) = (moved, kept);
        }
    }
}
