//! Activation functions: values and first derivatives, over slices, in either precision.

use faer::traits::RealField;
use rayon::prelude::*;

use super::elementary::{erf_and_gaussian, exp_and_expm1, scaled_erfc};
use crate::error::{Error, Result};
use crate::execution::Job;
use crate::simd::{Kernel, Simd, dispatch};

/// Numbers of one task.
const BLOCK: usize = 1 << 14;

/// A precision in which networks are evaluated.
pub trait Real:
    RealField
    + Copy
    + Default
    + Send
    + Sync
    + 'static
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::AddAssign
    + std::ops::MulAssign
{
    /// Rounds to this precision.
    fn narrow(x: f64) -> Self;
    /// The same number in double precision.
    fn widen(self) -> f64;
}

impl Real for f64 {
    #[inline(always)]
    fn narrow(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }
}

impl Real for f32 {
    #[inline(always)]
    fn narrow(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }
}

/// An activation function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Activation {
    /// max(z, 0); the derivative at 0 is 0.
    Relu,
    /// tanh(z).
    Tanh,
    /// erf(z).
    Erf,
    /// z (1 + erf(z / sqrt 2)) / 2, exact.
    Gelu,
    /// 1 / (1 + exp(-z)).
    Sigmoid,
    /// ln(1 + exp(z)).
    Softplus,
    /// sin(z).
    Sin,
    /// z: the network is linear in its inputs.
    Identity,
}

impl Activation {
    /// Finds an activation by its name.
    ///
    /// # Errors
    /// [`Error::Value`] for an unknown name.
    pub fn from_name(name: &str) -> Result<Self> {
        Ok(match name {
            "relu" => Self::Relu,
            "tanh" => Self::Tanh,
            "erf" => Self::Erf,
            "gelu" => Self::Gelu,
            "sigmoid" => Self::Sigmoid,
            "softplus" => Self::Softplus,
            "sin" => Self::Sin,
            "identity" | "linear" => Self::Identity,
            _ => {
                return Err(Error::value(
                    "activation",
                    format!(
                        "got {name:?}; allowed are relu, tanh, erf, gelu, sigmoid, softplus, sin, \
                         identity"
                    ),
                ));
            }
        })
    }

    /// Value and derivative at `z`.
    pub fn at(self, z: f64) -> (f64, f64) {
        match self {
            Self::Relu => relu(z),
            Self::Tanh => tanh(z),
            Self::Erf => erf(z),
            Self::Gelu => gelu(z),
            Self::Sigmoid => sigmoid(z),
            Self::Softplus => softplus(z),
            Self::Sin => sin(z),
            Self::Identity => identity(z),
        }
    }

    /// Replaces each z by the value there and puts the derivative into `slopes`.
    pub fn apply<T: Real>(self, z: &mut [T], slopes: &mut [T]) {
        match self {
            Self::Relu => vectorized(z, slopes, relu),
            Self::Tanh => vectorized(z, slopes, tanh),
            Self::Erf => vectorized(z, slopes, erf),
            Self::Gelu => vectorized(z, slopes, gelu),
            Self::Sigmoid => vectorized(z, slopes, sigmoid),
            Self::Softplus => vectorized(z, slopes, softplus),
            Self::Sin => vectorized(z, slopes, sin),
            Self::Identity => vectorized(z, slopes, identity),
        }
    }
}

impl Activation {
    /// As [`apply`](Self::apply), in parallel.
    ///
    /// # Errors
    /// [`Error::Value`] where the lengths differ, [`Error::Interrupted`].
    pub fn apply_in_blocks(self, z: &mut [f64], slopes: &mut [f64], job: &Job) -> Result<()> {
        if z.len() != slopes.len() {
            return Err(Error::value("slopes", "must be as many as the numbers"));
        }
        let pairs = z.par_chunks_mut(BLOCK).zip(slopes.par_chunks_mut(BLOCK));
        pairs.try_for_each(|(z, slopes)| {
            job.check()?;
            self.apply(z, slopes);
            Ok(())
        })
    }
}

/// A loop over numbers, compiled for each instruction set.
struct EachNumber<'a, T, F> {
    z: &'a mut [T],
    slopes: &'a mut [T],
    f: F,
}

impl<T: Real, F: Fn(f64) -> (f64, f64)> Kernel for EachNumber<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        for (z, slope) in self.z.iter_mut().zip(self.slopes) {
            let (value, derivative) = (self.f)(z.widen());
            *z = T::narrow(value);
            *slope = T::narrow(derivative);
        }
    }
}

fn vectorized<T: Real>(z: &mut [T], slopes: &mut [T], f: impl Fn(f64) -> (f64, f64)) {
    dispatch(EachNumber { z, slopes, f });
}

#[inline(always)]
fn relu(z: f64) -> (f64, f64) {
    // Written so that NaN comes out as NaN: a diverging run must be seen to diverge.
    (
        if z < 0.0 { 0.0 } else { z },
        if z > 0.0 { 1.0 } else { 0.0 },
    )
}

#[inline(always)]
fn tanh(z: f64) -> (f64, f64) {
    let (u, t) = exp_and_expm1(-2.0 * z.abs());
    let inverse = 1.0 / (1.0 + u);
    ((-t * inverse).copysign(z), 4.0 * u * inverse * inverse)
}

#[inline(always)]
fn erf(z: f64) -> (f64, f64) {
    let (value, gaussian) = erf_and_gaussian(z);
    (value, std::f64::consts::FRAC_2_SQRT_PI * gaussian)
}

#[inline(always)]
fn gelu(z: f64) -> (f64, f64) {
    let x = z * std::f64::consts::FRAC_1_SQRT_2;
    let gaussian = erf_and_gaussian(x).1;
    let tail = 0.5 * gaussian * scaled_erfc(x.abs());
    let cumulative = if z < 0.0 { tail } else { 1.0 - tail };
    // phi(z) = exp(-z^2/2) / sqrt(2 pi); z phi(z) vanishes for infinite z too.
    let density =
        0.5 * std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2 * gaussian;
    (z * cumulative, z.mul_add(density, cumulative))
}

#[inline(always)]
fn sigmoid(z: f64) -> (f64, f64) {
    let u = exp_and_expm1(-z.abs()).0;
    let inverse = 1.0 / (1.0 + u);
    (
        if z < 0.0 { u * inverse } else { inverse },
        u * inverse * inverse,
    )
}

#[inline(always)]
fn softplus(z: f64) -> (f64, f64) {
    let u = exp_and_expm1(-z.abs()).0;
    let positive = if z < 0.0 { 0.0 } else { z };
    (positive + u.ln_1p(), sigmoid(z).0)
}

#[inline(always)]
fn sin(z: f64) -> (f64, f64) {
    z.sin_cos()
}

#[inline(always)]
fn identity(z: f64) -> (f64, f64) {
    (z, 1.0)
}
