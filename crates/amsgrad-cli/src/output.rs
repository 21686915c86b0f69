//! Stdout, and notes on stderr.

use std::io::{self, BufWriter, StdoutLock, Write};

use serde::Serialize;

use crate::failure::{Failure, one_line};

/// Stdout, gathered into few writes.
pub(crate) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// Text as it is.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// One JSON document and nothing else.
pub(crate) fn print_json(document: &impl Serialize) -> Result<(), Failure> {
    let mut out = stdout();
    serde_json::to_writer_pretty(&mut out, document).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// One JSON document on one line, for machines.
pub(crate) fn print_line(document: &impl Serialize) -> Result<(), Failure> {
    let mut out = stdout();
    serde_json::to_writer(&mut out, document).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// A line for the person at the terminal.
pub(crate) fn note(line: &str) {
    // Where nobody listens there is nothing to tell.
    let _ = writeln!(io::stderr(), "{}", one_line(line));
}
