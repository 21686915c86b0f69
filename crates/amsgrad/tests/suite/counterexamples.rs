//! The paper's counterexamples send Adam to the worst point, and AMSGrad to the best.

use amsgrad::objective::Slices;
use amsgrad::problem::Counterexample;
use amsgrad::rule::Rule;
use amsgrad::{Adam, AmsGrad, Minimizer, Objective, Schedule};

/// Returns the last point and the average regret after a number of steps from 0.
fn run<R: Rule>(mut sequence: Counterexample, rule: R, steps: u64) -> (f64, f64) {
    let outcome = Minimizer::new::<Slices<f64>>(&mut sequence)
        .rule(rule)
        .within(Counterexample::domain())
        .start([0.0])
        .steps(steps)
        .run()
        .expect("settings that fit");
    assert_eq!(sequence.calls(), steps + 1);
    (outcome.last.point[0], sequence.average_regret())
}

/// Adam and AMSGrad as the paper has them, without bias correction and epsilon, with alpha / sqrt(t).
fn rules(alpha: f64, beta1: f64, beta2: f64) -> (Adam, AmsGrad) {
    let rate = Schedule::inverse_sqrt(alpha);
    let adam = Adam::new(rate.clone()).beta1(beta1).beta2(beta2).epsilon(0.0).bias_correction(false);
    (adam, AmsGrad::new(rate).beta1(beta1).beta2(beta2).epsilon(0.0))
}

#[test]
fn section_3_sends_adam_to_the_worst_point() {
    for c in [2.5, 3.0, 10.0] {
        let (adam, amsgrad) = rules(0.5, 0.0, 1.0 / (1.0 + c * c));
        let sequence = || Counterexample::section3(c).unwrap();
        let (adam, amsgrad) = (run(sequence(), adam, 30_000), run(sequence(), amsgrad, 30_000));
        // At +1 each call costs (c - 2) / 3 on average, at the best point -1 the same is won.
        assert!(adam.0 > 0.999 && (adam.1 / (2.0 * (c - 2.0) / 3.0) - 1.0).abs() < 0.02, "c = {c}: {adam:?}");
        assert!(amsgrad.0 < -0.99 && amsgrad.1 < 0.01, "c = {c}: {amsgrad:?}");
    }
}

#[test]
fn figure_1_online() {
    let (adam, amsgrad) = rules(1.0, 0.9, 0.99);
    let (adam, amsgrad) =
        (run(Counterexample::figure1(), adam, 500_000), run(Counterexample::figure1(), amsgrad, 500_000));
    let near = |(x, regret): (f64, f64), expected: (f64, f64)| {
        (x - expected.0).abs() < 5e-5 && (regret - expected.1).abs() < 5e-4
    };
    assert!(near(adam, (0.9945, 0.285)) && near(amsgrad, (-0.9979, 0.098)));
}

#[test]
fn figure_1_stochastic() {
    for seed in [1, 2, 3] {
        let (adam, amsgrad) = rules(1.0, 0.9, 0.99);
        let sequence = || Counterexample::figure1_stochastic(seed);
        let (adam, amsgrad) = (run(sequence(), adam, 300_000), run(sequence(), amsgrad, 300_000));
        // The best point pulls weakly: with this learning rate AMSGrad is still on its way there.
        assert!(adam.0 > 0.95, "seed {seed}: {adam:?}");
        assert!(amsgrad.0 < 0.2, "seed {seed}: {amsgrad:?}");
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    for c in [2.0, f64::NAN, f64::INFINITY, -3.0] {
        let error = Counterexample::section3(c).unwrap_err().to_string();
        assert_eq!(error, format!("c is {c}; allowed: a finite number above 2"));
    }
    let mut sequence = Counterexample::figure1();
    assert!(sequence.evaluate(&[0.0, 0.0], &mut [0.0, 0.0]).is_err());
    assert_eq!((sequence.calls(), sequence.average_regret()), (0, 0.0));
}
