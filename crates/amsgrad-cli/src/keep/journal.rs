//! Work of many runs in a file: a line of JSON for what was asked for, and one for each run that has ended.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Pace, Place, difference};
use crate::failure::Failure;
use crate::files::cause;
use crate::output;

/// A file with more bytes is refused.
const LONGEST: u64 = 1 << 30;
const VERSION: u64 = 1;

/// The file, open to be written on.
#[derive(Debug)]
pub(crate) struct Journal {
    place: Place,
    pace: Pace,
    file: File,
    /// The length of all whole lines; where a line could not be written, the next one begins there.
    length: u64,
    runs: u64,
    /// Whether it was told that a line cannot be written.
    told: bool,
}

impl Journal {
    /// Opens the file, and reads the runs in it if it is there. One of another command or another `header` is refused, and one
    /// with a line that is no run.
    pub(crate) fn open<L: DeserializeOwned>(
        place: Place,
        command: &str,
        header: &Value,
        read: impl FnMut(L),
    ) -> Result<Self, Failure> {
        place.begin(|source| whole(source, command, header, |_: L| {}))?;
        let mut length = whole(&place, command, header, read)?;
        let failed = |error: io::Error| place.refused(&cause(&error));
        let mut options = File::options();
        let mut file = options.write(true).create(true).truncate(false).open(&place.path).map_err(failed)?;
        if is_regular(&file) {
            if file.try_lock().is_err_and(|error| matches!(error, TryLockError::WouldBlock)) {
                return Err(place.taken());
            }
            file.set_len(length).and_then(|()| file.seek(SeekFrom::Start(length))).map_err(failed)?;
        }
        if length == 0 {
            let line = first_line(command, header);
            file.write_all(line.as_bytes()).map_err(failed)?;
            length = line.len() as u64;
        }
        let mut pace = Pace::new(place.every);
        pace.kept(0);
        Ok(Self { place, pace, file, length, runs: 0, told: false })
    }

    /// Keeps a run. Where it cannot be written, the work goes on without.
    pub(crate) fn keep(&mut self, run: &impl Serialize) {
        self.runs += 1;
        let written = serde_json::to_string(run).map_err(io::Error::from).and_then(|line| {
            let line = line + "\n";
            self.file.write_all(line.as_bytes())?;
            self.length += line.len() as u64;
            Ok(())
        });
        if written.is_err() {
            let length = self.length;
            let _a_device = self.file.set_len(length).and_then(|()| self.file.seek(SeekFrom::Start(length)));
        }
        if self.pace.is_due(self.runs) {
            self.pace.kept(self.runs);
            let _a_device = self.file.sync_data();
        }
        if let (Err(error), false) = (&written, self.told) {
            let (option, path) = (self.place.option, self.place.path.display());
            output::note(&format!("warning: {option}: {path}: {}; the work goes on", cause(error)));
        }
        self.told = written.is_err();
    }
}

impl Drop for Journal {
    /// Makes sure that all is on the disk.
    fn drop(&mut self) {
        let _a_device = self.file.sync_all();
    }
}

/// Returns whether it can be read and cut, as a device or a pipe cannot.
fn is_regular(file: &File) -> bool {
    file.metadata().is_ok_and(|file| file.is_file())
}

/// Gives `read` the runs in the file, and returns the length of its whole lines. Behind those is what a line that was cut short
/// left; a file that does not begin as this one does is refused.
fn whole<L: DeserializeOwned>(
    place: &Place,
    command: &str,
    header: &Value,
    read: impl FnMut(L),
) -> Result<u64, Failure> {
    let failed = |error: io::Error| place.refused(&cause(&error));
    let foreign =
        || place.refused(&format!("is no file that 'amsgrad {command}' began for many runs; use another"));
    let file = match File::open(&place.path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(failed(error)),
    };
    if !is_regular(&file) {
        return Ok(0);
    }
    let mut text = String::new();
    let bytes = file.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => foreign(),
        _ => failed(error),
    })?;
    if bytes as u64 > LONGEST {
        return Err(place.refused("the file is too long; use another"));
    }
    let length = text.rfind('\n').map_or(0, |end| end + 1);
    if length == 0 {
        return if first_line(command, header).starts_with(&text) { Ok(0) } else { Err(foreign()) };
    }
    known(&text[..length], command, header, read).map_err(|reason| place.refused(&reason))?;
    Ok(length as u64)
}

fn first_line(command: &str, header: &Value) -> String {
    format!("{}\n", first(command, header))
}

/// The first line: of which command, and what must be the same for runs to be the same.
fn first(command: &str, header: &Value) -> Value {
    let mut first = json!({ "amsgrad": command, "version": VERSION });
    if let (Value::Object(first), Value::Object(header)) = (&mut first, header) {
        first.extend(header.clone());
    }
    first
}

/// Gives `read` the runs of a journal, or returns why they are not of this command and `header`.
fn known<L: DeserializeOwned>(
    text: &str,
    command: &str,
    header: &Value,
    mut read: impl FnMut(L),
) -> Result<(), String> {
    let mut lines = text.lines().enumerate();
    let line = lines.next().map_or("", |(_, line)| line);
    let found: Value = serde_json::from_str(line).unwrap_or_default();
    let expected = first(command, header);
    if ["amsgrad", "version"].iter().any(|name| found[*name] != expected[*name]) {
        return Err(format!("is no file that 'amsgrad {command}' began for many runs; use another"));
    }
    if let Some(reason) = difference(&found, &expected) {
        return Err(reason);
    }
    for (i, line) in lines {
        let wrong = |_| format!("line {} is no run that was kept; remove it", i + 1);
        read(serde_json::from_str(line).map_err(wrong)?);
    }
    Ok(())
}
