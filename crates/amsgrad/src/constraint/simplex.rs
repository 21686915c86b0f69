//! The probability simplex: shares of a whole.

use super::double::Double;
use super::weights::{Weights, scale_beside};
use crate::error::setting::{SettingError, check_count, check_positive};
use crate::number::Real;

/// The points whose coordinates are 0 or more and sum to a total, 1 by default: probabilities, mixtures, portfolios.
///
/// After a step to y the run continues from the point z of the simplex that minimizes sum_i w_i (z_i - y_i)^2, where w_i
/// is the denominator the step used (Reddi, Kale, Kumar 2018, Algorithm 2), 1 for rules without one. That is
/// z_i = max(0, y_i - tau / w_i) with the one tau for which the sum is right, found by sorting the products w_i y_i, as
/// Duchi, Shalev-Shwartz, Singer, Chandra 2008 do for equal weights; it takes n log n operations. A coordinate of
/// weight 0 is held while the others can make up the total.
///
/// Inside means: every x_i is at least 0, and the sum from the first coordinate to the last differs from the total by
/// at most n * epsilon of it, where epsilon is that of the number type that runs.
///
/// ```
/// use amsgrad::{AmsGrad, Minimizer, Simplex};
///
/// // The mixture of least variance of three independent assets: shares as 1 / variance.
/// let variances = [1.0, 2.0, 4.0];
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     for i in 0..3 {
///         gradient[i] = 2.0 * variances[i] * x[i];
///     }
///     (0..3).map(|i| variances[i] * x[i] * x[i]).sum::<f64>()
/// })
/// .rule(AmsGrad::new(0.01))
/// .within(Simplex::new(3)?)
/// .start([1.0, 0.0, 0.0])
/// .gradient_tolerance(1e-6)
/// .run()?;
/// assert!(outcome.status.is_converged());
/// for (share, expected) in outcome.best.point.iter().zip([4.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0]) {
///     assert!((share - expected).abs() < 1e-5);
/// }
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Simplex {
    dimension: usize,
    total: f64,
}

impl Simplex {
    /// Creates the simplex of `dimension` shares, 1 or more, that sum to 1.
    ///
    /// # Errors
    /// There are no coordinates.
    pub fn new(dimension: usize) -> Result<Self, SettingError> {
        Self::with_total(dimension, 1.0)
    }

    /// Creates the simplex of `dimension` shares, 1 or more, that sum to `total`, a finite number above 0.
    ///
    /// # Errors
    /// There are no coordinates, or the total is not such a number.
    pub fn with_total(dimension: usize, total: f64) -> Result<Self, SettingError> {
        check_count("dimension of the simplex", dimension as u64)?;
        check_positive("total of the simplex", total)?;
        Ok(Self { dimension, total })
    }

    /// Returns the number of coordinates.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Returns what the coordinates sum to.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Returns whether no coordinate is negative and their sum is right to n * epsilon of the total.
    #[must_use]
    pub fn contains(&self, point: &[f64]) -> bool {
        point.len() == self.dimension && within(self.total, point)
    }

    /// Returns the simplex in the number type that runs.
    pub(super) fn rounded<T: Real>(&self) -> Result<Shares<T>, SettingError> {
        let total = T::from_f64(self.total);
        // Below, epsilon of the total is no number; above, a sum with its roundings overflows.
        let (least, most) = (T::MIN_POSITIVE / T::EPSILON, T::INFINITY.next_down() * T::from_f64(0.25));
        if !(least <= total && total <= most) {
            let (least, most) = (least.to_f64(), most.to_f64());
            let allowed = format!("a number from {least:e} to {most:e} for {}", T::NAME);
            return Err(SettingError::new("total of the simplex", self.total, allowed));
        }
        Ok(Shares {
            total,
            weights: Weights::new(self.dimension),
            products: vec![Double::default(); self.dimension],
            order: Vec::with_capacity(self.dimension),
        })
    }
}

/// Returns whether the point is in the simplex, its sum computed in order.
pub(super) fn within<T: Real>(total: T, point: &[T]) -> bool {
    let tolerance = T::from_f64(point.len() as f64) * T::EPSILON * total;
    let sum = point.iter().fold(T::default(), |sum, x| sum + *x);
    (sum - total).abs() <= tolerance && point.iter().all(|x| *x >= T::default())
}

/// A [`Simplex`] in the number type that runs, and the memory of its projection.
#[derive(Clone, Debug)]
pub(crate) struct Shares<T> {
    total: T,
    weights: Weights,
    /// w y, scaled.
    products: Vec<Double>,
    /// The coordinates that are not held, by falling products.
    order: Vec<usize>,
}

impl<T: Real> Shares<T> {
    /// Moves `x` to the nearest point of the simplex in the norm of these weights. A point that is not finite stays.
    pub(super) fn project(&mut self, x: &mut [T], weights: &mut dyn Iterator<Item = T>) {
        if within(self.total, x) || x.iter().any(|x| !x.is_finite()) {
            return;
        }
        self.weights.set(weights);
        let zero = T::default();
        let held = x.iter().zip(self.weights.as_slice()).filter(|(_, weight)| **weight == 0.0);
        let (sum, least) =
            held.fold((zero, zero), |(sum, least), (x, _)| (sum + *x, if *x < least { *x } else { least }));
        if least < zero || sum > self.total || self.weights.as_slice().iter().all(|weight| *weight == 0.0) {
            // There is no room for the held coordinates: none is held.
            self.weights.set_equal();
        }
        let whole = x.iter().copied().enumerate();
        let (first, _) =
            whole.fold((0, -T::INFINITY), |(i, most), (j, x)| if x > most { (j, x) } else { (i, most) });
        self.share(x);
        if !within(self.total, x) {
            // Only where coordinates are so far out (1e20 totals) that 106 bits do not tell the shares apart.
            x.fill(zero);
            x[first] = self.total;
        }
    }

    fn share(&mut self, x: &mut [T]) {
        let largest = x.iter().fold(0.0_f64, |most, x| most.max(x.to_f64().abs()));
        let scale = scale_beside(self.total.to_f64(), largest);
        // With equal weights all coordinates may be moved by the same number: to a largest of 0, so that nothing is
        // lost however far out they are.
        let origin = match self.weights.are_equal() {
            true => x.iter().fold(f64::NEG_INFINITY, |most, x| most.max(x.to_f64() * scale)),
            false => 0.0,
        };
        let mut room = Double::from(self.total.to_f64() * scale);
        self.order.clear();
        let numbers = x.iter().zip(self.weights.as_slice()).zip(&mut self.products);
        for (i, ((x, weight), product)) in numbers.enumerate() {
            let y = Double::difference(x.to_f64() * scale, origin);
            if *weight == 0.0 {
                room = room - y;
            } else {
                *product = y * (*weight).into();
                self.order.push(i);
            }
        }
        let products = &self.products;
        let by_product = |i: &usize, j: &usize| {
            let falling = products[*j].partial_cmp(&products[*i]);
            falling.unwrap_or(core::cmp::Ordering::Equal).then(i.cmp(j))
        };
        self.order.sort_unstable_by(by_product);
        // tau = (sum of y - room) / (sum of 1 / w) over the coordinates whose product is above it.
        let (mut above, mut parts) = (Double::default() - room, Double::default());
        let mut count = 0;
        for i in &self.order {
            let (product, weight) = (products[*i], Double::from(self.weights.as_slice()[*i]));
            if count > 0 && product * parts <= above {
                break;
            }
            above = above + product / weight;
            parts = parts + Double::from(1.0) / weight;
            count += 1;
        }
        let tau = above / parts;
        for (rank, i) in self.order.iter().enumerate() {
            let share = match (rank < count, count) {
                (false, _) => 0.0,
                (true, 1) => room.to_f64().max(0.0),
                (true, _) => ((products[*i] - tau) / self.weights.as_slice()[*i].into()).to_f64().max(0.0),
            };
            x[*i] = T::from_f64(share / scale);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn projected<T: Real>(total: f64, y: &[T], weights: &[f64]) -> Vec<T> {
        let mut shares = Simplex::with_total(y.len(), total).unwrap().rounded::<T>().unwrap();
        let mut x = y.to_vec();
        shares.project(&mut x, &mut weights.iter().map(|weight| T::from_f64(*weight)));
        assert!(within(T::from_f64(total), &x), "{x:?}");
        let once = x.clone();
        shares.project(&mut x, &mut weights.iter().map(|weight| T::from_f64(*weight)));
        assert_eq!(x, once, "a point inside stays");
        x
    }

    /// Returns the projection by trying every set of coordinates that may be above 0 for its multiplier.
    fn by_brute_force(total: f64, y: &[f64], weights: &[f64]) -> Vec<f64> {
        let product = |i: usize| Double::from(y[i]) * weights[i].into();
        for set in 1_u32..1 << y.len() {
            let inside = |i: &usize| set >> i & 1 == 1;
            let (mut above, mut parts) = (Double::default() - total.into(), Double::default());
            for i in (0..y.len()).filter(inside) {
                above = above + y[i].into();
                parts = parts + Double::from(1.0) / weights[i].into();
            }
            let tau = above / parts;
            if (0..y.len()).all(|i| (product(i) > tau) == inside(&i)) {
                let share = |i| ((product(i) - tau) / weights[i].into()).to_f64();
                return (0..y.len()).map(|i| if inside(&i) { share(i) } else { 0.0 }).collect();
            }
        }
        panic!("one set is right")
    }

    fn weight(decades: f64) -> impl Strategy<Value = f64> {
        (-decades..decades).prop_map(libm::exp10)
    }

    fn problem(decades: f64, far: f64) -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
        (1..7_usize).prop_flat_map(move |n| {
            (prop::collection::vec(-far..far, n), prop::collection::vec(weight(decades), n))
        })
    }

    proptest! {
        #[test]
        fn exact((y, weights) in problem(3.0, 3.0), total in 0.01..100.0_f64) {
            let expected = by_brute_force(total, &y, &weights);
            for (z, expected) in projected(total, &y, &weights).iter().zip(&expected) {
                prop_assert!((z - expected).abs() <= 1e-14 * total, "{z} {expected}");
            }
        }

        #[test]
        fn exact_for_weights_of_any_ratio((y, weights) in problem(150.0, 1e6)) {
            let expected = by_brute_force(1.0, &y, &weights);
            for (z, expected) in projected(1.0, &y, &weights).iter().zip(&expected) {
                prop_assert!((z - expected).abs() <= 1e-14, "{z} {expected}");
            }
        }

        #[test]
        fn exact_in_f32((y, weights) in problem(18.0, 10.0)) {
            let round = |numbers: &[f64]| numbers.iter().map(|x| *x as f32).collect::<Vec<f32>>();
            let widen = |numbers: Vec<f32>| numbers.into_iter().map(f64::from).collect::<Vec<f64>>();
            let expected = by_brute_force(1.0, &widen(round(&y)), &widen(round(&weights)));
            for (z, expected) in projected(1.0, &round(&y), &weights).iter().zip(&expected) {
                prop_assert!((f64::from(*z) - expected).abs() <= 1e-6, "{z} {expected}");
            }
        }

        #[test]
        fn no_point_of_the_simplex_is_nearer(
            (y, weights) in problem(2.0, 3.0),
            other in prop::collection::vec(0.0..1.0_f64, 6),
        ) {
            let sum: f64 = other[..y.len()].iter().sum();
            let distance = |z: &[f64]| -> f64 { (0..y.len()).map(|i| weights[i] * (z[i] - y[i]) * (z[i] - y[i])).sum() };
            let other: Vec<f64> = other[..y.len()].iter().map(|share| share / sum).collect();
            let nearest = distance(&projected(1.0, &y, &weights));
            prop_assert!(nearest <= distance(&other) * (1.0 + 1e-12));
        }

        #[test]
        fn inside_whatever_is_given(
            y in prop::collection::vec(any::<f64>(), 1..40),
            weights in prop::collection::vec(any::<f64>(), 40),
        ) {
            prop_assume!(y.iter().all(|y| y.is_finite()));
            projected(1.0, &y, &weights);
            let y: Vec<f32> = y.iter().map(|y| *y as f32).filter(|y| y.is_finite()).collect();
            if !y.is_empty() {
                projected(1e-3, &y, &weights);
            }
        }
    }

    #[test]
    fn coordinates_of_weight_0_are_held_while_there_is_room() {
        assert_eq!(projected(1.0, &[0.25, 2.0, 3.0], &[0.0, 1.0, 1.0]), [0.25, 0.0, 0.75]);
        assert_eq!(projected(1.0, &[0.25, 0.0, 0.0], &[0.0, 1.0, 3.0]), [0.25, 0.5625, 0.1875]);
        assert_eq!(projected(1.0, &[1.0, 2.0, 3.0], &[0.0, 1.0, 1.0]), [1.0, 0.0, 0.0]);
        assert_eq!(projected(1.0, &[-0.5, 0.5, 0.25], &[0.0, 1.0, 3.0]), [0.0, 0.625, 0.375], "Euclidean");
        assert_eq!(projected(1.0, &[1.5, 1.0], &[0.0, 1.0]), [0.75, 0.25], "Euclidean");
        assert_eq!(projected(1.0, &[2.0, 2.0], &[0.0, 0.0]), [0.5, 0.5], "Euclidean");
    }

    #[test]
    fn far_away() {
        assert_eq!(projected(1.0, &[1e300, 1e300], &[1.0, 1.0]), [0.5, 0.5]);
        assert_eq!(projected(1.0, &[1e300, -1e300, 1e299], &[1.0, 2.0, 3.0]), [1.0, 0.0, 0.0]);
        assert_eq!(projected(2.0, &[-1e300_f64], &[1e-300]), [2.0]);
        assert_eq!(projected(1.0, &[1e10 + 0.25, 1e10, -5.0], &[1.0; 3]), [0.625, 0.375, 0.0]);
    }

    #[test]
    fn many_coordinates() {
        let mut random = crate::random::Uniform::numpy(7);
        for n in [1000, 100_000] {
            let y: Vec<f64> = (0..n).map(|_| random.next()).collect();
            let weights: Vec<f64> = (0..n).map(|_| random.next()).collect();
            let x = projected(1.0, &y, &weights);
            assert!((x.iter().sum::<f64>() - 1.0).abs() < 1e-13);
            projected(1.0, &y.iter().map(|y| *y as f32).collect::<Vec<f32>>(), &weights);
        }
    }

    #[test]
    fn bad_settings_are_named() {
        assert_eq!(Simplex::new(0).unwrap_err().field, "dimension of the simplex");
        for total in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Simplex::with_total(2, total).unwrap_err().field, "total of the simplex");
        }
        assert!(Simplex::with_total(2, 1e-40).unwrap().rounded::<f64>().is_ok());
        assert!(Simplex::with_total(2, 1e-40).unwrap().rounded::<f32>().is_err());
        assert!(Simplex::with_total(2, 1e300).unwrap().rounded::<f32>().is_err());
    }
}
