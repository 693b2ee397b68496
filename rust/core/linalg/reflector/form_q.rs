//! The unitary factor of the QR decomposition of a Gaussian matrix, formed in place (as LAPACK's `orgqr`
//! and `ungqr` form it).
//!
//! `Q = H_1 H_2 .. H_n D`: reflector j acts on rows j and below, and D makes the diagonal of R positive. A
//! decomposition would apply the earlier reflectors to column j first; a Gaussian column has the same
//! distribution without that, so `H_j` is the reflector of the column as given.
//!
//! The columns are formed from the last reflector to the first, so that each is applied only to the
//! columns that it changes: one reflector at a time where there are few or they are short, else as block
//! reflectors.

use rayon::prelude::*;

use super::block_reflector::{PANEL_COLUMNS, Workspace, apply_block_reflector};
use super::elementary::{Reflector, apply};
use crate::error::{Result, try_filled};
use crate::execution::Job;
use crate::linalg::scalar::Entry;

/// Largest order of matrices whose reflectors are applied one by one.
const SMALL_ORDER: usize = 24;
/// Most reflectors that are applied one by one to columns of any length.
const FEW_REFLECTORS: usize = 8;

/// Replaces the columns of q, d entries each, by the first columns of `H_1 H_2 .. H_n D`, where `H_j` is
/// the reflector of column j, as given, from the diagonal down and D holds the phases that make the
/// diagonal of R positive.
///
/// # Errors
/// [`Error::Memory`](crate::error::Error::Memory);
/// [`Error::Interrupted`](crate::error::Error::Interrupted).
pub fn form_q<E: Entry>(d: usize, q: &mut [E], job: &Job) -> Result<()> {
    let n = q.len() / d;
    let mut reflectors = try_filled("the reflectors", n, Reflector::IDENTITY)?;
    q.par_chunks_mut(d)
        .zip(&mut reflectors)
        .enumerate()
        .try_for_each(|(j, (column, to))| {
            job.check()?;
            *to = Reflector::of(&mut column[j..]);
            Ok(())
        })?;
    if is_applied_one_by_one(d, n) {
        for (j, reflector) in reflectors.iter().enumerate().rev() {
            job.check()?;
            apply(d, j, reflector.tau, q);
        }
        return multiply_phases(d, q, &reflectors, job);
    }
    let mut workspace = Workspace::new(d, n)?;
    for start in (0..n).step_by(PANEL_COLUMNS).rev() {
        job.check()?;
        let width = PANEL_COLUMNS.min(n - start);
        let taus: [f64; PANEL_COLUMNS] = std::array::from_fn(|j| {
            if j < width {
                reflectors[start + j].tau
            } else {
                0.0
            }
        });
        apply_block_reflector(d, start, &taus[..width], q, &mut workspace, job)?;
    }
    multiply_phases(d, q, &reflectors, job)
}

/// Bytes that so many calls of [`form_q`] at the same time work in.
pub fn form_q_workspace_bytes<E: Entry>(d: usize, n: usize, calls: u128, threads: usize) -> u128 {
    let reflectors = calls * n as u128 * size_of::<Reflector<E>>() as u128;
    if is_applied_one_by_one(d, n) || calls == 0 {
        return reflectors;
    }
    let tiles = threads as u128 * Workspace::<E>::tile_bytes(d, n);
    reflectors + calls * Workspace::<E>::bytes(d, n) + tiles
}

fn is_applied_one_by_one(d: usize, n: usize) -> bool {
    d <= SMALL_ORDER || n <= FEW_REFLECTORS
}

/// Multiplies each column by the phase of its reflector.
fn multiply_phases<E: Entry>(
    d: usize,
    q: &mut [E],
    reflectors: &[Reflector<E>],
    job: &Job,
) -> Result<()> {
    q.par_chunks_mut(d)
        .zip(reflectors)
        .try_for_each(|(column, reflector)| {
            job.check()?;
            for x in column {
                *x *= reflector.phase;
            }
            Ok(())
        })
}
