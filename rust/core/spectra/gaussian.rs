//! Matrices of the Gaussian unitary and orthogonal ensembles, `E|H_ij|^2 = 1` off the diagonal.

use crate::error::{Result, checked_len};
use crate::execution::{Job, Parallelism};
use crate::linalg::hermitian_fill::{Triangle, fill_hermitian};
use crate::random::draws::{
    for_each_row, in_double, in_double_workspace_bytes, rows_in_flight, sample,
};
use crate::random::sequence::Sequence;
use crate::random::stream::Family;
use crate::simd::Real;
use crate::spectra::field::{Field, as_complex_mut};

/// Hermitian matrices of order n for samples `first ..`; diagonal entries have variance 2 / beta.
///
/// The lower half of each is drawn row by row as one sequence: of a row the entries before the
/// diagonal, then the diagonal.
///
/// # Errors
/// [`Error::Memory`](crate::error::Error::Memory) where even the size of one overflows;
/// [`Error::Interrupted`](crate::error::Error::Interrupted).
pub fn gaussian_matrices<T: Real>(
    family: &Family,
    first: u64,
    n: usize,
    field: Field,
    out: &mut [T],
    job: &Job,
) -> Result<()> {
    let beta = field.beta();
    let len = checked_len("a matrix", &[n, n, beta], size_of::<f64>())?;
    let off_diagonal = (1.0 / beta as f64).sqrt();
    let diagonal = (2.0 / beta as f64).sqrt();
    for_each_row(job, out, len, |index, row| {
        in_double(row, |matrix| {
            let len = n + beta * (n * (n - 1) / 2);
            let mut normals = Sequence::new(family, sample(first, index), len, job)?;
            for (i, row) in matrix.chunks_mut(beta * n).enumerate() {
                normals.fill(&mut row[..beta * i], off_diagonal)?;
                normals.fill(&mut row[beta * i..=beta * i], diagonal)?;
            }
            match field {
                Field::Real => {
                    fill_hermitian(Triangle::Upper, matrix, n, Parallelism::Sequential, job)
                }
                Field::Complex => fill_hermitian(
                    Triangle::Upper,
                    as_complex_mut(matrix),
                    n,
                    Parallelism::Sequential,
                    job,
                ),
            }
        })
    })
}

/// Bytes that [`gaussian_matrices`] works in for `size` samples, beside a block of normals a thread.
pub fn gaussian_matrices_workspace_bytes<T: Real>(
    n: usize,
    field: Field,
    size: usize,
    threads: usize,
) -> u128 {
    rows_in_flight(size, threads) * in_double_workspace_bytes::<T>(&[n, n, field.beta()])
}
