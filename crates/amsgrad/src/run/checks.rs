//! Why a run ends, checked by the driver where the loop hands over to it.

use core::time::Duration;
#[cfg(feature = "clock")]
use std::time::Instant;

use super::event::{Best, Evaluation, Event};
use super::setup::Setup;
use crate::check::GradientReport;
use crate::constraint::Region;
use crate::decide::{Tests, comparable, exit};
use crate::history::History;
use crate::number::Real;
use crate::number::policy::maximum;
use crate::objective::{Cost, Examples};
use crate::outcome::{Counts, Iterate, Outcome, Quantity, Status};
use crate::position::{Changes, Memory, Moved, Position};
use crate::state::State;
use crate::stop::{Progress, Stop};
use crate::transform::Transform;
use crate::update::Look;

/// The stop conditions of a run, and what they remember.
pub(super) struct Checks<T> {
    pub(super) region: Region<T>,
    pub(super) stop: Stop,
    pub(super) tests: Tests<T>,
    sign: T,
    transform: Transform,
    limit: T,
    steps_before: u64,
    cost: Cost,
    /// Examples looked at in this run and before it.
    examples: u64,
    examples_before: u64,
    next_examples: u64,
    last_examples: u64,
    /// How many evaluations are counted in that.
    counted: u64,
    first_gradient_norm: Option<T>,
    /// The step and the comparable value of the last improvement that patience counts.
    improved: (u64, T),
    /// What the tests of changes remember.
    changes: Option<Changes<T>>,
    #[cfg(feature = "clock")]
    pub(super) began: Option<Instant>,
    pub(super) report: Option<Box<GradientReport>>,
}

impl<T: Real> Checks<T> {
    #[inline(never)]
    pub(super) fn new(setup: Setup<T>, limit: T, steps_before: u64, cost: Cost, examples: Examples) -> Self {
        let sign = T::from_f64(setup.transform.sign());
        let examples_before = setup.examples_before();
        #[cfg(feature = "clock")]
        let began = (setup.timed || setup.stop.time.is_some()).then(Instant::now);
        let Setup { x, region, transform, stop, position, report, .. } = setup;
        let mut checks = Self {
            tests: Tests::new(stop.gradient, stop.target.map(|target| sign.to_f64() * target)),
            sign,
            transform,
            limit,
            steps_before,
            cost,
            examples: 0,
            examples_before,
            next_examples: examples.next,
            last_examples: 0,
            counted: 0,
            first_gradient_norm: None,
            improved: (0, T::INFINITY),
            changes: stop.looks_at_change().then(|| Changes::new(x)),
            #[cfg(feature = "clock")]
            began,
            region,
            stop,
            report,
        };
        if let Some(position) = position {
            checks.examples = position.examples;
            checks.examples_before = examples_before.saturating_sub(position.examples);
            checks.counted = position.evaluations;
            #[cfg(feature = "clock")]
            {
                checks.began = began.map(|began| began.checked_sub(position.elapsed).unwrap_or(began));
            }
            let Memory { first_gradient_norm, improved, changes } = position.memory;
            (checks.improved, checks.changes) = (improved, changes.or(checks.changes));
            if let Some(norm) = first_gradient_norm {
                checks.see_first(norm);
            }
        }
        checks
    }

    /// Takes the size of the gradient at the start, which a tolerance may be a share of.
    fn see_first(&mut self, norm: T) {
        let Some(share) = self.stop.relative_gradient else { return };
        self.first_gradient_norm = Some(norm);
        let tolerance = (share * norm.to_f64()).max(self.stop.gradient.unwrap_or(-1.0));
        let target = self.stop.target.map(|target| self.sign.to_f64() * target);
        self.tests = Tests::new(Some(tolerance), target);
    }

    /// Returns what the conditions remember.
    pub(super) fn memory(&self) -> Memory<T> {
        let (first_gradient_norm, improved) = (self.first_gradient_norm, self.improved);
        Memory { first_gradient_norm, improved, changes: self.changes.clone() }
    }

    /// Returns how long the run has taken, where that is measured.
    pub(super) fn elapsed(&self) -> Duration {
        #[cfg(feature = "clock")]
        let elapsed = self.began.map_or(Duration::ZERO, |began| began.elapsed());
        #[cfg(not(feature = "clock"))]
        let elapsed = Duration::ZERO;
        elapsed
    }

    /// Returns whether the gradient check disagreed.
    pub(super) fn gradient_differs(&self) -> bool {
        self.report.as_ref().is_some_and(|report| report.disagrees())
    }

    /// Returns whether the loop leaves the tests of the numbers to the driver.
    pub(super) fn tests_elsewhere(&self) -> bool {
        self.gradient_differs() || self.region.sides().is_none() && !self.region.is_everywhere()
    }

    /// Returns the step after which the loop hands over to the driver.
    pub(super) fn until(&self, examples: Examples) -> u64 {
        let stop = &self.stop;
        let tests = stop.looks_at_gradient() || stop.target.is_some();
        if examples.all > 0 || stop.looks_back() || self.gradient_differs() || tests && self.tests_elsewhere()
        {
            return 0;
        }
        // The first evaluation is what a share of the gradient refers to.
        if stop.relative_gradient.is_some() && self.first_gradient_norm.is_none() {
            return 0;
        }
        stop.step_limit().min(stop.evaluation_limit(self.cost).saturating_sub(1))
    }

    /// Returns why the run ends with this event of the loop, if it does.
    pub(super) fn status(&mut self, event: Event, now: Evaluation<'_, T>) -> Option<Status> {
        let step = self.steps_before.saturating_add(now.steps);
        let non_finite = |quantity| Some(Status::NonFinite { step, quantity });
        if let Event::BadPoint = event {
            // No evaluation was made here that a run which resumes would make once more.
            self.last_examples = 0;
            return non_finite(bad_point(now.x));
        }
        if let Event::Failed(error) = event {
            return Some(Status::ObjectiveFailed(error));
        }
        self.examples = self.examples.saturating_add(self.next_examples);
        (self.last_examples, self.next_examples) = (self.next_examples, now.next.next);
        self.counted = now.evaluations;
        match event {
            Event::BadValue => non_finite(Quantity::Value { value: now.value.to_f64() }),
            Event::BadGradient => {
                let ends = self.region.ends_at(now.x, now.gradient, self.sign, self.limit);
                let fits = |g: &T| g.abs() <= self.limit;
                match now.gradient.iter().position(|g| !fits(g)).filter(|_| ends) {
                    Some(coordinate) => Some(Status::Edge { step, coordinate }),
                    None => non_finite(self.bad_gradient(now)),
                }
            }
            Event::Converged | Event::TargetReached => self.check_numbers(now),
            Event::Stopped => self.check_stops(now).or(Some(Status::Stopped)),
            _ => self.check_stops(now),
        }
    }

    fn bad_gradient(&self, now: Evaluation<'_, T>) -> Quantity {
        let transform = self.transform.at::<T>(|| 0.0, 1.0);
        let Evaluation { x, gradient, .. } = now;
        let look = Look { x, gradient, transform: transform.as_ref(), limit: self.limit };
        match look.first_refused() {
            None => Quantity::Gradient { coordinate: 0, value: f64::NAN },
            Some(refused) => match refused.largest {
                None => Quantity::Gradient { coordinate: refused.coordinate, value: refused.value },
                Some(largest) => {
                    Quantity::HugeGradient { coordinate: refused.coordinate, value: refused.value, largest }
                }
            },
        }
    }

    /// Returns why the run ends by the numbers of this evaluation, if it does.
    fn check_numbers(&mut self, now: Evaluation<'_, T>) -> Option<Status> {
        let mut norm = T::INFINITY;
        if self.stop.looks_at_gradient() {
            norm = self.region.gradient_norm(now.x, now.gradient, self.sign);
            if self.first_gradient_norm.is_none() {
                self.see_first(norm);
            }
        }
        let exit = self.tests.exit(norm, comparable(self.sign, now.value)).to_f64();
        if exit == exit::TARGET_REACHED {
            let target = self.stop.target.unwrap_or(f64::NAN);
            return Some(Status::TargetReached { value: now.value.to_f64(), target });
        }
        if exit != exit::CONVERGED {
            return None;
        }
        self.stop.converged(norm.to_f64(), self.first_gradient_norm.map_or(f64::NAN, T::to_f64))
    }

    /// Returns why the run ends after this evaluation, if it does.
    fn check_stops(&mut self, now: Evaluation<'_, T>) -> Option<Status> {
        if self.gradient_differs() {
            return Some(Status::GradientDiffers);
        }
        if let Some(status) = self.check_numbers(now) {
            return Some(status);
        }
        let comparable = comparable(self.sign, now.value);
        if let Some(patience) = self.stop.patience {
            let gain = self.improved.1.to_f64() - comparable.to_f64();
            if now.steps == 0 || gain > patience.improvement {
                self.improved = (now.steps, comparable);
            }
        }
        let held = |changes: &Changes<T>| self.region.holds(&changes.point, now.x, now.gradient, self.sign);
        let held = self.changes.as_ref().is_some_and(held);
        let moved = self.changes.as_mut().and_then(|changes| changes.after(&now, held));
        self.stop.reached(&Progress {
            moved,
            steps: now.steps,
            steps_since_improved: now.steps - self.improved.0,
            values_after_next: (now.evaluations + 1).saturating_mul(self.cost.values),
            examples_after_next: self.examples.saturating_add(self.next_examples),
            epochs: self.epochs(now.next),
            #[cfg(feature = "clock")]
            began: self.began,
        })
    }

    /// Passes over all examples of a finite sum.
    fn epochs(&self, examples: Examples) -> u64 {
        self.examples.checked_div(examples.all).unwrap_or(0)
    }

    /// Returns the examples looked at in this run before the last of its evaluations.
    pub(super) fn examples_before_last(&self, evaluations: u64) -> u64 {
        let last = if self.counted == evaluations { self.last_examples } else { 0 };
        self.examples.saturating_sub(last)
    }

    /// Returns the same with those before this run: one that resumes makes the last evaluation once more.
    pub(super) fn examples_to_resume(&self, evaluations: u64) -> u64 {
        self.examples_before.saturating_add(self.examples_before_last(evaluations))
    }

    /// Returns how much work was done.
    pub(super) fn counts(&self, now: Evaluation<'_, T>) -> Counts {
        Counts {
            steps: now.steps,
            values: now.evaluations.saturating_mul(self.cost.values),
            gradients: now.evaluations.saturating_mul(self.cost.gradients),
            examples: self.examples,
            epochs: self.epochs(now.next),
        }
    }

    /// Returns where the run stands: at this point, after these numbers of steps and evaluations.
    #[inline(never)]
    pub(super) fn position(
        &self,
        point: &[T],
        mut state: State<T>,
        best: Best<'_, T>,
        (steps, evaluations): (u64, u64),
    ) -> Position<T> {
        state.examples = self.examples_to_resume(evaluations);
        Position {
            point: point.to_vec(),
            state,
            steps,
            evaluations: evaluations.saturating_sub(1),
            examples: self.examples_before_last(evaluations),
            best: best.point.to_vec(),
            best_value: best.value,
            best_step: best.step,
            memory: self.memory(),
            elapsed: self.elapsed(),
        }
    }

    /// Returns the outcome of the run.
    #[inline(never)]
    pub(super) fn outcome(
        self,
        status: Status,
        now: Evaluation<'_, T>,
        best: Best<'_, T>,
        mut state: State<T>,
    ) -> Outcome<T> {
        let found = best.value < T::INFINITY;
        let best_value = if found { self.sign * best.value } else { T::from_f64(f64::NAN) };
        let steps = |steps: u64| self.steps_before.saturating_add(steps);
        state.examples = self.examples_to_resume(now.evaluations);
        Outcome {
            status,
            best: Iterate { step: steps(best.step), point: best.point.to_vec(), value: best_value },
            last: Iterate { step: steps(now.steps), point: now.x.to_vec(), value: now.value },
            counts: self.counts(now),
            #[cfg(feature = "clock")]
            elapsed: self.began.map(|began| began.elapsed()),
            history: History::default(),
            search: None,
            stationary: None,
            gradient_check: self.report,
            state,
        }
    }
}

fn bad_point<T: Real>(x: &[T]) -> Quantity {
    let bad = x.iter().enumerate().find(|(_, x)| !x.is_finite());
    let (coordinate, value) = bad.map_or((0, f64::NAN), |(i, x)| (i, x.to_f64()));
    Quantity::Point { coordinate, value }
}

impl<T: Real> Changes<T> {
    fn new(start: Vec<T>) -> Self {
        let step = vec![0.0; start.len()];
        Self { point: start, value: T::from_f64(f64::NAN), step, largest_rate: 0.0, seen: None, moved: None }
    }

    /// Returns what the last step changed, as a step at the largest learning rate so far would have; `None` where it tells
    /// nothing: none was made, its rate was 0, it goes back as far as the one before came, or a bound held it.
    fn after(&mut self, now: &Evaluation<'_, T>, held: bool) -> Option<Moved> {
        if self.seen == Some(now.steps) {
            return self.moved;
        }
        self.largest_rate = self.largest_rate.max(now.rate);
        let value = now.value.to_f64();
        let (mut product, mut largest, mut largest_before) = (0.0, 0.0_f64, 0.0_f64);
        for ((x, before), step) in now.x.iter().zip(&self.point).zip(&mut self.step) {
            let moved = (*x - *before).to_f64();
            product += moved * *step;
            (largest, largest_before) = (largest.max(moved.abs()), largest_before.max(step.abs()));
            *step = moved;
        }
        let bounces = product < 0.0 && largest > (1.0 - BOUNCE) * largest_before;
        let faded = self.largest_rate / now.rate;
        // The first step may be a bounce as well, on which the value alone would not tell.
        let value_change = (value - self.value.to_f64()).abs() / value.abs().max(1.0);
        let moved = Moved {
            point_change: faded * point_change(now.x, &self.point),
            value_change: if now.steps > 1 { faded * value_change } else { f64::INFINITY },
        };
        self.point.copy_from_slice(now.x);
        self.value = now.value;
        self.seen = Some(now.steps);
        self.moved = (now.steps > 0 && now.rate > 0.0 && !bounces && !held).then_some(moved);
        self.moved
    }
}

/// A step back that is shorter than the one before by at most this share is a bounce, not an approach.
const BOUNCE: f64 = 1e-3;

/// Returns the largest move of a coordinate, relative to the point's largest coordinate where that is above 1.
fn point_change<T: Real>(x: &[T], previous: &[T]) -> f64 {
    let pairs = x.iter().zip(previous);
    let (moved, size) = pairs.fold((T::default(), T::from_f64(1.0)), |(moved, size), (x, before)| {
        (maximum(moved, (*x - *before).abs()), maximum(size, x.abs()))
    });
    moved.to_f64() / size.to_f64()
}
