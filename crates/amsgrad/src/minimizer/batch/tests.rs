//! Every run of a batch beside the single run from its start.

use super::super::blocks::run_blocks;
use super::*;
use crate::dispatch::Target;
use crate::number::Elementary;
use crate::outcome::{Outcome, Status, Test};
use crate::rule::Rule;
use crate::{Adam, AmsGrad, Bounds, Dialect, GradientDescent, Schedule, Stop, WeightDecay};
use proptest::prelude::*;

/// Not finite everywhere, flat somewhere, steep elsewhere.
#[derive(Clone)]
struct Hostile(usize);

impl VectorizedObjective for Hostile {
    fn dimension(&self) -> usize {
        self.0
    }

    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        scratch.clear();
        scratch.extend(point.iter().map(|x| *x * *x - N::constant(1.0)));
        let mut value = N::constant(0.0);
        for ((x, slope), square) in point.iter().zip(gradient).zip(scratch) {
            // The root is NaN below -3, the gradient infinite at -3.
            let root = (*x + N::constant(3.0)).sqrt();
            value = value + *square * *square + root;
            *slope = N::constant(4.0) * *x * *square + N::constant(0.5) / root;
        }
        value
    }
}

/// A bowl of which either the value or the slope breaks, each in a region of its own, and which does not mind where
/// a point is not finite.
struct Cracked;

impl VectorizedObjective for Cracked {
    fn dimension(&self) -> usize {
        2
    }

    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
        let inside = |x: &N| x.abs().if_at_most(N::constant(1e3), *x, N::constant(1.0));
        let (x, y) = (inside(&point[0]), inside(&point[1]));
        let broken = |z: N, by: f64, or: N| z.if_less(N::constant(-2.0), N::constant(by), or);
        gradient[0] = broken(y, f64::NAN, x);
        gradient[1] = broken(x + y, f64::INFINITY, y);
        broken(x, f64::NEG_INFINITY, broken(x - y, f64::NAN, x * x + y * y))
    }
}

#[test]
fn whatever_is_not_finite_ends_a_run() {
    let ends = |x: f64, y: f64| {
        let starts = Starts::points(2, vec![x, y]).unwrap();
        let outcome =
            Minimizer::new(Cracked).rule(AmsGrad::default()).steps(3).run_batch::<f64>(&starts).unwrap();
        outcome.get(0).map(|run| (run.exit, run.steps))
    };
    assert_eq!(ends(0.5, 0.5), Some((Exit::StepLimit, 3)));
    let cracks = [(-2.5, 1.0), (0.5, -2.5), (-1.9, -1.9), (-1.0, 1.5), (f64::NAN, 0.5), (0.5, f64::INFINITY)];
    for (x, y) in cracks {
        assert_eq!(ends(x, y), Some((Exit::NonFinite, 0)), "{x}, {y}");
    }
}

/// The exit of a single run, which must be one a batch has.
fn exit<T>(outcome: &Outcome<T>) -> Exit {
    let converged = matches!(outcome.status, Status::Converged { test: Test::Gradient, .. });
    let exit = outcome.status.exit();
    assert!(converged || [Exit::StepLimit, Exit::TargetReached, Exit::NonFinite].contains(&exit), "{exit:?}");
    exit
}

fn bits<T: Real>(numbers: &[T]) -> Vec<Option<u64>> {
    numbers.iter().map(|x| (x.partial_cmp(x).is_some()).then(|| x.to_f64().to_bits())).collect()
}

type Job<R> = Minimizer<Vectorized<Hostile>, R>;

/// Every run of the batch beside the single run from its start.
fn check<T: Real, R: Rule>(minimizer: &Job<R>, points: &[f64], target: Target) {
    let objective = minimizer.objective.get();
    let dimension = objective.dimension();
    let starts = Starts::points(dimension, points.to_vec()).unwrap();
    let rule = minimizer.checked_rule::<T>().unwrap();
    let batch = run_blocks::<T>(&minimizer.settings, &starts, Blocks::of(objective, target), &rule).unwrap();
    assert_eq!(batch.len(), points.len() / dimension);
    for (run, start) in batch.iter().zip(points.chunks_exact(dimension)) {
        let Ok(single) = minimizer.clone().start(start).run::<T>() else {
            assert_eq!((run.exit, run.steps), (Exit::NonFinite, 0), "a start that is not finite");
            continue;
        };
        let at = format!("{target:?}, {}, start {start:?}", T::NAME);
        assert_eq!((run.exit, run.steps), (exit(&single), single.counts.steps), "{at}");
        assert_eq!(bits(run.last_point), bits(&single.last.point), "{at}");
        assert_eq!(bits(run.best_point), bits(&single.best.point), "{at}");
        assert_eq!(bits(&[run.last_value]), bits(&[single.last.value]), "{at}");
        assert_eq!(bits(&[run.best_value]), bits(&[single.best.value]), "{at}");
    }
}

/// On every instruction set, in both types.
fn check_everywhere<R: Rule>(minimizer: &Job<R>, points: &[f64]) {
    for target in Target::available() {
        check::<f64, R>(minimizer, points, target);
        check::<f32, R>(minimizer, points, target);
    }
}

/// Starts in all the regions of the objective, and some that are no points.
fn points(count: usize) -> Vec<f64> {
    let special = [0.0, -0.0, 1.0, -3.0, f64::NAN, f64::INFINITY, 1e-310, 3e5, 1e300, -2.9999999];
    (0..count).map(|i| if i % 5 == 3 { special[i / 5 % 10] } else { (i % 83) as f64 / 15.0 - 3.1 }).collect()
}

#[test]
fn every_run_is_the_single_run_on_every_instruction_set() {
    for (dimension, count) in [(1, 67), (2, 40), (9, 18)] {
        let points = points(dimension * count);
        let plain = Minimizer::new(Hostile(dimension)).rule(AmsGrad::tutorial()).steps(40);
        check_everywhere(&plain, &points);
        let ending = plain.clone().rule(AmsGrad::new(0.1).dialect(Dialect::Optax)).gradient_tolerance(0.5);
        let ending = ending.target(0.9 * dimension as f64).steps(60);
        check_everywhere(&ending, &points);
        let boxed = ending.within(Bounds::cube(dimension, -2.5, 0.9).unwrap());
        check_everywhere(&boxed, &points);
    }
}

#[test]
fn other_rules_weight_decay_and_maximising_too() {
    let points = points(74);
    let problem = || Minimizer::new(Hostile(2)).rule(AmsGrad::default()).steps(30);
    check::<f64, _>(&problem().rule(Adam::new(0.1)).maximize().target(40.0), &points, Target::best());
    let decayed = problem().rule(Adam::new(Schedule::inverse_sqrt(0.1))).weight_decay(WeightDecay::L2(0.1));
    check::<f32, _>(&decayed, &points, Target::best());
    let descent = problem().rule(GradientDescent::new(0.01)).weight_decay(WeightDecay::Decoupled(0.5));
    check::<f64, _>(&descent, &points, Target::best());
}

#[test]
fn every_rule_runs_in_batches_as_it_runs_alone() {
    let points = points(74);
    crate::rule::for_each_rule!(R => {
        let minimizer = Minimizer::new(Hostile(2)).rule(R::default()).steps(20);
        check::<f64, R>(&minimizer, &points, Target::best());
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_starts(
        dimension in 1..4_usize,
        mut points in prop::collection::vec(prop_oneof![-5.0..5.0_f64, any::<f64>()], 3..200),
        steps in 0..50_u64,
        tolerance in prop::option::of(0.0..3.0),
        target in prop::option::of(0.0..9.0),
    ) {
        points.truncate(points.len() / dimension * dimension);
        let stop = Stop { steps: Some(steps), gradient: tolerance, target, ..Stop::default() };
        let minimizer = Minimizer::new(Hostile(dimension)).rule(AmsGrad::new(0.3)).stop(stop);
        check::<f64, _>(&minimizer, &points, Target::best());
        check::<f32, _>(&minimizer, &points, Target::best());
    }
}

#[test]
fn more_blocks_than_one_whatever_the_number_of_threads() {
    let minimizer = Minimizer::new(Hostile(3))
        .rule(AmsGrad::default())
        .within(Bounds::cube(3, -2.0, 2.0).unwrap())
        .steps(5);
    let whole = minimizer.run_batch::<f32>(&Starts::random(5000, 3)).unwrap();
    let first = minimizer.run_batch::<f32>(&Starts::random(17, 3)).unwrap();
    assert!(whole.iter().zip(first.iter()).all(|(whole, first)| whole == first));
    #[cfg(feature = "threads")]
    for threads in 1..=8 {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| minimizer.run_batch::<f32>(&Starts::random(5000, 3))).unwrap(), whole);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let problem = || Minimizer::new(Hostile(2)).rule(AmsGrad::default());
    let starts = Starts::points(2, vec![0.5; 8]).unwrap();
    let refused = |minimizer: &Minimizer<Vectorized<Hostile>>, starts: &Starts| {
        minimizer.run_batch::<f64>(starts).unwrap_err().to_string()
    };
    assert!(Starts::points(3, vec![0.5; 8]).is_err() && Starts::points(0, Vec::new()).is_err());
    assert!(refused(&problem(), &Starts::points(4, vec![0.5; 8]).unwrap()).contains("4 coordinates"));
    assert!(refused(&problem(), &Starts::random(3, 1)).contains("no start"));
    assert!(refused(&problem().record_history(), &starts).contains("recording"));
    assert!(refused(&problem().start([1.0, 2.0]), &starts).contains("start"));
    let check = crate::GradientCheck::default();
    assert!(refused(&problem().check_gradient(check), &starts).contains("check_gradient"));
    assert!(
        refused(
            &Minimizer::new(Hostile(0)).rule(AmsGrad::default()),
            &Starts::random(3, 1).over(Bounds::new([]).unwrap())
        )
        .contains("dimension")
    );
    let open = Bounds::new([(0.0, f64::INFINITY), (0.0, 1.0)]).unwrap();
    assert!(refused(&problem().within(open), &Starts::random(3, 1)).contains("finite bounds"));
    let patient = Stop { evaluations: Some(3), ..Stop::default() };
    assert!(refused(&problem().stop(patient), &starts).contains("stop"));
    let square = Bounds::cube(2, 0.0, 1.0).unwrap();
    assert!(refused(&problem().within(square), &Starts::random(usize::MAX / 16, 1)).contains("memory"));
    assert!(problem().run_batch::<f64>(&Starts::points(2, Vec::new()).unwrap()).unwrap().is_empty());
}
