//! The part of a ball or a simplex that lies in a box.

use super::ball::Sphere;
use super::bounds::{Bounds, Sides, clipped};
use super::double::Double;
use super::simplex::within;
use super::weights::{Weights, scale_beside};
use super::{Ball, Constraint, Simplex};
use crate::error::setting::SettingError;
use crate::number::Real;

/// The points of a [`Ball`] or a [`Simplex`] that also lie within [`Bounds`]: a portfolio whose shares have limits.
///
/// After a step to y the run continues from the point z that minimizes sum_i w_i (z_i - y_i)^2, where w_i is the
/// denominator the step used (Reddi, Kale, Kumar 2018, Algorithm 2), 1 for rules without one. By the conditions of
/// Karush, Kuhn and Tucker z is the point of the set alone for some multiplier, clipped to the box: y_i - tau / w_i on
/// a simplex, c_i + w_i (y_i - c_i) / (w_i + lambda) in a ball. The multiplier is found by bisection, because what it
/// has to meet, the sum or the radius, changes in one direction with it. A coordinate of weight 0 is held while the
/// others can make up for it.
///
/// Inside means inside both: exactly for the box, and as [`Ball`] and [`Simplex`] say.
///
/// ```
/// use amsgrad::{AmsGrad, Bounds, Intersection, Minimizer, Simplex};
///
/// // The mixture of least variance of three assets, none of them more than half of it.
/// let variances = [1.0, 2.0, 4.0];
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     for i in 0..3 {
///         gradient[i] = 2.0 * variances[i] * x[i];
///     }
///     (0..3).map(|i| variances[i] * x[i] * x[i]).sum::<f64>()
/// })
/// .rule(AmsGrad::new(0.01))
/// .within(Intersection::new(Bounds::cube(3, 0.0, 0.5)?, Simplex::new(3)?)?)
/// .start([0.5, 0.5, 0.0])
/// .gradient_tolerance(1e-6)
/// .run()?;
/// assert!(outcome.status.is_converged());
/// for (share, expected) in outcome.best.point.iter().zip([1.0 / 2.0, 1.0 / 3.0, 1.0 / 6.0]) {
///     assert!((share - expected).abs() < 1e-5);
/// }
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Intersection {
    bounds: Bounds,
    set: Set,
}

#[derive(Clone, Debug, PartialEq)]
enum Set {
    Ball(Ball),
    Simplex(Simplex),
}

impl Intersection {
    /// Creates the part of a ball or a simplex that lies within the bounds.
    ///
    /// # Errors
    /// The set is neither a ball nor a simplex or has another dimension; no point lies in both.
    pub fn new(bounds: Bounds, set: impl Into<Constraint>) -> Result<Self, SettingError> {
        let set = match set.into() {
            Constraint::Ball(ball) => Set::Ball(ball),
            Constraint::Simplex(simplex) => Set::Simplex(simplex),
            _ => return Err(SettingError::new("set", "another constraint", "a ball or a simplex")),
        };
        let both = Self { bounds, set };
        if both.set().dimension() != Some(both.dimension()) {
            let allowed = "the dimension of its bounds";
            return Err(SettingError::new(
                "dimension of the set",
                both.set().dimension().unwrap_or(0),
                allowed,
            ));
        }
        both.rounded::<f64>()?;
        Ok(both)
    }

    /// Returns the number of coordinates.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.bounds.dimension()
    }

    /// Returns the bounds.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Returns the ball or the simplex.
    #[must_use]
    pub fn set(&self) -> Constraint {
        match &self.set {
            Set::Ball(ball) => ball.clone().into(),
            Set::Simplex(simplex) => simplex.clone().into(),
        }
    }

    /// Returns whether the point lies in both.
    #[must_use]
    pub fn contains(&self, point: &[f64]) -> bool {
        let in_set = || match &self.set {
            Set::Ball(ball) => ball.contains(point),
            Set::Simplex(simplex) => simplex.contains(point),
        };
        self.bounds.contains(point) && in_set()
    }

    /// Returns the part of a box around the set that lies within the bounds.
    pub(super) fn clip(&self, around: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
        let sides = around.into_iter().zip(self.bounds.sides());
        sides.map(|((l, u), (lower, upper))| (l.clamp(*lower, *upper), u.clamp(*lower, *upper))).collect()
    }

    /// Returns the same set in the number type that runs.
    pub(super) fn rounded<T: Real>(&self) -> Result<Meeting<T>, SettingError> {
        let dimension = self.dimension();
        let mut meeting = Meeting {
            sides: self.bounds.rounded()?,
            shape: match &self.set {
                Set::Ball(ball) => Shape::Ball(ball.rounded()?),
                Set::Simplex(simplex) => Shape::Simplex(T::from_f64(simplex.total())),
            },
            center: match &self.set {
                Set::Ball(ball) => ball.center().to_vec(),
                Set::Simplex(_) => vec![0.0; dimension],
            },
            radius: 0.0,
            scale: 1.0,
            weights: Weights::new(dimension),
            from: vec![0.0; dimension],
            above: vec![T::default(); dimension],
        };
        let mut nearest: Vec<T> = meeting.center.iter().map(|c| T::from_f64(*c)).collect();
        match &self.set {
            Set::Ball(ball) => {
                meeting.radius = ball.radius();
                meeting.sides.clip(&mut nearest);
                if !meeting.contains(&nearest) {
                    let allowed = "at least the distance of its center from the bounds";
                    return Err(SettingError::new("radius", ball.radius(), allowed));
                }
            }
            Set::Simplex(simplex) => {
                // Its total fits the number type.
                simplex.rounded::<T>()?;
                meeting.sides = meeting.sides.between(T::default(), T::from_f64(simplex.total()))?;
                let mut sum = |multiplier| {
                    meeting.set_point(multiplier, &mut nearest);
                    (meeting.is_beyond(&nearest), meeting.contains(&nearest))
                };
                let allowed = || format!("bounds between which shares can sum to {}", simplex.total());
                if let (true, false) = sum(f64::INFINITY) {
                    return Err(SettingError::new("bounds", "too high for the simplex", allowed()));
                }
                if let (false, false) = sum(f64::NEG_INFINITY) {
                    return Err(SettingError::new("bounds", "too low for the simplex", allowed()));
                }
            }
        }
        Ok(meeting)
    }
}

/// An [`Intersection`] in the number type that runs, and the memory of its projection.
#[derive(Clone, Debug)]
pub(crate) struct Meeting<T> {
    /// On a simplex between 0 and its total.
    sides: Sides<T>,
    shape: Shape<T>,
    /// The center of the ball.
    center: Vec<f64>,
    radius: f64,
    /// A power of two that keeps offsets from the center finite.
    scale: f64,
    weights: Weights,
    /// The point that is projected.
    from: Vec<f64>,
    /// The point for the multiplier just below the one that is taken.
    above: Vec<T>,
}

#[derive(Clone, Debug)]
enum Shape<T> {
    Ball(Sphere<T>),
    /// The total.
    Simplex(T),
}

impl<T: Real> Meeting<T> {
    /// Returns the sides of the box, on a simplex between 0 and its total.
    pub(super) fn sides(&self) -> &Sides<T> {
        &self.sides
    }

    /// Returns the radius of the ball; 0 where the set is a simplex.
    pub(super) fn radius(&self) -> f64 {
        self.radius
    }

    /// Returns whether the set is a simplex.
    pub(super) fn is_simplex(&self) -> bool {
        matches!(self.shape, Shape::Simplex(_))
    }

    fn contains(&self, x: &[T]) -> bool {
        let inside = |(i, x): (usize, &T)| {
            let (lower, upper) = self.sides.of(i);
            lower <= *x && *x <= upper
        };
        x.iter().enumerate().all(inside)
            && match &self.shape {
                Shape::Ball(sphere) => sphere.contains(x),
                Shape::Simplex(total) => within(*total, x),
            }
    }

    /// Returns whether a larger multiplier is needed than the one that led to `x`.
    fn is_beyond(&self, x: &[T]) -> bool {
        match &self.shape {
            Shape::Ball(sphere) => !sphere.contains(x),
            Shape::Simplex(total) => sum(x) > *total,
        }
    }

    /// Moves `x` to the nearest point of both sets in the norm of these weights. A point that is not finite stays.
    pub(super) fn project(&mut self, x: &mut [T], weights: &mut dyn Iterator<Item = T>) {
        if self.contains(x) || x.iter().any(|x| !x.is_finite()) {
            return;
        }
        self.weights.set(weights);
        let mut largest = self.center.iter().fold(0.0_f64, |most, c| most.max(c.abs()));
        for (from, x) in self.from.iter_mut().zip(&*x) {
            *from = x.to_f64();
            largest = largest.max(from.abs());
        }
        self.scale = scale_beside(self.radius, largest);
        if self.weights.hold_some() && !self.can_hold(x) {
            self.weights.set_equal();
        }
        let least = match self.shape {
            Shape::Ball(_) => 0.0,
            Shape::Simplex(_) => f64::NEG_INFINITY,
        };
        self.set_point(least, x);
        if self.contains(x) {
            return;
        }
        // Numbers in their order are integers in their order, so that 64 halvings find the very last bit.
        let (mut low, mut high) = (order(least), order(f64::INFINITY));
        while let Some(half) = Some((high - low) / 2).filter(|half| *half > 0) {
            self.set_point(number(low + half), x);
            if self.is_beyond(x) { low += half } else { high = low + half }
        }
        self.set_point(number(high), x);
        if let Shape::Simplex(total) = self.shape {
            self.share(total, number(low), x);
        }
    }

    /// Returns whether the coordinates of weight 0 leave room for the others.
    fn can_hold(&self, x: &mut [T]) -> bool {
        self.set_point(f64::INFINITY, x);
        let room_below = !self.is_beyond(x) || self.contains(x);
        self.set_point(f64::NEG_INFINITY, x);
        room_below && (!self.is_simplex() || self.is_beyond(x) || self.contains(x))
    }

    /// Sets `x` to the point for this multiplier: nearer to the center of the ball, and with smaller shares of the
    /// simplex, the larger it is.
    fn set_point(&self, multiplier: f64, x: &mut [T]) {
        for (i, x) in x.iter_mut().enumerate() {
            let (from, weight, c) = (self.from[i], self.weights.as_slice()[i], self.center[i]);
            let moved = match self.shape {
                _ if weight == 0.0 => from,
                Shape::Ball(_) => {
                    let offset = from * self.scale - c * self.scale;
                    c + offset * (weight / (weight + multiplier.max(0.0))) / self.scale
                }
                Shape::Simplex(_) => from - multiplier / weight,
            };
            let (lower, upper) = self.sides.of(i);
            *x = clipped(T::from_f64(moved), lower, upper);
        }
    }

    /// Computes the shares that no bound holds once more, in 106 bits, because the differences y - tau / w cancel.
    fn share(&mut self, total: T, below: f64, x: &mut [T]) {
        let mut above = core::mem::take(&mut self.above);
        self.set_point(below, &mut above);
        let is_free = |i: usize, x: T| {
            let (lower, upper) = self.sides.of(i);
            self.weights.as_slice()[i] > 0.0 && x < upper && above[i] > lower
        };
        let (mut rest, mut parts) = (Double::default() - total.to_f64().into(), Double::default());
        for (i, x) in x.iter().enumerate() {
            if is_free(i, *x) {
                rest = rest + self.from[i].into();
                parts = parts + Double::from(1.0) / self.weights.as_slice()[i].into();
            } else {
                rest = rest + x.to_f64().into();
            }
        }
        let tau = rest / parts;
        for (i, x) in x.iter_mut().enumerate() {
            let share = Double::from(self.from[i]) - tau / self.weights.as_slice()[i].into();
            if is_free(i, *x) && share.to_f64().is_finite() {
                let (lower, upper) = self.sides.of(i);
                *x = clipped(T::from_f64(share.to_f64()), lower, upper);
            }
        }
        self.above = above;
        self.make_up(total, x);
    }

    /// Gives what roundings left over to the first shares with room for it: to those that no bound holds, where that
    /// is not enough to those of a weight, then to any.
    fn make_up(&self, total: T, x: &mut [T]) {
        for round in 0..3 {
            if within(total, x) {
                return;
            }
            let mut rest = total - sum(x);
            for (i, x) in x.iter_mut().enumerate() {
                let (lower, upper) = self.sides.of(i);
                let may_move = match round {
                    0 => lower < *x && *x < upper && self.weights.as_slice()[i] > 0.0,
                    1 => self.weights.as_slice()[i] > 0.0,
                    _ => true,
                };
                if may_move {
                    let moved = clipped(*x + rest, lower, upper);
                    rest = rest - (moved - *x);
                    *x = moved;
                }
            }
        }
    }
}

/// Returns the sum from the first share to the last.
fn sum<T: Real>(x: &[T]) -> T {
    x.iter().fold(T::default(), |sum, x| sum + *x)
}

/// Returns the place of a number among all numbers in their order.
fn order(x: f64) -> i128 {
    let bits = x.to_bits() as i64;
    i128::from(bits ^ (((bits >> 63) as u64) >> 1) as i64)
}

/// Returns the number at this place.
fn number(place: i128) -> f64 {
    let bits = place as i64;
    f64::from_bits((bits ^ (((bits >> 63) as u64) >> 1) as i64) as u64)
}

#[cfg(test)]
mod tests;
