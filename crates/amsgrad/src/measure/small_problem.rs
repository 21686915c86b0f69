//! The tutorial's problem through the minimizer, beside loops written by hand.

use core::hint::black_box;
use core::time::Duration;

use super::{Comparison, compare};
use crate::minimizer::Minimizer;
use crate::optimizer::Optimizer;
use crate::rule::AmsGrad;

/// The start that the tutorial draws.
const START: [f64; 2] = [-0.165955990594852, 0.4406489868843162];
/// The steps of a run whose instructions are counted.
const STEPS: u32 = 100;
/// Steps in one round, for the clock's sake.
const ROUND: u32 = 10_000;

/// The tutorial's problem, restarted after `steps` steps (1 or more; the hand-written loops come to subnormal numbers after
/// a few thousand), against a bare loop that knows the problem's two dimensions, the rule and its settings when it is
/// compiled, but also computes the value, keeps the best point and checks that all is finite. Beside them the same loop
/// without these three.
#[must_use]
pub fn small_problem(steps: u32, budget: Duration) -> Comparison {
    let steps = steps.max(1);
    let runs = ROUND.div_ceil(steps);
    fn repeat<'a, O>(runs: u32, run: impl Fn() -> O + 'a) -> Box<dyn FnMut() + 'a> {
        Box::new(move || (0..runs).for_each(|_| _ = black_box(run())))
    }
    compare(
        format!("the tutorial's problem, runs of {steps} steps"),
        "million steps/s",
        f64::from(steps) * f64::from(runs) / 1e6,
        budget,
        vec![
            (
                "bare loop with value, best point, checks".into(),
                repeat(runs, move || bare(black_box(START), steps)),
            ),
            ("Minimizer".into(), repeat(runs, move || minimizer(black_box(START), steps))),
            ("minimal loop".into(), repeat(runs, move || minimal(black_box(START), steps))),
        ],
    )
}

/// A million steps of the tutorial's problem in one run, which ends among the smallest numbers, against as many in runs of a
/// thousand, which do not.
#[must_use]
pub fn long_run(budget: Duration) -> Comparison {
    const MILLION: u32 = 1_000_000;
    let runs = |steps: u32| -> Box<dyn FnMut()> {
        Box::new(move || (0..MILLION / steps).for_each(|_| _ = black_box(minimizer(black_box(START), steps))))
    };
    compare(
        "the tutorial's problem, a million steps".into(),
        "million steps/s",
        f64::from(MILLION) / 1e6,
        budget,
        vec![("in runs of 1000".into(), runs(1000)), ("in one run".into(), runs(MILLION))],
    )
}

/// One run of a small path by its name, to count its instructions: `minimizer` or `bare`, 100 steps of the tutorial's
/// problem; `optimizer`, 100 steps by hand of 16 parameters. Other names do nothing.
pub fn small_path(name: &str) {
    match name {
        "minimizer" => _ = black_box(minimizer(START, STEPS)),
        "bare" => _ = black_box(bare(START, STEPS)),
        "optimizer" => {
            let mut optimizer = Optimizer::new(AmsGrad::new(1e-3));
            let (mut x, gradient) = ([0.5_f32; 16], [0.1; 16]);
            (0..STEPS).for_each(|_| _ = black_box(optimizer.step(&mut x, &gradient)));
        }
        _ => {}
    }
}

/// Through the public interface.
#[inline(never)]
fn minimizer(start: [f64; 2], steps: u32) -> f64 {
    let objective = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 2.0 * x[0];
        gradient[1] = 2.0 * x[1];
        x[0] * x[0] + x[1] * x[1]
    };
    let run = Minimizer::new(objective).rule(AmsGrad::tutorial()).start(start).steps(steps.into()).run();
    run.map_or(f64::NAN, |outcome| outcome.best.value)
}

#[inline(never)]
fn bare(start: [f64; 2], steps: u32) -> ([f64; 2], f64) {
    let (mut x, mut m, mut v, mut v_hat) = (start, [0.0; 2], [0.0; 2], [0.0_f64; 2]);
    let (mut beta1, epsilon) = (1.0, black_box(0.0));
    let mut best = (x, f64::INFINITY);
    for step in 0..=steps {
        let g = [2.0 * x[0], 2.0 * x[1]];
        let value = x[0] * x[0] + x[1] * x[1];
        if !(value.is_finite() && x.iter().chain(&g).all(|number| number.is_finite())) {
            return best;
        }
        if value < best.1 {
            best = (x, value);
        }
        if step == steps {
            break;
        }
        beta1 *= 0.9;
        advance(&mut x, &g, &mut m, &mut v, &mut v_hat, beta1, epsilon);
    }
    best
}

#[inline(never)]
fn minimal(start: [f64; 2], steps: u32) -> [f64; 2] {
    let (mut x, mut m, mut v, mut v_hat) = (start, [0.0; 2], [0.0; 2], [0.0_f64; 2]);
    let (mut beta1, epsilon) = (1.0, black_box(0.0));
    for _ in 0..steps {
        let g = [2.0 * x[0], 2.0 * x[1]];
        beta1 *= 0.9;
        advance(&mut x, &g, &mut m, &mut v, &mut v_hat, beta1, epsilon);
    }
    x
}

/// A step as one would write it by hand: the yardstick, not the library's formula.
#[inline(always)]
fn advance(
    x: &mut [f64; 2],
    g: &[f64; 2],
    m: &mut [f64; 2],
    v: &mut [f64; 2],
    v_hat: &mut [f64; 2],
    beta1: f64,
    epsilon: f64,
) {
    for i in 0..2 {
        m[i] = beta1 * m[i] + (1.0 - beta1) * g[i];
        v[i] = 0.99 * v[i] + (1.0 - 0.99) * g[i] * g[i];
        v_hat[i] = if v_hat[i] > v[i] { v_hat[i] } else { v[i] };
        x[i] -= 0.007 * m[i] / (v_hat[i].sqrt() + epsilon);
    }
}
