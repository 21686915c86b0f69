//! The tests of the crate's surface, one module per subject, in one binary.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod any_input;
mod nist;
mod reader;
mod references;
mod statistics;
