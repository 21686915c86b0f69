//! AdamNC, the other repair of Adam in AMSGrad's paper: a beta2 that grows.

use crate::number::policy::descend;
use crate::schedule::Schedule;

crate::rule! {
    /// AdamNC: Adam whose second moment is the mean of all squared gradients so far, beta2_t = 1 - 1/t.
    ///
    /// Where the denominator is 0, x does not move. With the learning rate alpha / sqrt(t) of the paper this is AdaGrad with
    /// momentum. Source: Reddi, Kale, Kumar, "On the Convergence of Adam and Beyond", 2018, Algorithm 3 and Corollary 2,
    /// where epsilon is 0.
    ///
    /// ```
    /// use amsgrad::{AdamNc, Optimizer, Schedule};
    ///
    /// let mut optimizer = Optimizer::new(AdamNc::new(Schedule::inverse_sqrt(0.1)));
    /// let mut parameters = [1.0, 1.0];
    /// optimizer.step([(&mut parameters, &[3.0, 1.0])])?;
    /// optimizer.step([(&mut parameters, &[5.0, 1.0])])?;
    /// assert_eq!(optimizer.state().slot("v"), Some(&[17.0, 1.0][..])); // (9 + 25) / 2
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub struct AdamNc = "adamnc" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.001,
        /// Decay of the first moment, from 0 up to, but not including, 1.
        beta1: Schedule [Decay] = 0.9,
        /// Keeps the denominator from 0; 0 or more.
        epsilon: f64 [NonNegative] = 1e-8,
    }
    source: "Reddi, Kale, Kumar 2018, Algorithm 3";
    formula: "\
m = beta1_t * m + (1 - beta1_t) * g
v = (1 - 1/t) * v + 1/t * g * g
x = x - (alpha_t * m) / (sqrt(v) + epsilon)";
    gradients: Square;
    memory: m, v [NonNegative];
    coefficients(self, clock): beta1, one_minus_beta1, beta2, one_minus_beta2, alpha, epsilon;
    {
        let (alpha, beta1, epsilon) = (clock.value(&self.learning_rate), clock.value(&self.beta1), self.epsilon);
        let one_minus_beta2 = 1.0 / clock.step().max(1) as f64;
        let (one_minus_beta1, beta2) = (1.0 - beta1, 1.0 - one_minus_beta2);
    }
    step(x, g): {
        *m = beta1 * *m + one_minus_beta1 * g;
        *v = beta2 * *v + one_minus_beta2 * g * g;
        descend(x, alpha * *m, *v, epsilon)
    }
    weight: { v.sqrt() + epsilon }
}
