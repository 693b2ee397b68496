//! Real or complex numbers in SIMD lanes, and vectors of them: one kernel body serves both fields.

use crate::error::{Result, try_filled};
use crate::simd::{F64x8, Simd};

/// A complex number in each lane, or a real one.
#[derive(Debug, Clone, Copy)]
pub struct SimdScalar<F> {
    /// Real part.
    pub re: F,
    /// Imaginary part; the real one again where there is none.
    pub im: F,
}

/// Arithmetic of [`SimdScalar`]s.
#[derive(Clone, Copy)]
pub struct ScalarOps<S, const COMPLEX: bool>(pub S);

impl<S: Simd, const COMPLEX: bool> ScalarOps<S, COMPLEX> {
    /// Zero.
    #[inline(always)]
    pub fn zero(self) -> SimdScalar<S::F> {
        let zero = self.0.splat(0.0);
        SimdScalar { re: zero, im: zero }
    }

    /// Number i of real and imaginary parts that lie apart.
    #[inline(always)]
    pub fn load(self, re: &[F64x8], im: &[F64x8], i: usize) -> SimdScalar<S::F> {
        let re = self.0.load(&re[i]);
        SimdScalar {
            re,
            im: if COMPLEX { self.0.load(&im[i]) } else { re },
        }
    }

    /// Writes number i of them.
    #[inline(always)]
    pub fn store(self, x: SimdScalar<S::F>, re: &mut [F64x8], im: &mut [F64x8], i: usize) {
        self.0.store(x.re, &mut re[i]);
        if COMPLEX {
            self.0.store(x.im, &mut im[i]);
        }
    }

    /// The number whose parts lie side by side in `lanes`.
    #[inline(always)]
    pub fn read(self, lanes: &[F64x8]) -> SimdScalar<S::F> {
        let re = self.0.load(&lanes[0]);
        SimdScalar {
            re,
            im: if COMPLEX { self.0.load(&lanes[1]) } else { re },
        }
    }

    /// Writes it there.
    #[inline(always)]
    pub fn write(self, x: SimdScalar<S::F>, lanes: &mut [F64x8]) {
        self.0.store(x.re, &mut lanes[0]);
        if COMPLEX {
            self.0.store(x.im, &mut lanes[1]);
        }
    }

    /// The same number in all lanes.
    #[inline(always)]
    pub fn splat(self, re: f64, im: f64) -> SimdScalar<S::F> {
        let re = self.0.splat(re);
        SimdScalar {
            re,
            im: if COMPLEX { self.0.splat(im) } else { re },
        }
    }

    /// -x.
    #[inline(always)]
    pub fn neg(self, x: SimdScalar<S::F>) -> SimdScalar<S::F> {
        let zero = self.0.splat(0.0);
        SimdScalar {
            re: self.0.sub(zero, x.re),
            im: self.0.sub(zero, x.im),
        }
    }

    /// Complex conjugate of x.
    #[inline(always)]
    pub fn conj(self, x: SimdScalar<S::F>) -> SimdScalar<S::F> {
        if COMPLEX {
            let im = self.0.sub(self.0.splat(0.0), x.im);
            SimdScalar { re: x.re, im }
        } else {
            x
        }
    }

    /// x + y.
    #[inline(always)]
    pub fn add(self, x: SimdScalar<S::F>, y: SimdScalar<S::F>) -> SimdScalar<S::F> {
        SimdScalar {
            re: self.0.add(x.re, y.re),
            im: self.0.add(x.im, y.im),
        }
    }

    /// c + a b; fastest where b stays the same in a loop.
    #[inline(always)]
    pub fn mul_add(
        self,
        a: SimdScalar<S::F>,
        b: SimdScalar<S::F>,
        c: SimdScalar<S::F>,
    ) -> SimdScalar<S::F> {
        let Self(s) = self;
        if !COMPLEX {
            let re = s.fma(a.re, b.re, c.re);
            return SimdScalar { re, im: re };
        }
        let minus = s.sub(s.splat(0.0), b.im);
        SimdScalar {
            re: s.fma(a.im, minus, s.fma(a.re, b.re, c.re)),
            im: s.fma(a.im, b.re, s.fma(a.re, b.im, c.im)),
        }
    }

    /// c + conj(a) b; fastest where a stays the same in a loop.
    #[inline(always)]
    pub fn conj_mul_add(
        self,
        a: SimdScalar<S::F>,
        b: SimdScalar<S::F>,
        c: SimdScalar<S::F>,
    ) -> SimdScalar<S::F> {
        let Self(s) = self;
        if !COMPLEX {
            return self.mul_add(a, b, c);
        }
        let minus = s.sub(s.splat(0.0), a.im);
        SimdScalar {
            re: s.fma(a.im, b.im, s.fma(a.re, b.re, c.re)),
            im: s.fma(minus, b.re, s.fma(a.re, b.im, c.im)),
        }
    }

    /// c + |a|^2.
    #[inline(always)]
    pub fn square_add(self, a: SimdScalar<S::F>, c: S::F) -> S::F {
        let Self(s) = self;
        let sum = s.fma(a.re, a.re, c);
        if COMPLEX { s.fma(a.im, a.im, sum) } else { sum }
    }

    /// x f for a real f.
    #[inline(always)]
    pub fn scale(self, x: SimdScalar<S::F>, f: S::F) -> SimdScalar<S::F> {
        let re = self.0.mul(x.re, f);
        SimdScalar {
            re,
            im: if COMPLEX { self.0.mul(x.im, f) } else { re },
        }
    }

    /// x where `mask`, else y.
    #[inline(always)]
    pub fn select(self, mask: S::M, x: SimdScalar<S::F>, y: SimdScalar<S::F>) -> SimdScalar<S::F> {
        SimdScalar {
            re: self.0.select(mask, x.re, y.re),
            im: self.0.select(mask, x.im, y.im),
        }
    }
}

/// Real and imaginary parts; of real numbers there are no imaginary ones.
#[derive(Debug)]
pub struct SplitVector {
    /// Real parts.
    pub re: Vec<F64x8>,
    /// Imaginary parts.
    pub im: Vec<F64x8>,
}

impl SplitVector {
    /// All zero.
    pub fn zeros(len: usize, complex: bool) -> Result<Self> {
        let what = "matrices side by side";
        Ok(Self {
            re: try_filled(what, len, F64x8::ZERO)?,
            im: try_filled(what, if complex { len } else { 0 }, F64x8::ZERO)?,
        })
    }

    /// Makes all of them zero.
    pub fn fill_zero(&mut self) {
        self.re.fill(F64x8::ZERO);
        self.im.fill(F64x8::ZERO);
    }

    /// The numbers from `start` on.
    pub fn from(&self, start: usize) -> SplitView<'_> {
        SplitView {
            re: &self.re[start..],
            im: &self.im[start.min(self.im.len())..],
        }
    }
}

/// Part of a vector.
#[derive(Clone, Copy)]
pub struct SplitView<'a> {
    /// Real parts.
    pub re: &'a [F64x8],
    /// Imaginary parts.
    pub im: &'a [F64x8],
}
