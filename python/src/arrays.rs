//! NumPy's arrays as slices: looked at closely, and never copied unless a gradient is laid out otherwise than its parameter.

use amsgrad::Real;
use numpy::{
    BorrowError, Element, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArray,
    PyUntypedArrayMethods,
};
use numpy::{PyReadonlyArrayDyn, PyReadwriteArrayDyn};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// A number type of parameters.
pub(crate) trait Float: Real + Element {}
impl Float for f32 {}
impl Float for f64 {}

/// Lends a parameter for writing.
pub(crate) fn parameter<'py, T: Float>(
    array: &Bound<'py, PyAny>,
    place: usize,
) -> PyResult<PyReadwriteArrayDyn<'py, T>> {
    let array = typed::<T>(array, || format!("parameter {place}"))?;
    let refused = |what: &str| PyValueError::new_err(format!("parameter {place} {what}"));
    if !(array.is_c_contiguous() || array.is_fortran_contiguous()) {
        return Err(refused("is not contiguous; pass the array that it is a view of, or a contiguous copy"));
    }
    array.try_readwrite().map_err(|error| match error {
        BorrowError::NotWriteable => refused("is read-only; pass an array that can be written"),
        _ => refused("is in use: it shares memory with another parameter, or another thread steps it"),
    })
}

/// Lends a gradient for reading, in the order in which `parameter` lies in memory.
pub(crate) fn gradient<'py, T: Float>(
    given: &Bound<'py, PyAny>,
    parameter: &PyReadwriteArrayDyn<'py, T>,
    place: usize,
) -> PyResult<PyReadonlyArrayDyn<'py, T>> {
    let fortran = !parameter.is_c_contiguous();
    let of_numpy = given.cast::<PyUntypedArray>().is_ok();
    let array = match of_numpy {
        true => typed::<T>(given, || format!("gradient {place}"))?.clone(),
        false => asarray::<T>(given, fortran)?,
    };
    if array.shape() != parameter.shape() {
        let reason = format!(
            "gradient {place} has shape {:?}; allowed: {:?}, that of its parameter",
            array.shape(),
            parameter.shape()
        );
        return Err(PyValueError::new_err(reason));
    }
    let alike = if fortran { array.is_fortran_contiguous() } else { array.is_c_contiguous() };
    let array = if alike { array } else { asarray::<T>(&array, fortran)? };
    array.try_readonly().map_err(|_| {
        PyValueError::new_err(format!(
            "gradient {place} shares memory with a parameter; pass an array of its own"
        ))
    })
}

/// Returns numbers as an array of this type, in the order of C or Fortran.
pub(crate) fn asarray<'py, T: Float>(
    given: &Bound<'py, PyAny>,
    fortran: bool,
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    let order = if fortran { "F" } else { "C" };
    let array =
        given.py().import("numpy")?.call_method1("asarray", (given, numpy::dtype::<T>(given.py()), order))?;
    Ok(array.cast_into::<PyArrayDyn<T>>()?)
}

fn typed<'a, 'py, T: Float>(
    array: &'a Bound<'py, PyAny>,
    what: impl Fn() -> String,
) -> PyResult<&'a Bound<'py, PyArrayDyn<T>>> {
    array.cast::<PyArrayDyn<T>>().map_err(|_| match array.cast::<PyUntypedArray>() {
        Ok(array) => {
            let (found, expected) = (array.dtype(), numpy::dtype::<T>(array.py()));
            let order =
                if found.is_native_byteorder() == Some(false) { ", in native byte order" } else { "" };
            let reason =
                format!("{} has dtype {found}; allowed: {expected}{order}, as the first parameter", what());
            PyTypeError::new_err(reason)
        }
        Err(_) => {
            let found = array.get_type();
            PyTypeError::new_err(format!("{} is a {found}; allowed: an array of NumPy", what()))
        }
    })
}
