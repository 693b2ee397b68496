//! The one error of the core: what a kernel says when it cannot answer.

use std::fmt;

/// Result of a kernel.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a kernel has no answer. The border turns each into the Python exception named with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument has a value outside of what is allowed (`ValueError`).
    #[error("{argument}: {reason}")]
    Value {
        /// Name of the argument.
        argument: &'static str,
        /// What came, what is allowed, what to change.
        reason: String,
    },
    /// The work would not fit into memory (`MemoryError`).
    #[error("{what} would take {}; ask for less at once", Bytes(*bytes))]
    Memory {
        /// What was to be allocated.
        what: &'static str,
        /// Its size; `u128::MAX` where even the size overflows.
        bytes: u128,
    },
    /// An iteration did not converge (`typicality.errors.ConvergenceError`).
    #[error("{0}")]
    Convergence(String),
    /// The caller raised the stop flag; the border raises what made it do so.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// Shorthand for [`Error::Value`].
    pub fn value(argument: &'static str, reason: impl Into<String>) -> Self {
        Self::Value {
            argument,
            reason: reason.into(),
        }
    }
}

/// A number of bytes in the unit that suits it.
struct Bytes(u128);

impl fmt::Display for Bytes {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 6] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
        let power = (self.0.max(1).ilog2() / 10) as usize;
        match UNITS.get(power) {
            Some(unit) => {
                let count = self.0 as f64 / 1024f64.powi(power as i32);
                write!(to, "{count:.1} {unit}, which the system refuses")
            }
            None => write!(to, "more than the address space holds"),
        }
    }
}

/// Product of sizes, or [`Error::Memory`] where it overflows what an array can hold.
///
/// # Errors
/// [`Error::Memory`] if the product times `item_bytes` exceeds `isize::MAX`.
pub fn checked_len(what: &'static str, sizes: &[usize], item_bytes: usize) -> Result<usize> {
    // A zero factor makes the array empty however large the others are.
    if sizes.contains(&0) {
        return Ok(0);
    }
    let mut len = 1usize;
    for &size in sizes {
        len = len.checked_mul(size).ok_or(Error::Memory {
            what,
            bytes: u128::MAX,
        })?;
    }
    match len.checked_mul(item_bytes.max(1)) {
        Some(bytes) if isize::try_from(bytes).is_ok() => Ok(len),
        _ => Err(Error::Memory {
            what,
            bytes: len as u128 * item_bytes as u128,
        }),
    }
}

/// A vector of `len` copies of `value`, or [`Error::Memory`] instead of an abort.
///
/// # Errors
/// [`Error::Memory`] if the allocator refuses.
pub fn try_filled<T: Clone>(what: &'static str, len: usize, value: T) -> Result<Vec<T>> {
    let bytes = len as u128 * size_of::<T>() as u128;
    let mut out = Vec::new();
    out.try_reserve_exact(len)
        .map_err(|_| Error::Memory { what, bytes })?;
    out.resize(len, value);
    Ok(out)
}
