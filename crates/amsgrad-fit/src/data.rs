//! The data of a model: predictors, response and weights, checked once.

use core::ops::Range;
use std::borrow::Cow;

use crate::FitError;
use crate::loss::Loss;
use crate::model::Model;
use crate::objective::{Goal, Objective};
use crate::rows::Columns;
use crate::settings::{Noise, Settings};
use crate::table::Table;

/// Columns ready to be fitted.
#[derive(Clone, Debug)]
pub(crate) struct Data<'a> {
    columns: Vec<Cow<'a, [f64]>>,
    response: Option<Cow<'a, [f64]>>,
    weights: Option<Vec<f64>>,
}

impl<'a> Data<'a> {
    pub(crate) fn new(model: &Model, settings: &Settings, table: &'a Table) -> Result<Self, FitError> {
        let columns = table.require(model.predictors())?.into_iter().map(Cow::Borrowed).collect();
        let response = model.has_response().then(|| model.observed(table)).transpose()?;
        let column = |name: &String| Ok::<_, FitError>(table.require([name])?[0]);
        let weights = match &settings.noise {
            Noise::Unknown => None,
            Noise::Sigma(sigma) if *sigma > 0.0 && sigma.is_finite() => Some(vec![1.0 / sigma; table.rows()]),
            Noise::Sigma(sigma) => {
                let what = format!("{sigma} is not a standard deviation; allowed: more than 0");
                return Err(FitError::setting("sigma", what));
            }
            Noise::SigmaColumn(name) => {
                let numbers = column(name)?;
                if let Some(row) = numbers.iter().position(|sigma| *sigma <= 0.0) {
                    let what = format!("{} is not a standard deviation; allowed: more than 0", numbers[row]);
                    return Err(table.row_error(row, Some(name), what));
                }
                Some(numbers.iter().map(|sigma| 1.0 / sigma).collect())
            }
            Noise::Weights(name) => {
                let numbers = column(name)?;
                if let Some(row) = numbers.iter().position(|weight| *weight < 0.0) {
                    let what = format!("{} is not a weight; allowed: 0 or more", numbers[row]);
                    return Err(table.row_error(row, Some(name), what));
                }
                if numbers.iter().all(|weight| *weight == 0.0) {
                    return Err(FitError::setting("weights", format!("every weight in '{name}' is 0")));
                }
                // Residuals are squared, the terms of a sum are not.
                let of = |weight: &f64| if model.has_response() { weight.sqrt() } else { *weight };
                Some(numbers.iter().map(of).collect())
            }
        };
        if !model.has_response() && settings.noise.is_known() {
            return Err(FitError::setting("sigma", "applies to residuals; a sum of terms has none"));
        }
        Ok(Self { columns, response, weights })
    }

    /// The same rows, copied from the table.
    pub(crate) fn into_owned(self) -> Data<'static> {
        let owned = |column: Cow<'_, [f64]>| Cow::Owned(column.into_owned());
        Data {
            columns: self.columns.into_iter().map(owned).collect(),
            response: self.response.map(owned),
            weights: self.weights,
        }
    }

    /// The same rows in another order.
    pub(crate) fn ordered(&self, order: &[usize]) -> Data<'static> {
        let moved = |column: &[f64]| order.iter().map(|row| column[*row]).collect::<Vec<f64>>();
        Data {
            columns: self.columns.iter().map(|column| Cow::Owned(moved(column))).collect(),
            response: self.response.as_deref().map(|column| Cow::Owned(moved(column))),
            weights: self.weights.as_deref().map(moved),
        }
    }

    /// The objective over some of the rows.
    pub(crate) fn objective<'s>(&'s self, model: &'s Model, loss: Loss, rows: Range<usize>) -> Objective<'s> {
        let part = |column: &'s [f64]| column.get(rows.clone()).unwrap_or_default();
        Objective {
            formula: model.formula(),
            by_parameters: model.by_parameters(),
            columns: Columns {
                columns: self.columns.iter().map(|column| part(column)).collect(),
                rows: rows.len(),
            },
            goal: match &self.response {
                Some(response) => Goal::Residuals { loss, data: part(response) },
                None => Goal::Sum,
            },
            weights: self.weights.as_deref().map(part),
            counts: Default::default(),
        }
    }
}
