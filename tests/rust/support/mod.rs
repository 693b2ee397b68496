//! Shared by the test files: bits on any pool and instruction set, streams, statistics, matrices.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test file is a crate of its own, which uses a part of it"
)]

mod bits;
mod properties;
mod rows;
mod statistics;
mod streams;

pub use bits::{assert_same_bits, at_every_level, in_pool};
pub use properties::properties;
pub use rows::Rows;
pub use statistics::assert_mean;
pub use streams::{FIELDS, family};
