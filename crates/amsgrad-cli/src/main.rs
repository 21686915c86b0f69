//! The `amsgrad` program; all of it is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    amsgrad_cli::run(std::env::args_os()).into()
}
