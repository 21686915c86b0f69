//! A rule chosen at run time, by its name and with its settings as text.

use amsgrad::{AnyRule, Minimizer, Status};

use crate::support::Bowl;

#[test]
fn it_tells_what_the_rule_tells() {
    let all = AnyRule::all();
    assert!(!all.is_empty());
    for rule in &all {
        let named = AnyRule::named(rule.name()).unwrap();
        assert_eq!(format!("{named:?}"), format!("{rule:?}"));
        assert_eq!(
            (named.formula(), named.source(), named.slots()),
            (rule.formula(), rule.source(), rule.slots())
        );
        assert_eq!(named.settings(), rule.settings());
    }
    let error = AnyRule::named("newton").unwrap_err().to_string();
    assert!(error.starts_with("rule is newton; allowed: amsgrad"), "{error}");

    let mut rule = AnyRule::named("amsgrad").unwrap();
    rule.set("beta2", "0.5").unwrap();
    rule.set("learning_rate", "0.1 / sqrt(t)").unwrap();
    assert_eq!(rule.learning_rate().at(4), 0.05);
    assert!(rule.set("gamma", "1").is_err() && rule.set("beta2", "many").is_err());
    rule.set("beta2", "1.5").unwrap();
    assert!(rule.validate().is_err());
    let run = Minimizer::new(Bowl(1)).rule(rule).start([1.0]).run::<f64>();
    assert!(run.unwrap_err().to_string().starts_with("beta2 is 1.5"));
}

#[test]
fn the_learning_rate_of_the_run_replaces_its_own() {
    let run = |minimizer: Minimizer<_, AnyRule>| minimizer.start([1.0, 2.0]).steps(20).run::<f64>().unwrap();
    let plain = || Minimizer::new(Bowl(2)).rule(amsgrad::AmsGrad::default());
    let mut slow = AnyRule::named("amsgrad").unwrap();
    slow.set("learning_rate", "0.1").unwrap();
    let replaced = plain().learning_rate(0.1).rule(AnyRule::named("amsgrad").unwrap());
    assert_eq!(run(plain().rule(slow)), run(replaced));
}

amsgrad::rule! {
    /// Steps of one length, NaN where the gradient is 0.
    struct Unit = "unit" {
        /// Length of a step.
        learning_rate = 0.25,
    }
    source: "";
    formula: "x = x - alpha * g / |g|";
    gradients: Any;
    memory: ;
    coefficients(self, clock): alpha;
    {
        let alpha = clock.value(&self.learning_rate);
    }
    step(x, g): { x - alpha * g / g.abs() }
    weight: { N::constant(1.0) }
}

#[test]
fn what_a_rule_does_beside_the_coordinates_is_not_seen() {
    for dimension in 1..=9 {
        let slope = |_: &[f64], gradient: &mut [f64]| {
            gradient.fill(3.0);
            0.0
        };
        let run = Minimizer::new(slope).rule(AnyRule::new(Unit::default())).start(vec![1.0; dimension]);
        let outcome = run.steps(4).run().unwrap();
        assert_eq!((outcome.status, outcome.last.point), (Status::StepLimit, vec![0.0; dimension]));
    }
}
