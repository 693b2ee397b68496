//! Eight small matrices at once, one in each SIMD lane. What happens in a lane depends on the numbers in
//! that lane alone.

use std::array::from_fn;

use crate::error::{Result, try_filled};
use crate::linalg::reflector::reduction::batched_reflector;
use crate::linalg::scalar::Scalar;
use crate::linalg::simd_scalar::{ScalarOps, SplitVector};
use crate::simd::{F64x8, Kernel, LANES, Real, Simd};

/// Eight Hermitian matrices of order n with entries of about 1 or below, and their tridiagonal forms.
#[derive(Debug)]
pub struct Batch {
    n: usize,
    complex: bool,
    /// Lower triangles, column-major.
    matrix: SplitVector,
    /// u and q of the delayed update; u and `A u` of the step that is being made.
    u: SplitVector,
    q: SplitVector,
    next_u: SplitVector,
    product: SplitVector,
    /// Diagonals of the tridiagonal matrices.
    pub diagonal: Vec<F64x8>,
    /// Squared moduli of their off-diagonals, n - 1 rows and a last one of zero.
    pub off_diagonal_squared: Vec<F64x8>,
}

impl Batch {
    /// Eight matrices of order n, all zero, complex or real.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::error::Error::Memory) where they do not fit.
    pub fn zeros(n: usize, complex: bool) -> Result<Self> {
        let vector = || SplitVector::zeros(n, complex);
        Ok(Self {
            n,
            complex,
            matrix: SplitVector::zeros(n * n, complex)?,
            u: vector()?,
            q: vector()?,
            next_u: vector()?,
            product: vector()?,
            diagonal: try_filled("diagonals", n, F64x8::ZERO)?,
            off_diagonal_squared: try_filled("off-diagonals", n, F64x8::ZERO)?,
        })
    }

    /// Bytes of a batch.
    pub fn bytes(n: usize, complex: bool) -> u128 {
        let (n, parts) = (n as u128, if complex { 2 } else { 1 });
        (parts * (n * n + 4 * n) + 2 * n) * size_of::<F64x8>() as u128
    }

    /// Loads up to eight matrices, the lower triangle of each column-major and multiplied by its
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
                self.matrix.re[place] = F64x8(from_fn(re));
                if self.complex {
                    let im = |lane: usize| entry(lane).imaginary().to_f64() * factors[lane];
                    self.matrix.im[place] = F64x8(from_fn(im));
                }
            }
        }
    }

    /// Tridiagonalizes the matrices, which are overwritten.
    pub fn tridiagonalize(&mut self) {
        self.u.fill_zero();
        self.q.fill_zero();
        if self.complex {
            crate::simd::dispatch(Tridiagonalize::<true>(self));
        } else {
            crate::simd::dispatch(Tridiagonalize::<false>(self));
        }
    }
}

struct Tridiagonalize<'a, const COMPLEX: bool>(&'a mut Batch);

impl<const COMPLEX: bool> Kernel for Tridiagonalize<'_, COMPLEX> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let batch = self.0;
        let ops = ScalarOps::<S, COMPLEX>(s);
        let n = batch.n;
        for k in 0..n {
            let norm = column(ops, batch, k);
            if k + 1 < n {
                s.store(norm, &mut batch.off_diagonal_squared[k]);
            }
            if k + 2 >= n {
                continue;
            }
            let inverse = batched_reflector(ops, &mut batch.next_u, k + 1, norm);
            batch.product.fill_zero();
            for j in k + 1..n {
                update_and_multiply(ops, batch, j);
            }
            finish(ops, batch, k + 1, inverse);
        }
    }
}

/// Writes column k below the diagonal, after the delayed update, to `next_u`; its squared norm.
#[inline(always)]
fn column<S: Simd, const C: bool>(ops: ScalarOps<S, C>, batch: &mut Batch, k: usize) -> S::F {
    let (u, q) = (&batch.u, &batch.q);
    let (u_k, q_k) = (
        ops.neg(ops.load(&u.re, &u.im, k)),
        ops.neg(ops.load(&q.re, &q.im, k)),
    );
    let mut norm = ops.0.splat(0.0);
    for i in k..batch.n {
        let x = ops.load(&batch.matrix.re, &batch.matrix.im, k * batch.n + i);
        let x = ops.conj_mul_add(q_k, ops.load(&u.re, &u.im, i), x);
        let x = ops.conj_mul_add(u_k, ops.load(&q.re, &q.im, i), x);
        if i == k {
            ops.0.store(x.re, &mut batch.diagonal[k]);
        } else {
            ops.store(x, &mut batch.next_u.re, &mut batch.next_u.im, i);
            norm = ops.square_add(x, norm);
        }
    }
    norm
}

/// Applies the delayed update to column j and adds its part of A u to `product`.
#[inline(always)]
fn update_and_multiply<S: Simd, const C: bool>(ops: ScalarOps<S, C>, batch: &mut Batch, j: usize) {
    let n = batch.n;
    let len = n - j;
    let start = j * n + j;
    let im = |parts: usize| if C { parts } else { 0 };
    let a_re = &mut batch.matrix.re[start..start + len];
    let a_im = &mut batch.matrix.im[im(start)..im(start + len)];
    let p_re = &mut batch.product.re[j..j + len];
    let p_im = &mut batch.product.im[im(j)..im(j + len)];
    let (u, q, next) = (batch.u.from(j), batch.q.from(j), batch.next_u.from(j));
    let (u_re, q_re, next_re) = (&u.re[..len], &q.re[..len], &next.re[..len]);
    let (u_im, q_im, next_im) = (&u.im[..im(len)], &q.im[..im(len)], &next.im[..im(len)]);
    let u_j = ops.neg(ops.load(u_re, u_im, 0));
    let q_j = ops.neg(ops.load(q_re, q_im, 0));
    let next_j = ops.load(next_re, next_im, 0);
    // conj(a) u in three sums, the third of which is subtracted at the end.
    let (mut sum, mut crossed) = (ops.zero(), ops.0.splat(0.0));
    for i in 1..len {
        let a = ops.load(a_re, a_im, i);
        let a = ops.conj_mul_add(q_j, ops.load(u_re, u_im, i), a);
        let a = ops.conj_mul_add(u_j, ops.load(q_re, q_im, i), a);
        ops.store(a, a_re, a_im, i);
        ops.store(
            ops.mul_add(a, next_j, ops.load(p_re, p_im, i)),
            p_re,
            p_im,
            i,
        );
        let next = ops.load(next_re, next_im, i);
        sum.re = ops.0.fma(a.re, next.re, sum.re);
        if C {
            sum.re = ops.0.fma(a.im, next.im, sum.re);
            sum.im = ops.0.fma(a.re, next.im, sum.im);
            crossed = ops.0.fma(a.im, next.re, crossed);
        }
    }
    sum.im = ops.0.sub(sum.im, crossed);
    let a = ops.load(a_re, a_im, 0);
    let a = ops.conj_mul_add(q_j, ops.load(u_re, u_im, 0), a);
    let a = ops.conj_mul_add(u_j, ops.load(q_re, q_im, 0), a);
    ops.store(a, a_re, a_im, 0);
    // The diagonal is real.
    let along = ops.scale(next_j, a.re);
    let sum = ops.add(sum, ops.add(along, ops.load(p_re, p_im, 0)));
    ops.store(sum, p_re, p_im, 0);
}

/// Makes q of the product and delays the update by u and q to the next step.
#[inline(always)]
fn finish<S: Simd, const C: bool>(
    ops: ScalarOps<S, C>,
    batch: &mut Batch,
    first: usize,
    inverse: S::F,
) {
    let ScalarOps(s) = ops;
    let (next, product) = (&batch.next_u, &batch.product);
    // u^H A u is real.
    let mut overlap = s.splat(0.0);
    for i in first..batch.n {
        let u = ops.load(&next.re, &next.im, i);
        let p = ops.load(&product.re, &product.im, i);
        overlap = s.fma(u.re, p.re, overlap);
        if C {
            overlap = s.fma(u.im, p.im, overlap);
        }
    }
    let half = s.mul(s.mul(overlap, s.splat(-0.5)), s.mul(inverse, inverse));
    for i in first..batch.n {
        let u = ops.load(&next.re, &next.im, i);
        let p = ops.scale(ops.load(&product.re, &product.im, i), inverse);
        let along = ops.scale(u, half);
        ops.store(ops.add(p, along), &mut batch.q.re, &mut batch.q.im, i);
    }
    std::mem::swap(&mut batch.u, &mut batch.next_u);
}
