//! Wishart and Gaussian matrices and their spectra, the floor that both halves of the paper stand on.

pub mod field;
pub mod gaussian;
pub mod laguerre;
pub mod wishart;
