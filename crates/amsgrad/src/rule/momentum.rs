//! Gradient descent with momentum, classical and Nesterov's.

use super::settings::{setters, settings};
use super::{Clock, Rule};
use crate::error::{SettingError, check, check_decay};
use crate::real::Lane;
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "\
m = momentum_t * m + (1 - dampening) * g        without dampening in the first step
x = x - alpha_t * m                             nesterov: x - alpha_t * (g + momentum_t * m)"
    };
}

/// Gradient descent with momentum: steps along a decaying sum of the gradients.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; Nesterov 1983 in the form
/// of Sutskever et al. 2013 that PyTorch's `SGD` computes. m is a sum: with the same learning rate steps are up to
/// 1 / (1 - momentum) times as long as [`GradientDescent`](crate::GradientDescent)'s.
///
/// Defaults: learning rate 0.01, momentum 0.9, dampening 0, classical.
///
/// ```
/// use amsgrad::{Momentum, Optimizer};
///
/// let mut optimizer = Optimizer::new(Momentum::new(0.5).momentum(0.5));
/// let mut parameters = [1.0];
/// optimizer.step(&mut parameters, &[1.0])?;
/// assert_eq!(parameters, [0.5]);
/// optimizer.step(&mut parameters, &[1.0])?;
/// assert_eq!(parameters, [0.5 - 0.75]);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[doc(alias = "SGD")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Momentum {
    /// alpha: finite, 0 or more. Default 0.01.
    pub learning_rate: Schedule,
    /// The share of the sum that stays at each step, from 0 up to 1. Default 0.9.
    pub momentum: Schedule,
    /// How much less than whole a gradient enters the sum, from 0 up to 1; 0 with `nesterov`. Default 0.
    pub dampening: f64,
    /// Whether the step looks ahead along the sum, as Nesterov's method does. Default false.
    pub nesterov: bool,
}

impl Default for Momentum {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl Momentum {
    /// The defaults with this learning rate.
    #[must_use]
    pub fn new(learning_rate: impl Into<Schedule>) -> Self {
        Self {
            learning_rate: learning_rate.into(),
            momentum: Schedule::Constant(0.9),
            dampening: 0.0,
            nesterov: false,
        }
    }

    setters! {
        /// With this share of the sum staying at each step.
        momentum: impl Into<Schedule>;
        /// With this much of each gradient left out of the sum.
        dampening: f64;
        /// Nesterov's form, or the classical one.
        nesterov: bool;
    }
}

impl Rule for Momentum {
    const NAME: &'static str = "momentum";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Polyak 1964; Nesterov 1983; PyTorch's SGD";
    const SLOTS: &'static [&'static str] = &["m"];
    type Memory<L: Lane> = [L; 1];
    type Coefficients<L: Lane> = [L; 5];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    settings! { learning_rate, momentum, dampening, nesterov }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")?;
        self.momentum.validate_decay("momentum")?;
        check_decay("dampening", self.dampening)?;
        let good = !self.nesterov || self.dampening == 0.0;
        check(good, "dampening", self.dampening, "0 with nesterov")
    }

    #[inline]
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 5] {
        let (alpha, momentum) = (clock.value(&self.learning_rate), clock.value(&self.momentum));
        let share = if clock.step() == 1 { 1.0 } else { 1.0 - self.dampening };
        let (of_gradient, of_sum) = if self.nesterov { (1.0, momentum) } else { (0.0, 1.0) };
        [alpha, momentum, share, of_gradient, of_sum]
    }

    #[inline(always)]
    fn step<L: Lane>(
        [alpha, momentum, share, of_gradient, of_sum]: [L; 5],
        x: L,
        g: L,
        [m]: &mut [L; 1],
    ) -> L {
        *m = (momentum * *m + share * g).flushed();
        (x - alpha * (of_gradient * g + of_sum * *m)).flushed()
    }
}
