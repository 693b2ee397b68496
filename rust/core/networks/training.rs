//! Full-batch gradient descent with momentum, many networks at once, one a task.

use super::backward::Backward;
use super::mlp::{Mlp, Pass};
use super::product::Parallelism;
use crate::error::{Error, Result, try_filled};
use crate::execution::{Job, map_blocks};

/// A loss beyond this multiple of the first one counts as divergence.
const DIVERGED: f64 = 1e6;

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The loss fell below the tolerance.
    Converged = 0,
    /// The steps ran out first.
    OutOfSteps = 1,
    /// The loss grew without bound or stopped being a number.
    Diverged = 2,
    /// No step lowers the loss any more: a local minimum, or the end of double precision.
    Stalled = 3,
}

/// Where one search ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Half the sum of squared residuals at the parameters that are returned.
    pub loss: f64,
    /// Steps taken.
    pub steps: u64,
    /// How it ended.
    pub status: Status,
}

/// Samples and what the networks are to answer; `y` once for all networks, or once for each.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    x: &'a [f64],
    y: &'a [f64],
    batch: usize,
    per_network: usize,
}

impl<'a> Task<'a> {
    /// Checks the sizes of samples `x` and targets `y` for `batch` networks.
    ///
    /// # Errors
    /// [`Error::Value`] where they do not match.
    pub fn new(mlp: &Mlp, x: &'a [f64], y: &'a [f64], batch: usize) -> Result<Self> {
        let n = mlp.count_samples(x)?;
        let per_network = n * mlp.n_outputs();
        if y.len() != per_network && y.len() != per_network * batch {
            return Err(Error::value(
                "y",
                format!(
                    "has {} entries, not {per_network} or {batch} times that",
                    y.len()
                ),
            ));
        }
        Ok(Self {
            x,
            y,
            batch,
            per_network,
        })
    }

    /// The samples.
    pub(super) fn x(&self) -> &'a [f64] {
        self.x
    }

    /// Number of targets of one network.
    pub(super) fn per_network(&self) -> usize {
        self.per_network
    }

    /// The targets of one network.
    pub(super) fn targets(&self, network: usize) -> &'a [f64] {
        let start = if self.y.len() == self.per_network {
            0
        } else {
            network * self.per_network
        };
        &self.y[start..start + self.per_network]
    }

    /// Inside of a batch each network stays on its thread; a single one may use the whole pool.
    pub(super) fn parallelism(&self) -> Parallelism {
        if self.batch == 1 {
            Parallelism::Pool
        } else {
            Parallelism::Sequential
        }
    }
}

/// residual = output - targets; returns the loss.
pub(super) fn residual(output: &[f64], targets: &[f64], residual: &mut [f64]) -> f64 {
    let mut sum = 0.0;
    for ((r, &f), &y) in residual.iter_mut().zip(output).zip(targets) {
        *r = f - y;
        sum += *r * *r;
    }
    0.5 * sum
}

/// What gradient descent is told.
#[derive(Debug, Clone, Copy)]
pub struct Descent<'a> {
    /// Most steps of one network.
    pub max_steps: u64,
    /// Loss below which a network is done.
    pub tolerance: f64,
    /// One learning rate for each network.
    pub learning_rates: &'a [f64],
    /// Share of the last step that the next one keeps.
    pub momentum: f64,
}

/// Gradient descent from each of the networks in `theta`, which are overwritten with the last
/// parameters.
///
/// # Errors
/// [`Error::Value`] where sizes do not match, [`Error::Memory`], [`Error::Interrupted`].
pub fn gradient_descent(
    mlp: &Mlp,
    theta: &mut [f64],
    task: Task<'_>,
    descent: Descent<'_>,
    job: &Job,
) -> Result<Vec<Outcome>> {
    let batch = task.batch;
    mlp.check_params(theta, batch)?;
    if descent.learning_rates.len() != batch {
        return Err(Error::value(
            "learning_rates",
            "must be one for each network",
        ));
    }
    job.expect(descent.max_steps.saturating_mul(batch as u64));
    each_network(mlp, theta, job, |network, theta| {
        descend(mlp, theta, task, network, descent, job)
    })
}

/// Runs `search(network, theta)` on every network of `theta` in parallel; outcomes in order.
pub(super) fn each_network<F>(
    mlp: &Mlp,
    theta: &mut [f64],
    job: &Job,
    search: F,
) -> Result<Vec<Outcome>>
where
    F: Fn(usize, &mut [f64]) -> Result<Outcome> + Sync,
{
    // `map_blocks` hands out indices only; each slot is taken by the one task that it belongs to.
    let slots: Vec<std::sync::Mutex<&mut [f64]>> = theta
        .chunks_exact_mut(mlp.n_params())
        .map(std::sync::Mutex::new)
        .collect();
    map_blocks(job, slots.len(), |network| {
        let mut theta = slots[network].lock().map_err(|_| Error::Interrupted)?;
        search(network, &mut theta)
    })
}

fn descend(
    mlp: &Mlp,
    theta: &mut [f64],
    task: Task<'_>,
    network: usize,
    descent: Descent<'_>,
    job: &Job,
) -> Result<Outcome> {
    let what = "the gradient";
    let targets = task.targets(network);
    let rate = descent.learning_rates[network];
    let mut pass = Pass::new(mlp, task.x(), task.parallelism())?;
    let mut backward = Backward::new(mlp, pass.n_samples())?;
    let mut r = try_filled(what, task.per_network(), 0.0)?;
    let mut gradient = try_filled(what, theta.len(), 0.0)?;
    let mut velocity = try_filled(what, theta.len(), 0.0)?;
    let mut first = None;
    let mut steps = 0;
    loop {
        job.check()?;
        pass.forward(mlp, theta, job)?;
        let loss = residual(&pass.output, targets, &mut r);
        let limit = DIVERGED * *first.get_or_insert(loss.max(descent.tolerance));
        let status = if loss < descent.tolerance || loss == 0.0 {
            Status::Converged
        } else if !(loss.is_finite() && loss <= limit) {
            Status::Diverged
        } else if steps == descent.max_steps {
            Status::OutOfSteps
        } else {
            backward.pull_back(mlp, theta, &pass, &r, &mut gradient, job)?;
            let momentum = descent.momentum;
            for ((theta, v), &g) in theta.iter_mut().zip(&mut velocity).zip(&gradient) {
                *v = momentum * *v - rate * g;
                *theta += *v;
            }
            steps += 1;
            job.advance(1);
            continue;
        };
        job.advance(descent.max_steps - steps);
        return Ok(Outcome {
            loss,
            steps,
            status,
        });
    }
}
