//! The command line: what can be typed, and its help.

use clap::{Parser, Subcommand};

use crate::commands::{
    basins, bench, check, completions, dialects, evaluate, fit, man, minimize, plot, predict, problems,
    rules, tutorial,
};

/// Gradient descent with AMSGrad: exact, bounded, honest about how it ended.
#[derive(Debug, Parser)]
#[command(name = "amsgrad", version, disable_help_subcommand = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done; 1 the run failed, its outcome is printed; 2 wrong usage or bad input."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One variant a command; each command has a file of its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Tutorial(tutorial::Args),
    Minimize(Box<minimize::Args>),
    Evaluate(evaluate::Args),
    Fit(Box<fit::Args>),
    Predict(predict::Args),
    Plot(plot::Args),
    Basins(Box<basins::Args>),
    Check(check::Args),
    Problems(problems::Args),
    Rules(rules::Args),
    Dialects(dialects::Args),
    Bench(bench::Args),
    Completions(completions::Args),
    Man(man::Args),
}
