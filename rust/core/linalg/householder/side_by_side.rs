//! Householder reduction of eight small Hermitian matrices to tridiagonal form, one matrix in each
//! SIMD lane.
//!
//! Step k maps the column x below the diagonal, whose first entry is t, to one entry of modulus |x|
//! by I - u u^H / h with u = x + (t / |t|) |x| e and h = |x|^2 + |t| |x|, where e is the first unit
//! vector. With p = A u / h and q = p - (u^H p / 2h) u the rest of the matrix becomes
//! A - u q^H - q u^H. That update waits until the next step reads the matrix for its product A u,
//! so that each step passes over it once.
//!
//! Only moduli of the off-diagonal entries matter to eigenvalues, so their phases are dropped. What
//! happens in a lane depends on the numbers in that lane alone.

use std::array::from_fn;

use super::lanes::{Parts, reflection};
use super::numbers::Numbers;
use crate::error::{Result, try_filled};
use crate::linalg::scalar::Scalar;
use crate::simd::{Kernel, LANES, Lane, Real, Simd};

/// Eight Hermitian matrices of order n with entries of about 1 or below, and their reductions.
#[derive(Debug)]
pub struct Group {
    n: usize,
    complex: bool,
    /// Lower halves, column-major.
    matrix: Parts,
    /// Of the last step and of this one.
    u: Parts,
    q: Parts,
    next: Parts,
    product: Parts,
    /// Diagonals of the tridiagonal matrices.
    pub diagonal: Vec<Lane>,
    /// Squared moduli of their off-diagonals, n - 1 rows and a last one of zero.
    pub squares: Vec<Lane>,
}

impl Group {
    /// Eight matrices of order n, all zero, complex or real.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::error::Error::Memory) where they do not fit.
    pub fn zeros(n: usize, complex: bool) -> Result<Self> {
        let vector = || Parts::zeros(n, complex);
        Ok(Self {
            n,
            complex,
            matrix: Parts::zeros(n * n, complex)?,
            u: vector()?,
            q: vector()?,
            next: vector()?,
            product: vector()?,
            diagonal: try_filled("diagonals", n, Lane::ZERO)?,
            squares: try_filled("off-diagonals", n, Lane::ZERO)?,
        })
    }

    /// Loads up to eight matrices, the lower half of each column-major and multiplied by its
    /// factor, into the lanes; lanes without a matrix become zero.
    pub fn load<T: Scalar>(&mut self, matrices: &[T], factors: [f64; LANES]) {
        let n = self.n;
        let size = n * n;
        let count = (matrices.len() / size.max(1)).min(LANES);
        for column in 0..n {
            for place in column * n + column..(column + 1) * n {
                let entry = |lane: usize| {
                    let zero = lane >= count;
                    if zero {
                        T::ZERO
                    } else {
                        matrices[lane * size + place]
                    }
                };
                let re = |lane: usize| entry(lane).re().to_f64() * factors[lane];
                self.matrix.re[place] = Lane(from_fn(re));
                if self.complex {
                    let im = |lane: usize| entry(lane).imaginary().to_f64() * factors[lane];
                    self.matrix.im[place] = Lane(from_fn(im));
                }
            }
        }
    }

    /// Reduces the matrices, which are lost.
    pub fn reduce(&mut self) {
        self.u.fill_zero();
        self.q.fill_zero();
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
        let n = group.n;
        for k in 0..n {
            let norm = column(numbers, group, k);
            if k + 1 < n {
                s.store(norm, &mut group.squares[k]);
            }
            if k + 2 >= n {
                continue;
            }
            let inverse = reflection(numbers, &mut group.next, k + 1, norm);
            group.product.fill_zero();
            for j in k + 1..n {
                update_and_multiply(numbers, group, j);
            }
            finish(numbers, group, k + 1, inverse);
        }
    }
}

/// Updates column k and puts what is below the diagonal into `next`; the squared norm of that.
#[inline(always)]
fn column<S: Simd, const C: bool>(m: Numbers<S, C>, group: &mut Group, k: usize) -> S::F {
    let (u, q) = (&group.u, &group.q);
    let (u_k, q_k) = (
        m.neg(m.load(&u.re, &u.im, k)),
        m.neg(m.load(&q.re, &q.im, k)),
    );
    let mut norm = m.0.splat(0.0);
    for i in k..group.n {
        let x = m.load(&group.matrix.re, &group.matrix.im, k * group.n + i);
        let x = m.conj_mul_add(q_k, m.load(&u.re, &u.im, i), x);
        let x = m.conj_mul_add(u_k, m.load(&q.re, &q.im, i), x);
        if i == k {
            m.0.store(x.re, &mut group.diagonal[k]);
        } else {
            m.store(x, &mut group.next.re, &mut group.next.im, i);
            norm = m.square_add(x, norm);
        }
    }
    norm
}

/// Applies the update that waits to column j and adds its part of A u to `product`.
#[inline(always)]
fn update_and_multiply<S: Simd, const C: bool>(m: Numbers<S, C>, group: &mut Group, j: usize) {
    let n = group.n;
    let len = n - j;
    let start = j * n + j;
    let im = |parts: usize| if C { parts } else { 0 };
    let a_re = &mut group.matrix.re[start..start + len];
    let a_im = &mut group.matrix.im[im(start)..im(start + len)];
    let p_re = &mut group.product.re[j..j + len];
    let p_im = &mut group.product.im[im(j)..im(j + len)];
    let (u, q, next) = (group.u.from(j), group.q.from(j), group.next.from(j));
    let (u_re, q_re, next_re) = (&u.re[..len], &q.re[..len], &next.re[..len]);
    let (u_im, q_im, next_im) = (&u.im[..im(len)], &q.im[..im(len)], &next.im[..im(len)]);
    let u_j = m.neg(m.load(u_re, u_im, 0));
    let q_j = m.neg(m.load(q_re, q_im, 0));
    let next_j = m.load(next_re, next_im, 0);
    // conj(a) u in three sums: the sign of the third waits until the end.
    let (mut sum, mut crossed) = (m.zero(), m.0.splat(0.0));
    for i in 1..len {
        let a = m.load(a_re, a_im, i);
        let a = m.conj_mul_add(q_j, m.load(u_re, u_im, i), a);
        let a = m.conj_mul_add(u_j, m.load(q_re, q_im, i), a);
        m.store(a, a_re, a_im, i);
        m.store(m.mul_add(a, next_j, m.load(p_re, p_im, i)), p_re, p_im, i);
        let next = m.load(next_re, next_im, i);
        sum.re = m.0.fma(a.re, next.re, sum.re);
        if C {
            sum.re = m.0.fma(a.im, next.im, sum.re);
            sum.im = m.0.fma(a.re, next.im, sum.im);
            crossed = m.0.fma(a.im, next.re, crossed);
        }
    }
    sum.im = m.0.sub(sum.im, crossed);
    let a = m.load(a_re, a_im, 0);
    let a = m.conj_mul_add(q_j, m.load(u_re, u_im, 0), a);
    let a = m.conj_mul_add(u_j, m.load(q_re, q_im, 0), a);
    m.store(a, a_re, a_im, 0);
    // The diagonal is real.
    let along = m.scale(next_j, a.re);
    let sum = m.add(sum, m.add(along, m.load(p_re, p_im, 0)));
    m.store(sum, p_re, p_im, 0);
}

/// Makes q of the product and hands u and q to the next step.
#[inline(always)]
fn finish<S: Simd, const C: bool>(
    m: Numbers<S, C>,
    group: &mut Group,
    first: usize,
    inverse: S::F,
) {
    let Numbers(s) = m;
    let (next, product) = (&group.next, &group.product);
    // u^H A u is real.
    let mut overlap = s.splat(0.0);
    for i in first..group.n {
        let u = m.load(&next.re, &next.im, i);
        let p = m.load(&product.re, &product.im, i);
        overlap = s.fma(u.re, p.re, overlap);
        if C {
            overlap = s.fma(u.im, p.im, overlap);
        }
    }
    let half = s.mul(s.mul(overlap, s.splat(-0.5)), s.mul(inverse, inverse));
    for i in first..group.n {
        let u = m.load(&next.re, &next.im, i);
        let p = m.scale(m.load(&product.re, &product.im, i), inverse);
        let along = m.scale(u, half);
        m.store(m.add(p, along), &mut group.q.re, &mut group.q.im, i);
    }
    std::mem::swap(&mut group.u, &mut group.next);
}
