//! The tutorial's run and the paper's algorithm as NumPy computes them: the same bits.

use std::ops::ControlFlow;

use amsgrad::{AmsGrad, Bounds, Minimizer, Optimizer, Record, Schedule, Start, Status};
use serde_json::Value;

use super::read::{Case, cases, file, hexadecimal, number, numbers, text};

fn points(value: &Value) -> Vec<Vec<f64>> {
    let point = |row: &Value| row.as_array().unwrap().iter().map(|x| hexadecimal(text(x))).collect();
    value.as_array().unwrap().iter().map(point).collect()
}

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

#[test]
fn every_point_of_the_tutorials_run() {
    let file = file("tutorial-run.json");
    let start: Vec<f64> = file["start"].as_array().unwrap().iter().map(|x| hexadecimal(text(x))).collect();
    for (name, rule) in [("published", AmsGrad::tutorial()), ("listing", AmsGrad::tutorial().epsilon(1e-8))] {
        let run = &file["runs"][name];
        assert_eq!(number(&run["epsilon"]), rule.epsilon);
        let expected: Vec<_> = [vec![start.clone()], points(&run["x"])].concat();
        let mut seen = Vec::new();
        let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
            gradient[0] = 2.0 * x[0];
            gradient[1] = 2.0 * x[1];
            x[0] * x[0] + x[1] * x[1]
        })
        .rule(rule)
        .start(Start::numpy_legacy(1).over(Bounds::cube(2, -1.0, 1.0).unwrap()))
        .steps(100)
        .run_observed(|record: &Record<'_, f64>| {
            seen.push(record.point.to_vec());
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(outcome.status, Status::StepLimit);
        assert_eq!(seen.len(), 101);
        for (step, (seen, expected)) in seen.iter().zip(&expected).enumerate() {
            assert_eq!(bits(seen), bits(expected), "{name}, step {step}");
        }
    }
}

fn assert_row(case: &Case, step: usize, x: &[f64], slot: impl Fn(&str) -> Option<Vec<f64>>) {
    let row = &case.trace[step];
    assert_eq!(bits(x), bits(&numbers(&row["x"])), "{}: x at step {step}", case.name);
    for name in ["m", "v", "v_hat"] {
        let expected = numbers(&row[name]);
        assert_eq!(bits(&slot(name).unwrap()), bits(&expected), "{}: {name} at step {step}", case.name);
    }
}

#[test]
fn the_listing_on_other_inputs() {
    let cases = cases("tutorial.json");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let setting = |name: &str| number(&case.settings[name]);
        assert_eq!(text(&case.settings["beta1_schedule"]), "beta1^t");
        let rule = AmsGrad::new(setting("alpha"))
            .beta1(Schedule::power(setting("beta1")))
            .beta2(setting("beta2"))
            .epsilon(setting("epsilon"));
        let mut optimizer = Optimizer::new(rule);
        let mut x = case.start.clone();
        for (step, gradient) in case.gradients.iter().enumerate() {
            optimizer.step([(&mut x, gradient)]).unwrap();
            let state = optimizer.state();
            assert_row(&case, step, &x, |name| state.slot(name).map(<[f64]>::to_vec));
        }
    }
}

#[test]
fn the_papers_algorithm_with_and_without_a_box() {
    let cases = cases("paper.json");
    assert_eq!(cases.len(), 3);
    for case in cases {
        let setting = |name: &str| number(&case.settings[name]);
        assert_eq!(text(&case.settings["alpha_schedule"]), "alpha/sqrt(t)");
        let factor = match text(&case.settings["beta1_schedule"]) {
            "beta1*1.0^(t-1)" => 1.0,
            "beta1*0.95^(t-1)" => 0.95,
            other => panic!("{other}"),
        };
        let rule = AmsGrad::new(Schedule::inverse_sqrt(setting("alpha")))
            .beta1(Schedule::exponential(setting("beta1"), factor))
            .beta2(setting("beta2"))
            .epsilon(setting("epsilon"));
        let mut gradients = case.gradients.iter();
        let mut minimizer = Minimizer::new(|_: &[f64], gradient: &mut [f64]| {
            if let Some(next) = gradients.next() {
                gradient.copy_from_slice(next);
            }
            0.0
        })
        .rule(rule)
        .start(case.start.clone())
        .steps(case.gradients.len() as u64);
        if let Some(sides) = case.settings["box"].as_array() {
            let (lower, upper) = (number(&sides[0]), number(&sides[1]));
            minimizer = minimizer.within(Bounds::cube(case.start.len(), lower, upper).unwrap());
        }
        let outcome = minimizer.run_observed(|record: &Record<'_, f64>| {
            if let Some(step) = record.step.checked_sub(1) {
                assert_row(&case, step as usize, record.point, |name| record.slot(name));
            }
            ControlFlow::Continue(())
        });
        assert_eq!(outcome.unwrap().last.step, case.trace.len() as u64);
    }
}
