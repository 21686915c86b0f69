//! RMSProp: plain, centred, with momentum.

use super::settings::{setters, settings};
use super::{Clock, Rule};
use crate::error::{SettingError, check_decay, check_nonnegative};
use crate::real::Lane;
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "\
v    = decay * v    + (1 - decay) * g * g
mean = decay * mean + (1 - decay) * g           centred; else 0
b    = momentum_t * b + g / (sqrt(v - mean * mean) + epsilon)
x    = x - alpha_t * b"
    };
}

/// RMSProp: steps divided by the root of a decaying mean of squared gradients.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// Centred, the gradient's variance stands in place of its mean square (Graves 2013); with momentum 0 b is the quotient
/// itself. Where the denominator is 0, x does not move. Source: Tieleman, Hinton, "Lecture 6.5 - RMSProp", 2012;
/// PyTorch's `RMSprop`, whose `alpha` is the decay here.
///
/// Defaults, PyTorch's: learning rate 0.01, decay 0.99, epsilon 1e-8, momentum 0, not centred.
///
/// ```
/// use amsgrad::{Optimizer, RmsProp};
///
/// let mut optimizer = Optimizer::new(RmsProp::new(0.01).decay(0.75));
/// let mut parameters = [1.0_f32];
/// optimizer.step(&mut parameters, &[30.0])?;
/// assert!((parameters[0] - 0.98).abs() < 1e-6); // a first step of alpha / sqrt(1 - decay)
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RmsProp {
    /// alpha: finite, 0 or more. Default 0.01.
    pub learning_rate: Schedule,
    /// The decay of the mean square, from 0 up to 1. Default 0.99.
    pub decay: f64,
    /// What keeps the denominator from 0; 0 or more. Default 1e-8.
    pub epsilon: f64,
    /// The share of the last step that stays, from 0 up to 1. Default 0.
    pub momentum: Schedule,
    /// Whether the squared mean of the gradients is taken off their mean square. Default false.
    pub centred: bool,
}

impl Default for RmsProp {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl RmsProp {
    /// The defaults with this learning rate.
    #[must_use]
    pub fn new(learning_rate: impl Into<Schedule>) -> Self {
        Self {
            learning_rate: learning_rate.into(),
            decay: 0.99,
            epsilon: 1e-8,
            momentum: Schedule::Constant(0.0),
            centred: false,
        }
    }

    setters! {
        /// With this decay of the mean square.
        decay: f64;
        /// With this epsilon.
        epsilon: f64;
        /// With this share of the last step staying.
        momentum: impl Into<Schedule>;
        /// With the variance in place of the mean square, or without.
        #[doc(alias = "centered")]
        centred: bool;
    }
}

impl Rule for RmsProp {
    const NAME: &'static str = "rmsprop";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Tieleman, Hinton 2012; Graves 2013; PyTorch's RMSprop";
    const SLOTS: &'static [&'static str] = &["v", "mean", "b"];
    type Memory<L: Lane> = [L; 3];
    type Coefficients<L: Lane> = [L; 6];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    settings! { learning_rate, decay, epsilon, momentum, centred }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")?;
        check_decay("decay", self.decay)?;
        check_nonnegative("epsilon", self.epsilon)?;
        self.momentum.validate_decay("momentum")
    }

    #[inline]
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 6] {
        let into_mean = if self.centred { 1.0 - self.decay } else { 0.0 };
        let (alpha, momentum) = (clock.value(&self.learning_rate), clock.value(&self.momentum));
        [alpha, self.decay, 1.0 - self.decay, into_mean, momentum, self.epsilon]
    }

    #[inline(always)]
    fn step<L: Lane>(coefficients: [L; 6], x: L, g: L, memory: &mut [L; 3]) -> L {
        let [alpha, decay, one_less_decay, into_mean, momentum, _] = coefficients;
        let [v, mean, _] = memory;
        *v = (decay * *v + one_less_decay * g * g).flushed_square();
        *mean = (*mean + into_mean * (g - *mean)).flushed();
        let (zero, d) = (L::number(0.0), Self::weight(coefficients, *memory));
        let [.., b] = memory;
        *b = (momentum * *b + zero.descend(-g, d)).flushed().saturated();
        d.if_equal(zero, x, (x - alpha * *b).flushed())
    }

    /// The variance of equal gradients is 0, which rounding may put below.
    #[inline(always)]
    fn weight<L: Lane>([.., epsilon]: [L; 6], [v, mean, _]: [L; 3]) -> L {
        L::number(0.0).larger(v - mean * mean).sqrt() + epsilon
    }
}
