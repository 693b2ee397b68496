//! Haar-random isometries and unitaries as products of random Householder reflections.
//!
//! In the QR decomposition of a Gaussian matrix the k-th reflector is that of a fresh Gaussian vector of
//! d - k + 1 entries, so nothing needs to be decomposed: the reflectors are drawn (Stewart, SIAM J.
//! Numer. Anal. 17, 403 (1980)) and Q is formed of them.

use faer::c64;

use crate::error::{Error, Result, checked_len};
use crate::execution::Job;
use crate::linalg::reflector::form_q::{form_q, form_q_workspace_bytes};
use crate::random::draws::{
    fill_sample, for_each_row, in_double, in_double_workspace_bytes, rows_in_flight, sample,
};
use crate::random::stream::Family;
use crate::simd::Real;
use crate::spectra::field::{Field, as_complex_mut};

/// For each of the samples `first ..` n orthonormal rows of d entries: the first n columns of a Haar
/// unitary (orthogonal matrix for the real field), one after the other.
///
/// # Errors
/// [`Error::Value`] unless 1 <= n <= d; [`Error::Memory`]; [`Error::Interrupted`].
pub fn haar_isometries<T: Real>(
    family: &Family,
    first: u64,
    d: usize,
    n: usize,
    field: Field,
    out: &mut [T],
    job: &Job,
) -> Result<()> {
    if n == 0 || n > d {
        return Err(Error::value(
            "n",
            format!("must be from 1 to d = {d}, got {n}"),
        ));
    }
    let len = checked_len("an isometry", &[d, n, field.beta()], size_of::<f64>())?;
    for_each_row(job, out, len, |index, rows| {
        in_double(rows, |q| {
            fill_sample(family, sample(first, index), q, job)?;
            match field {
                Field::Real => form_q(d, q, job),
                Field::Complex => form_q(d, as_complex_mut(q), job),
            }
        })
    })
}

/// Bytes that [`haar_isometries`] works in for `size` samples.
pub fn haar_isometries_workspace_bytes<T: Real>(
    d: usize,
    n: usize,
    field: Field,
    size: usize,
    threads: usize,
) -> u128 {
    let in_flight = rows_in_flight(size, threads);
    let form = match field {
        Field::Real => form_q_workspace_bytes::<f64>(d, n, in_flight, threads),
        Field::Complex => form_q_workspace_bytes::<c64>(d, n, in_flight, threads),
    };
    let double = in_double_workspace_bytes::<T>(&[d, n, field.beta()]);
    in_flight * double + form
}
