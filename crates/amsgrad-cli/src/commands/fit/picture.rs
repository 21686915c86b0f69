//! The picture of a fit: the curve through the data, the contour under them, or what was observed against what was fitted.

use std::path::Path;

use amsgrad_fit::{FitError, Noise, Predictor, Settings, Table};
use amsgrad_plot::{
    Field, Figure, Levels, Measured, PlotError, Scale, Style, measured, measured_plane, typeset,
};

use super::predictions::Fitted;
use crate::failure::Failure;
use crate::minimize::pictures::Wanted;
use crate::table::refused;

/// Samples along the curve, and along each side of a contour.
const SAMPLES: usize = 501;
const SIDE: usize = 151;
/// Bands of a contour.
const BANDS: usize = 30;
/// The part of the data's width that a contour shows beyond them.
const MARGIN: f64 = 0.04;

/// A picture file that is asked for.
#[derive(Debug)]
pub(super) struct Picture(Wanted);

impl Picture {
    pub(super) fn new(argument: &'static str, path: &Path) -> Result<Self, Failure> {
        Ok(Self(Wanted::new(argument, path)?))
    }

    pub(super) fn draw(&self, fit: &Fitted<'_>, settings: &Settings) -> Result<(), Failure> {
        self.0.write(figure(fit, settings).map_err(|error| refused(&error))?)
    }
}

/// Draws a fit; what the plotting crate refuses is told apart from what the fit does.
pub(crate) fn figure(fit: &Fitted<'_>, settings: &Settings) -> Result<Result<Figure, PlotError>, FitError> {
    let text = fit.predictor.model().text();
    let left = text.split('~').next().unwrap_or_default().trim().to_owned();
    let mut style = Style { title: typeset(text), y_label: left.clone(), ..Style::default() };
    let (x, curve) = match fit.predictor.columns() {
        [name] => {
            let x = fit.table.column(name).unwrap_or_default();
            style.x_label.clone_from(name);
            (x.to_vec(), curve(fit.predictor, name, x)?)
        }
        [x, y] => {
            [style.x_label, style.y_label, style.z_label] = [x.clone(), y.clone(), left];
            return plane(fit, [x, y], &style);
        }
        _ => {
            style.x_label = "fitted".to_owned();
            let fitted: Vec<f64> = fit.rows.iter().map(|row| row.value).collect();
            let ends = extremes(&fitted).map(|x| [x, x, f64::NAN, f64::NAN]);
            (fitted, ends.into())
        }
    };
    let errors = errors(settings, fit.table);
    let data = Measured {
        x: &x,
        y: &fit.observed,
        errors: errors.as_deref(),
        residuals: &fit.residuals(),
        curve: &curve,
    };
    Ok(measured(&data, &style))
}

/// The model over two predictors, with the data in the colors of what was observed.
fn plane(
    fit: &Fitted<'_>,
    names: [&String; 2],
    style: &Style,
) -> Result<Result<Figure, PlotError>, FitError> {
    let [x, y] = names.map(|name| fit.table.column(name).unwrap_or_default());
    let [across, up] = [x, y].map(|numbers| {
        let [low, high] = extremes(numbers);
        let margin = MARGIN * if high > low { high - low } else { high.abs().max(1.0) };
        // Where no number is negative, a model of negative ones may mean nothing.
        let least = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        ((low - margin).max(least), high + margin)
    });
    let nodes = || (0..SIDE * SIDE).map(|i| Field::node(across, up, SIDE, SIDE, i % SIDE, i / SIDE));
    let columns = [0, 1].map(|axis| (names[axis].as_str(), nodes().map(|node| node[axis]).collect()));
    let rows = Table::new(columns).and_then(|table| fit.predictor.predict(&table));
    let values = rows?.iter().map(|row| row.value).collect();
    let points: Vec<[f64; 3]> =
        x.iter().zip(y).zip(fit.observed.iter()).map(|((x, y), value)| [*x, *y, *value]).collect();
    let levels = Levels { count: BANDS, scale: Scale::Linear, lines: true };
    let field = Field::from_values(across, up, SIDE, SIDE, values);
    Ok(field.and_then(|field| measured_plane(&field, levels, &points, style)))
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
