//! The sum over layers that makes a kernel: products of one layer, and K of a whole small network.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{BlockStructure, matmul as triangular};
use faer::{Accum, MatMut, MatRef, Par};

use super::activation::Real;
use super::backward::Backward;
use super::balance::{Biases, add_biases, balance, is_extreme};
use super::mlp::{Mlp, Pass};
use super::product::{Parallelism, lower_square, rows};
use crate::error::{Result, checked_len, try_filled};
use crate::execution::Job;

/// Samples whose rows of a kernel are added up between checks of the job.
const SAMPLES: usize = 256;

/// out = alpha a b^T, or its lower half.
pub(super) fn outer_product<T: Real>(
    out: MatMut<'_, T>,
    a: MatRef<'_, T>,
    b: MatRef<'_, T>,
    alpha: T,
    lower: bool,
) {
    if lower {
        let (half, full) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
        triangular(
            out,
            half,
            Accum::Replace,
            a,
            full,
            b.transpose(),
            full,
            alpha,
            Par::Seq,
        );
    } else {
        matmul(out, Accum::Replace, a, b.transpose(), alpha, Par::Seq);
    }
}

/// sum += (gram + shift) (x) identity of the outputs.
pub(super) fn add_identity<T: Real>(sum: &mut [T], gram: &[T], shift: T, len2: usize, k: usize) {
    for (sum, gram) in sum
        .chunks_exact_mut(k * len2 * k)
        .zip(gram.chunks_exact(len2))
    {
        for (output, sum) in sum.chunks_exact_mut(len2 * k).enumerate() {
            for (sum, &g) in sum.chunks_exact_mut(k).zip(gram) {
                sum[output] += g + shift;
            }
        }
    }
}

/// sum += (gram + shift), the same for all pairs of outputs, times product, entry by entry.
pub(super) fn add_hadamard<T: Real>(
    sum: &mut [T],
    gram: &[T],
    product: &[T],
    shift: T,
    len2: usize,
    k: usize,
) {
    let rows = sum
        .chunks_exact_mut(len2 * k)
        .zip(product.chunks_exact(len2 * k));
    for (r, (sum, product)) in rows.enumerate() {
        let gram = &gram[r / k * len2..][..len2];
        if k == 1 {
            for ((sum, &p), &g) in sum.iter_mut().zip(product).zip(gram) {
                *sum += (g + shift) * p;
            }
        } else {
            let blocks = sum.chunks_exact_mut(k).zip(product.chunks_exact(k));
            for ((sum, product), &g) in blocks.zip(gram) {
                for (sum, &p) in sum.iter_mut().zip(product) {
                    *sum += (g + shift) * p;
                }
            }
        }
    }
}

/// Lower half of K for a pass and its derivatives, into a square row-major matrix.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted) once the job is stopped.
pub(super) fn lower_kernel(
    mlp: &Mlp,
    pass: &Pass<f64>,
    backward: &Backward<f64>,
    buffers: &mut LowerBuffers,
    out: &mut [f64],
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let hidden = 0..mlp.depth() - 1;
    if hidden
        .clone()
        .any(|layer| is_extreme(mlp, layer, pass, backward))
    {
        let (mut pass, mut backward) = (pass.clone(), backward.clone());
        let biases: Vec<_> = hidden
            .map(|layer| balance(mlp, layer, &mut pass, &mut backward))
            .collect();
        lower_sum(
            mlp,
            &pass,
            &backward,
            &biases,
            buffers,
            out,
            parallelism,
            job,
        )
    } else {
        lower_sum(mlp, pass, backward, &[], buffers, out, parallelism, job)
    }
}

fn lower_sum(
    mlp: &Mlp,
    pass: &Pass<f64>,
    backward: &Backward<f64>,
    biases: &Biases<f64>,
    buffers: &mut LowerBuffers,
    out: &mut [f64],
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let (n, k) = (pass.n_samples(), mlp.n_outputs());
    let last = mlp.depth() - 1;
    out.fill(0.0);
    for layer in 0..=last {
        let n_in = mlp.widths()[layer];
        let (w, b) = (mlp.weight_factor(layer), mlp.bias_factor(layer));
        let a = rows(&pass.inputs[layer], n, n_in);
        lower_square(&mut buffers.gram, a, w * w, parallelism, job)?;
        let mut shift = b * b;
        if let Some(Some(biases)) = biases.get(layer) {
            shift = 0.0;
            add_biases(&mut buffers.gram, biases, biases);
        }
        if layer == last {
            add_identity(out, &buffers.gram, shift, n, k);
            break;
        }
        let width = mlp.widths()[layer + 1];
        let d = rows(backward.layer(layer), n * k, width);
        lower_square(&mut buffers.product, d, 1.0, parallelism, job)?;
        let samples = out
            .chunks_mut(SAMPLES * k * n * k)
            .zip(buffers.gram.chunks(SAMPLES * n))
            .zip(buffers.product.chunks(SAMPLES * k * n * k));
        for ((out, gram), product) in samples {
            job.check()?;
            add_hadamard(out, gram, product, shift, n, k);
        }
    }
    Ok(())
}

/// Buffers of [`lower_kernel`].
#[derive(Debug, Clone)]
pub(super) struct LowerBuffers {
    gram: Vec<f64>,
    product: Vec<f64>,
}

impl LowerBuffers {
    /// Checks the job in between: writing to so much memory for the first time takes a while.
    pub(super) fn new(n: usize, k: usize, job: &Job) -> Result<Self> {
        let what = "the kernel";
        let size = checked_len(what, &[n, n], 8)?;
        let full = checked_len(what, &[n, k, n, k], 8)?;
        job.check()?;
        let gram = try_filled(what, size, 0.0)?;
        job.check()?;
        let product = try_filled(what, full, 0.0)?;
        job.check()?;
        Ok(Self { gram, product })
    }
}
