//! A fully connected network and its forward pass.

use super::activation::{Activation, Real};
use super::product::{Parallelism, multiply, rows};
use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, for_each_block};

/// Samples that one task of [`apply`] pushes through the network.
const SAMPLES: usize = 256;

/// What a network looks like: layer l maps a to z = `weight_factors[l]` W a + `bias_factors[l]` b.
#[derive(Debug, Clone, PartialEq)]
pub struct Mlp {
    widths: Vec<usize>,
    activation: Activation,
    weight_factors: Vec<f64>,
    bias_factors: Vec<f64>,
    starts: Vec<usize>,
}

impl Mlp {
    /// A network with layers of the given widths, from inputs to outputs. No biases if
    /// `bias_factors` is empty.
    ///
    /// # Errors
    /// [`Error::Value`] if there are fewer than two widths, one of them is zero, or the factors
    /// are not one finite number a layer; [`Error::Memory`] if the parameters cannot be counted.
    pub fn new(
        widths: &[usize],
        activation: Activation,
        weight_factors: &[f64],
        bias_factors: &[f64],
    ) -> Result<Self> {
        let depth = widths.len().saturating_sub(1);
        if depth == 0 || widths.contains(&0) {
            return Err(Error::value(
                "widths",
                format!("got {widths:?}; at least an input and an output width, each positive"),
            ));
        }
        let finite = |factors: &[f64]| factors.iter().all(|factor| factor.is_finite());
        if weight_factors.len() != depth || !finite(weight_factors) {
            return Err(Error::value(
                "weight_factors",
                format!("got {weight_factors:?}; one finite number for each of {depth} layers"),
            ));
        }
        if !(bias_factors.is_empty() || bias_factors.len() == depth) || !finite(bias_factors) {
            return Err(Error::value(
                "bias_factors",
                format!("got {bias_factors:?}; none, or one finite number a layer"),
            ));
        }
        let mut starts = vec![0usize];
        for layer in widths.windows(2) {
            let weights = checked_len("the parameters", &[layer[0], layer[1]], 8)?;
            let biases = if bias_factors.is_empty() { 0 } else { layer[1] };
            let total = starts
                .last()
                .copied()
                .unwrap_or(0)
                .checked_add(weights + biases);
            let total = total.ok_or(Error::Memory {
                what: "the parameters",
                bytes: u128::MAX,
            })?;
            checked_len("the parameters", &[total], 8)?;
            starts.push(total);
        }
        Ok(Self {
            widths: widths.to_vec(),
            activation,
            weight_factors: weight_factors.to_vec(),
            bias_factors: bias_factors.to_vec(),
            starts,
        })
    }

    /// Number of layers of weights.
    pub fn depth(&self) -> usize {
        self.weight_factors.len()
    }

    /// Widths from inputs to outputs.
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// Width of the inputs.
    pub fn n_inputs(&self) -> usize {
        self.widths[0]
    }

    /// Number of outputs.
    pub fn n_outputs(&self) -> usize {
        self.widths[self.depth()]
    }

    /// Number of parameters.
    pub fn n_params(&self) -> usize {
        self.starts[self.depth()]
    }

    /// The activation function.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Factor of the weights of a layer.
    pub fn weight_factor(&self, layer: usize) -> f64 {
        self.weight_factors[layer]
    }

    /// Factor of the biases of a layer; 0 without biases.
    pub fn bias_factor(&self, layer: usize) -> f64 {
        self.bias_factors.get(layer).copied().unwrap_or(0.0)
    }

    /// Where the weights of a layer stand in the parameters.
    pub fn weights(&self, layer: usize) -> std::ops::Range<usize> {
        let start = self.starts[layer];
        start..start + self.widths[layer] * self.widths[layer + 1]
    }

    /// Where the biases of a layer stand in the parameters; empty without biases.
    pub fn biases(&self, layer: usize) -> std::ops::Range<usize> {
        self.weights(layer).end..self.starts[layer + 1]
    }

    /// z = factor W a + factor b of one layer.
    pub(super) fn affine<T: Real>(
        &self,
        layer: usize,
        theta: &[T],
        a: &[T],
        z: &mut [T],
        parallelism: Parallelism,
        job: &Job,
    ) -> Result<()> {
        let (n_in, n_out) = (self.widths[layer], self.widths[layer + 1]);
        let n = z.len() / n_out;
        let weights = rows(&theta[self.weights(layer)], n_out, n_in);
        let factor = T::narrow(self.weight_factor(layer));
        multiply(
            z,
            factor,
            rows(a, n, n_in),
            weights.transpose(),
            parallelism,
            job,
        )?;
        let biases = &theta[self.biases(layer)];
        if !biases.is_empty() {
            let factor = T::narrow(self.bias_factor(layer));
            for z in z.chunks_exact_mut(n_out) {
                for (z, &b) in z.iter_mut().zip(biases) {
                    *z += factor * b;
                }
            }
        }
        Ok(())
    }

    pub(super) fn check_params<T>(&self, theta: &[T], batch: usize) -> Result<()> {
        if theta.len() == batch * self.n_params() {
            return Ok(());
        }
        Err(Error::value(
            "theta",
            format!(
                "has {} entries, not {batch} x {}",
                theta.len(),
                self.n_params()
            ),
        ))
    }

    pub(super) fn count_samples<T>(&self, x: &[T]) -> Result<usize> {
        if x.len().is_multiple_of(self.n_inputs()) {
            return Ok(x.len() / self.n_inputs());
        }
        Err(Error::value(
            "x",
            format!(
                "has {} entries, not a multiple of {}",
                x.len(),
                self.n_inputs()
            ),
        ))
    }
}

/// What a forward pass leaves behind for derivatives; buffers are kept between passes.
#[derive(Debug, Clone)]
pub struct Pass<T> {
    n: usize,
    /// Inputs of each layer.
    pub(super) inputs: Vec<Vec<T>>,
    /// Derivatives of the activation, for each hidden layer.
    pub(super) slopes: Vec<Vec<T>>,
    /// Outputs of the network.
    pub(super) output: Vec<T>,
    pub(super) parallelism: Parallelism,
}

impl<T: Real> Pass<T> {
    /// Buffers for the samples `x`.
    pub(super) fn new(mlp: &Mlp, x: &[T], parallelism: Parallelism) -> Result<Self> {
        let n = mlp.count_samples(x)?;
        let what = "the activations";
        let depth = mlp.depth();
        let mut inputs = Vec::with_capacity(depth);
        let mut slopes = Vec::with_capacity(depth);
        for (layer, &width) in mlp.widths()[..depth].iter().enumerate() {
            let len = checked_len(what, &[n, width], size_of::<T>())?;
            let mut buffer = try_filled(what, len, T::default())?;
            if layer == 0 {
                buffer.copy_from_slice(x);
            } else {
                slopes.push(try_filled(what, len, T::default())?);
            }
            inputs.push(buffer);
        }
        let len = checked_len(what, &[n, mlp.n_outputs()], size_of::<T>())?;
        let output = try_filled(what, len, T::default())?;
        Ok(Self {
            n,
            inputs,
            slopes,
            output,
            parallelism,
        })
    }

    /// Number of samples.
    pub(super) fn n_samples(&self) -> usize {
        self.n
    }

    /// Evaluates the network with parameters `theta`.
    pub(super) fn forward(&mut self, mlp: &Mlp, theta: &[T], job: &Job) -> Result<()> {
        let last = mlp.depth() - 1;
        for layer in 0..last {
            let (before, after) = self.inputs.split_at_mut(layer + 1);
            let z = &mut after[0];
            mlp.affine(layer, theta, &before[layer], z, self.parallelism, job)?;
            mlp.activation().apply(z, &mut self.slopes[layer]);
        }
        mlp.affine(
            last,
            theta,
            &self.inputs[last],
            &mut self.output,
            self.parallelism,
            job,
        )
    }
}

/// Outputs of `batch` networks on the samples `x`, `(batch, n, n_outputs)`.
///
/// # Errors
/// [`Error::Value`] where sizes do not match, [`Error::Interrupted`].
pub fn apply<T: Real>(
    mlp: &Mlp,
    theta: &[T],
    x: &[T],
    batch: usize,
    out: &mut [T],
    job: &Job,
) -> Result<()> {
    mlp.check_params(theta, batch)?;
    let n = mlp.count_samples(x)?;
    if out.len() != batch * n * mlp.n_outputs() {
        return Err(Error::value(
            "out",
            "does not hold one output a sample and network",
        ));
    }
    if out.is_empty() {
        return Ok(());
    }
    let per_sample = mlp.n_outputs();
    let blocks = n.div_ceil(SAMPLES);
    if blocks == 1 {
        return for_each_block(job, out, n * per_sample, |network, out| {
            let mut pass = Pass::new(mlp, x, Parallelism::Sequential)?;
            pass.forward(
                mlp,
                &theta[network * mlp.n_params()..][..mlp.n_params()],
                job,
            )?;
            out.copy_from_slice(&pass.output);
            Ok(())
        });
    }
    for (network, out) in out.chunks_exact_mut(n * per_sample).enumerate() {
        let theta = &theta[network * mlp.n_params()..][..mlp.n_params()];
        for_each_block(job, out, SAMPLES * per_sample, |block, out| {
            let samples = &x[block * SAMPLES * mlp.n_inputs()..];
            let len = out.len() / per_sample * mlp.n_inputs();
            let mut pass = Pass::new(mlp, &samples[..len], Parallelism::Sequential)?;
            pass.forward(mlp, theta, job)?;
            out.copy_from_slice(&pass.output);
            Ok(())
        })?;
    }
    Ok(())
}
