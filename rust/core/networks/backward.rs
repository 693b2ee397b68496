//! Derivatives of a forward pass: products with the Jacobian from either side, and the derivative
//! of every output with respect to every pre-activation.

use super::activation::Real;
use super::mlp::{Mlp, Pass};
use super::product::{multiply, rows};
use crate::error::{Result, checked_len, try_filled};
use crate::execution::Job;

/// Buffers of a backward pass.
#[derive(Debug, Clone)]
pub struct Backward<T> {
    /// Derivatives with respect to the pre-activations of each layer, one row a cotangent.
    deltas: Vec<Vec<T>>,
}

impl<T: Real> Backward<T> {
    /// Buffers for `rows` cotangents.
    pub fn new(mlp: &Mlp, rows: usize) -> Result<Self> {
        let what = "the derivatives";
        let deltas = mlp.widths()[1..]
            .iter()
            .map(|&width| {
                try_filled(
                    what,
                    checked_len(what, &[rows, width], size_of::<T>())?,
                    T::default(),
                )
            })
            .collect::<Result<_>>()?;
        Ok(Self { deltas })
    }

    /// gradient = J^T v, one entry of v for each sample and output.
    pub fn pull_back(
        &mut self,
        mlp: &Mlp,
        theta: &[T],
        pass: &Pass<T>,
        v: &[T],
        gradient: &mut [T],
        job: &Job,
    ) -> Result<()> {
        let n = pass.n_samples();
        let last = mlp.depth() - 1;
        self.deltas[last].copy_from_slice(v);
        for layer in (0..=last).rev() {
            let (n_in, n_out) = (mlp.widths()[layer], mlp.widths()[layer + 1]);
            let delta = rows(&self.deltas[layer], n, n_out);
            let inputs = rows(&pass.inputs[layer], n, n_in);
            let factor = T::narrow(mlp.weight_factor(layer));
            let weights = &mut gradient[mlp.weights(layer)];
            multiply(
                weights,
                factor,
                delta.transpose(),
                inputs,
                pass.parallelism,
                job,
            )?;
            let factor = T::narrow(mlp.bias_factor(layer));
            let biases = &mut gradient[mlp.biases(layer)];
            if !biases.is_empty() {
                biases.fill(T::default());
                for delta in self.deltas[layer].chunks_exact(n_out) {
                    for (sum, &delta) in biases.iter_mut().zip(delta) {
                        *sum += factor * delta;
                    }
                }
            }
            if layer > 0 {
                self.step_back(mlp, theta, pass, layer, 1, job)?;
            }
        }
        Ok(())
    }

    /// Derivatives of every output: row (x, i) of layer l is `d f_i(x) / d z^(l+1)(x)`. The last
    /// layer's would be the identity and is left out.
    pub fn all_outputs(&mut self, mlp: &Mlp, theta: &[T], pass: &Pass<T>, job: &Job) -> Result<()> {
        let (last, k) = (mlp.depth() - 1, mlp.n_outputs());
        if last == 0 {
            return Ok(());
        }
        // The first step back is from the identity: rows of the last weights, no product needed.
        let width = mlp.widths()[last];
        let factor = T::narrow(mlp.weight_factor(last));
        let weights = &theta[mlp.weights(last)];
        let slopes = pass.slopes[last - 1].chunks_exact(width);
        for (delta, slopes) in self.deltas[last - 1]
            .chunks_exact_mut(k * width)
            .zip(slopes)
        {
            for (delta, weights) in delta
                .chunks_exact_mut(width)
                .zip(weights.chunks_exact(width))
            {
                for ((delta, &w), &slope) in delta.iter_mut().zip(weights).zip(slopes) {
                    *delta = factor * w * slope;
                }
            }
        }
        for layer in (1..last).rev() {
            self.step_back(mlp, theta, pass, layer, k, job)?;
        }
        Ok(())
    }

    /// The derivatives of one hidden layer, row-major.
    pub fn layer(&self, layer: usize) -> &[T] {
        &self.deltas[layer]
    }

    /// As [`layer`](Self::layer), to write to.
    pub fn layer_mut(&mut self, layer: usize) -> &mut [T] {
        &mut self.deltas[layer]
    }

    /// deltas of layer - 1 from those of `layer`, with `k` cotangents a sample.
    fn step_back(
        &mut self,
        mlp: &Mlp,
        theta: &[T],
        pass: &Pass<T>,
        layer: usize,
        k: usize,
        job: &Job,
    ) -> Result<()> {
        let (n_in, n_out) = (mlp.widths()[layer], mlp.widths()[layer + 1]);
        let (before, after) = self.deltas.split_at_mut(layer);
        let below = &mut before[layer - 1];
        let delta = rows(&after[0], pass.n_samples() * k, n_out);
        let weights = rows(&theta[mlp.weights(layer)], n_out, n_in);
        let factor = T::narrow(mlp.weight_factor(layer));
        let slopes = pass.slopes[layer - 1].chunks_exact(n_in);
        if n_out == 1 && k == 1 {
            // One output: a product of two vectors, in one pass over memory.
            let weights = &theta[mlp.weights(layer)];
            for ((below, slopes), &delta) in below.chunks_exact_mut(n_in).zip(slopes).zip(&after[0])
            {
                let scaled = factor * delta;
                for ((below, &w), &slope) in below.iter_mut().zip(weights).zip(slopes) {
                    *below = scaled * w * slope;
                }
            }
            return Ok(());
        }
        multiply(below, factor, delta, weights, pass.parallelism, job)?;
        for (below, slopes) in below.chunks_exact_mut(k * n_in).zip(slopes) {
            for below in below.chunks_exact_mut(n_in) {
                for (below, &slope) in below.iter_mut().zip(slopes) {
                    *below *= slope;
                }
            }
        }
        Ok(())
    }
}

/// out = J u: how the outputs move when the parameters move along `direction`.
pub fn push_forward<T: Real>(
    mlp: &Mlp,
    theta: &[T],
    pass: &Pass<T>,
    direction: &[T],
    out: &mut [T],
    job: &Job,
) -> Result<()> {
    let what = "the tangent";
    let n = pass.n_samples();
    let mut below: Vec<T> = Vec::new();
    for layer in 0..mlp.depth() {
        let (n_in, n_out) = (mlp.widths()[layer], mlp.widths()[layer + 1]);
        let len = checked_len(what, &[n, n_out], size_of::<T>())?;
        let mut dz = try_filled(what, len, T::default())?;
        mlp.affine(
            layer,
            direction,
            &pass.inputs[layer],
            &mut dz,
            pass.parallelism,
            job,
        )?;
        if layer > 0 {
            let mut moved = try_filled(what, len, T::default())?;
            let weights = rows(&theta[mlp.weights(layer)], n_out, n_in);
            let factor = T::narrow(mlp.weight_factor(layer));
            let lhs = rows(&below, n, n_in);
            multiply(
                &mut moved,
                factor,
                lhs,
                weights.transpose(),
                pass.parallelism,
                job,
            )?;
            for (dz, &moved) in dz.iter_mut().zip(&moved) {
                *dz += moved;
            }
        }
        if let Some(slopes) = pass.slopes.get(layer) {
            for (dz, &slope) in dz.iter_mut().zip(slopes) {
                *dz *= slope;
            }
        }
        below = dz;
    }
    out.copy_from_slice(&below);
    Ok(())
}
