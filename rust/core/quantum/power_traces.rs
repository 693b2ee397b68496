//! `tr rho_A^k` of Haar-random states without eigenvalues, streamed through the bidiagonal model.
//!
//! With T = B B^T tridiagonal, tr T^k is the sum over i of products of entries of row i of T^(k/2),
//! a band of width k: O(k^2 m) operations on a window of rows that moves along the matrix.

use rayon::prelude::*;

use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, map_blocks};
use crate::quantum::schmidt::haar_schmidt_spectra;
use crate::random::draws::{for_each_costly_row, sample};
use crate::random::gamma;
use crate::random::stream::Family;
use crate::simd::{self, Kernel, LANES, Simd};
use crate::spectra::laguerre::{Laguerre, ROWS};

/// Smaller dimensions beyond this take days; the mean is known exactly.
const LARGEST_M: usize = 1 << 40;
/// Floats in a band, about: what stays in the cache of a core.
const BAND: usize = 1 << 16;
/// Blocks of streams in a piece of parallel work.
const RUN: usize = 32;

/// `tr rho_A^order` for samples `first ..`, one for each item of `out`.
///
/// # Errors
/// [`Error::Value`] for order 0 and where m exceeds 2^40; [`Error::Memory`]; [`Error::Interrupted`].
pub fn haar_power_traces(
    model: &Laguerre,
    order: usize,
    family: &Family,
    first: u64,
    out: &mut [f64],
    job: &Job,
) -> Result<()> {
    let m = model.m();
    if order == 0 {
        return Err(Error::value("order", "must be at least 1, got 0"));
    }
    if m > LARGEST_M {
        let reason = format!(
            "the smaller dimension must be at most 2^40, got {m}; mean_power_trace has the exact \
             mean, from which a draw of this size does not differ visibly"
        );
        return Err(Error::value("m", reason));
    }
    if order == 1 {
        out.fill(1.0);
        return Ok(());
    }
    if order.saturating_mul(order) / 4 > m {
        return from_spectra(model, order, family, first, out, job);
    }
    let banded = Banded::new(model, order, family);
    let cost = m.saturating_mul(2 * gamma::COST + order * order / 4);
    for_each_costly_row(job, out, 1, cost, |index, row| {
        let (trace, power) = banded.sums(sample(first, index), job)?;
        row.fill(power / trace * integer_power(1.0 / trace, order - 1));
        Ok(())
    })
}

/// For powers that are high for so small a matrix the spectrum is cheaper than the band.
fn from_spectra(
    model: &Laguerre,
    order: usize,
    family: &Family,
    first: u64,
    out: &mut [f64],
    job: &Job,
) -> Result<()> {
    let m = model.m();
    let at_once = ((1 << 22) / m).max(256);
    for (part, traces) in out.chunks_mut(at_once).enumerate() {
        let len = checked_len("the spectra", &[traces.len(), m], size_of::<f64>())?;
        let mut spectra = try_filled("the spectra", len, 0.0)?;
        let first = sample(first, part * at_once);
        haar_schmidt_spectra(model, family, first, &mut spectra, job)?;
        traces
            .par_iter_mut()
            .zip(spectra.par_chunks(m))
            .for_each(|(trace, spectrum)| {
                // The smallest first.
                *trace = spectrum
                    .iter()
                    .rev()
                    .map(|&p| integer_power(p, order))
                    .sum();
            });
    }
    Ok(())
}

/// x^k by squaring, the same bits everywhere.
fn integer_power(mut x: f64, mut k: usize) -> f64 {
    let mut power = 1.0;
    while k > 0 {
        if k % 2 == 1 {
            power *= x;
        }
        x *= x;
        k /= 2;
    }
    power
}

/// How the rows are cut for a power of a model.
struct Banded<'a> {
    model: &'a Laguerre,
    family: &'a Family,
    order: usize,
    /// Rows seen on either side of the chunk that is summed.
    halo: usize,
    /// Rows summed at once.
    chunk: usize,
    /// Rows in a piece of parallel work.
    run: usize,
}

impl<'a> Banded<'a> {
    fn new(model: &'a Laguerre, order: usize, family: &'a Family) -> Self {
        let halo = order / 2 + 2;
        let chunk = (BAND / halo).clamp(2 * halo, (2 * halo).max(ROWS));
        let run = (RUN * ROWS).max(16 * halo).next_multiple_of(ROWS);
        Self {
            model,
            family,
            order,
            halo,
            chunk,
            run,
        }
    }

    /// tr T and tr T^order of a sample, T over the norm of the model.
    fn sums(&self, sample: u64, job: &Job) -> Result<(f64, f64)> {
        let runs = self.model.m().div_ceil(self.run);
        let parts = map_blocks(job, runs, |run| self.part(sample, run, job))?;
        let mut sums = (0.0, 0.0);
        for (trace, power) in parts {
            sums.0 += trace;
            sums.1 += power;
        }
        Ok(sums)
    }

    /// What the rows of a run contribute to both traces.
    fn part(&self, sample: u64, run: usize, job: &Job) -> Result<(f64, f64)> {
        let m = self.model.m();
        let (from, to) = (run * self.run, m.min((run + 1) * self.run));
        let mut rows = Rows::new(self, sample, from.saturating_sub(self.halo + 1))?;
        let width = self.chunk.min(to - from) + 2 * self.halo;
        let what = "the band of a power";
        let mut diagonal = try_filled(what, width, 0.0)?;
        let mut off = try_filled(what, width, 0.0)?;
        let len = checked_len(what, &[width, self.order / 2 + 3], size_of::<f64>())?;
        let mut bands = [try_filled(what, len, 0.0)?, try_filled(what, len, 0.0)?];
        let mut sums = (0.0, 0.0);
        for start in (from..to).step_by(self.chunk) {
            job.check()?;
            let end = to.min(start + self.chunk);
            let width = end - start + 2 * self.halo;
            let (diagonal, off) = (&mut diagonal[..width], &mut off[..width]);
            rows.window(self, start, end, diagonal, off);
            let kernel = Chunk {
                order: self.order,
                halo: self.halo,
                diagonal,
                off,
                bands: &mut bands,
            };
            let (trace, power) = simd::dispatch(kernel);
            sums.0 += trace;
            sums.1 += power;
        }
        Ok(sums)
    }
}

/// Squares of the entries of B of a moving window of rows.
struct Rows {
    sample: u64,
    /// First row held; `pairs` holds the diagonal's and the next subdiagonal's square of each.
    first: usize,
    pairs: Vec<f64>,
}

impl Rows {
    fn new(banded: &Banded<'_>, sample: u64, row: usize) -> Result<Self> {
        let mut pairs = Vec::new();
        let rows = banded.chunk + 2 * banded.halo + 2 * ROWS + 2;
        let bytes = 16 * rows as u128;
        pairs
            .try_reserve_exact(2 * rows)
            .map_err(|_| Error::Memory {
                what: "the rows of a power",
                bytes,
            })?;
        Ok(Self {
            sample,
            first: row / ROWS * ROWS,
            pairs,
        })
    }

    /// Diagonal and off-diagonal of T from `start - halo` to `end + halo`; zero outside of T.
    fn window(
        &mut self,
        banded: &Banded<'_>,
        start: usize,
        end: usize,
        diagonal: &mut [f64],
        off: &mut [f64],
    ) {
        let (m, halo) = (banded.model.m(), banded.halo);
        while self.first + self.pairs.len() / 2 < m.min(end + halo) {
            let row = self.first + self.pairs.len() / 2;
            let count = ROWS.min(m - row);
            let at = self.pairs.len();
            self.pairs.resize(at + 2 * count, 0.0);
            let block = row / ROWS;
            banded
                .model
                .entries(banded.family, self.sample, block, &mut self.pairs[at..]);
            if row + count == m
                && let Some(last) = self.pairs.last_mut()
            {
                *last = 0.0;
            }
        }
        // One row more on the left is kept: a diagonal entry of T takes from the row before.
        let low = start.saturating_sub(halo + 1).max(self.first);
        self.pairs.drain(..2 * (low - self.first));
        self.first = low;
        diagonal.fill(0.0);
        off.fill(0.0);
        // Place 0 of the window is row start - halo.
        let skipped = halo.saturating_sub(start);
        let top = (start + skipped) - halo;
        let held = &self.pairs[2 * (top - self.first)..];
        let mut before = match top - self.first {
            0 => 0.0,
            rows => self.pairs[2 * rows - 1],
        };
        let targets = diagonal.iter_mut().zip(off).skip(skipped);
        for (pair, (diagonal, off)) in held.as_chunks::<2>().0.iter().zip(targets) {
            *diagonal = pair[0] + before;
            *off = (pair[0] * pair[1]).sqrt();
            before = pair[1];
        }
    }
}

/// The traces of a chunk of rows. Compiled for each instruction set; no operation is fused, so that
/// the bits are those of the plain loops.
struct Chunk<'a> {
    order: usize,
    halo: usize,
    diagonal: &'a [f64],
    off: &'a [f64],
    /// Diagonal j of a power in `[j width ..]`: entry (x, x + j) at place x.
    bands: &'a mut [Vec<f64>; 2],
}

impl Kernel for Chunk<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> (f64, f64) {
        let (width, halo) = (self.diagonal.len(), self.halo);
        let [old, new] = self.bands;
        let (mut old, mut new) = (old, new);
        old[..width].copy_from_slice(self.diagonal);
        old[width..2 * width].copy_from_slice(self.off);
        old[2 * width..3 * width].fill(0.0);
        let inner = halo..width - halo;
        let trace = dot_ones(&self.diagonal[inner.clone()]);
        let half = self.order / 2;
        for power in 1..half {
            raise(power, width, self.diagonal, self.off, old, new);
            std::mem::swap(&mut old, &mut new);
        }
        let right: &[f64] = if self.order % 2 == 1 {
            raise(half, width, self.diagonal, self.off, old, new);
            new
        } else {
            old
        };
        let mut sum = 0.0;
        for j in 0..=half {
            let places = j * width + inner.start..j * width + inner.end;
            let term = dot(&old[places.clone()], &right[places]);
            sum += if j == 0 { term } else { 2.0 * term };
        }
        (trace, sum)
    }
}

/// The diagonals 0 ..= power + 1 of T^(power + 1) from those of T^power.
#[inline(always)]
fn raise(power: usize, width: usize, diagonal: &[f64], off: &[f64], old: &[f64], new: &mut [f64]) {
    // Places whose entries would need rows outside of the window are wrong, one more at either end
    // for each power; the halo is wider than that.
    let band = |j: usize| &old[j * width..(j + 1) * width];
    let (center, next) = (band(0), band(1));
    let to = &mut new[..width];
    to[0] = 0.0;
    for x in 1..width {
        to[x] = center[x] * diagonal[x] + next[x] * off[x] + next[x - 1] * off[x - 1];
    }
    for j in 1..=power + 1 {
        let len = width - j;
        let (lower, same) = (&band(j - 1)[..len], &band(j)[..len]);
        let (diagonal, before) = (&diagonal[j..][..len], &off[j - 1..][..len]);
        let to = &mut new[j * width..(j + 1) * width];
        if j > power {
            // The old power has neither this diagonal nor the next.
            for x in 0..len {
                to[x] = lower[x] * before[x];
            }
        } else {
            let (upper, behind) = (&band(j + 1)[..len], &off[j..][..len]);
            for x in 0..len {
                to[x] = same[x] * diagonal[x] + lower[x] * before[x] + upper[x] * behind[x];
            }
        }
        to[len..].fill(0.0);
    }
    let beyond = (power + 2) * width;
    new[beyond..beyond + width].fill(0.0);
}

/// Sum of products, in eight interleaved parts.
#[inline(always)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut parts = [0.0; LANES];
    let (a, b) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.0.iter().zip(b.0) {
        for lane in 0..LANES {
            parts[lane] += a[lane] * b[lane];
        }
    }
    for (part, (a, b)) in parts.iter_mut().zip(a.1.iter().zip(b.1)) {
        *part += a * b;
    }
    simd::sum(parts)
}

/// Sum, in eight interleaved parts.
#[inline(always)]
fn dot_ones(a: &[f64]) -> f64 {
    let mut parts = [0.0; LANES];
    let (whole, rest) = a.as_chunks::<LANES>();
    for a in whole {
        for lane in 0..LANES {
            parts[lane] += a[lane];
        }
    }
    for (part, a) in parts.iter_mut().zip(rest) {
        *part += a;
    }
    simd::sum(parts)
}
