//! Householder reduction of Hermitian matrices to real tridiagonal form.

mod columns;
mod numbers;
pub mod shared;
pub mod side_by_side;
