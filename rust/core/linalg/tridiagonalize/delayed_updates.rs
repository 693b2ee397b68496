//! One pass over columns of a large Hermitian matrix: apply the delayed rank-2 updates, then multiply by u.

use std::ops::Range;

use crate::linalg::row_blocks::{DotProduct, MAX_DELAYED_UPDATES, RowBlocks};
use crate::linalg::simd_scalar::{ScalarOps, SimdScalar};
use crate::simd::{self, F64x8, Kernel, LANES, Simd};

/// A delayed update `A - u q^H - q u^H`, with its coefficients in one column.
#[derive(Debug, Clone, Copy)]
pub struct DelayedUpdate<F> {
    index: usize,
    /// Minus the entries of u and q in the row of that column.
    u: SimdScalar<F>,
    q: SimdScalar<F>,
}

impl<F: Copy> DelayedUpdate<F> {
    /// Update `index` in the column whose diagonal entry is in that lane of the first of `blocks`.
    #[inline(always)]
    pub fn of<S: Simd<F = F>, const C: bool>(
        ops: ScalarOps<S, C>,
        blocks: &[F64x8],
        index: usize,
        lane: usize,
    ) -> Self {
        let width = RowBlocks::<C>::PARTS;
        let u = &blocks[2 * width * index..][..2 * width];
        Self {
            index,
            u: ops.splat(-u[0][lane], -u[width - 1][lane]),
            q: ops.splat(-u[width][lane], -u[2 * width - 1][lane]),
        }
    }

    /// Entries of a block of the column after the update.
    #[inline(always)]
    pub fn apply<S: Simd<F = F>, const C: bool>(
        &self,
        ops: ScalarOps<S, C>,
        block: &[F64x8],
        a: SimdScalar<F>,
    ) -> SimdScalar<F> {
        let width = RowBlocks::<C>::PARTS;
        let u = &block[2 * width * self.index..][..2 * width];
        let a = ops.conj_mul_add(self.q, ops.read(u), a);
        ops.conj_mul_add(self.u, ops.read(&u[width..]), a)
    }
}

/// The part of some columns of the lower triangle in the Hermitian matrix-vector product `A u`.
#[derive(Debug)]
pub struct HermitianProduct<'a, const COMPLEX: bool> {
    /// Whether all [`MAX_DELAYED_UPDATES`] updates are applied first.
    pub update: bool,
    /// Indices of the columns.
    pub range: Range<usize>,
    /// Their entries.
    pub columns: &'a mut [F64x8],
    /// u and q of the updates, block by block.
    pub updates: &'a [F64x8],
    /// u of the step that is being made.
    pub u: &'a [F64x8],
    /// Where the product goes.
    pub product: &'a mut [F64x8],
}

impl<const COMPLEX: bool> Kernel for HermitianProduct<'_, COMPLEX> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let ops = ScalarOps::<S, COMPLEX>(s);
        let width = RowBlocks::<COMPLEX>::PARTS;
        // The rows before the first column are not part of the trailing matrix.
        self.product[self.range.start / LANES * width..].fill(F64x8::ZERO);
        let columns = self.columns.chunks_exact_mut(self.u.len());
        for (j, column) in self.range.zip(columns) {
            let first = j / LANES;
            let start = first * width;
            let updates = &self.updates[first * RowBlocks::<COMPLEX>::UPDATE_PARTS..];
            let (u, product) = (&self.u[start..], &mut self.product[start..]);
            let column = &mut column[start..];
            if self.update {
                multiply::<S, COMPLEX, true>(ops, j, column, updates, u, product);
            } else {
                multiply::<S, COMPLEX, false>(ops, j, column, updates, u, product);
            }
        }
    }
}

/// The part of one column, from the block of its diagonal entry on.
#[inline(always)]
fn multiply<S: Simd, const C: bool, const UPDATE: bool>(
    ops: ScalarOps<S, C>,
    j: usize,
    column: &mut [F64x8],
    updates: &[F64x8],
    u: &[F64x8],
    product: &mut [F64x8],
) {
    let ScalarOps(s) = ops;
    let (width, lane) = (RowBlocks::<C>::PARTS, j % LANES);
    let u_j = ops.splat(u[0][lane], u[width - 1][lane]);
    // No closure: it would not be compiled for the instruction set.
    let delayed: [_; MAX_DELAYED_UPDATES] = [
        DelayedUpdate::of(ops, updates, 0, lane),
        DelayedUpdate::of(ops, updates, 1, lane),
        DelayedUpdate::of(ops, updates, 2, lane),
        DelayedUpdate::of(ops, updates, 3, lane),
    ];
    let mut sum = DotProduct::zero(ops);
    let mut diagonal = 0.0;
    let blocks = column
        .chunks_exact_mut(width)
        .zip(updates.chunks_exact(RowBlocks::<C>::UPDATE_PARTS))
        .zip(u.chunks_exact(width))
        .zip(product.chunks_exact_mut(width));
    for (i, (((a, updates), u), product)) in blocks.enumerate() {
        let mut entries = ops.read(a);
        if UPDATE {
            for update in &delayed {
                entries = update.apply(ops, updates, entries);
            }
            ops.write(entries, a);
        }
        if i == 0 {
            diagonal = simd::array(s, entries.re)[lane];
            entries = ops.select(below(s, j), entries, ops.zero());
        }
        ops.write(ops.mul_add(entries, u_j, ops.read(product)), product);
        sum.add(ops, entries, ops.read(u));
    }
    // The diagonal is real.
    let (re, im) = sum.total(ops);
    product[0][lane] += diagonal.mul_add(u[0][lane], re);
    if C {
        product[1][lane] += diagonal.mul_add(u[1][lane], im);
    }
}

/// The rows below row i in its block.
#[inline(always)]
pub fn below<S: Simd>(s: S, i: usize) -> S::M {
    s.mask((0xfe_u32 << (i % LANES)) as u8)
}
