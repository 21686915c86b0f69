//! Many starts at once, beside the processor's limit for the square roots and divisions of their steps.

use core::hint::black_box;
use core::time::Duration;

use amsgrad::{
    AmsGrad, AnyRule, Elementary, Kernel, Minimizer, Number as _, Pack, Real, Starts, VectorizedObjective,
    accelerate,
};
use rayon::prelude::*;

use crate::compare::{Candidate, Comparison, compare};

/// Measures 100 steps from each of `count` starts of the two-dimensional Rosenbrock function, against the square roots and the
/// divisions of these steps alone. As many threads as rayon's current pool has take part in both.
#[must_use]
pub fn batches<T: Real>(count: usize, budget: Duration) -> Comparison {
    const STEPS: u64 = 100;
    let points = (0..count).flat_map(|i| {
        let (a, b) = (i % 1000, i / 1000 % 1000);
        [a as f64 / 250.0 - 2.0, b as f64 / 250.0 - 1.0]
    });
    let title = format!("{count} starts of Rosenbrock's function in {}", T::NAME);
    let unit = "million run-steps/s";
    let Ok(starts) = Starts::points(2, points.collect()) else {
        return Comparison { title, unit, measured: Vec::new() };
    };
    let minimizer = Minimizer::new(Rosenbrock).rule(AnyRule::from(AmsGrad::new(1e-2))).steps(STEPS);
    let run_steps = count as u64 * STEPS;
    let limit = move || roots_and_divisions::<T>(run_steps as usize * 2);
    let candidates: Vec<Candidate<'_>> = vec![
        ("limit: square roots and divisions alone".into(), Box::new(limit)),
        ("batch".into(), Box::new(move || _ = black_box(minimizer.run_batch::<T>(&starts)))),
    ];
    compare(title, unit, run_steps as f64 / 1e6, budget, candidates)
}

/// Rosenbrock's function of two variables.
struct Rosenbrock;

impl VectorizedObjective for Rosenbrock {
    fn dimension(&self) -> usize {
        2
    }

    #[inline(always)]
    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
        let (one, hundred) = (N::constant(1.0), N::constant(100.0));
        let ([x, y], [dx, dy]) = (point, gradient) else { return N::constant(f64::NAN) };
        let (a, b) = (one - *x, *y - *x * *x);
        *dx = N::constant(-2.0) * a - N::constant(400.0) * *x * b;
        *dy = N::constant(200.0) * b;
        a * a + hundred * b * b
    }
}

/// Computes `count` square roots and divisions, none waiting for another.
fn roots_and_divisions<T: Real>(count: usize) {
    const BLOCK: usize = 1 << 12;
    let block = |_| accelerate(Roots::<T>([Pack([T::from_f64(1.5); 16]); 16], BLOCK / 256));
    (0..count / BLOCK).into_par_iter().for_each(block);
}

/// Packs, and how often each is rooted and divided.
struct Roots<T>([Pack<T, 16>; 16], usize);

impl<T: Real> Kernel for Roots<T> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        for _ in 0..self.1 {
            for pack in &mut self.0 {
                *pack = *pack / pack.sqrt();
                // Each by itself, or the compiler makes vectors across packs, which gather and scatter.
                black_box(pack);
            }
        }
    }
}
