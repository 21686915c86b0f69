//! A small problem's memory taken out of the engine, into registers.

use core::hint::cold_path;

use super::Engine;
use crate::real::{Array, Lane, Real, Watched};
use crate::rule::{Clock, QuickClock, Rule, rounded};

/// The memory of N coordinates, and a clock that makes no calls.
///
/// Every function here is inlined: what is lent to a call, be it before or after the loop, stays in memory all along.
pub(crate) struct Few<T: Real, R: Rule, const N: usize> {
    clock: QuickClock,
    memory: R::Memory<Watched<T, N>>,
    /// The product of beta1 after the last step made.
    beta_product: f64,
}

impl<T: Real, R: Rule, const N: usize> Few<T, R, N> {
    /// One step, or `None` where it is for the engine to make: the clock does not know the coefficients, or the point is not
    /// finite after it.
    #[inline(always)]
    pub(crate) fn step(&mut self, rule: &R, x: [T; N], gradient: [T; N]) -> Option<[T; N]> {
        self.clock.advance();
        let coefficients = rule.coefficients(&mut self.clock);
        if self.clock.is_lost() {
            return None;
        }
        let mut memory = self.memory;
        let watched =
            R::step(rounded::<R, _>(coefficients), Watched::new(x), Watched::new(gradient), &mut memory);
        let mut moved = watched.numbers;
        if memory.as_slice().iter().any(Watched::is_rare) || watched.is_rare() {
            cold_path();
            let mut parts = split::<T, R, N>(&self.memory);
            for i in 0..N {
                moved[i] = R::step(rounded::<R, T>(coefficients), x[i], gradient[i], &mut parts[i]);
            }
            memory = joined::<T, R, N>(&parts);
        }
        let most = T::INFINITY.next_down();
        if !moved.iter().fold(true, |all, x| all & (x.abs() <= most)) {
            return None;
        }
        self.memory = Array::from_fn(|slot| Watched::new(memory.as_slice()[slot].numbers));
        self.beta_product = self.clock.beta_product();
        Some(moved)
    }
}

impl<T: Real, R: Rule> Engine<T, R> {
    /// What the engine, which has made a step at least, holds of its N coordinates.
    #[inline(always)]
    pub(crate) fn few<const N: usize>(&self) -> Few<T, R, N> {
        let memory: [R::Memory<T>; N] = core::array::from_fn(|i| self.memory[i]);
        let clock = self.clock.quick();
        Few { beta_product: clock.beta_product(), clock, memory: joined::<T, R, N>(&memory) }
    }

    /// Takes it back after so many steps.
    #[inline(always)]
    pub(crate) fn put<const N: usize>(&mut self, few: Few<T, R, N>, steps: u64) {
        self.clock.catch_up(few.clock, steps, few.beta_product);
        self.memory.copy_from_slice(&split::<T, R, N>(&few.memory));
    }
}

/// The memory of coordinates side by side.
#[inline(always)]
fn joined<T: Real, R: Rule, const N: usize>(memory: &[R::Memory<T>; N]) -> R::Memory<Watched<T, N>> {
    Array::from_fn(|slot| Lane::from_fn(|i| memory[i].as_slice()[slot]))
}

/// The memory of each coordinate.
#[inline(always)]
fn split<T: Real, R: Rule, const N: usize>(memory: &R::Memory<Watched<T, N>>) -> [R::Memory<T>; N] {
    core::array::from_fn(|i| Array::from_fn(|slot| memory.as_slice()[slot].numbers[i]))
}
