//! The state of an optimizer as torch has it: for each parameter its step and its moments, under torch's names.

use amsgrad::power::Power;
use amsgrad::state::{Apart, Slot};
use amsgrad::{Schedule, State};
use numpy::{PyArray1, PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::fresh;
use super::held::Steps;
use crate::arrays::{Float, asarray};
use crate::refused::Refused;

/// What torch calls the numbers kept per coordinate.
fn torch_name(slot: &str) -> &str {
    match slot {
        "m" => "exp_avg",
        "v" => "exp_avg_sq",
        "v_hat" => "max_exp_avg_sq",
        slot => slot,
    }
}

/// The product of beta1 over some steps, kept where it is no power of a constant beta1.
const PRODUCT: &str = "beta_product";

/// Returns the product of beta1 that a number of steps alone tells.
fn told<T: Float>(steps: &dyn Steps<T>, step: u64) -> Option<f64> {
    match steps.beta1() {
        None => Some(1.0),
        Some(Schedule::Constant(beta1)) if steps.rule() != "nadam" => Some(Power::new(*beta1).at(step)),
        Some(_) => None,
    }
}

/// Returns the state of each parameter; None where it has made no step.
pub(super) fn exported<'py, T: Float>(
    steps: &dyn Steps<T>,
    params: &[Bound<'py, PyAny>],
) -> PyResult<Vec<Option<Bound<'py, PyDict>>>> {
    let state = steps.state();
    let mut start = 0;
    let one = |param: &Bound<'py, PyAny>| {
        let param = param.cast::<PyArrayDyn<T>>()?;
        let range = start..start + param.len();
        start = range.end;
        let apart = state.apart.iter().find(|apart| apart.range.contains(&range.start));
        let (step, product) = apart.map_or((state.step, state.beta_product), |it| (it.step, it.beta_product));
        if step == 0 || state.dimension == 0 {
            return Ok(None);
        }
        let dict = PyDict::new(param.py());
        dict.set_item("step", step)?;
        for slot in &state.slots {
            let numbers = slot.values.get(range.clone()).unwrap_or_default();
            dict.set_item(torch_name(&slot.name), like(param, numbers)?)?;
        }
        if told(steps, step) != Some(product) {
            dict.set_item(PRODUCT, product)?;
        }
        Ok(Some(dict))
    };
    params.iter().map(one).collect()
}

/// Returns numbers as an array of the same shape, with the same order in memory.
fn like<'py, T: Float>(
    param: &Bound<'py, PyArrayDyn<T>>,
    numbers: &[T],
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    let order = match param.is_c_contiguous() {
        true => numpy::npyffi::types::NPY_ORDER::NPY_CORDER,
        false => numpy::npyffi::types::NPY_ORDER::NPY_FORTRANORDER,
    };
    PyArray1::from_slice(param.py(), numbers).reshape_with_order(param.shape(), order)
}

/// Takes the state of each parameter over.
pub(super) fn restored<'py, T: Float>(
    steps: &mut dyn Steps<T>,
    params: &[Bound<'py, PyAny>],
    states: &[Option<Bound<'py, PyDict>>],
) -> PyResult<()> {
    if states.len() != params.len() {
        let (found, expected) = (states.len(), params.len());
        let reason =
            format!("the state is of {found} parameters; allowed: {expected}, as this optimizer has");
        return Err(PyValueError::new_err(reason));
    }
    let mut state = fresh::<T>(steps.rule());
    state.slots =
        steps.slots().iter().map(|slot| Slot { name: (*slot).into(), values: Vec::new() }).collect();
    for (place, (param, saved)) in params.iter().zip(states).enumerate() {
        let param = param.cast::<PyArrayDyn<T>>()?;
        let range = state.dimension..state.dimension + param.len();
        state.dimension = range.end;
        let (step, beta_product) = match saved {
            Some(saved) => moment(steps, saved, place)?,
            None => (0, 1.0),
        };
        if !range.is_empty() {
            state.apart.push(Apart { range, step, beta_product });
        }
        // A slot that one parameter lacks is left out, and missed by the rule.
        let mut kept = Vec::new();
        for mut slot in std::mem::take(&mut state.slots) {
            let numbers = match saved {
                None => vec![T::default(); param.len()],
                Some(saved) => match saved.get_item(torch_name(&slot.name))? {
                    Some(array) => flat(param, &array, torch_name(&slot.name), place)?,
                    None => continue,
                },
            };
            slot.values.extend(numbers);
            kept.push(slot);
        }
        state.slots = kept;
    }
    settle(&mut state);
    steps.set_state(&state).refused()
}

/// Makes the latest step that of the whole, and keeps apart only those that differ from it.
fn settle<T>(state: &mut State<T>) {
    let latest = state.apart.iter().max_by_key(|apart| apart.step).map(|it| (it.step, it.beta_product));
    (state.step, state.beta_product) = latest.unwrap_or((0, 1.0));
    let latest = (state.step, state.beta_product);
    state.apart.retain(|apart| (apart.step, apart.beta_product) != latest);
    if state.step == 0 {
        state.dimension = 0;
        state.slots.iter_mut().for_each(|slot| slot.values.clear());
    }
}

/// Returns the number of steps of a parameter, and the product of beta1 over them.
fn moment<T: Float>(steps: &dyn Steps<T>, saved: &Bound<'_, PyDict>, place: usize) -> PyResult<(u64, f64)> {
    let missing = |what: &str| PyValueError::new_err(format!("the state of parameter {place} has no {what}"));
    let step = saved.get_item("step")?.ok_or_else(|| missing("step"))?;
    let number: f64 = step.call_method0("__float__")?.extract()?;
    let exact = number >= 0.0 && number.fract() == 0.0 && number < 2.0_f64.powi(63);
    if !exact {
        let reason = format!("the step of parameter {place} is {number}; allowed: a whole number, 0 or more");
        return Err(PyValueError::new_err(reason));
    }
    let step = number as u64;
    match saved.get_item(PRODUCT)? {
        Some(product) => Ok((step, product.extract()?)),
        None => Ok((step, told(steps, step).ok_or_else(|| missing(PRODUCT))?)),
    }
}

/// Returns the numbers of a saved array in the order in which the parameter lies in memory.
fn flat<T: Float>(
    param: &Bound<'_, PyArrayDyn<T>>,
    array: &Bound<'_, PyAny>,
    name: &str,
    place: usize,
) -> PyResult<Vec<T>> {
    let array = asarray::<T>(array, !param.is_c_contiguous())?;
    if array.shape() != param.shape() {
        let reason = format!(
            "{name} of parameter {place} has shape {:?}; allowed: {:?}, that of the parameter",
            array.shape(),
            param.shape()
        );
        return Err(PyValueError::new_err(reason));
    }
    let lent = array.try_readonly().map_err(PyErr::from)?;
    Ok(lent.as_slice().map_err(PyErr::from)?.to_vec())
}
