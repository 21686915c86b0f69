//! How a run ended, and with what.

use core::fmt;
#[cfg(feature = "clock")]
use core::time::Duration;

pub use crate::automatic::stationary::Stationary;
use crate::check::GradientReport;
use crate::history::History;
use crate::number::{Real, to_f64};
use crate::objective::ObjectiveError;
use crate::state::State;
use crate::tune::Search;

/// The result of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome<T> {
    /// Why the run ended.
    pub status: Status,
    /// The point with the best finite value. Where not even the start had one, the start with the value NaN.
    pub best: Iterate<T>,
    /// The point where the run ended. Its value is not finite where that is why, and NaN where there is none: the
    /// objective failed there, or the point itself is not finite and was not evaluated.
    pub last: Iterate<T>,
    /// What the run took.
    pub counts: Counts,
    /// How long the run took, where [`timed`](crate::Minimizer::timed) or a time limit asked for it.
    #[cfg(feature = "clock")]
    pub elapsed: Option<Duration>,
    /// The steps, where [`record_history`](crate::Minimizer::record_history) asked for them; else empty.
    pub history: History<T>,
    /// How the learning rate was found, where that was left to the run.
    pub search: Option<Search>,
    /// What the point is where the run ended, if that is no minimum, by the values around it; a run that finds its learning
    /// rate looks.
    pub stationary: Option<Stationary>,
    /// What the check of the gradient found before the run, where [`check_gradient`](crate::Minimizer::check_gradient)
    /// asked for it.
    pub gradient_check: Option<Box<GradientReport>>,
    /// The rule's memory at the end, to resume from with [`resume`](crate::Minimizer::resume).
    pub state: State<T>,
}

/// A point that was evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Iterate<T> {
    /// After how many steps; the start is 0.
    pub step: u64,
    /// The point.
    pub point: Vec<T>,
    /// The objective's value there.
    pub value: T,
}

/// How much work was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Steps of the rule.
    pub steps: u64,
    /// Values of the objective.
    pub values: u64,
    /// Gradients of the objective, a batch's counted once.
    pub gradients: u64,
    /// Gradients of single examples of a finite sum.
    pub examples: u64,
    /// Passes over all examples of a finite sum that were completed.
    pub epochs: u64,
}

/// Why a run ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// A convergence test was passed.
    Converged {
        /// Which.
        test: Test,
        /// The number it looked at, at most the tolerance.
        measured: f64,
        /// The tolerance that was set.
        tolerance: f64,
    },
    /// The value is as good as was asked for.
    TargetReached {
        /// The value.
        value: f64,
        /// What was asked for.
        target: f64,
    },
    /// The best value has not improved for a number of steps.
    NoImprovement {
        /// The patience that was set.
        steps: u64,
    },
    /// The limit of steps is reached.
    StepLimit,
    /// The limit of evaluations is reached.
    EvaluationLimit,
    /// The limit of examples is reached.
    ExampleLimit,
    /// The limit of epochs is reached.
    EpochLimit,
    /// The limit of time is reached.
    TimeLimit,
    /// The observer stopped the run.
    Stopped,
    /// The gradient at the start is not that of the value, by the check that was asked for; nothing was done with it.
    /// [`Outcome::gradient_check`] says more.
    GradientDiffers,
    /// The objective returned an error.
    ObjectiveFailed(ObjectiveError),
    /// The run ends at a bound towards which the value falls so steeply that the gradient there is infinite, or too large for
    /// the rule: no step can be made, and none is needed.
    Edge {
        /// After how many steps.
        step: u64,
        /// The first such coordinate, from 0.
        coordinate: usize,
    },
    /// A number is not finite, or too large for the rule.
    NonFinite {
        /// After how many steps.
        step: u64,
        /// Which number.
        quantity: Quantity,
    },
}

/// Why a run ended, without the numbers: the kind of a [`Status`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// A convergence test was passed.
    Converged,
    /// The value is as good as was asked for.
    TargetReached,
    /// The best value has not improved for a number of steps.
    NoImprovement,
    /// The limit of steps is reached.
    StepLimit,
    /// The limit of evaluations is reached.
    EvaluationLimit,
    /// The limit of examples is reached.
    ExampleLimit,
    /// The limit of epochs is reached.
    EpochLimit,
    /// The limit of time is reached.
    TimeLimit,
    /// The caller stopped the run, perhaps before it began.
    #[default]
    Stopped,
    /// The gradient at the start is not that of the value.
    GradientDiffers,
    /// The objective returned an error.
    ObjectiveFailed,
    /// The run ends at a bound where the gradient is infinite.
    Edge,
    /// A number is not finite, or too large for the rule.
    NonFinite,
}

impl Exit {
    /// All of them.
    ///
    /// ```
    /// use amsgrad::Exit;
    /// let named = |name: &str| Exit::ALL.into_iter().find(|exit| exit.name() == name);
    /// assert_eq!(named("step-limit"), Some(Exit::StepLimit));
    /// ```
    pub const ALL: [Self; 13] = [
        Self::Converged,
        Self::TargetReached,
        Self::NoImprovement,
        Self::StepLimit,
        Self::EvaluationLimit,
        Self::ExampleLimit,
        Self::EpochLimit,
        Self::TimeLimit,
        Self::Stopped,
        Self::GradientDiffers,
        Self::ObjectiveFailed,
        Self::Edge,
        Self::NonFinite,
    ];

    /// Returns one word for machines, such as `step-limit`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::TargetReached => "target-reached",
            Self::NoImprovement => "no-improvement",
            Self::StepLimit => "step-limit",
            Self::EvaluationLimit => "evaluation-limit",
            Self::ExampleLimit => "example-limit",
            Self::EpochLimit => "epoch-limit",
            Self::TimeLimit => "time-limit",
            Self::Stopped => "stopped",
            Self::GradientDiffers => "gradient-differs",
            Self::ObjectiveFailed => "objective-failed",
            Self::Edge => "edge",
            Self::NonFinite => "non-finite",
        }
    }

    /// Returns whether the run failed: its objective did, the gradient was found wrong, or a number was not finite.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::GradientDiffers | Self::ObjectiveFailed | Self::NonFinite)
    }
}

/// A convergence test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Test {
    /// The gradient's largest component.
    Gradient,
    /// The gradient's largest component as a share of that at the start.
    RelativeGradient,
    /// The largest move of a coordinate in the last step, relative to the point where that is larger than 1.
    PointChange,
    /// The change of the value in the last step, relative to the value where that is larger than 1.
    ValueChange,
    /// What gradient and curvature promise that the value still falls by.
    Gain,
}

/// A number that ended a run.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Quantity {
    /// The objective's value is infinite or NaN.
    Value {
        /// What it is.
        value: f64,
    },
    /// A component of the gradient is infinite or NaN.
    Gradient {
        /// Which, from 0.
        coordinate: usize,
        /// What it is.
        value: f64,
    },
    /// A component of the gradient is so large that the rule's memory cannot hold it, or its square.
    HugeGradient {
        /// Which, from 0.
        coordinate: usize,
        /// What it is.
        value: f64,
        /// The largest magnitude that fits.
        largest: f64,
    },
    /// A coordinate of the point has become infinite or NaN.
    Point {
        /// Which, from 0.
        coordinate: usize,
        /// What it is.
        value: f64,
    },
}

impl<T: Real> Outcome<T> {
    /// Creates the outcome of a run of which no more is known.
    pub(crate) fn brief(
        status: Status,
        best: Iterate<T>,
        last: Iterate<T>,
        counts: Counts,
        state: State<T>,
    ) -> Self {
        Self {
            status,
            best,
            last,
            counts,
            #[cfg(feature = "clock")]
            elapsed: None,
            history: History::default(),
            search: None,
            stationary: None,
            gradient_check: None,
            state,
        }
    }

    /// Returns the same outcome in `f64`; exact.
    #[must_use]
    pub fn to_f64(&self) -> Outcome<f64> {
        Outcome {
            status: self.status.clone(),
            best: self.best.to_f64(),
            last: self.last.to_f64(),
            counts: self.counts,
            #[cfg(feature = "clock")]
            elapsed: self.elapsed,
            history: self.history.to_f64(),
            search: self.search.clone(),
            stationary: self.stationary,
            gradient_check: self.gradient_check.clone(),
            state: self.state.to_f64(),
        }
    }
}

impl<T: Real> Iterate<T> {
    fn to_f64(&self) -> Iterate<f64> {
        Iterate { step: self.step, point: to_f64(&self.point), value: self.value.to_f64() }
    }
}

impl Status {
    /// Returns whether a convergence test was passed.
    #[must_use]
    pub fn is_converged(&self) -> bool {
        matches!(self, Self::Converged { .. })
    }

    /// Returns whether the run failed: its objective did, the gradient was found wrong, or a number was not finite.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.exit().is_failure()
    }

    /// Returns the kind of this status.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Converged { .. } => Exit::Converged,
            Self::TargetReached { .. } => Exit::TargetReached,
            Self::NoImprovement { .. } => Exit::NoImprovement,
            Self::StepLimit => Exit::StepLimit,
            Self::EvaluationLimit => Exit::EvaluationLimit,
            Self::ExampleLimit => Exit::ExampleLimit,
            Self::EpochLimit => Exit::EpochLimit,
            Self::TimeLimit => Exit::TimeLimit,
            Self::Stopped => Exit::Stopped,
            Self::GradientDiffers => Exit::GradientDiffers,
            Self::ObjectiveFailed(_) => Exit::ObjectiveFailed,
            Self::Edge { .. } => Exit::Edge,
            Self::NonFinite { .. } => Exit::NonFinite,
        }
    }

    /// Returns one word for machines, such as `step-limit`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.exit().name()
    }
}

impl Test {
    /// Returns one word for machines, such as `relative-gradient`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gradient => "gradient",
            Self::RelativeGradient => "relative-gradient",
            Self::PointChange => "point-change",
            Self::ValueChange => "value-change",
            Self::Gain => "gain",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Converged { test, measured, tolerance } => {
                write!(f, "converged: {test} is {measured:e}, at most {tolerance:e}")
            }
            Self::TargetReached { value, target } => {
                write!(f, "the value {value:e} has reached the target {target:e}")
            }
            Self::NoImprovement { steps } => write!(f, "no better value for {steps} steps"),
            Self::StepLimit => write!(f, "the limit of steps is reached"),
            Self::EvaluationLimit => write!(f, "the limit of evaluations is reached"),
            Self::ExampleLimit => write!(f, "the limit of examples is reached"),
            Self::EpochLimit => write!(f, "the limit of epochs is reached"),
            Self::TimeLimit => write!(f, "the limit of time is reached"),
            Self::Stopped => write!(f, "stopped by the caller"),
            Self::GradientDiffers => write!(f, "the gradient at the start is not that of the value"),
            Self::ObjectiveFailed(error) => write!(f, "{error}"),
            Self::Edge { coordinate, .. } => {
                write!(f, "at a bound of coordinate {coordinate}, where the gradient is not finite")
            }
            Self::NonFinite { step, quantity } => write!(f, "after step {step} {quantity}"),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gradient => "the largest gradient component",
            Self::RelativeGradient => "the largest gradient component as a share of that at the start",
            Self::PointChange => "the change of the point",
            Self::ValueChange => "the change of the value",
            Self::Gain => "the gain that gradient and curvature promise",
        })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { value } => write!(f, "the value is {value}"),
            Self::Gradient { coordinate, value } => {
                write!(f, "the gradient of coordinate {coordinate} is {value}")
            }
            Self::HugeGradient { coordinate, value, largest } => write!(
                f,
                "the gradient of coordinate {coordinate} is {value:e}, more than the {largest:e} of which the rule's memory fits the number type"
            ),
            Self::Point { coordinate, value } => write!(f, "coordinate {coordinate} of the point is {value}"),
        }
    }
}
