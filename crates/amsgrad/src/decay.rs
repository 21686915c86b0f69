//! What is done to gradient and parameters before the rule sees them: scaling, maximising, clipping, weight decay.

use core::fmt;

use crate::engine::{Line, first_bad, first_bad_slope};
use crate::error::{SettingError, check_nonnegative};
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
    /// Whether the rate is finite and not negative.
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

/// Settings shared by all rules.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Preparation {
    pub(crate) maximize: bool,
    pub(crate) weight_decay: WeightDecay,
    pub(crate) clip: Option<Clip>,
}

/// The raw gradient becomes `shorten * clamp(scale * g, -limit, limit)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clip {
    pub(crate) scale: f64,
    /// Infinite for none.
    pub(crate) limit: f64,
    /// What clipping by the norm multiplies by in this step; 1 for nothing.
    pub(crate) shorten: f64,
}

impl Clip {
    pub(crate) const NONE: Self = Self { scale: 1.0, limit: f64::INFINITY, shorten: 1.0 };
}

/// The same for one step: x is multiplied by `shrink`, the gradient becomes `clipped(factor * g) + l2 * x`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prepare<N> {
    /// The scale, negated to maximise: one product for both, with the bits of one after the other.
    factor: N,
    /// Infinite and 1 where nothing is clipped, which changes no bit: a choice inside the loop would keep the compiler
    /// from making vectors.
    limit: N,
    shorten: N,
    /// `None` where it is 0: 0 times an infinite parameter would be NaN.
    l2: Option<N>,
    shrink: N,
}

impl Preparation {
    /// The same with another weight decay.
    pub(crate) fn with(self, weight_decay: WeightDecay) -> Self {
        Self { weight_decay, ..self }
    }

    /// The numbers of a step with learning rate `alpha`, or `None` where there is nothing to do.
    #[inline(always)]
    pub(crate) fn now<N: Number>(&self, alpha: impl FnOnce() -> f64) -> Option<Prepare<N>> {
        if !self.maximize && matches!(self.weight_decay, WeightDecay::None) && self.clip.is_none() {
            return None;
        }
        Some(self.prepare(alpha))
    }

    fn prepare<N: Number>(&self, alpha: impl FnOnce() -> f64) -> Prepare<N> {
        let (l2, shrink) = match self.weight_decay {
            WeightDecay::None => (None, 1.0),
            WeightDecay::L2(rate) => (Some(rate), 1.0),
            WeightDecay::Decoupled(rate) => (None, 1.0 - alpha() * rate),
        };
        let sign = if self.maximize { -1.0 } else { 1.0 };
        let Clip { scale, limit, shorten } = self.clip.unwrap_or(Clip::NONE);
        Prepare {
            factor: N::constant(sign * scale),
            limit: N::constant(limit),
            shorten: N::constant(shorten),
            l2: l2.map(N::constant),
            shrink: N::constant(shrink),
        }
    }

    /// The first coordinate whose gradient must not go into the rule's memory, and that gradient. With an L2 weight
    /// decay it is the sum that goes there, which a parameter can spoil as well.
    #[inline]
    pub(crate) fn first_bad<T: Real>(&self, x: &[T], gradient: &[T], largest: T) -> Option<(usize, T)> {
        let plain = first_bad(gradient, largest).and_then(|i| Some((i, *gradient.get(i)?)));
        let WeightDecay::L2(_) = self.weight_decay else { return plain };
        plain.or_else(|| self.first_bad_slope(x, gradient, largest))
    }

    /// The same for what the rule would be given.
    pub(crate) fn first_bad_slope<T: Real>(&self, x: &[T], gradient: &[T], largest: T) -> Option<(usize, T)> {
        let i = first_bad_slope(x, gradient, self.now::<Line<T>>(|| 0.0)?, largest)?;
        Some((i, self.now::<T>(|| 0.0)?.slope(*x.get(i)?, *gradient.get(i)?)))
    }
}

impl<N: Number> Prepare<N> {
    /// The parameter and the gradient that the rule is given.
    #[inline(always)]
    pub(crate) fn apply(&self, x: N, gradient: N) -> (N, N) {
        (flush(self.shrink * x), self.slope(x, gradient))
    }

    /// The gradient that the rule is given.
    #[inline(always)]
    pub(crate) fn slope(&self, x: N, gradient: N) -> N {
        let slope = self.clipped(gradient);
        match self.l2 {
            None => slope,
            Some(l2) => slope + l2 * x,
        }
    }

    /// The gradient before weight decay. A NaN stays one.
    #[inline(always)]
    pub(crate) fn clipped(&self, gradient: N) -> N {
        let slope = self.factor * gradient;
        let slope = self.limit.if_less(slope, self.limit, slope);
        self.shorten * slope.if_less(-self.limit, -self.limit, slope)
    }
}
