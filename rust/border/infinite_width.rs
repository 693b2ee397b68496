//! Doors of the kernels of infinitely wide networks.

use numpy::{PyArrayDyn, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use typicality::networks::activation::Activation;
use typicality::networks::infinite_width::{self, Limit, Which};

use crate::{arrays, enter, errors};

/// Kernel `(n, n2)` between the samples `x` `(n, n_in)` and `x2`, or `x` again.
#[pyfunction]
#[pyo3(signature = (activation, weight_scales, bias_scale, tangent, x, x2=None, progress=None))]
fn infinite_kernel<'py>(
    py: Python<'py>,
    activation: &str,
    weight_scales: Vec<f64>,
    bias_scale: f64,
    tangent: bool,
    x: PyReadonlyArrayDyn<'py, f64>,
    x2: Option<PyReadonlyArrayDyn<'py, f64>>,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
    let activation =
        Activation::from_name(activation).map_err(|error| errors::to_python(py, &error))?;
    let shape = x.shape();
    let n = shape.first().copied().unwrap_or(0);
    let n2 = x2
        .as_ref()
        .map_or(n, |x2| x2.shape().first().copied().unwrap_or(0));
    let mut out = arrays::zeros::<f64>(py, &[n, n2])?;
    let items = arrays::items(&mut out)?;
    let limit = Limit {
        n_inputs: shape.last().copied().unwrap_or(0),
        activation,
        weight_scales: &weight_scales,
        bias_scale,
    };
    let which = if tangent {
        Which::Tangent
    } else {
        Which::Process
    };
    let x = x.as_slice()?;
    let x2 = x2.as_ref().map(PyReadonlyArrayDyn::as_slice).transpose()?;
    enter::run_with_progress(py, progress, move |job| {
        job.describe("kernel of infinite width");
        infinite_width::infinite_kernel(limit, which, x, x2, items, job)
    })?;
    Ok(out)
}

/// Adds the kernels of infinite width to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(infinite_kernel, module)?)
}
