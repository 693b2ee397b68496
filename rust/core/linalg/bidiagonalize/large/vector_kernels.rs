//! The kernels on the long vectors of one large matrix between passes over it.

use super::Reduction;
use crate::linalg::bidiagonalize::column_pass::{Coefficients, Pair, dot};
use crate::linalg::row_blocks::{DotProduct, MAX_DELAYED_UPDATES, RowBlocks};
use crate::linalg::simd_scalar::ScalarOps;
use crate::simd::{Kernel, LANES, Simd};

/// Writes column k from the diagonal on, after the delayed updates, to `u`; its squared norm.
pub struct Column<'a, const COMPLEX: bool>(pub &'a mut Reduction<COMPLEX>, pub usize);

impl<const COMPLEX: bool> Kernel for Column<'_, COMPLEX> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> f64 {
        let Self(reduction, k) = self;
        let ops = ScalarOps::<S, COMPLEX>(s);
        let (width, size) = (
            RowBlocks::<COMPLEX>::PARTS,
            RowBlocks::<COMPLEX>::UPDATE_PARTS,
        );
        let (first, length) = (k / LANES, reduction.blocks * width);
        let column = &reduction.matrix[k * length..][..length][first * width..];
        let u = &mut reduction.u[first * width..];
        for (x, u) in column.chunks_exact(width).zip(u.chunks_exact_mut(width)) {
            ops.write(ops.read(x), u);
        }
        for index in 0..reduction.delayed {
            let Coefficients { y, v } = reduction.coefficients[k][index];
            let (y, v) = (ops.splat(-y[0], -y[1]), ops.splat(-v[0], -v[1]));
            let blocks = reduction.updates[first * size..].chunks_exact(size);
            for (x, block) in u.chunks_exact_mut(width).zip(blocks) {
                let block = &block[2 * width * index..][..2 * width];
                let entries = ops.conj_mul_add(y, ops.read(block), ops.read(x));
                ops.write(ops.conj_mul_add(v, ops.read(&block[width..]), entries), x);
            }
        }
        let from = s.mask((0xff_u32 << (k % LANES)) as u8);
        ops.write(ops.select(from, ops.read(u), ops.zero()), u);
        dot(ops, u, u).total(ops).0
    }
}

/// u^H and w^H of the delayed updates, times `u`, which begins at row k.
pub struct Overlaps<'a, const COMPLEX: bool, const RIGHT: bool>(
    pub &'a Reduction<COMPLEX>,
    pub usize,
);

impl<const COMPLEX: bool, const RIGHT: bool> Kernel for Overlaps<'_, COMPLEX, RIGHT> {
    type Output = [[Pair; 2]; MAX_DELAYED_UPDATES];

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> Self::Output {
        let Self(reduction, k) = self;
        let ops = ScalarOps::<S, COMPLEX>(s);
        let (width, size) = (
            RowBlocks::<COMPLEX>::PARTS,
            RowBlocks::<COMPLEX>::UPDATE_PARTS,
        );
        let first = k / LANES;
        let mut overlaps = [[[0.0; 2]; 2]; MAX_DELAYED_UPDATES];
        for index in 0..reduction.delayed {
            let (mut along_u, mut along_w) = (DotProduct::zero(ops), DotProduct::zero(ops));
            let blocks = reduction.updates[first * size..].chunks_exact(size);
            let u = reduction.u[first * width..].chunks_exact(width);
            for (x, block) in u.zip(blocks) {
                let block = &block[2 * width * index..][..2 * width];
                along_u.add(ops, ops.read(block), ops.read(x));
                if RIGHT {
                    along_w.add(ops, ops.read(&block[width..]), ops.read(x));
                }
            }
            for (to, sum) in overlaps[index].iter_mut().zip([along_u, along_w]) {
                let (re, im) = sum.total(ops);
                *to = [re, if COMPLEX { im } else { 0.0 }];
            }
        }
        overlaps
    }
}

/// Makes w of the partial products with r, where v - r is `extra` in the first entry and zero elsewhere,
/// and stores it with u among the updates. `overlaps` are y^H v and v^H v of the delayed updates and of
/// this one.
pub struct Finish<'a, const COMPLEX: bool> {
    /// The matrix that is being reduced.
    pub reduction: &'a mut Reduction<COMPLEX>,
    /// The step.
    pub k: usize,
    /// Number of parts.
    pub count: usize,
    /// v - r in the first entry.
    pub extra: Pair,
    /// y^H v and v^H v of each update.
    pub overlaps: [[Pair; 2]; MAX_DELAYED_UPDATES],
    /// 1 / g.
    pub inverse: f64,
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
            blocks,
            matrix,
            updates,
            delayed,
            u,
            products,
            ..
        } = self.reduction;
        let Some((product, others)) = products.split_first_mut() else {
            return;
        };
        let first = self.k / LANES;
        let start = first * width;
        let product = &mut product[start..];
        for other in &others[..self.count - 1] {
            let sums = product.chunks_exact_mut(width);
            for (sum, x) in sums.zip(other[start..].chunks_exact(width)) {
                ops.write(ops.add(ops.read(sum), ops.read(x)), sum);
            }
        }
        let length = *blocks * width;
        let column = &matrix[(self.k + 1) * length..][..length][start..];
        let extra = ops.splat(self.extra[0], self.extra[1]);
        for (p, a) in product
            .chunks_exact_mut(width)
            .zip(column.chunks_exact(width))
        {
            ops.write(ops.mul_add(ops.read(a), extra, ops.read(p)), p);
        }
        let (updates, u) = (&mut updates[first * size..], &u[start..]);
        for index in 0..*delayed {
            let [along_y, along_v] = self.overlaps[index];
            let along_y = ops.splat(-along_y[0], -along_y[1]);
            let along_v = ops.splat(-along_v[0], -along_v[1]);
            let products = product.chunks_exact_mut(width);
            for (p, block) in products.zip(updates.chunks_exact(size)) {
                let block = &block[2 * width * index..][..2 * width];
                let sum = ops.mul_add(ops.read(block), along_y, ops.read(p));
                ops.write(ops.mul_add(ops.read(&block[width..]), along_v, sum), p);
            }
        }
        let [along_y, _] = self.overlaps[*delayed];
        let along_y = ops.splat(-along_y[0], -along_y[1]);
        let inverse = s.splat(self.inverse);
        let at = 2 * width * *delayed;
        let vectors = u.chunks_exact(width).zip(product.chunks_exact(width));
        for ((u, p), block) in vectors.zip(updates.chunks_exact_mut(size)) {
            let u = ops.read(u);
            ops.write(u, &mut block[at..]);
            let w = ops.scale(ops.mul_add(u, along_y, ops.read(p)), inverse);
            ops.write(w, &mut block[at + width..]);
        }
    }
}

/// Stores u among the updates, with w = 0.
pub struct Store<'a, const COMPLEX: bool>(pub &'a mut Reduction<COMPLEX>, pub usize);

impl<const COMPLEX: bool> Kernel for Store<'_, COMPLEX> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Self(reduction, k) = self;
        let ops = ScalarOps::<S, COMPLEX>(s);
        let (width, size) = (
            RowBlocks::<COMPLEX>::PARTS,
            RowBlocks::<COMPLEX>::UPDATE_PARTS,
        );
        let (first, at) = (k / LANES, 2 * width * reduction.delayed);
        let blocks = reduction.updates[first * size..].chunks_exact_mut(size);
        for (u, block) in reduction.u[first * width..].chunks_exact(width).zip(blocks) {
            ops.write(ops.read(u), &mut block[at..]);
            ops.write(ops.zero(), &mut block[at + width..]);
        }
    }
}
