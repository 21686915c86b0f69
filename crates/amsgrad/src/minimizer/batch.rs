//! Runs from many starts at once.

use super::Minimizer;
use super::blocks::{Blocks, check_batch_dimension};
use super::compiled::compiled;
use crate::dispatch::Target;
use crate::error::Error;
use crate::number::Real;
use crate::objective::{Objective, Vectorized, VectorizedObjective};
use crate::outcome::Exit;
use crate::run::batch::BatchOutcome;
use crate::run::block::Summary;
use crate::run::{Starts, UpdateRule};
use crate::state::StateError;

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

#[cfg(test)]
mod tests;
