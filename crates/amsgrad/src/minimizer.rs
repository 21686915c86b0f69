//! Settings of a run; the loop itself is in `run`.

use core::ops::ControlFlow;
#[cfg(feature = "clock")]
use core::time::Duration;

use crate::check::{GradientCheck, GradientReport};
use crate::constraint::{Constraint, Region, check_dimension, equal_weights};
use crate::decay::{Preparation, WeightDecay};
use crate::error::{Error, SettingError};
use crate::history::Record;
use crate::number::{Pack, Real, to_f64};
use crate::objective::Objective;
use crate::outcome::Outcome;
use crate::rule::{AmsGrad, Rule};
use crate::schedule::Schedule;
use crate::start::Start;
use crate::state::State;
use crate::stop::Stop;

pub mod batch;
mod run;
mod starts;
mod stepper;

use run::Run;
pub use starts::Starts;
pub use stepper::Stepper;

/// Finds a minimum of an objective, and says honestly how it ended.
///
/// ```
/// use amsgrad::{AmsGrad, Bounds, Minimizer, Schedule, Start, Status};
///
/// let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * x[0];
///     gradient[1] = 2.0 * x[1];
///     x[0] * x[0] + x[1] * x[1]
/// })
/// .rule(AmsGrad::new(0.007).beta1(Schedule::power(0.9)).beta2(0.99))
/// .within(Bounds::cube(2, -1.0, 1.0)?)
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
    preparation: Preparation,
    constraint: Constraint,
    start: Option<Start>,
    resumed: Option<State<f64>>,
    stop: Stop,
    history: bool,
    timed: bool,
    check: Option<GradientCheck>,
    /// What the check found.
    report: Option<Box<GradientReport>>,
}

impl<F> Minimizer<F> {
    /// Of this objective, with [`AmsGrad::default`], for at most 1000 steps.
    pub fn new(objective: F) -> Self {
        Self {
            objective,
            rule: AmsGrad::default(),
            preparation: Preparation::default(),
            constraint: Constraint::None,
            start: None,
            resumed: None,
            stop: Stop::default(),
            history: false,
            timed: false,
            check: None,
            report: None,
        }
    }

    /// With this learning rate.
    pub fn learning_rate(mut self, learning_rate: impl Into<Schedule>) -> Self {
        self.rule.learning_rate = learning_rate.into();
        self
    }
}

impl<F, R: Rule> Minimizer<F, R> {
    /// By this rule.
    pub fn rule<S: Rule>(self, rule: S) -> Minimizer<F, S> {
        Minimizer {
            objective: self.objective,
            rule,
            preparation: self.preparation,
            constraint: self.constraint,
            start: self.start,
            resumed: self.resumed,
            stop: self.stop,
            history: self.history,
            timed: self.timed,
            check: self.check,
            report: self.report,
        }
    }

    /// With every evaluation inside this set.
    pub fn within(mut self, constraint: impl Into<Constraint>) -> Self {
        self.constraint = constraint.into();
        self
    }

    /// From this point, or one drawn from the box.
    pub fn start(mut self, start: impl Into<Start>) -> Self {
        self.start = Some(start.into());
        self
    }

    /// On from the end of another run, bit for bit as if it had not ended. Steps go on being counted where it stopped;
    /// limits count this run's alone.
    pub fn resume<T: Real>(self, outcome: &Outcome<T>) -> Self {
        self.resume_from(&outcome.last.point, &outcome.state)
    }

    /// On from a point with a state that was saved, as [`resume`](Minimizer::resume) goes on from an outcome.
    pub fn resume_from<T: Real>(mut self, point: &[T], state: &State<T>) -> Self {
        self.start = Some(Start::Point(to_f64(point)));
        self.resumed = Some(state.to_f64());
        self
    }

    /// Upwards: finds a maximum.
    pub fn maximize(mut self) -> Self {
        self.preparation.maximize = true;
        self
    }

    /// With a pull of every coordinate towards 0. Values and the gradient tests are those of the objective alone.
    pub fn weight_decay(mut self, weight_decay: WeightDecay) -> Self {
        self.preparation.weight_decay = weight_decay;
        self
    }

    /// With all these conditions in place of those set before.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// For at most this many steps.
    pub fn steps(mut self, steps: u64) -> Self {
        self.stop.steps = steps;
        self
    }

    /// For at most this many passes over the examples of a finite sum; [`steps`](Minimizer::steps) is a limit besides.
    pub fn epochs(mut self, epochs: u64) -> Self {
        self.stop.epochs = Some(epochs);
        self
    }

    /// Until no component of the gradient is larger than this.
    pub fn gradient_tolerance(mut self, tolerance: f64) -> Self {
        self.stop.gradient = Some(tolerance);
        self
    }

    /// Until the value is as good as this.
    pub fn target(mut self, target: f64) -> Self {
        self.stop.target = Some(target);
        self
    }

    /// For at most this long.
    #[cfg(feature = "clock")]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.stop.time = Some(limit);
        self
    }

    /// With the time it takes in the outcome.
    #[cfg(feature = "clock")]
    pub fn timed(mut self) -> Self {
        self.timed = true;
        self
    }

    /// With the steps in the outcome, thinned as [`History`](crate::History) says.
    pub fn record_history(mut self) -> Self {
        self.history = true;
        self
    }

    /// With a check of the gradient at the start, within the run's constraint. Its report is in
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

    /// Runs to an end.
    ///
    /// # Errors
    /// Settings that do not fit, before anything is evaluated. What happens afterwards is the outcome's status.
    pub fn run<T: Real>(self) -> Result<Outcome<T>, Error>
    where
        F: Objective<T>,
    {
        self.run_as(|_: &Record<'_, T>| ControlFlow::Continue(()))
    }

    /// Runs to an end; `observe` sees every evaluation, the start included, and may end the run by `Break`.
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
    {
        self.run_as(observe)
    }

    fn run_as<T: Real>(
        mut self,
        observe: impl FnMut(&Record<'_, T>) -> ControlFlow<()>,
    ) -> Result<Outcome<T>, Error>
    where
        F: Objective<T>,
    {
        let (x, region) = self.begin()?;
        // Few coordinates: one at a time. Many: side by side.
        if x.len() < 8 {
            let (mut run, mut here) = Run::<F, R, T>::begin(x, self, region)?;
            let status = run.drive(&mut here, observe);
            return Ok(run.finish(here, status));
        }
        let (mut run, mut here) = Run::<F, R, Pack<T, 16>>::begin(x, self, region)?;
        let status = run.drive(&mut here, observe);
        Ok(run.finish(here, status))
    }

    /// The run as an iterator, for a loop of your own.
    ///
    /// # Errors
    /// As for [`run`](Minimizer::run).
    pub fn stepper<'a, T: Real>(mut self) -> Result<Stepper<'a, T>, Error>
    where
        F: Objective<T> + 'a,
    {
        let (x, region) = self.begin()?;
        match x.len() {
            ..8 => Ok(Stepper::new(Run::<F, R, T>::begin(x, self, region)?)),
            _ => Ok(Stepper::new(Run::<F, R, Pack<T, 16>>::begin(x, self, region)?)),
        }
    }

    /// The first point and the region, where all settings fit.
    fn begin<T: Real>(&mut self) -> Result<(Vec<T>, Region<T>), Error>
    where
        F: Objective<T>,
    {
        self.rule.validate()?;
        self.preparation.weight_decay.validate()?;
        self.stop.validate()?;
        self.stop.validate_examples(self.objective.examples())?;
        let start = self.start.take().ok_or(Error::NoStart)?.within(&self.constraint)?;
        check_dimension("the start", start.len(), self.objective.dimension())?;
        check_dimension("the start", start.len(), self.constraint.dimension())?;
        self.objective.prepare(&self.constraint)?;
        if self.resumed.is_none() {
            self.objective.begin();
        }
        let mut region = self.constraint.region()?;
        let mut x: Vec<T> = start.into_iter().map(T::from_f64).collect();
        region.project(&mut x, equal_weights);
        if let Some(check) = self.check.take() {
            let examples = self.objective.examples();
            if examples.next < examples.all {
                let allowed = "no check in mini-batches; check the finite sum before `batch`";
                return Err(SettingError::new("check_gradient", "set", allowed).into());
            }
            let check = GradientCheck { constraint: self.constraint.clone(), ..check };
            self.report = match check.run(&mut self.objective, &x) {
                Ok(report) => Some(Box::new(report)),
                // The run meets it too, and ends with it.
                Err(Error::Objective(_)) => None,
                Err(error) => return Err(error),
            };
        }
        Ok((x, region))
    }
}
