//! Runs from many starts at once.

use core::sync::atomic::Ordering;

use super::compiled::compiled;
use super::{Minimizer, Settings};
use crate::constraint::{Constraint, check_dimension};
use crate::decide::Tests;
use crate::dispatch::Target;
use crate::error::Error;
use crate::error::setting::{SettingError, check_count};
use crate::memory::{LINE, Line};
use crate::number::Real;
use crate::objective::{Objective, Vectorized, VectorizedObjective};
use crate::outcome::{Exit, Outcome};
use crate::run::batch::BatchOutcome;
use crate::run::block::{EvaluateBlock, Results, Summary, Task, block_size};
use crate::run::{RuleOf, Starts, UpdateRule};
use crate::state::StateError;
use crate::stop::Stop;

impl<P: VectorizedObjective, R: UpdateRule> Minimizer<Vectorized<P>, R> {
    /// Runs from every start, one in each element of the processor's vectors, on all its cores.
    ///
    /// Every run is, bit for bit, the one that [`run`](Minimizer::run) makes from its start. A run that ends early leaves
    /// its place to another; what is computed at a point that is not finite is discarded. Batches have the limit of steps, the
    /// gradient tolerance, the target, a box, weight decay and maximizing; other stops, constraints and recording are refused.
    ///
    /// ```
    /// use amsgrad::{AmsGrad, Bounds, Elementary, Exit, Minimizer, Starts, VectorizedObjective};
    ///
    /// /// Two valleys, at -1 and 1.
    /// struct Valleys;
    ///
    /// impl VectorizedObjective for Valleys {
    ///     fn dimension(&self) -> usize {
    ///         1
    ///     }
    ///     fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    ///         let (x, one) = (point[0], N::constant(1.0));
    ///         gradient[0] = N::constant(4.0) * x * (x * x - one);
    ///         (x * x - one) * (x * x - one)
    ///     }
    /// }
    ///
    /// let outcome = Minimizer::new(Valleys)
    ///     .rule(AmsGrad::new(0.05))
    ///     .within(Bounds::cube(1, -2.0, 2.0)?)
    ///     .steps(1000)
    ///     .gradient_tolerance(1e-6)
    ///     .run_batch::<f64>(&Starts::random(1000, 1))?;
    /// let right = outcome.iter().filter(|run| run.exit == Exit::Converged && run.best_point[0] > 0.0).count();
    /// assert!((450..550).contains(&right));
    /// assert!(outcome.best().is_some_and(|best| best.best.value < 1e-12));
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    ///
    /// # Errors
    /// Settings that do not fit or that batches do not have, no room for the results.
    pub fn run_batch<T: Real>(&self, starts: &Starts) -> Result<BatchOutcome<T>, Error> {
        self.settings.check_batch()?;
        let (objective, settings) = (Vectorized::new(self.objective.get()), self.settings.clone());
        let mut lent = Minimizer { objective, rule: self.rule.clone(), settings };
        if self.is_automatic() {
            lent = lent.with_rate_for::<T>(starts)?;
        }
        let rule = lent.checked_rule::<T>()?;
        let rule = rule.of::<T>();
        let blocks = Blocks::of(self.objective.get(), Target::best());
        let mut outcome = (compiled().run_blocks)(&lent.settings, starts, blocks, &*rule)?;
        let again = |start| lent.clone().start(start).run::<T>();
        (compiled().complete)(&self.settings, &mut outcome, starts, &again)?;
        Ok(outcome)
    }
}

impl<F, R: UpdateRule> Minimizer<F, R> {
    /// Runs from every start, one run after the other on each core; for closures and every objective that can be cloned.
    ///
    /// ```
    /// use amsgrad::{Bounds, Minimizer, Starts};
    ///
    /// let valleys = |x: &[f64], gradient: &mut [f64]| {
    ///     let square = x[0] * x[0] - 1.0;
    ///     gradient[0] = 4.0 * x[0] * square;
    ///     square * square
    /// };
    /// let outcome = Minimizer::new(valleys)
    ///     .bounds([(-2.0, 2.0)])
    ///     .learning_rate(0.05)
    ///     .gradient_tolerance(1e-6)
    ///     .run_starts(&Starts::random(100, 1))?;
    /// let best = outcome.best().unwrap();
    /// assert!(best.status.is_converged() && best.best.value < 1e-12);
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    ///
    /// # Errors
    /// Settings that do not fit, no room for the results.
    pub fn run_starts<T: Real>(&self, starts: &Starts) -> Result<BatchOutcome<T>, Error>
    where
        F: Objective<T> + Clone + Send + Sync,
    {
        self.settings.check_plain()?;
        let constraint = self.settings.constraint()?;
        let sides = starts.sides(constraint)?;
        let dimension = starts.dimension().unwrap_or(sides.len());
        check_batch_dimension(dimension)?;
        let count = starts.count();
        let mut outcome =
            BatchOutcome::new(count, dimension).ok_or(StateError::TooLarge { dimension: count })?;
        let width = 2 * dimension;
        let run = |(i, (summary, points)): (usize, (&mut Summary<T>, &mut [T]))| {
            let start = starts.coordinates::<f64>(i..i + 1, sides, 1);
            let finite = start.iter().all(|x| x.is_finite());
            if !finite {
                let start = (compiled().inside)(constraint, &start)?;
                points.iter_mut().zip(start.iter().cycle()).for_each(|(to, from)| *to = *from);
                summary.exit = Exit::NonFinite;
                return Ok(());
            }
            let run = self.clone().start(start).run::<T>()?;
            let (best, last) = points.split_at_mut(dimension);
            best.copy_from_slice(&run.best.point);
            last.copy_from_slice(&run.last.point);
            *summary = Summary {
                exit: run.status.exit(),
                steps: run.counts.steps,
                best_value: run.best.value,
                last_value: run.last.value,
            };
            Ok(())
        };
        let (summaries, points) = (&mut outcome.summaries, &mut outcome.points);
        #[cfg(feature = "threads")]
        let ran: Result<(), Error> = {
            use rayon::prelude::*;
            summaries.par_iter_mut().zip(points.par_chunks_mut(width)).enumerate().try_for_each(run)
        };
        #[cfg(not(feature = "threads"))]
        let ran: Result<(), Error> =
            summaries.iter_mut().zip(points.chunks_mut(width)).enumerate().try_for_each(run);
        ran?;
        let again = |start| self.clone().start(start).run::<T>();
        (compiled().complete)(&self.settings, &mut outcome, starts, &again)?;
        Ok(outcome)
    }

    /// Returns the same settings with a learning rate that was found for these starts.
    fn with_rate_for<T: Real>(mut self, starts: &Starts) -> Result<Self, Error>
    where
        F: Objective<T> + Clone,
    {
        let search = self.find_learning_rate(starts)?;
        self.settings.stop = self.settings.stop.after(search.steps);
        Ok(self.learning_rate(search.learning_rate))
    }
}

/// Makes the best run once more, to have all of it.
pub(super) fn complete<T: Real>(
    settings: &Settings,
    outcome: &mut BatchOutcome<T>,
    starts: &Starts,
    run: &dyn Fn(Vec<f64>) -> Result<Outcome<T>, Error>,
) -> Result<(), Error> {
    let sign = T::from_f64(settings.transform.sign());
    let Some(best) = outcome.find_best(sign) else { return Ok(()) };
    let is_interrupted = || settings.interrupt.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed));
    let mut full = None;
    if !is_interrupted() {
        let start = starts.coordinates::<f64>(best..best + 1, starts.sides(settings.constraint()?)?, 1);
        full = Some(run(start)?);
    }
    // An interrupt that came meanwhile has cut it short.
    if is_interrupted() {
        full = outcome.get(best).map(|run| run.outcome());
    }
    outcome.best = full.map(|full| (best, Box::new(full)));
    Ok(())
}

/// Refuses starts without a coordinate.
fn check_batch_dimension(dimension: usize) -> Result<(), SettingError> {
    check_count("the objective's dimension", dimension as u64)
}

/// What runs in blocks, with instructions of the caller's choice.
pub(super) struct Blocks<'a, T> {
    objective: &'a dyn EvaluateBlock<Line<T>>,
    dimension: usize,
    target: Target,
}

impl<'a, T: Real> Blocks<'a, T> {
    fn of(objective: &'a impl VectorizedObjective, target: Target) -> Self {
        Self { objective, dimension: objective.dimension(), target }
    }
}

/// Runs all starts in blocks.
pub(super) fn run_blocks<T: Real>(
    settings: &Settings,
    starts: &Starts,
    Blocks { objective, dimension, target }: Blocks<'_, T>,
    rule: &dyn RuleOf<T>,
) -> Result<BatchOutcome<T>, Error> {
    settings.check_batch()?;
    let constraint = settings.constraint()?;
    check_dimension("each start", starts.dimension().unwrap_or(dimension), Some(dimension))?;
    check_dimension("the objective", dimension, constraint.dimension())?;
    check_batch_dimension(dimension)?;
    let sides = starts.sides(constraint)?;
    let region = constraint.region::<T>()?;
    let Settings { transform, stop, interrupt, .. } = settings;
    let sign = transform.sign();
    let tested = stop.gradient.is_some() || stop.target.is_some();
    let task = Task {
        objective,
        dimension,
        transform,
        sides: region.sides(),
        sign: T::from_f64(sign),
        tests: tested.then(|| Tests::new(stop.gradient, stop.target.map(|target| sign * target))),
        steps: stop.step_limit(),
        interrupt: interrupt.as_deref(),
        target,
    };
    let count = starts.count();
    let mut outcome = BatchOutcome::new(count, dimension).ok_or(StateError::TooLarge { dimension: count })?;
    let size = block_size::<T>(dimension, rule.about().slots.len(), count);
    let width = 2 * dimension;
    let run = |(i, (summaries, points)): (usize, (&mut [_], &mut [_]))| {
        let some = i * size..i * size + summaries.len();
        let (count, starts) = (some.len(), starts.coordinates(some, sides, LINE));
        rule.run_block(&task, &starts, count, Results { summaries, points })
    };
    let (summaries, points) = (&mut outcome.summaries, &mut outcome.points);
    #[cfg(feature = "threads")]
    let ran: Result<(), StateError> = {
        use rayon::prelude::*;
        let points = points.par_chunks_mut(size * width);
        summaries.par_chunks_mut(size).zip(points).enumerate().try_for_each(run)
    };
    #[cfg(not(feature = "threads"))]
    let ran: Result<(), StateError> =
        summaries.chunks_mut(size).zip(points.chunks_mut(size * width)).enumerate().try_for_each(run);
    ran?;
    Ok(outcome)
}

/// Returns the error of a setting that many runs at once do not have.
fn refused(field: &'static str, allowed: &'static str) -> Result<(), SettingError> {
    Err(SettingError::new(field, "set", allowed))
}

impl Settings {
    fn constraint(&self) -> Result<&Constraint, SettingError> {
        self.constraint.as_ref().map_err(Clone::clone)
    }

    /// Refuses what many runs at once do not have.
    fn check_plain(&self) -> Result<(), SettingError> {
        let Self { history, timed, check, start, resumed, .. } = self;
        if *history || *timed {
            return refused("recording", "neither history nor time in a batch");
        }
        if check.is_some() {
            return refused("check_gradient", "no check in a batch; see `GradientCheck::run`");
        }
        if start.is_some() || resumed.is_some() {
            return refused("start", "the starts of the batch alone");
        }
        Ok(())
    }

    /// Refuses what a batch does not have.
    fn check_batch(&self) -> Result<(), SettingError> {
        let stop = &self.stop;
        let there =
            Stop { gradient: stop.gradient, target: stop.target, steps: stop.steps, ..Stop::default() };
        if *stop != there {
            return refused("stop", "steps, gradient and target in a batch");
        }
        if !matches!(self.constraint()?, Constraint::None | Constraint::Box(_)) {
            return refused("the constraint", "none or a box in a batch");
        }
        self.check_plain()
    }
}

#[cfg(test)]
mod tests;
