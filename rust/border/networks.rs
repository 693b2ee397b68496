//! Doors of the network kernels.
//! A network comes as `widths, activation, weight_factors, bias_factors`, samples as `(n, n_in)`.

use numpy::{Element, PyArrayDyn, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use typicality::error::Error;
use typicality::networks::activation::{Activation, Real};
use typicality::networks::minimum::{self, Search};
use typicality::networks::mlp::{self, Mlp};
use typicality::networks::training::{self, Descent, Outcome, Task};
use typicality::networks::{jacobian, nearest, ntk};

use crate::{arrays, enter, errors};

type Array<'py, T> = Bound<'py, PyArrayDyn<T>>;
type Input<'py, T> = PyReadonlyArrayDyn<'py, T>;
/// theta, losses, steps, status.
type Outcomes<'py> = (
    Array<'py, f64>,
    Array<'py, f64>,
    Array<'py, i64>,
    Array<'py, i64>,
);

fn network(
    py: Python<'_>,
    widths: &[usize],
    activation: &str,
    weight_factors: &[f64],
    bias_factors: &[f64],
) -> PyResult<Mlp> {
    Activation::from_name(activation)
        .and_then(|activation| Mlp::new(widths, activation, weight_factors, bias_factors))
        .map_err(|error| errors::to_python(py, &error))
}

/// First axis of an array that has one.
fn first_axis<T: Element>(
    py: Python<'_>,
    name: &'static str,
    array: &Input<'_, T>,
) -> PyResult<usize> {
    let missing = || errors::to_python(py, &Error::value(name, "must not be a scalar"));
    array.shape().first().copied().ok_or_else(missing)
}

/// A new array with the same numbers.
fn copy<'py>(py: Python<'py>, array: &Input<'py, f64>) -> PyResult<Array<'py, f64>> {
    let mut out = arrays::zeros::<f64>(py, array.shape())?;
    arrays::items(&mut out)?.copy_from_slice(array.as_slice()?);
    Ok(out)
}

fn apply_in<'py, T: Real + Element>(
    py: Python<'py>,
    mlp: &Mlp,
    theta: &Input<'py, T>,
    x: &Input<'py, T>,
) -> PyResult<Array<'py, T>> {
    let (batch, n) = (first_axis(py, "theta", theta)?, first_axis(py, "x", x)?);
    let (theta, x) = (theta.as_slice()?, x.as_slice()?);
    let mut out = arrays::zeros::<T>(py, &[batch, n, mlp.n_outputs()])?;
    let items = arrays::items(&mut out)?;
    enter::run(py, move |job| mlp::apply(mlp, theta, x, batch, items, job))?;
    Ok(out)
}

fn jacobian_in<'py, T: Real + Element>(
    py: Python<'py>,
    mlp: &Mlp,
    theta: &Input<'py, T>,
    x: &Input<'py, T>,
) -> PyResult<Array<'py, T>> {
    let (batch, n) = (first_axis(py, "theta", theta)?, first_axis(py, "x", x)?);
    let (theta, x) = (theta.as_slice()?, x.as_slice()?);
    let mut out = arrays::zeros::<T>(py, &[batch, n, mlp.n_outputs(), mlp.n_params()])?;
    let items = arrays::items(&mut out)?;
    enter::run(py, move |job| {
        jacobian::jacobian(mlp, theta, x, batch, items, job)
    })?;
    Ok(out)
}

fn kernel_in<'py, T: Real + Element>(
    py: Python<'py>,
    mlp: &Mlp,
    theta: &Input<'py, T>,
    x: &Input<'py, T>,
    x2: Option<&Input<'py, T>>,
) -> PyResult<Array<'py, T>> {
    let (batch, n) = (first_axis(py, "theta", theta)?, first_axis(py, "x", x)?);
    let n2 = x2.map_or(Ok(n), |x2| first_axis(py, "x2", x2))?;
    let (theta, x) = (theta.as_slice()?, x.as_slice()?);
    let x2 = x2.map(|x2| x2.as_slice()).transpose()?;
    let k = mlp.n_outputs();
    let mut out = arrays::zeros::<T>(py, &[batch, n.saturating_mul(k), n2.saturating_mul(k)])?;
    let items = arrays::items(&mut out)?;
    enter::run(py, move |job| {
        ntk::empirical_ntk(mlp, theta, x, x2, batch, items, job)
    })?;
    Ok(out)
}

/// Values and derivatives of an activation, in the shape of `z`.
#[pyfunction]
fn activation<'py>(
    py: Python<'py>,
    activation: &str,
    z: Input<'py, f64>,
) -> PyResult<(Array<'py, f64>, Array<'py, f64>)> {
    let activation =
        Activation::from_name(activation).map_err(|error| errors::to_python(py, &error))?;
    let mut values = copy(py, &z)?;
    let mut slopes = arrays::zeros::<f64>(py, z.shape())?;
    let (items, slots) = (arrays::items(&mut values)?, arrays::items(&mut slopes)?);
    enter::run(py, move |job| activation.apply_in_blocks(items, slots, job))?;
    Ok((values, slopes))
}

/// Outputs `(b, n, n_outputs)` of the networks `theta` `(b, P)`.
#[pyfunction]
fn mlp_apply<'py>(
    py: Python<'py>,
    widths: Vec<usize>,
    activation: &str,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    theta: &Bound<'py, PyAny>,
    x: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let mlp = network(py, &widths, activation, &weight_factors, &bias_factors)?;
    if let Ok(theta) = theta.extract() {
        return Ok(apply_in::<f64>(py, &mlp, &theta, &x.extract()?)?.into_any());
    }
    Ok(apply_in::<f32>(
        py,
        &mlp,
        &theta.extract().map_err(precision)?,
        &x.extract()?,
    )?
    .into_any())
}

/// Jacobians `(b, n, n_outputs, P)`.
#[pyfunction]
fn mlp_jacobian<'py>(
    py: Python<'py>,
    widths: Vec<usize>,
    activation: &str,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    theta: &Bound<'py, PyAny>,
    x: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let mlp = network(py, &widths, activation, &weight_factors, &bias_factors)?;
    if let Ok(theta) = theta.extract() {
        return Ok(jacobian_in::<f64>(py, &mlp, &theta, &x.extract()?)?.into_any());
    }
    let theta = theta.extract().map_err(precision)?;
    Ok(jacobian_in::<f32>(py, &mlp, &theta, &x.extract()?)?.into_any())
}

/// Kernels J J^T `(b, n n_outputs, n2 n_outputs)`, sample-major.
#[pyfunction]
#[pyo3(signature = (widths, activation, weight_factors, bias_factors, theta, x, x2=None))]
fn empirical_ntk<'py>(
    py: Python<'py>,
    widths: Vec<usize>,
    activation: &str,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    theta: &Bound<'py, PyAny>,
    x: &Bound<'py, PyAny>,
    x2: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let mlp = network(py, &widths, activation, &weight_factors, &bias_factors)?;
    if let Ok(theta) = theta.extract() {
        let x2 = x2.map(PyAnyMethods::extract).transpose()?;
        return Ok(kernel_in::<f64>(py, &mlp, &theta, &x.extract()?, x2.as_ref())?.into_any());
    }
    let theta = theta.extract().map_err(precision)?;
    let x2 = x2.map(PyAnyMethods::extract).transpose()?;
    Ok(kernel_in::<f32>(py, &mlp, &theta, &x.extract()?, x2.as_ref())?.into_any())
}

fn precision<E>(_: E) -> PyErr {
    PyTypeError::new_err("theta must be a float64 or float32 array")
}

/// K v `(n n_outputs,)` of the network `theta` `(P,)`.
#[pyfunction]
fn kernel_vector_product<'py>(
    py: Python<'py>,
    widths: Vec<usize>,
    activation: &str,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    theta: Input<'py, f64>,
    x: Input<'py, f64>,
    v: Input<'py, f64>,
) -> PyResult<Array<'py, f64>> {
    let mlp = network(py, &widths, activation, &weight_factors, &bias_factors)?;
    let (theta, x, v) = (theta.as_slice()?, x.as_slice()?, v.as_slice()?);
    let mut out = arrays::zeros::<f64>(py, &[v.len()])?;
    let items = arrays::items(&mut out)?;
    enter::run(py, move |job| {
        ntk::kernel_vector_product(&mlp, theta, x, v, items, job)
    })?;
    Ok(out)
}

/// J u `(n n_outputs,)` of the network `theta` `(P,)`.
#[pyfunction]
fn jacobian_vector_product<'py>(
    py: Python<'py>,
    widths: Vec<usize>,
    activation: &str,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    theta: Input<'py, f64>,
    x: Input<'py, f64>,
    u: Input<'py, f64>,
) -> PyResult<Array<'py, f64>> {
    let mlp = network(py, &widths, activation, &weight_factors, &bias_factors)?;
    let n = first_axis(py, "x", &x)?;
    let (theta, x, u) = (theta.as_slice()?, x.as_slice()?, u.as_slice()?);
    let mut out = arrays::zeros::<f64>(py, &[n.saturating_mul(mlp.n_outputs())])?;
    let items = arrays::items(&mut out)?;
    enter::run(py, move |job| {
        jacobian::times_vector(&mlp, theta, x, u, items, job)
    })?;
    Ok(out)
}

/// J^T v `(P,)` of the network `theta` `(P,)`.
#[pyfunction]
fn vector_jacobian_product<'py>(
    py: Python<'py>,
    widths: Vec<usize>,
    activation: &str,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    theta: Input<'py, f64>,
    x: Input<'py, f64>,
    v: Input<'py, f64>,
) -> PyResult<Array<'py, f64>> {
    let mlp = network(py, &widths, activation, &weight_factors, &bias_factors)?;
    let (theta, x, v) = (theta.as_slice()?, x.as_slice()?, v.as_slice()?);
    let mut out = arrays::zeros::<f64>(py, &[mlp.n_params()])?;
    let items = arrays::items(&mut out)?;
    enter::run(py, move |job| {
        jacobian::transposed_times_vector(&mlp, theta, x, v, items, job)
    })?;
    Ok(out)
}

fn outcomes<'py>(
    py: Python<'py>,
    theta: Array<'py, f64>,
    outcomes: &[Outcome],
) -> PyResult<Outcomes<'py>> {
    let mut losses = arrays::zeros::<f64>(py, &[outcomes.len()])?;
    let mut steps = arrays::zeros::<i64>(py, &[outcomes.len()])?;
    let mut status = arrays::zeros::<i64>(py, &[outcomes.len()])?;
    let slots = arrays::items(&mut losses)?
        .iter_mut()
        .zip(arrays::items(&mut steps)?);
    for (((loss, steps), status), outcome) in slots.zip(arrays::items(&mut status)?).zip(outcomes) {
        *loss = outcome.loss;
        *steps = i64::try_from(outcome.steps).unwrap_or(i64::MAX);
        *status = outcome.status as i64;
    }
    Ok((theta, losses, steps, status))
}

/// Gradient descent from each of `theta0` `(b, P)`: theta, losses, steps, status.
#[pyfunction]
#[pyo3(signature = (
    widths, activation, weight_factors, bias_factors, theta0, x, y, max_steps, tolerance,
    learning_rates, momentum, progress=None
))]
fn gradient_descent<'py>(
    py: Python<'py>,
    widths: Vec<usize>,
    activation: &str,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    theta0: Input<'py, f64>,
    x: Input<'py, f64>,
    y: Input<'py, f64>,
    max_steps: u64,
    tolerance: f64,
    learning_rates: Vec<f64>,
    momentum: f64,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Outcomes<'py>> {
    let mlp = network(py, &widths, activation, &weight_factors, &bias_factors)?;
    let batch = first_axis(py, "theta0", &theta0)?;
    let (x, y) = (x.as_slice()?, y.as_slice()?);
    let task = Task::new(&mlp, x, y, batch).map_err(|error| errors::to_python(py, &error))?;
    let mut theta = copy(py, &theta0)?;
    let items = arrays::items(&mut theta)?;
    let rates = learning_rates.as_slice();
    let descent = Descent {
        max_steps,
        tolerance,
        learning_rates: rates,
        momentum,
    };
    let ends = enter::run_with_progress(py, progress, move |job| {
        job.describe("gradient descent");
        training::gradient_descent(&mlp, items, task, descent, job)
    })?;
    outcomes(py, theta, &ends)
}

/// Levenberg-Marquardt from each of `theta0` `(b, P)`: theta, losses, steps, status.
#[pyfunction]
#[pyo3(signature = (
    widths, activation, weight_factors, bias_factors, theta0, x, y, max_steps, tolerance,
    progress=None
))]
fn levenberg_marquardt<'py>(
    py: Python<'py>,
    widths: Vec<usize>,
    activation: &str,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    theta0: Input<'py, f64>,
    x: Input<'py, f64>,
    y: Input<'py, f64>,
    max_steps: u64,
    tolerance: f64,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Outcomes<'py>> {
    let mlp = network(py, &widths, activation, &weight_factors, &bias_factors)?;
    let batch = first_axis(py, "theta0", &theta0)?;
    let (x, y) = (x.as_slice()?, y.as_slice()?);
    let task = Task::new(&mlp, x, y, batch).map_err(|error| errors::to_python(py, &error))?;
    let mut theta = copy(py, &theta0)?;
    let items = arrays::items(&mut theta)?;
    let search = Search {
        max_steps,
        tolerance,
    };
    let ends = enter::run_with_progress(py, progress, move |job| {
        job.describe("Levenberg-Marquardt");
        minimum::levenberg_marquardt(&mlp, items, task, batch, search, job)
    })?;
    outcomes(py, theta, &ends)
}

/// Newton's iteration in the row space of the first Jacobian: theta, losses, steps, status and the
/// length of the first step; `theta0` is `(1, P)`.
#[pyfunction]
fn nearest_minimum<'py>(
    py: Python<'py>,
    widths: Vec<usize>,
    activation: &str,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    theta0: Input<'py, f64>,
    x: Input<'py, f64>,
    y: Input<'py, f64>,
    max_steps: u64,
    tolerance: f64,
) -> PyResult<(Outcomes<'py>, f64)> {
    let mlp = network(py, &widths, activation, &weight_factors, &bias_factors)?;
    let (x, y) = (x.as_slice()?, y.as_slice()?);
    let task = Task::new(&mlp, x, y, 1).map_err(|error| errors::to_python(py, &error))?;
    let mut theta = copy(py, &theta0)?;
    let items = arrays::items(&mut theta)?;
    let search = Search {
        max_steps,
        tolerance,
    };
    let (end, length) = enter::run(py, move |job| {
        nearest::nearest_minimum(&mlp, items, task, search, job)
    })?;
    Ok((outcomes(py, theta, &[end])?, length))
}

/// Adds the network functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(activation, module)?)?;
    module.add_function(wrap_pyfunction!(mlp_apply, module)?)?;
    module.add_function(wrap_pyfunction!(mlp_jacobian, module)?)?;
    module.add_function(wrap_pyfunction!(empirical_ntk, module)?)?;
    module.add_function(wrap_pyfunction!(kernel_vector_product, module)?)?;
    module.add_function(wrap_pyfunction!(jacobian_vector_product, module)?)?;
    module.add_function(wrap_pyfunction!(vector_jacobian_product, module)?)?;
    module.add_function(wrap_pyfunction!(gradient_descent, module)?)?;
    module.add_function(wrap_pyfunction!(levenberg_marquardt, module)?)?;
    module.add_function(wrap_pyfunction!(nearest_minimum, module)?)
}
