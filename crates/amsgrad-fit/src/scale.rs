//! The size of each parameter, so that a step of one rule fits all.

use crate::space::Space;

/// The scale of each parameter: the width of its bounds, else the size of its start, else what changes the model by
/// as much as the data ask for; a power of two, so that scaling is exact.
pub(crate) fn scales(space: &Space, start: &[f64], sensitivity: impl Fn(usize) -> f64) -> Vec<f64> {
    let scale = |(place, (x, (lower, upper))): (usize, (&f64, &(f64, f64)))| {
        let width = upper - lower;
        let size = if space.simplices.iter().flatten().any(|member| *member == place) {
            // The members of a simplex are shares of one whole.
            1.0
        } else if width.is_finite() && width > 0.0 {
            // Wide bounds around a small start tell less than the start.
            if *x != 0.0 { width.min(4.0 * x.abs()).max(1e-3 * width) } else { width }
        } else if *x != 0.0 {
            x.abs()
        } else {
            sensitivity(place)
        };
        let size = if size.is_finite() && size > 0.0 { size } else { 1.0 };
        libm::exp2(libm::log2(size).round().clamp(-900.0, 900.0))
    };
    start.iter().zip(&space.sides).enumerate().map(scale).collect()
}
