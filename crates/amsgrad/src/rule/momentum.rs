//! Gradient descent with momentum, classical and Nesterov's.

use crate::schedule::Schedule;

crate::rule! {
    /// Gradient descent with momentum: steps along a decaying sum of the gradients.
    ///
    /// Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; Nesterov 1983 in the form
    /// of Sutskever et al. 2013 that PyTorch's `SGD` computes. m is a sum: with the same learning rate steps are up to
    /// 1 / (1 - momentum) times as long as [`GradientDescent`](crate::GradientDescent)'s.
    ///
    /// ```
    /// use amsgrad::{Momentum, Optimizer};
    ///
    /// let mut optimizer = Optimizer::new(Momentum::new(0.5).momentum(0.5));
    /// let mut parameters = [1.0];
    /// optimizer.step([(&mut parameters, &[1.0])])?;
    /// assert_eq!(parameters, [0.5]);
    /// optimizer.step([(&mut parameters, &[1.0])])?;
    /// assert_eq!(parameters, [0.5 - 0.75]);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    #[doc(alias = "SGD")]
    pub struct Momentum = "momentum" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.01,
        /// Share of the sum that stays at each step, from 0 up to, but not including, 1.
        momentum: Schedule [Decay] = 0.9,
        /// How much less than whole a gradient enters the sum, from 0 up to, but not including, 1; 0 with `nesterov`.
        dampening: f64 [Decay] = 0.0,
        /// Whether the step looks ahead along the sum, as Nesterov's method does.
        nesterov: bool [Any] = false,
    }
    requires(rule): !rule.nesterov || rule.dampening == 0.0, dampening, "0 with nesterov";
    source: "Polyak 1964; Nesterov 1983; PyTorch's SGD";
    formula: "\
m = momentum_t * m + (1 - dampening) * g        without dampening in the first step
x = x - alpha_t * m                             nesterov: x - alpha_t * (g + momentum_t * m)";
    gradients: Square;
    memory: m;
    coefficients(self, clock): alpha, momentum, share, of_gradient, of_sum;
    {
        let (alpha, momentum) = (clock.value(&self.learning_rate), clock.value(&self.momentum));
        let share = if clock.step() == 1 { 1.0 } else { 1.0 - self.dampening };
        let (of_gradient, of_sum) = if self.nesterov { (1.0, momentum) } else { (0.0, 1.0) };
    }
    step(x, g): {
        *m = momentum * *m + share * g;
        x - alpha * (of_gradient * g + of_sum * *m)
    }
    weight: { N::constant(1.0) }
}
