//! Dense and tridiagonal linear algebra on slices.

pub mod bidiagonal;
pub mod gram;
pub mod hermitian;
pub mod hermitian_product;
pub mod householder;
pub mod micro_kernel;
pub mod mirror;
pub mod narrow_product;
pub mod norm;
pub mod packing;
mod qd;
pub mod root_free_qr;
pub mod scalar;
pub(crate) mod scaling;
pub mod singular;
pub mod skew;
pub mod tridiagonal;
