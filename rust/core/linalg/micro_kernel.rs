//! Products A B^H of packed blocks, each entry summed in the order of the columns: the innermost
//! loop of all Gram matrices, with the same bits on every instruction set.
//!
//! The left factor is read a register at a time, of the right one number by number; the sums stay in
//! registers.

use faer::traits::ComplexField;

use super::packing::height;
use super::scalar::{Block, Scalar};
use crate::simd::{F32_LANES, Kernel, Simd, Wide};

/// Columns that are multiplied before the sums leave the registers: micro-panels of so many fit into
/// the nearest cache, and sums of sums lose fewer digits.
pub const BLOCK_COLUMNS: usize = 256;

/// The product conj(A) B^T of two packed blocks, written or added to `out`, column-major.
pub struct Product<'a, T: Scalar, R> {
    /// Where the product goes.
    pub out: Block<'a, T>,
    /// Whether it is added to what is there.
    pub add: bool,
    /// Whether only what lies on and below the diagonal is needed.
    pub lower: bool,
    /// A, packed.
    pub left: &'a [T::Real],
    /// B, packed.
    pub right: &'a [T::Real],
    /// Number of columns of A and of B; nothing is written where there are none.
    pub depth: usize,
    /// Number of columns before those in which the first so many rows of B are zero.
    pub reach: R,
}

impl<T: Scalar, R: Fn(usize) -> usize> Kernel for Product<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let height = height::<T>();
        let column = height * T::PARTS;
        let panel = column * self.depth.max(1);
        let (nrows, ncols, mut out) = (self.out.nrows(), self.out.ncols(), self.out);
        for start in (0..self.depth).step_by(BLOCK_COLUMNS) {
            let add = self.add || start > 0;
            let right = self.right.chunks_exact(panel);
            for (first, right) in (0..ncols).step_by(height).zip(right) {
                let end = (self.reach)(ncols.min(first + height)).min(self.depth);
                if add && end <= start {
                    continue;
                }
                let columns = start * column..end.clamp(start, start + BLOCK_COLUMNS) * column;
                let left = self.left.chunks_exact(panel);
                for (top, left) in (0..nrows).step_by(height).zip(left) {
                    if self.lower && top < first {
                        continue;
                    }
                    let (rows, cols) = (height.min(nrows - top), height.min(ncols - first));
                    let out = out.as_mut().submatrix_mut(top, first, rows, cols);
                    let (left, right) = (&left[columns.clone()], &right[columns.clone()]);
                    multiply_panels::<S, T>(simd, left, right, add, out);
                }
            }
        }
    }
}

/// The product of two micro-panels, written or added to `out`.
#[inline(always)]
pub fn multiply_panels<S: Simd, T: Scalar>(
    simd: S,
    left: &[T::Real],
    right: &[T::Real],
    add: bool,
    out: Block<'_, T>,
) {
    if S::ACCUMULATORS < 16 {
        multiply::<S, T, 2>(simd, left, right, add, out);
    } else if out.ncols() <= 4 {
        multiply::<S, T, 4>(simd, left, right, add, out);
    } else {
        multiply::<S, T, 8>(simd, left, right, add, out);
    }
}

/// The same, `N` rows of the right one at a time.
#[inline(always)]
fn multiply<S: Simd, T: Scalar, const N: usize>(
    simd: S,
    left: &[T::Real],
    right: &[T::Real],
    add: bool,
    mut out: Block<'_, T>,
) {
    for first in (0..out.ncols()).step_by(N) {
        let (re, im) = sums::<S, T, N>(simd, left, right, first);
        let ncols = N.min(out.ncols() - first);
        for j in 0..ncols {
            let mut parts = [[T::ZERO.re(); F32_LANES]; 2];
            T::Real::store(simd, re[j], &mut parts[0]);
            if T::PARTS == 2 {
                T::Real::store(simd, im[j], &mut parts[1]);
            }
            let out = out.as_mut().col_mut(first + j).as_slice_mut();
            if out.len() == height::<T>() {
                // The number of turns is fixed.
                write(add, &parts, &mut out[..height::<T>()]);
            } else {
                write(add, &parts, out);
            }
        }
    }
}

#[inline(always)]
fn write<T: Scalar>(add: bool, parts: &[[T::Real; F32_LANES]; 2], out: &mut [T]) {
    if add {
        for (i, out) in out.iter_mut().enumerate() {
            *out = out.plus(T::from_parts(parts[0][i], parts[1][i]));
        }
    } else {
        for (i, out) in out.iter_mut().enumerate() {
            *out = T::from_parts(parts[0][i], parts[1][i]);
        }
    }
}

/// Sums, a register for each row of the right micro-panel.
type Sums<S, T, const N: usize> = [<<T as ComplexField>::Real as Wide>::Lanes<S>; N];

/// Real and imaginary parts of the sums over all columns for `N` rows of the right micro-panel.
#[inline(always)]
fn sums<S: Simd, T: Scalar, const N: usize>(
    simd: S,
    left: &[T::Real],
    right: &[T::Real],
    first: usize,
) -> (Sums<S, T, N>, Sums<S, T, N>) {
    let height = height::<T>();
    let column = height * T::PARTS;
    let zero = T::Real::splat(simd, T::ZERO.re());
    let (mut re, mut im) = ([zero; N], [zero; N]);
    for (a, b) in left.chunks_exact(column).zip(right.chunks_exact(column)) {
        let a_re = T::Real::load(simd, a);
        for j in 0..N {
            let b_re = T::Real::splat(simd, b[first + j]);
            re[j] = T::Real::fma(simd, a_re, b_re, re[j]);
        }
        if T::PARTS == 2 {
            let a_im = T::Real::load(simd, &a[height..]);
            for j in 0..N {
                let b_re = T::Real::splat(simd, b[first + j]);
                let b_im = T::Real::splat(simd, b[height + first + j]);
                im[j] = T::Real::fma(simd, a_re, b_im, im[j]);
                re[j] = T::Real::fma(simd, a_im, b_im, re[j]);
                im[j] = T::Real::fnma(simd, a_im, b_re, im[j]);
            }
        }
    }
    (re, im)
}
