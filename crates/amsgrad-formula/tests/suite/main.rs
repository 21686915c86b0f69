//! The tests of the crate's surface, one module per subject, in one binary.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod edge;
mod errors;
mod gradients;
mod language;
mod properties;
mod ranges;
mod table;
