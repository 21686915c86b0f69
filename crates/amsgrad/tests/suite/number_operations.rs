//! Rules that use every public operation of a number: every way of running one gives the same bits.

use core::ops::ControlFlow;

use amsgrad::number::policy::{descend, flush, flush_square, maximum, quotient, saturate, scale};
use amsgrad::{
    AnyRule, Minimizer, Number, Optimizer, Outcome, Real, Record, Rule, Starts, VectorizedObjective,
};

use crate::support::{Bowl, DIMENSIONS, bits, numbers, state_bits};

amsgrad::rule! {
    /// Descends, then cuts every coordinate off at 0, one element at a time.
    pub struct Clamped = "clamped" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.05,
    }
    source: "";
    formula: "\
v = max(v, g * g)
x = max(x - alpha * g / sqrt(v), 0)";
    gradients: Square;
    memory: v;
    coefficients(self, clock): alpha;
    {
        let alpha = clock.value(&self.learning_rate);
    }
    step(x, g): {
        *v = maximum(*v, g * g);
        let y = descend(x, alpha * g, *v, N::constant(0.0));
        N::from_fn(|i| N::Real::from_f64(y.element(i).to_f64().max(0.0)))
    }
    weight: { v.sqrt() }
}

amsgrad::rule! {
    /// Uses everything a number can do.
    pub struct Everything = "everything" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.05,
        /// Decay of the moments.
        beta: f64 [Decay] = 0.9,
        /// Multiplies the first moment.
        factor: f64 [NonNegative] = 1.0,
    }
    source: "";
    formula: "x = x - alpha * (everything)";
    gradients: Square;
    memory: m, v, peak, sign;
    coefficients(self, clock): alpha, beta, one_minus_beta, factor;
    {
        let (alpha, beta, factor) = (clock.value(&self.learning_rate), self.beta, self.factor);
        let one_minus_beta = 1.0 - beta;
    }
    step(x, g): {
        let (zero, one) = (N::constant(0.0), N::splat(N::Real::from_f64(1.0)));
        let most = N::splat(N::Real::INFINITY.next_down().next_up().next_down());
        *m = flush(beta * *m + one_minus_beta * g);
        *v = flush_square(beta * *v + one_minus_beta * (g * g));
        // 1/0 where there is no gradient: the largest finite number then.
        *peak = maximum(*peak, saturate(one / g.abs()).if_less(most, *v, zero));
        *sign = quotient(*m, m.abs()).copysign(-g);
        let (down, up) = (g.if_less(zero, one, -one), g.if_at_most(zero, -one, one));
        let flat = g.if_equal(zero, one, down * up);
        let direction = scale(factor, *m) * flat.abs() + N::constant(1e-3) * *sign * *sign * *m;
        // The same either way: whether all elements agree depends on their number.
        let direction = if direction.all_at_most(most) { direction } else { N::from_fn(|i| direction.element(i)) };
        let y = descend(x, alpha * direction, *peak, N::constant(0.0));
        let nearest = |y: N::Real| if y.is_finite() { (y * y).sqrt().copysign(y) } else { N::Real::EPSILON };
        N::from_fn(|i| nearest(y.element(i)))
    }
    weight: { peak.sqrt() }
}

/// How a run ended, however it was made; what a way does not tell is `None`.
#[derive(Debug, PartialEq)]
struct End {
    last: Vec<u64>,
    value: Option<u64>,
    best: Option<(Vec<u64>, u64)>,
    state: Option<(u64, u64, Vec<Vec<u64>>)>,
}

impl End {
    fn of<T: Real>(outcome: &Outcome<T>) -> Self {
        let value = |value: T| value.to_f64().to_bits();
        Self {
            last: bits(&outcome.last.point),
            value: Some(value(outcome.last.value)),
            best: Some((bits(&outcome.best.point), value(outcome.best.value))),
            state: Some(state_bits(&outcome.state)),
        }
    }

    /// Asserts that both are the same as far as both tell.
    fn assert_same(&self, other: &Self, about: &str) {
        assert_eq!(self.last, other.last, "the last point: {about}");
        if let (Some(one), Some(other)) = (&self.value, &other.value) {
            assert_eq!(one, other, "the last value: {about}");
        }
        if let (Some(one), Some(other)) = (&self.best, &other.best) {
            assert_eq!(one, other, "the best: {about}");
        }
        if let (Some(one), Some(other)) = (&self.state, &other.state) {
            assert_eq!(one, other, "the state: {about}");
        }
    }
}

const STEPS: u64 = 60;

/// Checks every way of running `rule` against `run`, from several starts.
fn all_ways_are_one<T: Real, R: Rule>(rule: &R) {
    for dimension in DIMENSIONS {
        let starts: Vec<Vec<f64>> = (0..19).map(|salt| positive(dimension, salt)).collect();
        let batch = Minimizer::new(Bowl(dimension)).rule(rule.clone()).steps(STEPS);
        let points = Starts::points(dimension, starts.concat()).unwrap();
        let batches = [
            ("batch", batch.run_batch::<T>(&points).unwrap()),
            (
                "batch of any rule",
                batch.clone().rule(AnyRule::from(rule.clone())).run_batch::<T>(&points).unwrap(),
            ),
            ("single runs", batch.run_starts::<T>(&points).unwrap()),
        ];
        for (i, start) in starts.iter().enumerate() {
            let minimizer =
                || Minimizer::new(Bowl(dimension)).rule(rule.clone()).start(start.clone()).steps(STEPS);
            let any = || minimizer().rule(AnyRule::from(rule.clone()));
            let run = End::of::<T>(&minimizer().run().unwrap());
            let go_on = |_: &Record<'_, T>| ControlFlow::Continue(());
            let check = |way: &str, end: End| {
                run.assert_same(&end, &format!("{way}, {}, {dimension} coordinates, start {i}", R::NAME));
            };
            check("observed", End::of::<T>(&minimizer().run_observed(go_on).unwrap()));
            check("tested", End::of::<T>(&minimizer().gradient_tolerance(0.0).target(-1.0).run().unwrap()));
            check("any rule", End::of::<T>(&any().run().unwrap()));
            check("any rule, observed", End::of::<T>(&any().run_observed(go_on).unwrap()));
            let mut stepper = minimizer().stepper::<T>().unwrap();
            stepper.by_ref().for_each(drop);
            check("stepper", End::of(&stepper.finish()));
            let mut stepper = any().stepper::<T>().unwrap();
            stepper.by_ref().for_each(drop);
            check("any rule's stepper", End::of(&stepper.finish()));
            let half: Outcome<T> = minimizer().steps(23).run().unwrap();
            let rest = End::of::<T>(&minimizer().resume(&half).steps(STEPS - 23).run().unwrap());
            check("resumed", End { best: None, ..rest });
            check("optimizer", by_hand::<T, R>(rule, start));
            for (name, batch) in &batches {
                let run = batch.get(i).unwrap();
                assert_eq!(run.steps, STEPS, "{name}");
                let (best, value) = (bits(run.best_point), |value: T| value.to_f64().to_bits());
                let end = End {
                    last: bits(run.last_point),
                    value: Some(value(run.last_value)),
                    best: Some((best, value(run.best_value))),
                    state: None,
                };
                check(name, end);
            }
        }
    }
}

/// A start above 0, where the rules begin to move.
fn positive(dimension: usize, salt: usize) -> Vec<f64> {
    numbers::<f64>(dimension, salt).into_iter().map(|x| 1.5 + x).collect()
}

fn by_hand<T: Real, R: Rule>(rule: &R, start: &[f64]) -> End {
    let (objective, mut optimizer) = (Bowl(start.len()), Optimizer::new(rule.clone()));
    let mut x: Vec<T> = start.iter().map(|x| T::from_f64(*x)).collect();
    let (mut gradient, mut scratch) = (x.clone(), Vec::new());
    for _ in 0..STEPS {
        objective.evaluate(&x, &mut gradient, &mut scratch);
        optimizer.step([(&mut x, &gradient)]).unwrap();
    }
    End { last: bits(&x), value: None, best: None, state: Some(state_bits(&optimizer.state())) }
}

#[test]
fn a_rule_that_works_on_single_elements_gives_the_same_bits_in_every_way() {
    all_ways_are_one::<f64, _>(&Clamped::new(0.07));
    all_ways_are_one::<f32, _>(&Clamped::new(0.07));
}

#[test]
fn a_rule_that_uses_every_operation_gives_the_same_bits_in_every_way() {
    for factor in [1.0, 0.75] {
        all_ways_are_one::<f64, _>(&Everything::new(0.07).factor(factor));
        all_ways_are_one::<f32, _>(&Everything::new(0.07).factor(factor));
    }
}

#[test]
fn the_rules_of_this_test_move_and_stay_where_there_is_no_slope() {
    let run =
        |rule: Everything| Minimizer::new(Bowl(3)).rule(rule).start([1.5, 0.7, 2.0]).run::<f64>().unwrap();
    let outcome = run(Everything::new(0.07));
    assert!(outcome.best.value < 1e-2, "{outcome:?}");
    assert_eq!(outcome.last.point[1], 0.7);
    let clamped =
        Minimizer::new(Bowl(2)).rule(Clamped::new(0.5)).start([1.5, 0.7]).steps(9).run::<f64>().unwrap();
    assert!(clamped.last.point[0] >= 0.0 && clamped.last.point[1] == 0.7, "{clamped:?}");
}
