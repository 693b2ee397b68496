//! What a reduction does with the columns of one large matrix: apply the updates that wait and
//! multiply by a vector, in one pass.

use std::ops::Range;

use super::numbers::{Number, Numbers};
use crate::simd::{self, Kernel, LANES, Lane, Simd};

/// Updates that wait at most.
pub const PENDING: usize = 4;

/// How vectors lie in memory: cut into blocks of eight rows; of each block come the real parts, then
/// the imaginary ones of a complex vector.
#[derive(Debug, Clone, Copy)]
pub struct Layout<const COMPLEX: bool>;

impl<const COMPLEX: bool> Layout<COMPLEX> {
    /// Lanes of a block of a vector.
    pub const WIDTH: usize = if COMPLEX { 2 } else { 1 };
    /// Lanes of a block of the u and q of all updates, which lie together, lest they drive each other
    /// out of the nearest cache.
    pub const UPDATES: usize = 2 * PENDING * Self::WIDTH;
}

/// An update that waits, and what its u and q are multiplied by in a column.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<F> {
    pair: usize,
    u: Number<F>,
    q: Number<F>,
}

impl<F: Copy> Waiting<F> {
    /// Update `pair` in the column whose diagonal is in that lane of the first of `blocks`.
    #[inline(always)]
    pub fn of<S: Simd<F = F>, const C: bool>(
        m: Numbers<S, C>,
        blocks: &[Lane],
        pair: usize,
        lane: usize,
    ) -> Self {
        let width = Layout::<C>::WIDTH;
        let u = &blocks[2 * width * pair..][..2 * width];
        Self {
            pair,
            u: m.splat(-u[0][lane], -u[width - 1][lane]),
            q: m.splat(-u[width][lane], -u[2 * width - 1][lane]),
        }
    }

    /// a - u q^H - q u^H.
    #[inline(always)]
    pub fn apply<S: Simd<F = F>, const C: bool>(
        &self,
        m: Numbers<S, C>,
        block: &[Lane],
        a: Number<F>,
    ) -> Number<F> {
        let width = Layout::<C>::WIDTH;
        let u = &block[2 * width * self.pair..][..2 * width];
        let a = m.conj_mul_add(self.q, m.read(u), a);
        m.conj_mul_add(self.u, m.read(&u[width..]), a)
    }
}

/// Products of some columns with u in `next`, after the updates if `update`.
#[derive(Debug)]
pub struct Multiply<'a, const COMPLEX: bool> {
    /// Whether the updates that wait are applied.
    pub update: bool,
    /// The columns.
    pub range: Range<usize>,
    /// Their entries.
    pub columns: &'a mut [Lane],
    /// All updates.
    pub updates: &'a [Lane],
    /// u.
    pub next: &'a [Lane],
    /// Where the product goes.
    pub product: &'a mut [Lane],
}

impl<const COMPLEX: bool> Kernel for Multiply<'_, COMPLEX> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let m = Numbers::<S, COMPLEX>(s);
        let width = Layout::<COMPLEX>::WIDTH;
        // Rows before the first column belong to no part.
        self.product[self.range.start / LANES * width..].fill(Lane::ZERO);
        let columns = self.columns.chunks_exact_mut(self.next.len());
        for (j, column) in self.range.zip(columns) {
            let first = j / LANES;
            let start = first * width;
            let updates = &self.updates[first * Layout::<COMPLEX>::UPDATES..];
            let (next, product) = (&self.next[start..], &mut self.product[start..]);
            let column = &mut column[start..];
            if self.update {
                multiply::<S, COMPLEX, true>(m, j, column, updates, next, product);
            } else {
                multiply::<S, COMPLEX, false>(m, j, column, updates, next, product);
            }
        }
    }
}

/// One column from the block of its diagonal on: its part of the product, after the updates.
#[inline(always)]
fn multiply<S: Simd, const C: bool, const UPDATE: bool>(
    m: Numbers<S, C>,
    j: usize,
    column: &mut [Lane],
    updates: &[Lane],
    next: &[Lane],
    product: &mut [Lane],
) {
    let Numbers(s) = m;
    let (width, lane) = (Layout::<C>::WIDTH, j % LANES);
    let next_j = m.splat(next[0][lane], next[width - 1][lane]);
    // Not by a closure: those are not compiled for the instruction set.
    let waiting: [_; PENDING] = [
        Waiting::of(m, updates, 0, lane),
        Waiting::of(m, updates, 1, lane),
        Waiting::of(m, updates, 2, lane),
        Waiting::of(m, updates, 3, lane),
    ];
    let mut sum = Conjugated::zero(m);
    let mut diagonal = 0.0;
    let blocks = column
        .chunks_exact_mut(width)
        .zip(updates.chunks_exact(Layout::<C>::UPDATES))
        .zip(next.chunks_exact(width))
        .zip(product.chunks_exact_mut(width));
    for (i, (((a, updates), next), product)) in blocks.enumerate() {
        let mut entries = m.read(a);
        if UPDATE {
            for waiting in &waiting {
                entries = waiting.apply(m, updates, entries);
            }
            m.write(entries, a);
        }
        if i == 0 {
            diagonal = simd::array(s, entries.re)[lane];
            entries = m.select(below(s, j), entries, m.zero());
        }
        m.write(m.mul_add(entries, next_j, m.read(product)), product);
        sum.add(m, entries, m.read(next));
    }
    // The diagonal is real.
    let (re, im) = sum.total(m);
    product[0][lane] += diagonal.mul_add(next[0][lane], re);
    if C {
        product[1][lane] += diagonal.mul_add(next[1][lane], im);
    }
}

/// A sum of conj(a) b over rows, in parts that do not wait for each other.
#[derive(Debug)]
pub struct Conjugated<F> {
    re: [F; 2],
    im: [F; 2],
}

impl<F: Copy> Conjugated<F> {
    /// No rows yet.
    #[inline(always)]
    pub fn zero<S: Simd<F = F>, const C: bool>(m: Numbers<S, C>) -> Self {
        let zero = [m.0.splat(0.0); 2];
        Self { re: zero, im: zero }
    }

    /// Adds conj(a) b of each lane.
    #[inline(always)]
    pub fn add<S: Simd<F = F>, const C: bool>(
        &mut self,
        m: Numbers<S, C>,
        a: Number<F>,
        b: Number<F>,
    ) {
        let Numbers(s) = m;
        self.re[0] = s.fma(a.re, b.re, self.re[0]);
        if C {
            self.re[1] = s.fma(a.im, b.im, self.re[1]);
            self.im[0] = s.fma(a.re, b.im, self.im[0]);
            self.im[1] = s.fma(a.im, b.re, self.im[1]);
        }
    }

    /// Adds another sum.
    #[inline(always)]
    pub fn join<S: Simd<F = F>, const C: bool>(&mut self, m: Numbers<S, C>, other: &Self) {
        for i in 0..2 {
            self.re[i] = m.0.add(self.re[i], other.re[i]);
            self.im[i] = m.0.add(self.im[i], other.im[i]);
        }
    }

    /// Real and imaginary part of the sum.
    #[inline(always)]
    pub fn total<S: Simd<F = F>, const C: bool>(self, m: Numbers<S, C>) -> (f64, f64) {
        let Numbers(s) = m;
        let re = s.add(self.re[0], self.re[1]);
        let im = s.sub(self.im[0], self.im[1]);
        (simd::sum(simd::array(s, re)), simd::sum(simd::array(s, im)))
    }
}

/// The rows below row i in its block.
#[inline(always)]
pub fn below<S: Simd>(s: S, i: usize) -> S::M {
    s.mask((0xfe_u32 << (i % LANES)) as u8)
}
