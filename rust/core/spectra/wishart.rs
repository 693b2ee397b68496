//! Wishart matrices W = G G^H by Bartlett's decomposition (Proc. R. Soc. Edinburgh 53, 260 (1933)), at a
//! cost independent of the number of columns of G; divided by their trace they are the reduced states of
//! the paper's Sec. II.
//!
//! G = L Q with L lower trapezoidal, p x min(p, n): squares of the diagonal are Gamma variates, what
//! lies below is Gaussian, and W = L L^H.

use std::borrow::Cow;
use std::ops::Range;

use faer::c64;

use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, Parallelism, for_each_block};
use crate::linalg::gram::{Source, lower_half, lower_half_workspace_bytes};
use crate::linalg::hermitian_fill::{Triangle, fill_hermitian};
use crate::linalg::packing::Buffer;
use crate::linalg::scalar::Scalar;
use crate::random::draws::{
    for_each_row, in_double, in_double_workspace_bytes, rows_in_flight, sample,
};
use crate::random::sequence::Sequence;
use crate::random::stream::Family;
use crate::random::{gamma, normal};
use crate::simd::Real;
use crate::spectra::field::{Field, as_complex, as_complex_mut};
use crate::spectra::laguerre::LARGEST;

/// Shape and field of G.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wishart {
    p: usize,
    n: f64,
    field: Field,
}

/// The two families of streams that a Wishart matrix is made of.
#[derive(Debug, Clone, Copy)]
pub struct Streams {
    /// Entries below the diagonal of L.
    pub normals: Family,
    /// Squares of its diagonal.
    pub gammas: Family,
}

impl Wishart {
    /// Matrices G of shape p x n.
    ///
    /// # Errors
    /// [`Error::Value`] unless p >= 1 and n is a whole number from 1 to 2^1000.
    pub fn new(p: usize, n: f64, field: Field) -> Result<Self> {
        if p == 0 {
            return Err(Error::value("p", "must be at least 1, got 0"));
        }
        if !(1.0..=LARGEST).contains(&n) || n.fract() != 0.0 {
            let reason = format!("must be a whole number from 1 to 2^1000, got {n}");
            return Err(Error::value("n", reason));
        }
        Ok(Self { p, n, field })
    }

    /// W for samples `first ..`, p x p entries each, or W / tr W if `normalized`.
    ///
    /// # Errors
    /// [`Error::Memory`]; [`Error::Interrupted`].
    pub fn matrices<T: Real>(
        &self,
        streams: &Streams,
        first: u64,
        normalized: bool,
        out: &mut [T],
        job: &Job,
    ) -> Result<()> {
        let len = checked_len("a matrix", &[self.p, self.p, self.field.beta()], 8)?;
        // A thread that waits inside one matrix would begin, and hold in memory, another.
        let parallelism = Parallelism::of(out.len() / len.max(1));
        for_each_row(job, out, len, |index, row| {
            in_double(row, |w| {
                self.matrix(streams, sample(first, index), w, parallelism, job)?;
                if !normalized {
                    return Ok(());
                }
                let scale = 1.0 / self.trace(w);
                for_each_block(job, w, normal::BLOCK, |_, items| {
                    for x in items {
                        *x *= scale;
                    }
                    Ok(())
                })
            })
        })
    }

    fn trace(&self, w: &[f64]) -> f64 {
        let step = self.field.beta() * (self.p + 1);
        w.iter().step_by(step).sum()
    }

    /// Columns of L.
    fn rank(&self) -> usize {
        if self.n < self.p as f64 {
            self.n as usize
        } else {
            self.p
        }
    }

    fn matrix(
        &self,
        streams: &Streams,
        sample: u64,
        w: &mut [f64],
        parallelism: Parallelism,
        job: &Job,
    ) -> Result<()> {
        let (p, rank) = (self.p, self.rank());
        let len = checked_len("the factor", &[p, rank, self.field.beta()], 8)?;
        let mut l = try_filled("the factor", len, 0.0)?;
        self.factor(streams, sample, &mut l, job)?;
        match self.field {
            Field::Real => gram(
                &Trapezoid {
                    entries: &l,
                    ncols: rank,
                },
                w,
                parallelism,
                job,
            ),
            Field::Complex => {
                let entries = as_complex(&l);
                let l = Trapezoid {
                    entries,
                    ncols: rank,
                };
                gram(&l, as_complex_mut(w), parallelism, job)
            }
        }
    }

    /// The factor L of a sample, p x min(p, n), row by row.
    fn factor(&self, streams: &Streams, sample: u64, l: &mut [f64], job: &Job) -> Result<()> {
        let (rank, beta) = (self.rank(), self.field.beta());
        let half = beta as f64 / 2.0;
        // Row i has min(i, rank) Gaussian entries; they are drawn as one sequence.
        let len = rank * (rank - 1) / 2 + (self.p - rank) * rank;
        let mut normals = Sequence::new(&streams.normals, sample, beta * len, job)?;
        let unit = (1.0 / beta as f64).sqrt();
        for (i, row) in l.chunks_mut(rank * beta).enumerate() {
            normals.fill(&mut row[..beta * i.min(rank)], unit)?;
        }
        let mut squares = try_filled("the diagonal", rank, 0.0)?;
        for (block, items) in squares.chunks_mut(gamma::BLOCK).enumerate() {
            let n = self.n - (block * gamma::BLOCK) as f64;
            let shape = |i: usize| half * (n - i as f64).max(1.0);
            gamma::fill(&streams.gammas, sample, block as u64, shape, items);
        }
        for (diagonal, square) in l.iter_mut().step_by((rank + 1) * beta).zip(squares) {
            *diagonal = (square / half).sqrt();
        }
        Ok(())
    }

    /// Bytes that [`matrices`](Self::matrices) works in for `size` samples of order p, L of `rank` columns.
    pub fn matrices_workspace_bytes<T: Real>(
        p: usize,
        rank: usize,
        field: Field,
        size: usize,
        threads: usize,
    ) -> u128 {
        let parallelism = Parallelism::among(size, threads);
        let product = match field {
            Field::Real => lower_half_workspace_bytes::<f64>(p, rank, parallelism, threads),
            Field::Complex => lower_half_workspace_bytes::<c64>(p, rank, parallelism, threads),
        };
        let factor = p as u128 * (rank * field.beta() * size_of::<f64>()) as u128;
        let double = in_double_workspace_bytes::<T>(&[p, p, field.beta()]);
        rows_in_flight(size, threads) * (double + factor + product)
    }
}

/// A lower trapezoidal matrix, row by row.
struct Trapezoid<'a, T> {
    entries: &'a [T],
    ncols: usize,
}

impl<T: Scalar> Source<T> for Trapezoid<'_, T> {
    fn nrows(&self) -> usize {
        self.entries.len() / self.ncols
    }

    fn ncols(&self) -> usize {
        self.ncols
    }

    fn reach(&self, rows: usize) -> usize {
        rows.min(self.ncols)
    }

    fn entries(&self) -> &[T] {
        self.entries
    }

    fn rows(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        range.map(|i| i * self.ncols).collect()
    }

    fn columns(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        range.collect()
    }
}

/// w = L L^H; w comes out exactly Hermitian.
fn gram<E: Scalar>(
    l: &Trapezoid<'_, E>,
    w: &mut [E],
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let p = l.nrows();
    lower_half(l, w, &mut Buffer::default(), parallelism, job)?;
    fill_hermitian(Triangle::Lower, w, p, parallelism, job)
}
