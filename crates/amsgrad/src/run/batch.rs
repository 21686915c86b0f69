//! What the runs of a batch end with.

use super::block::Summary;
use crate::decide::comparable;
use crate::memory::{filled, reserve};
use crate::number::Real;
use crate::outcome::{Counts, Exit, Iterate, Outcome, Status};
use crate::state::State;

/// How every run of a batch ended, and with what, in the order of the starts.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchOutcome<T> {
    dimension: usize,
    pub(crate) summaries: Vec<Summary<T>>,
    /// The best and the last point of every run, one after the other.
    pub(crate) points: Vec<T>,
    /// The number of the best run, and all of it.
    pub(crate) best: Option<(usize, Box<Outcome<T>>)>,
}

/// One run of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchRun<'a, T> {
    /// Why it ended.
    pub exit: Exit,
    /// Number of steps it made.
    pub steps: u64,
    /// The point with the best finite value; the start where there was none.
    pub best_point: &'a [T],
    /// The value there; NaN where there was none.
    pub best_value: T,
    /// The last point.
    pub last_point: &'a [T],
    /// The value there.
    pub last_value: T,
}

impl<T: Real> BatchOutcome<T> {
    /// Returns the number of runs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.summaries.len()
    }

    /// Returns whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.summaries.is_empty()
    }

    /// Returns the run from the start at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<BatchRun<'_, T>> {
        let summary = self.summaries.get(index)?;
        let width = 2 * self.dimension;
        Some(BatchRun::new(summary, self.points.get(index * width..(index + 1) * width)?))
    }

    /// Returns all runs.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = BatchRun<'_, T>> {
        let points = self.points.chunks_exact(2 * self.dimension);
        self.summaries.iter().zip(points).map(|(summary, points)| BatchRun::new(summary, points))
    }

    /// Returns the outcome of the run with the best value in full, as the single run from its start has it; `None` where no
    /// run has a finite value. After an interrupt it has the points and values alone: no state to resume from, the
    /// status [`Status::Stopped`] whatever the run's [`exit`](BatchRun::exit), and the last step for that of the best.
    #[must_use]
    pub fn best(&self) -> Option<&Outcome<T>> {
        self.best.as_ref().map(|(_, outcome)| &**outcome)
    }

    /// Returns the number of the run with the best value, the first of equals.
    #[must_use]
    pub fn best_index(&self) -> Option<usize> {
        self.best.as_ref().map(|(index, _)| *index)
    }

    /// Returns the number of the best of some values, as [`best_index`](Self::best_index) does: the first of those that are
    /// finite and best; `None` where none is finite.
    ///
    /// ```
    /// use amsgrad::BatchOutcome;
    /// assert_eq!(BatchOutcome::best_of([3.0, f64::NAN, 1.0, 1.0, f64::NEG_INFINITY], false), Some(2));
    /// assert_eq!(BatchOutcome::best_of([3.0, 4.0], true), Some(1));
    /// ```
    #[must_use]
    pub fn best_of(values: impl IntoIterator<Item = T>, maximize: bool) -> Option<usize> {
        let sign = T::from_f64(if maximize { -1.0 } else { 1.0 });
        let values = values.into_iter().map(|value| comparable(sign, value));
        chosen(values.zip(0..).fold(none(), least))
    }

    /// Reserves room for `count` runs, or returns `None` where it cannot be had.
    pub(crate) fn new(count: usize, dimension: usize) -> Option<Self> {
        let coordinates = count.checked_mul(dimension)?.checked_mul(2)?;
        let (summaries, points) = (reserve(count)?, reserve(coordinates)?);
        // Filled only when there is room for all.
        let summaries = filled(summaries, count, Summary::none());
        let points = filled(points, coordinates, T::default());
        Some(Self { dimension, summaries, points, best: None })
    }

    /// Returns the number of the run with the best finite value, the first of those that are equal.
    pub(crate) fn find_best(&self, sign: T) -> Option<usize> {
        const PIECE: usize = 1 << 14;
        let of_piece = |(piece, summaries): (usize, &[Summary<T>])| {
            let values = summaries.iter().map(|summary| comparable(sign, summary.best_value));
            values.zip(piece * PIECE..).fold(none(), least)
        };
        #[cfg(feature = "threads")]
        let best = {
            use rayon::prelude::*;
            self.summaries.par_chunks(PIECE).enumerate().map(of_piece).reduce(none, least)
        };
        #[cfg(not(feature = "threads"))]
        let best = self.summaries.chunks(PIECE).enumerate().map(of_piece).fold(none(), least);
        chosen(best)
    }
}

/// No run, as a pair of value and number.
fn none<T: Real>() -> (T, usize) {
    (T::INFINITY, usize::MAX)
}

/// Returns the better of two, the first of equals.
fn least<T: Real>(a: (T, usize), b: (T, usize)) -> (T, usize) {
    if b.0 < a.0 || b.0 == a.0 && b.1 < a.1 { b } else { a }
}

fn chosen<T: Real>((value, start): (T, usize)) -> Option<usize> {
    (value < T::INFINITY).then_some(start)
}

impl<'a, T: Real> BatchRun<'a, T> {
    fn new(summary: &Summary<T>, points: &'a [T]) -> Self {
        let Summary { exit, steps, best_value, last_value } = *summary;
        let (best_point, last_point) = points.split_at(points.len() / 2);
        Self { exit, steps, best_point, best_value, last_point, last_value }
    }

    /// Returns the same as an outcome, which lacks what a batch does not keep.
    pub(crate) fn outcome(&self) -> Outcome<T> {
        let evaluations = self.steps + 1;
        let counts =
            Counts { steps: self.steps, values: evaluations, gradients: evaluations, ..Counts::default() };
        let best = Iterate { step: self.steps, point: self.best_point.to_vec(), value: self.best_value };
        let last = Iterate { step: self.steps, point: self.last_point.to_vec(), value: self.last_value };
        Outcome::brief(Status::Stopped, best, last, counts, State::empty("", &[]))
    }
}
