//! The command line: what can be typed, and its help.

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::arguments::Typed;
use crate::commands::{
    animate, basins, bench, check, compare, completions, diagnose, dialects, evaluate, fit, help, man, merge,
    minimize, plot, predict, problems, reproduce, rules, tune, tutorial,
};
use crate::failure::{Ending, Failure};
use crate::shards::{self, Call, Parts};
use crate::{output, usage};

const PLOT_EXAMPLES: &str = "Examples:
  amsgrad plot contour 'x^2 + 3*y^2' --bounds -2..2 --output contour.svg
  amsgrad plot surface --problem himmelblau --output surface.png
  amsgrad plot curve 'sin(x)/x' --bounds -9..9 -o curve.pdf";

/// Gradient descent with AMSGrad: exact, bounded, honest about how it ended.
#[derive(Debug, Parser)]
#[command(name = "amsgrad", version, disable_help_subcommand = true)]
#[command(subcommand_required = true)]
#[command(
    after_help = "Exit codes: 0 done; 1 the run failed, its outcome is printed; 2 wrong usage or bad input; 128+N a second signal N."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// One variant per command; each command has a file of its own.
#[derive(Debug, Subcommand)]
enum Command {
    Tutorial(tutorial::Args),
    Minimize(Box<minimize::Args>),
    Evaluate(evaluate::Args),
    Fit(Box<fit::Args>),
    Predict(predict::Args),
    #[command(after_help = PLOT_EXAMPLES)]
    Plot(Box<plot::Args>),
    Basins(Box<basins::Args>),
    Animate(Box<animate::Args>),
    Compare(Box<compare::Args>),
    Tune(Box<tune::Args>),
    Diagnose(Box<diagnose::Args>),
    Merge(merge::Args),
    Check(check::Args),
    Reproduce(Box<reproduce::Args>),
    Problems(problems::Args),
    Rules(rules::Args),
    Dialects(dialects::Args),
    Bench(bench::Args),
    Help(help::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs the command that the arguments name.
pub(crate) fn run(arguments: Vec<OsString>) -> Result<Ending, Failure> {
    let mut program = Cli::command();
    program.build();
    if arguments.len() < 2 {
        output::print(help::FIRST_STEPS)?;
        return Ok(Ending::Done);
    }
    let typed = Typed::new(&program, arguments)?;
    let parsed = Cli::try_parse_from(&typed.arguments);
    let ended = match parsed {
        Ok(cli) => cli.command.run(&typed.arguments),
        Err(error) if error.use_stderr() => Err(Failure::Input(usage::line(&error, &typed.help(&program)))),
        Err(help) => return output::print(&help.render().to_string()).map(|()| Ending::Done),
    };
    ended.map_err(|failure| failure.named(|line| typed.restore(line)))
}

/// Runs the command that shards hold, on their results.
fn merge(args: &merge::Args) -> Result<Ending, Failure> {
    args.check()?;
    let parts = Parts::read(&args.files)?;
    if parts.command().first().is_some_and(|word| word == shards::PYTHON) {
        return Err(Failure::input("FILES", "hold work of the Python package; use its function merge"));
    }
    // Of options that are given twice the last holds.
    let mut program = Cli::command().args_override_self(true);
    program.build();
    let typed = Typed::new(&program, args.arguments(&parts))?;
    let parsed = program.clone().try_get_matches_from(&typed.arguments);
    let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = parsed.map_err(|error| Failure::Input(usage::line(&error, &typed.help(&program))))?;
    let call = Call::Merge(parts);
    match cli.command {
        Command::Minimize(args) => minimize::run(&args, call),
        Command::Fit(args) => fit::run(&args, call),
        Command::Basins(args) => basins::run(&args, call),
        Command::Tune(args) => tune::run(&args, call),
        _ => {
            let name = typed.arguments.get(1).map(|name| name.to_string_lossy().into_owned());
            let reason = format!("hold the command '{}', which has no shards", name.unwrap_or_default());
            Err(Failure::input("FILES", reason))
        }
    }
}

impl Command {
    /// Runs the command, which was typed with these arguments.
    fn run(self, arguments: &[OsString]) -> Result<Ending, Failure> {
        match self {
            Self::Tutorial(args) => tutorial::run(&args),
            Self::Minimize(args) => minimize::run(&args, Call::Typed(arguments)),
            Self::Evaluate(args) => evaluate::run(&args),
            Self::Fit(args) => fit::run(&args, Call::Typed(arguments)),
            Self::Predict(args) => predict::run(&args),
            Self::Plot(args) => plot::run(&args),
            Self::Basins(args) => basins::run(&args, Call::Typed(arguments)),
            Self::Animate(args) => animate::run(&args),
            Self::Compare(args) => compare::run(&args),
            Self::Tune(args) => tune::run(&args, Call::Typed(arguments)),
            Self::Diagnose(args) => diagnose::run(&args),
            Self::Merge(args) => merge(&args),
            Self::Check(args) => check::run(&args),
            Self::Reproduce(args) => reproduce::run(&args),
            Self::Problems(args) => problems::run(&args),
            Self::Rules(args) => rules::run(&args),
            Self::Dialects(args) => dialects::run(&args),
            Self::Bench(args) => bench::run(&args),
            Self::Help(args) => help::run(&args, Cli::command()),
            Self::Completions(args) => completions::run(&args, Cli::command()),
            Self::Man(args) => man::run(&args, Cli::command()),
        }
    }
}
