//! Every way for a run to end, and what it says about it.

use core::fmt;
use core::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use amsgrad::history::History;
use amsgrad::outcome::{Quantity, Test};
use amsgrad::{
    Bounds, GradientDescent, Minimizer, Objective, Outcome, Patience, Record, Separate, Status, Stop,
};

/// x^2 in every coordinate.
fn bowl(x: &[f64], gradient: &mut [f64]) -> f64 {
    gradient.iter_mut().zip(x).for_each(|(g, x)| *g = 2.0 * x);
    x.iter().map(|x| x * x).sum()
}

/// Gradient descent on a bowl: each step takes a fifth off x.
fn shrinking() -> Minimizer<fn(&[f64], &mut [f64]) -> f64, GradientDescent> {
    let bowl: fn(&[f64], &mut [f64]) -> f64 = bowl;
    Minimizer::new(bowl).rule(GradientDescent::new(0.1)).start([1.0, -0.5])
}

fn stop(change: impl FnOnce(&mut Stop)) -> Stop {
    let mut stop = Stop::default();
    change(&mut stop);
    stop
}

fn run(change: impl FnOnce(&mut Stop)) -> Outcome<f64> {
    shrinking().stop(stop(change)).run().unwrap()
}

fn assert_converged(outcome: &Outcome<f64>, expected: Test, limit: f64) {
    match outcome.status {
        Status::Converged { test, measured, tolerance } => {
            assert_eq!((test, tolerance), (expected, limit));
            assert!(measured <= tolerance);
        }
        ref other => panic!("{other}"),
    }
}

#[test]
fn the_gradient_is_small() {
    let outcome = run(|stop| stop.gradient = Some(1e-3));
    assert_converged(&outcome, Test::Gradient, 1e-3);
    // 2 * 0.8^t <= 1e-3 from t = 35 on.
    assert_eq!(outcome.counts.steps, 35);
    assert_eq!((outcome.counts.values, outcome.counts.gradients), (36, 36));
}

#[test]
fn the_gradient_is_small_beside_the_first() {
    let outcome = run(|stop| stop.relative_gradient = Some(0.1));
    assert_converged(&outcome, Test::RelativeGradient, 0.1);
    assert_eq!(outcome.counts.steps, 11, "0.8^11 = 0.086");
    // A start without a slope is stationary, whatever the tolerance.
    let flat =
        shrinking().start([0.0, 0.0]).stop(stop(|stop| stop.relative_gradient = Some(0.0))).run::<f64>();
    assert_converged(&flat.unwrap(), Test::RelativeGradient, 0.0);
}

#[test]
fn a_gradient_that_points_out_of_the_box_counts_as_none() {
    let bounds = Bounds::cube(2, 0.5, 2.0).unwrap();
    let outcome = shrinking().within(bounds).gradient_tolerance(0.0).run::<f64>().unwrap();
    assert_converged(&outcome, Test::Gradient, 0.0);
    assert_eq!(outcome.last.point, [0.5, 0.5]);
    let upwards = shrinking().maximize().within(Bounds::cube(2, -2.0, 2.0).unwrap()).gradient_tolerance(0.0);
    let outcome = upwards.run::<f64>().unwrap();
    assert_converged(&outcome, Test::Gradient, 0.0);
    assert_eq!(outcome.best.point, [2.0, -2.0]);
}

#[test]
fn the_target_is_reached() {
    let outcome = run(|stop| stop.target = Some(0.5));
    assert!(matches!(outcome.status, Status::TargetReached { value, target: 0.5 } if value <= 0.5));
    assert_eq!(outcome.counts.steps, 3, "1.25 * 0.64^3 = 0.33");
    assert!(!outcome.status.is_converged() && !outcome.status.is_failure());
    let upwards = shrinking().maximize().target(3.0).run::<f64>().unwrap();
    assert!(matches!(upwards.status, Status::TargetReached { value, .. } if value >= 3.0));
    assert_eq!(upwards.counts.steps, 3, "1.25 * 1.44^3 = 3.7");
}

#[test]
fn point_or_value_change_little() {
    let outcome = run(|stop| stop.point_change = Some(0.01));
    assert_converged(&outcome, Test::PointChange, 0.01);
    assert_eq!(outcome.counts.steps, 15, "a step of 0.2 * 0.8^14 = 0.0088");
    let outcome = run(|stop| stop.value_change = Some(0.01));
    assert_converged(&outcome, Test::ValueChange, 0.01);
    assert_eq!(outcome.counts.steps, 10, "a change of 1.25 * 0.36 * 0.64^9 = 0.0081");
}

#[test]
fn patience_runs_out() {
    let patience = |improvement| Some(Patience { steps: 4, improvement });
    let outcome = run(|stop| stop.patience = patience(0.3));
    assert_eq!(outcome.status, Status::NoImprovement { steps: 4 });
    // 1.25 -> 0.8 -> 0.512 (too little), 0.328 is 0.47 below 0.8; from there on nothing can be.
    assert_eq!(outcome.counts.steps, 7);
    assert_eq!(outcome.best.step, 7, "the best point is the best, though too little better to wait for");
    let flat = Minimizer::new(|_: &[f64], _: &mut [f64]| 1.0)
        .rule(amsgrad::AmsGrad::default())
        .start([0.0])
        .stop(stop(|stop| stop.patience = patience(0.0)));
    let outcome = flat.run::<f64>().unwrap();
    assert_eq!((outcome.status, outcome.counts.steps), (Status::NoImprovement { steps: 4 }, 4));
    assert_eq!(outcome.best.step, 0);
    let upwards = shrinking().maximize().stop(stop(|stop| {
        stop.patience = patience(0.0);
        stop.steps = Some(20);
    }));
    assert_eq!(upwards.run::<f64>().unwrap().status, Status::StepLimit, "upwards is better here");
}

#[test]
fn limits() {
    let outcome = run(|stop| stop.steps = Some(7));
    assert_eq!((outcome.status, outcome.counts.steps, outcome.counts.values), (Status::StepLimit, 7, 8));
    assert_eq!(outcome.last.step, 7);
    let outcome = run(|stop| stop.evaluations = Some(7));
    assert_eq!(
        (outcome.status, outcome.counts.steps, outcome.counts.values),
        (Status::EvaluationLimit, 6, 7)
    );
    assert_eq!(run(|_| {}).counts.steps, 1000, "the default");
}

#[test]
fn an_evaluation_may_cost_more_than_one_value() {
    use amsgrad::objective::{Cost, ObjectiveError};
    struct Dear;
    impl Objective<f64> for Dear {
        fn evaluate(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64, ObjectiveError> {
            Ok(bowl(point, gradient))
        }
        fn cost(&self, dimension: usize) -> Cost {
            Cost { values: 1 + 2 * dimension as u64, gradients: 0 }
        }
    }
    let outcome = Minimizer::new(Dear)
        .rule(amsgrad::AmsGrad::default())
        .start([1.0, 1.0])
        .stop(stop(|stop| stop.evaluations = Some(23)))
        .run()
        .unwrap();
    assert_eq!(outcome.status, Status::EvaluationLimit);
    assert_eq!((outcome.counts.steps, outcome.counts.values, outcome.counts.gradients), (3, 20, 0));
}

#[cfg(feature = "clock")]
#[test]
fn time_is_up() {
    use std::time::Duration;
    let outcome = shrinking().time_limit(Duration::from_millis(20)).steps(u64::MAX).run::<f64>().unwrap();
    assert_eq!(outcome.status, Status::TimeLimit);
    assert!(outcome.elapsed.unwrap() >= Duration::from_millis(20));
    assert!(shrinking().run::<f64>().unwrap().elapsed.is_none(), "no clock where none is asked for");
    assert!(shrinking().timed().run::<f64>().unwrap().elapsed.is_some());
    let none = shrinking().time_limit(Duration::ZERO).run::<f64>().unwrap();
    assert_eq!((none.status, none.counts.steps), (Status::TimeLimit, 0));
}

#[test]
fn the_observer_stops_the_run() {
    let mut seen = Vec::new();
    let outcome = shrinking().run_observed(|record: &Record<'_, f64>| {
        seen.push((
            record.step,
            record.value,
            record.best_value,
            record.learning_rate(),
            record.gradient_norm(),
        ));
        if record.step == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let outcome = outcome.unwrap();
    assert_eq!((outcome.status, outcome.last.step), (Status::Stopped, 3));
    assert_eq!(seen.iter().map(|record| record.0).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(seen[0], (0, 1.25, 1.25, None, 2.0));
    assert_eq!((seen[1].3, seen[3].1), (Some(0.1), outcome.last.value));
}

#[test]
fn a_flag_interrupts_the_run() {
    let flag = Arc::new(AtomicBool::new(true));
    let at_once = shrinking().interrupt(flag.clone()).run::<f64>().unwrap();
    assert_eq!((at_once.status, at_once.counts.steps, at_once.counts.values), (Status::Stopped, 0, 1));
    let converged = shrinking().interrupt(flag.clone()).gradient_tolerance(2.0).run::<f64>().unwrap();
    assert!(converged.status.is_converged(), "what ends the run anyway is named: {}", converged.status);
    let limited = shrinking().interrupt(flag.clone()).steps(0).run::<f64>().unwrap();
    assert_eq!(limited.status, Status::StepLimit);
    let mut stepper = shrinking().interrupt(flag.clone()).stepper::<f64>().unwrap();
    assert_eq!((stepper.by_ref().count(), stepper.finish().status), (1, Status::Stopped));

    let (raised, mut calls) = (flag.clone(), 0);
    let counted = move |x: &[f64], gradient: &mut [f64]| {
        calls += 1;
        raised.store(calls >= 8, Ordering::Relaxed);
        bowl(x, gradient)
    };
    flag.store(false, Ordering::Relaxed);
    let run =
        Minimizer::new(counted).rule(GradientDescent::new(0.1)).start([1.0, -0.5]).interrupt(flag.clone());
    let run = run.run::<f64>().unwrap();
    assert_eq!((&run.status, run.counts.steps, run.counts.values), (&Status::Stopped, 7, 8));
    let rest = shrinking().resume(&run).steps(3).run::<f64>().unwrap();
    let whole = shrinking().steps(10).run::<f64>().unwrap();
    assert_eq!((rest.last, rest.state), (whole.last, whole.state));

    flag.store(false, Ordering::Relaxed);
    let mut seen = 0;
    let observed = shrinking().interrupt(flag.clone()).run_observed(|_: &Record<'_, f64>| {
        seen += 1;
        flag.store(seen == 5, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    let observed = observed.unwrap();
    assert_eq!(observed.status, Status::Stopped);
    assert!((5..=6).contains(&seen), "soon after: {seen}");
}

#[test]
fn a_flag_is_set_from_another_thread() {
    let flag = Arc::new(AtomicBool::new(false));
    let endless = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = x[0].sin();
        x[0]
    };
    let run = Minimizer::new(endless)
        .rule(amsgrad::AmsGrad::default())
        .start([1.0])
        .steps(u64::MAX)
        .interrupt(flag.clone());
    let handle = std::thread::spawn(move || run.run::<f64>().unwrap());
    std::thread::sleep(std::time::Duration::from_millis(20));
    flag.store(true, Ordering::Relaxed);
    assert_eq!(handle.join().unwrap().status, Status::Stopped);
}

#[test]
fn every_condition_is_checked_before_the_first_step() {
    let conditions: [(&str, fn(&mut Stop)); 5] = [
        ("converged", |stop| stop.gradient = Some(2.0)),
        ("converged", |stop| stop.relative_gradient = Some(1.0)),
        ("target-reached", |stop| stop.target = Some(1.25)),
        ("step-limit", |stop| stop.steps = Some(0)),
        ("evaluation-limit", |stop| stop.evaluations = Some(1)),
    ];
    for (name, condition) in conditions {
        let outcome = run(condition);
        assert_eq!((outcome.status.name(), outcome.counts.steps, outcome.counts.values), (name, 0, 1));
        assert_eq!((outcome.best.step, &outcome.best.point), (0, &vec![1.0, -0.5]));
    }
    let stopped = shrinking().run_observed(|_: &Record<'_, f64>| ControlFlow::Break(())).unwrap();
    assert_eq!((stopped.status, stopped.counts.steps), (Status::Stopped, 0));
    // What compares with a step before has nothing to compare with yet.
    let changes = run(|stop| {
        stop.point_change = Some(f64::MAX);
        stop.value_change = Some(f64::MAX);
    });
    assert_converged(&changes, Test::PointChange, f64::MAX);
    assert_eq!(changes.counts.steps, 1);
}

#[test]
fn a_value_that_is_not_finite_ends_the_run_with_the_best_so_far() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let objective = |x: &[f64], gradient: &mut [f64]| {
            let value = bowl(x, gradient);
            if value < 0.5 { bad } else { value }
        };
        let outcome =
            Minimizer::new(objective).rule(GradientDescent::new(0.1)).start([1.0, -0.5]).record_history();
        let outcome = outcome.run::<f64>().unwrap();
        let Status::NonFinite { step: 3, quantity: Quantity::Value { value } } = outcome.status else {
            panic!("{}", outcome.status);
        };
        assert_eq!(value.to_bits(), bad.to_bits());
        assert_eq!((outcome.best.step, outcome.last.step), (2, 3));
        assert!((outcome.best.value - 0.512).abs() < 1e-12 && !outcome.last.value.is_finite());
        assert_eq!(outcome.history.entries().len(), 3, "what failed is no entry");
    }
}

#[test]
fn a_gradient_that_is_not_finite_ends_the_run_before_it_touches_the_state() {
    let objective = |x: &[f64], gradient: &mut [f64]| {
        let value = bowl(x, gradient);
        if value < 0.5 {
            gradient[1] = f64::NAN;
        }
        value
    };
    let outcome = Minimizer::new(objective).learning_rate(0.1).start([1.0, -0.5]).run::<f64>().unwrap();
    let Status::NonFinite { step, quantity: Quantity::Gradient { coordinate: 1, .. } } = outcome.status
    else {
        panic!("{}", outcome.status);
    };
    assert_eq!((outcome.last.step, outcome.state.step), (step, step));
    assert!(outcome.state.slots.iter().flat_map(|slot| &slot.values).all(|number| number.is_finite()));
    assert_eq!(outcome.best.step, step, "the value there is finite and the best");
    assert!(outcome.best.value < 0.5 && outcome.best.value == outcome.last.value);
}

#[test]
fn a_finite_value_counts_as_best_only_where_it_is_better() {
    // Upwards, and the gradient breaks where the value is worse.
    let objective = |x: &[f64], gradient: &mut [f64]| {
        let value = bowl(x, gradient);
        if value > 2.0 {
            gradient[0] = f64::INFINITY;
        }
        value
    };
    let run =
        Minimizer::new(objective).rule(GradientDescent::new(1.5)).start([1.0, -0.5]).run::<f64>().unwrap();
    assert_eq!(run.status.name(), "non-finite");
    assert_eq!((run.best.step, run.last.step), (0, 1));
    let huge = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 1e300;
        x[0]
    };
    let run = Minimizer::new(huge).rule(amsgrad::AmsGrad::default()).start([2.0]).run::<f64>().unwrap();
    assert!(matches!(
        run.status,
        Status::NonFinite { step: 0, quantity: Quantity::HugeGradient { coordinate: 0, value: 1e300, .. } }
    ));
    assert_eq!((run.best.value, run.best.point), (2.0, vec![2.0]));
}

#[test]
fn nothing_is_evaluated_at_a_point_that_is_not_finite() {
    let objective = |x: &[f64], gradient: &mut [f64]| {
        assert!(x.iter().all(|x| x.is_finite()), "evaluated at {x:?}");
        bowl(x, gradient)
    };
    let outcome =
        Minimizer::new(objective).rule(GradientDescent::new(1e308)).start([1.0, 1e10]).run::<f64>().unwrap();
    let Status::NonFinite { step: 1, quantity: Quantity::Point { coordinate: 0, value } } = outcome.status
    else {
        panic!("{}", outcome.status);
    };
    assert_eq!(value, f64::NEG_INFINITY);
    assert_eq!((outcome.counts.values, outcome.best.step, outcome.last.step), (1, 0, 1));
    assert!(outcome.last.value.is_nan());
}

#[test]
fn a_start_beyond_the_number_type_is_not_evaluated() {
    let objective = |_: &[f32], _: &mut [f32]| -> f32 { panic!("evaluated") };
    let outcome =
        Minimizer::new(objective).rule(amsgrad::AmsGrad::default()).start([1e300]).run::<f32>().unwrap();
    assert!(matches!(outcome.status, Status::NonFinite { step: 0, quantity: Quantity::Point { .. } }));
    assert!(outcome.best.value.is_nan());
}

#[derive(Debug, PartialEq)]
struct SensorLost(u32);

impl fmt::Display for SensorLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sensor {} is lost", self.0)
    }
}

impl std::error::Error for SensorLost {}

#[test]
fn an_objective_that_fails_leaves_the_best_so_far_and_its_error() {
    use std::error::Error;
    let objective = |x: &[f64], gradient: &mut [f64]| {
        let value = bowl(x, gradient);
        if value < 0.5 { Err(SensorLost(7)) } else { Ok(value) }
    };
    let minimizer = Minimizer::new(objective).rule(GradientDescent::new(0.1)).start([1.0, -0.5]);
    let outcome = minimizer.run::<f64>().unwrap();
    let Status::ObjectiveFailed(error) = &outcome.status else { panic!("{}", outcome.status) };
    assert_eq!(error.to_string(), "the objective failed: sensor 7 is lost");
    assert_eq!(error.source().unwrap().downcast_ref(), Some(&SensorLost(7)));
    assert!(outcome.status.is_failure());
    assert_eq!((outcome.best.step, outcome.last.step, outcome.counts.steps), (2, 3, 3));
    assert!(outcome.last.value.is_nan(), "it has no value");

    let at_once = Separate::new(|_: &[f64]| Err::<f64, _>("no"), |_: &[f64], _: &mut [f64]| {});
    let outcome =
        Minimizer::new(at_once).rule(amsgrad::AmsGrad::default()).start([3.0]).run::<f64>().unwrap();
    assert!(matches!(outcome.status, Status::ObjectiveFailed(_)));
    assert_eq!((outcome.best.point, outcome.best.step), (vec![3.0], 0));
    assert!(outcome.best.value.is_nan());
}

#[test]
fn the_first_condition_in_the_order_of_the_fields_is_named() {
    let all = |stop: &mut Stop| {
        stop.gradient = Some(10.0);
        stop.target = Some(10.0);
        stop.steps = Some(0);
    };
    assert_converged(&run(all), Test::Gradient, 10.0);
    let some = run(|stop| {
        all(stop);
        stop.gradient = None;
    });
    assert_eq!(some.status.name(), "target-reached");
}

#[test]
fn history_is_thinned_by_its_rule() {
    let flat = |_: &[f64], gradient: &mut [f64]| {
        gradient[0] = 1.0;
        0.0
    };
    assert_eq!(History::<f64>::most(1), 10_000);
    for (steps, stride, entries) in [
        (0, 1, 1),
        (9_999, 1, 10_000),
        (10_000, 2, 5_001),
        (10_001, 2, 5_002),
        (19_999, 2, 10_001),
        (70_000, 8, 8_751),
    ] {
        let outcome = Minimizer::new(flat)
            .rule(amsgrad::AmsGrad::default())
            .start([0.0])
            .steps(steps)
            .record_history()
            .run::<f64>()
            .unwrap();
        let history = &outcome.history;
        assert_eq!((history.stride(), history.entries().len()), (stride, entries), "{steps} steps");
        let (last, others) = history.entries().split_last().unwrap();
        assert_eq!((last.step, &last.point), (steps, &outcome.last.point));
        assert!(others.iter().enumerate().all(|(i, entry)| entry.step == i as u64 * stride));
    }
    assert!(
        Minimizer::new(flat)
            .rule(amsgrad::AmsGrad::default())
            .start([0.0])
            .steps(5)
            .run::<f64>()
            .unwrap()
            .history
            .entries()
            .is_empty()
    );
}

#[test]
fn tolerances_out_of_range_are_named() {
    let cases: [(fn(&mut Stop), &str); 9] = [
        (|stop| stop.gradient = Some(-1.0), "stop.gradient is -1; allowed: a finite number, 0 or more"),
        (
            |stop| stop.relative_gradient = Some(f64::NAN),
            "stop.relative_gradient is NaN; allowed: a finite number, 0 or more",
        ),
        (
            |stop| stop.point_change = Some(f64::INFINITY),
            "stop.point_change is inf; allowed: a finite number, 0 or more",
        ),
        (
            |stop| stop.value_change = Some(-0.1),
            "stop.value_change is -0.1; allowed: a finite number, 0 or more",
        ),
        (|stop| stop.target = Some(f64::NAN), "stop.target is NaN; allowed: any number but NaN"),
        (
            |stop| stop.evaluations = Some(0),
            "stop.evaluations is 0; allowed: 1 or more, for the start is evaluated",
        ),
        (
            |stop| stop.patience = Some(Patience { steps: 0, improvement: 0.0 }),
            "stop.patience.steps is 0; allowed: 1 or more",
        ),
        (
            |stop| stop.patience = Some(Patience { steps: 1, improvement: -1.0 }),
            "stop.patience.improvement is -1; allowed: a finite number, 0 or more",
        ),
        (
            |stop| stop.patience = Some(Patience { steps: 1, improvement: f64::NAN }),
            "stop.patience.improvement is NaN; allowed: a finite number, 0 or more",
        ),
    ];
    for (change, message) in cases {
        let error = shrinking().stop(stop(change)).run::<f64>().unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
