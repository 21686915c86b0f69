//! The largest figures.

/// The most samples of a field.
pub(crate) const SAMPLES: usize = 16_000_000;
/// The most bands of a contour.
pub(crate) const BANDS: usize = 256;
