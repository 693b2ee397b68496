//! Products of Householder reflections: one by one where they are few or small, else panel by panel.

use std::ops::{AddAssign, Div, Mul, MulAssign};

use faer::c64;
use rayon::prelude::*;

use super::panel::{PANEL, Space, apply_panel};
use crate::error::{Result, try_filled};
use crate::linalg::scalar::Scalar;
use crate::parallel::Watch;
use crate::simd::LANES;

/// Largest matrices whose reflections are applied one by one.
const SMALL: usize = 24;
/// Most reflections that are applied one by one to long columns, and what counts as long.
const FEW: usize = 8;
const LONG: usize = 1 << 12;

/// What both fields can do.
pub trait Entry:
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
///
/// # Errors
/// [`Error::Memory`](crate::error::Error::Memory);
/// [`Error::Interrupted`](crate::error::Error::Interrupted).
pub fn multiply_up<E: Entry>(d: usize, q: &mut [E], watch: &Watch) -> Result<()> {
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
    if d <= SMALL || n <= FEW {
        for (j, reflection) in reflections.iter().enumerate().rev() {
            watch.check()?;
            apply(d, j, reflection.tau, q);
        }
        return rotate(d, q, &reflections, watch);
    }
    let mut space = Space::new(d, n)?;
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
        apply_panel(d, start, &taus[..width], q, &mut space, watch)?;
    }
    rotate(d, q, &reflections, watch)
}

/// Multiplies each column by the phase of its reflection.
fn rotate<E: Entry>(
    d: usize,
    q: &mut [E],
    reflections: &[Reflection<E>],
    watch: &Watch,
) -> Result<()> {
    q.par_chunks_mut(d)
        .zip(reflections)
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

/// Multiplies the columns after `j` by the reflection that lies in column `j`, and puts its own in
/// place of that.
fn apply<E: Entry>(d: usize, j: usize, tau: f64, q: &mut [E]) {
    let (own, rest) = q[j * d..].split_at_mut(d);
    own[..j].fill(E::ZERO);
    let v = &own[j..];
    let one = |column: &mut [E]| {
        // What was drawn above the diagonal is not part of any reflection.
        column[j] = E::ZERO;
        let product = product(v, &column[j..]).scaled(-tau);
        for (&v, x) in v.iter().zip(&mut column[j..]) {
            *x += v * product;
        }
    };
    if d < LONG {
        rest.chunks_mut(d).for_each(one);
    } else {
        rest.par_chunks_mut(d).for_each(one);
    }
    for x in &mut own[j..] {
        *x = x.scaled(-tau);
    }
    own[j] += E::ONE;
}

/// v^H x, in sums that do not wait for each other.
fn product<E: Entry>(v: &[E], x: &[E]) -> E {
    let mut sums = [E::ZERO; LANES];
    let ((v, last_v), (x, last_x)) = (v.as_chunks::<LANES>(), x.as_chunks::<LANES>());
    for (v, x) in v.iter().zip(x) {
        for ((sum, v), &x) in sums.iter_mut().zip(v).zip(x) {
            *sum += v.conjugate() * x;
        }
    }
    for ((sum, v), &x) in sums.iter_mut().zip(last_v).zip(last_x) {
        *sum += v.conjugate() * x;
    }
    sums.into_iter().fold(E::ZERO, Scalar::plus)
}
