//! Products A A^H of one packed block that has few columns: both halves are written while they are at
//! hand, and what the next product reads is fetched meanwhile.

use faer::{ContiguousFwd, MatMut};

use super::hermitian_fill::complete_block;
use super::micro_kernel::{BLOCK_COLUMNS, multiply_panels};
use super::packing::height;
use super::scalar::{Block, Scalar};
use crate::simd::{Kernel, Simd, fetch, store_past_caches};

/// Most columns.
pub const MAX_COLUMNS: usize = BLOCK_COLUMNS;
/// Lines of the cache that are fetched during one block of registers.
const FETCHED_LINES: usize = 32;
/// Bytes of each.
const LINE_BYTES: usize = 64;

/// conj(A) A^T, column-major, of A `(n, depth)`, with a diagonal that is exactly real.
pub struct HermitianProduct<'a, T: Scalar> {
    /// Number of rows.
    pub n: usize,
    /// Number of columns, at most [`MAX_COLUMNS`], at least one.
    pub depth: usize,
    /// A, packed.
    pub packed: &'a [T::Real],
    /// Where the product is worked out.
    pub out: &'a mut [T],
    /// Where it goes from there, past the caches.
    pub copy: Option<&'a mut [T]>,
    /// What will be read next.
    pub next: &'a [T],
}

impl<T: Scalar> Kernel for HermitianProduct<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (n, height) = (self.n, height::<T>());
        let panel = height * T::PARTS * self.depth;
        let mut next = self.next.chunks(LINE_BYTES / size_of::<T>());
        for (first, right) in (0..n).step_by(height).zip(self.packed.chunks_exact(panel)) {
            let cols = height.min(n - first);
            let mut out = columns(self.out, n);
            let left = self.packed.chunks_exact(panel).skip(first / height);
            for (top, left) in (first..n).step_by(height).zip(left) {
                for line in next.by_ref().take(FETCHED_LINES) {
                    fetch(line);
                }
                let rows = height.min(n - top);
                let block = out.as_mut().submatrix_mut(top, first, rows, cols);
                multiply_panels::<S, T>(simd, left, right, false, block);
                complete_block(out.as_mut(), top, first, rows, cols);
            }
            // These columns are whole now: what is above the diagonal came from columns before.
            if let Some(copy) = &mut self.copy {
                let run = first * n..(first + cols) * n;
                let (from, to) = (&self.out[run.clone()], &mut copy[run]);
                store_past_caches(simd, T::parts(from), T::parts_mut(to));
            }
        }
        simd.fence();
    }
}

/// A matrix of n rows, column by column.
#[inline(always)]
fn columns<T: Scalar>(entries: &mut [T], n: usize) -> Block<'_, T> {
    let matrix: MatMut<'_, T, usize, usize, ContiguousFwd> =
        match MatMut::from_column_major_slice_mut(entries, n, n).try_as_col_major_mut() {
            Some(matrix) => matrix,
            None => unreachable!("columns of a slice lie in one piece"),
        };
    matrix
}
