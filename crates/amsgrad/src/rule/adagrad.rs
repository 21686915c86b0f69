//! AdaGrad, the first rule with a step of its own for each coordinate.

use super::settings::{setters, settings};
use super::{Clock, Rule};
use crate::error::{SettingError, check_nonnegative};
use crate::real::{Lane, Real};
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "\
v = v + g * g
x = x - (alpha_t * g) / (sqrt(initial_accumulator + v) + epsilon)"
    };
}

/// AdaGrad: steps divided by the root of the sum of all squared gradients.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// Where the denominator is 0, x does not move. Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online
/// Learning and Stochastic Optimization", 2011; PyTorch's `Adagrad`, whose `lr_decay` is the schedule
/// [`inverse_time`](Schedule::inverse_time).
///
/// Defaults, PyTorch's: learning rate 0.01, initial accumulator 0, epsilon 1e-10.
///
/// ```
/// use amsgrad::{AdaGrad, Optimizer};
///
/// let mut optimizer = Optimizer::new(AdaGrad::new(0.5));
/// let mut parameters = [1.0_f32];
/// for _ in 0..2 {
///     optimizer.step(&mut parameters, &[8.0])?;
/// }
/// assert!((parameters[0] - (0.5 - 0.5 / 2.0_f32.sqrt())).abs() < 1e-6);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AdaGrad {
    /// alpha: finite, 0 or more. Default 0.01.
    pub learning_rate: Schedule,
    /// What the sum of squares begins with; 0 or more. Default 0.
    pub initial_accumulator: f64,
    /// What keeps the denominator from 0; 0 or more. Default 1e-10.
    pub epsilon: f64,
}

impl Default for AdaGrad {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl AdaGrad {
    /// The defaults with this learning rate.
    #[must_use]
    pub fn new(learning_rate: impl Into<Schedule>) -> Self {
        Self { learning_rate: learning_rate.into(), initial_accumulator: 0.0, epsilon: 1e-10 }
    }

    setters! {
        /// With a sum of squares that begins with this.
        initial_accumulator: f64;
        /// With this epsilon.
        epsilon: f64;
    }
}

impl Rule for AdaGrad {
    const NAME: &'static str = "adagrad";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Duchi, Hazan, Singer 2011; PyTorch's Adagrad";
    const SLOTS: &'static [&'static str] = &["v"];
    type Memory<L: Lane> = [L; 1];
    type Coefficients<L: Lane> = [L; 3];

    fn learning_rate(&self) -> &Schedule {
        &self.learning_rate
    }

    settings! { learning_rate, initial_accumulator, epsilon }

    fn validate(&self) -> Result<(), SettingError> {
        self.learning_rate.validate_rate("learning_rate")?;
        check_nonnegative("initial_accumulator", self.initial_accumulator)?;
        check_nonnegative("epsilon", self.epsilon)
    }

    #[inline]
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 3] {
        [clock.value(&self.learning_rate), self.initial_accumulator, self.epsilon]
    }

    #[inline(always)]
    fn step<L: Lane>(coefficients: [L; 3], x: L, g: L, memory: &mut [L; 1]) -> L {
        let [alpha, ..] = coefficients;
        memory[0] = (memory[0] + g * g).flushed_square();
        x.descend(alpha * g, Self::weight(coefficients, *memory))
    }

    #[inline(always)]
    fn weight<L: Lane>([_, initial, epsilon]: [L; 3], [v]: [L; 1]) -> L {
        (initial + v).sqrt() + epsilon
    }

    /// A sum of squares rounds to itself once it is 2 / EPSILON times the largest of them, so it stays below that.
    fn largest_gradient<T: Real>() -> T {
        T::from_f64(0.25) * T::EPSILON.sqrt() * T::INFINITY.next_down().sqrt()
    }
}
