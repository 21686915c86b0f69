//! A few coordinates in one pack, which the compiler keeps in registers.

use core::fmt::Debug;

use super::{Described, PackMemory, Storage, Update, begin_kept, begin_step, kept, weight};
use crate::constraint::{Sides, clipped, projected};
use crate::decide::Acceptance;
use crate::number::policy::{flush_ahead, maximum};
use crate::number::{Array, Number, Pack, Real};
use crate::rule::{self, About, Clock, Rule};
use crate::schedule::Schedule;
use crate::transform::{GradientTransform, Transform, applied};

/// Coordinates side by side in one pack of `N`: `PADDED`, where their number is known only when a run begins, with zeros
/// behind them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registers<const N: usize, const PADDED: bool>;

/// A rule over exactly `N` coordinates: all loops over them are unrolled.
#[derive(Clone, Debug)]
pub(crate) struct Exactly<R, const N: usize> {
    pub(crate) rule: R,
}

/// A number per coordinate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point<T, const N: usize, const PADDED: bool> {
    pack: Pack<T, N>,
    /// The number of coordinates, where that is not `N`.
    count: usize,
}

impl<T: Real, const N: usize, const PADDED: bool> Point<T, N, PADDED> {
    #[inline(always)]
    fn len(&self) -> usize {
        if PADDED { self.count.min(N) } else { N }
    }

    /// Moves the point. Padding stays 0, whatever the rule does there.
    #[inline(always)]
    fn set(&mut self, pack: Pack<T, N>) {
        let (index, zero) = (Pack::from_fn(|i| T::from_f64(i as f64)), Pack::constant(0.0));
        let count = Pack::constant(self.count as f64);
        self.pack = if PADDED { index.if_less(count, pack, zero) } else { pack };
    }
}

impl<T: Real, const N: usize, const PADDED: bool> AsRef<[T]> for Point<T, N, PADDED> {
    #[inline(always)]
    fn as_ref(&self) -> &[T] {
        &self.pack.0[..self.len()]
    }
}

impl<T: Real, const N: usize, const PADDED: bool> AsMut<[T]> for Point<T, N, PADDED> {
    #[inline(always)]
    fn as_mut(&mut self) -> &mut [T] {
        let count = self.len();
        &mut self.pack.0[..count]
    }
}

impl<T: Real, const N: usize, const PADDED: bool> Storage<T> for Registers<N, PADDED> {
    type Point = Point<T, N, PADDED>;
    type Sides = [Pack<T, N>; 2];

    fn point(numbers: &[T]) -> Self::Point {
        Point { pack: super::pass::load(numbers), count: numbers.len() }
    }

    #[inline(always)]
    fn copy(from: &Self::Point, to: &mut Self::Point) {
        *to = *from;
    }

    fn sides(sides: &Sides<T>) -> [Pack<T, N>; 2] {
        [Pack::from_fn(|i| sides.of(i).0), Pack::from_fn(|i| sides.of(i).1)]
    }

    #[inline(always)]
    fn clip(x: &mut Self::Point, [lower, upper]: &[Pack<T, N>; 2]) {
        x.pack = clipped(x.pack, *lower, *upper);
    }

    #[inline(always)]
    fn is_finite(x: &Self::Point) -> bool {
        x.pack.abs().all_at_most(Pack::splat(T::INFINITY.next_down()))
    }

    #[inline(always)]
    fn accepts(
        x: &Self::Point,
        gradient: &Self::Point,
        transform: Option<&GradientTransform<T>>,
        limit: T,
    ) -> bool {
        let mut acceptance = Acceptance::new();
        let transform = transform.map(GradientTransform::splat);
        acceptance.see_transformed(transform.as_ref(), x.pack, gradient.pack);
        acceptance.accepts(limit)
    }

    #[inline(always)]
    fn gradient_norm(x: &Self::Point, gradient: &Self::Point, sides: Option<&[Pack<T, N>; 2]>, sign: T) -> T {
        let sizes = match sides {
            None => gradient.pack.abs(),
            Some([lower, upper]) => projected(x.pack, gradient.pack, *lower, *upper, Pack::splat(sign)),
        };
        sizes.0.into_iter().fold(T::default(), maximum)
    }
}

impl<T: Real, R: Rule, const N: usize> Update<T> for Exactly<R, N> {
    type Storage = Registers<N, false>;
    type Number = Pack<T, N>;
    type Memory = [R::Memory<Pack<T, N>>; 1];
    type Coefficients = R::Coefficients<T>;

    fn about(&self) -> About {
        About::of::<R>()
    }

    fn schedule(&self, name: &str) -> Option<&Schedule> {
        self.rule.schedule(name)
    }

    fn memory(&self, _: usize) -> Option<Self::Memory> {
        Some([Array::from_fn(|_| Pack::constant(0.0))])
    }

    fn numbers(memory: &Self::Memory) -> &[Pack<T, N>] {
        Array::flat(memory)
    }

    fn numbers_mut(memory: &mut Self::Memory) -> &mut [Pack<T, N>] {
        Array::flat_mut(memory)
    }

    #[inline(always)]
    fn step(
        &self,
        clock: &mut Clock,
        transform: Option<&Transform>,
        x: &mut Point<T, N, false>,
        gradient: &Point<T, N, false>,
        [memory]: &mut Self::Memory,
    ) -> R::Coefficients<T> {
        let (coefficients, transform) = begin_step::<R, T>(&self.rule, clock, transform, 1.0);
        x.set(moved::<T, R, N>(coefficients, transform, x.pack, gradient.pack, memory));
        coefficients
    }

    fn weight(&self, coefficients: &R::Coefficients<T>, [memory]: &Self::Memory, _: usize) -> Pack<T, N> {
        weight::<R, _>(*coefficients, *memory)
    }
}

/// A rule over up to `N` coordinates in one pack, behind one call per step: what runs it is compiled once for all rules.
pub trait PackRule<T: Real, const N: usize>: Described {
    /// Returns the memory before the first step.
    fn pack_memory(&self) -> PackMemory<T, N>;

    /// Moves `x` by one step.
    fn step_pack(
        &self,
        clock: &mut Clock,
        transform: Option<&Transform>,
        x: &mut Pack<T, N>,
        gradient: &Pack<T, N>,
        memory: &mut PackMemory<T, N>,
    );

    /// Returns the weights in a projection, as the last step left them.
    fn pack_weight(&self, memory: &PackMemory<T, N>) -> Pack<T, N>;
}

impl<T: Real, R: Rule, const N: usize> PackRule<T, N> for R {
    fn pack_memory(&self) -> PackMemory<T, N> {
        PackMemory::new(vec![Pack::constant(0.0); R::SLOTS.len()])
    }

    fn step_pack(
        &self,
        clock: &mut Clock,
        transform: Option<&Transform>,
        x: &mut Pack<T, N>,
        gradient: &Pack<T, N>,
        memory: &mut PackMemory<T, N>,
    ) {
        let transform = begin_kept(self, clock, transform, &mut memory.coefficients);
        let coefficients = kept::<R, T>(&memory.coefficients);
        let mut slots = memory.slots::<R>(0);
        *x = moved::<T, R, N>(coefficients, transform, *x, *gradient, &mut slots);
        memory.numbers[..R::SLOTS.len()].copy_from_slice(slots.as_slice());
    }

    fn pack_weight(&self, memory: &PackMemory<T, N>) -> Pack<T, N> {
        memory.weight::<R>(0)
    }
}

impl<T: Real, const N: usize> Update<T> for Box<dyn PackRule<T, N>> {
    type Storage = Registers<N, true>;
    type Number = Pack<T, N>;
    type Memory = PackMemory<T, N>;
    type Coefficients = ();

    fn about(&self) -> About {
        (**self).about()
    }

    fn schedule(&self, name: &str) -> Option<&Schedule> {
        (**self).schedule(name)
    }

    fn memory(&self, _: usize) -> Option<PackMemory<T, N>> {
        Some((**self).pack_memory())
    }

    fn numbers(memory: &PackMemory<T, N>) -> &[Pack<T, N>] {
        &memory.numbers
    }

    fn numbers_mut(memory: &mut PackMemory<T, N>) -> &mut [Pack<T, N>] {
        &mut memory.numbers
    }

    #[inline(always)]
    fn step(
        &self,
        clock: &mut Clock,
        transform: Option<&Transform>,
        x: &mut Point<T, N, true>,
        gradient: &Point<T, N, true>,
        memory: &mut PackMemory<T, N>,
    ) {
        let mut pack = x.pack;
        (**self).step_pack(clock, transform, &mut pack, &gradient.pack, memory);
        x.set(pack);
    }

    fn weight(&self, (): &(), memory: &PackMemory<T, N>, _: usize) -> Pack<T, N> {
        (**self).pack_weight(memory)
    }
}

/// Returns where a step with these coefficients moves the coordinates in a pack.
#[inline(always)]
fn moved<T: Real, R: Rule, const N: usize>(
    coefficients: R::Coefficients<T>,
    transform: Option<GradientTransform<T>>,
    x: Pack<T, N>,
    gradient: Pack<T, N>,
    memory: &mut R::Memory<Pack<T, N>>,
) -> Pack<T, N> {
    let transform = transform.map(|transform| transform.splat());
    let (at, gradient) = applied(&transform, x, gradient);
    rule::advance::<R, _>(rule::splat::<R, _>(coefficients), at, gradient, memory, flush_ahead)
}
