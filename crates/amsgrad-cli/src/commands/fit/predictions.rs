//! Fitted and predicted values as CSV, and other text, in files written whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use amsgrad_fit::{Predictor, Table};

use super::input::refused;
use crate::failure::Failure;
use crate::files::Draft;

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
    pub(super) fn predictions(self, predictor: &Predictor, table: &Table) -> Result<(), Failure> {
        let rows = predictor.predict(table).map_err(|error| refused(&error))?;
        let data = predictor.model().observed(table).map_err(|error| refused(&error))?;
        let columns: Vec<&[f64]> = table.names().iter().filter_map(|name| table.column(name)).collect();
        self.filled(|out| {
            let mut out = csv::Writer::from_writer(out);
            let head = ["fitted", "residual", "band_low", "band_high"];
            out.write_record(table.names().iter().map(String::as_str).chain(head))?;
            for (index, (row, data)) in rows.iter().zip(data.iter()).enumerate() {
                let cells = columns.iter().map(|column| column[index]);
                let found = [row.value, data - row.value, row.value - row.band, row.value + row.band];
                out.write_record(cells.chain(found).map(cell))?;
            }
            out.flush()
        })
    }

    fn filled(mut self, write: impl FnOnce(&mut Draft) -> io::Result<()>) -> Result<(), Failure> {
        write(&mut self.0).map_err(|error| self.0.failed(&error))?;
        self.0.finish()
    }
}

/// All digits of a number; empty where there is none.
pub(crate) fn cell(number: f64) -> String {
    if number.is_finite() { format!("{number:?}") } else { String::new() }
}
