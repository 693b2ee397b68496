//! Matrix products on row-major slices, cut into panels of rows so that bits do not depend on
//! threads.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{BlockStructure, matmul as triangular};
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::activation::Real;
use crate::error::Result;
use crate::execution::Job;
pub use crate::execution::Parallelism;

/// Rows of one panel: large enough for the product to run at its peak.
pub(super) const PANEL_ROWS: usize = 256;
/// Columns and terms of a sum that are worked on at a time where a panel of rows would take long.
const COLUMNS: usize = 1024;
const TERMS: usize = 2048;
/// Floating-point operations of one call that looks for no signal: some 0.1 s on one core.
const SHORT: u64 = 1 << 31;
/// Operations in the time that an entry of a product takes to be written for the first time.
const WRITING: u64 = 256;

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
/// [`Error::Interrupted`](crate::error::Error::Interrupted) once the job is stopped.
pub fn multiply<T: Real>(
    out: &mut [T],
    alpha: T,
    lhs: MatRef<'_, T>,
    rhs: MatRef<'_, T>,
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let width = rhs.ncols();
    if out.is_empty() {
        return Ok(());
    }
    let panel = |(i, out): (usize, &mut [T])| {
        job.check()?;
        let height = out.len() / width;
        let lhs = lhs.subrows(i * PANEL_ROWS, height);
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
    if parallelism == Parallelism::Sequential || lhs.nrows() <= PANEL_ROWS {
        out.chunks_mut(PANEL_ROWS * width)
            .enumerate()
            .try_for_each(panel)
    } else {
        out.par_chunks_mut(PANEL_ROWS * width)
            .enumerate()
            .try_for_each(panel)
    }
}

/// Lower half of alpha a a^T, row-major and square.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted) once the job is stopped.
pub fn lower_square<T: Real>(
    out: &mut [T],
    a: MatRef<'_, T>,
    alpha: T,
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    job.check()?;
    let size = a.nrows();
    let operations = (size as u64)
        .saturating_mul(size as u64)
        .saturating_mul(WRITING.max(a.ncols() as u64));
    if operations <= SHORT {
        add_lower(rows_mut(out, size, size), Accum::Replace, a, alpha);
        return Ok(());
    }
    add_lower_square(out, size, 0, Accum::Replace, a, alpha, parallelism, job)
}

/// Adds alpha a a^T, or writes it, to the lower half of the square that begins at `column` of the
/// rows `out`, each `width` long: in pieces between which the job is checked.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted) once the job is stopped.
pub fn add_lower_square<T: Real>(
    out: &mut [T],
    width: usize,
    column: usize,
    accum: Accum,
    a: MatRef<'_, T>,
    alpha: T,
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let panel = |(i, out): (usize, &mut [T])| {
        let (first, height) = (i * PANEL_ROWS, out.len() / width);
        for term in (0..a.ncols()).step_by(TERMS) {
            let a = a.subcols(term, TERMS.min(a.ncols() - term));
            let rows = a.subrows(first, height);
            let accum = if term == 0 { accum } else { Accum::Add };
            for start in (0..first).step_by(COLUMNS) {
                job.check()?;
                let count = COLUMNS.min(first - start);
                let left = a.subrows(start, count).transpose();
                let tile = rows_mut(out, height, width).subcols_mut(column + start, count);
                matmul(tile, accum, rows, left, alpha, Par::Seq);
            }
            job.check()?;
            let corner = rows_mut(out, height, width).subcols_mut(column + first, height);
            add_lower(corner, accum, rows, alpha);
        }
        Ok(())
    };
    let length = PANEL_ROWS * width;
    if parallelism == Parallelism::Sequential {
        out.chunks_mut(length).enumerate().try_for_each(panel)
    } else {
        out.par_chunks_mut(length).enumerate().try_for_each(panel)
    }
}

fn add_lower<T: Real>(out: MatMut<'_, T>, accum: Accum, a: MatRef<'_, T>, alpha: T) {
    let (half, full) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
    triangular(
        out,
        half,
        accum,
        a,
        full,
        a.transpose(),
        full,
        alpha,
        Par::Seq,
    );
}
