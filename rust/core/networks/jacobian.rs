//! The Jacobian of all outputs with respect to all parameters, and products with it that never
//! form it.

use super::activation::Real;
use super::backward::{Backward, push_forward};
use super::mlp::{Mlp, Pass};
use super::product::Parallelism;
use crate::error::{Error, Result, checked_len};
use crate::execution::{Job, for_each_block};

/// Samples of one task.
const SAMPLES: usize = 16;

/// J of `batch` networks, `(batch, n, n_outputs, n_params)`.
///
/// # Errors
/// [`Error::Value`] where sizes do not match, [`Error::Interrupted`].
pub fn jacobian<T: Real>(
    mlp: &Mlp,
    theta: &[T],
    x: &[T],
    batch: usize,
    out: &mut [T],
    job: &Job,
) -> Result<()> {
    mlp.check_params(theta, batch)?;
    let (n, n_params) = (mlp.count_samples(x)?, mlp.n_params());
    let row = mlp.n_outputs() * n_params;
    if out.len() != checked_len("the Jacobian", &[batch, n, row], size_of::<T>())? {
        return Err(Error::value(
            "out",
            "does not hold one row a sample and output",
        ));
    }
    if out.is_empty() {
        return Ok(());
    }
    // Blocks must not straddle networks, so each network is cut on its own.
    for (network, out) in out.chunks_exact_mut(n * row).enumerate() {
        let theta = &theta[network * n_params..][..n_params];
        for_each_block(job, out, SAMPLES * row, |block, out| {
            let samples = &x[block * SAMPLES * mlp.n_inputs()..];
            let len = out.len() / row * mlp.n_inputs();
            let mut pass = Pass::new(mlp, &samples[..len], Parallelism::Sequential)?;
            pass.forward(mlp, theta, job)?;
            let mut backward = Backward::new(mlp, pass.n_samples() * mlp.n_outputs())?;
            backward.all_outputs(mlp, theta, &pass, job)?;
            fill(mlp, &pass, &backward, out);
            Ok(())
        })?;
    }
    Ok(())
}

/// Writes the rows of J from the derivatives with respect to pre-activations.
pub(super) fn fill<T: Real>(mlp: &Mlp, pass: &Pass<T>, backward: &Backward<T>, out: &mut [T]) {
    let (k, n_params, last) = (mlp.n_outputs(), mlp.n_params(), mlp.depth() - 1);
    for (r, row) in out.chunks_exact_mut(n_params).enumerate() {
        let (sample, output) = (r / k, r % k);
        for layer in 0..last {
            let (n_in, n_out) = (mlp.widths()[layer], mlp.widths()[layer + 1]);
            let inputs = &pass.inputs[layer][sample * n_in..][..n_in];
            let delta = &backward.layer(layer)[r * n_out..][..n_out];
            let factor = T::narrow(mlp.weight_factor(layer));
            let weights = row[mlp.weights(layer)].chunks_exact_mut(n_in);
            for (weights, &delta) in weights.zip(delta) {
                let scaled = factor * delta;
                for (weight, &input) in weights.iter_mut().zip(inputs) {
                    *weight = scaled * input;
                }
            }
            let factor = T::narrow(mlp.bias_factor(layer));
            for (bias, &delta) in row[mlp.biases(layer)].iter_mut().zip(delta) {
                *bias = factor * delta;
            }
        }
        let n_in = mlp.widths()[last];
        let inputs = &pass.inputs[last][sample * n_in..][..n_in];
        let factor = T::narrow(mlp.weight_factor(last));
        let weights = &mut row[mlp.weights(last)];
        weights.fill(T::default());
        for (weight, &input) in weights[output * n_in..][..n_in].iter_mut().zip(inputs) {
            *weight = factor * input;
        }
        let biases = &mut row[mlp.biases(last)];
        biases.fill(T::default());
        if let Some(bias) = biases.get_mut(output) {
            *bias = T::narrow(mlp.bias_factor(last));
        }
    }
}

/// J u of one network, `(n, n_outputs)`.
///
/// # Errors
/// As [`jacobian`].
pub fn times_vector(
    mlp: &Mlp,
    theta: &[f64],
    x: &[f64],
    direction: &[f64],
    out: &mut [f64],
    job: &Job,
) -> Result<()> {
    mlp.check_params(theta, 1)?;
    mlp.check_params(direction, 1)?;
    let mut pass = Pass::new(mlp, x, Parallelism::Pool)?;
    check_outputs(mlp, &pass, out)?;
    if out.is_empty() {
        return Ok(());
    }
    pass.forward(mlp, theta, job)?;
    push_forward(mlp, theta, &pass, direction, out, job)
}

/// J^T v of one network, `(n_params,)`.
///
/// # Errors
/// As [`jacobian`].
pub fn transposed_times_vector(
    mlp: &Mlp,
    theta: &[f64],
    x: &[f64],
    v: &[f64],
    out: &mut [f64],
    job: &Job,
) -> Result<()> {
    mlp.check_params(theta, 1)?;
    mlp.check_params(out, 1)?;
    let mut pass = Pass::new(mlp, x, Parallelism::Pool)?;
    check_outputs(mlp, &pass, v)?;
    if v.is_empty() {
        out.fill(0.0);
        return Ok(());
    }
    pass.forward(mlp, theta, job)?;
    let mut backward = Backward::new(mlp, pass.n_samples())?;
    backward.pull_back(mlp, theta, &pass, v, out, job)
}

pub(super) fn check_outputs<T: Real>(mlp: &Mlp, pass: &Pass<T>, v: &[T]) -> Result<()> {
    if v.len() == pass.n_samples() * mlp.n_outputs() {
        return Ok(());
    }
    Err(Error::value(
        "v",
        format!(
            "has {} entries, not {} x {}",
            v.len(),
            pass.n_samples(),
            mlp.n_outputs()
        ),
    ))
}
