//! The streams and fields that draws are tested with.

use typicality::random::stream::Family;
use typicality::spectra::field::Field;

/// Both fields.
pub const FIELDS: [Field; 2] = [Field::Real, Field::Complex];

/// The streams of a function under a key of equal bytes; known answers depend on both.
pub fn family(byte: u8, label: &str) -> Family {
    Family::new(&[byte; 32], label.as_bytes()).unwrap()
}
