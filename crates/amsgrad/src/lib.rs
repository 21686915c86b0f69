//! Gradient descent with AMSGrad: give it a function and its gradient. It finds a minimum, shows how it got there, and says
//! honestly how it ended.
//!
//! # Six tasks
//!
//! ## Minimize a closure
//!
//! The closure is given a point, writes the gradient there and returns the value, all in one call. The type of its slices, `f64`
//! or `f32`, is the type the run computes in. A learning rate is a number, a [`Schedule`], or found by short trial runs.
//!
//! ```
//! use amsgrad::{LearningRate, Minimizer};
//!
//! let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = 2.0 * (x[0] - 3.0);
//!     (x[0] - 3.0) * (x[0] - 3.0)
//! })
//! .start([0.0])
//! .learning_rate(LearningRate::Automatic)
//! .run()?;
//! assert!((outcome.best.point[0] - 3.0).abs() < 1e-3);
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## Step several tensors
//!
//! In a training loop you compute the gradients; an [`Optimizer`] holds the rule's memory. A gradient that is not finite is
//! refused before it touches anything.
//!
//! ```
//! use amsgrad::{AmsGrad, Dialect, Optimizer};
//!
//! let mut optimizer = Optimizer::new(AmsGrad::new(0.05).dialect(Dialect::Torch)).clip_norm(1.0);
//! let (mut weights, mut bias) = (vec![1.0_f32, -2.0], vec![0.5]);
//! for _ in 0..200 {
//!     let gradient: Vec<f32> = weights.iter().map(|x| 2.0 * x).collect();
//!     let bias_gradient = vec![2.0 * bias[0]];
//!     optimizer.step([(&mut weights, &gradient), (&mut bias, &bias_gradient)])?;
//! }
//! assert!(weights.iter().chain(&bias).all(|x| x.abs() < 0.05));
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## Resume from a file
//!
//! A [`State`] has the rule's memory, its clock and the position in a finite sum. With feature `serde` it is written to a file;
//! with it a run resumes in another process, bit for bit as if it had not ended. An optimizer has [`Optimizer::state`] and
//! [`Optimizer::set_state`]. Numbers round-trip in `serde_json` with its feature `float_roundtrip`. A [`Checkpoint`] has more than
//! the state: [`Minimizer::run_saved`] goes on with the same limits, best point, patience and history, through trials too.
//!
//! ```
//! # #[cfg(feature = "serde")] {
//! # let file = std::env::temp_dir().join(format!("amsgrad-state-{}.json", std::process::id()));
//! # let bowl = |x: &[f64], gradient: &mut [f64]| {
//! #     gradient[0] = 2.0 * x[0];
//! #     x[0] * x[0]
//! # };
//! use amsgrad::{Minimizer, State};
//!
//! let half = Minimizer::new(bowl).learning_rate(0.001).start([1.0]).steps(30).run()?;
//! std::fs::write(&file, serde_json::to_string(&(&half.last.point, &half.state))?)?;
//!
//! let (point, state): (Vec<f64>, State<f64>) = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
//! let rest = Minimizer::new(bowl).learning_rate(0.001).resume_from(&point, &state).steps(30).run()?;
//! let whole = Minimizer::new(bowl).learning_rate(0.001).start([1.0]).steps(60).run()?;
//! assert_eq!((rest.last, rest.state), (whole.last, whole.state));
//! # std::fs::remove_file(&file)?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Write a rule
//!
//! [`AmsGrad`] and its relatives are in [`mod@rule`]. A rule of yours is declared by [`rule!`], with one formula over [`Number`],
//! and runs wherever they run; `conformance::check` (feature `conformance`) tests it in every way of running.
//!
//! ```
//! # use amsgrad::Minimizer;
//! amsgrad::rule! {
//!     /// Steps of one length against the sign of the gradient.
//!     pub struct SignDescent = "sign" { learning_rate = 0.25, }
//!     source: ""; formula: "x = x - alpha * sign(g)"; gradients: Any; memory: ;
//!     coefficients(self, clock): alpha; { let alpha = clock.value(&self.learning_rate); }
//!     step(x, g): { g.if_equal(N::constant(0.0), x, x - alpha.copysign(g)) }
//!     weight: { N::constant(1.0) }
//! }
//! # let absolute = |x: &[f64], gradient: &mut [f64]| {
//! #     gradient[0] = x[0].signum();
//! #     x[0].abs()
//! # };
//! let outcome = Minimizer::new(absolute).rule(SignDescent::default()).start([1.0]).steps(4).run()?;
//! assert_eq!(outcome.last.point, [0.0]);
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## Run from many starts
//!
//! [`run_starts`](Minimizer::run_starts) runs closures from every start, on all cores, and returns the best run in full. An
//! objective that is written over [`Elementary`] runs faster in [`run_batch`](Minimizer::run_batch), one start in each element of
//! the processor's vectors. Each run has the bits it would have alone.
//!
//! ```
//! use amsgrad::{Minimizer, Starts};
//!
//! let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = 4.0 * x[0] * (x[0] * x[0] - 1.0);
//!     (x[0] * x[0] - 1.0) * (x[0] * x[0] - 1.0)
//! })
//! .bounds([(-2.0, 2.0)])
//! .learning_rate(0.05)
//! .run_starts(&Starts::random(100, 1))?;
//! assert!(outcome.best().is_some_and(|best| best.best.value < 1e-9));
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## Stay within bounds
//!
//! With [`bounds`](Minimizer::bounds), a [`Ball`], a [`Simplex`] or an [`Intersection`] of bounds and one of these the objective
//! is never evaluated outside, the start included.
//! The projection is the paper's, in the norm of the step's denominators; on a box that is clipping. A side may be open.
//!
//! ```
//! use amsgrad::Minimizer;
//!
//! let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = 1.0 / x[0];
//!     x[0].ln()
//! })
//! .bounds([(0.25, f64::INFINITY)])
//! .start([1.0])
//! .learning_rate(0.02)
//! .gradient_tolerance(1e-9) // at a bound, what points out of the box does not count
//! .run()?;
//! assert_eq!(outcome.best.point, [0.25]);
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! # A guided tour
//!
//! ## Reading the outcome
//!
//! [`run`](Minimizer::run) fails only where settings do not fit together, before anything is evaluated. How a run went is
//! in its [`Outcome`]: the best point and the last one (they differ, for AMSGrad does not go down at every step), what
//! it took, and a [`Status`] that tells a test that was passed from a limit that was reached.
//!
//! ```
//! use amsgrad::outcome::Test;
//! use amsgrad::{Minimizer, Status};
//!
//! let bowl = |x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = 2.0 * (x[0] - 3.0);
//!     (x[0] - 3.0) * (x[0] - 3.0)
//! };
//! let outcome = Minimizer::new(bowl).start([2.0]).learning_rate(0.05).gradient_tolerance(1e-6).steps(5000).run()?;
//!
//! match outcome.status {
//!     Status::Converged { test, measured, tolerance } => {
//!         assert_eq!(test, Test::Gradient);
//!         assert!(measured <= tolerance);
//!     }
//!     ref other => panic!("{other}"),
//! }
//! assert!((outcome.best.point[0] - 3.0).abs() <= 0.5e-6);
//! assert_eq!(outcome.counts.values, outcome.counts.steps + 1); // the start is evaluated too
//! println!("{}", outcome.status); // converged: the largest gradient component is ..., at most 1e-6
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## Whose AMSGrad
//!
//! The frameworks' AMSGrads are one formula with three numbers, the [`Dialect`]. The default is the paper's; to get the numbers
//! of another framework, name it. [`AmsGrad::tutorial`] holds the settings of the tutorial.
//!
//! ```
//! use amsgrad::{AmsGrad, Dialect, Optimizer};
//!
//! // The first step of the dialects that correct the moments is as long as the learning rate; the paper's is
//! // (1 - beta1) / sqrt(1 - beta2) of it.
//! let first_step = |dialect| {
//!     let mut parameters = [1.0];
//!     Optimizer::new(AmsGrad::new(0.01).dialect(dialect)).step([(&mut parameters, &[4.0])])?;
//!     Ok::<f64, amsgrad::Error>(1.0 - parameters[0])
//! };
//! assert!((first_step(Dialect::Torch)? - 0.01).abs() < 1e-9);
//! assert!((first_step(Dialect::Paper)? - 0.0316228).abs() < 1e-7);
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## Schedules
//!
//! Learning rate and beta1 are numbers or a [`Schedule`], a value for each step from 1 on. A schedule can be looked at
//! before a run, and every [`Record`] of a run tells what was used.
//!
//! ```
//! use amsgrad::{AmsGrad, Schedule};
//!
//! let decaying = Schedule::inverse_sqrt(0.1).warm_up(3);
//! assert_eq!(decaying.samples(4), [0.1 / 3.0, 0.1 * (2.0 / 3.0), 0.1, 0.1 / 2.0_f64.sqrt()]);
//! assert_eq!(decaying.to_string(), "warmup(3, 0.1 / sqrt(t))");
//!
//! let rule = AmsGrad::new(decaying).beta1(Schedule::exponential(0.9, 0.999));
//! # let _ = rule;
//! ```
//!
//! ## When to stop
//!
//! [`Stop`] has every condition, each checked after every evaluation, so before the first step too. The common ones have
//! a method of the [`Minimizer`].
//!
//! ```
//! use amsgrad::{Minimizer, Patience, Status, Stop};
//!
//! let mut stop = Stop::default();
//! stop.steps = Some(10_000);
//! stop.relative_gradient = Some(1e-6);
//! stop.patience = Some(Patience { steps: 50, improvement: 0.0 });
//!
//! let absolute = |x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = x[0].signum();
//!     x[0].abs()
//! };
//! let outcome = Minimizer::new(absolute).start([1.0]).learning_rate(0.3).stop(stop).run()?;
//! // A kink has no small gradient, so patience is what ends this run.
//! assert_eq!(outcome.status, Status::NoImprovement { steps: 50 });
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## Watching a run
//!
//! An observer sees every evaluation and may end the run. [`record_history`](Minimizer::record_history) keeps the steps,
//! thinned where they are many.
//!
//! ```
//! use std::ops::ControlFlow;
//! use amsgrad::{Minimizer, Record};
//!
//! let bowl = |x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = 2.0 * x[0];
//!     x[0] * x[0]
//! };
//! let outcome = Minimizer::new(bowl)
//!     .start([1.0])
//!     .learning_rate(0.1)
//!     .record_history()
//!     .run_observed(|record: &Record<'_, f64>| {
//!         if record.step > 0 {
//!             println!("{} {:?} {:?} {:?}", record.step, record.point, record.learning_rate(), record.slot("v_hat"));
//!         }
//!         if record.gradient_norm() < 0.1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
//!     })?;
//! let values: Vec<f64> = outcome.history.entries().iter().map(|entry| entry.value).collect();
//! assert_eq!(values.len() as u64, outcome.counts.values);
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! Nothing is recorded, timed or printed that was not asked for.
//!
//! ## When something is wrong
//!
//! Wrong settings are an [`Error`] that names what, and what is allowed. A value or gradient that is not finite ends the
//! run before it can reach the rule's memory; the status names the step and the coordinate, and the best point so far is
//! kept.
//!
//! ```
//! use amsgrad::outcome::Quantity;
//! use amsgrad::{AmsGrad, Minimizer, Status};
//!
//! let root = |x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = 1.0 + 0.5 / x[0].sqrt();
//!     x[0] + x[0].sqrt()
//! };
//! let outcome = Minimizer::new(root).start([0.05]).learning_rate(0.01).run()?;
//! assert!(outcome.status.is_failure());
//! match outcome.status {
//!     Status::NonFinite { step, quantity: Quantity::Value { value } } => assert!(step > 0 && value.is_nan()),
//!     ref other => panic!("{other}"),
//! }
//! assert!(outcome.best.value.is_finite());
//!
//! let error = Minimizer::new(root).rule(AmsGrad::new(-0.1)).start([0.05]).run::<f64>().unwrap_err();
//! assert_eq!(error.to_string(), "learning_rate is -0.1; allowed: finite values, 0 or more");
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! An objective that can fail returns a `Result`; its error ends the run and is in the status, source and all.
//!
//! ```
//! use amsgrad::{Minimizer, Status};
//!
//! let mut calls = 0;
//! let outcome = Minimizer::new(|x: &[f64], gradient: &mut [f64]| -> Result<f64, std::io::Error> {
//!     calls += 1;
//!     if calls > 20 {
//!         return Err(std::io::Error::other("the instrument is off"));
//!     }
//!     gradient[0] = 2.0 * x[0];
//!     Ok(x[0] * x[0])
//! })
//! .learning_rate(0.001)
//! .start([1.0])
//! .run()?;
//! match outcome.status {
//!     Status::ObjectiveFailed(ref error) => {
//!         assert_eq!(error.to_string(), "the objective failed: the instrument is off");
//!     }
//!     ref other => panic!("{other}"),
//! }
//! assert_eq!(outcome.best.step, 19);
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## No gradient at hand
//!
//! [`FiniteDifference`] estimates it from values, 2n + 1 of them per step, none outside a box; `ForwardMode` (feature `dual`)
//! computes it exactly by dual numbers, for closures that are written generically.
//!
//! ```
//! use amsgrad::{FiniteDifference, Minimizer};
//!
//! let outcome = Minimizer::new(FiniteDifference::new(|x: &[f64]| (x[0] - 1.0).powi(2) + 3.0 * (x[1] + 2.0).powi(2)))
//!     .start([0.0, 0.0])
//!     .learning_rate(0.05)
//!     .gradient_tolerance(1e-6)
//!     .steps(5000)
//!     .run()?;
//! assert!(outcome.status.is_converged());
//! assert_eq!(outcome.counts.values, 5 * (outcome.counts.steps + 1));
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## Means over examples
//!
//! A [`FiniteSum`] is a mean over examples that is evaluated one mini-batch at a time, every example once per epoch.
//!
//! ```
//! use amsgrad::{FiniteSum, Minimizer, Schedule, Status};
//!
//! // The median of the squares of 0 to 99.
//! let mut sum = FiniteSum::new(100, |i, x: &[f64], gradient: &mut [f64]| {
//!     let difference = x[0] - (i * i) as f64;
//!     gradient[0] += difference.signum(); // added, for the mean
//!     difference.abs()
//! })?
//! .batch(10)?;
//! let outcome = Minimizer::new(&mut sum)
//!     .start([0.0])
//!     .learning_rate(Schedule::inverse_sqrt(500.0))
//!     .steps(u64::MAX)
//!     .epochs(100)
//!     .run()?;
//! assert_eq!(outcome.status, Status::EpochLimit);
//! assert!((outcome.last.point[0] - 2450.0).abs() < 100.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Groups and clipping
//!
//! A [`Group`] is a range of the parameters with a name, a learning rate and a weight decay of its own, or frozen. Raw
//! gradients are scaled and clipped before weight decay, by component or by the norm of all of them.
//!
//! ```
//! use amsgrad::{AmsGrad, Dialect, Group, Optimizer, WeightDecay};
//!
//! let mut optimizer = Optimizer::new(AmsGrad::new(0.001).dialect(Dialect::Torch))
//!     .weight_decay(WeightDecay::Decoupled(0.01))
//!     .clip_norm(1.0)
//!     .group(Group::new("embedding", 0..100).frozen())
//!     .group(Group::new("bias", 784..794).weight_decay(WeightDecay::None).learning_rate(0.01));
//! let mut parameters = vec![0.5_f32; 1000];
//! optimizer.step([(&mut parameters, &[30.0; 1000])])?;
//! assert_eq!(parameters[..100], [0.5; 100]);
//! assert!(parameters[784] < parameters[500]);
//!
//! if let Some(embedding) = optimizer.group_mut("embedding") {
//!     embedding.frozen = false;
//! }
//! # Ok::<(), amsgrad::Error>(())
//! ```
//!
//! ## More
//!
//! | to | see |
//! |---|---|
//! | draw the start from a seed, as NumPy does | [`Start`] |
//! | check a gradient, and learn what is wrong with it | [`GradientCheck`], [`Minimizer::check_gradient`] |
//! | take a run step by step in a loop of your own | [`Stepper`] |
//! | choose the rule at run time | [`AnyRule`] |
//! | write an objective once for `f32`, `f64` and packs of points | [`VectorizedObjective`] |
//! | run test problems with known minima | [`Problem`] |
//! | play against losses that come one after the other, and know the regret | [`mod@online`] |
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `clock` | yes | time limits and elapsed time |
//! | `threads` | yes | long vectors and batches on all cores |
//! | `dual` | no | `ForwardMode`: exact gradients of closures over the dual numbers of `num-dual` |
//! | `ndarray` | no | `interop::ndarray`: objectives and starts in the vectors of crate `ndarray` |
//! | `nalgebra` | no | `interop::nalgebra`: the same for crate `nalgebra` |
//! | `conformance` | no | `conformance::check`: every way of running a rule of yours, compared bit for bit |
//! | `serde` | no | a [`State`] is written and read in the formats of `serde` |
//! | `safetensors` | no | a [`Checkpoint`] and a [`State`] in files that PyTorch reads |
//!
//! Without features the library neither starts threads nor reads a clock.
//!
//! # What is guaranteed
//!
//! - **The same bits everywhere.** The same settings and the same objective give the same numbers on every machine and
//!   instruction set, for any number of threads, alone or in a batch: every operation is exactly rounded or comes from the
//!   `libm` crate, none is fused or reordered, and beta^t is correctly rounded. A closure answers for its own arithmetic.
//! - **Every evaluation inside** the constraint, the start included.
//! - **Honest ends.** `Converged` names the test, the number it looked at and the tolerance, and never stands over a number
//!   that is not finite.
//! - **No surprise in the loop.** A step allocates nothing, reads no clock and formats nothing unless an observer asked.
//! - **No panic** on any input: what is wrong is an [`Error`] or a [`Status`].

mod automatic;
pub mod check;
mod checkpoint;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod constraint;
mod decide;
pub mod diagnose;
pub mod dialect;
mod dispatch;
pub mod error;
pub mod group;
pub mod history;
#[cfg(any(feature = "ndarray", feature = "nalgebra"))]
pub mod interop;
#[doc(hidden)]
pub mod memory;
pub mod minimizer;
pub mod number;
pub mod objective;
pub mod online;
pub mod optimizer;
pub mod outcome;
mod position;
pub mod power;
pub mod problem;
pub mod random;
pub mod rule;
pub mod run;
pub mod schedule;
pub mod start;
pub mod state;
pub mod stop;
#[cfg(feature = "safetensors")]
pub mod tensors;
mod trail;
mod transform;
pub mod tune;
mod update;

pub use check::{GradientCheck, GradientReport};
pub use checkpoint::{Checkpoint, Moment};
pub use constraint::{Ball, Blocks, Bounds, Constraint, Intersection, Simplex};
pub use dialect::Dialect;
pub use dispatch::{Kernel, accelerate, instruction_set};
pub use error::Error;
pub use group::Group;
pub use history::{History, Record};
pub use minimizer::{LearningRate, Minimizer};
#[cfg(feature = "dual")]
pub use num_dual;
pub use number::{Array, Elementary, Number, Pack, Real};
#[cfg(feature = "dual")]
pub use objective::ForwardMode;
pub use objective::{FiniteDifference, FiniteSum, Objective, ObjectiveError, Separate, VectorizedObjective};
pub use optimizer::Optimizer;
pub use outcome::{Exit, Outcome, Stationary, Status};
pub use problem::Problem;
pub use rule::{
    AdaGrad, AdaMax, Adam, AdamNc, AdamX, AmsGrad, AmsGradFedBack, GradientDescent, Momentum, Nadam, RmsProp,
    Rule,
};
pub use run::batch::{BatchOutcome, BatchRun};
pub use run::{AnyRule, Starts, Stepper, UpdateRule};
pub use schedule::Schedule;
pub use start::Start;
pub use state::State;
pub use stop::{Patience, Stop};
pub use transform::WeightDecay;

/// The Rust blocks of the pages for users are tests too.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/tutorial.md")]
    struct Tutorial;
    #[doc = include_str!("../../../docs/dialects.md")]
    struct Dialects;
    #[doc = include_str!("../../../docs/choosing.md")]
    struct Choosing;
}
