//! `amsgrad man`: the manual page.

use std::io::Write as _;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use super::Ending;
use crate::cli::Cli;
use crate::failure::Failure;
use crate::output;

/// Print the manual page, of the program or of one command; `amsgrad man | man -l -` shows it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command; the whole program where none is named
    command: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let mut program = Cli::command();
    program.build();
    let page = match &args.command {
        None => Man::new(program),
        Some(name) => match program.find_subcommand(name) {
            Some(command) => Man::new(command.clone()),
            None => {
                let names: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
                return Err(Failure::input(
                    "COMMAND",
                    format!("no command '{name}'; allowed: {}", names.join(", ")),
                ));
            }
        },
    };
    let mut out = output::stdout();
    page.render(&mut out)?;
    out.flush()?;
    Ok(Ending::Done)
}
