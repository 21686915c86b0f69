//! First-order rules inside the constraints, on parameters of size 1.

use core::cell::Cell;
use core::ops::ControlFlow;
use core::sync::atomic::Ordering;

use amsgrad::error::SettingError;
use amsgrad::random::Uniform;
use amsgrad::{
    Blocks, Bounds, Constraint, FiniteSum, LearningRate, Minimizer, Moment, Objective as Minimized, Record,
};
use amsgrad::{Schedule, Simplex, Stop};

use crate::descend::{Descent, Problem};
use crate::keep::{Begun, Keep};
use crate::objective::Objective;
use crate::outcome::Status;
use crate::sample::Sample;
use crate::settings::FirstOrder;

/// The number of legs.
const LEGS: u64 = 4;
/// The share of the cost that a change of every parameter by its size may still gain where a run has converged.
const TOLERANCE: f64 = 1e-9;
/// How far a parameter of size 1 moves in a step at first, and at last.
const LEARNING_RATE: f64 = 0.05;
const LAST_RATE: f64 = 5e-5;

/// What a leg is a part of.
struct Course<'a> {
    keep: &'a dyn Keep,
    /// Where this leg was, if it goes on.
    begun: Option<Begun>,
    /// How many legs came before it, and their steps.
    legs: u64,
    steps: u64,
}

/// A start in the units of the rule.
struct Scaled {
    from: Vec<f64>,
    constraint: Constraint,
    /// The cost there, and what makes the largest gradient component 1.
    value: f64,
    unit: f64,
}

impl Problem<'_> {
    /// Runs a rule from a point for at most `steps` steps and returns the best point.
    pub(crate) fn first_order(
        &self,
        method: &FirstOrder,
        seed: u64,
        start: Vec<f64>,
        steps: u64,
        keep: &dyn Keep,
    ) -> Descent {
        let begun = keep.begun();
        if method.batch.is_some() || method.epochs.is_some() {
            self.in_batches(method, seed, start, steps, Course { keep, begun, legs: 0, steps: 0 })
        } else if method.learning_rate.is_some() {
            self.leg(method, start, steps, Course { keep, begun, legs: 0, steps: 0 })
        } else {
            self.in_legs(method, start, steps, keep, begun)
        }
    }

    /// Goes in legs, each from the best point with a fresh memory: a start among large gradients would otherwise keep
    /// all later steps short.
    fn in_legs(
        &self,
        method: &FirstOrder,
        start: Vec<f64>,
        steps: u64,
        keep: &dyn Keep,
        mut begun: Option<Begun>,
    ) -> Descent {
        let (first, made) = begun.as_ref().map_or((0, 0), |begun| (begun.legs, begun.steps));
        let start = begun.as_ref().map_or(start, |begun| begun.start.clone());
        // What the legs before have come to is where the next begins.
        let mut best = Descent::new(start, f64::NAN, Status::StepLimit, made);
        for legs in first..LEGS {
            let course = Course { keep, begun: begun.take(), legs, steps: best.steps };
            let most = if legs == 0 { steps.div_ceil(LEGS) } else { steps / LEGS };
            let next = self.leg(method, best.point, most, course);
            best = Descent { steps: best.steps + next.steps, ..next };
            // A later leg judges convergence by the value it begins with.
            if matches!(best.status, Status::Stopped | Status::NotFinite) {
                break;
            }
        }
        best
    }

    /// One run over all rows.
    fn leg(&self, method: &FirstOrder, mut start: Vec<f64>, steps: u64, course: Course<'_>) -> Descent {
        let scaled = match self.scaled(&mut start) {
            Ok(scaled) => scaled,
            Err(status) => return self.unmoved(start, status),
        };
        let known = course.begun.as_ref().map(|begun| begun.best.clone());
        let best = Cell::new(known.unwrap_or_else(|| (scaled.value, start.clone())));
        let mut point = start.clone();
        let objective = |x: &[f64], gradient: &mut [f64]| {
            let value = self.evaluate(self.objective, x, &mut point, gradient, scaled.unit);
            let (least, at) = best.take();
            best.set(if value < least { (value, point.clone()) } else { (least, at) });
            value * scaled.unit
        };
        let mut stop = Stop::default();
        stop.steps = Some(steps);
        stop.gradient = Some(TOLERANCE * scaled.value.abs() * scaled.unit);
        let (status, made, _) = self.run(objective, method, &scaled, (steps, stop), (&course, &start, &best));
        let (value, point) = best.into_inner();
        Descent::new(point, value, status, made)
    }

    /// One run over mini-batches: rows are shuffled into them once, and every epoch sees all of them in an order of its
    /// own. The value of a batch says little, so the last point is taken where all rows like it better than the start.
    fn in_batches(
        &self,
        method: &FirstOrder,
        seed: u64,
        mut start: Vec<f64>,
        steps: u64,
        course: Course<'_>,
    ) -> Descent {
        let scaled = match self.scaled(&mut start) {
            Ok(scaled) => scaled,
            Err(status) => return self.unmoved(start, status),
        };
        let all = self.objective.columns.rows;
        let size = method.batch.unwrap_or(all).clamp(1, all.max(1));
        let mut order: Vec<usize> = (0..all).collect();
        let mut uniform = Uniform::numpy(seed);
        (1..all).rev().for_each(|row| order.swap(row, uniform.below(row + 1)));
        let sample = Sample::of(self.objective, &order);
        let (mut point, mut components) = (start.clone(), vec![0.0; start.len()]);
        let batches = FiniteSum::new(all.div_ceil(size), |batch: usize, x: &[f64], gradient: &mut [f64]| {
            let rows = batch * size..((batch + 1) * size).min(all);
            // As much as all rows would give, were they like these.
            let unit = scaled.unit * (all as f64 / rows.len() as f64);
            let part = sample.part(self.objective, rows);
            let value = self.evaluate(&part, x, &mut point, &mut components, unit);
            gradient.iter_mut().zip(&components).for_each(|(sum, component)| *sum += component);
            value * unit
        });
        let batches = batches.and_then(|batches| batches.batch(1)).map(|batches| batches.seed(seed));
        let Ok(batches) = batches else { return self.unmoved(start, Status::NotFinite) };
        let mut stop = Stop::default();
        stop.steps = Some(steps);
        stop.epochs = method.epochs;
        let epochs = method.epochs.map(|epochs| epochs.saturating_mul(all.div_ceil(size) as u64));
        let whole = epochs.map_or(steps, |epochs| steps.min(epochs));
        let best = Cell::default();
        let (status, made, last) =
            self.run(batches, method, &scaled, (whole, stop), (&course, &start, &best));
        self.objective.counts.gradients.fetch_add(made * size as u64 / all.max(1) as u64, Ordering::Relaxed);
        let mut end = start.clone();
        self.unscaled(&last, &mut end);
        let value = self.objective.value(&end);
        let (value, point) = if value <= scaled.value { (value, end) } else { (scaled.value, start) };
        Descent::new(point, value, status, made)
    }

    fn run(
        &self,
        objective: impl Minimized<f64>,
        method: &FirstOrder,
        scaled: &Scaled,
        (steps, stop): (u64, Stop),
        (course, start, best): (&Course<'_>, &[f64], &Cell<(f64, Vec<f64>)>),
    ) -> (Status, u64, Vec<f64>) {
        // `steps` is how many the run will make at most.
        let cosine = || LearningRate::from(Schedule::cosine(LEARNING_RATE, LAST_RATE, steps));
        let made = Cell::new(0);
        let automatic = method.learning_rate == Some(LearningRate::Automatic);
        let run = Minimizer::new(objective)
            .rule(method.rule.clone())
            .learning_rate(method.learning_rate.clone().unwrap_or_else(cosine))
            .within(scaled.constraint.clone())
            .start(scaled.from.clone())
            .stop(stop);
        let look = |record: &Record<'_, f64>| {
            made.set(record.step);
            if (self.stop)() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let counts = &self.objective.counts;
        // The evaluation before which a run stands is made once more; that of a batch is not one of all rows.
        let again = u64::from(method.batch.is_none() && method.epochs.is_none());
        if let Some(begun) = &course.begun {
            counts.set(begun.values, begun.gradients);
        }
        let save = |moment: &Moment<'_, f64>| {
            let make = || {
                let (values, gradients) = counts.so_far();
                let so_far = best.take();
                best.set(so_far.clone());
                Begun {
                    legs: course.legs,
                    steps: course.steps,
                    start: start.to_vec(),
                    best: so_far,
                    values,
                    gradients: gradients.saturating_sub(again),
                    checkpoint: moment.checkpoint(),
                }
            };
            course.keep.offer(course.steps + moment.steps(), moment.is_last(), &make);
        };
        // One that is stopped before it begins may have a start that was not searched for to the end.
        let run = if automatic || !course.keep.looks() || (self.stop)() {
            run.run_observed(look)
        } else {
            run.run_saved(course.begun.as_ref().map(|begun| &begun.checkpoint), save, look)
        };
        let made = made.get();
        let Ok(outcome) = run else { return (Status::Stalled, made, scaled.from.clone()) };
        let status = match outcome.status {
            amsgrad::Status::Converged { .. } => Status::Converged,
            amsgrad::Status::StepLimit => Status::StepLimit,
            amsgrad::Status::EpochLimit => Status::EpochLimit,
            amsgrad::Status::Stopped => Status::Stopped,
            _ => Status::Stalled,
        };
        (status, made, outcome.last.point)
    }

    /// The start in the units of the rule; how a run ends at once where it cannot begin.
    fn scaled(&self, start: &mut [f64]) -> Result<Scaled, Status> {
        self.space.project(start);
        let mut components = vec![0.0; start.len()];
        let value = self.objective.value_and_gradient(start, &mut components);
        let sizes = components.iter().zip(self.scale).map(|(component, scale)| (component * scale).abs());
        let steepest = sizes.fold(0.0, f64::max);
        if !value.is_finite()
            || !components.iter().all(|component| component.is_finite())
            || !steepest.is_finite()
        {
            return Err(Status::NotFinite);
        }
        if steepest == 0.0 {
            return Err(Status::Converged);
        }
        let constraint = self.constraint().map_err(|_| Status::NotFinite)?;
        let from = start.iter().zip(self.scale).map(|(x, scale)| x / scale).collect();
        Ok(Scaled { from, constraint, value, unit: 1.0 / steepest })
    }

    /// Where the rule may go: members of a simplex have the scale 1.
    fn constraint(&self) -> Result<Constraint, SettingError> {
        let sides = self.space.sides.iter().zip(self.scale);
        let sides: Vec<(f64, f64)> = sides.map(|((low, high), scale)| (low / scale, high / scale)).collect();
        if self.space.simplices.is_empty() {
            return Ok(Bounds::new(sides)?.into());
        }
        let member = |place: &usize| self.space.simplices.iter().flatten().any(|member| member == place);
        let others: Vec<usize> = (0..sides.len()).filter(|place| !member(place)).collect();
        let bounds = Bounds::new(others.iter().map(|place| sides[*place]).collect::<Vec<_>>())?;
        let blocks = Blocks::new(sides.len()).block(others, bounds)?;
        let add =
            |blocks: Blocks, group: &Vec<usize>| blocks.block(group.clone(), Simplex::new(group.len())?);
        Ok(self.space.simplices.iter().try_fold(blocks, add)?.into())
    }

    fn unmoved(&self, point: Vec<f64>, status: Status) -> Descent {
        let value = self.objective.value(&point);
        Descent::new(point, value, status, 0)
    }

    /// The cost at a point in the units of the rule, and `unit` times the gradient in them; `point` becomes the
    /// parameters.
    fn evaluate(
        &self,
        objective: &Objective<'_>,
        scaled: &[f64],
        point: &mut [f64],
        gradient: &mut [f64],
        unit: f64,
    ) -> f64 {
        self.unscaled(scaled, point);
        let value = objective.value_and_gradient(point, gradient);
        gradient.iter_mut().zip(self.scale).for_each(|(component, scale)| *component *= scale * unit);
        value
    }

    /// Writes the parameters for what the rule moves.
    fn unscaled(&self, scaled: &[f64], point: &mut [f64]) {
        for ((x, scaled), scale) in point.iter_mut().zip(scaled).zip(self.scale) {
            *x = scaled * scale;
        }
        // Scales are powers of two, but what is subnormal is rounded.
        self.space.project(point);
    }
}
