//! Gradients that must not reach the memory of a rule, found before a step.

#[cfg(any(test, feature = "threads"))]
use super::pass::CHUNK;
use super::pass::load;
use crate::decide::Acceptance;
use crate::dispatch::{Kernel, Target};
use crate::memory::{LINE, Line};
use crate::number::{Pack, Real};
use crate::transform::GradientTransform;

/// Parameters and gradients to be looked at before a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look<'a, T> {
    pub(crate) x: &'a [T],
    pub(crate) gradient: &'a [T],
    pub(crate) transform: Option<&'a GradientTransform<T>>,
    /// The largest component that the memory of the rule can hold.
    pub(crate) limit: T,
}

impl<'a, T: Real> Look<'a, T> {
    /// Returns whether every component may reach the rule; on all threads where that pays.
    #[inline(never)]
    pub(crate) fn accepts(self) -> bool {
        self.accepts_on(Target::best())
    }

    fn accepts_on(self, target: Target) -> bool {
        #[cfg(feature = "threads")]
        if self.gradient.len() > CHUNK {
            use rayon::prelude::*;
            let chunks = self.x.par_chunks(CHUNK).zip(self.gradient.par_chunks(CHUNK));
            return chunks.all(|(x, gradient)| target.run(Look { x, gradient, ..self }));
        }
        target.run(self)
    }

    /// Returns the first component that may not reach the rule.
    #[cold]
    pub(crate) fn first_refused(self) -> Option<Refused> {
        let refused = |(coordinate, (x, g)): (usize, (&T, &T))| {
            let mut acceptance = Acceptance::new();
            let entering = self.transform.map_or(*g, |transform| transform.gradient(*x, *g));
            acceptance.see_transformed(self.transform, *x, *g);
            let scaled = self.transform.map_or(*g, |transform| transform.scaled(*g));
            // Named where it went wrong: raw, scaled, or with what clipping and weight decay made of it.
            let value = [*g, scaled].into_iter().find(|value| !value.is_finite()).unwrap_or(entering);
            let huge = g.is_finite() && (value.is_finite() || !scaled.is_finite());
            (!acceptance.accepts(self.limit)).then(|| Refused {
                coordinate,
                value: value.to_f64(),
                largest: huge.then(|| self.limit.to_f64()),
            })
        };
        self.x.iter().zip(self.gradient).enumerate().find_map(refused)
    }

    #[inline(always)]
    fn gather(self, transform: Option<GradientTransform<Line<T>>>) -> bool {
        let mut acceptance = Acceptance::new();
        let mut see = |x, gradient| acceptance.see_transformed(transform.as_ref(), x, gradient);
        let (blocks_x, rest_x) = self.x.as_chunks::<LINE>();
        let (blocks, rest) = self.gradient.as_chunks::<LINE>();
        for (x, gradient) in blocks_x.iter().zip(blocks) {
            see(Pack(*x), Pack(*gradient));
        }
        if !rest.is_empty() {
            see(load(rest_x), load(rest));
        }
        acceptance.accepts(self.limit)
    }
}

impl<T: Real> Kernel for Look<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        match self.transform {
            None => self.gather(None),
            Some(transform) => self.gather(Some(transform.splat())),
        }
    }
}

/// A gradient component that may not reach the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Refused {
    pub(crate) coordinate: usize,
    /// The raw or scaled component where that is not finite, else what would reach the rule.
    pub(crate) value: f64,
    /// The largest magnitude that fits, where it is too large.
    pub(crate) largest: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WeightDecay;
    use crate::rule::{AmsGrad, Rule};
    use crate::transform::Transform;

    fn ordinary(length: usize) -> Vec<f32> {
        (0..length).map(|i| ((i * 7919) % 2003) as f32 / 1001.0 - 1.0).collect()
    }

    /// Returns the same verdict on every instruction set and by looking at one component after the other.
    fn verdict(look: Look<'_, f32>) -> Option<usize> {
        let first = look.first_refused().map(|refused| refused.coordinate);
        for target in Target::available() {
            assert_eq!(look.accepts_on(target), first.is_none(), "{target:?}");
        }
        first
    }

    #[test]
    fn the_first_bad_component_is_found_wherever_it_is() {
        let limit = AmsGrad::GRADIENT_LIMIT.largest::<f32>();
        for length in (1..100).chain([CHUNK + 1, 2 * CHUNK + 3]) {
            let mut gradient = ordinary(length);
            let x = ordinary(length);
            assert_eq!(verdict(Look { x: &x, gradient: &gradient, transform: None, limit }), None);
            for bad in [f32::NAN, f32::INFINITY, -f32::INFINITY, -limit.next_up()] {
                let at = (length * 31 + bad.to_bits() as usize % 17) % length;
                let kept = core::mem::replace(&mut gradient[at], bad);
                let last = core::mem::replace(&mut gradient[length - 1], f32::NAN);
                assert_eq!(verdict(Look { x: &x, gradient: &gradient, transform: None, limit }), Some(at));
                gradient[length - 1] = last;
                gradient[at] = kept;
            }
        }
    }

    #[test]
    fn what_reaches_the_rule_counts_and_what_a_clip_would_hide_too() {
        let limit = AmsGrad::GRADIENT_LIMIT.largest::<f32>();
        let look = |transform: Transform, x: f32, g: f32| {
            let transform = transform.at::<f32>(|| 0.0, 1.0);
            let (x, gradient) = ([x, 0.0], [g, 0.0]);
            verdict(Look { x: &x, gradient: &gradient, transform: transform.as_ref(), limit })
        };
        let decay = Transform { weight_decay: WeightDecay::L2(0.5), ..Transform::default() };
        assert_eq!(look(decay, f32::INFINITY, 1.0), Some(0));
        assert_eq!(look(decay, 1.0, limit * 1.5), Some(0));
        assert_eq!(look(decay, 1.0, 1.0), None);
        let clip = Transform { clip_value: Some(1.0), scale: Some(1e10), ..Transform::default() };
        assert_eq!(look(clip, 1.0, 1e20), None, "clipped to 1");
        assert_eq!(look(clip, 1.0, 1e30), Some(0), "the scale makes it infinite");
        assert_eq!(look(clip, 1.0, f32::NAN), Some(0));
        let wide = Transform { clip_value: Some(1e30), ..Transform::default() };
        assert_eq!(look(wide, 1.0, 1e29), Some(0), "a limit beyond what the memory can hold");
    }
}
