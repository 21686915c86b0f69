//! The ways of running a rule.

use core::convert::Infallible;
use core::ops::ControlFlow;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::checkpoint::Moment;
use crate::dispatch::Target;
use crate::history::Record;
use crate::memory::{LINE, Line};
use crate::minimizer::Minimizer;
use crate::number::policy::flush;
use crate::number::{Array, Number, Pack, Real};
use crate::optimizer::{Optimizer, StepError};
use crate::outcome::{Exit, Outcome, Quantity, Status};
use crate::rule::{self, About, Clock, Rule};
use crate::run::block::{EvaluateBlock, Points, Results, Summary, Task};
use crate::run::{AnyRule, UpdateRule};
use crate::state::State;
use crate::transform::{Transform, applied};
use crate::update;

/// Steps with gradients that are given, whatever the point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job<'a, T> {
    pub(super) transform: Transform,
    /// The state to resume from.
    pub(super) from: Option<&'a State<T>>,
    pub(super) x: &'a [T],
    pub(super) gradients: &'a [Vec<T>],
}

/// What a job leaves behind.
#[derive(Debug)]
pub(super) struct Trace<T> {
    /// The points after the last steps: after all of them where the way shows them.
    pub(super) points: Vec<Vec<T>>,
    /// The states after the last steps; none where the way has no state.
    pub(super) states: Vec<State<T>>,
    /// The weights of a projection after every step, where the way shows them.
    pub(super) weights: Vec<Vec<T>>,
    pub(super) refused: Option<Refusal>,
}

/// A gradient that did not reach the memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) step: u64,
    /// The coordinate, and whether the component is finite but too large; a batch does not tell.
    pub(super) component: Option<(usize, bool)>,
}

/// One way of running a job.
pub(super) struct Way<T> {
    pub(super) name: &'static str,
    /// Whether it looks at gradients before they reach the memory; the bare formula trusts its caller.
    pub(super) guarded: bool,
    /// Whether it resumes from a state.
    pub(super) resumes: bool,
    /// Runs a job, or returns why it does not.
    pub(super) run: Box<dyn Fn(Job<'_, T>) -> Result<Trace<T>, String>>,
}

/// Returns the way of running a rule that the others are compared with, and the others.
pub(super) fn ways<R: Rule, T: Real>(rule: &R) -> (Way<T>, Vec<Way<T>>) {
    type Run<U, T> = fn(&U, Job<'_, T>) -> Result<Trace<T>, String>;
    fn way<U: Clone + 'static, T: Real>(name: &'static str, rule: &U, run: Run<U, T>) -> Way<T> {
        let rule = rule.clone();
        let guarded = !name.starts_with("formula");
        let resumes = !name.starts_with("batch");
        Way { name, guarded, resumes, run: Box::new(move |job| run(&rule, job)) }
    }
    let any = &AnyRule::new(rule.clone());
    let others = vec![
        way("formula, packs of 2", rule, by_formula::<R, Pack<T, 2>>),
        way("formula, packs of 16", rule, by_formula::<R, Pack<T, 16>>),
        way("run", rule, by_run),
        way("run with a target", rule, by_run_with_target),
        way("observed run", rule, by_observed_run),
        way("continued run", rule, by_continued_run),
        way("stepper", rule, by_stepper),
        way("batch", rule, by_batch),
        way("optimizer, one tensor", rule, |rule, job| by_optimizer(rule, job, usize::MAX)),
        way("optimizer, tensors of 2", rule, |rule, job| by_optimizer(rule, job, 2)),
        way("run of an AnyRule", any, by_run),
        way("observed run of an AnyRule", any, by_observed_run),
        way("continued run of an AnyRule", any, by_continued_run),
        way("stepper of an AnyRule", any, by_stepper),
        way("batch of an AnyRule", any, by_batch),
    ];
    (way("formula, one at a time", rule, by_formula::<R, T>), others)
}

/// The bare formula, pack by pack.
fn by_formula<R: Rule, N: Number>(rule: &R, job: Job<'_, N::Real>) -> Result<Trace<N::Real>, String> {
    let dimension = job.x.len();
    let about = About::of::<R>();
    let zero = <R::Memory<N> as Array<N>>::from_fn(|_| N::constant(0.0));
    let mut memory = vec![zero; dimension.div_ceil(N::WIDTH)];
    let mut clock = match job.from {
        None => Clock::default(),
        Some(state) => {
            update::restore(&about, Array::flat_mut(&mut memory), state).map_err(|error| error.to_string())?
        }
    };
    let mut x = job.x.to_vec();
    let mut trace = Trace { points: Vec::new(), states: Vec::new(), weights: Vec::new(), refused: None };
    let load =
        |numbers: &[N::Real], at: usize| N::from_fn(|i| numbers.get(at + i).copied().unwrap_or_default());
    for gradient in job.gradients {
        let (coefficients, transform) =
            update::begin_step::<R, N::Real>(rule, &mut clock, Some(&job.transform), 1.0);
        let transform = transform.map(|transform| transform.splat());
        for (pack, memory) in memory.iter_mut().enumerate() {
            let at = pack * N::WIDTH;
            let (point, gradient) = applied(&transform, load(&x, at), load(gradient, at));
            let moved =
                rule::advance::<R, N>(rule::splat::<R, N>(coefficients), point, gradient, memory, flush);
            x.iter_mut().skip(at).take(N::WIDTH).enumerate().for_each(|(i, x)| *x = moved.element(i));
        }
        let weights = memory.iter().map(|memory| update::weight::<R, N>(coefficients, *memory));
        trace.weights.push(update::elements(weights, dimension).collect());
        trace.states.push(update::state(&about, Array::flat(&memory), dimension, &clock));
        trace.points.push(x.clone());
    }
    if trace.states.is_empty() {
        trace.states.push(update::state(&about, Array::flat(&memory), dimension, &clock));
    }
    Ok(trace)
}

/// Steps by hand over tensors of `length` parameters.
fn by_optimizer<R: Rule, T: Real>(rule: &R, job: Job<'_, T>, length: usize) -> Result<Trace<T>, String> {
    let mut optimizer = Optimizer::new(rule.clone()).weight_decay(job.transform.weight_decay);
    if job.transform.maximize {
        optimizer = optimizer.maximize();
    }
    if let Some(state) = job.from {
        optimizer.set_state(state).map_err(|error| error.to_string())?;
    }
    let (mut x, mut points, mut refused) = (job.x.to_vec(), Vec::new(), None);
    for gradient in job.gradients {
        let tensors =
            x.chunks_mut(length.min(gradient.len())).zip(gradient.chunks(length.min(gradient.len())));
        let stepped = optimizer.step_tensors(&mut tensors.collect::<Vec<_>>());
        if let Err(error) = stepped {
            let (step, tensor, coordinate, huge) = match error {
                StepError::NonFiniteGradient { step, tensor, coordinate, .. } => {
                    (step, tensor, coordinate, false)
                }
                StepError::HugeGradient { step, tensor, coordinate, .. } => (step, tensor, coordinate, true),
                error => return Err(error.to_string()),
            };
            refused =
                Some(Refusal { step, component: Some((tensor.saturating_mul(length) + coordinate, huge)) });
            break;
        }
        points.push(x.clone());
    }
    let moved = points.last().map_or(job.x, Vec::as_slice) != x;
    if refused.is_some() && moved {
        return Err("a step that was refused moves the parameters".into());
    }
    // Before the first step an optimizer does not know its parameters.
    let states = if points.is_empty() && job.from.is_none() { Vec::new() } else { vec![optimizer.state()] };
    Ok(Trace { points, states, weights: Vec::new(), refused })
}

/// Returns the settings of a run over the gradients of a job; the objective's value is always 0.
fn minimizer<'a, U: UpdateRule, T: Real>(
    rule: &U,
    job: Job<'a, T>,
) -> Minimizer<impl FnMut(&[T], &mut [T]) -> Result<T, Infallible> + 'a, U> {
    let mut gradients = job.gradients.iter();
    let objective = move |_: &[T], gradient: &mut [T]| {
        match gradients.next() {
            Some(next) => gradient.copy_from_slice(next),
            None => gradient.fill(T::default()),
        }
        Ok(T::default())
    };
    let start: Vec<f64> = job.x.iter().map(|x| x.to_f64()).collect();
    let mut minimizer = Minimizer::new(objective)
        .rule(rule.clone())
        .start(start)
        .weight_decay(job.transform.weight_decay)
        .steps(job.gradients.len() as u64);
    if job.transform.maximize {
        minimizer = minimizer.maximize();
    }
    match job.from {
        Some(state) => minimizer.resume_from(job.x, state),
        None => minimizer,
    }
}

fn by_run<U: UpdateRule, T: Real>(rule: &U, job: Job<'_, T>) -> Result<Trace<T>, String> {
    trace(minimizer(rule, job).run().map_err(|error| error.to_string())?, Vec::new())
}

/// A run that tests every value, and never ends by it.
fn by_run_with_target<U: UpdateRule, T: Real>(rule: &U, job: Job<'_, T>) -> Result<Trace<T>, String> {
    let minimizer = minimizer(rule, job).target(-job.transform.sign());
    trace(minimizer.run().map_err(|error| error.to_string())?, Vec::new())
}

fn by_observed_run<U: UpdateRule, T: Real>(rule: &U, job: Job<'_, T>) -> Result<Trace<T>, String> {
    let mut points = Vec::new();
    let observe = |record: &Record<'_, T>| {
        points.push(record.point.to_vec());
        ControlFlow::Continue(())
    };
    let outcome = minimizer(rule, job).run_observed(observe).map_err(|error| error.to_string())?;
    trace(outcome, points)
}

/// A run that goes on from its checkpoint in the middle.
fn by_continued_run<U: UpdateRule, T: Real>(rule: &U, job: Job<'_, T>) -> Result<Trace<T>, String> {
    let half = job.gradients.len() / 2;
    let (mut kept, mut moments, mut points) = (None, 0, Vec::new());
    let save = |moment: &Moment<'_, T>| {
        if moments == half {
            kept = Some(moment.checkpoint());
        }
        moments += 1;
    };
    let mut look = |record: &Record<'_, T>| {
        points.push(record.point.to_vec());
        ControlFlow::Continue(())
    };
    let outcome = minimizer(rule, job).run_saved(None, save, &mut look).map_err(|error| error.to_string())?;
    let Some(kept) = kept else { return trace(outcome, points) };
    points.truncate(half);
    let rest = Job { gradients: job.gradients.get(half..).unwrap_or_default(), ..job };
    let look = |record: &Record<'_, T>| {
        points.push(record.point.to_vec());
        ControlFlow::Continue(())
    };
    let rest = minimizer(rule, rest).steps(job.gradients.len() as u64);
    let outcome = rest.run_saved(Some(&kept), |_| {}, look).map_err(|error| error.to_string())?;
    trace(outcome, points)
}

fn by_stepper<U: UpdateRule, T: Real>(rule: &U, job: Job<'_, T>) -> Result<Trace<T>, String> {
    let mut stepper = minimizer(rule, job).stepper().map_err(|error| error.to_string())?;
    let points = stepper.by_ref().map(|iterate| iterate.point).collect();
    trace(stepper.finish(), points)
}

/// Returns the trace of a run that showed `points`, the start first.
fn trace<T: Real>(outcome: Outcome<T>, points: Vec<Vec<T>>) -> Result<Trace<T>, String> {
    let mut points: Vec<_> = points.into_iter().skip(1).collect();
    let refusal =
        |step: u64, component| Some(Refusal { step: step.saturating_add(1), component: Some(component) });
    let refused = match outcome.status {
        Status::StepLimit => None,
        Status::NonFinite { step, quantity: Quantity::Gradient { coordinate, .. } } => {
            refusal(step, (coordinate, false))
        }
        Status::NonFinite { step, quantity: Quantity::HugeGradient { coordinate, .. } } => {
            refusal(step, (coordinate, true))
        }
        status => return Err(status.to_string()),
    };
    // An observer does not see a point whose gradient is refused.
    if outcome.counts.steps > points.len() as u64 {
        points.push(outcome.last.point);
    }
    Ok(Trace { points, states: vec![outcome.state], weights: Vec::new(), refused })
}

/// Number of starts of a batch, and the one that is the job's.
const STARTS: usize = 7;
const START: usize = 5;

fn by_batch<U: UpdateRule, T: Real>(rule: &U, job: Job<'_, T>) -> Result<Trace<T>, String> {
    let rule = rule.checked(None).map_err(|error| error.to_string())?;
    let (dimension, steps) = (job.x.len(), job.gradients.len() as u64);
    let task = Task {
        objective: &Given { gradients: job.gradients, next: AtomicUsize::new(0) },
        dimension,
        transform: &job.transform,
        sides: None,
        sign: T::from_f64(job.transform.sign()),
        tests: None,
        steps,
        interrupt: None,
        target: Target::best(),
    };
    let start = |i: usize| job.x.iter().map(move |x| *x + T::from_f64((START as f64 - i as f64) / 8.0));
    let padded = STARTS.next_multiple_of(LINE);
    let starts: Vec<T> = (0..padded).flat_map(|i| start(i.min(STARTS - 1))).collect();
    let mut summaries = vec![Summary::none(); STARTS];
    let mut points = vec![T::default(); 2 * STARTS * dimension];
    let results = Results { summaries: &mut summaries, points: &mut points };
    rule.of().run_block(&task, &starts, STARTS, results).map_err(|error| error.to_string())?;
    let Summary { exit, steps: made, .. } = summaries.swap_remove(START);
    let refused = match exit {
        Exit::StepLimit => None,
        Exit::NonFinite => Some(Refusal { step: made.saturating_add(1), component: None }),
        exit => return Err(format!("{exit:?}")),
    };
    let last = points.chunks_exact(dimension).nth(2 * START + 1).map(<[T]>::to_vec);
    let points = last.filter(|_| made > 0).into_iter().collect();
    Ok(Trace { points, states: Vec::new(), weights: Vec::new(), refused })
}

/// An objective whose gradient depends on the number of evaluations alone.
struct Given<'a, T> {
    gradients: &'a [Vec<T>],
    next: AtomicUsize,
}

impl<T: Real> EvaluateBlock<Line<T>> for Given<'_, T> {
    fn evaluate(&self, block: Points<'_, Line<T>>, _: &mut Vec<Line<T>>, _: Target) {
        let given = self.gradients.get(self.next.fetch_add(1, Ordering::Relaxed));
        block.values.fill(Pack::constant(0.0));
        for gradient in block.gradient.chunks_exact_mut(block.dimension) {
            for (i, g) in gradient.iter_mut().enumerate() {
                *g = Pack::splat(given.and_then(|given| given.get(i)).copied().unwrap_or_default());
            }
        }
    }
}
