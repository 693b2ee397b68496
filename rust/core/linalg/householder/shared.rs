//! Householder reduction of one large Hermitian matrix to tridiagonal form: eight rows in the SIMD
//! lanes, columns shared among threads.
//!
//! Steps are as in [`side_by_side`](super::side_by_side). Here memory is the limit, so updates
//! wait until a number of them are applied in one pass over the matrix. Until then the product of
//! the matrix with a vector u is corrected by those of the updates that wait. The columns are shared
//! in parts that depend on the order alone, whose products are added in their order.

use rayon::prelude::*;

use super::columns::{Conjugated, Layout, Multiply, PENDING, Waiting, below};
use super::numbers::{FLUSH, Numbers};
use crate::error::{Result, try_filled};
use crate::linalg::scalar::Scalar;
use crate::parallel::{Spread, Watch};
use crate::simd::{self, Kernel, LANES, Lane, Real, Simd};

/// Columns of a part at least, where there are several.
const PART: usize = 128;
/// Most parts.
const PARTS: usize = 16;

/// Reduces the matrix of order n whose lower half is given column-major, times `factor`, which makes
/// its entries about 1 or below: its diagonal, and in the first n - 1 places of `squares` the squared
/// moduli of its off-diagonal. Computed in double precision, with the same bits for either `spread`.
///
/// # Errors
/// [`Error::Memory`](crate::error::Error::Memory);
/// [`Error::Interrupted`](crate::error::Error::Interrupted) once the watch is stopped.
pub fn reduce<T: Scalar>(
    watch: &Watch,
    spread: Spread,
    n: usize,
    lower: &[T],
    factor: f64,
    diagonal: &mut [f64],
    squares: &mut [f64],
) -> Result<()> {
    if T::IS_REAL {
        Reduction::<false>::load(n, lower, factor)?.run(watch, spread, diagonal, squares)
    } else {
        Reduction::<true>::load(n, lower, factor)?.run(watch, spread, diagonal, squares)
    }
}

/// A matrix on its way, its columns and vectors in the order of [`Layout`].
struct Reduction<const COMPLEX: bool> {
    n: usize,
    blocks: usize,
    /// One column after the other. What is above the diagonal means nothing.
    matrix: Vec<Lane>,
    /// u and q of [`PENDING`] updates A - u q^H - q u^H, block by block.
    updates: Vec<Lane>,
    /// Updates that wait.
    waiting: usize,
    /// u of the update that is being made.
    next: Vec<Lane>,
    /// Products of the parts with it.
    products: Vec<Vec<Lane>>,
}

impl<const COMPLEX: bool> Reduction<COMPLEX> {
    fn load<T: Scalar>(n: usize, lower: &[T], factor: f64) -> Result<Self> {
        let what = "a matrix that is reduced";
        let blocks = n.div_ceil(LANES);
        let zeros = |len: usize| try_filled(what, len, Lane::ZERO);
        let mut matrix = zeros(n * blocks * Layout::<COMPLEX>::WIDTH)?;
        for (j, column) in lower.chunks(n).enumerate() {
            for (i, entry) in column.iter().enumerate().skip(j) {
                let at = (j * blocks + i / LANES) * Layout::<COMPLEX>::WIDTH;
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
            updates: zeros(blocks * Layout::<COMPLEX>::UPDATES)?,
            waiting: 0,
            next: zeros(blocks * Layout::<COMPLEX>::WIDTH)?,
            products: (0..parts(n))
                .map(|_| zeros(blocks * Layout::<COMPLEX>::WIDTH))
                .collect::<Result<_>>()?,
        })
    }

    fn run(
        mut self,
        watch: &Watch,
        spread: Spread,
        diagonal: &mut [f64],
        squares: &mut [f64],
    ) -> Result<()> {
        for k in 0..self.n {
            watch.check()?;
            let (entry, norm) = simd::dispatch(Column(&mut self, k));
            diagonal[k] = entry;
            if k + 1 < self.n {
                squares[k] = norm;
            }
            if k + 2 < self.n {
                let first = k + 1;
                let inverse = self.reflect(first, norm);
                let count = self.multiply(spread, first);
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

    /// Turns x in `next`, which begins at `first`, into u; 1 / h, or 0 where x counts as zero.
    fn reflect(&mut self, first: usize, norm: f64) -> f64 {
        let (at, lane) = (first / LANES * Layout::<COMPLEX>::WIDTH, first % LANES);
        let x = &mut self.next[at..at + Layout::<COMPLEX>::WIDTH];
        let square: f64 = x.iter().map(|part| part[lane] * part[lane]).sum();
        let length = norm.sqrt();
        // A first entry that is nothing beside the others has no phase; any will do.
        let modulus = if square <= FLUSH * norm {
            for part in x.iter_mut() {
                part[lane] = 0.0;
            }
            x[0][lane] = length;
            0.0
        } else {
            let modulus = square.sqrt();
            let along = 1.0 + length / modulus;
            for part in x.iter_mut() {
                part[lane] *= along;
            }
            modulus
        };
        if norm < FLUSH {
            0.0
        } else {
            1.0 / (modulus * length + norm)
        }
    }

    /// Products of the parts of the matrix from column `first` on with u in `next`, after the updates
    /// if the most are waiting; the number of parts.
    fn multiply(&mut self, spread: Spread, first: usize) -> usize {
        let update = self.waiting == PENDING;
        let column = self.blocks * Layout::<COMPLEX>::WIDTH;
        let count = parts(self.n - first);
        let mut rest = &mut self.matrix[first * column..];
        let mut start = first;
        let mut tasks = Vec::with_capacity(count);
        for (part, product) in self.products[..count].iter_mut().enumerate() {
            let end = boundary(first, self.n, part + 1, count);
            let (columns, later) = std::mem::take(&mut rest).split_at_mut((end - start) * column);
            tasks.push(Multiply::<COMPLEX> {
                update,
                range: start..end,
                columns,
                updates: &self.updates,
                next: &self.next,
                product,
            });
            (rest, start) = (later, end);
        }
        if count == 1 || spread == Spread::Here {
            tasks.into_iter().for_each(simd::dispatch);
        } else {
            tasks
                .into_par_iter()
                .with_max_len(1)
                .for_each(simd::dispatch);
        }
        if update {
            self.waiting = 0;
        }
        count
    }
}

/// Column k with the updates that wait: what is below the diagonal goes to `next`. Returns the
/// entry on the diagonal and the squared norm of what is below.
struct Column<'a, const COMPLEX: bool>(&'a mut Reduction<COMPLEX>, usize);

impl<const COMPLEX: bool> Kernel for Column<'_, COMPLEX> {
    type Output = (f64, f64);

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> (f64, f64) {
        let Self(reduction, k) = self;
        let m = Numbers::<S, COMPLEX>(s);
        let (width, updates) = (Layout::<COMPLEX>::WIDTH, Layout::<COMPLEX>::UPDATES);
        let (first, start) = (k / LANES, k * reduction.blocks);
        let column =
            &reduction.matrix[(start + first) * width..][..(reduction.blocks - first) * width];
        let next = &mut reduction.next[first * width..];
        for (x, next) in column.chunks_exact(width).zip(next.chunks_exact_mut(width)) {
            m.write(m.read(x), next);
        }
        for pair in 0..reduction.waiting {
            let waiting = Waiting::of(m, &reduction.updates[first * updates..], pair, k % LANES);
            let blocks = reduction.updates[first * updates..].chunks_exact(updates);
            for (x, block) in next.chunks_exact_mut(width).zip(blocks) {
                m.write(waiting.apply(m, block, m.read(x)), x);
            }
        }
        let x = m.read(next);
        let entry = simd::array(s, x.re)[k % LANES];
        m.write(m.select(below(s, k), x, m.zero()), next);
        let mut norm = s.splat(0.0);
        for x in next.chunks_exact(width) {
            norm = m.square_add(m.read(x), norm);
        }
        (entry, simd::sum(simd::array(s, norm)))
    }
}

/// Adds up the products of the parts, corrects them by the updates that wait, makes q of them and
/// lets u in `next` and q wait with the others.
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
        let m = Numbers::<S, COMPLEX>(s);
        let (width, size) = (Layout::<COMPLEX>::WIDTH, Layout::<COMPLEX>::UPDATES);
        let Reduction {
            n,
            updates,
            waiting,
            next,
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
                m.write(m.add(m.read(sum), m.read(x)), sum);
            }
        }
        let block = self.first / LANES;
        let updates = &mut updates[block * size..];
        let (next, product) = (&next[block * width..], &mut product[block * width..]);
        for pair in 0..*waiting {
            let at = 2 * width * pair;
            let (mut along_u, mut along_q) = (Conjugated::zero(m), Conjugated::zero(m));
            for (x, block) in next.chunks_exact(width).zip(updates.chunks_exact(size)) {
                let x = m.read(x);
                along_u.add(m, m.read(&block[at..]), x);
                along_q.add(m, m.read(&block[at + width..]), x);
            }
            let (along_u, along_q) = (along_u.total(m), along_q.total(m));
            let along_u = m.splat(-along_u.0, -along_u.1);
            let along_q = m.splat(-along_q.0, -along_q.1);
            let products = product.chunks_exact_mut(width);
            for (p, block) in products.zip(updates.chunks_exact(size)) {
                let corrected = m.mul_add(m.read(&block[at..]), along_q, m.read(p));
                let corrected = m.mul_add(m.read(&block[at + width..]), along_u, corrected);
                m.write(corrected, p);
            }
        }
        // u^H A u is real.
        let mut overlap = Conjugated::zero(m);
        for (x, p) in next.chunks_exact(width).zip(product.chunks_exact(width)) {
            overlap.add(m, m.read(x), m.read(p));
        }
        let half = -0.5 * overlap.total(m).0 * self.inverse * self.inverse;
        let (half, inverse) = (s.splat(half), s.splat(self.inverse));
        let at = 2 * width * *waiting;
        let vectors = next.chunks_exact(width).zip(product.chunks_exact(width));
        for ((u, p), block) in vectors.zip(updates.chunks_exact_mut(size)) {
            let u = m.read(u);
            m.write(u, &mut block[at..]);
            let q = m.add(m.scale(m.read(p), inverse), m.scale(u, half));
            m.write(q, &mut block[at + width..]);
        }
        *waiting += 1;
    }
}

/// Parts that `rows` columns are shared in: a power of two, so that even numbers of threads are all busy.
fn parts(rows: usize) -> usize {
    match (rows / PART).checked_ilog2() {
        Some(power) => (1 << power).min(PARTS),
        None => 1,
    }
}

/// First column of a part: each has about the same share of the lower half.
fn boundary(first: usize, n: usize, part: usize, count: usize) -> usize {
    let left = 1.0 - part as f64 / count as f64;
    n - ((n - first) as f64 * left.sqrt()) as usize
}
