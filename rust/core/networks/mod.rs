//! Fully connected networks: values, Jacobians, neural tangent kernels, training and global minima.
//!
//! Samples are rows. Parameters of a network stand layer by layer, each weight matrix
//! `(n_out, n_in)` row by row, then its bias. Loss is half the sum of squared residuals.

pub mod activation;
mod backward;
mod elementary;
pub mod jacobian;
mod layer_sum;
pub mod minimum;
pub mod mlp;
pub mod nearest;
pub mod ntk;
mod product;
pub mod training;
