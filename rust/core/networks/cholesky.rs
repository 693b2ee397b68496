//! Cholesky factorization of the lower half of a row-major matrix.
//!
//! A matrix that faer factors in some tenths of a second is left to it. A larger one is cut into
//! blocks of columns (right-looking): the block on the diagonal is factored, the rows below it are
//! solved for, and their product is subtracted from what remains. Between the pieces of that the
//! job is checked. The pieces depend on the size alone, so the bits do not depend on threads.

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::{self, LltRegularization};
use faer::linalg::cholesky::llt::solve;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Accum, MatMut, Par, Spec};
use rayon::prelude::*;

use super::product::{PANEL_ROWS, Parallelism, add_lower_square, rows, rows_mut};
use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::Job;

/// Largest matrix that is factored in one call: some 0.2 s on one core.
const DIRECT: usize = 2048;
const WHAT: &str = "the normal equations";

/// Cholesky factorization with its scratch memory.
pub(super) struct Cholesky {
    memory: MemBuffer,
}

impl Cholesky {
    pub(super) fn new(size: usize) -> Result<Self> {
        let request = factor::cholesky_in_place_scratch::<f64>(size, Par::Seq, Spec::default())
            .or(solve::solve_in_place_scratch::<f64>(size, 1, Par::Seq))
            .or(StackReq::EMPTY);
        let bytes = request.size_bytes() as u128;
        let memory =
            MemBuffer::try_new(request).map_err(|_| Error::Memory { what: WHAT, bytes })?;
        Ok(Self { memory })
    }

    /// Factors the lower half of `matrix` in place; false where it is not positive.
    pub(super) fn factor(
        &mut self,
        matrix: &mut [f64],
        size: usize,
        parallelism: Parallelism,
        job: &Job,
    ) -> Result<bool> {
        job.check()?;
        if size <= DIRECT {
            return Ok(self.factor_block(rows_mut(matrix, size, size)));
        }
        let mut corner = try_filled(WHAT, PANEL_ROWS * PANEL_ROWS, 0.0)?;
        let mut solved = try_filled(WHAT, checked_len(WHAT, &[size, PANEL_ROWS], 8)?, 0.0)?;
        for first in (0..size).step_by(PANEL_ROWS) {
            let width = PANEL_ROWS.min(size - first);
            let block = rows_mut(matrix, size, size).submatrix_mut(first, first, width, width);
            if !self.factor_block(block) {
                return Ok(false);
            }
            let corner = &mut corner[..width * width];
            for (i, row) in corner.chunks_exact_mut(width).enumerate() {
                row.copy_from_slice(&matrix[(first + i) * size + first..][..width]);
            }
            let below = &mut matrix[(first + width) * size..];
            let solved = &mut solved[..below.len() / size * width];
            solve_below(corner, below, size, first, solved, parallelism, job)?;
            let solved = rows(solved, below.len() / size, width);
            let (accum, column) = (Accum::Add, first + width);
            add_lower_square(below, size, column, accum, solved, -1.0, parallelism, job)?;
        }
        Ok(true)
    }

    /// Replaces `right` by the solution for a matrix that [`factor`](Self::factor) has factored.
    pub(super) fn substitute(&mut self, factor: &[f64], right: &mut [f64]) {
        let size = right.len();
        let stack = MemStack::new(&mut self.memory);
        solve::solve_in_place(
            rows(factor, size, size),
            rows_mut(right, size, 1),
            Par::Seq,
            stack,
        );
    }

    fn factor_block(&mut self, block: MatMut<'_, f64>) -> bool {
        let stack = MemStack::new(&mut self.memory);
        let (shift, spec) = (LltRegularization::default(), Spec::default());
        factor::cholesky_in_place(block, shift, Par::Seq, stack, spec).is_ok()
    }
}

/// The rows `below` a factored block, from the column `first` on, times the inverse of its
/// transpose: in place and, without gaps, in `solved`.
fn solve_below(
    corner: &[f64],
    below: &mut [f64],
    size: usize,
    first: usize,
    solved: &mut [f64],
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let width = corner.len().isqrt();
    let panel = |(below, solved): (&mut [f64], &mut [f64])| {
        job.check()?;
        let count = solved.len() / width;
        for (out, row) in solved.chunks_exact_mut(width).zip(below.chunks_exact(size)) {
            out.copy_from_slice(&row[first..][..width]);
        }
        solve_lower_triangular_in_place(
            rows(corner, width, width),
            rows_mut(solved, count, width).transpose_mut(),
            Par::Seq,
        );
        for (out, row) in below.chunks_exact_mut(size).zip(solved.chunks_exact(width)) {
            out[first..][..width].copy_from_slice(row);
        }
        Ok(())
    };
    if parallelism == Parallelism::Sequential {
        below
            .chunks_mut(PANEL_ROWS * size)
            .zip(solved.chunks_mut(PANEL_ROWS * width))
            .try_for_each(panel)
    } else {
        below
            .par_chunks_mut(PANEL_ROWS * size)
            .zip(solved.par_chunks_mut(PANEL_ROWS * width))
            .try_for_each(panel)
    }
}
