//! Eigenvalues of many real symmetric tridiagonal matrices at once, one matrix in each SIMD lane.

use rayon::prelude::*;

use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, for_each_block};
use crate::linalg::root_free_qr::{FLUSH, Group, diagonalize};
use crate::simd::{LANES, Real};

/// Most groups of lanes that are swept together.
const MAX_GROUPS: usize = 4;

/// Eigenvalues of the symmetric tridiagonal matrices with the given diagonals, shape `(b, n)`, and
/// off-diagonals, shape `(b, n - 1)`, one row a matrix. Each diagonal is overwritten by the
/// eigenvalues, ascending, right to about sqrt(n) units of rounding of the norm; computed in `f64`.
///
/// The bits of a matrix's eigenvalues do not depend on the other matrices.
///
/// # Errors
/// [`Error::Value`] where sizes do not fit, an entry is not finite or an eigenvalue would be none
/// of T's finite numbers; [`Error::Convergence`], which no known matrix provokes;
/// [`Error::Memory`]; [`Error::Interrupted`].
pub fn eigenvalues<T: Real>(
    n: usize,
    diagonal: &mut [T],
    off_diagonal: &[T],
    job: &Job,
) -> Result<()> {
    if n == 0 {
        return Err(Error::value("diagonal", "must have at least one entry"));
    }
    let count = diagonal.len() / n;
    if diagonal.len() != count * n || off_diagonal.len() != count * (n - 1) {
        let reason = format!(
            "must hold n - 1 = {} entries for each of {count} matrices, got {}",
            n - 1,
            off_diagonal.len()
        );
        return Err(Error::value("off_diagonal", reason));
    }
    if let Some(at) = diagonal
        .par_iter()
        .position_any(|x| !x.to_f64().is_finite())
    {
        let reason = format!(
            "must be finite, but matrix {} holds {}",
            at / n,
            diagonal[at].to_f64()
        );
        return Err(Error::value("diagonal", reason));
    }
    if let Some(at) = off_diagonal
        .par_iter()
        .position_any(|x| !x.to_f64().is_finite())
    {
        let (matrix, x) = (at / (n - 1), off_diagonal[at].to_f64());
        return Err(Error::value(
            "off_diagonal",
            format!("must be finite, but matrix {matrix} holds {x}"),
        ));
    }
    let load = |index: usize, given: &[T], entries: Entries<'_>| {
        let off = &off_diagonal[index * (n - 1)..(index + 1) * (n - 1)];
        let largest = given
            .iter()
            .chain(off)
            .fold(0.0, |most: f64, x| most.max(x.to_f64().abs()));
        let scale = power_of_two_above(largest);
        for (to, x) in entries.diagonal.iter_mut().zip(given) {
            *to = x.to_f64() / scale;
        }
        for (to, x) in entries.off_diagonal_squared.iter_mut().zip(off) {
            let x = x.to_f64() / scale;
            *to = x * x;
        }
        Ok(scale)
    };
    let finish = |_: usize, scale: f64, values: &mut [f64], out: &mut [T]| {
        for (to, x) in out.iter_mut().zip(values) {
            *to = T::from_f64(*x * scale);
            if !to.to_f64().is_finite() {
                let reason =
                    "have eigenvalues beyond the largest number of their kind; divide both by 4";
                return Err(Error::value("diagonal and off_diagonal", reason));
            }
        }
        Ok(())
    };
    solve(n, diagonal, load, finish, job)
}

/// A tridiagonal matrix of norm about 1, as a caller of [`solve`] writes it.
#[derive(Debug)]
pub struct Entries<'a> {
    /// The diagonal, n entries.
    pub diagonal: &'a mut [f64],
    /// Squares of the off-diagonal, n - 1 entries.
    pub off_diagonal_squared: &'a mut [f64],
}

/// Eigenvalues of the matrices that `load(index, row, entries)` writes, handed in ascending order to
/// `finish(index, loaded, values, row)`; `row` is row `index` of `out`, n items a row, and `loaded`
/// what `load` returned. Entries must be finite and of order 1.
///
/// # Errors
/// Those of `load` and `finish`, and of [`diagonalize`].
pub fn solve<T, X, L, F>(n: usize, out: &mut [T], load: L, finish: F, job: &Job) -> Result<()>
where
    T: Send + Sync,
    X: Copy + Send,
    L: Fn(usize, &[T], Entries<'_>) -> Result<X> + Sync,
    F: Fn(usize, X, &mut [f64], &mut [T]) -> Result<()> + Sync,
{
    if out.is_empty() {
        return Ok(());
    }
    if n == 0 || !out.len().is_multiple_of(n) {
        return Err(Error::value(
            "out",
            format!("{} items are not rows of {n}", out.len()),
        ));
    }
    let unit = unit_size(out.len() / n, rayon::current_num_threads().max(1));
    for_each_block(
        job,
        out,
        checked_len("the eigenvalues", &[unit, n], 1)?,
        |block, rows| {
            let first = block * unit;
            match (rows.len() / n).div_ceil(LANES) {
                0 | 1 => solve_unit::<1, T, X, _, _>(n, first, rows, &load, &finish, job),
                2 => solve_unit::<2, T, X, _, _>(n, first, rows, &load, &finish, job),
                3 => solve_unit::<3, T, X, _, _>(n, first, rows, &load, &finish, job),
                _ => solve_unit::<MAX_GROUPS, T, X, _, _>(n, first, rows, &load, &finish, job),
            }
        },
    )
}

/// Bytes that [`solve`] works in for `count` matrices of order n, beside those of `load` and `finish`.
pub fn solve_workspace_bytes(n: usize, count: usize, threads: usize) -> u128 {
    let groups = unit_size(count, threads).div_ceil(LANES) as u128;
    let matrix = 2 * n as u128 * size_of::<f64>() as u128;
    units_in_flight(count, threads) * (groups * Group::bytes(n) + matrix)
}

/// Most units of `count` matrices that are worked on at the same time.
pub fn units_in_flight(count: usize, threads: usize) -> u128 {
    threads.min(count.div_ceil(unit_size(count, threads))) as u128
}

/// Matrices in a unit of work. The bits do not depend on it, so it may follow the threads.
pub(super) fn unit_size(count: usize, threads: usize) -> usize {
    let units = count
        .div_ceil(LANES * MAX_GROUPS)
        .next_multiple_of(threads)
        .max(1);
    count.div_ceil(units).clamp(1, LANES * MAX_GROUPS)
}

fn solve_unit<const G: usize, T, X, L, F>(
    n: usize,
    first: usize,
    rows: &mut [T],
    load: &L,
    finish: &F,
    job: &Job,
) -> Result<()>
where
    X: Copy,
    L: Fn(usize, &[T], Entries<'_>) -> Result<X>,
    F: Fn(usize, X, &mut [f64], &mut [T]) -> Result<()>,
{
    let mut groups = [const { None }; G];
    for group in &mut groups {
        *group = Some(Group::zeros(n)?);
    }
    let mut groups = groups.map(Option::unwrap_or_default);
    let mut diagonal = try_filled("a tridiagonal matrix", n, 0.0)?;
    let mut off_diagonal_squared = try_filled("a tridiagonal matrix", n - 1, 0.0)?;
    let mut loaded = [const { None }; MAX_GROUPS * LANES];
    let mut scales = [1.0; MAX_GROUPS * LANES];
    for (place, row) in rows.chunks(n).enumerate() {
        job.check()?;
        let entries = Entries {
            diagonal: &mut diagonal,
            off_diagonal_squared: &mut off_diagonal_squared,
        };
        loaded[place] = Some(load(first + place, row, entries)?);
        scales[place] = normalize(&mut diagonal, &mut off_diagonal_squared);
        let group = &mut groups[place / LANES];
        // The iteration deflates at the end: small entries converge fastest there.
        if diagonal[n - 1].abs() > diagonal[0].abs() {
            diagonal.reverse();
            off_diagonal_squared.reverse();
        }
        for (to, &x) in group.diagonal.iter_mut().zip(&diagonal) {
            to[place % LANES] = x;
        }
        for (to, &x) in group
            .off_diagonal_squared
            .iter_mut()
            .zip(&off_diagonal_squared)
        {
            to[place % LANES] = x;
        }
    }
    diagonalize(&mut groups, job)?;
    for (place, row) in rows.chunks_mut(n).enumerate() {
        let group = &groups[place / LANES];
        for (to, from) in diagonal.iter_mut().zip(&group.diagonal) {
            *to = from[place % LANES] * scales[place];
        }
        diagonal.sort_unstable_by(f64::total_cmp);
        if let Some(loaded) = loaded[place] {
            finish(first + place, loaded, &mut diagonal, row)?;
        }
    }
    Ok(())
}

/// Scales the largest entry of a matrix to between 1/2 and 1 and sets squares below the rounding
/// threshold to zero; returns the power of two that it was divided by.
fn normalize(diagonal: &mut [f64], off_diagonal_squared: &mut [f64]) -> f64 {
    let largest = diagonal
        .iter()
        .map(|x| x * x)
        .chain(off_diagonal_squared.iter().copied())
        .fold(0.0f64, |most, x| if x > most { x } else { most });
    let scale = power_of_two_above(largest.sqrt());
    let inverse = 1.0 / scale;
    for x in diagonal {
        *x *= inverse;
    }
    for x in off_diagonal_squared {
        let square = *x * inverse * inverse;
        *x = if square > FLUSH { square } else { 0.0 };
    }
    scale
}

/// A power of two above x, kept so far from the ends that dividing by it is exact for what matters.
fn power_of_two_above(x: f64) -> f64 {
    let exponent = (x.to_bits() >> 52 & 0x7ff) + 1;
    f64::from_bits(exponent.clamp(24, 2020) << 52)
}
