//! Exact draws of random quantum states, their spectra and observables, at the cost of what is
//! looked at; kernels and training of small networks beside them.
//!
//! The crate is pure: no Python, no `NumPy`. Every kernel takes slices, checks its sizes, returns
//! [`Error`](error::Error) where it cannot answer, runs in whatever rayon pool it is called in, and
//! checks a [`Job`](execution::Job) between blocks of work.
//!
//! Floors, lowest first: `error execution simd` -> `random linalg` -> `spectra` ->
//! `quantum | networks`. A module uses only floors below its own.

#![warn(missing_docs)]
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

pub mod error;
pub mod execution;
pub mod linalg;
pub mod networks;
pub mod quantum;
pub mod random;
pub mod simd;
pub mod spectra;
