//! A rule chosen at run time runs with the bits of the rule itself.

use core::ops::ControlFlow;

use amsgrad::rule::for_each_rule;
use amsgrad::{AnyRule, Minimizer, Outcome, Real, Record, Rule, Starts, WeightDecay};

use crate::support::{Bowl, DIMENSIONS, numbers};

/// Everything an outcome says, with every bit of its numbers.
fn said<T: Real>(outcome: &Outcome<T>) -> String {
    format!("{outcome:?}")
}

fn check<T: Real, R: Rule + Default>() {
    let mut rule = R::default();
    *rule.learning_rate_mut() = 0.1.into();
    let mut named = AnyRule::named(R::NAME).unwrap();
    named.set("learning_rate", "0.1").unwrap();
    let go_on = |_: &Record<'_, T>| ControlFlow::Continue(());
    for dimension in DIMENSIONS {
        let about = format!("{} in {dimension} coordinates", R::NAME);
        let plain = || Minimizer::new(Bowl(dimension)).steps(50).weight_decay(WeightDecay::L2(0.01));
        let start = numbers::<f64>(dimension, 3);
        let (one, any) = (|| plain().rule(rule.clone()), || plain().rule(named.clone()));
        let expected = said::<T>(&one().start(start.clone()).run().unwrap());
        assert_eq!(expected, said::<T>(&any().start(start.clone()).run().unwrap()), "{about}");
        let observed = any().start(start.clone()).run_observed(go_on).unwrap();
        assert_eq!(expected, said::<T>(&observed), "observed: {about}");
        for mut stepper in
            [one().start(start.clone()).stepper::<T>().unwrap(), any().start(start).stepper().unwrap()]
        {
            while stepper.advance(|_| {}) && stepper.status().is_none() {}
            assert_eq!(expected, said(&stepper.finish()), "stepper: {about}");
        }
        let starts = Starts::points(dimension, numbers(21 * dimension, 5)).unwrap();
        let (one, any) = (one().run_batch::<T>(&starts).unwrap(), any().run_batch::<T>(&starts).unwrap());
        assert_eq!(format!("{one:?}"), format!("{any:?}"), "batch: {about}");
    }
}

#[test]
fn it_has_the_bits_of_the_rule_itself() {
    for_each_rule!(R => {
        check::<f32, R>();
        check::<f64, R>();
    });
}

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
    let run =
        |minimizer: Minimizer<_, AnyRule>| said::<f64>(&minimizer.start([1.0, 2.0]).steps(20).run().unwrap());
    let plain = || Minimizer::new(Bowl(2));
    let mut slow = AnyRule::named("amsgrad").unwrap();
    slow.set("learning_rate", "0.1").unwrap();
    let replaced = plain().learning_rate(0.1).rule(AnyRule::named("amsgrad").unwrap());
    assert_eq!(run(plain().rule(slow)), run(replaced));
}
