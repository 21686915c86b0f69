//! Gradient descent: the rule the others are measured against.

crate::rule! {
    /// Gradient descent: a step against the gradient, as long as the gradient says.
    ///
    /// Source: Cauchy 1847; PyTorch's `SGD` without momentum. Default: learning rate 0.01.
    ///
    /// ```
    /// use amsgrad::{GradientDescent, Optimizer};
    ///
    /// let mut optimizer = Optimizer::new(GradientDescent::new(0.5));
    /// let mut parameters = [1.0];
    /// optimizer.step([(&mut parameters, &[2.0])])?;
    /// assert_eq!(parameters, [0.0]);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub struct GradientDescent = "gradient-descent" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.01,
    }
    source: "Cauchy 1847; PyTorch's SGD without momentum";
    formula: "\
x = x - alpha_t * g";
    gradients: Any;
    memory: ;
    coefficients(self, clock): alpha;
    {
        let alpha = clock.value(&self.learning_rate);
    }
    step(x, g): {
        x - alpha * g
    }
    weight: { N::constant(1.0) }
}
