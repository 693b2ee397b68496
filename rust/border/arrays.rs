//! `NumPy` arrays in and out: slices of what came, new arrays that `NumPy` owns.

use numpy::{
    Element, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadwriteArrayDyn,
    PyUntypedArrayMethods, dtype,
};
use pyo3::exceptions::{PyMemoryError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// A new array of zeros, C-contiguous, or `MemoryError`.
pub fn zeros<'py, T: Element>(
    py: Python<'py>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    new(py, "zeros", shape)
}

/// As [`zeros`], of numbers that mean nothing: for kernels that write each of them. Memory that the
/// process has used before is not cleared first, which takes as long as drawing a quarter of it.
pub fn unset<'py, T: Element>(
    py: Python<'py>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    new(py, "empty", shape)
}

fn new<'py, T: Element>(
    py: Python<'py>,
    how: &str,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    let kind = dtype::<T>(py);
    let bytes = shape
        .iter()
        .try_fold(kind.itemsize(), |total, &size| total.checked_mul(size));
    if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) && !shape.contains(&0) {
        return Err(PyMemoryError::new_err(format!(
            "the size of an array of shape {shape:?} overflows the address space"
        )));
    }
    // NumPy's own door raises MemoryError where the binding's constructors would panic.
    let array = py
        .import("numpy")?
        .call_method1(how, (PyTuple::new(py, shape)?, kind))?;
    Ok(array.cast_into::<PyArrayDyn<T>>()?)
}

/// The array that a kernel is to fill: the caller's, which must be of this kind and shape, or a new
/// one as of [`unset`].
pub fn output<'py, T: Element>(
    py: Python<'py>,
    shape: &[usize],
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<PyReadwriteArrayDyn<'py, T>> {
    let Some(given) = out else {
        return Ok(unset::<T>(py, shape)?.try_readwrite()?);
    };
    let array = given
        .cast::<PyArrayDyn<T>>()
        .map_err(|_| PyTypeError::new_err(format!("out must be an array of {}", dtype::<T>(py))))?;
    if array.shape() != shape {
        let got = array.shape();
        let reason = format!("out must have shape {shape:?}; got {got:?}");
        return Err(PyValueError::new_err(reason));
    }
    Ok(array.try_readwrite()?)
}

/// The items of a new array, to be filled.
pub fn items<'a, T: Element>(array: &'a mut Bound<'_, PyArrayDyn<T>>) -> PyResult<&'a mut [T]> {
    // SAFETY: the array was made above in the same call, so no other reference to it exists. Where
    // it was not cleared it holds what NumPy's allocator left, and any bytes make numbers.
    unsafe { array.as_slice_mut() }.map_err(Into::into)
}
