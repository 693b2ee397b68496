//! Doors of Haar-random states and of what is seen of them.

use numpy::PyReadonlyArrayDyn;
use pyo3::prelude::*;
use typicality::quantum::observable::Spectrum;
use typicality::quantum::{haar, power_traces, schmidt, unitaries};
use typicality::spectra::field::Field;
use typicality::spectra::laguerre::Laguerre;
use typicality::spectra::wishart::{Streams, Wishart};

use crate::draws::{family, field, field_array, filled, real_array};
use crate::errors;

type Object<'py> = Bound<'py, PyAny>;

/// State vectors `(size, d)`.
#[pyfunction]
#[pyo3(signature = (key, first, size, d, beta, single, out=None))]
fn haar_states<'py>(
    py: Python<'py>,
    key: &[u8],
    first: u64,
    size: usize,
    d: usize,
    beta: u32,
    single: bool,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let field = field(py, beta)?;
    let family = family(py, key, b"haar_states")?;
    field_array!(py, field, single, &[size, d], out, |numbers, job| {
        haar::haar_states(&family, first, d, field, numbers, job)
    })
}

/// Unitary or orthogonal matrices `(size, d, d)`.
#[pyfunction]
#[pyo3(signature = (key, first, size, d, beta, single, out=None))]
fn haar_unitaries<'py>(
    py: Python<'py>,
    key: &[u8],
    first: u64,
    size: usize,
    d: usize,
    beta: u32,
    single: bool,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let field = field(py, beta)?;
    let family = family(py, key, b"haar_unitaries")?;
    field_array!(py, field, single, &[size, d, d], out, |numbers, job| {
        unitaries::haar_isometries(&family, first, d, d, field, numbers, job)
    })
}

/// Orthonormal rows `(size, n, d)`, like n eigenvectors of a GUE or GOE matrix of order d.
#[pyfunction]
#[pyo3(signature = (key, first, size, d, n, beta, single, out=None))]
fn haar_isometries<'py>(
    py: Python<'py>,
    key: &[u8],
    first: u64,
    size: usize,
    d: usize,
    n: usize,
    beta: u32,
    single: bool,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let field = field(py, beta)?;
    let family = family(py, key, b"haar_isometries")?;
    field_array!(py, field, single, &[size, n, d], out, |numbers, job| {
        unitaries::haar_isometries(&family, first, d, n, field, numbers, job)
    })
}

/// Reduced states `(size, d_a, d_a)`.
#[pyfunction]
#[pyo3(signature = (key, first, size, d_a, d_b, beta, single, out=None))]
fn haar_reduced_states<'py>(
    py: Python<'py>,
    key: &[u8],
    first: u64,
    size: usize,
    d_a: usize,
    d_b: f64,
    beta: u32,
    single: bool,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let field = field(py, beta)?;
    let streams = Streams {
        normals: family(py, key, b"haar_reduced")?,
        gammas: family(py, key, b"reduced_diagonal")?,
    };
    let wishart = Wishart::new(d_a, d_b, field).map_err(|error| errors::to_python(py, &error))?;
    field_array!(py, field, single, &[size, d_a, d_a], out, |numbers, job| {
        wishart.matrices(&streams, first, true, numbers, job)
    })
}

/// Squared Schmidt coefficients `(size, m)`, descending.
#[pyfunction]
#[pyo3(signature = (key, first, size, m, n, beta, single, out=None))]
fn haar_schmidt_spectra<'py>(
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
    let family = family(py, key, b"haar_schmidt")?;
    real_array!(py, single, &[size, m], out, |numbers, job| {
        schmidt::haar_schmidt_spectra(&model, &family, first, numbers, job)
    })
}

/// tr rho^order `(size,)`.
#[pyfunction]
#[pyo3(signature = (key, first, size, m, n, order, beta, out=None))]
fn haar_power_traces<'py>(
    py: Python<'py>,
    key: &[u8],
    first: u64,
    size: usize,
    m: usize,
    n: f64,
    order: usize,
    beta: u32,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let model =
        Laguerre::new(m, n, field(py, beta)?).map_err(|error| errors::to_python(py, &error))?;
    let family = family(py, key, b"haar_powers")?;
    filled::<f64, _>(py, &[size], out, |numbers, job| {
        power_traces::haar_power_traces(&model, order, &family, first, numbers, job)
    })
}

/// Expectation values `(size,)` of an observable with the given spectrum.
#[pyfunction]
#[pyo3(signature = (key, first, size, eigenvalues, multiplicities, beta, out=None))]
fn haar_expectations<'py>(
    py: Python<'py>,
    key: &[u8],
    first: u64,
    size: usize,
    eigenvalues: PyReadonlyArrayDyn<'py, f64>,
    multiplicities: PyReadonlyArrayDyn<'py, f64>,
    beta: u32,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let field = field(py, beta)?;
    let family = family(py, key, b"haar_expect")?;
    let spectrum = Spectrum::new(eigenvalues.as_slice()?, multiplicities.as_slice()?, field)
        .map_err(|error| errors::to_python(py, &error))?;
    filled::<f64, _>(py, &[size], out, |numbers, job| {
        spectrum.haar_expectations(&family, first, numbers, job)
    })
}

/// Adds these functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(haar_states, module)?)?;
    module.add_function(wrap_pyfunction!(haar_unitaries, module)?)?;
    module.add_function(wrap_pyfunction!(haar_isometries, module)?)?;
    module.add_function(wrap_pyfunction!(haar_reduced_states, module)?)?;
    module.add_function(wrap_pyfunction!(haar_schmidt_spectra, module)?)?;
    module.add_function(wrap_pyfunction!(haar_power_traces, module)?)?;
    module.add_function(wrap_pyfunction!(haar_expectations, module)?)
}
