//! Trials and legs: stretches of the loop in the problem's units.

#[cfg(feature = "clock")]
use std::time::Instant;

use super::ledger::Ledger;
use super::units::{Measured, Restored, Units};
use crate::decide::comparable;
use crate::error::Error;
use crate::number::Real;
use crate::objective::Objective;
use crate::outcome::{Iterate, Outcome, Quantity, Status};
use crate::run::{AnyRule, Dyn, Observe, Runs as _, Setup, Unobserved};
use crate::schedule::Schedule;
use crate::state::State;
use crate::stop::Stop;
use crate::trail::{Mark, Round};

/// The most steps, those of trials included, where no limit is set.
pub(crate) const STEPS: u64 = 50_000;

/// A run under way.
pub(super) struct Automatic<'a, T: Real> {
    /// Behind indirections, so that the course of a run is compiled once per number type.
    pub(super) objective: &'a mut dyn Objective<T>,
    pub(super) observer: &'a mut dyn Observe<T>,
    pub(super) rule: AnyRule,
    /// The run as it is set, in the problem's units.
    pub(super) setup: Setup<T>,
    /// 1 to minimize, -1 to maximize.
    pub(super) sign: T,
    /// The length of each coordinate: half the width of its bounds, or its size.
    pub(super) lengths: Vec<f64>,
    pub(super) units: Units<T>,
    /// The size of the gradient that counts as converged, where one is set.
    pub(super) tolerance: Option<f64>,
    pub(super) first_gradient_norm: f64,
    /// How many steps may be made, those of trials included.
    pub(super) most: u64,
    /// How often the objective may be and has been evaluated.
    pub(super) most_calls: u64,
    pub(super) calls: u64,
    /// Whether that is the limit that was set.
    pub(super) is_counted: bool,
    pub(super) trials: usize,
    pub(super) trial_steps: u64,
    /// Steps of the legs.
    pub(super) steps: u64,
    /// The best point of the legs, and whether the observer has seen it.
    pub(super) best: Iterate<T>,
    pub(super) seen: bool,
    /// Where the legs have come to.
    pub(super) last: Option<Iterate<T>>,
    /// The comparable value at the start.
    pub(super) first: f64,
    pub(super) learning_rate: Schedule,
    pub(super) ended: Option<Status>,
    /// What the run is continued from, where it is kept.
    pub(super) ledger: Ledger<T>,
    #[cfg(feature = "clock")]
    pub(super) began: Instant,
}

/// Where a stretch of the loop begins, and how it goes on from there.
pub(super) struct Stretch<'a, T> {
    pub(super) from: &'a [T],
    pub(super) memory: Option<State<T>>,
    pub(super) schedule: Schedule,
    pub(super) steps: u64,
}

impl<'a, T> Stretch<'a, T> {
    pub(super) fn new(from: &'a [T], schedule: Schedule, steps: u64) -> Self {
        Self { from, memory: None, schedule, steps }
    }
}

/// What the observer sees of a stretch.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    Nothing,
    Steps,
    /// The one evaluation at the end of a run, and to how many steps it belongs.
    End(u64),
}

/// What a trial came to.
#[derive(Clone, Copy)]
pub(super) struct Trial {
    /// The best comparable value.
    pub(super) value: f64,
    /// Whether its steps changed the value at all.
    pub(super) moved: bool,
}

/// Returns a constant learning rate, or one that decays to 0 with the last of the steps, unless that is the only one.
pub(super) fn schedule(rate: f64, decays: bool, steps: u64) -> Schedule {
    if decays && steps > 1 { Schedule::cosine(rate, 0.0, steps) } else { Schedule::Constant(rate) }
}

impl<T: Real> Automatic<'_, T> {
    /// Returns how often the objective may still be evaluated, once more at the end set aside.
    pub(super) fn calls_left(&self) -> u64 {
        self.most_calls.saturating_sub(self.calls.saturating_add(1))
    }

    /// Returns the number of steps made so far, those of trials included.
    pub(super) fn made(&self) -> u64 {
        self.steps.saturating_add(self.trial_steps)
    }

    /// Returns how many steps a stretch may still take; it evaluates the objective once more often.
    pub(super) fn left(&self) -> u64 {
        self.most.saturating_sub(self.made()).min(self.calls_left().saturating_sub(1))
    }

    /// Returns whether the run is over: something ended it, or it is at its limit.
    pub(super) fn is_over(&self) -> bool {
        self.ended.is_some() || self.left() == 0
    }

    /// Returns whether a trial of `steps` can be made, and the same steps once more as a leg.
    pub(super) fn has_room(&self, steps: u64) -> bool {
        let both = steps.saturating_mul(2);
        self.ended.is_none() && self.left() >= both && self.calls_left() >= both.saturating_add(2)
    }

    /// Returns the value as it is compared: less is better.
    pub(super) fn cost(&self, value: T) -> f64 {
        comparable(self.sign, value).to_f64()
    }

    /// Returns the comparable value of the best point.
    pub(super) fn least(&self) -> f64 {
        self.cost(self.best.value)
    }

    /// Evaluates the objective; `None` where it fails, its value is not finite, or the limit is reached.
    pub(super) fn look(&mut self, point: &[T]) -> Option<(T, Vec<T>)> {
        if self.calls_left() == 0 {
            return None;
        }
        let mut gradient = vec![T::default(); point.len()];
        self.calls += 1;
        let value = self.objective.evaluate(point, &mut gradient).ok()?;
        self.setup.region.tame(point, &mut gradient, self.sign);
        value.is_finite().then_some((value, gradient))
    }

    /// Returns the size of the gradient as tolerances measure it.
    pub(super) fn norm(&self, point: &[T], gradient: &[T]) -> f64 {
        self.setup.region.clone().gradient_norm(point, gradient, self.sign).to_f64()
    }

    /// Runs a stretch of the loop in units. A target, an interrupt or a limit of time ends the whole run in it.
    pub(super) fn stretch(&mut self, stretch: Stretch<'_, T>, shown: Shown) -> Result<Outcome<T>, Error> {
        if let Some(made) = self.ledger.made_before() {
            self.calls = self.calls.saturating_add(made.steps + 1);
            return Ok(made.outcome());
        }
        let Stretch { from, memory, schedule, steps } = stretch;
        let rule = self.rule.checked(Some(&schedule))?;
        let stop = Stop {
            steps: Some(steps.min(self.left())),
            target: self.setup.stop.target,
            gradient: self.tolerance.map(|tolerance| self.units.tolerance(tolerance)),
            #[cfg(feature = "clock")]
            time: self.setup.stop.time.map(|limit| limit.saturating_sub(self.began.elapsed())),
            ..Stop::default()
        };
        let counted = memory.as_ref().map_or(0, |memory| memory.step);
        let (least, steps_before) = (self.best.value, self.steps);
        let Self { objective, observer, units, setup, sign, .. } = self;
        let inner = Setup {
            x: units.measure(from),
            region: units.region(&setup.region),
            transform: setup.transform,
            stop,
            resumed: memory,
            position: None,
            #[cfg(feature = "clock")]
            timed: false,
            report: None,
            interrupt: setup.interrupt.clone(),
        };
        let (region, sides) = (&setup.region, setup.region.sides());
        let point = from.to_vec();
        let mut measured = Measured { objective: &mut **objective, units, region, sign: *sign, point };
        let mut restored = Restored {
            observer: &mut **observer,
            units,
            region,
            sign: *sign,
            offset: match shown {
                Shown::End(step) => step,
                _ => steps_before.wrapping_sub(counted),
            },
            repeats: self.seen,
            ends: matches!(shown, Shown::End(_)),
            shown: 0,
            best_value: least,
        };
        let mut outcome = match shown {
            Shown::Nothing => rule.run(inner, &mut measured, Unobserved)?,
            _ => rule.run(inner, &mut measured, Dyn(&mut restored))?,
        };
        let seen = restored.shown;
        for iterate in [&mut outcome.best, &mut outcome.last] {
            let measured = core::mem::take(&mut iterate.point);
            iterate.point = measured.clone();
            units.restore(&measured, sides, &mut iterate.point);
            iterate.step = steps_before.saturating_add(iterate.step.saturating_sub(counted));
        }
        self.calls = self.calls.saturating_add(outcome.counts.steps + 1);
        if let Status::TargetReached { .. } | Status::Stopped | Status::TimeLimit = outcome.status {
            self.take_if_better(&outcome.best);
            if let Status::TargetReached { .. } = outcome.status {
                (self.last, self.seen) = (Some(outcome.last.clone()), false);
            }
            self.ended = Some(outcome.status.clone());
        }
        if self.ledger.keeps() && !matches!(shown, Shown::End(_)) {
            let is_leg = matches!(shown, Shown::Steps);
            let ends = self.ended.is_some() || is_leg && self.is_unbounded(&outcome.status);
            self.ledger.keep(&outcome, is_leg, seen, ends);
            self.tell(self.made().saturating_add(outcome.counts.steps), false);
        }
        Ok(outcome)
    }

    /// Tells the observer how far the run has come, if it keeps that.
    pub(super) fn tell(&mut self, steps: u64, is_over: bool) {
        if self.ledger.keeps() {
            #[cfg(feature = "clock")]
            self.ledger.set_elapsed(self.began.elapsed());
            self.observer.between(&self.ledger.between(steps, is_over));
        }
    }

    /// Goes to where the last round began, if the run is continued from one.
    pub(super) fn resume(&mut self) -> Option<Round> {
        let mark = self.ledger.last_mark()?;
        self.units = Units { scales: mark.scales, factors: mark.factors };
        (self.best, self.last, self.seen) = (mark.best, mark.last, mark.seen);
        (self.calls, self.trials, self.trial_steps) = (mark.calls, mark.trials as usize, mark.trial_steps);
        (self.steps, self.first, self.learning_rate) = (mark.steps, mark.first, mark.learning_rate);
        self.see_first(mark.first_gradient_norm);
        Some(mark.round)
    }

    /// Keeps where a round begins.
    pub(super) fn mark(&mut self, round: Round) {
        self.ledger.mark(|| Mark {
            scales: self.units.scales.clone(),
            factors: self.units.factors.clone(),
            best: self.best.clone(),
            last: self.last.clone(),
            seen: self.seen,
            calls: self.calls,
            trials: self.trials as u64,
            trial_steps: self.trial_steps,
            steps: self.steps,
            first: self.first,
            first_gradient_norm: self.first_gradient_norm,
            learning_rate: self.learning_rate.clone(),
            round,
        });
    }

    pub(super) fn take_if_better(&mut self, found: &Iterate<T>) {
        if self.cost(found.value) < self.least() {
            self.best = found.clone();
        }
    }

    /// Tries a schedule from a point with this comparable value.
    pub(super) fn trial(&mut self, stretch: Stretch<'_, T>, value: f64) -> Result<Trial, Error> {
        if !self.has_room(stretch.steps) {
            return Ok(Trial { value: f64::INFINITY, moved: true });
        }
        let outcome = self.stretch(stretch, Shown::Nothing)?;
        self.trials += 1;
        self.trial_steps = self.trial_steps.saturating_add(outcome.counts.steps);
        let moved = outcome.status.is_failure() || self.cost(outcome.last.value) != value;
        Ok(Trial { value: self.cost(outcome.best.value), moved })
    }

    /// Makes the steps of a stretch; returns where it ended and its memory, or `None` where no step leads on from there.
    pub(super) fn leg(&mut self, stretch: Stretch<'_, T>) -> Result<Option<(Vec<T>, State<T>)>, Error> {
        if self.is_over() {
            return Ok(None);
        }
        self.learning_rate = stretch.schedule.clone();
        let outcome = self.stretch(stretch, Shown::Steps)?;
        self.steps = self.steps.saturating_add(outcome.counts.steps);
        self.take_if_better(&outcome.best);
        self.seen = true;
        let unbounded = self.is_unbounded(&outcome.status);
        let last = &self.last.insert(outcome.last).point;
        match outcome.status {
            Status::Converged { .. } => {
                let last = last.clone();
                if let Some((_, gradient)) = self.look(&last)
                    && let Some(status) = self.tolerated(&last, &gradient)
                {
                    self.ended = Some(status);
                }
            }
            Status::NonFinite { quantity, .. } if unbounded => {
                self.ended = Some(Status::NonFinite { step: self.steps, quantity });
            }
            status if status.is_failure() => {}
            _ => return Ok(Some((last.clone(), outcome.state))),
        }
        Ok(None)
    }

    /// Returns whether the value has fallen without end.
    pub(super) fn is_unbounded(&self, status: &Status) -> bool {
        match status {
            Status::NonFinite { quantity: Quantity::Value { value }, .. } => {
                value * self.sign.to_f64() == f64::NEG_INFINITY
            }
            _ => false,
        }
    }

    /// Takes the size of the gradient at the start, which a tolerance may be a share of.
    pub(super) fn see_first(&mut self, norm: f64) {
        self.first_gradient_norm = norm;
        let relative = self.setup.stop.relative_gradient.map(|share| share * norm);
        self.tolerance = match (self.setup.stop.gradient, relative) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
    }

    /// Returns the end by the tolerance that is set, if the gradient at this point is within it.
    pub(super) fn tolerated(&self, point: &[T], gradient: &[T]) -> Option<Status> {
        let norm = self.norm(point, gradient);
        let within = self.tolerance.is_some_and(|tolerance| norm <= tolerance);
        self.setup.stop.converged(norm, self.first_gradient_norm).filter(|_| within)
    }

    /// Returns the status of a run that is at its limit.
    pub(super) fn limit(&self) -> Status {
        let steps = self.most.saturating_sub(self.made());
        let evaluations = self.is_counted && self.calls_left() <= steps;
        if evaluations { Status::EvaluationLimit } else { Status::StepLimit }
    }
}
