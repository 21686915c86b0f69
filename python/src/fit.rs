//! Fits of typed models to columns of data.

use std::sync::atomic::Ordering;

use amsgrad_cli::shards::{Row, Shared};
use amsgrad_fit::{FitError, Model, Names, Outcome, Prediction, Predictor, Settings, Table};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::figure;
use crate::refused::{self, Refused as _};
use crate::shards::Shard;
use crate::threads::{interruptible, pooled};

mod columns;
pub(crate) mod groups;
mod settings;

use columns::{Columns, in_memory};
use settings::settings;

/// A model fitted to data: what `amsgrad.fit` returns.
///
/// Printed it is a table of the parameters; in a notebook it shows its figure.
#[pyclass(frozen, module = "amsgrad")]
pub(crate) struct Fit {
    model: Model,
    settings: Settings,
    table: Table,
    outcome: Outcome,
}

/// Fits a model; `column` returns a column by its name, or the table is read from a file where `names` is its path.
///
/// Returns a `Fit`, or, where `by` names columns of labels, a dict of columns with a row for each group; of a shard of the
/// groups its document.
#[pyfunction]
#[pyo3(signature = (model, cost, names, column, by, options, shard))]
#[expect(clippy::too_many_arguments, reason = "what a fit takes")]
pub(crate) fn fit<'py>(
    py: Python<'py>,
    model: &str,
    cost: &str,
    names: &Bound<'py, PyAny>,
    column: &Bound<'py, PyAny>,
    by: Vec<String>,
    options: &Bound<'py, PyDict>,
    shard: Option<Py<Shard>>,
) -> PyResult<Bound<'py, PyAny>> {
    let definitions: Option<Vec<String>> =
        options.get_item("definitions")?.map(|definitions| definitions.extract()).transpose()?.flatten();
    let definitions = definitions.unwrap_or_default();
    let settings = settings(options)?;
    let source = Columns::new(names)?;
    for (what, name) in settings
        .column()
        .map(|name| ("sigma", name))
        .into_iter()
        .chain(by.iter().map(|name| ("by", name.as_str())))
    {
        if !source.names().iter().any(|known| known == name) {
            let reason =
                format!("{what}: there is no column '{name}'; allowed: {}", source.names().join(", "));
            return Err(PyValueError::new_err(reason));
        }
    }
    let model = parsed(model, cost, source.names(), &settings, &definitions)?;
    let mut needed = model.columns();
    needed.extend(settings.column().filter(|name| !needed.iter().any(|one| one == name)).map(str::to_owned));
    let table = source.table(&needed, &by, column)?;
    if by.is_empty() {
        let fitted = interruptible(py, move |flag| {
            let ready = amsgrad_fit::Fit::new(&model, settings.clone())?;
            let outcome = ready.run(&table, &|| flag.load(Ordering::Relaxed))?;
            Ok::<_, FitError>(Fit { model, settings, table, outcome })
        })?;
        return Ok(Bound::new(py, fitted.map_err(|error| refused::fit(&error))?)?.into_any());
    }
    let part = shard.as_ref().map(|shard| shard.get().shard);
    let fitted = interruptible(py, move |flag| {
        let ready = amsgrad_fit::Fit::new(&model, settings)?;
        let groups = ready.groups(&table)?;
        let shared = Shared::new(&ready, &table, &groups);
        let groups = groups.retain(|group| part.is_none_or(|part| part.has(group)));
        let row = |outcome| Row::new(outcome, shared.parameters.len());
        let ended = groups.run(&|| flag.load(Ordering::Relaxed), row);
        Ok::<_, FitError>((ended.into_iter().map(Row::of).collect::<Vec<_>>(), shared))
    })?;
    let (rows, shared) = fitted.map_err(|error| refused::fit(&error))?;
    match shard {
        Some(shard) => {
            let shared = serde_json::to_value(&shared).refused()?;
            Ok(PyString::new(py, &shard.get().document("fit", shared, &rows)?).into_any())
        }
        None => Ok(groups::to_dict(py, &by, &shared, &rows)?.into_any()),
    }
}

#[pymethods]
impl Fit {
    /// The values of the parameters by name.
    #[getter]
    fn params<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.each(py, |one| one.value)
    }

    /// The standard errors by name; NaN on a bound and where the data do not determine the parameter.
    #[getter]
    fn errors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.each(py, |one| one.standard_error.unwrap_or(f64::NAN))
    }

    /// The 95 % intervals by name; NaN where there is no error.
    #[getter]
    fn intervals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.each(py, |one| one.interval.unwrap_or((f64::NAN, f64::NAN)))
    }

    /// The names of the parameters that lie on a bound.
    #[getter]
    fn at_bound(&self) -> Vec<&str> {
        let on = self.outcome.parameters.iter().filter(|one| one.at_bound);
        on.map(|one| one.name.as_str()).collect()
    }

    /// Sets of parameters of which the data determine only a combination.
    #[getter]
    fn undetermined(&self) -> Vec<Vec<String>> {
        self.outcome.undetermined.clone()
    }

    /// The covariance of the parameters, an array of shape (p, p).
    #[getter]
    fn covariance<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let count = self.outcome.parameters.len();
        Ok(PyArray1::from_slice(py, &self.outcome.covariance).reshape([count, count])?.into_any())
    }

    /// The correlation of the parameters, an array of shape (p, p); NaN where one has no error.
    #[getter]
    fn correlation<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let count = self.outcome.parameters.len();
        let shares = self.outcome.correlation.iter().flatten().map(|share| share.unwrap_or(f64::NAN));
        Ok(PyArray1::from_vec(py, shares.collect()).reshape([count, count])?.into_any())
    }

    /// The minimized cost: half the sum of squares, the sum of losses, or the sum of terms.
    #[getter]
    fn cost(&self) -> f64 {
        self.outcome.cost
    }

    /// The sum of squared residuals, each divided by its sigma or times its weight's root; None of a sum of terms.
    #[getter]
    fn residual_sum_of_squares(&self) -> Option<f64> {
        self.outcome.residual_sum_of_squares
    }

    /// That sum per degree of freedom.
    #[getter]
    fn reduced_chi_square(&self) -> Option<f64> {
        self.outcome.reduced_chi_square
    }

    /// The rows less the free parameters.
    #[getter]
    fn degrees_of_freedom(&self) -> usize {
        self.outcome.degrees_of_freedom
    }

    /// The share of the data's variance that the model explains.
    #[getter]
    fn r_squared(&self) -> Option<f64> {
        self.outcome.r_squared
    }

    /// Akaike's criterion, for least squares and likelihoods.
    #[getter]
    fn aic(&self) -> Option<f64> {
        self.outcome.aic
    }

    /// The Bayesian criterion, for least squares and likelihoods.
    #[getter]
    fn bic(&self) -> Option<f64> {
        self.outcome.bic
    }

    /// The number of rows.
    #[getter]
    fn rows(&self) -> usize {
        self.outcome.rows
    }

    /// Whether a minimum was found.
    #[getter]
    fn success(&self) -> bool {
        self.outcome.status.is_converged()
    }

    /// Why the fit ended, in one word.
    #[getter]
    fn stop(&self) -> &'static str {
        self.outcome.status.name()
    }

    /// Why the fit ended.
    #[getter]
    fn message(&self) -> String {
        self.outcome.status.to_string()
    }

    /// The model as it was typed.
    #[getter]
    fn model(&self) -> &str {
        self.model.text()
    }

    /// The model's value at every row of the data.
    #[getter]
    fn fitted<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let rows = self.predicted(py, &self.table)?;
        Ok(PyArray1::from_vec(py, rows.iter().map(|row| row.value).collect()))
    }

    /// What was observed less what was fitted, at every row of the data.
    #[getter]
    fn residuals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let rows = self.predicted(py, &self.table)?;
        let observed = pooled(py, None, || self.model.observed(&self.table))?;
        let observed = observed.map_err(|error| refused::fit(&error))?;
        let residuals = observed.iter().zip(&rows).map(|(y, row)| y - row.value);
        Ok(PyArray1::from_vec(py, residuals.collect()))
    }

    /// Returns the model's value and half the width of its 95 % band at other rows.
    fn predict_columns<'py>(
        &self,
        py: Python<'py>,
        column: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>)> {
        let rows = self.predicted(py, &in_memory(self.model.predictors(), column)?)?;
        let value = PyArray1::from_vec(py, rows.iter().map(|row| row.value).collect());
        Ok((value, PyArray1::from_vec(py, rows.iter().map(|row| row.band).collect())))
    }

    /// The names of the columns that a prediction needs.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.model.predictors().to_vec()
    }

    /// Returns the model as the command ``amsgrad predict`` reads it.
    fn to_json(&self) -> PyResult<String> {
        self.compared()?;
        Ok(self.predictor().to_json())
    }

    /// Returns the figure of the fit as the bytes of a file.
    ///
    /// Parameters
    /// ----------
    /// format : str, default "svg"
    ///     svg, png or pdf.
    #[pyo3(signature = (format="svg"))]
    fn draw(&self, py: Python<'_>, format: &str) -> PyResult<Vec<u8>> {
        self.compared()?;
        let (predictor, table, settings) = (self.predictor(), &self.table, &self.settings);
        let drawn = pooled(py, None, || amsgrad_cli::figures::fit(&predictor, table, settings))?;
        figure::bytes(drawn.map_err(|error| refused::fit(&error))?, format)
    }
}

impl Fit {
    fn predictor(&self) -> Predictor {
        Predictor::new(&self.model, &self.outcome)
    }

    fn predicted(&self, py: Python<'_>, table: &Table) -> PyResult<Vec<Prediction>> {
        let predictor = self.predictor();
        pooled(py, None, || predictor.predict(table))?.map_err(|error| refused::fit(&error))
    }

    fn compared(&self) -> PyResult<()> {
        match self.model.has_response() {
            true => Ok(()),
            false => {
                Err(PyValueError::new_err("a sum of terms has no fitted values; allowed: a model with ~"))
            }
        }
    }

    fn each<'py, T: IntoPyObject<'py>>(
        &self,
        py: Python<'py>,
        value: impl Fn(&amsgrad_fit::Estimate) -> T,
    ) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for one in &self.outcome.parameters {
            dict.set_item(&one.name, value(one))?;
        }
        Ok(dict)
    }
}

fn parsed(
    text: &str,
    cost: &str,
    columns: &[String],
    settings: &Settings,
    definitions: &[String],
) -> PyResult<Model> {
    let parameters = settings.parameters();
    let names = Names { columns, parameters: &parameters, definitions };
    let model = match cost {
        "residuals" => Model::parse(text, names),
        "log-likelihood" => Model::log_likelihood(text, names),
        "sum" => Model::sum(text, names),
        _ => {
            let reason = format!("cost is '{cost}'; allowed: residuals, log-likelihood, sum");
            return Err(PyValueError::new_err(reason));
        }
    };
    model.map_err(|error| refused::fit(&error))
}
