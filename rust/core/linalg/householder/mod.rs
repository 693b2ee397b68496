//! Householder reflections: reduction of Hermitian matrices to real tridiagonal form, and products.

mod columns;
mod numbers;
mod panel;
pub mod product;
pub mod shared;
pub mod side_by_side;
