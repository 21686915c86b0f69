//! The picture of a fit: the curve through the data, or what was predicted against what was observed.

use std::path::Path;

use amsgrad_fit::{FitError, Noise, Predictor, Settings, Table};
use amsgrad_plot::{Measured, Style, measured};

use super::input::refused;
use crate::failure::Failure;
use crate::minimize::pictures::Wanted;

/// Samples along the curve.
const SAMPLES: usize = 501;

/// A picture file that is asked for.
#[derive(Debug)]
pub(super) struct Picture(Wanted);

impl Picture {
    pub(super) fn new(argument: &'static str, path: &Path) -> Result<Self, Failure> {
        Ok(Self(Wanted::new(argument, path)?))
    }

    pub(super) fn draw(
        &self,
        predictor: &Predictor,
        table: &Table,
        settings: &Settings,
    ) -> Result<(), Failure> {
        let rows = predictor.predict(table).map_err(|error| refused(&error))?;
        let observed = predictor.model().observed(table).map_err(|error| refused(&error))?;
        let residuals: Vec<f64> = rows.iter().zip(observed.iter()).map(|(row, y)| y - row.value).collect();
        let fitted: Vec<f64> = rows.iter().map(|row| row.value).collect();
        let errors = errors(settings, table);
        let text = predictor.model().text();
        let left = text.split('~').next().unwrap_or_default().trim();
        let mut style = Style { title: text.to_owned(), y_label: left.to_owned(), ..Style::default() };
        let (x, curve) = match predictor.columns() {
            [name] => {
                let x = table.column(name).unwrap_or_default();
                style.x_label.clone_from(name);
                (x, curve(predictor, name, x).map_err(|error| refused(&error))?)
            }
            _ => {
                style.x_label = "fitted".to_owned();
                let ends = extremes(&fitted).map(|x| [x, x, f64::NAN, f64::NAN]);
                (fitted.as_slice(), ends.into())
            }
        };
        let data =
            Measured { x, y: &observed, errors: errors.as_deref(), residuals: &residuals, curve: &curve };
        self.0.write(measured(&data, &style))
    }
}

/// The curve between the first and the last measurement, with its band.
fn curve(predictor: &Predictor, name: &str, x: &[f64]) -> Result<Vec<[f64; 4]>, FitError> {
    let [low, high] = extremes(x);
    let share = |i: usize| i as f64 / (SAMPLES - 1) as f64;
    let places: Vec<f64> = (0..SAMPLES).map(|i| low * (1.0 - share(i)) + high * share(i)).collect();
    let rows = predictor.predict(&Table::new([(name, places.clone())])?)?;
    let point = |(x, row): (f64, &amsgrad_fit::Prediction)| {
        [x, row.value, row.value - row.band, row.value + row.band]
    };
    Ok(places.into_iter().zip(&rows).map(point).collect())
}

fn extremes(numbers: &[f64]) -> [f64; 2] {
    let finite = || numbers.iter().copied().filter(|number| number.is_finite());
    [finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max)]
}

/// Half the length of each error bar.
fn errors(settings: &Settings, table: &Table) -> Option<Vec<f64>> {
    match &settings.noise {
        Noise::Sigma(sigma) => Some(vec![*sigma; table.rows()]),
        Noise::SigmaColumn(name) => table.column(name).map(<[f64]>::to_vec),
        Noise::Unknown | Noise::Weights(_) => None,
    }
}
