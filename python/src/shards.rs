//! Runs and fits in shards.

use amsgrad_cli::shards;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Serialize;
use serde_json::Value;

use crate::fit::groups;
use crate::refused::Refused;

/// The part of some work that is done here: number `number` of `count`. `settings`, a JSON document, decide the results.
#[pyclass(frozen, module = "amsgrad._amsgrad")]
pub(crate) struct Shard {
    pub(crate) shard: shards::Shard,
    settings: Value,
}

#[pymethods]
impl Shard {
    #[new]
    fn new(number: usize, count: usize, settings: &str) -> PyResult<Self> {
        let wrong = || {
            let reason = format!("shard is ({number}, {count}); allowed: (i, n) with i from 1 to n");
            PyValueError::new_err(reason)
        };
        let shard = shards::Shard::new(number, count).ok_or_else(wrong)?;
        Ok(Self { shard, settings: serde_json::from_str(settings).refused()? })
    }
}

impl Shard {
    /// Returns the results of its items as a document, with what all shards must have `found` alike.
    pub(crate) fn document(&self, work: &str, found: Value, results: &[impl Serialize]) -> PyResult<String> {
        self.shard.document(&[shards::PYTHON, work], self.settings.clone(), found, results).refused()
    }
}

/// All shards of some work, in any order.
#[pyclass(frozen, module = "amsgrad._amsgrad")]
pub(crate) struct Shards(pub(crate) shards::Parts);

#[pymethods]
impl Shards {
    #[new]
    fn new(parts: Vec<String>) -> PyResult<Self> {
        let named = parts.into_iter().enumerate().map(|(place, text)| (format!("parts[{place}]"), text));
        let parts = shards::Parts::new(named).refused()?;
        parts.check(parts.settings()).refused()?;
        Ok(Self(parts))
    }

    /// The words of the program's command, or "python" and the name of a function.
    #[getter]
    fn command(&self) -> Vec<String> {
        self.0.command().to_vec()
    }

    /// All that decides the results, a JSON document.
    #[getter]
    fn settings(&self) -> String {
        self.0.settings().to_string()
    }

    /// Returns the fits of groups as a dict of columns, with a row for each group.
    fn fits<'py>(&self, py: Python<'py>, by: Vec<String>) -> PyResult<Bound<'py, PyDict>> {
        let shared: shards::Shared = self.0.found().refused()?;
        groups::to_dict(py, &by, &shared, &self.0.results(shared.groups).refused()?)
    }
}

/// What a run is given of shards.
#[derive(FromPyObject)]
pub(crate) enum Division<'py> {
    Part(Bound<'py, Shard>),
    All(Bound<'py, Shards>),
}
