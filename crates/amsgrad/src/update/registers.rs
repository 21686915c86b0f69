//! A few coordinates in one pack, which the compiler keeps in registers.

use super::Storage;
use crate::constraint::{Sides, clipped, projected};
use crate::decide::Acceptance;
use crate::dispatch::Kernel;
#[cfg(not(debug_assertions))]
use crate::dispatch::accelerate;
use crate::number::policy::maximum;
use crate::number::{Array, Number, Pack, Real};
use crate::rule::{self, Rule};
use crate::transform::{GradientTransform, applied};

/// Exactly `N` coordinates side by side in one pack: all loops over them are unrolled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registers<const N: usize>;

impl<T, const N: usize> AsRef<[T]> for Pack<T, N> {
    #[inline(always)]
    fn as_ref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const N: usize> AsMut<[T]> for Pack<T, N> {
    #[inline(always)]
    fn as_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: Real, const N: usize> Storage<T> for Registers<N> {
    type Number = Pack<T, N>;
    type Point = Pack<T, N>;
    type Memory<R: Rule> = R::Memory<Pack<T, N>>;
    type Sides = [Pack<T, N>; 2];

    fn point(numbers: &[T]) -> Pack<T, N> {
        super::pass::load(numbers)
    }

    fn zeros(_: usize) -> Pack<T, N> {
        Pack::constant(0.0)
    }

    #[inline(always)]
    fn copy(from: &Pack<T, N>, to: &mut Pack<T, N>) {
        *to = *from;
    }

    fn sides(sides: &Sides<T>) -> [Pack<T, N>; 2] {
        [Pack::from_fn(|i| sides.of(i).0), Pack::from_fn(|i| sides.of(i).1)]
    }

    fn memory<R: Rule>(_: usize) -> Option<Self::Memory<R>> {
        Some(Array::from_fn(|_| Pack::constant(0.0)))
    }

    fn packs<R: Rule>(memory: &Self::Memory<R>) -> &[R::Memory<Pack<T, N>>] {
        core::slice::from_ref(memory)
    }

    fn packs_mut<R: Rule>(memory: &mut Self::Memory<R>) -> &mut [R::Memory<Pack<T, N>>] {
        core::slice::from_mut(memory)
    }

    fn accelerate<K: Kernel>(kernel: K) -> K::Output {
        // Without optimization there is nothing to gain, and much to compile.
        #[cfg(debug_assertions)]
        return kernel.run();
        #[cfg(not(debug_assertions))]
        accelerate(kernel)
    }

    #[inline(always)]
    fn step<R: Rule>(
        coefficients: R::Coefficients<Pack<T, N>>,
        transform: Option<GradientTransform<Pack<T, N>>>,
        x: &mut Pack<T, N>,
        gradient: &Pack<T, N>,
        memory: &mut Self::Memory<R>,
    ) {
        let (at, gradient) = applied(&transform, *x, *gradient);
        *x = rule::advance::<R, _>(coefficients, at, gradient, memory);
    }

    #[inline(always)]
    fn clip(x: &mut Pack<T, N>, [lower, upper]: &[Pack<T, N>; 2]) {
        *x = clipped(*x, *lower, *upper);
    }

    #[inline(always)]
    fn is_finite(x: &Pack<T, N>) -> bool {
        x.abs().all_at_most(Pack::splat(T::INFINITY.next_down()))
    }

    #[inline(always)]
    fn accepts(
        x: &Pack<T, N>,
        gradient: &Pack<T, N>,
        transform: Option<&GradientTransform<T>>,
        limit: T,
    ) -> bool {
        let mut acceptance = Acceptance::new();
        acceptance.see_transformed(transform.map(GradientTransform::splat).as_ref(), *x, *gradient);
        acceptance.accepts(limit)
    }

    #[inline(always)]
    fn gradient_norm(x: &Pack<T, N>, gradient: &Pack<T, N>, sides: Option<&[Pack<T, N>; 2]>, sign: T) -> T {
        let sizes = match sides {
            None => gradient.abs(),
            Some([lower, upper]) => projected(*x, *gradient, *lower, *upper, Pack::splat(sign)),
        };
        sizes.0.into_iter().fold(T::default(), maximum)
    }
}
