//! Householder tridiagonalization: a real symmetric or complex Hermitian matrix A of order n becomes
//! `T = Q^H A Q`, real symmetric tridiagonal, with the same eigenvalues; Q is not formed.
//!
//! Step k = 0 .. n - 3 takes the column x of A below the diagonal entry `A_kk`, whose reflector is
//! `H = I - u u^H / h` (see [`reflector`](super::reflector)). With
//!
//! - `p = A u / h`,
//! - `q = p - (u^H p / 2 h) u`,
//!
//! the trailing matrix becomes `H A H = A - u q^H - q u^H`, a Hermitian rank-2 update (Martin, Reinsch and
//! Wilkinson, Numer. Math. 11, 181 (1968)). Only the lower triangle is stored, column-major.
//!
//! The product `A u` reads the whole trailing matrix and takes half of all operations, so memory bandwidth
//! limits a large matrix. The rank-2 updates are therefore *delayed* and applied in the pass that reads the
//! matrix for a later product (Dongarra, Sorensen and Hammarling, J. Comput. Appl. Math. 27, 215 (1989);
//! LAPACK's `latrd`):
//!
//! - [`batched`]: eight matrices, one in each SIMD lane; each update is delayed by one step;
//! - [`large`]: one matrix, eight rows in the SIMD lanes, columns shared among threads; up to
//!   [`MAX_DELAYED_UPDATES`](super::row_blocks::MAX_DELAYED_UPDATES) updates are applied in one pass.
//!
//! Eigenvalues depend on the off-diagonal entries only by their moduli, so what is returned is the
//! diagonal of T and the squared moduli of its off-diagonal.

pub mod batched;
mod delayed_updates;
pub mod large;
