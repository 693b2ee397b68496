//! Core errors as Python exceptions, text kept whole.

use pyo3::PyErr;
use pyo3::Python;
use pyo3::exceptions::{PyKeyboardInterrupt, PyMemoryError, PyRuntimeError, PyValueError};
use pyo3::types::PyAnyMethods;
use typicality::error::Error;

/// The Python exception that stands for a core error.
pub fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    let text = error.to_string();
    match error {
        Error::Value { .. } => PyValueError::new_err(text),
        Error::Memory { .. } => PyMemoryError::new_err(text),
        Error::Convergence(_) => convergence_error(py, text),
        // The gate raises what made it stop the work; this stands in where nothing did.
        Error::Interrupted => PyKeyboardInterrupt::new_err(text),
        _ => PyRuntimeError::new_err(text),
    }
}

fn convergence_error(py: Python<'_>, text: String) -> PyErr {
    let raised = py
        .import("typicality.errors")
        .and_then(|module| module.getattr("ConvergenceError"))
        .and_then(|kind| kind.call1((text,)));
    match raised {
        Ok(value) => PyErr::from_value(value),
        Err(error) => error,
    }
}
