//! Householder bidiagonalization: a matrix A of `nrows >= ncols` becomes `B = U^H A V`, real upper
//! bidiagonal, with the same singular values; U and V are not formed (Golub and Kahan, SIAM J. Numer.
//! Anal. 2, 205 (1965)).
//!
//! Step k maps column k from the diagonal down to one entry by the reflector `I - u u^H / h` from the
//! left, then row k behind the diagonal by the reflector `I - v v^H / g` from the right (see
//! [`reflector`](super::reflector)). With
//!
//! - `y = A^H u / h`,
//! - r, the adjoint of row k of `A - u y^H`, of which v is made: v - r has a first entry only,
//! - `w = (A - u y^H) v / g`,
//!
//! the rest of the matrix becomes `A - u y^H - w v^H`. A column gives its entries of y and r, and then
//! its part of `A r`, at once, so that each step reads the matrix once (Howell, Demmel, Fulton,
//! Hammarling and Marmol, ACM Trans. Math. Softw. 34, 14 (2008)). The updates are *delayed*: the pass of
//! a later step applies them.
//!
//! - [`batched`]: eight matrices, one in each SIMD lane; each update is delayed by one step;
//! - [`large`]: one matrix, eight rows in the SIMD lanes, columns shared among threads; up to
//!   [`MAX_DELAYED_UPDATES`](super::row_blocks::MAX_DELAYED_UPDATES) updates are applied in one pass. It also
//!   makes a triangle of a tall matrix by the reflectors from the left alone.
//!
//! Singular values depend on the entries of B only by their moduli, so what is returned is their squares.

pub mod batched;
mod column_pass;
pub mod large;
