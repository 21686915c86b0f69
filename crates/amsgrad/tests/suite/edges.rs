//! Memory at the edges of packs, chunks and blocks, in slices that end where their numbers end: run under the address
//! sanitizer too.

use amsgrad::problem::Problem;
use amsgrad::{AmsGrad, Minimizer, Optimizer, Real, Starts, WeightDecay};

/// What a thread takes at a time.
const CHUNK: usize = 1 << 15;

/// Enough for their memory to be in large pages.
const LARGE: usize = 8 * CHUNK + 1;

fn stepped<T: Real>(length: usize) -> Box<[T]> {
    let number = |i: usize| T::from_f64(((i * 7919) % 2003) as f64 / 1001.0 - 1.0);
    let (mut x, gradient): (Box<[T]>, Box<[T]>) =
        ((0..length).map(number).collect(), (7..length + 7).map(number).collect());
    let mut optimizer = Optimizer::new(AmsGrad::new(0.1)).weight_decay(WeightDecay::L2(0.1)).clip_norm(1.0);
    for _ in 0..3 {
        optimizer.step([(&mut x, &gradient)]).unwrap();
    }
    x
}

#[test]
fn vectors_of_every_length() {
    for length in (0..=130).chain([CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 17, LARGE]) {
        assert!(stepped::<f32>(length).iter().all(|x| x.is_finite()));
        assert!(stepped::<f64>(length).iter().all(|x| x.is_finite()));
    }
}

#[test]
fn batches_of_every_size() {
    let problem = Problem::named("rosenbrock", 3).unwrap();
    for count in (0..40).chain([1023, 1024, 1025, 3000]) {
        let starts = Starts::random(count, 1).over(problem.domain().clone());
        let minimizer = Minimizer::new(&problem).rule(AmsGrad::new(0.1)).steps(7).target(100.0);
        let (single, double) =
            (minimizer.run_batch::<f32>(&starts).unwrap(), minimizer.run_batch::<f64>(&starts).unwrap());
        assert_eq!((single.len(), double.len()), (count, count));
        assert!(double.iter().all(|run| run.best_value.is_finite()));
    }
}
