//! Is the gradient the gradient of the value? A check against differences of values, with a report.

use crate::constraint::{Constraint, check_dimension};
use crate::error::Error;
use crate::error::setting::{SettingError, check, check_positive};
use crate::number::policy::maximum;
use crate::number::{Real, to_f64};
use crate::objective::finite_difference::Room;
use crate::objective::{Objective, ObjectiveError};
use crate::random::Uniform;

mod cause;
mod explain;
mod report;
mod slope;

pub use cause::Cause;
pub use report::{GradientReport, Slope, Verdict};
use slope::estimate;

/// Compares an objective's gradient with differences of its values at a point.
///
/// Along each coordinate and along a few random directions the slope is estimated from six steps, the least of them
/// 32 times smaller than the largest, and extrapolated to a step of 0; how far the estimates spread says how far they
/// can be trusted. Where gradient and differences do not fit, the steps are made ever smaller, as long as the values tell
/// more: a function may change faster than the first steps show. An objective whose value changes from call to call, such as one of mini-batches, cannot be judged
/// so: check it over all examples. A slope of the gradient differs where it is off by more than the tolerance of its size and ten
/// times that uncertainty. Kinks, noise and values that are not finite are named as what they are, not as errors.
///
/// ```
/// use amsgrad::check::{Cause, GradientCheck};
///
/// let mut objective = |x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * x[0];
///     gradient[1] = -3.0 * x[1] * x[1];
///     x[0] * x[0] + x[1] * x[1] * x[1]
/// };
/// let report = GradientCheck::default().run(&mut objective, &[1.0, 2.0])?;
/// assert!(report.disagrees());
/// assert_eq!(report.worst().map(|(coordinate, _)| coordinate), Some(1));
/// assert_eq!(report.cause, Some(Cause::SignOf { coordinates: vec![1] }));
/// println!("{report}");
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GradientCheck {
    /// The relative error that is allowed, above 0. Default 1e-6 in `f64`, 5e-3 in `f32`.
    pub tolerance: Option<f64>,
    /// At most this number of coordinates is checked one by one, evenly spread where there are more. Default 1000.
    pub coordinates: usize,
    /// How many random directions are checked, up to a million; 1 or more where no coordinates are. Default 3.
    pub directions: usize,
    /// The seed of the random directions. Default 1.
    pub seed: u64,
    /// No value is computed outside; a ball or a simplex is refused. Default everywhere.
    pub constraint: Constraint,
}

impl Default for GradientCheck {
    fn default() -> Self {
        Self { tolerance: None, coordinates: 1000, directions: 3, seed: 1, constraint: Constraint::None }
    }
}

impl GradientCheck {
    /// Checks that every setting is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not, its value, and what is allowed.
    pub fn validate(&self) -> Result<(), SettingError> {
        const MOST: usize = 1_000_000;
        check_positive("tolerance", self.tolerance.unwrap_or(1.0))?;
        let any = self.coordinates > 0 || self.directions > 0;
        check(any, "coordinates", self.coordinates, "1 or more, where there are no directions")?;
        check(self.directions <= MOST, "directions", self.directions, "up to a million")
    }

    /// Checks the gradient at a point, with up to 16 evaluations for each coordinate and direction and 5 more, and as many
    /// again for each of at most four smaller scales where they do not fit.
    ///
    /// As in a run, the objective finds the gradient of another point in the slice that it is to write, so that a
    /// component which is added to, or belongs to the point before, is found out.
    ///
    /// # Errors
    /// A setting is out of range, the point is outside, or the objective fails at it.
    pub fn run<T: Real>(
        &self,
        objective: &mut impl Objective<T>,
        point: &[T],
    ) -> Result<GradientReport, Error> {
        self.run_on(objective, point)
    }

    fn run_on<T: Real>(
        &self,
        objective: &mut dyn Objective<T>,
        point: &[T],
    ) -> Result<GradientReport, Error> {
        let tolerance = self.tolerance.unwrap_or(if T::EPSILON.to_f64() < 1e-10 { 1e-6 } else { 5e-3 });
        self.validate()?;
        check_dimension("the point", point.len(), objective.dimension())?;
        check_dimension("the point", point.len(), self.constraint.dimension())?;
        for (i, x) in point.iter().enumerate() {
            if !x.is_finite() {
                return Err(bad_coordinate(i, *x, "a finite number"));
            }
        }
        let room = Room::within(&self.constraint)?;
        if let Some((i, x)) =
            point.iter().enumerate().find(|(i, x)| room.of(*i).0 > **x || room.of(*i).1 < **x)
        {
            return Err(bad_coordinate(i, *x, "a number within the bounds"));
        }
        let mut run =
            Check { objective, room, point, moved: point.to_vec(), scratch: vec![T::default(); point.len()] };
        let random = &mut Uniform::numpy(self.seed);
        let directions: Vec<Vec<T>> = (0..self.directions).map(|_| run.direction(random)).collect();
        let elsewhere = run.direction(random);
        let answers = run.answers(&elsewhere).map_err(Error::Objective)?;
        let roundings = answers.roundings(point);
        let stride = point.len().div_ceil(self.coordinates.max(1)).max(1);
        let mut coordinates = Vec::new();
        for i in (0..point.len()).step_by(stride).take(self.coordinates) {
            let gradient = answers.gradient[i].to_f64();
            let estimate = |steps| run.along_coordinate(i, answers.value, steps);
            coordinates.push((i, at_scales(gradient, tolerance, &Scales::of(&point[i..=i]), estimate)));
        }
        let along = |direction: &Vec<T>| {
            let products = answers.gradient.iter().zip(direction).map(|(g, d)| g.to_f64() * d.to_f64());
            let estimate = |steps| run.along_direction(direction, answers.value, roundings, steps);
            at_scales(products.sum(), tolerance, &Scales::of(point), estimate)
        };
        let directions: Vec<Slope> = directions.iter().map(along).collect();
        let mut report = GradientReport {
            dimension: point.len(),
            value: answers.value.to_f64(),
            tolerance,
            coordinates,
            directions,
            changing: answers.value != answers.value_again,
            cause: None,
        };
        if report.disagrees() {
            let gradients = explain::Gradients {
                here: to_f64(&answers.gradient),
                over_ones: to_f64(&answers.gradient_over_ones),
                reversed: run.reversed_gradient().map_or_else(Vec::new, |gradient| to_f64(&gradient)),
            };
            report.cause = explain::find(&report, &gradients);
        }
        Ok(report)
    }
}

/// How long the steps of an estimate are, and on which side of the point.
#[derive(Clone, Copy)]
struct Steps<T> {
    scale: T,
    side: Side,
}

#[derive(Clone, Copy)]
enum Side {
    Both,
    Below,
    Above,
}

impl Side {
    /// Returns the part of a range around `x` that lies on this side.
    fn of<T>(self, (lower, upper): (T, T), x: T) -> (T, T) {
        match self {
            Self::Both => (lower, upper),
            Self::Below => (lower, x),
            Self::Above => (x, upper),
        }
    }
}

/// Scales of the steps, as shares of the largest.
struct Scales<T> {
    /// First that of 1 or the coordinates, then that of the least of these, then smaller ones.
    shares: Vec<T>,
    /// Much smaller ones: values tell few digits of the slope there, but nothing that oscillates faster is missed.
    finest: [T; 2],
}

impl<T: Real> Scales<T> {
    fn of(point: &[T]) -> Self {
        let least = point.iter().map(|x| x.abs().to_f64()).filter(|x| *x > 0.0).fold(1.0, f64::min);
        let shares = [1.0, least, least / 32.0, least / 1024.0, least / 32768.0];
        let smaller = shares.iter().skip(1).filter(|share| **share < 1.0);
        Self {
            shares: shares.iter().take(1).chain(smaller).map(|share| T::from_f64(*share)).collect(),
            finest: [20, 25].map(|bits| T::from_f64(least / f64::from(1 << bits))),
        }
    }
}

/// Returns the verdict of the first scale whose estimate fits the gradient, else that of the first that differs, else that of
/// the first. Differences that are not sure and contradict each other from scale to scale do not accuse, and none does where
/// those of the finest steps side with the gradient.
fn at_scales<T: Real>(
    gradient: f64,
    tolerance: f64,
    Scales { shares, finest }: &Scales<T>,
    mut estimate: impl FnMut(Steps<T>) -> slope::Estimate,
) -> Slope {
    let (mut told, mut contradicted): (Option<Slope>, bool) = (None, false);
    for scale in shares.iter().copied() {
        let slope = Slope::judge(gradient, estimate(Steps { scale, side: Side::Both }), tolerance);
        // Smaller steps that tell less say nothing against the first.
        let tells_more = told.as_ref().is_none_or(|told| slope.uncertainty <= told.uncertainty);
        let fits = slope.verdict == Verdict::Agrees && slope.is_sure() && tells_more;
        let tells = match slope.verdict {
            Verdict::Differs | Verdict::Noise => false,
            Verdict::Agrees => slope.is_sure(),
            _ => true,
        };
        let first = told.is_none() && tells;
        if fits || first {
            return slope;
        }
        let apart = |told: &Slope| {
            (slope.difference - told.difference).abs() > 10.0 * (slope.uncertainty + told.uncertainty)
        };
        contradicted |= slope.verdict == Verdict::Differs && told.as_ref().is_some_and(apart);
        let better = slope.verdict == Verdict::Differs
            && told.as_ref().is_none_or(|told| match told.verdict {
                Verdict::Differs => false,
                Verdict::Agrees => slope.is_sure(),
                _ => true,
            });
        if better || told.is_none() {
            told = Some(slope);
        }
    }
    if let Some(told) = told.as_mut().filter(|told| contradicted && !told.is_sure()) {
        told.verdict = Verdict::Noise;
    }
    if let Some(told) = told.as_mut().filter(|told| told.verdict == Verdict::Differs) {
        let side_with_gradient = |steps| {
            let fine = Slope::judge(gradient, estimate(steps), tolerance);
            let apart = (told.difference - gradient).abs();
            let off = (fine.difference - gradient).abs();
            fine.is_judged() && off <= 10.0 * fine.uncertainty && 30.0 * fine.uncertainty <= apart
        };
        let sides = [Side::Both, Side::Below, Side::Above];
        let mut steps = finest.iter().flat_map(|scale| sides.map(|side| Steps { scale: *scale, side }));
        if steps.any(side_with_gradient) {
            told.verdict = Verdict::Noise;
        }
    }
    told.unwrap_or_else(|| Slope::judge(gradient, slope::Estimate::unknown(slope::State::Fixed), tolerance))
}

fn bad_coordinate<T: Real>(i: usize, x: T, allowed: &'static str) -> Error {
    SettingError::new("point", x, allowed).at(i).into()
}

/// What the objective says at the point.
struct Answers<T> {
    value: T,
    value_again: T,
    gradient: Vec<T>,
    /// The gradient written over ones.
    gradient_over_ones: Vec<T>,
}

impl<T: Real> Answers<T> {
    /// Returns how far off the value is beside the point because each coordinate is rounded when all of them are moved.
    fn roundings(&self, point: &[T]) -> f64 {
        let slopes = self.gradient.iter().map(|slope| slope.to_f64());
        let products = slopes.zip(point).map(|(slope, x)| slope * x.to_f64() * T::EPSILON.to_f64() / 2.0);
        products.filter(|product| product.is_finite()).fold(0.0, f64::hypot)
    }
}

struct Check<'a, T> {
    /// Behind an indirection, so that the check is compiled once per number type.
    objective: &'a mut dyn Objective<T>,
    room: Room<T>,
    point: &'a [T],
    moved: Vec<T>,
    scratch: Vec<T>,
}

impl<T: Real> Check<'_, T> {
    /// Evaluates at the point as in a run, right after and over another point; and over ones.
    fn answers(&mut self, elsewhere: &[T]) -> Result<Answers<T>, ObjectiveError> {
        let dimension = self.point.len();
        let (mut gradient, mut ones) = (vec![T::default(); dimension], vec![T::from_f64(1.0); dimension]);
        self.place(elsewhere, T::from_f64(1e-3));
        if self.objective.evaluate(&self.moved, &mut gradient).is_err() {
            // It need not be defined there.
            gradient.fill(T::default());
        }
        let value = self.objective.evaluate(self.point, &mut gradient)?;
        let value_again = self.objective.evaluate(self.point, &mut ones)?;
        Ok(Answers { value, value_again, gradient, gradient_over_ones: ones })
    }

    /// Returns the gradient at the point whose coordinates are in the opposite order, where that is inside.
    fn reversed_gradient(&mut self) -> Option<Vec<T>> {
        let reversed: Vec<T> = self.point.iter().rev().copied().collect();
        let inside = |(i, x): (usize, &T)| self.room.of(i).0 <= *x && *x <= self.room.of(i).1;
        if reversed.len() < 2 || !reversed.iter().enumerate().all(inside) {
            return None;
        }
        let mut gradient = vec![T::default(); reversed.len()];
        self.objective.evaluate(&reversed, &mut gradient).ok().map(|_| gradient)
    }

    fn along_coordinate(&mut self, i: usize, here: T, Steps { scale, side }: Steps<T>) -> slope::Estimate {
        let x = self.point[i];
        let bounds = side.of(self.room.of(i), x);
        self.moved.copy_from_slice(self.point);
        let Self { objective, moved, scratch, .. } = self;
        let mut value = |x: T| {
            moved[i] = x;
            objective.evaluate(moved, scratch).ok().filter(|value| value.is_finite()).ok_or(())
        };
        // The slope is that between the points as they are rounded.
        estimate(&mut value, x, (here, 0.0), scale * maximum(x.abs(), T::from_f64(1.0)), bounds)
    }

    fn along_direction(
        &mut self,
        direction: &[T],
        here: T,
        roundings: f64,
        Steps { scale, side }: Steps<T>,
    ) -> slope::Estimate {
        // How far the line may go until the first coordinate meets a bound.
        let one = T::from_f64(1.0);
        let (mut back, mut forth) = (one, one);
        for (i, (x, d)) in self.point.iter().zip(direction).enumerate() {
            let (lower, upper) = self.room.of(i);
            let to = |bound: T| (bound - *x).abs() / d.abs();
            if *d != T::default() {
                let (behind, ahead) = if *d > T::default() { (lower, upper) } else { (upper, lower) };
                back = if to(behind) < back { to(behind) } else { back };
                forth = if to(ahead) < forth { to(ahead) } else { forth };
            }
        }
        let mut value = |t: T| {
            self.place(direction, t);
            let value = self.objective.evaluate(&self.moved, &mut self.scratch);
            value.ok().filter(|value| value.is_finite()).ok_or(())
        };
        let zero = T::default();
        estimate(&mut value, zero, (here, roundings), scale, side.of((-back, forth), zero))
    }

    /// Writes the point moved by `t` along a direction into `moved`.
    fn place(&mut self, direction: &[T], t: T) {
        for (i, (moved, (x, d))) in self.moved.iter_mut().zip(self.point.iter().zip(direction)).enumerate() {
            let (lower, upper) = self.room.of(i);
            let to = *x + t * *d;
            *moved = if to < lower {
                lower
            } else if to > upper {
                upper
            } else {
                to
            };
        }
    }

    /// Draws a random direction in the scale of the point; at a bound it points inwards.
    fn direction(&self, random: &mut Uniform) -> Vec<T> {
        let component = |(i, x): (usize, &T)| {
            let (lower, upper) = self.room.of(i);
            let size = maximum(x.abs(), T::from_f64(1.0)) * T::from_f64(2.0 * random.next() - 1.0);
            match (*x <= lower, *x >= upper) {
                (true, true) => T::default(),
                (true, false) => size.abs(),
                (false, true) => -size.abs(),
                (false, false) => size,
            }
        };
        self.point.iter().enumerate().map(component).collect()
    }
}
