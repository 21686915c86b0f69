//! Steps by hand over NumPy's arrays, in place.

use std::sync::{Mutex, MutexGuard};

use amsgrad::optimizer::StepError;
use amsgrad::{AnyRule, State};
use numpy::{
    PyArrayDescrMethods as _, PyReadonlyArrayDyn, PyReadwriteArrayDyn, PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::arrays::{Float, gradient, parameter};
use crate::refused::{self, Refused};
use crate::threads::released;
use crate::values;

mod held;
mod states;

use held::{Steps, held};
use states::{exported, restored};

/// More threads than any machine has cores would only bring it to a halt.
const MOST_THREADS: usize = 1024;

/// A rule's memory over a list of arrays, which `step` moves in place.
///
/// The classes of the package, such as `AMSGrad`, are this with the names and defaults of a rule.
#[pyclass(subclass, frozen, module = "amsgrad._amsgrad")]
pub(crate) struct Optimizer {
    params: Vec<Py<PyAny>>,
    numbers: usize,
    threads: Option<usize>,
    held: Mutex<Held>,
}

/// The memory in the number type of the arrays.
enum Held {
    Single(Box<dyn Steps<f32>>),
    Double(Box<dyn Steps<f64>>),
}

/// Does the same in either number type.
macro_rules! either {
    ($held:expr, $steps:ident => $do:expr) => {
        match $held {
            Held::Single($steps) => $do,
            Held::Double($steps) => $do,
        }
    };
}

#[pymethods]
impl Optimizer {
    /// Creates an optimizer of the rule called `rule` over `params`.
    #[new]
    #[pyo3(signature = (params, rule, threads, options))]
    fn new(
        params: Vec<Bound<'_, PyAny>>,
        rule: &str,
        threads: Option<usize>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        AnyRule::named(rule).refused()?;
        if let Some(threads) = threads.filter(|threads| !(1..=MOST_THREADS).contains(threads)) {
            let reason = format!("threads is {threads}; allowed: 1 to {MOST_THREADS}, or None for all cores");
            return Err(PyValueError::new_err(reason));
        }
        let Some(first) = params.first() else {
            return Err(PyValueError::new_err("params is empty; allowed: one array or more"));
        };
        let is_single = first
            .cast::<PyUntypedArray>()
            .is_ok_and(|first| first.dtype().is_equiv_to(&numpy::dtype::<f32>(first.py())));
        let lengths = if is_single { lengths::<f32>(&params)? } else { lengths::<f64>(&params)? };
        let numbers = lengths.iter().sum();
        let held = match is_single {
            true => Held::Single(held(rule, lengths)),
            false => Held::Double(held(rule, lengths)),
        };
        let params = params.into_iter().map(Bound::unbind).collect();
        let optimizer = Self { params, numbers, threads, held: Mutex::new(held) };
        optimizer.configure(options)?;
        Ok(optimizer)
    }

    /// Moves every parameter by one step, in place.
    ///
    /// Parameters
    /// ----------
    /// grads : sequence of array_like or None
    ///     A gradient for each parameter, of its shape and dtype; a parameter without one stays as it is, and so does its
    ///     memory.
    ///
    /// Raises
    /// ------
    /// FloatingPointError
    ///     A gradient component is not finite, or too large for the memory. Nothing has changed then.
    /// ValueError, TypeError
    ///     Arrays do not fit: shape, dtype, layout, shared memory. Nothing has changed then.
    fn step(&self, grads: &Bound<'_, PyAny>) -> PyResult<()> {
        let grads = self.listed(grads)?;
        either!(&mut *self.held()?, steps => self.step_in(&mut **steps, &grads))
    }

    /// The number of steps that have been made.
    #[getter]
    fn steps(&self) -> PyResult<u64> {
        either!(&*self.held()?, steps => Ok(steps.steps()))
    }

    /// The name of the rule.
    #[getter]
    fn rule(&self) -> PyResult<&'static str> {
        either!(&*self.held()?, steps => Ok(steps.rule()))
    }

    /// The arrays that are moved.
    #[getter]
    fn params<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, &self.params)
    }

    /// The settings of the rule and of what happens to a gradient before it, by name.
    #[getter]
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        let (settings, transform) =
            either!(&*self.held()?, steps => (steps.settings(), steps.transform().clone()));
        for (name, setting) in settings {
            dict.set_item(name, values::shown(py, &setting)?)?;
        }
        transform.show(&dict)?;
        Ok(dict)
    }

    /// Changes settings by name: those of the rule, `weight_decay`, `decoupled`, `maximize`, `clip_value`, `clip_norm` and
    /// `check`. All are changed, or none where one is refused.
    fn configure(&self, options: &Bound<'_, PyDict>) -> PyResult<()> {
        let mut held = self.held()?;
        let mut transform = either!(&*held, steps => steps.transform().clone());
        let mut settings = Vec::new();
        for (name, value) in options {
            let name: String = name.extract()?;
            if !transform.set(&name, &value)? {
                values::set(&name, &value, |name, text| {
                    settings.push((name.to_owned(), text.to_owned()));
                    Ok(())
                })?;
            }
        }
        either!(&mut *held, steps => steps.configure(&settings, transform))
    }

    /// Returns the state of each parameter under torch's names, None before its first step.
    fn export_state<'py>(&self, py: Python<'py>) -> PyResult<Vec<Option<Bound<'py, PyDict>>>> {
        either!(&*self.held()?, steps => exported(&**steps, &self.bound(py)))
    }

    /// Goes on from the state of each parameter.
    fn restore_state<'py>(&self, py: Python<'py>, states: Vec<Option<Bound<'py, PyDict>>>) -> PyResult<()> {
        either!(&mut *self.held()?, steps => restored(&mut **steps, &self.bound(py), &states))
    }
}

impl Optimizer {
    fn held(&self) -> PyResult<MutexGuard<'_, Held>> {
        // A step never panics, so a lock that cannot be had is taken.
        let busy = |_| PyRuntimeError::new_err("this optimizer is in use by another thread");
        self.held.try_lock().map_err(busy)
    }

    fn bound<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyAny>> {
        self.params.iter().map(|param| param.bind(py).clone()).collect()
    }

    /// Returns a gradient, or none, for each parameter.
    fn listed<'py>(&self, grads: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let list = match grads.cast::<PyUntypedArray>() {
            // An array of one parameter is no sequence of its rows.
            Ok(_) if self.params.len() == 1 => vec![grads.clone()],
            Ok(_) => {
                return Err(PyTypeError::new_err(
                    "grads is an array; allowed: a list of one for each parameter",
                ));
            }
            Err(_) => grads.extract::<Vec<Bound<'py, PyAny>>>()?,
        };
        if list.len() != self.params.len() {
            let (found, expected) = (list.len(), self.params.len());
            let reason = format!("{found} gradients are given; allowed: {expected}, one for each parameter");
            return Err(PyValueError::new_err(reason));
        }
        Ok(list)
    }

    fn step_in<T: Float>(&self, steps: &mut dyn Steps<T>, grads: &[Bound<'_, PyAny>]) -> PyResult<()> {
        let Some(py) = grads.first().map(Bound::py) else { return Ok(()) };
        let mut params: Vec<PyReadwriteArrayDyn<'_, T>> = Vec::with_capacity(grads.len());
        for (place, param) in self.params.iter().enumerate() {
            params.push(parameter(param.bind(py), place)?);
        }
        let mut lent: Vec<Option<PyReadonlyArrayDyn<'_, T>>> = Vec::with_capacity(grads.len());
        for (place, (grad, param)) in grads.iter().zip(&params).enumerate() {
            lent.push(if grad.is_none() { None } else { Some(gradient(grad, param, place)?) });
        }
        // What stands in for the gradient of a parameter without one is never looked at.
        let longest = |(param, grad): (&PyReadwriteArrayDyn<'_, T>, &Option<_>)| {
            if grad.is_none() { param.len() } else { 0 }
        };
        let nothing = vec![T::default(); params.iter().zip(&lent).map(longest).max().unwrap_or(0)];
        steps.freeze(&mut lent.iter().map(Option::is_none));
        let mut tensors: Vec<(&mut [T], &[T])> = Vec::with_capacity(grads.len());
        for (param, grad) in params.iter_mut().zip(&lent) {
            let length = param.len();
            let grad = match grad {
                Some(grad) => grad.as_slice().map_err(PyErr::from)?,
                None => &nothing[..length],
            };
            tensors.push((param.as_slice_mut().map_err(PyErr::from)?, grad));
        }
        let step = || steps.step(&mut tensors);
        released(py, self.numbers, self.threads, step)?.map_err(|error: StepError| refused::step(error))
    }
}

/// Returns the number of numbers in each parameter, once each has been looked at.
fn lengths<T: Float>(params: &[Bound<'_, PyAny>]) -> PyResult<Vec<usize>> {
    let lent: Vec<_> = params
        .iter()
        .enumerate()
        .map(|(place, param)| parameter::<T>(param, place))
        .collect::<PyResult<_>>()?;
    Ok(lent.iter().map(|param| param.len()).collect())
}

/// What a state is made of where no step has been made.
fn fresh<T>(rule: &'static str) -> State<T> {
    State {
        rule: rule.into(),
        step: 0,
        beta_product: 1.0,
        dimension: 0,
        examples: 0,
        slots: Vec::new(),
        apart: Vec::new(),
    }
}
