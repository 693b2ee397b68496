//! One sweep of the differential qd algorithm.

use std::array::from_fn;
use std::ops::Range;

use super::Group;
use crate::simd::{self, F64x8, Simd};

/// Every e inside of a block is at least this, 2^-400: it never divides zero by zero.
pub const TINY: f64 = 3.872591914849318e-121;

/// What a sweep sees of the block that it leaves, whose last row is n.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// The d of row n, negative where the shift was too large.
    pub last: F64x8,
    /// `g` of rows n and n - 1: `g_i / q_i` is entry i of the diagonal of the inverse of B B^T.
    pub g: [F64x8; 2],
    /// The smallest d before rows n and n - 1.
    pub least: [F64x8; 2],
    /// Sum of `g_i / q_i` before row n.
    pub sum: F64x8,
    /// Lanes where a d before row n was negative.
    pub early: u8,
}

/// What a sweep carries from row to row.
#[derive(Clone, Copy)]
struct Carry<S: Simd> {
    shift: S::F,
    first: S::F,
    last: S::F,
    d: S::F,
    g: [S::F; 2],
    least: [S::F; 2],
    sum: S::F,
    end: S::F,
    early: S::M,
}

/// One sweep of every lane over its block.
#[inline(always)]
pub fn sweep<S: Simd, const G: usize>(s: S, groups: &mut [Group; G], span: Range<usize>) {
    let (zero, one, much) = (s.splat(0.0), s.splat(1.0), s.splat(f64::INFINITY));
    let mut carries: [Carry<S>; G] = from_fn(|g| {
        let (first, last) = groups[g].ends();
        Carry {
            shift: s.load(&groups[g].shift),
            first: s.load(&first),
            last: s.load(&last),
            d: zero,
            g: [one; 2],
            least: [much; 2],
            sum: zero,
            end: zero,
            early: s.mask(0),
        }
    });
    let mut rows = groups.each_mut().map(|group| {
        (
            (
                &mut group.q[span.start..=span.end],
                &mut group.e[span.clone()],
            ),
            (
                &mut group.old_q[span.clone()],
                &mut group.old_e[span.clone()],
            ),
        )
    });
    let mut at = s.splat(span.start as f64);
    for i in 0..span.len() {
        for (carry, ((q, e), (old_q, old_e))) in carries.iter_mut().zip(&mut rows) {
            let (this, next) = (s.load(&q[i]), s.load(&q[i + 1]));
            let square = s.load(&e[i]);
            s.store(this, &mut old_q[i]);
            s.store(square, &mut old_e[i]);
            let (this, square) = step(s, carry, at, this, next, square);
            s.store(this, &mut q[i]);
            s.store(square, &mut e[i]);
        }
        at = s.add(at, one);
    }
    for (carry, group) in carries.iter().zip(groups) {
        let lanes = |x: S::F| F64x8(simd::array(s, x));
        group.seen = Seen {
            last: lanes(carry.end),
            g: [lanes(carry.g[0]), lanes(carry.g[1])],
            least: [lanes(carry.least[0]), lanes(carry.least[1])],
            sum: lanes(carry.sum),
            early: s.mask_bits(carry.early),
        };
    }
}

/// Row `at`: its new q and e.
#[inline(always)]
fn step<S: Simd>(
    s: S,
    carry: &mut Carry<S>,
    at: S::F,
    q: S::F,
    next: S::F,
    e: S::F,
) -> (S::F, S::F) {
    let begun = s.le(carry.first, at);
    let inside = s.and_m(begun, s.lt(at, carry.last));
    let touched = s.and_m(begun, s.le(at, carry.last));
    let begins = s.and_m(begun, s.le(at, carry.first));
    let d = s.select(begins, s.sub(q, carry.shift), carry.d);
    let new_q = s.select(inside, s.add(d, e), d);
    let inverse = s.div(s.splat(1.0), new_q);
    let ratio = s.mul(next, inverse);
    let new_e = s.max(s.mul(e, ratio), s.splat(TINY));
    let weight = s.mul(carry.g[0], inverse);
    carry.early = s.or_m(carry.early, s.without(inside, s.le(s.splat(0.0), d)));
    carry.end = s.select(touched, d, carry.end);
    let smaller = s.select(s.lt(d, carry.least[0]), d, carry.least[0]);
    carry.least[1] = s.select(inside, carry.least[0], carry.least[1]);
    carry.least[0] = s.select(inside, smaller, carry.least[0]);
    let grown = s.fma(new_e, weight, s.splat(1.0));
    carry.g[1] = s.select(inside, carry.g[0], carry.g[1]);
    carry.g[0] = s.select(inside, grown, carry.g[0]);
    carry.sum = s.select(inside, s.add(carry.sum, weight), carry.sum);
    carry.d = s.fma(d, ratio, s.sub(s.splat(0.0), carry.shift));
    (s.select(touched, new_q, q), s.select(inside, new_e, e))
}
