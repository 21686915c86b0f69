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

mod batches;
mod compare;
mod long_vectors;
mod small_problem;

pub use batches::batches;
pub use compare::{Comparison, Measured};
pub use long_vectors::{Check, long_vectors};
pub use small_problem::{Look, long_run, small_path, small_problem};
