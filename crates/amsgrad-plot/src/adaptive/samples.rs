//! Samples of a function between its axes.

use crate::range::{Range, Scale};

/// One sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// From 0 at the low end of the axis to 1 at the high end.
    pub(super) share: f64,
    pub(super) x: f64,
    pub(super) value: f64,
    /// The value as the axis shows it, its logarithm on a logarithmic one; NaN where it has no place.
    pub(super) level: f64,
}

/// A function with its axes.
pub(super) struct Function<F> {
    pub(super) x: Range,
    pub(super) scales: [Scale; 2],
    pub(super) f: F,
}

impl<F: FnMut(f64) -> f64> Function<F> {
    pub(super) fn at(&mut self, share: f64) -> Sample {
        let Range { low, high } = self.x;
        let x = match (share, self.scales[0]) {
            (0.0, _) => low,
            (1.0, _) => high,
            (_, Scale::Linear) => low * (1.0 - share) + high * share,
            (_, Scale::Log) => {
                libm::pow(10.0, libm::log10(low) * (1.0 - share) + libm::log10(high) * share).clamp(low, high)
            }
        };
        let value = (self.f)(x);
        let level = match self.scales[1] {
            Scale::Linear => value,
            Scale::Log if value > 0.0 => libm::log10(value),
            Scale::Log => f64::NAN,
        };
        // Halves of the largest numbers still have differences.
        Sample { share, x, value, level: if level.is_finite() { level / 4.0 } else { level } }
    }
}
