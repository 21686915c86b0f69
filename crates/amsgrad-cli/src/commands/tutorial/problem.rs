//! What the tutorial minimizes.

/// Lower and upper bound of both coordinates: the start is drawn from there, the run is free to leave.
pub(super) const DOMAIN: (f64, f64) = (-1.0, 1.0);

/// The tutorial's objective.
pub(super) fn objective(x: &[f64], gradient: &mut [f64]) -> f64 {
    gradient[0] = 2.0 * x[0];
    gradient[1] = 2.0 * x[1];
    x[0] * x[0] + x[1] * x[1]
}
