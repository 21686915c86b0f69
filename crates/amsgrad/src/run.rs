//! A run: the driver of the loop, which deals with everything that is not done at every step.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
#[cfg(feature = "clock")]
use std::time::Instant;

use crate::check::GradientReport;
use crate::constraint::{Region, check_dimension};
use crate::decide::{Tests, comparable, exit};
use crate::error::Error;
use crate::history::History;
use crate::number::Real;
use crate::number::policy::maximum;
use crate::objective::{Cost, Objective};
use crate::outcome::{Counts, Iterate, Outcome, Quantity, Status, Test};
use crate::rule::{Clock, Rule};
use crate::state::{State, StateError};
use crate::stop::{Moved, Progress, Stop};
use crate::transform::Transform;
use crate::update::{self, Look, Storage};

mod advance;
pub mod batch;
mod block;
mod observe;
mod rules;
mod starts;
mod stepper;

use advance::{Advance, Event, Fixed, Here};
pub use observe::Observe;
pub(crate) use observe::{Recorder, Unobserved};
pub use rules::{AnyRule, UpdateRule};
pub use starts::Starts;
pub use stepper::Stepper;

/// A run as it is set, whatever its objective and rule.
#[doc(hidden)]
#[derive(Debug)]
pub struct Setup<T> {
    pub(crate) x: Vec<T>,
    pub(crate) region: Region<T>,
    pub(crate) transform: Transform,
    pub(crate) stop: Stop,
    pub(crate) resumed: Option<State<T>>,
    pub(crate) timed: bool,
    pub(crate) report: Option<Box<GradientReport>>,
    pub(crate) interrupt: Option<Arc<AtomicBool>>,
}

/// A run under way.
pub(crate) struct Run<T: Real, F, R: Rule, S: Storage<T>> {
    objective: F,
    fixed: Fixed<T, R, S>,
    /// `None` only while the loop has it.
    here: Option<Here<T, R, S>>,
    region: Region<T>,
    stop: Stop,
    tests: Tests<T>,
    dimension: usize,
    cost: Cost,
    /// What the objective looks at of a finite sum, so far and with the next evaluation.
    examples: u64,
    examples_before: u64,
    next_examples: u64,
    /// Where the driver is told of an evaluation first.
    until: u64,
    first_gradient_norm: Option<T>,
    /// The step and the comparable value of the last improvement that patience counts.
    improved: (u64, T),
    /// Point and value before the last step; the point only where its change is looked at.
    previous: Option<(Vec<T>, T)>,
    #[cfg(feature = "clock")]
    began: Option<Instant>,
    report: Option<Box<GradientReport>>,
}

/// Runs from the first evaluation to the end.
fn drive<T: Real, F: Objective<T>, R: Rule, S: Storage<T>>(
    rule: &R,
    setup: Setup<T>,
    objective: F,
    mut observer: impl Observe<T>,
) -> Result<Outcome<T>, Error> {
    let mut run = Run::<T, F, R, S>::new(rule, setup, objective)?;
    let status = run.to_end(&mut observer);
    run.show_last(&status, &mut observer);
    Ok(run.finish(status))
}

impl<T: Real, F: Objective<T>, R: Rule, S: Storage<T>> Run<T, F, R, S> {
    /// All memory a run needs, before its first evaluation.
    pub(crate) fn new(rule: &R, setup: Setup<T>, objective: F) -> Result<Self, Error> {
        let Setup { x, region, transform, stop, resumed, timed, report, interrupt, .. } = setup;
        let dimension = x.len();
        let mut memory = S::memory::<R>(dimension).ok_or(StateError::TooLarge { dimension })?;
        let examples_before = resumed.as_ref().map_or(0, |state| state.examples);
        let clock = match &resumed {
            None => Clock::default(),
            Some(state) => {
                check_dimension("the state", state.dimension, Some(dimension))?;
                update::restore::<R, S::Number>(S::packs_mut(&mut memory), state)?
            }
        };
        let nan = T::from_f64(f64::NAN);
        let sign = T::from_f64(if transform.maximize { -1.0 } else { 1.0 });
        let tests = Tests::new(stop.gradient, stop.target.map(|target| sign.to_f64() * target));
        let differs = report.as_ref().is_some_and(|report| report.disagrees());
        let (cost, examples) = (objective.cost(dimension), objective.examples());
        let sides = region.sides().map(S::sides);
        let projects = sides.is_none() && !region.is_everywhere();
        let every_evaluation =
            differs || examples.all > 0 || stop.looks_back() || projects && stop.looks_at_gradient();
        let most = stop.evaluations.map_or(u64::MAX, |most| most / cost.values.max(1));
        let tested = (stop.looks_at_gradient() || stop.target.is_some()) && !differs && !projects;
        Ok(Self {
            fixed: Fixed {
                rule: rule.clone(),
                transform,
                limit: R::GRADIENT_LIMIT.largest(),
                sign,
                tests: tested.then_some(tests),
                sides,
                projects,
                region: region.clone(),
                interrupt,
                steps_before: clock.step(),
            },
            until: if every_evaluation { 0 } else { stop.step_limit().min(most.saturating_sub(1)) },
            previous: stop.looks_at_change().then(|| (x.clone(), nan)),
            here: Some(Here {
                gradient: S::point(&vec![T::default(); dimension]),
                best: S::point(&x),
                x: S::point(&x),
                value: nan,
                memory,
                clock,
                best_value: T::INFINITY,
                best_step: 0,
                steps: 0,
                evaluations: 0,
                evaluated: false,
            }),
            first_gradient_norm: None,
            improved: (0, T::INFINITY),
            examples_before,
            examples: 0,
            next_examples: examples.next,
            #[cfg(feature = "clock")]
            began: (timed || stop.time.is_some()).then(Instant::now),
            objective,
            region,
            stop,
            tests,
            dimension,
            cost,
            report,
        })
    }

    /// Runs to the end.
    fn to_end(&mut self, observer: &mut impl Observe<T>) -> Status {
        loop {
            // The first evaluation is what a share of the gradient refers to.
            let first = self.stop.relative_gradient.is_some() && self.first_gradient_norm.is_none();
            let until = if first { 0 } else { self.until };
            if let Some(status) = self.proceed(until, observer) {
                return status;
            }
        }
    }

    /// Runs to the evaluation after step `until`, or the next one after it; returns why the run ends there, if it does.
    fn proceed(&mut self, until: u64, observer: &mut impl Observe<T>) -> Option<Status> {
        loop {
            let here = self.here.take()?;
            let (fixed, objective) = (&self.fixed, &mut self.objective);
            let (here, event) = S::accelerate(Advance { here, fixed, objective, observer, until });
            let here = self.here.insert(here);
            let step = self.fixed.steps_before.saturating_add(here.steps);
            let non_finite = |quantity| Some(Status::NonFinite { step, quantity });
            match event {
                Event::Moved(coefficients) => {
                    let packs = S::packs(&here.memory);
                    let weights = || update::weights::<R, S::Number>(packs, coefficients, self.dimension);
                    self.region.project(here.x.as_mut(), weights);
                    continue;
                }
                Event::BadPoint => {
                    let bad = here.x.as_ref().iter().position(|x| !x.is_finite()).unwrap_or_default();
                    let value = here.x.as_ref().get(bad).map_or(f64::NAN, |x| x.to_f64());
                    return non_finite(Quantity::Point { coordinate: bad, value });
                }
                Event::Failed(error) => return Some(Status::ObjectiveFailed(error)),
                Event::BadValue => {
                    let value = here.value.to_f64();
                    self.count_examples();
                    return non_finite(Quantity::Value { value });
                }
                Event::BadGradient => {
                    let quantity = self.bad_gradient();
                    self.count_examples();
                    return non_finite(quantity);
                }
                Event::Evaluated => {
                    self.count_examples();
                    return self.check_stops();
                }
                Event::Stopped => {
                    self.count_examples();
                    return self.check_stops().or(Some(Status::Stopped));
                }
                Event::Converged | Event::TargetReached => {
                    self.count_examples();
                    return self.check_numbers();
                }
            }
        }
    }

    fn count_examples(&mut self) {
        self.examples = self.examples.saturating_add(self.next_examples);
        self.next_examples = self.objective.examples().next;
    }

    fn bad_gradient(&self) -> Quantity {
        let none = Quantity::Gradient { coordinate: 0, value: f64::NAN };
        let Some(here) = &self.here else { return none };
        let transform = self.fixed.transform.at::<T>(|| 0.0, 1.0);
        let (x, gradient) = (here.x.as_ref(), here.gradient.as_ref());
        let look = Look { x, gradient, transform: transform.as_ref(), limit: self.fixed.limit };
        look.first_refused().map_or(none, |refused| match refused.largest {
            Some(largest) => {
                Quantity::HugeGradient { coordinate: refused.coordinate, value: refused.value, largest }
            }
            None => Quantity::Gradient { coordinate: refused.coordinate, value: refused.value },
        })
    }

    /// Returns why the run ends by the numbers of this evaluation, if it does.
    fn check_numbers(&mut self) -> Option<Status> {
        let here = self.here.as_ref()?;
        let (sign, value) = (self.fixed.sign, here.value);
        let mut norm = T::INFINITY;
        if self.stop.looks_at_gradient() {
            norm = self.region.gradient_norm(here.x.as_ref(), here.gradient.as_ref(), sign);
            if let (None, Some(share)) = (self.first_gradient_norm, self.stop.relative_gradient) {
                self.first_gradient_norm = Some(norm);
                let tolerance = (share * norm.to_f64()).max(self.stop.gradient.unwrap_or(-1.0));
                let target = self.stop.target.map(|target| sign.to_f64() * target);
                self.tests = Tests::new(Some(tolerance), target);
                self.fixed.tests = self.fixed.tests.map(|_| self.tests);
            }
        }
        let exit = self.tests.exit(norm, comparable(sign, value)).to_f64();
        if exit == exit::TARGET_REACHED {
            let target = self.stop.target.unwrap_or(f64::NAN);
            return Some(Status::TargetReached { value: value.to_f64(), target });
        }
        if exit != exit::CONVERGED {
            return None;
        }
        let norm = norm.to_f64();
        if let Some(tolerance) = self.stop.gradient.filter(|tolerance| norm <= *tolerance) {
            return Some(Status::Converged { test: Test::Gradient, measured: norm, tolerance });
        }
        // A start without a slope is stationary: 0/0 counts as 0.
        let first = self.first_gradient_norm.map_or(f64::NAN, T::to_f64);
        let measured = if norm == 0.0 { 0.0 } else { norm / first };
        let tolerance = self.stop.relative_gradient.unwrap_or(f64::NAN);
        Some(Status::Converged { test: Test::RelativeGradient, measured, tolerance })
    }

    /// Returns why the run ends after this evaluation, if it does.
    fn check_stops(&mut self) -> Option<Status> {
        if self.report.as_ref().is_some_and(|report| report.disagrees()) {
            return Some(Status::GradientDiffers);
        }
        if let Some(status) = self.check_numbers() {
            return Some(status);
        }
        let here = self.here.as_ref()?;
        let comparable = comparable(self.fixed.sign, here.value);
        if let Some(patience) = self.stop.patience {
            let gain = self.improved.1.to_f64() - comparable.to_f64();
            if here.steps == 0 || gain > patience.improvement {
                self.improved = (here.steps, comparable);
            }
        }
        let value = here.value.to_f64();
        let moved = self.previous.as_ref().filter(|_| here.steps > 0).map(|(point, before)| Moved {
            point_change: point_change(here.x.as_ref(), point),
            value_change: (value - before.to_f64()).abs() / value.abs().max(1.0),
        });
        if let Some((point, value)) = &mut self.previous {
            point.copy_from_slice(here.x.as_ref());
            *value = here.value;
        }
        let progress = Progress {
            moved,
            steps: here.steps,
            steps_since_improved: here.steps - self.improved.0,
            values_after_next: (here.evaluations + 1).saturating_mul(self.cost.values),
            examples_after_next: self.examples.saturating_add(self.next_examples),
            epochs: self.epochs(),
            #[cfg(feature = "clock")]
            began: self.began,
        };
        self.stop.reached(&progress)
    }

    /// Passes over all examples of a finite sum.
    fn epochs(&self) -> u64 {
        self.examples.checked_div(self.objective.examples().all).unwrap_or(0)
    }

    /// Shows the last evaluation once more, unless the run failed.
    fn show_last(&self, status: &Status, observer: &mut impl Observe<T>) {
        if let Some(here) = self.here.as_ref().filter(|_| !status.is_failure()) {
            self.fixed.show(here, |record| observer.last(record));
        }
    }

    /// Returns the outcome.
    pub(crate) fn finish(self, status: Status) -> Outcome<T> {
        let epochs = self.epochs();
        let Self { fixed, here, cost, examples, examples_before, dimension, report, .. } = self;
        let nan = T::from_f64(f64::NAN);
        let Some(here) = here else { unreachable!("the loop has returned") };
        let best_value = if here.best_value < T::INFINITY { fixed.sign * here.best_value } else { nan };
        let steps = |steps: u64| fixed.steps_before.saturating_add(steps);
        let mut state = update::state::<R, S::Number>(S::packs(&here.memory), dimension, &here.clock);
        state.examples = examples_before.saturating_add(examples);
        Outcome {
            status,
            best: Iterate {
                step: steps(here.best_step),
                point: here.best.as_ref().to_vec(),
                value: best_value,
            },
            last: Iterate { step: steps(here.steps), point: here.x.as_ref().to_vec(), value: here.value },
            counts: Counts {
                steps: here.steps,
                values: here.evaluations.saturating_mul(cost.values),
                gradients: here.evaluations.saturating_mul(cost.gradients),
                examples,
                epochs,
            },
            #[cfg(feature = "clock")]
            elapsed: self.began.map(|began| began.elapsed()),
            history: History::default(),
            search: None,
            gradient_check: report,
            state,
        }
    }
}

/// The largest move of a coordinate, relative to the point's largest coordinate where that is above 1.
fn point_change<T: Real>(x: &[T], previous: &[T]) -> f64 {
    let pairs = x.iter().zip(previous);
    let (moved, size) = pairs.fold((T::default(), T::from_f64(1.0)), |(moved, size), (x, before)| {
        (maximum(moved, (*x - *before).abs()), maximum(size, x.abs()))
    });
    moved.to_f64() / size.to_f64()
}
