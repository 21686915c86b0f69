//! A run that finds its learning rates: short trials explore from where to go and how far a step should reach, then legs of
//! the loop refine the best point, each at the rate that trials from there found best, until no rate finds a better value.

#[cfg(feature = "clock")]
use std::time::Instant;

use crate::decide::comparable;
use crate::error::Error;
use crate::number::Real;
use crate::objective::Objective;
use crate::outcome::{Counts, Iterate, Outcome, Quantity, Status};
use crate::run::{AnyRule, Dyn, Observe, Runs as _, Setup, Unobserved};
use crate::schedule::Schedule;
use crate::state::State;
use crate::stop::Stop;
use crate::tune::Search;

mod explore;
mod refine;
pub(crate) mod stationary;
mod trail;
mod units;

#[cfg(feature = "safetensors")]
pub(crate) use refine::Round;
use stationary::Stationary;
use trail::Ledger;
pub(crate) use trail::Trail;
#[cfg(feature = "safetensors")]
pub(crate) use trail::{End, Made, Mark};
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
    /// How many steps may be made, those of trials included.
    most: u64,
    /// How often the objective may be and has been evaluated.
    most_calls: u64,
    calls: u64,
    /// Whether that is the limit that was set.
    is_counted: bool,
    trials: usize,
    trial_steps: u64,
    /// Steps of the legs.
    steps: u64,
    /// The best point of the legs, and whether the observer has seen it.
    best: Iterate<T>,
    seen: bool,
    /// Where the legs have come to.
    last: Option<Iterate<T>>,
    /// The comparable value at the start.
    first: f64,
    learning_rate: Schedule,
    ended: Option<Status>,
    /// What the run is continued from, where it is kept.
    ledger: Ledger<T>,
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
#[derive(Clone, Copy)]
enum Shown {
    Nothing,
    Steps,
    /// The one evaluation at the end of a run, and to how many steps it belongs.
    End(u64),
}

/// What a trial came to.
#[derive(Clone, Copy)]
struct Trial {
    /// The best comparable value.
    value: f64,
    /// Whether its steps changed the value at all.
    moved: bool,
}

/// Returns a constant learning rate, or one that decays to 0 with the last of the steps, unless that is the only one.
fn schedule(rate: f64, decays: bool, steps: u64) -> Schedule {
    if decays && steps > 1 { Schedule::cosine(rate, 0.0, steps) } else { Schedule::Constant(rate) }
}

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
    /// Returns how often the objective may still be evaluated, once more at the end set aside.
    fn calls_left(&self) -> u64 {
        self.most_calls.saturating_sub(self.calls.saturating_add(1))
    }

    /// Returns the number of steps made so far, those of trials included.
    fn made(&self) -> u64 {
        self.steps.saturating_add(self.trial_steps)
    }

    /// Returns how many steps a stretch may still take; it evaluates the objective once more often.
    fn left(&self) -> u64 {
        self.most.saturating_sub(self.made()).min(self.calls_left().saturating_sub(1))
    }

    /// Returns whether the run is over: something ended it, or it is at its limit.
    fn is_over(&self) -> bool {
        self.ended.is_some() || self.left() == 0
    }

    /// Returns whether a trial of `steps` can be made, and the same steps once more as a leg.
    fn has_room(&self, steps: u64) -> bool {
        let both = steps.saturating_mul(2);
        self.ended.is_none() && self.left() >= both && self.calls_left() >= both.saturating_add(2)
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
    fn norm(&self, point: &[T], gradient: &[T]) -> f64 {
        self.setup.region.clone().gradient_norm(point, gradient, self.sign).to_f64()
    }

    /// Runs a stretch of the loop in units. A target, an interrupt or a limit of time ends the whole run in it.
    fn stretch(&mut self, stretch: Stretch<'_, T>, shown: Shown) -> Result<Outcome<T>, Error> {
        if let Some(outcome) = self.made_before() {
            return Ok(outcome);
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
        self.keep(&outcome, shown, seen);
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
    fn is_unbounded(&self, status: &Status) -> bool {
        match status {
            Status::NonFinite { quantity: Quantity::Value { value }, .. } => {
                value * self.sign.to_f64() == f64::NEG_INFINITY
            }
            _ => false,
        }
    }

    /// Takes the size of the gradient at the start, which a tolerance may be a share of.
    fn see_first(&mut self, norm: f64) {
        self.first_gradient_norm = norm;
        let relative = self.setup.stop.relative_gradient.map(|share| share * norm);
        self.tolerance = match (self.setup.stop.gradient, relative) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
    }

    /// Returns the end by the tolerance that is set, if the gradient at this point is within it.
    fn tolerated(&self, point: &[T], gradient: &[T]) -> Option<Status> {
        let norm = self.norm(point, gradient);
        let within = self.tolerance.is_some_and(|tolerance| norm <= tolerance);
        self.setup.stop.converged(norm, self.first_gradient_norm).filter(|_| within)
    }

    /// Returns the status of a run that is at its limit.
    fn limit(&self) -> Status {
        let steps = self.most.saturating_sub(self.made());
        let evaluations = self.is_counted && self.calls_left() <= steps;
        if evaluations { Status::EvaluationLimit } else { Status::StepLimit }
    }

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
