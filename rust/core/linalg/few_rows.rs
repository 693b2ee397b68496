//! Gram matrices of a few long rows: the columns lie in the lanes, so that no lane is idle.

use super::packing::height;
use super::scalar::Scalar;
use crate::simd::{Kernel, Simd, Wide};

/// Most rows for which fewer products are worked out than by blocks of whole registers, though the
/// sums of more than five do not all stay in registers.
pub const MAX_FEW_ROWS: usize = 7;

/// The lower half of conj(A) A^T, written or added to `out` `(n, n)`, column-major, for n of at most
/// [`MAX_FEW_ROWS`].
pub struct FewRowsProduct<'a, T: Scalar> {
    /// Number of rows.
    pub n: usize,
    /// The transpose of A, packed.
    pub packed: &'a [T::Real],
    /// Whether the product is added to what is there.
    pub add: bool,
    /// Where the product goes.
    pub out: &'a mut [T],
}

impl<T: Scalar> Kernel for FewRowsProduct<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        match self.n {
            1 => self.rows::<S, 1>(simd),
            2 => self.rows::<S, 2>(simd),
            3 => self.rows::<S, 3>(simd),
            4 => self.rows::<S, 4>(simd),
            5 => self.rows::<S, 5>(simd),
            6 => self.rows::<S, 6>(simd),
            MAX_FEW_ROWS => self.rows::<S, MAX_FEW_ROWS>(simd),
            n => unreachable!("{n} rows are not few"),
        }
    }
}

impl<T: Scalar> FewRowsProduct<'_, T> {
    #[inline(always)]
    fn rows<S: Simd, const N: usize>(self, simd: S) {
        let height = height::<T>();
        let row = height * T::PARTS;
        let zero = T::Real::splat(simd, T::ZERO.re());
        let (mut re, mut im) = ([[zero; N]; N], [[zero; N]; N]);
        for columns in self.packed.chunks_exact(N * row) {
            for j in 0..N {
                let a = &columns[j * row..][..row];
                for i in j..N {
                    let b = &columns[i * row..][..row];
                    let (a_re, b_re) = (T::Real::load(simd, a), T::Real::load(simd, b));
                    re[j][i] = T::Real::fma(simd, b_re, a_re, re[j][i]);
                    if T::PARTS == 2 {
                        let a_im = T::Real::load(simd, &a[height..]);
                        let b_im = T::Real::load(simd, &b[height..]);
                        re[j][i] = T::Real::fma(simd, b_im, a_im, re[j][i]);
                        im[j][i] = T::Real::fma(simd, b_re, a_im, im[j][i]);
                        im[j][i] = T::Real::fnma(simd, b_im, a_re, im[j][i]);
                    }
                }
            }
        }
        for (j, out) in self.out.chunks_exact_mut(N).enumerate() {
            for (i, out) in out.iter_mut().enumerate().skip(j) {
                let sum = |x| T::Real::sum(simd, x);
                let sum = T::from_parts(sum(re[j][i]), sum(im[j][i]));
                *out = if self.add { out.plus(sum) } else { sum };
            }
        }
    }
}
