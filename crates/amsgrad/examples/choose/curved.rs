//! Ill-conditioned problems without noise, where a method that learns the curvature wins.

use std::collections::VecDeque;

use amsgrad::objective::Objective;
use amsgrad::problem::Problem;
use amsgrad::random::Uniform;
use amsgrad::rule::Rule;
use amsgrad::{Error, Minimizer, Schedule, Start, Status, VectorizedObjective};

use crate::RATES;

pub(crate) const TITLE: &str = "### Curvature\n
Gradients until the value has come down to 1e-10 of what it was at the start: quadratics of 20 variables whose axes are
turned against the coordinates, with these ratios of the largest to the least curvature, and Rosenbrock; at the learning
rate in brackets, the best of those tried. A dash where 100,000 are not enough. L-BFGS, to compare with, is no part of
the library:";

const CONDITIONS: [f64; 4] = [1.0, 1e2, 1e4, 1e6];
const LIMIT: u64 = 100_000;
const VARIABLES: usize = 20;

pub(crate) fn names() -> Vec<String> {
    let quadratics = CONDITIONS.iter().map(|condition| format!("condition {condition:.0e}"));
    quadratics.chain(["rosenbrock 10".into()]).collect()
}

/// Half the sum of curvature * (direction . x)^2 over orthonormal directions, the curvatures from 1 to 1 / condition.
struct Quadratic {
    curvatures: Vec<f64>,
    directions: Vec<Vec<f64>>,
}

impl Quadratic {
    fn new(condition: f64) -> Self {
        let mut stream = Uniform::numpy(1);
        let mut directions: Vec<Vec<f64>> = Vec::new();
        for _ in 0..VARIABLES {
            let mut direction: Vec<f64> = (0..VARIABLES).map(|_| stream.next() - 0.5).collect();
            for _ in 0..2 {
                for other in &directions {
                    let along = dot(&direction, other);
                    add(&mut direction, -along, other);
                }
            }
            let length = dot(&direction, &direction).sqrt();
            direction.iter_mut().for_each(|x| *x /= length);
            directions.push(direction);
        }
        let curvature = |i: usize| libm::pow(condition, -(i as f64) / (VARIABLES - 1) as f64);
        Self { curvatures: (0..VARIABLES).map(curvature).collect(), directions }
    }

    fn evaluate(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        let mut value = 0.0;
        for (curvature, direction) in self.curvatures.iter().zip(&self.directions) {
            let along = dot(x, direction);
            value += 0.5 * curvature * along * along;
            add(gradient, curvature * along, direction);
        }
        value
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(a: &mut [f64], factor: f64, b: &[f64]) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += factor * b);
}

/// Writes the gradient, answers with the value; the least is 0.
type Evaluate = Box<dyn Fn(&[f64], &mut [f64]) -> f64>;

/// A row's objectives, and the start of each.
fn objectives() -> Vec<(Evaluate, Vec<f64>)> {
    let quadratic = |condition: f64| {
        let quadratic = Quadratic::new(condition);
        let evaluate = move |x: &[f64], gradient: &mut [f64]| quadratic.evaluate(x, gradient);
        let mut stream = Uniform::numpy(2);
        (Box::new(evaluate) as Evaluate, (0..VARIABLES).map(|_| 4.0 * stream.next() - 2.0).collect())
    };
    let mut objectives: Vec<_> = CONDITIONS.into_iter().map(quadratic).collect();
    if let Ok(rosenbrock) = Problem::named("rosenbrock", 10) {
        let evaluate =
            move |x: &[f64], gradient: &mut [f64]| rosenbrock.evaluate(x, gradient, &mut Vec::new());
        objectives.push((Box::new(evaluate), [-1.2, 1.0].repeat(5)));
    }
    objectives
}

pub(crate) fn gradients<R: Rule>(rule: &impl Fn(Schedule) -> R) -> Result<Vec<String>, Error> {
    let mut cells = Vec::new();
    for (evaluate, start) in objectives() {
        let target = 1e-10 * evaluate(&start, &mut vec![0.0; start.len()]);
        let mut best: Option<(u64, f64)> = None;
        for rate in RATES {
            let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| evaluate(x, gradient))
                .rule(rule(rate.into()))
                .start(Start::from(start.as_slice()))
                .target(target)
                .steps(best.map_or(LIMIT, |(gradients, _)| gradients) - 1)
                .run()?;
            if matches!(outcome.status, Status::TargetReached { .. }) {
                best = Some((outcome.counts.gradients, rate));
            }
        }
        cells.push(best.map_or("-".into(), |(gradients, rate)| format!("{gradients} ({rate})")));
    }
    Ok(cells)
}

pub(crate) fn lbfgs() -> Vec<String> {
    let run = |(evaluate, start): (Evaluate, Vec<f64>)| {
        let target = 1e-10 * evaluate(&start, &mut vec![0.0; start.len()]);
        let (value, calls) = descend(|x, gradient| evaluate(x, gradient), start, target);
        if value <= target { calls.to_string() } else { "-".into() }
    };
    objectives().into_iter().map(run).collect()
}

/// The least value of a smooth convex objective, from 0 on.
pub(crate) fn least(mut objective: impl Objective<f64>, dimension: usize) -> f64 {
    let evaluate = |x: &[f64], gradient: &mut [f64]| objective.evaluate(x, gradient).unwrap_or(f64::INFINITY);
    descend(evaluate, vec![0.0; dimension], f64::NEG_INFINITY).0
}

/// L-BFGS with 10 pairs and a line search that halves or doubles until both of Wolfe's conditions hold (Nocedal,
/// Wright 2006, Algorithms 7.4 and 3.5 in the simplest form): the last value, and how many gradients it took.
fn descend(mut evaluate: impl FnMut(&[f64], &mut [f64]) -> f64, mut x: Vec<f64>, target: f64) -> (f64, u64) {
    let mut gradient = vec![0.0; x.len()];
    let (mut value, mut calls) = (evaluate(&x, &mut gradient), 1);
    let mut pairs: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    while value > target && calls < LIMIT {
        let direction = direction(&gradient, &pairs);
        let slope = dot(&gradient, &direction);
        let (mut low, mut high) = (0.0, f64::INFINITY);
        let mut length = if pairs.is_empty() { 1.0 / (1.0 + dot(&gradient, &gradient).sqrt()) } else { 1.0 };
        let (mut next, mut slopes) = (x.clone(), gradient.clone());
        let reached = loop {
            next.copy_from_slice(&x);
            add(&mut next, length, &direction);
            let reached = evaluate(&next, &mut slopes);
            calls += 1;
            if reached > value + 1e-4 * length * slope || reached.is_nan() {
                high = length;
            } else if dot(&slopes, &direction) < 0.9 * slope {
                low = length;
            } else {
                break reached;
            }
            let between = if high.is_finite() { (low + high) / 2.0 } else { 2.0 * length };
            if between == length || calls >= LIMIT || between < 1e-30 {
                return (value.min(reached), calls); // no further down in this arithmetic
            }
            length = between;
        };
        let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>();
        pairs.push_back((difference(&next, &x), difference(&slopes, &gradient)));
        if pairs.len() > 10 {
            pairs.pop_front();
        }
        (x, gradient, value) = (next, slopes, reached);
    }
    (value, calls)
}

/// The two loops of L-BFGS: minus the gradient times the inverse curvature that the pairs tell of.
fn direction(gradient: &[f64], pairs: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut factors = Vec::new();
    for (moved, turned) in pairs.iter().rev() {
        let factor = dot(moved, &direction) / dot(moved, turned);
        add(&mut direction, -factor, turned);
        factors.push(factor);
    }
    if let Some((moved, turned)) = pairs.back() {
        let scale = dot(moved, turned) / dot(turned, turned);
        direction.iter_mut().for_each(|x| *x *= scale);
    }
    for ((moved, turned), factor) in pairs.iter().zip(factors.into_iter().rev()) {
        let back = dot(turned, &direction) / dot(moved, turned);
        add(&mut direction, factor - back, moved);
    }
    direction
}
