//! Typed formulas, called from Python on single points and on arrays of them.

use std::sync::Arc;

use amsgrad::objective::VectorizedObjective as _;
use amsgrad_formula::Options;
use numpy::{PyArray1, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::{PyMemoryError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use rayon::prelude::*;

use crate::refused;
use crate::threads::released;

/// Points that one thread evaluates at a time.
const CHUNK: usize = 1024;

/// A formula with its exact gradient.
///
/// Parameters
/// ----------
/// text : str
///     The formula, such as ``"(1-x)^2 + 100*(y-x^2)^2"``.
/// variables : sequence of str, optional
///     The variables in their order; else x, y, z, w first and the others as they appear.
/// parameters : dict of str to float, optional
///     Names in the formula that stand for numbers.
/// dimension : int, optional
///     The length ``n`` of an indexed family ``x[1]``, ..., ``x[n]``.
/// definitions : sequence of str, optional
///     Functions that the formula may call, such as ``"f(t) = t^2 + a"``.
///
/// Raises
/// ------
/// FormulaError
///     The text is no formula. The message points at the place.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> from amsgrad import Formula
/// >>> f = Formula("x^2 + sin(x*y)")
/// >>> f.variables
/// ('x', 'y')
/// >>> f.gradient
/// ('cos(x*y)*y + 2*x', 'cos(x*y)*x')
/// >>> f([2.0, 0.0])
/// 4.0
/// >>> f(np.array([[2.0, 0.0], [3.0, 0.0]]))
/// array([4., 9.])
/// >>> value, gradient = f.value_and_grad([2.0, 0.0])
/// >>> gradient
/// array([4., 2.])
#[pyclass(frozen, module = "amsgrad")]
pub(crate) struct Formula(pub(crate) Arc<amsgrad_formula::Formula>, String);

#[pymethods]
impl Formula {
    #[new]
    #[pyo3(signature = (text, *, variables=None, parameters=None, dimension=None, definitions=None))]
    fn new(
        text: String,
        variables: Option<Vec<String>>,
        parameters: Option<Bound<'_, PyDict>>,
        dimension: Option<usize>,
        definitions: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let mut options = Options::new();
        if let Some(names) = variables {
            options = options.variables(names);
        }
        if let Some(dimension) = dimension {
            options = options.dimension(dimension);
        }
        for (name, value) in parameters.iter().flatten() {
            options = options.parameter(name.extract::<String>()?, value.extract()?);
        }
        options = definitions.into_iter().flatten().fold(options, Options::define);
        let formula =
            amsgrad_formula::Formula::parse(&text, &options).map_err(|error| refused::formula(&error))?;
        Ok(Self(Arc::new(formula), text))
    }

    /// The names of the variables, in the order of a point's coordinates.
    #[getter]
    fn variables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.variables())
    }

    /// The partial derivatives as texts, in the order of the variables.
    #[getter]
    fn gradient<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.gradient().map(|partial| partial.to_string()))
    }

    /// The text as it was typed.
    #[getter]
    fn text(&self) -> &str {
        &self.1
    }

    /// Returns the value at one point, or at every point of an array.
    ///
    /// Parameters
    /// ----------
    /// x : array_like, shape (n,) or (..., n)
    ///     The point, or points along the last axis. In place of one array there may be one for each variable; they are
    ///     broadcast against each other.
    ///
    /// Returns
    /// -------
    /// float or ndarray, shape (...)
    #[pyo3(signature = (*x))]
    fn __call__<'py>(&self, x: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let py = x.py();
        let points = self.points(&self.one(x)?)?;
        let (shape, data) = (points.shape(), points.as_slice().map_err(PyErr::from)?);
        let (n, formula) = (self.0.dimension(), &*self.0);
        let mut values = zeros(shape.iter().rev().skip(1).product())?;
        released(py, values.len() * formula.operations().0, None, || {
            values.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, values)| {
                let data = data.get(chunk * CHUNK * n..).unwrap_or_default();
                formula.values(values, |point, variable| data[point * n + variable]);
            });
        })?;
        shaped(py, values, &shape[..shape.len() - 1])
    }

    /// Returns value and gradient at one point, or at every point of an array.
    ///
    /// ``scipy.optimize.minimize(f.value_and_grad, x0, jac=True)`` is one use of it.
    ///
    /// Parameters
    /// ----------
    /// x : array_like, shape (n,) or (..., n)
    ///     The point, or points along the last axis.
    ///
    /// Returns
    /// -------
    /// value : float or ndarray, shape (...)
    /// gradient : ndarray, shape (..., n)
    fn value_and_grad<'py>(&self, x: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let py = x.py();
        let points = self.points(x)?;
        let (shape, data) = (points.shape(), points.as_slice().map_err(PyErr::from)?);
        let (n, formula) = (self.0.dimension(), &*self.0);
        let mut values = zeros(shape.iter().rev().skip(1).product())?;
        let mut gradients = zeros(data.len())?;
        released(py, values.len() * formula.operations().1, None, || {
            // A formula without variables has no components to cut into chunks.
            let chunks = gradients.par_chunks_mut(CHUNK * n.max(1)).enumerate();
            values.par_chunks_mut(CHUNK).zip(chunks).for_each(|(values, (chunk, gradients))| {
                let data = data.get(chunk * CHUNK * n..).unwrap_or_default();
                formula.values_and_gradients(values, gradients, |point, variable| data[point * n + variable]);
            });
        })?;
        Ok((shaped(py, values, &shape[..shape.len() - 1])?, shaped(py, gradients, shape)?))
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Formula({:?})", self.0.to_string())
    }
}

impl Formula {
    /// Returns one array of points: the argument, or one made of an array for each variable.
    fn one<'py>(&self, x: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let (given, expected) = (x.len(), self.0.dimension());
        if given == 1 {
            return x.get_item(0);
        }
        if given != expected {
            let reason =
                format!("{given} arguments are given; allowed: one, or {expected}, one for each variable");
            return Err(PyTypeError::new_err(reason));
        }
        let numpy = x.py().import("numpy")?;
        let arrays = numpy.getattr("broadcast_arrays")?.call1(x)?;
        numpy.call_method1("stack", (arrays, -1))
    }

    /// Returns points as numbers in their order, the last axis as long as there are variables.
    fn points<'py>(&self, x: &Bound<'py, PyAny>) -> PyResult<PyReadonlyArrayDyn<'py, f64>> {
        let numpy = x.py().import("numpy")?;
        let array = numpy.call_method1("asarray", (x, "float64", "C"))?.cast_into::<PyArrayDyn<f64>>()?;
        let expected = self.0.dimension();
        if array.shape().last() != Some(&expected) {
            let reason = format!(
                "the points have shape {:?}; allowed: (..., {expected}), with {} along the last axis",
                array.shape(),
                self.0.variables().join(", ")
            );
            return Err(PyValueError::new_err(reason));
        }
        array.try_readonly().map_err(PyErr::from)
    }
}

/// Returns `count` zeros. A formula without variables takes as many points as are asked for, and none of them has memory yet.
fn zeros(count: usize) -> PyResult<Vec<f64>> {
    let mut zeros = Vec::new();
    let room = zeros.try_reserve_exact(count);
    room.map_err(|_| PyMemoryError::new_err(format!("there is no memory for {count} values")))?;
    zeros.resize(count, 0.0);
    Ok(zeros)
}

/// Returns numbers as an array of this shape, or the one number where it has no axes.
fn shaped<'py>(py: Python<'py>, numbers: Vec<f64>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    match (shape, numbers.as_slice()) {
        ([], [number]) => Ok(number.into_pyobject(py)?.into_any()),
        _ => Ok(PyArray1::from_vec(py, numbers).reshape(shape)?.into_any()),
    }
}
