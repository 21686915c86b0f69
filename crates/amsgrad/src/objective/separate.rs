//! Value and gradient from two closures.

use super::{Answer, Objective, ObjectiveError};
use crate::number::Real;

/// An objective whose value and gradient come from two closures.
///
/// Where both share work, one closure that gives both is faster.
///
/// ```
/// use amsgrad::{Minimizer, Separate};
///
/// let value = |x: &[f64]| (x[0] - 3.0) * (x[0] - 3.0);
/// let gradient = |x: &[f64], gradient: &mut [f64]| gradient[0] = 2.0 * (x[0] - 3.0);
/// let outcome = Minimizer::new(Separate::new(value, gradient)).start([2.9]).learning_rate(0.1).steps(500).run()?;
/// assert!((outcome.best.point[0] - 3.0).abs() < 1e-3);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Separate<V, G> {
    value: V,
    gradient: G,
}

impl<V, G> Separate<V, G> {
    /// Creates the objective from a closure for the value, `FnMut(&[T]) -> T` or `-> Result<T, E>`, and one that writes
    /// the gradient, `FnMut(&[T], &mut [T])`.
    pub fn new(value: V, gradient: G) -> Self {
        Self { value, gradient }
    }
}

impl<T, V, G, A> Objective<T> for Separate<V, G>
where
    T: Real,
    V: FnMut(&[T]) -> A,
    A: Answer<T>,
    G: FnMut(&[T], &mut [T]),
{
    #[inline]
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        let value = (self.value)(point).into_result()?;
        (self.gradient)(point, gradient);
        Ok(value)
    }
}
