//! Means of mixtures as power series in the correlation, for all pairs of nodes at once.
//!
//! With asin(x) the sum of c x^(2k+1) over k and x = rho s s', s = sqrt(q / a), the sum over pairs of
//! nodes is that of c rho^(2k+1) O O', where O is the sum of w s^(2k+1) over the nodes of one sample:
//! Mehler's expansion of the activation, with its coefficients in closed form.

use std::f64::consts::FRAC_PI_2;

use super::gaussian_means::Shape;
use super::pair_means::Pairs;
use crate::simd::{Kernel, Simd, dispatch};

/// Samples of a group; their coefficients of one order stand together.
const GROUP: usize = 16;
/// Numbers of terms to choose from.
const TERMS: [usize; 3] = [16, 32, 64];
const MOST: usize = TERMS[TERMS.len() - 1];
/// Rest of the series relative to its first term.
const REST: f64 = 1e-14;

/// Coefficients of both series: even and odd powers.
#[derive(Debug, Clone)]
pub(super) struct Series {
    ramp: bool,
    even: [f64; MOST],
    odd: [f64; MOST],
}

impl Series {
    pub(super) fn new(shape: Shape) -> Self {
        let ramp = shape == Shape::Ramp;
        let (mut even, mut odd) = ([0.0; MOST], [0.0; MOST]);
        // Of 1/sqrt(1 - x^2).
        let mut central = 1.0;
        even[0] = 1.0;
        for k in 0..MOST {
            let order = 2.0 * k as f64;
            if !ramp {
                even[k] = central;
            }
            odd[k] = central / (order + 1.0);
            if ramp && k + 1 < MOST {
                // Of sqrt(1 - x^2) + x asin(x), the integral of the arc sine.
                even[k + 1] = odd[k] / (order + 2.0);
            }
            central *= (order + 1.0) / (order + 2.0);
        }
        Self { ramp, even, odd }
    }

    /// Writes the means of sample `i` of `left` with those of `right` from `first` on, a multiple of
    /// the group. Returns the places that the series does not reach, or nothing if it reaches all.
    pub(super) fn row(
        &self,
        left: &Side,
        i: usize,
        right: &Side,
        first: usize,
        work: &mut Pairs,
    ) -> Option<Vec<usize>> {
        let len = work.rho.len();
        let tails = &right.tails[first / GROUP..][..len.div_ceil(GROUP)];
        let reaches: [f64; TERMS.len()] = std::array::from_fn(|order| {
            let largest = tails.iter().map(|tail| tail[order]).fold(0.0, f64::max);
            reach(TERMS[order], left.tails[i / GROUP][order] * largest)
        });
        let squares = |rho: &f64| rho * rho;
        let most = reaches[reaches.len() - 1];
        let farthest = work
            .rho
            .iter()
            .map(squares)
            .filter(|&z| z <= most)
            .fold(0.0, f64::max);
        let order = reaches
            .iter()
            .position(|&z| farthest <= z)
            .unwrap_or(TERMS.len() - 1);
        let coefficients = |table: &[f64], series: &[f64; MOST]| {
            let mut out = *series;
            for (k, c) in out.iter_mut().enumerate() {
                *c *= table[place(i, k)];
            }
            out
        };
        dispatch(Sum {
            terms: TERMS[order],
            ramp: self.ramp,
            linear: FRAC_PI_2 * left.linear[i],
            even: &coefficients(&left.even, &self.even),
            odd: &coefficients(&left.odd, &self.odd),
            right,
            first,
            work,
        });
        let far: Vec<usize> = (0..len).filter(|&j| squares(&work.rho[j]) > most).collect();
        (!far.is_empty()).then_some(far)
    }
}

/// The largest rho^2 for which so many terms suffice: z^terms tail / (1 - z) <= `REST`.
fn reach(terms: usize, tail: f64) -> f64 {
    // In whole steps, from above: no two calls may differ by rounding.
    const STEPS: usize = 64;
    if tail <= 0.0 {
        return 1.0;
    }
    let power = terms as i32;
    let enough = |z: f64| z.powi(power) * tail <= REST * (1.0 - z);
    (0..STEPS)
        .rev()
        .map(|step| step as f64 / STEPS as f64)
        .find(|&z| enough(z))
        .unwrap_or(0.0)
}

/// Sums over the nodes of each sample.
#[derive(Debug, Clone)]
pub(super) struct Side {
    even: Vec<f64>,
    odd: Vec<f64>,
    /// Sum of w sqrt(a) s, for the linear term of ramps.
    linear: Vec<f64>,
    /// For each group and number of terms the largest last sum over the first one.
    tails: Vec<[f64; TERMS.len()]>,
}

/// Where the sum of order k of a sample stands.
#[inline(always)]
fn place(sample: usize, k: usize) -> usize {
    (sample / GROUP * MOST + k) * GROUP + sample % GROUP
}

impl Side {
    /// From s and both weights, node by node.
    pub(super) fn new(n: usize, cosine: &[f64], even: &[f64], odd: &[f64]) -> Self {
        let groups = n.div_ceil(GROUP);
        let mut out = Self {
            even: vec![0.0; groups * GROUP * MOST],
            odd: vec![0.0; groups * GROUP * MOST],
            linear: vec![0.0; n],
            tails: vec![[0.0; TERMS.len()]; groups],
        };
        if n == 0 {
            return out;
        }
        let nodes = cosine
            .chunks_exact(n)
            .zip(even.chunks_exact(n))
            .zip(odd.chunks_exact(n));
        for ((cosine, even), odd) in nodes {
            for i in 0..n {
                let s = cosine[i];
                out.linear[i] += even[i] * s;
                let mut power = 1.0;
                for k in 0..MOST {
                    out.even[place(i, k)] += even[i] * power;
                    out.odd[place(i, k)] += odd[i] * power * s;
                    power *= s * s;
                }
            }
        }
        for i in 0..n {
            for (order, terms) in TERMS.into_iter().enumerate() {
                let ratio = |table: &[f64]| {
                    let start = table[place(i, 0)];
                    if start > 0.0 {
                        table[place(i, terms - 1)] / start
                    } else {
                        0.0
                    }
                };
                let tail = ratio(&out.even).max(ratio(&out.odd));
                let slot = &mut out.tails[i / GROUP][order];
                *slot = slot.max(tail);
            }
        }
        out
    }
}

struct Sum<'a, 'b> {
    terms: usize,
    ramp: bool,
    linear: f64,
    even: &'a [f64; MOST],
    odd: &'a [f64; MOST],
    right: &'a Side,
    first: usize,
    work: &'b mut Pairs,
}

impl Kernel for Sum<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let len = self.work.rho.len();
        for start in (0..len).step_by(GROUP) {
            let count = GROUP.min(len - start);
            let mut rho = [0f64; GROUP];
            rho[..count].copy_from_slice(&self.work.rho[start..][..count]);
            let group = place(self.first + start, 0);
            let even_table = &self.right.even[group..][..GROUP * MOST];
            let odd_table = &self.right.odd[group..][..GROUP * MOST];
            let (mut even, mut odd) = ([0f64; GROUP], [0f64; GROUP]);
            for k in (0..self.terms).rev() {
                let (ce, co) = (self.even[k], self.odd[k]);
                let e = &even_table[k * GROUP..][..GROUP];
                let o = &odd_table[k * GROUP..][..GROUP];
                for l in 0..GROUP {
                    let z = rho[l] * rho[l];
                    even[l] = even[l].mul_add(z, ce * e[l]);
                    odd[l] = odd[l].mul_add(z, co * o[l]);
                }
            }
            for l in 0..count {
                let arc = odd[l] * rho[l];
                let j = start + l;
                if self.ramp {
                    let linear = self.linear * self.right.linear[self.first + j];
                    self.work.phi[j] = linear.mul_add(rho[l], even[l]);
                    self.work.slope[j] = FRAC_PI_2 + arc;
                } else {
                    self.work.phi[j] = arc;
                    self.work.slope[j] = even[l];
                }
            }
        }
    }
}
