//! AdaMax: Adam in the infinity norm.

use super::settings::{setters, settings};
use super::{Clock, Rule};
use crate::error::{SettingError, check_decay, check_nonnegative};
use crate::real::{Lane, Real};
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "\
m = beta1_t * m + (1 - beta1_t) * g
u = max(beta2 * u, abs(g) + epsilon)
x = x - (alpha_t / B1 * m) / u"
    };
}

/// AdaMax: Adam with the largest of the decayed gradients in place of the root of their mean square.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// with `B1 = 1 - beta1^t` (1 less the product of a changing beta1). Where u is 0, x does not move. Source: Kingma, Ba,
/// "Adam: A Method for Stochastic Optimization", 2015, Algorithm 2; PyTorch's `Adamax`, which adds the epsilon.
///
/// Defaults, PyTorch's: learning rate 0.002, beta1 0.9, beta2 0.999, epsilon 1e-8.
///
/// ```
/// use amsgrad::{AdaMax, Optimizer};
///
/// let mut optimizer = Optimizer::new(AdaMax::new(0.1));
/// let mut parameters = [1.0_f32];
/// optimizer.step(&mut parameters, &[30.0])?;
/// assert_eq!(parameters, [0.9]);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AdaMax {
    /// alpha: finite, 0 or more. Default 0.002.
    pub learning_rate: Schedule,
    /// The decay of the first moment, from 0 up to 1. Default 0.9.
    pub beta1: Schedule,
    /// The decay of the largest gradient, from 0 up to 1. Default 0.999.
    pub beta2: f64,
    /// What is added to every gradient's magnitude; 0 or more. Default 1e-8.
    pub epsilon: f64,
}

impl Default for AdaMax {
    fn default() -> Self {
        Self::new(2e-3)
    }
}

impl AdaMax {
    /// The defaults with this learning rate.
    #[must_use]
    pub fn new(learning_rate: impl Into<Schedule>) -> Self {
        Self {
            learning_rate: learning_rate.into(),
            beta1: Schedule::Constant(0.9),
            beta2: 0.999,
            epsilon: 1e-8,
        }
    }

    setters! {
        /// With this decay of the first moment.
        beta1: impl Into<Schedule>;
        /// With this decay of the largest gradient.
        beta2: f64;
        /// With this epsilon.
        epsilon: f64;
    }
}

impl Rule for AdaMax {
    const NAME: &'static str = "adamax";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Kingma, Ba 2015, Algorithm 2; PyTorch's Adamax";
    const SLOTS: &'static [&'static str] = &["m", "u"];
    type Memory<L: Lane> = [L; 2];
    type Coefficients<L: Lane> = [L; 5];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    fn beta1(&self) -> Option<&Schedule> {
        Some(&self.beta1)
    }

    settings! { learning_rate, beta1, beta2, epsilon }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")?;
        self.beta1.validate_decay("beta1")?;
        check_decay("beta2", self.beta2)?;
        check_nonnegative("epsilon", self.epsilon)
    }

    #[inline]
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 5] {
        let (alpha, beta1) = (clock.value(&self.learning_rate), clock.value(&self.beta1));
        let b1 = 1.0 - clock.multiply_beta(&self.beta1, beta1);
        [beta1, 1.0 - beta1, self.beta2, self.epsilon, alpha / b1]
    }

    #[inline(always)]
    fn step<L: Lane>(
        [beta1, one_less_beta1, beta2, epsilon, a]: [L; 5],
        x: L,
        g: L,
        [m, u]: &mut [L; 2],
    ) -> L {
        *m = (beta1 * *m + one_less_beta1 * g).flushed();
        *u = (beta2 * *u).larger(g.abs() + epsilon).flushed().saturated();
        x.descend(a * *m, *u)
    }

    #[inline(always)]
    fn weight<L: Lane>(_: [L; 5], [_, u]: [L; 2]) -> L {
        u
    }

    /// Nothing is squared here.
    fn largest_gradient<T: Real>() -> T {
        T::from_f64(0.25) * T::INFINITY.next_down()
    }
}
