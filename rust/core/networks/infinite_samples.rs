//! One side of a kernel of infinite width: samples, their lengths, and their variances in each layer.

use rayon::prelude::*;

use super::gaussian_means::{Means, Variances};
use super::infinite_width::Limit;
use crate::error::{Error, Result, try_filled};
use crate::execution::Job;

/// Largest variance of a pre-activation.
const LARGEST: f64 = 1e300;

/// What all tiles share.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) limit: Limit<'a>,
    pub(super) means: &'a Means,
    pub(super) tangent: bool,
    pub(super) job: &'a Job,
}

/// Pre-activations of one layer: sqrt(q) is the root of p^2 + b^2.
pub(super) struct Layer {
    /// p / sqrt(q) and b / sqrt(q).
    pub(super) signal: Vec<f64>,
    pub(super) bias: Vec<f64>,
    pub(super) variances: Variances,
    /// One over sqrt(E phi^2); 0 where that is 0.
    pub(super) inverse_moment: Vec<f64>,
}

/// One side of a kernel: samples and their variances in each layer.
pub(super) struct Samples {
    pub(super) n: usize,
    pub(super) width: usize,
    pub(super) units: Vec<f64>,
    /// Standard deviation of the first pre-activations without the bias.
    pub(super) first: Vec<f64>,
    pub(super) layers: Vec<Layer>,
}

impl Samples {
    pub(super) fn new(task: Task<'_>, x: &[f64]) -> Result<Self> {
        let what = "the samples";
        let width = task.limit.n_inputs;
        let n = x.len() / width;
        let mut units = try_filled(what, x.len(), 0.0)?;
        let mut first = try_filled(what, n, 0.0)?;
        let scale = task.limit.weight_scales[0] / (width as f64).sqrt();
        let lines = x.chunks_exact(width).zip(units.chunks_exact_mut(width));
        for ((x, unit), p) in lines.zip(&mut first) {
            task.job.check()?;
            *p = scale * normalize(x, unit);
        }
        let bias_scale = task.limit.bias_scale;
        let mut layers = Vec::new();
        let mut p = first.clone();
        for (layer, &weight) in task.limit.weight_scales[1..].iter().enumerate() {
            let roots = deviations(&p, bias_scale, layer)?;
            let share = |part: f64, root: f64| if root > 0.0 { part / root } else { 0.0 };
            let signal = p
                .iter()
                .zip(&roots)
                .map(|(&p, &root)| share(p, root))
                .collect();
            let bias = roots.iter().map(|&root| share(bias_scale, root)).collect();
            let variances = Variances::new(task.means, roots);
            let moments: Vec<f64> = (0..n)
                .into_par_iter()
                .map(|i| {
                    task.job.check()?;
                    Ok(task.means.second_moment(&variances, i).sqrt())
                })
                .collect::<Result<_>>()?;
            let inverse = |&m: &f64| if m > 0.0 { 1.0 / m } else { 0.0 };
            layers.push(Layer {
                signal,
                bias,
                variances,
                inverse_moment: moments.iter().map(inverse).collect(),
            });
            p = moments.iter().map(|&m| weight * m).collect();
        }
        deviations(&p, bias_scale, layers.len())?;
        Ok(Self {
            n,
            width,
            units,
            first,
            layers,
        })
    }
}

/// The roots of p^2 + b^2.
fn deviations(p: &[f64], bias_scale: f64, layer: usize) -> Result<Vec<f64>> {
    let roots: Vec<f64> = p.iter().map(|p| p.hypot(bias_scale)).collect();
    match roots.iter().find(|&&root| root * root > LARGEST) {
        None => Ok(roots),
        Some(root) => Err(Error::value(
            "x",
            format!(
                "gives pre-activations of layer {} with a standard deviation of {root:.3e}, whose \
                 square overflows; scale the samples, weight_scale or bias_scale down",
                layer + 1
            ),
        )),
    }
}

/// Writes x / |x| and returns |x|, for numbers of any size; of zeros, zeros.
fn normalize(x: &[f64], unit: &mut [f64]) -> f64 {
    let largest = x.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    // A power of two: equal directions give equal bits whatever their length is in such units.
    let power = 2f64.powi(largest.log2().floor().clamp(-1000.0, 1000.0) as i32);
    let sum = sum_of_squares(x.iter().map(|x| x / power));
    let length = sum.sqrt();
    for (unit, x) in unit.iter_mut().zip(x) {
        *unit = x / power / length;
    }
    length * power
}

pub(super) fn sum_of_squares(numbers: impl Iterator<Item = f64>) -> f64 {
    // Four sums, so that additions do not wait for each other.
    let mut sums = [0.0f64; 4];
    for (i, x) in numbers.enumerate() {
        sums[i % 4] = x.mul_add(x, sums[i % 4]);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}
