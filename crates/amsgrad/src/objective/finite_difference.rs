//! The gradient by differences of values, for functions that have none at hand.

use super::{Answer, Cost, Objective, ObjectiveError};
use crate::constraint::{Constraint, Sides};
use crate::error::Error;
use crate::error::setting::{SettingError, check_positive};
use crate::number::Real;
use crate::number::policy::maximum;

/// An objective from a closure for the value alone; the gradient is estimated by central differences.
///
/// The derivative of coordinate i is (f(x + h) - f(x - h)) / 2h with h = cbrt(epsilon) * max(|x_i|, typical), which
/// balances the error of the formula against that of the values: about ten digits of a smooth function remain in
/// `f64`, four to five in `f32`. In a box every point stays inside: where one side has no room for h, the derivative is that
/// of the parabola through x, x + h and x + 2h on the other side; where both have no room at all it is 0.
///
/// A gradient costs two values for each coordinate that is free to move, so 2n + 1 values a step. With a ball or a simplex
/// the run is refused, for a step along one coordinate leaves them.
///
/// Source: Nocedal, Wright, "Numerical Optimization", 2nd edition, section 8.1.
///
/// ```
/// use amsgrad::{AmsGrad, Bounds, FiniteDifference, Minimizer};
///
/// let outcome = Minimizer::new(FiniteDifference::new(|x: &[f64]| {
///     assert!(x[1] >= 2.0, "never evaluated outside the box");
///     (x[0] - 1.0) * (x[0] - 1.0) + x[1] * x[1]
/// }))
/// .rule(AmsGrad::new(0.1))
/// .within(Bounds::new([(-9.0, 9.0), (2.0, 9.0)])?)
/// .start([0.0, 5.0])
/// .gradient_tolerance(1e-8)
/// .steps(2000)
/// .run()?;
/// assert!(outcome.status.is_converged());
/// assert!((outcome.last.point[0] - 1.0).abs() < 1e-8 && outcome.last.point[1] == 2.0);
/// assert_eq!(outcome.counts.values, 5 * (outcome.counts.steps + 1));
/// assert_eq!(outcome.counts.gradients, 0);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FiniteDifference<V, T> {
    value: V,
    typical: f64,
    room: Room<T>,
    point: Vec<T>,
}

impl<V, T: Real> FiniteDifference<V, T> {
    /// Creates the objective from a closure `FnMut(&[T]) -> T` or `-> Result<T, E>`.
    pub fn new<A: Answer<T>>(value: V) -> Self
    where
        V: FnMut(&[T]) -> A,
    {
        Self { value, typical: 1.0, room: Room(None), point: Vec::new() }
    }

    /// Sets the size of coordinates at which the function changes noticeably, where they are smaller themselves; a
    /// finite number above 0. Default 1.
    #[must_use]
    pub fn typical(mut self, typical: f64) -> Self {
        self.typical = typical;
        self
    }
}

impl<T, V, A> Objective<T> for FiniteDifference<V, T>
where
    T: Real,
    V: FnMut(&[T]) -> A,
    A: Answer<T>,
{
    fn prepare(&mut self, constraint: &Constraint) -> Result<(), Error> {
        check_positive("typical", self.typical)?;
        self.room = Room::within(constraint)?;
        Ok(())
    }

    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        let Self { value, typical, room, point: moved } = self;
        let here = value(point).into_result()?;
        moved.clear();
        moved.extend_from_slice(point);
        let (factor, typical) = (T::EPSILON.cbrt(), T::from_f64(*typical));
        for (i, (x, component)) in point.iter().zip(gradient).enumerate() {
            let mut along = |x: T| {
                moved[i] = x;
                value(moved).into_result()
            };
            let step = factor * maximum(x.abs(), typical);
            *component = derivative(&mut along, *x, here, step, room.of(i))?;
            moved[i] = *x;
        }
        Ok(here)
    }

    fn cost(&self, dimension: usize) -> Cost {
        let free = (0..dimension).filter(|i| {
            let (lower, upper) = self.room.of(*i);
            lower < upper
        });
        Cost { values: 1 + 2 * free.count() as u64, gradients: 0 }
    }
}

/// Where differences may be taken.
#[derive(Clone, Debug)]
pub(crate) struct Room<T>(Option<Sides<T>>);

impl<T: Real> Room<T> {
    /// Creates the room inside this constraint.
    pub(crate) fn within(constraint: &Constraint) -> Result<Self, SettingError> {
        let refused = |what| {
            let allowed =
                "none, or a box, with differences of values, for a step along one coordinate leaves others";
            Err(SettingError::new("constraint", what, allowed))
        };
        match constraint {
            Constraint::None => Ok(Self(None)),
            Constraint::Box(bounds) => Ok(Self(Some(bounds.rounded()?))),
            Constraint::Ball(_) => refused("a ball"),
            Constraint::Simplex(_) => refused("a simplex"),
            Constraint::Intersection(_) => refused("a ball or a simplex within bounds"),
            Constraint::Blocks(_) => refused("blocks"),
        }
    }

    /// Returns the least and the largest value of a coordinate.
    pub(crate) fn of(&self, coordinate: usize) -> (T, T) {
        let most = T::INFINITY.next_down();
        let (lower, upper) = self.0.as_ref().map_or((-most, most), |sides| sides.of(coordinate));
        (if lower < -most { -most } else { lower }, if upper > most { most } else { upper })
    }
}

/// Returns the derivative at `x` of a function of one variable whose value there is `here`, from two values more; 0
/// where nothing but `x` lies between the bounds.
pub(crate) fn derivative<T: Real, E>(
    value: &mut dyn FnMut(T) -> Result<T, E>,
    x: T,
    here: T,
    step: T,
    (lower, upper): (T, T),
) -> Result<T, E> {
    let (two, zero) = (T::from_f64(2.0), T::default());
    if lower >= upper {
        return Ok(zero);
    }
    // Differences are divided by the distance of the points as they were rounded, not by the one that was meant.
    let (down, up) = (x - lower, upper - x);
    let inside = |x: T| if x < lower { lower } else { least(x, upper) };
    if down >= step && up >= step {
        // The distance to a bound is rounded too.
        let (left, right) = (inside(x - step), inside(x + step));
        return Ok((value(right)? - value(left)?) / (right - left));
    }
    let step = if up >= down { least(step, up / two) } else { -least(step, down / two) };
    let (near, far) = (inside(x + step), inside(x + two * step));
    let (a, b) = (near - x, far - x);
    let (near, far) = (value(near)? - here, value(far)? - here);
    if a == b || a == zero {
        // Neighboring numbers: no room for a parabola.
        return Ok(if b == zero { zero } else { far / b });
    }
    Ok((near / a * b - far / b * a) / (b - a))
}

fn least<T: Real>(a: T, b: T) -> T {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bounds;
    use proptest::prelude::*;

    fn gradient<T: Real + Answer<T>>(bounds: Option<Bounds>, x: &[T], f: impl Fn(&[T]) -> T) -> Vec<T> {
        let mut seen = Vec::new();
        let mut objective = FiniteDifference::new(|x: &[T]| {
            seen.push(x.to_vec());
            f(x)
        });
        let constraint = bounds.clone().map_or(Constraint::None, Constraint::Box);
        objective.prepare(&constraint).unwrap();
        let cost = Objective::<T>::cost(&objective, x.len());
        let mut gradient = vec![T::default(); x.len()];
        objective.evaluate(x, &mut gradient).unwrap();
        assert_eq!(cost, Cost { values: seen.len() as u64, gradients: 0 });
        for point in seen {
            let point: Vec<f64> = point.iter().map(|x| x.to_f64()).collect();
            assert!(bounds.as_ref().is_none_or(|bounds| bounds.contains(&point)), "{point:?}");
            assert!(point.iter().all(|x| x.is_finite()));
        }
        gradient
    }

    proptest! {
        #[test]
        fn smooth_functions_to_ten_digits_inside_any_box(
            x in -3.0..3.0_f64,
            below in prop::sample::select(vec![0.0, 1e-17, 1e-9, 1e-5, 0.1]),
            above in prop::sample::select(vec![0.0, 1e-9, 1e-5, 0.1, 1e300]),
        ) {
            let bounds = Bounds::new([(x - below, x + above), (-9.0, 9.0)]).unwrap();
            let slope = gradient(Some(bounds), &[x, 1.0], |x: &[f64]| libm::sin(x[0]) * x[1]);
            let width = (x + above) - (x - below);
            let room = width.min(6e-6);
            let error = if width == 0.0 { slope[0] } else { slope[0] - libm::cos(x) };
            prop_assert!(error.abs() < 1e-9 + 1e-15 / room.max(1e-300), "{error:e} {room:e}");
            prop_assert!((slope[1] - libm::sin(x)).abs() < 1e-9);
        }

        #[test]
        fn in_f32(x in -3.0..3.0_f32) {
            let slope = gradient(None, &[x], |x: &[f32]| libm::sinf(x[0]));
            prop_assert!((slope[0] - libm::cosf(x)).abs() < 2e-4);
        }
    }

    #[test]
    fn parabolas_are_exact_on_one_side_too() {
        let bounds = Bounds::new([(2.0, 10.0)]).unwrap();
        let slope = gradient(Some(bounds), &[2.0], |x: &[f64]| x[0] * x[0]);
        assert!((slope[0] - 4.0).abs() < 1e-9, "{slope:?}");
    }

    #[test]
    fn far_out_and_next_to_0() {
        assert_eq!(gradient(None, &[f64::MAX], |x: &[f64]| x[0] / 8.0), [0.125]);
        assert_eq!(gradient(None, &[-f64::MAX], |x: &[f64]| x[0] / 8.0), [0.125]);
        assert!((gradient(None, &[1e-300], |x: &[f64]| 3.0 * x[0])[0] - 3.0).abs() < 1e-9);
        let small = |x: &[f64]| libm::sin(1e6 * x[0]);
        let mut objective = FiniteDifference::new(small).typical(1e-6);
        let mut slope = [0.0];
        objective.evaluate(&[0.0], &mut slope).unwrap();
        assert!((slope[0] - 1e6).abs() < 1e-3);
    }

    #[test]
    fn errors_pass_through() {
        let mut objective =
            FiniteDifference::new(|x: &[f64]| if x[0] > 0.0 { Err("above 0") } else { Ok(x[0]) });
        let error = objective.evaluate(&[0.0], &mut [0.0]).unwrap_err();
        assert_eq!(error.to_string(), "the objective failed: above 0");
        let error =
            FiniteDifference::new(|x: &[f64]| x[0]).typical(0.0).prepare(&Constraint::None).unwrap_err();
        assert_eq!(error.to_string(), "typical is 0; allowed: a finite number above 0");
    }
}
