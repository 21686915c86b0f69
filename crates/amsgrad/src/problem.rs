//! Test problems: functions with known minima, and the sequences on which Adam fails.
//!
//! ```
//! use amsgrad::problem::Problem;
//! use amsgrad::{VectorizedObjective, Minimizer, Start};
//!
//! let problem = Problem::named("rosenbrock", 3)?;
//! let outcome = Minimizer::new(problem)
//!     .within(problem.domain())
//!     .start(Start::seed(1))
//!     .learning_rate(0.1)
//!     .steps(20_000)
//!     .run::<f64>()?;
//! let above = outcome.best.value - problem.minimum().unwrap_or(f64::NAN);
//! assert!(above < 1e-9);
//! # Ok::<(), amsgrad::Error>(())
//! ```

use core::ops::RangeInclusive;

use crate::constraint::Bounds;
use crate::error::setting::SettingError;
use crate::number::Elementary;
use crate::objective::{ConcreteObjective, VectorizedObjective, concrete_objective};

mod counterexample;
mod function;
mod minima;
mod plane;
mod space;

pub use counterexample::Counterexample;
pub use function::Function;

/// A [`Function`] of a number of variables.
///
/// ```
/// use amsgrad::problem::{Function, Problem};
///
/// let problem = Problem::new(Function::Himmelblau, 2)?;
/// assert_eq!(problem.name(), "himmelblau");
/// assert_eq!(problem.formula(), "(x^2 + y - 11)^2 + (x + y^2 - 7)^2");
/// assert_eq!(problem.minimum(), Some(0.0));
/// assert_eq!(problem.minimizers().len(), 4);
///
/// let error = Problem::named("himelblau", 2).unwrap_err();
/// assert!(error.to_string().starts_with("problem is himelblau; allowed: himmelblau, or another of sphere, "));
/// let error = Problem::named("himmelblau", 3).unwrap_err();
/// assert_eq!(error.to_string(), "the dimension of himmelblau is 3; allowed: 2");
/// # Ok::<(), amsgrad::error::SettingError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    function: Function,
    dimension: usize,
}

impl Problem {
    /// Creates the problem of this function of `dimension` variables.
    ///
    /// # Errors
    /// The function has no such dimension, [`Function::dimensions`].
    pub fn new(function: Function, dimension: usize) -> Result<Self, SettingError> {
        let allowed = function.dimensions();
        if allowed.contains(&dimension) {
            return Ok(Self { function, dimension });
        }
        let allowed = match allowed.start() == allowed.end() {
            true => allowed.start().to_string(),
            false => format!("from {} to {}", allowed.start(), allowed.end()),
        };
        Err(SettingError::new(format!("the dimension of {function}"), dimension, allowed))
    }

    /// Creates the problem of the function called `name`, of `dimension` variables.
    ///
    /// # Errors
    /// There is no such function; the error names the nearest. Or it has no such dimension.
    pub fn named(name: &str, dimension: usize) -> Result<Self, SettingError> {
        Self::new(name.parse()?, dimension)
    }

    /// Returns the function.
    #[must_use]
    pub fn function(&self) -> Function {
        self.function
    }

    /// Returns the name, as it is parsed and printed.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.function.name()
    }

    /// Returns the formula, as it could be typed.
    #[must_use]
    pub fn formula(&self) -> &'static str {
        self.function.formula()
    }

    /// Returns where the function comes from.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.function.source()
    }

    /// Returns the numbers of variables the function may have.
    #[must_use]
    pub fn dimensions(&self) -> RangeInclusive<usize> {
        self.function.dimensions()
    }

    /// Returns where it is minimized in the literature. The function itself is defined everywhere.
    #[must_use]
    pub fn domain(&self) -> Bounds {
        let (first, other) = self.function.sides();
        Bounds::known((0..self.dimension).map(|i| if i == 0 { first } else { other }).collect())
    }

    /// Returns the least value in the domain, right to the last bit or the one beside it; `None` where it is not known,
    /// for Michalewicz beyond 10 variables.
    #[must_use]
    pub fn minimum(&self) -> Option<f64> {
        minima::minimum(self.function, self.dimension)
    }

    /// Returns every point of the domain with the least value, each coordinate right to the last bit or the one beside
    /// it; empty where they are not known.
    #[must_use]
    pub fn minimizers(&self) -> Vec<Vec<f64>> {
        minima::minimizers(self.function, self.dimension)
    }
}

impl VectorizedObjective for Problem {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        self.in_any(point, gradient, scratch)
    }
}

impl Problem {
    #[inline(always)]
    fn compute<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        self.function.evaluate(point, gradient, scratch)
    }
}

concrete_objective!(Problem: compute);
