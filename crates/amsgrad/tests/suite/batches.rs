//! Many starts: every run is the single run from its start, and the best of them is there in full.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use amsgrad::{
    BatchOutcome, Bounds, Elementary, Error, Exit, GradientDescent, Minimizer, Outcome, Problem, Real,
    Starts, VectorizedObjective,
};

use crate::support::{bits, numbers};

/// Checks run `i` of a batch against the single run.
fn assert_is<T: Real>(batch: &BatchOutcome<T>, i: usize, single: &Outcome<T>) {
    let run = batch.get(i).unwrap();
    assert_eq!((run.exit, run.steps), (single.status.exit(), single.counts.steps), "start {i}");
    assert_eq!(run.exit.name(), single.status.name());
    assert_eq!(bits(run.best_point), bits(&single.best.point), "start {i}");
    assert_eq!(bits(run.last_point), bits(&single.last.point), "start {i}");
    assert_eq!(
        bits(&[run.best_value, run.last_value]),
        bits(&[single.best.value, single.last.value]),
        "start {i}"
    );
}

/// Checks that the best run is there in full.
fn assert_best<T: Real>(batch: &BatchOutcome<T>, single: impl Fn(usize) -> Outcome<T>) {
    let least = batch.iter().map(|run| run.best_value.to_f64()).fold(f64::INFINITY, f64::min);
    let index = batch.best_index().unwrap();
    assert_eq!(
        batch.iter().position(|run| run.best_value.to_f64() == least),
        Some(index),
        "the first of equals"
    );
    assert_eq!(format!("{:?}", batch.best().unwrap()), format!("{:?}", single(index)));
}

fn valleys<T: Real>(x: &[T], gradient: &mut [T]) -> Result<T, String> {
    let number = T::from_f64;
    let mut value = T::default();
    for (x, slope) in x.iter().zip(gradient) {
        let square = *x * *x - number(1.0);
        value = value + square * square + number(0.1) * *x;
        *slope = number(4.0) * *x * square + number(0.1);
    }
    Ok(value)
}

type Objective<T> = fn(&[T], &mut [T]) -> Result<T, String>;
type Run<T> = Minimizer<Objective<T>>;

fn single_runs_equal<T: Real>(dimension: usize) {
    let points: Vec<Vec<f64>> = (0..30).map(|salt| numbers::<f64>(dimension, salt)).collect();
    let starts = Starts::points(dimension, points.concat()).unwrap();
    let variants: [fn(Run<T>, usize) -> Run<T>; 4] = [
        |minimizer, _| minimizer,
        |minimizer, _| minimizer.gradient_tolerance(1e-2).target(-0.05),
        |minimizer, dimension| minimizer.bounds(vec![(-0.5, 0.9); dimension]),
        // What batches in packs do not have.
        |minimizer, _| minimizer.point_tolerance(1e-3).evaluations(50),
    ];
    for change in variants {
        let objective: Objective<T> = valleys::<T>;
        let minimizer = change(Minimizer::new(objective).learning_rate(0.05).steps(200), dimension);
        let batch = minimizer.run_starts::<T>(&starts).unwrap();
        assert_eq!((batch.len(), batch.is_empty()), (30, false));
        let single = |i: usize| minimizer.clone().start(points[i].clone()).run::<T>().unwrap();
        (0..30).for_each(|i| assert_is(&batch, i, &single(i)));
        assert_best(&batch, single);
    }
}

#[test]
fn runs_of_a_closure_are_the_single_runs_from_their_starts() {
    for dimension in [1, 2, 9, 40] {
        single_runs_equal::<f32>(dimension);
        single_runs_equal::<f64>(dimension);
    }
}

#[test]
fn runs_of_a_closure_equal_a_batch_in_packs() {
    let problem = Problem::named("himmelblau", 2).unwrap();
    let minimizer = Minimizer::new(problem).within(problem.domain()).learning_rate(0.1).steps(300);
    let starts = Starts::random(100, 5);
    let (packs, alone) =
        (minimizer.run_batch::<f64>(&starts).unwrap(), minimizer.run_starts::<f64>(&starts).unwrap());
    assert_eq!(packs, alone);
    let single = |i: usize| {
        let drawn = Minimizer::new(problem).rule(GradientDescent::new(0.0)).within(problem.domain()).steps(0);
        let start = drawn.run_batch::<f64>(&starts).unwrap().get(i).unwrap().last_point.to_vec();
        minimizer.clone().start(start).run::<f64>().unwrap()
    };
    assert_is(&packs, 77, &single(77));
    assert_best(&packs, single);
}

#[test]
fn a_start_that_is_not_finite_ends_alone() {
    let starts = Starts::points(2, vec![0.5, 0.5, f64::NAN, 0.5, 0.5, f64::INFINITY, -0.5, 0.5]).unwrap();
    let batch = Minimizer::new(valleys::<f64>)
        .rule(amsgrad::AmsGrad::default())
        .steps(10)
        .run_starts::<f64>(&starts)
        .unwrap();
    let exits: Vec<Exit> = batch.iter().map(|run| run.exit).collect();
    assert_eq!(exits, [Exit::StepLimit, Exit::NonFinite, Exit::NonFinite, Exit::StepLimit]);
    assert!(batch.get(1).unwrap().best_value.is_nan() && batch.get(1).unwrap().exit.is_failure());
    assert_eq!(batch.best_index(), Some(3));
    let none = Starts::points(1, vec![f64::NAN]).unwrap();
    let batch =
        Minimizer::new(valleys::<f64>).rule(amsgrad::AmsGrad::default()).run_starts::<f64>(&none).unwrap();
    assert_eq!((batch.best(), batch.best_index()), (None, None));
    let batch = Minimizer::new(valleys::<f64>)
        .rule(amsgrad::AmsGrad::default())
        .run_starts::<f64>(&Starts::points(1, vec![]).unwrap())
        .unwrap();
    assert!(batch.is_empty() && batch.best().is_none());
}

#[test]
fn what_a_batch_does_not_have_is_refused() {
    let starts = Starts::random(3, 1);
    let error = Minimizer::new(valleys::<f64>)
        .rule(amsgrad::AmsGrad::default())
        .run_starts::<f64>(&starts)
        .unwrap_err();
    assert_eq!(error, Error::NoStart);
    let boxed = || Minimizer::new(valleys::<f64>).rule(amsgrad::AmsGrad::default()).bounds([(-1.0, 1.0)]);
    assert!(boxed().record_history().run_starts::<f64>(&starts).is_err());
    assert!(boxed().start([0.0]).run_starts::<f64>(&starts).is_err());
    assert!(boxed().learning_rate(-1.0).run_starts::<f64>(&starts).is_err());
    assert!(
        Minimizer::new(valleys::<f64>)
            .rule(amsgrad::AmsGrad::default())
            .bounds([(1.0, -1.0)])
            .run_starts::<f64>(&starts)
            .is_err()
    );
    let packs = || Minimizer::new(Wall).rule(amsgrad::AmsGrad::default()).bounds([(-3.0, 3.0)]);
    assert!(packs().evaluations(10).run_batch::<f64>(&starts).is_err());
    assert!(packs().patience(amsgrad::Patience::default()).run_batch::<f64>(&starts).is_err());
}

#[test]
fn a_flag_interrupts_a_batch() {
    let starts = Starts::random(500, 1);
    let flag = Arc::new(AtomicBool::new(true));
    let packs =
        Minimizer::new(Wall).rule(amsgrad::AmsGrad::default()).bounds([(-0.5, 3.0)]).interrupt(flag.clone());
    let batch = packs.run_batch::<f64>(&starts).unwrap();
    assert!(batch.iter().all(|run| run.exit == Exit::Stopped));
    let batch = packs.run_starts::<f64>(&starts).unwrap();
    assert!(batch.iter().all(|run| run.exit == Exit::Stopped && run.steps == 0));
    assert_eq!(batch.best().map(|best| best.status.exit()), Some(Exit::Stopped));

    flag.store(false, Ordering::Relaxed);
    let calls = AtomicUsize::new(0);
    let (counted, raised) = (&calls, &flag);
    let closure = move |x: &[f64], gradient: &mut [f64]| {
        if counted.fetch_add(1, Ordering::Relaxed) == 1000 {
            raised.store(true, Ordering::Relaxed);
        }
        valleys(x, gradient)
    };
    let interrupted = Minimizer::new(closure)
        .rule(amsgrad::AmsGrad::default())
        .bounds([(-3.0, 3.0)])
        .interrupt(flag.clone())
        .steps(100_000);
    let batch = interrupted.run_starts::<f64>(&starts).unwrap();
    assert!(batch.iter().all(|run| run.exit == Exit::Stopped), "no run of 100,000 steps has ended");
    assert!(calls.load(Ordering::Relaxed) < 3000);
}

/// Falls to the left, and has no gradient from -1 on.
#[derive(Clone)]
struct Wall;

impl VectorizedObjective for Wall {
    fn dimension(&self) -> usize {
        1
    }

    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
        let (x, one) = (point[0], N::constant(1.0));
        gradient[0] = x.if_at_most(-one, N::constant(f64::NAN), one);
        x
    }
}

#[test]
fn a_finite_value_counts_where_the_gradient_does_not() {
    let minimizer = Minimizer::new(Wall).rule(GradientDescent::new(0.25));
    let single = minimizer.clone().start([0.0]).run::<f64>().unwrap();
    assert_eq!(single.status.exit(), Exit::NonFinite);
    assert_eq!((single.best.step, &single.best.point[..], single.best.value), (4, &[-1.0][..], -1.0));
    let batch = minimizer.run_batch::<f64>(&Starts::points(1, vec![0.0, -2.0]).unwrap()).unwrap();
    assert_is(&batch, 0, &single);
    let second = batch.get(1).unwrap();
    assert_eq!((second.exit, second.steps, second.best_value), (Exit::NonFinite, 0, -2.0));
    assert_eq!(batch.best_index(), Some(1));
}

#[test]
fn starts_in_a_box_are_those_of_the_run() {
    let bounds = || Bounds::cube(2, -2.0, 2.0).unwrap();
    let minimizer =
        Minimizer::new(valleys::<f64>).rule(amsgrad::AmsGrad::default()).within(bounds()).steps(3);
    let own = minimizer.run_starts::<f64>(&Starts::random(9, 4)).unwrap();
    let over = minimizer.run_starts::<f64>(&Starts::random(9, 4).over(bounds())).unwrap();
    assert_eq!(own, over);
}
