//! Dense and tridiagonal linear algebra on slices.

pub mod bidiagonal;
pub mod gram;
pub mod hermitian;
pub mod householder;
pub mod mirror;
pub mod norm;
pub mod root_free_qr;
pub mod scalar;
pub mod skew;
pub mod tridiagonal;
