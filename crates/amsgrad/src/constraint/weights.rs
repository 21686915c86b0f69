//! The weights of a projection.

use crate::number::Real;

/// A weight for each coordinate, scaled by one power of two so that the largest and the smallest are as far from 1.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    numbers: Vec<f64>,
}

/// Weights are kept between 2^-538 and 2^538, a ratio that no rule's denominators exceed: products of weights with
/// coordinates then neither overflow nor vanish.
const FARTHEST: i32 = 538;

impl Weights {
    pub(super) fn new(dimension: usize) -> Self {
        Self { numbers: vec![1.0; dimension] }
    }

    /// Sets every weight to 1: the Euclidean norm.
    pub(super) fn set_equal(&mut self) {
        self.numbers.fill(1.0);
    }

    /// Sets these weights; where one is negative or not finite, or all are 0, every weight is 1.
    pub(super) fn set<T: Real>(&mut self, weights: impl Iterator<Item = T>) {
        let (mut smallest, mut largest, mut good) = (f64::INFINITY, 0.0_f64, true);
        for (number, weight) in self.numbers.iter_mut().zip(weights) {
            *number = weight.to_f64();
            good &= number.is_finite() && *number >= 0.0;
            largest = largest.max(*number);
            if *number > 0.0 {
                smallest = smallest.min(*number);
            }
        }
        if !good || largest == 0.0 {
            return self.set_equal();
        }
        let shift = -(libm::ilogb(smallest) + libm::ilogb(largest)) / 2;
        let (low, high) = (libm::scalbn(1.0, -FARTHEST), libm::scalbn(1.0, FARTHEST));
        for number in self.numbers.iter_mut().filter(|number| **number > 0.0) {
            *number = libm::scalbn(*number, shift).clamp(low, high);
        }
    }

    pub(super) fn as_slice(&self) -> &[f64] {
        &self.numbers
    }

    /// Returns whether some coordinate has the weight 0 and is to be held.
    pub(super) fn hold_some(&self) -> bool {
        self.numbers.contains(&0.0)
    }

    /// Returns whether all weights are the same, so that the norm is the Euclidean one.
    pub(super) fn are_equal(&self) -> bool {
        self.numbers.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// Returns the power of two that brings `size` to between 1 and 2, as far as squares of it neither overflow nor vanish.
pub(super) fn scale(size: f64) -> f64 {
    if size > 0.0 { libm::scalbn(1.0, -libm::ilogb(size).clamp(-1000, 1000)) } else { 1.0 }
}

/// Returns the same, but small enough to keep `largest` below 2^401.
pub(super) fn scale_beside(size: f64, largest: f64) -> f64 {
    if largest > 0.0 { scale(size).min(libm::scalbn(1.0, 400 - libm::ilogb(largest))) } else { scale(size) }
}
