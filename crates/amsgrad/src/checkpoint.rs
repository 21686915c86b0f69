//! A run under way, kept to be continued bit for bit, in another process too.

use crate::history::History;
use crate::number::Real;
use crate::position::Position;
use crate::state::State;
use crate::trail::Trail;

#[cfg(feature = "safetensors")]
mod file;

/// Everything that a run under way needs to go on as if it had never been interrupted: where it stands, its best point, its
/// counts, what its stop conditions remember, and its history.
///
/// [`run_saved`](crate::Minimizer::run_saved) offers one again and again, and continues from one. With the feature
/// `safetensors` it is written to and read from a file; that of a run at one learning rate has the state under PyTorch's names.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use amsgrad::{Checkpoint, Minimizer, Moment, Record};
///
/// let bowl = |x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = 2.0 * x[0];
///     x[0] * x[0]
/// };
/// let run = Minimizer::new(bowl).start([1.0]).learning_rate(0.01).steps(100);
/// let whole = run.clone().run::<f64>()?;
///
/// let mut kept: Option<Checkpoint<f64>> = None;
/// let mut save = |moment: &Moment<'_, f64>| {
///     if moment.steps() == 40 {
///         kept = Some(moment.checkpoint());
///     }
/// };
/// let look = |record: &Record<'_, f64>| match record.step {
///     70 => ControlFlow::Break(()), // as if it had been killed
///     _ => ControlFlow::Continue(()),
/// };
/// run.clone().run_saved(None, &mut save, look)?;
/// let resumed = run.run_saved(kept.as_ref(), |_| {}, |_| ControlFlow::Continue(()))?;
/// assert_eq!(resumed, whole);
/// # Ok::<(), amsgrad::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint<T> {
    pub(crate) course: Course<T>,
    pub(crate) history: Option<History<T>>,
}

/// How a run goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Course<T> {
    /// In the loop, at one learning rate.
    Loop(Box<Position<T>>),
    /// In the stretches of a run that finds its learning rates.
    Stretches(Box<Trail<T>>),
}

impl<T: Real> Checkpoint<T> {
    /// Returns the number of evaluations that observers of the run were shown before. The others are shown to those of the
    /// run that continues.
    #[must_use]
    pub fn shown(&self) -> u64 {
        match &self.course {
            Course::Loop(position) => position.steps,
            Course::Stretches(trail) => trail.shown,
        }
    }

    /// Returns the point and the rule's memory of a run at one learning rate; `None` of one that finds its learning rates,
    /// which has them in units of its own.
    #[must_use]
    pub fn state(&self) -> Option<(&[T], &State<T>)> {
        match &self.course {
            Course::Loop(position) => Some((&position.point, &position.state)),
            Course::Stretches(_) => None,
        }
    }
}

/// A moment of a run from which it can be continued.
pub struct Moment<'a, T> {
    pub(crate) steps: u64,
    pub(crate) last: bool,
    pub(crate) make: &'a dyn Fn() -> Checkpoint<T>,
}

impl<T: Real> Moment<'_, T> {
    /// Returns the number of steps made so far, those of trials included.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Returns whether the run ends here: no other moment is offered.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// Returns the checkpoint; it is made here, so a moment that is let pass costs nothing.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint<T> {
        (self.make)()
    }
}

impl<T> core::fmt::Debug for Moment<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Moment").field("steps", &self.steps).finish_non_exhaustive()
    }
}
