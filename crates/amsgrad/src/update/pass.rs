//! One step over many coordinates: a single pass over memory.

#[cfg(feature = "threads")]
use super::CHUNK;
use crate::dispatch::{Kernel, Target};
use crate::memory::fetch_ahead;
use crate::number::Number;
use crate::rule::{self, Rule};
use crate::transform::{GradientTransform, applied};

/// How far ahead of a stream memory is prefetched, in bytes; three times that for the state. Measured: on an AMD EPYC 256 to
/// 768 are alike and 2048 is a tenth slower; on an Intel Xeon 1024 to 4096 are alike, less was not tried.
pub(crate) const AHEAD: usize = 512;

/// One step of a rule over parameters, gradients and memory.
pub(super) struct Pass<'a, N: Number, R: Rule> {
    pub(super) coefficients: R::Coefficients<N>,
    pub(super) transform: Option<GradientTransform<N>>,
    pub(super) x: &'a mut [N::Real],
    pub(super) gradient: &'a [N::Real],
    pub(super) memory: &'a mut [R::Memory<N>],
}

impl<N: Number, R: Rule> Pass<'_, N, R> {
    /// Makes the step with these instructions, on all threads where that pays.
    #[inline(never)]
    pub(super) fn run_on(self, target: Target) {
        let Self { coefficients, transform, x, gradient, memory } = self;
        #[cfg(feature = "threads")]
        if x.len() > CHUNK {
            use rayon::prelude::*;
            let chunks = x.par_chunks_mut(CHUNK).zip(gradient.par_chunks(CHUNK));
            chunks.zip(memory.par_chunks_mut(CHUNK / N::WIDTH)).for_each(|((x, gradient), memory)| {
                target.run(Pass::<N, R> { coefficients, transform, x, gradient, memory });
            });
            return;
        }
        target.run(Pass::<N, R> { coefficients, transform, x, gradient, memory });
    }
}

impl<N: Number, R: Rule> Kernel for Pass<'_, N, R> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match self.transform {
            None => self.each(None),
            Some(transform) => self.each(Some(transform)),
        }
    }
}

impl<N: Number, R: Rule> Pass<'_, N, R> {
    /// Makes the step; `transform` is known where this is inlined.
    #[inline(always)]
    fn each(self, transform: Option<GradientTransform<N>>) {
        let coefficients = self.coefficients;
        let mut whole_x = self.x.chunks_exact_mut(N::WIDTH);
        let mut whole_gradient = self.gradient.chunks_exact(N::WIDTH);
        let mut memory = self.memory.iter_mut();
        for ((x, gradient), memory) in (&mut whole_x).zip(&mut whole_gradient).zip(&mut memory) {
            fetch_ahead(x, AHEAD);
            fetch_ahead(gradient, AHEAD);
            fetch_ahead(core::slice::from_ref(memory), AHEAD * R::SLOTS.len());
            let (at, slope) = applied(&transform, N::from_fn(|i| x[i]), N::from_fn(|i| gradient[i]));
            let moved = rule::advance::<R, N>(coefficients, at, slope, memory);
            for (i, x) in x.iter_mut().enumerate() {
                *x = moved.element(i);
            }
        }
        let (x, gradient) = (whole_x.into_remainder(), whole_gradient.remainder());
        if let Some(memory) = memory.next().filter(|_| !x.is_empty()) {
            let (at, slope) = applied(&transform, load(x), load(gradient));
            let moved = rule::advance::<R, N>(coefficients, at, slope, memory);
            for (i, x) in x.iter_mut().enumerate() {
                *x = moved.element(i);
            }
        }
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
    use crate::number::{Array, Pack, Real};
    use crate::rule::{Adam, AmsGrad, Clock, rounded};
    use crate::transform::Transform;
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

    /// x and the memory's slots after some steps in packs of L.
    fn stepped<L: Number, R: Rule>(
        rule: &R,
        transform: &Transform,
        target: Target,
        length: usize,
        odd: usize,
    ) -> Vec<Vec<u64>> {
        let mut x = hostile::<L::Real>(length + odd, 1);
        let zero = <R::Memory<L> as Array<L>>::from_fn(|_| L::constant(0.0));
        let mut memory = vec![zero; length.div_ceil(L::WIDTH)];
        let mut clock = Clock::default();
        for step in 0..4 {
            let gradient = hostile::<L::Real>(length + odd, 2 + step);
            clock.advance();
            let coefficients = rounded::<R, L>(rule.coefficients(&mut clock));
            let transform = transform.at(|| clock.value(rule.learning_rate()), 1.0);
            let (x, gradient, memory) = (&mut x[odd..], &gradient[odd..], &mut memory[..]);
            Pass::<L, R> { coefficients, transform, x, gradient, memory }.run_on(target);
        }
        let bits = |x: L::Real| x.to_f64().to_bits();
        let memory = &memory;
        let slot = |slot: usize| {
            (0..length).map(move |i| bits(memory[i / L::WIDTH].as_slice()[slot].element(i % L::WIDTH)))
        };
        let slots = (0..R::SLOTS.len()).map(|i| slot(i).collect());
        core::iter::once(x[odd..].iter().map(|x| bits(*x)).collect()).chain(slots).collect()
    }

    fn check<T: Real, R: Rule>(rule: &R, transform: &Transform) {
        let baseline = Target::available().next().unwrap();
        for target in Target::available() {
            for length in 0..=257 {
                let odd = length % 4;
                let expected = stepped::<T, R>(rule, transform, baseline, length, odd);
                assert_eq!(
                    stepped::<Pack<T, 16>, R>(rule, transform, target, length, odd),
                    expected,
                    "{target:?}, {length}"
                );
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
        let baseline = Target::available().next().unwrap();
        let expected = stepped::<f32, _>(&rule, &plain, baseline, length, 1);
        for threads in 1..=8 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found =
                pool.install(|| stepped::<Pack<f32, 16>, _>(&rule, &plain, Target::best(), length, 1));
            assert!(found == expected, "{threads} threads");
        }
    }
}
