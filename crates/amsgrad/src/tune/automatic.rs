//! A learning rate found by short trial runs.

use super::halving;
use crate::error::Error;
use crate::number::Real;
use crate::objective::{Lent, Objective};
use crate::run::{Setup, Unobserved, UpdateRule};
use crate::schedule::Schedule;
use crate::stop::Stop;

/// The first step of a candidate as a share of the width of the domain.
const SHARES: [f64; 9] = [1.0, 0.32, 0.1, 0.032, 0.01, 3.2e-3, 1e-3, 3.2e-4, 1e-4];
/// The trials take one step in so many.
const SHARE_OF_STEPS: u64 = 4;

/// How a learning rate was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Search {
    /// Number of candidates that were tried.
    pub candidates: usize,
    /// Number of steps that all trials together were allowed.
    pub steps: u64,
    /// The schedule that was found.
    pub learning_rate: Schedule,
}

impl Search {
    /// Returns what is left of the limit of steps.
    pub(crate) fn rest_of(&self, stop: &Stop) -> Stop {
        Stop { steps: Some(stop.step_limit().saturating_sub(self.steps)), ..stop.clone() }
    }
}

/// Trial runs of one problem.
pub(crate) struct Trials<'a, F, R, T> {
    pub(crate) objective: &'a mut F,
    pub(crate) rule: &'a R,
    pub(crate) setup: &'a Setup<T>,
}

/// A learning rate to try.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    rate: f64,
    decaying: bool,
}

impl Candidate {
    /// Returns it as a schedule for a run of so many steps.
    fn over(&self, steps: u64) -> Schedule {
        if self.decaying {
            Schedule::cosine(self.rate, 0.0, steps.max(1))
        } else {
            Schedule::Constant(self.rate)
        }
    }
}

impl<F: Objective<T>, R: UpdateRule, T: Real> Trials<'_, F, R, T> {
    /// Tries rates whose first step is from the whole width of the domain to a ten-thousandth of it, each held and decaying,
    /// by successive halving; returns the rule with the best.
    pub(crate) fn search(mut self, domain: &[(f64, f64)]) -> Result<(R, Search), Error> {
        let width =
            domain.iter().map(|(lower, upper)| upper - lower).sum::<f64>() / domain.len().max(1) as f64;
        let unit = self.first_step()?;
        let rate = |share: f64| {
            let rate = width / unit * share;
            // Two digits: as good as all, and easy to type again.
            format!("{rate:.1e}").parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0)
        };
        let rates: Vec<f64> = SHARES.into_iter().filter_map(rate).collect();
        let each = |decaying| rates.iter().map(move |rate| Candidate { rate: *rate, decaying });
        let candidates: Vec<Candidate> = each(true).chain(each(false)).collect();
        let limit = self.setup.stop.step_limit();
        let steps = limit / SHARE_OF_STEPS;
        let mut refused = None;
        let sign = if self.setup.transform.maximize { -1.0 } else { 1.0 };
        let trials =
            halving(&candidates, steps, |candidate, steps| match self.trial(candidate.over(steps), steps) {
                Ok(value) => sign * value,
                Err(error) => {
                    refused = refused.take().or(Some(error));
                    f64::NAN
                }
            });
        if let Some(error) = refused {
            return Err(error);
        }
        let left = limit - steps;
        let best = trials.first().map_or(Schedule::Constant(1e-3), |trial| trial.candidate.over(left));
        let rule = self.rule.checked(Some(&best))?;
        Ok((rule, Search { candidates: candidates.len(), steps, learning_rate: best }))
    }

    /// Returns the last value of a trial run; NaN where it failed.
    fn trial(&mut self, schedule: Schedule, steps: u64) -> Result<f64, Error> {
        let outcome = self.run(schedule, steps)?;
        Ok(if outcome.status.is_failure() { f64::NAN } else { outcome.last.value.to_f64() })
    }

    /// Returns how far the first step moves with a learning rate of 1: 1 for most rules, the gradient for some.
    fn first_step(&mut self) -> Result<f64, Error> {
        let outcome = self.run(Schedule::Constant(1.0), 1)?;
        let pairs = outcome.last.point.iter().zip(&self.setup.x);
        let moved = pairs.map(|(a, b)| (*a - *b).abs().to_f64()).fold(0.0, f64::max);
        Ok(if outcome.counts.steps == 1 && moved > 0.0 && moved.is_finite() { moved } else { 1.0 })
    }

    fn run(&mut self, schedule: Schedule, steps: u64) -> Result<crate::Outcome<T>, Error> {
        let rule = self.rule.checked(Some(&schedule))?;
        let setup = Setup {
            x: self.setup.x.clone(),
            region: self.setup.region.clone(),
            transform: self.setup.transform,
            stop: Stop { steps: Some(steps), ..self.setup.stop.clone() },
            resumed: self.setup.resumed.clone(),
            timed: false,
            report: None,
            interrupt: self.setup.interrupt.clone(),
        };
        self.objective.begin(0);
        rule.run(setup, &mut Lent(&mut *self.objective), Unobserved)
    }
}
