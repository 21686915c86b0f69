//! PyTorch's other rules.

use amsgrad::rule::Rule;
use amsgrad::{
    AdaGrad, AdaMax, Adam, GradientDescent, Momentum, Nadam, Optimizer, RmsProp, Schedule, WeightDecay,
};
use serde_json::Value;

use super::read::{file, number, numbers, rows, text};

struct Case<'a> {
    name: &'a str,
    settings: &'a Value,
    start: Vec<f64>,
    gradients: Vec<Vec<f64>>,
    x: Vec<Vec<f64>>,
}

impl Case<'_> {
    fn setting(&self, name: &str, default: f64) -> f64 {
        self.settings.get(name).map_or(default, number)
    }

    fn flag(&self, name: &str) -> bool {
        self.settings.get(name) == Some(&Value::Bool(true))
    }

    /// The worst relative error of x, with a floor of 1e-3.
    fn worst<R: Rule>(&self, rule: R) -> f64 {
        let rate = self.setting("weight_decay", 0.0);
        let decay = if self.name == "AdamW" { WeightDecay::Decoupled(rate) } else { WeightDecay::L2(rate) };
        let mut optimizer = Optimizer::new(rule).weight_decay(decay);
        if self.flag("maximize") {
            optimizer = optimizer.maximize();
        }
        let (mut x, mut worst) = (self.start.clone(), 0.0_f64);
        assert!(self.gradients.len() == self.x.len() && self.x.len() == 80);
        for (gradient, expected) in self.gradients.iter().zip(&self.x) {
            optimizer.step([(&mut x, gradient)]).unwrap();
            for (x, expected) in x.iter().zip(expected) {
                let error = (x - expected).abs() / expected.abs().max(1e-3);
                assert!(error <= 1e-12, "{} {}: {error:e}", self.name, self.settings);
                worst = worst.max(error);
            }
        }
        worst
    }

    fn replay(&self) -> f64 {
        let known = [
            "lr",
            "alpha",
            "betas",
            "centered",
            "dampening",
            "eps",
            "initial_accumulator_value",
            "lr_decay",
            "maximize",
            "momentum",
            "nesterov",
            "weight_decay",
        ];
        assert!(self.settings.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())));
        let (alpha, momentum) = (number(&self.settings["lr"]), self.setting("momentum", 0.0));
        let betas = self.settings.get("betas").map_or(vec![0.9, 0.999], numbers);
        let epsilon = self.setting("eps", if self.name == "Adagrad" { 1e-10 } else { 1e-8 });
        match self.name {
            "SGD" if momentum == 0.0 => self.worst(GradientDescent::new(alpha)),
            "SGD" => {
                let rule = Momentum::new(alpha).momentum(momentum).nesterov(self.flag("nesterov"));
                self.worst(rule.dampening(self.setting("dampening", 0.0)))
            }
            "Adagrad" => {
                let rule = AdaGrad::new(Schedule::inverse_time(alpha, self.setting("lr_decay", 0.0)));
                let initial = self.setting("initial_accumulator_value", 0.0);
                self.worst(rule.initial_accumulator(initial).epsilon(epsilon))
            }
            "RMSprop" => {
                let rule = RmsProp::new(alpha).momentum(momentum).centered(self.flag("centered"));
                self.worst(rule.decay(self.setting("alpha", 0.99)).epsilon(epsilon))
            }
            "Adam" | "AdamW" => self.worst(Adam::new(alpha).beta1(betas[0]).beta2(betas[1]).epsilon(epsilon)),
            "Adamax" => self.worst(AdaMax::new(alpha).beta1(betas[0]).beta2(betas[1]).epsilon(epsilon)),
            "NAdam" => self.worst(Nadam::new(alpha).beta1(betas[0]).beta2(betas[1]).epsilon(epsilon)),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn every_recorded_run() {
    let file = file("relatives.json");
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 17);
    for case in cases {
        let case = Case {
            name: text(&case["rule"]),
            settings: &case["settings"],
            start: numbers(&file["x0"]),
            gradients: rows(&file["gradients"]),
            x: rows(&case["x"]),
        };
        println!("{} {}: {:.1e}", case.name, case.settings, case.replay());
    }
}
