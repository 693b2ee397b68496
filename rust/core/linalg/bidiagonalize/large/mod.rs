//! One large matrix, eight rows in the SIMD lanes and the columns shared among threads.
//!
//! While updates are delayed, products and entries of the stored matrix are corrected by them. Columns
//! are divided among the threads in parts that depend on the shape alone, and the partial products are
//! added in the order of the parts: the bits do not depend on the number of threads.

mod vector_kernels;

use std::ops::Range;

use rayon::prelude::*;

use self::vector_kernels::{Column, Finish, Overlaps, Store};
use super::column_pass::{Coefficients, Pair, Pass, conj, entry_of, minus, times};
use crate::error::{Result, try_filled};
use crate::execution::{Job, Parallelism};
use crate::linalg::gram::Source;
use crate::linalg::reflector::reduction::reflector;
use crate::linalg::row_blocks::{MAX_DELAYED_UPDATES, RowBlocks};
use crate::linalg::scalar::Scalar;
use crate::simd::{self, F64x8, LANES, Real};

/// Fewest entries of a part, where there are several.
const PART_ENTRIES: usize = 1 << 15;
/// Most parts.
const MAX_PARTS: usize = 16;

/// A matrix of `nrows >= ncols` that is being reduced; columns and vectors are laid out as [`RowBlocks`].
pub struct Reduction<const COMPLEX: bool> {
    nrows: usize,
    ncols: usize,
    blocks: usize,
    /// Column by column.
    matrix: Vec<F64x8>,
    /// u and w of the updates `A - u y^H - w v^H`, block by block, and their y and v, column by column.
    updates: Vec<F64x8>,
    coefficients: Vec<[Coefficients; MAX_DELAYED_UPDATES]>,
    /// Number of delayed updates.
    delayed: usize,
    /// u of the step that is being made.
    u: Vec<F64x8>,
    /// Partial products `A r` of the parts.
    products: Vec<Vec<F64x8>>,
}

impl<const COMPLEX: bool> Reduction<COMPLEX> {
    /// A matrix of zeros.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::error::Error::Memory).
    pub fn zeros(nrows: usize, ncols: usize) -> Result<Self> {
        let what = "a matrix that is reduced";
        let blocks = nrows.div_ceil(LANES);
        let width = RowBlocks::<COMPLEX>::PARTS;
        let zeros = |len: usize| try_filled(what, len, F64x8::ZERO);
        Ok(Self {
            nrows,
            ncols,
            blocks,
            matrix: zeros(ncols * blocks * width)?,
            updates: zeros(blocks * RowBlocks::<COMPLEX>::UPDATE_PARTS)?,
            coefficients: try_filled(what, ncols, [Coefficients::default(); MAX_DELAYED_UPDATES])?,
            delayed: 0,
            u: zeros(blocks * width)?,
            products: (0..parts(nrows, ncols))
                .map(|_| zeros(blocks * width))
                .collect::<Result<_>>()?,
        })
    }

    /// Bytes of a matrix with its workspace.
    pub fn bytes(nrows: usize, ncols: usize) -> u128 {
        let vectors = ncols + 2 * MAX_DELAYED_UPDATES + 1 + parts(nrows, ncols);
        let vector = nrows.div_ceil(LANES) * RowBlocks::<COMPLEX>::PARTS * size_of::<F64x8>();
        let coefficients = ncols * size_of::<[Coefficients; MAX_DELAYED_UPDATES]>();
        vector as u128 * vectors as u128 + coefficients as u128
    }

    /// Loads the transpose of columns `first ..` of a matrix, times `factor`, into these rows; rows that
    /// it has no columns for become zero.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::error::Error::Interrupted) once the job is stopped.
    pub fn load<T: Scalar>(
        &mut self,
        rows: Range<usize>,
        source: &impl Source<T>,
        first: usize,
        factor: f64,
        parallelism: Parallelism,
        job: &Job,
    ) -> Result<()> {
        let width = RowBlocks::<COMPLEX>::PARTS;
        let count = rows.len().min(source.ncols() - first);
        let (along, across) = (
            source.columns(first..first + count),
            source.rows(0..self.ncols),
        );
        let one = |(column, &step): (&mut [F64x8], &usize)| {
            job.check()?;
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
        match parallelism {
            Parallelism::Sequential => self
                .matrix
                .chunks_mut(length)
                .zip(across.iter())
                .try_for_each(one),
            Parallelism::Pool => self
                .matrix
                .par_chunks_mut(length)
                .zip(across.par_iter())
                .try_for_each(one),
        }
    }

    /// Bidiagonalizes the matrix, which is overwritten: the squared entries, diagonal and superdiagonal
    /// in turn, `2 ncols` of them with a last zero. The bits are the same for either
    /// `parallelism`.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::error::Error::Interrupted) once the job is stopped.
    pub fn bidiagonalize(
        &mut self,
        entries_squared: &mut [f64],
        parallelism: Parallelism,
        job: &Job,
    ) -> Result<()> {
        self.delayed = 0;
        for k in 0..self.ncols {
            let norm = simd::dispatch(Column(self, k));
            entries_squared[2 * k] = norm;
            if k + 1 == self.ncols {
                break;
            }
            let (inverse, _) = self.reflect(k, norm);
            let count = self.pass::<true>(k, inverse, parallelism, job)?;
            entries_squared[2 * k + 1] = self.finish(k, count);
        }
        Ok(())
    }

    /// Triangularizes the matrix by reflectors from the left: R of its QR decomposition, up to the signs of
    /// rows, in the upper triangle of `triangle`, column-major.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::error::Error::Interrupted) once the job is stopped.
    pub fn triangularize<E: Scalar<Real = f64>>(
        &mut self,
        triangle: &mut [E],
        parallelism: Parallelism,
        job: &Job,
    ) -> Result<()> {
        self.delayed = 0;
        for k in 0..self.ncols {
            let norm = simd::dispatch(Column(self, k));
            let (inverse, [re, im]) = self.reflect(k, norm);
            triangle[k * self.ncols + k] = E::from_parts(re, im);
            if k + 1 == self.ncols {
                break;
            }
            self.pass::<false>(k, inverse, parallelism, job)?;
            for j in k + 1..self.ncols {
                let [re, im] = conj(self.coefficients[j][self.delayed].v);
                triangle[j * self.ncols + k] = E::from_parts(re, im);
            }
            simd::dispatch(Store(self, k));
            self.delayed += 1;
        }
        Ok(())
    }

    /// Turns the column x in `u`, which begins at row k, into the vector of its reflector; 1 / h, and what
    /// becomes of the entry in row k.
    fn reflect(&mut self, k: usize, norm: f64) -> (f64, Pair) {
        let (at, lane) = (k / LANES * RowBlocks::<COMPLEX>::PARTS, k % LANES);
        let first = entry_of::<COMPLEX>(&self.u[at..], lane);
        let (u, inverse) = reflector(first, norm);
        for (part, x) in u[..RowBlocks::<COMPLEX>::PARTS].iter().enumerate() {
            self.u[at + part][lane] = *x;
        }
        (inverse, minus(first, u))
    }

    /// Passes over the columns after k, which leaves y and r of the step that is being made and the partial
    /// products; the number of parts.
    fn pass<const RIGHT: bool>(
        &mut self,
        k: usize,
        inverse: f64,
        parallelism: Parallelism,
        job: &Job,
    ) -> Result<usize> {
        let overlaps = if self.delayed < MAX_DELAYED_UPDATES {
            simd::dispatch(Overlaps::<COMPLEX, RIGHT>(self, k))
        } else {
            Default::default()
        };
        let (first, length) = (k + 1, self.blocks * RowBlocks::<COMPLEX>::PARTS);
        let columns = self.ncols - first;
        let count = parts(self.nrows - k, columns);
        let mut matrix = &mut self.matrix[first * length..];
        let mut coefficients = &mut self.coefficients[first..];
        let mut tasks = Vec::with_capacity(count);
        for (part, product) in self.products[..count].iter_mut().enumerate() {
            let share = columns * (part + 1) / count - columns * part / count;
            let (entries, later) = std::mem::take(&mut matrix).split_at_mut(share * length);
            let (these, others) = std::mem::take(&mut coefficients).split_at_mut(share);
            (matrix, coefficients) = (later, others);
            tasks.push(Pass::<COMPLEX, RIGHT> {
                job,
                k,
                delayed: self.delayed,
                columns: entries,
                updates: &self.updates,
                coefficients: these,
                u: &self.u,
                inverse,
                overlaps: &overlaps,
                product,
            });
        }
        if count == 1 || parallelism == Parallelism::Sequential {
            tasks.into_iter().try_for_each(simd::dispatch)?;
        } else {
            tasks
                .into_par_iter()
                .with_max_len(1)
                .try_for_each(simd::dispatch)?;
        }
        if self.delayed == MAX_DELAYED_UPDATES {
            self.delayed = 0;
        }
        Ok(count)
    }

    /// Makes v of r and w of the partial products, and delays the update; the squared norm of r.
    fn finish(&mut self, k: usize, count: usize) -> f64 {
        let (first, slot) = (k + 1, self.delayed);
        let rows = &mut self.coefficients[first..];
        let norm = sum(rows, |row| {
            let [re, im] = row[slot].v;
            [re * re + im * im, 0.0]
        })[0];
        // A row of one entry stays.
        let (v, inverse) = match rows.len() {
            1 => ([0.0; 2], 0.0),
            _ => reflector(rows[0][slot].v, norm),
        };
        let extra = minus(v, rows[0][slot].v);
        rows[0][slot].v = v;
        let mut overlaps = [[[0.0; 2]; 2]; MAX_DELAYED_UPDATES];
        for (index, overlap) in overlaps.iter_mut().enumerate().take(slot + 1) {
            *overlap = [
                sum(rows, |row| times(conj(row[index].y), row[slot].v)),
                sum(rows, |row| times(conj(row[index].v), row[slot].v)),
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
        self.delayed += 1;
        norm
    }
}

/// A sum over columns in one fixed order, in independent partial sums.
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

/// Number of parts of `columns` columns of `rows` entries: a power of two, which keeps even numbers of
/// threads busy.
fn parts(rows: usize, columns: usize) -> usize {
    match (rows.saturating_mul(columns) / PART_ENTRIES).checked_ilog2() {
        Some(power) => (1 << power).min(MAX_PARTS).min(columns.max(1)),
        None => 1,
    }
}
