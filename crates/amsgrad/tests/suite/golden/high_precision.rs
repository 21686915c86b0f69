//! AdamX and AdamNC, which no framework has, beside their papers' formulas computed with sixty digits.

use amsgrad::rule::Rule;
use amsgrad::{AdamNc, AdamX, Optimizer, Schedule};

use super::read::{file, number, numbers, rows, text};

/// The worst relative error of x, with a floor of 1e-3.
fn worst<R: Rule>(rule: R, start: &[f64], gradients: &[Vec<f64>], recorded: &[Vec<f64>]) -> f64 {
    assert!(gradients.len() == recorded.len() && recorded.len() == 80);
    let (mut optimizer, mut x, mut worst) = (Optimizer::new(rule), start.to_vec(), 0.0_f64);
    for (gradient, recorded) in gradients.iter().zip(recorded) {
        optimizer.step([(&mut x, gradient)]).unwrap();
        for (x, recorded) in x.iter().zip(recorded) {
            worst = worst.max((x - recorded).abs() / recorded.abs().max(1e-3));
        }
    }
    worst
}

#[test]
fn every_computed_run() {
    let (relatives, file) = (file("relatives.json"), file("high_precision.json"));
    let (start, gradients) = (numbers(&relatives["x0"]), rows(&relatives["gradients"]));
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let setting = |name: &str| number(&case["settings"][name]);
        let alpha = Schedule::inverse_sqrt(setting("alpha"));
        let beta1 = Schedule::exponential(setting("beta1"), setting("lambda"));
        let recorded = rows(&case["x"]);
        let worst = match text(&case["rule"]) {
            "adamx" => {
                let rule = AdamX::new(alpha).beta1(beta1).beta2(setting("beta2")).epsilon(0.0);
                worst(rule, &start, &gradients, &recorded)
            }
            "adamnc" => {
                let rule = AdamNc::new(alpha).beta1(beta1).epsilon(setting("epsilon"));
                worst(rule, &start, &gradients, &recorded)
            }
            other => panic!("{other}"),
        };
        println!("{} {}: {worst:.1e}", case["rule"], case["settings"]);
        assert!(worst <= 1e-12, "{} {}: {worst:e}", case["rule"], case["settings"]);
    }
}
