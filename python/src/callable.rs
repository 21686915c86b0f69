//! Python's functions as objectives.

use std::cell::RefCell;
use std::rc::Rc;

use amsgrad::objective::Cost;
use amsgrad::{Constraint, Error, FiniteDifference, Objective, ObjectiveError};
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// A function with what else it is called with, and how its gradient is had.
#[derive(Clone)]
pub(crate) struct Function<'py> {
    fun: Bound<'py, PyAny>,
    args: Bound<'py, PyTuple>,
    gradient: Gradient<'py>,
    /// The first exception, after which nothing is called any more.
    raised: Rc<RefCell<Option<PyErr>>>,
}

/// Where gradients come from.
#[derive(Clone)]
enum Gradient<'py> {
    /// Differences of values.
    Differences,
    /// The function returns it beside the value.
    Beside,
    /// A function of its own.
    Apart(Bound<'py, PyAny>),
}

type Value<'py> = Box<dyn FnMut(&[f64]) -> PyResult<f64> + 'py>;

/// A function as an objective.
pub(crate) enum Callable<'py> {
    Differences(FiniteDifference<Value<'py>, f64>),
    Whole(Function<'py>),
}

impl<'py> Function<'py> {
    pub(crate) fn new(
        fun: Bound<'py, PyAny>,
        args: Bound<'py, PyTuple>,
        jac: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        if !fun.is_callable() {
            let found = fun.get_type().name()?;
            let reason = format!("fun is a {found}; allowed: a function, a formula as text, or a Formula");
            return Err(PyTypeError::new_err(reason));
        }
        let gradient = if jac.is_none() || matches!(jac.extract(), Ok(false)) {
            Gradient::Differences
        } else if matches!(jac.extract(), Ok(true)) {
            Gradient::Beside
        } else if jac.is_callable() {
            Gradient::Apart(jac.clone())
        } else {
            let reason =
                format!("jac is {}; allowed: a function, True, or None for differences", jac.repr()?);
            return Err(PyValueError::new_err(reason));
        };
        Ok(Self { fun, args, gradient, raised: Rc::default() })
    }

    /// Returns it as an objective.
    pub(crate) fn objective(&self) -> Callable<'py> {
        match self.gradient {
            Gradient::Differences => {
                let this = self.clone();
                let value: Value<'py> = Box::new(move |x| this.guarded(|| this.value(x)));
                Callable::Differences(FiniteDifference::new(value))
            }
            _ => Callable::Whole(self.clone()),
        }
    }

    pub(crate) fn py(&self) -> Python<'py> {
        self.fun.py()
    }

    /// Returns the first exception.
    pub(crate) fn raised(&self) -> Option<PyErr> {
        self.raised.borrow_mut().take()
    }

    /// Notes an exception, after which nothing is called any more.
    pub(crate) fn note(&self, error: PyErr) {
        self.raised.borrow_mut().get_or_insert(error);
    }

    fn guarded(&self, call: impl FnOnce() -> PyResult<f64>) -> PyResult<f64> {
        if let Some(raised) = &*self.raised.borrow() {
            return Err(raised.clone_ref(self.fun.py()));
        }
        call().inspect_err(|error| self.note(error.clone_ref(self.fun.py())))
    }

    fn call(&self, fun: &Bound<'py, PyAny>, x: &[f64]) -> PyResult<Bound<'py, PyAny>> {
        let py = self.fun.py();
        // What is compiled never looks for Ctrl-C by itself.
        py.check_signals()?;
        let point = PyArray1::from_slice(py, x);
        if self.args.is_empty() {
            return fun.call1((point,));
        }
        let mut all = vec![point.into_any()];
        all.extend(self.args.iter());
        fun.call1(PyTuple::new(py, all)?)
    }

    fn value(&self, x: &[f64]) -> PyResult<f64> {
        number(&self.call(&self.fun, x)?)
    }

    fn whole(&self, x: &[f64], gradient: &mut [f64]) -> PyResult<f64> {
        let Gradient::Apart(jac) = &self.gradient else {
            let both = self.call(&self.fun, x)?;
            let (Ok(value), Ok(components)) = (both.get_item(0), both.get_item(1)) else {
                let reason = "with jac=True, fun must return a pair: the value and its gradient";
                return Err(PyValueError::new_err(reason));
            };
            write(&components, gradient)?;
            return number(&value);
        };
        let value = self.value(x)?;
        write(&self.call(jac, x)?, gradient)?;
        Ok(value)
    }
}

impl Objective<f64> for Callable<'_> {
    fn evaluate(&mut self, point: &[f64], gradient: &mut [f64]) -> Result<f64, ObjectiveError> {
        match self {
            Self::Differences(values) => values.evaluate(point, gradient),
            Self::Whole(function) => {
                function.guarded(|| function.whole(point, gradient)).map_err(ObjectiveError::new)
            }
        }
    }

    fn prepare(&mut self, constraint: &Constraint) -> Result<(), Error> {
        match self {
            Self::Differences(values) => values.prepare(constraint),
            Self::Whole(_) => Ok(()),
        }
    }

    fn cost(&self, dimension: usize) -> Cost {
        match self {
            Self::Differences(values) => values.cost(dimension),
            Self::Whole(_) => Cost { values: 1, gradients: 1 },
        }
    }
}

/// Returns what a function returned as a number.
fn number(value: &Bound<'_, PyAny>) -> PyResult<f64> {
    if let Ok(array) = value.cast::<numpy::PyUntypedArray>()
        && array.ndim() > 0
    {
        if array.len() != 1 {
            let shape = array.shape();
            let reason = format!("the objective returned an array of shape {shape:?}; allowed: one number");
            return Err(PyValueError::new_err(reason));
        }
        return value.call_method0("item")?.extract();
    }
    value.extract()
}

/// Writes what a function returned as a gradient.
fn write(value: &Bound<'_, PyAny>, gradient: &mut [f64]) -> PyResult<()> {
    if let Ok(array) = value.extract::<PyReadonlyArray1<'_, f64>>()
        && let Ok(numbers) = array.as_slice()
        && numbers.len() == gradient.len()
    {
        gradient.copy_from_slice(numbers);
        return Ok(());
    }
    let numpy = value.py().import("numpy")?;
    let array = numpy.call_method1("asarray", (value, "float64"))?;
    let numbers: Vec<f64> = array.call_method0("ravel")?.cast_into::<PyArray1<f64>>()?.to_vec()?;
    if numbers.len() != gradient.len() {
        let (found, expected) = (numbers.len(), gradient.len());
        let reason =
            format!("the gradient has {found} components; allowed: {expected}, one for each coordinate");
        return Err(PyValueError::new_err(reason));
    }
    gradient.copy_from_slice(&numbers);
    Ok(())
}
