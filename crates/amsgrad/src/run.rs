//! A run: the driver of the loop, which deals with everything that is not done at every step.

use core::ops::ControlFlow;

use crate::constraint::check_dimension;
use crate::error::Error;
use crate::number::Real;
use crate::objective::Objective;
use crate::outcome::{Outcome, Status};
use crate::rule::{Clock, Rule};
use crate::state::StateError;
use crate::update::{self, Storage};

mod advance;
pub mod batch;
pub(crate) mod block;
mod checks;
mod event;
mod observe;
mod rules;
mod saver;
mod setup;
mod starts;
mod stepper;

use advance::{Advance, Fixed, Here};
use checks::Checks;
use event::Best;
pub use observe::Observe;
pub(crate) use observe::{Dyn, Journey, Recorder, Unobserved};
pub(crate) use rules::Runs;
pub use rules::{AnyRule, UpdateRule};
pub(crate) use saver::Saver;
pub use setup::Setup;
pub use starts::Starts;
pub use stepper::Stepper;

/// A run under way.
pub(crate) struct Run<T: Real, F, R: Rule, S: Storage<T>> {
    objective: F,
    fixed: Fixed<T, R, S>,
    /// `None` only while the loop has it.
    here: Option<Here<T, R, S>>,
    checks: Checks<T>,
}

/// Runs from the first evaluation to the end.
fn drive<T: Real, F: Objective<T>, R: Rule, S: Storage<T>>(
    rule: &R,
    setup: Setup<T>,
    objective: F,
    mut observer: impl Observe<T>,
) -> Result<Outcome<T>, Error> {
    let mut run = Run::<T, F, R, S>::new(rule, setup, objective)?;
    let status = loop {
        let until = run.checks.until(run.objective.examples());
        if let Some(status) = run.proceed(until, &mut observer) {
            break status;
        }
    };
    run.show_last(&status, &mut observer);
    Ok(run.finish(status))
}

impl<T: Real, F: Objective<T>, R: Rule, S: Storage<T>> Run<T, F, R, S> {
    /// Allocates all memory that a run needs, before its first evaluation.
    fn new(rule: &R, setup: Setup<T>, objective: F) -> Result<Self, Error> {
        let dimension = setup.x.len();
        let mut memory = S::memory::<R>(dimension).ok_or(StateError::TooLarge { dimension })?;
        let clock = match &setup.resumed {
            None => Clock::default(),
            Some(state) => {
                check_dimension("the state", state.dimension, Some(dimension))?;
                update::restore::<R, S::Number>(S::packs_mut(&mut memory), state)?
            }
        };
        let start = S::point(&setup.x);
        let mut here = Here {
            gradient: S::zeros(dimension),
            best: start.clone(),
            x: start,
            value: T::from_f64(f64::NAN),
            memory,
            clock,
            best_value: T::INFINITY,
            best_step: 0,
            steps: 0,
            evaluations: 0,
            evaluated: false,
        };
        if let Some(position) = &setup.position {
            here.best = S::point(&position.best);
            (here.best_value, here.best_step) = (position.best_value, position.best_step);
            (here.steps, here.evaluations) = (position.steps, position.evaluations);
        }
        let (interrupt, transform) = (setup.interrupt.clone(), setup.transform);
        let (limit, steps_before) =
            (R::GRADIENT_LIMIT.largest(), here.clock.step().saturating_sub(here.steps));
        let checks = Checks::new(setup, limit, steps_before, objective.cost(dimension), objective.examples());
        let sides = checks.region.sides().map(S::sides);
        let fixed = Fixed {
            rule: rule.clone(),
            transform,
            limit,
            sign: T::from_f64(transform.sign()),
            tests: None,
            projects: sides.is_none() && !checks.region.is_everywhere(),
            sides,
            region: checks.region.clone(),
            interrupt,
            steps_before,
        };
        Ok(Self { objective, fixed, here: Some(here), checks })
    }

    /// Runs to the evaluation after step `until`, or the next one after it; returns why the run ends there, if it does.
    fn proceed(&mut self, until: u64, observer: &mut impl Observe<T>) -> Option<Status> {
        let stop = &self.checks.stop;
        let tested = (stop.looks_at_gradient() || stop.target.is_some()) && !self.checks.tests_elsewhere();
        self.fixed.tests = tested.then_some(self.checks.tests);
        loop {
            let here = self.here.take()?;
            let (fixed, checks, objective) = (&self.fixed, &self.checks, &mut self.objective);
            let (here, flow) = S::accelerate(Advance { here, fixed, checks, objective, observer, until });
            let here = self.here.insert(here);
            match flow {
                ControlFlow::Continue(coefficients) => {
                    let (packs, dimension) = (S::packs(&here.memory), here.x.as_ref().len());
                    let mut weights = update::weights::<R, S::Number>(packs, coefficients, dimension);
                    self.checks.region.project(here.x.as_mut(), &mut weights);
                }
                ControlFlow::Break(event) => {
                    let looks = self.checks.stop.looks_at_change();
                    let rate = if looks { here.clock.shown(fixed.rule.learning_rate()) } else { 0.0 };
                    return self.checks.status(event, here.evaluation(self.objective.examples(), rate));
                }
            }
        }
    }

    /// Shows the last evaluation once more, unless the run failed.
    fn show_last(&self, status: &Status, observer: &mut impl Observe<T>) {
        if let Some(here) = self.here.as_ref().filter(|_| !status.is_failure() && observer.looks()) {
            self.fixed.show(here, &self.checks, |record| observer.last(record));
        }
    }

    /// Returns the outcome.
    fn finish(self, status: Status) -> Outcome<T> {
        let Self { objective, here, checks, .. } = self;
        let Some(here) = here else { unreachable!("the loop has returned") };
        let point = here.x.as_ref();
        let state = update::state::<R, S::Number>(S::packs(&here.memory), point.len(), &here.clock);
        let best = Best { point: here.best.as_ref(), value: here.best_value, step: here.best_step };
        checks.outcome(status, here.evaluation(objective.examples(), 0.0), best, state)
    }
}
