//! Kernels of infinitely wide networks, tile by tile: each pair of samples goes through all layers
//! while it is in the nearest cache, and nothing but the result is as large as the kernel.
//!
//! With (u, v) a centered Gaussian pair whose covariance is that of the layer below,
//! Sigma' = w^2 E phi(u) phi(v) + b^2 and Theta' = w^2 Theta E phi'(u) phi'(v) + Sigma', from
//! Sigma = Theta = w^2 x.x'/n + b^2 on. What is carried along is the correlation r of the layer's
//! outputs and 1 - |r|, and 1 - rho^2 of the pre-activations comes from those of the parts: with
//! q = p^2 + b^2, 1 - rho^2 = (p^2 p'^2 (1 - r^2) + b^2 ((p - p')^2 + 2 p p' (1 - r))) / (q q').

use super::activation::Activation;
use super::gaussian_means::Means;
use super::infinite_samples::{Samples, Task, sum_of_squares};
use super::layer_sum::outer_product;
use super::pair_means::Pairs;
use super::product::{rows, rows_mut};
use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, Parallelism, for_each_block};
use crate::linalg::hermitian_fill::{TILE_ORDER, Triangle, fill_hermitian, tiles};
use crate::simd::{Kernel, Simd, dispatch};
use rayon::prelude::*;

/// Correlations of hidden layers this near to 1 are rounding: identical samples must not look almost
/// identical, since the relu kernel changes like the square root of the difference.
const IDENTICAL: f64 = 4e-15;
/// Correlations of samples above this come from their distance, not from their product.
const NEAR: f64 = 0.99;
/// Row blocks that a rectangular kernel is cut into at least, if it has as many rows.
const BLOCKS: usize = 32;

/// A network without its hidden widths.
#[derive(Debug, Clone, Copy)]
pub struct Limit<'a> {
    /// Width of the inputs.
    pub n_inputs: usize,
    /// The activation function.
    pub activation: Activation,
    /// Standard deviation of the weights of each layer times the root of its inputs.
    pub weight_scales: &'a [f64],
    /// Standard deviation of the biases.
    pub bias_scale: f64,
}

/// Which kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The covariance of one output over initializations.
    Process,
    /// The tangent kernel.
    Tangent,
}

/// The kernel between the samples `x` and `x2` (or `x` again), `(n, n2)`; exactly symmetric without
/// `x2`. Bits do not depend on threads.
///
/// # Errors
/// [`Error::Value`] where sizes do not match or a variance overflows, [`Error::Memory`],
/// [`Error::Interrupted`].
pub fn infinite_kernel(
    limit: Limit<'_>,
    which: Which,
    x: &[f64],
    x2: Option<&[f64]>,
    out: &mut [f64],
    job: &Job,
) -> Result<()> {
    let width = limit.n_inputs;
    if width == 0 || limit.weight_scales.is_empty() {
        return Err(Error::value(
            "widths",
            "must hold an input and an output width",
        ));
    }
    let count = |x: &[f64]| x.len() / width;
    let (n, n2) = (count(x), count(x2.unwrap_or(x)));
    if out.len() != checked_len("the kernel", &[n, n2], 8)? {
        return Err(Error::value(
            "out",
            "does not hold one entry a pair of samples",
        ));
    }
    if out.is_empty() {
        return Ok(());
    }
    let means = Means::new(limit.activation);
    let task = Task {
        limit,
        means: &means,
        tangent: which == Which::Tangent,
        job,
    };
    job.expect((n as u64) * (n2 as u64));
    let Some(x2) = x2 else {
        let side = Samples::new(task, x)?;
        // The lower half in columns is the upper one in rows.
        tiles(out, n).into_par_iter().try_for_each(|mut tile| {
            let (height, columns) = (tile.lower.nrows(), tile.lower.ncols());
            let mut pair = Pair::new(&side, (tile.col, columns), &side, (tile.row, height))?;
            for (c, column) in tile.lower.as_mut().col_iter_mut().enumerate() {
                pair.row(task, c, column.as_slice_mut())?;
            }
            let mirrored = if tile.upper.is_some() { 2 } else { 1 };
            job.advance((mirrored * height * columns) as u64);
            Ok(())
        })?;
        return fill_hermitian(Triangle::Lower, out, n, Parallelism::Pool, job);
    };
    let right = Samples::new(task, x2)?;
    let step = n.div_ceil(BLOCKS).clamp(1, TILE_ORDER);
    for_each_block(job, out, step * n2, |block, out| {
        let x = &x[block * step * width..][..out.len() / n2 * width];
        let left = Samples::new(task, x)?;
        for start in (0..n2).step_by(TILE_ORDER) {
            let len = TILE_ORDER.min(n2 - start);
            let mut pair = Pair::new(&left, (0, left.n), &right, (start, len))?;
            for (i, row) in out.chunks_exact_mut(n2).enumerate() {
                pair.row(task, i, &mut row[start..][..len])?;
            }
            job.advance((left.n * len) as u64);
        }
        Ok(())
    })
}

/// A tile: samples of the left with samples of the right.
struct Pair<'a> {
    left: &'a Samples,
    right: &'a Samples,
    first: usize,
    first2: usize,
    gram: Vec<f64>,
    work: Pairs,
    /// The correlation of the last outputs and 1 - its absolute value.
    r: Vec<f64>,
    complement: Vec<f64>,
    sigma: Vec<f64>,
}

impl<'a> Pair<'a> {
    fn new(
        left: &'a Samples,
        (first, len): (usize, usize),
        right: &'a Samples,
        (first2, len2): (usize, usize),
    ) -> Result<Self> {
        let (what, width) = ("a tile of the kernel", left.width);
        let mut gram = try_filled(what, len * len2, 0.0)?;
        let part = |side: &'a Samples, first: usize, len: usize| {
            rows(&side.units[first * width..][..len * width], len, width)
        };
        outer_product(
            rows_mut(&mut gram, len, len2),
            part(left, first, len),
            part(right, first2, len2),
            1.0,
            false,
        );
        Ok(Self {
            left,
            right,
            first,
            first2,
            gram,
            work: Pairs::new(len2),
            r: try_filled(what, len2, 0.0)?,
            complement: try_filled(what, len2, 0.0)?,
            sigma: try_filled(what, len2, 0.0)?,
        })
    }

    /// Kernel of sample `row` of the tile with the samples of its right side.
    fn row(&mut self, task: Task<'_>, row: usize, out: &mut [f64]) -> Result<()> {
        task.job.check()?;
        let (i, len) = (self.first + row, out.len());
        self.correlate(i, row, len);
        let shift = task.limit.bias_scale * task.limit.bias_scale;
        let scales = &self.right.first[self.first2..][..len];
        for ((sigma, r), scale) in self.sigma.iter_mut().zip(&self.r).zip(scales) {
            *sigma = (self.left.first[i] * scale).mul_add(*r, shift);
        }
        out.copy_from_slice(&self.sigma);
        let layers = self.left.layers.iter().zip(&self.right.layers);
        for ((left, right), weight) in layers.zip(&task.limit.weight_scales[1..]) {
            dispatch(Correlation {
                signal: left.signal[i],
                bias: left.bias[i],
                signals: &right.signal[self.first2..][..len],
                biases: &right.bias[self.first2..][..len],
                r: &self.r,
                complement: &self.complement,
                work: &mut self.work,
            });
            task.means.row(
                &left.variances,
                i,
                &right.variances,
                self.first2,
                &mut self.work,
            );
            dispatch(Advance {
                weight: weight * weight,
                shift,
                inverse: left.inverse_moment[i],
                inverses: &right.inverse_moment[self.first2..][..len],
                work: &self.work,
                r: &mut self.r,
                complement: &mut self.complement,
                sigma: &mut self.sigma,
                ntk: out,
            });
        }
        if !task.tangent {
            out.copy_from_slice(&self.sigma);
        }
        if out.iter().all(|entry| entry.is_finite()) {
            return Ok(());
        }
        Err(Error::value(
            "x",
            "gives a kernel that overflows; scale the samples, weight_scale or bias_scale down",
        ))
    }

    /// Correlations of the samples; of near ones by their distance, so that 1 - |r| keeps its digits.
    fn correlate(&mut self, i: usize, row: usize, len: usize) {
        let width = self.left.width;
        let unit = &self.left.units[i * width..][..width];
        for (j, &product) in self.gram[row * len..][..len].iter().enumerate() {
            let (mut r, mut complement) = (product, 1.0 - product.abs());
            if complement < 1.0 - NEAR {
                let other = &self.right.units[(self.first2 + j) * width..][..width];
                let sign = 1f64.copysign(product);
                let parts = unit.iter().zip(other).map(|(a, b)| a - sign * b);
                complement = 0.5 * sum_of_squares(parts);
                r = sign * (1.0 - complement);
            }
            self.r[j] = r;
            self.complement[j] = complement;
        }
    }
}

/// Correlations of pre-activations from those of what enters the layer.
struct Correlation<'a, 'b> {
    signal: f64,
    bias: f64,
    signals: &'a [f64],
    biases: &'a [f64],
    r: &'a [f64],
    complement: &'a [f64],
    work: &'b mut Pairs,
}

impl Kernel for Correlation<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let len = self.work.rho.len();
        let (signals, biases) = (&self.signals[..len], &self.biases[..len]);
        let (r, complement) = (&self.r[..len], &self.complement[..len]);
        let (rho, gap) = (&mut self.work.rho[..len], &mut self.work.gap[..len]);
        for j in 0..len {
            let (signal, bias) = (self.signal * signals[j], self.bias * biases[j]);
            let unequal = self.signal * biases[j] - self.bias * signals[j];
            let c = complement[j];
            let distance = if r[j] < 0.0 { 2.0 - c } else { c };
            rho[j] = signal.mul_add(r[j], bias);
            let parts = (signal * signal).mul_add(c * (2.0 - c), unequal * unequal);
            gap[j] = (2.0 * signal * bias).mul_add(distance, parts);
        }
    }
}

/// The kernels of the next layer and the correlations of what enters it.
struct Advance<'a, 'b> {
    weight: f64,
    shift: f64,
    inverse: f64,
    inverses: &'a [f64],
    work: &'a Pairs,
    r: &'b mut [f64],
    complement: &'b mut [f64],
    sigma: &'b mut [f64],
    ntk: &'b mut [f64],
}

impl Kernel for Advance<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let len = self.ntk.len();
        let (phi, slope) = (&self.work.phi[..len], &self.work.slope[..len]);
        let inverses = &self.inverses[..len];
        let (r, complement) = (&mut self.r[..len], &mut self.complement[..len]);
        let (sigma, ntk) = (&mut self.sigma[..len], &mut self.ntk[..len]);
        for j in 0..len {
            let correlation = phi[j] * self.inverse * inverses[j];
            let rest = 1.0 - correlation.abs();
            let same = rest < IDENTICAL;
            complement[j] = if same { 0.0 } else { rest };
            r[j] = if same {
                1f64.copysign(correlation)
            } else {
                correlation
            };
            sigma[j] = self.weight.mul_add(phi[j], self.shift);
            ntk[j] = (self.weight * ntk[j]).mul_add(slope[j], sigma[j]);
        }
    }
}
