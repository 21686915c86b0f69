//! Steps of a small problem that nobody looks at.

use super::run::{Here, Run};
use crate::decay::Preparation;
use crate::engine::machine::{Kernel, accelerate};
use crate::objective::{Objective, ObjectiveError};
use crate::real::Real;
use crate::rule::Rule;
use crate::stop::Stop;

/// Steps and evaluations as long as there is nothing else to do, with N coordinates in registers: the loop calls nothing but
/// the objective. What else there is to do ends it. `LOOKS` is whether gradient and value may end the run.
struct Stretch<'a, F, R: Rule, T: Real, const N: usize, const LOOKS: bool> {
    run: &'a mut Run<F, R, T>,
    here: &'a mut Here<T>,
}

impl<F: Objective<T>, R: Rule, T: Real> Run<F, R, T> {
    /// Lets a small problem run in stretches, where nothing but the rule moves the point and no stop looks back.
    pub(super) fn allow_stretches(&mut self) {
        let settings = &self.settings;
        let Stop { steps, gradient, target, .. } = settings.stop;
        let plain = settings.preparation == Preparation::default()
            && settings.stop == Stop { steps, gradient, target, ..Stop::default() }
            && self.region.is_everywhere()
            && !settings.history
            && settings.objective.examples().all == 0;
        self.stretch = match (self.engine.dimension(), gradient.is_some() || target.is_some()) {
            _ if !plain => None,
            (1, false) => Some(Self::stretch::<1, false>),
            (1, true) => Some(Self::stretch::<1, true>),
            (2, false) => Some(Self::stretch::<2, false>),
            (2, true) => Some(Self::stretch::<2, true>),
            _ => None,
        };
    }

    fn stretch<const N: usize, const LOOKS: bool>(
        run: &mut Self,
        here: &mut Here<T>,
    ) -> Result<(), ObjectiveError> {
        accelerate(Stretch::<F, R, T, N, LOOKS> { run, here })
    }
}

impl<F: Objective<T>, R: Rule, T: Real, const N: usize, const LOOKS: bool> Kernel
    for Stretch<'_, F, R, T, N, LOOKS>
{
    type Output = Result<(), ObjectiveError>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { run, here } = self;
        let (rule, objective, stop) = (&run.settings.rule, &mut run.settings.objective, &run.settings.stop);
        let (mut few, left) = (run.engine.few::<N>(), stop.steps - run.steps);
        let (target, tolerance) = (stop.target.unwrap_or(-f64::INFINITY), stop.gradient.unwrap_or(-1.0));
        let (most, largest) = (T::INFINITY.next_down(), R::largest_gradient::<T>());
        let mut x: [T; N] = core::array::from_fn(|i| here.x[i]);
        let mut gradient: [T; N] = core::array::from_fn(|i| here.gradient[i]);
        let (mut value, mut best) = (here.value, (0, x));
        let mut answered = Ok(());
        let mut steps = 0;
        while steps < left {
            let Some(moved) = few.step(rule, x, gradient) else { break };
            x = moved;
            steps += 1;
            match objective.evaluate(&x, &mut gradient) {
                Ok(answer) => value = answer,
                Err(error) => {
                    (value, answered) = (T::from_f64(f64::NAN), Err(error));
                    break;
                }
            }
            if !gradient.iter().fold(value.abs() <= most, |sound, slope| sound & (slope.abs() <= largest)) {
                break;
            }
            let flat = |slope: &T| slope.abs().to_f64() <= tolerance;
            if LOOKS && (value.to_f64() <= target || gradient.iter().all(flat)) {
                break;
            }
            if value < run.best.value {
                run.best.value = value;
                best = (steps, x);
            }
        }
        run.engine.put(few, steps);
        if best.0 > 0 {
            run.best.step = run.step_count().saturating_add(best.0);
            run.best.point.copy_from_slice(&best.1);
        }
        run.steps += steps;
        run.evaluations += steps;
        here.x.copy_from_slice(&x);
        here.gradient.copy_from_slice(&gradient);
        here.value = value;
        answered
    }
}
