//! `amsgrad help`: what each command takes, and the language of formulas.

use std::fmt::Write as _;

use clap::Command;

use super::Ending;
use crate::failure::Failure;
use crate::{output, text};

/// What a person sees who types the program's name alone.
pub(crate) const FIRST_STEPS: &str = "\
Gradient descent with AMSGrad. To try first:

  amsgrad tutorial
  amsgrad minimize 'x^2 + y^2'
  amsgrad minimize --problem rosenbrock --plot path.svg
  amsgrad help formulas

'amsgrad help' lists all commands.
";

/// The page on formulas, up to its table of functions.
const FORMULAS: &str = include_str!("help/formulas.txt");

const EXAMPLES: &str = "Examples:
  amsgrad help minimize
  amsgrad help formulas";

/// Print help: on the program, on one command, or on `formulas`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A command, or `formulas` for the language of formulas; the whole program where none is named
    topic: Option<String>,
}

pub(crate) fn run(args: &Args, mut program: Command) -> Result<Ending, Failure> {
    program.build();
    let page = match args.topic.as_deref() {
        None => program.render_long_help().to_string(),
        Some("formulas") => formulas(),
        Some(name) => match program.find_subcommand_mut(name) {
            Some(command) => command.render_long_help().to_string(),
            None => {
                let topics = program.get_subcommands().map(Command::get_name).chain(["formulas"]);
                let meant = text::meant(name, topics);
                let reason = format!(
                    "there is no help on '{name}'{meant}; use formulas, or a command that 'amsgrad help' lists"
                );
                return Err(Failure::input("TOPIC", reason));
            }
        },
    };
    output::print(&page)?;
    Ok(Ending::Done)
}

fn formulas() -> String {
    let mut page = FORMULAS.to_owned();
    for function in amsgrad_formula::functions() {
        // Writing to a string cannot fail.
        let _ = writeln!(page, "  {:<24}{}", function.usage(), function.meaning());
    }
    page
}
