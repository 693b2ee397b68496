//! Reduced states of given pure states, `rho_A = Tr_B |psi><psi|` of the paper's Sec. II, for any
//! subset of subsystems in any order, and their spectra.
//!
//! `rho_A = C C^H` with the matrix C of a [`Cut`], which never exists: it is packed for the product
//! panel by panel from where the amplitudes stand.

use rayon::prelude::*;

use super::cut::Cut;
use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, Parallelism};
use crate::linalg::packing::Buffer;
use crate::linalg::scalar::Scalar;
use crate::linalg::{gram, singular};

/// Complex multiplications that are worth the pool for one state alone.
const SHARED_WORK: u128 = 1 << 24;
/// Complex multiplications that take as long as reading an amplitude.
const READING: usize = 64;
/// Complex multiplications of a task at least, where one holds several states.
const TASK_WORK: u128 = 1 << 18;
/// Bytes of results that may still be in the caches when they are read.
const CACHED: u128 = 1 << 22;

/// Memory that results are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// New, so that the system clears it at the first touch and it is in the caches then.
    Fresh,
    /// Used before.
    Used,
}

/// Reduced density matrices of the states `psi` `(b, D)` on what `cut` keeps, in `out`
/// `(b, d_keep, d_keep)`. Memory beyond that: one panel of a state a thread; for a state that is
/// worth it, sums of at most a quarter of the state; if the order of subsystems changes, or small
/// matrices go past the caches to `memory`, one more matrix a thread.
///
/// # Errors
/// [`Error::Value`] if sizes do not fit; [`Error::Memory`] if a panel cannot be allocated;
/// [`Error::Interrupted`] once the job is stopped.
pub fn reduced_density_matrices<T: Scalar>(
    psi: &[T],
    cut: &Cut,
    out: &mut [T],
    memory: Memory,
    job: &Job,
) -> Result<()> {
    let (total, d) = (cut.total(), cut.d_keep());
    let size = checked_len("a reduced density matrix", &[d, d], size_of::<T>())?;
    let batch = batch(psi, cut)?;
    if batch.checked_mul(size) != Some(out.len()) {
        return Err(Error::value("out", "must hold one matrix for each state"));
    }
    let past_caches = is_past_caches(cut, size_of_val(out) as u128, memory);
    let scratch = cut.order().is_some() || past_caches;
    let one = |parallelism, psi: &[T], next: &[T], out: &mut [T], space: &mut Space<T>| {
        let source = cut.matrix(psi)?;
        let Space { panel, matrix } = space;
        if scratch && matrix.is_empty() {
            *matrix = try_filled("a matrix", size, T::ZERO)?;
        }
        if let Some(order) = cut.order() {
            gram::lower_half(&source, matrix, panel, parallelism, job)?;
            reorder(matrix, &order.offsets(0..d), out, parallelism);
            Ok(())
        } else if past_caches {
            gram::small_matrix(&source, next, matrix, Some(out), panel, job)
        } else {
            gram::both_halves(&source, next, out, panel, parallelism, job)
        }
    };
    if parallelism(cut, batch, rayon::current_num_threads()) == Parallelism::Pool {
        let mut space = Space::default();
        for (psi, out) in psi.chunks(total).zip(out.chunks_mut(size)) {
            one(Parallelism::Pool, psi, &[], out, &mut space)?;
        }
        return Ok(());
    }
    let together = states_together(cut);
    out.par_chunks_mut(together * size)
        .enumerate()
        .try_for_each_init(Space::default, |space, (task, out)| {
            for (i, out) in out.chunks_mut(size).enumerate() {
                job.check()?;
                let start = (task * together + i) * total;
                let (psi, next) = psi[start..].split_at(total);
                let next = &next[..total.min(next.len())];
                one(Parallelism::Sequential, psi, next, out, space)?;
            }
            Ok(())
        })
}

/// Bytes that [`reduced_density_matrices`] works in for `batch` states.
pub fn reduced_density_matrices_workspace_bytes<T: Scalar>(
    cut: &Cut,
    batch: usize,
    memory: Memory,
    threads: usize,
) -> u128 {
    let (d, rest) = (cut.d_keep(), cut.d_rest());
    let matrix = d as u128 * (d * size_of::<T>()) as u128;
    let parallelism = parallelism(cut, batch, threads);
    let tasks = match parallelism {
        Parallelism::Sequential => batch.div_ceil(states_together(cut)),
        Parallelism::Pool => batch,
    };
    let product = if cut.order().is_some() {
        matrix + gram::lower_half_workspace_bytes::<T>(d, rest, parallelism, threads)
    } else {
        let copy = is_past_caches(cut, batch as u128 * matrix, memory);
        let product = gram::both_halves_workspace_bytes::<T>(d, rest, parallelism, threads);
        if copy { matrix + product } else { product }
    };
    parallelism.in_flight(tasks, threads) as u128 * product
}

/// Bytes that [`schmidt_spectra`] works in for `batch` states.
pub fn schmidt_spectra_workspace_bytes<T: Scalar>(cut: &Cut, batch: usize, threads: usize) -> u128 {
    let cut = cut.smaller_side();
    singular::squares_workspace_bytes::<T>(cut.d_keep(), cut.d_rest(), batch, threads)
}

/// Whether the matrices of so many bytes go past the caches.
fn is_past_caches(cut: &Cut, bytes: u128, memory: Memory) -> bool {
    memory == Memory::Used && bytes > CACHED && gram::is_small(cut.d_keep(), cut.d_rest())
}

/// Whether each state is one thread's: of many states, and of some where one alone cannot be shared.
fn parallelism(cut: &Cut, batch: usize, threads: usize) -> Parallelism {
    let side_by_side =
        batch >= 4 * threads || batch >= threads && !gram::is_shared(cut.d_keep(), cut.d_rest());
    if work(cut) >= SHARED_WORK && !side_by_side {
        Parallelism::Pool
    } else {
        Parallelism::Sequential
    }
}

/// States of one task.
fn states_together(cut: &Cut) -> usize {
    (TASK_WORK / work(cut).max(1)).clamp(1, 1 << 20) as usize
}

/// Squares of the Schmidt coefficients of the states `psi` `(b, D)` across `cut`, descending, in
/// `out` `(b, m)` with m the dimension of the smaller side; they sum to the norm squared. The coefficients
/// themselves, singular values of C, are right to some units of rounding of the *largest*, so that
/// their squares are down to about 1e-31 of the largest.
///
/// # Errors
/// As [`reduced_density_matrices`]; [`Error::Value`] also if an amplitude is NaN or infinite.
pub fn schmidt_spectra<T: Scalar>(
    psi: &[T],
    cut: &Cut,
    out: &mut [T::Real],
    job: &Job,
) -> Result<()> {
    let cut = &cut.smaller_side();
    let d = cut.d_keep();
    if batch(psi, cut)?.checked_mul(d) != Some(out.len()) {
        return Err(Error::value("out", "must hold one spectrum for each state"));
    }
    let outcome = singular::squares(d, cut.d_rest(), |index| cut.state(psi, index), out, job);
    if let Err(Error::Value { .. }) = outcome {
        return Err(Error::value(
            "psi",
            "must be finite; an amplitude is NaN, infinite or huge",
        ));
    }
    outcome
}

/// What one thread works in.
struct Space<T: Scalar> {
    panel: Buffer<T::Real>,
    matrix: Vec<T>,
}

impl<T: Scalar> Default for Space<T> {
    fn default() -> Self {
        Self {
            panel: Buffer::default(),
            matrix: Vec::new(),
        }
    }
}

/// Complex multiplications that a reduced density matrix takes, were it not Hermitian; reading an
/// amplitude takes as long as some.
fn work(cut: &Cut) -> u128 {
    cut.total() as u128 * cut.d_keep().max(READING) as u128
}

/// Number of states in `psi`.
fn batch<T>(psi: &[T], cut: &Cut) -> Result<usize> {
    if psi.len().is_multiple_of(cut.total()) {
        Ok(psi.len() / cut.total())
    } else {
        let (got, needed) = (psi.len(), cut.total());
        let reason = format!("holds {got} amplitudes, not states of the {needed} of dims");
        Err(Error::value("psi", reason))
    }
}

/// Writes a Hermitian matrix, given by its upper half, with row and column i at `places[i]`.
fn reorder<T: Scalar>(upper: &[T], places: &[usize], out: &mut [T], parallelism: Parallelism) {
    let d = places.len();
    let row = |(out, &row): (&mut [T], &usize)| {
        for (out, &col) in out.iter_mut().zip(places) {
            let below = col < row;
            let entry = if below {
                upper[col * d + row]
            } else {
                upper[row * d + col]
            };
            *out = if below { entry.conjugate() } else { entry };
        }
    };
    match parallelism {
        Parallelism::Sequential => out.chunks_mut(d).zip(places).for_each(row),
        Parallelism::Pool => out.par_chunks_mut(d).zip(places).for_each(row),
    }
}
