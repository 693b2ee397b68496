//! Normals and uniforms of many samples: sample i of a batch comes from stream `first + i`.

use rayon::prelude::*;

use crate::error::{Error, Result, try_filled};
use crate::execution::{Job, for_each_block};
use crate::random::normal;
use crate::random::stream::Family;
use crate::simd::Real;

/// Numbers that are drawn in one piece of parallel work, about.
const GRAIN: usize = 1 << 14;

/// Calls `work(index, row)` for each row of `len` items of `out` in parallel; short rows are taken
/// many at a time.
///
/// # Errors
/// As [`for_each_block`]; [`Error::Value`] where `out` does not consist of whole rows.
pub fn for_each_row<T, F>(job: &Job, out: &mut [T], len: usize, work: F) -> Result<()>
where
    T: Send,
    F: Fn(usize, &mut [T]) -> Result<()> + Sync,
{
    for_each_costly_row(job, out, len, len, work)
}

/// As [`for_each_row`], where a row costs as much as drawing `cost` numbers.
///
/// # Errors
/// As [`for_each_row`].
pub fn for_each_costly_row<T, F>(
    job: &Job,
    out: &mut [T],
    len: usize,
    cost: usize,
    work: F,
) -> Result<()>
where
    T: Send,
    F: Fn(usize, &mut [T]) -> Result<()> + Sync,
{
    if len == 0 && out.is_empty() {
        return Ok(());
    }
    if !out.len().is_multiple_of(len) {
        let reason = format!("{} items are not rows of {len}", out.len());
        return Err(Error::value("out", reason));
    }
    let rows = (GRAIN / cost.max(len)).max(1);
    for_each_block(job, out, rows * len, |block, items| {
        for (place, row) in items.chunks_mut(len).enumerate() {
            work(block * rows + place, row)?;
        }
        Ok(())
    })
}

/// Lets `work` fill `out` in double precision, in place where it is that, and rounds at the end.
///
/// # Errors
/// [`Error::Memory`]; those of `work`.
pub fn in_double<T, F>(out: &mut [T], work: F) -> Result<()>
where
    T: Real,
    F: FnOnce(&mut [f64]) -> Result<()>,
{
    if let Some(out) = T::as_f64_mut(out) {
        return work(out);
    }
    let mut wide = try_filled("a row in double precision", out.len(), 0.0)?;
    work(&mut wide)?;
    out.par_chunks_mut(GRAIN)
        .zip(wide.par_chunks(GRAIN))
        .for_each(|(to, from)| {
            for (to, &x) in to.iter_mut().zip(from) {
                *to = T::from_f64(x);
            }
        });
    Ok(())
}

/// Bytes that [`in_double`] works in for an output of these sizes.
pub fn in_double_workspace_bytes<T: Real>(sizes: &[usize]) -> u128 {
    if T::as_f64_mut(&mut []).is_some() {
        return 0;
    }
    let len: u128 = sizes.iter().map(|&size| size as u128).product();
    len * size_of::<f64>() as u128
}

/// Most rows that [`for_each_row`] works on at the same time, of so many.
pub fn rows_in_flight(rows: usize, threads: usize) -> u128 {
    rows.min(threads) as u128
}

/// The stream of row `index` of a batch that begins at `first`.
pub fn sample(first: u64, index: usize) -> u64 {
    first.wrapping_add(index as u64)
}

/// Standard normals: row i of `out`, `n` numbers each, from sample `first + i`.
///
/// # Errors
/// As [`for_each_row`].
pub fn standard_normals<T: Real>(
    family: &Family,
    first: u64,
    n: usize,
    out: &mut [T],
    job: &Job,
) -> Result<()> {
    for_each_row(job, out, n, |index, row| {
        fill_sample(family, sample(first, index), row, job).map(drop)
    })
}

/// Uniform numbers in [0, 1), multiples of 2^-53: row i of `out`, `n` numbers each, from sample
/// `first + i`.
///
/// # Errors
/// As [`standard_normals`].
pub fn uniforms(family: &Family, first: u64, n: usize, out: &mut [f64], job: &Job) -> Result<()> {
    for_each_row(job, out, n, |index, row| {
        for_each_block(job, row, normal::BLOCK, |block, items| {
            normal::fill_uniforms(family, sample(first, index), block as u64, items);
            Ok(())
        })
    })
}

/// Fills `out` with the first normals of a sample, its blocks in parallel, and returns the sum of
/// their squares, added block by block.
///
/// # Errors
/// [`Error::Interrupted`]; [`Error::Memory`].
pub fn fill_sample<T: Real>(family: &Family, sample: u64, out: &mut [T], job: &Job) -> Result<f64> {
    if out.len() <= normal::BLOCK {
        return Ok(normal::fill(family, sample, 0, out));
    }
    let blocks = out.len().div_ceil(normal::BLOCK);
    let mut sums = try_filled("the sums of squares", blocks, 0.0)?;
    out.par_chunks_mut(normal::BLOCK)
        .zip(&mut sums)
        .enumerate()
        .try_for_each(|(block, (items, sum))| {
            job.check()?;
            *sum = normal::fill(family, sample, block as u64, items);
            Ok(())
        })?;
    Ok(sums.iter().sum())
}
