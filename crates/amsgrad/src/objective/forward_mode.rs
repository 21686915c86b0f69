//! Exact gradients of closures written over dual numbers.

use num_dual::{Dual, DualNumFloat};

use super::{Cost, Objective, ObjectiveError};
use crate::number::Real;

/// An objective from a closure over dual numbers, a + b * e with e^2 = 0, which carry a derivative along with every value.
///
/// Exact to rounding, without a step to choose, and never off the point, so with any constraint. A gradient takes n
/// evaluations of the closure in dual numbers (forward mode), each of about the cost of two or three values: right for
/// up to some tens of variables. Write the function generically over [`num_dual::DualNum`] to use it with plain numbers
/// too. Elementary functions are the standard library's here, so their last bits may change with the machine.
///
/// Needs the feature `dual`.
///
/// ```
/// use amsgrad::{ForwardMode, Minimizer, num_dual::{Dual64, DualNumCopy}};
///
/// fn valley<D: DualNumCopy<Primitive = f64>>(x: &[D]) -> D {
///     let (a, b) = (x[0] - 1.0, x[1] - x[0] * x[0]);
///     a * a + b * b * 2.0
/// }
///
/// let outcome = Minimizer::new(ForwardMode::new(|x: &[Dual64]| valley(x)))
///     .start([-1.0, 2.0])
///     .learning_rate(0.05)
///     .steps(10_000)
///     .gradient_tolerance(1e-8)
///     .run()?;
/// assert!(outcome.status.is_converged());
/// assert!((outcome.best.point[1] - 1.0).abs() < 1e-6);
/// assert_eq!(valley(&[1.0_f64, 1.0]), 0.0);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ForwardMode<V, T> {
    value: V,
    point: Vec<Dual<T>>,
}

impl<V, T> ForwardMode<V, T> {
    /// Creates the objective from a closure `FnMut(&[Dual<T>]) -> Dual<T>`.
    pub fn new(value: V) -> Self
    where
        V: FnMut(&[Dual<T>]) -> Dual<T>,
    {
        Self { value, point: Vec::new() }
    }
}

impl<V, T> Objective<T> for ForwardMode<V, T>
where
    T: Real + DualNumFloat,
    V: FnMut(&[Dual<T>]) -> Dual<T>,
{
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        self.point.clear();
        self.point.extend(point.iter().map(|x| Dual::from_re(*x)));
        if gradient.is_empty() {
            return Ok((self.value)(&self.point).re);
        }
        let mut value = T::default();
        for (i, component) in gradient.iter_mut().enumerate() {
            self.point[i].eps = T::constant(1.0);
            let dual = (self.value)(&self.point);
            self.point[i].eps = T::default();
            (value, *component) = (dual.re, dual.eps);
        }
        Ok(value)
    }

    fn cost(&self, dimension: usize) -> Cost {
        Cost { values: dimension.max(1) as u64, gradients: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_dual::DualNum;

    #[test]
    fn derivatives_are_exact() {
        let mut objective = ForwardMode::new(|x: &[Dual<f32>]| (x[0] * x[1]).sin() + x[1].exp());
        let mut gradient = [0.0; 2];
        let value = objective.evaluate(&[0.5, 2.0], &mut gradient).unwrap();
        assert!((value - (1.0_f32.sin() + 2.0_f32.exp())).abs() < 1e-6);
        assert!((gradient[0] - 2.0 * 1.0_f32.cos()).abs() < 1e-6);
        assert!((gradient[1] - (0.5 * 1.0_f32.cos() + 2.0_f32.exp())).abs() < 1e-6);
        assert_eq!(Objective::<f32>::cost(&objective, 2), Cost { values: 2, gradients: 1 });
        assert_eq!(
            ForwardMode::new(|_: &[Dual<f64>]| Dual::from_re(3.0)).evaluate(&[], &mut []).unwrap(),
            3.0
        );
    }
}
