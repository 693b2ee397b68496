//! What a reduction does with the columns of one large matrix: apply the updates that wait, and find the
//! next one's entries and products, in one pass.

use super::super::columns::{Conjugated, Layout, PENDING};
use super::super::numbers::{Number, Numbers};
use crate::error::Result;
use crate::parallel::Watch;
use crate::simd::{Kernel, LANES, Lane, Simd};

/// Blocks of rows that are summed at a time: sums of sums lose fewer digits.
const SUMMED: usize = 64;
/// Columns between looks at the watch.
const LOOK: usize = 16;

/// A complex number, or a real one and zero.
pub type Pair = [f64; 2];

/// What u and w of an update are multiplied by in a column, conjugated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Along {
    /// Of u.
    pub y: Pair,
    /// Of w: r until v is made of it.
    pub v: Pair,
}

/// One pass over some columns, behind column k.
pub struct Pass<'a, const COMPLEX: bool, const RIGHT: bool> {
    /// Stops the pass.
    pub watch: &'a Watch,
    /// The row that is mapped from the right.
    pub k: usize,
    /// Updates that wait; all of them are applied if there are [`PENDING`].
    pub waiting: usize,
    /// The columns.
    pub columns: &'a mut [Lane],
    /// u and w of all updates, block by block.
    pub updates: &'a [Lane],
    /// y and v of all updates in these columns.
    pub along: &'a mut [[Along; PENDING]],
    /// u of the update that is being made.
    pub next: &'a [Lane],
    /// 1 / h of it.
    pub inverse: f64,
    /// u^H and w^H of the updates that wait, times u.
    pub overlaps: &'a [[Pair; 2]; PENDING],
    /// Where the product A r goes.
    pub product: &'a mut [Lane],
}

impl<const COMPLEX: bool, const RIGHT: bool> Kernel for Pass<'_, COMPLEX, RIGHT> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> Result<()> {
        let m = Numbers::<S, COMPLEX>(s);
        let width = Layout::<COMPLEX>::WIDTH;
        let (first, lane) = (self.k / LANES, self.k % LANES);
        let start = first * width;
        let update = self.waiting == PENDING;
        let updates = &self.updates[first * Layout::<COMPLEX>::UPDATES..];
        let (next, product) = (&self.next[start..], &mut self.product[start..]);
        if RIGHT {
            product.fill(Lane::ZERO);
        }
        let head = lane_of::<COMPLEX>(next, lane);
        let slot = if update { 0 } else { self.waiting };
        let columns = self.columns.chunks_exact_mut(self.next.len());
        for (turn, (column, along)) in columns.zip(self.along).enumerate() {
            if turn % LOOK == 0 {
                self.watch.check()?;
            }
            let column = &mut column[start..];
            let sum = if update {
                apply::<S, COMPLEX, RIGHT>(m, along, column, updates, next)
            } else {
                product_with(m, column, next)
            };
            let (re, im) = sum.total(m);
            let mut sum = [re, if COMPLEX { im } else { 0.0 }];
            let mut entry = lane_of::<COMPLEX>(column, lane);
            if !update {
                let waiting = along.iter().zip(self.overlaps).take(self.waiting);
                for (pair, (&Along { y, v }, &[along_u, along_w])) in waiting.enumerate() {
                    sum = minus(sum, times(y, along_u));
                    entry = minus(
                        entry,
                        times(vector::<COMPLEX>(updates, lane, 2 * pair), conj(y)),
                    );
                    if RIGHT {
                        sum = minus(sum, times(v, along_w));
                        let w = vector::<COMPLEX>(updates, lane, 2 * pair + 1);
                        entry = minus(entry, times(w, conj(v)));
                    }
                }
            }
            let y = [sum[0] * self.inverse, sum[1] * self.inverse];
            let r = conj(minus(entry, times(head, conj(y))));
            along[slot] = Along { y, v: r };
            if RIGHT {
                let r = m.splat(r[0], r[1]);
                for (a, p) in column
                    .chunks_exact(width)
                    .zip(product.chunks_exact_mut(width))
                {
                    m.write(m.mul_add(m.read(a), r, m.read(p)), p);
                }
            }
        }
        Ok(())
    }
}

/// Applies all updates to a column; its conj(a) times u, summed.
#[inline(always)]
fn apply<S: Simd, const C: bool, const RIGHT: bool>(
    m: Numbers<S, C>,
    along: &[Along; PENDING],
    column: &mut [Lane],
    updates: &[Lane],
    next: &[Lane],
) -> Conjugated<S::F> {
    let width = Layout::<C>::WIDTH;
    let mut y: [Number<S::F>; PENDING] = [m.zero(); PENDING];
    let mut v = y;
    for pair in 0..PENDING {
        y[pair] = m.splat(-along[pair].y[0], -along[pair].y[1]);
        v[pair] = m.splat(-along[pair].v[0], -along[pair].v[1]);
    }
    let size = Layout::<C>::UPDATES;
    let mut sum = Conjugated::zero(m);
    let pieces = column
        .chunks_mut(SUMMED * width)
        .zip(updates.chunks(SUMMED * size))
        .zip(next.chunks(SUMMED * width));
    for ((column, updates), next) in pieces {
        let mut part = Conjugated::zero(m);
        let blocks = column
            .chunks_exact_mut(width)
            .zip(updates.chunks_exact(size))
            .zip(next.chunks_exact(width));
        for ((a, updates), next) in blocks {
            let mut entries = m.read(a);
            for pair in 0..PENDING {
                let vectors = &updates[2 * width * pair..][..2 * width];
                entries = m.conj_mul_add(y[pair], m.read(vectors), entries);
                if RIGHT {
                    entries = m.conj_mul_add(v[pair], m.read(&vectors[width..]), entries);
                }
            }
            m.write(entries, a);
            part.add(m, entries, m.read(next));
        }
        sum.join(m, &part);
    }
    sum
}

/// conj(a) b, summed over the rows of two vectors.
#[inline(always)]
pub fn product_with<S: Simd, const C: bool>(
    m: Numbers<S, C>,
    a: &[Lane],
    b: &[Lane],
) -> Conjugated<S::F> {
    let width = Layout::<C>::WIDTH;
    let mut sum = Conjugated::zero(m);
    let pieces = a.chunks(SUMMED * width).zip(b.chunks(SUMMED * width));
    for (a, b) in pieces {
        let mut part = Conjugated::zero(m);
        for (a, b) in a.chunks_exact(width).zip(b.chunks_exact(width)) {
            part.add(m, m.read(a), m.read(b));
        }
        sum.join(m, &part);
    }
    sum
}

/// The entry of a vector in that lane of its first block.
#[inline(always)]
pub fn lane_of<const C: bool>(vector: &[Lane], lane: usize) -> Pair {
    [vector[0][lane], if C { vector[1][lane] } else { 0.0 }]
}

/// The same of one of the vectors of the updates: u and w in turn.
#[inline(always)]
pub fn vector<const C: bool>(updates: &[Lane], lane: usize, place: usize) -> Pair {
    lane_of::<C>(&updates[place * Layout::<C>::WIDTH..], lane)
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
