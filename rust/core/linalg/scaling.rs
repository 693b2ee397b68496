//! Powers of two that bring the entries of matrices to about 1.

use super::scalar::Scalar;
use crate::error::{Error, Result};
use crate::simd::{Kernel, LANES, Real, Simd, dispatch};

/// Numbers that are looked at side by side: two registers hide what one comparison takes.
const WIDTH: usize = 2 * LANES;

/// The largest |Re| or |Im| of the entries.
///
/// # Errors
/// [`Error::Value`] if an entry is NaN or infinite.
pub fn largest<T: Scalar>(entries: &[T]) -> Result<f64> {
    dispatch(Largest(T::parts(entries))).ok_or_else(|| {
        let reason = "must be finite; an entry is NaN or infinite";
        Error::value("matrices", reason)
    })
}

/// The largest of the absolute values of numbers, none if one is NaN or infinite.
struct Largest<'a, R>(&'a [R]);

impl<R: Real> Kernel for Largest<'_, R> {
    type Output = Option<f64>;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> Option<f64> {
        let (whole, rest) = self.0.as_chunks::<WIDTH>();
        // Zero times a number is zero where it is finite and NaN elsewhere.
        let (mut most, mut zeros) = ([0.0; WIDTH], [0.0; WIDTH]);
        for numbers in whole {
            for i in 0..WIDTH {
                let x = numbers[i].to_f64().abs();
                most[i] = if x > most[i] { x } else { most[i] };
                zeros[i] += 0.0 * x;
            }
        }
        for (i, number) in rest.iter().enumerate() {
            let x = number.to_f64().abs();
            most[i] = if x > most[i] { x } else { most[i] };
            zeros[i] += 0.0 * x;
        }
        let finite = zeros == [0.0; WIDTH];
        finite.then(|| most.into_iter().fold(0.0, f64::max))
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
