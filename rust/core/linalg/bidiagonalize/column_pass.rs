//! One pass over columns of a large matrix: apply the delayed updates, then find the entries of y and r and
//! the part of the product `A r` of the next update.

use crate::error::Result;
use crate::execution::Job;
use crate::linalg::row_blocks::{DotProduct, MAX_DELAYED_UPDATES, RowBlocks};
use crate::linalg::simd_scalar::{ScalarOps, SimdScalar};
use crate::simd::{F64x8, Kernel, LANES, Simd};

/// Row blocks of a partial sum: sums of partial sums lose fewer digits.
const SUM_BLOCKS: usize = 64;
/// Columns between checks for an interrupt.
const CHECK_COLUMNS: usize = 16;

/// Real and imaginary part, the latter zero in a real matrix.
pub type Pair = [f64; 2];

/// The entries of an update `A - u y^H - w v^H` in one column; they multiply u and w conjugated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Coefficients {
    /// Entry of y.
    pub y: Pair,
    /// Entry of v, or of r before v is made of it.
    pub v: Pair,
}

/// One pass over some columns after column k; with `RIGHT` false without reflectors from the right.
pub struct Pass<'a, const COMPLEX: bool, const RIGHT: bool> {
    /// Interrupts the pass.
    pub job: &'a Job,
    /// The step, and the row that is mapped from the right.
    pub k: usize,
    /// Number of delayed updates; all are applied if there are [`MAX_DELAYED_UPDATES`].
    pub delayed: usize,
    /// The columns.
    pub columns: &'a mut [F64x8],
    /// u and w of the updates, block by block.
    pub updates: &'a [F64x8],
    /// y and v of the updates in these columns.
    pub coefficients: &'a mut [[Coefficients; MAX_DELAYED_UPDATES]],
    /// u of the step that is being made.
    pub u: &'a [F64x8],
    /// 1 / h of its reflector.
    pub inverse: f64,
    /// u^H and w^H of the delayed updates, times u.
    pub overlaps: &'a [[Pair; 2]; MAX_DELAYED_UPDATES],
    /// Where the product A r goes.
    pub product: &'a mut [F64x8],
}

impl<const COMPLEX: bool, const RIGHT: bool> Kernel for Pass<'_, COMPLEX, RIGHT> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> Result<()> {
        let ops = ScalarOps::<S, COMPLEX>(s);
        let width = RowBlocks::<COMPLEX>::PARTS;
        let (first, lane) = (self.k / LANES, self.k % LANES);
        let start = first * width;
        let update = self.delayed == MAX_DELAYED_UPDATES;
        let updates = &self.updates[first * RowBlocks::<COMPLEX>::UPDATE_PARTS..];
        let (u, product) = (&self.u[start..], &mut self.product[start..]);
        if RIGHT {
            product.fill(F64x8::ZERO);
        }
        let head = entry_of::<COMPLEX>(u, lane);
        let slot = if update { 0 } else { self.delayed };
        let columns = self.columns.chunks_exact_mut(self.u.len());
        for (turn, (column, coefficients)) in columns.zip(self.coefficients).enumerate() {
            if turn % CHECK_COLUMNS == 0 {
                self.job.check()?;
            }
            let column = &mut column[start..];
            let sum = if update {
                apply::<S, COMPLEX, RIGHT>(ops, coefficients, column, updates, u)
            } else {
                dot(ops, column, u)
            };
            let (re, im) = sum.total(ops);
            let mut sum = [re, if COMPLEX { im } else { 0.0 }];
            let mut entry = entry_of::<COMPLEX>(column, lane);
            if !update {
                let delayed = coefficients.iter().zip(self.overlaps).take(self.delayed);
                for (index, (&Coefficients { y, v }, &[along_u, along_w])) in delayed.enumerate() {
                    sum = minus(sum, times(y, along_u));
                    entry = minus(
                        entry,
                        times(update_entry::<COMPLEX>(updates, lane, 2 * index), conj(y)),
                    );
                    if RIGHT {
                        sum = minus(sum, times(v, along_w));
                        let w = update_entry::<COMPLEX>(updates, lane, 2 * index + 1);
                        entry = minus(entry, times(w, conj(v)));
                    }
                }
            }
            let y = [sum[0] * self.inverse, sum[1] * self.inverse];
            let r = conj(minus(entry, times(head, conj(y))));
            coefficients[slot] = Coefficients { y, v: r };
            if RIGHT {
                let r = ops.splat(r[0], r[1]);
                for (a, p) in column
                    .chunks_exact(width)
                    .zip(product.chunks_exact_mut(width))
                {
                    ops.write(ops.mul_add(ops.read(a), r, ops.read(p)), p);
                }
            }
        }
        Ok(())
    }
}

/// Applies all updates to a column and returns its dot product with u.
#[inline(always)]
fn apply<S: Simd, const C: bool, const RIGHT: bool>(
    ops: ScalarOps<S, C>,
    coefficients: &[Coefficients; MAX_DELAYED_UPDATES],
    column: &mut [F64x8],
    updates: &[F64x8],
    u: &[F64x8],
) -> DotProduct<S::F> {
    let width = RowBlocks::<C>::PARTS;
    let mut y: [SimdScalar<S::F>; MAX_DELAYED_UPDATES] = [ops.zero(); MAX_DELAYED_UPDATES];
    let mut v = y;
    for index in 0..MAX_DELAYED_UPDATES {
        y[index] = ops.splat(-coefficients[index].y[0], -coefficients[index].y[1]);
        v[index] = ops.splat(-coefficients[index].v[0], -coefficients[index].v[1]);
    }
    let size = RowBlocks::<C>::UPDATE_PARTS;
    let mut sum = DotProduct::zero(ops);
    let pieces = column
        .chunks_mut(SUM_BLOCKS * width)
        .zip(updates.chunks(SUM_BLOCKS * size))
        .zip(u.chunks(SUM_BLOCKS * width));
    for ((column, updates), u) in pieces {
        let mut part = DotProduct::zero(ops);
        let blocks = column
            .chunks_exact_mut(width)
            .zip(updates.chunks_exact(size))
            .zip(u.chunks_exact(width));
        for ((a, updates), u) in blocks {
            let mut entries = ops.read(a);
            for index in 0..MAX_DELAYED_UPDATES {
                let vectors = &updates[2 * width * index..][..2 * width];
                entries = ops.conj_mul_add(y[index], ops.read(vectors), entries);
                if RIGHT {
                    entries = ops.conj_mul_add(v[index], ops.read(&vectors[width..]), entries);
                }
            }
            ops.write(entries, a);
            part.add(ops, entries, ops.read(u));
        }
        sum.join(ops, &part);
    }
    sum
}

/// The dot product conj(a) b of two vectors.
#[inline(always)]
pub fn dot<S: Simd, const C: bool>(
    ops: ScalarOps<S, C>,
    a: &[F64x8],
    b: &[F64x8],
) -> DotProduct<S::F> {
    let width = RowBlocks::<C>::PARTS;
    let mut sum = DotProduct::zero(ops);
    let pieces = a
        .chunks(SUM_BLOCKS * width)
        .zip(b.chunks(SUM_BLOCKS * width));
    for (a, b) in pieces {
        let mut part = DotProduct::zero(ops);
        for (a, b) in a.chunks_exact(width).zip(b.chunks_exact(width)) {
            part.add(ops, ops.read(a), ops.read(b));
        }
        sum.join(ops, &part);
    }
    sum
}

/// The entry of a vector in that lane of its first row block.
#[inline(always)]
pub fn entry_of<const C: bool>(vector: &[F64x8], lane: usize) -> Pair {
    [vector[0][lane], if C { vector[1][lane] } else { 0.0 }]
}

/// The same of one of the vectors of the updates, u and w in turn.
#[inline(always)]
pub fn update_entry<const C: bool>(updates: &[F64x8], lane: usize, place: usize) -> Pair {
    entry_of::<C>(&updates[place * RowBlocks::<C>::PARTS..], lane)
}

/// a - b.
#[inline(always)]
pub fn minus(a: Pair, b: Pair) -> Pair {
    [a[0] - b[0], a[1] - b[1]]
}

/// a b.
#[inline(always)]
pub fn times(a: Pair, b: Pair) -> Pair {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

/// Complex conjugate.
#[inline(always)]
pub fn conj(a: Pair) -> Pair {
    [a[0], -a[1]]
}
