//! The AMSGrad whose maximum is fed back.

use crate::number::policy::{descend, maximum};
use crate::schedule::Schedule;

crate::rule! {
    /// AMSGrad whose maximum is fed back into the second moment, so that it keeps two numbers per coordinate instead of three.
    ///
    /// v never falls, but grows faster than the v_hat of [`AmsGrad`](crate::AmsGrad): every square is added to the largest
    /// moment so far, not to the decayed one. Where the denominator is 0, x does not move. NetKet computed this as AMSGrad
    /// before 2020.
    ///
    /// ```
    /// use amsgrad::{AmsGradFedBack, Optimizer};
    ///
    /// let rule = AmsGradFedBack::new(1.0).beta1(0.5).beta2(0.5).epsilon(0.0);
    /// let (mut optimizer, mut x, mut v) = (Optimizer::new(rule), [0.0_f64], Vec::new());
    /// for g in [2.0, 0.0, 4.0] {
    ///     optimizer.step([(&mut x, &[g])])?;
    ///     v.extend(optimizer.state().slot("v").map(|v| v[0]));
    /// }
    /// assert_eq!(v, [2.0, 2.0, 9.0]); // AMSGrad: v 2, 1, 8.5, and v_hat 2, 2, 8.5
    /// assert!((x[0] + 1.0 / 2.0_f64.sqrt() + 0.5 / 2.0_f64.sqrt() + 2.25 / 3.0).abs() < 1e-15);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub struct AmsGradFedBack = "amsgrad-fed-back" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.001,
        /// Decay of the first moment, from 0 up to, but not including, 1.
        beta1: Schedule [Decay] = 0.9,
        /// Decay of the second moment, from 0 up to, but not including, 1.
        beta2: f64 [Decay] = 0.999,
        /// Keeps the denominator from 0; 0 or more.
        epsilon: f64 [NonNegative] = 1e-8,
    }
    source: "NetKet before 2020";
    formula: "\
m = beta1_t * m + (1 - beta1_t) * g
v = max(v, beta2 * v + (1 - beta2) * g * g)
x = x - (alpha_t * m) / (sqrt(v) + epsilon)";
    gradients: Square;
    memory: m, v [NonNegative];
    coefficients(self, clock): beta1, one_minus_beta1, beta2, one_minus_beta2, alpha, epsilon;
    {
        let (alpha, beta1, beta2) = (clock.value(&self.learning_rate), clock.value(&self.beta1), self.beta2);
        let (one_minus_beta1, one_minus_beta2, epsilon) = (1.0 - beta1, 1.0 - beta2, self.epsilon);
    }
    step(x, g): {
        *m = beta1 * *m + one_minus_beta1 * g;
        *v = maximum(*v, beta2 * *v + one_minus_beta2 * g * g);
        descend(x, alpha * *m, *v, epsilon)
    }
    weight: { v.sqrt() + epsilon }
}
