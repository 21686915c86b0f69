//! Rows one after the other, with the lines they begin on.

use std::io::{self, BufRead, BufReader, Read};

use csv::{ByteRecord, ReaderBuilder};

use super::separator::Separator;

/// The rows of a table.
pub(super) enum Rows {
    /// Cells between a character, with quotes.
    Delimited { reader: Box<csv::Reader<Box<dyn Read + Send>>>, before: u64, ended: u64 },
    /// Cells between runs of white space.
    Spaced { text: Box<dyn BufRead + Send>, line: Vec<u8>, number: u64 },
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Delimited { .. } => "Delimited",
            Self::Spaced { .. } => "Spaced",
        })
    }
}

impl Rows {
    /// Reads from `text`, before which `before` lines were read. `crlf` says how its lines end.
    pub(super) fn new(
        text: impl Read + Send + 'static,
        separator: Separator,
        before: u64,
        crlf: bool,
    ) -> Self {
        match separator {
            Separator::Character(character) => {
                let reader =
                    ReaderBuilder::new()
                        .delimiter(character)
                        .has_headers(false)
                        .flexible(true)
                        .comment(Some(b'#'))
                        .buffer_capacity(1 << 17)
                        .from_reader(
                            Box::new(text.chain(&b"\r\n"[usize::from(!crlf)..])) as Box<dyn Read + Send>
                        );
                // Of two characters at the end of a line, the reader has not taken the second when it has a row.
                Self::Delimited { reader: Box::new(reader), before, ended: u64::from(!crlf) }
            }
            _ => {
                let text = Box::new(BufReader::with_capacity(1 << 17, text));
                Self::Spaced { text, line: Vec::new(), number: before }
            }
        }
    }

    /// Reads the next row and returns the number of its line; `None` at the end.
    pub(super) fn next(&mut self, record: &mut ByteRecord) -> io::Result<Option<u64>> {
        match self {
            Self::Delimited { reader, before, ended } => loop {
                if !reader.read_byte_record(record).map_err(io::Error::from)? {
                    return Ok(None);
                }
                // A line of spaces alone is as empty as one without.
                if record.len() == 1 && record.get(0).is_some_and(|cell| cell.trim_ascii().is_empty()) {
                    continue;
                }
                let start = record.position().map_or(0, csv::Position::line);
                let mut line = reader.position().line() - *ended;
                if line > start {
                    // Comments before the row, or line breaks within quotes.
                    line -= record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
                }
                return Ok(Some(line + *before));
            },
            Self::Spaced { text, line, number } => loop {
                line.clear();
                if text.read_until(b'\n', line)? == 0 {
                    return Ok(None);
                }
                *number += 1;
                let words = line.trim_ascii();
                if !words.is_empty() && !words.starts_with(b"#") {
                    split(words, record);
                    return Ok(Some(*number));
                }
            },
        }
    }
}

/// Splits at white space; a cell in double quotes may hold some.
fn split(mut rest: &[u8], record: &mut ByteRecord) {
    record.clear();
    loop {
        rest = rest.trim_ascii_start();
        let (cell, after) = match rest {
            [] => return,
            [b'"', quoted @ ..] => match quoted.iter().position(|byte| *byte == b'"') {
                Some(end) => (&quoted[..end], &quoted[end + 1..]),
                None => (quoted, &quoted[quoted.len()..]),
            },
            _ => {
                let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
                rest.split_at(end)
            }
        };
        record.push_field(cell);
        rest = after;
    }
}
