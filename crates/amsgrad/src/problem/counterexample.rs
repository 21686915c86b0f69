//! The paper's counterexamples: linear functions that change from call to call, on which Adam goes the wrong way.

use crate::constraint::Bounds;
use crate::error::setting::{SettingError, check};
use crate::number::Real;
use crate::objective::{Objective, ObjectiveError};
use crate::online::LinearRegret;
use crate::random::Uniform;

/// A sequence of functions f_t(x) = c_t x of one variable on [-1, 1]: c_t is now and then large and positive, else
/// small and negative. On average it is positive, so the best fixed point is -1.
///
/// Call t of [`evaluate`](Objective::evaluate) is f_t, t counted from 1. A run's best value says nothing here, for every
/// step has a function of its own; look at the last point and at the regret. The sequence remembers every call, so lend
/// it to the run and ask it afterwards.
///
/// Source: Reddi, Kale, Kumar, "On the Convergence of Adam and Beyond", 2018, Section 3 and Figure 1.
///
/// ```
/// use amsgrad::objective::Slices;
/// use amsgrad::problem::Counterexample;
/// use amsgrad::{AmsGrad, Minimizer, Schedule};
///
/// let mut sequence = Counterexample::figure1();
/// let outcome = Minimizer::new::<Slices<f64>>(&mut sequence)
///     .rule(AmsGrad::new(Schedule::inverse_sqrt(1.0)).beta2(0.99).epsilon(0.0))
///     .within(Counterexample::domain())
///     .start([0.0])
///     .steps(100_000)
///     .run()?;
/// let last: f64 = outcome.last.point[0];
/// assert!(last < -0.9);
/// assert!(sequence.average_regret() < 0.25);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Counterexample {
    rare: f64,
    common: f64,
    when: When,
    regret: LinearRegret,
}

/// When the rare function comes.
#[derive(Clone, Debug)]
enum When {
    /// At calls 1, 1 + period, ...
    Every(u64),
    /// At each call with this probability.
    Randomly(f64, Uniform),
}

impl Counterexample {
    fn new(rare: f64, common: f64, when: When) -> Self {
        Self { rare, common, when, regret: LinearRegret::over(&Self::domain()) }
    }

    /// Section 3: f_t(x) = c x where t mod 3 = 1, else -x. With beta1 0 and beta2 1 / (1 + c^2) Adam goes to +1, the worst
    /// point.
    ///
    /// # Errors
    /// `c` is not finite, or not above 2.
    pub fn section3(c: f64) -> Result<Self, SettingError> {
        check(c.is_finite() && c > 2.0, "c", c, "a finite number above 2")?;
        Ok(Self::new(c, -1.0, When::Every(3)))
    }

    /// Figure 1, left and center: f_t(x) = 1010 x where t mod 101 = 1, else -10 x.
    #[must_use]
    pub fn figure1() -> Self {
        Self::new(1010.0, -10.0, When::Every(101))
    }

    /// Figure 1, right: f_t(x) = 1010 x with probability 0.01, else -10 x, drawn from [`Uniform::numpy`].
    #[must_use]
    pub fn figure1_stochastic(seed: u64) -> Self {
        Self::new(1010.0, -10.0, When::Randomly(0.01, Uniform::numpy(seed)))
    }

    /// Returns [-1, 1].
    #[must_use]
    pub fn domain() -> Bounds {
        Bounds::known(vec![(-1.0, 1.0)])
    }

    /// Returns the number of functions that have been evaluated.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.regret.rounds()
    }

    /// Returns R_t: the sum of f_t(x_t) over all calls so far, less that sum at the fixed point of [-1, 1] where it is
    /// least.
    #[must_use]
    pub fn regret(&self) -> f64 {
        self.regret.total()
    }

    /// Returns R_t / t; 0 before the first call.
    #[must_use]
    pub fn average_regret(&self) -> f64 {
        self.regret.average()
    }

    fn next_slope(&mut self) -> f64 {
        let rare = match &mut self.when {
            When::Every(period) => self.regret.rounds().is_multiple_of(*period),
            When::Randomly(probability, stream) => stream.next() < *probability,
        };
        if rare { self.rare } else { self.common }
    }
}

impl<T: Real> Objective<T> for Counterexample {
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        let ([x], [slope]) = (point, gradient) else {
            return Err(ObjectiveError::new("a counterexample has 1 variable"));
        };
        let (c, at) = (self.next_slope(), x.to_f64());
        self.regret.add(&[at], c * at, &[c]);
        *slope = T::from_f64(c);
        Ok(*slope * *x)
    }

    fn dimension(&self) -> Option<usize> {
        Some(1)
    }
}

/// Lent to a run, to be asked afterwards.
impl<T: Real> Objective<T> for &mut Counterexample {
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        (**self).evaluate(point, gradient)
    }

    fn dimension(&self) -> Option<usize> {
        Some(1)
    }
}
