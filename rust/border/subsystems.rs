//! Doors of what is seen of given states: reduced states, partial traces, spectra.
//! Batches come as `(b, D)` or `(b, D, D)`, in one of four kinds of numbers.

use num_complex::Complex;
use numpy::{Element, PyArrayDyn, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use typicality::error::Error;
use typicality::linalg::hermitian;
use typicality::linalg::hermiticity;
use typicality::linalg::norm;
use typicality::linalg::scalar::Scalar;
use typicality::quantum::cut::Cut;
use typicality::quantum::reduced_state::Memory;
use typicality::quantum::{partial_trace as traces, reduced_state};

use crate::{arrays, enter, errors};

type Object<'py> = Bound<'py, PyAny>;
type Input<'py, T> = PyReadonlyArrayDyn<'py, T>;

/// Calls a generic function with an array of whichever of the four kinds it holds.
macro_rules! by_kind {
    ($name:literal, $function:ident($py:expr, $array:expr $(, $more:expr)*)) => {
        if let Ok(array) = $array.extract::<Input<'_, f64>>() {
            $function::<f64>($py, &array $(, $more)*)
        } else if let Ok(array) = $array.extract::<Input<'_, Complex<f64>>>() {
            $function::<Complex<f64>>($py, &array $(, $more)*)
        } else if let Ok(array) = $array.extract::<Input<'_, f32>>() {
            $function::<f32>($py, &array $(, $more)*)
        } else if let Ok(array) = $array.extract::<Input<'_, Complex<f32>>>() {
            $function::<Complex<f32>>($py, &array $(, $more)*)
        } else {
            Err(PyTypeError::new_err(concat!(
                $name,
                " must be an array of float32, float64, complex64 or complex128"
            )))
        }
    };
}

/// The cut that keeps these subsystems.
pub fn cut(py: Python<'_>, dims: &[usize], keep: &[usize]) -> PyResult<Cut> {
    Cut::new(dims, keep).map_err(|error| errors::to_python(py, &error))
}

/// Number of items of a batch, which must have the given shape each.
fn batch<T: Element>(
    py: Python<'_>,
    name: &'static str,
    array: &Input<'_, T>,
    item: &[usize],
) -> PyResult<usize> {
    match array.shape().split_first() {
        Some((&batch, rest)) if rest == item => Ok(batch),
        _ => {
            let got = array.shape();
            let reason = format!("must have shape (b, ...) with {item:?} at the end, got {got:?}");
            Err(errors::to_python(py, &Error::value(name, reason)))
        }
    }
}

fn reduced_in<'py, T: Scalar + Element>(
    py: Python<'py>,
    psi: &Input<'py, T>,
    cut: &Cut,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let batch = batch(py, "psi", psi, &[cut.total()])?;
    let psi = psi.as_slice()?;
    let memory = match out {
        Some(_) => Memory::Used,
        None => Memory::Fresh,
    };
    let mut out = arrays::output::<T>(py, &[batch, cut.d_keep(), cut.d_keep()], out)?;
    let items = out.as_slice_mut()?;
    enter::run(py, move |job| {
        reduced_state::reduced_density_matrices(psi, cut, items, memory, job)
    })?;
    Ok(out.as_any().clone())
}

fn traces_in<'py, T: Scalar + Element>(
    py: Python<'py>,
    rho: &Input<'py, T>,
    cut: &Cut,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let batch = batch(py, "rho", rho, &[cut.total(), cut.total()])?;
    let rho = rho.as_slice()?;
    let mut out = arrays::output::<T>(py, &[batch, cut.d_keep(), cut.d_keep()], out)?;
    let items = out.as_slice_mut()?;
    enter::run(py, move |job| traces::partial_traces(rho, cut, items, job))?;
    Ok(out.as_any().clone())
}

fn spectra_in<'py, T: Scalar<Real: Element> + Element>(
    py: Python<'py>,
    psi: &Input<'py, T>,
    cut: &Cut,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let batch = batch(py, "psi", psi, &[cut.total()])?;
    let psi = psi.as_slice()?;
    let mut out = arrays::output::<T::Real>(py, &[batch, cut.d_keep().min(cut.d_rest())], out)?;
    let items = out.as_slice_mut()?;
    enter::run(py, move |job| {
        reduced_state::schmidt_spectra(psi, cut, items, job)
    })?;
    Ok(out.as_any().clone())
}

fn eigenvalues_in<'py, T: Scalar<Real: Element> + Element>(
    py: Python<'py>,
    matrices: &Input<'py, T>,
) -> PyResult<Object<'py>> {
    let n = matrices.shape().last().copied().unwrap_or(0);
    let batch = batch(py, "matrices", matrices, &[n, n])?;
    let matrices = matrices.as_slice()?;
    let mut out: Bound<'py, PyArrayDyn<T::Real>> = arrays::zeros(py, &[batch, n])?;
    let items = arrays::items(&mut out)?;
    enter::run(py, move |job| {
        hermitian::eigenvalues(n, matrices, items, job)
    })?;
    Ok(out.into_any())
}

fn norms_in<'py, T: Scalar + Element>(
    py: Python<'py>,
    vectors: &Input<'py, T>,
) -> PyResult<Object<'py>> {
    let length = vectors.shape().last().copied().unwrap_or(0);
    let batch = batch(py, "vectors", vectors, &[length])?;
    let vectors = vectors.as_slice()?;
    let mut out = arrays::zeros::<f64>(py, &[batch])?;
    let items = arrays::items(&mut out)?;
    enter::run(py, move |job| {
        norm::squared_norms(length, vectors, items, job)
    })?;
    Ok(out.into_any())
}

/// Squared norms `(b,)` of the rows of `vectors` `(b, n)`, float64; not finite where an entry is not.
#[pyfunction]
fn squared_norms<'py>(py: Python<'py>, vectors: &Object<'py>) -> PyResult<Object<'py>> {
    by_kind!("vectors", norms_in(py, vectors))
}

fn skew_in<'py, T: Scalar + Element>(py: Python<'py>, matrices: &Input<'py, T>) -> PyResult<f64> {
    let n = matrices.shape().last().copied().unwrap_or(0);
    batch(py, "matrices", matrices, &[n, n])?;
    let matrices = matrices.as_slice()?;
    enter::run(py, move |job| {
        hermiticity::hermiticity_defect(n, matrices, job)
    })
}

/// Largest `|a_ij - conj(a_ji)|` of the `matrices` `(b, n, n)`.
#[pyfunction]
fn hermitian_skew(py: Python<'_>, matrices: &Object<'_>) -> PyResult<f64> {
    by_kind!("matrices", skew_in(py, matrices))
}

/// Eigenvalues `(b, n)` of the Hermitian `matrices` `(b, n, n)`, ascending; lower halves are read.
#[pyfunction]
fn hermitian_eigenvalues<'py>(py: Python<'py>, matrices: &Object<'py>) -> PyResult<Object<'py>> {
    by_kind!("matrices", eigenvalues_in(py, matrices))
}

/// Reduced density matrices `(b, d_keep, d_keep)` of the states `psi` `(b, D)`.
#[pyfunction]
#[pyo3(signature = (psi, dims, keep, out=None))]
fn reduced_density_matrix<'py>(
    py: Python<'py>,
    psi: &Object<'py>,
    dims: Vec<usize>,
    keep: Vec<usize>,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let cut = cut(py, &dims, &keep)?;
    by_kind!("psi", reduced_in(py, psi, &cut, out))
}

/// Partial traces `(b, d_keep, d_keep)` of the matrices `rho` `(b, D, D)`.
#[pyfunction]
#[pyo3(signature = (rho, dims, keep, out=None))]
fn partial_trace<'py>(
    py: Python<'py>,
    rho: &Object<'py>,
    dims: Vec<usize>,
    keep: Vec<usize>,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let cut = cut(py, &dims, &keep)?;
    by_kind!("rho", traces_in(py, rho, &cut, out))
}

/// Squared Schmidt coefficients `(b, m)` of the states `psi` `(b, D)`, descending.
#[pyfunction]
#[pyo3(signature = (psi, dims, keep, out=None))]
fn schmidt_spectrum<'py>(
    py: Python<'py>,
    psi: &Object<'py>,
    dims: Vec<usize>,
    keep: Vec<usize>,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let cut = cut(py, &dims, &keep)?;
    by_kind!("psi", spectra_in(py, psi, &cut, out))
}

/// Adds the functions of given states to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(squared_norms, module)?)?;
    module.add_function(wrap_pyfunction!(hermitian_skew, module)?)?;
    module.add_function(wrap_pyfunction!(hermitian_eigenvalues, module)?)?;
    module.add_function(wrap_pyfunction!(reduced_density_matrix, module)?)?;
    module.add_function(wrap_pyfunction!(partial_trace, module)?)?;
    module.add_function(wrap_pyfunction!(schmidt_spectrum, module)?)
}
