//! The columns of a fit, in a file or in Python's memory.

use amsgrad_fit::{Format, Source, Table};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::refused;

/// Where the columns are: in a file, or in memory.
pub(super) enum Columns {
    File(Source),
    Memory(Vec<String>),
}

impl Columns {
    pub(super) fn new(names: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(path) = names.cast::<PyString>() {
            let source = Source::open(path.to_str()?, &Format::default());
            return Ok(Self::File(source.map_err(|error| refused::fit(&error))?));
        }
        Ok(Self::Memory(names.extract()?))
    }

    pub(super) fn names(&self) -> &[String] {
        match self {
            Self::File(source) => source.names(),
            Self::Memory(names) => names,
        }
    }

    pub(super) fn table(
        self,
        needed: &[String],
        by: &[String],
        column: &Bound<'_, PyAny>,
    ) -> PyResult<Table> {
        if let Self::File(source) = self {
            return source.read(needed, by, &mut |_| {}).map_err(|error| refused::fit(&error));
        }
        by.iter().try_fold(in_memory(needed, column)?, |table, name| {
            let labels: Vec<String> = column.call1((name, true))?.extract()?;
            table.labels(name, labels).map_err(|error| refused::fit(&error))
        })
    }
}

/// Returns these columns as `column` gives them.
pub(super) fn in_memory(names: &[String], column: &Bound<'_, PyAny>) -> PyResult<Table> {
    let numbers = |name: &String| {
        let array = column.call1((name, false))?.cast_into::<PyArray1<f64>>()?;
        Ok((name.clone(), array.to_vec()?))
    };
    let columns: Vec<_> = names.iter().map(numbers).collect::<PyResult<_>>()?;
    Table::new(columns).map_err(|error| refused::fit(&error))
}
