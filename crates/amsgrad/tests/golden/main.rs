//! Recorded runs of other implementations, reproduced.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

mod dialects;
mod read;
mod relatives;
mod sequels;
mod tutorial;
