//! When a run ends.

#[cfg(feature = "clock")]
use std::time::{Duration, Instant};

use crate::constraint::{Constraint, equal_weights, gradient_norm};
use crate::error::Error;
use crate::error::setting::{SettingError, check, check_count, check_nonnegative};
use crate::number::Real;
use crate::objective::{Cost, Examples, Objective};
use crate::outcome::{Status, Test};
use crate::position::Moved;

/// The conditions that end a run, each checked after every evaluation, so before the first step too.
///
/// Where several hold at once the first in the order of the fields from `gradient` on is named, limits last.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Stop {
    /// The gradient's largest component is at most this; 0 or more. Default off.
    ///
    /// In a box components that point out of it do not count; in a ball or a simplex it is the largest component of
    /// x - P(x - gradient), where P is the Euclidean projection. Both are 0 where no step inside goes downhill.
    pub gradient: Option<f64>,
    /// The same, as a share of its size at the start; 0 or more. Default off.
    pub relative_gradient: Option<f64>,
    /// The value is at most this (at least this where the run maximizes); not NaN. Default off.
    pub target: Option<f64>,
    /// No coordinate moved by more than this times the larger of 1 and the point's largest coordinate; 0 or more.
    /// Default off.
    pub point_change: Option<f64>,
    /// The value changed by at most this times the larger of 1 and its magnitude; 0 or more. Default off.
    pub value_change: Option<f64>,
    /// The best value has not improved for some steps. Default off.
    pub patience: Option<Patience>,
    /// At most this many steps. Default 1000, or 50,000 where the run finds its learning rate, the steps of trials included;
    /// none where evaluations, examples, epochs or time are limited.
    pub steps: Option<u64>,
    /// At most this many values of the objective; 1 or more. Default off.
    pub evaluations: Option<u64>,
    /// At most this many examples of a finite sum, the first batch whatever its size; 1 or more. Default off.
    pub examples: Option<u64>,
    /// At most this many passes over all examples of a finite sum; 1 or more. The last batch is evaluated, no step
    /// follows it. Default off.
    pub epochs: Option<u64>,
    /// No step begins after this much time. Default off.
    #[cfg(feature = "clock")]
    pub time: Option<Duration>,
}

/// What is small for a gradient component of values and variables around 1, and as a share of the gradient at the starts.
const SMALL: f64 = 1e-6;
/// Number of starts that are looked at, at most.
const STARTS: usize = 64;

/// Returns a gradient tolerance in the units of the problem: 1e-6, or 1e-6 of the largest gradient component at the starts
/// where that is less. The objective is evaluated at the starts, moved into the constraint; of more than 64, at as many of them.
///
/// ```
/// use amsgrad::stop::gradient_tolerance;
/// use amsgrad::Constraint;
///
/// let sphere = |scale: f64| move |x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = scale * 2.0 * x[0];
///     scale * x[0] * x[0]
/// };
/// let starts = [[2.0]];
/// assert_eq!(gradient_tolerance(&mut sphere(1.0), &Constraint::None, &starts)?, 1e-6);
/// assert_eq!(gradient_tolerance(&mut sphere(1e-8), &Constraint::None, &starts)?, 4e-14);
/// # Ok::<(), amsgrad::Error>(())
/// ```
///
/// # Errors
/// The constraint does not fit the number type.
pub fn gradient_tolerance<T: Real, P: AsRef<[T]>>(
    objective: &mut impl Objective<T>,
    constraint: &Constraint,
    starts: &[P],
) -> Result<f64, Error> {
    let mut region = constraint.region::<T>()?;
    let mut largest = 0.0_f64;
    for start in starts.iter().step_by(starts.len().div_ceil(STARTS).max(1)) {
        let mut point = start.as_ref().to_vec();
        let mut gradient = vec![T::default(); point.len()];
        region.project(&mut point, &mut equal_weights());
        if point.iter().all(|x| x.is_finite()) && objective.evaluate(&point, &mut gradient).is_ok() {
            // A start with a component that is NaN says nothing.
            largest = largest.max(gradient_norm(None, &point, &gradient, T::from_f64(1.0)).to_f64());
        }
    }
    Ok(SMALL * largest.min(1.0))
}

/// How long to wait for a better value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// After this many steps without an improvement the run ends; 1 or more.
    pub steps: u64,
    /// What counts: the value must pass the best one by more than this; 0 or more.
    pub improvement: f64,
}

impl Default for Patience {
    /// Returns 100 steps without any improvement.
    fn default() -> Self {
        Self { steps: 100, improvement: 0.0 }
    }
}

impl Patience {
    /// Checks that every setting is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not, its value, and what is allowed.
    pub fn validate(&self) -> Result<(), SettingError> {
        check_nonnegative("stop.patience.improvement", self.improvement)?;
        check_count("stop.patience.steps", self.steps)
    }
}

impl Stop {
    /// Checks that every setting is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not, its value, and what is allowed.
    pub fn validate(&self) -> Result<(), SettingError> {
        let tolerances = [
            ("stop.gradient", self.gradient),
            ("stop.relative_gradient", self.relative_gradient),
            ("stop.point_change", self.point_change),
            ("stop.value_change", self.value_change),
        ];
        for (field, tolerance) in tolerances {
            check_nonnegative(field, tolerance.unwrap_or(0.0))?;
        }
        let target = self.target.unwrap_or(0.0);
        check(!target.is_nan(), "stop.target", target, "any number but NaN")?;
        self.patience.unwrap_or_default().validate()?;
        let evaluations = self.evaluations.unwrap_or(1);
        check(evaluations >= 1, "stop.evaluations", evaluations, "1 or more, for the start is evaluated")?;
        check_count("stop.examples", self.examples.unwrap_or(1))?;
        check_count("stop.epochs", self.epochs.unwrap_or(1))
    }

    /// Checks that limits of examples and epochs have something to count.
    pub(crate) fn validate_examples(&self, examples: Examples) -> Result<(), SettingError> {
        let only = "no limit, for the objective is no finite sum";
        let counted = |limit: Option<u64>| limit.is_none() || examples.all > 0;
        check(counted(self.examples), "stop.examples", self.examples.unwrap_or(0), only)?;
        check(counted(self.epochs), "stop.epochs", self.epochs.unwrap_or(0), only)
    }

    /// Returns the limit of steps.
    #[must_use]
    pub fn step_limit(&self) -> u64 {
        self.step_limit_or(1000)
    }

    /// Returns the limit of steps, `most` where neither steps nor anything else is limited.
    pub(crate) fn step_limit_or(&self, most: u64) -> u64 {
        let limited = self.evaluations.is_some() || self.examples.is_some() || self.epochs.is_some();
        #[cfg(feature = "clock")]
        let limited = limited || self.time.is_some();
        self.steps.unwrap_or(if limited { u64::MAX } else { most })
    }

    /// Returns the limit of steps, as far as steps or evaluations are limited.
    pub(crate) fn budget(&self) -> u64 {
        self.step_limit().min(self.evaluations.unwrap_or(u64::MAX))
    }

    /// Returns the conditions of a run before which `steps` of its steps were made.
    pub(crate) fn after(&self, steps: u64) -> Self {
        Self { steps: Some(self.budget().saturating_sub(steps)), ..self.clone() }
    }

    /// Returns how often an objective of this cost may be evaluated.
    pub(crate) fn evaluation_limit(&self, cost: Cost) -> u64 {
        self.evaluations.map_or(u64::MAX, |most| most / cost.values.max(1))
    }

    /// Returns the end by the tolerance that a gradient of this size is within; `first` is its size at the start.
    pub(crate) fn converged(&self, norm: f64, first: f64) -> Option<Status> {
        if let Some(tolerance) = self.gradient.filter(|tolerance| norm <= *tolerance) {
            return Some(Status::Converged { test: Test::Gradient, measured: norm, tolerance });
        }
        // A start with gradient 0 is stationary: 0/0 counts as 0.
        let measured = if norm == 0.0 { 0.0 } else { norm / first };
        let tolerance = self.relative_gradient?;
        Some(Status::Converged { test: Test::RelativeGradient, measured, tolerance })
    }

    /// Returns whether the size of the gradient is looked at.
    pub(crate) fn looks_at_gradient(&self) -> bool {
        self.gradient.is_some() || self.relative_gradient.is_some()
    }

    /// Returns whether the change by the last step is looked at.
    pub(crate) fn looks_at_change(&self) -> bool {
        self.point_change.is_some() || self.value_change.is_some()
    }

    /// Returns whether anything but the numbers of an evaluation and the count of steps is looked at.
    pub(crate) fn looks_back(&self) -> bool {
        let counts = self.examples.is_some() || self.epochs.is_some();
        #[cfg(feature = "clock")]
        let counts = counts || self.time.is_some();
        self.looks_at_change() || self.patience.is_some() || counts
    }

    /// Returns why the run ends here, if it does; gradient and target are tested before.
    pub(crate) fn reached(&self, now: &Progress) -> Option<Status> {
        let converged = |test, measured: f64, tolerance: Option<f64>| {
            let tolerance = tolerance.filter(|tolerance| measured <= *tolerance)?;
            Some(Status::Converged { test, measured, tolerance })
        };
        if let Some(moved) = now.moved {
            let status = converged(Test::PointChange, moved.point_change, self.point_change)
                .or_else(|| converged(Test::ValueChange, moved.value_change, self.value_change));
            if status.is_some() {
                return status;
            }
        }
        if let Some(patience) = self.patience.filter(|patience| now.steps_since_improved >= patience.steps) {
            return Some(Status::NoImprovement { steps: patience.steps });
        }
        if now.steps >= self.step_limit() {
            return Some(Status::StepLimit);
        }
        if self.evaluations.is_some_and(|limit| now.values_after_next > limit) {
            return Some(Status::EvaluationLimit);
        }
        if self.examples.is_some_and(|limit| now.examples_after_next > limit) {
            return Some(Status::ExampleLimit);
        }
        if self.epochs.is_some_and(|limit| now.epochs >= limit) {
            return Some(Status::EpochLimit);
        }
        #[cfg(feature = "clock")]
        if self.time.is_some_and(|limit| now.began.is_some_and(|began| began.elapsed() >= limit)) {
            return Some(Status::TimeLimit);
        }
        None
    }
}

/// What the conditions look at.
pub(crate) struct Progress {
    /// What the last step changed, where there was one.
    pub(crate) moved: Option<Moved>,
    pub(crate) steps: u64,
    pub(crate) steps_since_improved: u64,
    pub(crate) values_after_next: u64,
    pub(crate) examples_after_next: u64,
    pub(crate) epochs: u64,
    #[cfg(feature = "clock")]
    pub(crate) began: Option<Instant>,
}
