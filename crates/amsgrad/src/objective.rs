//! What is minimized: a function that answers with its value and its gradient in one call.

use core::ops::DerefMut;
use std::error::Error;

use crate::constraint::Constraint;
use crate::number::Real;

mod concrete;
pub(crate) mod error;
pub(crate) mod finite_difference;
mod finite_sum;
#[cfg(feature = "dual")]
mod forward_mode;
mod separate;
mod vectorized;

#[doc(hidden)]
pub use concrete::{ConcreteObjective, concrete_objective};
pub use error::ObjectiveError;
pub use finite_difference::FiniteDifference;
pub use finite_sum::FiniteSum;
#[cfg(feature = "dual")]
pub use forward_mode::ForwardMode;
pub use separate::Separate;
pub use vectorized::{Vectorized, VectorizedObjective};

/// A function of many variables that writes its gradient and returns its value, in one call.
///
/// Every closure `FnMut(&[T], &mut [T]) -> T` is one, and so is one that returns `Result<T, E>`: an error ends the run
/// with the best point so far. The gradient holds the last call's numbers, or zeros, when the objective is called.
///
/// ```
/// use amsgrad::Minimizer;
/// use std::num::ParseFloatError;
///
/// let measured = ["1.5", "2.5"];
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| -> Result<f64, ParseFloatError> {
///     let (mut value, n) = (0.0, measured.len() as f64);
///     gradient[0] = 0.0;
///     for text in measured {
///         let difference = x[0] - text.parse::<f64>()?;
///         value += difference * difference / n;
///         gradient[0] += 2.0 * difference / n;
///     }
///     Ok(value)
/// })
/// .start([0.0])
/// .learning_rate(0.1)
/// .gradient_tolerance(1e-6)
/// .steps(2000)
/// .run()?;
/// assert!((outcome.best.point[0] - 2.0).abs() < 1e-6);
/// # Ok::<(), amsgrad::Error>(())
/// ```
pub trait Objective<T: Real> {
    /// Returns the value at `point`; the gradient is written to `gradient`, which is as long as `point`.
    ///
    /// # Errors
    /// Whatever the function itself fails with.
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError>;

    /// Returns the number of variables, where the objective knows it.
    fn dimension(&self) -> Option<usize> {
        None
    }

    /// Is told once before a run where every evaluation is to stay. An objective that evaluates at points besides those
    /// it is asked for keeps them inside.
    ///
    /// # Errors
    /// It cannot.
    fn prepare(&mut self, constraint: &Constraint) -> Result<(), crate::Error> {
        let _ = constraint;
        Ok(())
    }

    /// Returns what one call of [`evaluate`](Objective::evaluate) at a point of `dimension` numbers costs.
    fn cost(&self, dimension: usize) -> Cost {
        let _ = dimension;
        Cost { values: 1, gradients: 1 }
    }

    /// Is told once at the beginning of a run how many examples of a finite sum have been looked at before: 0, or more where
    /// the run resumes another.
    fn begin(&mut self, examples: u64) {
        let _ = examples;
    }

    /// Returns what the next call looks at of a finite sum.
    fn examples(&self) -> Examples {
        Examples::default()
    }
}

/// What [`Minimizer::new`](crate::Minimizer::new) takes: an [`Objective`], such as a closure, or a [`VectorizedObjective`].
///
/// `Kind` tells the two apart; it is inferred.
pub trait IntoObjective<Kind> {
    /// What the minimizer holds.
    type Objective;

    /// Returns it.
    fn into_objective(self) -> Self::Objective;
}

/// The kind of an [`Objective`] over slices of `T`.
#[derive(Clone, Copy, Debug)]
pub struct Slices<T>(core::marker::PhantomData<T>);

/// The kind of a [`VectorizedObjective`].
#[derive(Clone, Copy, Debug)]
pub struct Packs;

impl<T: Real, O: Objective<T>> IntoObjective<Slices<T>> for O {
    type Objective = O;

    fn into_objective(self) -> O {
        self
    }
}

/// An objective behind a pointer: a borrow that lends it to a run, or a box.
pub(crate) struct Behind<P>(pub(crate) P);

/// An objective of any type, so that what runs it is compiled once for all.
pub(crate) type Boxed<'a, T> = Behind<Box<dyn Objective<T> + 'a>>;

impl<T: Real, P: DerefMut<Target: Objective<T>>> Objective<T> for Behind<P> {
    #[inline]
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        self.0.evaluate(point, gradient)
    }

    fn dimension(&self) -> Option<usize> {
        self.0.dimension()
    }

    fn prepare(&mut self, constraint: &Constraint) -> Result<(), crate::Error> {
        self.0.prepare(constraint)
    }

    fn cost(&self, dimension: usize) -> Cost {
        self.0.cost(dimension)
    }

    fn begin(&mut self, examples: u64) {
        self.0.begin(examples);
    }

    #[inline]
    fn examples(&self) -> Examples {
        self.0.examples()
    }
}

/// What an evaluation costs: how many values of the function, and how many gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Values computed.
    pub values: u64,
    /// Gradients computed.
    pub gradients: u64,
}

/// The examples of a finite sum; none where the objective is no such sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Examples {
    /// How many the next call of [`Objective::evaluate`] looks at.
    pub next: u64,
    /// How many there are.
    pub all: u64,
}

impl<T, F, A> Objective<T> for F
where
    T: Real,
    F: FnMut(&[T], &mut [T]) -> A,
    A: Answer<T>,
{
    #[inline]
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        self(point, gradient).into_result()
    }
}

/// What an objective's closure may return: a number, or a `Result` with a number.
pub trait Answer<T> {
    /// Returns the number, or the error.
    ///
    /// # Errors
    /// The closure's own.
    fn into_result(self) -> Result<T, ObjectiveError>;
}

impl Answer<f64> for f64 {
    #[inline]
    fn into_result(self) -> Result<f64, ObjectiveError> {
        Ok(self)
    }
}

impl Answer<f32> for f32 {
    #[inline]
    fn into_result(self) -> Result<f32, ObjectiveError> {
        Ok(self)
    }
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> Answer<T> for Result<T, E> {
    #[inline]
    fn into_result(self) -> Result<T, ObjectiveError> {
        self.map_err(ObjectiveError::new)
    }
}
