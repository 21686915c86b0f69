//! Named groups of parameters in one optimizer.

use amsgrad::group::GroupError;
use amsgrad::optimizer::StepError;
use amsgrad::rule::for_each_rule;
use amsgrad::state::StateError;
use amsgrad::*;
use proptest::prelude::*;

fn numbers(length: usize, salt: usize) -> Vec<f32> {
    (0..length).map(|i| ((i * 7919 + salt * 104_729) % 2003) as f32 / 1001.0 - 1.0).collect()
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

/// An optimizer with two groups, and one for each of its parts, step by step; the second group is frozen for a while.
fn groups_are_optimisers_apart<R: Rule>(rule: R, [a, b, c, d]: [usize; 4], thaw: usize) {
    let schedule = Schedule::inverse_sqrt(0.05).warm_up(3);
    let decay = WeightDecay::Decoupled(0.1);
    let with = |schedule: Schedule| {
        let mut rule = rule.clone();
        *rule.learning_rate_mut() = schedule;
        Optimizer::<R, f32>::new(rule)
    };
    let mut grouped = with(0.1.into()).weight_decay(decay);
    let ranges = [0..a, a..a + b, a + b..a + b + c, a + b + c..a + b + c + d];
    let mut apart = [
        with(0.1.into()).weight_decay(decay),
        with(schedule.clone()).weight_decay(WeightDecay::L2(0.3)),
        with(0.1.into()).weight_decay(decay),
        with(Schedule::constant(0.1).scaled(0.5)),
    ];
    // Not in the order of their ranges.
    let last =
        Group::new("last", ranges[3].clone()).learning_rate_factor(0.5).weight_decay(WeightDecay::None);
    let own = Group::new("own", ranges[1].clone()).learning_rate(schedule);
    let own = own.weight_decay(WeightDecay::L2(0.3));
    grouped = grouped.group(last.frozen()).group(own);

    let length = a + b + c + d;
    let (mut x, mut y) = (numbers(length, 1), numbers(length, 1));
    for step in 0..6 {
        let mut gradient = numbers(length, 2 + step);
        if step == thaw {
            grouped.group_mut("last").unwrap().frozen = false;
        }
        for (i, (optimizer, range)) in apart.iter_mut().zip(&ranges).enumerate() {
            if i == 3 && step < thaw {
                gradient[range.clone()].fill(f32::NAN);
            } else {
                optimizer.step([(&mut y[range.clone()], &gradient[range.clone()])]).unwrap();
            }
        }
        grouped.step([(&mut x, &gradient)]).unwrap();
        assert_eq!(bits(&x), bits(&y), "{} at step {step}", R::NAME);

        // A state is vectors over all parameters; an optimizer with the same groups goes on from it.
        let state = grouped.state();
        assert_eq!((state.step, state.dimension), (step as u64 + 1, length));
        for slot in &state.slots {
            for (optimizer, range) in apart.iter().zip(&ranges).filter(|(one, _)| one.steps() > 0) {
                let alone = optimizer.state();
                assert_eq!(bits(alone.slot(&slot.name).unwrap()), bits(&slot.values[range.clone()]));
            }
        }
        assert_eq!(state.apart.len(), usize::from(thaw > 0), "{:?}", state.apart);
        let before = grouped.clone();
        grouped.set_state(&state).unwrap();
        assert_eq!(before.state(), grouped.state());
    }
}

#[test]
fn a_step_with_groups_is_that_of_an_optimiser_for_each() {
    for_each_rule!(R => {
        groups_are_optimisers_apart(R::default(), [7, 33, 1, 20], 0);
        groups_are_optimisers_apart(R::default(), [7, 33, 1, 20], 3);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn wherever_groups_begin_and_end(
        lengths in prop::array::uniform4(1_usize..70), thaw in 0_usize..5, beta1 in 0.0..0.99,
    ) {
        let rule = AmsGrad::new(0.1).beta1(Schedule::power(beta1)).dialect(Dialect::Optax);
        groups_are_optimisers_apart(rule, lengths, thaw);
    }
}

#[test]
fn long_groups_at_odd_places() {
    groups_are_optimisers_apart(AmsGrad::new(0.1), [70_001, 40_003, 5, 33_333], 1);
}

#[test]
fn a_frozen_group_stays_bit_for_bit_and_its_gradients_are_not_looked_at() {
    let mut optimizer = Optimizer::new(AmsGrad::new(0.1))
        .weight_decay(WeightDecay::Decoupled(0.1))
        .group(Group::new("all", 0..3).frozen());
    let mut x = [f64::NAN, -0.0, 1e-320];
    let before = x.map(f64::to_bits);
    for _ in 0..3 {
        optimizer.step([(&mut x, &[f64::NAN, f64::INFINITY, 1.0])]).unwrap();
    }
    assert_eq!(x.map(f64::to_bits), before);
    assert_eq!(optimizer.steps(), 3);
    assert!(optimizer.state().slot("v_hat").unwrap().iter().all(|v| *v == 0.0));

    let state = optimizer.state();
    let mut other = Optimizer::new(AmsGrad::new(0.1)).group(Group::new("all", 0..3));
    other.set_state(&state).unwrap();
    assert_eq!((other.steps(), other.state()), (3, state));
}

#[test]
fn a_bad_gradient_is_named_by_its_place_among_all_parameters() {
    let groups =
        [Group::new("a", 0..20).frozen(), Group::new("b", 30..50).weight_decay(WeightDecay::L2(1.0))];
    let plain = || Optimizer::<_, f64>::new(AmsGrad::new(0.1));
    let mut optimizer = groups.into_iter().fold(plain(), Optimizer::group);
    for (coordinate, spoilt_x) in [(25, false), (49, false), (31, true)] {
        let (mut x, mut gradient) = (vec![1.0; 60], vec![1.0; 60]);
        if spoilt_x {
            x[coordinate] = 1e300
        } else {
            gradient[coordinate] = f64::NAN
        }
        let before = x.clone();
        let error = optimizer.step([(&mut x, &gradient)]).unwrap_err();
        let found = match error {
            StepError::NonFiniteGradient { coordinate, .. } => coordinate,
            StepError::HugeGradient { coordinate, .. } => coordinate,
            error => panic!("{error}"),
        };
        assert_eq!((found, &x), (coordinate, &before));
    }
}

#[test]
fn groups_that_do_not_fit_are_errors() {
    let step = |groups: &[Group]| {
        let plain = Optimizer::new(AmsGrad::new(0.1));
        let mut optimizer = groups.iter().cloned().fold(plain, Optimizer::group);
        let error = optimizer.step([(&mut [0.0_f64; 10], &[1.0; 10])]).unwrap_err();
        assert_eq!(optimizer.steps(), 0);
        error
    };
    let group = Group::new;
    let cases = [
        (vec![group("a", 0..2), group("a", 3..4)], GroupError::Duplicate { name: "a".into() }),
        (vec![group("a", 2..2)], GroupError::Empty { name: "a".into(), start: 2, end: 2 }),
        (vec![group("a", 9..11)], GroupError::OutOfRange { name: "a".into(), end: 11, parameters: 10 }),
        (
            vec![group("b", 4..8), group("a", 0..5)],
            GroupError::Overlap { first: "a".into(), second: "b".into(), parameter: 4 },
        ),
    ];
    for (groups, expected) in cases {
        assert_eq!(step(&groups), StepError::Group(expected));
    }
    let settings = [
        (group("a", 0..2).learning_rate(-1.0), "learning_rate of group a is -1.0; allowed"),
        (group("a", 0..2).learning_rate_factor(f64::NAN), "learning_rate_factor of group a is NaN; allowed"),
        (group("a", 0..2).weight_decay(WeightDecay::L2(-1.0)), "weight_decay of group a is -1; allowed"),
    ];
    for (group, expected) in settings {
        let error = step(&[group]).to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn groups_come_before_the_first_step_or_before_a_state() {
    let mut optimizer = Optimizer::new(AmsGrad::new(0.1));
    let mut x = [1.0_f64; 4];
    optimizer.step([(&mut x, &[1.0; 4])]).unwrap();
    let state = optimizer.state();
    let mut optimizer = optimizer.group(Group::new("late", 0..2).frozen());
    let late = StepError::Group(GroupError::Late { name: "late".into(), step: 1 });
    assert_eq!(optimizer.step([(&mut x, &[1.0; 4])]), Err(late));
    optimizer.set_state(&state).unwrap();
    optimizer.step([(&mut x, &[1.0; 4])]).unwrap();
    assert_eq!(optimizer.state().apart.len(), 1);
    *optimizer.group_mut("late").unwrap() = Group::new("other", 0..3);
    assert!(matches!(
        optimizer.step([(&mut x, &[1.0; 4])]),
        Err(StepError::Group(GroupError::Late { step: 2, .. }))
    ));

    let state = optimizer.state();
    let mut cut = Optimizer::new(AmsGrad::new(0.1)).group(Group::new("cut", 1..3));
    let error = cut.set_state(&state).unwrap_err();
    assert_eq!(error, StateError::Group(GroupError::Cut { start: 0, end: 2, step: 1 }));
    assert_eq!(cut.steps(), 0);
    assert!(cut.group_mut("none").is_none());
}

#[test]
fn changes_of_the_rule_reach_the_groups() {
    let mut optimizer = Optimizer::new(GradientDescent::new(1.0))
        .group(Group::new("half", 1..2).learning_rate_factor(0.5))
        .group(Group::new("own", 2..3).learning_rate(0.25));
    let mut x = [0.0_f64; 3];
    optimizer.step([(&mut x, &[1.0; 3])]).unwrap();
    assert_eq!(x, [-1.0, -0.5, -0.25]);
    optimizer.rule_mut().learning_rate = 4.0.into();
    optimizer.step([(&mut x, &[1.0; 3])]).unwrap();
    assert_eq!(x, [-5.0, -2.5, -0.5]);
    optimizer.group_mut("own").unwrap().learning_rate = amsgrad::group::GroupRate::Rule;
    optimizer.step([(&mut x, &[1.0; 3])]).unwrap();
    assert_eq!(x, [-9.0, -4.5, -4.5]);
    assert_eq!(optimizer.groups().len(), 2);
}

amsgrad::rule! {
    /// A rule as a user writes it.
    pub struct Own = "own" {
        /// alpha.
        learning_rate = 1.0,
    }
    source: "";
    formula: "x = x - alpha * g";
    gradients: Any;
    memory: ;
    coefficients(self, clock): alpha;
    {
        let alpha = clock.value(&self.learning_rate);
    }
    step(x, g): { x - alpha * g }
    weight: { N::constant(1.0) }
}

#[test]
fn a_rule_of_ones_own_has_groups_too() {
    let plain = || Optimizer::new(Own::default());
    let mut optimizer = plain().group(Group::new("frozen", 0..1).frozen());
    let mut x = [0.0_f64; 2];
    optimizer.step([(&mut x, &[1.0; 2])]).unwrap();
    assert_eq!(x, [0.0, -1.0]);
    let mut optimizer = plain().group(Group::new("a", 0..1).learning_rate(0.5));
    optimizer.step([(&mut x, &[1.0; 2])]).unwrap();
    assert_eq!(x, [-0.5, -2.0]);
}
