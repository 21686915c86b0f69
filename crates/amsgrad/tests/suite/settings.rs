//! The settings of a run and of an optimizer: their order, and what each of them sets.

use amsgrad::error::Allowed;
use amsgrad::optimizer::StepError;
use amsgrad::{
    AmsGrad, AnyRule, Bounds, Dialect, Error, FiniteSum, GradientCheck, GradientDescent, Group, LearningRate,
    Minimizer, Optimizer, Outcome, Patience, Schedule, Start, Status, Stop, WeightDecay,
};
use proptest::prelude::*;

type Objective = fn(&[f64], &mut [f64]) -> f64;
type Run = Minimizer<Objective>;

fn valley(x: &[f64], gradient: &mut [f64]) -> f64 {
    gradient[0] = 2.0 * (x[0] - 0.2);
    gradient[1] = 8.0 * x[1];
    (x[0] - 0.2) * (x[0] - 0.2) + 4.0 * x[1] * x[1]
}

fn plain() -> Run {
    Minimizer::new(valley as Objective).rule(amsgrad::AmsGrad::default())
}

/// One of each setting, none of which replaces another.
const SETTINGS: [(&str, fn(Run) -> Run); 17] = [
    ("rule", |run| run.rule(AmsGrad::new(0.5).beta2(0.9).dialect(Dialect::Torch))),
    ("learning_rate", |run| run.learning_rate(Schedule::inverse_sqrt(0.1))),
    ("bounds", |run| run.bounds([(-1.0, 0.9), (0.01, 1.0)])),
    ("start", |run| run.start(Start::seed(3))),
    ("weight_decay", |run| run.weight_decay(WeightDecay::Decoupled(0.01))),
    ("maximize", Minimizer::maximize),
    ("steps", |run| run.steps(40)),
    ("evaluations", |run| run.evaluations(41)),
    ("gradient_tolerance", |run| run.gradient_tolerance(1e-9)),
    ("relative_gradient_tolerance", |run| run.relative_gradient_tolerance(1e-10)),
    ("point_tolerance", |run| run.point_tolerance(1e-13)),
    ("value_tolerance", |run| run.value_tolerance(1e-14)),
    ("patience", |run| run.patience(Patience { steps: 30, improvement: 0.0 })),
    ("target", |run| run.target(1e9)),
    ("record_history", Minimizer::record_history),
    ("check_gradient", |run| run.check_gradient(GradientCheck::default())),
    ("interrupt", |run| run.interrupt(std::sync::Arc::default())),
];

fn said(run: Run) -> String {
    let outcome: Outcome<f64> = run.run().unwrap();
    assert!(!outcome.status.is_failure(), "{}", outcome.status);
    format!("{outcome:?}")
}

/// Some of the settings, in this order.
fn in_order(order: impl IntoIterator<Item = usize>) -> Run {
    order.into_iter().fold(plain(), |run, i| SETTINGS[i].1(run))
}

proptest! {
    #[test]
    fn their_order_does_not_matter(
        order in Just((0..SETTINGS.len()).collect::<Vec<_>>()).prop_shuffle(),
        left_out in prop::collection::vec(4..SETTINGS.len(), 0..9),
    ) {
        let order: Vec<usize> = order.into_iter().filter(|i| !left_out.contains(i)).collect();
        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(said(in_order(order)), said(in_order(sorted)));
    }
}

#[test]
fn their_order_does_not_matter_when_resuming() {
    let half = plain().start([0.7, 0.3]).steps(20).run::<f64>().unwrap();
    let settings: [fn(Run, &Outcome<f64>) -> Run; 4] = [
        |run, half| run.resume(half),
        |run, _| run.rule(AmsGrad::new(0.5)),
        |run, _| run.learning_rate(0.01),
        |run, _| run.steps(30),
    ];
    let run = |order: [usize; 4]| said(order.into_iter().fold(plain(), |run, i| settings[i](run, &half)));
    let expected = run([0, 1, 2, 3]);
    for order in [[3, 2, 1, 0], [1, 2, 0, 3], [2, 1, 3, 0], [2, 0, 1, 3]] {
        assert_eq!(run(order), expected);
    }
}

#[test]
fn the_learning_rate_replaces_the_rules_own_before_and_after_it() {
    let run = |run: Run| said(run.start([0.7, 0.3]).steps(30));
    let expected = run(plain().rule(AmsGrad::new(0.1).beta2(0.9)));
    let rule = || AmsGrad::new(0.5).beta2(0.9);
    assert_eq!(run(plain().learning_rate(0.1).rule(rule())), expected);
    assert_eq!(run(plain().rule(rule()).learning_rate(0.1)), expected);
    assert_ne!(run(plain().rule(rule())), expected);
    let other = plain().rule(rule()).learning_rate(Schedule::constant(0.1));
    assert_eq!(run(other), expected);

    let automatic = |minimizer: Run| said(minimizer.start([0.7, 0.3]));
    let found = automatic(plain().learning_rate(LearningRate::Automatic).rule(rule()));
    assert_eq!(found, automatic(plain().rule(rule()).learning_rate(LearningRate::Automatic)));
    assert_eq!(run(plain().learning_rate(LearningRate::Automatic).rule(rule()).learning_rate(0.1)), expected);
    let outcome = plain().start([0.7, 0.3]).learning_rate(LearningRate::Automatic).run::<f64>().unwrap();
    assert!(outcome.search.is_some() && outcome.best.value < 1e-6, "{outcome:?}");
}

#[test]
fn every_setter_of_a_stop_condition_is_the_field_of_its_name() {
    type Setter = fn(Run) -> Run;
    let cases: [(Setter, fn(&mut Stop)); 10] = [
        (|run| run.steps(7), |stop| stop.steps = Some(7)),
        (|run| run.evaluations(9), |stop| stop.evaluations = Some(9)),
        (|run| run.gradient_tolerance(0.01), |stop| stop.gradient = Some(0.01)),
        (|run| run.relative_gradient_tolerance(0.01), |stop| stop.relative_gradient = Some(0.01)),
        (|run| run.point_tolerance(1e-5), |stop| stop.point_change = Some(1e-5)),
        (|run| run.value_tolerance(1e-5), |stop| stop.value_change = Some(1e-5)),
        (
            |run| run.patience(Patience { steps: 2, improvement: 1e-3 }),
            |stop| stop.patience = Some(Patience { steps: 2, improvement: 1e-3 }),
        ),
        (|run| run.target(0.1), |stop| stop.target = Some(0.1)),
        (|run| run.examples(3), |stop| stop.examples = Some(3)),
        (|run| run.epochs(3), |stop| stop.epochs = Some(3)),
    ];
    for (i, (setter, change)) in cases.into_iter().enumerate() {
        let mut stop = Stop::default();
        change(&mut stop);
        let started = || plain().start([0.7, 0.3]).learning_rate(0.01);
        let (set, all) = (setter(started()).run::<f64>(), started().stop(stop).run::<f64>());
        match (set, all) {
            (Ok(set), Ok(all)) => {
                assert_eq!(set, all, "setter {i}");
                assert!(i == 0 || set.status != Status::StepLimit, "setter {i} ends the run");
            }
            (set, all) => {
                assert!(i >= 8, "setter {i}: {set:?}");
                assert_eq!(set.unwrap_err(), all.unwrap_err());
            }
        }
    }
    let sum = || {
        FiniteSum::new(10, |_, x: &[f64], gradient: &mut [f64]| {
            gradient[0] += 2.0 * x[0];
            x[0] * x[0]
        })
    };
    let run =
        || Minimizer::new(sum().unwrap().batch(4).unwrap()).rule(amsgrad::AmsGrad::default()).start([1.0]);
    let (examples, epochs) =
        (run().examples(30).run::<f64>().unwrap(), run().epochs(3).run::<f64>().unwrap());
    assert_eq!((examples.status, examples.counts.examples), (Status::ExampleLimit, 30));
    assert_eq!((epochs.status, epochs.counts.epochs), (Status::EpochLimit, 3));
}

#[test]
fn steps_are_limited_to_1000_where_nothing_else_limits_the_run() {
    let run = || plain().start([0.7, 0.3]).rule(AmsGrad::new(Schedule::inverse_sqrt(0.01)));
    assert_eq!(run().run::<f64>().unwrap().counts.steps, 1000);
    let more = run().evaluations(3000).run::<f64>().unwrap();
    assert_eq!((more.status, more.counts.steps), (Status::EvaluationLimit, 2999));
    let both = run().evaluations(3000).steps(50).run::<f64>().unwrap();
    assert_eq!((both.status, both.counts.steps), (Status::StepLimit, 50));
    let tolerance = run().gradient_tolerance(0.0).target(-1.0).run::<f64>().unwrap();
    assert_eq!(tolerance.status, Status::StepLimit, "a tolerance is no limit");
    let sum = FiniteSum::new(10, |_, x: &[f64], gradient: &mut [f64]| {
        gradient[0] += 2.0 * x[0];
        x[0] * x[0]
    });
    let outcome = Minimizer::new(sum.unwrap().batch(1).unwrap())
        .rule(amsgrad::AmsGrad::default())
        .start([1.0])
        .epochs(200)
        .run::<f64>()
        .unwrap();
    assert_eq!((outcome.status, outcome.counts.gradients), (Status::EpochLimit, 2000));
    let mut stop = Stop::default();
    assert_eq!(stop.step_limit(), 1000);
    stop.examples = Some(1);
    assert_eq!(stop.step_limit(), u64::MAX);
    stop.steps = Some(3);
    assert_eq!(stop.step_limit(), 3);
}

#[cfg(feature = "clock")]
#[test]
fn a_limit_of_time_leaves_the_steps_unlimited() {
    let outcome =
        plain().start([0.7, 0.3]).time_limit(core::time::Duration::from_millis(200)).run::<f64>().unwrap();
    assert_eq!(outcome.status, Status::TimeLimit);
    assert!(outcome.counts.steps > 1000, "{} steps", outcome.counts.steps);
}

#[test]
fn bounds_are_a_box() {
    let boxed = Bounds::new([(-1.0, 0.1), (0.01, f64::INFINITY)]).unwrap();
    let run = || plain().start([0.7, 0.3]).learning_rate(0.05);
    let outcome = run().bounds([(-1.0, 0.1), (0.01, f64::INFINITY)]).run::<f64>().unwrap();
    assert_eq!(outcome, run().within(boxed).run().unwrap());
    assert_eq!(outcome.last.point, [0.1, 0.01]);

    let crossed = run().bounds([(1.0, 0.0), (0.0, 1.0)]).run::<f64>().unwrap_err();
    assert_eq!(crossed, Error::from(Bounds::new([(1.0, 0.0), (0.0, 1.0)]).unwrap_err()));
    let mended = run().bounds([(1.0, 0.0), (0.0, 1.0)]).bounds([(0.0, 1.0); 2]);
    assert!(mended.run::<f64>().is_ok(), "the last one counts");
    let error = run().bounds([(0.0, 1.0)]).run::<f64>().unwrap_err();
    assert_eq!(error, Error::Dimension { what: "the start", expected: 1, found: 2 });
}

#[test]
fn the_order_of_an_optimizers_settings_does_not_matter() {
    type Stepped = Optimizer<GradientDescent, f64>;
    let settings: [fn(Stepped) -> Stepped; 7] = [
        |optimizer| optimizer.group(Group::new("first", 0..2).learning_rate(0.3)),
        |optimizer| optimizer.group(Group::new("last", 3..4).weight_decay(WeightDecay::L2(0.2))),
        |optimizer| optimizer.weight_decay(WeightDecay::Decoupled(0.1)),
        |optimizer| optimizer.gradient_scale(0.5),
        |optimizer| optimizer.clip_value(1.0),
        |optimizer| optimizer.clip_norm(1.5),
        Optimizer::maximize,
    ];
    let stepped = |order: &[usize]| {
        let new = Optimizer::new(GradientDescent::new(0.1));
        let mut optimizer = order.iter().fold(new, |optimizer, i| settings[*i](optimizer));
        let mut x = [1.0, -2.0, 3.0, -4.0];
        for _ in 0..3 {
            optimizer.step([(&mut x, &[0.3, -5.0, 0.1, 1.2])]).unwrap();
        }
        x
    };
    let expected = stepped(&[0, 1, 2, 3, 4, 5, 6]);
    for order in [[6, 5, 4, 3, 2, 1, 0], [5, 3, 4, 6, 0, 2, 1], [2, 0, 6, 1, 5, 4, 3]] {
        assert_eq!(stepped(&order), expected);
    }
}

#[test]
fn an_error_tells_which_setting_which_coordinate_and_what_is_allowed() {
    let refused = |error: Error| match error {
        Error::Setting(error) => (error.name(), error.coordinate, error.allowed),
        other => panic!("{other}"),
    };
    let run = |minimizer: Run| refused(minimizer.steps(3).run::<f64>().unwrap_err());
    let name = |name: &str| name.to_owned();
    assert_eq!(
        run(plain().start([0.0, f64::NAN])),
        (name("coordinate 1 of the start"), Some(1), Allowed::Finite)
    );
    let bounded = plain().start([0.0]).bounds([(2.0, 1.0)]);
    let other = Allowed::from("a lower bound not above the upper one");
    assert_eq!(run(bounded), (name("coordinate 0 of the bounds"), Some(0), other));
    let rate = plain().start([0.0]).learning_rate(-0.1);
    assert_eq!(run(rate), (name("learning_rate"), None, Allowed::NonNegativeSchedule));
    let stop = plain().start([0.0]).epochs(0);
    assert_eq!(run(stop), (name("stop.epochs"), None, Allowed::AtLeast(1)));

    let group = Group::new("bias", 0..1).weight_decay(WeightDecay::L2(-1.0));
    let mut optimizer = Optimizer::new(AmsGrad::default()).group(group);
    match optimizer.step([(&mut [1.0], &[1.0])]).unwrap_err() {
        StepError::Setting(error) => {
            assert_eq!((&error.field[..], error.group.as_deref()), ("weight_decay", Some("bias")));
            assert_eq!(error.allowed, Allowed::NonNegative);
            assert!(
                error.to_string().starts_with("weight_decay of group bias is -1; allowed: a finite number")
            );
        }
        other => panic!("{other}"),
    }
    let dialect = AnyRule::named("amsgrad").unwrap().set("dialect", "mine").unwrap_err();
    assert_eq!(dialect.allowed, Allowed::OneOf(Dialect::ALL.map(Dialect::name).into()));
}
