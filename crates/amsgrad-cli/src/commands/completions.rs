//! `amsgrad completions`: tab completion for a shell.

use std::io::Write as _;

use clap::Command;
use clap_complete::Shell;

use super::Ending;
use crate::failure::Failure;
use crate::output;

const EXAMPLES: &str = "Examples:
  amsgrad completions bash > amsgrad.bash
  amsgrad completions zsh > _amsgrad";

/// Print the tab completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: &Args, mut program: Command) -> Result<Ending, Failure> {
    // Into memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "amsgrad", &mut script);
    let mut out = output::stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Ending::Done)
}
