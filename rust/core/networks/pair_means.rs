//! Means over one pair of nodes, or without nodes, of one sample with many: loops that become vector
//! instructions. `gaussian_means` has the formulas.

use std::f64::consts::PI;

use super::elementary::{angle, exp_and_expm1};
use crate::simd::{Kernel, Simd};

/// Angles below this leave y + x d to its series.
const SMALL_ANGLE: f64 = 0.4;
/// (sin d - d cos d) / d^3 in powers of d^2, highest first.
const SMALL_SERIES: [f64; 7] = [
    1.0 / 93_405_312_000.0,
    -1.0 / 518_918_400.0,
    1.0 / 3_991_680.0,
    -1.0 / 45_360.0,
    1.0 / 840.0,
    -1.0 / 30.0,
    1.0 / 3.0,
];

/// Correlations of pairs and their means.
#[derive(Debug)]
pub(super) struct Pairs {
    /// The correlation, and 1 - its square, which is not worked out from it.
    pub(super) rho: Vec<f64>,
    pub(super) gap: Vec<f64>,
    pub(super) phi: Vec<f64>,
    pub(super) slope: Vec<f64>,
}

impl Pairs {
    pub(super) fn new(len: usize) -> Self {
        let zeros = || vec![0.0; len];
        Self {
            rho: zeros(),
            gap: zeros(),
            phi: zeros(),
            slope: zeros(),
        }
    }
}

/// One node of one sample.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) cosine: f64,
    pub(super) rest: f64,
    pub(super) even: f64,
    pub(super) odd: f64,
}

/// One node of many samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) cosine: &'a [f64],
    pub(super) rest: &'a [f64],
    pub(super) even: &'a [f64],
    pub(super) odd: &'a [f64],
}

/// x and y of a pair, and tau^2/a' + q'/a' tau^2/a = 1 - q q'/(a a').
#[inline(always)]
fn cosine_and_sine(row: Row, cosine: f64, rest: f64, rho: f64, gap: f64) -> (f64, f64, f64) {
    let product = row.cosine * cosine;
    let noise = (row.rest * cosine).mul_add(cosine, rest);
    let x = rho * product;
    (x, (product * product).mul_add(gap, noise).sqrt(), noise)
}

/// d = pi/2 + asin(x), and scale (y + x d).
#[inline(always)]
fn ramp(x: f64, y: f64, scale: f64) -> (f64, f64) {
    let acute = angle(y, x.abs());
    let d = if x > 0.0 { PI - acute } else { acute };
    let z = d * d;
    let mut sum = SMALL_SERIES[0];
    for &coefficient in &SMALL_SERIES[1..] {
        sum = sum.mul_add(z, coefficient);
    }
    // Where the scale is huge, d^3 may be too small for a float by itself.
    let small = sum * (scale * d * d * d);
    let large = scale * x.mul_add(d, y);
    (d, if d < SMALL_ANGLE { small } else { large })
}

pub(super) struct Steps<'a, 'b> {
    pub(super) row: Row,
    pub(super) columns: Columns<'a>,
    pub(super) work: &'b mut Pairs,
}

impl Kernel for Steps<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { row, columns, work } = self;
        let len = work.rho.len();
        let (cosine, rest) = (&columns.cosine[..len], &columns.rest[..len]);
        let (even, odd) = (&columns.even[..len], &columns.odd[..len]);
        let (rho, gap) = (&work.rho[..len], &work.gap[..len]);
        let (phi, slope) = (&mut work.phi[..len], &mut work.slope[..len]);
        for j in 0..len {
            let (x, y, _) = cosine_and_sine(row, cosine[j], rest[j], rho[j], gap[j]);
            let asin = angle(x.abs(), y).copysign(x);
            phi[j] = (row.odd * odd[j]).mul_add(asin, phi[j]);
            slope[j] += row.even * even[j] / y;
        }
    }
}

pub(super) struct Ramps<'a, 'b> {
    pub(super) row: Row,
    pub(super) columns: Columns<'a>,
    pub(super) work: &'b mut Pairs,
}

impl Kernel for Ramps<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { row, columns, work } = self;
        let len = work.rho.len();
        let (cosine, rest) = (&columns.cosine[..len], &columns.rest[..len]);
        let (even, odd) = (&columns.even[..len], &columns.odd[..len]);
        let (rho, gap) = (&work.rho[..len], &work.gap[..len]);
        let (phi, slope) = (&mut work.phi[..len], &mut work.slope[..len]);
        for j in 0..len {
            let (x, y, _) = cosine_and_sine(row, cosine[j], rest[j], rho[j], gap[j]);
            let (d, mean) = ramp(x, y, row.even * even[j]);
            phi[j] += mean;
            slope[j] = (row.odd * odd[j]).mul_add(d, slope[j]);
        }
    }
}

/// With P = 1 / (2 pi sqrt(a a') y) the mean of the normal densities at u and v, Stein's lemma gives
/// E phi phi = sigma d / (2 pi) + P (q q' y^2 + x^2) and
/// E phi' phi' = d / (2 pi) + P sigma (1/a + 1/a' + 1/(a a' y^2)).
pub(super) struct Gelu<'a, 'b> {
    pub(super) row: Row,
    pub(super) columns: Columns<'a>,
    pub(super) work: &'b mut Pairs,
}

impl Kernel for Gelu<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { row, columns, work } = self;
        let len = work.rho.len();
        let (cosine, rest) = (&columns.cosine[..len], &columns.rest[..len]);
        let root = &columns.even[..len];
        let (rho, gap) = (&work.rho[..len], &work.gap[..len]);
        let (phi, slope) = (&mut work.phi[..len], &mut work.slope[..len]);
        for j in 0..len {
            let (x, y, noise) = cosine_and_sine(row, cosine[j], rest[j], rho[j], gap[j]);
            let scale = row.even * root[j];
            let (d, mean) = ramp(x, y, scale);
            let signal = row.cosine * cosine[j];
            // The same in two ways; in each the terms nearly cancel where the other is taken.
            let near = scale * (signal * signal).mul_add(y, x * d);
            let opposite = (-scale * noise).mul_add(y, mean);
            let main = if d < SMALL_ANGLE { opposite } else { near };
            phi[j] = main + x * x / (scale * y);
            let density = row.rest / y * (rest[j] / y) + row.rest + rest[j];
            slope[j] = (x / y).mul_add(density, d);
        }
    }
}

pub(super) struct Unmixed<'a, 'b> {
    pub(super) sin: bool,
    pub(super) root: f64,
    pub(super) roots: &'a [f64],
    pub(super) work: &'b mut Pairs,
}

impl Kernel for Unmixed<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let len = self.work.rho.len();
        let roots = &self.roots[..len];
        let (rho, gap) = (&self.work.rho[..len], &self.work.gap[..len]);
        let (phi, slope) = (&mut self.work.phi[..len], &mut self.work.slope[..len]);
        if !self.sin {
            for j in 0..len {
                phi[j] = self.root * roots[j] * rho[j];
                slope[j] = 1.0;
            }
            return;
        }
        for j in 0..len {
            // exp(-(q + q')/2) sinh and cosh of sigma; q + q' - 2 |sigma| without cancellation.
            let size = rho[j].abs();
            let difference = self.root - roots[j];
            let product = self.root * roots[j];
            let remainder = product * (gap[j] / (1.0 + size));
            let outer = exp_and_expm1(-(0.5 * difference).mul_add(difference, remainder)).0;
            let (inner, less) = exp_and_expm1(-2.0 * product * size);
            phi[j] = (-0.5 * outer * less).copysign(rho[j]);
            slope[j] = 0.5 * outer * (1.0 + inner);
        }
    }
}
