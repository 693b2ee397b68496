//! Householder reduction to real bidiagonal form (Golub and Kahan, SIAM J. Numer. Anal. 2, 205
//! (1965)), of as many rows as columns or more.
//!
//! Step k maps column k from the diagonal down to one entry by a reflection 1 - u u^H / h from the left,
//! u and h as in [`side_by_side`](super::side_by_side), then row k behind the diagonal by one from
//! the right, 1 - v v^H / g. With y = A^H u / h, with r, the adjoint of row k of A - u y^H, from which v
//! is made, and with w = (A - u y^H) v / g the rest of the matrix becomes A - u y^H - w v^H. A column
//! gives its entries of y and r, and then its part of A r, at once: each step passes over the matrix
//! once (Howell et al., ACM Trans. Math. Softw. 34, 14 (2008)). The update waits until a later step does.
//!
//! Only moduli of the entries of the bidiagonal matrix matter to singular values, so phases are
//! dropped.

mod pass;
pub mod shared;
pub mod side_by_side;
