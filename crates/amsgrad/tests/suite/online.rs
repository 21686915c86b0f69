//! Losses that come one after the other: the regret, and the theorem that bounds it.

use std::ops::ControlFlow;

use amsgrad::objective::Slices;
use amsgrad::online::{LinearRegret, Online, Theorem4};
use amsgrad::problem::Counterexample;
use amsgrad::random::Uniform;
use amsgrad::{AmsGrad, Bounds, Minimizer, Record, Schedule};

#[test]
fn the_regret_of_linear_losses_is_against_the_best_corner() {
    let sides = [(-1.0, 2.0), (0.0, 1.0), (-3.0, -2.0)];
    let mut regret = LinearRegret::over(&Bounds::new(sides).unwrap());
    assert_eq!((regret.rounds(), regret.total(), regret.average()), (0, 0.0, 0.0));
    let (mut uniform, mut rounds) = (Uniform::numpy(3), Vec::new());
    for _ in 0..50 {
        let mut between = |(low, high): (f64, f64)| low + uniform.next() * (high - low);
        let (point, slopes) = (sides.map(&mut between), [(); 3].map(|()| between((-1.0, 1.0))));
        let constant = between((-9.0, 9.0));
        let loss = |x: [f64; 3]| constant + x[0] * slopes[0] + x[1] * slopes[1] + x[2] * slopes[2];
        regret.add(&point, loss(point), &slopes);
        rounds.push((
            loss(point),
            [0, 1, 2, 3, 4, 5, 6, 7].map(|corner: usize| {
                loss([0, 1, 2].map(|i| if corner >> i & 1 == 0 { sides[i].0 } else { sides[i].1 }))
            }),
        ));
    }
    let played: f64 = rounds.iter().map(|(loss, _)| loss).sum();
    let corners = (0..8).map(|corner| rounds.iter().map(|(_, corners)| corners[corner]).sum::<f64>());
    let least = corners.fold(f64::INFINITY, f64::min);
    assert!((regret.total() - (played - least)).abs() < 1e-9);
    assert!((regret.average() - regret.total() / 50.0).abs() < 1e-12);
}

#[test]
fn both_ways_to_the_regret_agree() {
    let slope = |t: u64| if t % 101 == 1 { 1010.0 } else { -10.0 };
    let mut online = Online::new(|t, x: &[f64], gradient: &mut [f64]| {
        gradient[0] = slope(t);
        slope(t) * x[0]
    });
    let mut sequence = Counterexample::figure1();
    let rule = AmsGrad::new(Schedule::inverse_sqrt(1.0)).beta2(0.99).epsilon(0.0);
    let plain = Minimizer::new(&mut online).rule(rule.clone()).within(Counterexample::domain());
    plain.start([0.0]).steps(500).run().unwrap();
    let known = Minimizer::new::<Slices<f64>>(&mut sequence).rule(rule).within(Counterexample::domain());
    known.start([0.0]).steps(500).run::<f64>().unwrap();
    let found = online.average_regret(Counterexample::domain(), [0.0]).unwrap();
    assert!((found - sequence.average_regret()).abs() < 1e-9, "{found}");
}

/// Runs the sequence of figure 1 with this beta1, and compares regret and bound after every step.
fn bounded(beta1: Schedule, steps: u64) -> [f64; 3] {
    let rule = AmsGrad::new(Schedule::inverse_sqrt(1.0)).beta1(beta1).beta2(0.99).epsilon(0.0);
    let mut bound = Theorem4::new(&rule, 2.0).unwrap();
    let mut regret = LinearRegret::over(&Counterexample::domain());
    let mut sequence = Counterexample::figure1();
    Minimizer::new::<Slices<f64>>(&mut sequence)
        .rule(rule)
        .within(Counterexample::domain())
        .start([0.0])
        .steps(steps)
        .run_observed(|record: &Record<'_, f64>| {
            bound.see(record);
            assert_eq!(bound.steps(), regret.rounds());
            let limit: f64 = bound.terms().iter().sum();
            assert!(regret.total() <= limit, "step {}: {} above {limit}", record.step, regret.total());
            regret.add(record.point, record.value, record.gradient);
            ControlFlow::Continue(())
        })
        .unwrap();
    bound.terms()
}

#[test]
fn theorem_4_bounds_the_regret_after_every_step() {
    let [first, second, _] = bounded(Schedule::exponential(0.9, 0.9), 20_000);
    assert!(first > second);
    // With a constant beta1 the second term grows like T sqrt(T), the first like sqrt(T).
    let [first, second, _] = bounded(Schedule::Constant(0.9), 20_000);
    assert!(second > 100.0 * first);
}

/// The first round alone, by hand: v_hat = 0.01 g^2, alpha = 1, beta1 = 0.5, D = 2.
#[test]
fn the_terms_are_those_of_the_theorem() {
    let rule = AmsGrad::new(Schedule::inverse_sqrt(1.0)).beta1(0.5).beta2(0.99).epsilon(0.0);
    let mut bound = Theorem4::new(&rule, 2.0).unwrap();
    let mut sequence = Counterexample::figure1();
    let run = Minimizer::new::<Slices<f64>>(&mut sequence).rule(rule).within(Counterexample::domain());
    run.start([0.0])
        .steps(1)
        .run_observed(|record: &Record<'_, f64>| {
            bound.see(record);
            ControlFlow::Continue(())
        })
        .unwrap();
    let root = 101.0;
    let gamma = 0.5 / 0.99_f64.sqrt();
    let expected = [4.0 / 0.5 * root, 4.0 / (2.0 * 0.5) * 0.5 * root, 1010.0 / (0.25 * (1.0 - gamma) * 0.1)];
    for (found, expected) in bound.terms().iter().zip(expected) {
        assert!((found / expected - 1.0).abs() < 1e-12, "{found}, {expected}");
    }
}

#[test]
fn what_the_theorem_does_not_cover_is_refused() {
    let rule = || AmsGrad::new(Schedule::inverse_sqrt(1.0)).beta2(0.99);
    for (rule, diameter, field) in [
        (rule().beta2(0.5), 2.0, "beta1"),
        (rule().beta1(Schedule::linear(0.1, 0.9, 10)), 2.0, "beta1"),
        (rule(), 0.0, "diameter"),
        (AmsGrad::new(0.1), 2.0, "learning_rate"),
        (AmsGrad::new(Schedule::inverse_sqrt(0.0)), 2.0, "learning_rate"),
    ] {
        assert_eq!(Theorem4::new(&rule, diameter).unwrap_err().name(), field);
    }
}
