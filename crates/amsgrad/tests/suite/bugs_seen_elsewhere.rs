//! Mistakes that public implementations of AMSGrad have made, each with the test that would have found it.

use amsgrad::error::Error;
use amsgrad::optimizer::StepError;
use amsgrad::rule::Rule;
use amsgrad::state::{Slot, StateError};
use amsgrad::{
    Adam, AmsGrad, Dialect, GradientDescent, Minimizer, Optimizer, Schedule, Start, State, Status,
    WeightDecay,
};

/// The points of an optimizer that is given these gradients in turn.
fn path<R: Rule>(optimizer: Optimizer<R, f64>, gradients: &[f64]) -> Vec<f64> {
    let (mut optimizer, mut x) = (optimizer, [0.5]);
    let mut points = Vec::new();
    for gradient in gradients {
        optimizer.step([(&mut x, &[*gradient])]).unwrap();
        points.push(x[0]);
    }
    points
}

#[test]
fn the_maximum_is_stored_not_only_used() {
    let mut gradients = vec![0.01; 60];
    gradients[3] = 1000.0;
    for dialect in Dialect::ALL {
        let rule = AmsGrad::new(0.01).dialect(dialect).beta1(0.0).beta2(0.5);
        let mut optimizer = Optimizer::new(rule);
        let (mut x, mut peak) = ([0.0_f64], 0.0_f64);
        for (step, gradient) in gradients.iter().enumerate() {
            let before = x[0];
            optimizer.step([(&mut x, &[*gradient])]).unwrap();
            let state = optimizer.state();
            let v_hat = state.slot("v_hat").unwrap()[0];
            peak = if step == 3 { v_hat } else { peak };
            if step > 3 {
                assert_eq!(v_hat, peak, "{dialect}: v_hat at step {step}");
                let length = (before - x[0]) * peak.sqrt() / 0.01;
                assert!((length / 0.01 - 1.0).abs() < 0.1, "{dialect}: the spike shortens step {step}");
            }
        }
        assert!(optimizer.state().slot("v").unwrap()[0] < 1e-3, "v itself has forgotten the spike");
    }
}

#[test]
fn corrected_steps_under_a_constant_gradient_are_all_alpha_long() {
    // A correction by beta^(t*t), one applied twice, a corrected m fed back into m, or a t that counts from 0 each
    // change the length of some step.
    let constant = [3.0; 200];
    let amsgrad = |dialect| AmsGrad::new(0.01).epsilon(0.0).dialect(dialect);
    let paths = [
        path(Optimizer::new(amsgrad(Dialect::Torch)), &constant),
        path(Optimizer::new(amsgrad(Dialect::Keras)), &constant),
        path(Optimizer::new(amsgrad(Dialect::Optax)), &constant),
        path(Optimizer::new(Adam::new(0.01).epsilon(0.0)), &constant),
    ];
    for path in paths {
        for (step, x) in path.iter().enumerate() {
            let expected = 0.5 - 0.01 * (step + 1) as f64;
            assert!((x - expected).abs() < 1e-12, "step {step}: {x} instead of {expected}");
        }
    }
}

#[test]
fn the_first_correction_divides_by_one_less_beta1_once() {
    // 1 / (1 - beta1) left over in the first step would be 10 times too long, t = 0 a division by 0.
    for dialect in [Dialect::Torch, Dialect::Keras, Dialect::Optax] {
        let optimizer = Optimizer::new(AmsGrad::new(0.01).epsilon(0.0).dialect(dialect));
        let first = path(optimizer, &[42.0]);
        assert!((first[0] - 0.49).abs() < 1e-15, "{dialect}: {first:?}");
    }
}

#[test]
fn a_saved_state_holds_the_maximum_and_everything_else() {
    let mut optimizer = Optimizer::<_, f64>::new(AmsGrad::default());
    optimizer.step([(&mut [1.0, 2.0, 3.0], &[0.1, 0.2, 0.3])]).unwrap();
    let state = optimizer.state();
    let names: Vec<&str> = state.slots.iter().map(|slot| &*slot.name).collect();
    assert_eq!(names, ["m", "v", "v_hat"]);
    assert!(state.slots.iter().all(|slot| slot.values.len() == 3 && slot.values.iter().all(|x| *x != 0.0)));
    assert_eq!((state.step, state.dimension, &*state.rule), (1, 3, "amsgrad"));
    assert_eq!(state.beta_product, 0.9);
}

#[test]
fn switching_amsgrad_on_after_adam_says_what_is_missing_and_how_to_go_on() {
    let mut adam = Optimizer::<_, f64>::new(Adam::new(0.01));
    let mut x = [1.0, -2.0];
    for _ in 0..10 {
        let gradient = x.map(|x| 2.0 * x);
        adam.step([(&mut x, &gradient)]).unwrap();
    }
    let mut state = adam.state();
    let mut amsgrad = Optimizer::new(AmsGrad::new(0.01).dialect(Dialect::Torch));
    let error = amsgrad.set_state(&state).unwrap_err();
    assert_eq!(
        error,
        StateError::MissingSlot { rule: "amsgrad", found: "adam".into(), slot: "v_hat" },
        "{error}"
    );
    assert_eq!(amsgrad.steps(), 0, "nothing has changed");

    let v = state.slot("v").unwrap().to_vec();
    state.slots.push(Slot { name: "v_hat".into(), values: v });
    amsgrad.set_state(&state).unwrap();
    amsgrad.step([(&mut x, &[0.1, 0.1])]).unwrap();
    assert_eq!(amsgrad.steps(), 11);

    // The other way round a slot is left over, which is no error.
    adam.set_state(&amsgrad.state()).unwrap();
    adam.step([(&mut x, &[0.1, 0.1])]).unwrap();
    assert_eq!(adam.steps(), 12);
}

#[test]
fn every_setting_arrives_where_it_counts() {
    // Small enough in the end that v falls, or Adam would be AMSGrad.
    let gradients = [0.3, -0.1, 0.2, 1e-3, 0.05];
    let plain = path(Optimizer::new(AmsGrad::new(0.01)), &gradients);
    let changed = [
        path(Optimizer::new(AmsGrad::new(0.02)), &gradients),
        path(Optimizer::new(AmsGrad::new(0.01).beta1(0.8)), &gradients),
        path(Optimizer::new(AmsGrad::new(0.01).beta1(Schedule::power(0.9))), &gradients),
        path(Optimizer::new(AmsGrad::new(0.01).beta2(0.9)), &gradients),
        path(Optimizer::new(AmsGrad::new(0.01).epsilon(1e-3)), &gradients),
        path(Optimizer::new(AmsGrad::new(0.01).dialect(Dialect::Torch)), &gradients),
        path(Optimizer::new(AmsGrad::new(0.01)).maximize(), &gradients),
        path(Optimizer::new(AmsGrad::new(0.01)).weight_decay(WeightDecay::L2(0.1)), &gradients),
        path(Optimizer::new(AmsGrad::new(0.01)).weight_decay(WeightDecay::Decoupled(0.1)), &gradients),
        path(Optimizer::new(Adam::new(0.01)), &gradients),
        path(Optimizer::new(Adam::new(0.01).bias_correction(false)), &gradients),
        path(Optimizer::new(Adam::new(0.01).epsilon(1e-3)), &gradients),
    ];
    for (i, path) in changed.iter().enumerate() {
        assert_ne!(plain, *path, "change {i}");
        assert!(changed[..i].iter().all(|other| other != path), "change {i} is like one before it");
    }
}

#[test]
fn the_minimizer_passes_every_setting_on_too() {
    let run =
        |change: fn(Minimizer<fn(&[f64], &mut [f64]) -> f64>) -> Minimizer<fn(&[f64], &mut [f64]) -> f64>| {
            let objective: fn(&[f64], &mut [f64]) -> f64 = |x, gradient| {
                gradient[0] = 2.0 * x[0];
                x[0] * x[0]
            };
            let outcome =
                change(Minimizer::new(objective).rule(amsgrad::AmsGrad::default()).start([1.0]).steps(5))
                    .run()
                    .unwrap();
            (outcome.status, outcome.last.point, outcome.counts)
        };
    let plain = run(|minimizer| minimizer);
    assert_eq!(plain.0, Status::StepLimit);
    let changed = [
        run(|minimizer| minimizer.learning_rate(0.1)),
        run(|minimizer| minimizer.rule(AmsGrad::tutorial())),
        run(Minimizer::maximize),
        run(|minimizer| minimizer.weight_decay(WeightDecay::L2(1.0))),
        run(|minimizer| minimizer.weight_decay(WeightDecay::Decoupled(1.0))),
        run(|minimizer| minimizer.start([2.0])),
        run(|minimizer| minimizer.steps(6)),
        run(|minimizer| minimizer.target(10.0)),
        run(|minimizer| minimizer.gradient_tolerance(10.0)),
        run(|minimizer| minimizer.within(amsgrad::Bounds::cube(1, 3.0, 4.0).unwrap())),
    ];
    for (i, path) in changed.iter().enumerate() {
        assert_ne!(plain, *path, "change {i}");
    }
}

#[test]
fn a_count_beyond_the_integers_of_f32_still_counts() {
    // At t = 2^24 + 1 a count kept as an f32 stands still.
    let mut state = Optimizer::<_, f32>::new(AmsGrad::default()).state();
    state = State { step: (1 << 24) + 7, dimension: 1, ..state };
    state.slots.iter_mut().for_each(|slot| slot.values = vec![1.0]);
    let mut optimizer = Optimizer::<_, f32>::new(AmsGrad::default());
    optimizer.set_state(&state).unwrap();
    optimizer.step([(&mut [0.0], &[1.0])]).unwrap();
    assert_eq!(optimizer.steps(), (1 << 24) + 8);
}

#[test]
fn settings_that_round_to_zero_or_one_in_f32_stay_safe() {
    let rules = [
        AmsGrad::new(0.01).epsilon(1e-60),
        AmsGrad::new(0.01).beta2(1.0 - 1e-12),
        AmsGrad::new(0.01).beta1(1.0 - 1e-12).dialect(Dialect::Torch),
        AmsGrad::new(0.01).beta2(1.0 - 1e-12).dialect(Dialect::Optax),
        AmsGrad::new(0.01).beta1(1.0 - 1e-16).beta2(1.0 - 1e-16).epsilon(0.0).dialect(Dialect::Keras),
    ];
    for rule in rules {
        let mut optimizer = Optimizer::<_, f32>::new(rule.clone());
        let mut x = [1.0, 1.0];
        for _ in 0..1000 {
            optimizer.step([(&mut x, &[0.0, 2.0])]).unwrap();
            assert!(x[0] == 1.0 && x[1].is_finite(), "{rule:?}: {x:?}");
        }
        assert!(x[1] < 1.0, "{rule:?}: {x:?}");
    }
}

#[test]
fn a_spoiled_parameter_does_not_reach_the_state_through_weight_decay() {
    for spoiled in [f64::NAN, f64::INFINITY, 1e200] {
        let mut optimizer = Optimizer::new(AmsGrad::default()).weight_decay(WeightDecay::L2(0.1));
        optimizer.step([(&mut [1.0, 2.0], &[1.0, 1.0])]).unwrap();
        let before = optimizer.state();
        let mut x = [1.0, spoiled];
        let error = optimizer.step([(&mut x, &[1.0, 1.0])]).unwrap_err();
        let (step, coordinate) = match error {
            StepError::NonFiniteGradient { step, coordinate, .. } => (step, coordinate),
            StepError::HugeGradient { step, coordinate, .. } => (step, coordinate),
            other => panic!("{other}"),
        };
        assert_eq!((step, coordinate), (2, 1));
        assert_eq!((x[0], optimizer.state()), (1.0, before));
    }
}

#[test]
fn a_spoiled_parameter_is_found_wherever_it_stands() {
    for dimension in [1, 16, 17, 18, 40, 200] {
        for place in [0, 1, dimension / 2, dimension - 1].into_iter().filter(|place| *place < dimension) {
            let (mut x, gradient) = (vec![1.0; dimension], vec![1.0; dimension]);
            x[place] = f64::NAN;
            let mut optimizer = Optimizer::new(AmsGrad::default()).weight_decay(WeightDecay::L2(0.1));
            let error = optimizer.step([(&mut x, &gradient)]).unwrap_err();
            assert!(
                matches!(error, StepError::NonFiniteGradient { coordinate, .. } if coordinate == place),
                "{error}"
            );
            assert_eq!(optimizer.steps(), 0);
        }
    }
}

#[test]
fn the_state_before_the_first_step_can_be_restored() {
    let fresh = Optimizer::<_, f64>::new(AmsGrad::default()).state();
    let mut optimizer = Optimizer::new(AmsGrad::default());
    optimizer.step([(&mut [1.0], &[1.0])]).unwrap();
    optimizer.set_state(&fresh).unwrap();
    assert_eq!(optimizer.steps(), 0);
    optimizer.step([(&mut [1.0, 2.0, 3.0], &[1.0, 1.0, 1.0])]).unwrap();
    assert_eq!(optimizer.steps(), 1);
}

#[test]
fn states_that_no_run_leaves_behind_are_refused() {
    let mut optimizer = Optimizer::<_, f64>::new(AmsGrad::default());
    optimizer.step([(&mut [1.0, 2.0], &[1.0, 1.0])]).unwrap();
    let good = optimizer.state();
    let spoil = |change: fn(&mut State<f64>)| {
        let mut state = good.clone();
        change(&mut state);
        Optimizer::<_, f64>::new(AmsGrad::default()).set_state(&state).unwrap_err().to_string()
    };
    let cases = [
        (spoil(|state| state.slots[2].values[1] = f64::NAN), "v_hat at coordinate 1 is NaN"),
        (spoil(|state| state.slots[1].values[0] = -1.0), "v at coordinate 0 is -1"),
        (spoil(|state| state.slots[0].values[0] = f64::INFINITY), "m at coordinate 0 is inf"),
        (
            spoil(|state| state.slots[0].values.truncate(1)),
            "m holds 1 numbers; allowed: one for each of the 2",
        ),
        (spoil(|state| state.dimension = usize::MAX), "m holds 2 numbers"),
        (spoil(|state| state.beta_product = 1.5), "the product of beta1 is 1.5; allowed: from 0 to 1"),
        (spoil(|state| state.beta_product = f64::NAN), "the product of beta1 is NaN"),
        (spoil(|state| state.rule = "adagrad".into()), "the state is of rule adagrad; allowed for amsgrad"),
        (spoil(|state| state.slots.truncate(1)), "the state of rule amsgrad has no v, which amsgrad needs"),
    ];
    for (message, begin) in cases {
        assert!(message.starts_with(begin), "{message}");
    }
}

#[test]
fn a_run_is_not_resumed_at_a_point_of_another_dimension() {
    let objective = |x: &[f64], gradient: &mut [f64]| {
        gradient.iter_mut().zip(x).for_each(|(g, x)| *g = 2.0 * x);
        x.iter().map(|x| x * x).sum::<f64>()
    };
    let outcome = Minimizer::new(objective)
        .rule(amsgrad::AmsGrad::default())
        .start([1.0, 2.0])
        .steps(3)
        .run::<f64>()
        .unwrap();
    let error = Minimizer::new(objective)
        .rule(amsgrad::AmsGrad::default())
        .resume(&outcome)
        .start([1.0, 2.0, 3.0])
        .run::<f64>()
        .unwrap_err();
    assert_eq!(error, Error::Dimension { what: "the state", expected: 3, found: 2 });
    let other =
        Minimizer::new(objective).rule(GradientDescent::new(0.1)).resume(&outcome).steps(1).run::<f64>();
    assert_eq!(other.unwrap().last.step, 4, "gradient descent needs none of the state but its step");
}

#[test]
fn the_dimension_error_names_the_right_numbers() {
    let objective = |x: &[f64], _: &mut [f64]| x[0];
    let bounds = amsgrad::Bounds::cube(3, 0.0, 1.0).unwrap();
    let error = Minimizer::new(objective)
        .rule(amsgrad::AmsGrad::default())
        .start([1.0, 2.0])
        .within(bounds)
        .run::<f64>()
        .unwrap_err();
    assert_eq!(error.to_string(), "the start has 2 coordinates; allowed: 3");
    assert_eq!(Minimizer::new(objective).start(Start::seed(1)).run::<f64>().unwrap_err(), Error::NoStart);
}
