//! Eight small matrices at once, one in each SIMD lane. What happens in a lane depends on the numbers in
//! that lane alone.

use std::array::from_fn;

use super::super::lanes::{Parts, reflection};
use super::super::numbers::Numbers;
use crate::error::{Result, try_filled};
use crate::linalg::gram::Source;
use crate::linalg::scalar::Scalar;
use crate::simd::{Kernel, LANES, Lane, Real, Simd};

/// Columns that are worked on together.
const PAIR: usize = 2;

/// Eight matrices with entries of about 1 or below, and their reductions.
#[derive(Debug)]
pub struct Group {
    nrows: usize,
    ncols: usize,
    complex: bool,
    /// Column-major. One column of zeros follows where the number of columns is odd.
    matrix: Parts,
    /// Of the last step and of this one.
    u: Parts,
    w: Parts,
    next: Parts,
    product: Parts,
    y: Parts,
    v: Parts,
    /// Squares of the entries of the bidiagonal matrices, diagonal and superdiagonal in turn: twice as many
    /// rows as there are columns, the last one zero.
    pub squares: Vec<Lane>,
}

impl Group {
    /// Eight matrices of `nrows >= ncols >= 1`, all zero, complex or real.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::error::Error::Memory) where they do not fit.
    pub fn zeros(nrows: usize, ncols: usize, complex: bool) -> Result<Self> {
        let padded = ncols.next_multiple_of(PAIR);
        let column = || Parts::zeros(nrows, complex);
        let row = || Parts::zeros(padded, complex);
        Ok(Self {
            nrows,
            ncols,
            complex,
            matrix: Parts::zeros(nrows * padded, complex)?,
            u: column()?,
            w: column()?,
            next: column()?,
            product: column()?,
            y: row()?,
            v: row()?,
            squares: try_filled("bidiagonal matrices", 2 * ncols, Lane::ZERO)?,
        })
    }

    /// Loads the transposes of up to eight matrices, each multiplied by its factor, into the lanes; lanes
    /// without a matrix become zero.
    pub fn load<T: Scalar, M: Source<T>>(&mut self, sources: &[M], factors: [f64; LANES]) {
        let Some(first) = sources.first() else {
            return;
        };
        // All have the same places.
        let (along, across) = (first.columns(0..self.nrows), first.rows(0..self.ncols));
        let entries: [&[T]; LANES] = from_fn(|lane| sources.get(lane).unwrap_or(first).entries());
        let factors: [f64; LANES] = from_fn(|lane| {
            if lane < sources.len() {
                factors[lane]
            } else {
                0.0
            }
        });
        for (j, &step) in across.iter().enumerate() {
            for (i, &offset) in along.iter().enumerate() {
                let (place, at) = (j * self.nrows + i, offset + step);
                let re = |lane: usize| entries[lane][at].re().to_f64() * factors[lane];
                self.matrix.re[place] = Lane(from_fn(re));
                if self.complex {
                    let im = |lane: usize| entries[lane][at].imaginary().to_f64() * factors[lane];
                    self.matrix.im[place] = Lane(from_fn(im));
                }
            }
        }
    }

    /// Reduces the matrices, which are lost.
    pub fn reduce(&mut self) {
        for parts in [&mut self.u, &mut self.w, &mut self.y, &mut self.v] {
            parts.fill_zero();
        }
        if self.complex {
            crate::simd::dispatch(Reduce::<true>(self));
        } else {
            crate::simd::dispatch(Reduce::<false>(self));
        }
    }
}

struct Reduce<'a, const COMPLEX: bool>(&'a mut Group);

impl<const COMPLEX: bool> Kernel for Reduce<'_, COMPLEX> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let group = self.0;
        let numbers = Numbers::<S, COMPLEX>(s);
        let ncols = group.ncols;
        for k in 0..ncols {
            let norm = column(numbers, group, k);
            s.store(norm, &mut group.squares[2 * k]);
            if k + 1 == ncols {
                continue;
            }
            let inverse = reflection(numbers, &mut group.next, k, norm);
            group.product.fill_zero();
            for j in ((k + 1) / PAIR * PAIR..ncols).step_by(PAIR) {
                update(numbers, group, k, j, inverse);
                multiply(numbers, group, k, j);
            }
            finish(numbers, group, k);
        }
    }
}

/// Updates column k and puts it from the diagonal on into `next`; the squared norm of that.
#[inline(always)]
fn column<S: Simd, const C: bool>(m: Numbers<S, C>, group: &mut Group, k: usize) -> S::F {
    let (u, w) = (&group.u, &group.w);
    let y = m.neg(m.load(&group.y.re, &group.y.im, k));
    let v = m.neg(m.load(&group.v.re, &group.v.im, k));
    let mut norm = m.0.splat(0.0);
    for i in k..group.nrows {
        let x = m.load(&group.matrix.re, &group.matrix.im, k * group.nrows + i);
        let x = m.conj_mul_add(y, m.load(&u.re, &u.im, i), x);
        let x = m.conj_mul_add(v, m.load(&w.re, &w.im, i), x);
        m.store(x, &mut group.next.re, &mut group.next.im, i);
        norm = m.square_add(x, norm);
    }
    norm
}

/// Applies the update that waits to columns j and j + 1, and puts their entries of the next y and r in
/// place of its y and v.
#[inline(always)]
fn update<S: Simd, const C: bool>(
    m: Numbers<S, C>,
    group: &mut Group,
    k: usize,
    j: usize,
    inverse: S::F,
) {
    let Numbers(s) = m;
    let nrows = group.nrows;
    let im = |parts: usize| if C { parts } else { 0 };
    let (start, len) = (j * nrows, nrows - k);
    let (re, more_re) = group.matrix.re[start..start + PAIR * nrows].split_at_mut(nrows);
    let (im_, more_im) =
        group.matrix.im[im(start)..im(start + PAIR * nrows)].split_at_mut(im(nrows));
    let (re, more_re) = (&mut re[k..][..len], &mut more_re[k..][..len]);
    let (im_, more_im) = (
        &mut im_[im(k)..][..im(len)],
        &mut more_im[im(k)..][..im(len)],
    );
    let (u, w, next) = (group.u.from(k), group.w.from(k), group.next.from(k));
    let (u_re, w_re, next_re) = (&u.re[..len], &w.re[..len], &next.re[..len]);
    let (u_im, w_im, next_im) = (&u.im[..im(len)], &w.im[..im(len)], &next.im[..im(len)]);
    let y = [
        m.neg(m.load(&group.y.re, &group.y.im, j)),
        m.neg(m.load(&group.y.re, &group.y.im, j + 1)),
    ];
    let v = [
        m.neg(m.load(&group.v.re, &group.v.im, j)),
        m.neg(m.load(&group.v.re, &group.v.im, j + 1)),
    ];
    // conj(a) u in three sums each: the sign of the third waits until the end.
    let mut sums = [m.zero(); PAIR];
    let mut crossed = [s.splat(0.0); PAIR];
    for i in 0..len {
        let (u, w) = (m.load(u_re, u_im, i), m.load(w_re, w_im, i));
        let next = m.load(next_re, next_im, i);
        let mut a = [m.load(re, im_, i), m.load(more_re, more_im, i)];
        for c in 0..PAIR {
            a[c] = m.conj_mul_add(y[c], u, a[c]);
            a[c] = m.conj_mul_add(v[c], w, a[c]);
            sums[c].re = s.fma(a[c].re, next.re, sums[c].re);
            if C {
                sums[c].re = s.fma(a[c].im, next.im, sums[c].re);
                sums[c].im = s.fma(a[c].re, next.im, sums[c].im);
                crossed[c] = s.fma(a[c].im, next.re, crossed[c]);
            }
        }
        m.store(a[0], re, im_, i);
        m.store(a[1], more_re, more_im, i);
    }
    let head = m.neg(m.load(next_re, next_im, 0));
    let row = [m.load(re, im_, 0), m.load(more_re, more_im, 0)];
    for c in 0..PAIR {
        let column = j + c;
        // Column k itself is done with.
        let (y, r) = if column == k {
            (m.zero(), m.zero())
        } else {
            sums[c].im = s.sub(sums[c].im, crossed[c]);
            let y = m.scale(sums[c], inverse);
            (y, m.conj(m.conj_mul_add(y, head, row[c])))
        };
        m.store(y, &mut group.y.re, &mut group.y.im, column);
        m.store(r, &mut group.v.re, &mut group.v.im, column);
    }
}

/// Adds the part of columns j and j + 1 to the product A r.
#[inline(always)]
fn multiply<S: Simd, const C: bool>(m: Numbers<S, C>, group: &mut Group, k: usize, j: usize) {
    let nrows = group.nrows;
    let im = |parts: usize| if C { parts } else { 0 };
    let (first, len) = (k + 1, nrows - k - 1);
    let column = |parts: usize| parts * nrows + first;
    let re = &group.matrix.re[column(j)..][..len];
    let im_ = &group.matrix.im[im(column(j))..][..im(len)];
    let more_re = &group.matrix.re[column(j + 1)..][..len];
    let more_im = &group.matrix.im[im(column(j + 1))..][..im(len)];
    let p_re = &mut group.product.re[first..][..len];
    let p_im = &mut group.product.im[im(first)..][..im(len)];
    let r = [
        m.load(&group.v.re, &group.v.im, j),
        m.load(&group.v.re, &group.v.im, j + 1),
    ];
    for i in 0..len {
        let p = m.mul_add(m.load(re, im_, i), r[0], m.load(p_re, p_im, i));
        let p = m.mul_add(m.load(more_re, more_im, i), r[1], p);
        m.store(p, p_re, p_im, i);
    }
}

/// Makes v of r and w of the product, and hands u to the next step.
#[inline(always)]
fn finish<S: Simd, const C: bool>(m: Numbers<S, C>, group: &mut Group, k: usize) {
    let Numbers(s) = m;
    let (first, ncols) = (k + 1, group.ncols);
    let mut norm = s.splat(0.0);
    for j in first..ncols {
        norm = m.square_add(m.load(&group.v.re, &group.v.im, j), norm);
    }
    s.store(norm, &mut group.squares[2 * k + 1]);
    if first + 1 == ncols {
        // A row of one entry stays.
        group.v.fill_zero();
        group.w.fill_zero();
        std::mem::swap(&mut group.u, &mut group.next);
        return;
    }
    let r = m.load(&group.v.re, &group.v.im, first);
    let inverse = reflection(m, &mut group.v, first, norm);
    // What makes v of r.
    let along = m.add(m.load(&group.v.re, &group.v.im, first), m.neg(r));
    // -y^H v.
    let mut overlap = m.zero();
    for j in first..ncols {
        let y = m.neg(m.load(&group.y.re, &group.y.im, j));
        overlap = m.conj_mul_add(y, m.load(&group.v.re, &group.v.im, j), overlap);
    }
    for i in first..group.nrows {
        let place = first * group.nrows + i;
        let a = m.load(&group.matrix.re, &group.matrix.im, place);
        let p = m.load(&group.product.re, &group.product.im, i);
        let p = m.mul_add(a, along, p);
        let p = m.mul_add(m.load(&group.next.re, &group.next.im, i), overlap, p);
        let w = m.scale(p, inverse);
        m.store(w, &mut group.w.re, &mut group.w.im, i);
    }
    std::mem::swap(&mut group.u, &mut group.next);
}
