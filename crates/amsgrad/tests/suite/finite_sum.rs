//! Finite sums: every example once an epoch, exact means, limits that count them.

use amsgrad::objective::{FiniteSum, Objective};
use amsgrad::{AmsGrad, Minimizer, Outcome, Schedule, Status};
use proptest::prelude::*;

/// Returns the numbers of the examples that each call looks at.
fn batches(examples: usize, batch: usize, seed: u64, calls: usize) -> Vec<Vec<usize>> {
    let mut seen = Vec::new();
    let mut sum = FiniteSum::new(examples, |i, _: &[f64], _: &mut [f64]| {
        seen.push(i);
        0.0
    })
    .and_then(|sum| sum.batch(batch))
    .expect("settings that fit")
    .seed(seed);
    let mut sizes = Vec::new();
    for _ in 0..calls {
        sizes.push(Objective::<f64>::examples(&sum).next as usize);
        sum.evaluate(&[], &mut []).expect("an objective that does not fail");
    }
    let mut rest = seen.as_slice();
    let mut take = |size: usize| {
        let (batch, after) = rest.split_at(size);
        rest = after;
        batch.to_vec()
    };
    sizes.into_iter().map(&mut take).collect()
}

proptest! {
    #[test]
    fn every_epoch_holds_every_example_once(examples in 1_usize..40, batch in 1_usize..50, seed: u64) {
        let calls = examples.div_ceil(batch);
        let all = batches(examples, batch, seed, 3 * calls);
        for epoch in all.chunks(calls) {
            let mut seen = epoch.concat();
            prop_assert!(epoch[..calls - 1].iter().all(|call| call.len() == batch));
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..examples).collect::<Vec<_>>());
        }
        prop_assert_eq!(all, batches(examples, batch, seed, 3 * calls));
    }
}

#[test]
fn orders_differ_from_epoch_to_epoch_and_from_seed_to_seed() {
    let epochs = batches(50, 50 / 5, 1, 10);
    let (first, second) = (epochs[..5].concat(), epochs[5..].concat());
    assert_ne!(first, second);
    assert_ne!(first, (0..50).collect::<Vec<_>>());
    assert_ne!(first, batches(50, 10, 2, 5).concat());
}

#[test]
fn every_order_is_equally_likely() {
    let mut counts = std::collections::BTreeMap::new();
    for order in batches(3, 1, 7, 3 * 6000).chunks(3) {
        *counts.entry(order.concat()).or_insert(0) += 1;
    }
    // 1000 each; 5 standard deviations are 145.
    assert!(counts.len() == 6 && counts.values().all(|count| (855..1145).contains(count)), "{counts:?}");
}

#[test]
fn a_call_is_the_mean_over_its_batch() {
    // Example i: i x^2 / 2.
    let example = |i: usize, x: &[f32], gradient: &mut [f32]| {
        gradient[0] += i as f32 * x[0];
        i as f32 * x[0] * x[0] / 2.0
    };
    let mut sum = FiniteSum::new(5, example).unwrap();
    let mut gradient = [f32::NAN];
    assert_eq!(sum.evaluate(&[2.0], &mut gradient).unwrap(), 4.0);
    assert_eq!(gradient, [4.0]);
    let mut sum = sum.batch(2).unwrap().seed(3);
    let order = batches(5, 2, 3, 3);
    for batch in order {
        let mean = batch.iter().sum::<usize>() as f32 / batch.len() as f32;
        assert_eq!(sum.full(&[2.0], &mut gradient).unwrap(), 4.0); // no part of the epoch
        assert_eq!(sum.evaluate(&[2.0], &mut gradient).unwrap(), 2.0 * mean);
        assert_eq!(gradient, [2.0 * mean]);
    }
}

fn points() -> FiniteSum<impl FnMut(usize, &[f64], &mut [f64]) -> f64> {
    let example = |i: usize, x: &[f64], gradient: &mut [f64]| {
        let error = x[0] - i as f64;
        gradient[0] += error;
        error * error / 2.0
    };
    FiniteSum::new(10, example).and_then(|sum| sum.batch(4)).expect("settings that fit")
}

#[test]
fn steps_epochs_and_examples_are_counted_apart_and_limited() {
    let run = |steps, epochs, examples| {
        let mut stop = amsgrad::Stop::default();
        (stop.steps, stop.epochs, stop.examples) = (Some(steps), epochs, examples);
        let outcome =
            Minimizer::new(points()).rule(amsgrad::AmsGrad::default()).start([0.0]).stop(stop).run().unwrap();
        let counts = outcome.counts;
        assert_eq!(counts.gradients, counts.steps + 1);
        (outcome.status, counts.gradients, counts.examples, counts.epochs)
    };
    assert_eq!(run(4, None, None), (Status::StepLimit, 5, 18, 1));
    assert_eq!(run(100, Some(2), None), (Status::EpochLimit, 6, 20, 2));
    assert_eq!(run(100, None, Some(10)), (Status::ExampleLimit, 3, 10, 1));
    assert_eq!(run(100, None, Some(13)), (Status::ExampleLimit, 3, 10, 1));
    assert_eq!(run(100, None, Some(14)), (Status::ExampleLimit, 4, 14, 1));
    assert_eq!(run(100, Some(1), Some(1)), (Status::ExampleLimit, 1, 4, 0));
    let plain = Minimizer::new(|_: &[f64], _: &mut [f64]| 0.0)
        .rule(amsgrad::AmsGrad::default())
        .start([0.0])
        .steps(3)
        .run()
        .unwrap();
    assert_eq!((plain.counts.examples, plain.counts.epochs), (0, 0));
}

#[test]
fn settings_that_do_not_fit_are_refused() {
    let sum = |examples| FiniteSum::new(examples, |_: usize, _: &[f64], _: &mut [f64]| 0.0);
    assert_eq!(sum(0).err().unwrap().to_string(), "examples is 0; allowed: 1 or more");
    assert_eq!(sum(1).unwrap().batch(0).err().unwrap().to_string(), "batch is 0; allowed: 1 or more");
    let error = sum(usize::MAX).unwrap().batch(1).err().unwrap().to_string();
    assert!(error.ends_with("allowed: as many as there is memory to order them in"), "{error}");

    let plain = |_: &[f64], _: &mut [f64]| 0.0;
    let error = Minimizer::new(plain)
        .rule(amsgrad::AmsGrad::default())
        .start([0.0])
        .epochs(3)
        .run::<f64>()
        .err()
        .unwrap()
        .to_string();
    assert_eq!(error, "stop.epochs is 3; allowed: no limit, for the objective is no finite sum");
    let error = Minimizer::new(points())
        .rule(amsgrad::AmsGrad::default())
        .start([0.0])
        .epochs(0)
        .run::<f64>()
        .unwrap_err()
        .to_string();
    assert_eq!(error, "stop.epochs is 0; allowed: 1 or more");
}

#[test]
fn an_example_that_fails_ends_the_run() {
    let example =
        |i: usize, _: &[f64], _: &mut [f64]| if i == 7 { Err("example 7 is torn") } else { Ok(1.0) };
    let sum = FiniteSum::new(10, example).unwrap().batch(1).unwrap();
    let outcome = Minimizer::new(sum).rule(amsgrad::AmsGrad::default()).start([0.0]).epochs(1).run().unwrap();
    assert!(
        matches!(&outcome.status, Status::ObjectiveFailed(error) if error.to_string().ends_with("example 7 is torn"))
    );
    assert_eq!(outcome.best.point, [0.0]);
}

/// Half the squared distance from each of the numbers 0 to 9, in mini-batches.
fn ten(batch: usize) -> FiniteSum<impl FnMut(usize, &[f64], &mut [f64]) -> f64> {
    let example = |i: usize, x: &[f64], gradient: &mut [f64]| {
        let error = x[0] - i as f64;
        gradient[0] += error;
        error * error / 2.0
    };
    FiniteSum::new(10, example).and_then(|sum| sum.batch(batch)).expect("settings that fit").seed(5)
}

fn run_of<F: Objective<f64>>(sum: F) -> Minimizer<F> {
    let rule = AmsGrad::new(Schedule::inverse_sqrt(0.3)).beta1(Schedule::exponential(0.9, 0.99));
    Minimizer::new(sum).rule(rule).start([0.0])
}

#[test]
fn a_run_resumed_with_a_fresh_sum_is_as_if_it_had_not_ended() {
    for batch in [1, 3, 4, 10] {
        let whole: Outcome<f64> = run_of(ten(batch)).steps(60).run().unwrap();
        for steps in [0, 1, 2, 3, 7, 29, 59] {
            let half: Outcome<f64> = run_of(ten(batch)).steps(steps).run().unwrap();
            let rest: Outcome<f64> = run_of(ten(batch)).resume(&half).steps(60 - steps).run().unwrap();
            let about = format!("batches of {batch}, {steps} steps first");
            assert_eq!((half.last.step, rest.last.step), (steps, 60), "{about}");
            assert_eq!((&rest.last, &rest.state), (&whole.last, &whole.state), "{about}");
        }
    }
}

#[test]
fn a_run_that_failed_resumes_with_the_batch_that_failed() {
    let whole: Outcome<f64> = run_of(ten(3)).steps(60).run().unwrap();
    for calls in [0, 1, 2, 5, 40] {
        let mut left = calls;
        let failing = FiniteSum::new(10, move |i: usize, x: &[f64], gradient: &mut [f64]| {
            let error = x[0] - i as f64;
            gradient[0] += error;
            left -= 1;
            if left < 0 { Err("torn") } else { Ok(error * error / 2.0) }
        });
        let failing = failing.and_then(|sum| sum.batch(3)).unwrap().seed(5);
        let half: Outcome<f64> = run_of(failing).steps(60).run().unwrap();
        assert!(matches!(half.status, Status::ObjectiveFailed(_)), "{:?}", half.status);
        let steps = 60 - half.counts.steps;
        let rest: Outcome<f64> = run_of(ten(3)).resume(&half).steps(steps).run().unwrap();
        assert_eq!((&rest.last, &rest.state), (&whole.last, &whole.state), "{calls} calls first");
    }
}

#[test]
fn a_fresh_sum_resumes_as_the_one_that_ran() {
    for batch in [1, 3, 4, 10] {
        for steps in [0, 1, 2, 3, 7, 29] {
            let mut lent = ten(batch);
            let half: Outcome<f64> = run_of(&mut lent).steps(steps).run().unwrap();
            let same: Outcome<f64> = run_of(&mut lent).resume(&half).steps(20).run().unwrap();
            let fresh: Outcome<f64> = run_of(ten(batch)).resume(&half).steps(20).run().unwrap();
            assert_eq!(same, fresh, "batches of {batch}, {steps} steps first");
            // The point and the state are all that another process needs.
            let saved = run_of(ten(batch)).resume_from(&half.last.point, &half.state);
            assert_eq!(saved.steps(20).run::<f64>().unwrap(), fresh);
        }
    }
}

#[test]
fn a_run_that_resumes_no_other_begins_with_the_first_order_of_its_seed() {
    let mut lent = ten(4);
    let first: Outcome<f64> = run_of(&mut lent).epochs(3).run().unwrap();
    assert_eq!(first.counts.examples, 30);
    assert_eq!(first, run_of(&mut lent).epochs(3).run().unwrap());
    assert_eq!(
        first,
        run_of(&mut lent).steps(5).run().and_then(|_| run_of(&mut lent).epochs(3).run()).unwrap()
    );
    // A look at all examples moves nothing.
    lent.full(&[1.0], &mut [0.0]).unwrap();
    assert_eq!(first, run_of(ten(4)).epochs(3).run().unwrap());
    let other: Outcome<f64> = run_of(ten(4).seed(6)).epochs(3).run().unwrap();
    assert_ne!(first.last, other.last);
}

#[test]
fn a_stepper_resumes_too() {
    let whole: Outcome<f64> = run_of(ten(4)).steps(40).run().unwrap();
    let mut stepper = run_of(ten(4)).stepper::<f64>().unwrap();
    assert_eq!(stepper.by_ref().take(18).count(), 18);
    let half = stepper.finish();
    assert_eq!(half.last.step, 17);
    let mut stepper = run_of(ten(4)).resume(&half).steps(23).stepper::<f64>().unwrap();
    stepper.by_ref().for_each(drop);
    let rest = stepper.finish();
    assert_eq!((rest.last, rest.state), (whole.last, whole.state));
}
