//! A run that finds its learning rates: short trials explore from where to go and how far a step should reach, then legs of
//! the loop refine the best point, each at the rate that trials from there found best, until no rate finds a better value.

#[cfg(feature = "clock")]
use std::time::Instant;

use crate::error::Error;
use crate::number::Real;
use crate::objective::Objective;
use crate::outcome::{Counts, Iterate, Outcome, Search, Stationary, Status};
use crate::run::{AnyRule, Observe, Setup};
use crate::trail::Trail;

mod explore;
mod ledger;
mod legs;
mod refine;
mod stationary;
mod units;

use ledger::Ledger;
pub(crate) use legs::STEPS;
use legs::{Automatic, Shown, Stretch};
use units::Units;

/// Runs to the end, from `trail` on if there is one; `lengths` are those of the coordinates.
pub(crate) fn run<T: Real>(
    objective: &mut dyn Objective<T>,
    rule: AnyRule,
    setup: Setup<T>,
    lengths: Vec<f64>,
    sides: &[Option<(f64, f64)>],
    trail: Option<&Trail<T>>,
    observer: &mut dyn Observe<T>,
) -> Result<Outcome<T>, Error> {
    let dimension = setup.x.len();
    let stop = &setup.stop;
    let most = stop.step_limit_or(STEPS);
    let evaluations = stop.evaluation_limit(objective.cost(dimension));
    // Steps alone do not limit what is looked at between them.
    let enough = most.saturating_mul(2).saturating_add(100);
    let sign = T::from_f64(setup.transform.sign());
    let nothing = Iterate { step: 0, point: setup.x.clone(), value: T::from_f64(f64::NAN) };
    let ledger = Ledger::new(trail, observer.keeps());
    #[cfg(feature = "clock")]
    let began = Instant::now();
    #[cfg(feature = "clock")]
    let began = began.checked_sub(ledger.elapsed()).unwrap_or(began);
    let mut run = Automatic {
        objective,
        observer,
        ledger,
        learning_rate: rule.learning_rate().clone(),
        rule,
        sign,
        units: Units::plain(dimension),
        lengths,
        tolerance: stop.gradient,
        first_gradient_norm: f64::NAN,
        most,
        most_calls: evaluations.min(enough),
        is_counted: evaluations <= enough,
        calls: 0,
        trials: 0,
        trial_steps: 0,
        steps: 0,
        best: nothing,
        seen: false,
        last: None,
        first: f64::INFINITY,
        ended: None,
        #[cfg(feature = "clock")]
        began,
        setup,
    };
    let round = match run.resume() {
        Some(round) => Some(round),
        None => run.explore(sides)?.map(|rate| run.first_round(rate)),
    };
    let status = match round {
        Some(round) => run.refine(round)?,
        None => None,
    };
    run.finish(status)
}

impl<T: Real> Automatic<'_, T> {
    /// Evaluates the point where the run ends once more, through the loop, and returns the outcome. `settled` is why the
    /// run has ended by itself, at its best point.
    fn finish(mut self, settled: Option<(Status, Option<Stationary>)>) -> Result<Outcome<T>, Error> {
        let last = self.last.take().filter(|_| settled.is_none()).unwrap_or_else(|| self.best.clone());
        let (status, stationary) = match (self.ended.take(), settled) {
            (Some(status), _) => (status, None),
            (None, Some(settled)) => settled,
            (None, None) => (self.limit(), None),
        };
        self.tell(self.made(), true);
        let (looked, steps, report) = (self.calls > 0, self.steps, self.setup.report.take());
        let schedule = self.learning_rate.clone();
        let mut outcome = self.stretch(Stretch::new(&last.point, schedule, 0), Shown::End(last.step))?;
        if looked && (status.is_failure() || !outcome.status.is_failure()) {
            outcome.status = status;
        } else if outcome.status == Status::StepLimit {
            outcome.status = self.limit();
        }
        if report.as_ref().is_some_and(|report| report.disagrees()) {
            outcome.status = Status::GradientDiffers;
        }
        outcome.counts = Counts {
            steps: steps.saturating_add(self.trial_steps),
            values: outcome.counts.values.saturating_mul(self.calls),
            gradients: outcome.counts.gradients.saturating_mul(self.calls),
            ..outcome.counts
        };
        outcome.last.step = last.step;
        if self.best.value.is_finite() {
            outcome.best = self.best;
        }
        outcome.search = Some(Search {
            candidates: self.trials,
            steps: self.trial_steps,
            learning_rate: self.learning_rate,
            scales: self.units.scales.iter().map(|scale| scale.to_f64()).collect(),
        });
        outcome.gradient_check = report;
        outcome.stationary = stationary;
        #[cfg(feature = "clock")]
        {
            let timed = self.setup.timed || self.setup.stop.time.is_some();
            outcome.elapsed = timed.then(|| self.began.elapsed());
        }
        Ok(outcome)
    }
}
