//! Files read with a limit on their size, and files written whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use crate::failure::Failure;

mod lock;
mod place;
mod replace;

pub(crate) use lock::Lock;
use place::Place;
pub(crate) use replace::replace;

/// Temporary files that are not finished yet.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes them, before the program ends by a signal. As long as the answer lives no other can be begun.
pub(crate) fn remove_unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    let mut files = unfinished();
    files.drain(..).for_each(|file| drop(fs::remove_file(file)));
    files
}

/// Refuses options that name one file.
pub(crate) fn apart(named: &[(&'static str, &Option<PathBuf>)]) -> Result<(), Failure> {
    for (i, (option, path)) in named.iter().enumerate() {
        let Some(path) = path else { continue };
        if let Some((other, _)) = named[..i].iter().find(|(_, other)| other.as_ref() == Some(path)) {
            let reason = format!("{} is also what {other} writes; use another name", path.display());
            return Err(Failure::input(option, reason));
        }
    }
    Ok(())
}

/// The text of a file of `most` bytes at most.
pub(crate) fn read(argument: &str, path: &Path, most: u64) -> Result<String, Failure> {
    let refused = |reason: String| Failure::input(argument, format!("{}: {reason}", path.display()));
    let mut bytes = Vec::new();
    let file = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    let size = file.map_err(|error| refused(cause(&error)))?;
    if size as u64 > most {
        return Err(refused(format!("the file is too long; at most {most} bytes are read")));
    }
    String::from_utf8(bytes).map_err(|_| refused("the file is not UTF-8 text; save it as such".to_owned()))
}

/// A file that takes its name only when it is finished.
#[derive(Debug)]
pub(crate) struct Draft {
    argument: &'static str,
    path: PathBuf,
    /// `None` once it is finished.
    sink: Option<BufWriter<Sink>>,
}

/// Where the bytes go until then.
#[derive(Debug)]
enum Sink {
    Temporary(NamedTempFile, Place),
    /// A device or a pipe, written as the bytes come.
    Through(File),
}

impl Draft {
    /// To become `path`, as `argument` asks. What cannot be written is refused here, before any work.
    pub(crate) fn new(argument: &'static str, path: &Path) -> Result<Self, Failure> {
        let refused =
            |error: io::Error| Failure::input(argument, format!("{}: {}", path.display(), cause(&error)));
        if path.is_dir() {
            let reason = format!("{} is a folder; give the name of a file", path.display());
            return Err(Failure::input(argument, reason));
        }
        let sink = match place::of(path).map_err(refused)? {
            None => Sink::Through(File::options().append(true).open(path).map_err(refused)?),
            Some(place) => {
                // Under the lock: a signal that comes now finds the file in the list.
                let mut files = unfinished();
                let file = place.temporary().map_err(refused)?;
                files.push(file.path().to_owned());
                Sink::Temporary(file, place)
            }
        };
        Ok(Self { argument, path: path.to_owned(), sink: Some(BufWriter::new(sink)) })
    }

    /// Everything is written: the file takes its name.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let persist = |sink: BufWriter<Sink>| match sink.into_inner().map_err(|error| error.into_error())? {
            Sink::Through(_) => Ok(()),
            Sink::Temporary(file, place) => {
                let mut files = unfinished();
                let temporary = file.path().to_owned();
                let kept = place.keep(file);
                files.retain(|unfinished| *unfinished != temporary);
                kept
            }
        };
        self.sink.take().map_or(Ok(()), persist).map_err(|error| self.failed(&error))
    }

    /// Writes all of the file at once.
    pub(crate) fn fill(mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_all(bytes).map_err(|error| self.failed(&error))?;
        self.finish()
    }

    /// The error of a write that failed.
    pub(crate) fn failed(&self, error: &io::Error) -> Failure {
        Failure::File(format!("{}: {}: {}", self.argument, self.path.display(), cause(error)))
    }
}

impl Drop for Draft {
    /// What was not finished leaves nothing behind.
    fn drop(&mut self) {
        if let Some(sink) = self.sink.take()
            && let Sink::Temporary(file, _) = sink.into_parts().0
        {
            let mut files = unfinished();
            files.retain(|unfinished| unfinished != file.path());
            drop(file);
        }
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sink.as_mut().map_or(Ok(bytes.len()), |sink| sink.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Temporary(file, _) => file.write(bytes),
            Self::Through(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Temporary(file, _) => file.flush(),
            Self::Through(file) => file.flush(),
        }
    }
}

/// Returns why a file cannot be read or written, and what to do where that is plain.
pub(crate) fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder; check the name".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "access is denied; check its permissions or use another".to_owned()
        }
        _ => {
            // Without the temporary file's random name that its maker puts around the system's words, and its number.
            let told = error.to_string();
            let reason = told.split(" at path \"").next().unwrap_or_default();
            reason.split(" (os error").next().unwrap_or_default().to_owned()
        }
    }
}
