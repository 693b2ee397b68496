//! Dense and tridiagonal linear algebra on slices.

pub mod bidiagonal_bisection;
pub mod bidiagonalize;
pub mod few_rows;
pub mod gram;
pub mod hermitian;
pub mod hermitian_fill;
pub mod hermitian_product;
pub mod hermiticity;
pub mod micro_kernel;
pub mod norm;
pub mod packing;
mod qd;
pub mod reflector;
pub mod root_free_qr;
mod row_blocks;
pub mod scalar;
pub(crate) mod scaling;
mod simd_scalar;
pub mod singular;
pub mod tridiagonal;
pub mod tridiagonalize;
