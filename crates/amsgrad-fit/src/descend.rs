//! Damped steps to a minimum: Levenberg-Marquardt for residuals, Newton's method for sums.

use std::borrow::Cow;

use crate::local::{Here, Local};
use crate::loss::Loss;
use crate::objective::Objective;
use crate::outcome::Status;
use crate::space::{Direction, Space};
use crate::triangle::Triangle;

/// Where a descent ended.
#[derive(Clone, Debug)]
pub(crate) struct Descent {
    pub(crate) point: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) status: Status,
    pub(crate) steps: u64,
    /// The triangle of the rows there, each weighed by its error alone, if the descent had it.
    pub(crate) triangle: Option<Triangle>,
}

impl Descent {
    pub(crate) fn new(point: Vec<f64>, value: f64, status: Status, steps: u64) -> Self {
        Self { point, value, status, steps, triangle: None }
    }

    /// Returns the triangle of the rows at the end, each weighed by its error alone.
    pub(crate) fn triangle(&self, objective: &Objective<'_>) -> Cow<'_, Triangle> {
        match &self.triangle {
            Some(triangle) => Cow::Borrowed(triangle),
            None => Cow::Owned(objective.triangle(&self.point, Loss::Squares).1),
        }
    }
}

/// A change smaller than this share of a parameter begins the last phase, in which steps are not damped.
const NEAR: f64 = 1e-7;
/// A gradient this small, as the share of the value that it could still gain, counts as none.
const FLAT: f64 = 1e-13;

/// What a descent works with.
#[derive(Clone, Copy)]
pub(crate) struct Problem<'a> {
    pub(crate) objective: &'a Objective<'a>,
    pub(crate) space: &'a Space,
    pub(crate) scale: &'a [f64],
    /// The parameters to solve for after each step, with the others held; none for plain steps.
    pub(crate) linear: &'a [usize],
    pub(crate) limit: u64,
    pub(crate) stop: &'a (dyn Fn() -> bool + Sync),
}

impl Problem<'_> {
    /// Descends from a point, every evaluation inside the space.
    pub(crate) fn descend(&self, mut start: Vec<f64>) -> Descent {
        self.space.project(&mut start);
        let mut here = Here::new(self.objective, start);
        if let Some(solved) = self.solved(&here) {
            here = solved;
        }
        let mut steps = 0;
        if !here.is_finite() {
            return self.ended(here, Status::NotFinite, steps);
        }
        let (mut damping, mut factor) = (1e-3, 2.0);
        let mut largest = vec![0.0; here.point.len()];
        loop {
            if (self.stop)() {
                return self.ended(here, Status::Stopped, steps);
            }
            if steps == self.limit {
                return self.ended(here, Status::StepLimit, steps);
            }
            let directions = self.space.directions(&here.point, &here.gradient);
            if directions.is_empty() {
                return self.ended(here, Status::Converged, steps);
            }
            let local = here.local(self.objective, self.space, self.scale, &directions);
            let measure = measure(&local, &directions, &mut largest);
            let mut tries = 0;
            let next = loop {
                tries += 1;
                if tries > 80 {
                    break None;
                }
                let Some(step) = local.step(damping, &measure) else {
                    damping = (damping * factor).max(1e-6);
                    factor *= 2.0;
                    continue;
                };
                let (point, step, change) = self.moved(&here.point, &directions, &step);
                if change == 0.0 {
                    break None;
                }
                let expected = local.decrease(&step);
                let plain = Here::new(self.objective, point);
                let next = self.solved(&plain).unwrap_or(plain);
                let gain = (here.value - next.value) / expected;
                if expected > 0.0 && gain > 1e-4 && next.is_finite() {
                    let bend = 2.0 * gain - 1.0;
                    damping = (damping * (1.0 - bend * bend * bend).clamp(0.1, 2.0)).max(1e-18);
                    factor = 2.0;
                    break Some((next, change));
                }
                // What is left to gain is within the rounding of the value.
                if expected.abs() <= FLAT * here.value.abs() && change < NEAR.sqrt() {
                    break None;
                }
                damping *= factor;
                factor *= 2.0;
            };
            steps += 1;
            match next {
                Some((next, change)) => {
                    here = next;
                    if change < NEAR {
                        return self.polished(here, steps);
                    }
                }
                None => return self.polished(here, steps),
            }
        }
    }

    /// The point at which the linear parameters are best for the others, if that is lower.
    fn solved(&self, here: &Here) -> Option<Here> {
        if self.linear.is_empty() {
            return None;
        }
        let mut directions = self.space.directions(&here.point, &here.gradient);
        directions.retain(|direction| direction.minus.is_none() && self.linear.contains(&direction.plus));
        if directions.is_empty() || !here.is_finite() {
            return None;
        }
        let local = here.local(self.objective, self.space, self.scale, &directions);
        let step = undamped(&local, &local.scales())?;
        let (point, ..) = self.moved(&here.point, &directions, &step);
        let solved = Here::new(self.objective, point);
        (solved.value < here.value && solved.is_finite()).then_some(solved)
    }

    /// Goes on from a point close to a minimum without damping.
    pub(crate) fn polish(&self, start: Vec<f64>) -> Descent {
        self.polished(Here::new(self.objective, start), 0)
    }

    /// Steps without damping as long as they shrink, so down to the rounding of the parameters.
    fn polished(&self, mut here: Here, mut steps: u64) -> Descent {
        const MOST: usize = 60;
        let (mut last, mut status) = (f64::INFINITY, Status::Stalled);
        for _ in 0..MOST {
            let directions = self.space.directions(&here.point, &here.gradient);
            if directions.is_empty() {
                status = Status::Converged;
                break;
            }
            let local = here.local(self.objective, self.space, self.scale, &directions);
            let measure = measure(&local, &directions, &mut vec![0.0; here.point.len()]);
            let Some(step) = undamped(&local, &measure) else { break };
            let (point, step, change) = self.moved(&here.point, &directions, &step);
            let decrease = local.decrease(&step).abs();
            if decrease <= FLAT * here.value.abs() || change <= 4.0 * f64::EPSILON {
                status = Status::Converged;
            }
            if change == 0.0 || change >= last || change > 1e3 * NEAR.sqrt() {
                break;
            }
            // By the way the changes shrink, this is the last one, and it leaves the value as it is.
            if change * (change / last) < 0.25 * f64::EPSILON
                && last.is_finite()
                && decrease <= f64::EPSILON * here.value.abs()
            {
                here.point = point;
                steps += 1;
                break;
            }
            let next = Here::new(self.objective, point);
            // The value may only rise by its rounding, which is large where next to nothing is left of it.
            let rise = if change > NEAR { 1e-9 } else { 1e-2 };
            if !next.is_finite() || next.value > here.value + rise * here.value.abs() + f64::MIN_POSITIVE {
                break;
            }
            last = change;
            here = next;
            steps += 1;
        }
        self.ended(here, status, steps)
    }

    fn ended(&self, here: Here, status: Status, steps: u64) -> Descent {
        // Squares weigh every row alike.
        let triangle = here.triangle.filter(|_| self.objective.loss() == Loss::Squares);
        Descent { triangle, ..Descent::new(here.point, here.value, status, steps) }
    }

    /// The point a step leads to, the step after what the bounds left of it, and its largest relative change.
    fn moved(&self, from: &[f64], directions: &[Direction], step: &[f64]) -> (Vec<f64>, Vec<f64>, f64) {
        let mut point = from.to_vec();
        for (direction, step) in directions.iter().zip(step) {
            point[direction.plus] += step;
            if let Some(minus) = direction.minus {
                point[minus] -= step;
            }
        }
        self.space.project(&mut point);
        let step = directions.iter().map(|direction| point[direction.plus] - from[direction.plus]).collect();
        let relative = |((to, from), scale): ((&f64, &f64), &f64)| {
            (to - from).abs() / from.abs().max(1e-8 * scale).max(f64::MIN_POSITIVE)
        };
        let change = point.iter().zip(from).zip(self.scale).map(relative).fold(0.0, f64::max);
        (point, step, change)
    }
}

/// The whole step, with so little damping that only directions which the data leave open feel it. Second derivatives by
/// differences need more of it there.
fn undamped(local: &Local, measure: &[f64]) -> Option<Vec<f64>> {
    [1e-22, 1e-12, 1e-6].into_iter().find_map(|damping| local.step(damping, measure))
}

/// The measure of a step: the largest curvature met so far along each direction.
fn measure(local: &Local, directions: &[Direction], largest: &mut [f64]) -> Vec<f64> {
    let scales = local.scales();
    let most = scales.iter().copied().fold(0.0, f64::max);
    let kept = directions.iter().zip(scales).map(|(direction, scale)| {
        let kept = &mut largest[direction.plus];
        *kept = (0.5 * *kept).max(scale);
        // Where nothing depends on a parameter, it stays.
        if *kept > 0.0 { *kept } else { most.max(1.0) }
    });
    kept.collect()
}
