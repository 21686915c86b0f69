//! Many coordinates in vectors.

use super::Storage;
use super::guard::Look;
use super::pass::Pass;
use crate::constraint::Sides;
use crate::decide::Acceptance;
use crate::dispatch::{Kernel, Target};
use crate::memory::{filled, reserve};
use crate::number::policy::maximum;
use crate::number::{Array, Number, Pack, Real};
use crate::rule::Rule;
use crate::transform::GradientTransform;

/// The packs of a long vector: one cache line of `f32`, two of `f64`.
pub(crate) type Line<T> = Pack<T, 16>;

/// Coordinates in plain vectors, the memory of the rule in packs.
///
/// Coordinates that share a pack keep their memory together (all of m, then all of v, ...), so a pass over a long
/// vector reads and writes one stream besides parameters and gradients, and never two that collide in the cache. Packs of
/// four fit fewer coordinates than a wide pack has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vectors<const W: usize>;

impl<const W: usize> Vectors<W> {
    /// Moves a slice of parameters by one step of the rule.
    #[inline]
    pub(crate) fn step_slice<T: Real, R: Rule>(
        coefficients: R::Coefficients<Pack<T, W>>,
        transform: Option<GradientTransform<Pack<T, W>>>,
        x: &mut [T],
        gradient: &[T],
        memory: &mut [R::Memory<Pack<T, W>>],
    ) {
        let pass = Pass::<Pack<T, W>, R> { coefficients, transform, x, gradient, memory };
        pass.run_on(Target::best());
    }
}

impl<T: Real, const W: usize> Storage<T> for Vectors<W> {
    type Number = Pack<T, W>;
    type Point = Vec<T>;
    type Memory<R: Rule> = Vec<R::Memory<Pack<T, W>>>;
    type Sides = Sides<T>;

    fn point(numbers: &[T]) -> Vec<T> {
        numbers.to_vec()
    }

    fn copy(from: &Vec<T>, to: &mut Vec<T>) {
        to.copy_from_slice(from);
    }

    fn sides(sides: &Sides<T>) -> Sides<T> {
        sides.clone()
    }

    fn memory<R: Rule>(dimension: usize) -> Option<Self::Memory<R>> {
        let zero = Array::from_fn(|_| Pack::constant(0.0));
        let packs = dimension.div_ceil(W);
        Some(filled(reserve(packs)?, packs, zero))
    }

    fn packs<R: Rule>(memory: &Self::Memory<R>) -> &[R::Memory<Pack<T, W>>] {
        memory
    }

    fn packs_mut<R: Rule>(memory: &mut Self::Memory<R>) -> &mut [R::Memory<Pack<T, W>>] {
        memory
    }

    #[inline]
    fn step<R: Rule>(
        coefficients: R::Coefficients<Pack<T, W>>,
        transform: Option<GradientTransform<Pack<T, W>>>,
        x: &mut Vec<T>,
        gradient: &Vec<T>,
        memory: &mut Self::Memory<R>,
    ) {
        Self::step_slice::<T, R>(coefficients, transform, x, gradient, memory);
    }

    fn clip(x: &mut Vec<T>, sides: &Sides<T>) {
        sides.clip(x);
    }

    fn is_finite(x: &Vec<T>) -> bool {
        Target::best().run(Finite(x))
    }

    fn accepts(x: &Vec<T>, gradient: &Vec<T>, transform: Option<&GradientTransform<T>>, limit: T) -> bool {
        Look { x, gradient, transform, limit }.accepts()
    }

    fn gradient_norm(x: &Vec<T>, gradient: &Vec<T>, sides: Option<&Sides<T>>, sign: T) -> T {
        match sides {
            Some(sides) => sides.gradient_norm(x, gradient, sign),
            None => gradient.iter().fold(T::default(), |most, g| maximum(most, g.abs())),
        }
    }
}

/// Whether all numbers are finite.
struct Finite<'a, T>(&'a [T]);

impl<T: Real> Kernel for Finite<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let mut acceptance = Acceptance::<Line<T>>::new();
        let (blocks, rest) = self.0.as_chunks::<16>();
        blocks.iter().for_each(|block| acceptance.see(Pack(*block)));
        acceptance.see(super::pass::load(rest));
        acceptance.accepts(T::default())
    }
}
