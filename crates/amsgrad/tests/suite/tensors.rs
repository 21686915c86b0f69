//! Several tensors in one optimizer step.

use amsgrad::group::GroupError;
use amsgrad::optimizer::StepError;
use amsgrad::rule::for_each_rule;
use amsgrad::{Adam, AmsGrad, Dialect, GradientDescent, Group, Optimizer, Real, Rule, Schedule, WeightDecay};
use proptest::prelude::*;

use crate::support::{bits, numbers, state_bits};

/// Cuts a flat vector into tensors of these lengths.
fn cut<T: Real>(flat: &[T], lengths: &[usize]) -> Vec<Vec<T>> {
    let mut rest = flat;
    let mut tensor = |length: &usize| {
        let (tensor, after) = rest.split_at(*length);
        rest = after;
        tensor.to_vec()
    };
    lengths.iter().map(&mut tensor).collect()
}

fn step<T: Real, R: Rule>(
    optimizer: &mut Optimizer<R, T>,
    x: &mut [Vec<T>],
    gradients: &[Vec<T>],
) -> Result<(), StepError> {
    let mut pairs: Vec<(&mut [T], &[T])> =
        x.iter_mut().zip(gradients).map(|(x, gradient)| (&mut x[..], &gradient[..])).collect();
    optimizer.step_tensors(&mut pairs)
}

/// A group for each tensor that is not empty, with settings of its own; by tensor, or by range of the flat vector.
fn groups(lengths: &[usize], by_tensor: bool) -> Vec<Group> {
    let mut first = 0;
    let mut groups = Vec::new();
    for (tensor, length) in lengths.iter().enumerate() {
        let name = format!("tensor {tensor}");
        let range = first..first + length;
        first += length;
        if *length > 0 {
            let group = if by_tensor { Group::tensor(name, tensor) } else { Group::new(name, range) };
            groups.push(match tensor % 4 {
                0 => group.learning_rate(Schedule::inverse_sqrt(0.05)).weight_decay(WeightDecay::None),
                1 => group.learning_rate_factor(0.5),
                2 => group.weight_decay(WeightDecay::L2(0.2)),
                _ => group.frozen(),
            });
        }
    }
    groups
}

/// Steps tensors and one flat slice beside each other, in groups or without.
fn tensors_are_one_slice<T: Real, R: Rule>(rule: &R, lengths: &[usize], grouped: bool) {
    let plain = || {
        let plain = Optimizer::<R, T>::new(rule.clone()).weight_decay(WeightDecay::Decoupled(0.1));
        plain.gradient_scale(0.5).clip_value(0.45)
    };
    let with = |by_tensor| match grouped {
        true => groups(lengths, by_tensor).into_iter().fold(plain(), Optimizer::group),
        false => plain(),
    };
    let (mut many, mut one) = (with(true), with(false));
    let length = lengths.iter().sum();
    let mut flat = numbers::<T>(length, 1);
    let mut tensors = cut(&flat, lengths);
    for salt in 2..8 {
        let gradient = numbers::<T>(length, salt);
        step(&mut many, &mut tensors, &cut(&gradient, lengths)).unwrap();
        one.step([(&mut flat, &gradient)]).unwrap();
        let about = format!("{} with tensors of {lengths:?}, step {}", R::NAME, salt - 1);
        assert_eq!(bits(&tensors.concat()), bits(&flat), "{about}");
        let (many, one) = (many.state(), one.state());
        assert_eq!(state_bits(&many), state_bits(&one), "{about}");
        assert_eq!(many, one, "{about}");
    }
}

#[test]
fn they_equal_one_flat_slice_bit_for_bit() {
    for_each_rule!(R => {
        for grouped in [false, true] {
            tensors_are_one_slice::<f32, _>(&R::default(), &[3, 1, 40, 0, 17, 128], grouped);
            tensors_are_one_slice::<f64, _>(&R::default(), &[3, 1, 40, 0, 17, 128], grouped);
        }
    });
    tensors_are_one_slice::<f32, _>(&AmsGrad::new(0.1), &[70_001, 5, 33_333, 40_003], true);
    tensors_are_one_slice::<f64, _>(&AmsGrad::new(0.1), &[5, 32_768, 32_768, 1], false);
}

/// The norm is summed tensor by tensor: it may differ from that of one flat slice in its last places, and no more.
#[test]
fn they_are_clipped_by_one_norm_as_one_flat_slice() {
    for lengths in [&[3, 1, 40, 0, 17, 128][..], &[5, 32_768, 32_768, 1]] {
        let length = lengths.iter().sum();
        let optimizer = || Optimizer::<_, f64>::new(GradientDescent::new(1.0)).clip_norm(0.7);
        let (mut flat, gradient) = (numbers::<f64>(length, 1), numbers::<f64>(length, 2));
        let mut tensors = cut(&flat, lengths);
        step(&mut optimizer(), &mut tensors, &cut(&gradient, lengths)).unwrap();
        optimizer().step([(&mut flat, &gradient)]).unwrap();
        let apart = tensors.concat().iter().zip(&flat).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart <= 1e-15, "{apart:e}");
    }
}

#[test]
fn the_norm_is_that_of_all_tensors() {
    let mut optimizer = Optimizer::new(GradientDescent::new(1.0)).clip_norm(2.5);
    let (mut a, mut b) = ([0.0_f64], [0.0; 2]);
    optimizer.step([(&mut a[..], &[3.0][..]), (&mut b, &[0.0, -4.0])]).unwrap();
    assert_eq!((a, b), ([-1.5], [0.0, 2.0]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_their_lengths(lengths in prop::collection::vec(0_usize..70, 1..9), grouped: bool) {
        let rule = AmsGrad::new(0.1).beta1(Schedule::power(0.9)).dialect(Dialect::Optax);
        tensors_are_one_slice::<f32, _>(&rule, &lengths, grouped);
    }
}

#[test]
fn without_clipping_by_norm_they_are_optimizers_apart() {
    let lengths = [7, 1, 33];
    let mut together = Optimizer::<_, f64>::new(Adam::new(0.1)).weight_decay(WeightDecay::L2(0.1));
    let mut apart = [together.clone(), together.clone(), together.clone()];
    let flat = numbers(lengths.iter().sum(), 1);
    let (mut x, mut y) = (cut(&flat, &lengths), cut(&flat, &lengths));
    for salt in 2..6 {
        let gradients = cut(&numbers(flat.len(), salt), &lengths);
        step(&mut together, &mut x, &gradients).unwrap();
        for ((optimizer, y), gradient) in apart.iter_mut().zip(&mut y).zip(&gradients) {
            optimizer.step([(y, gradient)]).unwrap();
        }
        assert_eq!(x, y);
    }
}

#[test]
fn the_lengths_may_be_cut_anew_between_steps() {
    let optimizer = || Optimizer::<_, f64>::new(AmsGrad::new(0.1));
    let (mut one, mut other) = (optimizer(), optimizer());
    let (mut x, mut y) = (numbers(60, 1), numbers(60, 1));
    for (salt, lengths) in [&[60][..], &[20, 40], &[20, 40], &[1, 58, 1], &[60]].into_iter().enumerate() {
        let gradient = numbers(60, 2 + salt);
        one.step([(&mut x, &gradient)]).unwrap();
        let mut tensors = cut(&y, lengths);
        step(&mut other, &mut tensors, &cut(&gradient, lengths)).unwrap();
        y = tensors.concat();
        assert_eq!((&x, one.state()), (&y, other.state()));
    }
}

#[test]
fn errors_name_the_tensor_and_change_nothing() {
    let mut optimizer = Optimizer::<_, f64>::new(AmsGrad::new(0.1));
    let start = [vec![1.0; 4], vec![2.0; 20], vec![3.0]];
    let mut x = start.clone();
    let ones = || [vec![1.0; 4], vec![1.0; 20], vec![1.0]];
    let mut bad = ones();
    bad[1][17] = f64::NAN;
    let error = step(&mut optimizer, &mut x, &bad).unwrap_err();
    assert!(
        matches!(error, StepError::NonFiniteGradient { step: 1, tensor: 1, coordinate: 17, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("coordinate 17 of tensor 1"), "{error}");
    bad[1][17] = 1e300;
    let error = step(&mut optimizer, &mut x, &bad).unwrap_err();
    assert!(matches!(error, StepError::HugeGradient { tensor: 1, coordinate: 17, .. }), "{error}");
    bad[2].push(0.0);
    let error = step(&mut optimizer, &mut x, &bad).unwrap_err();
    assert_eq!(error, StepError::GradientLength { tensor: 2, parameters: 1, gradients: 2 });
    assert_eq!((&x, optimizer.steps()), (&start, 0));

    step(&mut optimizer, &mut x, &ones()).unwrap();
    let error = step(&mut optimizer, &mut x[..2], &ones()[..2]).unwrap_err();
    assert_eq!(error, StepError::ParameterLength { expected: 25, found: 24 });
    step(&mut optimizer, &mut x, &ones()).unwrap();
    assert_eq!(optimizer.steps(), 2);

    let mut missing = Optimizer::<_, f64>::new(AmsGrad::new(0.1)).group(Group::tensor("head", 3));
    let error = step(&mut missing, &mut x, &ones()).unwrap_err();
    assert_eq!(error, StepError::Group(GroupError::NoTensor { name: "head".into(), tensor: 3, tensors: 3 }));
}

#[test]
fn a_group_may_be_a_tensor_another_a_range() {
    let mut optimizer = Optimizer::new(GradientDescent::new(1.0))
        .group(Group::tensor("second", 1).learning_rate(0.25))
        .group(Group::new("across", 0..2).learning_rate_factor(0.5));
    let (mut a, mut b, mut c) = ([0.0; 3], [0.0; 2], [0.0; 1]);
    optimizer.step([(&mut a[..], &[1.0; 3][..]), (&mut b, &[1.0; 2]), (&mut c, &[1.0])]).unwrap();
    assert_eq!((a, b, c), ([-0.5, -0.5, -1.0], [-0.25; 2], [-1.0]));
    // A range counts through all tensors.
    let mut optimizer = Optimizer::new(GradientDescent::new(1.0)).group(Group::new("middle", 2..4).frozen());
    let (mut a, mut b) = ([0.0; 3], [0.0; 2]);
    optimizer.step([(&mut a[..], &[1.0; 3][..]), (&mut b, &[1.0; 2])]).unwrap();
    assert_eq!((a, b), ([-1.0, -1.0, 0.0], [0.0, -1.0]));
    let mut overlapping = optimizer.clone().group(Group::tensor("first", 0));
    overlapping.set_state(&Optimizer::<_, f64>::new(GradientDescent::new(1.0)).state()).unwrap();
    let error = overlapping.step([(&mut a[..], &[1.0; 3][..]), (&mut b, &[1.0; 2])]).unwrap_err();
    assert!(matches!(error, StepError::Group(GroupError::Overlap { parameter: 2, .. })), "{error}");
}

/// Steps an optimizer with a group per tensor, saves its state, and goes on in another.
fn saved_and_resumed(frozen: bool) {
    let lengths = [5, 40, 3];
    let new = || {
        let head = Group::tensor("head", 2).learning_rate(0.5);
        let plain = Optimizer::<_, f64>::new(AmsGrad::new(0.1)).group(head);
        plain.group(if frozen { Group::tensor("body", 1).frozen() } else { Group::tensor("body", 1) })
    };
    let (mut whole, mut half) = (new(), new());
    let start = cut(&numbers(48, 1), &lengths);
    let (mut x, mut y) = (start.clone(), start);
    let gradients = |salt| cut(&numbers(48, salt), &lengths);
    for salt in 2..5 {
        step(&mut whole, &mut x, &gradients(salt)).unwrap();
        step(&mut half, &mut y, &gradients(salt)).unwrap();
    }
    let state = half.state();
    let mut rest = new();
    rest.set_state(&state).unwrap();
    assert_eq!((rest.steps(), rest.state()), (3, state));
    for salt in 5..8 {
        step(&mut whole, &mut x, &gradients(salt)).unwrap();
        step(&mut rest, &mut y, &gradients(salt)).unwrap();
        assert_eq!((&x, whole.state()), (&y, rest.state()));
    }
}

#[test]
fn a_state_is_resumed_by_groups_of_tensors() {
    saved_and_resumed(false);
}

#[test]
fn a_state_with_a_frozen_tensor_is_resumed_by_groups_of_tensors() {
    saved_and_resumed(true);
}

#[test]
fn the_learning_rate_is_that_of_the_next_step() {
    let mut optimizer = Optimizer::new(AmsGrad::new(Schedule::inverse_sqrt(0.4)));
    assert_eq!(optimizer.learning_rate(), 0.4);
    for _ in 0..3 {
        optimizer.step([(&mut [1.0_f32], &[1.0])]).unwrap();
    }
    assert_eq!(optimizer.learning_rate(), 0.2);
    optimizer.rule_mut().learning_rate = 1.0.into();
    assert_eq!(optimizer.learning_rate(), 1.0);
}

#[test]
fn everything_that_gives_slices_is_a_tensor() {
    let mut optimizer = Optimizer::<_, f32>::new(GradientDescent::new(1.0));
    let (mut array, mut vector, mut boxed) =
        ([1.0_f32; 2], vec![1.0_f32; 3], vec![1.0_f32].into_boxed_slice());
    let gradient = vec![1.0_f32; 2];
    optimizer.step([(&mut array, &gradient)]).unwrap();
    optimizer.set_state(&Optimizer::<_, f32>::new(GradientDescent::new(1.0)).state()).unwrap();
    optimizer
        .step([(&mut array[..], &gradient[..]), (&mut vector, &[1.0; 3]), (&mut boxed, &[1.0])])
        .unwrap();
    assert_eq!((array, vector, &*boxed), ([-1.0; 2], vec![0.0; 3], &[0.0][..]));
}
