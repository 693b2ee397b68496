//! Squares of the singular values of many matrices, right where they are tiny.
//!
//! A matrix is reduced to bidiagonal form, whose singular values the qd algorithm finds. So errors of the
//! *singular values* are a few units of rounding of the largest, while those of eigenvalues of A A^H
//! are so of its square: of a singular value s they are larger by the largest over s. Where
//! a matrix is much longer than wide and A A^H itself tells that this is no more than a few, that is
//! enough, and soonest done; else reflections make a triangle of it first, of pieces of its columns one
//! after the other (Chan, ACM Trans. Math. Softw. 8, 72 (1982)).
//!
//! Small matrices are reduced eight at a time, one in each SIMD lane; larger ones one by one, their
//! columns in the lanes and their rows shared among threads. All of that is done in double precision.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::bidiagonalize::batched::Batch;
use super::bidiagonalize::large::Reduction;
use super::gram::{self, Source};
use super::hermitian;
use super::qd;
use super::scalar::Scalar;
use super::scaling::{exp2, exponent_above, largest};
use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, Parallelism};
use crate::simd::{LANES, Real};

/// Most rows of matrices that are reduced side by side.
const SMALL_ORDER: usize = 128;
/// Matrices of more columns than so many times their rows are long.
const LONG_RATIO: usize = 2;
/// Long matrices whose largest singular value is at most so many times the smallest need no reduction.
const MAX_CONDITION: f64 = 4.0;
/// Entries of the pieces that long matrices are made triangles of, at least as many as in four squares.
const PIECE_ENTRIES: usize = 1 << 16;

/// Squares of the singular values of the matrices `source(index)`, `(m, n)` with `1 <= m <= n`,
/// descending, in `out` `(b, m)`. The bits of one matrix's do not depend on the others.
///
/// # Errors
/// [`Error::Value`] if sizes do not fit, an entry is NaN or infinite, or a square overflows;
/// [`Error::Memory`] if copies of up to eight matrices a thread cannot be made;
/// [`Error::Interrupted`] once the job is stopped.
pub fn squares<T, S, F>(m: usize, n: usize, source: F, out: &mut [T::Real], job: &Job) -> Result<()>
where
    T: Scalar,
    S: Source<T>,
    F: Fn(usize) -> S + Sync,
{
    if m == 0 || m > n || !out.len().is_multiple_of(m) {
        let reason =
            format!("must be {m} for each matrix of {m} rows and at least as many columns");
        return Err(Error::value("singular values", reason));
    }
    let batch = out.len() / m;
    if !is_long(m, n) {
        let all: Vec<usize> = (0..batch).collect();
        return reduced(m, n, &all, &source, out, job);
    }
    hermitian::eigenvalues_of_lower_triangles(
        m,
        out,
        |index, parallelism, matrix: &mut [T], panel| {
            gram::lower_half(&source(index), matrix, panel, parallelism, job)
        },
        job,
    )?;
    let mut rest = Vec::new();
    for (index, values) in out.chunks_mut(m).enumerate() {
        values.reverse();
        let smallest = values[m - 1].to_f64() * (MAX_CONDITION * MAX_CONDITION);
        if smallest < values[0].to_f64() {
            rest.push(index);
        }
    }
    reduced(m, n, &rest, &source, out, job)
}

/// Bytes that [`squares`] works in for `batch` matrices `(m, n)`.
pub fn squares_workspace_bytes<T: Scalar>(
    m: usize,
    n: usize,
    batch: usize,
    threads: usize,
) -> u128 {
    let reduced = if T::IS_REAL {
        reduced_workspace_bytes::<f64, false>(m, n, batch, threads)
    } else {
        reduced_workspace_bytes::<faer::c64, true>(m, n, batch, threads)
    };
    if !is_long(m, n) {
        return reduced;
    }
    let (groups, parallelism) = hermitian::groups(m, batch, threads);
    let products = parallelism.in_flight(groups, threads) as u128;
    let product = gram::lower_half_workspace_bytes::<T>(m, n, parallelism, threads);
    let eigenvalues = hermitian::eigenvalues_workspace_bytes::<T>(m, batch, threads);
    let tried = products * product + eigenvalues;
    // One singular value needs no reduction.
    if m == 1 { tried } else { tried.max(reduced) }
}

/// Bytes of the reduction of `batch` matrices, all of which need it.
fn reduced_workspace_bytes<E: Scalar<Real = f64>, const COMPLEX: bool>(
    m: usize,
    n: usize,
    batch: usize,
    threads: usize,
) -> u128 {
    let together = together(m, batch, threads);
    let groups = batch.div_ceil(together);
    let in_flight = Parallelism::among(groups, threads).in_flight(groups, threads);
    let columns = if is_long(m, n) { m } else { n };
    let form = if m > SMALL_ORDER {
        Reduction::<COMPLEX>::bytes(columns, m)
    } else {
        Batch::bytes(columns, m, COMPLEX)
    };
    let one = if is_long(m, n) {
        let triangles = together as u128 * m as u128 * (m * size_of::<E>()) as u128;
        triangles + form.max(Reduction::<COMPLEX>::bytes(piece_height(m, n), m))
    } else {
        form
    };
    let forms = batch as u128 * (2 * m * size_of::<f64>() + size_of::<i32>()) as u128;
    let values = qd::singular_values_workspace_bytes(m, batch, threads);
    forms + values.max(in_flight as u128 * one)
}

/// Matrices of m rows that are reduced at a time.
fn together(m: usize, batch: usize, threads: usize) -> usize {
    if m > SMALL_ORDER {
        1
    } else {
        hermitian::group_size(batch, threads)
    }
}

/// Rows of the transposed pieces that long matrices are made triangles of.
fn piece_height(m: usize, n: usize) -> usize {
    (PIECE_ENTRIES / m).max(4 * m).min(n)
}

/// Whether A A^H is looked at first.
fn is_long(m: usize, n: usize) -> bool {
    m == 1 || n > LONG_RATIO * m
}

/// The same for some of the matrices, by reflections.
fn reduced<T, S, F>(
    m: usize,
    n: usize,
    chosen: &[usize],
    source: &F,
    out: &mut [T::Real],
    job: &Job,
) -> Result<()>
where
    T: Scalar,
    S: Source<T>,
    F: Fn(usize) -> S + Sync,
{
    if T::IS_REAL {
        reduced_in::<T, f64, false, S, F>(m, n, chosen, source, out, job)
    } else {
        reduced_in::<T, faer::c64, true, S, F>(m, n, chosen, source, out, job)
    }
}

fn reduced_in<T, E, const COMPLEX: bool, S, F>(
    m: usize,
    n: usize,
    chosen: &[usize],
    source: &F,
    out: &mut [T::Real],
    job: &Job,
) -> Result<()>
where
    T: Scalar,
    E: Scalar<Real = f64>,
    S: Source<T>,
    F: Fn(usize) -> S + Sync,
{
    if chosen.is_empty() {
        return Ok(());
    }
    checked_len("a matrix", &[m, n.min(LONG_RATIO * m)], 2 * LANES * LANES)?;
    let together = together(m, chosen.len(), rayon::current_num_threads().max(1));
    let what = "bidiagonal matrices";
    let mut forms = try_filled(what, chosen.len() * 2 * m, 0.0)?;
    let mut powers = try_filled(what, chosen.len(), 0i32)?;
    let parallelism = Parallelism::of(chosen.len().div_ceil(together));
    let reduce = |((chosen, forms), powers): Work<'_>| {
        let mut sources = Vec::with_capacity(chosen.len());
        let mut factors = [0.0; LANES];
        for ((&index, power), factor) in chosen.iter().zip(powers).zip(&mut factors) {
            let source = source(index);
            *power = power_above(source.entries(), parallelism, job)?;
            *factor = exp2(-*power);
            sources.push(source);
        }
        if is_long(m, n) {
            let triangle = |(source, &factor): (&S, &f64)| {
                triangle::<T, E, COMPLEX>(m, n, source, factor, parallelism, job)
            };
            let triangles: Vec<Square<E>> = sources
                .iter()
                .zip(&factors)
                .map(triangle)
                .collect::<Result<_>>()?;
            bidiagonalize::<E, _, COMPLEX>(m, m, &triangles, [1.0; LANES], forms, parallelism, job)
        } else {
            bidiagonalize::<T, _, COMPLEX>(m, n, &sources, factors, forms, parallelism, job)
        }
    };
    match parallelism {
        Parallelism::Sequential => chosen
            .par_chunks(together)
            .zip(forms.par_chunks_mut(together * 2 * m))
            .zip(powers.par_chunks_mut(together))
            .try_for_each(reduce)?,
        Parallelism::Pool => chosen
            .chunks(together)
            .zip(forms.chunks_mut(together * 2 * m))
            .zip(powers.chunks_mut(together))
            .try_for_each(reduce)?,
    }
    qd::singular_values(m, &mut forms, job)?;
    for ((&index, form), &power) in chosen.iter().zip(forms.chunks(2 * m)).zip(&powers) {
        for (to, value) in out[index * m..][..m].iter_mut().zip(form) {
            let value = value * exp2(power);
            *to = T::Real::from_f64(value * value);
            if !to.to_f64().is_finite() {
                let reason = "have singular values whose squares are beyond the largest number of \
                              their kind; divide them first";
                return Err(Error::value("matrices", reason));
            }
        }
    }
    Ok(())
}

/// Indices of a group of matrices, their bidiagonal forms and exponents.
type Work<'a> = ((&'a [usize], &'a mut [f64]), &'a mut [i32]);

/// Exponent of a power of two that entries are divided by, so that they are at most 1.
fn power_above<T: Scalar>(entries: &[T], parallelism: Parallelism, job: &Job) -> Result<i32> {
    let one = |entries: &[T]| {
        job.check()?;
        largest(entries)
    };
    let found = match parallelism {
        Parallelism::Sequential => entries
            .chunks(PIECE_ENTRIES)
            .try_fold(0.0, |most: f64, entries| Ok(most.max(one(entries)?)))?,
        Parallelism::Pool => entries
            .par_chunks(PIECE_ENTRIES)
            .map(one)
            .try_reduce(|| 0.0, |a, b| Ok(a.max(b)))?,
    };
    Ok(exponent_above(found).clamp(-1022, 1022))
}

/// The triangle that reflections make of a long matrix times `factor`, transposed, of pieces of it one
/// after the other.
fn triangle<T: Scalar, E: Scalar<Real = f64>, const COMPLEX: bool>(
    m: usize,
    n: usize,
    source: &impl Source<T>,
    factor: f64,
    parallelism: Parallelism,
    job: &Job,
) -> Result<Square<E>> {
    let height = piece_height(m, n);
    let mut piece = Reduction::<COMPLEX>::zeros(height, m)?;
    let entries = try_filled("a triangle", m * m, E::ZERO)?;
    let mut triangle = Square { order: m, entries };
    piece.load(0..height, source, 0, factor, parallelism, job)?;
    piece.triangularize(&mut triangle.entries, parallelism, job)?;
    for first in (height..n).step_by(height - m) {
        piece.load(0..m, &triangle, 0, 1.0, parallelism, job)?;
        piece.load(m..height, source, first, factor, parallelism, job)?;
        piece.triangularize(&mut triangle.entries, parallelism, job)?;
    }
    Ok(triangle)
}

/// Squares of the entries of the bidiagonal forms of up to eight matrices, diagonal and superdiagonal in
/// turn.
fn bidiagonalize<T: Scalar, S: Source<T>, const COMPLEX: bool>(
    m: usize,
    n: usize,
    sources: &[S],
    factors: [f64; LANES],
    forms: &mut [f64],
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    job.check()?;
    if m > SMALL_ORDER {
        for (source, factor) in sources.iter().zip(factors) {
            let mut reduction = Reduction::<COMPLEX>::zeros(n, m)?;
            reduction.load(0..n, source, 0, factor, parallelism, job)?;
            reduction.bidiagonalize(forms, parallelism, job)?;
        }
        return Ok(());
    }
    let mut batch = Batch::zeros(n, m, COMPLEX)?;
    batch.load(sources, factors);
    batch.bidiagonalize();
    for (lane, form) in forms.chunks_mut(2 * m).enumerate() {
        for (out, lanes) in form.iter_mut().zip(&batch.entries_squared) {
            *out = lanes[lane];
        }
    }
    Ok(())
}

/// A square matrix, row by row.
struct Square<E> {
    order: usize,
    entries: Vec<E>,
}

impl<E: Scalar> Source<E> for Square<E> {
    fn nrows(&self) -> usize {
        self.order
    }

    fn ncols(&self) -> usize {
        self.order
    }

    fn entries(&self) -> &[E] {
        &self.entries
    }

    fn rows(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        range.map(|i| i * self.order).collect()
    }

    fn columns(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        range.collect()
    }
}
