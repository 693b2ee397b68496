//! The empirical neural tangent kernel K = J J^T of Eq. (3), layer by layer and without J.
//!
//! With a^l the inputs of layer l and `D_l` the derivatives of the outputs with respect to its
//! pre-activations, K is the sum over layers of (w^2 a a'^T + b^2) times `D D'^T`, entry by entry,
//! where w and b are the layer's factors. The cost is that of products of widths, not of parameters.

use rayon::prelude::*;

use super::activation::Real;
use super::backward::{Backward, push_forward};
use super::balance::{add_biases, balance, tile_biases};
use super::jacobian::check_outputs;
use super::layer_sum::{add_hadamard, add_identity, outer_product};
use super::mlp::{Mlp, Pass};
use super::product::{Parallelism, rows, rows_mut};
use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, for_each_block};

/// Rows of a tile, as near as a whole number of samples comes to it.
const TILE: usize = 256;
/// Kernels up to this size are computed one a task; larger ones are cut into tiles.
const SMALL: usize = 384;

/// Forward pass and derivatives of all outputs: what one side of a kernel needs.
struct Side<T> {
    pass: Pass<T>,
    backward: Backward<T>,
    /// For each hidden layer that was balanced, the bias factor of each sample.
    biases: Vec<Option<Vec<T>>>,
}

impl<T: Real> Side<T> {
    fn new(mlp: &Mlp, theta: &[T], x: &[T], parallelism: Parallelism, job: &Job) -> Result<Self> {
        let mut pass = Pass::new(mlp, x, parallelism)?;
        pass.forward(mlp, theta, job)?;
        let rows = checked_len("the derivatives", &[pass.n_samples(), mlp.n_outputs()], 1)?;
        let mut backward = Backward::new(mlp, rows)?;
        backward.all_outputs(mlp, theta, &pass, job)?;
        let biases = (0..mlp.depth() - 1)
            .map(|layer| balance(mlp, layer, &mut pass, &mut backward))
            .collect();
        Ok(Self {
            pass,
            backward,
            biases,
        })
    }
}

/// K of `batch` networks between the samples `x` and `x2` (or `x` again), sample-major,
/// `(batch, n n_outputs, n2 n_outputs)`. Exactly symmetric without `x2`.
///
/// # Errors
/// [`Error::Value`] where sizes do not match or an entry overflows, [`Error::Memory`],
/// [`Error::Interrupted`].
pub fn empirical_ntk<T: Real>(
    mlp: &Mlp,
    theta: &[T],
    x: &[T],
    x2: Option<&[T]>,
    batch: usize,
    out: &mut [T],
    job: &Job,
) -> Result<()> {
    mlp.check_params(theta, batch)?;
    let n = mlp.count_samples(x)?;
    let n2 = mlp.count_samples(x2.unwrap_or(x))?;
    let k = mlp.n_outputs();
    let size = checked_len("the kernel", &[n, k, n2, k], size_of::<T>())?;
    if out.len() != checked_len("the kernels", &[batch, size], size_of::<T>())? {
        return Err(Error::value("out", "does not hold one kernel a network"));
    }
    if out.is_empty() {
        return Ok(());
    }
    let theta_of = |network: usize| &theta[network * mlp.n_params()..][..mlp.n_params()];
    job.expect(batch as u64);
    if n.max(n2) * k <= SMALL {
        return for_each_block(job, out, size, |network, out| {
            one(
                mlp,
                theta_of(network),
                x,
                x2,
                out,
                Parallelism::Sequential,
                job,
            )?;
            job.advance(1);
            Ok(())
        });
    }
    for (network, out) in out.chunks_exact_mut(size).enumerate() {
        one(mlp, theta_of(network), x, x2, out, Parallelism::Pool, job)?;
        job.advance(1);
    }
    Ok(())
}

/// A matrix that tiles are written to from several threads.
struct Shared<T> {
    start: *mut T,
    width: usize,
}

// SAFETY: `one` lets each task write its own tile and the tile's mirror image, which no other
// task writes, and nobody reads before all are done.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T: Real> Shared<T> {
    /// # Safety
    /// The place must lie in the matrix and belong to the calling task.
    unsafe fn put(&self, row: usize, column: usize, value: T) {
        // SAFETY: inside the allocation by the caller's promise.
        unsafe { *self.start.add(row * self.width + column) = value };
    }
}

fn one<T: Real>(
    mlp: &Mlp,
    theta: &[T],
    x: &[T],
    x2: Option<&[T]>,
    out: &mut [T],
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let left = Side::new(mlp, theta, x, parallelism, job)?;
    let other = x2
        .map(|x2| Side::new(mlp, theta, x2, parallelism, job))
        .transpose()?;
    let right = other.as_ref().unwrap_or(&left);
    let symmetric = other.is_none();
    let k = mlp.n_outputs();
    let (n, n2) = (left.pass.n_samples(), right.pass.n_samples());
    let (step, step2) = (tile_step(n, k), tile_step(n2, k));
    let tiles: Vec<(usize, usize)> = (0..n.div_ceil(step))
        .flat_map(|i| (0..n2.div_ceil(step2)).map(move |j| (i, j)))
        .filter(|&(i, j)| !symmetric || j <= i)
        .collect();
    let shared = Shared {
        start: out.as_mut_ptr(),
        width: n2 * k,
    };
    let work = |buffers: &mut Tile<T>, &(i, j): &(usize, usize)| {
        let (first, first2) = (i * step, j * step2);
        let (len, len2) = (step.min(n - first), step2.min(n2 - first2));
        let lower = symmetric && i == j;
        buffers.compute(mlp, (&left, first, len), (right, first2, len2), lower, job)?;
        let (place, place2) = ((first * k, len * k), (first2 * k, len2 * k));
        // SAFETY: within the matrix; tile (i, j) and its mirror image are this task's alone.
        unsafe { buffers.put(&shared, place, place2, symmetric, lower) };
        Ok(())
    };
    let buffers = || Tile::new(step, step2, k);
    match parallelism {
        Parallelism::Sequential => {
            let mut buffers = buffers()?;
            tiles.iter().try_for_each(|tile| work(&mut buffers, tile))
        }
        // Buffers live as long as rayon keeps a run of tiles on one thread.
        Parallelism::Pool => tiles
            .par_iter()
            .try_for_each_init(buffers, |buffers, tile| match buffers {
                Ok(buffers) => work(buffers, tile),
                Err(error) => Err(error.clone()),
            }),
    }
}

/// Samples of a tile: as equal as they can be, so that no thread is left with a sliver.
fn tile_step(n: usize, k: usize) -> usize {
    let most = (TILE / k).max(1);
    n.div_ceil(n.div_ceil(most).max(1)).max(1)
}

/// Buffers for one tile of K.
struct Tile<T> {
    gram: Vec<T>,
    product: Vec<T>,
    sum: Vec<T>,
    k: usize,
}

impl<T: Real> Tile<T> {
    fn new(len: usize, len2: usize, k: usize) -> Result<Self> {
        let what = "a tile of the kernel";
        let size = checked_len(what, &[len, len2], size_of::<T>())?;
        let full = checked_len(what, &[len, k, len2, k], size_of::<T>())?;
        Ok(Self {
            gram: try_filled(what, size, T::default())?,
            product: try_filled(what, full, T::default())?,
            sum: try_filled(what, full, T::default())?,
            k,
        })
    }

    fn compute(
        &mut self,
        mlp: &Mlp,
        (left, first, len): (&Side<T>, usize, usize),
        (right, first2, len2): (&Side<T>, usize, usize),
        lower: bool,
        job: &Job,
    ) -> Result<()> {
        let k = self.k;
        let last = mlp.depth() - 1;
        let gram = &mut self.gram[..len * len2];
        let product = &mut self.product[..len * k * len2 * k];
        let sum = &mut self.sum[..len * k * len2 * k];
        sum.fill(T::default());
        for layer in 0..=last {
            job.check()?;
            let n_in = mlp.widths()[layer];
            let (w, b) = (mlp.weight_factor(layer), mlp.bias_factor(layer));
            let a = rows(
                &left.pass.inputs[layer][first * n_in..][..len * n_in],
                len,
                n_in,
            );
            let a2 = rows(
                &right.pass.inputs[layer][first2 * n_in..][..len2 * n_in],
                len2,
                n_in,
            );
            outer_product(rows_mut(gram, len, len2), a, a2, T::narrow(w * w), lower);
            let mut shift = T::narrow(b * b);
            let places = ((first, len), (first2, len2));
            if let Some(biases) = tile_biases(&left.biases[..], &right.biases[..], layer, b, places)
            {
                shift = T::default();
                add_biases(gram, &biases.0, &biases.1);
            }
            if layer == last {
                add_identity(sum, gram, shift, len2, k);
                break;
            }
            let width = mlp.widths()[layer + 1];
            let row = k * width;
            let d = rows(
                &left.backward.layer(layer)[first * row..][..len * row],
                len * k,
                width,
            );
            let d2 = &right.backward.layer(layer)[first2 * row..][..len2 * row];
            let d2 = rows(d2, len2 * k, width);
            outer_product(
                rows_mut(product, len * k, len2 * k),
                d,
                d2,
                T::narrow(1.0),
                lower,
            );
            add_hadamard(sum, gram, product, shift, len2, k);
        }
        let width = len2 * k;
        let mut rows = sum.chunks_exact(width).enumerate();
        // Of a tile on the diagonal only the lower half is looked at by anybody.
        if rows.all(|(r, row)| {
            row[..if lower { r + 1 } else { width }]
                .iter()
                .all(|entry| entry.widen().is_finite())
        }) {
            return Ok(());
        }
        Err(Error::value(
            "x",
            format!(
                "gives a kernel that overflows float{}; scale the samples or theta down{}",
                8 * size_of::<T>(),
                if size_of::<T>() == 4 {
                    ", or pass float64"
                } else {
                    ""
                }
            ),
        ))
    }

    /// Writes the tile, and its mirror image where K is `symmetric`; of a tile on the diagonal
    /// only the lower half holds something.
    ///
    /// # Safety
    /// The rows `first..first + height` and columns `first2..first2 + width` must lie in the
    /// matrix, and no other task may touch them or their mirror image.
    unsafe fn put(
        &self,
        shared: &Shared<T>,
        (first, height): (usize, usize),
        (first2, width): (usize, usize),
        symmetric: bool,
        lower: bool,
    ) {
        // Rows in groups, so that the mirror image is written in whole cache lines.
        const GROUP: usize = 8;
        for start in (0..height).step_by(GROUP) {
            let end = height.min(start + GROUP);
            for r in start..end {
                let row = &self.sum[r * width..][..if lower { r + 1 } else { width }];
                for (c, &value) in row.iter().enumerate() {
                    // SAFETY: by the caller's promise.
                    unsafe { shared.put(first + r, first2 + c, value) };
                }
            }
            if symmetric {
                for c in 0..if lower { end } else { width } {
                    for r in start.max(if lower { c } else { 0 })..end {
                        // SAFETY: by the caller's promise.
                        unsafe { shared.put(first2 + c, first + r, self.sum[r * width + c]) };
                    }
                }
            }
        }
    }
}

/// K v of one network, v sample-major, without K and without J.
///
/// # Errors
/// As [`empirical_ntk`].
pub fn kernel_vector_product(
    mlp: &Mlp,
    theta: &[f64],
    x: &[f64],
    v: &[f64],
    out: &mut [f64],
    job: &Job,
) -> Result<()> {
    mlp.check_params(theta, 1)?;
    let mut pass = Pass::new(mlp, x, Parallelism::Pool)?;
    check_outputs(mlp, &pass, v)?;
    check_outputs(mlp, &pass, out)?;
    if out.is_empty() {
        return Ok(());
    }
    pass.forward(mlp, theta, job)?;
    let n = pass.n_samples();
    let mut gradient = try_filled("the gradient", mlp.n_params(), 0.0)?;
    let mut backward = Backward::new(mlp, n)?;
    backward.pull_back(mlp, theta, &pass, v, &mut gradient, job)?;
    push_forward(mlp, theta, &pass, &gradient, out, job)
}
