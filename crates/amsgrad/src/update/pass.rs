//! One step over many coordinates: a single pass over memory.

use crate::dispatch::{Kernel, Target};
use crate::memory::{AHEAD, fetch_ahead};
use crate::number::policy::flush;
use crate::number::{Number, Pack, Real};
use crate::rule::{self, Rule};
use crate::transform::{GradientTransform, applied};

/// Number of coordinates in a pack of a long vector.
pub(crate) const LINE: usize = 16;

/// The packs of a long vector: one cache line of `f32`, two of `f64`.
pub(crate) type Line<T> = Pack<T, LINE>;

/// Number of coordinates a thread takes at a time. It is the same on every machine, and no coordinate depends on another:
/// the bits do not depend on the number of threads.
pub(super) const CHUNK: usize = 1 << 15;

/// One step of a rule over parameters, gradients and memory.
pub(super) struct Pass<'a, T: Real, R: Rule> {
    pub(super) coefficients: R::Coefficients<Line<T>>,
    pub(super) transform: Option<GradientTransform<Line<T>>>,
    pub(super) x: &'a mut [T],
    pub(super) gradient: &'a [T],
    pub(super) memory: &'a mut [R::Memory<Line<T>>],
}

impl<T: Real, R: Rule> Pass<'_, T, R> {
    /// Makes the step with these instructions, on all threads where that pays.
    #[inline(never)]
    pub(super) fn run_on(self, target: Target) {
        let Self { coefficients, transform, x, gradient, memory } = self;
        #[cfg(feature = "threads")]
        if x.len() > CHUNK {
            use rayon::prelude::*;
            let chunks = x.par_chunks_mut(CHUNK).zip(gradient.par_chunks(CHUNK));
            chunks.zip(memory.par_chunks_mut(CHUNK / LINE)).for_each(|((x, gradient), memory)| {
                target.run(Pass::<T, R> { coefficients, transform, x, gradient, memory });
            });
            return;
        }
        target.run(Pass::<T, R> { coefficients, transform, x, gradient, memory });
    }
}

impl<T: Real, R: Rule> Kernel for Pass<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match self.transform {
            None => self.each(None),
            Some(transform) => self.each(Some(transform)),
        }
    }
}

impl<T: Real, R: Rule> Pass<'_, T, R> {
    /// Makes the step; `transform` is known where this is inlined.
    ///
    /// What is left behind the last whole pack is copied, filled up with zeros, and takes the same loop. The loop is long,
    /// and is compiled for every rule, number type and instruction set.
    #[inline(always)]
    fn each(self, transform: Option<GradientTransform<Line<T>>>) {
        let coefficients = rule::uniform::<R, Line<T>>(self.coefficients);
        let (x, rest_x) = self.x.as_chunks_mut::<LINE>();
        let (gradient, rest_gradient) = self.gradient.as_chunks::<LINE>();
        let (memory, rest_memory) = self.memory.split_at_mut(x.len());
        let (Pack(last_x), Pack(last_gradient)) = (load(rest_x), load(rest_gradient));
        let (mut last_x, last_gradient) = ([last_x], [last_gradient]);
        let count = rest_x.len();
        let rest = (&mut last_x[..count.min(1)], &last_gradient[..], rest_memory);
        for (x, gradient, memory) in [(x, gradient, memory), rest] {
            for ((x, gradient), memory) in x.iter_mut().zip(gradient).zip(memory) {
                fetch_ahead(x, AHEAD);
                fetch_ahead(gradient, AHEAD);
                fetch_ahead(core::slice::from_ref(memory), AHEAD * R::SLOTS.len());
                let (at, entering) = applied(&transform, Pack(*x), Pack(*gradient));
                let Pack(moved) = rule::advance::<R, Line<T>>(coefficients, at, entering, memory, flush);
                *x = moved;
            }
        }
        rest_x.copy_from_slice(&last_x.as_flattened()[..count]);
    }
}

/// Returns as many numbers as there are, and 0 for the rest.
#[inline(always)]
pub(super) fn load<N: Number>(numbers: &[N::Real]) -> N {
    N::from_fn(|i| numbers.get(i).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Array;
    use crate::rule::{Adam, AmsGrad, Clock};
    use crate::transform::Transform;
    use crate::update::begin_step;
    use crate::{Dialect, WeightDecay};

    /// Numbers of every kind a step may meet: zeros, subnormals, the largest gradient, ordinary ones.
    fn hostile<T: Real>(length: usize, salt: usize) -> Vec<T> {
        let largest = AmsGrad::GRADIENT_LIMIT.largest::<T>();
        let tiny = T::MIN_POSITIVE;
        let half = T::from_f64(0.5);
        let special =
            [T::default(), -T::default(), tiny, -tiny * half, largest, -largest, tiny.sqrt(), T::EPSILON];
        let number = |i: usize| match (i + salt) % 3 {
            0 => special[(i / 3 + salt) % special.len()],
            _ => T::from_f64(((i * 7919 + salt * 104729) % 2003) as f64 / 1001.0 - 1.0),
        };
        (0..length).map(number).collect()
    }

    /// Makes some steps from an odd place in memory, and returns the bits of x and of the memory's slots.
    fn stepped<T: Real, N: Number<Real = T>, R: Rule>(
        rule: &R,
        transform: &Transform,
        length: usize,
        mut step: impl FnMut(
            R::Coefficients<N>,
            Option<GradientTransform<N>>,
            &mut [T],
            &[T],
            &mut [R::Memory<N>],
        ),
    ) -> Vec<Vec<u64>> {
        let odd = length % 4;
        let mut x = hostile::<T>(length + odd, 1);
        let zero = <R::Memory<N> as Array<N>>::from_fn(|_| N::constant(0.0));
        let mut memory = vec![zero; length.div_ceil(N::WIDTH)];
        let mut clock = Clock::default();
        for salt in 2..6 {
            let gradient = hostile::<T>(length + odd, salt);
            let (coefficients, transform) = begin_step::<R, N>(rule, &mut clock, Some(transform), 1.0);
            step(coefficients, transform, &mut x[odd..], &gradient[odd..], &mut memory);
        }
        let bits = |x: T| x.to_f64().to_bits();
        let memory = &memory;
        let slot = |slot: usize| {
            (0..length).map(move |i| bits(memory[i / N::WIDTH].as_slice()[slot].element(i % N::WIDTH)))
        };
        let slots = (0..R::SLOTS.len()).map(|i| slot(i).collect());
        core::iter::once(x[odd..].iter().map(|x| bits(*x)).collect()).chain(slots).collect()
    }

    /// Steps as the formula says, one coordinate after the other.
    fn formula<T: Real, R: Rule>(rule: &R, transform: &Transform, length: usize) -> Vec<Vec<u64>> {
        stepped::<T, T, R>(rule, transform, length, |coefficients, transform, x, gradient, memory| {
            for ((x, g), memory) in x.iter_mut().zip(gradient).zip(memory) {
                let (at, entering) = applied(&transform, *x, *g);
                *x = rule::advance::<R, T>(coefficients, at, entering, memory, flush);
            }
        })
    }

    fn pass<T: Real, R: Rule>(
        rule: &R,
        transform: &Transform,
        target: Target,
        length: usize,
    ) -> Vec<Vec<u64>> {
        stepped::<T, Line<T>, R>(rule, transform, length, |coefficients, transform, x, gradient, memory| {
            Pass::<T, R> { coefficients, transform, x, gradient, memory }.run_on(target);
        })
    }

    fn check<T: Real, R: Rule>(rule: &R, transform: &Transform) {
        for length in 0..=257 {
            let expected = formula::<T, R>(rule, transform, length);
            for target in Target::available() {
                assert_eq!(pass::<T, R>(rule, transform, target, length), expected, "{target:?}, {length}");
            }
        }
    }

    #[test]
    fn the_same_bits_with_every_instruction_set_length_and_alignment() {
        let plain = Transform::default();
        check::<f32, _>(&AmsGrad::tutorial(), &plain);
        check::<f64, _>(&AmsGrad::tutorial(), &plain);
        let decayed = Transform { maximize: true, weight_decay: WeightDecay::Decoupled(0.1), ..plain };
        check::<f32, _>(&AmsGrad::new(0.1).dialect(Dialect::Optax), &decayed);
        let decayed = Transform { weight_decay: WeightDecay::L2(0.1), ..plain };
        check::<f64, _>(&Adam::new(0.1), &decayed);
        let clipped = Transform { scale: Some(0.25), clip_value: Some(0.125), ..decayed };
        check::<f32, _>(&Adam::new(0.1), &clipped);
    }

    #[cfg(feature = "threads")]
    #[test]
    fn the_same_bits_on_any_number_of_threads() {
        let (rule, plain) = (AmsGrad::new(0.1), Transform::default());
        let length = 3 * CHUNK + 17;
        let expected = formula::<f32, _>(&rule, &plain, length);
        for threads in 1..=8 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| pass::<f32, _>(&rule, &plain, Target::best(), length));
            assert!(found == expected, "{threads} threads");
        }
    }
}
