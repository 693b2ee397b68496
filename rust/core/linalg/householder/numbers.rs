//! Complex or real numbers in SIMD lanes, for the Householder reductions.

use crate::simd::{Lane, Simd};

/// Squared moduli below this, 2^-160, count as zero. Norms are from 1 / (2 n) to 1 here, so that this
/// moves an eigenvalue by 2^-64 of the norm at most; the square of the inverse is finite.
pub const FLUSH: f64 = 6.842277657836021e-49;

/// A complex number in each lane, or a real one.
#[derive(Debug, Clone, Copy)]
pub struct Number<F> {
    /// Real part.
    pub re: F,
    /// Imaginary part; the real one again where there is none.
    pub im: F,
}

/// Arithmetic of [`Number`]s.
#[derive(Clone, Copy)]
pub struct Numbers<S, const COMPLEX: bool>(pub S);

impl<S: Simd, const COMPLEX: bool> Numbers<S, COMPLEX> {
    /// Zero.
    #[inline(always)]
    pub fn zero(self) -> Number<S::F> {
        let zero = self.0.splat(0.0);
        Number { re: zero, im: zero }
    }

    /// Number i of real and imaginary parts that lie apart.
    #[inline(always)]
    pub fn load(self, re: &[Lane], im: &[Lane], i: usize) -> Number<S::F> {
        let re = self.0.load(&re[i]);
        Number {
            re,
            im: if COMPLEX { self.0.load(&im[i]) } else { re },
        }
    }

    /// Writes number i of them.
    #[inline(always)]
    pub fn store(self, x: Number<S::F>, re: &mut [Lane], im: &mut [Lane], i: usize) {
        self.0.store(x.re, &mut re[i]);
        if COMPLEX {
            self.0.store(x.im, &mut im[i]);
        }
    }

    /// The number whose parts lie side by side in `lanes`.
    #[inline(always)]
    pub fn read(self, lanes: &[Lane]) -> Number<S::F> {
        let re = self.0.load(&lanes[0]);
        Number {
            re,
            im: if COMPLEX { self.0.load(&lanes[1]) } else { re },
        }
    }

    /// Writes it there.
    #[inline(always)]
    pub fn write(self, x: Number<S::F>, lanes: &mut [Lane]) {
        self.0.store(x.re, &mut lanes[0]);
        if COMPLEX {
            self.0.store(x.im, &mut lanes[1]);
        }
    }

    /// The same number in all lanes.
    #[inline(always)]
    pub fn splat(self, re: f64, im: f64) -> Number<S::F> {
        let re = self.0.splat(re);
        Number {
            re,
            im: if COMPLEX { self.0.splat(im) } else { re },
        }
    }

    /// -x.
    #[inline(always)]
    pub fn neg(self, x: Number<S::F>) -> Number<S::F> {
        let zero = self.0.splat(0.0);
        Number {
            re: self.0.sub(zero, x.re),
            im: self.0.sub(zero, x.im),
        }
    }

    /// Complex conjugate of x.
    #[inline(always)]
    pub fn conj(self, x: Number<S::F>) -> Number<S::F> {
        if COMPLEX {
            let im = self.0.sub(self.0.splat(0.0), x.im);
            Number { re: x.re, im }
        } else {
            x
        }
    }

    /// x + y.
    #[inline(always)]
    pub fn add(self, x: Number<S::F>, y: Number<S::F>) -> Number<S::F> {
        Number {
            re: self.0.add(x.re, y.re),
            im: self.0.add(x.im, y.im),
        }
    }

    /// c + a b; fastest where b stays the same in a loop.
    #[inline(always)]
    pub fn mul_add(self, a: Number<S::F>, b: Number<S::F>, c: Number<S::F>) -> Number<S::F> {
        let Self(s) = self;
        if !COMPLEX {
            let re = s.fma(a.re, b.re, c.re);
            return Number { re, im: re };
        }
        let minus = s.sub(s.splat(0.0), b.im);
        Number {
            re: s.fma(a.im, minus, s.fma(a.re, b.re, c.re)),
            im: s.fma(a.im, b.re, s.fma(a.re, b.im, c.im)),
        }
    }

    /// c + conj(a) b; fastest where a stays the same in a loop.
    #[inline(always)]
    pub fn conj_mul_add(self, a: Number<S::F>, b: Number<S::F>, c: Number<S::F>) -> Number<S::F> {
        let Self(s) = self;
        if !COMPLEX {
            return self.mul_add(a, b, c);
        }
        let minus = s.sub(s.splat(0.0), a.im);
        Number {
            re: s.fma(a.im, b.im, s.fma(a.re, b.re, c.re)),
            im: s.fma(minus, b.re, s.fma(a.re, b.im, c.im)),
        }
    }

    /// c + |a|^2.
    #[inline(always)]
    pub fn square_add(self, a: Number<S::F>, c: S::F) -> S::F {
        let Self(s) = self;
        let sum = s.fma(a.re, a.re, c);
        if COMPLEX { s.fma(a.im, a.im, sum) } else { sum }
    }

    /// x f for a real f.
    #[inline(always)]
    pub fn scale(self, x: Number<S::F>, f: S::F) -> Number<S::F> {
        let re = self.0.mul(x.re, f);
        Number {
            re,
            im: if COMPLEX { self.0.mul(x.im, f) } else { re },
        }
    }

    /// x where `mask`, else y.
    #[inline(always)]
    pub fn select(self, mask: S::M, x: Number<S::F>, y: Number<S::F>) -> Number<S::F> {
        Number {
            re: self.0.select(mask, x.re, y.re),
            im: self.0.select(mask, x.im, y.im),
        }
    }
}
