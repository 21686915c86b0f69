//! What holds for all settings and inputs: every evaluation is inside, every run ends, nothing panics.

use core::ops::ControlFlow;

use amsgrad::rule::Rule;
use amsgrad::{
    AdaGrad, AdaMax, Adam, AdamNc, AdamX, AmsGrad, Bounds, Dialect, Error, GradientDescent, Minimizer,
    Momentum, Nadam, Optimizer, Outcome, Patience, Real, Record, RmsProp, Schedule, Start, Status, Stop,
    WeightDecay,
};
use proptest::prelude::*;

/// Does something with a rule of any type.
trait WithRule {
    type Output;
    fn with<R: Rule>(self, rule: R) -> Self::Output;
}

/// Settings that a rule may have; each takes those it knows.
#[derive(Clone, Debug)]
struct Settings {
    kind: usize,
    learning_rate: Schedule,
    beta1: Schedule,
    beta2: f64,
    epsilon: f64,
}

impl Settings {
    const KINDS: usize = 16;

    fn visit<V: WithRule>(self, visitor: V) -> V::Output {
        let Self { kind, learning_rate, beta1, beta2, epsilon } = self;
        match kind {
            0 => visitor.with(GradientDescent::new(learning_rate)),
            1 => visitor.with(Adam::new(learning_rate).beta1(beta1).beta2(beta2).epsilon(epsilon)),
            2 => visitor.with(AdamX::new(learning_rate).beta1(beta1).beta2(beta2).epsilon(epsilon)),
            3 => visitor.with(AdamNc::new(learning_rate).beta1(beta1).epsilon(epsilon)),
            4 => {
                let rule = Nadam::new(learning_rate).beta1(beta1).beta2(beta2).epsilon(epsilon);
                visitor.with(rule.momentum_decay(epsilon))
            }
            5 => visitor.with(AdaMax::new(learning_rate).beta1(beta1).beta2(beta2).epsilon(epsilon)),
            6 | 7 => {
                let rule = RmsProp::new(learning_rate).momentum(beta1).decay(beta2).epsilon(epsilon);
                visitor.with(rule.centered(kind == 6))
            }
            8 => visitor.with(AdaGrad::new(learning_rate).initial_accumulator(beta2).epsilon(epsilon)),
            9 => visitor.with(Momentum::new(learning_rate).momentum(beta1).nesterov(true)),
            10 => visitor.with(Momentum::new(learning_rate).momentum(beta1).dampening(beta2)),
            other => {
                let dialect = Dialect::ALL[other % 5];
                let rule = AmsGrad::new(learning_rate).beta1(beta1).beta2(beta2).epsilon(epsilon);
                visitor.with(rule.dialect(dialect))
            }
        }
    }
}

/// Numbers of every kind: usual ones, extremes, infinite, NaN, negative.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.0..1.0_f64,
        1 => prop::num::f64::ANY,
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, -1.0, 1e-320, f64::MIN_POSITIVE, 1e-60, 1e20, 1e200, f64::MAX, f64::INFINITY,
            f64::NEG_INFINITY, f64::NAN, 1.0 - f64::EPSILON / 2.0,
        ]),
    ]
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let few = 0..20_u64;
    let plain =
        (0..8_usize, any_number(), any_number(), few.clone()).prop_map(|(kind, a, b, steps)| match kind {
            0 | 1 => Schedule::constant(a),
            2 => Schedule::power(a),
            3 => Schedule::exponential(a, b),
            4 => Schedule::inverse(a),
            5 => Schedule::inverse_sqrt(a),
            6 => Schedule::linear(a, b, steps),
            _ => Schedule::cosine(a, b, steps),
        });
    let pieces = prop::collection::vec((few.clone(), any_number()), 0..4).prop_map(Schedule::piecewise);
    let plain = plain.boxed();
    let warm = (plain.clone(), few).prop_map(|(schedule, steps)| schedule.warm_up(steps));
    prop_oneof![6 => plain, 1 => pieces, 1 => warm]
}

fn any_settings() -> impl Strategy<Value = Settings> {
    (0..Settings::KINDS, any_schedule(), any_schedule(), any_number(), any_number()).prop_map(
        |(kind, learning_rate, beta1, beta2, epsilon)| Settings {
            kind,
            learning_rate,
            beta1,
            beta2,
            epsilon,
        },
    )
}

/// Settings that every rule allows, learning rates from tiny to absurd.
fn good_settings() -> impl Strategy<Value = Settings> {
    (
        0..Settings::KINDS,
        -12..80_i32,
        0.0..0.999_f64,
        0.0..0.9999_f64,
        prop::sample::select(vec![0.0, 1e-8, 0.1]),
    )
        .prop_map(|(kind, exponent, beta1, beta2, epsilon)| Settings {
            kind,
            learning_rate: libm::exp2(f64::from(exponent)).into(),
            beta1: beta1.into(),
            beta2,
            epsilon,
        })
}

fn any_decay() -> impl Strategy<Value = WeightDecay> {
    prop_oneof![
        2 => Just(WeightDecay::None),
        1 => any_number().prop_map(WeightDecay::L2),
        1 => any_number().prop_map(WeightDecay::Decoupled),
    ]
}

fn any_stop() -> impl Strategy<Value = Stop> {
    let maybe = || prop::option::weighted(0.2, any_number());
    let patience = (0..9_u64, any_number()).prop_map(|(steps, improvement)| Patience { steps, improvement });
    let patience = prop::option::weighted(0.2, patience);
    let evaluations = prop::option::weighted(0.2, 0..50_u64);
    ([maybe(), maybe(), maybe(), maybe(), maybe()], patience, 0..40_u64, evaluations).prop_map(
        |([gradient, relative, target, point, value], patience, steps, evaluations)| {
            let mut stop = Stop::default();
            (stop.gradient, stop.relative_gradient, stop.target) = (gradient, relative, target);
            (stop.point_change, stop.value_change) = (point, value);
            (stop.patience, stop.steps, stop.evaluations) = (patience, Some(steps), evaluations);
            stop
        },
    )
}

/// Sides of every kind: closed, half open, open, of one number.
fn any_sides() -> impl Strategy<Value = (f64, f64)> {
    (0..6_usize, -100.0..100.0_f64, 0.0..50.0_f64).prop_map(|(kind, lower, width)| match kind {
        0 => (lower, f64::INFINITY),
        1 => (f64::NEG_INFINITY, lower),
        2 => (f64::NEG_INFINITY, f64::INFINITY),
        // A number that is an f32 as well, or there would be none between.
        3 => (f64::from(lower as f32), f64::from(lower as f32)),
        _ => (lower, lower + width + 1e-3),
    })
}

/// What a run is told besides its rule.
#[derive(Clone)]
struct Plan {
    start: Start,
    bounds: Option<Bounds>,
    maximize: bool,
    weight_decay: WeightDecay,
    stop: Stop,
}

/// A run whose closures have one type, so that the loop is compiled once for each rule.
struct Run<'a, T> {
    plan: Plan,
    objective: &'a mut dyn FnMut(&[T], &mut [T]) -> Result<T, &'static str>,
    breaks_at: u64,
}

impl<T: Real> WithRule for Run<'_, T> {
    type Output = Result<Outcome<T>, Error>;

    fn with<R: Rule>(self, rule: R) -> Self::Output {
        let Plan { start, bounds, maximize, weight_decay, stop } = self.plan;
        let mut minimizer = Minimizer::new(self.objective)
            .rule(rule)
            .start(start)
            .weight_decay(weight_decay)
            .stop(stop)
            .record_history();
        if let Some(bounds) = bounds {
            minimizer = minimizer.within(bounds);
        }
        if maximize {
            minimizer = minimizer.maximize();
        }
        minimizer.run_observed(|record: &Record<'_, T>| match record.step == self.breaks_at {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        })
    }
}

/// Where a run on a bumpy function evaluates it.
fn evaluated<T: Real>(settings: Settings, plan: Plan) -> Result<Vec<Vec<f64>>, Error> {
    let mut evaluated = Vec::new();
    let mut objective = |x: &[T], gradient: &mut [T]| {
        let mut value = T::default();
        for (i, (x, g)) in x.iter().zip(gradient).enumerate() {
            let pull = T::from_f64(3.0 * (i as f64 - 4.0));
            value = value + x.sin() + pull * *x;
            *g = x.cos() + pull;
        }
        evaluated.push(x.iter().map(|x| x.to_f64()).collect());
        Ok(value)
    };
    settings.visit(Run { plan, objective: &mut objective, breaks_at: u64::MAX })?;
    Ok(evaluated)
}

/// What an objective of any kind answers.
#[derive(Clone)]
struct Answers {
    /// In turn: a value, and a number for the gradient.
    numbers: Vec<(f64, f64)>,
    fails_at: usize,
}

fn assert_honest_runs(settings: &Settings, plan: &Plan, answers: &Answers, breaks_at: u64) {
    assert_honest_run::<f32>(settings.clone(), plan, answers, breaks_at);
    assert_honest_run::<f64>(settings.clone(), plan, answers, breaks_at);
}

fn assert_honest_run<T: Real>(settings: Settings, plan: &Plan, answers: &Answers, breaks_at: u64) {
    let mut asked = 0;
    let mut objective = |x: &[T], gradient: &mut [T]| {
        let (value, slope) = answers.numbers[asked % answers.numbers.len()];
        for (i, (g, x)) in gradient.iter_mut().zip(x).enumerate() {
            *g = if i % 2 == 0 { T::from_f64(slope) } else { *x };
        }
        asked += 1;
        if asked > answers.fails_at { Err("no answer") } else { Ok(T::from_f64(value)) }
    };
    if let Ok(outcome) = settings.visit(Run { plan: plan.clone(), objective: &mut objective, breaks_at }) {
        assert_honest(&outcome, &plan.stop);
    }
}

/// What every outcome keeps to.
fn assert_honest<T: Real>(outcome: &Outcome<T>, stop: &Stop) {
    let finite = |numbers: &[T]| numbers.iter().all(|number| number.is_finite());
    assert!(outcome.counts.steps <= stop.step_limit());
    assert!(outcome.counts.values <= stop.evaluations.unwrap_or(u64::MAX));
    assert!(outcome.best.step <= outcome.last.step);
    assert!(outcome.state.slots.iter().all(|slot| finite(&slot.values)), "{:?}", outcome.state);
    let whole = finite(&outcome.last.point) && outcome.last.value.is_finite();
    match &outcome.status {
        Status::NonFinite { .. } => {}
        Status::ObjectiveFailed(_) => assert!(finite(&outcome.last.point)),
        status => assert!(whole, "{status} with {:?}", outcome.last),
    }
    if let Status::Converged { measured, tolerance, .. } = outcome.status {
        assert!(measured.is_finite() && measured <= tolerance);
    }
    assert!(outcome.best.value.is_finite() || outcome.best.step == 0);
    let entries = outcome.history.entries();
    assert!(
        entries
            .iter()
            .all(|entry| finite(&entry.point) && finite(&entry.gradient) && entry.value.is_finite())
    );
}

/// Steps by hand with gradients of any kind and length.
struct AnySteps {
    weight_decay: WeightDecay,
    maximize: bool,
    parameters: Vec<f64>,
    gradients: Vec<Vec<f64>>,
}

impl AnySteps {
    fn run<R: Rule, T: Real>(&self, rule: R) {
        let numbers = |numbers: &[f64]| numbers.iter().map(|x| T::from_f64(*x)).collect::<Vec<T>>();
        let mut optimizer = Optimizer::new(rule).weight_decay(self.weight_decay);
        if self.maximize {
            optimizer = optimizer.maximize();
        }
        let mut x = numbers(&self.parameters);
        for gradient in &self.gradients {
            let (before, state) = (x.clone(), optimizer.state());
            if optimizer.step([(&mut x, &numbers(gradient))]).is_err() {
                let bits = |x: &[T]| x.iter().map(|x| x.to_f64().to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&before), bits(&x));
                assert_eq!(state.step, optimizer.state().step);
            }
            let state = optimizer.state();
            assert!(
                state.slots.iter().flat_map(|slot| &slot.values).all(|number| number.is_finite()),
                "{state:?}"
            );
            optimizer.set_state(&state).unwrap();
        }
    }
}

impl WithRule for &AnySteps {
    type Output = ();

    fn with<R: Rule>(self, rule: R) {
        self.run::<R, f32>(rule.clone());
        self.run::<R, f64>(rule);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn every_evaluation_is_inside_the_box(
        settings in good_settings(),
        coordinates in prop::collection::vec((any_sides(), -300.0..300.0_f64), 1..12),
        maximize: bool,
        single: bool,
        rate in prop::option::of(0.0..100.0_f64),
    ) {
        let (sides, start): (Vec<_>, Vec<_>) = coordinates.into_iter().unzip();
        let weight_decay = rate.map_or(WeightDecay::None, WeightDecay::Decoupled);
        let mut stop = Stop::default();
        stop.steps = Some(40);
        let (start, bounds) = (start.into(), Some(Bounds::new(sides.clone()).unwrap()));
        let plan = Plan { start, bounds, maximize, weight_decay, stop };
        let evaluated = if single { evaluated::<f32>(settings, plan) } else { evaluated::<f64>(settings, plan) };
        let evaluated = evaluated.unwrap();
        prop_assert!(!evaluated.is_empty());
        for point in evaluated {
            for (x, (lower, upper)) in point.iter().zip(&sides) {
                prop_assert!(x.is_finite() && lower <= x && x <= upper, "{x} outside {lower}..{upper}");
            }
        }
    }

    #[test]
    fn no_settings_make_a_run_panic_or_lie(
        settings in any_settings(),
        start in prop_oneof![
            9 => prop::collection::vec(any_number(), 0..10).prop_map(Start::from),
            1 => any::<u64>().prop_map(Start::seed),
        ],
        sides in prop::option::weighted(0.4, prop::collection::vec((any_number(), any_number()), 0..10)),
        maximize: bool,
        weight_decay in any_decay(),
        stop in any_stop(),
        numbers in prop::collection::vec((any_number(), any_number()), 1..6),
        fails_at in prop_oneof![Just(usize::MAX), 0..30_usize],
        breaks_at in prop_oneof![Just(u64::MAX), 0..30_u64],
    ) {
        let bounds = sides.and_then(|sides| Bounds::new(sides).ok());
        let plan = Plan { start, bounds, maximize, weight_decay, stop };
        assert_honest_runs(&settings, &plan, &Answers { numbers, fails_at }, breaks_at);
    }

    #[test]
    fn valid_settings_make_no_run_panic_or_lie(
        settings in good_settings(),
        start in prop::collection::vec(-1e3..1e3_f64, 0..12).prop_map(Start::from),
        maximize: bool,
        rate in prop::option::of(0.0..1e3_f64),
        stop in any_stop(),
        numbers in prop::collection::vec((any_number(), any_number()), 1..6),
    ) {
        let weight_decay = rate.map_or(WeightDecay::None, WeightDecay::L2);
        let plan = Plan { start, bounds: None, maximize, weight_decay, stop };
        assert_honest_runs(&settings, &plan, &Answers { numbers, fails_at: usize::MAX }, u64::MAX);
    }

    #[test]
    fn no_gradients_make_a_step_panic_or_spoil_the_state(
        settings in prop_oneof![any_settings(), good_settings()],
        weight_decay in any_decay(),
        maximize: bool,
        parameters in prop::collection::vec(any_number(), 0..20),
        numbers in prop::collection::vec(any_number(), 60),
        lengths in prop::collection::vec(prop::option::weighted(0.1, 0..20_usize), 0..12),
    ) {
        let row = |(i, length): (usize, &Option<usize>)| {
            let length = length.unwrap_or(parameters.len());
            (0..length).map(|j| numbers[(7 * i + j) % 60]).collect()
        };
        let gradients = lengths.iter().enumerate().map(row).collect();
        settings.visit(&AnySteps { weight_decay, maximize, parameters: parameters.clone(), gradients });
    }
}
