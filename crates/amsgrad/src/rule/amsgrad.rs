//! AMSGrad, in every dialect.

use super::settings::{setters, settings};
use super::{Clock, Rule};
use crate::dialect::Dialect;
use crate::error::{SettingError, check_decay, check_nonnegative};
use crate::real::Lane;
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "\
m     = beta1_t * m + (1 - beta1_t) * g
v     = beta2   * v + (1 - beta2)   * g * g
v_hat = max(v_hat, c_t * v)
x     = x - (a_t * m) / (sqrt(v_hat) + e_t)"
    };
}

/// AMSGrad: gradient descent whose steps are divided by the root of the largest second moment seen so far.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// with a_t, c_t, e_t chosen by the [`Dialect`]. Where the denominator is 0, x does not move. Source: Reddi, Kale, Kumar,
/// "On the Convergence of Adam and Beyond", 2018, Algorithm 2, which is the dialect `Paper` with epsilon 0.
///
/// Defaults: dialect `Paper`, learning rate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8.
///
/// m, v, and x below the smallest normal number become 0. An epsilon too small for the number type rounds to 0
/// (below 7e-46 for `f32`), a beta2 very near 1 rounds to 1 while 1 - beta2 keeps its size; the formula is safe in both.
///
/// ```
/// use amsgrad::{AmsGrad, Dialect, Optimizer};
///
/// let mut optimizer = Optimizer::new(AmsGrad::new(0.1).dialect(Dialect::Torch));
/// let mut parameters = [1.0_f64, -1.0];
/// optimizer.step(&mut parameters, &[0.5, -20.0])?;
/// assert!((parameters[0] - 0.9).abs() < 1e-6 && (parameters[1] + 0.9).abs() < 1e-6); // a first step of alpha
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AmsGrad {
    /// alpha: finite, 0 or more. Default 0.001.
    pub learning_rate: Schedule,
    /// The decay of the first moment, from 0 up to 1. Default 0.9.
    pub beta1: Schedule,
    /// The decay of the second moment, from 0 up to 1. Default 0.999.
    pub beta2: f64,
    /// What keeps the denominator from 0; 0 or more. Default 1e-8.
    pub epsilon: f64,
    /// Whose a_t, c_t and e_t. Default `Paper`.
    pub dialect: Dialect,
}

impl Default for AmsGrad {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl AmsGrad {
    /// The defaults with this learning rate.
    #[must_use]
    pub fn new(learning_rate: impl Into<Schedule>) -> Self {
        Self {
            learning_rate: learning_rate.into(),
            beta1: Schedule::Constant(0.9),
            beta2: 0.999,
            epsilon: 1e-8,
            dialect: Dialect::Paper,
        }
    }

    /// The settings of the tutorial "Gradient Descent Optimization With AMSGrad From Scratch": learning rate 0.007,
    /// beta1_t = 0.9^t, beta2 0.99, dialect `Paper`, and epsilon 0, which its published output was computed with
    /// (its listing says 1e-8).
    #[must_use]
    pub fn tutorial() -> Self {
        Self::new(0.007).beta1(Schedule::power(0.9)).beta2(0.99).epsilon(0.0)
    }

    setters! {
        /// With this decay of the first moment.
        beta1: impl Into<Schedule>;
        /// With this decay of the second moment.
        beta2: f64;
        /// With this epsilon.
        epsilon: f64;
        /// In this dialect.
        dialect: Dialect;
    }
}

impl Rule for AmsGrad {
    const NAME: &'static str = "amsgrad";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Reddi, Kale, Kumar 2018, Algorithm 2";
    const SLOTS: &'static [&'static str] = &["m", "v", "v_hat"];
    type Memory<L: Lane> = [L; 3];
    type Coefficients<L: Lane> = [L; 7];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    fn beta1(&self) -> Option<&Schedule> {
        Some(&self.beta1)
    }

    settings! { learning_rate, beta1, beta2, epsilon, dialect }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")?;
        self.beta1.validate_decay("beta1")?;
        check_decay("beta2", self.beta2)?;
        check_nonnegative("epsilon", self.epsilon)
    }

    #[inline(always)]
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 7] {
        let (alpha, beta1) = (clock.value(&self.learning_rate), clock.value(&self.beta1));
        let b1 = 1.0 - clock.multiply_beta(&self.beta1, beta1);
        let b2 = if self.dialect.corrects() { 1.0 - clock.power(self.beta2) } else { 1.0 };
        let now = self.dialect.numbers(alpha, self.epsilon, b1, b2);
        [beta1, 1.0 - beta1, self.beta2, 1.0 - self.beta2, now.a, now.c, now.e]
    }

    #[inline(always)]
    fn step<L: Lane>(
        [beta1, one_less_beta1, beta2, one_less_beta2, a, c, e]: [L; 7],
        x: L,
        g: L,
        [m, v, v_hat]: &mut [L; 3],
    ) -> L {
        *m = (beta1 * *m + one_less_beta1 * g).flushed();
        *v = (beta2 * *v + one_less_beta2 * g * g).flushed_square();
        *v_hat = v_hat.larger(v.corrected_by(c));
        x.descend(a * *m, v_hat.sqrt() + e)
    }

    #[inline(always)]
    fn weight<L: Lane>([.., e]: [L; 7], [_, _, v_hat]: [L; 3]) -> L {
        v_hat.sqrt() + e
    }
}
