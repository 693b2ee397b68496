//! The global minimum nearest to the start, on the start plus the row space of its Jacobian:
//! Newton's iteration with the Jacobian frozen there.

use super::backward::Backward;
use super::cholesky::Cholesky;
use super::layer_sum::{LowerBuffers, lower_kernel};
use super::minimum::{Search, dot};
use super::mlp::{Mlp, Pass};
use super::product::Parallelism;
use super::training::{Outcome, Status, Task, residual};
use crate::error::{Result, checked_len, try_filled};
use crate::execution::Job;
use crate::linalg::scaling::{exp2, exponent_above, largest};

/// Growth of the loss from one step to the next that counts as divergence.
const DIVERGED: f64 = 1e2;

/// Moves the one network `theta` by -J^T K^-1 r, J and K those of the start, until the loss is
/// below the tolerance. Returns the outcome and sqrt(r^T K^-1 r), the length of the first step; it
/// is infinite, and the network unmoved and stalled, where K is singular to rounding.
///
/// # Errors
/// [`Error::Value`](crate::error::Error::Value) where sizes do not match,
/// [`Error::Memory`](crate::error::Error::Memory),
/// [`Error::Interrupted`](crate::error::Error::Interrupted).
pub fn nearest_minimum(
    mlp: &Mlp,
    theta: &mut [f64],
    task: Task<'_>,
    search: Search,
    job: &Job,
) -> Result<(Outcome, f64)> {
    mlp.check_params(theta, 1)?;
    let what = "the kernel";
    let targets = task.targets(0);
    let size = targets.len();
    let mut start = Pass::new(mlp, task.x(), Parallelism::Pool)?;
    start.forward(mlp, theta, job)?;
    let mut backward = Backward::new(mlp, size)?;
    backward.all_outputs(mlp, theta, &start, job)?;
    let mut kernel = try_filled(what, checked_len(what, &[size, size], 8)?, 0.0)?;
    let mut buffers = LowerBuffers::new(start.n_samples(), mlp.n_outputs(), job)?;
    let parallelism = Parallelism::Pool;
    lower_kernel(
        mlp,
        &start,
        &backward,
        &mut buffers,
        &mut kernel,
        parallelism,
        job,
    )?;
    let mut r = try_filled(what, size, 0.0)?;
    let mut loss = residual(&start.output, targets, &mut r);
    let mut cholesky = Cholesky::new(size)?;
    let stalled = Outcome {
        loss,
        steps: 0,
        status: Status::Stalled,
    };
    let diagonal = |matrix: &[f64]| matrix.iter().step_by(size + 1).copied().collect::<Vec<_>>();
    let largest = diagonal(&kernel).into_iter().fold(0.0, f64::max);
    // A pivot of rounding size may come out positive; then the kernel is singular all the same.
    let rounding = size as f64 * f64::EPSILON * largest;
    let regular = cholesky.factor(&mut kernel, size, parallelism, job)?
        && diagonal(&kernel).iter().all(|root| root * root > rounding);
    if !regular {
        return Ok((stalled, f64::INFINITY));
    }
    let origin = theta.to_vec();
    let mut single = Backward::new(mlp, start.n_samples())?;
    let mut step = try_filled(what, theta.len(), 0.0)?;
    let mut pass = start.clone();
    let mut linearized = None;
    let mut steps = 0;
    job.expect(search.max_steps);
    let status = loop {
        job.check()?;
        let before = r.clone();
        cholesky.substitute(&kernel, &mut r);
        let length = *linearized.get_or_insert_with(|| root_of_product(&before, &r));
        if !length.is_finite() {
            return Ok((stalled, f64::INFINITY));
        }
        if loss < search.tolerance || loss == 0.0 {
            break Status::Converged;
        }
        if steps == search.max_steps {
            break Status::OutOfSteps;
        }
        single.pull_back(mlp, &origin, &start, &r, &mut step, job)?;
        for (theta, &step) in theta.iter_mut().zip(&step) {
            *theta -= step;
        }
        pass.forward(mlp, theta, job)?;
        let last = loss;
        loss = residual(&pass.output, targets, &mut r);
        steps += 1;
        job.advance(1);
        if !(loss.is_finite() && loss <= DIVERGED * last) {
            break Status::Diverged;
        }
    };
    Ok((
        Outcome {
            loss,
            steps,
            status,
        },
        linearized.unwrap_or(0.0),
    ))
}

/// sqrt(a^T b), zero where that is negative by rounding; infinite if an entry is NaN or infinite. Neither
/// the products of entries nor their sum underflow or overflow on the way.
fn root_of_product(a: &[f64], b: &[f64]) -> f64 {
    let product = dot(a, b);
    if product.is_finite() && product > 1e-250 {
        return product.sqrt();
    }
    let (Ok(most_a), Ok(most_b)) = (largest(a), largest(b)) else {
        return f64::INFINITY;
    };
    let power = |most: f64| exponent_above(most).clamp(-1022, 1022);
    let scaled = |entries: &[f64], power: i32| -> Vec<f64> {
        entries.iter().map(|entry| entry * exp2(-power)).collect()
    };
    let (p, q) = (power(most_a), power(most_b));
    let product = dot(&scaled(a, p), &scaled(b, q)).max(0.0);
    // The root of an even power of two is one.
    let odd = (p + q).rem_euclid(2);
    (product * exp2(odd)).sqrt() * exp2((p + q - odd) / 2)
}
