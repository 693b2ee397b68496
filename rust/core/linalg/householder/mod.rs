//! Householder reflections: reduction of Hermitian matrices to real tridiagonal form and of any to
//! real bidiagonal form, and products.

pub mod bidiagonal;
mod columns;
mod lanes;
mod numbers;
mod panel;
pub mod product;
pub mod shared;
pub mod side_by_side;
