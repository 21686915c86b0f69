//! What happens to gradient and parameters before the rule sees them: scaling, maximizing, clipping, weight decay.

use core::fmt;

use crate::error::setting::{SettingError, check, check_nonnegative};
use crate::number::policy::flush;
use crate::number::{Number, Real};

/// A pull of every parameter towards 0. The two kinds differ for every rule that scales its steps.
///
/// ```
/// use amsgrad::{AmsGrad, Optimizer, WeightDecay};
/// let optimizer = Optimizer::<_, f64>::new(AmsGrad::new(0.001)).weight_decay(WeightDecay::Decoupled(0.01));
/// # let _ = optimizer;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum WeightDecay {
    /// None.
    #[default]
    None,
    /// `g = g + rate * x` before the moments: the gradient of `rate / 2 * |x|^2` (PyTorch's `Adam`). Rate 0 or more.
    L2(f64),
    /// `x = (1 - alpha_t * rate) * x` before the step, past the moments (Loshchilov, Hutter 2019; with
    /// [`Adam`](crate::Adam) this is AdamW). Rate 0 or more.
    #[doc(alias = "AdamW")]
    Decoupled(f64),
}

impl WeightDecay {
    /// Checks that the rate is finite and not negative.
    ///
    /// # Errors
    /// Names the rate and what is allowed.
    pub fn validate(&self) -> Result<(), SettingError> {
        match self {
            Self::None => Ok(()),
            Self::L2(rate) | Self::Decoupled(rate) => check_nonnegative("weight_decay", *rate),
        }
    }
}

impl fmt::Display for WeightDecay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(f, "none"),
            Self::L2(rate) => write!(f, "l2 {rate}"),
            Self::Decoupled(rate) => write!(f, "decoupled {rate}"),
        }
    }
}

/// The gradient transform of a run as it is set, whatever the rule.
///
/// The order is fixed: a gradient is scaled, negated to maximize, clipped by value, clipped by norm; then weight decay, which
/// is not clipped; then the rule.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Transform {
    pub(crate) maximize: bool,
    pub(crate) weight_decay: WeightDecay,
    pub(crate) scale: Option<f64>,
    pub(crate) clip_value: Option<f64>,
    pub(crate) clip_norm: Option<f64>,
}

/// The gradient transform of one step: x is multiplied by `shrink`, the gradient becomes
/// `shorten * clamp(factor * g, -limit, limit) + l2 * x`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GradientTransform<N> {
    /// The scale, negated to maximize: one product for both, with the bits of one after the other.
    factor: N,
    /// Infinite and 1 where nothing is clipped, which changes no bit: a branch inside the loop would keep the compiler
    /// from making vectors.
    limit: N,
    shorten: N,
    /// `None` where it is 0: 0 times an infinite parameter would be NaN.
    l2: Option<N>,
    shrink: N,
}

impl Transform {
    /// Checks every setting, in the number type that runs.
    pub(crate) fn validate<T: Real>(&self) -> Result<(), SettingError> {
        let positive = |field, number: Option<f64>| {
            let number = number.unwrap_or(1.0);
            let rounded = T::from_f64(number);
            let good = rounded > T::default() && rounded.is_finite();
            check(good, field, number, "a finite number above 0, in the number type of the parameters too")
        };
        positive("gradient_scale", self.scale)?;
        positive("clip_value", self.clip_value)?;
        positive("clip_norm", self.clip_norm)?;
        self.weight_decay.validate()
    }

    /// Returns what makes less better: 1 to minimize, -1 to maximize.
    #[inline(always)]
    pub(crate) fn sign(&self) -> f64 {
        if self.maximize { -1.0 } else { 1.0 }
    }

    /// Returns whether gradients reach the rule as they are, but for their sign.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self { maximize: self.maximize, ..Self::default() }
    }

    /// Returns the same with another weight decay.
    pub(crate) fn with(self, weight_decay: WeightDecay) -> Self {
        Self { weight_decay, ..self }
    }

    /// Returns the transform of a step with learning rate `alpha`, in which clipping by norm multiplies by `shorten`; `None`
    /// where there is nothing to do.
    #[inline(always)]
    pub(crate) fn at<N: Number>(
        &self,
        alpha: impl FnOnce() -> f64,
        shorten: f64,
    ) -> Option<GradientTransform<N>> {
        let Self { maximize, weight_decay, scale, clip_value, .. } = *self;
        if !maximize
            && matches!(weight_decay, WeightDecay::None)
            && scale.is_none()
            && clip_value.is_none()
            && shorten == 1.0
        {
            return None;
        }
        let (l2, shrink) = match weight_decay {
            WeightDecay::None => (None, 1.0),
            WeightDecay::L2(rate) => (Some(rate), 1.0),
            WeightDecay::Decoupled(rate) => (None, 1.0 - alpha() * rate),
        };
        Some(GradientTransform {
            factor: N::constant(self.sign() * scale.unwrap_or(1.0)),
            limit: N::constant(clip_value.unwrap_or(f64::INFINITY)),
            shorten: N::constant(shorten),
            l2: l2.map(N::constant),
            shrink: N::constant(shrink),
        })
    }
}

impl<T: Real> GradientTransform<T> {
    /// Returns the same transform in every element.
    #[inline(always)]
    pub(crate) fn splat<N: Number<Real = T>>(&self) -> GradientTransform<N> {
        GradientTransform {
            factor: N::splat(self.factor),
            limit: N::splat(self.limit),
            shorten: N::splat(self.shorten),
            l2: self.l2.map(N::splat),
            shrink: N::splat(self.shrink),
        }
    }
}

impl<N: Number> GradientTransform<N> {
    /// Returns the parameter and the gradient that the rule is given.
    #[inline(always)]
    pub(crate) fn apply(&self, x: N, gradient: N) -> (N, N) {
        (flush(self.shrink * x), self.gradient(x, gradient))
    }

    /// Returns the gradient that the rule is given.
    #[inline(always)]
    pub(crate) fn gradient(&self, x: N, gradient: N) -> N {
        let clipped = self.clipped(gradient);
        match self.l2 {
            None => clipped,
            Some(l2) => clipped + l2 * x,
        }
    }

    /// Returns the gradient before weight decay. A NaN stays one.
    #[inline(always)]
    pub(crate) fn clipped(&self, gradient: N) -> N {
        let scaled = self.scaled(gradient);
        let upper = self.limit.if_less(scaled, self.limit, scaled);
        self.shorten * upper.if_less(-self.limit, -self.limit, upper)
    }

    /// Returns the gradient before it is clipped, which must be finite.
    #[inline(always)]
    pub(crate) fn scaled(&self, gradient: N) -> N {
        self.factor * gradient
    }
}

/// Returns what the rule is given.
#[inline(always)]
pub(crate) fn applied<N: Number>(transform: &Option<GradientTransform<N>>, x: N, gradient: N) -> (N, N) {
    match transform {
        None => (x, gradient),
        Some(transform) => transform.apply(x, gradient),
    }
}
