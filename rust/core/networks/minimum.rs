//! Global minima by the method of Levenberg and Marquardt, many networks at once, one a task.
//!
//! Each step solves (J^T J + mu) h = -J^T r. With more parameters than targets the same step is
//! -J^T u with (J J^T + mu) u = r, and J J^T comes layer by layer: J is never formed, and the cost
//! of a step grows with the width, not with the number of parameters.

use super::backward::Backward;
use super::cholesky::Cholesky;
use super::jacobian::fill;
use super::layer_sum::{LowerBuffers, lower_kernel};
use super::mlp::{Mlp, Pass};
use super::product::{Parallelism, lower_square, rows};
use super::training::{Outcome, Status, Task, each_network, residual};
use crate::error::{Result, checked_len, try_filled};
use crate::execution::Job;

/// First damping relative to the largest diagonal entry of the system.
const FIRST_DAMPING: f64 = 1e-3;
/// Damping beyond which a step is below the resolution of double precision.
const LARGEST_DAMPING: f64 = 1e16;
/// Smallest damping: rounding of the system is that large anyway.
const SMALLEST_DAMPING: f64 = 1e-15;
/// ||J^T r|| below this share of ||J|| ||r|| is a local minimum.
const FLAT: f64 = 1e-9;
/// So many steps must lower the loss by the share `PROGRESS`, or the search has stalled.
const WINDOW: u64 = 100;
const PROGRESS: f64 = 1e-3;

/// What the search is told.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// Most steps of one network, those that were tried and taken back included.
    pub max_steps: u64,
    /// Loss below which a network is done.
    pub tolerance: f64,
}

/// Searches for a global minimum from each of the networks in `theta`, which are overwritten with
/// the best parameters found.
///
/// # Errors
/// [`Error::Value`](crate::error::Error::Value) where sizes do not match,
/// [`Error::Memory`](crate::error::Error::Memory),
/// [`Error::Interrupted`](crate::error::Error::Interrupted).
pub fn levenberg_marquardt(
    mlp: &Mlp,
    theta: &mut [f64],
    task: Task<'_>,
    batch: usize,
    search: Search,
    job: &Job,
) -> Result<Vec<Outcome>> {
    mlp.check_params(theta, batch)?;
    job.expect(search.max_steps.saturating_mul(batch as u64));
    each_network(mlp, theta, job, |network, theta| {
        let outcome = descend(mlp, theta, task, network, search, job)?;
        job.advance(search.max_steps - outcome.steps);
        Ok(outcome)
    })
}

fn descend(
    mlp: &Mlp,
    theta: &mut [f64],
    task: Task<'_>,
    network: usize,
    search: Search,
    job: &Job,
) -> Result<Outcome> {
    let targets = task.targets(network);
    let what = "the step";
    let mut pass = Pass::new(mlp, task.x(), task.parallelism())?;
    let mut trial_pass = pass.clone();
    let mut r = try_filled(what, targets.len(), 0.0)?;
    let mut trial_r = try_filled(what, targets.len(), 0.0)?;
    let mut trial = try_filled(what, theta.len(), 0.0)?;
    let mut step = try_filled(what, theta.len(), 0.0)?;
    let mut system = System::new(mlp, &pass, task.parallelism(), job)?;
    pass.forward(mlp, theta, job)?;
    let mut loss = residual(&pass.output, targets, &mut r);
    let (mut damping, mut growth) = (None, 2.0);
    let (mut moved, mut steps, mut earlier) = (true, 0, f64::INFINITY);
    let status = loop {
        job.check()?;
        if loss < search.tolerance || loss == 0.0 {
            break Status::Converged;
        }
        if !loss.is_finite() {
            break Status::Diverged;
        }
        if steps == search.max_steps {
            break Status::OutOfSteps;
        }
        if moved {
            system.prepare(mlp, theta, &pass, &r, job)?;
        }
        let scale = system.largest_diagonal();
        let mu = *damping.get_or_insert(FIRST_DAMPING * scale);
        let crawls = steps % WINDOW == 0 && {
            let crawls = loss > (1.0 - PROGRESS) * earlier;
            earlier = loss;
            crawls
        };
        let flat = system.gradient_squared <= FLAT * FLAT * system.trace * 2.0 * loss;
        if flat || crawls || mu.is_nan() || mu > LARGEST_DAMPING * scale {
            break Status::Stalled;
        }
        steps += 1;
        job.advance(1);
        let predicted = system.solve(mlp, theta, &pass, &r, mu, &mut step, job)?;
        let better = match predicted {
            None => None,
            Some(predicted) => {
                for ((trial, &theta), &step) in trial.iter_mut().zip(&*theta).zip(&step) {
                    *trial = theta + step;
                }
                trial_pass.forward(mlp, &trial, job)?;
                let trial_loss = residual(&trial_pass.output, targets, &mut trial_r);
                (trial_loss < loss).then(|| (trial_loss, (loss - trial_loss) / predicted))
            }
        };
        moved = better.is_some();
        if let Some((trial_loss, gain)) = better {
            theta.copy_from_slice(&trial);
            std::mem::swap(&mut pass, &mut trial_pass);
            std::mem::swap(&mut r, &mut trial_r);
            loss = trial_loss;
            growth = 2.0;
            damping = Some((mu * shrink(gain)).max(SMALLEST_DAMPING * scale));
        } else {
            damping = Some(mu * growth);
            growth *= 2.0;
        }
    };
    Ok(Outcome {
        loss,
        steps,
        status,
    })
}

/// Factor of the damping after a step that lowered the loss by `gain` times what the linear model
/// promised: a tenth where the model is right, up to two where it promised far too much.
fn shrink(gain: f64) -> f64 {
    let centered = 2.0 * gain - 1.0;
    if gain.is_finite() {
        (1.0 - centered * centered * centered).clamp(0.1, 2.0)
    } else {
        2.0
    }
}

/// The damped normal equations in the smaller of their two forms.
struct System {
    parallelism: Parallelism,
    dual: bool,
    backward: Backward<f64>,
    single: Backward<f64>,
    kernel_buffers: LowerBuffers,
    jacobian: Vec<f64>,
    matrix: Vec<f64>,
    factor: Vec<f64>,
    right: Vec<f64>,
    solution: Vec<f64>,
    size: usize,
    cholesky: Cholesky,
    trace: f64,
    gradient_squared: f64,
}

impl System {
    fn new(mlp: &Mlp, pass: &Pass<f64>, parallelism: Parallelism, job: &Job) -> Result<Self> {
        let what = "the normal equations";
        let (n, k) = (pass.n_samples(), mlp.n_outputs());
        let (targets, n_params) = (n * k, mlp.n_params());
        let dual = n_params > targets;
        let size = targets.min(n_params);
        let square = checked_len(what, &[size, size], 8)?;
        let jacobian = if dual {
            0
        } else {
            checked_len(what, &[targets, n_params], 8)?
        };
        let (n, k) = if dual { (n, k) } else { (0, 0) };
        Ok(Self {
            parallelism,
            dual,
            backward: Backward::new(mlp, targets)?,
            single: Backward::new(mlp, pass.n_samples())?,
            kernel_buffers: LowerBuffers::new(n, k, job)?,
            jacobian: try_filled(what, jacobian, 0.0)?,
            matrix: try_filled(what, square, 0.0)?,
            factor: try_filled(what, square, 0.0)?,
            right: try_filled(what, size, 0.0)?,
            solution: try_filled(what, size, 0.0)?,
            size,
            cholesky: Cholesky::new(size)?,
            trace: 0.0,
            gradient_squared: 0.0,
        })
    }

    /// Works out the matrix and the right-hand side at `theta`.
    fn prepare(
        &mut self,
        mlp: &Mlp,
        theta: &[f64],
        pass: &Pass<f64>,
        r: &[f64],
        job: &Job,
    ) -> Result<()> {
        let n = self.size;
        self.backward.all_outputs(mlp, theta, pass, job)?;
        if self.dual {
            lower_kernel(
                mlp,
                pass,
                &self.backward,
                &mut self.kernel_buffers,
                &mut self.matrix,
                self.parallelism,
                job,
            )?;
            self.right.copy_from_slice(r);
            self.gradient_squared = quadratic_form(&self.matrix, r);
        } else {
            fill(mlp, pass, &self.backward, &mut self.jacobian);
            let j = rows(&self.jacobian, r.len(), n);
            lower_square(&mut self.matrix, j.transpose(), 1.0, self.parallelism, job)?;
            self.right.fill(0.0);
            for (row, &r) in self.jacobian.chunks_exact(n).zip(r) {
                for (sum, &j) in self.right.iter_mut().zip(row) {
                    *sum -= j * r;
                }
            }
            self.gradient_squared = dot(&self.right, &self.right);
        }
        self.trace = self.matrix.iter().step_by(n + 1).sum();
        Ok(())
    }

    fn largest_diagonal(&self) -> f64 {
        self.matrix
            .iter()
            .step_by(self.size + 1)
            .copied()
            .fold(0.0, f64::max)
    }

    /// Writes the step for damping `mu`; returns by how much the linear model lowers the loss, or
    /// nothing where the matrix is not positive to rounding.
    fn solve(
        &mut self,
        mlp: &Mlp,
        theta: &[f64],
        pass: &Pass<f64>,
        r: &[f64],
        mu: f64,
        step: &mut [f64],
        job: &Job,
    ) -> Result<Option<f64>> {
        let n = self.size;
        self.factor.copy_from_slice(&self.matrix);
        self.factor
            .iter_mut()
            .step_by(n + 1)
            .for_each(|entry| *entry += mu);
        self.solution.copy_from_slice(&self.right);
        let (factor, parallelism) = (&mut self.factor, self.parallelism);
        if !self.cholesky.factor(factor, n, parallelism, job)? {
            return Ok(None);
        }
        self.cholesky.substitute(factor, &mut self.solution);
        if self.solution.iter().any(|entry| !entry.is_finite()) {
            return Ok(None);
        }
        let u = &self.solution;
        if self.dual {
            self.single.pull_back(mlp, theta, pass, u, step, job)?;
            for entry in step.iter_mut() {
                *entry = -*entry;
            }
            // (|r|^2 - |r + J h|^2) / 2 with r + J h = mu u.
            let drop: f64 = r
                .iter()
                .zip(u)
                .map(|(&r, &u)| (r - mu * u) * (r + mu * u))
                .sum();
            return Ok(Some(0.5 * drop));
        }
        step.copy_from_slice(u);
        Ok(Some(
            0.5 * u
                .iter()
                .zip(&self.right)
                .map(|(&h, &g)| h * (mu * h + g))
                .sum::<f64>(),
        ))
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// v^T A v for the lower half of a symmetric A.
fn quadratic_form(matrix: &[f64], v: &[f64]) -> f64 {
    let n = v.len();
    let mut sum = 0.0;
    for (i, row) in matrix.chunks_exact(n).enumerate() {
        let below = dot(&row[..i], &v[..i]);
        sum += v[i] * (2.0 * below + row[i] * v[i]);
    }
    sum
}
