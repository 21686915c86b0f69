//! An observer changes nothing: a run with one ends with the same bits as a run without.

use core::ops::ControlFlow;

use amsgrad::rule::{Rule, for_each_rule};
use amsgrad::{AmsGrad, AnyRule, Dialect, Minimizer, Outcome, Real, Record, Schedule, Stop};
use proptest::prelude::*;

type Answer<T> = Result<T, &'static str>;

/// What is minimized, of one type for every kind, so that each rule's runs are compiled once.
type Objective<T> = Box<dyn FnMut(&[T], &mut [T]) -> Answer<T>>;

/// The kinds: two bowls with a minimum at or away from 0, one so flat that squares underflow, a slope without end, one
/// coordinate without slope, an objective that fails, and one that is not finite after a while.
const KINDS: usize = 7;

fn objective<T: Real>(kind: usize) -> Objective<T> {
    let number = |value: f64| T::from_f64(value);
    let mut calls = 0;
    Box::new(move |x, gradient| {
        calls += 1;
        let mut value = T::default();
        for (i, (x, slope)) in x.iter().zip(gradient).enumerate() {
            let (center, scale) = match kind {
                0 => (0.0, 1.0),
                2 => (0.0, 1e-18),
                _ => (0.3 * i as f64 + 0.1, 0.5 + i as f64),
            };
            let distance = *x - number(center);
            match kind {
                3 => (value, *slope) = (value + *x, number(1.0)),
                4 if i == 0 => *slope = number(0.0),
                _ => {
                    value = value + number(scale) * distance * distance;
                    *slope = number(2.0 * scale) * distance;
                }
            }
        }
        match kind {
            5 if calls > 90 => Err("no answer"),
            6 if calls > 90 => Ok(number(f64::NAN)),
            _ => Ok(value),
        }
    })
}

/// Everything an outcome says, with every bit of its numbers.
fn said<T: Real>(outcome: &Outcome<T>) -> String {
    format!("{outcome:?}")
}

fn check<T: Real, R: Rule>(rule: &R, kind: usize, start: &[f64], stop: &Stop) {
    let minimizer =
        || Minimizer::new(objective::<T>(kind)).rule(rule.clone()).start(start).stop(stop.clone());
    let go_on = |_: &Record<'_, T>| ControlFlow::Continue(());
    let Ok(alone) = minimizer().run() else {
        assert!(minimizer().run_observed(go_on).is_err());
        return;
    };
    let watched = minimizer().run_observed(go_on).unwrap();
    let about = format!("{rule:?} from {start:?}, kind {kind}, {stop:?}");
    assert_eq!(said(&alone), said(&watched), "{about}");
    let (alone, watched) =
        (minimizer().resume(&alone).run(), minimizer().resume(&watched).run_observed(go_on));
    match (alone, watched) {
        (Ok(alone), Ok(watched)) => assert_eq!(said(&alone), said(&watched), "resumed: {about}"),
        (alone, watched) => assert_eq!(alone.is_err(), watched.is_err(), "resumed: {about}"),
    }
}

fn check_types<R: Rule>(rule: &R, kind: usize, start: &[f64], stop: &Stop) {
    check::<f32, R>(rule, kind, start, stop);
    check::<f64, R>(rule, kind, start, stop);
}

fn steps(steps: u64) -> Stop {
    let mut stop = Stop::default();
    stop.steps = Some(steps);
    stop
}

#[test]
fn every_rule_with_its_defaults() {
    for_each_rule!(R => {
        let mut rule = R::default();
        *rule.learning_rate_mut() = 0.1.into();
        for kind in 0..KINDS {
            check_types(&rule, kind, &[0.7, -1.3], &steps(1100));
            check_types(&rule, kind, &[-0.4], &steps(150));
            check_types(&rule, kind, &[0.7, -1.3, 2.0], &steps(70));
        }
    });
}

#[test]
fn a_run_down_to_the_smallest_numbers() {
    for rate in [0.007, 0.1, 0.5] {
        let rule = AmsGrad::new(rate).beta1(Schedule::power(0.9)).beta2(0.99).epsilon(0.0);
        check_types(&rule, 0, &[-0.165955990594852, 0.4406489868843162], &steps(9000));
        check_types(&rule, 2, &[1e-6, 3.0], &steps(3000));
    }
}

/// Schedules of every kind.
fn schedule(low: f64, high: f64) -> impl Strategy<Value = Schedule> {
    (0..6_usize, low..high, 0.5..1.0_f64).prop_map(move |(kind, a, factor)| match kind {
        0 | 1 => Schedule::constant(a),
        2 => Schedule::power(factor * high.min(0.999)),
        3 => Schedule::exponential(a, factor),
        4 => Schedule::inverse_sqrt(a),
        _ => Schedule::linear(a, low, 40),
    })
}

fn coordinate() -> impl Strategy<Value = f64> {
    let special = vec![0.0, -0.0, 1e-320, 1e-160, 1e-30, 1e160, 1e300, f64::MAX];
    prop_oneof![3 => -3.0..3.0_f64, 1 => prop::sample::select(special)]
}

/// Runs without an observer, with one, and step by step.
fn check_dimension<T: Real>(dimension: usize, stop: &Stop) {
    let rule = AmsGrad::new(Schedule::inverse_sqrt(0.2)).dialect(Dialect::Torch);
    let start: Vec<f64> = (0..dimension).map(|i| 2.0 - 0.3 * i as f64).collect();
    let minimizer =
        || Minimizer::new(objective::<T>(1)).rule(rule.clone()).start(start.clone()).stop(stop.clone());
    let about = format!("{dimension} coordinates, {stop:?}");
    let run = said(&minimizer().run().unwrap());
    let observed = minimizer().run_observed(|_: &Record<'_, T>| ControlFlow::Continue(())).unwrap();
    assert_eq!(run, said(&observed), "observed: {about}");
    let mut stepper = minimizer().stepper::<T>().unwrap();
    stepper.by_ref().for_each(drop);
    assert_eq!(run, said(&stepper.finish()), "stepper: {about}");
    let erased = minimizer().rule(AnyRule::new(rule.clone())).run().unwrap();
    assert_eq!(run, said(&erased), "any rule: {about}");
}

#[test]
fn in_every_number_of_dimensions() {
    for dimension in 0..=40 {
        let (mut tested, mut compared) = (steps(100), steps(60));
        (tested.gradient, tested.relative_gradient, tested.target) = (Some(0.5), Some(0.01), Some(0.1));
        (compared.point_change, compared.value_change) = (Some(1e-3), Some(1e-4));
        for stop in [steps(0), steps(100), tested, compared] {
            check_dimension::<f32>(dimension, &stop);
            check_dimension::<f64>(dimension, &stop);
        }
    }
}

#[test]
fn a_record_has_the_norm_that_the_gradient_test_uses_and_the_euclidean_one() {
    let plane = |_: &[f64], gradient: &mut [f64]| {
        gradient.copy_from_slice(&[3.0, -4.0]);
        0.0
    };
    let seen = |minimizer: Minimizer<_>, point: [f64; 2]| {
        let mut norms = (f64::NAN, f64::NAN);
        let run = minimizer.start(point).steps(0).run_observed(|record: &Record<'_, f64>| {
            norms = (record.gradient_norm(), record.euclidean_gradient_norm());
            ControlFlow::Continue(())
        });
        assert_eq!(run.unwrap().counts.values, 1);
        norms
    };
    assert_eq!(seen(Minimizer::new(plane).rule(amsgrad::AmsGrad::default()), [0.0, 0.0]), (4.0, 5.0));
    let boxed = || Minimizer::new(plane).rule(amsgrad::AmsGrad::default()).bounds([(-1.0, 1.0); 2]);
    assert_eq!(seen(boxed(), [0.0, 0.0]), (4.0, 5.0));
    assert_eq!(seen(boxed(), [0.0, 1.0]), (3.0, 5.0), "the second points out of the box");
    assert_eq!(seen(boxed(), [-1.0, 1.0]), (0.0, 5.0));
    assert_eq!(seen(boxed().maximize(), [-1.0, 1.0]), (4.0, 5.0), "upwards it does not");
    // On the edge of the ball opposite the gradient no step inside goes downhill.
    let ball = Minimizer::new(plane)
        .rule(amsgrad::AmsGrad::default())
        .within(amsgrad::Ball::new([0.0, 0.0], 5.0).unwrap());
    let (norm, euclidean) = seen(ball, [-3.0, 4.0]);
    assert!(norm <= 1e-14 && euclidean == 5.0, "{norm}");
}

proptest! {
    #[test]
    fn with_any_settings(
        (rate, beta1) in (schedule(1e-4, 1.0), schedule(0.0, 0.999)),
        beta2 in prop_oneof![Just(0.0), 0.5..0.9999_f64],
        epsilon in prop::sample::select(vec![0.0, 1e-8, 0.1]),
        dialect in prop::sample::select(Dialect::ALL.to_vec()),
        kind in 0..KINDS,
        start in prop::collection::vec(coordinate(), 1..3),
        limit in 0..1200_u64,
        gradient in prop::option::weighted(0.3, 0.0..0.5_f64),
        target in prop::option::weighted(0.3, 0.0..0.5_f64),
    ) {
        let rule = AmsGrad::new(rate).beta1(beta1).beta2(beta2).epsilon(epsilon).dialect(dialect);
        let mut stop = steps(limit);
        (stop.gradient, stop.target) = (gradient, target);
        check_types(&rule, kind, &start, &stop);
    }
}
