//! Matrix products on row-major slices, cut into panels of rows so that bits do not depend on
//! threads.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::activation::Real;
use crate::error::Result;
pub use crate::parallel::Spread;
use crate::parallel::Watch;

/// Rows of one panel: large enough for the product to run at its peak.
const PANEL: usize = 256;

/// A row-major matrix.
pub fn rows<T>(slice: &[T], nrows: usize, ncols: usize) -> MatRef<'_, T> {
    MatRef::from_row_major_slice(slice, nrows, ncols)
}

/// A row-major matrix to write to.
pub fn rows_mut<T>(slice: &mut [T], nrows: usize, ncols: usize) -> MatMut<'_, T> {
    MatMut::from_row_major_slice_mut(slice, nrows, ncols)
}

/// out = alpha lhs rhs, where `out` is row-major and has the rows of `lhs`.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted) once the watch is stopped.
pub fn multiply<T: Real>(
    watch: &Watch,
    spread: Spread,
    out: &mut [T],
    alpha: T,
    lhs: MatRef<'_, T>,
    rhs: MatRef<'_, T>,
) -> Result<()> {
    let width = rhs.ncols();
    if out.is_empty() {
        return Ok(());
    }
    let panel = |(i, out): (usize, &mut [T])| {
        watch.check()?;
        let height = out.len() / width;
        let lhs = lhs.subrows(i * PANEL, height);
        matmul(
            rows_mut(out, height, width),
            Accum::Replace,
            lhs,
            rhs,
            alpha,
            Par::Seq,
        );
        Ok(())
    };
    if spread == Spread::Here || lhs.nrows() <= PANEL {
        out.chunks_mut(PANEL * width)
            .enumerate()
            .try_for_each(panel)
    } else {
        out.par_chunks_mut(PANEL * width)
            .enumerate()
            .try_for_each(panel)
    }
}
