//! A run that finds its learning rates: short trials explore from where to go and how far a step should reach, then legs of
//! the loop refine the best point, each at the rate that trials from there found best, until no rate finds a better value.

#[cfg(feature = "clock")]
use std::time::Instant;

use crate::decide::comparable;
use crate::error::Error;
use crate::number::Real;
use crate::objective::Objective;
use crate::outcome::{Counts, Iterate, Outcome, Quantity, Status, Test};
use crate::run::{AnyRule, Dyn, Observe, Runs as _, Setup, Unobserved};
use crate::schedule::Schedule;
use crate::state::State;
use crate::stop::Stop;
use crate::tune::Search;

mod explore;
mod refine;
pub(crate) mod stationary;
mod units;

use stationary::Stationary;
use units::{Measured, Restored, Units};

/// The most steps, those of trials included, where no limit is set.
pub(crate) const STEPS: u64 = 50_000;

/// A run under way.
pub(crate) struct Automatic<'a, T: Real> {
    /// Behind indirections, so that the course of a run is compiled once per number type.
    objective: &'a mut dyn Objective<T>,
    observer: &'a mut dyn Observe<T>,
    rule: AnyRule,
    /// The run as it is set, in the problem's units.
    setup: Setup<T>,
    /// 1 to minimize, -1 to maximize.
    sign: T,
    /// The length of each coordinate: half the width of its bounds, or its size.
    lengths: Vec<f64>,
    units: Units<T>,
    /// The size of the gradient that counts as converged, where one is set.
    tolerance: Option<f64>,
    first_gradient_norm: f64,
    /// How often the objective may be and has been evaluated.
    most: u64,
    calls: u64,
    trials: usize,
    trial_steps: u64,
    /// Steps of the legs.
    steps: u64,
    /// The best point of the legs.
    best: Iterate<T>,
    /// The comparable value at the start.
    first: f64,
    learning_rate: Schedule,
    ended: Option<(Status, Option<Iterate<T>>)>,
    #[cfg(feature = "clock")]
    began: Instant,
}

/// Where a stretch of the loop begins, and how it goes on from there.
struct Stretch<'a, T> {
    from: &'a [T],
    memory: Option<State<T>>,
    schedule: Schedule,
    steps: u64,
}

impl<'a, T> Stretch<'a, T> {
    fn new(from: &'a [T], schedule: Schedule, steps: u64) -> Self {
        Self { from, memory: None, schedule, steps }
    }
}

/// What the observer sees of a stretch.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Nothing,
    Steps,
    /// The one evaluation at the end of a run.
    End,
}

/// What a trial came to.
#[derive(Clone, Copy)]
struct Trial {
    /// The best comparable value.
    value: f64,
    /// Whether its steps changed the value at all.
    moved: bool,
}

/// Returns a constant learning rate, or one that decays to 0 within the steps.
fn schedule(rate: f64, decays: bool, steps: u64) -> Schedule {
    if decays { Schedule::cosine(rate, 0.0, steps.max(1)) } else { Schedule::Constant(rate) }
}

/// Runs to the end; `lengths` are those of the coordinates.
pub(crate) fn run<T: Real>(
    objective: &mut dyn Objective<T>,
    rule: AnyRule,
    setup: Setup<T>,
    lengths: Vec<f64>,
    sides: &[Option<(f64, f64)>],
    observer: &mut dyn Observe<T>,
) -> Result<Outcome<T>, Error> {
    let dimension = setup.x.len();
    let stop = &setup.stop;
    let values = objective.cost(dimension).values.max(1);
    let calls = stop.evaluations.map_or(u64::MAX, |most| most / values);
    let most = stop.step_limit_or(STEPS).saturating_add(1).min(calls);
    let sign = T::from_f64(if setup.transform.maximize { -1.0 } else { 1.0 });
    let nothing = Iterate { step: 0, point: setup.x.clone(), value: T::from_f64(f64::NAN) };
    let mut run = Automatic {
        objective,
        observer,
        learning_rate: rule.learning_rate().clone(),
        rule,
        sign,
        units: Units::plain(dimension),
        lengths,
        tolerance: stop.gradient,
        first_gradient_norm: f64::NAN,
        most,
        calls: 0,
        trials: 0,
        trial_steps: 0,
        steps: 0,
        best: nothing,
        first: f64::INFINITY,
        ended: None,
        #[cfg(feature = "clock")]
        began: Instant::now(),
        setup,
    };
    let status = match run.explore(sides)? {
        Some(rate) => run.refine(rate)?,
        None => None,
    };
    run.finish(status)
}

impl<T: Real> Automatic<'_, T> {
    /// Returns how often the objective may still be evaluated, once more at the end set aside.
    fn left(&self) -> u64 {
        self.most.saturating_sub(self.calls + 1)
    }

    /// Returns whether the run is over: something ended it, or it is at its limit.
    fn is_over(&self) -> bool {
        self.ended.is_some() || self.left() < 2
    }

    /// Returns whether a trial of `steps` can be made, and the same steps once more as a leg.
    fn has_room(&self, steps: u64) -> bool {
        self.ended.is_none() && self.left() >= steps.saturating_mul(2).saturating_add(4)
    }

    /// Returns the value as it is compared: less is better.
    fn cost(&self, value: T) -> f64 {
        comparable(self.sign, value).to_f64()
    }

    /// Returns the comparable value of the best point.
    fn least(&self) -> f64 {
        self.cost(self.best.value)
    }

    /// Evaluates the objective; `None` where it fails, its value is not finite, or the limit is reached.
    fn look(&mut self, point: &[T]) -> Option<(T, Vec<T>)> {
        if self.left() == 0 {
            return None;
        }
        let mut gradient = vec![T::default(); point.len()];
        self.calls += 1;
        let value = self.objective.evaluate(point, &mut gradient).ok()?;
        self.setup.region.tame(point, &mut gradient, self.sign);
        value.is_finite().then_some((value, gradient))
    }

    /// Returns the size of the gradient as tolerances measure it.
    fn norm(&self, point: &[T], gradient: &[T]) -> f64 {
        self.setup.region.clone().gradient_norm(point, gradient, self.sign).to_f64()
    }

    /// Runs a stretch of the loop in units. A target, an interrupt or a limit of time ends the whole run in it.
    fn stretch(&mut self, stretch: Stretch<'_, T>, shown: Shown) -> Result<Outcome<T>, Error> {
        let Stretch { from, memory, schedule, steps } = stretch;
        let rule = self.rule.checked(Some(&schedule))?;
        let stop = Stop {
            steps: Some(steps.min(self.left().saturating_sub(2))),
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
            offset: steps_before.wrapping_sub(counted),
            repeats: steps_before > 0,
            ends: shown == Shown::End,
            best_value: least,
        };
        let mut outcome = match shown {
            Shown::Nothing => rule.run(inner, &mut measured, Unobserved)?,
            _ => rule.run(inner, &mut measured, Dyn(&mut restored))?,
        };
        for iterate in [&mut outcome.best, &mut outcome.last] {
            let measured = core::mem::take(&mut iterate.point);
            iterate.point = measured.clone();
            units.restore(&measured, sides, &mut iterate.point);
            iterate.step = steps_before.saturating_add(iterate.step.saturating_sub(counted));
        }
        self.calls = self.calls.saturating_add(outcome.counts.steps + 1);
        if let Status::TargetReached { .. } | Status::Stopped | Status::TimeLimit = outcome.status {
            self.take_if_better(&outcome.best);
            self.ended = Some((outcome.status.clone(), None));
        }
        Ok(outcome)
    }

    fn take_if_better(&mut self, found: &Iterate<T>) {
        if self.cost(found.value) < self.least() {
            self.best = found.clone();
        }
    }

    /// Tries a schedule from a point with this comparable value.
    fn trial(&mut self, stretch: Stretch<'_, T>, value: f64) -> Result<Trial, Error> {
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
    fn leg(&mut self, stretch: Stretch<'_, T>) -> Result<Option<(Vec<T>, State<T>)>, Error> {
        if self.is_over() {
            return Ok(None);
        }
        self.learning_rate = stretch.schedule.clone();
        let outcome = self.stretch(stretch, Shown::Steps)?;
        self.steps = self.steps.saturating_add(outcome.counts.steps);
        self.take_if_better(&outcome.best);
        let last = outcome.last;
        match outcome.status {
            Status::Converged { .. } => self.ended = self.converged(last).or(self.ended.take()),
            Status::NonFinite { quantity: Quantity::Value { value }, .. }
                if value * self.sign.to_f64() == f64::NEG_INFINITY =>
            {
                let quantity = Quantity::Value { value };
                self.ended = Some((Status::NonFinite { step: self.steps, quantity }, None));
            }
            status if status.is_failure() => {}
            _ => return Ok(Some((last.point, outcome.state))),
        }
        Ok(None)
    }

    /// Returns the end by the tolerance that is set, if the gradient at this point is within it.
    fn converged(&mut self, last: Iterate<T>) -> Option<(Status, Option<Iterate<T>>)> {
        let (_, gradient) = self.look(&last.point)?;
        let norm = self.norm(&last.point, &gradient);
        let stop = &self.setup.stop;
        let status = match (stop.gradient, stop.relative_gradient) {
            (Some(tolerance), _) if norm <= tolerance => {
                Status::Converged { test: Test::Gradient, measured: norm, tolerance }
            }
            (_, Some(tolerance)) if norm <= tolerance * self.first_gradient_norm => {
                let share = if norm == 0.0 { 0.0 } else { norm / self.first_gradient_norm };
                Status::Converged { test: Test::RelativeGradient, measured: share, tolerance }
            }
            _ => return None,
        };
        Some((status, Some(last)))
    }

    /// Returns the status of a run that is at its limit.
    fn limit(&self) -> Status {
        let steps = self.setup.stop.step_limit_or(STEPS).saturating_add(1);
        if self.most < steps { Status::EvaluationLimit } else { Status::StepLimit }
    }

    /// Evaluates the point where the run ends once more, through the loop, and returns the outcome. `settled` is why the
    /// run has ended by itself.
    fn finish(mut self, settled: Option<(Status, Option<Stationary>)>) -> Result<Outcome<T>, Error> {
        let (point, status, stationary) = match (self.ended.take(), settled) {
            (Some((status, last)), _) => {
                (last.map_or_else(|| self.best.point.clone(), |last| last.point), status, None)
            }
            (None, Some((status, stationary))) => (self.best.point.clone(), status, stationary),
            (None, None) => (self.best.point.clone(), self.limit(), None),
        };
        let (looked, steps, report) = (self.calls > 0, self.steps, self.setup.report.take());
        let schedule = self.learning_rate.clone();
        let mut outcome = self.stretch(Stretch::new(&point, schedule, 0), Shown::End)?;
        if looked && !outcome.status.is_failure() {
            outcome.status = status;
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
        outcome.last.step = steps;
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
