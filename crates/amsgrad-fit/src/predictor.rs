//! A fitted model: predictions with their bands, saved and read back.

use serde::{Deserialize, Serialize};

use crate::FitError;
use crate::model::Model;
use crate::names::Names;
use crate::report::Outcome;
use crate::rows::{Block, Columns, Wanted};
use crate::table::Table;

/// The version of saved models; files of later versions are refused.
const VERSION: u64 = 1;

/// A model with its fitted parameters.
///
/// ```
/// use amsgrad_fit::{Fit, Model, Predictor, Settings, Table};
///
/// let table = Table::new([("x", vec![0.0, 1.0, 2.0, 3.0]), ("y", vec![1.0, 3.1, 4.9, 7.0])])?;
/// let model = Model::parse("y ~ a + b*x", table.names())?;
/// let outcome = Fit::new(&model, Settings::default())?.run(&table, &|| false)?;
///
/// let saved = Predictor::new(&model, &outcome).to_json();
/// let predictor = Predictor::from_json(&saved)?;
/// assert_eq!(predictor.columns(), ["x"]);
/// let at_four = predictor.predict(&Table::new([("x", vec![4.0])])?)?;
/// assert!((at_four[0].value - 8.95).abs() < 1e-9 && at_four[0].band > 0.0);
/// # Ok::<(), amsgrad_fit::FitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Predictor {
    model: Model,
    values: Vec<f64>,
    /// The covariance by rows; NaN where a parameter is not determined.
    covariance: Vec<f64>,
    quantile: f64,
}

/// What a model says of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The model's value.
    pub value: f64,
    /// Half the width of the 95 % band around it that the parameters' errors make; NaN where one is not determined.
    pub band: f64,
}

/// How a model lies in a file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    amsgrad_model: u64,
    model: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    define: Vec<String>,
    columns: Vec<String>,
    parameters: Vec<(String, f64)>,
    covariance: Vec<Option<f64>>,
    quantile: f64,
}

impl Predictor {
    /// Joins a model and the outcome of its fit.
    #[must_use]
    pub fn new(model: &Model, outcome: &Outcome) -> Self {
        Self {
            model: model.clone(),
            values: outcome.parameters.iter().map(|parameter| parameter.value).collect(),
            covariance: outcome.covariance.clone(),
            quantile: outcome.quantile,
        }
    }

    /// Returns the model.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the columns that a prediction needs.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        self.model.predictors()
    }

    /// Predicts every row of a table.
    ///
    /// # Errors
    /// The table lacks a column.
    pub fn predict(&self, table: &Table) -> Result<Vec<Prediction>, FitError> {
        let columns = table.require(self.columns())?;
        let count = self.values.len();
        let append = |predictions: &mut Vec<Prediction>, block: Block<'_>| {
            let length = block.length;
            predictions.extend((0..length).map(|row| {
                let partial = |place: usize| block.columns[place * length + row];
                let spread = |i: usize| -> f64 {
                    let row = &self.covariance[i * count..][..count];
                    row.iter().enumerate().map(|(j, entry)| partial(i) * partial(j) * entry).sum()
                };
                let variance: f64 = (0..count).map(spread).sum();
                let band = self.quantile * variance.max(0.0).sqrt();
                let band = if variance.is_nan() { f64::NAN } else { band };
                Prediction { value: block.columns[count * length + row], band }
            }));
        };
        let columns = Columns { columns, rows: table.rows() };
        Ok(columns.fold(
            Wanted::Derivatives(self.model.by_parameters()),
            &self.values,
            Vec::new,
            append,
            |mut a, b| {
                a.extend(b);
                a
            },
        ))
    }

    /// Returns the model as a JSON document; its numbers round-trip.
    #[must_use]
    pub fn to_json(&self) -> String {
        let names = self.model.parameters().iter().cloned();
        let saved = Saved {
            amsgrad_model: VERSION,
            model: self.model.text().to_owned(),
            define: self.model.definitions().to_vec(),
            columns: self.model.columns(),
            parameters: names.zip(self.values.iter().copied()).collect(),
            covariance: self.covariance.iter().map(|entry| entry.is_finite().then_some(*entry)).collect(),
            quantile: self.quantile,
        };
        // Text and numbers always have a JSON form.
        serde_json::to_string_pretty(&saved).unwrap_or_default() + "\n"
    }

    /// Reads a model that was saved.
    ///
    /// # Errors
    /// The text is no saved model, or one of a later version.
    pub fn from_json(text: &str) -> Result<Self, FitError> {
        let wrong = |what: String| FitError::Saved(format!("is no saved model: {what}"));
        let document: serde_json::Value =
            serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        match document.get("amsgrad_model").and_then(serde_json::Value::as_u64) {
            Some(VERSION) => {}
            Some(version) => {
                let what = format!("is a model of version {version}; this program reads version {VERSION}");
                return Err(FitError::Saved(what));
            }
            None => return Err(wrong("it has no version `amsgrad_model`".into())),
        }
        let saved: Saved = serde_json::from_value(document).map_err(|error| wrong(error.to_string()))?;
        let (names, values): (Vec<String>, Vec<f64>) = saved.parameters.into_iter().unzip();
        let model = if saved.model.contains('~') {
            let names = Names { columns: &saved.columns, parameters: &names, definitions: &saved.define };
            Model::parse(&saved.model, names)?
        } else {
            return Err(wrong("a sum of terms predicts nothing".into()));
        };
        let count = names.len();
        if model.parameters() != names || saved.covariance.len() != count * count {
            return Err(wrong("its parameters are not those of its model".into()));
        }
        let covariance = saved.covariance.into_iter().map(|entry| entry.unwrap_or(f64::NAN)).collect();
        Ok(Self { model, values, covariance, quantile: saved.quantile })
    }
}
