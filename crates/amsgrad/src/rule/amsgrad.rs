//! AMSGrad, in every dialect.

use crate::dialect::{Dialect, DialectNumbers};
use crate::number::policy::{descend, maximum, scale};
use crate::schedule::Schedule;

crate::rule! {
    /// AMSGrad: gradient descent whose steps are divided by the root of the largest second moment seen so far.
    ///
    /// with a_t, c_t, e_t chosen by the [`Dialect`]. Where the denominator is 0, x does not move. Source: Reddi, Kale, Kumar,
    /// "On the Convergence of Adam and Beyond", 2018, Algorithm 2, which is the dialect `Paper` with epsilon 0.
    ///
    /// m, v, and x below the smallest normal number become 0. An epsilon too small for the number type rounds to 0
    /// (below 7e-46 for `f32`), a beta2 very near 1 rounds to 1 while 1 - beta2 keeps its size; the formula is safe in both.
    ///
    /// ```
    /// use amsgrad::{AmsGrad, Dialect, Optimizer};
    ///
    /// let mut optimizer = Optimizer::new(AmsGrad::new(0.1).dialect(Dialect::Torch));
    /// let mut parameters = [1.0_f64, -1.0];
    /// optimizer.step([(&mut parameters, &[0.5, -20.0])])?;
    /// assert!((parameters[0] - 0.9).abs() < 1e-6 && (parameters[1] + 0.9).abs() < 1e-6); // a first step of alpha
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub struct AmsGrad = "amsgrad" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.001,
        /// Decay of the first moment, from 0 up to, but not including, 1.
        beta1: Schedule [Decay] = 0.9,
        /// Decay of the second moment, from 0 up to, but not including, 1.
        beta2: f64 [Decay] = 0.999,
        /// Keeps the denominator from 0; 0 or more.
        epsilon: f64 [NonNegative] = 1e-8,
        /// Whose a_t, c_t and e_t.
        dialect: Dialect [Any] = Dialect::Paper,
    }
    source: "Reddi, Kale, Kumar 2018, Algorithm 2";
    formula: "\
m     = beta1_t * m + (1 - beta1_t) * g
v     = beta2   * v + (1 - beta2)   * g * g
v_hat = max(v_hat, c_t * v)
x     = x - (a_t * m) / (sqrt(v_hat) + e_t)";
    gradients: Square;
    memory: m, v [NonNegative], v_hat [NonNegative];
    coefficients(self, clock): beta1, one_minus_beta1, beta2, one_minus_beta2, a, c, e;
    {
        let (alpha, beta1, beta2) = (clock.value(&self.learning_rate), clock.value(&self.beta1), self.beta2);
        let b1 = 1.0 - clock.multiply_beta(&self.beta1, beta1);
        let b2 = if self.dialect.corrects() { 1.0 - clock.power(beta2) } else { 1.0 };
        let DialectNumbers { a, c, e } = self.dialect.numbers(alpha, self.epsilon, b1, b2);
        let (one_minus_beta1, one_minus_beta2) = (1.0 - beta1, 1.0 - beta2);
    }
    step(x, g): {
        *m = beta1 * *m + one_minus_beta1 * g;
        *v = beta2 * *v + one_minus_beta2 * g * g;
        *v_hat = maximum(*v_hat, scale(c, *v));
        descend(x, a * *m, *v_hat, e)
    }
    weight: { v_hat.sqrt() + e }
}

impl AmsGrad {
    /// Creates the settings of the tutorial "Gradient Descent Optimization With AMSGrad From Scratch": learning rate 0.007,
    /// beta1_t = 0.9^t, beta2 0.99, dialect `Paper`, and epsilon 0, which its published output was computed with
    /// (its listing says 1e-8).
    #[must_use]
    pub fn tutorial() -> Self {
        Self::new(0.007).beta1(Schedule::power(0.9)).beta2(0.99).epsilon(0.0)
    }
}
