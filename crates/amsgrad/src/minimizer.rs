//! Settings of a run.

use core::ops::ControlFlow;
#[cfg(feature = "clock")]
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::check::GradientCheck;
use crate::checkpoint::{Checkpoint, Moment};
use crate::constraint::{Bounds, Constraint};
use crate::error::Error;
use crate::error::setting::SettingError;
use crate::history::Record;
use crate::number::{Real, to_f64};
use crate::objective::{IntoObjective, Objective};
use crate::outcome::Outcome;
use crate::rule::AmsGrad;
use crate::run::{Stepper, Unobserved, UpdateRule};
use crate::schedule::Schedule;
use crate::start::Start;
use crate::state::State;
use crate::stop::{Patience, Stop};
use crate::transform::{Transform, WeightDecay};

mod batch;
mod begin;
mod blocks;
mod compiled;
mod prepare;

/// Where the learning rate of a run comes from.
///
/// ```
/// use amsgrad::{LearningRate, Minimizer};
///
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * (x[0] - 3.0);
///     (x[0] - 3.0) * (x[0] - 3.0)
/// })
/// .start([0.0])
/// .learning_rate(LearningRate::Automatic)
/// .run()?;
/// assert!((outcome.best.point[0] - 3.0).abs() < 1e-3);
/// assert!(outcome.search.is_some());
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LearningRate {
    /// This schedule.
    Schedule(Schedule),
    /// Found by trial runs: short ones explore from where to go and how far a step should reach, then the run goes on from
    /// the best point in legs, each at the rate that is best there, until no rate finds a better value. Coordinates are
    /// measured in units of their own. Trials and legs together keep the limits; [`Outcome::search`] tells what was found.
    ///
    /// Within bounds on all sides some trials begin elsewhere, so the run may end in another valley than that of its start.
    /// Batches in packs, steppers, finite sums and runs that resume a rule's memory search for one schedule instead, with a
    /// quarter of the steps.
    Automatic,
}

impl<S: Into<Schedule>> From<S> for LearningRate {
    fn from(schedule: S) -> Self {
        Self::Schedule(schedule.into())
    }
}

/// Finds a minimum of an objective, and says honestly how it ended.
///
/// Settings may be given in any order; they are checked when the run begins.
///
/// ```
/// use amsgrad::{AmsGrad, Minimizer, Schedule, Start, Status};
///
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * x[0];
///     gradient[1] = 2.0 * x[1];
///     x[0] * x[0] + x[1] * x[1]
/// })
/// .rule(AmsGrad::new(0.007).beta1(Schedule::power(0.9)).beta2(0.99))
/// .bounds([(-1.0, 1.0), (-1.0, 1.0)])
/// .start(Start::numpy_legacy(1))
/// .steps(100)
/// .run()?;
///
/// assert_eq!(outcome.status, Status::StepLimit);
/// assert_eq!(outcome.best.point, [-6.782262991300761e-12, 0.0012790516310776073]);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing runs before `run` is called"]
pub struct Minimizer<F, R = AmsGrad> {
    objective: F,
    rule: R,
    settings: Settings,
}

/// Everything that is set besides objective and rule.
#[derive(Clone, Debug)]
struct Settings {
    /// `None` where it is the rule's own, or nothing was said of either.
    learning_rate: Option<LearningRate>,
    /// Whether a rule was set, which has a learning rate.
    ruled: bool,
    transform: Transform,
    /// An error is reported when the run begins.
    constraint: Result<Constraint, SettingError>,
    start: Option<Start>,
    resumed: Option<State<f64>>,
    stop: Stop,
    history: bool,
    timed: bool,
    check: Option<GradientCheck>,
    interrupt: Option<Arc<AtomicBool>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            learning_rate: None,
            ruled: false,
            transform: Transform::default(),
            constraint: Ok(Constraint::None),
            start: None,
            resumed: None,
            stop: Stop::default(),
            history: false,
            timed: false,
            check: None,
            interrupt: None,
        }
    }
}

impl<F> Minimizer<F> {
    /// Creates the settings of a run of this objective by AMSGrad, with [`LearningRate::Automatic`] as long as neither a
    /// learning rate nor a rule is set.
    pub fn new<Kind>(objective: impl IntoObjective<Kind, Objective = F>) -> Self {
        let (objective, settings) = (objective.into_objective(), Settings::default());
        Self { objective, rule: AmsGrad::default(), settings }
    }
}

impl<F, R> Minimizer<F, R> {
    /// Sets the update rule, with its own learning rate unless one is set here.
    pub fn rule<S: UpdateRule>(self, rule: S) -> Minimizer<F, S> {
        let settings = Settings { ruled: true, ..self.settings };
        Minimizer { objective: self.objective, rule, settings }
    }

    /// Sets the learning rate in place of the rule's own: a number, a [`Schedule`], or [`LearningRate::Automatic`].
    pub fn learning_rate(mut self, learning_rate: impl Into<LearningRate>) -> Self {
        self.settings.learning_rate = Some(learning_rate.into());
        self
    }

    /// Keeps every evaluation inside this set.
    pub fn within(mut self, constraint: impl Into<Constraint>) -> Self {
        self.settings.constraint = Ok(constraint.into());
        self
    }

    /// Keeps every evaluation inside a box: a pair (lower, upper) per coordinate, infinite where a side is open.
    pub fn bounds(mut self, sides: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let sides: Vec<_> = sides.into_iter().collect();
        self.settings.constraint = Bounds::new(sides).map(Constraint::from);
        self
    }

    /// Sets the first point, or the box to draw it from.
    pub fn start(mut self, start: impl Into<Start>) -> Self {
        self.settings.start = Some(start.into());
        self
    }

    /// Resumes from another run's outcome, bit for bit as if it had not ended. Steps go on being counted where it stopped;
    /// limits count this run's alone.
    pub fn resume<T: Real>(self, outcome: &Outcome<T>) -> Self {
        self.resume_from(&outcome.last.point, &outcome.state)
    }

    /// Resumes from a point with a state that was saved, as [`resume`](Minimizer::resume) does from an outcome.
    pub fn resume_from<T: Real>(mut self, point: &[T], state: &State<T>) -> Self {
        self.settings.start = Some(Start::Point(to_f64(point)));
        self.settings.resumed = Some(state.to_f64());
        self
    }

    /// Finds a maximum instead.
    pub fn maximize(mut self) -> Self {
        self.settings.transform.maximize = true;
        self
    }

    /// Adds a pull of every coordinate towards 0. Values and the gradient tests are those of the objective alone.
    pub fn weight_decay(mut self, weight_decay: WeightDecay) -> Self {
        self.settings.transform.weight_decay = weight_decay;
        self
    }

    /// Sets all stop conditions, in place of those set before.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.settings.stop = stop;
        self
    }

    /// Limits the number of steps.
    pub fn steps(mut self, steps: u64) -> Self {
        self.settings.stop.steps = Some(steps);
        self
    }

    /// Limits the number of values of the objective.
    pub fn evaluations(mut self, evaluations: u64) -> Self {
        self.settings.stop.evaluations = Some(evaluations);
        self
    }

    /// Limits the number of examples of a finite sum.
    pub fn examples(mut self, examples: u64) -> Self {
        self.settings.stop.examples = Some(examples);
        self
    }

    /// Limits the number of passes over the examples of a finite sum.
    pub fn epochs(mut self, epochs: u64) -> Self {
        self.settings.stop.epochs = Some(epochs);
        self
    }

    /// Stops as converged once no component of the gradient is larger than this.
    pub fn gradient_tolerance(mut self, tolerance: f64) -> Self {
        self.settings.stop.gradient = Some(tolerance);
        self
    }

    /// Stops as converged once no component of the gradient is larger than this share of the largest at the start.
    pub fn relative_gradient_tolerance(mut self, tolerance: f64) -> Self {
        self.settings.stop.relative_gradient = Some(tolerance);
        self
    }

    /// Stops as converged once a step moves no coordinate by more than this, relative to the point.
    pub fn point_tolerance(mut self, tolerance: f64) -> Self {
        self.settings.stop.point_change = Some(tolerance);
        self
    }

    /// Stops as converged once a step changes the value by no more than this, relative to the value.
    pub fn value_tolerance(mut self, tolerance: f64) -> Self {
        self.settings.stop.value_change = Some(tolerance);
        self
    }

    /// Stops after a number of steps without an improvement.
    pub fn patience(mut self, patience: Patience) -> Self {
        self.settings.stop.patience = Some(patience);
        self
    }

    /// Stops once the value is as good as this.
    pub fn target(mut self, target: f64) -> Self {
        self.settings.stop.target = Some(target);
        self
    }

    /// Limits the time.
    #[cfg(feature = "clock")]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.settings.stop.time = Some(limit);
        self
    }

    /// Stops as [`Status::Stopped`](crate::Status::Stopped) soon after `flag` is set, from another thread or a signal handler.
    ///
    /// ```
    /// use std::sync::{Arc, atomic::AtomicBool};
    /// use amsgrad::{Minimizer, Status};
    ///
    /// let flag = Arc::new(AtomicBool::new(true));
    /// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
    ///     gradient[0] = 1.0;
    ///     x[0]
    /// })
    /// .learning_rate(0.001)
    /// .start([0.0])
    /// .interrupt(flag)
    /// .run()?;
    /// assert_eq!((outcome.status, outcome.counts.values), (Status::Stopped, 1));
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub fn interrupt(mut self, flag: Arc<AtomicBool>) -> Self {
        self.settings.interrupt = Some(flag);
        self
    }

    /// Measures the time the run takes, for [`Outcome::elapsed`].
    #[cfg(feature = "clock")]
    pub fn timed(mut self) -> Self {
        self.settings.timed = true;
        self
    }

    /// Records the steps in the outcome, thinned as [`History`](crate::History) says.
    pub fn record_history(mut self) -> Self {
        self.settings.history = true;
        self
    }

    /// Checks the gradient at the start before the run, within the run's constraint. The report is in
    /// [`Outcome::gradient_check`]; where it disagrees the run ends at the start, as
    /// [`GradientDiffers`](crate::Status::GradientDiffers). What the check evaluates is not counted. A finite sum in
    /// mini-batches, whose value changes from call to call, is refused: check it before
    /// [`batch`](crate::FiniteSum::batch).
    ///
    /// ```
    /// use amsgrad::{GradientCheck, Minimizer, Status};
    /// let wrong = |x: &[f64], gradient: &mut [f64]| {
    ///     gradient[0] = x[0];
    ///     x[0] * x[0]
    /// };
    /// let outcome = Minimizer::new(wrong).learning_rate(0.001).start([3.0]).check_gradient(GradientCheck::default()).run()?;
    /// assert_eq!(outcome.status, Status::GradientDiffers);
    /// let report = outcome.gradient_check.unwrap().to_string();
    /// assert!(report.ends_with("likely cause: the gradient is 1/2 times the right one (0.5)"));
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub fn check_gradient(mut self, check: GradientCheck) -> Self {
        self.settings.check = Some(check);
        self
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// Settings that do not fit, before anything is evaluated. What happens afterwards is the outcome's status.
    pub fn run<T: Real>(self) -> Result<Outcome<T>, Error>
    where
        F: Objective<T>,
        R: UpdateRule,
    {
        self.run_as(Unobserved)
    }

    /// Runs to the end; `observe` sees every evaluation, the start included, and may end the run by `Break`.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use amsgrad::{Minimizer, Record, Status};
    ///
    /// let mut values = Vec::new();
    /// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
    ///     gradient[0] = 2.0 * x[0];
    ///     x[0] * x[0]
    /// })
    /// .learning_rate(0.001)
    /// .start([1.0])
    /// .run_observed(|record: &Record<'_, f64>| {
    ///     values.push(record.value);
    ///     if record.value < 0.5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    /// })?;
    /// assert_eq!(outcome.status, Status::Stopped);
    /// assert_eq!(values.len() as u64, outcome.counts.values);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`run`](Minimizer::run).
    pub fn run_observed<T: Real>(
        self,
        observe: impl FnMut(&Record<'_, T>) -> ControlFlow<()>,
    ) -> Result<Outcome<T>, Error>
    where
        F: Objective<T>,
        R: UpdateRule,
    {
        self.run_as(observe)
    }

    /// Runs to the end, and offers `save` every moment from which the run can be continued: before every evaluation that
    /// `observe` sees and at the end; between trials and legs of a run that finds its learning rates. From a [`Checkpoint`] of
    /// a run with the same settings it goes on as if that had never been interrupted, to the bit. Limits count from the
    /// beginning of the first run, that of time without the time between them; a check of the gradient is not repeated.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use amsgrad::{Minimizer, Status};
    ///
    /// let run = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
    ///     gradient[0] = 2.0 * (x[0] - 3.0);
    ///     (x[0] - 3.0) * (x[0] - 3.0)
    /// })
    /// .start([0.0]);
    /// let whole = run.clone().run::<f64>()?;
    ///
    /// let mut kept = None;
    /// let mut save = |moment: &amsgrad::Moment<'_, f64>| {
    ///     if kept.is_none() && moment.steps() > 500 {
    ///         kept = Some(moment.checkpoint());
    ///     }
    /// };
    /// run.clone().run_saved(None, &mut save, |_| ControlFlow::Continue(()))?;
    /// let resumed = run.run_saved(kept.as_ref(), |_| {}, |_| ControlFlow::Continue(()))?;
    /// assert_eq!(resumed, whole);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`run`](Minimizer::run), and where the checkpoint is of another number of coordinates, another rule, or a run
    /// whose learning rate came from elsewhere. One rate for the whole run is not searched for here, as it would be over
    /// mini-batches or after [`resume`](Minimizer::resume).
    pub fn run_saved<T: Real>(
        self,
        from: Option<&Checkpoint<T>>,
        save: impl FnMut(&Moment<'_, T>),
        observe: impl FnMut(&Record<'_, T>) -> ControlFlow<()>,
    ) -> Result<Outcome<T>, Error>
    where
        F: Objective<T>,
        R: UpdateRule,
    {
        self.run_from(from, save, observe)
    }

    /// Returns the run as an iterator, for a loop of your own.
    ///
    /// # Errors
    /// As for [`run`](Minimizer::run).
    pub fn stepper<'a, T: Real>(mut self) -> Result<Stepper<'a, T>, Error>
    where
        F: Objective<T> + 'a,
        R: UpdateRule,
    {
        let (rule, setup, found) = self.begin()?;
        let search = found.map(|(search, _)| search);
        Stepper::new(rule.of(), setup, self.objective, self.settings.history, search)
    }
}
