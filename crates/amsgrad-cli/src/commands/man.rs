//! `amsgrad man`: the manual page.

use clap::Command;
use clap_mangen::Man;

use super::Ending;
use crate::failure::Failure;
use crate::{output, text};

const EXAMPLES: &str = "Examples:
  amsgrad man > amsgrad.1
  amsgrad man minimize > amsgrad-minimize.1";

/// Print the manual page, of the program or of one command; `amsgrad man | man -l -` shows it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The command; the whole program where none is named
    command: Option<String>,
}

pub(crate) fn run(args: &Args, mut program: Command) -> Result<Ending, Failure> {
    program.build();
    let page = match &args.command {
        None => Man::new(program),
        Some(name) => match program.find_subcommand(name) {
            Some(command) => Man::new(command.clone()),
            None => {
                let meant = text::meant(name, program.get_subcommands().map(Command::get_name));
                let reason = format!("there is no command '{name}'{meant}; 'amsgrad help' lists all");
                return Err(Failure::input("COMMAND", reason));
            }
        },
    };
    let mut text = Vec::new();
    page.render(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    output::print(&text.replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n"))?;
    Ok(Ending::Done)
}
