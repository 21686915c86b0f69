//! The loop: step, evaluate, guard, keep the best, show, test.
//!
//! Everything that changes is held in locals, so that the compiler keeps a few coordinates in registers; around a call all
//! registers would be saved, even where it is never made. So nothing rare is called from here: the loop returns an [`Event`],
//! the driver deals with it and calls again.

use core::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::checks::Checks;
use super::event::{Best, Evaluation, Event};
use super::observe::Observe;
use crate::constraint::Region;
use crate::decide::{Tests, comparable, exit, if_better};
use crate::dispatch::Kernel;
use crate::history::{Record, RunView};
use crate::number::Real;
use crate::objective::{Examples, Objective};
use crate::position::Position;
use crate::rule::Clock;
use crate::transform::Transform;
use crate::update::{self, Storage, Update};

/// Where a run stands: the only part of it that changes from step to step.
pub(super) struct Here<T: Real, U: Update<T>> {
    pub(super) x: Point<T, U>,
    pub(super) gradient: Point<T, U>,
    /// NaN where the objective has not been evaluated.
    pub(super) value: T,
    pub(super) memory: U::Memory,
    pub(super) clock: Clock,
    pub(super) best: Point<T, U>,
    /// The best value times the sign; infinite before the first.
    pub(super) best_value: T,
    /// After how many steps of this run.
    pub(super) best_step: u64,
    /// Steps and evaluations of this run.
    pub(super) steps: u64,
    pub(super) evaluations: u64,
    /// Whether a step is to be made next; else an evaluation.
    pub(super) evaluated: bool,
}

impl<T: Real, U: Update<T>> Here<T, U> {
    /// Returns the last evaluation as the checks see it.
    pub(super) fn evaluation(&self, next: Examples, rate: f64) -> Evaluation<'_, T> {
        Evaluation {
            x: self.x.as_ref(),
            gradient: self.gradient.as_ref(),
            value: self.value,
            steps: self.steps,
            evaluations: self.evaluations,
            rate,
            next,
        }
    }
}

/// What does not change during a run.
pub(super) struct Fixed<T: Real, U: Update<T>> {
    pub(super) rule: U,
    pub(super) transform: Transform,
    pub(super) limit: T,
    /// 1 to minimize, -1 to maximize.
    pub(super) sign: T,
    pub(super) tests: Option<Tests<T>>,
    pub(super) sides: Option<<U::Storage as Storage<T>>::Sides>,
    /// Whether the driver projects the point after every step.
    pub(super) projects: bool,
    /// Where the objective may be evaluated.
    pub(super) region: Region<T>,
    pub(super) interrupt: Option<Arc<AtomicBool>>,
    /// Steps made before this run.
    pub(super) steps_before: u64,
}

impl<T: Real, U: Update<T>> Fixed<T, U> {
    /// Returns the value of the rule's schedule called `name`, if it has one.
    pub(super) fn shown(&self, clock: &Clock, name: &str) -> Option<f64> {
        Some(clock.shown(self.rule.schedule(name)?))
    }

    /// Returns the last evaluation as an observer sees it.
    pub(super) fn show<O>(
        &self,
        here: &Here<T, U>,
        checks: &Checks<T>,
        show: impl FnOnce(&Record<'_, T>) -> O,
    ) -> O {
        let Here { x, clock, memory, best, best_value, best_step, steps, evaluations, .. } = here;
        let (best_value, best_step) = (*best_value, *best_step);
        let best = Best { point: best.as_ref(), value: best_value, step: best_step };
        let counts = (*steps, *evaluations);
        let view = View::<T, U> { fixed: self, checks, x, clock, memory, best, counts };
        show(&Record {
            step: self.steps_before.saturating_add(here.steps),
            point: here.x.as_ref(),
            value: here.value,
            gradient: here.gradient.as_ref(),
            best_value: self.sign * here.best_value,
            run: &view,
        })
    }
}

/// What a record shows of its run when asked.
struct View<'a, T: Real, U: Update<T>> {
    fixed: &'a Fixed<T, U>,
    checks: &'a Checks<T>,
    x: &'a Point<T, U>,
    clock: &'a Clock,
    memory: &'a U::Memory,
    best: Best<'a, T>,
    /// Steps and evaluations of the run.
    counts: (u64, u64),
}

impl<T: Real, U: Update<T>> RunView<T> for View<'_, T, U> {
    fn schedule(&self, name: &str) -> Option<f64> {
        self.fixed.shown(self.clock, name)
    }

    fn slot(&self, name: &str, dimension: usize) -> Option<Vec<T>> {
        let slots = self.fixed.rule.about().slots;
        let slot = slots.iter().position(|slot| *slot == name)?;
        Some(update::slot(U::numbers(self.memory), slots.len(), dimension, slot))
    }

    fn gradient_norm(&self, point: &[T], gradient: &[T]) -> T {
        self.fixed.region.clone().gradient_norm(point, gradient, self.fixed.sign)
    }

    fn position(&self) -> Position<T> {
        let point = self.x.as_ref();
        let (rule, numbers) = (self.fixed.rule.about(), U::numbers(self.memory));
        let state = update::state(&rule, numbers, point.len(), self.clock);
        self.checks.position(point, state, self.best, self.counts)
    }
}

/// The loop.
pub(super) struct Advance<'a, T: Real, F, U: Update<T>, O> {
    pub(super) here: Here<T, U>,
    pub(super) fixed: &'a Fixed<T, U>,
    pub(super) checks: &'a Checks<T>,
    pub(super) objective: &'a mut F,
    pub(super) observer: &'a mut O,
    /// The driver is told of the evaluation after this many steps of the run, or of all from there on.
    pub(super) until: u64,
}

/// The point of a run with this rule.
type Point<T, U> = <<U as Update<T>>::Storage as Storage<T>>::Point;

impl<T, F, U, O> Kernel for Advance<'_, T, F, U, O>
where
    T: Real,
    F: Objective<T>,
    U: Update<T>,
    O: Observe<T>,
{
    /// `Continue` where a step was made and the point is to be projected, with the coefficients of this step.
    type Output = (Here<T, U>, ControlFlow<Event, U::Coefficients>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { here, fixed, checks, objective, observer, until } = self;
        let Here { mut x, mut gradient, mut memory, mut clock, mut best, .. } = here;
        let Here { mut best_value, mut best_step, mut steps, mut evaluations, mut evaluated, .. } = here;
        let looks = observer.looks();
        // What is looked at does not depend on the learning rate.
        let looked_at = fixed.transform.at::<T>(|| 0.0, 1.0);
        let transform = looked_at.map(|_| &fixed.transform);
        let mut value;
        let flow = loop {
            if evaluated {
                let coefficients = fixed.rule.step(&mut clock, transform, &mut x, &gradient, &mut memory);
                steps += 1;
                evaluated = false;
                if let Some(sides) = &fixed.sides {
                    U::Storage::clip(&mut x, sides);
                } else if fixed.projects {
                    value = T::from_f64(f64::NAN);
                    break ControlFlow::Continue(coefficients);
                }
            }
            if !U::Storage::is_finite(&x) {
                value = T::from_f64(f64::NAN);
                break ControlFlow::Break(Event::BadPoint);
            }
            evaluations += 1;
            match objective.evaluate(x.as_ref(), gradient.as_mut()) {
                Ok(answer) => value = answer,
                Err(error) => {
                    value = T::from_f64(f64::NAN);
                    break ControlFlow::Break(Event::Failed(error));
                }
            }
            evaluated = true;
            let comparable = comparable(fixed.sign, value);
            if comparable == T::INFINITY {
                break ControlFlow::Break(Event::BadValue);
            }
            let (zero, one) = (T::default(), T::from_f64(1.0));
            if if_better(comparable, best_value, one, zero) == one {
                best_value = comparable;
                best_step = steps;
                U::Storage::copy(&x, &mut best);
            }
            if !U::Storage::accepts(&x, &gradient, looked_at.as_ref(), fixed.limit) {
                break ControlFlow::Break(Event::BadGradient);
            }
            let mut stopped = fixed.interrupt.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed));
            if looks {
                let view = View::<T, U> {
                    fixed,
                    checks,
                    x: &x,
                    clock: &clock,
                    memory: &memory,
                    best: Best { point: best.as_ref(), value: best_value, step: best_step },
                    counts: (steps, evaluations),
                };
                let record = Record {
                    step: fixed.steps_before.saturating_add(steps),
                    point: x.as_ref(),
                    value,
                    gradient: gradient.as_ref(),
                    best_value: fixed.sign * best_value,
                    run: &view,
                };
                stopped |= matches!(observer.notify(&record), ControlFlow::Break(()));
            }
            if let Some(tests) = &fixed.tests {
                let norm = U::Storage::gradient_norm(&x, &gradient, fixed.sides.as_ref(), fixed.sign);
                let exit = tests.exit(norm, comparable).to_f64();
                if exit != exit::GOES_ON {
                    let converged = exit == exit::CONVERGED;
                    break ControlFlow::Break(if converged {
                        Event::Converged
                    } else {
                        Event::TargetReached
                    });
                }
            }
            if stopped {
                break ControlFlow::Break(Event::Stopped);
            }
            if steps >= until {
                break ControlFlow::Break(Event::Evaluated);
            }
        };
        let here = Here {
            x,
            gradient,
            value,
            memory,
            clock,
            best,
            best_value,
            best_step,
            steps,
            evaluations,
            evaluated,
        };
        (here, flow)
    }
}
