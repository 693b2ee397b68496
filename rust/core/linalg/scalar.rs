//! The four kinds of numbers that matrices hold: `f32`, `f64` and the complex numbers of each.

use std::ops::{AddAssign, Div, Mul, MulAssign};

use faer::traits::{ComplexField, RealField};
use faer::{ContiguousFwd, MatMut};
use num_complex::Complex;

use crate::simd;

/// An entry of a matrix.
pub trait Scalar: ComplexField<Real: Part> + Copy + Default + Send + Sync + 'static {
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Real numbers that it consists of.
    const PARTS: usize;
    /// Complex conjugate.
    #[must_use]
    fn conjugate(self) -> Self;
    /// Real part.
    fn re(self) -> Self::Real;
    /// Imaginary part.
    fn imaginary(self) -> Self::Real;
    /// A real number as an entry.
    fn from_re(re: Self::Real) -> Self;
    /// An entry from its real and imaginary parts; real entries have no room for the latter.
    fn from_parts(re: Self::Real, im: Self::Real) -> Self;
    /// Product with a real number.
    #[must_use]
    fn scaled(self, factor: Self::Real) -> Self;
    /// The real numbers that entries consist of, in the order of memory.
    fn parts(entries: &[Self]) -> &[Self::Real];
    /// The same, to be written to.
    fn parts_mut(entries: &mut [Self]) -> &mut [Self::Real];
    /// Sum of two entries.
    #[must_use]
    fn plus(self, other: Self) -> Self;
}

/// An entry in double precision with its field's arithmetic.
pub trait Entry:
    Scalar<Real = f64> + Mul<Output = Self> + MulAssign + Div<f64, Output = Self> + AddAssign
{
}

impl Entry for f64 {}
impl Entry for Complex<f64> {}

/// A block of a matrix to write to whose columns lie in one piece each.
pub type Block<'a, T> = MatMut<'a, T, usize, usize, ContiguousFwd>;

/// Real and imaginary parts of a [`Scalar`].
pub trait Part: RealField + simd::Wide + PartialOrd {
    /// Powers of two up to this exponent, of either sign, are normal numbers.
    const MAX_EXPONENT: i32;
}

impl Part for f32 {
    const MAX_EXPONENT: i32 = 126;
}

impl Part for f64 {
    const MAX_EXPONENT: i32 = 1022;
}

macro_rules! scalar {
    ($real:ty) => {
        impl Scalar for $real {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const PARTS: usize = 1;

            #[inline(always)]
            fn conjugate(self) -> Self {
                self
            }
            #[inline(always)]
            fn re(self) -> Self {
                self
            }
            #[inline(always)]
            fn imaginary(self) -> Self {
                0.0
            }
            #[inline(always)]
            fn from_re(re: Self) -> Self {
                re
            }
            #[inline(always)]
            fn from_parts(re: Self, _: Self) -> Self {
                re
            }
            #[inline(always)]
            fn scaled(self, factor: Self) -> Self {
                self * factor
            }
            #[inline(always)]
            fn parts(entries: &[Self]) -> &[Self] {
                entries
            }
            #[inline(always)]
            fn parts_mut(entries: &mut [Self]) -> &mut [Self] {
                entries
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }
        }

        impl Scalar for Complex<$real> {
            const ZERO: Self = Self { re: 0.0, im: 0.0 };
            const ONE: Self = Self { re: 1.0, im: 0.0 };
            const PARTS: usize = 2;

            #[inline(always)]
            fn conjugate(self) -> Self {
                Self {
                    re: self.re,
                    im: -self.im,
                }
            }
            #[inline(always)]
            fn re(self) -> $real {
                self.re
            }
            #[inline(always)]
            fn imaginary(self) -> $real {
                self.im
            }
            #[inline(always)]
            fn from_re(re: $real) -> Self {
                Self { re, im: 0.0 }
            }
            #[inline(always)]
            fn from_parts(re: $real, im: $real) -> Self {
                Self { re, im }
            }
            #[inline(always)]
            fn scaled(self, factor: $real) -> Self {
                Self {
                    re: self.re * factor,
                    im: self.im * factor,
                }
            }
            #[inline(always)]
            fn parts(entries: &[Self]) -> &[$real] {
                let (at, len) = (entries.as_ptr().cast(), 2 * entries.len());
                // SAFETY: a complex number is laid out as two reals (`repr(C)`), with the alignment
                // of one; the borrow of `entries` lasts as long as the result.
                unsafe { std::slice::from_raw_parts(at, len) }
            }
            #[inline(always)]
            fn parts_mut(entries: &mut [Self]) -> &mut [$real] {
                let (at, len) = (entries.as_mut_ptr().cast(), 2 * entries.len());
                // SAFETY: as above.
                unsafe { std::slice::from_raw_parts_mut(at, len) }
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                Self {
                    re: self.re + other.re,
                    im: self.im + other.im,
                }
            }
        }
    };
}

scalar!(f32);
scalar!(f64);
