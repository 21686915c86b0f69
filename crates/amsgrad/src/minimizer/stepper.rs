//! A run whose loop belongs to the caller.

use core::fmt;
use core::ops::ControlFlow;

use super::run::{Here, Run};
use crate::history::Record;
use crate::number::{Number, Real};
use crate::objective::Objective;
use crate::outcome::{Iterate, Outcome, Status};
use crate::rule::Rule;

/// A run that is taken a step at a time; made by [`Minimizer::stepper`](crate::Minimizer::stepper).
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
pub struct Stepper<'a, T> {
    run: Box<dyn Walk<T> + 'a>,
    begun: bool,
    ended: Option<Status>,
}

impl<'a, T: Real> Stepper<'a, T> {
    pub(super) fn new(run: impl Walk<T> + 'a) -> Self {
        Self { run: Box::new(run), begun: false, ended: None }
    }

    /// On to the next evaluation, the start first; whether there was one. `observe` sees it.
    pub fn advance(&mut self, mut observe: impl FnMut(&Record<'_, T>)) -> bool {
        if self.ended.is_some() {
            return false;
        }
        self.ended = self.run.turn(self.begun, &mut observe);
        self.begun = true;
        !self.ended.as_ref().is_some_and(Status::is_failure)
    }

    /// Why the run has ended; `None` where a step is left to make.
    pub fn status(&self) -> Option<&Status> {
        self.ended.as_ref()
    }

    /// The outcome so far; its status is [`Status::Stopped`] where a step was left to make.
    #[must_use]
    pub fn finish(self) -> Outcome<T> {
        self.run.finish(self.ended.unwrap_or(Status::Stopped))
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

impl<T: fmt::Debug> fmt::Debug for Stepper<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stepper").field("ended", &self.ended).finish_non_exhaustive()
    }
}

/// A run under way, whatever its objective and rule.
pub(super) trait Walk<T> {
    /// A step, where one is asked for first, and the evaluation after it; why the run ends there, if it does.
    fn turn(&mut self, step: bool, observe: &mut dyn FnMut(&Record<'_, T>)) -> Option<Status>;

    fn finish(self: Box<Self>, status: Status) -> Outcome<T>;
}

/// A run and where it stands.
pub(super) type Underway<F, R, L, T> = (Run<F, R, L>, Here<T>);

impl<T: Real, F: Objective<T>, R: Rule, L: Number<Real = T>> Walk<T> for Underway<F, R, L, T> {
    fn turn(&mut self, step: bool, observe: &mut dyn FnMut(&Record<'_, T>)) -> Option<Status> {
        let (run, here) = self;
        if step {
            run.step(here);
        }
        run.visit(here, &mut |record: &Record<'_, T>| {
            observe(record);
            ControlFlow::Continue(())
        })
    }

    fn finish(self: Box<Self>, status: Status) -> Outcome<T> {
        let (run, here) = *self;
        run.finish(here, status)
    }
}
