//! Eigenvalues of many Hermitian matrices: [Householder tridiagonalization](super::tridiagonalize) of each,
//! then the eigenvalues of all tridiagonal matrices at once.
//!
//! Small matrices are tridiagonalized in batches of eight, larger ones one by one. All is done in double
//! precision. Errors are relative to the largest eigenvalue in modulus, not to each.

use std::array::from_fn;

use rayon::prelude::*;

use super::packing::Buffer;
use super::scalar::{Part, Scalar};
use super::scaling::{exp2, exponent_above, largest};
use super::tridiagonal;
use super::tridiagonalize::batched::Batch;
use super::tridiagonalize::large;
use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, Parallelism};
use crate::simd::{LANES, Real};

/// Largest order of matrices that are tridiagonalized eight at a time: for one alone that is slower from
/// about 64 on, for a batch of this order it is four times faster.
const SMALL_ORDER: usize = 128;

/// Diagonals, squared off-diagonals and exponents of a group of matrices.
type Outputs<'a> = ((&'a mut [f64], &'a mut [f64]), &'a mut [i32]);

/// Eigenvalues of the matrices `(b, n, n)`, ascending, in `out` `(b, n)`. Only the lower halves
/// are read, and of the diagonals only the real parts. The bits of one matrix's eigenvalues do not
/// depend on the others.
///
/// # Errors
/// [`Error::Value`] if sizes do not fit, an entry is NaN or infinite, or an eigenvalue overflows;
/// [`Error::Memory`] if copies of up to eight matrices a thread cannot be made;
/// [`Error::Interrupted`] once the job is stopped.
pub fn eigenvalues<T: Scalar>(
    n: usize,
    matrices: &[T],
    out: &mut [T::Real],
    job: &Job,
) -> Result<()> {
    let size = checked_len("a matrix", &[n, n], size_of::<T>())?;
    if n == 0 && matrices.is_empty() && out.is_empty() {
        return Ok(());
    }
    let batch = out.len() / n.max(1);
    if out.len() != batch * n || batch.checked_mul(size) != Some(matrices.len()) {
        return Err(Error::value(
            "matrices",
            "must be square matrices, one for each row of out",
        ));
    }
    eigenvalues_of_lower_triangles(
        n,
        out,
        |index, _, copy, _| {
            let matrix = &matrices[index * size..][..size];
            for (i, row) in matrix.chunks(n).enumerate() {
                for (j, &entry) in row[..=i].iter().enumerate() {
                    copy[j * n + i] = entry;
                }
            }
            Ok(())
        },
        job,
    )
}

/// As [`eigenvalues`] of matrices that need not exist at the same time: `fill(index, parallelism, matrix,
/// scratch)` writes the lower half of one of them, column-major, where `scratch` is the thread's
/// to use.
///
/// # Errors
/// As [`eigenvalues`], and those of `fill`.
pub fn eigenvalues_of_lower_triangles<T, F>(
    n: usize,
    out: &mut [T::Real],
    fill: F,
    job: &Job,
) -> Result<()>
where
    T: Scalar,
    F: Fn(usize, Parallelism, &mut [T], &mut Buffer<T::Real>) -> Result<()> + Sync,
{
    if n == 0 || out.is_empty() {
        return Ok(());
    }
    let size = checked_len("a matrix", &[n, n], LANES * size_of::<T>())?;
    let batch = out.len() / n;
    let together = together(n, batch, rayon::current_num_threads().max(1));
    let mut diagonals = try_filled("tridiagonal matrices", batch * n, 0.0)?;
    let mut off_diagonals_squared = try_filled("tridiagonal matrices", batch * n, 0.0)?;
    let mut powers = try_filled("exponents", batch, 0i32)?;
    let parallelism = Parallelism::of(batch.div_ceil(together));
    let reduce = |(group, ((diagonals, off_diagonals_squared), powers)): (usize, Outputs<'_>)| {
        let mut scratch = Buffer::default();
        let mut matrices = try_filled("copies", powers.len() * size, T::ZERO)?;
        let copies = matrices.chunks_mut(size).zip(powers.iter_mut()).enumerate();
        for (index, (matrix, power)) in copies {
            job.check()?;
            fill(group * together + index, parallelism, matrix, &mut scratch)?;
            job.check()?;
            *power = exponent(matrix, n)?;
        }
        job.check()?;
        if n > SMALL_ORDER {
            let factor = exp2(-powers[0]);
            large::tridiagonalize(
                n,
                &matrices,
                factor,
                diagonals,
                off_diagonals_squared,
                parallelism,
                job,
            )
        } else {
            tridiagonalize_batch(&matrices, n, powers, diagonals, off_diagonals_squared)
        }
    };
    match parallelism {
        Parallelism::Sequential => diagonals
            .par_chunks_mut(together * n)
            .zip(off_diagonals_squared.par_chunks_mut(together * n))
            .zip(powers.par_chunks_mut(together))
            .enumerate()
            .try_for_each(reduce)?,
        Parallelism::Pool => diagonals
            .chunks_mut(together * n)
            .zip(off_diagonals_squared.chunks_mut(together * n))
            .zip(powers.chunks_mut(together))
            .enumerate()
            .try_for_each(reduce)?,
    }
    let load = |index: usize, _: &[T::Real], entries: tridiagonal::Entries<'_>| {
        entries
            .diagonal
            .copy_from_slice(&diagonals[index * n..][..n]);
        entries
            .off_diagonal_squared
            .copy_from_slice(&off_diagonals_squared[index * n..][..n - 1]);
        Ok(exp2(powers[index]))
    };
    let finish = |_: usize, factor: f64, values: &mut [f64], out: &mut [T::Real]| {
        for (out, value) in out.iter_mut().zip(values) {
            *out = T::Real::from_f64(*value * factor);
            if !out.to_f64().is_finite() {
                let reason =
                    "have eigenvalues beyond the largest number of their kind; divide them first";
                return Err(Error::value("matrices", reason));
            }
        }
        Ok(())
    };
    tridiagonal::solve(n, out, load, finish, job)
}

/// Bytes that [`eigenvalues_of_lower_triangles`] works in for `batch` matrices of order n, beside those
/// of `fill`.
pub fn eigenvalues_workspace_bytes<T: Scalar>(n: usize, batch: usize, threads: usize) -> u128 {
    let together = together(n, batch, threads);
    let (groups, parallelism) = groups(n, batch, threads);
    let in_flight = parallelism.in_flight(groups, threads);
    let copies = n as u128 * (n * size_of::<T>()) as u128 * together as u128;
    let reduction = if n > SMALL_ORDER {
        large::tridiagonalize_workspace_bytes::<T>(n)
    } else {
        Batch::bytes(n, !T::IS_REAL)
    };
    let forms = batch as u128 * (2 * n * size_of::<f64>() + size_of::<i32>()) as u128;
    let eigenvalues = tridiagonal::solve_workspace_bytes(n, batch, threads);
    forms + eigenvalues.max(in_flight as u128 * (copies + reduction))
}

/// Number of groups of matrices, and how each is worked on.
pub(super) fn groups(n: usize, batch: usize, threads: usize) -> (usize, Parallelism) {
    let groups = batch.div_ceil(together(n, batch, threads));
    (groups, Parallelism::among(groups, threads))
}

/// Matrices of order n that are reduced at a time.
fn together(n: usize, batch: usize, threads: usize) -> usize {
    if n > SMALL_ORDER {
        1
    } else {
        group_size(batch, threads)
    }
}

/// Matrices in a group. The bits do not depend on it, so it may follow the threads.
pub(super) fn group_size(batch: usize, threads: usize) -> usize {
    batch
        .div_ceil(batch.div_ceil(LANES).max(1).next_multiple_of(threads))
        .clamp(1, LANES)
}

/// The exponent of the power of two that the matrix is divided by, so that its norm is at most 1.
fn exponent<T: Scalar>(matrix: &[T], n: usize) -> Result<i32> {
    let mut most = 0.0f64;
    for (j, column) in matrix.chunks(n).enumerate() {
        most = most.max(largest(&column[j..])?);
    }
    if most == 0.0 {
        return Ok(0);
    }
    let norm = exponent_above(most) + 1 + n.next_power_of_two().trailing_zeros() as i32;
    Ok(norm.clamp(-T::Real::MAX_EXPONENT, T::Real::MAX_EXPONENT))
}

/// Tridiagonalizes up to eight matrices at once.
fn tridiagonalize_batch<T: Scalar>(
    matrices: &[T],
    n: usize,
    powers: &[i32],
    diagonals: &mut [f64],
    off_diagonals_squared: &mut [f64],
) -> Result<()> {
    let mut batch = Batch::zeros(n, !T::IS_REAL)?;
    batch.load(
        matrices,
        from_fn(|lane| powers.get(lane).map_or(0.0, |&power| exp2(-power))),
    );
    batch.tridiagonalize();
    let rows = diagonals
        .chunks_mut(n)
        .zip(off_diagonals_squared.chunks_mut(n));
    for (lane, (diagonal, off_diagonals_squared)) in rows.enumerate() {
        for (out, lanes) in diagonal.iter_mut().zip(&batch.diagonal) {
            *out = lanes[lane];
        }
        for (out, lanes) in off_diagonals_squared
            .iter_mut()
            .zip(&batch.off_diagonal_squared)
        {
            *out = lanes[lane];
        }
    }
    Ok(())
}
