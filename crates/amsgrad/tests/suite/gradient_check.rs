//! The gradient check finds what is wrong, names it, and finds nothing where nothing is.

use amsgrad::check::{Cause, Verdict};
use amsgrad::objective::Vectorized;
use amsgrad::problem::{Function, Problem};
use amsgrad::{Ball, Bounds, Constraint, Error, GradientCheck, GradientReport, Minimizer, Status};
use proptest::prelude::*;

/// The value, and the right gradient.
fn valley(x: &[f64], gradient: &mut [f64]) -> f64 {
    let n = x.len();
    let mut value = 0.0;
    for i in 0..n {
        let weight = 1.0 + i as f64;
        gradient[i] = weight * (x[i] * x[i] - 1.0);
        value += weight * (x[i] * x[i] * x[i] / 3.0 - x[i]);
    }
    value
}

const POINT: [f64; 4] = [0.3, 1.7, -2.2, 0.4];

fn checked(mut spoil: impl FnMut(&[f64], &mut [f64])) -> GradientReport {
    let mut objective = |x: &[f64], gradient: &mut [f64]| {
        let mut right = vec![0.0; x.len()];
        let value = valley(x, &mut right);
        spoil(&right, gradient);
        value
    };
    GradientCheck::default().run(&mut objective, &POINT).expect("a finite point")
}

fn scaled(factor: f64) -> impl FnMut(&[f64], &mut [f64]) {
    move |right, gradient| gradient.iter_mut().zip(right).for_each(|(g, r)| *g = factor * r)
}

#[test]
fn the_cause_is_named() {
    let cause = |report: GradientReport| {
        assert!(report.disagrees(), "{report}");
        report.cause
    };
    assert_eq!(cause(checked(scaled(-1.0))), Some(Cause::Sign));
    assert_eq!(cause(checked(scaled(2.0))), Some(Cause::Factor { factor: 2.0, likely: Some("2") }));
    assert_eq!(cause(checked(scaled(0.5))), Some(Cause::Factor { factor: 0.5, likely: Some("1/2") }));
    assert_eq!(cause(checked(scaled(4.0))), Some(Cause::Factor { factor: 4.0, likely: Some("n") }));
    assert_eq!(cause(checked(scaled(0.25))), Some(Cause::Factor { factor: 0.25, likely: Some("1/n") }));
    let other = cause(checked(scaled(1.7)));
    assert!(matches!(other, Some(Cause::Factor { factor, likely: None }) if (factor - 1.7).abs() < 1e-9));
    assert_eq!(cause(checked(|_, gradient| gradient.fill(0.0))), Some(Cause::Zero));
    assert_eq!(cause(checked(|_, _| {})), Some(Cause::NotWritten { coordinates: vec![0, 1, 2, 3] }));
    let forgotten = cause(checked(|right, gradient| gradient[1..].copy_from_slice(&right[1..])));
    assert_eq!(forgotten, Some(Cause::NotWritten { coordinates: vec![0] }));
    let added = cause(checked(|right, gradient| gradient.iter_mut().zip(right).for_each(|(g, r)| *g += r)));
    assert_eq!(added, Some(Cause::Accumulated { coordinates: vec![0, 1, 2, 3] }));
    let swapped = cause(checked(|right, gradient| {
        gradient.copy_from_slice(right);
        gradient.swap(1, 3);
    }));
    assert_eq!(swapped, Some(Cause::Swapped { first: 1, second: 3 }));
    let rotated = cause(checked(|right, gradient| {
        gradient.copy_from_slice(right);
        gradient.rotate_left(1);
    }));
    assert_eq!(rotated, Some(Cause::Permuted));
    let signs = cause(checked(|right, gradient| {
        gradient.copy_from_slice(right);
        gradient[2] = -gradient[2];
    }));
    assert_eq!(signs, Some(Cause::SignOf { coordinates: vec![2] }));
    let mut last = vec![0.0; 4];
    let stale = cause(checked(move |right, gradient| {
        gradient.copy_from_slice(&last);
        last.copy_from_slice(right);
    }));
    assert_eq!(stale, Some(Cause::Stale));
    let odd = checked(|right, gradient| {
        gradient.copy_from_slice(right);
        gradient[2] += 0.01;
    });
    assert_eq!((odd.disagrees(), odd.cause.clone()), (true, None));
    assert_eq!(odd.worst().unwrap().0, 2);
    assert!(odd.relative_error() > 1e-4 && odd.relative_error() < 1e-2);
}

#[test]
fn a_right_gradient_is_found_right_and_the_text_says_so() {
    let report = checked(scaled(1.0));
    assert!(!report.disagrees() && report.cause.is_none());
    assert_eq!(report.count(Verdict::Agrees), 7);
    assert!(report.relative_error() < 1e-10, "{:e}", report.relative_error());
    assert!(
        report
            .to_string()
            .starts_with("the gradient agrees with the differences of values\ncoordinates: 0 of 4 differ")
    );
    let report = checked(scaled(-1.0));
    assert!(report.to_string().ends_with("likely cause: every component has the wrong sign"), "{report}");
}

#[test]
fn kinks_noise_and_missing_values_are_called_so() {
    let verdict = |objective: &mut dyn FnMut(&[f64], &mut [f64]) -> f64, x: f64| {
        let mut objective = |x: &[f64], gradient: &mut [f64]| objective(x, gradient);
        GradientCheck::default().run(&mut objective, &[x]).unwrap().coordinates[0].1.verdict
    };
    let mut corner = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = if x[0] > 0.0 { 1.0 } else { -1.0 };
        x[0].abs()
    };
    assert_eq!(verdict(&mut corner, 0.0), Verdict::Kink);
    assert_eq!(verdict(&mut corner, 1.0), Verdict::Agrees);
    let mut random = amsgrad::random::Uniform::numpy(1);
    let mut noisy = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 2.0 * x[0];
        x[0] * x[0] + 1e-3 * random.next()
    };
    assert_eq!(verdict(&mut noisy, 1.0), Verdict::Noise);
    let mut root = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 0.5 / x[0].sqrt();
        x[0].sqrt()
    };
    assert_eq!(verdict(&mut root, 1e-9), Verdict::NonFinite);
    assert_eq!(verdict(&mut root, 1.0), Verdict::Agrees);
}

#[test]
fn nothing_is_evaluated_outside_a_box() {
    let bounds = Bounds::new([(0.0, 1.0), (-1e-9, 1e-9), (2.0, 2.0), (-9.0, 9.0)]).unwrap();
    let mut objective = |x: &[f64], gradient: &mut [f64]| {
        assert!(bounds.contains(x), "{x:?}");
        valley(x, gradient)
    };
    let check = GradientCheck { constraint: bounds.clone().into(), ..GradientCheck::default() };
    for point in [[0.0, 0.0, 2.0, 9.0], [1.0, 1e-9, 2.0, -9.0], [1e-7, -1e-9, 2.0, 0.0]] {
        let report = check.run(&mut objective, &point).unwrap();
        assert!(!report.disagrees(), "{report}");
        assert_eq!(report.coordinates[2].1.verdict, Verdict::Fixed);
    }
    let error = check.run(&mut objective, &[2.0, 0.0, 2.0, 0.0]).unwrap_err();
    assert_eq!(error.to_string(), "coordinate 0 of the point is 2; allowed: a number within the bounds");
    let ball = GradientCheck { constraint: Constraint::Ball(Ball::new([0.0; 4], 9.0).unwrap()), ..check };
    assert!(
        ball.run(&mut objective, &POINT)
            .unwrap_err()
            .to_string()
            .starts_with("constraint is a ball; allowed")
    );
}

#[test]
fn long_points_are_checked_in_part() {
    let mut objective = |x: &[f64], gradient: &mut [f64]| valley(x, gradient);
    let point: Vec<f64> = (0..5000).map(|i| 0.5 + 1e-4 * f64::from(i)).collect();
    let report =
        GradientCheck { coordinates: 20, ..GradientCheck::default() }.run(&mut objective, &point).unwrap();
    assert_eq!(report.coordinates.len(), 20);
    assert!(!report.disagrees(), "{report}");
    assert!(report.to_string().contains("0 of 20 differ (of 5000 in all)"), "{report}");
    // One wrong component that is not checked by itself shows along the directions.
    let mut wrong = |x: &[f64], gradient: &mut [f64]| {
        let value = valley(x, gradient);
        gradient[4001] *= -1.0;
        value
    };
    let report =
        GradientCheck { coordinates: 20, ..GradientCheck::default() }.run(&mut wrong, &point).unwrap();
    assert!(report.directions.iter().any(|slope| slope.verdict == Verdict::Differs), "{report}");
    assert!(report.coordinates.iter().all(|(_, slope)| slope.verdict == Verdict::Agrees));
}

#[test]
fn a_run_begins_only_with_a_right_gradient() {
    let check = GradientCheck::default;
    let outcome = Minimizer::new(valley)
        .rule(amsgrad::AmsGrad::default())
        .start(POINT.map(f64::abs))
        .check_gradient(check())
        .steps(3)
        .run()
        .unwrap();
    assert_eq!((outcome.status, outcome.counts.values), (Status::StepLimit, 4));
    let failing = |_: &[f64], _: &mut [f64]| Err::<f64, _>("no");
    let outcome = Minimizer::new(failing)
        .rule(amsgrad::AmsGrad::default())
        .start([1.0])
        .check_gradient(check())
        .run()
        .unwrap();
    assert_eq!(outcome.status.to_string(), "the objective failed: no");
    assert_eq!(outcome.gradient_check, None);
    let error = check().run(&mut failing.clone(), &[1.0]).unwrap_err();
    assert!(matches!(error, Error::Objective(_)));

    let wrong = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = x[0];
        x[0] * x[0]
    };
    let minimizer = || {
        Minimizer::new(wrong)
            .rule(amsgrad::AmsGrad::default())
            .start([3.0])
            .check_gradient(check())
            .record_history()
    };
    let outcome = minimizer().run().unwrap();
    assert_eq!((outcome.status.clone(), outcome.counts.steps), (Status::GradientDiffers, 0));
    assert_eq!((outcome.status.name(), outcome.status.is_failure()), ("gradient-differs", true));
    assert_eq!((outcome.best.value, outcome.last.value, outcome.counts.values), (9.0, 9.0, 1));
    assert!(outcome.gradient_check.unwrap().disagrees());
    let outcome = minimizer().gradient_tolerance(1e-6).stepper().unwrap().finish();
    assert_eq!(outcome.status, Status::Stopped, "it has not been evaluated yet");
    let mut stepper = minimizer().gradient_tolerance(10.0).stepper().unwrap();
    assert!(!stepper.advance(|_| {}));
    assert_eq!(stepper.status(), Some(&Status::GradientDiffers), "before any claim to have converged");
}

#[test]
fn values_that_are_far_larger_around_the_point_have_fewer_digits() {
    for (seed, x) in (0..50).flat_map(|seed| [(seed, 1e-20), (seed, 1e-7), (seed, -3e-150)]) {
        let report = |factor: f64| {
            let mut square = |x: &[f64], gradient: &mut [f64]| {
                gradient[0] = factor * x[0];
                x[0] * x[0]
            };
            GradientCheck { seed, ..GradientCheck::default() }.run(&mut square, &[x]).unwrap()
        };
        assert!(!report(2.0).disagrees(), "{seed}, {x}\n{}", report(2.0));
        assert!(report(3.0).disagrees(), "{seed}, {x}\n{}", report(3.0));
    }
}

#[test]
fn what_changes_faster_than_the_steps_is_not_accused() {
    let points = [0.3, 1.7, 123.456, 1e-3, -2.2, 0.300_000_037_1, 77.123_456_78];
    // A saw that jumps at every millionth, stairs, and a wave.
    let functions: [fn(f64, f64) -> (f64, f64); 3] = [
        |x, factor| (x % 1e-6, factor),
        |x, factor| ((1e6 * x).floor() + x, factor),
        |x, factor| ((1e7 * x).sin(), factor * 1e7 * (1e7 * x).cos()),
    ];
    for (function, x) in functions.iter().flat_map(|function| points.map(|x| (function, x))) {
        let mut objective = |x: &[f64], gradient: &mut [f64]| {
            let (value, slope) = function(x[0], 1.0);
            gradient[0] = slope;
            value
        };
        let report = GradientCheck::default().run(&mut objective, &[x]).unwrap();
        assert!(!report.disagrees(), "{x}\n{report}");
    }
    let mut wrong = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 1.1;
        x[0] % 1e-3
    };
    assert!(GradientCheck::default().run(&mut wrong, &[0.300_037]).unwrap().disagrees());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn smooth_test_problems_are_right_everywhere(shares in prop::collection::vec(0.01..0.99_f64, 4), which in 0..20_usize) {
        let function = Function::ALL[which];
        let dimension = if Problem::new(function, 4).is_ok() { 4 } else { 2 };
        let problem = Problem::new(function, dimension).unwrap();
        let domain = problem.domain();
        let point: Vec<f64> = domain.sides().iter().zip(&shares).map(|((l, u), share)| l + share * (u - l)).collect();
        let report = GradientCheck::default().run(&mut Vectorized::new(problem), &point).unwrap();
        prop_assert!(!report.disagrees(), "{function:?} at {point:?}\n{report}");
        let point: Vec<f32> = point.iter().map(|x| *x as f32).collect();
        let report = GradientCheck::default().run(&mut Vectorized::new(problem), &point).unwrap();
        prop_assert!(!report.disagrees(), "{function:?} in f32 at {point:?}\n{report}");
    }
}
