//! Fully connected networks: values, Jacobians, neural tangent kernels, training and global minima.
//!
//! Samples are rows. Parameters of a network stand layer by layer, each weight matrix
//! `(n_out, n_in)` row by row, then its bias. Loss is half the sum of squared residuals.

pub mod activation;
mod backward;
mod balance;
mod cholesky;
mod elementary;
mod gaussian_means;
mod infinite_samples;
pub mod infinite_width;
pub mod jacobian;
mod layer_sum;
pub mod minimum;
pub mod mlp;
pub mod nearest;
pub mod ntk;
mod pair_means;
mod pair_series;
mod product;
pub mod training;
