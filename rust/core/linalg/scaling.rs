//! Powers of two that bring the entries of matrices to about 1.

use super::scalar::Scalar;
use crate::error::{Error, Result};

/// The largest |Re| or |Im| of the entries.
///
/// # Errors
/// [`Error::Value`] if an entry is NaN or infinite.
pub fn largest<T: Scalar>(entries: &[T]) -> Result<f64> {
    // Bits of numbers that are not negative are ordered as they are, and NaN is the largest.
    let bits = entries
        .iter()
        .fold(0, |most: u64, entry| most.max(entry.magnitude().to_bits()));
    let largest = f64::from_bits(bits);
    if largest.is_finite() {
        Ok(largest)
    } else {
        let reason = "must be finite; an entry is NaN or infinite";
        Err(Error::value("matrices", reason))
    }
}

/// Exponent of the power of two that is above a number and at most twice it; 0 for zero.
pub fn exponent_above(number: f64) -> i32 {
    if number == 0.0 {
        return 0;
    }
    // Subnormal numbers are multiplied into the normal ones first.
    let (number, shift) = if number < f64::MIN_POSITIVE {
        (number * exp2(64), 64)
    } else {
        (number, 0)
    };
    (number.to_bits() >> 52 & 0x7ff) as i32 - 1022 - shift
}

/// 2^power, for |power| <= 1022.
pub fn exp2(power: i32) -> f64 {
    f64::from_bits(((power + 1023) as u64) << 52)
}
