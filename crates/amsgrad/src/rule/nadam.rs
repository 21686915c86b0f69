//! Nadam: Adam that looks ahead along its first moment, as Nesterov's momentum does.

use super::settings::{setters, settings};
use super::{Clock, Rule};
use crate::error::{SettingError, check_decay, check_nonnegative};
use crate::real::Lane;
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "\
m    = beta1_t * m + (1 - beta1_t) * g
v    = beta2   * v + (1 - beta2)   * g * g
mu_t = beta1_t * (1 - 0.96^(t * momentum_decay) / 2)
M_t  = mu_1 * mu_2 * ... * mu_t
x    = x - alpha_t * ((1 - mu_t) / (1 - M_t) * g + mu_(t+1) / (1 - M_(t+1)) * m) / (sqrt(v / B2) + epsilon)"
    };
}

/// Nadam: Adam with Nesterov's momentum, whose weight mu_t rises from beta1 / 2 to beta1.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// with `B2 = 1 - beta2^t`. Where the denominator is 0, x does not move. M_t is kept as an `f32`, whatever the parameters
/// are, for so does PyTorch and its numbers tell. Source: Dozat, "Incorporating Nesterov Momentum into Adam", 2016;
/// PyTorch's `NAdam`.
///
/// Defaults, PyTorch's: learning rate 0.002, beta1 0.9, beta2 0.999, epsilon 1e-8, momentum decay 0.004.
///
/// ```
/// use amsgrad::{Minimizer, Nadam};
///
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * (x[0] - 3.0);
///     (x[0] - 3.0) * (x[0] - 3.0)
/// })
/// .rule(Nadam::new(0.1))
/// .start([0.0])
/// .gradient_tolerance(1e-6)
/// .run()?;
/// assert!(outcome.status.is_converged());
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Nadam {
    /// alpha: finite, 0 or more. Default 0.002.
    pub learning_rate: Schedule,
    /// The decay of the first moment, from 0 up to 1. Default 0.9.
    pub beta1: Schedule,
    /// The decay of the second moment, from 0 up to 1. Default 0.999.
    pub beta2: f64,
    /// What keeps the denominator from 0; 0 or more. Default 1e-8.
    pub epsilon: f64,
    /// How fast mu_t rises; 0 or more. Default 0.004.
    pub momentum_decay: f64,
}

impl Default for Nadam {
    fn default() -> Self {
        Self::new(2e-3)
    }
}

impl Nadam {
    /// The defaults with this learning rate.
    #[must_use]
    pub fn new(learning_rate: impl Into<Schedule>) -> Self {
        Self {
            learning_rate: learning_rate.into(),
            beta1: Schedule::Constant(0.9),
            beta2: 0.999,
            epsilon: 1e-8,
            momentum_decay: 4e-3,
        }
    }

    setters! {
        /// With this decay of the first moment.
        beta1: impl Into<Schedule>;
        /// With this decay of the second moment.
        beta2: f64;
        /// With this epsilon.
        epsilon: f64;
        /// With a weight of the first moment that rises this fast.
        momentum_decay: f64;
    }

    /// mu at step `step`, where beta1 is `beta1`.
    fn mu(&self, beta1: f64, step: u64) -> f64 {
        beta1 * (1.0 - 0.5 * libm::pow(0.96, step as f64 * self.momentum_decay))
    }
}

impl Rule for Nadam {
    const NAME: &'static str = "nadam";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Dozat 2016; PyTorch's NAdam";
    const SLOTS: &'static [&'static str] = &["m", "v"];
    type Memory<L: Lane> = [L; 2];
    type Coefficients<L: Lane> = [L; 7];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    fn beta1(&self) -> Option<&Schedule> {
        Some(&self.beta1)
    }

    settings! { learning_rate, beta1, beta2, epsilon, momentum_decay }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")?;
        self.beta1.validate_decay("beta1")?;
        check_decay("beta2", self.beta2)?;
        check_nonnegative("epsilon", self.epsilon)?;
        check_nonnegative("momentum_decay", self.momentum_decay)
    }

    #[inline]
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 7] {
        let (step, next) = (clock.step(), clock.step().saturating_add(1));
        let (beta1, beta1_next) = (clock.value(&self.beta1), clock.value_at(&self.beta1, next));
        let (mu, mu_next) = (self.mu(beta1, step), self.mu(beta1_next, next));
        // Below 1, however near mu comes to it.
        let single = (clock.beta_product() as f32 * mu as f32).min(1.0_f32.next_down());
        let product = clock.carry(f64::from(single));
        // Numerator and denominator are both multiplied by sqrt(B2), as in Adam.
        let root_b2 = (1.0 - clock.power(self.beta2)).sqrt();
        let alpha = clock.value(&self.learning_rate) * root_b2;
        let of_gradient = alpha * (1.0 - mu) / (1.0 - product);
        let of_moment = alpha * mu_next / (1.0 - product * mu_next);
        let e = self.epsilon * root_b2;
        [beta1, 1.0 - beta1, self.beta2, 1.0 - self.beta2, of_gradient, of_moment, e]
    }

    #[inline(always)]
    fn step<L: Lane>(
        [beta1, one_less_beta1, beta2, one_less_beta2, of_gradient, of_moment, e]: [L; 7],
        x: L,
        g: L,
        [m, v]: &mut [L; 2],
    ) -> L {
        *m = (beta1 * *m + one_less_beta1 * g).flushed();
        *v = (beta2 * *v + one_less_beta2 * g * g).flushed_square();
        x.descend(of_gradient * g + of_moment * *m, v.sqrt() + e)
    }

    #[inline(always)]
    fn weight<L: Lane>([.., e]: [L; 7], [_, v]: [L; 2]) -> L {
        v.sqrt() + e
    }
}
