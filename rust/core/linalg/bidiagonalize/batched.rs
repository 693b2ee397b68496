//! Eight small matrices at once, one in each SIMD lane. What happens in a lane depends on the numbers in
//! that lane alone.

use std::array::from_fn;

use crate::error::{Result, try_filled};
use crate::linalg::gram::Source;
use crate::linalg::reflector::reduction::batched_reflector;
use crate::linalg::scalar::Scalar;
use crate::linalg::simd_scalar::{ScalarOps, SplitVector};
use crate::simd::{F64x8, Kernel, LANES, Real, Simd};

/// Columns of one pass over the rows.
const COLUMNS_TOGETHER: usize = 2;

/// Eight matrices with entries of about 1 or below, and their bidiagonal forms.
#[derive(Debug)]
pub struct Batch {
    nrows: usize,
    ncols: usize,
    complex: bool,
    /// Column-major. One column of zeros follows where the number of columns is odd.
    matrix: SplitVector,
    /// u and w of the delayed update; u and `A r` of the step that is being made.
    u: SplitVector,
    w: SplitVector,
    next_u: SplitVector,
    product: SplitVector,
    /// y and v of the delayed update, replaced column by column by y and r of the step that is being made.
    y: SplitVector,
    v: SplitVector,
    /// Squares of the entries of the bidiagonal matrices, diagonal and superdiagonal in turn: twice as many
    /// rows as there are columns, the last one zero.
    pub entries_squared: Vec<F64x8>,
}

impl Batch {
    /// Eight matrices of `nrows >= ncols >= 1`, all zero, complex or real.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::error::Error::Memory) where they do not fit.
    pub fn zeros(nrows: usize, ncols: usize, complex: bool) -> Result<Self> {
        let padded = ncols.next_multiple_of(COLUMNS_TOGETHER);
        let column = || SplitVector::zeros(nrows, complex);
        let row = || SplitVector::zeros(padded, complex);
        Ok(Self {
            nrows,
            ncols,
            complex,
            matrix: SplitVector::zeros(nrows * padded, complex)?,
            u: column()?,
            w: column()?,
            next_u: column()?,
            product: column()?,
            y: row()?,
            v: row()?,
            entries_squared: try_filled("bidiagonal matrices", 2 * ncols, F64x8::ZERO)?,
        })
    }

    /// Bytes of a batch.
    pub fn bytes(nrows: usize, ncols: usize, complex: bool) -> u128 {
        let padded = ncols.next_multiple_of(COLUMNS_TOGETHER) as u128;
        let (nrows, ncols, parts) = (nrows as u128, ncols as u128, if complex { 2 } else { 1 });
        (parts * (nrows * padded + 4 * nrows + 2 * padded) + 2 * ncols) * size_of::<F64x8>() as u128
    }

    /// Loads the transposes of up to eight matrices, each multiplied by its factor, into the lanes; lanes
    /// without a matrix become zero.
    pub fn load<T: Scalar, M: Source<T>>(&mut self, sources: &[M], factors: [f64; LANES]) {
        let Some(first) = sources.first() else {
            return;
        };
        // All have the same places.
        let (columns, rows) = (first.columns(0..self.nrows), first.rows(0..self.ncols));
        let entries: [&[T]; LANES] = from_fn(|lane| sources.get(lane).unwrap_or(first).entries());
        let factors: [f64; LANES] = from_fn(|lane| {
            if lane < sources.len() {
                factors[lane]
            } else {
                0.0
            }
        });
        for (j, &step) in rows.iter().enumerate() {
            for (i, &offset) in columns.iter().enumerate() {
                let (place, at) = (j * self.nrows + i, offset + step);
                let re = |lane: usize| entries[lane][at].re().to_f64() * factors[lane];
                self.matrix.re[place] = F64x8(from_fn(re));
                if self.complex {
                    let im = |lane: usize| entries[lane][at].imaginary().to_f64() * factors[lane];
                    self.matrix.im[place] = F64x8(from_fn(im));
                }
            }
        }
    }

    /// Bidiagonalizes the matrices, which are overwritten.
    pub fn bidiagonalize(&mut self) {
        for parts in [&mut self.u, &mut self.w, &mut self.y, &mut self.v] {
            parts.fill_zero();
        }
        if self.complex {
            crate::simd::dispatch(Bidiagonalize::<true>(self));
        } else {
            crate::simd::dispatch(Bidiagonalize::<false>(self));
        }
    }
}

struct Bidiagonalize<'a, const COMPLEX: bool>(&'a mut Batch);

impl<const COMPLEX: bool> Kernel for Bidiagonalize<'_, COMPLEX> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let batch = self.0;
        let ops = ScalarOps::<S, COMPLEX>(s);
        let ncols = batch.ncols;
        for k in 0..ncols {
            let norm = column(ops, batch, k);
            s.store(norm, &mut batch.entries_squared[2 * k]);
            if k + 1 == ncols {
                continue;
            }
            let inverse = batched_reflector(ops, &mut batch.next_u, k, norm);
            batch.product.fill_zero();
            for j in
                ((k + 1) / COLUMNS_TOGETHER * COLUMNS_TOGETHER..ncols).step_by(COLUMNS_TOGETHER)
            {
                update(ops, batch, k, j, inverse);
                multiply(ops, batch, k, j);
            }
            finish(ops, batch, k);
        }
    }
}

/// Writes column k from the diagonal on, after the delayed update, to `next_u`; its squared norm.
#[inline(always)]
fn column<S: Simd, const C: bool>(ops: ScalarOps<S, C>, batch: &mut Batch, k: usize) -> S::F {
    let (u, w) = (&batch.u, &batch.w);
    let y = ops.neg(ops.load(&batch.y.re, &batch.y.im, k));
    let v = ops.neg(ops.load(&batch.v.re, &batch.v.im, k));
    let mut norm = ops.0.splat(0.0);
    for i in k..batch.nrows {
        let x = ops.load(&batch.matrix.re, &batch.matrix.im, k * batch.nrows + i);
        let x = ops.conj_mul_add(y, ops.load(&u.re, &u.im, i), x);
        let x = ops.conj_mul_add(v, ops.load(&w.re, &w.im, i), x);
        ops.store(x, &mut batch.next_u.re, &mut batch.next_u.im, i);
        norm = ops.square_add(x, norm);
    }
    norm
}

/// Applies the delayed update to columns j and j + 1, and replaces their entries of its y and v by those of
/// the next y and r.
#[inline(always)]
fn update<S: Simd, const C: bool>(
    ops: ScalarOps<S, C>,
    batch: &mut Batch,
    k: usize,
    j: usize,
    inverse: S::F,
) {
    let ScalarOps(s) = ops;
    let nrows = batch.nrows;
    let im = |parts: usize| if C { parts } else { 0 };
    let (start, len) = (j * nrows, nrows - k);
    let (re, more_re) =
        batch.matrix.re[start..start + COLUMNS_TOGETHER * nrows].split_at_mut(nrows);
    let (im_, more_im) =
        batch.matrix.im[im(start)..im(start + COLUMNS_TOGETHER * nrows)].split_at_mut(im(nrows));
    let (re, more_re) = (&mut re[k..][..len], &mut more_re[k..][..len]);
    let (im_, more_im) = (
        &mut im_[im(k)..][..im(len)],
        &mut more_im[im(k)..][..im(len)],
    );
    let (u, w, next) = (batch.u.from(k), batch.w.from(k), batch.next_u.from(k));
    let (u_re, w_re, next_re) = (&u.re[..len], &w.re[..len], &next.re[..len]);
    let (u_im, w_im, next_im) = (&u.im[..im(len)], &w.im[..im(len)], &next.im[..im(len)]);
    let y = [
        ops.neg(ops.load(&batch.y.re, &batch.y.im, j)),
        ops.neg(ops.load(&batch.y.re, &batch.y.im, j + 1)),
    ];
    let v = [
        ops.neg(ops.load(&batch.v.re, &batch.v.im, j)),
        ops.neg(ops.load(&batch.v.re, &batch.v.im, j + 1)),
    ];
    // conj(a) u in three sums each, the third of which is subtracted at the end.
    let mut sums = [ops.zero(); COLUMNS_TOGETHER];
    let mut crossed = [s.splat(0.0); COLUMNS_TOGETHER];
    for i in 0..len {
        let (u, w) = (ops.load(u_re, u_im, i), ops.load(w_re, w_im, i));
        let next = ops.load(next_re, next_im, i);
        let mut a = [ops.load(re, im_, i), ops.load(more_re, more_im, i)];
        for c in 0..COLUMNS_TOGETHER {
            a[c] = ops.conj_mul_add(y[c], u, a[c]);
            a[c] = ops.conj_mul_add(v[c], w, a[c]);
            sums[c].re = s.fma(a[c].re, next.re, sums[c].re);
            if C {
                sums[c].re = s.fma(a[c].im, next.im, sums[c].re);
                sums[c].im = s.fma(a[c].re, next.im, sums[c].im);
                crossed[c] = s.fma(a[c].im, next.re, crossed[c]);
            }
        }
        ops.store(a[0], re, im_, i);
        ops.store(a[1], more_re, more_im, i);
    }
    let head = ops.neg(ops.load(next_re, next_im, 0));
    let row = [ops.load(re, im_, 0), ops.load(more_re, more_im, 0)];
    for c in 0..COLUMNS_TOGETHER {
        let column = j + c;
        // Column k is reduced already.
        let (y, r) = if column == k {
            (ops.zero(), ops.zero())
        } else {
            sums[c].im = s.sub(sums[c].im, crossed[c]);
            let y = ops.scale(sums[c], inverse);
            (y, ops.conj(ops.conj_mul_add(y, head, row[c])))
        };
        ops.store(y, &mut batch.y.re, &mut batch.y.im, column);
        ops.store(r, &mut batch.v.re, &mut batch.v.im, column);
    }
}

/// Adds the part of columns j and j + 1 to the product A r.
#[inline(always)]
fn multiply<S: Simd, const C: bool>(ops: ScalarOps<S, C>, batch: &mut Batch, k: usize, j: usize) {
    let nrows = batch.nrows;
    let im = |parts: usize| if C { parts } else { 0 };
    let (first, len) = (k + 1, nrows - k - 1);
    let column = |parts: usize| parts * nrows + first;
    let re = &batch.matrix.re[column(j)..][..len];
    let im_ = &batch.matrix.im[im(column(j))..][..im(len)];
    let more_re = &batch.matrix.re[column(j + 1)..][..len];
    let more_im = &batch.matrix.im[im(column(j + 1))..][..im(len)];
    let p_re = &mut batch.product.re[first..][..len];
    let p_im = &mut batch.product.im[im(first)..][..im(len)];
    let r = [
        ops.load(&batch.v.re, &batch.v.im, j),
        ops.load(&batch.v.re, &batch.v.im, j + 1),
    ];
    for i in 0..len {
        let p = ops.mul_add(ops.load(re, im_, i), r[0], ops.load(p_re, p_im, i));
        let p = ops.mul_add(ops.load(more_re, more_im, i), r[1], p);
        ops.store(p, p_re, p_im, i);
    }
}

/// Makes v of r and w of the product, and delays the update to the next step.
#[inline(always)]
fn finish<S: Simd, const C: bool>(ops: ScalarOps<S, C>, batch: &mut Batch, k: usize) {
    let ScalarOps(s) = ops;
    let (first, ncols) = (k + 1, batch.ncols);
    let mut norm = s.splat(0.0);
    for j in first..ncols {
        norm = ops.square_add(ops.load(&batch.v.re, &batch.v.im, j), norm);
    }
    s.store(norm, &mut batch.entries_squared[2 * k + 1]);
    if first + 1 == ncols {
        // A row of one entry stays.
        batch.v.fill_zero();
        batch.w.fill_zero();
        std::mem::swap(&mut batch.u, &mut batch.next_u);
        return;
    }
    let r = ops.load(&batch.v.re, &batch.v.im, first);
    let inverse = batched_reflector(ops, &mut batch.v, first, norm);
    // v - r, which has a first entry only.
    let along = ops.add(ops.load(&batch.v.re, &batch.v.im, first), ops.neg(r));
    // -y^H v.
    let mut overlap = ops.zero();
    for j in first..ncols {
        let y = ops.neg(ops.load(&batch.y.re, &batch.y.im, j));
        overlap = ops.conj_mul_add(y, ops.load(&batch.v.re, &batch.v.im, j), overlap);
    }
    for i in first..batch.nrows {
        let place = first * batch.nrows + i;
        let a = ops.load(&batch.matrix.re, &batch.matrix.im, place);
        let p = ops.load(&batch.product.re, &batch.product.im, i);
        let p = ops.mul_add(a, along, p);
        let p = ops.mul_add(ops.load(&batch.next_u.re, &batch.next_u.im, i), overlap, p);
        let w = ops.scale(p, inverse);
        ops.store(w, &mut batch.w.re, &mut batch.w.im, i);
    }
    std::mem::swap(&mut batch.u, &mut batch.next_u);
}
