//! What the rules are checked with.

use super::ways::Job;
use crate::number::Real;
use crate::random::Uniform;
use crate::transform::{Transform, WeightDecay};

pub(super) fn plain<'a, T>(x: &'a [T], gradients: &'a [Vec<T>]) -> Job<'a, T> {
    Job { transform: Transform::default(), from: None, x, gradients }
}

pub(super) fn transforms() -> Vec<Transform> {
    let decays = [WeightDecay::None, WeightDecay::L2(0.3), WeightDecay::Decoupled(0.3)];
    let both = |weight_decay| {
        [false, true].map(|maximize| Transform { maximize, weight_decay, ..Transform::default() })
    };
    decays.into_iter().flat_map(both).collect()
}

pub(super) fn decayed() -> Transform {
    Transform { maximize: true, weight_decay: WeightDecay::L2(0.1), ..Transform::default() }
}

pub(super) fn start<T: Real>(dimension: usize) -> Vec<T> {
    let mut uniform = Uniform::numpy(7);
    (0..dimension).map(|_| T::from_f64(2.0 * uniform.next() - 1.0)).collect()
}

/// Returns gradients of many sizes, with zeros of both signs, subnormal numbers and squares that underflow among them.
pub(super) fn hostile<T: Real>(steps: usize, dimension: usize) -> Vec<Vec<T>> {
    let mut uniform = Uniform::numpy(11);
    let mut number = |_| {
        let (kind, sign) = (uniform.next(), if uniform.next() < 0.5 { -1.0 } else { 1.0 });
        let size = match kind {
            ..0.1 => 0.0,
            ..0.2 => T::MIN_POSITIVE.to_f64() * uniform.next(),
            ..0.3 => T::MIN_POSITIVE.sqrt().to_f64() * uniform.next(),
            _ => libm::exp2(24.0 * uniform.next() - 12.0),
        };
        T::from_f64(sign * size)
    };
    (0..steps).map(|_| (0..dimension).map(&mut number).collect()).collect()
}
