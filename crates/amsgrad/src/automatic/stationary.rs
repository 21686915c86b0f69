//! Finds what a point is at which a run ends: whether the value falls beside it, or does not change at all.

use super::legs::Automatic;
use crate::constraint::{Constraint, Region, equal_weights};
use crate::decide::comparable;
use crate::error::Error;
use crate::number::{Real, to_f64};
use crate::objective::Objective;
use crate::outcome::{Iterate, Stationary};
use crate::random::Uniform;

/// Largest number of coordinates looked along, and number of random directions.
const COORDINATES: usize = 16;
const DIRECTIONS: u64 = 4;
/// How far is looked, as a share of a coordinate's length; and on a plateau, how far for its end.
const NEAR: f64 = 1e-4;
const FAR: [f64; 3] = [1e-2, 0.1, 1.0];
/// The constraint blocks a way of which less than this share is left.
const BLOCKED: f64 = 1e-2;
/// Values that differ by fewer units in the last place are the same.
const NOISE: f64 = 8.0;

impl Stationary {
    /// Returns what `point` is by the values around it; `None` where it is what is looked for. The point lies within the
    /// constraint, and its gradient is 0 or nearly so.
    ///
    /// # Errors
    /// The constraint does not fit the number type.
    pub fn at<T: Real>(
        objective: &mut impl Objective<T>,
        constraint: &Constraint,
        point: &[T],
        maximize: bool,
    ) -> Result<Option<Self>, Error> {
        let region = constraint.region()?;
        let lengths = constraint.lengths(&to_f64(point));
        let mut look = |x: &[T]| evaluated(objective, x);
        let Some((value, gradient)) = look(point) else { return Ok(None) };
        let sign = T::from_f64(if maximize { -1.0 } else { 1.0 });
        let here = Here { point, value, gradient: &gradient, sign, region: &region, lengths: &lengths };
        Ok(here.around(&mut look, false).0)
    }
}

/// Evaluates the objective; `None` where it fails or the value is not finite.
fn evaluated<T: Real>(objective: &mut impl Objective<T>, point: &[T]) -> Option<(T, Vec<T>)> {
    let mut gradient = vec![T::default(); point.len()];
    let value = objective.evaluate(point, &mut gradient).ok()?;
    value.is_finite().then_some((value, gradient))
}

/// Returns what the best point is, and a better one beside it if there is one.
pub(super) fn around<T: Real>(run: &mut Automatic<'_, T>) -> (Option<Stationary>, Option<Iterate<T>>) {
    let (best, region, lengths) = (run.best.clone(), run.setup.region.clone(), run.lengths.clone());
    let Some((value, gradient)) = run.look(&best.point) else { return (None, None) };
    let (point, gradient, sign) = (&best.point, &gradient, run.sign);
    let here = Here { point, value, gradient, sign, region: &region, lengths: &lengths };
    let (found, lower) = here.around(&mut |point| run.look(point), true);
    let step = run.steps;
    (found, lower.map(|(point, value)| Iterate { step, point, value }))
}

/// A point and its surroundings.
struct Here<'a, T: Real> {
    point: &'a [T],
    value: T,
    gradient: &'a [T],
    /// 1 to minimize, -1 to maximize.
    sign: T,
    region: &'a Region<T>,
    lengths: &'a [f64],
}

/// How the value changes beside a point.
#[derive(Default)]
struct Changes {
    rises: bool,
    falls: bool,
    stays: bool,
}

type Look<'a, T> = &'a mut dyn FnMut(&[T]) -> Option<(T, Vec<T>)>;

impl<T: Real> Here<'_, T> {
    /// Returns what the point is, and the lowest point beside it where that is lower; `far` looks for the end of a plateau.
    fn around(&self, look: Look<'_, T>, far: bool) -> (Option<Stationary>, Option<(Vec<T>, T)>) {
        let (changes, mut lower) = self.changes(look, NEAR);
        let found = match changes {
            Changes { rises: false, falls: true, .. } if self.sign < T::default() => {
                Some(Stationary::Minimum)
            }
            Changes { rises: false, falls: true, .. } => Some(Stationary::Maximum),
            Changes { rises: true, falls: true, .. } => Some(Stationary::Saddle),
            Changes { rises: false, falls: false, stays: true } => Some(Stationary::Plateau),
            _ => None,
        };
        if far && found == Some(Stationary::Plateau) {
            lower = FAR.into_iter().find_map(|share| self.changes(look, share).1);
        }
        (found, lower)
    }

    fn changes(&self, look: Look<'_, T>, share: f64) -> (Changes, Option<(Vec<T>, T)>) {
        let cost = |value: T| comparable(self.sign, value).to_f64();
        let value = cost(self.value);
        let noise = NOISE * T::EPSILON.to_f64() * value.abs();
        let (mut changes, mut least, mut lower) = (Changes::default(), value - noise, None);
        let mut region = self.region.clone();
        for direction in self.directions() {
            for side in [-share, share] {
                let moved = self.point.iter().zip(&direction);
                let mut beside: Vec<T> =
                    moved.map(|(x, length)| T::from_f64(x.to_f64() + side * length)).collect();
                region.project(&mut beside, &mut equal_weights());
                if !self.has_moved(&beside, share) {
                    continue;
                }
                let Some((there, gradient)) = look(&beside) else { continue };
                let change = cost(there) - value;
                let (before, after) = (self.slope(self.gradient, &beside), self.slope(&gradient, &beside));
                // What is left where the change by the slope at the point is taken away: it need not be stationary to the
                // last digit.
                let bend = change - before;
                let falls = change < -noise && bend < -noise;
                changes.falls |= falls;
                changes.rises |= bend > noise || bend.abs() <= noise && after > before;
                changes.stays |= change.abs() <= noise && after == before;
                if falls && cost(there) < least {
                    least = cost(there);
                    lower = Some((beside, there));
                }
            }
        }
        (changes, lower)
    }

    /// Returns whether a place is away from the point: the constraint may have led back to it, but for roundings.
    fn has_moved(&self, beside: &[T], share: f64) -> bool {
        let moved = beside.iter().zip(self.point).map(|(to, from)| (*to - *from).abs().to_f64());
        moved.zip(self.lengths).any(|(moved, length)| moved > BLOCKED * share * length)
    }

    /// Returns by how much the value grows from the point to `beside` at this gradient.
    fn slope(&self, gradient: &[T], beside: &[T]) -> f64 {
        let moved = beside.iter().zip(self.point).map(|(to, from)| (*to - *from).to_f64());
        gradient.iter().zip(moved).map(|(g, moved)| (self.sign * *g).to_f64() * moved).sum()
    }

    /// Returns directions as long as the coordinates are: along some of these, and random ones.
    fn directions(&self) -> Vec<Vec<f64>> {
        let dimension = self.point.len();
        let stride = dimension.div_ceil(COORDINATES).max(1);
        let along = (0..dimension).step_by(stride).map(|i| {
            let mut direction = vec![0.0; dimension];
            direction[i] = self.lengths[i];
            direction
        });
        let random = (0..DIRECTIONS).map(|index| {
            let mut uniform = Uniform::numpy_spawned(2, index);
            self.lengths.iter().map(|length| length * (2.0 * uniform.next() - 1.0)).collect()
        });
        along.chain(random).collect()
    }
}
