//! What every rule holds to, on every number type and in every way of running it.
//!
//! A rule joins by a line in the list at the end, a way of running by a line in `ways`.

use crate::dialect::Dialect;
use crate::history::Record;
use crate::number::Real;
use crate::outcome::Status;
use crate::random::Uniform;
use crate::rule::{
    AdaGrad, AdaMax, Adam, AdamNc, AdamX, AmsGrad, GradientDescent, Momentum, Nadam, RmsProp, for_each_rule,
};
use crate::schedule::Schedule;
use crate::state::State;
use crate::transform::{Transform, WeightDecay};

mod ways;

use ways::{Job, Refusal, Subject, Trace};

fn bits<T: Real>(numbers: &[T]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_f64().to_bits()).collect()
}

/// That two traces end in the same bits: points from the end of both backwards, and the state.
fn assert_same<T: Real>(one: &Trace<T>, other: &Trace<T>, about: &str) {
    for (one, other) in one.points.iter().rev().zip(other.points.iter().rev()) {
        assert_eq!(bits(one), bits(other), "{about}");
    }
    assert_eq!((&one.state.rule, one.state.step), (&other.state.rule, other.state.step), "{about}");
    assert_eq!(one.state.beta_product.to_bits(), other.state.beta_product.to_bits(), "{about}");
    assert_eq!(one.state.slots.len(), other.state.slots.len());
    for (one, other) in one.state.slots.iter().zip(&other.state.slots) {
        assert_eq!((&one.name, bits(&one.values)), (&other.name, bits(&other.values)), "{about}");
    }
}

/// That no number is NaN, infinite or subnormal.
fn assert_sound<T: Real>(numbers: &[T], about: &str) {
    let sound =
        |number: &T| number.is_finite() && (*number == T::default() || number.abs() >= T::MIN_POSITIVE);
    assert!(numbers.iter().all(sound), "{about}: {numbers:?}");
}

fn assert_sound_state<T: Real>(state: &State<T>, about: &str) {
    state.slots.iter().for_each(|slot| assert_sound(&slot.values, &format!("{} of {about}", slot.name)));
}

fn transforms() -> Vec<Transform> {
    let decays = [WeightDecay::None, WeightDecay::L2(0.3), WeightDecay::Decoupled(0.3)];
    let both = |weight_decay| {
        [false, true].map(|maximize| Transform { maximize, weight_decay, ..Transform::default() })
    };
    decays.into_iter().flat_map(both).collect()
}

fn plain<'a, T>(x: &'a [T], gradients: &'a [Vec<T>]) -> Job<'a, T> {
    Job { transform: Transform::default(), from: None, x, gradients }
}

fn start<T: Real>(dimension: usize) -> Vec<T> {
    let mut uniform = Uniform::numpy(7);
    (0..dimension).map(|_| T::from_f64(2.0 * uniform.next() - 1.0)).collect()
}

/// Gradients of many sizes, with zeros of both signs, subnormal numbers and squares that underflow among them.
fn hostile<T: Real>(steps: usize, dimension: usize) -> Vec<Vec<T>> {
    let mut uniform = Uniform::numpy(11);
    let mut number = |_| {
        let (kind, sign) = (uniform.next(), if uniform.next() < 0.5 { -1.0 } else { 1.0 });
        let size = match kind {
            ..0.1 => 0.0,
            ..0.2 => T::MIN_POSITIVE.to_f64() * uniform.next(),
            ..0.3 => T::MIN_POSITIVE.sqrt().to_f64() * uniform.next(),
            _ => libm::exp2(24.0 * uniform.next() - 12.0),
        };
        T::from_f64(sign * size)
    };
    (0..steps).map(|_| (0..dimension).map(&mut number).collect()).collect()
}

fn all_ways_give_the_same_bits<T: Real>(subject: &Subject<T>) {
    for dimension in [1, 3, 21] {
        let (x, gradients) = (start::<T>(dimension), hostile(40, dimension));
        for transform in transforms() {
            let job = Job { transform, ..plain(&x, &gradients) };
            let first = subject.run(job);
            assert_eq!(first.points.len(), 40);
            assert_sound(&first.points.concat(), "x");
            for way in &subject.ways[1..] {
                let other = (way.run)(job);
                assert_eq!(other.points.len(), 40);
                assert_same(&first, &other, way.name);
            }
        }
    }
}

fn two_halves_equal_the_whole<T: Real>(subject: &Subject<T>) {
    let (x, gradients) = (start::<T>(21), hostile(40, 21));
    let transform = Transform { maximize: true, weight_decay: WeightDecay::L2(0.1), ..Transform::default() };
    let job = Job { transform, ..plain(&x, &gradients) };
    let whole = subject.run(job);
    let (early, late) = gradients.split_at(17);
    for first in &subject.ways {
        let half = (first.run)(Job { gradients: early, ..job });
        let middle = half.points.last().unwrap();
        for second in &subject.ways {
            let joined = (second.run)(Job { from: Some(&half.state), x: middle, gradients: late, ..job });
            assert_eq!(joined.points.len(), late.len());
            assert_same(&whole, &joined, &format!("{}, then {}", first.name, second.name));
        }
    }
}

fn zero_gradients_move_nothing<T: Real>(subject: &Subject<T>) {
    let x = start::<T>(10);
    let zeros: Vec<T> = (0..10).map(|i| T::from_f64(if i % 2 == 0 { 0.0 } else { -0.0 })).collect();
    let gradients = [vec![zeros; 5], vec![vec![T::from_f64(1.0); 10]; 2]].concat();
    for way in &subject.ways {
        let trace = (way.run)(plain(&x, &gradients));
        assert!(trace.points[..5].iter().all(|point| *point == x), "{}", way.name);
        assert_sound(&trace.points.concat(), way.name);
        assert_ne!(trace.points[6], x, "and a gradient after them does move: {}", way.name);
    }
}

fn no_state_is_ever_subnormal<T: Real>(subject: &Subject<T>) {
    let x = start::<T>(10);
    let each = |number: f64| vec![T::from_f64(number); 10];
    let (smallest, root) = (T::MIN_POSITIVE.to_f64(), T::MIN_POSITIVE.sqrt().to_f64());
    for size in [smallest / 2.0, smallest, -smallest, 3.0 * smallest, -root, root, 2.0 * root, 8.0 * root] {
        // A few such gradients, then silence, in which the moments decay below the normal numbers.
        let gradients: Vec<_> = (0..80).map(|step| each(if step < 3 { size } else { 0.0 })).collect();
        for way in &subject.ways {
            for last in if way.guarded { 80..81 } else { 1..81 } {
                let trace = (way.run)(plain(&x, &gradients[..last]));
                assert_sound_state(&trace.state, way.name);
                assert_sound(&trace.points.concat(), way.name);
            }
        }
    }
}

fn huge_gradients_up_to_the_largest_leave_the_state_finite<T: Real>(subject: &Subject<T>) {
    let (x, largest) = (start::<T>(10), subject.largest_gradient);
    let upwards = vec![vec![largest; 10]; 300];
    let changing: Vec<_> = (0..300).map(|i| vec![if i % 2 == 0 { largest } else { -largest }; 10]).collect();
    for gradients in [upwards, changing] {
        for way in subject.ways.iter().filter(|way| !way.guarded) {
            assert_sound_state(&(way.run)(plain(&x, &gradients)).state, way.name);
        }
    }
}

fn bad_gradients_are_refused_before_they_touch_the_state<T: Real>(subject: &Subject<T>) {
    let above = subject.largest_gradient.next_up();
    for dimension in [4, 21] {
        let (x, good) = (start::<T>(dimension), hostile::<T>(6, dimension));
        for bad in [T::from_f64(f64::NAN), T::INFINITY, -T::INFINITY, above, -above] {
            for (step, coordinate) in [(1, 0), (4, dimension - 1), (4, 2)] {
                let mut gradients = good.clone();
                gradients[step - 1][coordinate] = bad;
                for transform in transforms() {
                    let job = Job { transform, ..plain(&x, &gradients) };
                    for way in subject.ways.iter().filter(|way| way.guarded) {
                        let trace = (way.run)(job);
                        let expected = Refusal { step: step as u64, coordinate, huge: bad.is_finite() };
                        assert_eq!(trace.refused, Some(expected), "{} at {bad}", way.name);
                        assert_eq!(trace.points.len(), step - 1);
                        let before = (way.run)(Job { gradients: &gradients[..step - 1], ..job });
                        assert_same(&before, &trace, way.name);
                    }
                }
            }
        }
    }
}

/// The length of the first step from a state of zeros.
#[derive(Clone, Copy)]
enum FirstStep {
    /// So many learning rates, whatever the gradient.
    Alphas(f64),
    /// So many learning rates times the gradient.
    Gradients(f64),
}

fn the_first_step_has_its_length<T: Real>(subject: &Subject<T>, expected: FirstStep) {
    for size in [1.0, 3.7, 250.0, 1e4] {
        let gradients = [vec![T::from_f64(size), T::from_f64(-size)]];
        let length = match expected {
            FirstStep::Alphas(units) => subject.alpha * units,
            FirstStep::Gradients(units) => subject.alpha * units * size,
        };
        for way in &subject.ways {
            let trace = (way.run)(plain(&[T::default(); 2], &gradients));
            let moved = trace.points[0].iter().map(|x| x.to_f64() / length);
            for (moved, expected) in moved.zip([-1.0, 1.0]) {
                assert!((moved - expected).abs() < 1e-5, "{} for {size}: {moved} of {length}", way.name);
            }
        }
    }
}

fn v_hat_never_falls_and_is_stored<T: Real>(subject: &Subject<T>) {
    let (x, mut gradients) = (start::<T>(10), hostile(60, 10));
    // Then a long silence, in which v falls and v_hat must not.
    gradients.extend(vec![vec![T::default(); 10]; 60]);
    let mut before = vec![T::default(); 10];
    for last in 1..=gradients.len() {
        let state = subject.run(plain(&x, &gradients[..last])).state;
        let (Some(v), Some(now)) = (state.slot("v"), state.slot("v_hat")) else { return };
        assert!(now.iter().zip(&before).all(|(now, before)| now >= before), "{now:?} after {before:?}");
        assert!(now.iter().zip(v).all(|(v_hat, v)| v_hat >= v), "{now:?}");
        assert!(
            last < 120 || now.iter().zip(v).all(|(v_hat, v)| v_hat > v),
            "the silence is long enough to tell"
        );
        before = now.to_vec();
    }
}

fn where_the_denominator_is_zero_nothing_moves<T: Real>(subject: &Subject<T>) {
    let root = T::MIN_POSITIVE.sqrt().to_f64();
    // Some of these have a first moment but a square that underflows, now with one gradient, now with many.
    let sizes = [0.0, 1e-3 * root, -1e-3 * root, T::MIN_POSITIVE.to_f64(), 1.0];
    let gradients = vec![sizes.map(T::from_f64).to_vec(); 30];
    let x = start::<T>(5);
    for way in subject.ways.iter().filter(|way| !way.guarded) {
        for last in 1..=30 {
            let trace = (way.run)(plain(&x, &gradients[..last]));
            let [.., before, now] = &[std::slice::from_ref(&x), &trace.points[..]].concat()[..] else {
                panic!("no step")
            };
            assert_sound(now, way.name);
            assert_eq!(trace.weights.len(), 5);
            for (i, weight) in trace.weights.iter().enumerate() {
                assert!(*weight >= T::default(), "a weight is a number, 0 or more: {weight}");
                if *weight == T::default() {
                    assert_eq!(now[i], before[i], "{}: coordinate {i} at step {last}", way.name);
                }
            }
        }
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

fn the_scale_of_the_objective_does_not_matter<T: Real>(subject: &Subject<T>) {
    let path = |scale: f64, dimension: usize| {
        let mut points = Vec::new();
        let mut objective = |x: &[T], gradient: &mut [T]| valley(x, gradient, T::from_f64(scale));
        let mut observe = |record: &Record<'_, T>| points.extend_from_slice(record.point);
        let x = start::<T>(dimension);
        let outcome = (subject.minimize)(&x, 100, Transform::default(), None, &mut objective, &mut observe);
        assert_eq!(outcome.status, Status::StepLimit);
        points
    };
    for dimension in [4, 9] {
        let unscaled = path(1.0, dimension);
        for exponent in [-20, -3, 1, 7, 20] {
            let scaled = path(libm::exp2(f64::from(exponent)), dimension);
            assert_eq!(bits(&unscaled), bits(&scaled), "times 2^{exponent}");
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

/// A rule that is listed to people cannot be forgotten here: with its defaults it keeps to what needs no number of its own.
#[test]
fn every_listed_rule_conforms() {
    fn check<T: Real>(subject: &Subject<T>) {
        all_ways_give_the_same_bits(subject);
        two_halves_equal_the_whole(subject);
        bad_gradients_are_refused_before_they_touch_the_state(subject);
    }
    for_each_rule!(R => {
        check(&Subject::<f32>::new(&R::default()));
        check(&Subject::<f64>::new(&R::default()));
    });
}

/// Every check on every rule, in both number types.
macro_rules! conformance {
    ($($name:ident: $rule:expr, $first_step:expr;)*) => {$(
        mod $name {
            use super::*;

            fn subjects() -> (Subject<f32>, Subject<f64>) {
                let rule = $rule;
                (Subject::new(&rule), Subject::new(&rule))
            }

            conformance!(@checks
                all_ways_give_the_same_bits()
                two_halves_equal_the_whole()
                zero_gradients_move_nothing()
                no_state_is_ever_subnormal()
                huge_gradients_up_to_the_largest_leave_the_state_finite()
                bad_gradients_are_refused_before_they_touch_the_state()
                the_first_step_has_its_length($first_step)
                v_hat_never_falls_and_is_stored()
                where_the_denominator_is_zero_nothing_moves()
            );
        }
    )*};
    (@checks $($check:ident($($argument:expr)?))*) => {$(
        #[test]
        fn $check() {
            let (single, double) = subjects();
            super::$check(&single $(, $argument)?);
            super::$check(&double $(, $argument)?);
        }
    )*};
}

conformance! {
    amsgrad_paper: AmsGrad::new(0.01), FirstStep::Alphas(0.1 / 0.001_f64.sqrt());
    amsgrad_torch: AmsGrad::new(0.01).dialect(Dialect::Torch), FirstStep::Alphas(1.0);
    amsgrad_keras: AmsGrad::new(0.01).dialect(Dialect::Keras), FirstStep::Alphas(1.0);
    amsgrad_optax: AmsGrad::new(0.01).dialect(Dialect::Optax), FirstStep::Alphas(1.0);
    amsgrad_optax_raw: AmsGrad::new(0.01).dialect(Dialect::OptaxRaw), FirstStep::Alphas(1.0 / 0.001_f64.sqrt());
    amsgrad_tutorial: AmsGrad::tutorial(), FirstStep::Alphas(1.0);
    amsgrad_scheduled: scheduled(), FirstStep::Alphas(1.0);
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

/// Rules whose path does not depend on the objective's scale: those that divide by the root of the second moment
/// alone.
macro_rules! free_of_scale {
    ($($name:ident: $rule:expr;)*) => {
        mod free_of_scale {
            use super::*;
            $(
                #[test]
                fn $name() {
                    the_scale_of_the_objective_does_not_matter(&Subject::<f32>::new(&$rule));
                    the_scale_of_the_objective_does_not_matter(&Subject::<f64>::new(&$rule));
                }
            )*
        }
    };
}

free_of_scale! {
    amsgrad_paper: AmsGrad::new(0.01).epsilon(0.0);
    amsgrad_torch: AmsGrad::new(0.01).epsilon(0.0).dialect(Dialect::Torch);
    amsgrad_keras: AmsGrad::new(0.01).epsilon(0.0).dialect(Dialect::Keras);
    amsgrad_optax: AmsGrad::new(0.01).epsilon(0.0).dialect(Dialect::Optax);
    amsgrad_optax_raw: AmsGrad::new(0.01).epsilon(0.0).dialect(Dialect::OptaxRaw);
    amsgrad_tutorial: AmsGrad::tutorial();
    amsgrad_scheduled: scheduled().epsilon(0.0);
    adam: Adam::new(0.01).epsilon(0.0);
    adamx: scheduled_adamx().epsilon(0.0);
    adamnc: AdamNc::new(0.01).epsilon(0.0);
    nadam: Nadam::new(0.01).epsilon(0.0);
    adamax: AdaMax::new(0.01).epsilon(0.0);
    rmsprop: RmsProp::new(0.01).epsilon(0.0);
    adagrad: AdaGrad::new(0.01).epsilon(0.0);
}
