//! Fitted and predicted values as CSV, and other text, in files written whole or not at all.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use amsgrad_fit::{FitError, Prediction, Predictor, Table};

use crate::failure::Failure;
use crate::files::Draft;

/// A fit at the rows of its table.
pub(crate) struct Fitted<'a> {
    pub(super) predictor: &'a Predictor,
    pub(super) table: &'a Table,
    pub(super) rows: Vec<Prediction>,
    pub(super) observed: Cow<'a, [f64]>,
}

impl<'a> Fitted<'a> {
    pub(crate) fn new(predictor: &'a Predictor, table: &'a Table) -> Result<Self, FitError> {
        let rows = predictor.predict(table)?;
        let observed = predictor.model().observed(table)?;
        Ok(Self { predictor, table, rows, observed })
    }

    pub(super) fn residuals(&self) -> Vec<f64> {
        self.rows.iter().zip(self.observed.iter()).map(|(row, y)| y - row.value).collect()
    }
}

/// A text file that is asked for.
#[derive(Debug)]
pub(crate) struct Lines(Draft);

impl Lines {
    pub(crate) fn new(argument: &'static str, path: &Path) -> Result<Self, Failure> {
        Draft::new(argument, path).map(Self)
    }

    /// Writes a text.
    pub(super) fn text(self, text: &str) -> Result<(), Failure> {
        self.filled(|out| out.write_all(text.as_bytes()))
    }

    /// Writes the columns of the model with fitted value, residual and band.
    pub(super) fn predictions(self, fitted: &Fitted<'_>) -> Result<(), Failure> {
        let residuals = fitted.residuals();
        let found = |row: usize| {
            let Prediction { value, band } = fitted.rows[row];
            [value, residuals[row], value - band, value + band]
        };
        let head = ["fitted", "residual", "band_low", "band_high"];
        self.filled(|out| beside(out, fitted.table, head, found))
    }

    fn filled(mut self, write: impl FnOnce(&mut Draft) -> io::Result<()>) -> Result<(), Failure> {
        write(&mut self.0).map_err(|error| self.0.failed(&error))?;
        self.0.finish()
    }
}

/// Writes the columns of a table as CSV, with more numbers beside each row.
pub(crate) fn beside<const N: usize>(
    out: impl Write,
    table: &Table,
    head: [&str; N],
    numbers: impl Fn(usize) -> [f64; N],
) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(out);
    out.write_record(table.names().iter().map(String::as_str).chain(head)).map_err(unwrapped)?;
    let columns: Vec<&[f64]> = table.names().iter().filter_map(|name| table.column(name)).collect();
    for row in 0..table.rows() {
        let cells = columns.iter().map(|column| column[row]).chain(numbers(row)).map(cell);
        out.write_record(cells).map_err(unwrapped)?;
    }
    out.flush()
}

/// Returns the error of a writer of CSV as the file gave it: wrapped, a closed pipe would not be known as one.
pub(super) fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// All digits of a number; empty where there is none.
pub(crate) fn cell(number: f64) -> String {
    if number.is_finite() { format!("{number:?}") } else { String::new() }
}
