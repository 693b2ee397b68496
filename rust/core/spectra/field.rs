//! Real or complex: Dyson's index beta of what is drawn, and arrays of complex numbers as reals.

use faer::c64;

use crate::error::{Error, Result};

/// The field that matrix entries and amplitudes belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// beta = 1.
    Real,
    /// beta = 2; real and imaginary parts lie side by side.
    Complex,
}

impl Field {
    /// From Dyson's index.
    ///
    /// # Errors
    /// [`Error::Value`] unless `beta` is 1 or 2.
    pub fn from_beta(beta: u32) -> Result<Self> {
        match beta {
            1 => Ok(Self::Real),
            2 => Ok(Self::Complex),
            _ => Err(Error::value("beta", format!("must be 1 or 2, got {beta}"))),
        }
    }

    /// Dyson's index, which is also the number of reals in an entry.
    pub fn beta(self) -> usize {
        match self {
            Self::Real => 1,
            Self::Complex => 2,
        }
    }
}

/// The complex numbers whose real and imaginary parts lie side by side in `reals`; an odd one at
/// the end is left out.
pub fn as_complex_mut(reals: &mut [f64]) -> &mut [c64] {
    let len = reals.len() / 2;
    // SAFETY: a complex number is laid out as two reals (`repr(C)`), with the alignment of one, and
    // every pattern of bits is valid for both; the borrow of `reals` lasts as long as the result.
    unsafe { std::slice::from_raw_parts_mut(reals.as_mut_ptr().cast::<c64>(), len) }
}

/// As [`as_complex_mut`], to read.
pub fn as_complex(reals: &[f64]) -> &[c64] {
    let len = reals.len() / 2;
    // SAFETY: as in `as_complex_mut`.
    unsafe { std::slice::from_raw_parts(reals.as_ptr().cast::<c64>(), len) }
}
