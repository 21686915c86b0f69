//! Why a run ended.

use core::fmt;

use crate::objective::ObjectiveError;

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
    /// [`Outcome::gradient_check`](crate::Outcome::gradient_check) says more.
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
