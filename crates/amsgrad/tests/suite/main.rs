//! The tests of the crate's surface, one module per subject, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and may print what it measured"
)]

mod any_rule;
mod batches;
mod bugs_seen_elsewhere;
mod clipping;
mod constraints;
mod counterexamples;
mod defaults;
mod edges;
mod finite_sum;
mod golden;
mod gradient_check;
mod groups;
mod observed;
mod online;
mod problems;
mod properties;
mod saved_runs;
mod settings;
mod stepper;
mod stops;
mod support;
mod tensors;
mod threads;
mod ways;
