//! A learning rate found by short trial runs.

use super::halving;
use crate::decide::comparable;
use crate::error::Error;
use crate::error::setting::SettingError;
use crate::number::Real;
use crate::objective::{Behind, Objective};
use crate::outcome::{Iterate, Outcome, Search};
use crate::run::{AnyRule, Runs, Setup, Unobserved};
use crate::schedule::Schedule;
use crate::stop::Stop;

/// The first step of a candidate as a share of the width of the domain.
const SHARES: [f64; 9] = [1.0, 0.32, 0.1, 0.032, 0.01, 3.2e-3, 1e-3, 3.2e-4, 1e-4];
/// The trials take one step in this many.
const SHARE_OF_STEPS: u64 = 4;
/// At most this many of the starts are used in a trial.
pub(crate) const TRIAL_STARTS: usize = 8;

/// Trial runs of one problem.
pub(crate) struct Trials<'a, T> {
    /// Behind an indirection, so that trials are not compiled for every objective.
    pub(crate) objective: &'a mut dyn Objective<T>,
    pub(crate) rule: AnyRule,
    /// The run to find a learning rate for.
    pub(crate) setup: &'a Setup<T>,
    /// Where the run starts, or where many runs do.
    pub(crate) starts: Vec<Vec<T>>,
    /// Number of runs that the steps are taken from.
    pub(crate) count: usize,
    /// The best point of all trials.
    pub(crate) best: Option<Iterate<T>>,
}

/// A learning rate to try.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    rate: f64,
    decaying: bool,
}

impl Candidate {
    /// Returns it as a schedule for a run of `steps` steps.
    fn over(&self, steps: u64) -> Schedule {
        if self.decaying {
            Schedule::cosine(self.rate, 0.0, steps.max(1))
        } else {
            Schedule::Constant(self.rate)
        }
    }
}

impl<T: Real> Trials<'_, T> {
    /// Tries rates whose first step is from the whole width of the domain to a ten-thousandth of it, each held and decaying,
    /// by successive halving: each is judged by the median of the last values of its runs, and what the trials take is taken
    /// from the steps of every start. Returns the best point too.
    pub(crate) fn search(mut self, domain: &[(f64, f64)]) -> Result<(Search, Option<Iterate<T>>), Error> {
        let limit = self.setup.stop.budget();
        if limit == u64::MAX {
            let allowed = "a number or a schedule, unless steps or evaluations are limited";
            return Err(SettingError::new("learning_rate", "automatic", allowed).into());
        }
        let across = self.rate_across(domain)?;
        let rate = |share: f64| {
            let rate = across * share;
            // Two digits: as good as all, and easy to type again.
            format!("{rate:.1e}").parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0)
        };
        let rates: Vec<f64> = SHARES.into_iter().filter_map(rate).collect();
        let each = |decaying| rates.iter().map(move |rate| Candidate { rate: *rate, decaying });
        let candidates: Vec<Candidate> = each(true).chain(each(false)).collect();
        let steps = limit / SHARE_OF_STEPS;
        let budget = steps.saturating_mul(self.count as u64) / (self.starts.len() as u64).max(1);
        let mut refused = None;
        let trials = halving(&candidates, budget, |candidate, steps| {
            self.trial(candidate.over(steps), steps).unwrap_or_else(|error| {
                refused = refused.take().or(Some(error));
                f64::NAN
            })
        });
        if let Some(error) = refused {
            return Err(error);
        }
        let left = limit - steps;
        let learning_rate =
            trials.first().map_or(Schedule::Constant(1e-3), |trial| trial.candidate.over(left));
        let search = Search { candidates: candidates.len(), steps, learning_rate, scales: Vec::new() };
        Ok((search, self.best))
    }

    /// Returns the rate at which the first step is as long as the domain is wide, on average over its sides.
    pub(crate) fn across(mut self, domain: &[(f64, f64)]) -> Result<f64, Error> {
        self.rate_across(domain)
    }

    fn rate_across(&mut self, domain: &[(f64, f64)]) -> Result<f64, Error> {
        let width =
            domain.iter().map(|(lower, upper)| upper - lower).sum::<f64>() / domain.len().max(1) as f64;
        Ok(width / self.first_step(width)?)
    }

    /// Returns the median of the last comparable values of trial runs from all starts.
    fn trial(&mut self, schedule: Schedule, steps: u64) -> Result<f64, Error> {
        let mut values = Vec::new();
        for start in 0..self.starts.len() {
            let outcome = self.run(start, schedule.clone(), steps)?;
            let failed = outcome.status.is_failure();
            values.push(if failed {
                f64::INFINITY
            } else {
                comparable(self.sign(), outcome.last.value).to_f64()
            });
        }
        values.sort_unstable_by(f64::total_cmp);
        Ok(values.get((values.len().max(1) - 1) / 2).copied().unwrap_or(f64::NAN))
    }

    /// Returns how far the first step moves per learning rate: 3 or less for most rules, the gradient for some. The step is
    /// so short that it stays inside.
    fn first_step(&mut self, width: f64) -> Result<f64, Error> {
        let mut rate = 1e-3 * width;
        for _ in 0..4 {
            let outcome = self.run(0, Schedule::Constant(rate), 1)?;
            let from = self.starts.first().map_or(&[][..], Vec::as_slice);
            let pairs = outcome.last.point.iter().zip(from);
            let moved = pairs.map(|(a, b)| (*a - *b).abs().to_f64()).fold(0.0, f64::max);
            if outcome.counts.steps < 1 || moved == 0.0 || !moved.is_finite() {
                break;
            }
            if moved <= 0.1 * width {
                return Ok(moved / rate);
            }
            rate *= 1e-3;
        }
        Ok(1.0)
    }

    fn sign(&self) -> T {
        T::from_f64(self.setup.transform.sign())
    }

    fn run(&mut self, start: usize, schedule: Schedule, steps: u64) -> Result<Outcome<T>, Error> {
        let rule = self.rule.checked(Some(&schedule))?;
        let setup = Setup {
            x: self.starts.get(start).cloned().unwrap_or_default(),
            region: self.setup.region.clone(),
            transform: self.setup.transform,
            stop: Stop { steps: Some(steps), ..self.setup.stop.clone() },
            resumed: self.setup.resumed.clone(),
            position: None,
            #[cfg(feature = "clock")]
            timed: false,
            report: None,
            interrupt: self.setup.interrupt.clone(),
        };
        self.objective.begin(self.setup.examples_before());
        let outcome = rule.run(setup, &mut Behind(&mut *self.objective), Unobserved)?;
        let cost = |iterate: &Iterate<T>| comparable(self.sign(), iterate.value);
        let found = cost(&outcome.best);
        if found < T::INFINITY && self.best.as_ref().is_none_or(|best| found < cost(best)) {
            self.best = Some(outcome.best.clone());
        }
        Ok(outcome)
    }
}
