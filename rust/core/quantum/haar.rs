//! Haar-random state vectors: Gaussian vectors over their norm.

use crate::error::{Error, Result, checked_len};
use crate::execution::{Job, for_each_block};
use crate::random::draws::{fill_sample, for_each_row, sample};
use crate::random::normal;
use crate::random::stream::Family;
use crate::simd::Real;
use crate::spectra::field::Field;

/// Unit vectors of d entries, uniform on the sphere, for samples `first ..`.
///
/// # Errors
/// [`Error::Value`] for d = 0; [`Error::Memory`]; [`Error::Interrupted`].
pub fn haar_states<T: Real>(
    family: &Family,
    first: u64,
    d: usize,
    field: Field,
    out: &mut [T],
    job: &Job,
) -> Result<()> {
    if d == 0 {
        return Err(Error::value("d", "must be at least 1, got 0"));
    }
    let len = checked_len("a state", &[d, field.beta()], size_of::<T>())?;
    for_each_row(job, out, len, |index, state| {
        let squares = fill_sample(family, sample(first, index), state, job)?;
        if squares == 0.0 {
            // Has probability 2^-52 for d = 1 and none to speak of for larger d.
            state[0] = T::from_f64(1.0);
            return Ok(());
        }
        scale(state, squares.sqrt(), job)
    })
}

/// Divides by the norm.
fn scale<T: Real>(state: &mut [T], norm: f64, job: &Job) -> Result<()> {
    if let [x] = state {
        *x = T::from_f64(if x.to_f64() < 0.0 { -1.0 } else { 1.0 });
        return Ok(());
    }
    let factor = 1.0 / norm;
    let block = |items: &mut [T]| {
        for x in items {
            *x = T::from_f64(x.to_f64() * factor);
        }
    };
    if state.len() <= normal::BLOCK {
        block(state);
        return Ok(());
    }
    for_each_block(job, state, normal::BLOCK, |_, items| {
        block(items);
        Ok(())
    })
}
