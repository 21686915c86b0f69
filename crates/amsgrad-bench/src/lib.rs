//! Measures how fast this machine runs `amsgrad`, beside limits that the same machine sets: what `cargo bench` and
//! `amsgrad bench` print.
//!
//! Candidates take turns: a round runs each of them once, so what slows the machine for a while slows all of them. Of all
//! rounds the fastest time of each counts. Compare ratios; times belong to the machine.
//!
//! ```
//! use amsgrad::AmsGrad;
//! use amsgrad_bench::{Look, small_problem};
//!
//! let comparison = small_problem::<2, AmsGrad>(false, Look::StepLimit, 100, std::time::Duration::ZERO);
//! let [bare, minimizer] = &comparison.measured[..] else { panic!("{comparison:?}") };
//! assert_eq!((&bare.name[..], bare.ratio), ("bare loop", 1.0));
//! println!("{}: {:.1} {}", minimizer.name, minimizer.speed, comparison.unit);
//! ```

use core::time::Duration;

use amsgrad::AnyRule;

mod batches;
mod compare;
mod long_vectors;
mod small_problem;

pub use batches::batches;
pub use compare::{Comparison, Measured};
pub use long_vectors::{Check, long_vectors};
pub use small_problem::{Look, long_run, small_path, small_problem};

/// Parameters of the long vector: far more than any cache holds.
const LONG: usize = 10_000_000;
/// Parameters of the vector whose moments decay.
const DECAYED: usize = 1 << 20;
/// Starts of the batch.
const STARTS: usize = 200_000;

/// Measures a small problem as programs run it. Compiled here, as what follows is, and not in a program that would rather be
/// small than fast.
#[must_use]
#[inline(never)]
pub fn small(budget: Duration) -> Comparison {
    small_problem::<2, AnyRule>(false, Look::StepLimit, 1000, budget)
}

/// Returns the measures that take all threads of rayon's current pool: a long vector, one whose moments decay, a batch in `f32`,
/// and one in `f64`.
#[must_use]
#[inline(never)]
pub fn on_threads() -> [fn(Duration) -> Comparison; 4] {
    [
        |budget| long_vectors::<f32>(LONG, Check::Gradient, budget),
        |budget| long_vectors::<f32>(DECAYED, Check::Subnormal, budget),
        |budget| batches::<f32>(STARTS, budget),
        |budget| batches::<f64>(STARTS, budget),
    ]
}
