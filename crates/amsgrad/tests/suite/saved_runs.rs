//! Runs that are continued from any of their checkpoints, to the bit.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use amsgrad::constraint::{Ball, Simplex};
use amsgrad::objective::Vectorized;
use amsgrad::{
    AnyRule, Bounds, Checkpoint, Error, FiniteSum, LearningRate, Minimizer, Moment, Objective, Outcome,
    Patience, Problem, Real, Record, Schedule, WeightDecay,
};

use crate::support::bits;

/// The checkpoint as a file has it.
fn filed<T: Real>(checkpoint: Checkpoint<T>) -> Checkpoint<T> {
    #[cfg(feature = "safetensors")]
    {
        use amsgrad::tensors::Tensors;
        let mut tensors = Tensors::default();
        checkpoint.to_tensors(&mut tensors);
        let read = Tensors::from_bytes(&tensors.to_bytes().unwrap()).unwrap();
        assert_eq!(read, tensors);
        Checkpoint::from_tensors(&read).unwrap()
    }
    #[cfg(not(feature = "safetensors"))]
    checkpoint
}

type Seen = Vec<(u64, Vec<u64>, u64, Option<u64>)>;

/// Runs from a checkpoint; returns the outcome without its time, what was seen, and one in `every` of the checkpoints.
fn run<T: Real, F: Objective<T> + Clone>(
    minimizer: &Minimizer<F, AnyRule>,
    from: Option<&Checkpoint<T>>,
    every: usize,
) -> (Outcome<T>, Seen, Vec<Checkpoint<T>>) {
    let (mut seen, mut offered, mut moments) = (Vec::new(), Vec::new(), 0_usize);
    let save = |moment: &Moment<'_, T>| {
        if moments.is_multiple_of(every) {
            offered.push(moment.checkpoint());
        }
        moments += 1;
    };
    let look = |record: &Record<'_, T>| {
        let rate = record.learning_rate().map(f64::to_bits);
        seen.push((record.step, bits(record.point), record.value.to_f64().to_bits(), rate));
        ControlFlow::Continue(())
    };
    let mut outcome = minimizer.clone().run_saved(from, save, look).unwrap();
    forget_time(&mut outcome);
    (outcome, seen, offered)
}

/// Continues a run from some of its checkpoints, the first and the last among them.
fn every_way<T: Real, F: Objective<T> + Clone>(name: &str, minimizer: &Minimizer<F, AnyRule>) {
    continues::<T, F>(name, minimizer, 1);
}

/// The time that a run took is its own.
fn forget_time<T>(outcome: &mut Outcome<T>) {
    #[cfg(feature = "clock")]
    {
        outcome.elapsed = None;
    }
    #[cfg(not(feature = "clock"))]
    let _ = outcome;
}

fn continues<T: Real, F: Objective<T> + Clone>(name: &str, minimizer: &Minimizer<F, AnyRule>, every: usize) {
    let (whole, seen, offered) = run::<T, F>(minimizer, None, every);
    let mut plain = minimizer.clone().run_observed(|_: &Record<'_, T>| ControlFlow::Continue(())).unwrap();
    forget_time(&mut plain);
    // NaN is not equal to itself.
    let whole = format!("{whole:?}");
    assert!(whole == format!("{plain:?}"), "{name}: {whole} and {plain:?}");
    assert!(offered.len() > 3, "{name}: {} checkpoints", offered.len());
    let stride = (offered.len() / 4).max(1);
    let last = offered.len() - 1;
    let places: BTreeSet<usize> = (0..last).step_by(stride).chain([1, last - 1, last]).collect();
    for place in places {
        let checkpoint = filed(offered[place].clone());
        let shown = checkpoint.shown() as usize;
        let (outcome, rest, _) = run(minimizer, Some(&checkpoint), usize::MAX);
        assert!(format!("{outcome:?}") == whole, "{name} from {place}: {outcome:?} and {whole}");
        assert_eq!(rest, seen[shown..], "{name} from {place}");
    }
}

fn on(problem: Problem) -> Minimizer<Vectorized<Problem>, AnyRule> {
    Minimizer::new(problem).rule(AnyRule::named("amsgrad").unwrap()).record_history()
}

fn rosenbrock(dimension: usize) -> Minimizer<Vectorized<Problem>, AnyRule> {
    on(Problem::named("rosenbrock", dimension).unwrap())
        .start(vec![-1.2; dimension])
        .learning_rate(0.02)
        .steps(300)
}

#[test]
fn a_run_continues_from_any_checkpoint_to_the_bit() {
    every_way::<f64, _>("two variables", &rosenbrock(2));
    every_way::<f32, _>("in f32", &rosenbrock(2));
    every_way::<f64, _>("many", &rosenbrock(9).maximize().steps(120));
    every_way::<f64, _>("relative", &rosenbrock(3).relative_gradient_tolerance(1e-2));
    every_way::<f64, _>("changes", &rosenbrock(2).point_tolerance(1e-3).value_tolerance(1e-5));
    let patience = Patience { steps: 40, improvement: 0.3 };
    every_way::<f64, _>("patience", &rosenbrock(4).patience(patience).evaluations(200));
    every_way::<f64, _>("target", &rosenbrock(2).target(0.5).weight_decay(WeightDecay::L2(0.01)));
    every_way::<f64, _>("ball", &rosenbrock(3).within(Ball::new(vec![0.0; 3], 0.7).unwrap()));
    every_way::<f64, _>("simplex", &rosenbrock(3).start([0.2, 0.3, 0.5]).within(Simplex::new(3).unwrap()));
    every_way::<f64, _>("box", &rosenbrock(2).within(Bounds::cube(2, -2.0, 0.5).unwrap()));
    for rule in ["nadam", "adamx", "momentum", "gradient-descent", "rmsprop"] {
        let rule = AnyRule::named(rule).unwrap();
        every_way::<f64, _>(rule.name(), &rosenbrock(2).rule(rule.clone()).learning_rate(1e-4).steps(60));
    }
    let mut decaying = AnyRule::named("amsgrad").unwrap();
    decaying.set("beta1", "0.9 * 0.99^(t-1)").unwrap();
    let cosine = Schedule::cosine(0.1, 0.0, 200);
    every_way::<f64, _>("schedules", &rosenbrock(2).rule(decaying).learning_rate(cosine).steps(200));
}

#[test]
fn a_long_history_is_thinned_alike() {
    continues::<f64, _>("thinned", &rosenbrock(20_000).learning_rate(1e-3).steps(120), 37);
}

#[test]
fn a_run_that_finds_its_learning_rates_continues_between_its_stretches() {
    let automatic = |run: Minimizer<_, _>, steps| run.learning_rate(LearningRate::Automatic).steps(steps);
    every_way::<f64, _>("free", &automatic(rosenbrock(2), 8000));
    every_way::<f32, _>("in f32", &automatic(rosenbrock(3), 3000).relative_gradient_tolerance(1e-3));
    let bounded = automatic(rosenbrock(2), 6000).within(Bounds::cube(2, -2.0, 2.0).unwrap());
    every_way::<f64, _>("bounded", &bounded);
    every_way::<f64, _>("to a target", &bounded.clone().target(1e-9));
    every_way::<f64, _>(
        "in a ball",
        &automatic(rosenbrock(2), 3000).within(Ball::new(vec![0.0; 2], 0.7).unwrap()),
    );
    every_way::<f64, _>(
        "patient",
        &automatic(rosenbrock(2), 6000).patience(Patience { steps: 500, improvement: 0.1 }),
    );
    let unbounded = Problem::named("booth", 2).unwrap();
    every_way::<f64, _>("maximized", &automatic(on(unbounded).start([1.0, 1.0]).maximize(), 3000));
}

#[test]
fn a_run_over_mini_batches_continues_with_the_next_one() {
    let example = |i: usize, x: &[f64], gradient: &mut [f64]| {
        let (slope, intercept) = (x[0], x[1]);
        let at = i as f64 / 10.0;
        let error = slope * at + intercept - (3.0 * at + 1.0 + (i % 7) as f64 / 7.0);
        gradient[0] += 2.0 * error * at;
        gradient[1] += 2.0 * error;
        error * error
    };
    let batches = FiniteSum::new(50, example).unwrap().batch(8).unwrap().seed(3);
    let run = Minimizer::new(batches)
        .rule(AnyRule::named("amsgrad").unwrap())
        .learning_rate(0.05)
        .start([0.0, 0.0])
        .record_history();
    every_way::<f64, _>("epochs", &run.clone().epochs(20));
    every_way::<f64, _>("examples", &run.clone().examples(777));
    let automatic = run.learning_rate(LearningRate::Automatic).steps(50);
    let error = automatic.run_saved::<f64>(None, |_| {}, |_| ControlFlow::Continue(())).unwrap_err();
    assert!(error.to_string().contains("mini-batches"), "{error}");
}

/// Whatever the bytes: an answer, and a run from it that ends.
#[cfg(feature = "safetensors")]
#[test]
fn a_file_that_is_spoiled_is_refused_or_runs() {
    use amsgrad::random::Uniform;
    use amsgrad::tensors::{TensorError, Tensors};

    let plain = rosenbrock(2).point_tolerance(1e-9).steps(60);
    let automatic = rosenbrock(2).learning_rate(LearningRate::Automatic).steps(900);
    let mut random = Uniform::numpy(3);
    for minimizer in [plain, automatic] {
        let (_, _, offered) = run::<f64, _>(&minimizer, None, 1);
        let mut tensors = Tensors::default();
        offered[offered.len() / 2].to_tensors(&mut tensors);
        let bytes = tensors.to_bytes().unwrap();
        for _ in 0..400 {
            let mut spoiled = bytes.clone();
            let place = random.below(bytes.len());
            spoiled[place] ^= 1 << random.below(8);
            if random.next() < 0.2 {
                spoiled.truncate(place);
            }
            let Ok(checkpoint) =
                Tensors::from_bytes(&spoiled).and_then(|tensors| Checkpoint::<f64>::from_tensors(&tensors))
            else {
                continue;
            };
            let mut looks = 0;
            let look = |_: &Record<'_, f64>| {
                looks += 1;
                if looks < 50 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            let _ = minimizer.clone().run_saved(Some(&checkpoint), |_| {}, look);
        }
    }
    let mut newer = Tensors::default();
    newer.note("version", "2");
    let told = Checkpoint::<f64>::from_tensors(&newer).unwrap_err();
    assert_eq!(told, TensorError::Version { found: "2".to_owned(), expected: "1" });
    assert_eq!(told.to_string(), "a checkpoint of version 2; allowed: 1");
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let (_, _, offered) = run::<f64, _>(&rosenbrock(2), None, 1);
    let refused = |run: Minimizer<_, _>| -> Error {
        run.run_saved(offered.last(), |_| {}, |_| ControlFlow::Continue(())).unwrap_err()
    };
    assert!(matches!(refused(rosenbrock(3)), Error::Dimension { expected: 3, found: 2, .. }));
    let other = refused(rosenbrock(2).rule(AnyRule::named("nadam").unwrap()));
    assert!(matches!(other, Error::State(_)), "{other}");
    let automatic = refused(rosenbrock(2).learning_rate(LearningRate::Automatic));
    assert!(automatic.to_string().contains("as in the run of the checkpoint"), "{automatic}");
}
