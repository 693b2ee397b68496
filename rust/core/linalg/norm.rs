//! Squared norms of many vectors, in fixed blocks, so that the bits do not depend on threads.

use rayon::prelude::*;

use super::scalar::Scalar;
use crate::error::{Error, Result};
use crate::execution::{Job, map_blocks};
use crate::simd::{self, LANES, Real};

/// Entries that are summed by one task.
const BLOCK_ENTRIES: usize = 1 << 14;

/// Squared norms of the rows of `vectors` `(b, length)` in `out` `(b,)`, in double precision; NaN or
/// infinite where an entry is.
///
/// # Errors
/// [`Error::Value`] if sizes do not fit; [`Error::Interrupted`] once the job is stopped.
pub fn squared_norms<T: Scalar>(
    length: usize,
    vectors: &[T],
    out: &mut [f64],
    job: &Job,
) -> Result<()> {
    if out.len().checked_mul(length) != Some(vectors.len()) {
        return Err(Error::value("out", "must have one place for each vector"));
    }
    if length == 0 {
        out.fill(0.0);
        return Ok(());
    }
    if length >= BLOCK_ENTRIES {
        for (out, vector) in out.iter_mut().zip(vectors.chunks(length)) {
            let block = |i: usize| {
                Ok(sum(
                    &vector[i * BLOCK_ENTRIES..((i + 1) * BLOCK_ENTRIES).min(length)]
                ))
            };
            *out = map_blocks(job, length.div_ceil(BLOCK_ENTRIES), block)?
                .iter()
                .sum();
        }
        return Ok(());
    }
    let together = BLOCK_ENTRIES / length;
    let tasks = out
        .par_chunks_mut(together)
        .zip(vectors.par_chunks(together * length));
    tasks.try_for_each(|(out, vectors)| {
        job.check()?;
        for (out, vector) in out.iter_mut().zip(vectors.chunks(length)) {
            *out = sum(vector);
        }
        Ok(())
    })
}

fn sum<T: Scalar>(entries: &[T]) -> f64 {
    let square = |x: T| {
        let (re, im) = (x.re().to_f64(), x.imaginary().to_f64());
        re * re + im * im
    };
    let (whole, rest) = entries.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for entries in whole {
        for (sum, &entry) in sums.iter_mut().zip(entries) {
            *sum += square(entry);
        }
    }
    rest.iter()
        .fold(simd::sum(sums), |sum, &entry| sum + square(entry))
}
