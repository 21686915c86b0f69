//! AdaMax: Adam in the infinity norm.

use crate::number::policy::{maximum, quotient, saturate};
use crate::schedule::Schedule;

crate::rule! {
    /// AdaMax: Adam with the largest of the decayed gradients in place of the root of their mean square.
    ///
    /// with `B1 = 1 - beta1^t` (1 less the product of a changing beta1). Where u is 0, x does not move. Source: Kingma, Ba,
    /// "Adam: A Method for Stochastic Optimization", 2015, Algorithm 2; PyTorch's `Adamax`, which adds the epsilon.
    ///
    /// ```
    /// use amsgrad::{AdaMax, Optimizer};
    ///
    /// let mut optimizer = Optimizer::new(AdaMax::new(0.1));
    /// let mut parameters = [1.0_f32];
    /// optimizer.step([(&mut parameters, &[30.0])])?;
    /// assert_eq!(parameters, [0.9]);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub struct AdaMax = "adamax" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.002,
        /// Decay of the first moment, from 0 up to, but not including, 1.
        beta1: Schedule [Decay] = 0.9,
        /// Decay of the largest gradient, from 0 up to, but not including, 1.
        beta2: f64 [Decay] = 0.999,
        /// Is added to the magnitude of every gradient; 0 or more.
        epsilon: f64 [NonNegative] = 1e-8,
    }
    source: "Kingma, Ba 2015, Algorithm 2; PyTorch's Adamax";
    formula: "\
m = beta1_t * m + (1 - beta1_t) * g
u = max(beta2 * u, abs(g) + epsilon)
x = x - (alpha_t / B1 * m) / u";
    gradients: Magnitude;
    memory: m, u;
    coefficients(self, clock): beta1, one_minus_beta1, beta2, epsilon, a;
    {
        let (alpha, beta1) = (clock.value(&self.learning_rate), clock.value(&self.beta1));
        let a = alpha / (1.0 - clock.multiply_beta(&self.beta1, beta1));
        let (one_minus_beta1, beta2, epsilon) = (1.0 - beta1, self.beta2, self.epsilon);
    }
    step(x, g): {
        *m = beta1 * *m + one_minus_beta1 * g;
        *u = saturate(maximum(beta2 * *u, g.abs() + epsilon));
        x - quotient(a * *m, *u)
    }
    weight: { u }
}
