//! Every step in a file, CSV or JSON lines, and such a file read back.

use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use super::seen::Seen;
use crate::failure::Failure;
use crate::files::{self, Draft};

const ARGUMENT: &str = "--history";
/// A history that is read has at most this many bytes.
const LONGEST_FILE: u64 = 1 << 30;

/// What kind of file a name asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv,
    JsonLines,
}

impl Kind {
    fn of(path: &Path) -> Result<Self, Failure> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl") => Ok(Self::JsonLines),
            _ => Err(Failure::input(
                ARGUMENT,
                format!("'{}' has no known ending; use a name ending in .csv or .jsonl", path.display()),
            )),
        }
    }
}

/// A history that is being written, a line per step; it takes its name when it is finished.
#[derive(Debug)]
pub(crate) struct Writer {
    kind: Kind,
    draft: Draft,
}

impl Writer {
    pub(crate) fn new(path: &Path, variables: &[String]) -> Result<Self, Failure> {
        let kind = Kind::of(path)?;
        let mut writer = Self { kind, draft: Draft::new(ARGUMENT, path)? };
        if kind == Kind::Csv {
            let columns = ["step", "value", "gradient_norm", "learning_rate"].into_iter();
            let mut header = csv::Writer::from_writer(Vec::new());
            let header = match header.write_record(columns.chain(variables.iter().map(String::as_str))) {
                Ok(()) => header.into_inner().map_err(|error| error.into_error()),
                Err(error) => Err(error.into()),
            };
            let written = header.and_then(|header| writer.draft.write_all(&header));
            written.map_err(|error| writer.draft.failed(&error))?;
        }
        Ok(writer)
    }

    pub(crate) fn write(&mut self, seen: &dyn Seen, slots: &[&str]) -> Result<(), Failure> {
        let line = match self.kind {
            Kind::JsonLines => crate::json::record(seen, slots).to_string(),
            Kind::Csv => {
                let rate = seen.learning_rate().map(|rate| format!("{rate:?}")).unwrap_or_default();
                let mut line =
                    format!("{},{:?},{:?},{rate}", seen.step(), seen.value(), seen.gradient_norm());
                seen.point().iter().for_each(|x| line += &format!(",{x:?}"));
                line
            }
        };
        writeln!(self.draft, "{line}").map_err(|error| self.draft.failed(&error))
    }

    pub(crate) fn finish(self) -> Result<(), Failure> {
        self.draft.finish()
    }
}

/// One line of a history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// The number of steps made before it.
    pub step: u64,
    /// The value.
    pub value: f64,
    /// The largest component of the gradient.
    pub gradient_norm: f64,
    /// The point.
    pub point: Vec<f64>,
}

/// A history read back.
pub(crate) fn read(path: &Path) -> Result<Vec<Line>, Failure> {
    let refused =
        |reason: &dyn std::fmt::Display| Failure::input(ARGUMENT, format!("{}: {reason}", path.display()));
    let kind = Kind::of(path)?;
    let text = files::read(ARGUMENT, path, LONGEST_FILE)?;
    let lines = match kind {
        Kind::Csv => csv_lines(&text),
        Kind::JsonLines => text.lines().enumerate().map(|(i, line)| json_line(line).ok_or(i + 1)).collect(),
    };
    let lines = lines
        .map_err(|line| refused(&format!("line {line} is no step of a history that --history saved")))?;
    if lines.is_empty() { Err(refused(&"there is no step in it; use a saved history")) } else { Ok(lines) }
}

fn csv_lines(text: &str) -> Result<Vec<Line>, usize> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let expected = ["step", "value", "gradient_norm", "learning_rate"];
    if !reader.headers().is_ok_and(|headers| headers.iter().take(4).eq(expected)) {
        return Err(1);
    }
    let records = reader.records().enumerate();
    records.map(|(i, record)| record.ok().and_then(|record| csv_line(&record)).ok_or(i + 2)).collect()
}

fn csv_line(record: &csv::StringRecord) -> Option<Line> {
    let number = |field: &str| field.parse::<f64>().ok();
    Some(Line {
        step: record.get(0)?.parse().ok()?,
        value: number(record.get(1)?)?,
        gradient_norm: number(record.get(2)?)?,
        point: record.iter().skip(4).map(number).collect::<Option<_>>()?,
    })
}

fn json_line(line: &str) -> Option<Line> {
    let document: Value = serde_json::from_str(line).ok()?;
    let numbers =
        |name: &str| document.get(name)?.as_array()?.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>();
    Some(Line {
        step: document.get("step")?.as_u64()?,
        value: document.get("value")?.as_f64()?,
        gradient_norm: numbers("gradient")?.iter().fold(0.0, |most, g| most.max(g.abs())),
        point: numbers("point")?,
    })
}
