//! Standard output, and notes on standard error.

use std::io::{self, BufWriter, StdoutLock, Write};

use serde_json::Value;

use crate::failure::Failure;

/// Standard output, gathered into few writes.
pub(crate) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// One JSON document and nothing else.
pub(crate) fn print_json(document: &Value) -> Result<(), Failure> {
    let mut out = stdout();
    serde_json::to_writer_pretty(&mut out, document).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// A line for the person at the terminal.
pub(crate) fn note(line: &str) {
    // Where nobody listens there is nothing to tell.
    let _ = writeln!(io::stderr(), "{line}");
}
