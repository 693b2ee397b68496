//! The reflector `I - u u^H / h` that maps a column or row x to its first entry, for the reductions to
//! condensed form (Martin, Reinsch and Wilkinson, Numer. Math. 11, 181 (1968)).
//!
//! With t the first entry of x and e the first unit vector, `u = x + (t / |t|) |x| e` and
//! `h = |x|^2 + |t| |x|`: u differs from x in its first entry alone, and x becomes `-(t / |t|) |x| e`.

use crate::linalg::simd_scalar::{ScalarOps, SimdScalar, SplitVector};
use crate::simd::Simd;

/// Squared moduli below this, 2^-160, count as zero. Norms are from 1 / (2 n) to 1 here, so that this
/// moves an eigenvalue by 2^-64 of the norm at most; the square of the inverse is finite.
const NEGLIGIBLE_SQUARE: f64 = 6.842277657836021e-49;

/// The first entry of u for a vector with this first entry (real and imaginary part) and squared norm, and
/// 1 / h, which is 0 where the vector counts as zero.
pub fn reflector(first: [f64; 2], squared_norm: f64) -> ([f64; 2], f64) {
    let square = first[0] * first[0] + first[1] * first[1];
    let norm = squared_norm.sqrt();
    // A first entry that is negligible beside the others has no phase; any will do.
    let (u, modulus) = if square <= NEGLIGIBLE_SQUARE * squared_norm {
        ([norm, 0.0], 0.0)
    } else {
        let modulus = square.sqrt();
        (first.map(|x| x * (1.0 + norm / modulus)), modulus)
    };
    let inverse_h = if squared_norm < NEGLIGIBLE_SQUARE {
        0.0
    } else {
        1.0 / (modulus * norm + squared_norm)
    };
    (u, inverse_h)
}

/// The same for eight vectors, one in each lane: turns `vector`, which begins at `first`, into u in place
/// and returns 1 / h.
#[inline(always)]
pub fn batched_reflector<S: Simd, const C: bool>(
    ops: ScalarOps<S, C>,
    vector: &mut SplitVector,
    first: usize,
    squared_norm: S::F,
) -> S::F {
    let ScalarOps(s) = ops;
    let (zero, one, negligible) = (s.splat(0.0), s.splat(1.0), s.splat(NEGLIGIBLE_SQUARE));
    let x = ops.load(&vector.re, &vector.im, first);
    let square = ops.square_add(x, zero);
    let (norm, modulus) = (s.sqrt(squared_norm), s.sqrt(square));
    // A first entry that is negligible beside the others has no phase; any will do.
    let no_phase = s.le(square, s.mul(negligible, squared_norm));
    let modulus = s.select(no_phase, zero, modulus);
    let ratio = s.div(norm, s.select(no_phase, one, modulus));
    let along = ops.scale(x, s.add(one, ratio));
    let u = ops.select(no_phase, SimdScalar { re: norm, im: zero }, along);
    ops.store(u, &mut vector.re, &mut vector.im, first);
    let h = s.fma(modulus, norm, squared_norm);
    let is_zero = s.lt(squared_norm, negligible);
    s.select(is_zero, zero, s.div(one, s.select(is_zero, one, h)))
}
