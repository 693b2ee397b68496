//! What is done with the long vectors of one large matrix between passes over it.

use super::super::super::columns::{Conjugated, Layout, PENDING};
use super::super::super::numbers::Numbers;
use super::super::pass::{Along, Pair, product_with};
use super::Reduction;
use crate::simd::{Kernel, LANES, Simd};

/// Column k with the updates that wait, from the diagonal on, in `next`; its squared norm.
pub struct Column<'a, const COMPLEX: bool>(pub &'a mut Reduction<COMPLEX>, pub usize);

impl<const COMPLEX: bool> Kernel for Column<'_, COMPLEX> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> f64 {
        let Self(reduction, k) = self;
        let m = Numbers::<S, COMPLEX>(s);
        let (width, size) = (Layout::<COMPLEX>::WIDTH, Layout::<COMPLEX>::UPDATES);
        let (first, length) = (k / LANES, reduction.blocks * width);
        let column = &reduction.matrix[k * length..][..length][first * width..];
        let next = &mut reduction.next[first * width..];
        for (x, next) in column.chunks_exact(width).zip(next.chunks_exact_mut(width)) {
            m.write(m.read(x), next);
        }
        for pair in 0..reduction.waiting {
            let Along { y, v } = reduction.along[k][pair];
            let (y, v) = (m.splat(-y[0], -y[1]), m.splat(-v[0], -v[1]));
            let blocks = reduction.updates[first * size..].chunks_exact(size);
            for (x, block) in next.chunks_exact_mut(width).zip(blocks) {
                let block = &block[2 * width * pair..][..2 * width];
                let entries = m.conj_mul_add(y, m.read(block), m.read(x));
                m.write(m.conj_mul_add(v, m.read(&block[width..]), entries), x);
            }
        }
        let from = s.mask((0xff_u32 << (k % LANES)) as u8);
        m.write(m.select(from, m.read(next), m.zero()), next);
        product_with(m, next, next).total(m).0
    }
}

/// u^H and w^H of the updates that wait, times u in `next`, which begins at row k.
pub struct Overlaps<'a, const COMPLEX: bool, const RIGHT: bool>(
    pub &'a Reduction<COMPLEX>,
    pub usize,
);

impl<const COMPLEX: bool, const RIGHT: bool> Kernel for Overlaps<'_, COMPLEX, RIGHT> {
    type Output = [[Pair; 2]; PENDING];

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> Self::Output {
        let Self(reduction, k) = self;
        let m = Numbers::<S, COMPLEX>(s);
        let (width, size) = (Layout::<COMPLEX>::WIDTH, Layout::<COMPLEX>::UPDATES);
        let first = k / LANES;
        let mut overlaps = [[[0.0; 2]; 2]; PENDING];
        for pair in 0..reduction.waiting {
            let (mut along_u, mut along_w) = (Conjugated::zero(m), Conjugated::zero(m));
            let blocks = reduction.updates[first * size..].chunks_exact(size);
            let next = reduction.next[first * width..].chunks_exact(width);
            for (x, block) in next.zip(blocks) {
                let block = &block[2 * width * pair..][..2 * width];
                along_u.add(m, m.read(block), m.read(x));
                if RIGHT {
                    along_w.add(m, m.read(&block[width..]), m.read(x));
                }
            }
            for (to, sum) in overlaps[pair].iter_mut().zip([along_u, along_w]) {
                let (re, im) = sum.total(m);
                *to = [re, if COMPLEX { im } else { 0.0 }];
            }
        }
        overlaps
    }
}

/// Makes w of the products of the parts with r, where v - r is `extra` in the first entry and zero
/// elsewhere, and puts it with u among the updates. `overlaps` are y^H v and v^H v of the updates that
/// wait and of this one.
pub struct Finish<'a, const COMPLEX: bool> {
    /// The matrix on its way.
    pub reduction: &'a mut Reduction<COMPLEX>,
    /// The step.
    pub k: usize,
    /// Number of parts.
    pub count: usize,
    /// v - r in the first entry.
    pub extra: Pair,
    /// y^H v and v^H v of each update.
    pub overlaps: [[Pair; 2]; PENDING],
    /// 1 / g.
    pub inverse: f64,
}

impl<const COMPLEX: bool> Kernel for Finish<'_, COMPLEX> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let m = Numbers::<S, COMPLEX>(s);
        let (width, size) = (Layout::<COMPLEX>::WIDTH, Layout::<COMPLEX>::UPDATES);
        let Reduction {
            blocks,
            matrix,
            updates,
            waiting,
            next,
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
                m.write(m.add(m.read(sum), m.read(x)), sum);
            }
        }
        let length = *blocks * width;
        let column = &matrix[(self.k + 1) * length..][..length][start..];
        let extra = m.splat(self.extra[0], self.extra[1]);
        for (p, a) in product
            .chunks_exact_mut(width)
            .zip(column.chunks_exact(width))
        {
            m.write(m.mul_add(m.read(a), extra, m.read(p)), p);
        }
        let (updates, next) = (&mut updates[first * size..], &next[start..]);
        for pair in 0..*waiting {
            let [along_y, along_v] = self.overlaps[pair];
            let along_y = m.splat(-along_y[0], -along_y[1]);
            let along_v = m.splat(-along_v[0], -along_v[1]);
            let products = product.chunks_exact_mut(width);
            for (p, block) in products.zip(updates.chunks_exact(size)) {
                let block = &block[2 * width * pair..][..2 * width];
                let sum = m.mul_add(m.read(block), along_y, m.read(p));
                m.write(m.mul_add(m.read(&block[width..]), along_v, sum), p);
            }
        }
        let [along_y, _] = self.overlaps[*waiting];
        let along_y = m.splat(-along_y[0], -along_y[1]);
        let inverse = s.splat(self.inverse);
        let at = 2 * width * *waiting;
        let vectors = next.chunks_exact(width).zip(product.chunks_exact(width));
        for ((u, p), block) in vectors.zip(updates.chunks_exact_mut(size)) {
            let u = m.read(u);
            m.write(u, &mut block[at..]);
            let w = m.scale(m.mul_add(u, along_y, m.read(p)), inverse);
            m.write(w, &mut block[at + width..]);
        }
    }
}

/// Puts u among the updates, without a w.
pub struct Store<'a, const COMPLEX: bool>(pub &'a mut Reduction<COMPLEX>, pub usize);

impl<const COMPLEX: bool> Kernel for Store<'_, COMPLEX> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Self(reduction, k) = self;
        let m = Numbers::<S, COMPLEX>(s);
        let (width, size) = (Layout::<COMPLEX>::WIDTH, Layout::<COMPLEX>::UPDATES);
        let (first, at) = (k / LANES, 2 * width * reduction.waiting);
        let blocks = reduction.updates[first * size..].chunks_exact_mut(size);
        for (u, block) in reduction.next[first * width..]
            .chunks_exact(width)
            .zip(blocks)
        {
            m.write(m.read(u), &mut block[at..]);
            m.write(m.zero(), &mut block[at + width..]);
        }
    }
}
