//! The rules of this crate, in every way of running them, and what holds for them besides the laws.

use core::convert::Infallible;
use core::ops::ControlFlow;

use super::difference::differing;
use super::*;
use crate::dialect::Dialect;
use crate::history::Record;
use crate::minimizer::Minimizer;
use crate::outcome::Status;
use crate::rule::{
    AdaGrad, AdaMax, Adam, AdamNc, AdamX, AmsGrad, AmsGradFedBack, GradientDescent, Momentum, Nadam, RmsProp,
    for_each_rule,
};
use crate::run::AnyRule;
use crate::schedule::Schedule;

mod custom;

fn run<T: Real>(way: &Way<T>, job: Job<'_, T>) -> Trace<T> {
    (way.run)(job).unwrap()
}

fn zero_gradients_move_nothing<T: Real>(subject: &Subject<T>) {
    let x = start::<T>(10);
    let zeros: Vec<T> = (0..10).map(|i| T::from_f64(if i % 2 == 0 { 0.0 } else { -0.0 })).collect();
    let gradients = [vec![zeros; 5], vec![vec![T::from_f64(1.0); 10]; 2]].concat();
    for way in &subject.ways {
        let five = run(way, plain(&x, &gradients[..5]));
        assert!(five.points.iter().all(|point| *point == x), "{}", way.name);
        let seven = run(way, plain(&x, &gradients));
        assert_ne!(seven.points.last(), Some(&x), "and a gradient after them does move: {}", way.name);
    }
}

/// The length of the first step from a state of zeros.
#[derive(Clone, Copy)]
enum FirstStep {
    /// A number of learning rates, whatever the gradient.
    Alphas(f64),
    /// A number of learning rates times the gradient.
    Gradients(f64),
}

fn the_first_step_has_its_length<T: Real>(subject: &Subject<T>, alpha: f64, expected: FirstStep) {
    for size in [1.0, 3.7, 250.0, 1e4] {
        let gradients = [vec![T::from_f64(size), T::from_f64(-size)]];
        let length = match expected {
            FirstStep::Alphas(units) => alpha * units,
            FirstStep::Gradients(units) => alpha * units * size,
        };
        let trace = subject.reference(plain(&[T::default(); 2], &gradients)).unwrap();
        let moved = trace.points[0].iter().map(|x| x.to_f64() / length);
        for (moved, expected) in moved.zip([-1.0, 1.0]) {
            assert!((moved - expected).abs() < 1e-5, "for {size}: {moved} of {length}");
        }
    }
}

fn v_hat_never_falls_and_is_stored<T: Real>(subject: &Subject<T>) {
    let (x, mut gradients) = (start::<T>(10), hostile(60, 10));
    // Then a long silence, in which v falls and v_hat must not.
    gradients.extend(vec![vec![T::default(); 10]; 60]);
    let mut before = vec![T::default(); 10];
    let states = subject.reference(plain(&x, &gradients)).unwrap().states;
    assert_eq!(states.len(), 120);
    for (step, state) in (1..).zip(&states) {
        let (Some(v), Some(now)) = (state.slot("v"), state.slot("v_hat")) else { return };
        assert!(now.iter().zip(&before).all(|(now, before)| now >= before), "{now:?} after {before:?}");
        let above = now.iter().zip(v).all(|(v_hat, v)| if step < 120 { v_hat >= v } else { v_hat > v });
        assert!(above, "{now:?} at step {step}: the silence is long enough to tell");
        before = now.to_vec();
    }
}

fn where_the_denominator_is_zero_nothing_moves<T: Real>(subject: &Subject<T>) {
    let root = T::MIN_POSITIVE.sqrt().to_f64();
    // Some of these have a first moment but a square that underflows, now with one gradient, now with many.
    let sizes = [0.0, 1e-3 * root, -1e-3 * root, T::MIN_POSITIVE.to_f64(), 1.0];
    let gradients = vec![sizes.map(T::from_f64).to_vec(); 30];
    let mut before = start::<T>(5);
    let trace = subject.reference(plain(&before, &gradients)).unwrap();
    assert_eq!((trace.points.len(), trace.weights.len()), (30, 30));
    for (now, weights) in trace.points.into_iter().zip(&trace.weights) {
        assert_eq!(weights.len(), 5);
        for (i, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight == T::default()) {
            assert_eq!(now[i], before[i], "coordinate {i} with weight {weight}");
        }
        before = now;
    }
}

/// A smooth function whose scale is free: value and gradient at `x`, times `scale`.
fn valley<T: Real>(x: &[T], gradient: &mut [T], scale: T) -> T {
    let number = T::from_f64;
    let (mut value, mut weight) = (T::default(), number(1.0));
    gradient.fill(T::default());
    for i in 0..x.len() {
        let next = (i + 1) % x.len();
        let (a, b) = (x[i] - number(0.3), x[next]);
        value = value + weight * a * a + number(0.5) * a * b;
        gradient[i] = gradient[i] + number(2.0) * weight * a + number(0.5) * b;
        gradient[next] = gradient[next] + number(0.5) * a;
        weight = weight * number(3.0);
    }
    gradient.iter_mut().for_each(|g| *g = scale * *g);
    scale * value
}

/// Checks a rule whose path does not depend on the scale of the objective: it divides by the root of the second moment alone.
fn the_scale_of_the_objective_does_not_matter<T: Real>(rule: &AnyRule) {
    let path = |scale: f64, dimension: usize| {
        let mut points: Vec<T> = Vec::new();
        let objective = |x: &[T], gradient: &mut [T]| -> Result<T, Infallible> {
            Ok(valley(x, gradient, T::from_f64(scale)))
        };
        let observe = |record: &Record<'_, T>| {
            points.extend_from_slice(record.point);
            ControlFlow::Continue(())
        };
        let minimizer =
            Minimizer::new(objective).rule(rule.clone()).start(start::<f64>(dimension)).steps(100);
        assert_eq!(minimizer.run_observed(observe).unwrap().status, Status::StepLimit);
        points
    };
    for dimension in [4, 9] {
        let unscaled = path(1.0, dimension);
        for exponent in [-20, -3, 1, 7, 20] {
            let scaled = path(libm::exp2(f64::from(exponent)), dimension);
            assert_eq!(differing("x", &unscaled, &scaled), None, "times 2^{exponent}");
        }
        let tolerance = if T::NAME == "f64" { 1e-9 } else { 1e-3 };
        for factor in [1e-6, 0.3, 7.0, 12_345.678] {
            let scaled = path(factor, dimension);
            let apart =
                unscaled.iter().zip(&scaled).map(|(a, b)| (*a - *b).abs().to_f64()).fold(0.0, f64::max);
            assert!(apart <= tolerance, "times {factor}: {apart:e} apart");
        }
    }
}

crate::rule! {
    /// Depends on what no rule may: how many coordinates share a pack.
    struct WidthDependent = "width dependent" {
        /// alpha.
        learning_rate = 0.01,
    }
    source: "";
    formula: "";
    gradients: Any;
    memory: ;
    coefficients(self, clock): alpha;
    {
        let alpha = clock.value(&self.learning_rate);
    }
    step(x, g): { x - alpha * g / N::constant(N::WIDTH as f64) }
    weight: { N::constant(1.0) }
}

crate::rule! {
    /// Has a weight that is no denominator.
    struct Negative = "negative" {
        /// alpha.
        learning_rate = 0.01,
    }
    source: "";
    formula: "";
    gradients: Any;
    memory: ;
    coefficients(self, clock): alpha;
    {
        let alpha = clock.value(&self.learning_rate);
    }
    step(x, g): { x - alpha * g }
    weight: { N::constant(-1.0) }
}

#[test]
fn a_violation_names_law_way_and_step() {
    let violation = check(&WidthDependent::default()).unwrap_err();
    assert_eq!(violation.law, Law::SameBits);
    let text = violation.to_string();
    assert!(
        text.starts_with("width dependent in f64, formula, packs of 2, step 1: x of coordinate 0 is "),
        "{text}"
    );

    let violation = check(&Negative::default()).unwrap_err();
    assert_eq!(
        (violation.law, violation.step, &violation.way[..]),
        (Law::Weights, 1, "formula, one at a time")
    );

    let violation = check(&AmsGrad::new(-1.0)).unwrap_err();
    assert_eq!((violation.law, violation.step), (Law::Runs, 0));
    assert!(violation.what.starts_with("learning_rate is -1"), "{violation}");
}

/// Every check of every rule, in both number types.
macro_rules! conformance {
    ($($name:ident: $rule:expr, $first_step:expr;)*) => {
        #[test]
        fn no_rule_is_forgotten() {
            let checked = [$(AnyRule::from($rule).name()),*];
            for_each_rule!(R => assert!(checked.contains(&R::NAME), "{}", R::NAME));
        }

        $(
        mod $name {
            use super::*;

            #[test]
            fn conforms() {
                assert_eq!(check(&$rule), Ok(()));
            }

            fn begins_and_rests_as_it_should<T: Real>(rule: &impl Rule) {
                let subject = Subject::<T>::new(rule);
                zero_gradients_move_nothing(&subject);
                the_first_step_has_its_length(&subject, rule.learning_rate().at(1), $first_step);
                v_hat_never_falls_and_is_stored(&subject);
                where_the_denominator_is_zero_nothing_moves(&subject);
            }

            #[test]
            fn begins_and_rests() {
                begins_and_rests_as_it_should::<f32>(&$rule);
                begins_and_rests_as_it_should::<f64>(&$rule);
            }
        }
        )*
    };
}

conformance! {
    amsgrad_paper: AmsGrad::new(0.01), FirstStep::Alphas(0.1 / 0.001_f64.sqrt());
    amsgrad_torch: AmsGrad::new(0.01).dialect(Dialect::Torch), FirstStep::Alphas(1.0);
    amsgrad_keras: AmsGrad::new(0.01).dialect(Dialect::Keras), FirstStep::Alphas(1.0);
    amsgrad_optax: AmsGrad::new(0.01).dialect(Dialect::Optax), FirstStep::Alphas(1.0);
    amsgrad_optax_raw: AmsGrad::new(0.01).dialect(Dialect::OptaxRaw), FirstStep::Alphas(1.0 / 0.001_f64.sqrt());
    amsgrad_tutorial: AmsGrad::tutorial(), FirstStep::Alphas(1.0);
    amsgrad_scheduled: scheduled(), FirstStep::Alphas(1.0);
    amsgrad_fed_back: AmsGradFedBack::new(0.01), FirstStep::Alphas(0.1 / 0.001_f64.sqrt());
    adam: Adam::new(0.01), FirstStep::Alphas(1.0);
    adam_without_epsilon: Adam::new(0.01).epsilon(0.0), FirstStep::Alphas(1.0);
    adam_uncorrected: Adam::new(0.01).bias_correction(false), FirstStep::Alphas(0.1 / 0.001_f64.sqrt());
    adamx: AdamX::new(0.01), FirstStep::Alphas(0.1 / 0.001_f64.sqrt());
    adamx_scheduled: scheduled_adamx(), FirstStep::Alphas(0.1 / 0.01_f64.sqrt());
    adamnc: AdamNc::new(0.01), FirstStep::Alphas(0.1);
    nadam: Nadam::new(0.01), FirstStep::Alphas(first_step_of_nadam());
    adamax: AdaMax::new(0.01), FirstStep::Alphas(1.0);
    rmsprop: RmsProp::new(0.01), FirstStep::Alphas(1.0 / 0.01_f64.sqrt());
    rmsprop_with_momentum: RmsProp::new(0.01).momentum(0.9), FirstStep::Alphas(1.0 / 0.01_f64.sqrt());
    rmsprop_centered: RmsProp::new(0.01).centered(true).epsilon(0.0), FirstStep::Alphas(1.0 / 0.0099_f64.sqrt());
    adagrad: AdaGrad::new(0.01), FirstStep::Alphas(1.0);
    adagrad_with_a_start: AdaGrad::new(0.01).initial_accumulator(1e-6), FirstStep::Alphas(1.0);
    momentum: Momentum::new(0.01), FirstStep::Gradients(1.0);
    momentum_dampened: Momentum::new(0.01).dampening(0.3), FirstStep::Gradients(1.0);
    nesterov: Momentum::new(0.01).nesterov(true), FirstStep::Gradients(1.9);
    gradient_descent: GradientDescent::new(0.01), FirstStep::Gradients(1.0);
}

fn scheduled_adamx() -> AdamX {
    AdamX::new(Schedule::inverse_sqrt(0.1)).beta1(Schedule::exponential(0.9, 0.95)).beta2(0.99)
}

/// The gradient's share, (1 - mu_1) / (1 - mu_1), and the first moment's, of which m is a tenth of the gradient.
fn first_step_of_nadam() -> f64 {
    let mu = |step: f64| 0.9 * (1.0 - 0.5 * 0.96_f64.powf(0.004 * step));
    1.0 + 0.1 * mu(2.0) / (1.0 - mu(1.0) * mu(2.0))
}

/// Learning rate and beta1 that both change.
fn scheduled() -> AmsGrad {
    let beta1 = Schedule::exponential(0.9, 0.95);
    AmsGrad::new(Schedule::inverse_sqrt(0.1)).beta1(beta1).dialect(Dialect::Optax)
}

#[test]
fn the_path_of_rules_without_epsilon_is_free_of_scale() {
    let rules: [AnyRule; 15] = [
        AmsGradFedBack::new(0.01).epsilon(0.0).into(),
        AmsGrad::new(0.01).epsilon(0.0).into(),
        AmsGrad::new(0.01).epsilon(0.0).dialect(Dialect::Torch).into(),
        AmsGrad::new(0.01).epsilon(0.0).dialect(Dialect::Keras).into(),
        AmsGrad::new(0.01).epsilon(0.0).dialect(Dialect::Optax).into(),
        AmsGrad::new(0.01).epsilon(0.0).dialect(Dialect::OptaxRaw).into(),
        AmsGrad::tutorial().into(),
        scheduled().epsilon(0.0).into(),
        Adam::new(0.01).epsilon(0.0).into(),
        scheduled_adamx().epsilon(0.0).into(),
        AdamNc::new(0.01).epsilon(0.0).into(),
        Nadam::new(0.01).epsilon(0.0).into(),
        AdaMax::new(0.01).epsilon(0.0).into(),
        RmsProp::new(0.01).epsilon(0.0).into(),
        AdaGrad::new(0.01).epsilon(0.0).into(),
    ];
    for rule in &rules {
        the_scale_of_the_objective_does_not_matter::<f32>(rule);
        the_scale_of_the_objective_does_not_matter::<f64>(rule);
    }
}
