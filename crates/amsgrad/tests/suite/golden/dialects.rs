//! Every dialect beside the framework that it is named after.

use amsgrad::{AmsGrad, Dialect, Optimizer, Real, WeightDecay};
use serde_json::Value;

use super::read::{Case, cases, number, numbers};

fn optimizer<T: Real>(case: &Case) -> Optimizer<AmsGrad, T> {
    let settings = &case.settings;
    let dialect: Dialect = case.dialect.parse().unwrap();
    assert_eq!(settings.get("bias_correction_nu") == Some(&Value::Bool(false)), dialect == Dialect::OptaxRaw);
    let rule = AmsGrad::new(number(&settings["lr"]))
        .beta1(number(&settings["beta1"]))
        .beta2(number(&settings["beta2"]))
        .epsilon(number(&settings["epsilon"]))
        .dialect(dialect);
    let rate = settings.get("weight_decay").map_or(0.0, number);
    let decay = match settings.get("decoupled") == Some(&Value::Bool(true)) {
        true => WeightDecay::Decoupled(rate),
        false => WeightDecay::L2(rate),
    };
    let optimizer = Optimizer::new(rule).weight_decay(decay);
    match settings.get("maximize") == Some(&Value::Bool(true)) {
        true => optimizer.maximize(),
        false => optimizer,
    }
}

/// Calls `compare` with x and v_hat as computed and as recorded, after every step of every case.
fn replay<T: Real>(file: &str, mut compare: impl FnMut([&[f64]; 2], [&[f64]; 2])) -> usize {
    let cases = cases(file);
    for case in &cases {
        let mut optimizer = optimizer::<T>(case);
        let round = |numbers: &[f64]| numbers.iter().map(|x| T::from_f64(*x)).collect::<Vec<T>>();
        let mut x = round(&case.start);
        assert_eq!(case.gradients.len(), case.trace.len());
        for (gradient, row) in case.gradients.iter().zip(&case.trace) {
            optimizer.step([(&mut x, &round(gradient))]).unwrap();
            let state = optimizer.state().to_f64();
            let x: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
            compare([&x, state.slot("v_hat").unwrap()], [&numbers(&row["x"]), &numbers(&row["v_hat"])]);
        }
    }
    cases.len()
}

/// The worst of `error(computed, recorded)`.
fn worst(computed: &[f64], recorded: &[f64], error: impl Fn(f64, f64) -> f64) -> f64 {
    assert_eq!(computed.len(), recorded.len());
    let errors = computed.iter().zip(recorded).map(|(computed, recorded)| error(*computed, *recorded));
    errors.fold(0.0, f64::max)
}

fn relative(floor: f64) -> impl Fn(f64, f64) -> f64 {
    move |computed, recorded| {
        assert!(computed.is_finite(), "{computed} instead of {recorded}");
        if computed == recorded { 0.0 } else { (computed - recorded).abs() / recorded.abs().max(floor) }
    }
}

fn assert_file(file: &str, count: usize) {
    let (mut point, mut maximum, mut single) = (0.0_f64, 0.0_f64, 0.0_f64);
    let replayed = replay::<f64>(file, |computed, recorded| {
        point = point.max(worst(computed[0], recorded[0], relative(1e-3)));
        maximum = maximum.max(worst(computed[1], recorded[1], relative(0.0)));
        assert!(point <= 1e-12, "x of {file} is {point:e} off");
        assert!(maximum <= 1e-14, "v_hat of {file} is {maximum:e} off");
    });
    assert_eq!(replayed, count);
    replay::<f32>(file, |computed, recorded| {
        single = single.max(worst(computed[0], recorded[0], relative(1.0)));
        assert!(single <= 5e-6, "x of {file} in f32 is {single:e} off");
    });
    println!("{file}: f64 x {point:.1e}, v_hat {maximum:.1e}; f32 x {single:.1e}");
}

#[test]
fn torch() {
    assert_file("torch.json", 4);
}

#[test]
fn keras() {
    assert_file("keras.json", 2);
}

#[test]
fn optax() {
    assert_file("optax.json", 2);
}

#[test]
fn chainer() {
    assert_file("chainer.json", 1);
}
