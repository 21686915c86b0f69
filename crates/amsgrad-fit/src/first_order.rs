//! AMSGrad inside the constraints, on parameters of size 1.

use core::cell::Cell;
use core::ops::ControlFlow;

use amsgrad::{AmsGrad, Bounds, Minimizer, Record, Schedule};

use crate::descend::{Descent, Slope};
use crate::outcome::Status;

/// The number of legs.
const LEGS: u64 = 4;
/// The share of the cost that a change of every parameter by its size may still gain where a run has converged.
const TOLERANCE: f64 = 1e-9;
/// How far a parameter of size 1 moves in a step at first.
const LEARNING_RATE: f64 = 0.05;

impl Slope<'_> {
    /// Runs AMSGrad from a point for at most `steps` steps and returns the best point. It goes in legs, each from the
    /// best point with a fresh memory: a start among large gradients would otherwise keep all later steps short.
    pub(crate) fn amsgrad(&self, start: Vec<f64>, steps: u64) -> Descent {
        let mut best = self.leg(start, steps.div_ceil(LEGS));
        for _ in 1..LEGS {
            // A later leg judges convergence by the value it begins with.
            if matches!(best.status, Status::Stopped | Status::NotFinite) {
                break;
            }
            let next = self.leg(best.point, steps / LEGS);
            best = Descent { steps: best.steps + next.steps, ..next };
        }
        best
    }

    /// One leg.
    ///
    /// The members of a simplex are shares of what the rule moves, so that they sum to 1 wherever it goes.
    fn leg(&self, mut start: Vec<f64>, steps: u64) -> Descent {
        self.space.project(&mut start);
        let count = start.len();
        let mut slopes = vec![0.0; count];
        let value = self.objective.value_and_gradient(&start, &mut slopes);
        let failed = |point, status| Descent { point, value, status, steps: 0 };
        let steepest =
            slopes.iter().zip(self.scale).map(|(slope, scale)| (slope * scale).abs()).fold(0.0, f64::max);
        if !value.is_finite() || !steepest.is_finite() {
            return failed(start, Status::NotFinite);
        }
        if steepest == 0.0 {
            return failed(start, Status::Converged);
        }
        let unit = 1.0 / steepest;
        let sides = self.space.sides.iter().zip(self.scale);
        let Ok(bounds) =
            Bounds::new(sides.map(|((low, high), scale)| (low / scale, high / scale)).collect::<Vec<_>>())
        else {
            return failed(start, Status::NotFinite);
        };
        let from: Vec<f64> = start.iter().zip(self.scale).map(|(x, scale)| x / scale).collect();
        let best = Cell::new((value, start.clone()));
        let mut point = start.clone();
        let objective = |scaled: &[f64], gradient: &mut [f64]| {
            let totals = self.unscaled(scaled, &mut point);
            let value = self.objective.value_and_gradient(&point, gradient);
            let (least, at) = best.take();
            best.set(if value < least { (value, point.clone()) } else { (least, at) });
            for (group, total) in self.space.simplices.iter().zip(totals) {
                let mean: f64 = group.iter().map(|member| point[*member] * gradient[*member]).sum();
                group.iter().for_each(|member| gradient[*member] = (gradient[*member] - mean) / total);
            }
            gradient.iter_mut().zip(self.scale).for_each(|(slope, scale)| *slope *= scale * unit);
            value * unit
        };
        let rate = Schedule::cosine(LEARNING_RATE, LEARNING_RATE * 1e-3, steps);
        let mut made = 0;
        let run = Minimizer::new(objective)
            .rule(AmsGrad::new(rate))
            .within(bounds)
            .start(from)
            .steps(steps)
            .gradient_tolerance(TOLERANCE * value.abs() * unit)
            .run_observed(|record: &Record<'_, f64>| {
                made = record.step;
                if (self.stop)() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
        let status = match run.map(|outcome| outcome.status) {
            Ok(amsgrad::Status::Converged { .. }) => Status::Converged,
            Ok(amsgrad::Status::StepLimit) => Status::StepLimit,
            Ok(amsgrad::Status::Stopped) => Status::Stopped,
            _ => Status::Stalled,
        };
        let (value, point) = best.into_inner();
        Descent { point, value, status, steps: made }
    }

    /// Writes the parameters for what the rule moves, and returns the total of each simplex.
    fn unscaled(&self, scaled: &[f64], point: &mut [f64]) -> Vec<f64> {
        for ((x, scaled), scale) in point.iter_mut().zip(scaled).zip(self.scale) {
            *x = scaled * scale;
        }
        let share = |group: &Vec<usize>| {
            let total: f64 = group.iter().map(|member| point[*member]).sum();
            for member in group {
                point[*member] = if total > 0.0 { point[*member] / total } else { 1.0 / group.len() as f64 };
            }
            if total > 0.0 { total } else { 1.0 }
        };
        let totals = self.space.simplices.iter().map(share).collect();
        self.space.project(point);
        totals
    }
}
