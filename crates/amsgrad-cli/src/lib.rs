//! The `amsgrad` program as a function: results go to stdout, diagnostics to stderr.
//!
//! Exit codes: 0 done, 1 the run failed with its outcome still printed, 2 wrong usage or bad input.

use std::ffi::OsString;

mod arguments;
mod cli;
mod commands;
mod cost;
mod failure;
pub mod figures;
mod files;
mod json;
mod keep;
mod minimize;
mod numpy;
mod output;
mod rule;
pub mod shards;
mod signals;
mod table;
mod target;
mod text;
mod threads;
mod usage;
mod watch;

/// Runs the program with these arguments, the first of which is the program's own name, and returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    signals::listen();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    match threads::within(|| cli::run(arguments)) {
        Ok(ending) => ending.exit_code(),
        Err(failure) => failure.tell(),
    }
}
