//! What several modules share.

use amsgrad::{Elementary, Real, State, VectorizedObjective};

/// Returns the bits of all numbers.
pub(crate) fn bits<T: Real>(numbers: &[T]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_f64().to_bits()).collect()
}

/// Returns the bits of everything in a state, in order.
pub(crate) fn state_bits<T: Real>(state: &State<T>) -> (u64, u64, Vec<Vec<u64>>) {
    let slots = state.slots.iter().map(|slot| bits(&slot.values)).collect();
    (state.step, state.beta_product.to_bits(), slots)
}

/// Returns numbers from -1 to 1 that differ with `salt`.
pub(crate) fn numbers<T: Real>(length: usize, salt: usize) -> Vec<T> {
    let number = |i: usize| ((i * 7919 + salt * 104_729) % 2003) as f64 / 1001.0 - 1.0;
    (0..length).map(|i| T::from_f64(number(i))).collect()
}

/// A bowl whose curvature and center differ by coordinate; coordinate 1 has no slope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bowl(pub(crate) usize);

impl VectorizedObjective for Bowl {
    fn dimension(&self) -> usize {
        self.0
    }

    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
        let mut value = N::constant(0.0);
        for (i, (x, slope)) in point.iter().zip(gradient).enumerate() {
            let curvature = if i == 1 { 0.0 } else { 0.5 + 0.25 * i as f64 };
            let distance = *x - N::constant(0.3 * i as f64 + 0.1);
            value = value + N::constant(curvature) * distance * distance;
            *slope = N::constant(2.0 * curvature) * distance;
        }
        value
    }
}
