//! A slope from differences of values, and how far it can be trusted.

use core::cell::Cell;

use crate::number::Real;
use crate::number::policy::maximum;
use crate::objective::finite_difference::derivative;

impl Estimate {
    /// Returns an estimate that says nothing.
    pub(super) fn unknown(state: State) -> Self {
        Self { slope: f64::NAN, uncertainty: f64::INFINITY, floor: 0.0, kink: None, state }
    }
}

/// What differences of values say about a slope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    pub(super) slope: f64,
    /// How far off the slope may be; infinite where the values do not tell.
    pub(super) uncertainty: f64,
    /// What the uncertainty would be if only the last bit of each value, and of points that are rounded, were unsure.
    pub(super) floor: f64,
    /// The slopes on both sides, where they differ however small the step.
    pub(super) kink: Option<(f64, f64)>,
    pub(super) state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum State {
    Known,
    /// The bounds leave no room to move.
    Fixed,
    /// A value is not finite, or the objective failed.
    NonFinite,
}

/// How many steps are tried, each half of the one before.
const STEPS: usize = 6;

/// Returns the slope of a function of one variable at `x`, where its value is `here`; elsewhere it may be off by
/// `roundings` because its points are rounded. `scale` is the size on which it changes.
///
/// Half the step takes a quarter of the error away, so (4 D(h/2) - D(h)) / 3 is free of its leading term (Richardson
/// 1911); of the slopes so found that one is taken which the next smaller step changes least.
pub(super) fn estimate<T: Real>(
    value: &mut dyn FnMut(T) -> Result<T, ()>,
    x: T,
    (here, roundings): (T, f64),
    scale: T,
    (lower, upper): (T, T),
) -> Estimate {
    let unknown = Estimate::unknown;
    if !here.is_finite() {
        return unknown(State::NonFinite);
    }
    let half = T::from_f64(0.5);
    let room = maximum(upper - x, x - lower) * half;
    let first = T::EPSILON.cbrt() * T::from_f64(4.0) * scale;
    let first = if room < first { room } else { first };
    let smallest = first * T::from_f64(0.5 / (1 << STEPS) as f64);
    if x + smallest == x && x - smallest == x {
        return unknown(State::Fixed);
    }
    // Where the value is small at the point alone, the last bits of those around count.
    let largest = Cell::new(here.abs());
    let value = &mut |x: T| {
        let value = value(x)?;
        largest.set(maximum(largest.get(), value.abs()));
        Ok(value)
    };
    let (mut slopes, mut steps, mut step) = ([0.0; STEPS], [0.0; STEPS], first);
    for i in 0..STEPS {
        match derivative(value, x, here, step, (lower, upper)) {
            Ok(slope) => (slopes[i], steps[i]) = (slope.to_f64(), step.to_f64()),
            Err(()) => return unknown(State::NonFinite),
        }
        step = step * half;
    }
    let last = STEPS - 1;
    // What the values' noise does to the slope of the smallest step; less for the others.
    let noise = (slopes[last] - slopes[last - 1]).abs() * steps[last];
    let extrapolated = |i: usize| slopes[i] + (slopes[i] - slopes[i - 1]) / 3.0;
    let mut best = unknown(State::Known);
    for i in 1..STEPS {
        let mut consider = |slope: f64, change: f64| {
            // Steps too large for the function may agree by chance; then smaller ones do not agree with them.
            let missed = (i + 1..STEPS).map(|j| (slopes[j] - slope).abs() - 4.0 * noise / steps[j]);
            let uncertainty = change.abs() + noise / steps[i] + missed.fold(0.0, f64::max);
            if uncertainty < best.uncertainty {
                (best.slope, best.uncertainty) = (slope, uncertainty);
            }
        };
        consider(slopes[i], slopes[i] - slopes[i - 1]);
        if i > 1 {
            consider(extrapolated(i), extrapolated(i) - extrapolated(i - 1));
        }
    }
    // Below the smallest normal number values have fewer digits.
    let last_bit = (T::EPSILON * largest.get() + T::MIN_POSITIVE).to_f64();
    best.floor = (last_bit + roundings) / steps[last];
    best.uncertainty += best.floor;
    if x - lower >= first && upper - x >= first {
        best.kink = kink(value, x, here, (first, T::from_f64(steps[last])), (lower, upper), best.floor);
    }
    best
}

/// Returns the slopes to the left and to the right, where they differ as much for the small step as for the large one.
fn kink<T: Real>(
    value: &mut dyn FnMut(T) -> Result<T, ()>,
    x: T,
    here: T,
    (large, small): (T, T),
    (lower, upper): (T, T),
    floor: f64,
) -> Option<(f64, f64)> {
    let mut sides = |step: T| {
        if x - step < lower || x + step > upper {
            // The distance to a bound is rounded.
            return None;
        }
        let (left, right) = (value(x - step).ok()?, value(x + step).ok()?);
        let (left, right) = ((here - left) / (x - (x - step)), (right - here) / ((x + step) - x));
        Some((left.to_f64(), right.to_f64()))
    };
    let (far, near) = (sides(large)?, sides(small)?);
    let (far_gap, gap) = (far.1 - far.0, near.1 - near.0);
    let visible = gap.abs() > 100.0 * floor + 1e-3 * near.0.abs().max(near.1.abs());
    // The slopes of a smooth function approach each other in proportion to the step, here to a 32nd.
    (visible && gap / far_gap > 0.5 && gap / far_gap < 2.0).then(|| (near.0.min(near.1), near.0.max(near.1)))
}
