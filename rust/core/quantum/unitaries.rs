//! Haar-random isometries and unitaries as products of random Householder reflections.
//!
//! In the QR decomposition of a Gaussian matrix the k-th reflection is that of a fresh Gaussian
//! vector of d - k + 1 entries, so nothing needs to be decomposed: the reflections are drawn
//! (Stewart, SIAM J. Numer. Anal. 17, 403 (1980)) and multiplied up, panel by panel.

use std::ops::{AddAssign, Div, Mul, MulAssign};

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par, c64};
use rayon::prelude::*;

use crate::error::{Error, Result, checked_len, try_filled};
use crate::linalg::scalar::Scalar;
use crate::parallel::{Watch, for_each_block};
use crate::random::draws::{fill_sample, for_each_row, in_double, sample};
use crate::random::stream::Family;
use crate::simd::Real;
use crate::spectra::field::{Field, as_complex_mut};

/// Reflections that are multiplied up together.
const PANEL: usize = 32;
/// Columns in a piece of parallel work.
const TILE: usize = 64;

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
    watch: &Watch,
) -> Result<()> {
    if n == 0 || n > d {
        return Err(Error::value(
            "n",
            format!("must be from 1 to d = {d}, got {n}"),
        ));
    }
    let len = checked_len("an isometry", &[d, n, field.beta()], size_of::<f64>())?;
    for_each_row(watch, out, len, |index, rows| {
        in_double(rows, |q| {
            fill_sample(family, sample(first, index), q, watch)?;
            match field {
                Field::Real => multiply_up(d, q, watch),
                Field::Complex => multiply_up(d, as_complex_mut(q), watch),
            }
        })
    })
}

/// What both fields can do.
trait Entry:
    Scalar<Real = f64> + Mul<Output = Self> + MulAssign + Div<f64, Output = Self> + AddAssign
{
}

impl Entry for f64 {}
impl Entry for c64 {}

/// A reflection H = 1 - tau v v^H, and the phase of what it makes of its vector.
#[derive(Debug, Clone, Copy)]
struct Reflection<E> {
    tau: f64,
    phase: E,
}

/// Replaces the Gaussian columns of q, d entries each, by the first columns of the product of the
/// reflections of their parts from the diagonal down, times the phases of R's diagonal.
fn multiply_up<E: Entry>(d: usize, q: &mut [E], watch: &Watch) -> Result<()> {
    let n = q.len() / d;
    let mut reflections = try_filled(
        "the reflections",
        n,
        Reflection {
            tau: 0.0,
            phase: E::ONE,
        },
    )?;
    q.par_chunks_mut(d)
        .zip(&mut reflections)
        .enumerate()
        .try_for_each(|(j, (column, to))| {
            watch.check()?;
            *to = reflect(&mut column[j..]);
            Ok(())
        })?;
    for start in (0..n).step_by(PANEL).rev() {
        watch.check()?;
        let width = PANEL.min(n - start);
        let taus: [f64; PANEL] = std::array::from_fn(|j| {
            if j < width {
                reflections[start + j].tau
            } else {
                0.0
            }
        });
        apply_panel(d, start, &taus[..width], q, watch)?;
    }
    q.par_chunks_mut(d)
        .zip(&reflections)
        .try_for_each(|(column, reflection)| {
            watch.check()?;
            for x in column {
                *x *= reflection.phase;
            }
            Ok(())
        })
}

/// Turns x into the vector v of its reflection, v[0] = 1.
fn reflect<E: Entry>(x: &mut [E]) -> Reflection<E> {
    let norm = x
        .iter()
        .map(|&x| (x.conjugate() * x).re())
        .sum::<f64>()
        .sqrt();
    let Some(&head) = x.first().filter(|_| norm > 0.0) else {
        return Reflection {
            tau: 0.0,
            phase: E::ONE,
        };
    };
    let size = (head.conjugate() * head).re().sqrt();
    let phase = if size > 0.0 { head / size } else { E::ONE };
    // v = x + phase |x| e_1, over its first entry phase (|head| + |x|).
    let inverse = phase.conjugate().scaled(1.0 / (size + norm));
    for x in x.iter_mut() {
        *x *= inverse;
    }
    x[0] = E::ONE;
    Reflection {
        tau: (size + norm) / norm,
        phase: phase.scaled(-1.0),
    }
}

/// Multiplies the columns from `start` on by the reflections that lie in columns
/// `start .. start + taus.len()`, and puts their product's columns in place of those.
fn apply_panel<E: Entry>(
    d: usize,
    start: usize,
    taus: &[f64],
    q: &mut [E],
    watch: &Watch,
) -> Result<()> {
    let (height, width) = (d - start, taus.len());
    let len = height * width;
    let mut v = try_filled("a panel", len, E::ZERO)?;
    for (j, column) in v.chunks_mut(height).enumerate() {
        column[j..].copy_from_slice(&q[(start + j) * d + start + j..][..height - j]);
    }
    let v = MatRef::from_column_major_slice(&v, height, width);
    let factor = triangular_factor(v, taus)?;
    let factor = MatRef::from_column_major_slice(&factor, width, width);
    let mut y = try_filled("a panel", len, E::ZERO)?;
    let mut y = MatMut::from_column_major_slice_mut(&mut y, height, width);
    matmul(y.as_mut(), Accum::Replace, v, factor, E::ONE, Par::Seq);
    let y = y.as_ref();

    let (panel, rest) = q[start * d..].split_at_mut(width * d);
    let mut own = MatMut::from_column_major_slice_mut(panel, d, width).subrows_mut(start, height);
    let top = v.subrows(0, width).adjoint();
    matmul(
        own.as_mut(),
        Accum::Replace,
        y,
        top,
        E::from_re(-1.0),
        Par::Seq,
    );
    for j in 0..width {
        own[(j, j)] += E::ONE;
    }
    for_each_block(watch, rest, TILE * d, |_, columns| {
        let count = columns.len() / d;
        for column in columns.chunks_mut(d) {
            // What was drawn above the diagonal is not part of any reflection.
            column[start..start + width].fill(E::ZERO);
        }
        let columns = MatMut::from_column_major_slice_mut(columns, d, count);
        let mut columns = columns.subrows_mut(start, height);
        let mut w = try_filled("a panel", width * count, E::ZERO)?;
        let mut w = MatMut::from_column_major_slice_mut(&mut w, width, count);
        matmul(
            w.as_mut(),
            Accum::Replace,
            v.adjoint(),
            columns.as_ref(),
            E::ONE,
            Par::Seq,
        );
        matmul(
            columns.as_mut(),
            Accum::Add,
            y,
            w.as_ref(),
            E::from_re(-1.0),
            Par::Seq,
        );
        Ok(())
    })
}

/// T of `H_1 H_2 ... = 1 - V T V^H`, upper triangular, column by column.
fn triangular_factor<E: Entry>(v: MatRef<'_, E>, taus: &[f64]) -> Result<Vec<E>> {
    let width = taus.len();
    let mut gram = try_filled("a panel", width * width, E::ZERO)?;
    let products = MatMut::from_column_major_slice_mut(&mut gram, width, width);
    matmul(products, Accum::Replace, v.adjoint(), v, E::ONE, Par::Seq);
    let mut factor = try_filled("a panel", width * width, E::ZERO)?;
    for (j, &tau) in taus.iter().enumerate() {
        for i in 0..j {
            let mut sum = E::ZERO;
            for k in i..j {
                sum += factor[k * width + i] * gram[j * width + k];
            }
            factor[j * width + i] = sum.scaled(-tau);
        }
        factor[j * width + j] = E::from_re(tau);
    }
    Ok(factor)
}
