//! The bidiagonal model of Dumitriu and Edelman (J. Math. Phys. 43, 5830 (2002)) for the spectrum of
//! W = G G^H, G of shape m x n, m <= n.
//!
//! B is lower bidiagonal with independent entries, squares of the diagonal Gamma(beta (n - i)/2) and
//! of the subdiagonal Gamma(beta (m - i)/2), times 2 / beta; the eigenvalues of B B^T have the law of
//! those of W, and divided by their sum that of the Schmidt coefficients of the paper's Sec. II.

use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::Job;
use crate::linalg::bidiagonal_bisection::smallest_eigenvalues;
use crate::linalg::tridiagonal::{Entries, solve, solve_workspace_bytes, units_in_flight};
use crate::random::draws::sample;
use crate::random::gamma;
use crate::random::stream::Family;
use crate::simd::Real;
use crate::spectra::field::Field;

/// Larger dimensions are not floats that can be added up; 2^1000.
pub const LARGEST: f64 = 1.0715086071862673e301;

/// Rows of B in a stream of Gamma variates: the diagonal and the subdiagonal below take turns.
pub const ROWS: usize = gamma::BLOCK / 2;

/// Below this share of the norm an eigenvalue is worked out again from B, so that it is right to
/// about 1e-9 of itself instead of to 1e-16 of the norm.
const SMALL: f64 = 1e-6;

/// Shape and field of G.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Laguerre {
    m: usize,
    n: f64,
    field: Field,
}

impl Laguerre {
    /// The model of m x n matrices, 1 <= m <= n.
    ///
    /// # Errors
    /// [`Error::Value`] where m and n are not so, or n is not a whole number up to 2^1000.
    pub fn new(m: usize, n: f64, field: Field) -> Result<Self> {
        if m == 0 {
            return Err(Error::value("m", "must be at least 1, got 0"));
        }
        if !(m as f64 <= n && n <= LARGEST && n.fract() == 0.0) {
            let reason = format!("must be a whole number from m = {m} to 2^1000, got {n}");
            return Err(Error::value("n", reason));
        }
        Ok(Self { m, n, field })
    }

    /// The smaller dimension.
    pub fn m(&self) -> usize {
        self.m
    }

    /// What entries are divided by, so that the norm of B B^T is about 1: (sqrt m + sqrt n)^2.
    pub fn norm(&self) -> f64 {
        let root = (self.m as f64).sqrt() + self.n.sqrt();
        root * root
    }

    /// Squares of the entries of B in rows `ROWS block ..` of a sample, over [`norm`](Self::norm):
    /// the diagonal at even places, the subdiagonal of the next row after it. `out` holds at most
    /// `2 ROWS` numbers; those beyond the last row of B are meaningless.
    pub fn entries(&self, family: &Family, sample: u64, block: usize, out: &mut [f64]) {
        let half = self.field.beta() as f64 / 2.0;
        let unit = 1.0 / (half * self.norm());
        let first = (block * ROWS) as f64;
        let (n, m) = (self.n - first, self.m as f64 - first - 1.0);
        let shape = |i: usize| {
            let row = (i / 2) as f64;
            // The entry below the last row does not exist; any shape does.
            let freedom = if i.is_multiple_of(2) {
                n - row
            } else {
                m - row
            };
            half * freedom.max(1.0)
        };
        gamma::fill(family, sample, block as u64, shape, out);
        for x in out {
            *x *= unit;
        }
    }

    /// All entries of B, as in [`entries`](Self::entries), `2 m - 1` numbers.
    fn all_entries(&self, family: &Family, sample: u64, out: &mut [f64]) {
        for (block, items) in out.chunks_mut(2 * ROWS).enumerate() {
            self.entries(family, sample, block, items);
        }
    }

    /// Nonzero eigenvalues of W for samples `first ..`, m each, ascending.
    ///
    /// # Errors
    /// As [`spectra`](Self::spectra).
    pub fn wishart_eigenvalues<T: Real>(
        &self,
        family: &Family,
        first: u64,
        out: &mut [T],
        job: &Job,
    ) -> Result<()> {
        let norm = self.norm();
        let finish = |values: &mut [f64], row: &mut [T]| {
            for (to, x) in row.iter_mut().zip(values) {
                *to = T::from_f64(x.max(0.0) * norm);
            }
        };
        self.spectra(family, first, out, finish, job)
    }

    /// Eigenvalues of B B^T over [`norm`](Self::norm) for each row of `out`, m items each, handed
    /// ascending to `finish(values, row)`.
    ///
    /// # Errors
    /// [`Error::Memory`], [`Error::Interrupted`], [`Error::Convergence`].
    pub fn spectra<T, F>(
        &self,
        family: &Family,
        first: u64,
        out: &mut [T],
        finish: F,
        job: &Job,
    ) -> Result<()>
    where
        T: Real,
        F: Fn(&mut [f64], &mut [T]) + Sync,
    {
        let m = self.m;
        let len = checked_len("the entries", &[2, m], size_of::<f64>())? - 1;
        let load = |index: usize, _: &[T], entries: Entries<'_>| {
            let mut b = try_filled("the entries", len, 0.0)?;
            self.all_entries(family, sample(first, index), &mut b);
            for (i, d) in entries.diagonal.iter_mut().enumerate() {
                *d = b[2 * i] + if i == 0 { 0.0 } else { b[2 * i - 1] };
            }
            for (square, pair) in entries
                .off_diagonal_squared
                .iter_mut()
                .zip(b.chunks_exact(2))
            {
                *square = pair[0] * pair[1];
            }
            Ok(())
        };
        let finish = |index: usize, (): (), values: &mut [f64], row: &mut [T]| {
            let limit = SMALL * values.last().copied().unwrap_or(0.0);
            let small = values.partition_point(|&x| x < limit);
            if small > 0 {
                let mut b = try_filled("the entries", len, 0.0)?;
                self.all_entries(family, sample(first, index), &mut b);
                smallest_eigenvalues(&b, &mut values[..small], limit, job)?;
            }
            finish(values, row);
            Ok(())
        };
        solve(m, out, load, finish, job)
    }

    /// Bytes that [`spectra`](Self::spectra) works in for `size` samples of m eigenvalues.
    pub fn spectra_workspace_bytes(m: usize, size: usize, threads: usize) -> u128 {
        let entries = (2 * m * size_of::<f64>()) as u128;
        solve_workspace_bytes(m, size, threads) + units_in_flight(size, threads) * entries
    }
}
