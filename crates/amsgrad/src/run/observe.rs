//! Who looks on at a run.

use core::ops::ControlFlow;

use crate::history::{History, Record};
use crate::number::Real;

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
}
