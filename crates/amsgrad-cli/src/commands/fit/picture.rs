//! The picture of a fit.

use std::path::{Path, PathBuf};

use amsgrad_fit::{Predictor, Settings, Table};
use amsgrad_plot::{Axes, Format, Series, Style, curves};

use super::input::refused;
use crate::failure::Failure;
use crate::files::Draft;

/// A picture file that is asked for.
#[derive(Debug)]
pub(super) struct Picture {
    argument: &'static str,
    path: PathBuf,
    format: Format,
}

impl Picture {
    pub(super) fn new(argument: &'static str, path: &Path) -> Result<Self, Failure> {
        let format = Format::from_path(path).map_err(|error| Failure::input(argument, error))?;
        drop(Draft::new(argument, path)?);
        Ok(Self { argument, path: path.to_owned(), format })
    }

    pub(super) fn draw(
        &self,
        predictor: &Predictor,
        table: &Table,
        _settings: &Settings,
    ) -> Result<(), Failure> {
        let rows = predictor.predict(table).map_err(|error| refused(&error))?;
        let data = predictor.model().observed(table).map_err(|error| refused(&error))?;
        let points: Vec<[f64; 2]> =
            rows.iter().zip(data.iter()).map(|(row, data)| [*data, row.value]).collect();
        let figure = curves(&[Series::new("", points)], Axes::default(), &Style::default());
        let written = figure.and_then(|figure| figure.write(&self.path, self.format));
        written.map_err(|error| Failure::input(self.argument, error))
    }
}
