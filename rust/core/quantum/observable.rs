//! Expectation values <psi|O|psi> of Haar-random states, from the spectrum of O alone; Eq. (1).
//!
//! The weights of the eigenspaces follow a Dirichlet law: Gamma variates of shape beta mult / 2 over
//! their sum.

use crate::error::{Error, Result, try_filled};
use crate::execution::{Job, map_blocks};
use crate::random::draws::{for_each_costly_row, sample};
use crate::random::gamma;
use crate::random::stream::Family;
use crate::spectra::field::Field;
use crate::spectra::laguerre::LARGEST;

/// The spectrum of an observable, centered and scaled.
#[derive(Debug, Clone)]
pub struct Spectrum {
    /// (eigenvalue / scale) - center.
    deviations: Vec<f64>,
    /// Shapes of the Gamma variates.
    shapes: Vec<f64>,
    /// Mean of the eigenvalues over `scale`.
    center: f64,
    scale: f64,
    /// What the Gamma variates are divided by before they are added.
    unit: f64,
}

impl Spectrum {
    /// Eigenvalues and their multiplicities.
    ///
    /// # Errors
    /// [`Error::Value`] where there is none, an eigenvalue is not finite, or a multiplicity is not a
    /// whole number from 1 to 2^1000.
    pub fn new(eigenvalues: &[f64], multiplicities: &[f64], field: Field) -> Result<Self> {
        if eigenvalues.is_empty() {
            return Err(Error::value("eigenvalues", "must not be empty"));
        }
        if eigenvalues.len() != multiplicities.len() {
            let (want, came) = (eigenvalues.len(), multiplicities.len());
            let reason = format!("must be as many as the eigenvalues, {want}; got {came}");
            return Err(Error::value("multiplicities", reason));
        }
        if let Some(x) = eigenvalues.iter().find(|x| !x.is_finite()) {
            return Err(Error::value(
                "eigenvalues",
                format!("must be finite, got {x}"),
            ));
        }
        let whole = |x: f64| (1.0..=LARGEST).contains(&x) && x.fract() == 0.0;
        if let Some(x) = multiplicities.iter().find(|x| !whole(**x)) {
            let reason = format!("must be whole numbers from 1 to 2^1000, got {x}");
            return Err(Error::value("multiplicities", reason));
        }
        let largest = eigenvalues
            .iter()
            .fold(0.0, |most: f64, x| most.max(x.abs()));
        let scale = if largest > 0.0 { largest } else { 1.0 };
        let unit = multiplicities.iter().fold(0.0, |most: f64, &x| most.max(x));
        let (mut weight, mut center) = (0.0, 0.0);
        for (x, mult) in eigenvalues.iter().zip(multiplicities) {
            weight += mult / unit;
            center += (x / scale - center) * (mult / unit / weight);
        }
        let half = field.beta() as f64 / 2.0;
        Ok(Self {
            deviations: eigenvalues.iter().map(|x| x / scale - center).collect(),
            shapes: multiplicities.iter().map(|x| half * x).collect(),
            center,
            scale,
            unit,
        })
    }

    /// Expectation values for samples `first ..`, one for each item of `out`.
    ///
    /// # Errors
    /// [`Error::Memory`]; [`Error::Interrupted`].
    pub fn haar_expectations(
        &self,
        family: &Family,
        first: u64,
        out: &mut [f64],
        job: &Job,
    ) -> Result<()> {
        if let [_] = self.deviations[..] {
            out.fill(self.center * self.scale);
            return Ok(());
        }
        let blocks = self.shapes.len().div_ceil(gamma::BLOCK);
        let cost = self.shapes.len().saturating_mul(gamma::COST);
        for_each_costly_row(job, out, 1, cost, |index, row| {
            let sample = sample(first, index);
            let parts = map_blocks(job, blocks, |block| self.part(family, sample, block))?;
            let (mut weight, mut sum) = (0.0, 0.0);
            for (part_weight, part_sum) in parts {
                weight += part_weight;
                sum += part_sum;
            }
            for x in row {
                *x = self.scale * (self.center + sum / weight);
            }
            Ok(())
        })
    }

    /// Sums of the weights and of the weighted deviations of a block.
    fn part(&self, family: &Family, sample: u64, block: usize) -> Result<(f64, f64)> {
        let start = block * gamma::BLOCK;
        let shapes = &self.shapes[start..];
        let len = shapes.len().min(gamma::BLOCK);
        let mut weights = try_filled("the weights", len, 0.0)?;
        gamma::fill(family, sample, block as u64, |i| shapes[i], &mut weights);
        let (mut weight, mut sum) = (0.0, 0.0);
        for (g, deviation) in weights.iter().zip(&self.deviations[start..]) {
            let g = g / self.unit;
            weight += g;
            sum += g * deviation;
        }
        Ok((weight, sum))
    }
}
