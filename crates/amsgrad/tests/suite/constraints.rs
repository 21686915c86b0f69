//! Runs under a constraint: every evaluation lies inside, and the ends are the constrained minima.

use amsgrad::rule::Rule;
use amsgrad::{
    Adam, AmsGrad, Ball, Blocks, Bounds, Constraint, Dialect, FiniteDifference, GradientDescent,
    Intersection, Minimizer, Outcome, Real, Schedule, Simplex, Start, Status, WeightDecay,
};
use proptest::prelude::*;

/// Law for a ball and a simplex, computed as a user would: in the number type that runs, from first to last.
fn inside<T: Real>(constraint: &Constraint, x: &[T]) -> bool {
    let number = T::from_f64;
    match constraint {
        Constraint::Box(bounds) => x
            .iter()
            .zip(bounds.sides())
            .all(|(x, (lower, upper))| *lower <= x.to_f64() && x.to_f64() <= *upper),
        Constraint::Ball(ball) => {
            let offsets = x.iter().zip(ball.center()).map(|(x, c)| *x - number(*c));
            let norm = offsets.fold(T::default(), |sum, offset| sum + offset * offset).sqrt();
            norm.to_f64() <= ball.radius()
        }
        Constraint::Simplex(simplex) => {
            let sum = x.iter().fold(T::default(), |sum, x| sum + *x);
            let tolerance = T::EPSILON * number(x.len() as f64 * simplex.total());
            x.iter().all(|x| *x >= T::default()) && (sum - number(simplex.total())).abs() <= tolerance
        }
        Constraint::Intersection(both) => inside(&both.bounds().clone().into(), x) && inside(&both.set(), x),
        Constraint::Blocks(blocks) => blocks.blocks().all(|(places, constraint)| {
            inside(constraint, &places.iter().map(|place| x[*place]).collect::<Vec<T>>())
        }),
        _ => true,
    }
}

/// A valley with its minimum at `to`, whose curvatures differ by a hundred; every evaluation is checked.
fn run<T: Real, R: Rule>(
    rule: R,
    constraint: &Constraint,
    to: &[f64],
    start: &[f64],
    steps: u64,
) -> Outcome<T> {
    let objective = |x: &[T], gradient: &mut [T]| -> Result<T, String> {
        assert!(inside(constraint, x), "{} at {x:?}", R::NAME);
        let mut value = T::default();
        for (i, (x, to)) in x.iter().zip(to).enumerate() {
            let curvature = T::from_f64(libm::exp10(-(i as f64 % 3.0)));
            let offset = *x - T::from_f64(*to);
            gradient[i] = curvature * offset;
            value = value + gradient[i] * offset;
        }
        Ok(value)
    };
    let minimizer = Minimizer::new(objective).rule(rule).within(constraint.clone()).start(start).steps(steps);
    minimizer.gradient_tolerance(0.0).run::<T>().expect("settings that fit")
}

fn all_rules<T: Real>(constraint: &Constraint, to: &[f64], start: &[f64]) {
    for dialect in Dialect::ALL {
        run::<T, _>(AmsGrad::new(0.1).dialect(dialect).epsilon(0.0), constraint, to, start, 60);
    }
    run::<T, _>(AmsGrad::new(Schedule::inverse_sqrt(1.0)).beta1(0.0), constraint, to, start, 60);
    run::<T, _>(Adam::new(0.1), constraint, to, start, 60);
    run::<T, _>(Adam::new(1e8), constraint, to, start, 60);
    run::<T, _>(GradientDescent::new(0.5), constraint, to, start, 60);
    run::<T, _>(GradientDescent::new(1e10), constraint, to, start, 60);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(25))]

    #[test]
    fn every_evaluation_is_inside(
        (to, start) in (1..20_usize).prop_flat_map(|n| {
            let vector = |size: f64| prop::collection::vec(-size..size, n);
            (vector(3.0), vector(9.0))
        }),
        size in 0.01..3.0_f64,
    ) {
        let center: Vec<f64> = start.iter().map(|x| 0.3 * x).collect();
        let dimension = to.len();
        // Room for the center of the ball, and for an equal share.
        let bounds = || Bounds::cube(dimension, -0.1, 1.5 * size / dimension as f64).unwrap();
        let constraints: [Constraint; 6] = [
            Intersection::new(bounds(), Ball::new(vec![0.0; dimension], size).unwrap()).unwrap().into(),
            Intersection::new(bounds(), Simplex::with_total(dimension, size).unwrap()).unwrap().into(),
            Ball::new(center, size).unwrap().into(),
            Ball::new(vec![0.0; to.len()], size).unwrap().into(),
            Simplex::with_total(to.len(), size).unwrap().into(),
            Bounds::cube(to.len(), -0.1, size).unwrap().into(),
        ];
        for constraint in &constraints {
            all_rules::<f32>(constraint, &to, &start);
            all_rules::<f64>(constraint, &to, &start);
        }
    }
}

#[test]
fn the_minimum_on_a_sphere_is_found_by_every_rule() {
    let ball = Constraint::from(Ball::new([0.0; 3], 1.0).unwrap());
    let to = [2.0, -1.0, 3.0];
    let expected = run::<f64, _>(GradientDescent::new(0.3), &ball, &to, &[0.0; 3], 20_000).best;
    assert!((expected.point.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-12);
    let amsgrad = run::<f64, _>(AmsGrad::new(Schedule::inverse_sqrt(0.1)), &ball, &to, &[0.0; 3], 20_000);
    let adam = run::<f64, _>(Adam::new(Schedule::inverse_sqrt(0.1)), &ball, &to, &[0.0; 3], 20_000);
    for found in [amsgrad.best, adam.best] {
        for (x, expected) in found.point.iter().zip(&expected.point) {
            assert!((x - expected).abs() < 1e-4, "{x} {expected}");
        }
    }
}

#[test]
fn every_block_keeps_its_own_constraint() {
    let box_of_two = Bounds::new([(0.0, 1.0), (-2.0, -1.0)]).unwrap();
    let blocks = Blocks::new(8)
        .block([6, 0, 3], Simplex::new(3).unwrap())
        .and_then(|blocks| blocks.block([1, 7], box_of_two))
        .and_then(|blocks| blocks.block([2, 5], Ball::new([1.0, 1.0], 0.5).unwrap()));
    let constraint = Constraint::from(blocks.unwrap());
    let (to, start) = ([2.0, 3.0, 0.0, -1.0, 7.0, 9.0, 1.5, -1.5], [0.5; 8]);
    all_rules::<f64>(&constraint, &to, &start);
    all_rules::<f32>(&constraint, &to, &start);
    let ended = run::<f64, _>(GradientDescent::new(0.5), &constraint, &to, &start, 20_000).last.point;
    assert!((ended[1] - 1.0).abs() < 1e-9 && (ended[7] + 1.5).abs() < 1e-9 && (ended[4] - 7.0).abs() < 1e-9);
    assert!((ended[0] + ended[3] + ended[6] - 1.0).abs() <= 3.0 * f64::EPSILON && ended[3] == 0.0);
}

#[test]
fn a_block_that_does_not_fit_is_refused() {
    let simplex = || Simplex::new(2).unwrap();
    let blocks = Blocks::new(3).block([0, 1], simplex()).unwrap();
    for places in [vec![1, 2], vec![2, 2], vec![2, 3], vec![2]] {
        assert!(blocks.clone().block(places.clone(), simplex()).is_err(), "{places:?}");
    }
}

#[test]
fn a_vertex_of_the_simplex_is_reached_and_recognized() {
    let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
        gradient.copy_from_slice(&[3.0, 1.0, 2.0]);
        3.0 * x[0] + x[1] + 2.0 * x[2]
    })
    .rule(AmsGrad::new(0.1))
    .within(Simplex::new(3).unwrap())
    .start([1.0, 1.0, 1.0])
    .gradient_tolerance(0.0)
    .run()
    .unwrap();
    assert!(outcome.status.is_converged(), "{}", outcome.status);
    assert_eq!(outcome.last.point, [0.0, 1.0, 0.0]);
    assert_eq!(outcome.last.value, 1.0);
}

#[test]
fn the_interior_minimum_of_a_ball_is_stationary_and_decay_stays_inside() {
    let ball = Ball::new([5.0, 5.0], 1.0).unwrap();
    let bowl = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = x[0] - 5.25;
        gradient[1] = x[1] - 5.0;
        0.5 * (gradient[0] * gradient[0] + gradient[1] * gradient[1])
    };
    let minimizer = Minimizer::new(bowl).within(ball).start([9.0, 9.0]).learning_rate(0.05);
    let outcome = minimizer.clone().gradient_tolerance(1e-9).steps(10_000).run().unwrap();
    assert!(outcome.status.is_converged());
    assert!((outcome.best.point[0] - 5.25).abs() < 1e-8);
    let pulled = minimizer.weight_decay(WeightDecay::L2(100.0)).run().unwrap();
    assert!(Ball::new([5.0, 5.0], 1.0).unwrap().contains(&pulled.last.point));
    assert!(pulled.last.point[0] < 4.5);
}

#[test]
fn a_point_that_is_not_finite_is_never_evaluated() {
    for constraint in
        [Constraint::None, Ball::new([0.0], 2.0).unwrap().into(), Simplex::new(1).unwrap().into()]
    {
        let objective = |x: &[f64], gradient: &mut [f64]| {
            assert!(x[0].is_finite());
            gradient[0] = -1e300;
            x[0]
        };
        let outcome =
            Minimizer::new(objective).rule(GradientDescent::new(1e300)).within(constraint).start([1.0]).run();
        let outcome = outcome.unwrap();
        assert!(outcome.status.is_failure(), "{}", outcome.status);
        assert_eq!((outcome.counts.values, outcome.counts.steps), (1, 1));
        assert!(outcome.last.value.is_nan() && outcome.best.value == 1.0);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let minimizer = || Minimizer::new(|x: &[f64], _: &mut [f64]| x[0]).rule(amsgrad::AmsGrad::default());
    let error = minimizer().within(Ball::new([0.0; 3], 1.0).unwrap()).start([0.0]).run().unwrap_err();
    assert_eq!(error.to_string(), "the start has 1 coordinates; allowed: 3");
    let differences = || {
        Minimizer::new(FiniteDifference::new(|x: &[f64]| x[0])).rule(amsgrad::AmsGrad::default()).start([0.0])
    };
    let error = differences().within(Ball::new([0.0], 1.0).unwrap()).run().unwrap_err();
    assert!(error.to_string().starts_with("constraint is a ball; allowed: none, or a box, with differences"));
    let error = differences().within(Simplex::new(1).unwrap()).run().unwrap_err();
    assert!(error.to_string().starts_with("constraint is a simplex; allowed: none, or a box"));
    let error = minimizer().within(Simplex::new(2).unwrap()).start(Start::seed(1)).run().unwrap_err();
    assert_eq!(error, amsgrad::Error::NoStart);
    let maximized = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 1.0;
        x[0]
    })
    .rule(amsgrad::AmsGrad::default());
    let maximized =
        maximized.maximize().within(Ball::new([0.0], 2.0).unwrap()).start([-9.0]).learning_rate(0.1);
    let outcome = maximized.gradient_tolerance(0.0).run().unwrap();
    assert_eq!(
        (outcome.best.point[0], outcome.status.is_converged()),
        (2.0, true),
        "{:?}",
        Status::StepLimit
    );
}
