//! A Euclidean ball: the points within a radius of a center.

use super::double::Double;
use super::weights::{Weights, scale, scale_beside};
use crate::error::setting::{Allowed, SettingError, check_nonnegative};
use crate::number::Real;

/// The points within `radius` of a center: a limit on the size of a model's parameters.
///
/// After a step to y the run continues from the point z of the ball that minimizes sum_i w_i (z_i - y_i)^2, where w_i is
/// the denominator the step used (Reddi, Kale, Kumar 2018, Algorithm 2), 1 for rules without one. That is
/// z_i - c_i = w_i (y_i - c_i) / (w_i + lambda) with the one lambda for which z lies on the sphere. A coordinate of
/// weight 0 is held while the others can make room for it.
///
/// Inside means that the distance from the center, the root of the sum of squares added from the first coordinate to
/// the last, is at most the radius, both in `f64` and in the number type that runs.
///
/// ```
/// use amsgrad::{Ball, GradientDescent, Minimizer};
///
/// // The nearest point of the unit disc to (3, 4).
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = x[0] - 3.0;
///     gradient[1] = x[1] - 4.0;
///     0.5 * (gradient[0] * gradient[0] + gradient[1] * gradient[1])
/// })
/// .rule(GradientDescent::new(0.1))
/// .within(Ball::new([0.0, 0.0], 1.0)?)
/// .start([0.0, 0.0])
/// .gradient_tolerance(1e-12)
/// .run()?;
/// assert!(outcome.status.is_converged());
/// assert!((outcome.best.point[0] - 0.6).abs() < 1e-12 && (outcome.best.point[1] - 0.8).abs() < 1e-12);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Ball {
    center: Vec<f64>,
    radius: f64,
}

impl Ball {
    /// Creates the ball around `center`, a finite point, with a finite radius of 0 or more.
    ///
    /// # Errors
    /// Names the coordinate of the center, or the radius, that is not such a number.
    pub fn new(center: impl Into<Vec<f64>>, radius: f64) -> Result<Self, SettingError> {
        let center = center.into();
        if let Some((i, c)) = center.iter().enumerate().find(|(_, c)| !c.is_finite()) {
            return Err(SettingError::new("center", c, Allowed::Finite).at(i));
        }
        check_nonnegative("radius", radius)?;
        Ok(Self { center, radius })
    }

    /// Returns the number of coordinates.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.center.len()
    }

    /// Returns the center.
    #[must_use]
    pub fn center(&self) -> &[f64] {
        &self.center
    }

    /// Returns the radius.
    #[must_use]
    pub fn radius(&self) -> f64 {
        self.radius
    }

    /// Returns whether the computed distance from the center is at most the radius.
    #[must_use]
    pub fn contains(&self, point: &[f64]) -> bool {
        point.len() == self.center.len() && within(&self.center, self.radius, point)
    }

    /// Returns the ball in the number type that runs.
    pub(super) fn rounded<T: Real>(&self) -> Result<Sphere<T>, SettingError> {
        let mut radius = T::from_f64(self.radius);
        if radius.to_f64() > self.radius {
            radius = radius.next_down();
        }
        let dimension = self.dimension();
        let sphere = Sphere {
            exact: self.clone(),
            center: self.center.iter().map(|c| T::from_f64(*c)).collect(),
            radius,
            weights: Weights::new(dimension),
            offsets: vec![Double::default(); dimension],
        };
        if !sphere.contains(&sphere.center) {
            let allowed = format!("a ball that holds its center rounded to {}", T::NAME);
            return Err(SettingError::new("radius", self.radius, allowed));
        }
        Ok(sphere)
    }
}

/// Returns whether the distance from the center, computed in order, is at most the radius. The scale is a power of two,
/// so it changes nothing but where a square would overflow or vanish.
fn within<T: Real>(center: &[T], radius: T, point: &[T]) -> bool {
    let smallest = T::MIN_POSITIVE.to_f64();
    let scale = T::from_f64(scale(radius.to_f64()).clamp(smallest, 1.0 / smallest));
    let mut sum = T::default();
    for (x, c) in point.iter().zip(center) {
        let offset = (*x - *c) * scale;
        sum = sum + offset * offset;
    }
    sum.sqrt() <= radius * scale
}

/// A [`Ball`] in the number type that runs, and the memory of its projection.
#[derive(Clone, Debug)]
pub(crate) struct Sphere<T> {
    exact: Ball,
    center: Vec<T>,
    radius: T,
    weights: Weights,
    /// y - c, scaled, with weight w: what the projection shrinks to w / (w + lambda) of itself.
    offsets: Vec<Double>,
}

impl<T: Real> Sphere<T> {
    /// Returns whether the point is in the ball, in `f64` and in the number type that runs.
    pub(super) fn contains(&self, x: &[T]) -> bool {
        let Ball { center, radius } = &self.exact;
        if !within(&self.center, self.radius, x) {
            return false;
        }
        // The same in f64, where x is exact; for T = f64 the compiler sees that it is the same again.
        let scale = scale(*radius);
        let sum = x.iter().zip(center).fold(0.0, |sum, (x, c)| {
            let offset = (x.to_f64() - c) * scale;
            sum + offset * offset
        });
        sum.sqrt() <= radius * scale
    }

    pub(super) fn radius(&self) -> f64 {
        self.exact.radius
    }

    /// Moves `x` to the nearest point of the ball in the norm of these weights. A point that is not finite stays.
    pub(super) fn project(&mut self, x: &mut [T], weights: &mut dyn Iterator<Item = T>) {
        if self.contains(x) || x.iter().any(|x| !x.is_finite()) {
            return;
        }
        self.weights.set(weights);
        let largest = x.iter().chain(&self.center).fold(0.0_f64, |most, x| most.max(x.to_f64().abs()));
        let scale = scale_beside(self.exact.radius, largest);
        for ((offset, x), c) in self.offsets.iter_mut().zip(&*x).zip(&self.exact.center) {
            *offset = Double::difference(x.to_f64() * scale, c * scale);
        }
        if self.weights.hold_some() {
            self.place(x, |_, _| 0.0);
            if !self.contains(x) {
                // There is no room for the held coordinates: none is held. Their offsets are known, so x is too.
                self.weights.set_equal();
            }
        }
        // Below 1 only where the point is 2^400 radii away: then it goes first to where squares do not overflow.
        let radius = self.exact.radius * scale;
        let lambda = self.root(radius.max(1.0));
        // Roundings may leave the point outside by a few last bits: then it shrinks by ever more of them.
        for doublings in 0..64 {
            let shrink =
                if doublings == 0 { 1.0 } else { 1.0 - 0.125 * T::EPSILON.to_f64() * power(doublings) };
            let factor = shrink.max(0.0) * radius.min(1.0) / scale;
            self.place(x, |weight, offset| shrunk(weight, offset, lambda).to_f64() * factor);
            if self.contains(x) {
                return;
            }
        }
        // No room but for the center, which is inside as it is rounded.
        x.copy_from_slice(&self.center);
    }

    /// Sets every coordinate that is not held to the center plus an offset, rounded towards the center.
    fn place(&self, x: &mut [T], offset: impl Fn(f64, Double) -> f64) {
        let held = self.weights.as_slice().iter().zip(&self.offsets);
        for ((x, c), (weight, known)) in x.iter_mut().zip(&self.exact.center).zip(held) {
            if *weight == 0.0 {
                continue;
            }
            let offset = offset(*weight, *known);
            *x = T::from_f64(c + offset);
            if (x.to_f64() - c).abs() > offset.abs() {
                *x = if x.to_f64() > *c { x.next_down() } else { x.next_up() };
            }
        }
    }

    /// Returns the lambda for which the shrunk offsets that are not held have the length that those held leave of
    /// `radius`.
    ///
    /// The reciprocal of that length is a concave, rising function of lambda, so Newton's method on it (More, Sorensen
    /// 1983) climbs to the root from the left; where the weights differ by so much that it climbs slowly, halving
    /// the bracket on a logarithmic scale takes over.
    fn root(&self, radius: f64) -> f64 {
        let mut room = Double::from(radius) * radius.into();
        let mut length = Double::default();
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for (weight, offset) in self.weights.as_slice().iter().zip(&self.offsets) {
            if *weight == 0.0 {
                room = room - *offset * *offset;
            } else {
                length = length + *offset * *offset;
                (low, high) = (low.min(*weight), high.max(*weight));
            }
        }
        if room.to_f64() <= 0.0 {
            return f64::INFINITY;
        }
        // The factor by which the length is too large, less 1, from that of the square.
        let gain = |excess: f64| excess / (1.0 + (1.0 + excess).sqrt());
        let whole = gain(((length - room) / room).to_f64());
        if whole <= 0.0 {
            return 0.0;
        }
        (low, high) = (low * whole, high * whole);
        let mut lambda = low;
        for round in 1..=200 {
            let (mut length, mut slope) = (Double::default(), 0.0);
            for (weight, offset) in self.weights.as_slice().iter().zip(&self.offsets) {
                if *weight > 0.0 {
                    let offset = shrunk(*weight, *offset, lambda);
                    length = length + offset * offset;
                    slope += offset.to_f64() * offset.to_f64() * (lambda / (weight + lambda));
                }
            }
            let excess = ((length - room) / room).to_f64();
            let step = lambda * gain(excess) * (length.to_f64() / slope);
            if step.abs() <= f64::EPSILON * lambda {
                break;
            }
            if excess > 0.0 {
                low = lambda;
            } else {
                high = lambda;
            }
            let newton = lambda + step;
            let next = if low < newton && newton < high && round % 4 != 0 {
                newton
            } else {
                low.sqrt() * high.sqrt()
            };
            if next == lambda || !next.is_finite() {
                break;
            }
            lambda = next;
        }
        lambda
    }
}

/// Returns what is left of an offset: w / (w + lambda) of it.
fn shrunk(weight: f64, offset: Double, lambda: f64) -> Double {
    if lambda == f64::INFINITY {
        return Double::default();
    }
    offset * weight.into() / (Double::from(weight) + lambda.into())
}

fn power(doublings: i32) -> f64 {
    libm::scalbn(1.0, doublings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn projected<T: Real>(center: &[f64], radius: f64, y: &[T], weights: &[f64]) -> Vec<T> {
        let mut sphere = Ball::new(center, radius).unwrap().rounded::<T>().unwrap();
        let mut x = y.to_vec();
        sphere.project(&mut x, &mut weights.iter().map(|weight| T::from_f64(*weight)));
        assert!(sphere.contains(&x), "{x:?}");
        let once = x.clone();
        sphere.project(&mut x, &mut weights.iter().map(|weight| T::from_f64(*weight)));
        assert_eq!(x, once, "a point inside stays");
        x
    }

    /// Returns the projection by halving lambda over all positive numbers.
    fn by_halving(center: &[f64], radius: f64, y: &[f64], weights: &[f64]) -> Vec<f64> {
        let offsets: Vec<Double> = y.iter().zip(center).map(|(y, c)| Double::difference(*y, *c)).collect();
        let length = |lambda: f64| {
            let shrunk = offsets.iter().zip(weights).map(|(offset, weight)| shrunk(*weight, *offset, lambda));
            shrunk.fold(Double::default(), |sum, offset| sum + offset * offset)
        };
        let square = Double::from(radius) * radius.into();
        if length(0.0) <= square {
            return y.to_vec();
        }
        let (mut low, mut high) = (0, 1e305_f64.to_bits());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if length(f64::from_bits(middle)) > square { low = middle } else { high = middle }
        }
        let point = offsets.iter().zip(weights).zip(center);
        point
            .map(|((offset, weight), c)| c + shrunk(*weight, *offset, f64::from_bits(high)).to_f64())
            .collect()
    }

    /// Center, point and weights, the decadic exponents of which differ by up to twice `decades`.
    fn problem(decades: f64, far: f64) -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Vec<f64>)> {
        let weight = (-decades..decades).prop_map(libm::exp10);
        (1..9_usize).prop_flat_map(move |n| {
            let vector = |size: f64| prop::collection::vec(-size..size, n);
            (vector(2.0), vector(far), prop::collection::vec(weight.clone(), n))
        })
    }

    proptest! {
        #[test]
        fn exact((center, y, weights) in problem(3.0, 5.0), radius in 0.01..3.0_f64) {
            let expected = by_halving(&center, radius, &y, &weights);
            for (z, expected) in projected(&center, radius, &y, &weights).iter().zip(&expected) {
                prop_assert!((z - expected).abs() <= 1e-13 * radius, "{z} {expected}");
            }
        }

        #[test]
        fn exact_for_weights_of_any_ratio((center, y, weights) in problem(150.0, 1e3)) {
            let expected = by_halving(&center, 1.0, &y, &weights);
            for (z, expected) in projected(&center, 1.0, &y, &weights).iter().zip(&expected) {
                prop_assert!((z - expected).abs() <= 1e-14, "{z} {expected}");
            }
        }

        #[test]
        fn exact_in_f32((center, y, weights) in problem(18.0, 10.0)) {
            let round = |numbers: &[f64]| numbers.iter().map(|x| *x as f32).collect::<Vec<f32>>();
            let widen = |numbers: Vec<f32>| numbers.into_iter().map(f64::from).collect::<Vec<f64>>();
            let expected = by_halving(&center, 1.0, &widen(round(&y)), &widen(round(&weights)));
            for (z, expected) in projected(&center, 1.0, &round(&y), &weights).iter().zip(&expected) {
                prop_assert!((f64::from(*z) - expected).abs() <= 2e-6, "{z} {expected}");
            }
        }

        #[test]
        fn no_point_of_the_ball_is_nearer(
            (center, y, weights) in problem(2.0, 3.0),
            direction in prop::collection::vec(-1.0..1.0_f64, 8),
            share in 0.0..1.0_f64,
        ) {
            let length = direction[..y.len()].iter().map(|d| d * d).sum::<f64>().sqrt();
            let other: Vec<f64> = (0..y.len()).map(|i| center[i] + share * direction[i] / length).collect();
            let distance = |z: &[f64]| -> f64 { (0..y.len()).map(|i| weights[i] * (z[i] - y[i]) * (z[i] - y[i])).sum() };
            let nearest = distance(&projected(&center, 1.0, &y, &weights));
            prop_assert!(nearest <= distance(&other) * (1.0 + 1e-12));
        }

        #[test]
        fn inside_whatever_is_given(
            center in prop::collection::vec(any::<f64>(), 20),
            y in prop::collection::vec(any::<f64>(), 20),
            weights in prop::collection::vec(any::<f64>(), 20),
            radius in any::<f64>(),
        ) {
            prop_assume!(center.iter().chain(&y).all(|x| x.is_finite()) && radius.is_finite());
            projected(&center, radius.abs(), &y, &weights);
            projected(&[0.0; 20], radius.abs(), &y, &weights);
            let y: Vec<f32> = y.iter().map(|y| *y as f32).collect();
            if y.iter().all(|y| y.is_finite()) {
                projected(&[0.0; 20], radius.abs(), &y, &weights);
            }
        }
    }

    #[test]
    fn coordinates_that_need_not_move_stay_on_the_sphere() {
        // The first coordinate fills the ball and is heavy: the second must go, to 5 / (2 * 12.5e300)^(1/3).
        let z = projected(&[0.0, 0.0], 1.0, &[1.0, 5.0_f64], &[1e300, 1.0]);
        assert!((z[0] - 1.0).abs() < 1e-15 && z[1].abs() < 1e-15, "{z:?}");
        assert_eq!(projected(&[0.0, 0.0], 1.0, &[2.0, 0.0], &[1e-300, 1.0]), [1.0, 0.0]);
        assert_eq!(projected(&[1.0], 0.0, &[7.0], &[1.0]), [1.0]);
    }

    #[test]
    fn coordinates_of_weight_0_are_held_while_there_is_room() {
        let z = projected(&[0.0; 3], 1.0, &[0.6, 3.0, -3.0], &[0.0, 2.0, 2.0]);
        let rest = (0.32_f64).sqrt();
        assert!(z[0] == 0.6 && (z[1] - rest).abs() < 1e-15 && (z[2] + rest).abs() < 1e-15, "{z:?}");
        assert_eq!(projected(&[0.0; 2], 1.0, &[1.0, 3.0], &[0.0, 2.0]), [1.0, 0.0]);
        let z = projected(&[0.0; 2], 1.0, &[3.0, 4.0_f64], &[0.0, 2.0]);
        assert!((z[0] - 0.6).abs() < 1e-15 && (z[1] - 0.8).abs() < 1e-15, "Euclidean: {z:?}");
    }

    #[test]
    fn many_coordinates() {
        let mut random = crate::random::Uniform::numpy(7);
        for n in [1000, 100_000] {
            let y: Vec<f64> = (0..n).map(|_| random.next() - 0.5).collect();
            let weights: Vec<f64> = (0..n).map(|_| random.next()).collect();
            let z = projected(&vec![0.0; n], 1.0, &y, &weights);
            assert!((z.iter().map(|z| z * z).sum::<f64>() - 1.0).abs() < 1e-12);
            projected(&vec![0.0; n], 1.0, &y.iter().map(|y| *y as f32).collect::<Vec<f32>>(), &weights);
        }
    }

    #[test]
    fn weights_of_every_size_at_once() {
        let weights: Vec<f64> = (0..600).map(|i| libm::exp10(150.0 - f64::from(i) * 0.5)).collect();
        let (y, center) = (vec![1.0; 600], vec![0.0; 600]);
        for radius in [24.0, 10.0, 1.0, 1e-5] {
            let expected = by_halving(&center, radius, &y, &weights);
            for (z, expected) in projected(&center, radius, &y, &weights).iter().zip(&expected) {
                assert!((z - expected).abs() <= 1e-14 * radius, "{z} {expected}");
            }
        }
    }

    #[test]
    fn bad_settings_are_named() {
        assert_eq!(Ball::new([0.0, f64::NAN], 1.0).unwrap_err().name(), "coordinate 1 of the center");
        for radius in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Ball::new([0.0], radius).unwrap_err().field, "radius");
        }
        let small = Ball::new([0.1], 1e-10).unwrap();
        assert!(small.rounded::<f64>().is_ok());
        assert_eq!(
            small.rounded::<f32>().unwrap_err().allowed,
            "a ball that holds its center rounded to f32".into()
        );
    }
}
