//! An observer that offers checkpoints before another looks.

use core::ops::ControlFlow;

use super::observe::{Journey, Observe};
use crate::checkpoint::{Checkpoint, Course, Moment};
use crate::history::{Entry, History, Record};
use crate::number::Real;

/// Offers a checkpoint before every evaluation, or between the stretches of a run that finds its learning rates, and writes the
/// history.
pub(crate) struct Saver<'a, T, S, O> {
    pub(crate) save: S,
    pub(crate) then: O,
    pub(crate) history: Option<&'a mut History<T>>,
    /// What belongs into the history once no checkpoint can come before it any more.
    pub(crate) pending: Vec<Entry<T>>,
    pub(crate) in_stretches: bool,
}

impl<T: Real, S: FnMut(&Moment<'_, T>), O: Observe<T>> Saver<'_, T, S, O> {
    fn settle(&mut self) {
        if let Some(history) = &mut self.history {
            self.pending.drain(..).for_each(|entry| history.take(entry.point.len(), || entry));
        }
    }

    fn offer(&mut self, steps: u64, last: bool, course: &dyn Fn() -> Course<T>) {
        let history = self.history.as_deref();
        let make = || Checkpoint { course: course(), history: history.cloned() };
        (self.save)(&Moment { steps, last, make: &make });
    }

    fn offer_at(&mut self, record: &Record<'_, T>, last: bool) {
        if !self.in_stretches {
            let course = || Course::Loop(Box::new(record.run.position()));
            self.offer(record.step, last, &course);
        }
    }
}

impl<T: Real, S: FnMut(&Moment<'_, T>), O: Observe<T>> Observe<T> for Saver<'_, T, S, O> {
    fn notify(&mut self, record: &Record<'_, T>) -> ControlFlow<()> {
        if !self.in_stretches {
            self.settle();
            self.offer_at(record, false);
        }
        if self.history.is_some() {
            self.pending.push(Entry::of(record));
        }
        self.then.notify(record)
    }

    fn last(&mut self, record: &Record<'_, T>) {
        self.offer_at(record, true);
        self.settle();
        if let Some(history) = &mut self.history {
            history.finish(record);
        }
        self.then.last(record);
    }

    fn keeps(&self) -> bool {
        self.in_stretches
    }

    fn between(&mut self, journey: &dyn Journey<T>) {
        if journey.is_whole() {
            self.settle();
        }
        let course = || Course::Stretches(Box::new(journey.trail()));
        self.offer(journey.steps(), journey.is_over(), &course);
    }
}
