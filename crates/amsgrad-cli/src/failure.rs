//! What can go wrong, as one clear line and an exit code.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::commands::Ending;
use crate::usage;

/// Why a command could not be carried out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage or bad input, told in one line.
    Input(String),
    /// Bad input told in several lines that point at its place.
    Pointed(String),
    /// Standard output is closed: whoever read it has had enough.
    ClosedPipe,
    /// Standard output cannot be written for another reason.
    Output(io::Error),
}

impl Failure {
    /// Bad input of `argument`, with the causes of `reason` down to the first.
    pub(crate) fn input<'a>(argument: &str, reason: impl Into<Box<dyn Error + 'a>>) -> Self {
        let reason = reason.into();
        let mut line = format!("{argument}: {reason}");
        let mut cause = reason.source();
        while let Some(error) = cause {
            let told = error.to_string();
            if !line.ends_with(&told) {
                line = format!("{line}: {told}");
            }
            cause = error.source();
        }
        Self::Input(line)
    }
}

impl From<io::Error> for Failure {
    /// Of writing to standard output; files name themselves in [`Failure::Input`].
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ClosedPipe } else { Self::Output(error) }
    }
}

pub(crate) fn exit_code(result: Result<Ending, Failure>) -> ExitCode {
    match result {
        Ok(Ending::Done) | Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Ok(Ending::RunFailed) => ExitCode::FAILURE,
        Err(Failure::Input(line)) => complain(&line, 2),
        Err(Failure::Pointed(lines)) => {
            // Where standard error is closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "{lines}");
            ExitCode::from(2)
        }
        Err(Failure::Output(error)) => complain(&format!("standard output cannot be written: {error}"), 1),
    }
}

/// The parser's own answer: help and version go to standard output, an error becomes one line.
pub(crate) fn of_usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return complain(&usage::line(error), 2);
    }
    let code = if error.use_stderr() { 2 } else { 0 };
    // A help text that nobody reads any more is no failure.
    let _ = error.print();
    ExitCode::from(code)
}

fn complain(line: &str, code: u8) -> ExitCode {
    // Where standard error is closed too there is nobody left to tell.
    let _ = writeln!(io::stderr(), "error: {line}");
    ExitCode::from(code)
}
