//! Small eigenvalues of B B^T, B lower bidiagonal, each to high relative accuracy, by bisection.
//!
//! The Sturm count is the number of negative pivots of the differential stationary qd transform (Fernando
//! and Parlett, Numer. Math. 67, 191 (1994)), which works on the squared entries of B and never forms B
//! B^T: it is the number of eigenvalues below the shift, exact up to a relative change of the entries by
//! a few units in the last place. Eight shifts are counted at once, which divides a bracket into nine.

use crate::error::Result;
use crate::execution::Job;
use crate::simd::{self, Kernel, LANES, Simd};

/// Least modulus of a pivot.
const MIN_PIVOT: f64 = 1e-290;
/// Most rounds of nine-fold section, each of which gains 3.17 bits.
const MAX_ROUNDS: usize = 400;
/// Relative width at which a bracket has converged.
const RELATIVE_WIDTH: f64 = 4.0 * f64::EPSILON;

/// Replaces `values`, the smallest eigenvalues of B B^T in ascending order, by better ones.
///
/// `entries_squared` holds the squares of the entries of B, diagonal and subdiagonal in turn, `2 m - 1` of
/// them. `limit` is above all eigenvalues asked for, and the values given are right to about
/// 1e-13 limit / 1e-6.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted).
pub fn smallest_eigenvalues(
    entries_squared: &[f64],
    values: &mut [f64],
    limit: f64,
    job: &Job,
) -> Result<()> {
    let mut floor = 0.0;
    for (index, value) in values.iter_mut().enumerate() {
        let (mut low, mut high) = (floor, 2.0 * limit);
        for _ in 0..MAX_ROUNDS {
            if high - low <= RELATIVE_WIDTH * high {
                break;
            }
            job.check()?;
            let shifts = section(low, high);
            let counts = counts_below(entries_squared, &shifts);
            // The counts grow with the shift.
            let inside = counts
                .iter()
                .filter(|&&count| count <= index as f64)
                .count();
            if inside > 0 {
                low = shifts[inside - 1];
            }
            if inside < LANES {
                high = shifts[inside];
            }
        }
        *value = low + (high - low) / 2.0;
        floor = low;
    }
    Ok(())
}

/// Eight points between: equally spaced, or in equal ratios where the ends are far apart.
fn section(low: f64, high: f64) -> [f64; LANES] {
    let parts = (LANES + 1) as f64;
    if low > high / 4.0 {
        return std::array::from_fn(|i| low + (high - low) * ((i + 1) as f64 / parts));
    }
    // Powers of two, so that no logarithm is needed: from high / 2 down.
    std::array::from_fn(|i| {
        let point = high * 0.5f64.powi((LANES - i) as i32);
        point.max(low)
    })
}

/// Number of eigenvalues of B B^T below each of eight shifts.
pub fn counts_below(entries_squared: &[f64], shifts: &[f64; LANES]) -> [f64; LANES] {
    simd::dispatch(Count {
        entries_squared,
        shifts,
    })
}

struct Count<'a> {
    entries_squared: &'a [f64],
    shifts: &'a [f64; LANES],
}

impl Kernel for Count<'_> {
    type Output = [f64; LANES];

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> [f64; LANES] {
        let zero = simd.splat(0.0);
        let one = simd.splat(1.0);
        let shift = simd.load(self.shifts);
        // s_1 = -shift; pivot_i = a_i^2 + s_i; s_{i+1} = s_i b_{i+1}^2 / pivot_i - shift.
        let mut s = simd.sub(zero, shift);
        let mut counts = zero;
        for row in self.entries_squared.chunks(2) {
            let mut pivot = simd.add(simd.splat(row[0]), s);
            let tiny = simd.lt(simd::abs(simd, pivot), simd.splat(MIN_PIVOT));
            pivot = simd.select(tiny, simd.splat(MIN_PIVOT), pivot);
            counts = simd.select(simd.lt(pivot, zero), simd.add(counts, one), counts);
            if let Some(&below) = row.get(1) {
                s = simd.sub(simd.mul(s, simd.div(simd.splat(below), pivot)), shift);
            }
        }
        simd::array(simd, counts)
    }
}
