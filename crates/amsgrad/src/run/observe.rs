//! Who looks on at a run.

use core::ops::ControlFlow;

use crate::history::{History, Record};
use crate::number::Real;
use crate::trail::Trail;

/// Is shown every acceptable evaluation.
pub trait Observe<T> {
    /// Returns whether it looks at all: what nobody looks at is not prepared. The answer must not change during a run.
    #[inline(always)]
    fn looks(&self) -> bool {
        true
    }

    /// Is shown an evaluation; `Break` ends the run.
    fn notify(&mut self, record: &Record<'_, T>) -> ControlFlow<()>;

    /// Is shown the last evaluation once more at the end of a run that did not fail.
    fn last(&mut self, record: &Record<'_, T>) {
        let _ = record;
    }

    /// Returns whether it keeps runs that find their learning rates, from which they are continued.
    fn keeps(&self) -> bool {
        false
    }

    /// Is told between the stretches of such a run how far it has come.
    fn between(&mut self, journey: &dyn Journey<T>) {
        let _ = journey;
    }
}

/// A run in stretches, between two of them.
pub trait Journey<T> {
    /// Returns the number of steps made, those of trials included.
    fn steps(&self) -> u64;

    /// Returns whether the last stretch was made to its end.
    fn is_whole(&self) -> bool;

    /// Returns whether no stretch follows.
    fn is_over(&self) -> bool;

    /// Returns what is needed to continue after the last whole stretch.
    fn trail(&self) -> Trail<T>;
}

/// Nobody looks.
pub(crate) struct Unobserved;

impl<T> Observe<T> for Unobserved {
    #[inline(always)]
    fn looks(&self) -> bool {
        false
    }

    #[inline(always)]
    fn notify(&mut self, _: &Record<'_, T>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<T, F: FnMut(&Record<'_, T>) -> ControlFlow<()>> Observe<T> for F {
    #[inline(always)]
    fn notify(&mut self, record: &Record<'_, T>) -> ControlFlow<()> {
        self(record)
    }
}

/// Writes the history before another looks.
pub(crate) struct Recorder<'a, T, O> {
    pub(crate) history: &'a mut History<T>,
    pub(crate) then: O,
}

impl<T: Real, O: Observe<T>> Observe<T> for Recorder<'_, T, O> {
    #[inline]
    fn notify(&mut self, record: &Record<'_, T>) -> ControlFlow<()> {
        self.history.push(record);
        self.then.notify(record)
    }

    fn last(&mut self, record: &Record<'_, T>) {
        self.history.finish(record);
        self.then.last(record);
    }
}

/// An observer behind an indirection.
pub(crate) struct Dyn<'a, T>(pub(crate) &'a mut dyn Observe<T>);

impl<T> Observe<T> for Dyn<'_, T> {
    fn looks(&self) -> bool {
        self.0.looks()
    }

    fn notify(&mut self, record: &Record<'_, T>) -> ControlFlow<()> {
        self.0.notify(record)
    }

    fn last(&mut self, record: &Record<'_, T>) {
        self.0.last(record);
    }

    fn keeps(&self) -> bool {
        self.0.keeps()
    }

    fn between(&mut self, journey: &dyn Journey<T>) {
        self.0.between(journey);
    }
}
