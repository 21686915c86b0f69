//! A mean over examples, looked at a mini-batch at a time.

use super::{Answer, Examples, Objective, ObjectiveError};
use core::ops::Range;

use crate::error::setting::{SettingError, check, check_count};
use crate::number::Real;
use crate::random::Uniform;

/// An objective that is the mean of as many functions as there are examples, as in training a model.
///
/// The closure is given an example's number, from 0, and the point; it **adds** the example's gradient to the slice it
/// is given and answers with the example's value. (It adds, so that an example that depends on a few variables touches
/// only those.) It returns a number or a `Result`.
///
/// Without [`batch`](FiniteSum::batch) every call is the mean over all examples. With it every call is the mean over the
/// next few of them, in an order that is drawn anew for every epoch and holds every example once; the last batch of an
/// epoch is shorter where the size does not divide the examples. A run begins a new epoch, unless it resumes another. The value is then that of the batch alone, so a run's best
/// point is the one with the luckiest batch: look at its last point, and at [`full`](FiniteSum::full).
///
/// Examples are summed one after the other in that order, values in `f64`, gradients in the run's number type: the same
/// result everywhere.
///
/// ```
/// use amsgrad::objective::FiniteSum;
/// use amsgrad::{Minimizer, Schedule, Status};
///
/// // The line through measured points, by least squares.
/// let measured: Vec<(f64, f64)> = (0..100).map(|i| f64::from(i) / 100.0).map(|t| (t, 3.0 * t - 1.0)).collect();
/// let mut sum = FiniteSum::new(measured.len(), |i, x: &[f64], gradient: &mut [f64]| {
///     let (t, y) = measured[i];
///     let error = x[0] * t + x[1] - y;
///     gradient[0] += 2.0 * error * t;
///     gradient[1] += 2.0 * error;
///     error * error
/// })?
/// .batch(8)?
/// .seed(1);
///
/// let outcome = Minimizer::new(&mut sum)
///     .start([0.0, 0.0])
///     .learning_rate(Schedule::inverse_sqrt(0.5))
///     .steps(u64::MAX)
///     .epochs(200)
///     .run()?;
/// assert_eq!(outcome.status, Status::EpochLimit);
/// assert_eq!((outcome.counts.epochs, outcome.counts.examples), (200, 20_000));
/// assert_eq!(outcome.counts.gradients, 200 * 13); // 12 batches of 8 and one of 4
/// assert!(sum.full(&outcome.last.point, &mut [0.0; 2])? < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FiniteSum<F> {
    example: F,
    examples: usize,
    batch: usize,
    seed: u64,
    stream: Uniform,
    /// The examples in this epoch's order; empty where every call looks at all.
    order: Vec<usize>,
    /// How many of them this epoch has looked at.
    position: usize,
    /// Number of examples looked at since the stream began.
    looked_at: u64,
}

impl<F> FiniteSum<F> {
    /// Creates the mean over examples 0 to `examples - 1` of `example`, `FnMut(usize, &[T], &mut [T]) -> T` or `->
    /// Result<T, E>`.
    ///
    /// # Errors
    /// There are no examples.
    pub fn new<T: Real, A: Answer<T>>(examples: usize, example: F) -> Result<Self, SettingError>
    where
        F: FnMut(usize, &[T], &mut [T]) -> A,
    {
        check_count("examples", examples as u64)?;
        let (seed, stream, order) = (0, Uniform::numpy(0), Vec::new());
        Ok(Self { example, examples, batch: examples, seed, stream, order, position: 0, looked_at: 0 })
    }

    /// Sets the number of examples per call; all of them where there are not more.
    ///
    /// # Errors
    /// The batch is empty, or there is no memory for the order of the examples.
    pub fn batch(mut self, batch: usize) -> Result<Self, SettingError> {
        check_count("batch", batch as u64)?;
        self.batch = batch.min(self.examples);
        self.order = Vec::new();
        if self.batch < self.examples {
            let room = self.order.try_reserve_exact(self.examples).is_ok();
            check(room, "examples", self.examples, "as many as there is memory to order them in")?;
            self.order.extend(0..self.examples);
        }
        self.rewind();
        Ok(self)
    }

    /// Sets the seed of the stream, [`Uniform::numpy`], that orders are drawn from. Default 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self.rewind();
        self
    }

    /// Returns the mean value over all examples in the order of their numbers, and writes the mean gradient, for a
    /// report; no part of an epoch.
    ///
    /// # Errors
    /// The closure's own.
    pub fn full<T, A>(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError>
    where
        T: Real,
        F: FnMut(usize, &[T], &mut [T]) -> A,
        A: Answer<T>,
    {
        mean(&mut self.example, 0..self.examples, point, gradient)
    }

    /// Goes back to before the first example.
    fn rewind(&mut self) {
        self.stream = Uniform::numpy(self.seed);
        self.order.iter_mut().enumerate().for_each(|(i, example)| *example = i);
        (self.position, self.looked_at) = (0, 0);
    }

    /// Goes to where this number of examples has been looked at.
    fn seek(&mut self, examples: u64) {
        if self.looked_at == examples {
            return;
        }
        self.rewind();
        while self.looked_at < examples && !self.order.is_empty() {
            let _ = self.next_batch();
        }
        self.looked_at = examples;
    }

    /// Returns the places in the order that the next batch has, and moves past them.
    fn next_batch(&mut self) -> Range<usize> {
        if self.position == 0 {
            self.shuffle();
        }
        let batch = self.position..self.end();
        self.looked_at = self.looked_at.saturating_add(batch.len() as u64);
        self.position = batch.end % self.examples;
        batch
    }

    /// Where the batch ends that begins at `position`.
    fn end(&self) -> usize {
        self.examples.min(self.position.saturating_add(self.batch))
    }

    /// Draws a new order, every one equally likely (Fisher, Yates).
    fn shuffle(&mut self) {
        for i in (1..self.order.len()).rev() {
            self.order.swap(i, self.stream.below(i + 1));
        }
    }
}

/// Returns the mean over these examples.
fn mean<T, F, A>(
    example: &mut F,
    examples: impl ExactSizeIterator<Item = usize>,
    point: &[T],
    gradient: &mut [T],
) -> Result<T, ObjectiveError>
where
    T: Real,
    F: FnMut(usize, &[T], &mut [T]) -> A,
    A: Answer<T>,
{
    let (count, mut sum) = (examples.len() as f64, 0.0);
    gradient.fill(T::default());
    for index in examples {
        sum += example(index, point, gradient).into_result()?.to_f64();
    }
    for component in gradient {
        *component = *component / T::from_f64(count);
    }
    Ok(T::from_f64(sum / count))
}

impl<T, F, A> Objective<T> for FiniteSum<F>
where
    T: Real,
    F: FnMut(usize, &[T], &mut [T]) -> A,
    A: Answer<T>,
{
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        if self.order.is_empty() {
            self.looked_at = self.looked_at.saturating_add(self.examples as u64);
            return self.full(point, gradient);
        }
        let batch = self.next_batch();
        let batch = self.order.get(batch).unwrap_or_default();
        mean(&mut self.example, batch.iter().copied(), point, gradient)
    }

    fn examples(&self) -> Examples {
        Examples { next: (self.end() - self.position) as u64, all: self.examples as u64 }
    }

    fn begin(&mut self, examples: u64) {
        self.seek(examples);
    }
}

/// Lent to a run, to be asked afterwards.
impl<T, F, A> Objective<T> for &mut FiniteSum<F>
where
    T: Real,
    F: FnMut(usize, &[T], &mut [T]) -> A,
    A: Answer<T>,
{
    fn evaluate(&mut self, point: &[T], gradient: &mut [T]) -> Result<T, ObjectiveError> {
        (**self).evaluate(point, gradient)
    }

    fn examples(&self) -> Examples {
        Objective::<T>::examples(&**self)
    }

    fn begin(&mut self, examples: u64) {
        Objective::<T>::begin(&mut **self, examples);
    }
}
