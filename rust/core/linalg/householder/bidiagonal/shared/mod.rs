//! One large matrix, eight rows in the SIMD lanes and the columns shared among threads.
//!
//! Memory is the limit, so updates wait until a number of them are applied in one pass. Until then
//! products and entries are corrected by those that wait. The columns are shared in parts that depend on
//! the shape alone, whose products are added in their order.

mod vectors;

use std::ops::Range;

use rayon::prelude::*;

use self::vectors::{Column, Finish, Overlaps, Store};
use super::super::columns::{Layout, PENDING};
use super::super::numbers::FLUSH;
use super::pass::{Along, Pair, Pass, conj, lane_of, minus, times};
use crate::error::{Result, try_filled};
use crate::linalg::gram::Source;
use crate::linalg::scalar::Scalar;
use crate::parallel::{Spread, Watch};
use crate::simd::{self, LANES, Lane, Real};

/// Entries of a part at least, where there are several.
const ENTRIES: usize = 1 << 15;
/// Most parts.
const PARTS: usize = 16;

/// A matrix of `nrows >= ncols` on its way, its columns and vectors in the order of [`Layout`].
pub struct Reduction<const COMPLEX: bool> {
    nrows: usize,
    ncols: usize,
    blocks: usize,
    /// One column after the other.
    matrix: Vec<Lane>,
    /// u and w of [`PENDING`] updates, block by block, and what they are multiplied by in each column.
    updates: Vec<Lane>,
    along: Vec<[Along; PENDING]>,
    /// Updates that wait.
    waiting: usize,
    /// u of the update that is being made.
    next: Vec<Lane>,
    /// Products of the parts.
    products: Vec<Vec<Lane>>,
}

impl<const COMPLEX: bool> Reduction<COMPLEX> {
    /// A matrix of zeros.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::error::Error::Memory).
    pub fn zeros(nrows: usize, ncols: usize) -> Result<Self> {
        let what = "a matrix that is reduced";
        let blocks = nrows.div_ceil(LANES);
        let width = Layout::<COMPLEX>::WIDTH;
        let zeros = |len: usize| try_filled(what, len, Lane::ZERO);
        Ok(Self {
            nrows,
            ncols,
            blocks,
            matrix: zeros(ncols * blocks * width)?,
            updates: zeros(blocks * Layout::<COMPLEX>::UPDATES)?,
            along: try_filled(what, ncols, [Along::default(); PENDING])?,
            waiting: 0,
            next: zeros(blocks * width)?,
            products: (0..parts(nrows, ncols))
                .map(|_| zeros(blocks * width))
                .collect::<Result<_>>()?,
        })
    }

    /// Puts the transpose of columns `first ..` of a matrix, times `factor`, into these rows; those that
    /// it has no columns for become zero.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::error::Error::Interrupted) once the watch is stopped.
    pub fn load<T: Scalar>(
        &mut self,
        watch: &Watch,
        spread: Spread,
        rows: Range<usize>,
        source: &impl Source<T>,
        first: usize,
        factor: f64,
    ) -> Result<()> {
        let width = Layout::<COMPLEX>::WIDTH;
        let count = rows.len().min(source.ncols() - first);
        let (along, across) = (
            source.columns(first..first + count),
            source.rows(0..self.ncols),
        );
        let one = |(column, &step): (&mut [Lane], &usize)| {
            watch.check()?;
            let entries = &source.entries()[step..];
            for (i, &at) in rows.clone().zip(along.iter()) {
                let (place, lane) = (i / LANES * width, i % LANES);
                column[place][lane] = entries[at].re().to_f64() * factor;
                if COMPLEX {
                    column[place + 1][lane] = entries[at].imaginary().to_f64() * factor;
                }
            }
            for i in rows.start + count..rows.end {
                for part in &mut column[i / LANES * width..][..width] {
                    part[i % LANES] = 0.0;
                }
            }
            Ok(())
        };
        let length = self.blocks * width;
        match spread {
            Spread::Here => self
                .matrix
                .chunks_mut(length)
                .zip(across.iter())
                .try_for_each(one),
            Spread::Pool => self
                .matrix
                .par_chunks_mut(length)
                .zip(across.par_iter())
                .try_for_each(one),
        }
    }

    /// Reduces the matrix, which is lost, to bidiagonal form: squares of the entries, diagonal and
    /// superdiagonal in turn, `2 ncols` of them with a last zero. The bits are the same for either
    /// `spread`.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::error::Error::Interrupted) once the watch is stopped.
    pub fn bidiagonalize(
        &mut self,
        watch: &Watch,
        spread: Spread,
        squares: &mut [f64],
    ) -> Result<()> {
        self.waiting = 0;
        for k in 0..self.ncols {
            let norm = simd::dispatch(Column(self, k));
            squares[2 * k] = norm;
            if k + 1 == self.ncols {
                break;
            }
            let (inverse, _) = self.reflect(k, norm);
            let count = self.pass::<true>(watch, spread, k, inverse)?;
            squares[2 * k + 1] = self.finish(k, count);
        }
        Ok(())
    }

    /// Maps the matrix by reflections from the left to a triangle, in the upper half of `triangle`,
    /// column-major.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::error::Error::Interrupted) once the watch is stopped.
    pub fn triangularize<E: Scalar<Real = f64>>(
        &mut self,
        watch: &Watch,
        spread: Spread,
        triangle: &mut [E],
    ) -> Result<()> {
        self.waiting = 0;
        for k in 0..self.ncols {
            let norm = simd::dispatch(Column(self, k));
            let (inverse, [re, im]) = self.reflect(k, norm);
            triangle[k * self.ncols + k] = E::from_parts(re, im);
            if k + 1 == self.ncols {
                break;
            }
            self.pass::<false>(watch, spread, k, inverse)?;
            for j in k + 1..self.ncols {
                let [re, im] = conj(self.along[j][self.waiting].v);
                triangle[j * self.ncols + k] = E::from_parts(re, im);
            }
            simd::dispatch(Store(self, k));
            self.waiting += 1;
        }
        Ok(())
    }

    /// Turns x in `next`, which begins at row k, into u; 1 / h, and what becomes of the entry in row k.
    fn reflect(&mut self, k: usize, norm: f64) -> (f64, Pair) {
        let (at, lane) = (k / LANES * Layout::<COMPLEX>::WIDTH, k % LANES);
        let head = lane_of::<COMPLEX>(&self.next[at..], lane);
        let (u, inverse) = reflection(head, norm);
        for (part, x) in u[..Layout::<COMPLEX>::WIDTH].iter().enumerate() {
            self.next[at + part][lane] = *x;
        }
        (inverse, minus(head, u))
    }

    /// Passes over the columns behind k, which leaves y and r of the update that is being made, and the
    /// products of the parts; their number.
    fn pass<const RIGHT: bool>(
        &mut self,
        watch: &Watch,
        spread: Spread,
        k: usize,
        inverse: f64,
    ) -> Result<usize> {
        let overlaps = if self.waiting < PENDING {
            simd::dispatch(Overlaps::<COMPLEX, RIGHT>(self, k))
        } else {
            Default::default()
        };
        let (first, length) = (k + 1, self.blocks * Layout::<COMPLEX>::WIDTH);
        let columns = self.ncols - first;
        let count = parts(self.nrows - k, columns);
        let mut matrix = &mut self.matrix[first * length..];
        let mut along = &mut self.along[first..];
        let mut tasks = Vec::with_capacity(count);
        for (part, product) in self.products[..count].iter_mut().enumerate() {
            let share = columns * (part + 1) / count - columns * part / count;
            let (entries, later) = std::mem::take(&mut matrix).split_at_mut(share * length);
            let (these, others) = std::mem::take(&mut along).split_at_mut(share);
            (matrix, along) = (later, others);
            tasks.push(Pass::<COMPLEX, RIGHT> {
                watch,
                k,
                waiting: self.waiting,
                columns: entries,
                updates: &self.updates,
                along: these,
                next: &self.next,
                inverse,
                overlaps: &overlaps,
                product,
            });
        }
        if count == 1 || spread == Spread::Here {
            tasks.into_iter().try_for_each(simd::dispatch)?;
        } else {
            tasks
                .into_par_iter()
                .with_max_len(1)
                .try_for_each(simd::dispatch)?;
        }
        if self.waiting == PENDING {
            self.waiting = 0;
        }
        Ok(count)
    }

    /// Makes v of r and w of the products, and lets the update wait with the others; the squared norm
    /// of r.
    fn finish(&mut self, k: usize, count: usize) -> f64 {
        let (first, slot) = (k + 1, self.waiting);
        let rows = &mut self.along[first..];
        let norm = sum(rows, |row| {
            let [re, im] = row[slot].v;
            [re * re + im * im, 0.0]
        })[0];
        // A row of one entry stays.
        let (v, inverse) = match rows.len() {
            1 => ([0.0; 2], 0.0),
            _ => reflection(rows[0][slot].v, norm),
        };
        let extra = minus(v, rows[0][slot].v);
        rows[0][slot].v = v;
        let mut overlaps = [[[0.0; 2]; 2]; PENDING];
        for (pair, overlap) in overlaps.iter_mut().enumerate().take(slot + 1) {
            *overlap = [
                sum(rows, |row| times(conj(row[pair].y), row[slot].v)),
                sum(rows, |row| times(conj(row[pair].v), row[slot].v)),
            ];
        }
        simd::dispatch(Finish {
            reduction: self,
            k,
            count,
            extra,
            overlaps,
            inverse,
        });
        self.waiting += 1;
        norm
    }
}

/// Turns the first entry of a vector of that squared norm into that of u; also 1 / h, or 0 where the
/// vector counts as zero.
fn reflection(head: Pair, norm: f64) -> (Pair, f64) {
    let square = head[0] * head[0] + head[1] * head[1];
    let length = norm.sqrt();
    // A first entry that is nothing beside the others has no phase; any will do.
    let (u, modulus) = if square <= FLUSH * norm {
        ([length, 0.0], 0.0)
    } else {
        let modulus = square.sqrt();
        (head.map(|x| x * (1.0 + length / modulus)), modulus)
    };
    let inverse = if norm < FLUSH {
        0.0
    } else {
        1.0 / (modulus * length + norm)
    };
    (u, inverse)
}

/// A sum over columns in one fixed order, in parts that do not wait for each other.
fn sum<R>(rows: &[R], term: impl Fn(&R) -> Pair) -> Pair {
    let mut sums = [[0.0; LANES]; 2];
    for rows in rows.chunks(LANES) {
        for (lane, row) in rows.iter().enumerate() {
            let [re, im] = term(row);
            sums[0][lane] += re;
            sums[1][lane] += im;
        }
    }
    sums.map(simd::sum)
}

/// Parts that `columns` of `rows` entries each are shared in: a power of two, so that even numbers of
/// threads are all busy.
fn parts(rows: usize, columns: usize) -> usize {
    match (rows.saturating_mul(columns) / ENTRIES).checked_ilog2() {
        Some(power) => (1 << power).min(PARTS).min(columns.max(1)),
        None => 1,
    }
}
