//! Objectives written once for one point and for packs of points.

use core::slice::from_mut;

use super::{IntoObjective, Objective, ObjectiveError, Packs};
use crate::memory::same_mut;
use crate::number::{Elementary, Real};

/// An objective written once over [`Elementary`], so that one start, and a batch of starts in packs, run the same code.
///
/// Named test problems and typed formulas are such objectives; a closure of slices is not.
///
/// ```
/// use amsgrad::{Elementary, Minimizer, VectorizedObjective};
///
/// struct Sphere(usize);
///
/// impl VectorizedObjective for Sphere {
///     fn dimension(&self) -> usize {
///         self.0
///     }
///     fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
///         let mut value = N::constant(0.0);
///         for (x, component) in point.iter().zip(gradient) {
///             value = value + *x * *x;
///             *component = N::constant(2.0) * *x;
///         }
///         value
///     }
/// }
///
/// let outcome = Minimizer::new(Sphere(3)).learning_rate(0.001).start([1.0, 2.0, 3.0]).steps(10).run::<f32>()?;
/// assert!(outcome.best.value < 14.0);
/// # Ok::<(), amsgrad::Error>(())
/// ```
pub trait VectorizedObjective: Sync {
    /// Returns the number of variables.
    fn dimension(&self) -> usize;

    /// Returns the value at `point` and writes the gradient. Both slices hold [`dimension`](Self::dimension) numbers.
    ///
    /// `scratch` belongs to the objective between calls: it may be resized and filled at will, and keeps its
    /// memory so that evaluating again allocates nothing. It starts empty.
    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N;
}

/// Lent to a run, to be used again.
impl<P: VectorizedObjective> VectorizedObjective for &P {
    fn dimension(&self) -> usize {
        (**self).dimension()
    }

    #[inline(always)]
    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        (**self).evaluate(point, gradient, scratch)
    }
}

/// A [`VectorizedObjective`] as an [`Objective`] of one point in either number type;
/// [`Minimizer::new`](crate::Minimizer::new) makes it.
#[derive(Clone, Debug)]
pub struct Vectorized<P> {
    objective: P,
    f32: Vec<f32>,
    f64: Vec<f64>,
}

impl<P> Vectorized<P> {
    /// Wraps `objective`.
    pub fn new(objective: P) -> Self {
        Self { objective, f32: Vec::new(), f64: Vec::new() }
    }

    /// Returns the objective itself.
    pub fn get(&self) -> &P {
        &self.objective
    }
}

impl<P: VectorizedObjective, T: Real> Objective<T> for Vectorized<P> {
    #[inline]
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        let in_f64 = same_mut(from_mut(&mut self.f64));
        match in_f64.or_else(|| same_mut(from_mut(&mut self.f32))) {
            Some([scratch]) => Ok(self.objective.evaluate(point, gradient, scratch)),
            _ => unreachable!("f32 and f64 are all the number types there are"),
        }
    }

    fn dimension(&self) -> Option<usize> {
        Some(self.objective.dimension())
    }
}

impl<P: VectorizedObjective> IntoObjective<Packs> for P {
    type Objective = Vectorized<P>;

    fn into_objective(self) -> Vectorized<P> {
        Vectorized::new(self)
    }
}
