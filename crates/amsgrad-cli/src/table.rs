//! Tables of data: how they are written, read and told apart.

use amsgrad_fit::{FitError, Format, Separator, Source, Table};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::failure::Failure;
use crate::watch::styled;
use crate::{files, output};

/// Files larger than this are read with a progress bar; so is whatever has no size.
const LARGE: u64 = 1 << 24;

/// How the table is written.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct TableArgs {
    /// What stands between two cells: one character, tab or spaces [default: recognized by the first row]
    #[arg(long, value_name = "CHARACTER", allow_hyphen_values = true, help_heading = "Table")]
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<String>,

    /// The first row holds data; the columns are c1, c2, ...
    #[arg(long, help_heading = "Table")]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_header: bool,

    /// Leave out rows with a missing cell
    #[arg(long, help_heading = "Table")]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    skip_missing: bool,
}

impl TableArgs {
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

    /// Reads columns of numbers and of labels, and tells how many rows are left out.
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
        let table = table.map_err(|error| refused(&error))?;
        if table.skipped() > 0 {
            output::note(&format!("note: {} rows with a missing cell were skipped", table.skipped()));
        }
        Ok(table)
    }

    /// Returns the option that is given, if one is.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let options = [
            ("--separator", self.separator.is_some()),
            ("--no-header", self.no_header),
            ("--skip-missing", self.skip_missing),
        ];
        options.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
    }
}

/// Returns what a table holds, whatever file it is in: two tables that differ in a bit are told apart.
pub(crate) fn told(table: &Table) -> String {
    let (rows, names) = (table.rows(), table.names().join(", "));
    format!("{rows} rows of {names} (fingerprint {:016x})", table.fingerprint())
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
