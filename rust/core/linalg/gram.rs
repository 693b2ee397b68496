//! The Gram matrix A A^H of the rows of a matrix, worked out from one half of it: what the reduced
//! density matrix of a state is.
//!
//! The output is cut into tiles, the long dimension into panels, both from the sizes alone. The
//! tiles of one panel run in the pool; of a matrix that is much wider than high, groups of panels
//! run in the pool and their sums are added in order. So the bits do not depend on threads. Nor do
//! they on the processor: products are those of the [`micro_kernel`](super::micro_kernel).

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::few_rows::{FewRowsProduct, MAX_FEW_ROWS};
use super::hermitian_fill::{TILE_ORDER, Tile, Triangle, fill_hermitian, tiles};
use super::hermitian_product::{HermitianProduct, MAX_COLUMNS};
use super::micro_kernel::Product;
use super::packing::{Buffer, pack, packed_len};
use super::scalar::Scalar;
use crate::error::{Result, try_filled};
use crate::execution::{Job, Parallelism};
use crate::simd::dispatch;

/// Columns of the matrix that are packed at a time.
const PANEL_COLUMNS: usize = 512;
/// Most sums that a wide matrix is split into.
const SPLIT_MAX_SUMS: usize = 16;
/// Widest output that is split into sums, and columns of the matrix for each of them at least:
/// so the sums take no more than a fraction of the memory of the matrix.
const SPLIT_MAX_ROWS: usize = 512;
const SPLIT_MIN_COLUMNS: usize = 2048;

/// A matrix that need not exist in one piece.
pub trait Source<T: Scalar>: Sync {
    /// Number of rows.
    fn nrows(&self) -> usize;
    /// Number of columns.
    fn ncols(&self) -> usize;
    /// Its entries among others: (i, k) stands at the sum of the offsets of row i and column k.
    fn entries(&self) -> &[T];
    /// Offsets of rows.
    fn rows(&self, range: Range<usize>) -> Cow<'_, [usize]>;
    /// Offsets of columns.
    fn columns(&self, range: Range<usize>) -> Cow<'_, [usize]>;
    /// Number of columns before those in which the first `rows` rows are zero.
    fn reach(&self, rows: usize) -> usize {
        let _ = rows;
        self.ncols()
    }
}

/// Fills the lower half of `out` `(n, n)`, column-major, with conj(A) A^T, which is the upper half
/// of A A^H, row-major; the diagonal is exactly real. `buffer` is reused from call to call.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted) once the job is stopped;
/// [`Error::Memory`](crate::error::Error::Memory) if a block cannot be allocated.
pub fn lower_half<T: Scalar>(
    source: &impl Source<T>,
    out: &mut [T],
    buffer: &mut Buffer<T::Real>,
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let (n, width) = (source.nrows(), source.ncols());
    if n == 0 {
        return Ok(());
    }
    if width == 0 {
        out.fill(T::ZERO);
    }
    let (groups, columns) = groups(n, width);
    let sum =
        |group: usize, sum: &mut [T], parallelism: Parallelism, buffer: &mut Buffer<T::Real>| {
            let range = group * columns..((group + 1) * columns).min(width);
            if n <= MAX_FEW_ROWS {
                sum_narrow_panels(source, range, sum, buffer, job)
            } else {
                sum_panels(source, range, sum, buffer, parallelism, job)
            }
        };
    if groups == 1 {
        sum(0, out, parallelism, buffer)?;
    } else if parallelism == Parallelism::Sequential {
        let mut partial = try_filled("sums", n * n, T::ZERO)?;
        sum(0, out, parallelism, buffer)?;
        for group in 1..groups {
            sum(group, &mut partial, parallelism, buffer)?;
            add(out, &partial);
        }
    } else {
        let mut partial = try_filled("sums", (groups - 1) * n * n, T::ZERO)?;
        out.par_chunks_mut(n * n)
            .chain(partial.par_chunks_mut(n * n))
            .enumerate()
            .try_for_each(|(group, out)| {
                sum(group, out, Parallelism::Sequential, &mut Buffer::default())
            })?;
        for partial in partial.chunks(n * n) {
            add(out, partial);
        }
    }
    // Rounding leaves imaginary parts there.
    for entry in out.iter_mut().step_by(n + 1) {
        *entry = T::from_re(entry.re());
    }
    Ok(())
}

/// Fills `out` `(n, n)`, column-major, with conj(A) A^T, which is A A^H row-major: exactly Hermitian and
/// with the bits of [`lower_half`]. `next` is what will be read afterwards.
///
/// # Errors
/// As [`lower_half`].
pub fn both_halves<T: Scalar>(
    source: &impl Source<T>,
    next: &[T],
    out: &mut [T],
    buffer: &mut Buffer<T::Real>,
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let n = source.nrows();
    if is_small(n, source.ncols()) {
        return small_matrix(source, next, out, None, buffer, job);
    }
    lower_half(source, out, buffer, parallelism, job)?;
    fill_hermitian(Triangle::Lower, out, n, parallelism, job)
}

/// As [`both_halves`] of a matrix that [`is_small`]. Where there is a `copy`, the result goes there, past
/// the caches, and `out` is what it is worked out in.
///
/// # Errors
/// As [`lower_half`].
///
/// # Panics
/// If the matrix is not small.
pub fn small_matrix<T: Scalar>(
    source: &impl Source<T>,
    next: &[T],
    out: &mut [T],
    copy: Option<&mut [T]>,
    buffer: &mut Buffer<T::Real>,
    job: &Job,
) -> Result<()> {
    let (n, depth) = (source.nrows(), source.ncols());
    assert!(is_small(n, depth), "{n} x {depth} is not small");
    job.check()?;
    let packed = buffer.room(packed_len::<T>(n, depth))?;
    pack(
        source.entries(),
        &source.rows(0..n),
        &source.columns(0..depth),
        packed,
    );
    dispatch(HermitianProduct {
        n,
        depth,
        packed,
        out,
        copy,
        next,
    });
    Ok(())
}

/// Bytes that [`lower_half`] works in for a matrix `(n, width)`.
pub fn lower_half_workspace_bytes<T: Scalar>(
    n: usize,
    width: usize,
    parallelism: Parallelism,
    threads: usize,
) -> u128 {
    let (sums, columns) = groups(n, width);
    let columns = PANEL_COLUMNS.min(columns);
    let packed = if n <= MAX_FEW_ROWS {
        packed_len::<T>(columns, n) as u128
    } else {
        n.div_ceil(TILE_ORDER) as u128 * packed_len::<T>(n.min(TILE_ORDER), columns) as u128
    };
    let packed = packed * size_of::<T::Real>() as u128;
    let sum = n as u128 * (n * size_of::<T>()) as u128;
    match parallelism {
        _ if sums == 1 => packed,
        Parallelism::Sequential => sum + packed,
        Parallelism::Pool => (sums - 1) as u128 * sum + sums.min(threads) as u128 * packed,
    }
}

/// Bytes that [`both_halves`] works in for a matrix `(n, width)`.
pub fn both_halves_workspace_bytes<T: Scalar>(
    n: usize,
    width: usize,
    parallelism: Parallelism,
    threads: usize,
) -> u128 {
    if is_small(n, width) {
        packed_len::<T>(n, width) as u128 * size_of::<T::Real>() as u128
    } else {
        lower_half_workspace_bytes::<T>(n, width, parallelism, threads)
    }
}

/// Whether both halves are written at once: few blocks of registers, each of which is summed once.
pub fn is_small(n: usize, width: usize) -> bool {
    (MAX_FEW_ROWS + 1..=TILE_ORDER).contains(&n) && (1..=MAX_COLUMNS).contains(&width)
}

/// Whether more than one thread can take part in the product of a matrix `(n, width)`.
pub fn is_shared(n: usize, width: usize) -> bool {
    n > TILE_ORDER || groups(n, width).0 > 1
}

/// Number of sums that a product is split into, and columns of the matrix for each.
fn groups(n: usize, width: usize) -> (usize, usize) {
    let groups = (width / SPLIT_MIN_COLUMNS.max(4 * n)).min(SPLIT_MAX_SUMS);
    // Of several tiles there is work for as many threads as of a few sums.
    let least = if n > TILE_ORDER { 4 } else { 2 };
    if n > SPLIT_MAX_ROWS || groups < least {
        return (1, width);
    }
    let columns = width.div_ceil(groups).next_multiple_of(PANEL_COLUMNS);
    (width.div_ceil(columns), columns)
}

fn add<T: Scalar>(out: &mut [T], terms: &[T]) {
    for (out, &term) in out.iter_mut().zip(terms) {
        *out = out.plus(term);
    }
}

/// Writes the product of some columns to the lower half of `out`.
fn sum_panels<T: Scalar>(
    source: &impl Source<T>,
    columns: Range<usize>,
    out: &mut [T],
    buffer: &mut Buffer<T::Real>,
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let (n, first) = (source.nrows(), columns.start);
    let mut tiles = tiles(out, n);
    let step = PANEL_COLUMNS.min(columns.len()).max(1);
    let strip = packed_len::<T>(n.min(TILE_ORDER), step);
    let packed = buffer.room(n.div_ceil(TILE_ORDER) * strip)?;
    for start in columns.clone().step_by(step) {
        let range = start..(start + step).min(columns.end);
        let columns = source.columns(range.clone());
        let pack = |(i, strip): (usize, &mut [T::Real])| {
            job.check()?;
            let rows = source.rows(i * TILE_ORDER..n.min((i + 1) * TILE_ORDER));
            pack(source.entries(), &rows, &columns, strip);
            Ok(())
        };
        match parallelism {
            Parallelism::Sequential => packed.chunks_mut(strip).enumerate().try_for_each(pack)?,
            Parallelism::Pool => packed
                .par_chunks_mut(strip)
                .enumerate()
                .try_for_each(pack)?,
        }
        let product = |tile: &mut Tile<'_, T>| {
            job.check()?;
            dispatch(Product {
                out: tile.lower.as_mut(),
                add: start > first,
                lower: tile.row == tile.col,
                left: &packed[tile.row / TILE_ORDER * strip..][..strip],
                right: &packed[tile.col / TILE_ORDER * strip..][..strip],
                depth: range.len(),
                reach: |rows| source.reach(tile.col + rows).saturating_sub(start),
            });
            Ok(())
        };
        match parallelism {
            Parallelism::Sequential => tiles.iter_mut().try_for_each(product)?,
            Parallelism::Pool => tiles.par_iter_mut().try_for_each(product)?,
        }
    }
    Ok(())
}

/// As [`sum_panels`] for a few rows.
fn sum_narrow_panels<T: Scalar>(
    source: &impl Source<T>,
    columns: Range<usize>,
    out: &mut [T],
    buffer: &mut Buffer<T::Real>,
    job: &Job,
) -> Result<()> {
    let n = source.nrows();
    let rows = source.rows(0..n);
    for start in columns.clone().step_by(PANEL_COLUMNS) {
        job.check()?;
        let range = start..(start + PANEL_COLUMNS).min(columns.end);
        let packed = buffer.room(packed_len::<T>(range.len(), n))?;
        pack(source.entries(), &source.columns(range), &rows, packed);
        let add = start > columns.start;
        dispatch(FewRowsProduct {
            n,
            packed,
            add,
            out,
        });
    }
    Ok(())
}
