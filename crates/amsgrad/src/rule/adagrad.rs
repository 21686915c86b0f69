//! AdaGrad, the first rule with a step of its own for each coordinate.

use crate::number::policy::descend;

crate::rule! {
    /// AdaGrad: steps divided by the root of the sum of all squared gradients.
    ///
    /// Where the denominator is 0, x does not move. Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online
    /// Learning and Stochastic Optimization", 2011; PyTorch's `Adagrad`, whose `lr_decay` is the schedule
    /// [`inverse_time`](crate::Schedule::inverse_time).
    ///
    /// ```
    /// use amsgrad::{AdaGrad, Optimizer};
    ///
    /// let mut optimizer = Optimizer::new(AdaGrad::new(0.5));
    /// let mut parameters = [1.0_f32];
    /// for _ in 0..2 {
    ///     optimizer.step([(&mut parameters, &[8.0])])?;
    /// }
    /// assert!((parameters[0] - (0.5 - 0.5 / 2.0_f32.sqrt())).abs() < 1e-6);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub struct AdaGrad = "adagrad" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.01,
        /// What the sum of squares begins with; 0 or more.
        initial_accumulator: f64 [NonNegative] = 0.0,
        /// Keeps the denominator from 0; 0 or more.
        epsilon: f64 [NonNegative] = 1e-10,
    }
    source: "Duchi, Hazan, Singer 2011; PyTorch's Adagrad";
    formula: "\
v = v + g * g
x = x - (alpha_t * g) / (sqrt(initial_accumulator + v) + epsilon)";
    gradients: SumOfSquares;
    memory: v [NonNegative];
    coefficients(self, clock): alpha, initial, epsilon;
    {
        let (alpha, initial, epsilon) = (clock.value(&self.learning_rate), self.initial_accumulator, self.epsilon);
    }
    step(x, g): {
        *v = *v + g * g;
        descend(x, alpha * g, initial + *v, epsilon)
    }
    weight: { (initial + v).sqrt() + epsilon }
}
