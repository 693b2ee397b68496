//! Vectors of eight matrices, one matrix in each SIMD lane, and their reflections.

use super::numbers::{FLUSH, Number, Numbers};
use crate::error::{Result, try_filled};
use crate::simd::{Lane, Simd};

/// Real and imaginary parts; of real numbers there are no imaginary ones.
#[derive(Debug)]
pub struct Parts {
    /// Real parts.
    pub re: Vec<Lane>,
    /// Imaginary parts.
    pub im: Vec<Lane>,
}

impl Parts {
    /// All zero.
    pub fn zeros(len: usize, complex: bool) -> Result<Self> {
        let what = "matrices side by side";
        Ok(Self {
            re: try_filled(what, len, Lane::ZERO)?,
            im: try_filled(what, if complex { len } else { 0 }, Lane::ZERO)?,
        })
    }

    /// Makes all of them zero.
    pub fn fill_zero(&mut self) {
        self.re.fill(Lane::ZERO);
        self.im.fill(Lane::ZERO);
    }

    /// The numbers from `start` on.
    pub fn from(&self, start: usize) -> View<'_> {
        View {
            re: &self.re[start..],
            im: &self.im[start.min(self.im.len())..],
        }
    }
}

/// Part of a vector.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Real parts.
    pub re: &'a [Lane],
    /// Imaginary parts.
    pub im: &'a [Lane],
}

/// Turns x in `vector`, which begins at `first` and has that squared norm, into the u of its reflection
/// 1 - u u^H / h; 1 / h, or 0 where x counts as zero.
#[inline(always)]
pub fn reflection<S: Simd, const C: bool>(
    m: Numbers<S, C>,
    vector: &mut Parts,
    first: usize,
    norm: S::F,
) -> S::F {
    let Numbers(s) = m;
    let (zero, one, flush) = (s.splat(0.0), s.splat(1.0), s.splat(FLUSH));
    let x = m.load(&vector.re, &vector.im, first);
    let square = m.square_add(x, zero);
    let (length, modulus) = (s.sqrt(norm), s.sqrt(square));
    // A first entry that is nothing beside the others has no phase; any will do.
    let no_phase = s.le(square, s.mul(flush, norm));
    let modulus = s.select(no_phase, zero, modulus);
    let ratio = s.div(length, s.select(no_phase, one, modulus));
    let along = m.scale(x, s.add(one, ratio));
    let u = m.select(
        no_phase,
        Number {
            re: length,
            im: zero,
        },
        along,
    );
    m.store(u, &mut vector.re, &mut vector.im, first);
    let h = s.fma(modulus, length, norm);
    let nothing = s.lt(norm, flush);
    s.select(nothing, zero, s.div(one, s.select(nothing, one, h)))
}
