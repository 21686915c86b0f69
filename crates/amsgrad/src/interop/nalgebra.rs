//! The vectors of `nalgebra`.
//!
//! A point that was found is a `Vec`, of which `DVector::from` makes a vector without a copy, and an
//! [`Optimizer`](crate::Optimizer) takes the slices of vectors and matrices:
//!
//! ```
//! use amsgrad::{AmsGrad, Optimizer};
//! use nalgebra::Matrix2;
//!
//! let mut optimizer = Optimizer::new(AmsGrad::new(0.1));
//! let mut weights = Matrix2::new(1.0_f32, -2.0, 3.0, 4.0);
//! let gradients = weights * 2.0;
//! optimizer.step([(weights.as_mut_slice(), gradients.as_slice())])?;
//! assert!(weights[(0, 0)] < 1.0 && weights[(0, 1)] > -2.0);
//! # Ok::<(), amsgrad::Error>(())
//! ```

use ::nalgebra::{DVector, DVectorView, SVector};

use super::{GradientLength, hand_over};
use crate::number::Real;
use crate::start::Start;

/// Creates an objective for a [`Minimizer`](crate::Minimizer) from a closure that returns value and gradient.
///
/// Each call makes a vector; to avoid that, write a closure of slices and look at these through
/// `DVectorView::from_slice` and `DVectorViewMut::from_slice`.
///
/// ```
/// use amsgrad::Minimizer;
/// use amsgrad::interop::nalgebra::objective;
/// use nalgebra::{DVector, DVectorView};
///
/// let target = DVector::from(vec![3.0, -1.0]);
/// let distance = objective(|x: DVectorView<'_, f64>| {
///     let difference = x - &target;
///     (difference.dot(&difference), 2.0 * difference)
/// });
/// let outcome = Minimizer::new(distance)
///     .start(DVector::zeros(2))
///     .learning_rate(0.1)
///     .gradient_tolerance(1e-6)
///     .steps(5000)
///     .run()?;
/// assert!(outcome.status.is_converged());
/// let best = DVector::from(outcome.best.point);
/// assert!((best - target).amax() < 1e-6);
/// # Ok::<(), amsgrad::Error>(())
/// ```
pub fn objective<T, F>(mut function: F) -> impl FnMut(&[T], &mut [T]) -> Result<T, GradientLength>
where
    T: Real,
    F: FnMut(DVectorView<'_, T>) -> (T, DVector<T>),
{
    move |point, gradient| {
        let (value, answer) = function(DVectorView::from_slice(point, point.len()));
        hand_over(answer.as_slice().iter(), gradient)?;
        Ok(value)
    }
}

impl From<DVector<f64>> for Start {
    fn from(point: DVector<f64>) -> Self {
        Self::Point(point.as_slice().into())
    }
}

impl<const N: usize> From<SVector<f64, N>> for Start {
    fn from(point: SVector<f64, N>) -> Self {
        Self::Point(point.as_slice().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Minimizer, Status};

    #[test]
    fn starts_and_a_wrong_length() {
        assert_eq!(Start::from(DVector::from(vec![1.0, -2.0])), Start::from([1.0, -2.0]));
        let start = SVector::from([1.0, -2.0]);
        assert_eq!(Start::from(start), Start::from([1.0, -2.0]));
        let single = |x: DVectorView<'_, f32>| (x.dot(&x), 2.0_f32 * x);
        let outcome = Minimizer::new(objective(single)).start(start).learning_rate(0.1).run().unwrap();
        assert!(outcome.best.value < 1e-3);

        let short = |_: DVectorView<'_, f64>| (1.0, DVector::from(vec![1.0]));
        let outcome = Minimizer::new(objective(short)).learning_rate(0.001).start(start).run().unwrap();
        assert!(matches!(outcome.status, Status::ObjectiveFailed(_)), "{}", outcome.status);
    }
}
