//! Settings of a run.

use core::ops::ControlFlow;
#[cfg(feature = "clock")]
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::check::{GradientCheck, GradientReport};
use crate::constraint::{Bounds, Constraint, check_dimension, equal_weights};
use crate::decide::comparable;
use crate::error::Error;
use crate::error::setting::SettingError;
use crate::history::{History, Record};
use crate::number::{Real, to_f64};
use crate::objective::{IntoObjective, Objective};
use crate::outcome::{Iterate, Outcome, Status};
use crate::rule::AmsGrad;
use crate::run::{Observe, Recorder, Setup, Starts, Stepper, Unobserved, UpdateRule};
use crate::schedule::Schedule;
use crate::start::Start;
use crate::state::State;
use crate::stop::{Patience, Stop};
use crate::transform::{Transform, WeightDecay};
use crate::tune::automatic::{Search, TRIAL_STARTS, Trials};

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
    /// Found by short trial runs, which take a quarter of the steps; [`Outcome::search`] tells what was found.
    Automatic,
}

impl<S: Into<Schedule>> From<S> for LearningRate {
    fn from(schedule: S) -> Self {
        Self::Schedule(schedule.into())
    }
}

/// What a search for a learning rate found, and the best point on the way.
type Found<T> = Option<(Search, Option<Iterate<T>>)>;

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
    learning_rate: Option<LearningRate>,
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

impl<F> Minimizer<F> {
    /// Creates the settings of a run of this objective with [`AmsGrad::default`].
    pub fn new<Kind>(objective: impl IntoObjective<Kind, Objective = F>) -> Self {
        Self {
            objective: objective.into_objective(),
            rule: AmsGrad::default(),
            learning_rate: None,
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

impl<F, R> Minimizer<F, R> {
    /// Sets the update rule.
    pub fn rule<S: UpdateRule>(self, rule: S) -> Minimizer<F, S> {
        let Self { objective, learning_rate, transform, constraint, start, resumed, stop, history, .. } =
            self;
        let (timed, check, interrupt) = (self.timed, self.check, self.interrupt);
        Minimizer {
            objective,
            rule,
            learning_rate,
            transform,
            constraint,
            start,
            resumed,
            stop,
            history,
            timed,
            check,
            interrupt,
        }
    }

    /// Sets the learning rate in place of the rule's own: a number, a [`Schedule`], or [`LearningRate::Automatic`].
    pub fn learning_rate(mut self, learning_rate: impl Into<LearningRate>) -> Self {
        self.learning_rate = Some(learning_rate.into());
        self
    }

    /// Keeps every evaluation inside this set.
    pub fn within(mut self, constraint: impl Into<Constraint>) -> Self {
        self.constraint = Ok(constraint.into());
        self
    }

    /// Keeps every evaluation inside a box: a pair (lower, upper) per coordinate, infinite where a side is open.
    pub fn bounds(mut self, sides: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let sides: Vec<_> = sides.into_iter().collect();
        self.constraint = Bounds::new(sides).map(Constraint::from);
        self
    }

    /// Sets the first point, or the box to draw it from.
    pub fn start(mut self, start: impl Into<Start>) -> Self {
        self.start = Some(start.into());
        self
    }

    /// Resumes from another run's outcome, bit for bit as if it had not ended. Steps go on being counted where it stopped;
    /// limits count this run's alone.
    pub fn resume<T: Real>(self, outcome: &Outcome<T>) -> Self {
        self.resume_from(&outcome.last.point, &outcome.state)
    }

    /// Resumes from a point with a state that was saved, as [`resume`](Minimizer::resume) does from an outcome.
    pub fn resume_from<T: Real>(mut self, point: &[T], state: &State<T>) -> Self {
        self.start = Some(Start::Point(to_f64(point)));
        self.resumed = Some(state.to_f64());
        self
    }

    /// Finds a maximum instead.
    pub fn maximize(mut self) -> Self {
        self.transform.maximize = true;
        self
    }

    /// Adds a pull of every coordinate towards 0. Values and the gradient tests are those of the objective alone.
    pub fn weight_decay(mut self, weight_decay: WeightDecay) -> Self {
        self.transform.weight_decay = weight_decay;
        self
    }

    /// Sets all stop conditions, in place of those set before.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Limits the number of steps.
    pub fn steps(mut self, steps: u64) -> Self {
        self.stop.steps = Some(steps);
        self
    }

    /// Limits the number of values of the objective.
    pub fn evaluations(mut self, evaluations: u64) -> Self {
        self.stop.evaluations = Some(evaluations);
        self
    }

    /// Limits the number of examples of a finite sum.
    pub fn examples(mut self, examples: u64) -> Self {
        self.stop.examples = Some(examples);
        self
    }

    /// Limits the number of passes over the examples of a finite sum.
    pub fn epochs(mut self, epochs: u64) -> Self {
        self.stop.epochs = Some(epochs);
        self
    }

    /// Stops as converged once no component of the gradient is larger than this.
    pub fn gradient_tolerance(mut self, tolerance: f64) -> Self {
        self.stop.gradient = Some(tolerance);
        self
    }

    /// Stops as converged once no component of the gradient is larger than this share of the largest at the start.
    pub fn relative_gradient_tolerance(mut self, tolerance: f64) -> Self {
        self.stop.relative_gradient = Some(tolerance);
        self
    }

    /// Stops as converged once a step moves no coordinate by more than this, relative to the point.
    pub fn point_tolerance(mut self, tolerance: f64) -> Self {
        self.stop.point_change = Some(tolerance);
        self
    }

    /// Stops as converged once a step changes the value by no more than this, relative to the value.
    pub fn value_tolerance(mut self, tolerance: f64) -> Self {
        self.stop.value_change = Some(tolerance);
        self
    }

    /// Stops after a number of steps without an improvement.
    pub fn patience(mut self, patience: Patience) -> Self {
        self.stop.patience = Some(patience);
        self
    }

    /// Stops once the value is as good as this.
    pub fn target(mut self, target: f64) -> Self {
        self.stop.target = Some(target);
        self
    }

    /// Limits the time.
    #[cfg(feature = "clock")]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.stop.time = Some(limit);
        self
    }

    /// Stops as [`Status::Stopped`] soon after `flag` is set, from another thread or a signal handler.
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
    /// .start([0.0])
    /// .interrupt(flag)
    /// .run()?;
    /// assert_eq!((outcome.status, outcome.counts.values), (Status::Stopped, 1));
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub fn interrupt(mut self, flag: Arc<AtomicBool>) -> Self {
        self.interrupt = Some(flag);
        self
    }

    /// Measures the time the run takes, for [`Outcome::elapsed`].
    #[cfg(feature = "clock")]
    pub fn timed(mut self) -> Self {
        self.timed = true;
        self
    }

    /// Records the steps in the outcome, thinned as [`History`] says.
    pub fn record_history(mut self) -> Self {
        self.history = true;
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
    /// let outcome = Minimizer::new(wrong).start([3.0]).check_gradient(GradientCheck::default()).run()?;
    /// assert_eq!(outcome.status, Status::GradientDiffers);
    /// let report = outcome.gradient_check.unwrap().to_string();
    /// assert!(report.ends_with("likely cause: the gradient is 1/2 times the right one (0.5)"));
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub fn check_gradient(mut self, check: GradientCheck) -> Self {
        self.check = Some(check);
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

    fn run_as<T: Real>(mut self, observer: impl Observe<T>) -> Result<Outcome<T>, Error>
    where
        F: Objective<T>,
        R: UpdateRule,
    {
        let (rule, setup, found) = self.begin()?;
        let recorded = self.history.then(History::default);
        let mut outcome = match recorded {
            None => rule.run(setup, &mut self.objective, observer)?,
            Some(mut history) => {
                let recorder = Recorder { history: &mut history, then: observer };
                let outcome = rule.run(setup, &mut self.objective, recorder)?;
                Outcome { history, ..outcome }
            }
        };
        if let Some((search, tried)) = found {
            outcome.search = Some(search);
            let cost = |iterate: &Iterate<T>| comparable(T::from_f64(self.sign()), iterate.value);
            // Interrupted, the run may not have come as far as a trial.
            let stopped = outcome.status == Status::Stopped;
            if let Some(tried) = tried.filter(|tried| stopped && cost(tried) < cost(&outcome.best)) {
                outcome.best = tried;
            }
        }
        Ok(outcome)
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
        Ok(Stepper::new(rule.walk(setup, self.objective)?, self.history, found.map(|(search, _)| search)))
    }

    /// Checks all settings and prepares the run.
    fn begin<T: Real>(&mut self) -> Result<(R, Setup<T>, Found<T>), Error>
    where
        F: Objective<T>,
        R: UpdateRule,
    {
        self.validate::<T>()?;
        let rule = self.rule.checked(self.schedule())?;
        self.stop.validate_examples(self.objective.examples())?;
        let constraint = self.constraint.clone()?;
        let start = self.start.take().ok_or(Error::NoStart)?.within(&constraint)?;
        check_dimension("the start", start.len(), self.objective.dimension())?;
        check_dimension("the start", start.len(), constraint.dimension())?;
        self.objective.prepare(&constraint)?;
        let mut region = constraint.region()?;
        let mut x: Vec<T> = start.into_iter().map(T::from_f64).collect();
        region.project(&mut x, &mut equal_weights());
        let report = match self.check.take() {
            None => None,
            Some(check) => self.run_check(GradientCheck { constraint: constraint.clone(), ..check }, &x)?,
        };
        let mut setup = Setup {
            x,
            region,
            transform: self.transform,
            stop: self.stop.clone(),
            resumed: self.resumed.take().map(|state| state.map(T::from_f64)),
            timed: self.timed,
            report,
            interrupt: self.interrupt.clone(),
        };
        if !self.is_automatic() {
            self.objective.begin(setup.examples_before());
            return Ok((rule, setup, None));
        }
        let starts = vec![setup.x.clone()];
        let objective = &mut self.objective;
        let mut trials = Trials { objective, rule: &rule, setup: &setup, starts, count: 1, best: None };
        let search = trials.search(&constraint.domain(&to_f64(&setup.x)))?;
        let best = trials.best;
        let rule = rule.checked(Some(&search.learning_rate))?;
        setup.stop = search.rest_of(&setup.stop);
        self.objective.begin(setup.examples_before());
        Ok((rule, setup, Some((search, best))))
    }

    /// Finds a learning rate for runs from these starts by short trial runs from the first few, as
    /// [`LearningRate::Automatic`] does for one start.
    ///
    /// # Errors
    /// As for [`run`](Minimizer::run).
    pub fn find_learning_rate<T: Real>(&self, starts: &Starts) -> Result<Search, Error>
    where
        F: Objective<T> + Clone,
        R: UpdateRule,
    {
        let constraint = self.constraint.clone()?;
        let points = starts.first::<f64>(TRIAL_STARTS, &constraint)?;
        let first = points.first().ok_or(Error::NoStart)?;
        let mut one = Self { learning_rate: None, start: Some(first.as_slice().into()), ..self.clone() };
        let (rule, setup, _) = one.begin::<T>()?;
        let inside = |point: &Vec<f64>| {
            let mut x: Vec<T> = point.iter().map(|x| T::from_f64(*x)).collect();
            setup.region.clone().project(&mut x, &mut equal_weights());
            x
        };
        let (starts, count) = (points.iter().map(inside).collect(), starts.count());
        let objective = &mut one.objective;
        let mut trials = Trials { objective, rule: &rule, setup: &setup, starts, count, best: None };
        trials.search(&constraint.domain(first))
    }

    fn run_check<T: Real>(
        &mut self,
        check: GradientCheck,
        x: &[T],
    ) -> Result<Option<Box<GradientReport>>, Error>
    where
        F: Objective<T>,
    {
        let examples = self.objective.examples();
        if examples.next < examples.all {
            let allowed = "no check in mini-batches; check the finite sum before `batch`";
            return Err(SettingError::new("check_gradient", "set", allowed).into());
        }
        match check.run(&mut self.objective, x) {
            Ok(report) => Ok(Some(Box::new(report))),
            // The run meets it too, and ends with it.
            Err(Error::Objective(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Checks what does not depend on the rule.
    fn validate<T: Real>(&self) -> Result<(), SettingError> {
        self.transform.validate::<T>()?;
        self.stop.validate()
    }

    fn schedule(&self) -> Option<&Schedule> {
        match &self.learning_rate {
            Some(LearningRate::Schedule(schedule)) => Some(schedule),
            _ => None,
        }
    }

    pub(crate) fn is_automatic(&self) -> bool {
        self.learning_rate == Some(LearningRate::Automatic)
    }
}

/// What batches need to know.
impl<F, R> Minimizer<F, R> {
    pub(crate) fn objective(&self) -> &F {
        &self.objective
    }

    pub(crate) fn transform(&self) -> &Transform {
        &self.transform
    }

    pub(crate) fn stops(&self) -> &Stop {
        &self.stop
    }

    pub(crate) fn checked_constraint(&self) -> Result<&Constraint, SettingError> {
        self.constraint.as_ref().map_err(Clone::clone)
    }

    /// 1 to minimize, -1 to maximize.
    pub(crate) fn sign(&self) -> f64 {
        self.transform.sign()
    }

    pub(crate) fn interrupt_flag(&self) -> Option<&AtomicBool> {
        self.interrupt.as_deref()
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupt_flag().is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// Returns the same settings for another form of the objective.
    pub(crate) fn lend<G>(&self, objective: G) -> Minimizer<G, R>
    where
        R: Clone,
    {
        Minimizer {
            objective,
            rule: self.rule.clone(),
            learning_rate: self.learning_rate.clone(),
            transform: self.transform,
            constraint: self.constraint.clone(),
            start: self.start.clone(),
            resumed: self.resumed.clone(),
            stop: self.stop.clone(),
            history: self.history,
            timed: self.timed,
            check: self.check.clone(),
            interrupt: self.interrupt.clone(),
        }
    }

    /// Returns the rule as it will run, once it and what it does not depend on are checked.
    pub(crate) fn checked_rule<T: Real>(&self) -> Result<R, SettingError>
    where
        R: UpdateRule,
    {
        self.validate::<T>()?;
        self.rule.checked(self.schedule())
    }

    /// Returns the same settings with a learning rate that was found for these starts.
    pub(crate) fn with_rate_for<T: Real>(mut self, starts: &Starts) -> Result<Self, Error>
    where
        F: Objective<T> + Clone,
        R: UpdateRule,
    {
        let search = self.find_learning_rate(starts)?;
        self.stop = search.rest_of(&self.stop);
        Ok(self.learning_rate(search.learning_rate))
    }

    /// Refuses what many runs at once do not have.
    pub(crate) fn check_plain(&self) -> Result<(), SettingError> {
        let refused =
            |field: &'static str, allowed: &'static str| Err(SettingError::new(field, "set", allowed));
        if self.history || self.timed {
            return refused("recording", "neither history nor time in a batch");
        }
        if self.check.is_some() {
            return refused("check_gradient", "no check in a batch; see `GradientCheck::run`");
        }
        if self.start.is_some() || self.resumed.is_some() {
            return refused("start", "the starts of the batch alone");
        }
        Ok(())
    }
}
