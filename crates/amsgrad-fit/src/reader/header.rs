//! The first lines of a table: comments, separator, names of the columns.

use std::io::{self, BufRead};

use csv::ByteRecord;

use super::cell::{Cell, parse, text};
use super::separator::Separator;

/// Reads up to the first line that is neither empty nor a comment; returns its number and its bytes, which are empty
/// where there is no such line.
pub(super) fn first_line(text: &mut impl BufRead) -> io::Result<(u64, Vec<u8>)> {
    let (mut number, mut line) = (0, Vec::new());
    loop {
        line.clear();
        number += 1;
        if text.read_until(b'\n', &mut line)? == 0 {
            return Ok((number, line));
        }
        if number == 1 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        let words = line.trim_ascii();
        if !words.is_empty() && !words.starts_with(b"#") {
            return Ok((number, line));
        }
    }
}

/// The separator to use: the one given, or the one the first line holds outside quotes.
pub(super) fn recognized(line: &[u8], separator: Separator) -> Separator {
    if separator != Separator::Recognized {
        return separator;
    }
    let holds = |wanted: u8| {
        let mut quoted = false;
        line.trim_ascii().iter().any(|byte| {
            quoted ^= *byte == b'"';
            !quoted && *byte == wanted
        })
    };
    [b',', b';', b'\t']
        .into_iter()
        .find(|wanted| holds(*wanted))
        .map_or(Separator::Spaces, Separator::Character)
}

/// Where a header is wrong, and why.
type Fault = (Option<(usize, String)>, String);

/// The names of the columns.
pub(super) fn names(record: &ByteRecord) -> Result<Vec<String>, Fault> {
    if record.iter().all(|cell| matches!(parse(cell), Cell::Number(_))) {
        return Err((
            None,
            "the first row holds numbers, not names; a table without a header needs --no-header".to_owned(),
        ));
    }
    let mut names: Vec<String> = Vec::with_capacity(record.len());
    for (index, cell) in record.iter().enumerate() {
        let name = usable(&text(cell));
        let here = Some((index + 1, name.clone()));
        if name.is_empty() {
            return Err((None, format!("the name of column {} is empty", index + 1)));
        }
        if let Some(first) = names.iter().position(|known| *known == name) {
            return Err((here, format!("the name is also that of column {}", first + 1)));
        }
        names.push(name);
    }
    Ok(names)
}

/// A name that a formula can use: other characters become `_`, so that `dose (mg)` is `dose_mg`.
fn usable(name: &str) -> String {
    let letters = |c: char| c.is_alphanumeric() || c == '_';
    let words: Vec<&str> = name.split(|c: char| !letters(c)).filter(|word| !word.is_empty()).collect();
    let joined = words.join("_");
    if joined.starts_with(|c: char| c.is_numeric()) { format!("_{joined}") } else { joined }
}
