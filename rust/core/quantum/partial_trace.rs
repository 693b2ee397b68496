//! Partial traces of density matrices, `(Tr_B rho)[i, j] = sum_k rho[ik, jk]`: only the entries that
//! enter are read, and they are added in the order of k.

use rayon::prelude::*;

use super::cut::Cut;
use crate::error::{Error, Result, checked_len};
use crate::execution::Job;
use crate::linalg::scalar::Scalar;

/// Entries that are read between two checks of the job.
const LOOK: usize = 1 << 20;
/// Columns of the result that are summed at a time, so that they stay in cache.
const COLUMNS: usize = 512;
/// Entries of the input that a task reads at least.
const TASK: usize = 1 << 14;

/// Partial traces of the matrices `rho` `(b, D, D)` over what `cut` does not keep, in `out`
/// `(b, d_keep, d_keep)`.
///
/// # Errors
/// [`Error::Value`] if sizes do not fit; [`Error::Interrupted`] once the job is stopped.
pub fn partial_traces<T: Scalar>(rho: &[T], cut: &Cut, out: &mut [T], job: &Job) -> Result<()> {
    let (total, d) = (cut.total(), cut.d_keep());
    let size = checked_len("a density matrix", &[total, total], size_of::<T>())?;
    let batch = rho.len() / size;
    if batch * size != rho.len() {
        let reason = format!("must hold matrices of {total} x {total}, as dims multiply to");
        return Err(Error::value("rho", reason));
    }
    if (batch * d).checked_mul(d) != Some(out.len()) {
        return Err(Error::value("out", "must hold one matrix for each of rho"));
    }
    if out.is_empty() {
        return Ok(());
    }
    let natural = cut.kept().offsets(0..d);
    let kept: Vec<usize> = match cut.order() {
        Some(order) => {
            let places = order.offsets(0..d);
            places.iter().map(|&place| natural[place]).collect()
        }
        None => natural.into_owned(),
    };
    let d_rest = cut.d_rest();
    let row = |number: usize, out: &mut [T]| -> Result<()> {
        let rho = &rho[number / d * size..][..size];
        let top = kept[number % d] * total;
        for (out, cols) in out.chunks_mut(COLUMNS).zip(kept.chunks(COLUMNS)) {
            let look = (LOOK / cols.len()).max(1);
            for start in (0..d_rest).step_by(look) {
                job.check()?;
                for k in &*cut.rest().offsets(start..(start + look).min(d_rest)) {
                    let line = &rho[top + k * (total + 1)..];
                    for (sum, &col) in out.iter_mut().zip(cols) {
                        *sum = sum.plus(line[col]);
                    }
                }
            }
        }
        Ok(())
    };
    let rows = (TASK / total).max(1);
    out.par_chunks_mut(rows * d)
        .enumerate()
        .try_for_each(|(task, out)| {
            out.fill(T::ZERO);
            out.chunks_mut(d)
                .enumerate()
                .try_for_each(|(i, out)| row(task * rows + i, out))
        })
}
