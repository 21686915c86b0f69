//! Gradient descent: the rule the others are measured against.

use super::settings::settings;
use super::{Clock, Rule};
use crate::error::SettingError;
use crate::real::{Lane, Real};
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "x = x - alpha_t * g"
    };
}

/// Gradient descent: a step against the gradient, as long as the gradient says.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// Source: Cauchy 1847; PyTorch's `SGD` without momentum. Default: learning rate 0.01.
///
/// ```
/// use amsgrad::{GradientDescent, Optimizer};
///
/// let mut optimizer = Optimizer::new(GradientDescent::new(0.5));
/// let mut parameters = [1.0];
/// optimizer.step(&mut parameters, &[2.0])?;
/// assert_eq!(parameters, [0.0]);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradientDescent {
    /// alpha: finite, 0 or more. Default 0.01.
    pub learning_rate: Schedule,
}

impl Default for GradientDescent {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl GradientDescent {
    /// With this learning rate.
    #[must_use]
    pub fn new(learning_rate: impl Into<Schedule>) -> Self {
        Self { learning_rate: learning_rate.into() }
    }
}

impl Rule for GradientDescent {
    const NAME: &'static str = "gradient-descent";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Cauchy 1847; PyTorch's SGD without momentum";
    const SLOTS: &'static [&'static str] = &[];
    type Memory<L: Lane> = [L; 0];
    type Coefficients<L: Lane> = [L; 1];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    settings! { learning_rate }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")
    }

    #[inline]
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 1] {
        [clock.value(&self.learning_rate)]
    }

    #[inline(always)]
    fn step<L: Lane>([alpha]: [L; 1], x: L, g: L, _: &mut [L; 0]) -> L {
        (x - alpha * g).flushed()
    }

    fn largest_gradient<T: Real>() -> T {
        T::INFINITY.next_down()
    }
}
