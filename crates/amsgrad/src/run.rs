//! A run: the driver of the loop, which deals with everything that is not done at every step.

use core::ops::ControlFlow;

use crate::constraint::check_dimension;
use crate::dispatch::Instructions;
use crate::error::Error;
use crate::number::Real;
use crate::objective::Objective;
use crate::outcome::{Outcome, Status};
use crate::rule::Clock;
use crate::state::StateError;
use crate::update::{self, Storage, Update};

mod advance;
pub mod batch;
pub(crate) mod block;
mod checks;
mod erased;
mod event;
mod observe;
mod rules;
mod saver;
mod setup;
mod starts;
mod stepper;

use advance::{Advance, Fixed, Here};
use checks::Checks;
pub(crate) use erased::RuleOf;
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
pub(crate) struct Run<T: Real, F, U: Update<T>> {
    objective: F,
    fixed: Fixed<T, U>,
    /// `None` only while the loop has it.
    here: Option<Here<T, U>>,
    checks: Checks<T>,
}

/// Runs from the first evaluation to the end.
fn drive<I: Instructions, T: Real, F: Objective<T>, U: Update<T>>(
    rule: U,
    setup: Setup<T>,
    objective: F,
    mut observer: impl Observe<T>,
) -> Result<Outcome<T>, Error> {
    let mut run = Run::new(rule, setup, objective)?;
    let status = loop {
        let until = run.checks.until(run.objective.examples());
        if let Some(status) = run.proceed::<I>(until, &mut observer) {
            break status;
        }
    };
    run.show_last(&status, &mut observer);
    Ok(run.finish(status))
}

impl<T: Real, F: Objective<T>, U: Update<T>> Run<T, F, U> {
    /// Allocates all memory that a run needs, before its first evaluation.
    fn new(rule: U, setup: Setup<T>, objective: F) -> Result<Self, Error> {
        let dimension = setup.x.len();
        let mut memory = rule.memory(dimension).ok_or(StateError::TooLarge { dimension })?;
        let clock = match &setup.resumed {
            None => Clock::default(),
            Some(state) => {
                check_dimension("the state", state.dimension, Some(dimension))?;
                update::restore(&rule.about(), U::numbers_mut(&mut memory), state)?
            }
        };
        let start = <U::Storage as Storage<T>>::point(&setup.x);
        let mut here: Here<T, U> = Here {
            gradient: start.clone(),
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
        here.gradient.as_mut().fill(T::default());
        if let Some(position) = &setup.position {
            here.best = <U::Storage as Storage<T>>::point(&position.best);
            (here.best_value, here.best_step) = (position.best_value, position.best_step);
            (here.steps, here.evaluations) = (position.steps, position.evaluations);
        }
        let (interrupt, transform) = (setup.interrupt.clone(), setup.transform);
        let (limit, steps_before) =
            (rule.about().gradient_limit.largest(), here.clock.step().saturating_sub(here.steps));
        let checks = Checks::new(setup, limit, steps_before, objective.cost(dimension), objective.examples());
        let sides = checks.region.sides().map(<U::Storage as Storage<T>>::sides);
        let fixed = Fixed {
            rule,
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
    fn proceed<I: Instructions>(&mut self, until: u64, observer: &mut impl Observe<T>) -> Option<Status> {
        let stop = &self.checks.stop;
        let tested = (stop.looks_at_gradient() || stop.target.is_some()) && !self.checks.tests_elsewhere();
        self.fixed.tests = tested.then_some(self.checks.tests);
        loop {
            let here = self.here.take()?;
            let (fixed, checks, objective) = (&self.fixed, &self.checks, &mut self.objective);
            let (here, flow) = I::run(Advance { here, fixed, checks, objective, observer, until });
            let here = self.here.insert(here);
            match flow {
                ControlFlow::Continue(coefficients) => {
                    let dimension = here.x.as_ref().len();
                    let (x, memory) = (here.x.as_mut(), &here.memory);
                    let packs = (0..dimension).map(|pack| fixed.rule.weight(&coefficients, memory, pack));
                    self.checks.region.project(x, &mut update::elements(packs, dimension));
                }
                ControlFlow::Break(event) => {
                    let looks = self.checks.stop.looks_at_change();
                    let rate = if looks { fixed.shown(&here.clock, "learning_rate") } else { None };
                    let evaluation = here.evaluation(self.objective.examples(), rate.unwrap_or(0.0));
                    return self.checks.status(event, evaluation);
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
        let Self { objective, fixed, here, checks, .. } = self;
        let Some(here) = here else { unreachable!("the loop has returned") };
        let point = here.x.as_ref();
        let state = update::state(&fixed.rule.about(), U::numbers(&here.memory), point.len(), &here.clock);
        let best = Best { point: here.best.as_ref(), value: here.best_value, step: here.best_step };
        checks.outcome(status, here.evaluation(objective.examples(), 0.0), best, state)
    }
}
