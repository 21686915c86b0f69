//! AdamNC, the other repair of Adam in AMSGrad's paper: a beta2 that grows.

use super::settings::{setters, settings};
use super::{Adam, Clock, Rule};
use crate::error::{SettingError, check_nonnegative};
use crate::real::Lane;
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "\
m = beta1_t * m + (1 - beta1_t) * g
v = (1 - 1/t) * v + 1/t * g * g
x = x - (alpha_t * m) / (sqrt(v) + epsilon)"
    };
}

/// AdamNC: Adam whose second moment is the mean of all squared gradients so far, beta2_t = 1 - 1/t.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// Where the denominator is 0, x does not move. With the learning rate alpha / sqrt(t) of the paper this is AdaGrad with
/// momentum. Source: Reddi, Kale, Kumar, "On the Convergence of Adam and Beyond", 2018, Algorithm 3 and Corollary 2,
/// where epsilon is 0.
///
/// Defaults, AMSGrad's: learning rate 0.001, beta1 0.9, epsilon 1e-8.
///
/// ```
/// use amsgrad::{AdamNc, Optimizer, Schedule};
///
/// let mut optimizer = Optimizer::new(AdamNc::new(Schedule::inverse_sqrt(0.1)));
/// let mut parameters = [1.0, 1.0];
/// optimizer.step(&mut parameters, &[3.0, 1.0])?;
/// optimizer.step(&mut parameters, &[5.0, 1.0])?;
/// assert_eq!(optimizer.state().slot("v"), Some(&[17.0, 1.0][..])); // (9 + 25) / 2
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AdamNc {
    /// alpha: finite, 0 or more. Default 0.001.
    pub learning_rate: Schedule,
    /// The decay of the first moment, from 0 up to 1. Default 0.9.
    pub beta1: Schedule,
    /// What keeps the denominator from 0; 0 or more. Default 1e-8.
    pub epsilon: f64,
}

impl Default for AdamNc {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl AdamNc {
    /// The defaults with this learning rate.
    #[must_use]
    pub fn new(learning_rate: impl Into<Schedule>) -> Self {
        Self { learning_rate: learning_rate.into(), beta1: Schedule::Constant(0.9), epsilon: 1e-8 }
    }

    setters! {
        /// With this decay of the first moment.
        beta1: impl Into<Schedule>;
        /// With this epsilon.
        epsilon: f64;
    }
}

impl Rule for AdamNc {
    const NAME: &'static str = "adamnc";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Reddi, Kale, Kumar 2018, Algorithm 3";
    const SLOTS: &'static [&'static str] = Adam::SLOTS;
    type Memory<L: Lane> = [L; 2];
    type Coefficients<L: Lane> = [L; 6];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    fn beta1(&self) -> Option<&Schedule> {
        Some(&self.beta1)
    }

    settings! { learning_rate, beta1, epsilon }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")?;
        self.beta1.validate_decay("beta1")?;
        check_nonnegative("epsilon", self.epsilon)
    }

    #[inline]
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 6] {
        let (alpha, beta1) = (clock.value(&self.learning_rate), clock.value(&self.beta1));
        let share = 1.0 / clock.step().max(1) as f64;
        [beta1, 1.0 - beta1, 1.0 - share, share, alpha, self.epsilon]
    }

    #[inline(always)]
    fn step<L: Lane>(coefficients: [L; 6], x: L, g: L, memory: &mut [L; 2]) -> L {
        Adam::step(coefficients, x, g, memory)
    }

    #[inline(always)]
    fn weight<L: Lane>(coefficients: [L; 6], memory: [L; 2]) -> L {
        Adam::weight(coefficients, memory)
    }
}
