//! Runs with nothing set but a start: they find their learning rates, units and end.

use std::ops::ControlFlow;

use amsgrad::objective::FiniteDifference;
use amsgrad::outcome::Test;
use amsgrad::{Adam, AmsGrad, Ball, LearningRate, Minimizer, Outcome, Real, Record, Schedule, Status};

use super::support::bits;

fn valley<T: Real>(x: &[T], gradient: &mut [T]) -> f64 {
    let (a, b) = (x[0].to_f64(), x[1].to_f64());
    let (left, up) = (1.0 - a, b - a * a);
    gradient[0] = T::from_f64(-2.0 * left - 400.0 * a * up);
    gradient[1] = T::from_f64(200.0 * up);
    left * left + 100.0 * up * up
}

fn found(outcome: &Outcome<f64>, point: &[f64]) -> bool {
    outcome.best.point.iter().zip(point).all(|(x, right)| (x - right).abs() <= 1e-3 * right.abs().max(1e-3))
}

#[test]
fn a_start_is_enough() {
    let outcome = Minimizer::new(valley::<f64>).start([-1.2, 1.0]).run().unwrap();
    assert!(found(&outcome, &[1.0, 1.0]), "{outcome:?}");
    assert!(matches!(outcome.status, Status::Converged { test: Test::Gain, .. }), "{}", outcome.status);
    assert!(outcome.counts.values <= 50_001 && outcome.counts.steps <= 50_000);
    let units = |x: &[f64], gradient: &mut [f64]| {
        let (a, b) = (x[0] / 1e-3 - 1.0, x[1] / 1e3 - 1.0);
        (gradient[0], gradient[1]) = (2.0 * a / 1e-3, 2.0 * b / 1e3);
        a * a + b * b
    };
    let outcome = Minimizer::new(units).start([0.002, 500.0]).run().unwrap();
    assert!(found(&outcome, &[1e-3, 1e3]), "{outcome:?}");
    let up = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = -2.0 * (x[0] - 3.0);
        -(x[0] - 3.0) * (x[0] - 3.0)
    };
    let outcome = Minimizer::new(up).start([0.0]).maximize().run().unwrap();
    assert!(found(&outcome, &[3.0]), "{outcome:?}");
    let single = |x: &[f32], gradient: &mut [f32]| valley(x, gradient) as f32;
    let outcome = Minimizer::new(single).start([-1.2, 1.0]).run::<f32>().unwrap();
    assert!(outcome.best.value < 1e-6, "{outcome:?}");
}

#[test]
fn a_rate_or_a_rule_that_is_set_is_used() {
    let plain = || Minimizer::new(valley::<f64>).start([0.5, 0.5]).steps(20);
    let own = plain().rule(AmsGrad::default()).run().unwrap();
    assert_eq!((own.search.as_ref(), own.counts.steps), (None, 20));
    assert_eq!(own, plain().learning_rate(0.001).run().unwrap());
    let both = plain().learning_rate(0.5).rule(Adam::default()).run().unwrap();
    assert_eq!(both, plain().rule(Adam::default()).learning_rate(0.5).run().unwrap());
    let found = plain().rule(Adam::default()).learning_rate(LearningRate::Automatic).run().unwrap();
    assert!(found.search.is_some());
}

#[test]
fn an_observer_changes_nothing_and_sees_the_best() {
    let run = || Minimizer::new(valley::<f64>).bounds([(-2.0, 2.0); 2]).start([-1.2, 1.0]);
    let plain = run().run().unwrap();
    let (mut steps, mut least) = (Vec::new(), f64::INFINITY);
    let observed = run()
        .run_observed(|record: &Record<'_, f64>| {
            assert!(record.point.iter().all(|x| (-2.0..=2.0).contains(x)));
            let mut gradient = [0.0; 2];
            assert_eq!(valley(record.point, &mut gradient).to_bits(), record.value.to_bits());
            assert_eq!(bits(&gradient), bits(record.gradient));
            steps.push(record.step);
            least = least.min(record.value);
            assert_eq!(record.best_value, least);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(plain, observed);
    // A run that ends by itself ends at its best point.
    assert_eq!((least, &plain.last), (plain.best.value, &plain.best));
    assert!(steps.contains(&plain.last.step));
    assert!(steps.is_sorted_by(|a, b| a < b) && steps.first() == Some(&0));
    assert_eq!(
        run().run_observed(|_: &Record<'_, f64>| ControlFlow::Break(())).unwrap().status,
        Status::Stopped
    );
}

#[test]
fn limits_hold_and_every_evaluation_is_inside() {
    for most in [1, 2, 3, 10, 100, 1000] {
        let mut calls = 0_u64;
        let counted = |x: &[f64], gradient: &mut [f64]| {
            calls += 1;
            assert!((-3.0..=-1.0).contains(&x[0]) && (0.0..=1e300).contains(&x[1]), "{x:?}");
            valley(x, gradient)
        };
        let run = Minimizer::new(counted).bounds([(-3.0, -1.0), (0.0, 1e300)]).start([5.0, 0.7]);
        let outcome = run.evaluations(most).run().unwrap();
        assert_eq!((calls, outcome.counts.values), (calls.min(most), calls), "{}", outcome.status);
    }
    let stopped = Minimizer::new(valley::<f64>).start([-1.2, 1.0]).target(1.0).run().unwrap();
    assert!(matches!(stopped.status, Status::TargetReached { .. }) && stopped.best.value <= 1.0);
    let tolerant = Minimizer::new(valley::<f64>).start([-1.2, 1.0]).gradient_tolerance(1e-3).run().unwrap();
    let Status::Converged { test: Test::Gradient, measured, .. } = tolerant.status else {
        panic!("{tolerant:?}")
    };
    let mut gradient = [0.0; 2];
    valley(&tolerant.last.point, &mut gradient);
    assert_eq!(gradient.into_iter().fold(0.0, |most: f64, g| most.max(g.abs())), measured);
}

#[test]
fn a_start_without_a_value_says_so() {
    let nowhere = |_: &[f64], gradient: &mut [f64]| {
        gradient[0] = 0.0;
        f64::NAN
    };
    let outcome = Minimizer::new(nowhere).start([1.0]).run().unwrap();
    assert!(matches!(outcome.status, Status::NonFinite { step: 0, .. }), "{}", outcome.status);
    let failing = |_: &[f64], _: &mut [f64]| Err::<f64, _>("no");
    let outcome = Minimizer::new(failing).start([1.0]).run::<f64>().unwrap();
    assert!(matches!(outcome.status, Status::ObjectiveFailed(_)), "{}", outcome.status);
}

#[test]
fn a_step_that_tells_nothing_is_no_convergence() {
    let square = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 2.0 * (x[0] - 3.0);
        (x[0] - 3.0) * (x[0] - 3.0)
    };
    let run = |schedule: Schedule| {
        Minimizer::new(square)
            .start([0.0])
            .learning_rate(schedule)
            .steps(5000)
            .point_tolerance(1e-9)
            .run()
            .unwrap()
    };
    let rising = run(Schedule::linear(0.0, 0.1, 100));
    assert!(rising.counts.steps > 100 && found(&rising, &[3.0]), "{rising:?}");
    assert_eq!(run(Schedule::cosine(0.1, 0.0, 20)).status, Status::StepLimit);
    // It jumps between 0 and 6.
    let bounce = Minimizer::new(square).start([0.0]).rule(amsgrad::GradientDescent::new(1.0)).steps(50);
    assert_eq!(bounce.value_tolerance(1e-9).run().unwrap().status, Status::StepLimit);
}

#[test]
fn balls_and_differences_stay_inside_whatever_is_rounded() {
    let center = [1.1, 0.0];
    let line = |x: &[f32], gradient: &mut [f32]| {
        let (a, b) = (f64::from(x[0]) - center[0], f64::from(x[1]) - center[1]);
        assert!(a.hypot(b) <= 3e-8, "{x:?}");
        (gradient[0], gradient[1]) = (1.0, -1.0);
        x[0] - x[1]
    };
    let ball = Ball::new(center, 3e-8).unwrap();
    let run = Minimizer::new(line).within(ball).start([0.0, 0.0]).learning_rate(0.1).steps(10);
    run.run::<f32>().unwrap();
    let logarithm = FiniteDifference::new(|x: &[f64]| {
        assert!((1e-30..=1.0).contains(&x[0]), "{x:?}");
        steep(x[0])
    });
    let near = f64::EPSILON.cbrt();
    Minimizer::new(logarithm)
        .bounds([(1e-30, 1.0)])
        .start([near])
        .learning_rate(1e-9)
        .steps(3)
        .run::<f64>()
        .unwrap();
}

/// A function that has no value at 0.
fn steep(x: f64) -> f64 {
    x - 1.0 / x
}

#[test]
fn too_many_warm_ups_are_refused() {
    let mut schedule = Schedule::constant(0.1);
    for _ in 0..200_000 {
        schedule = schedule.warm_up(2);
    }
    let refused = Minimizer::new(valley::<f64>).start([0.0, 0.0]).learning_rate(schedule).run::<f64>();
    assert!(refused.unwrap_err().to_string().contains("warm-ups"));
}

#[test]
fn few_steps_lead_on_as_well() {
    for steps in [10, 20, 60, 150] {
        let outcome = Minimizer::new(valley::<f64>).start([-1.2, 1.0]).steps(steps).run().unwrap();
        assert!(outcome.best.value < 24.0 && outcome.counts.steps <= steps, "{steps}: {outcome:?}");
    }
    for steps in [1, 2, 5] {
        let run = || Minimizer::new(valley::<f64>).start([-1.2, 1.0]).steps(steps);
        for outcome in [run().run().unwrap(), run().evaluations(1_000_000).run().unwrap()] {
            assert_eq!((outcome.counts.steps, &outcome.status), (steps, &Status::StepLimit), "{outcome:?}");
        }
    }
}

#[test]
fn a_box_whose_start_has_no_value_is_searched_to_the_end() {
    let half = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = if x[0] < 2.0 { f64::NAN } else { 2.0 * (x[0] - 3.0) };
        if x[0] < 2.0 { f64::NAN } else { (x[0] - 3.0) * (x[0] - 3.0) }
    };
    let outcome = Minimizer::new(half).bounds([(0.0, 5.0)]).start([1.0]).run().unwrap();
    assert!(outcome.best.value < 1e-12, "{outcome:?}");
}

#[test]
fn patience_and_tolerances_end_it() {
    // Falls ever more slowly, and so without them takes the whole budget.
    let slow = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = -1.0 / (x[0] * x[0]);
        1.0 / x[0]
    };
    let run = || Minimizer::new(slow).bounds([(1.0, f64::INFINITY)]).start([2.0]);
    let patient = run().patience(amsgrad::Patience { steps: 100, improvement: 10.0 }).run().unwrap();
    assert_eq!(patient.status, Status::NoImprovement { steps: 100 });
    let units = |x: &[f64], gradient: &mut [f64]| {
        (gradient[0], gradient[1]) = (2e6 * x[0], 2e-6 * (x[1] - 1.0));
        1e6 * x[0] * x[0] + 1e-6 * (x[1] - 1.0) * (x[1] - 1.0)
    };
    let tolerant = Minimizer::new(units).start([1e-3, 1e3]).gradient_tolerance(1e-3).run().unwrap();
    let Status::Converged { test: Test::Gradient, measured, .. } = tolerant.status else {
        panic!("{tolerant:?}")
    };
    assert!(measured <= 1e-3);
}
