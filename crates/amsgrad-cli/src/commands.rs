//! The commands, a file each.

use crate::cli::Command;
use crate::failure::Failure;

pub(crate) mod basins;
pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod dialects;
pub(crate) mod evaluate;
pub(crate) mod fit;
pub(crate) mod man;
pub(crate) mod minimize;
pub(crate) mod plot;
pub(crate) mod predict;
pub(crate) mod problems;
pub(crate) mod rules;
pub(crate) mod tutorial;

/// What a command that could be carried out came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All went well: exit code 0.
    Done,
    /// The run failed, and its outcome has been printed: exit code 1.
    RunFailed,
}

pub(crate) fn run(command: Command) -> Result<Ending, Failure> {
    match command {
        Command::Tutorial(args) => tutorial::run(&args),
        Command::Minimize(args) => minimize::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Fit(args) => fit::run(&args),
        Command::Predict(args) => predict::run(&args),
        Command::Plot(args) => plot::run(&args),
        Command::Basins(args) => basins::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Problems(args) => problems::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Dialects(args) => dialects::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
