//! Nadam: Adam that looks ahead along its first moment, as Nesterov's momentum does.

use crate::number::policy::descend;
use crate::schedule::Schedule;

crate::rule! {
    /// Nadam: Adam with Nesterov's momentum, whose weight mu_t rises from beta1 / 2 to beta1.
    ///
    /// with `B2 = 1 - beta2^t`. Where the denominator is 0, x does not move. M_t is kept as an `f32`, whatever the parameters
    /// are, for so does PyTorch and its numbers tell. Source: Dozat, "Incorporating Nesterov Momentum into Adam", 2016;
    /// PyTorch's `NAdam`.
    ///
    /// ```
    /// use amsgrad::{Minimizer, Nadam};
    ///
    /// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
    ///     gradient[0] = 2.0 * (x[0] - 3.0);
    ///     (x[0] - 3.0) * (x[0] - 3.0)
    /// })
    /// .rule(Nadam::new(0.1))
    /// .start([0.0])
    /// .gradient_tolerance(1e-6)
    /// .run()?;
    /// assert!(outcome.status.is_converged());
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub struct Nadam = "nadam" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.002,
        /// Decay of the first moment, from 0 up to, but not including, 1.
        beta1: Schedule [Decay] = 0.9,
        /// Decay of the second moment, from 0 up to, but not including, 1.
        beta2: f64 [Decay] = 0.999,
        /// Keeps the denominator from 0; 0 or more.
        epsilon: f64 [NonNegative] = 1e-8,
        /// How fast mu_t rises; 0 or more.
        momentum_decay: f64 [NonNegative] = 0.004,
    }
    source: "Dozat 2016; PyTorch's NAdam";
    formula: "\
m    = beta1_t * m + (1 - beta1_t) * g
v    = beta2   * v + (1 - beta2)   * g * g
mu_t = beta1_t * (1 - 0.96^(t * momentum_decay) / 2)
M_t  = mu_1 * mu_2 * ... * mu_t
x    = x - alpha_t * ((1 - mu_t) / (1 - M_t) * g + mu_(t+1) / (1 - M_(t+1)) * m) / (sqrt(v / B2) + epsilon)";
    gradients: Square;
    memory: m, v [NonNegative];
    coefficients(self, clock): beta1, one_minus_beta1, beta2, one_minus_beta2, of_gradient, of_moment, e;
    {
        let (step, next) = (clock.step(), clock.step().saturating_add(1));
        let (beta1, beta1_next) = (clock.value(&self.beta1), clock.value_at(&self.beta1, next));
        let mu = |beta1: f64, step: u64| beta1 * (1.0 - 0.5 * libm::pow(0.96, step as f64 * self.momentum_decay));
        let (mu, mu_next) = (mu(beta1, step), mu(beta1_next, next));
        // Below 1, however near mu comes to it.
        let single = (clock.beta_product() as f32 * mu as f32).min(1.0_f32.next_down());
        let product = clock.carry(f64::from(single));
        // Numerator and denominator are both multiplied by sqrt(B2), as in Adam.
        let (beta2, root_b2) = (self.beta2, (1.0 - clock.power(self.beta2)).sqrt());
        let alpha = clock.value(&self.learning_rate) * root_b2;
        let of_gradient = alpha * (1.0 - mu) / (1.0 - product);
        let of_moment = alpha * mu_next / (1.0 - product * mu_next);
        let e = self.epsilon * root_b2;
        let (one_minus_beta1, one_minus_beta2) = (1.0 - beta1, 1.0 - beta2);
    }
    step(x, g): {
        *m = beta1 * *m + one_minus_beta1 * g;
        *v = beta2 * *v + one_minus_beta2 * g * g;
        descend(x, of_gradient * g + of_moment * *m, *v, e)
    }
    weight: { v.sqrt() + e }
}
