//! How far matrices are from Hermitian, without a copy of them.

use super::scalar::Scalar;
use crate::error::{Error, Result};
use crate::execution::{Job, map_blocks};
use crate::simd::Real;

/// Order of the tiles that are compared at once; two of them fit into the nearest cache.
const TILE_ORDER: usize = 32;
/// Entries that are compared by one task, where it holds several matrices.
const TASK_ENTRIES: usize = 1 << 14;

/// Largest `|a_ij - conj(a_ji)|` of the `matrices` `(b, n, n)`. It overflows to infinity above 1e154, and
/// NaN entries count as zero differences: the caller excludes them.
///
/// # Errors
/// [`Error::Value`] if sizes do not fit; [`Error::Interrupted`] once the job is stopped.
pub fn hermiticity_defect<T: Scalar>(n: usize, matrices: &[T], job: &Job) -> Result<f64> {
    let size = n.saturating_mul(n);
    if size == 0 || !matrices.len().is_multiple_of(size) {
        let reason = format!("{} entries are not matrices of order {n}", matrices.len());
        return Err(Error::value("matrices", reason));
    }
    let together = (TASK_ENTRIES / size).max(1);
    let bands = if together > 1 {
        1
    } else {
        n.div_ceil(TILE_ORDER)
    };
    let tasks = (matrices.len() / size).div_ceil(together) * bands;
    let largest = map_blocks(job, tasks, |task| {
        let (group, band) = (task / bands, task % bands);
        let start = group * together * size;
        let end = (start + together * size).min(matrices.len());
        let rows = if bands == 1 {
            0..n
        } else {
            band * TILE_ORDER..((band + 1) * TILE_ORDER).min(n)
        };
        let defects = matrices[start..end]
            .chunks(size)
            .map(|matrix| squared_defect(matrix, n, rows.clone()));
        Ok(defects.fold(0.0, f64::max))
    })?;
    Ok(largest.into_iter().fold(0.0, f64::max).sqrt())
}

/// The square of the largest difference in some rows, up to the diagonal.
fn squared_defect<T: Scalar>(matrix: &[T], n: usize, rows: std::ops::Range<usize>) -> f64 {
    let mut largest = 0.0f64;
    for left in (0..rows.end).step_by(TILE_ORDER) {
        for i in rows.clone() {
            for j in left..(left + TILE_ORDER).min(i + 1) {
                let (a, b) = (matrix[i * n + j], matrix[j * n + i]);
                let re = a.re().to_f64() - b.re().to_f64();
                let im = a.imaginary().to_f64() + b.imaginary().to_f64();
                largest = largest.max(re * re + im * im);
            }
        }
    }
    largest
}
