//! Steps over long vectors, beside a loop that moves the same memory and computes next to nothing.

use core::hint::black_box;
use core::time::Duration;

use amsgrad::memory::{self, AHEAD, fetch_ahead};
use amsgrad::state::{Slot, State};
use amsgrad::{AmsGrad, Kernel, Optimizer, Pack, Real, accelerate};
use rayon::prelude::*;

use crate::compare::{Candidate, Comparison, compare};

/// What is measured beside the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// The step with the gradient's check, and without.
    Gradient,
    /// The step on ordinary numbers, and on moments that 2,000 steps of zero gradients have decayed.
    Subnormal,
}

/// Measures steps over `length` parameters of type `T`, against a loop with the same traffic: it reads five arrays and writes four
/// of them, which start at different places of a page. As many threads as rayon's current pool has take part in all.
///
/// Without room for the arrays the comparison is empty.
#[must_use]
pub fn long_vectors<T: Real>(length: usize, check: Check, budget: Duration) -> Comparison {
    let length = length.next_multiple_of(16);
    let bytes = 9 * size_of::<T>() * length;
    // Small vectors are stepped over often enough for the clock.
    let repeats = (1 << 20) / length.max(1) + 1;
    let number = T::from_f64(1e-3);
    let title = format!("{length} parameters of {}", T::NAME);
    let empty = || Comparison { title: title.clone(), unit: "GB/s", measured: Vec::new() };
    let room = |offset| Placed::new(length, offset, number);
    let arrays = (room(0), room(832), room(1664), room(2496), room(3328));
    let (Some(mut x), Some(g), Some(mut m), Some(mut v), Some(mut h)) = arrays else { return empty() };
    let (Some(mut parameters), Some(gradients)) = (filled(length, number), filled(length, number)) else {
        return empty();
    };
    let limit = move || {
        for _ in 0..repeats {
            traffic(x.get(), g.read(), m.get(), v.get(), h.get());
        }
        black_box(&x);
    };
    let mut candidates: Vec<Candidate<'_>> = vec![("limit: the same traffic".into(), Box::new(limit))];
    let step = |mut optimizer: Optimizer<AmsGrad, T>, mut parameters: Vec<T>, gradients: Vec<T>| {
        Box::new(move || {
            for _ in 0..repeats {
                // Lengths agree and numbers are finite, so this cannot fail; a failure would show as a wonder of speed.
                _ = black_box(optimizer.step([(&mut parameters, &gradients)]));
            }
        })
    };
    let unchecked = || Optimizer::<_, T>::new(AmsGrad::new(1e-3)).unchecked();
    match check {
        Check::Gradient => {
            let (Some(twin), Some(twin_gradients)) = (filled(length, number), filled(length, number)) else {
                return empty();
            };
            candidates.push(("step, unchecked".into(), step(unchecked(), parameters, gradients)));
            candidates.push(("step".into(), step(Optimizer::new(AmsGrad::new(1e-3)), twin, twin_gradients)));
        }
        Check::Subnormal => {
            let zeros = vec![T::default(); length];
            let mut decayed = unchecked();
            // The state after one step and 2,000 without a gradient, in f32; f64 needs a smaller beginning.
            let tiny = T::MIN_POSITIVE * T::from_f64(1.5);
            let slot = |name: &'static str, value| Slot { name: name.into(), values: vec![value; length] };
            let state = State {
                examples: 0,
                rule: "amsgrad".into(),
                step: 1,
                beta_product: 0.9,
                dimension: length,
                slots: vec![slot("m", tiny), slot("v", tiny), slot("v_hat", number)],
                apart: Vec::new(),
            };
            _ = decayed.set_state(&state);
            for _ in 0..2000.min((1 << 28) / length.max(1)) {
                _ = decayed.step([(&mut parameters, &zeros)]);
            }
            candidates.push(("step, unchecked".into(), step(unchecked(), parameters.clone(), gradients)));
            candidates.push(("step, moments decayed away".into(), step(decayed, parameters, zeros)));
        }
    }
    compare(title, "GB/s", (bytes * repeats) as f64 / 1e9, budget, candidates)
}

fn filled<T: Real>(length: usize, number: T) -> Option<Vec<T>> {
    let mut values = Vec::new();
    values.try_reserve_exact(length).ok()?;
    values.resize(length, number);
    Some(values)
}

/// An array that starts a number of bytes past the start of a page, in memory like that of an optimizer.
struct Placed<T> {
    values: Vec<T>,
    from: usize,
    length: usize,
}

impl<T: Real> Placed<T> {
    fn new(length: usize, offset: usize, number: T) -> Option<Self> {
        const PAGE: usize = 4096;
        let count = length + 2 * PAGE / size_of::<T>();
        let values = memory::filled(memory::reserve(count)?, count, number);
        let from = (PAGE + offset - values.as_ptr() as usize % PAGE) / size_of::<T>();
        Some(Self { values, from, length })
    }

    fn get(&mut self) -> &mut [T] {
        &mut self.values[self.from..][..self.length]
    }

    fn read(&self) -> &[T] {
        &self.values[self.from..][..self.length]
    }
}

/// Adds g to each of the others.
struct Traffic<'a, T>(&'a mut [T], &'a [T], &'a mut [T], &'a mut [T], &'a mut [T]);

impl<T: Real> Kernel for Traffic<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let whole = self.0.as_chunks_mut::<16>().0.iter_mut().zip(self.1.as_chunks::<16>().0);
        let whole = whole.zip(self.2.as_chunks_mut::<16>().0).zip(self.3.as_chunks_mut::<16>().0);
        for ((((x, g), m), v), h) in whole.zip(self.4.as_chunks_mut::<16>().0) {
            for array in [&*x, g, m, v, h] {
                fetch_ahead(array, AHEAD);
            }
            let [a, b, c, d, e] = [Pack(*x), Pack(*g), Pack(*m), Pack(*v), Pack(*h)];
            (*x, *m, *v, *h) = ((a + b).0, (c + b).0, (d + b).0, (e + b).0);
        }
    }
}

fn traffic<T: Real>(x: &mut [T], g: &[T], m: &mut [T], v: &mut [T], h: &mut [T]) {
    const CHUNK: usize = 1 << 15;
    if x.len() <= CHUNK {
        return accelerate(Traffic(x, g, m, v, h));
    }
    let moments = m.par_chunks_mut(CHUNK).zip(v.par_chunks_mut(CHUNK)).zip(h.par_chunks_mut(CHUNK));
    let chunks = x.par_chunks_mut(CHUNK).zip(g.par_chunks(CHUNK)).zip(moments);
    chunks.for_each(|((x, g), ((m, v), h))| accelerate(Traffic(x, g, m, v, h)));
}
