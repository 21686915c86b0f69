//! The steps of a run as its observers see them, and as memory keeps them.

use core::fmt;

use crate::number::{Real, to_f64};
use crate::position::Position;
use crate::update::Norm;

/// What an observer sees after every evaluation, the start included.
pub struct Record<'a, T> {
    /// How many steps led here; the start is 0.
    pub step: u64,
    /// The point.
    pub point: &'a [T],
    /// The objective's value there.
    pub value: T,
    /// The gradient there.
    pub gradient: &'a [T],
    /// The best value so far, this one included.
    pub best_value: T,
    /// The run, for what is computed only when asked for.
    pub(crate) run: &'a dyn RunView<T>,
}

impl<T: Real> Record<'_, T> {
    /// Returns the learning rate of the step that led here; `None` at the start.
    #[must_use]
    pub fn learning_rate(&self) -> Option<f64> {
        self.run.schedule("learning_rate").filter(|_| self.step > 0)
    }

    /// Returns the beta1 of the step that led here; `None` at the start and for rules without it.
    #[must_use]
    pub fn beta1(&self) -> Option<f64> {
        self.run.schedule("beta1").filter(|_| self.step > 0)
    }

    /// Returns the rule's memory called `name` (`m`, `v`, `v_hat`, ...) after the step that led here, a number for each
    /// coordinate; `None` where the rule has no such memory.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<Vec<T>> {
        self.run.slot(name, self.point.len())
    }

    /// Returns what the gradient test looks at: the largest component of the gradient by magnitude, in a box less what points
    /// out of it; in a ball or a simplex that of the gradient mapping x - P(x - gradient), P being the Euclidean projection.
    #[must_use]
    pub fn gradient_norm(&self) -> T {
        self.run.gradient_norm(self.point, self.gradient)
    }

    /// Returns the Euclidean norm of the gradient.
    #[must_use]
    pub fn euclidean_gradient_norm(&self) -> f64 {
        Norm::of(core::iter::once(self.gradient), None).value()
    }
}

impl<T: fmt::Debug> fmt::Debug for Record<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("step", &self.step)
            .field("point", &self.point)
            .field("value", &self.value)
            .field("gradient", &self.gradient)
            .field("best_value", &self.best_value)
            .finish_non_exhaustive()
    }
}

/// A run as a record sees it, whatever its rule and storage.
pub(crate) trait RunView<T> {
    /// Returns the value of a scheduled setting at the step that led here.
    fn schedule(&self, name: &str) -> Option<f64>;
    fn slot(&self, name: &str, dimension: usize) -> Option<Vec<T>>;
    fn gradient_norm(&self, point: &[T], gradient: &[T]) -> T;
    /// Returns where the run stands.
    fn position(&self) -> Position<T>;
}

/// One recorded evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<T> {
    /// How many steps led here; the start is 0.
    pub step: u64,
    /// The point.
    pub point: Vec<T>,
    /// The objective's value there.
    pub value: T,
    /// The gradient there.
    pub gradient: Vec<T>,
    /// The learning rate of the step that led here.
    pub learning_rate: Option<f64>,
    /// The beta1 of the step that led here.
    pub beta1: Option<f64>,
}

/// The steps of a run, thinned where there are many.
///
/// Every step is kept until there are [`History::most`] entries; then every second one is dropped and from there on only
/// every second step is kept, and so on. The first evaluation is always there, and unless the run failed the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History<T> {
    pub(crate) entries: Vec<Entry<T>>,
    pub(crate) stride: u64,
    pub(crate) seen: u64,
}

impl<T: Real> History<T> {
    /// Returns the most entries for points of `dimension` coordinates: 10,000, or fewer so that they hold at most about
    /// four million numbers, but at least 4.
    #[must_use]
    pub fn most(dimension: usize) -> usize {
        (2_000_000 / dimension.max(1)).clamp(4, 10_000)
    }

    /// Returns the entries, in the order of their steps.
    #[must_use]
    pub fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// Returns every how many steps one is kept; 1 where none has been left out.
    #[must_use]
    pub fn stride(&self) -> u64 {
        self.stride.max(1)
    }

    pub(crate) fn to_f64(&self) -> History<f64> {
        let entry = |entry: &Entry<T>| Entry {
            step: entry.step,
            point: to_f64(&entry.point),
            value: entry.value.to_f64(),
            gradient: to_f64(&entry.gradient),
            learning_rate: entry.learning_rate,
            beta1: entry.beta1,
        };
        History { entries: self.entries.iter().map(entry).collect(), stride: self.stride, seen: self.seen }
    }

    pub(crate) fn push(&mut self, record: &Record<'_, T>) {
        self.take(record.point.len(), || Entry::of(record));
    }

    /// Takes the next entry, which is made only where it is kept.
    pub(crate) fn take(&mut self, dimension: usize, entry: impl FnOnce() -> Entry<T>) {
        self.seen += 1;
        if !(self.seen - 1).is_multiple_of(self.stride()) {
            return;
        }
        if self.entries.len() >= Self::most(dimension) {
            let mut index = 0;
            self.entries.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride = self.stride() * 2;
            if !(self.seen - 1).is_multiple_of(self.stride) {
                return;
            }
        }
        self.entries.push(entry());
    }

    /// Keeps the last evaluation, whatever the stride.
    pub(crate) fn finish(&mut self, record: &Record<'_, T>) {
        if self.entries.last().is_some_and(|entry| entry.step < record.step) {
            self.entries.push(Entry::of(record));
        }
    }
}

impl<T: Real> Entry<T> {
    pub(crate) fn of(record: &Record<'_, T>) -> Self {
        Self {
            step: record.step,
            point: record.point.to_vec(),
            value: record.value,
            gradient: record.gradient.to_vec(),
            learning_rate: record.learning_rate(),
            beta1: record.beta1(),
        }
    }
}
