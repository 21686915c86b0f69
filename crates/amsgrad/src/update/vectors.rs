//! Many coordinates in vectors.

use super::Storage;
use super::guard::Look;
use super::pass::{Line, Pass};
use crate::constraint::{Sides, gradient_norm};
use crate::dispatch::Target;
use crate::memory::{filled, reserve};
use crate::number::{Array, Number, Pack, Real};
use crate::rule::Rule;
use crate::transform::GradientTransform;

/// Coordinates in plain vectors, the memory of the rule in packs.
///
/// Coordinates that share a pack keep their memory together (all of m, then all of v, ...), so a pass over a long
/// vector reads and writes one stream besides parameters and gradients, and never two that collide in the cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vectors;

impl Vectors {
    /// Moves a slice of parameters by one step of the rule.
    #[inline]
    pub(crate) fn step_slice<T: Real, R: Rule>(
        coefficients: R::Coefficients<Line<T>>,
        transform: Option<GradientTransform<Line<T>>>,
        x: &mut [T],
        gradient: &[T],
        memory: &mut [R::Memory<Line<T>>],
    ) {
        let pass = Pass::<T, R> { coefficients, transform, x, gradient, memory };
        pass.run_on(Target::best());
    }
}

impl<T: Real> Storage<T> for Vectors {
    type Number = Line<T>;
    type Point = Vec<T>;
    type Memory<R: Rule> = Vec<R::Memory<Line<T>>>;
    type Sides = Sides<T>;

    fn point(numbers: &[T]) -> Vec<T> {
        numbers.to_vec()
    }

    fn zeros(dimension: usize) -> Vec<T> {
        vec![T::default(); dimension]
    }

    fn copy(from: &Vec<T>, to: &mut Vec<T>) {
        to.copy_from_slice(from);
    }

    fn sides(sides: &Sides<T>) -> Sides<T> {
        sides.clone()
    }

    fn memory<R: Rule>(dimension: usize) -> Option<Self::Memory<R>> {
        let zero = Array::from_fn(|_| Pack::constant(0.0));
        let packs = dimension.div_ceil(Line::<T>::WIDTH);
        Some(filled(reserve(packs)?, packs, zero))
    }

    fn packs<R: Rule>(memory: &Self::Memory<R>) -> &[R::Memory<Line<T>>] {
        memory
    }

    fn packs_mut<R: Rule>(memory: &mut Self::Memory<R>) -> &mut [R::Memory<Line<T>>] {
        memory
    }

    #[inline]
    fn step<R: Rule>(
        coefficients: R::Coefficients<Line<T>>,
        transform: Option<GradientTransform<Line<T>>>,
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
        Look { x, gradient: x, transform: None, limit: T::INFINITY.next_down() }.accepts()
    }

    fn accepts(x: &Vec<T>, gradient: &Vec<T>, transform: Option<&GradientTransform<T>>, limit: T) -> bool {
        Look { x, gradient, transform, limit }.accepts()
    }

    fn gradient_norm(x: &Vec<T>, gradient: &Vec<T>, sides: Option<&Sides<T>>, sign: T) -> T {
        gradient_norm(sides, x, gradient, sign)
    }
}
