//! Work that survives: kept in a file from time to time, and continued from there.
//!
//! One run is kept as a checkpoint, which is replaced whole; work of many runs as a journal, to which each is added as it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::failure::Failure;
use crate::{files, signals, text};

pub(crate) mod checkpoint;
pub(crate) mod fits;
pub(crate) mod journal;
pub(crate) mod runs;
pub(crate) mod starts;
pub(crate) mod track;

const CHECKPOINT: &str = "--checkpoint";
const RESUME: &str = "--resume";
/// How often work is kept where that is not said.
const OFTEN: Every = Every::Time(Duration::from_secs(10));

/// Where work is kept, and how often.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct KeepArgs {
    /// Keep the work in this file, and continue it where the file is there: after an interruption of any kind the same
    /// command ends as if there had been none
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    checkpoint: Option<PathBuf>,

    /// How often it is kept: after a number of steps (of runs, where each ends for itself), or a time such as 30s
    /// [default: 10s]
    #[arg(long, value_name = "N|TIME", value_parser = every, help_heading = "Files")]
    every: Option<Every>,

    /// Begin from this file, which must be there, unless that of --checkpoint is; without --checkpoint the work is kept in it
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    resume: Option<PathBuf>,
}

/// How often work is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Every {
    Count(u64),
    Time(Duration),
}

fn every(text: &str) -> Result<Every, String> {
    match text::natural(text) {
        Ok(count) => Ok(Every::Count(count)),
        Err(_) if text.trim().ends_with(|c: char| c.is_ascii_alphabetic()) => {
            let time = text::duration(text)?;
            Ok(Every::Time(Duration::try_from_secs_f64(time).unwrap_or(Duration::MAX)))
        }
        Err(_) => {
            Err("is neither a whole number from 1 up nor a time; use one such as 1000, 30s or 5min"
                .to_owned())
        }
    }
}

/// The file in which work is kept.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The option that names it.
    pub(crate) option: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) every: Every,
    /// Whether it was only to begin from: where it is another program's, it is not written.
    pub(crate) is_resumed: bool,
    /// The file to begin from, where this one is not there.
    from: Option<PathBuf>,
}

impl KeepArgs {
    /// The files, each with its option, which must not be those of other options.
    pub(crate) fn files(&self) -> [(&'static str, &Option<PathBuf>); 2] {
        // Both may name one file.
        let resume = if self.resume == self.checkpoint { &None } else { &self.resume };
        [(CHECKPOINT, &self.checkpoint), (RESUME, resume)]
    }

    /// Whether work is kept.
    pub(crate) fn is_given(&self) -> bool {
        self.checkpoint.is_some() || self.resume.is_some()
    }

    /// Returns the file; `None` where nothing is to be kept.
    pub(crate) fn place(&self) -> Result<Option<Place>, Failure> {
        let every = self.every.unwrap_or(OFTEN);
        if let Some(resume) = &self.resume
            && !resume.is_file()
        {
            let reason = format!("{}: there is no such file; --checkpoint begins one", resume.display());
            return Err(Failure::input(RESUME, reason));
        }
        match (&self.checkpoint, &self.resume) {
            (None, None) if self.every.is_some() => {
                Err(Failure::input("--every", "needs --checkpoint, the file in which the work is kept"))
            }
            (None, None) => Ok(None),
            (None, Some(path)) => {
                Ok(Some(Place { option: RESUME, path: path.clone(), every, is_resumed: true, from: None }))
            }
            (Some(path), resume) => {
                let from = resume.clone().filter(|_| !path.exists());
                let place = Place { option: CHECKPOINT, path: path.clone(), every, is_resumed: false, from };
                if path.is_dir() {
                    return Err(place.refused("is a folder; give the name of a file"));
                }
                Ok(Some(place))
            }
        }
    }
}

impl Place {
    /// What is wrong where another run keeps its work in the file.
    fn taken(&self) -> Failure {
        self.refused("is in use by another run; use another file, or wait")
    }

    /// What is wrong with the file.
    pub(crate) fn refused(&self, reason: &str) -> Failure {
        Failure::input(self.option, format!("{}: {reason}", self.path.display()))
    }

    /// Copies the file to begin from, if there is one and `read` finds it to be of this work.
    fn begin<A>(&self, read: impl FnOnce(&Self) -> Result<A, Failure>) -> Result<(), Failure> {
        let Some(from) = &self.from else { return Ok(()) };
        read(&Self { option: RESUME, path: from.clone(), from: None, ..self.clone() })?;
        self.copy(from)
    }

    fn copy(&self, from: &Path) -> Result<(), Failure> {
        let pairs = [(track::beside(from), track::beside(&self.path)), (from.to_owned(), self.path.clone())];
        for (from, to) in pairs.iter().filter(|(from, _)| from.exists()) {
            let copied = fs::read(from).and_then(|bytes| files::replace(to, &bytes));
            copied.map_err(|error| self.refused(&files::cause(&error)))?;
        }
        Ok(())
    }
}

/// Tells when work is to be kept again.
#[derive(Debug)]
pub(crate) struct Pace {
    every: Every,
    /// When and after how much it was kept last.
    last: Option<(Instant, u64)>,
}

impl Pace {
    pub(crate) fn new(every: Every) -> Self {
        Self { every, last: None }
    }

    /// Whether it is due after this much: at first, in time, and when a signal asks for an end.
    #[inline]
    pub(crate) fn is_due(&self, count: u64) -> bool {
        let Some((when, before)) = &self.last else { return true };
        let due = match self.every {
            Every::Count(every) => count.saturating_sub(*before) >= every,
            Every::Time(every) => when.elapsed() >= every,
        };
        due || signals::came()
    }

    /// It has been kept, or at least tried to be.
    pub(crate) fn kept(&mut self, count: u64) {
        self.last = Some((Instant::now(), count));
    }
}

/// Returns what differs between the work that a file was begun with and this: the first of the fields, as it is there and here.
pub(crate) fn difference(found: &Value, here: &Value) -> Option<String> {
    let fields = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (found, here) = (fields(found), fields(here));
    let value = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "the default".to_owned(),
        Some(Value::String(text)) => format!("'{text}'"),
        Some(value) => value.to_string(),
    };
    let mut names = here.keys().chain(found.keys().filter(|name| !here.contains_key(*name)));
    let name = names.find(|name| value(found.get(*name)) != value(here.get(*name)))?;
    let (there, here) = (value(found.get(name)), value(here.get(name)));
    let name = name.replace('_', " ");
    Some(format!(
        "was begun with another {name}, {there} instead of {here}; use its settings, or another file"
    ))
}
