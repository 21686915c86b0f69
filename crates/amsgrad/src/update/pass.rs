//! One step over many coordinates: a single pass over memory.

use crate::dispatch::{Kernel, Target, apart};
use crate::memory::{AHEAD, LINE, Line, fetch_ahead};
use crate::number::policy::flush;
use crate::number::{Array, Number, Pack, Real};
use crate::rule::{self, Rule};
use crate::transform::{GradientTransform, applied};

/// Number of coordinates a thread takes at a time. It is the same on every machine, and no coordinate depends on another:
/// the bits do not depend on the number of threads.
pub(super) const CHUNK: usize = 1 << 15;

/// Moves parameters by one step of the rule, on all threads where that pays.
///
/// The memory has the slots of one line of coordinates after those of the other, so a pass over a long vector reads and writes
/// one stream besides parameters and gradients, and never two that collide in the cache.
#[inline(never)]
pub(crate) fn step_slice<T: Real, R: Rule>(
    coefficients: R::Coefficients<T>,
    transform: Option<GradientTransform<T>>,
    x: &mut [T],
    gradient: &[T],
    memory: &mut [Line<T>],
    target: Target,
) {
    in_chunks(x, gradient, memory, R::SLOTS.len(), &|x, gradient, memory| {
        target.run(Pass::<T, R> { coefficients, transform, x, gradient, memory });
    });
}

/// Cuts a pass in halves until each is a chunk, for all threads.
fn in_chunks<T: Real>(
    x: &mut [T],
    gradient: &[T],
    memory: &mut [Line<T>],
    slots: usize,
    step: &(dyn Fn(&mut [T], &[T], &mut [Line<T>]) + Sync),
) {
    #[cfg(feature = "threads")]
    if x.len() > CHUNK {
        let half = x.len().div_ceil(CHUNK) / 2 * CHUNK;
        let (x, rest_x) = x.split_at_mut(half);
        let (gradient, rest_gradient) = gradient.split_at(half);
        let (memory, rest) = memory.split_at_mut(half / LINE * slots);
        rayon::join(
            || in_chunks(x, gradient, memory, slots, step),
            || in_chunks(rest_x, rest_gradient, rest, slots, step),
        );
        return;
    }
    let _ = slots;
    step(x, gradient, memory);
}

/// Parameters of no more bytes than this are near the processor with all that belongs to them: nothing is prefetched.
const NEAR: usize = 1 << 14;

/// One step of a rule over parameters, gradients and memory.
struct Pass<'a, T: Real, R: Rule> {
    coefficients: R::Coefficients<T>,
    transform: Option<GradientTransform<T>>,
    x: &'a mut [T],
    gradient: &'a [T],
    memory: &'a mut [Line<T>],
}

impl<T: Real, R: Rule> Kernel for Pass<'_, T, R> {
    type Output = ();

    /// What is left behind the last whole line is copied, filled up with zeros, and takes the same loop. The loop is long,
    /// and is compiled for every rule, number type and instruction set.
    #[inline(always)]
    fn run(self) {
        let transform = self.transform.map(|transform| transform.splat());
        let coefficients = rule::splat::<R, Line<T>>(self.coefficients);
        let slots = R::SLOTS.len();
        let far = size_of_val(self.x) > NEAR;
        let (x, rest_x) = self.x.as_chunks_mut::<LINE>();
        let (gradient, rest_gradient) = self.gradient.as_chunks::<LINE>();
        let (memory, rest_memory) = self.memory.split_at_mut(x.len() * slots);
        let (mut last_x, mut last_gradient) = ([[T::default(); LINE]], [[T::default(); LINE]]);
        let count = rest_x.len();
        if count > 0 {
            (last_x, last_gradient) = ([load::<Line<T>>(rest_x).0], [load::<Line<T>>(rest_gradient).0]);
        }
        let rest = (&mut last_x[..count.min(1)], &last_gradient[..], rest_memory);
        for (x, gradient, mut memory) in [(x, gradient, memory), rest] {
            for (x, gradient) in x.iter_mut().zip(gradient) {
                let Some((own, others)) = memory.split_at_mut_checked(slots) else { return };
                apart();
                if far {
                    fetch_ahead(x, AHEAD);
                    fetch_ahead(gradient, AHEAD);
                    fetch_ahead(own, AHEAD * slots);
                }
                let (at, entering) = applied(&transform, Pack(*x), Pack(*gradient));
                // A copy, or the compiler stores what was selected element by element, as v_hat, through a mask: slower.
                let Some(mut kept) = <R::Memory<Line<T>>>::first_of(own) else { return };
                let Pack(moved) = rule::advance::<R, Line<T>>(coefficients, at, entering, &mut kept, flush);
                *x = moved;
                own.copy_from_slice(kept.as_slice());
                memory = others;
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
    use crate::number::Number;
    use crate::rule::{Adam, AmsGrad, Clock};
    use crate::transform::Transform;
    use crate::update::{begin_step, slot};
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

    /// Makes some steps from an odd place in memory with packs of `N`, and returns the bits of x and of the memory's slots.
    fn stepped<T: Real, N: Number<Real = T>, R: Rule>(
        rule: &R,
        transform: &Transform,
        length: usize,
        mut step: impl FnMut(
            R::Coefficients<T>,
            Option<GradientTransform<T>>,
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
            let (coefficients, transform) = begin_step::<R, T>(rule, &mut clock, Some(transform), 1.0);
            step(coefficients, transform, &mut x[odd..], &gradient[odd..], &mut memory);
        }
        let bits = |x: T| x.to_f64().to_bits();
        let numbers = Array::flat(&memory);
        let slot = |i| slot(numbers, R::SLOTS.len(), length, i).into_iter().map(bits).collect();
        let slots = (0..R::SLOTS.len()).map(slot);
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
            step_slice::<T, R>(coefficients, transform, x, gradient, Array::flat_mut(memory), target);
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
