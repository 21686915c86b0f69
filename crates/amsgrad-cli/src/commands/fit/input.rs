//! The table of a fit or a prediction, and what is wrong with it.

use amsgrad_fit::{FitError, Format, Separator, Source, Table};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::failure::Failure;
use crate::files;
use crate::watch::styled;

/// Files larger than this are read with a progress bar; so is whatever has no size.
const LARGE: u64 = 1 << 24;

/// How the table is written.
#[derive(Debug, clap::Args, Serialize)]
pub(crate) struct InputArgs {
    /// What stands between two cells: one character, tab or spaces [default: recognized by the first row]
    #[arg(long, value_name = "CHARACTER", allow_hyphen_values = true, help_heading = "Table")]
    separator: Option<String>,

    /// The first row holds data; the columns are c1, c2, ...
    #[arg(long, help_heading = "Table")]
    no_header: bool,

    /// Leave out rows with a missing cell
    #[arg(long, help_heading = "Table")]
    skip_missing: bool,
}

impl InputArgs {
    /// Opens the table and reads its header.
    pub(crate) fn open(&self, path: &str) -> Result<Source, Failure> {
        let separator = match self.separator.as_deref() {
            None => Separator::Recognized,
            Some("tab" | "\t" | "\\t") => Separator::Character(b'\t'),
            Some("spaces" | " ") => Separator::Spaces,
            Some(text) => match text.as_bytes() {
                [byte] if byte.is_ascii_punctuation() && *byte != b'"' => Separator::Character(*byte),
                _ => {
                    return Err(Failure::Input(format!(
                        "--separator: '{text}' cannot separate cells; allowed: a punctuation character, tab or spaces"
                    )));
                }
            },
        };
        let format = Format { separator, no_header: self.no_header, skip_missing: self.skip_missing };
        Source::open(path, &format).map_err(|error| refused(&error))
    }

    /// Reads columns of numbers and of labels.
    pub(crate) fn read(
        &self,
        source: Source,
        numbers: &[String],
        labels: &[String],
    ) -> Result<Table, Failure> {
        let bar = match source.size() {
            Some(size) if size <= LARGE => None,
            Some(size) => Some(styled(ProgressBar::new(size), "{wide_bar} {percent}% read {eta}")),
            None => Some(styled(ProgressBar::no_length(), "{spinner} {bytes} read")),
        };
        let mut progress = |bytes| bar.iter().for_each(|bar| bar.set_position(bytes));
        let table = source.read(numbers, labels, &mut progress);
        bar.iter().for_each(ProgressBar::finish_and_clear);
        table.map_err(|error| refused(&error))
    }
}

/// The one line of an error, a setting under the name of its option.
pub(crate) fn refused(error: &FitError) -> Failure {
    match error {
        FitError::Setting { setting, what } => Failure::input(&format!("--{setting}"), what.as_str()),
        FitError::Rule(error) => error.clone().into(),
        FitError::Read { file, source } => Failure::Input(format!("{file}: {}", files::cause(source))),
        error => Failure::Input(error.to_string()),
    }
}
