//! The ways of running a rule.

use core::convert::Infallible;
use core::ops::ControlFlow;

use crate::history::Record;
use crate::minimizer::Minimizer;
use crate::number::{Array, Number, Pack, Real};
use crate::optimizer::{Optimizer, StepError};
use crate::outcome::{Outcome, Quantity, Status};
use crate::rule::Rule;
use crate::rule::{self, Clock, rounded};
use crate::state::State;
use crate::transform::{Transform, applied};
use crate::update;

/// Steps with gradients that are given, whatever the point.
#[derive(Clone, Copy)]
pub(super) struct Job<'a, T> {
    pub(super) transform: Transform,
    /// The state to go on from.
    pub(super) from: Option<&'a State<T>>,
    pub(super) x: &'a [T],
    pub(super) gradients: &'a [Vec<T>],
}

/// What a job leaves behind.
#[derive(Debug)]
pub(super) struct Trace<T> {
    /// The point after every step.
    pub(super) points: Vec<Vec<T>>,
    pub(super) state: State<T>,
    /// The weights of a projection after the last step, where the way shows them.
    pub(super) weights: Vec<T>,
    pub(super) refused: Option<Refusal>,
}

/// A gradient that was not let into the memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) step: u64,
    pub(super) coordinate: usize,
    pub(super) huge: bool,
}

/// One way of running a job.
pub(super) struct Way<T> {
    pub(super) name: &'static str,
    /// Whether it looks at gradients before they reach the memory; the bare formula trusts its caller.
    pub(super) guarded: bool,
    pub(super) run: Box<dyn Fn(Job<'_, T>) -> Trace<T>>,
}

/// A rule with all ways of running it, its type forgotten, so that every check is compiled once.
pub(super) struct Subject<T> {
    pub(super) largest_gradient: T,
    pub(super) alpha: f64,
    pub(super) ways: Vec<Way<T>>,
    pub(super) minimize: Box<Minimize<T>>,
}

pub(super) type Objective<'a, T> = dyn FnMut(&[T], &mut [T]) -> T + 'a;
pub(super) type Observer<'a, T> = dyn FnMut(&Record<'_, T>) + 'a;
/// A run of the minimizer from a point, for so many steps.
pub(super) type Minimize<T> = dyn Fn(
    &[T],
    u64,
    Transform,
    Option<&State<T>>,
    &mut Objective<'_, T>,
    &mut Observer<'_, T>,
) -> Outcome<T>;

impl<T: Real> Subject<T> {
    pub(super) fn new<R: Rule>(rule: &R) -> Self {
        Self {
            largest_gradient: R::GRADIENT_LIMIT.largest(),
            alpha: rule.learning_rate().at(1),
            ways: ways(rule),
            minimize: minimize(rule),
        }
    }

    /// The first way, to compare the others with.
    pub(super) fn run(&self, job: Job<'_, T>) -> Trace<T> {
        (self.ways[0].run)(job)
    }
}

fn ways<R: Rule, T: Real>(rule: &R) -> Vec<Way<T>> {
    let way = |name, guarded, run: fn(&R, Job<'_, T>) -> Trace<T>| {
        let rule = rule.clone();
        Way { name, guarded, run: Box::new(move |job| run(&rule, job)) }
    };
    vec![
        way("formula, one at a time", false, by_formula::<R, T>),
        way("formula, packs of 2", false, by_formula::<R, Pack<T, 2>>),
        way("formula, packs of 16", false, by_formula::<R, Pack<T, 16>>),
        way("optimizer", true, by_optimizer),
        way("minimizer", true, by_minimizer),
        way("stepper", true, by_stepper),
    ]
}

/// The bare formula, pack by pack.
fn by_formula<R: Rule, N: Number>(rule: &R, job: Job<'_, N::Real>) -> Trace<N::Real> {
    let dimension = job.x.len();
    let zero = <R::Memory<N> as Array<N>>::from_fn(|_| N::constant(0.0));
    let mut memory = vec![zero; dimension.div_ceil(N::WIDTH)];
    let mut clock = job.from.map_or_else(Clock::default, |state| {
        update::restore::<R, N>(&mut memory, state).expect("a state of this rule")
    });
    let mut x = job.x.to_vec();
    let (mut points, mut weights) = (Vec::new(), Vec::new());
    let load =
        |numbers: &[N::Real], at: usize| N::from_fn(|i| numbers.get(at + i).copied().unwrap_or_default());
    for gradient in job.gradients {
        clock.advance();
        let coefficients = rounded::<R, N>(rule.coefficients(&mut clock));
        let transform = job.transform.at(|| clock.value(rule.learning_rate()), 1.0);
        for (pack, memory) in memory.iter_mut().enumerate() {
            let at = pack * N::WIDTH;
            let (point, gradient) = applied(&transform, load(&x, at), load(gradient, at));
            let moved = rule::advance::<R, N>(coefficients, point, gradient, memory);
            x.iter_mut().skip(at).take(N::WIDTH).enumerate().for_each(|(i, x)| *x = moved.element(i));
        }
        weights = update::weights::<R, N>(&memory, coefficients, dimension).collect();
        points.push(x.clone());
    }
    let state = update::state::<R, N>(&memory, dimension, &clock);
    Trace { points, state, weights, refused: None }
}

fn by_optimizer<R: Rule, T: Real>(rule: &R, job: Job<'_, T>) -> Trace<T> {
    let mut optimizer = Optimizer::new(rule.clone()).weight_decay(job.transform.weight_decay);
    if job.transform.maximize {
        optimizer = optimizer.maximize();
    }
    if let Some(state) = job.from {
        optimizer.set_state(state).unwrap();
    }
    let (mut x, mut points) = (job.x.to_vec(), Vec::new());
    let mut refused = None;
    for gradient in job.gradients {
        if let Err(error) = optimizer.step([(&mut x, gradient)]) {
            assert_eq!(points.last().map_or(job.x, Vec::as_slice), x, "a refused step moves nothing");
            refused = Some(match error {
                StepError::NonFiniteGradient { step, coordinate, .. } => {
                    Refusal { step, coordinate, huge: false }
                }
                StepError::HugeGradient { step, coordinate, .. } => Refusal { step, coordinate, huge: true },
                error => panic!("{error}"),
            });
            break;
        }
        points.push(x.clone());
    }
    Trace { points, state: optimizer.state(), weights: Vec::new(), refused }
}

fn minimize<R: Rule, T: Real>(rule: &R) -> Box<Minimize<T>> {
    let rule = rule.clone();
    Box::new(move |x, steps, transform, from, objective, observe| {
        let observe = |record: &Record<'_, T>| {
            observe(record);
            ControlFlow::Continue(())
        };
        minimizer(&rule, x, steps, transform, from, objective).run_observed(observe).unwrap()
    })
}

fn minimizer<'a, R: Rule, T: Real>(
    rule: &R,
    x: &[T],
    steps: u64,
    transform: Transform,
    from: Option<&State<T>>,
    objective: &'a mut Objective<'_, T>,
) -> Minimizer<impl FnMut(&[T], &mut [T]) -> Result<T, Infallible> + 'a, R> {
    let start: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
    let mut minimizer = Minimizer::new(|x: &[T], gradient: &mut [T]| Ok(objective(x, gradient)))
        .rule(rule.clone())
        .start(start)
        .weight_decay(transform.weight_decay)
        .steps(steps);
    if transform.maximize {
        minimizer = minimizer.maximize();
    }
    match from {
        Some(state) => minimizer.resume_from(x, state),
        None => minimizer,
    }
}

fn by_minimizer<R: Rule, T: Real>(rule: &R, job: Job<'_, T>) -> Trace<T> {
    given_gradients(&*minimize(rule), job)
}

fn by_stepper<R: Rule, T: Real>(rule: &R, job: Job<'_, T>) -> Trace<T> {
    let rule = rule.clone();
    let step: Box<Minimize<T>> = Box::new(move |x, steps, transform, from, objective, observe| {
        let mut stepper = minimizer(&rule, x, steps, transform, from, objective).stepper().unwrap();
        while stepper.advance(|record| observe(record)) {}
        stepper.finish()
    });
    given_gradients(&*step, job)
}

fn given_gradients<T: Real>(minimize: &Minimize<T>, job: Job<'_, T>) -> Trace<T> {
    let mut gradients = job.gradients.iter();
    let mut objective = |_: &[T], gradient: &mut [T]| {
        match gradients.next() {
            Some(next) => gradient.copy_from_slice(next),
            None => gradient.fill(T::default()),
        }
        T::default()
    };
    let first = job.from.map_or(0, |state| state.step);
    let mut points = Vec::new();
    let mut observe = |record: &Record<'_, T>| {
        if record.step > first {
            points.push(record.point.to_vec());
        }
    };
    let steps = job.gradients.len() as u64;
    let outcome = minimize(job.x, steps, job.transform, job.from, &mut objective, &mut observe);
    let refusal = |step, coordinate, huge| Some(Refusal { step: step + 1, coordinate, huge });
    let refused = match outcome.status {
        Status::StepLimit => None,
        Status::NonFinite { step, quantity: Quantity::Gradient { coordinate, .. } } => {
            refusal(step, coordinate, false)
        }
        Status::NonFinite { step, quantity: Quantity::HugeGradient { coordinate, .. } } => {
            refusal(step, coordinate, true)
        }
        status => panic!("{status}"),
    };
    // The observer does not see a point whose gradient is refused.
    if refused.is_some() && outcome.counts.steps > 0 {
        points.push(outcome.last.point);
    }
    Trace { points, state: outcome.state, weights: Vec::new(), refused }
}
