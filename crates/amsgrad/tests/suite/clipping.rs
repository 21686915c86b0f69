//! Gradients scaled and clipped before anything else is done with them.

use amsgrad::optimizer::StepError;
use amsgrad::{Adam, AmsGrad, Dialect, GradientDescent, Group, Optimizer, Rule, WeightDecay};
use proptest::prelude::*;

fn descent() -> Optimizer<GradientDescent, f64> {
    Optimizer::new(GradientDescent::new(1.0))
}

/// The gradient that the rule was given: what descent with rate 1 moves by.
fn seen(mut optimizer: Optimizer<GradientDescent, f64>, gradient: &[f64]) -> Vec<f64> {
    let mut x = vec![0.0; gradient.len()];
    optimizer.step([(&mut x, gradient)]).unwrap();
    x.iter().map(|x| -x).collect()
}

#[test]
fn the_order_is_scale_maximise_value_norm_decay() {
    assert_eq!(seen(descent().gradient_scale(0.5), &[4.0, -2.0]), [2.0, -1.0]);
    assert_eq!(seen(descent().clip_value(3.0).gradient_scale(0.5), &[4.0, -20.0]), [2.0, -3.0]);
    assert_eq!(seen(descent().clip_value(3.0).maximize(), &[4.0, -1.0]), [-3.0, 1.0]);
    assert_eq!(seen(descent().clip_norm(2.5), &[3.0, 4.0]), [1.5, 2.0]);
    assert_eq!(seen(descent().clip_norm(2.5).gradient_scale(2.0).maximize(), &[1.5, -2.0]), [-1.5, 2.0]);
    assert_eq!(seen(descent().clip_norm(5.0), &[3.0, 4.0]), [3.0, 4.0], "no longer than allowed");
    assert_eq!(seen(descent().clip_value(4.0).clip_norm(2.5), &[3.0, 400.0]), [1.5, 2.0]);

    let mut decayed = descent().clip_value(1.0).weight_decay(WeightDecay::L2(0.5));
    let mut x = [10.0];
    decayed.step([(&mut x, &[100.0])]).unwrap();
    assert_eq!(x, [10.0 - (1.0 + 5.0)], "the decay is not clipped");
}

#[test]
fn what_is_not_finite_is_refused_whatever_the_limits() {
    let optimizers = || {
        [
            descent().clip_value(1.0),
            descent().clip_norm(1.0),
            descent().clip_value(1.0).clip_norm(1.0),
            descent().clip_norm(1.0).unchecked(),
            descent().gradient_scale(1e-3),
        ]
    };
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for mut optimizer in optimizers() {
            let mut x = [1.0, 2.0, 3.0];
            let error = optimizer.step([(&mut x, &[0.5, 0.0, bad])]).unwrap_err();
            assert!(matches!(error, StepError::NonFiniteGradient { step: 1, coordinate: 2, .. }), "{error}");
            assert_eq!((x, optimizer.steps()), ([1.0, 2.0, 3.0], 0));
            optimizer.step([(&mut x, &[0.5, 0.0, 1.0])]).unwrap();
        }
    }
}

#[test]
fn huge_but_finite_is_fine_if_it_is_clipped_and_the_scale_leaves_it_finite() {
    let amsgrad = || Optimizer::<_, f32>::new(AmsGrad::new(0.1));
    let huge = [f32::MAX, 1.0];
    let allowed =
        [amsgrad().clip_value(1.0), amsgrad().clip_norm(1.0), amsgrad().clip_value(1.0).gradient_scale(0.5)];
    for mut optimizer in allowed {
        let mut x = [1.0, 1.0];
        optimizer.step([(&mut x, &huge)]).unwrap();
        assert!(x[0] < 1.0 && x[0].is_finite());
    }
    let refused = [
        amsgrad(),
        amsgrad().clip_value(1.0).gradient_scale(2.0),
        amsgrad().clip_norm(1.0).gradient_scale(2.0),
        amsgrad().clip_value(1.0).clip_norm(1.0).gradient_scale(2.0),
        amsgrad().gradient_scale(0.5),
        // Clipped, but to more than v can hold.
        amsgrad().clip_value(1e30),
        amsgrad().clip_norm(1e30),
    ];
    for mut optimizer in refused {
        let mut x = [1.0, 1.0];
        let error = optimizer.step([(&mut x, &huge)]).unwrap_err();
        assert!(matches!(error, StepError::HugeGradient { coordinate: 0, .. }), "{error}");
        assert_eq!(x, [1.0, 1.0]);
    }
    let largest = AmsGrad::GRADIENT_LIMIT.largest::<f32>();
    amsgrad().gradient_scale(0.5).step([(&mut [1.0], &[1.9 * largest])]).unwrap();
    amsgrad().gradient_scale(2.0).step([(&mut [1.0], &[0.6 * largest])]).unwrap_err();
}

#[test]
fn limits_are_finite_numbers_above_0() {
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for optimizer in [descent().gradient_scale(bad), descent().clip_value(bad), descent().clip_norm(bad)]
        {
            let error = { optimizer }.step([(&mut [1.0], &[1.0])]).unwrap_err();
            assert!(matches!(error, StepError::Setting(_)), "{error}");
            assert!(error.to_string().contains("allowed: a finite number above 0"), "{error}");
        }
    }
    let mut single = Optimizer::<_, f32>::new(GradientDescent::new(1.0)).gradient_scale(1e-60);
    assert!(single.step([(&mut [1.0], &[1.0])]).is_err(), "0 in f32");
}

#[test]
fn the_norm_is_that_of_all_groups_without_the_frozen() {
    let gradient = [3.0, f64::NAN, 4.0];
    let optimizer = descent()
        .clip_norm(2.5)
        .group(Group::new("frozen", 1..2).frozen())
        .group(Group::new("last", 2..3).learning_rate_factor(2.0));
    assert_eq!(seen(optimizer, &gradient), [1.5, 0.0, 4.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn clipping_is_preparing_by_hand(
        numbers in prop::collection::vec((-100.0..100.0_f32, -1.0..1.0_f32), 1..70),
        scale in 0.01..10.0_f32, limit in 0.1..50.0_f32, decay in 0.0..0.5,
    ) {
        let start: Vec<f32> = numbers.iter().map(|pair| pair.1).collect();
        let gradient: Vec<f32> = numbers.iter().map(|pair| pair.0).collect();
        let by_hand: Vec<f32> = gradient.iter().map(|g| (scale * g).clamp(-limit, limit)).collect();
        for decay in [WeightDecay::None, WeightDecay::L2(decay), WeightDecay::Decoupled(decay)] {
            let plain = Optimizer::new(AmsGrad::new(0.1).dialect(Dialect::Torch)).weight_decay(decay);
            let mut clipped = plain.clone().gradient_scale(scale.into()).clip_value(limit.into());
            let (mut plain, mut x, mut y) = (plain, start.clone(), start.clone());
            for _ in 0..3 {
                plain.step([(&mut x, &by_hand)]).unwrap();
                clipped.step([(&mut y, &gradient)]).unwrap();
            }
            prop_assert_eq!(&x, &y);
            prop_assert_eq!(plain.state(), clipped.state());
        }
    }

    #[test]
    fn a_clipped_gradient_is_as_long_as_allowed(
        gradient in prop::collection::vec(-100.0..100.0_f64, 1..70), limit in 0.1..500.0, power in -300..300,
    ) {
        let size = 2.0_f64.powi(power);
        let gradient: Vec<f64> = gradient.iter().map(|g| g * size).collect();
        let norm = |x: &[f64]| x.iter().map(|x| x / size * (x / size)).sum::<f64>().sqrt();
        let clipped = seen(descent().clip_norm(limit * size), &gradient);
        let expected = norm(&gradient).min(limit);
        prop_assert!((norm(&clipped) - expected).abs() <= 1e-13 * expected);
        if norm(&gradient) < limit * (1.0 - 1e-12) {
            prop_assert_eq!(clipped, gradient);
        }
    }

    #[test]
    fn grouping_alone_changes_no_bit_of_the_norm(
        gradient in prop::collection::vec(-100.0..100.0_f64, 3..200), at in 0.0..1.0,
    ) {
        let length = gradient.len();
        let middle = 1 + (at * (length - 2) as f64) as usize;
        let plain = || Optimizer::new(Adam::new(0.1)).clip_norm(1.0);
        let (mut whole, mut grouped) = (plain(), plain().group(Group::new("first", 0..middle)));
        let (mut x, mut y) = (vec![0.5; length], vec![0.5; length]);
        whole.step([(&mut x, &gradient)]).unwrap();
        grouped.step([(&mut y, &gradient)]).unwrap();
        prop_assert_eq!(x, y);
        prop_assert_eq!(whole.state(), grouped.state());
    }
}
