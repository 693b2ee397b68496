//! Householder reflectors: how one is made of a vector, and how products of many are formed.
//!
//! An *elementary reflector* is Hermitian and unitary and maps one vector x to a multiple of the first
//! unit vector e. Written with the real factor that suits its use it is
//!
//! - `H = I - tau v v^H` with `v_0 = 1`, stored below the diagonal of the matrix that it came from:
//!   [`elementary`], [`block_reflector`] and [`form_q`];
//! - `H = I - u u^H / h`, `u = x + (t / |t|) |x| e`, `h = |x|^2 + |t| |x|`, where t is the first entry of
//!   x:
//!   [`reduction`], for the reductions to condensed form, which never look at H again.
//!
//! A *block reflector* is a product of b reflectors of one panel of columns in compact WY form,
//! `H_1 .. H_b = I - V T V^H`, where the columns of V are the vectors v and T is upper triangular of
//! order b (Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10, 53 (1989)). Applying it takes matrix
//! products instead of b passes over the columns.

mod block_reflector;
mod elementary;
pub mod form_q;
pub mod reduction;
