//! Runs from many starts, as far as they depend neither on the objective's type nor on the rule's.

use core::sync::atomic::Ordering;

use super::Settings;
use crate::constraint::{Constraint, check_dimension};
use crate::decide::Tests;
use crate::dispatch::Target;
use crate::error::Error;
use crate::error::setting::{SettingError, check_count};
use crate::memory::{LINE, Line};
use crate::number::Real;
use crate::objective::VectorizedObjective;
use crate::outcome::Outcome;
use crate::run::batch::BatchOutcome;
use crate::run::block::{EvaluateBlock, Results, Task, block_size};
use crate::run::{RuleOf, Starts};
use crate::state::StateError;
use crate::stop::Stop;

/// What runs in blocks, with instructions of the caller's choice.
pub(super) struct Blocks<'a, T> {
    objective: &'a dyn EvaluateBlock<Line<T>>,
    dimension: usize,
    target: Target,
}

impl<'a, T: Real> Blocks<'a, T> {
    pub(super) fn of(objective: &'a impl VectorizedObjective, target: Target) -> Self {
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
    pub(super) fn constraint(&self) -> Result<&Constraint, SettingError> {
        self.constraint.as_ref().map_err(Clone::clone)
    }

    /// Refuses what many runs at once do not have.
    pub(super) fn check_plain(&self) -> Result<(), SettingError> {
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
    pub(super) fn check_batch(&self) -> Result<(), SettingError> {
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
pub(super) fn check_batch_dimension(dimension: usize) -> Result<(), SettingError> {
    check_count("the objective's dimension", dimension as u64)
}
