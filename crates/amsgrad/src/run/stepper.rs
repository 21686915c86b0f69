//! A run whose loop belongs to the caller.

use core::fmt;
use core::ops::ControlFlow;

use super::observe::Dyn;
use super::{Recorder, Run, Setup, Unobserved};
use crate::dispatch::Baseline;
use crate::error::Error;
use crate::history::{History, Record};
use crate::number::Real;
use crate::objective::{Behind, Boxed, Objective};
use crate::outcome::{Iterate, Outcome, Search, Status};
use crate::update::LineRule;

/// A run that is taken one step at a time; made by [`Minimizer::stepper`](crate::Minimizer::stepper).
///
/// It is an iterator over the points that are evaluated, the start first, and ends where the run would. Each has the
/// bits that [`run`](crate::Minimizer::run) would have come by. Where a copy of every point is too much, or more is asked
/// for than point and value, [`advance`](Stepper::advance) lends the whole record.
///
/// ```
/// use amsgrad::{Minimizer, Status};
///
/// let mut stepper = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * x[0];
///     x[0] * x[0]
/// })
/// .start([1.0])
/// .learning_rate(0.01)
/// .steps(1000)
/// .stepper()?;
///
/// for iterate in stepper.by_ref().take(11) {
///     println!("{} {:?} {}", iterate.step, iterate.point, iterate.value);
/// }
/// while stepper.advance(|record| assert!(record.slot("v_hat").is_some())) {
///     // Other work, between steps.
/// }
/// let outcome = stepper.finish();
/// assert_eq!((outcome.status, outcome.counts.steps), (Status::StepLimit, 1000));
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[must_use = "nothing runs before a step is asked for"]
pub struct Stepper<'a, T: Real> {
    run: Run<T, Boxed<'a, T>, Box<dyn LineRule<T>>>,
    history: Option<History<T>>,
    search: Option<Search>,
    ended: Option<Status>,
}

impl<'a, T: Real> Stepper<'a, T> {
    pub(crate) fn new(
        rule: Box<dyn LineRule<T>>,
        setup: Setup<T>,
        objective: impl Objective<T> + 'a,
        recorded: bool,
        search: Option<Search>,
    ) -> Result<Self, Error> {
        let objective: Boxed<'a, T> = Behind(Box::new(objective));
        let run = Run::new(rule, setup, objective)?;
        Ok(Self { run, history: recorded.then(History::default), search, ended: None })
    }

    /// Runs to the next evaluation, the start first, which `observe` sees; returns whether there was one.
    pub fn advance(&mut self, mut observe: impl FnMut(&Record<'_, T>)) -> bool {
        if self.ended.is_some() {
            return false;
        }
        let history = &mut self.history;
        let mut look = |record: &Record<'_, T>| {
            if let Some(history) = history {
                history.push(record);
            }
            observe(record);
            ControlFlow::Continue(())
        };
        self.ended = self.run.proceed::<Baseline>(0, &mut Dyn(&mut look));
        !self.ended.as_ref().is_some_and(Status::is_failure)
    }

    /// Returns why the run has ended; `None` where a step is left to make.
    pub fn status(&self) -> Option<&Status> {
        self.ended.as_ref()
    }

    /// Returns the outcome so far; its status is [`Status::Stopped`] where a step was left to make.
    #[must_use]
    pub fn finish(self) -> Outcome<T> {
        let status = self.ended.unwrap_or(Status::Stopped);
        let mut history = self.history;
        if let Some(history) = &mut history {
            self.run.show_last(&status, &mut Recorder { history, then: Unobserved });
        }
        let mut outcome = self.run.finish(status);
        outcome.history = history.unwrap_or_default();
        outcome.search = self.search;
        outcome
    }
}

impl<T: Real> Iterator for Stepper<'_, T> {
    type Item = Iterate<T>;

    fn next(&mut self) -> Option<Iterate<T>> {
        let mut iterate = None;
        self.advance(|record| {
            iterate = Some(Iterate { step: record.step, point: record.point.to_vec(), value: record.value });
        });
        iterate
    }
}

impl<T: Real> fmt::Debug for Stepper<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stepper").field("ended", &self.ended).finish_non_exhaustive()
    }
}
