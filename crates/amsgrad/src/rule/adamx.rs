//! AdamX, AMSGrad with the gap in its proof closed.

use super::settings::{setters, settings};
use super::{AmsGrad, Clock, Rule};
use crate::error::{SettingError, check_decay, check_nonnegative};
use crate::real::{Lane, Real};
use crate::schedule::Schedule;

macro_rules! formula {
    () => {
        "\
m     = beta1_t * m + (1 - beta1_t) * g
v     = beta2   * v + (1 - beta2)   * g * g
v_hat = max(((1 - beta1_t) / (1 - beta1_(t-1)))^2 * v_hat, v)
x     = x - (alpha_t * m) / (sqrt(v_hat) + epsilon)"
    };
}

/// AdamX: AMSGrad whose maximum follows a changing beta1, so that its regret is bounded as AMSGrad's was meant to be.
///
#[doc = concat!("```text\n", formula!(), "\n```")]
///
/// Where the denominator is 0, x does not move. While beta1 does not change this is [`AmsGrad`] in the dialect `Paper`,
/// bit for bit. Where beta1 rises, v_hat may fall. Source: Tran, Phong, "On the Convergence Proof of AMSGrad and a New
/// Version", 2019, whose epsilon is 0, learning rate alpha / sqrt(t) and beta1 beta1 * lambda^(t-1).
///
/// Defaults, AMSGrad's: learning rate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8.
///
/// ```
/// use amsgrad::{AdamX, Optimizer, Schedule};
///
/// let rule = AdamX::new(Schedule::inverse_sqrt(0.1)).beta1(Schedule::exponential(0.9, 0.5)).beta2(0.99).epsilon(0.0);
/// let mut optimizer = Optimizer::new(rule);
/// let mut parameters = [1.0_f64];
/// optimizer.step(&mut parameters, &[10.0])?;
/// assert!((parameters[0] - 0.9).abs() < 1e-12);
/// optimizer.step(&mut parameters, &[0.0])?; // 1 - beta1 has grown from 0.1 to 0.55, v_hat from 1 to 5.5^2
/// assert!((optimizer.state().slots[2].values[0] - 30.25).abs() < 1e-12);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AdamX {
    /// alpha: finite, 0 or more. Default 0.001.
    pub learning_rate: Schedule,
    /// The decay of the first moment, from 0 up to 1. Default 0.9.
    pub beta1: Schedule,
    /// The decay of the second moment, from 0 up to 1. Default 0.999.
    pub beta2: f64,
    /// What keeps the denominator from 0; 0 or more. Default 1e-8.
    pub epsilon: f64,
}

impl Default for AdamX {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl AdamX {
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
        /// With this decay of the second moment.
        beta2: f64;
        /// With this epsilon.
        epsilon: f64;
    }
}

impl Rule for AdamX {
    const NAME: &'static str = "adamx";
    const FORMULA: &'static str = formula!();
    const SOURCE: &'static str = "Tran, Phong 2019";
    const SLOTS: &'static [&'static str] = AmsGrad::SLOTS;
    type Memory<L: Lane> = [L; 3];
    type Coefficients<L: Lane> = [L; 7];

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
    fn coefficients(&self, clock: &mut impl Clock) -> [f64; 7] {
        let (alpha, beta1) = (clock.value(&self.learning_rate), clock.value(&self.beta1));
        let before = clock.value_at(&self.beta1, clock.step().saturating_sub(1).max(1));
        let ratio = (1.0 - beta1) / (1.0 - before);
        [beta1, 1.0 - beta1, self.beta2, 1.0 - self.beta2, alpha, ratio * ratio, self.epsilon]
    }

    #[inline(always)]
    fn step<L: Lane>(
        [beta1, one_less_beta1, beta2, one_less_beta2, alpha, growth, epsilon]: [L; 7],
        x: L,
        g: L,
        memory: &mut [L; 3],
    ) -> L {
        let [.., v_hat] = memory;
        *v_hat = (growth * *v_hat).flushed().saturated();
        let one = L::number(1.0);
        AmsGrad::step([beta1, one_less_beta1, beta2, one_less_beta2, alpha, one, epsilon], x, g, memory)
    }

    #[inline(always)]
    fn weight<L: Lane>(coefficients: [L; 7], memory: [L; 3]) -> L {
        AmsGrad::weight(coefficients, memory)
    }

    /// v_hat grows by (1 - beta1_t)^2 / (1 - beta1_1)^2 in all: it stays finite as long as beta1 begins below 0.9997,
    /// and ends at the largest finite number else.
    fn largest_gradient<T: Real>() -> T {
        T::from_f64(1.0 / 4096.0) * AmsGrad::largest_gradient::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizer::Optimizer;

    #[test]
    fn with_a_constant_beta1_it_is_amsgrad() {
        let mut adam_x = Optimizer::<_, f64>::new(AdamX::new(Schedule::inverse_sqrt(0.1)));
        let mut amsgrad = Optimizer::<_, f64>::new(AmsGrad::new(Schedule::inverse_sqrt(0.1)));
        let (mut x, mut y) = ([1.0, -2.0], [1.0, -2.0]);
        for step in 0..200 {
            let gradient = [x[0] * f64::from(step % 7), 1.0 - x[1]];
            adam_x.step(&mut x, &gradient).unwrap();
            amsgrad.step(&mut y, &gradient).unwrap();
            assert_eq!(x, y);
            assert_eq!(adam_x.state().slots, amsgrad.state().slots);
        }
    }

    #[test]
    fn growth_beyond_all_numbers_ends_at_the_largest() {
        let beta1 = Schedule::exponential(1.0_f64.next_down(), 0.0);
        let mut optimizer = Optimizer::<_, f64>::new(AdamX::new(0.1).beta1(beta1));
        let mut x = [1.0];
        for _ in 0..3 {
            optimizer.step(&mut x, &[1e140]).unwrap();
        }
        assert!(x[0].is_finite() && x[0] < 1.0);
        assert_eq!(optimizer.state().slots[2].values, [f64::MAX]);
    }

    #[test]
    fn the_condition_of_its_proof_holds() {
        // sqrt(v_hat_t) / (1 - beta1_t) never falls: what the proof of AMSGrad lacks where beta1 changes.
        let beta1 = Schedule::exponential(0.9, 0.8);
        let mut optimizer = Optimizer::<_, f64>::new(AdamX::new(0.1).beta1(beta1.clone()));
        let mut before = 0.0;
        for step in 1..=100_u64 {
            optimizer.step(&mut [0.0], &[libm::sin(step as f64 * 0.7) + 2.0 / step as f64]).unwrap();
            let now = optimizer.state().slots[2].values[0].sqrt() / (1.0 - beta1.at(step));
            assert!(now >= before * (1.0 - 1e-15), "step {step}: {now} after {before}");
            before = now;
        }
    }
}
