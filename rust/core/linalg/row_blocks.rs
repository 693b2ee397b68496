//! Vectors and columns of one large matrix, eight rows in the SIMD lanes: their layout in memory and dot
//! products of them.

use super::simd_scalar::{ScalarOps, SimdScalar};
use crate::simd::{self, Simd};

/// Most updates of a large matrix that are delayed: then the next pass over it applies them all.
pub const MAX_DELAYED_UPDATES: usize = 4;

/// The layout of vectors: cut into blocks of eight rows; of each block come the real parts, then the
/// imaginary ones of a complex vector.
#[derive(Debug, Clone, Copy)]
pub struct RowBlocks<const COMPLEX: bool>;

impl<const COMPLEX: bool> RowBlocks<COMPLEX> {
    /// Parts of a block of one vector.
    pub const PARTS: usize = if COMPLEX { 2 } else { 1 };
    /// Parts of a block of the two vectors of every delayed update, which are stored together so that they
    /// do not evict each other from the nearest cache.
    pub const UPDATE_PARTS: usize = 2 * MAX_DELAYED_UPDATES * Self::PARTS;
}

/// The dot product conj(a) b over rows, in independent partial sums.
#[derive(Debug)]
pub struct DotProduct<F> {
    re: [F; 2],
    im: [F; 2],
}

impl<F: Copy> DotProduct<F> {
    /// No rows yet.
    #[inline(always)]
    pub fn zero<S: Simd<F = F>, const C: bool>(ops: ScalarOps<S, C>) -> Self {
        let zero = [ops.0.splat(0.0); 2];
        Self { re: zero, im: zero }
    }

    /// Adds conj(a) b of each lane.
    #[inline(always)]
    pub fn add<S: Simd<F = F>, const C: bool>(
        &mut self,
        ops: ScalarOps<S, C>,
        a: SimdScalar<F>,
        b: SimdScalar<F>,
    ) {
        let ScalarOps(s) = ops;
        self.re[0] = s.fma(a.re, b.re, self.re[0]);
        if C {
            self.re[1] = s.fma(a.im, b.im, self.re[1]);
            self.im[0] = s.fma(a.re, b.im, self.im[0]);
            self.im[1] = s.fma(a.im, b.re, self.im[1]);
        }
    }

    /// Adds another sum.
    #[inline(always)]
    pub fn join<S: Simd<F = F>, const C: bool>(&mut self, ops: ScalarOps<S, C>, other: &Self) {
        for i in 0..2 {
            self.re[i] = ops.0.add(self.re[i], other.re[i]);
            self.im[i] = ops.0.add(self.im[i], other.im[i]);
        }
    }

    /// Real and imaginary part of the sum.
    #[inline(always)]
    pub fn total<S: Simd<F = F>, const C: bool>(self, ops: ScalarOps<S, C>) -> (f64, f64) {
        let ScalarOps(s) = ops;
        let re = s.add(self.re[0], self.re[1]);
        let im = s.sub(self.im[0], self.im[1]);
        (simd::sum(simd::array(s, re)), simd::sum(simd::array(s, im)))
    }
}
