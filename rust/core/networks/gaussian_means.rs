//! Means of phi(u) phi(v) and phi'(u) phi'(v) over a centered Gaussian pair, for all activations.
//!
//! erf, tanh and the sigmoid are steps, relu and softplus are ramps, each with noise added to its
//! input: phi(u) = E step(u + tau xi) with xi ~ N(0, 1) and tau fixed, or random where the noise is
//! logistic, a scale mixture of normals \[1\]. With a = q + tau^2 the variance of u + tau xi,
//! x = sigma / sqrt(a a') and y = sqrt(1 - x^2), steps of height 1 have the means asin(x) / (2 pi)
//! (and 1/4) and 1 / (2 pi sqrt(a a') y), ramps sqrt(a a') (y + x d) / (2 pi) and d / (2 pi) with
//! d = pi/2 + asin(x) \[2\]. Gauss' rule for the distribution of ln tau, with 12 nodes, is right to
//! 2e-13 at every variance and correlation.
//!
//! \[1\] D. F. Andrews and C. L. Mallows, Scale mixtures of normal distributions, J. R. Stat. Soc. B
//! 36, 99 (1974). \[2\] Y. Cho and L. K. Saul, Kernel methods for deep learning, NIPS 2009.

use std::f64::consts::FRAC_1_PI;

use super::activation::Activation;
use super::pair_means::{Columns, Gelu, Pairs, Ramps, Row, Steps, Unmixed};
use super::pair_series::{Series, Side as SeriesSide};
use crate::simd::dispatch;

/// tau^2 and weights of the rule for tanh(u) = E sign(u + tau xi): tau has Kolmogorov's
/// distribution. Worked out with 60 digits.
const LOGISTIC: [(f64, f64); 12] = [
    (0.07696402216683004, 6.515686399676817e-06),
    (0.11483616053884485, 0.0006346896919439049),
    (0.16926494440834094, 0.011054560381193746),
    (0.25207796337454436, 0.06680359139714917),
    (0.3820763604921504, 0.18634620490848933),
    (0.5893932391145699, 0.2825826783009421),
    (0.9191758963491224, 0.25666119286146377),
    (1.4314993977169066, 0.14306434548266153),
    (2.20064574676138, 0.04549770989870683),
    (3.32720830509143, 0.006963765633571207),
    (4.976582097162592, 0.00038094132478774426),
    (7.530994493905701, 3.804432690989116e-06),
];

/// What an activation is without its noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Step,
    Ramp,
    /// z times a step with noise.
    Gelu,
    Sin,
    Identity,
}

/// How the means of an activation are worked out.
#[derive(Debug, Clone)]
pub(super) struct Means {
    pub(super) shape: Shape,
    /// tau^2 and weight of each node.
    pub(super) nodes: Vec<(f64, f64)>,
    /// Factor of both means, and what is added to the first.
    factor: f64,
    shift: f64,
    pub(super) series: Option<Series>,
}

impl Means {
    pub(super) fn new(activation: Activation) -> Self {
        let scaled = |factor: f64| LOGISTIC.map(|(square, w)| (factor * square, w)).to_vec();
        let half = 0.5 * FRAC_1_PI;
        let (shape, nodes, factor, shift) = match activation {
            Activation::Relu => (Shape::Ramp, vec![(0.0, 1.0)], half, 0.0),
            Activation::Erf => (Shape::Step, vec![(0.5, 1.0)], 4.0 * half, 0.0),
            Activation::Tanh => (Shape::Step, scaled(1.0), 4.0 * half, 0.0),
            // (1 + tanh(z/2)) / 2, and its integral.
            Activation::Sigmoid => (Shape::Step, scaled(4.0), half, 0.25),
            Activation::Softplus => (Shape::Ramp, scaled(4.0), half, 0.0),
            Activation::Gelu => (Shape::Gelu, vec![(1.0, 1.0)], half, 0.0),
            Activation::Sin => (Shape::Sin, Vec::new(), 1.0, 0.0),
            Activation::Identity => (Shape::Identity, Vec::new(), 1.0, 0.0),
        };
        let series = (nodes.len() > 1).then(|| Series::new(shape));
        Self {
            shape,
            nodes,
            factor,
            shift,
            series,
        }
    }

    /// Means of sample `i` of `left` with the samples of `right` from `first` on, as many as there
    /// are correlations, into the last two of `work`.
    pub(super) fn row(
        &self,
        left: &Variances,
        i: usize,
        right: &Variances,
        first: usize,
        work: &mut Pairs,
    ) {
        let len = work.rho.len();
        match self.shape {
            Shape::Step | Shape::Ramp => self.mixture(left, i, right, first, work),
            Shape::Gelu => {
                let (row, columns) = (left.row(0, i), right.columns(0, first, len));
                work.phi.fill(0.0);
                work.slope.fill(0.0);
                dispatch(Gelu { row, columns, work });
            }
            Shape::Sin | Shape::Identity => {
                let (root, roots) = (left.roots[i], &right.roots[first..][..len]);
                let sin = self.shape == Shape::Sin;
                dispatch(Unmixed {
                    sin,
                    root,
                    roots,
                    work,
                });
            }
        }
        for (phi, slope) in work.phi.iter_mut().zip(&mut work.slope) {
            *phi = self.factor.mul_add(*phi, self.shift);
            *slope *= self.factor;
        }
    }

    /// E phi(u)^2 of sample `i`.
    pub(super) fn second_moment(&self, samples: &Variances, i: usize) -> f64 {
        let mut work = Pairs::new(1);
        work.rho[0] = 1.0;
        match self.shape {
            Shape::Step | Shape::Ramp => {
                self.direct(samples, i, |m| samples.columns(m, i, 1), &mut work);
                self.factor.mul_add(work.phi[0], self.shift)
            }
            _ => {
                self.row(samples, i, samples, i, &mut work);
                work.phi[0]
            }
        }
    }

    fn mixture(
        &self,
        left: &Variances,
        i: usize,
        right: &Variances,
        first: usize,
        work: &mut Pairs,
    ) {
        let len = work.rho.len();
        let sides = (&self.series, &left.series, &right.series);
        let (Some(series), Some(one), Some(two)) = sides else {
            // A single node.
            work.phi.fill(0.0);
            work.slope.fill(0.0);
            self.direct(left, i, |m| right.columns(m, first, len), work);
            return;
        };
        let Some(far) = series.row(one, i, two, first, work) else {
            return;
        };
        // The pairs that the series does not reach, packed together.
        let mut packed = Pairs::new(far.len());
        for (slot, &j) in far.iter().enumerate() {
            packed.rho[slot] = work.rho[j];
            packed.gap[slot] = work.gap[j];
        }
        let gather = |from: &[f64], m: usize| -> Vec<f64> {
            far.iter().map(|&j| from[m * right.n + first + j]).collect()
        };
        let columns: Vec<[Vec<f64>; 4]> = (0..self.nodes.len())
            .map(|m| {
                [&right.cosine, &right.rest, &right.even, &right.odd].map(|from| gather(from, m))
            })
            .collect();
        let columns = |m: usize| Columns {
            cosine: &columns[m][0],
            rest: &columns[m][1],
            even: &columns[m][2],
            odd: &columns[m][3],
        };
        self.direct(left, i, columns, &mut packed);
        for (slot, &j) in far.iter().enumerate() {
            work.phi[j] = packed.phi[slot];
            work.slope[j] = packed.slope[slot];
        }
    }

    fn direct<'a>(
        &self,
        left: &Variances,
        i: usize,
        columns: impl Fn(usize) -> Columns<'a>,
        work: &mut Pairs,
    ) {
        for m in 0..self.nodes.len() {
            let row = left.row(m, i);
            for n in 0..self.nodes.len() {
                let columns = columns(n);
                if self.shape == Shape::Step {
                    dispatch(Steps { row, columns, work });
                } else {
                    dispatch(Ramps { row, columns, work });
                }
            }
        }
    }
}

/// What the means need of the variances of samples, node by node.
#[derive(Debug, Clone)]
pub(super) struct Variances {
    n: usize,
    /// sqrt(q).
    roots: Vec<f64>,
    /// sqrt(q / a) and tau^2 / a.
    cosine: Vec<f64>,
    rest: Vec<f64>,
    /// Weights of the means that are even and odd in the correlation: of ramps w sqrt(a) and w, of
    /// steps w / sqrt(a) and w.
    even: Vec<f64>,
    odd: Vec<f64>,
    series: Option<SeriesSide>,
}

impl Variances {
    pub(super) fn new(means: &Means, roots: Vec<f64>) -> Self {
        let n = roots.len();
        let size = n * means.nodes.len();
        let mut out = Self {
            n,
            roots,
            cosine: Vec::with_capacity(size),
            rest: Vec::with_capacity(size),
            even: Vec::with_capacity(size),
            odd: Vec::with_capacity(size),
            series: None,
        };
        for &(square, weight) in &means.nodes {
            for &root in &out.roots {
                let length = root.hypot(square.sqrt());
                // phi'(0) = 0 of relu: a pre-activation that is surely zero passes nothing on.
                let alive = length > 0.0;
                let tau = if alive { square.sqrt() / length } else { 1.0 };
                out.cosine.push(if alive { root / length } else { 0.0 });
                out.rest.push(tau * tau);
                let even = match means.shape {
                    Shape::Step => weight / length,
                    _ => weight * length,
                };
                out.even.push(even);
                out.odd.push(if alive { weight } else { 0.0 });
            }
        }
        out.series = means
            .series
            .is_some()
            .then(|| SeriesSide::new(n, &out.cosine, &out.even, &out.odd));
        out
    }

    fn row(&self, m: usize, i: usize) -> Row {
        let at = m * self.n + i;
        Row {
            cosine: self.cosine[at],
            rest: self.rest[at],
            even: self.even[at],
            odd: self.odd[at],
        }
    }

    fn columns(&self, m: usize, first: usize, len: usize) -> Columns<'_> {
        let at = m * self.n + first;
        Columns {
            cosine: &self.cosine[at..][..len],
            rest: &self.rest[at..][..len],
            even: &self.even[at..][..len],
            odd: &self.odd[at..][..len],
        }
    }
}
