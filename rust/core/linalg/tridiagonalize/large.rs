//! One large matrix: eight rows in the SIMD lanes, columns shared among threads.
//!
//! While updates are delayed, the product of the stored matrix with u is corrected by their products with
//! u. Columns are divided among the threads in parts that depend on the order alone, and the partial
//! products are added in the order of the parts: the bits do not depend on the number of threads.

use rayon::prelude::*;

use super::delayed_updates::{DelayedUpdate, HermitianProduct, below};
use crate::error::{Result, try_filled};
use crate::execution::{Job, Parallelism};
use crate::linalg::reflector::reduction::reflector;
use crate::linalg::row_blocks::{DotProduct, MAX_DELAYED_UPDATES, RowBlocks};
use crate::linalg::scalar::Scalar;
use crate::linalg::simd_scalar::ScalarOps;
use crate::simd::{self, F64x8, Kernel, LANES, Real, Simd};

/// Fewest columns of a part, where there are several.
const PART_COLUMNS: usize = 128;
/// Most parts.
const MAX_PARTS: usize = 16;

/// Tridiagonalizes the matrix of order n whose lower triangle is given column-major, times `factor`,
/// which makes its entries about 1 or below: the diagonal, and in the first n - 1 places of
/// `off_diagonal_squared` the squared moduli of the off-diagonal. Computed in double precision, with the
/// same bits for either `parallelism`.
///
/// # Errors
/// [`Error::Memory`](crate::error::Error::Memory);
/// [`Error::Interrupted`](crate::error::Error::Interrupted) once the job is stopped.
pub fn tridiagonalize<T: Scalar>(
    n: usize,
    lower: &[T],
    factor: f64,
    diagonal: &mut [f64],
    off_diagonal_squared: &mut [f64],
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    if T::IS_REAL {
        Reduction::<false>::load(n, lower, factor)?.run(
            diagonal,
            off_diagonal_squared,
            parallelism,
            job,
        )
    } else {
        Reduction::<true>::load(n, lower, factor)?.run(
            diagonal,
            off_diagonal_squared,
            parallelism,
            job,
        )
    }
}

/// Bytes that [`tridiagonalize`] works in.
pub fn tridiagonalize_workspace_bytes<T: Scalar>(n: usize) -> u128 {
    let vectors = n + 2 * MAX_DELAYED_UPDATES + 1 + parts(n);
    (n.div_ceil(LANES) * T::PARTS * size_of::<F64x8>()) as u128 * vectors as u128
}

/// A matrix that is being reduced; columns and vectors are laid out as [`RowBlocks`].
struct Reduction<const COMPLEX: bool> {
    n: usize,
    blocks: usize,
    /// Column by column; what lies above the diagonal is never used.
    matrix: Vec<F64x8>,
    /// u and q of the updates `A - u q^H - q u^H`, block by block.
    updates: Vec<F64x8>,
    /// Number of delayed updates.
    delayed: usize,
    /// u of the step that is being made.
    u: Vec<F64x8>,
    /// Partial products of the parts with u.
    products: Vec<Vec<F64x8>>,
}

impl<const COMPLEX: bool> Reduction<COMPLEX> {
    fn load<T: Scalar>(n: usize, lower: &[T], factor: f64) -> Result<Self> {
        let what = "a matrix that is reduced";
        let blocks = n.div_ceil(LANES);
        let zeros = |len: usize| try_filled(what, len, F64x8::ZERO);
        let mut matrix = zeros(n * blocks * RowBlocks::<COMPLEX>::PARTS)?;
        for (j, column) in lower.chunks(n).enumerate() {
            for (i, entry) in column.iter().enumerate().skip(j) {
                let at = (j * blocks + i / LANES) * RowBlocks::<COMPLEX>::PARTS;
                matrix[at][i % LANES] = entry.re().to_f64() * factor;
                if COMPLEX && i > j {
                    matrix[at + 1][i % LANES] = entry.imaginary().to_f64() * factor;
                }
            }
        }
        Ok(Self {
            n,
            blocks,
            matrix,
            updates: zeros(blocks * RowBlocks::<COMPLEX>::UPDATE_PARTS)?,
            delayed: 0,
            u: zeros(blocks * RowBlocks::<COMPLEX>::PARTS)?,
            products: (0..parts(n))
                .map(|_| zeros(blocks * RowBlocks::<COMPLEX>::PARTS))
                .collect::<Result<_>>()?,
        })
    }

    fn run(
        mut self,
        diagonal: &mut [f64],
        off_diagonal_squared: &mut [f64],
        parallelism: Parallelism,
        job: &Job,
    ) -> Result<()> {
        for k in 0..self.n {
            job.check()?;
            let (entry, norm) = simd::dispatch(Column(&mut self, k));
            diagonal[k] = entry;
            if k + 1 < self.n {
                off_diagonal_squared[k] = norm;
            }
            if k + 2 < self.n {
                let first = k + 1;
                let inverse = self.reflect(first, norm);
                let count = self.multiply(first, parallelism);
                let reduction = &mut self;
                simd::dispatch(Finish {
                    reduction,
                    first,
                    count,
                    inverse,
                });
            }
        }
        Ok(())
    }

    /// Turns the column x in `u`, which begins at row `first`, into the vector of its reflector; 1 / h.
    fn reflect(&mut self, first: usize, squared_norm: f64) -> f64 {
        let (at, lane) = (first / LANES * RowBlocks::<COMPLEX>::PARTS, first % LANES);
        let parts = &mut self.u[at..at + RowBlocks::<COMPLEX>::PARTS];
        let entry = [parts[0][lane], if COMPLEX { parts[1][lane] } else { 0.0 }];
        let (entry, inverse_h) = reflector(entry, squared_norm);
        for (part, x) in parts.iter_mut().zip(entry) {
            part[lane] = x;
        }
        inverse_h
    }

    /// Partial products of the trailing matrix, which begins at column `first`, with u; all updates are
    /// applied first if no more can be delayed. Returns the number of parts.
    fn multiply(&mut self, first: usize, parallelism: Parallelism) -> usize {
        let update = self.delayed == MAX_DELAYED_UPDATES;
        let column = self.blocks * RowBlocks::<COMPLEX>::PARTS;
        let count = parts(self.n - first);
        let mut rest = &mut self.matrix[first * column..];
        let mut start = first;
        let mut tasks = Vec::with_capacity(count);
        for (part, product) in self.products[..count].iter_mut().enumerate() {
            let end = boundary(first, self.n, part + 1, count);
            let (columns, later) = std::mem::take(&mut rest).split_at_mut((end - start) * column);
            tasks.push(HermitianProduct::<COMPLEX> {
                update,
                range: start..end,
                columns,
                updates: &self.updates,
                u: &self.u,
                product,
            });
            (rest, start) = (later, end);
        }
        if count == 1 || parallelism == Parallelism::Sequential {
            tasks.into_iter().for_each(simd::dispatch);
        } else {
            tasks
                .into_par_iter()
                .with_max_len(1)
                .for_each(simd::dispatch);
        }
        if update {
            self.delayed = 0;
        }
        count
    }
}

/// Writes column k below the diagonal, after the delayed updates, to `u`. Returns the diagonal entry and
/// the squared norm of what lies below it.
struct Column<'a, const COMPLEX: bool>(&'a mut Reduction<COMPLEX>, usize);

impl<const COMPLEX: bool> Kernel for Column<'_, COMPLEX> {
    type Output = (f64, f64);

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> (f64, f64) {
        let Self(reduction, k) = self;
        let ops = ScalarOps::<S, COMPLEX>(s);
        let (width, updates) = (
            RowBlocks::<COMPLEX>::PARTS,
            RowBlocks::<COMPLEX>::UPDATE_PARTS,
        );
        let (first, start) = (k / LANES, k * reduction.blocks);
        let column =
            &reduction.matrix[(start + first) * width..][..(reduction.blocks - first) * width];
        let u = &mut reduction.u[first * width..];
        for (x, u) in column.chunks_exact(width).zip(u.chunks_exact_mut(width)) {
            ops.write(ops.read(x), u);
        }
        for index in 0..reduction.delayed {
            let update =
                DelayedUpdate::of(ops, &reduction.updates[first * updates..], index, k % LANES);
            let blocks = reduction.updates[first * updates..].chunks_exact(updates);
            for (x, block) in u.chunks_exact_mut(width).zip(blocks) {
                ops.write(update.apply(ops, block, ops.read(x)), x);
            }
        }
        let x = ops.read(u);
        let entry = simd::array(s, x.re)[k % LANES];
        ops.write(ops.select(below(s, k), x, ops.zero()), u);
        let mut norm = s.splat(0.0);
        for x in u.chunks_exact(width) {
            norm = ops.square_add(ops.read(x), norm);
        }
        (entry, simd::sum(simd::array(s, norm)))
    }
}

/// Adds up the partial products, corrects the sum by the delayed updates, makes q of it and delays the
/// update by u and q.
struct Finish<'a, const COMPLEX: bool> {
    reduction: &'a mut Reduction<COMPLEX>,
    first: usize,
    count: usize,
    inverse: f64,
}

impl<const COMPLEX: bool> Kernel for Finish<'_, COMPLEX> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let ops = ScalarOps::<S, COMPLEX>(s);
        let (width, size) = (
            RowBlocks::<COMPLEX>::PARTS,
            RowBlocks::<COMPLEX>::UPDATE_PARTS,
        );
        let Reduction {
            n,
            updates,
            delayed,
            u,
            products,
            ..
        } = self.reduction;
        let Some((product, others)) = products.split_first_mut() else {
            return;
        };
        for (part, other) in (1..).zip(&others[..self.count - 1]) {
            let begin = boundary(self.first, *n, part, self.count) / LANES * width;
            let sums = product[begin..].chunks_exact_mut(width);
            for (sum, x) in sums.zip(other[begin..].chunks_exact(width)) {
                ops.write(ops.add(ops.read(sum), ops.read(x)), sum);
            }
        }
        let block = self.first / LANES;
        let updates = &mut updates[block * size..];
        let (u, product) = (&u[block * width..], &mut product[block * width..]);
        for index in 0..*delayed {
            let at = 2 * width * index;
            let (mut along_u, mut along_q) = (DotProduct::zero(ops), DotProduct::zero(ops));
            for (x, block) in u.chunks_exact(width).zip(updates.chunks_exact(size)) {
                let x = ops.read(x);
                along_u.add(ops, ops.read(&block[at..]), x);
                along_q.add(ops, ops.read(&block[at + width..]), x);
            }
            let (along_u, along_q) = (along_u.total(ops), along_q.total(ops));
            let along_u = ops.splat(-along_u.0, -along_u.1);
            let along_q = ops.splat(-along_q.0, -along_q.1);
            let products = product.chunks_exact_mut(width);
            for (p, block) in products.zip(updates.chunks_exact(size)) {
                let corrected = ops.mul_add(ops.read(&block[at..]), along_q, ops.read(p));
                let corrected = ops.mul_add(ops.read(&block[at + width..]), along_u, corrected);
                ops.write(corrected, p);
            }
        }
        // u^H A u is real.
        let mut overlap = DotProduct::zero(ops);
        for (x, p) in u.chunks_exact(width).zip(product.chunks_exact(width)) {
            overlap.add(ops, ops.read(x), ops.read(p));
        }
        let half = -0.5 * overlap.total(ops).0 * self.inverse * self.inverse;
        let (half, inverse) = (s.splat(half), s.splat(self.inverse));
        let at = 2 * width * *delayed;
        let vectors = u.chunks_exact(width).zip(product.chunks_exact(width));
        for ((u, p), block) in vectors.zip(updates.chunks_exact_mut(size)) {
            let u = ops.read(u);
            ops.write(u, &mut block[at..]);
            let q = ops.add(ops.scale(ops.read(p), inverse), ops.scale(u, half));
            ops.write(q, &mut block[at + width..]);
        }
        *delayed += 1;
    }
}

/// Number of parts of `columns` columns: a power of two, which keeps even numbers of threads busy.
fn parts(columns: usize) -> usize {
    match (columns / PART_COLUMNS).checked_ilog2() {
        Some(power) => (1 << power).min(MAX_PARTS),
        None => 1,
    }
}

/// First column of a part: the parts have about the same number of entries below the diagonal.
fn boundary(first: usize, n: usize, part: usize, count: usize) -> usize {
    let left = 1.0 - part as f64 / count as f64;
    n - ((n - first) as f64 * left.sqrt()) as usize
}
