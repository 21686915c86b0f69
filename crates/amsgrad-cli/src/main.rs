//! The `amsgrad` program: data on standard output, talk on standard error.
//!
//! Exit codes: 0 done, 1 the run failed with its outcome still printed, 2 wrong usage or bad input.

use std::process::ExitCode;

use clap::Parser as _;

mod cli;
mod commands;
mod failure;
mod files;
mod json;
mod minimize;
mod numpy;
mod output;
mod target;
mod text;
mod usage;
mod watch;

fn main() -> ExitCode {
    match cli::Cli::try_parse() {
        Ok(cli) => failure::exit_code(commands::run(cli.command)),
        Err(error) => failure::of_usage(&error),
    }
}
