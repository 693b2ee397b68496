//! Bytes that the kernels work in beside their results, as the kernels themselves count them, for the
//! number of threads in force. Nothing is allocated.
//!
//! Sizes may be Python integers of any length; those beyond [`LARGEST`] count as that, which no memory has
//! room for either.

use num_complex::Complex;
use numpy::{PyArrayDescr, PyArrayDescrMethods, dtype};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use typicality::linalg::hermitian::eigenvalues_workspace_bytes;
use typicality::linalg::tridiagonal::solve_workspace_bytes;
use typicality::quantum::reduced_state::{
    Memory, reduced_density_matrices_workspace_bytes, schmidt_spectra_workspace_bytes,
};
use typicality::quantum::unitaries::haar_isometries_workspace_bytes;
use typicality::spectra::gaussian::gaussian_matrices_workspace_bytes;
use typicality::spectra::laguerre::Laguerre;
use typicality::spectra::wishart::Wishart;

use crate::draws::field;
use crate::subsystems::cut;
use crate::threads::get_threads;

/// Largest size that is told from larger ones: the counts of the core do not overflow up to it.
const LARGEST: usize = 1 << 48;

/// A size that a Python integer gives.
fn size(given: &Bound<'_, PyAny>) -> PyResult<usize> {
    match given.extract::<usize>() {
        Ok(size) => Ok(size.min(LARGEST)),
        Err(error) if error.is_instance_of::<PyOverflowError>(given.py()) && given.gt(0)? => {
            Ok(LARGEST)
        }
        Err(error) => Err(error),
    }
}

/// Calls a generic function with the number type of a dtype.
macro_rules! by_dtype {
    ($py:expr, $dtype:expr, $function:ident($($argument:expr),*)) => {
        if $dtype.is_equiv_to(&dtype::<f64>($py)) {
            Ok($function::<f64>($($argument),*))
        } else if $dtype.is_equiv_to(&dtype::<Complex<f64>>($py)) {
            Ok($function::<Complex<f64>>($($argument),*))
        } else if $dtype.is_equiv_to(&dtype::<f32>($py)) {
            Ok($function::<f32>($($argument),*))
        } else if $dtype.is_equiv_to(&dtype::<Complex<f32>>($py)) {
            Ok($function::<Complex<f32>>($($argument),*))
        } else {
            Err(PyTypeError::new_err(
                "dtype must be float32, float64, complex64 or complex128",
            ))
        }
    };
}

/// Of `tridiagonal_eigenvalues` for `count` matrices of order n.
#[pyfunction]
fn tridiagonal_eigenvalues_workspace(
    py: Python<'_>,
    #[pyo3(from_py_with = size)] count: usize,
    #[pyo3(from_py_with = size)] n: usize,
) -> PyResult<u128> {
    Ok(solve_workspace_bytes(n, count, get_threads(py)?))
}

/// Of `hermitian_eigenvalues` for `count` matrices of order n.
#[pyfunction]
fn hermitian_eigenvalues_workspace(
    py: Python<'_>,
    #[pyo3(from_py_with = size)] count: usize,
    #[pyo3(from_py_with = size)] n: usize,
    dtype: &Bound<'_, PyArrayDescr>,
) -> PyResult<u128> {
    let threads = get_threads(py)?;
    by_dtype!(py, dtype, eigenvalues_workspace_bytes(n, count, threads))
}

/// Of `haar_isometries` for `count` samples of n vectors of d entries.
#[pyfunction]
fn haar_isometries_workspace(
    py: Python<'_>,
    #[pyo3(from_py_with = size)] count: usize,
    #[pyo3(from_py_with = size)] d: usize,
    #[pyo3(from_py_with = size)] n: usize,
    beta: u32,
    single: bool,
) -> PyResult<u128> {
    let (field, threads) = (field(py, beta)?, get_threads(py)?);
    Ok(if single {
        haar_isometries_workspace_bytes::<f32>(d, n, field, count, threads)
    } else {
        haar_isometries_workspace_bytes::<f64>(d, n, field, count, threads)
    })
}

/// Of `gaussian_matrices` for `count` samples of order n.
#[pyfunction]
fn gaussian_matrices_workspace(
    py: Python<'_>,
    #[pyo3(from_py_with = size)] count: usize,
    #[pyo3(from_py_with = size)] n: usize,
    beta: u32,
    single: bool,
) -> PyResult<u128> {
    let (field, threads) = (field(py, beta)?, get_threads(py)?);
    Ok(if single {
        gaussian_matrices_workspace_bytes::<f32>(n, field, count, threads)
    } else {
        gaussian_matrices_workspace_bytes::<f64>(n, field, count, threads)
    })
}

/// Of `wishart_matrices` and `haar_reduced_states` for `count` samples of order p and rank `min(p, n)`.
#[pyfunction]
fn wishart_matrices_workspace(
    py: Python<'_>,
    #[pyo3(from_py_with = size)] count: usize,
    #[pyo3(from_py_with = size)] p: usize,
    #[pyo3(from_py_with = size)] n: usize,
    beta: u32,
    single: bool,
) -> PyResult<u128> {
    let (field, threads, rank) = (field(py, beta)?, get_threads(py)?, p.min(n));
    Ok(if single {
        Wishart::matrices_workspace_bytes::<f32>(p, rank, field, count, threads)
    } else {
        Wishart::matrices_workspace_bytes::<f64>(p, rank, field, count, threads)
    })
}

/// Of `reduced_density_matrix` for `count` states, where the result is `given` or a new array.
#[pyfunction]
fn reduced_density_matrix_workspace(
    py: Python<'_>,
    #[pyo3(from_py_with = size)] count: usize,
    dims: Vec<usize>,
    keep: Vec<usize>,
    dtype: &Bound<'_, PyArrayDescr>,
    given: bool,
) -> PyResult<u128> {
    let (cut, threads) = (cut(py, &dims, &keep)?, get_threads(py)?);
    let memory = if given { Memory::Used } else { Memory::Fresh };
    by_dtype!(
        py,
        dtype,
        reduced_density_matrices_workspace_bytes(&cut, count, memory, threads)
    )
}

/// Of `schmidt_spectrum` for `count` states.
#[pyfunction]
fn schmidt_spectrum_workspace(
    py: Python<'_>,
    #[pyo3(from_py_with = size)] count: usize,
    dims: Vec<usize>,
    keep: Vec<usize>,
    dtype: &Bound<'_, PyArrayDescr>,
) -> PyResult<u128> {
    let (cut, threads) = (cut(py, &dims, &keep)?, get_threads(py)?);
    by_dtype!(
        py,
        dtype,
        schmidt_spectra_workspace_bytes(&cut, count, threads)
    )
}

/// Of `wishart_eigenvalues` and `haar_schmidt_spectra` for `count` samples of m eigenvalues.
#[pyfunction]
fn wishart_eigenvalues_workspace(
    py: Python<'_>,
    #[pyo3(from_py_with = size)] count: usize,
    #[pyo3(from_py_with = size)] m: usize,
) -> PyResult<u128> {
    Ok(Laguerre::spectra_workspace_bytes(
        m,
        count,
        get_threads(py)?,
    ))
}

/// Adds these functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(tridiagonal_eigenvalues_workspace, module)?)?;
    module.add_function(wrap_pyfunction!(hermitian_eigenvalues_workspace, module)?)?;
    module.add_function(wrap_pyfunction!(haar_isometries_workspace, module)?)?;
    module.add_function(wrap_pyfunction!(gaussian_matrices_workspace, module)?)?;
    module.add_function(wrap_pyfunction!(wishart_matrices_workspace, module)?)?;
    module.add_function(wrap_pyfunction!(reduced_density_matrix_workspace, module)?)?;
    module.add_function(wrap_pyfunction!(schmidt_spectrum_workspace, module)?)?;
    module.add_function(wrap_pyfunction!(wishart_eigenvalues_workspace, module)?)
}
