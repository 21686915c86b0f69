//! The loop: evaluate, judge, observe, stop or step.

use core::ops::ControlFlow;
#[cfg(feature = "clock")]
use std::time::Instant;

use super::Minimizer;
use crate::constraint::{Region, check_dimension};
use crate::engine::{Engine, first_bad};
use crate::error::Error;
use crate::history::{History, Memory, Record};
use crate::number::policy::maximum;
use crate::number::{Number, Real};
use crate::objective::{Cost, Objective, ObjectiveError};
use crate::outcome::{Counts, Iterate, Outcome, Quantity, Status};
use crate::rule::Rule;
use crate::state::StateError;
use crate::stop::{Moved, Progress, Stop};

/// A run under way.
pub(super) struct Run<F, R: Rule, L: Number> {
    pub(super) settings: Minimizer<F, R>,
    pub(super) region: Region<L::Real>,
    pub(super) engine: Engine<L, R>,
    /// 1 to minimise, -1 to maximise.
    sign: L::Real,
    cost: Cost,
    /// Whether the check of the gradient disagreed.
    gradient_differs: bool,
    /// Whether the limit of steps is all that can end the run.
    only_steps: bool,
    /// Steps made before this run began.
    steps_before: u64,
    /// Steps and evaluations of this run.
    pub(super) steps: u64,
    pub(super) evaluations: u64,
    /// Examples of a finite sum.
    examples: u64,
    pub(super) best: Best<L::Real>,
    /// The step and the value of the last improvement that patience counts.
    better: (u64, L::Real),
    first_gradient_norm: L::Real,
    /// Point and value before the last step; the point only where its change is looked at.
    previous: (Vec<L::Real>, L::Real),
    history: History<L::Real>,
    #[cfg(feature = "clock")]
    began: Option<Instant>,
}

/// Where the run stands, and the objective there.
pub(super) struct Here<T> {
    pub(super) x: Vec<T>,
    pub(super) value: T,
    pub(super) gradient: Vec<T>,
}

/// The best evaluation so far.
pub(super) struct Best<T> {
    pub(super) step: u64,
    pub(super) point: Vec<T>,
    pub(super) value: T,
}

impl<T: Real, F: Objective<T>, R: Rule, L: Number<Real = T>> Run<F, R, L> {
    /// All memory a run needs, and where it stands, before its first evaluation.
    #[inline]
    pub(super) fn begin(
        x: Vec<T>,
        settings: Minimizer<F, R>,
        region: Region<T>,
    ) -> Result<(Self, Here<T>), Error> {
        let dimension = x.len();
        let engine = match &settings.resumed {
            Some(state) => {
                check_dimension("the state", state.dimension, Some(dimension))?;
                Engine::from_state(&state.map(T::from_f64))?
            }
            None => Engine::new(dimension).ok_or(StateError::TooLarge { dimension })?,
        };
        let nan = T::from_f64(f64::NAN);
        let steps_before = engine.clock().step();
        let previous = if settings.stop.point_change.is_some() { x.clone() } else { Vec::new() };
        let gradient_differs = settings.report.as_ref().is_some_and(|report| report.disagrees());
        let run = Self {
            sign: T::from_f64(if settings.preparation.maximize { -1.0 } else { 1.0 }),
            cost: settings.objective.cost(dimension),
            gradient_differs,
            only_steps: !gradient_differs
                && settings.stop == Stop { steps: settings.stop.steps, ..Stop::default() },
            steps_before,
            steps: 0,
            evaluations: 0,
            examples: 0,
            best: Best { step: steps_before, point: x.clone(), value: nan },
            better: (steps_before, nan),
            first_gradient_norm: nan,
            previous: (previous, nan),
            history: History::default(),
            #[cfg(feature = "clock")]
            began: (settings.timed || settings.stop.time.is_some()).then(Instant::now),
            engine,
            region,
            settings,
        };
        Ok((run, Here { x, value: nan, gradient: vec![T::default(); dimension] }))
    }

    /// Runs to an end.
    pub(super) fn drive(
        &mut self,
        here: &mut Here<T>,
        mut observe: impl FnMut(&Record<'_, T>) -> ControlFlow<()>,
    ) -> Status {
        loop {
            if let Some(status) = self.visit(here, &mut observe) {
                return status;
            }
            self.step(here);
        }
    }

    /// One evaluation; why the run ends there, if it does.
    #[inline(always)]
    pub(super) fn visit(
        &mut self,
        here: &mut Here<T>,
        observe: &mut impl FnMut(&Record<'_, T>) -> ControlFlow<()>,
    ) -> Option<Status> {
        if let Some(quantity) = bad_point(&here.x) {
            return Some(Status::NonFinite { step: self.step_count(), quantity });
        }
        if let Err(error) = self.evaluate(here) {
            return Some(Status::ObjectiveFailed(error));
        }
        self.assess(here, observe)
    }

    /// Why the run ends with this evaluation, if it does.
    #[inline(always)]
    fn assess(
        &mut self,
        here: &Here<T>,
        observe: &mut impl FnMut(&Record<'_, T>) -> ControlFlow<()>,
    ) -> Option<Status> {
        if let Some(quantity) = self.bad_answer(here) {
            return Some(Status::NonFinite { step: self.step_count(), quantity });
        }
        self.judge(here);
        let flow = self.show(here, observe);
        let status = self.reached(here);
        status.or_else(|| flow.is_break().then_some(Status::Stopped))
    }

    pub(super) fn step_count(&self) -> u64 {
        self.steps_before.saturating_add(self.steps)
    }

    /// Passes over all examples of a finite sum.
    fn epochs(&self) -> u64 {
        self.examples.checked_div(self.settings.objective.examples().all).unwrap_or(0)
    }

    #[inline(always)]
    fn evaluate(&mut self, here: &mut Here<T>) -> Result<(), ObjectiveError> {
        self.evaluations += 1;
        self.examples = self.examples.saturating_add(self.settings.objective.examples().next);
        here.value = self.settings.objective.evaluate(&here.x, &mut here.gradient)?;
        Ok(())
    }

    /// The first number that must not go into the rule's memory or the outcome.
    #[inline(always)]
    fn bad_answer(&self, here: &Here<T>) -> Option<Quantity> {
        if !here.value.is_finite() {
            return Some(Quantity::Value { value: here.value.to_f64() });
        }
        let largest = R::GRADIENT_LIMIT.largest::<T>();
        let preparation = &self.settings.preparation;
        let bad = preparation.first_bad(&here.x, &here.gradient, largest);
        bad.map(|(coordinate, value)| {
            let value = value.to_f64();
            match value.is_finite() {
                true => Quantity::HugeGradient { coordinate, value, largest: largest.to_f64() },
                false => Quantity::Gradient { coordinate, value },
            }
        })
    }

    /// Remembers the best point, and the last improvement that patience counts.
    #[inline(always)]
    fn judge(&mut self, here: &Here<T>) {
        let first = self.steps == 0;
        let (step, sign) = (self.step_count(), self.sign);
        if first || sign * here.value < sign * self.best.value {
            self.best.step = step;
            self.best.value = here.value;
            self.best.point.copy_from_slice(&here.x);
        }
        if let Some(patience) = self.settings.stop.patience {
            let gain = sign.to_f64() * (self.better.1.to_f64() - here.value.to_f64());
            if first || gain > patience.improvement {
                self.better = (step, here.value);
            }
        }
    }

    /// Shows the evaluation to history and observer.
    #[inline(always)]
    fn show(
        &mut self,
        here: &Here<T>,
        observe: &mut impl FnMut(&Record<'_, T>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.settings.history {
            self.keep(here);
        }
        observe(&self.record(&here.x, here.value, &here.gradient))
    }

    /// Adds the evaluation to the history.
    #[inline(never)]
    fn keep(&mut self, here: &Here<T>) {
        let mut history = core::mem::take(&mut self.history);
        history.push(&self.record(&here.x, here.value, &here.gradient));
        self.history = history;
    }

    fn record<'a>(&'a self, point: &'a [T], value: T, gradient: &'a [T]) -> Record<'a, T> {
        let (step, best_value) = (self.step_count(), self.best.value);
        Record { step, point, value, gradient, best_value, memory: self }
    }

    /// Why the run ends here, if it does. Most runs end at their limit of steps: the rest is computed where asked for.
    #[inline(always)]
    fn reached(&mut self, here: &Here<T>) -> Option<Status> {
        if self.only_steps && self.steps < self.settings.stop.steps {
            return None;
        }
        if self.gradient_differs {
            return Some(Status::GradientDiffers);
        }
        let progress = self.progress(&here.x, here.value, &here.gradient);
        self.settings.stop.reached(&progress)
    }

    fn progress(&mut self, x: &[T], value: T, gradient: &[T]) -> Progress {
        let stop = &self.settings.stop;
        let mut gradient_norm = T::default();
        if stop.looks_at_gradient() {
            gradient_norm = self.region.gradient_norm(x, gradient, self.sign);
            if self.steps == 0 {
                self.first_gradient_norm = gradient_norm;
            }
        }
        let value = value.to_f64();
        let next = self.settings.objective.examples().next;
        Progress {
            sign: self.sign.to_f64(),
            value,
            gradient_norm: gradient_norm.to_f64(),
            first_gradient_norm: self.first_gradient_norm.to_f64(),
            moved: (self.steps > 0).then(|| Moved {
                point_change: point_change(x, &self.previous.0),
                value_change: (value - self.previous.1.to_f64()).abs() / value.abs().max(1.0),
            }),
            steps: self.steps,
            steps_since_better: self.step_count() - self.better.0,
            values_after_next: (self.evaluations + 1).saturating_mul(self.cost.values),
            examples_after_next: self.examples.saturating_add(next),
            epochs: self.epochs(),
            #[cfg(feature = "clock")]
            began: self.began,
        }
    }

    #[inline(always)]
    pub(super) fn step(&mut self, here: &mut Here<T>) {
        if self.settings.stop.point_change.is_some() {
            self.previous.0.copy_from_slice(&here.x);
        }
        self.previous.1 = here.value;
        let settings = &self.settings;
        let (rule, preparation) = (&settings.rule, &settings.preparation);
        let coefficients = self.engine.step(rule, preparation, &mut here.x, &here.gradient);
        if !self.region.is_everywhere() {
            self.region.project(&mut here.x, || self.engine.weights(coefficients));
        }
        self.steps += 1;
        here.value = T::from_f64(f64::NAN);
    }

    pub(super) fn finish(mut self, here: Here<T>, status: Status) -> Outcome<T> {
        if self.settings.history && !status.is_failure() {
            let mut history = core::mem::take(&mut self.history);
            history.finish(&self.record(&here.x, here.value, &here.gradient));
            self.history = history;
        }
        let (step, epochs) = (self.step_count(), self.epochs());
        Outcome {
            status,
            best: Iterate { step: self.best.step, point: self.best.point, value: self.best.value },
            last: Iterate { step, point: here.x, value: here.value },
            counts: Counts {
                steps: self.steps,
                values: self.evaluations.saturating_mul(self.cost.values),
                gradients: self.evaluations.saturating_mul(self.cost.gradients),
                examples: self.examples,
                epochs,
            },
            #[cfg(feature = "clock")]
            elapsed: self.began.map(|began| began.elapsed()),
            history: self.history,
            gradient_check: self.settings.report,
            state: self.engine.state(),
        }
    }
}

impl<F, R: Rule, L: Number> Memory<L::Real> for Run<F, R, L> {
    fn learning_rate(&self) -> f64 {
        self.engine.clock().clone().value(self.settings.rule.learning_rate())
    }

    fn beta1(&self) -> Option<f64> {
        self.settings.rule.schedule("beta1").map(|beta1| self.engine.clock().clone().value(beta1))
    }

    fn slot(&self, name: &str) -> Option<Vec<L::Real>> {
        R::SLOTS.iter().position(|slot| *slot == name).map(|slot| self.engine.slot(slot))
    }
}

/// The first coordinate at which nothing may be evaluated: no constraint holds a number that is none.
#[inline(always)]
fn bad_point<T: Real>(x: &[T]) -> Option<Quantity> {
    let coordinate = first_bad(x, T::INFINITY.next_down())?;
    Some(Quantity::Point { coordinate, value: x[coordinate].to_f64() })
}

/// The largest move of a coordinate, relative to the point's largest coordinate where that is above 1.
fn point_change<T: Real>(x: &[T], previous: &[T]) -> f64 {
    let pairs = x.iter().zip(previous);
    let (moved, size) = pairs.fold((T::default(), T::from_f64(1.0)), |(moved, size), (x, before)| {
        (maximum(moved, (*x - *before).abs()), maximum(size, x.abs()))
    });
    moved.to_f64() / size.to_f64()
}
