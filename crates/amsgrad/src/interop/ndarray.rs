//! The vectors of `ndarray`.
//!
//! A point that was found is a `Vec`, of which `Array1::from` makes an array without a copy, and an
//! [`Optimizer`](crate::Optimizer) takes the slices of arrays that lie in one piece:
//!
//! ```
//! use amsgrad::{AmsGrad, Optimizer};
//! use ndarray::array;
//!
//! let mut optimizer = Optimizer::new(AmsGrad::new(0.1));
//! let mut weights = array![[1.0_f32, -2.0], [3.0, 4.0]];
//! let gradients = &weights * 2.0;
//! if let (Some(weights), Some(gradients)) = (weights.as_slice_mut(), gradients.as_slice()) {
//!     optimizer.step([(weights, gradients)])?;
//! }
//! assert!(weights[[0, 0]] < 1.0 && weights[[0, 1]] > -2.0);
//! # Ok::<(), amsgrad::Error>(())
//! ```

use ::ndarray::{Array1, ArrayView1};

use super::{GradientLength, hand_over};
use crate::number::Real;
use crate::start::Start;

/// Creates an objective for a [`Minimizer`](crate::Minimizer) from a closure that returns value and gradient.
///
/// Each call makes an array; to avoid that, write a closure of slices and look at these through `ArrayView1::from` and
/// `ArrayViewMut1::from`.
///
/// ```
/// use amsgrad::Minimizer;
/// use amsgrad::interop::ndarray::objective;
/// use ndarray::{Array1, ArrayView1, array};
///
/// let target = array![3.0, -1.0];
/// let distance = objective(|x: ArrayView1<'_, f64>| {
///     let difference = &x - &target;
///     (difference.dot(&difference), 2.0 * difference)
/// });
/// let outcome = Minimizer::new(distance)
///     .start(array![0.0, 0.0])
///     .learning_rate(0.1)
///     .gradient_tolerance(1e-6)
///     .steps(5000)
///     .run()?;
/// assert!(outcome.status.is_converged());
/// let best = Array1::from(outcome.best.point);
/// assert!((best - &target).iter().all(|difference| difference.abs() < 1e-6));
/// # Ok::<(), amsgrad::Error>(())
/// ```
pub fn objective<T, F>(mut function: F) -> impl FnMut(&[T], &mut [T]) -> Result<T, GradientLength>
where
    T: Real,
    F: FnMut(ArrayView1<'_, T>) -> (T, Array1<T>),
{
    move |point, gradient| {
        let (value, answer) = function(ArrayView1::from(point));
        hand_over(answer.iter(), gradient)?;
        Ok(value)
    }
}

impl From<Array1<f64>> for Start {
    fn from(point: Array1<f64>) -> Self {
        Self::Point(point.to_vec())
    }
}

impl From<ArrayView1<'_, f64>> for Start {
    fn from(point: ArrayView1<'_, f64>) -> Self {
        Self::Point(point.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Minimizer, Status};
    use ::ndarray::{array, s};

    #[test]
    fn arrays_with_gaps_and_a_wrong_length() {
        let sparse = array![1.0, 9.0, -2.0, 9.0];
        let view = sparse.slice(s![..;2]);
        assert_eq!(Start::from(view), Start::from([1.0, -2.0]));
        assert_eq!(Start::from(view.to_owned()), Start::from([1.0, -2.0]));
        let gaps = |x: ArrayView1<'_, f32>| {
            (x.dot(&x), array![2.0 * x[0], 9.0, 2.0 * x[1], 9.0].slice_move(s![..;2]))
        };
        let outcome =
            Minimizer::new(objective(gaps)).learning_rate(0.001).start(view).steps(3).run().unwrap();
        let slices = |x: &[f32], gradient: &mut [f32]| {
            gradient.iter_mut().zip(x).for_each(|(g, x)| *g = 2.0 * x);
            x[0] * x[0] + x[1] * x[1]
        };
        let expected = Minimizer::new(slices).learning_rate(0.001).start(view).steps(3).run().unwrap();
        assert_eq!(outcome.last.point, expected.last.point);

        let short = |_: ArrayView1<'_, f64>| (1.0, array![1.0]);
        let outcome = Minimizer::new(objective(short)).learning_rate(0.001).start(view).run().unwrap();
        let Status::ObjectiveFailed(error) = outcome.status else { panic!("{}", outcome.status) };
        assert_eq!(
            error.to_string(),
            "the objective failed: the gradient has 1 components; allowed: 2, one for each variable"
        );
    }
}
