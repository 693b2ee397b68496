//! Hermitian matrices from what lies on and below their diagonal.

use crate::error::Result;
use crate::linalg::scalar::Scalar;
use crate::parallel::Watch;

/// Order of the squares that are mirrored at once; two of them fit into the nearest cache.
const SQUARE: usize = 32;

/// Makes w, p x p, exactly Hermitian: the upper half and the imaginary part of the diagonal are
/// overwritten.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted).
pub fn mirror<E: Scalar>(p: usize, w: &mut [E], watch: &Watch) -> Result<()> {
    for top in (0..p).step_by(SQUARE) {
        watch.check()?;
        for left in (0..=top).step_by(SQUARE) {
            for i in top..p.min(top + SQUARE) {
                for j in left..i.min(left + SQUARE) {
                    w[j * p + i] = w[i * p + j].conjugate();
                }
            }
        }
    }
    for x in w.iter_mut().step_by(p + 1) {
        *x = E::from_re(x.re());
    }
    Ok(())
}
