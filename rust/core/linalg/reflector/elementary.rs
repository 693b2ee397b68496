//! The reflector `H = I - tau v v^H`, `v_0 = 1`, made of a column of a matrix and applied to others.

use rayon::prelude::*;

use crate::linalg::scalar::{Entry, Scalar};
use crate::simd::LANES;

/// Fewest entries of columns that are shared among threads.
const LONG_COLUMN: usize = 1 << 12;

/// What a reflector needs beside its vector v, and the phase of the entry that it leaves of x.
#[derive(Debug, Clone, Copy)]
pub struct Reflector<E> {
    /// The factor tau of `H = I - tau v v^H`; real, and zero for the identity.
    pub tau: f64,
    /// `H x = phase |x| e`.
    pub phase: E,
}

impl<E: Entry> Reflector<E> {
    /// What becomes of a vector of zeros.
    pub const IDENTITY: Self = Self {
        tau: 0.0,
        phase: E::ONE,
    };

    /// The reflector of x, whose v is written in place of x.
    pub fn of(x: &mut [E]) -> Self {
        let norm = x
            .iter()
            .map(|&x| (x.conjugate() * x).re())
            .sum::<f64>()
            .sqrt();
        let Some(&first) = x.first().filter(|_| norm > 0.0) else {
            return Self::IDENTITY;
        };
        let modulus = (first.conjugate() * first).re().sqrt();
        let phase = if modulus > 0.0 {
            first / modulus
        } else {
            E::ONE
        };
        // v = x + phase |x| e, divided by its first entry phase (|x_0| + |x|).
        let inverse = phase.conjugate().scaled(1.0 / (modulus + norm));
        for x in x.iter_mut() {
            *x *= inverse;
        }
        x[0] = E::ONE;
        Self {
            tau: (modulus + norm) / norm,
            phase: phase.scaled(-1.0),
        }
    }
}

/// Applies the reflector whose v lies in column `j` of q, columns of `d` entries, from row `j` on, to the
/// columns after it, and replaces column `j` by that column of H.
pub fn apply<E: Entry>(d: usize, j: usize, tau: f64, q: &mut [E]) {
    let (own, rest) = q[j * d..].split_at_mut(d);
    own[..j].fill(E::ZERO);
    let v = &own[j..];
    let apply_to = |column: &mut [E]| {
        // Above its diagonal the column still holds the given matrix, which is no part of Q.
        column[j] = E::ZERO;
        let product = dot(v, &column[j..]).scaled(-tau);
        for (&v, x) in v.iter().zip(&mut column[j..]) {
            *x += v * product;
        }
    };
    if d < LONG_COLUMN {
        rest.chunks_mut(d).for_each(apply_to);
    } else {
        rest.par_chunks_mut(d).for_each(apply_to);
    }
    for x in &mut own[j..] {
        *x = x.scaled(-tau);
    }
    own[j] += E::ONE;
}

/// v^H x, in eight independent partial sums.
fn dot<E: Entry>(v: &[E], x: &[E]) -> E {
    let mut sums = [E::ZERO; LANES];
    let ((v, last_v), (x, last_x)) = (v.as_chunks::<LANES>(), x.as_chunks::<LANES>());
    for (v, x) in v.iter().zip(x) {
        for ((sum, v), &x) in sums.iter_mut().zip(v).zip(x) {
            *sum += v.conjugate() * x;
        }
    }
    for ((sum, v), &x) in sums.iter_mut().zip(last_v).zip(last_x) {
        *sum += v.conjugate() * x;
    }
    sums.into_iter().fold(E::ZERO, Scalar::plus)
}
