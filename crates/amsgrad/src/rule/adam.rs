//! Adam, the rule that AMSGrad repairs.

use super::settings::{setters, settings};
use super::{Clock, Rule};
use crate::error::{SettingError, check_decay, check_nonnegative};
use crate::real::Lane;
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "\
m = beta1_t * m + (1 - beta1_t) * g
v = beta2   * v + (1 - beta2)   * g * g
x = x - (alpha_t * sqrt(B2) / B1 * m) / (sqrt(v) + epsilon * sqrt(B2))"
    };
}

/// Adam: steps divided by the root of a decaying mean of squared gradients, both moments corrected for their start
/// at 0.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// with `B1 = 1 - beta1^t` (1 less the product of a changing beta1) and `B2 = 1 - beta2^t`: the same as dividing both
/// moments by their correction. Where the denominator is 0, x does not move. Source: Kingma, Ba, "Adam: A Method for
/// Stochastic Optimization", 2015, Algorithm 1; PyTorch's `Adam`.
///
/// Defaults, PyTorch's: learning rate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8. With
/// [`bias_correction(false)`](Adam::bias_correction) B1 and B2 are 1: the form that Reddi, Kale and Kumar analyse.
///
/// AdamW is Adam with [`WeightDecay::Decoupled`](crate::WeightDecay::Decoupled); PyTorch's `AdamW` has 0.01 there.
///
/// ```
/// use amsgrad::{Adam, Optimizer};
///
/// let mut optimizer = Optimizer::new(Adam::new(0.1));
/// let mut parameters = [1.0_f32];
/// optimizer.step(&mut parameters, &[30.0])?;
/// assert_eq!(parameters, [0.9]);
///
/// use amsgrad::WeightDecay;
/// let mut adam_w = Optimizer::new(Adam::new(0.1)).weight_decay(WeightDecay::Decoupled(0.01));
/// adam_w.step(&mut parameters, &[30.0])?;
/// assert!((parameters[0] - (0.9 * 0.999 - 0.1)).abs() < 1e-6);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[doc(alias = "AdamW")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Adam {
    /// alpha: finite, 0 or more. Default 0.001.
    pub learning_rate: Schedule,
    /// The decay of the first moment, from 0 up to 1. Default 0.9.
    pub beta1: Schedule,
    /// The decay of the second moment, from 0 up to 1. Default 0.999.
    pub beta2: f64,
    /// What keeps the denominator from 0; 0 or more. Default 1e-8.
    pub epsilon: f64,
    /// Whether the moments are corrected for their start at 0. Default true.
    pub bias_correction: bool,
}

impl Default for Adam {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl Adam {
    /// The defaults with this learning rate.
    #[must_use]
    pub fn new(learning_rate: impl Into<Schedule>) -> Self {
        Self {
            learning_rate: learning_rate.into(),
            beta1: Schedule::Constant(0.9),
            beta2: 0.999,
            epsilon: 1e-8,
            bias_correction: true,
        }
    }

    setters! {
        /// With this decay of the first moment.
        beta1: impl Into<Schedule>;
        /// With this decay of the second moment.
        beta2: f64;
        /// With this epsilon.
        epsilon: f64;
        /// With or without the correction of the moments for their start at 0.
        bias_correction: bool;
    }
}

impl Rule for Adam {
    const NAME: &'static str = "adam";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Kingma, Ba 2015, Algorithm 1; PyTorch's Adam";
    const SLOTS: &'static [&'static str] = &["m", "v"];
    type Memory<L: Lane> = [L; 2];
    type Coefficients<L: Lane> = [L; 6];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    fn beta1(&self) -> Option<&Schedule> {
        Some(&self.beta1)
    }

    settings! { learning_rate, beta1, beta2, epsilon, bias_correction }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")?;
        self.beta1.validate_decay("beta1")?;
        check_decay("beta2", self.beta2)?;
        check_nonnegative("epsilon", self.epsilon)
    }

    #[inline]
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 6] {
        let (alpha, beta1) = (clock.value(&self.learning_rate), clock.value(&self.beta1));
        let product = clock.multiply_beta(&self.beta1, beta1);
        let (b1, root_b2) = match self.bias_correction {
            true => (1.0 - product, (1.0 - clock.power(self.beta2)).sqrt()),
            false => (1.0, 1.0),
        };
        let (a, e) = (alpha * root_b2 / b1, self.epsilon * root_b2);
        [beta1, 1.0 - beta1, self.beta2, 1.0 - self.beta2, a, e]
    }

    #[inline(always)]
    fn step<L: Lane>(
        [beta1, one_less_beta1, beta2, one_less_beta2, a, e]: [L; 6],
        x: L,
        g: L,
        [m, v]: &mut [L; 2],
    ) -> L {
        *m = (beta1 * *m + one_less_beta1 * g).flushed();
        *v = (beta2 * *v + one_less_beta2 * g * g).flushed_square();
        x.descend(a * *m, v.sqrt() + e)
    }

    #[inline(always)]
    fn weight<L: Lane>([.., e]: [L; 6], [_, v]: [L; 2]) -> L {
        v.sqrt() + e
    }
}
