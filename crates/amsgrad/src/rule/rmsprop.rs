//! RMSProp: plain, centered, with momentum.

use crate::number::Number;
use crate::number::policy::{flush_square, maximum, quotient, saturate};
use crate::schedule::Schedule;

/// Returns the variance of the gradients, which rounding may put below 0 where they are equal; a subnormal one is 0.
#[inline(always)]
fn variance<N: Number>(v: N, mean: N) -> N {
    flush_square(maximum(N::constant(0.0), v - mean * mean))
}

crate::rule! {
    /// RMSProp: steps divided by the root of a decaying mean of squared gradients.
    ///
    /// Centered, the gradient's variance stands in place of its mean square (Graves 2013); with momentum 0 b is the quotient
    /// itself. Where the denominator is 0, x does not move. Source: Tieleman, Hinton, "Lecture 6.5 - RMSProp", 2012;
    /// PyTorch's `RMSprop`, whose `alpha` is the decay here.
    ///
    /// ```
    /// use amsgrad::{Optimizer, RmsProp};
    ///
    /// let mut optimizer = Optimizer::new(RmsProp::new(0.01).decay(0.75));
    /// let mut parameters = [1.0_f32];
    /// optimizer.step([(&mut parameters, &[30.0])])?;
    /// assert!((parameters[0] - 0.98).abs() < 1e-6); // a first step of alpha / sqrt(1 - decay)
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub struct RmsProp = "rmsprop" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.01,
        /// Decay of the mean square, from 0 up to, but not including, 1.
        decay: f64 [Decay] = 0.99,
        /// Keeps the denominator from 0; 0 or more.
        epsilon: f64 [NonNegative] = 1e-8,
        /// Share of the last step that stays, from 0 up to, but not including, 1.
        momentum: Schedule [Decay] = 0.0,
        /// Whether the squared mean of the gradients is subtracted from their mean square.
        #[doc(alias = "centred")]
        centered: bool [Any] = false,
    }
    source: "Tieleman, Hinton 2012; Graves 2013; PyTorch's RMSprop";
    formula: "\
v    = decay * v    + (1 - decay) * g * g
mean = decay * mean + (1 - decay) * g           centered; else 0
b    = momentum_t * b + g / (sqrt(v - mean * mean) + epsilon)
x    = x - alpha_t * b";
    gradients: Square;
    memory: v, mean, b;
    coefficients(self, clock): alpha, decay, one_minus_decay, into_mean, momentum, epsilon;
    {
        let (alpha, momentum) = (clock.value(&self.learning_rate), clock.value(&self.momentum));
        let (decay, one_minus_decay, epsilon) = (self.decay, 1.0 - self.decay, self.epsilon);
        let into_mean = if self.centered { one_minus_decay } else { 0.0 };
    }
    step(x, g): {
        *v = decay * *v + one_minus_decay * g * g;
        *mean = *mean + into_mean * (g - *mean);
        let (zero, denominator) = (N::constant(0.0), variance(*v, *mean).sqrt() + epsilon);
        *b = saturate(momentum * *b + quotient(g, denominator));
        x - denominator.if_equal(zero, zero, alpha * *b)
    }
    weight: { variance(v, mean).sqrt() + epsilon }
}
