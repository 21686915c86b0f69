//! What can be wrong with data, models and settings.

use std::io;

use amsgrad_formula::FormulaError;

/// Why a fit could not begin.
///
/// ```
/// use amsgrad_fit::{Format, Source};
///
/// let text = "t,y\n1,2\n3,abc\n";
/// let error = Source::new("decay.csv", text.as_bytes(), &Format::default())?.read_all().unwrap_err();
/// assert_eq!(error.to_string(), "decay.csv: line 3, column 2 (y): 'abc' is not a number");
/// # Ok::<(), amsgrad_fit::FitError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// A file could not be opened or read.
    #[error("{file}: {source}")]
    Read {
        /// The name of the file.
        file: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A setting of the update rule is out of range.
    #[error(transparent)]
    Rule(#[from] amsgrad::error::SettingError),
    /// The content of a table is wrong.
    #[error("{file}: {}{what}", place(*.line, .column.as_ref()))]
    Data {
        /// The name of the file.
        file: String,
        /// The line, counted from 1.
        line: Option<u64>,
        /// The column, counted from 1, and its name.
        column: Option<(usize, String)>,
        /// What is wrong, and what to do.
        what: String,
    },
    /// The model cannot be parsed. Its place is one in the whole text of the model.
    #[error(transparent)]
    Formula(#[from] FormulaError),
    /// The model is a formula, but no model of this table.
    #[error("{0}")]
    Model(String),
    /// A setting does not fit the model or the data.
    #[error("{setting}: {what}")]
    Setting {
        /// The name of the setting.
        setting: &'static str,
        /// What is wrong, and what is allowed.
        what: String,
    },
    /// A saved model cannot be understood.
    #[error("{0}")]
    Saved(String),
}

impl FitError {
    pub(crate) fn setting(setting: &'static str, what: impl Into<String>) -> Self {
        Self::Setting { setting, what: what.into() }
    }
}

/// Shortens a text that is long, for a message.
pub(crate) fn cut(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

fn place(line: Option<u64>, column: Option<&(usize, String)>) -> String {
    match (line, column) {
        (Some(line), Some((number, name))) => format!("line {line}, column {number} ({}): ", cut(name)),
        (Some(line), None) => format!("line {line}: "),
        (None, Some((number, name))) => format!("column {number} ({}): ", cut(name)),
        (None, None) => String::new(),
    }
}
