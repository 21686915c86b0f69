//! AdamX, AMSGrad with the gap in its proof closed.

use crate::number::policy::{descend, maximum, saturate};
use crate::schedule::Schedule;

crate::rule! {
    /// AdamX: AMSGrad whose maximum follows a changing beta1, so that its regret is bounded as AMSGrad's was meant to be.
    ///
    /// Where the denominator is 0, x does not move. While beta1 does not change this is [`AmsGrad`](crate::AmsGrad) in the dialect `Paper`,
    /// bit for bit. Where beta1 rises, v_hat may fall. Source: Tran, Phong, "On the Convergence Proof of AMSGrad and a New
    /// Version", 2019, whose epsilon is 0, learning rate alpha / sqrt(t) and beta1 beta1 * lambda^(t-1).
    ///
    /// ```
    /// use amsgrad::{AdamX, Optimizer, Schedule};
    ///
    /// let rule = AdamX::new(Schedule::inverse_sqrt(0.1)).beta1(Schedule::exponential(0.9, 0.5)).beta2(0.99).epsilon(0.0);
    /// let mut optimizer = Optimizer::new(rule);
    /// let mut parameters = [1.0_f64];
    /// optimizer.step([(&mut parameters, &[10.0])])?;
    /// assert!((parameters[0] - 0.9).abs() < 1e-12);
    /// optimizer.step([(&mut parameters, &[0.0])])?; // 1 - beta1 has grown from 0.1 to 0.55, v_hat from 1 to 5.5^2
    /// assert!((optimizer.state().slots[2].values[0] - 30.25).abs() < 1e-12);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub struct AdamX = "adamx" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.001,
        /// Decay of the first moment, from 0 up to, but not including, 1.
        beta1: Schedule [Decay] = 0.9,
        /// Decay of the second moment, from 0 up to, but not including, 1.
        beta2: f64 [Decay] = 0.999,
        /// Keeps the denominator from 0; 0 or more.
        epsilon: f64 [NonNegative] = 1e-8,
    }
    source: "Tran, Phong 2019";
    formula: "\
m     = beta1_t * m + (1 - beta1_t) * g
v     = beta2   * v + (1 - beta2)   * g * g
v_hat = max(((1 - beta1_t) / (1 - beta1_(t-1)))^2 * v_hat, v)
x     = x - (alpha_t * m) / (sqrt(v_hat) + epsilon)";
    gradients: GrowingSquare;
    memory: m, v [NonNegative], v_hat [NonNegative];
    coefficients(self, clock): beta1, one_minus_beta1, beta2, one_minus_beta2, alpha, growth, epsilon;
    {
        // The step before comes first: the clock carries powers on, and would compute one anew to go back.
        let before = clock.value_at(&self.beta1, clock.step().saturating_sub(1).max(1));
        let (alpha, beta1, beta2) = (clock.value(&self.learning_rate), clock.value(&self.beta1), self.beta2);
        let ratio = (1.0 - beta1) / (1.0 - before);
        let (growth, epsilon) = (ratio * ratio, self.epsilon);
        let (one_minus_beta1, one_minus_beta2) = (1.0 - beta1, 1.0 - beta2);
    }
    step(x, g): {
        *m = beta1 * *m + one_minus_beta1 * g;
        *v = beta2 * *v + one_minus_beta2 * g * g;
        *v_hat = maximum(saturate(growth * *v_hat), *v);
        descend(x, alpha * *m, *v_hat, epsilon)
    }
    weight: { v_hat.sqrt() + epsilon }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizer::Optimizer;
    use crate::rule::AmsGrad;

    #[test]
    fn with_a_constant_beta1_it_is_amsgrad() {
        let mut adam_x = Optimizer::<_, f64>::new(AdamX::new(Schedule::inverse_sqrt(0.1)));
        let mut amsgrad = Optimizer::<_, f64>::new(AmsGrad::new(Schedule::inverse_sqrt(0.1)));
        let (mut x, mut y) = ([1.0, -2.0], [1.0, -2.0]);
        for step in 0..200 {
            let gradient = [x[0] * f64::from(step % 7), 1.0 - x[1]];
            adam_x.step([(&mut x, &gradient)]).unwrap();
            amsgrad.step([(&mut y, &gradient)]).unwrap();
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
            optimizer.step([(&mut x, &[1e140])]).unwrap();
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
            optimizer.step([(&mut [0.0], &[libm::sin(step as f64 * 0.7) + 2.0 / step as f64])]).unwrap();
            let now = optimizer.state().slots[2].values[0].sqrt() / (1.0 - beta1.at(step));
            assert!(now >= before * (1.0 - 1e-15), "step {step}: {now} after {before}");
            before = now;
        }
    }
}
