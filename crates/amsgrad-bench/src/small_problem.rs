//! Small problems through the minimizer, beside loops written by hand that do the same work.

use core::hint::black_box;
use core::ops::ControlFlow;
use core::time::Duration;

use amsgrad::{AmsGrad, Minimizer, Optimizer, Record, UpdateRule};

use crate::compare::{Comparison, compare};

/// The steps of a run whose instructions are counted.
const STEPS: u32 = 100;
/// Steps in one round, for the clock's sake.
const ROUND: u32 = 20_000;

/// What besides the steps is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The limit of steps alone ends the run.
    StepLimit,
    /// The gradient is tested at every step.
    GradientTest,
    /// An observer sees every step and adds up the values.
    Observer,
}

/// Measures runs of `steps` steps through [`Minimizer`] against a bare loop with the same work, on the problem of the tutorial,
/// `sum(x[i]^2)`, in `N` coordinates. `R` is [`AmsGrad`] itself, or [`AnyRule`](amsgrad::AnyRule) as a program uses it.
///
/// The bare loop knows dimension, rule and settings at compile time. Like the minimizer it computes the value, keeps the best
/// point and checks that all numbers are finite, and clips, tests or shows where that is asked for.
#[must_use]
pub fn small_problem<const N: usize, R: UpdateRule + From<AmsGrad>>(
    boxed: bool,
    look: Look,
    steps: u32,
    budget: Duration,
) -> Comparison {
    let steps = steps.max(1);
    let runs = ROUND.div_ceil(steps);
    let what = match look {
        Look::StepLimit => "step limit",
        Look::GradientTest => "gradient test",
        Look::Observer => "observer",
    };
    let domain = if boxed { "box" } else { "free" };
    fn repeat<'a, O>(runs: u32, run: impl Fn() -> O + 'a) -> Box<dyn FnMut() + 'a> {
        Box::new(move || (0..runs).for_each(|_| _ = black_box(run())))
    }
    compare(
        format!("{N} coordinates, {domain}, {what}, runs of {steps} steps"),
        "million steps/s",
        f64::from(steps) * f64::from(runs) / 1e6,
        budget,
        vec![
            ("bare loop".into(), repeat(runs, move || bare::<N>(black_box(start()), boxed, look, steps))),
            (
                "Minimizer".into(),
                repeat(runs, move || minimizer::<N, R>(black_box(start()), boxed, look, steps)),
            ),
        ],
    )
}

/// Measures a million steps of the tutorial's problem in one run, which ends among the smallest numbers, against as many in runs of a
/// thousand, which do not.
#[must_use]
pub fn long_run<R: UpdateRule + From<AmsGrad>>(budget: Duration) -> Comparison {
    const MILLION: u32 = 1_000_000;
    let run = |steps: u32| minimizer::<2, R>(black_box(start()), false, Look::StepLimit, steps);
    let runs = |steps: u32| -> Box<dyn FnMut()> {
        Box::new(move || (0..MILLION / steps).for_each(|_| _ = black_box(run(steps))))
    };
    compare(
        "the tutorial's problem, a million steps".into(),
        "million steps/s",
        f64::from(MILLION) / 1e6,
        budget,
        vec![("in runs of 1000".into(), runs(1000)), ("in one run".into(), runs(MILLION))],
    )
}

/// Runs a small path by its name, to count its instructions: `minimizer` or `bare`, 100 steps of the tutorial's
/// problem; `optimizer`, 100 steps by hand of 16 parameters. Other names do nothing.
pub fn small_path<R: UpdateRule + From<AmsGrad>>(name: &str) {
    match name {
        "minimizer" => _ = black_box(minimizer::<2, R>(start(), false, Look::StepLimit, STEPS)),
        "bare" => _ = black_box(bare::<2>(start(), false, Look::StepLimit, STEPS)),
        "optimizer" => {
            let mut optimizer = Optimizer::new(AmsGrad::new(1e-3));
            let (mut x, gradient) = ([0.5_f32; 16], [0.1; 16]);
            (0..STEPS).for_each(|_| _ = black_box(optimizer.step([(&mut x, &gradient)])));
        }
        _ => {}
    }
}

/// The start that the tutorial draws, repeated.
fn start<const N: usize>() -> [f64; N] {
    core::array::from_fn(|i| [-0.165955990594852, 0.4406489868843162][i % 2])
}

/// Through the public interface.
#[inline(never)]
fn minimizer<const N: usize, R: UpdateRule + From<AmsGrad>>(
    start: [f64; N],
    boxed: bool,
    look: Look,
    steps: u32,
) -> f64 {
    let objective = |x: &[f64], gradient: &mut [f64]| {
        let mut value = 0.0;
        for (x, g) in x.iter().zip(gradient) {
            *g = 2.0 * x;
            value += x * x;
        }
        value
    };
    let mut minimizer =
        Minimizer::new(objective).rule(R::from(AmsGrad::tutorial())).start(start).steps(steps.into());
    if boxed {
        minimizer = minimizer.bounds([(-1.0, 1.0); N]);
    }
    if look == Look::GradientTest {
        minimizer = minimizer.gradient_tolerance(1e-300);
    }
    let run = if look == Look::Observer {
        let mut sum = 0.0;
        let run = minimizer.run_observed(|record: &Record<'_, f64>| {
            sum += record.value;
            ControlFlow::Continue(())
        });
        black_box(sum);
        run
    } else {
        minimizer.run()
    };
    run.map_or(f64::NAN, |outcome| outcome.best.value)
}

#[inline(never)]
fn bare<const N: usize>(start: [f64; N], boxed: bool, look: Look, steps: u32) -> ([f64; N], f64) {
    let (mut x, mut m, mut v, mut v_hat) = (start, [0.0; N], [0.0; N], [0.0_f64; N]);
    let (mut beta1, epsilon, tolerance) = (1.0, black_box(0.0), black_box(1e-300));
    let (lower, upper) = (black_box([-1.0; N]), black_box([1.0; N]));
    let mut best = (x, f64::INFINITY);
    let mut sum = 0.0;
    for step in 0..=steps {
        let g = x.map(|x| 2.0 * x);
        let value = x.iter().map(|x| x * x).sum::<f64>();
        if !(value.is_finite() && x.iter().chain(&g).all(|number| number.is_finite())) {
            return best;
        }
        if value < best.1 {
            best = (x, value);
        }
        if look == Look::Observer {
            sum += value;
        }
        if step == steps || look == Look::GradientTest && g.iter().all(|g| g.abs() <= tolerance) {
            break;
        }
        beta1 *= 0.9;
        for i in 0..N {
            m[i] = beta1 * m[i] + (1.0 - beta1) * g[i];
            v[i] = 0.99 * v[i] + (1.0 - 0.99) * g[i] * g[i];
            v_hat[i] = if v_hat[i] > v[i] { v_hat[i] } else { v[i] };
            x[i] -= 0.007 * m[i] / (v_hat[i].sqrt() + epsilon);
            if boxed {
                x[i] = x[i].max(lower[i]).min(upper[i]);
            }
        }
    }
    black_box(sum);
    best
}
