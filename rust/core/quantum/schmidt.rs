//! Schmidt spectra of Haar-random states: eigenvalues of the bidiagonal model over their sum.

use crate::error::Result;
use crate::execution::Job;
use crate::random::stream::Family;
use crate::simd::Real;
use crate::spectra::laguerre::Laguerre;

/// Squared Schmidt coefficients for samples `first ..`, m each, descending, with sum 1.
///
/// # Errors
/// Those of [`Laguerre::spectra`].
pub fn haar_schmidt_spectra<T: Real>(
    model: &Laguerre,
    family: &Family,
    first: u64,
    out: &mut [T],
    job: &Job,
) -> Result<()> {
    let finish = |values: &mut [f64], row: &mut [T]| {
        // The smallest first, so that nothing is lost.
        let total: f64 = values.iter().map(|x| x.max(0.0)).sum();
        for (to, x) in row.iter_mut().zip(values.iter().rev()) {
            *to = T::from_f64(x.max(0.0) / total);
        }
    };
    model.spectra(family, first, out, finish, job)
}
