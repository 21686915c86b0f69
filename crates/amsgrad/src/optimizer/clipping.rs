//! What is done to raw gradients where it was asked for, and how large they may be then.

use crate::decay::{Clip, Preparation};
use crate::engine::norm::Norm;
use crate::error::{SettingError, check};
use crate::number::Real;

/// What was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clipping {
    pub(super) scale: Option<f64>,
    pub(super) value: Option<f64>,
    pub(super) norm: Option<f64>,
}

impl Clipping {
    pub(super) fn validate<T: Real>(&self) -> Result<(), SettingError> {
        let positive = |field, number: Option<f64>| {
            let number = number.unwrap_or(1.0);
            let rounded = T::from_f64(number);
            let good = rounded > T::default() && rounded.is_finite();
            check(good, field, number, "a finite number above 0, in the number type of the parameters too")
        };
        positive("gradient_scale", self.scale)?;
        positive("clip_value", self.value)?;
        positive("clip_norm", self.norm)
    }

    fn clips(&self) -> bool {
        self.value.is_some() || self.norm.is_some()
    }

    /// All that does not depend on the gradient.
    fn plain(&self) -> Option<Clip> {
        let limit = self.value.unwrap_or(Clip::NONE.limit);
        let clip = Clip { scale: self.scale.unwrap_or(1.0), limit, shorten: 1.0 };
        (clip != Clip::NONE).then_some(clip)
    }

    /// How this step's gradient, the vectors together, is prepared; the error is a norm that is not finite.
    pub(super) fn of_step<'a, T: Real>(
        &self,
        maximize: bool,
        gradient: impl Iterator<Item = &'a [T]> + Clone,
    ) -> Result<Option<Clip>, NonFinite> {
        let clip = self.plain();
        let Some(limit) = self.norm else { return Ok(clip) };
        let preparation = Preparation { maximize, clip, ..Preparation::default() };
        let norm = Norm::of(gradient, preparation.now(|| 0.0).as_ref());
        let shorten = norm.shorten_to(limit);
        match norm.is_finite() {
            true if shorten == 1.0 => Ok(clip),
            true => Ok(Some(Clip { shorten, ..clip.unwrap_or(Clip::NONE) })),
            false => Err(NonFinite),
        }
    }

    /// Whether the norm has shown already that every component is finite: no limit hides any from it.
    pub(super) fn has_shown_finite(&self) -> bool {
        self.norm.is_some() && self.value.is_none()
    }

    /// The largest raw component by magnitude, where `largest` is that of the rule: with clipping, whatever the scale
    /// leaves finite.
    pub(super) fn largest_raw<T: Real>(&self, largest: T) -> T {
        let most = T::INFINITY.next_down();
        let allowed = if self.clips() { most } else { largest };
        let Some(scale) = self.scale.map(T::from_f64) else { return allowed };
        let mut raw = allowed / scale;
        if !raw.is_finite() {
            raw = most;
        }
        // At most the rounding of the quotient and the product away.
        while scale * raw > allowed {
            raw = raw.next_down();
        }
        raw
    }

    /// Whether a clipped component may still be larger than `largest`: where the limits are as large as that.
    pub(super) fn may_exceed<T: Real>(&self, largest: T) -> bool {
        let limit = self.value.unwrap_or(f64::INFINITY).min(self.norm.unwrap_or(f64::INFINITY));
        self.clips() && limit > 0.5 * largest.to_f64()
    }
}

/// A component of the gradient is not finite, or not after scaling.
#[derive(Clone, Copy, Debug)]
pub(super) struct NonFinite;

#[cfg(test)]
mod tests {
    use super::*;

    fn largest_raw<T: Real>() {
        let largest = T::from_f64(1e15);
        for scale in [1e-30, 1e-3, 0.3, 1.0, 3.0, 7e5, 1e30] {
            let scaled = Clipping { scale: Some(scale), ..Clipping::default() };
            for clipping in [scaled, Clipping { value: Some(1.0), ..scaled }] {
                let allowed = if clipping.clips() { T::INFINITY.next_down() } else { largest };
                let raw = clipping.largest_raw(largest);
                let scale = T::from_f64(scale);
                assert!(raw.is_finite() && scale * raw <= allowed, "{raw}");
                let above = raw * T::from_f64(1.001);
                assert!(!above.is_finite() || scale * above > allowed, "{raw}");
            }
        }
        assert_eq!(Clipping::default().largest_raw(largest), largest);
    }

    #[test]
    fn the_largest_raw_component_just_fits_after_scaling() {
        largest_raw::<f32>();
        largest_raw::<f64>();
    }
}
