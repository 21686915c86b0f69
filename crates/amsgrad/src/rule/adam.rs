//! Adam, the rule that AMSGrad repairs.

use crate::number::policy::descend;
use crate::schedule::Schedule;

crate::rule! {
    /// Adam: steps divided by the root of a decaying mean of squared gradients, both moments corrected for their start
    /// at 0.
    ///
    /// with `B1 = 1 - beta1^t` (1 less the product of a changing beta1) and `B2 = 1 - beta2^t`: the same as dividing both
    /// moments by their correction. Where the denominator is 0, x does not move. Source: Kingma, Ba, "Adam: A Method for
    /// Stochastic Optimization", 2015, Algorithm 1; PyTorch's `Adam`.
    ///
    /// AdamW is Adam with [`WeightDecay::Decoupled`](crate::WeightDecay::Decoupled); PyTorch's `AdamW` has 0.01 there.
    ///
    /// ```
    /// use amsgrad::{Adam, Optimizer};
    ///
    /// let mut optimizer = Optimizer::new(Adam::new(0.1));
    /// let mut parameters = [1.0_f32];
    /// optimizer.step([(&mut parameters, &[30.0])])?;
    /// assert_eq!(parameters, [0.9]);
    ///
    /// use amsgrad::WeightDecay;
    /// let mut adam_w = Optimizer::new(Adam::new(0.1)).weight_decay(WeightDecay::Decoupled(0.01));
    /// adam_w.step([(&mut parameters, &[30.0])])?;
    /// assert!((parameters[0] - (0.9 * 0.999 - 0.1)).abs() < 1e-6);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    #[doc(alias = "AdamW")]
    pub struct Adam = "adam" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.001,
        /// Decay of the first moment, from 0 up to, but not including, 1.
        beta1: Schedule [Decay] = 0.9,
        /// Decay of the second moment, from 0 up to, but not including, 1.
        beta2: f64 [Decay] = 0.999,
        /// Keeps the denominator from 0; 0 or more.
        epsilon: f64 [NonNegative] = 1e-8,
        /// Whether the moments are corrected for their start at 0.
        bias_correction: bool [Any] = true,
    }
    source: "Kingma, Ba 2015, Algorithm 1; PyTorch's Adam";
    formula: "\
m = beta1_t * m + (1 - beta1_t) * g
v = beta2   * v + (1 - beta2)   * g * g
x = x - (alpha_t * sqrt(B2) / B1 * m) / (sqrt(v) + epsilon * sqrt(B2))";
    gradients: Square;
    memory: m, v [NonNegative];
    coefficients(self, clock): beta1, one_minus_beta1, beta2, one_minus_beta2, a, e;
    {
        let (alpha, beta1, beta2) = (clock.value(&self.learning_rate), clock.value(&self.beta1), self.beta2);
        let product = clock.multiply_beta(&self.beta1, beta1);
        let (b1, root_b2) = match self.bias_correction {
            true => (1.0 - product, (1.0 - clock.power(beta2)).sqrt()),
            false => (1.0, 1.0),
        };
        let (a, e) = (alpha * root_b2 / b1, self.epsilon * root_b2);
        let (one_minus_beta1, one_minus_beta2) = (1.0 - beta1, 1.0 - beta2);
    }
    step(x, g): {
        *m = beta1 * *m + one_minus_beta1 * g;
        *v = beta2 * *v + one_minus_beta2 * g * g;
        descend(x, a * *m, *v, e)
    }
    weight: { v.sqrt() + e }
}
