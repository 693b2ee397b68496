//! Doors of the random numbers, of Wishart and Gaussian matrices, and of tridiagonal spectra.

use numpy::{Element, PyArrayDyn, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use typicality::error::Error;
use typicality::linalg::tridiagonal;
use typicality::random::draws;
use typicality::simd::{self, Real};
use typicality::spectra::field::Field;
use typicality::spectra::gaussian;
use typicality::spectra::laguerre::Laguerre;
use typicality::spectra::wishart::{Streams, Wishart};

use crate::draws::{family, field, field_array, filled, real_array};
use crate::{arrays, enter, errors};

type Object<'py> = Bound<'py, PyAny>;
type Input<'py, T> = PyReadonlyArrayDyn<'py, T>;

/// Standard normals `(size, n)`; row i is stream `first + i` of the label.
#[pyfunction]
fn standard_normals<'py>(
    py: Python<'py>,
    key: &[u8],
    label: &[u8],
    first: u64,
    size: usize,
    n: usize,
    single: bool,
) -> PyResult<Object<'py>> {
    let family = family(py, key, label)?;
    real_array!(py, single, &[size, n], None, |out, job| {
        draws::standard_normals(&family, first, n, out, job)
    })
}

/// Uniform numbers in [0, 1), `(size, n)`; row i is stream `first + i` of the label.
#[pyfunction]
fn uniforms<'py>(
    py: Python<'py>,
    key: &[u8],
    label: &[u8],
    first: u64,
    size: usize,
    n: usize,
) -> PyResult<Object<'py>> {
    let family = family(py, key, label)?;
    filled::<f64, _>(py, &[size, n], None, |out, job| {
        draws::uniforms(&family, first, n, out, job)
    })
}

/// Wishart matrices `(size, p, p)` of n degrees of freedom.
#[pyfunction]
#[pyo3(signature = (key, first, size, p, n, beta, single, out=None))]
fn wishart_matrices<'py>(
    py: Python<'py>,
    key: &[u8],
    first: u64,
    size: usize,
    p: usize,
    n: f64,
    beta: u32,
    single: bool,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let field = field(py, beta)?;
    let streams = Streams {
        normals: family(py, key, b"wishart_matrices")?,
        gammas: family(py, key, b"wishart_diagonal")?,
    };
    let wishart = Wishart::new(p, n, field).map_err(|error| errors::to_python(py, &error))?;
    field_array!(py, field, single, &[size, p, p], out, |numbers, job| {
        wishart.matrices(&streams, first, false, numbers, job)
    })
}

/// Nonzero eigenvalues of Wishart matrices, `(size, m)`, ascending.
#[pyfunction]
#[pyo3(signature = (key, first, size, m, n, beta, single, out=None))]
fn wishart_eigenvalues<'py>(
    py: Python<'py>,
    key: &[u8],
    first: u64,
    size: usize,
    m: usize,
    n: f64,
    beta: u32,
    single: bool,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let model =
        Laguerre::new(m, n, field(py, beta)?).map_err(|error| errors::to_python(py, &error))?;
    let family = family(py, key, b"wishart_spectra")?;
    real_array!(py, single, &[size, m], out, |numbers, job| {
        model.wishart_eigenvalues(&family, first, numbers, job)
    })
}

/// GUE or GOE matrices `(size, n, n)`.
#[pyfunction]
#[pyo3(signature = (key, first, size, n, beta, single, out=None))]
fn gaussian_matrices<'py>(
    py: Python<'py>,
    key: &[u8],
    first: u64,
    size: usize,
    n: usize,
    beta: u32,
    single: bool,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let field = field(py, beta)?;
    let family = family(py, key, b"gaussian_matrix")?;
    field_array!(py, field, single, &[size, n, n], out, |numbers, job| {
        gaussian::gaussian_matrices(&family, first, n, field, numbers, job)
    })
}

/// Eigenvalues `(b, n)` of tridiagonal matrices, ascending.
#[pyfunction]
fn tridiagonal_eigenvalues<'py>(
    py: Python<'py>,
    diagonal: &Bound<'py, PyAny>,
    off_diagonal: &Bound<'py, PyAny>,
) -> PyResult<Object<'py>> {
    if let Ok(diagonal) = diagonal.extract::<Input<'_, f64>>() {
        return tridiagonal_in(py, &diagonal, &off_diagonal.extract()?);
    }
    let wrong = |_| PyTypeError::new_err("diagonal must be an array of float32 or float64");
    let diagonal = diagonal.extract::<Input<'_, f32>>().map_err(wrong)?;
    tridiagonal_in(py, &diagonal, &off_diagonal.extract()?)
}

fn tridiagonal_in<'py, T: Real + Element>(
    py: Python<'py>,
    diagonal: &Input<'py, T>,
    off_diagonal: &Input<'py, T>,
) -> PyResult<Object<'py>> {
    let &[_, n] = diagonal.shape() else {
        let error = Error::value("diagonal", "must have two axes");
        return Err(errors::to_python(py, &error));
    };
    let mut out: Bound<'py, PyArrayDyn<T>> = arrays::zeros(py, diagonal.shape())?;
    let items = arrays::items(&mut out)?;
    items.copy_from_slice(diagonal.as_slice()?);
    let off_diagonal = off_diagonal.as_slice()?;
    enter::run(py, move |job| {
        tridiagonal::eigenvalues(n, items, off_diagonal, job)
    })?;
    Ok(out.into_any())
}

/// The instruction set in force: "baseline", "avx2" or "avx512".
#[pyfunction]
fn simd_level() -> &'static str {
    simd::level().name()
}

/// Adds these functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(standard_normals, module)?)?;
    module.add_function(wrap_pyfunction!(uniforms, module)?)?;
    module.add_function(wrap_pyfunction!(wishart_matrices, module)?)?;
    module.add_function(wrap_pyfunction!(wishart_eigenvalues, module)?)?;
    module.add_function(wrap_pyfunction!(gaussian_matrices, module)?)?;
    module.add_function(wrap_pyfunction!(tridiagonal_eigenvalues, module)?)?;
    module.add_function(wrap_pyfunction!(simd_level, module)?)
}
