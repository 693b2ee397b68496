//! Singular values of many bidiagonal matrices at once, one matrix in each SIMD lane, by the
//! differential qd algorithm with shifts (Fernando and Parlett, Numer. Math. 67, 191 (1994)).
//!
//! q and e are the squares of the entries. A sweep with shift t turns B into B' with
//! B'^T B' = B B^T - t. It works on q and e alone and subtracts nothing but t, so that it moves singular
//! values by some units of rounding relative to each, until the last e is nothing: q + the sum of the
//! shifts is the square of a singular value then, and the sweeps go on without the last row. A shift
//! beyond the smallest eigenvalue makes a q negative: such a lane takes its old entries back and tries
//! less. What happens in a lane depends on the numbers in that lane alone.

mod sweep;

use std::array::from_fn;

use self::sweep::{Seen, TINY, sweep};
use super::scaling::{exp2, exponent_above};
use super::tridiagonal::{unit_size, units_in_flight};
use crate::error::{Error, Result, checked_len, try_filled};
use crate::execution::{Job, for_each_block};
use crate::simd::{self, F64x8, Kernel, LANES, Simd};

/// Groups of lanes that are swept together, which hides the latency of the division.
const MAX_GROUPS: usize = 4;
/// An e up to this is zero, where the largest entry is from 1/4 to 1: the square of an entry of two units
/// of rounding.
const FLUSH: f64 = f64::EPSILON * f64::EPSILON;
/// Every so many sweeps a lane looks for zeros inside of its block.
const TEST_SWEEPS: usize = 8;
/// Sweeps allowed per row; four to six are needed.
const SWEEPS_PER_ROW: usize = 100;

/// Replaces the forms, squares of the entries of bidiagonal matrices of order m, diagonal and
/// superdiagonal in turn with a last zero, by the singular values: descending, in the first m places of
/// the `2 m`. Entries must be finite and some units of rounding of the largest are their errors.
///
/// # Errors
/// [`Error::Convergence`], which no known matrix provokes; [`Error::Memory`]; [`Error::Interrupted`].
pub fn singular_values(m: usize, forms: &mut [f64], job: &Job) -> Result<()> {
    let size = 2 * m;
    let unit = unit_size(
        forms.len() / size.max(1),
        rayon::current_num_threads().max(1),
    );
    let len = checked_len("bidiagonal matrices", &[unit, size], 1)?;
    for_each_block(job, forms, len, |_, forms| {
        match (forms.len() / size).div_ceil(LANES) {
            0 | 1 => solve::<1>(m, forms, job),
            2 => solve::<2>(m, forms, job),
            3 => solve::<3>(m, forms, job),
            _ => solve::<MAX_GROUPS>(m, forms, job),
        }
    })
}

/// Bytes that [`singular_values`] works in for `count` matrices of order m.
pub fn singular_values_workspace_bytes(m: usize, count: usize, threads: usize) -> u128 {
    let groups = unit_size(count, threads).div_ceil(LANES) as u128;
    units_in_flight(count, threads) * groups * Group::bytes(m)
}

fn solve<const G: usize>(m: usize, forms: &mut [f64], job: &Job) -> Result<()> {
    let mut groups = [const { None }; G];
    for group in &mut groups {
        *group = Some(Group::zeros(m)?);
    }
    let mut groups = groups.map(Option::unwrap_or_default);
    let mut halves = [0i32; MAX_GROUPS * LANES];
    for (place, form) in forms.chunks(2 * m).enumerate() {
        halves[place] = groups[place / LANES].load(place % LANES, form);
    }
    simd::dispatch(Diagonalize {
        groups: &mut groups,
        job,
    })?;
    for (place, form) in forms.chunks_mut(2 * m).enumerate() {
        let group = &groups[place / LANES];
        let factor = exp2(halves[place]);
        for (to, values) in form.iter_mut().zip(&group.values) {
            *to = values[place % LANES].max(0.0).sqrt() * factor;
        }
        form[..m].sort_unstable_by(|a, b| b.total_cmp(a));
    }
    Ok(())
}

/// Rows that are still to be worked on as one, and the shifts they have had.
#[derive(Debug, Clone, Copy, Default)]
struct Region {
    first: usize,
    last: usize,
    shifted: Sum,
}

/// A sum of shifts and what rounding has cut off.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    fn add(&mut self, x: f64) {
        let x = x + self.low;
        let high = self.high + x;
        self.low = x - (high - self.high);
        self.high = high;
    }
}

/// Eight bidiagonal matrices of order m side by side.
#[derive(Debug, Default)]
struct Group {
    /// q, and a row more that is only read.
    q: Vec<F64x8>,
    e: Vec<F64x8>,
    /// q and e before the last sweep.
    old_q: Vec<F64x8>,
    old_e: Vec<F64x8>,
    /// Squares of the singular values.
    values: Vec<F64x8>,
    /// The blocks that are worked on, and those that wait.
    block: [Option<Region>; LANES],
    waiting: [Vec<Region>; LANES],
    shift: F64x8,
    /// The part of the smallest d that is tried as a shift where no row has an eigenvalue of its own.
    eager: F64x8,
    /// What the last sweep has seen.
    seen: Seen,
    /// Rows that were taken off since, [`MANY`] at most.
    taken: [usize; LANES],
}

/// More rows than a sweep has seen the ends of.
const MANY: usize = 2;

impl Group {
    fn zeros(m: usize) -> Result<Self> {
        let rows = |len: usize| try_filled("bidiagonal matrices", len, F64x8::ZERO);
        Ok(Self {
            q: rows(m + 1)?,
            e: rows(m)?,
            old_q: rows(m)?,
            old_e: rows(m)?,
            values: rows(m)?,
            ..Self::default()
        })
    }

    /// Bytes of a group.
    fn bytes(m: usize) -> u128 {
        (5 * m + 1) as u128 * size_of::<F64x8>() as u128
    }

    /// Puts a matrix into a lane, its largest entry from 1/4 to 1; half the exponent of what it is divided
    /// by.
    fn load(&mut self, lane: usize, form: &[f64]) -> i32 {
        let m = self.values.len();
        let largest = form.iter().fold(0.0f64, |most, &x| most.max(x));
        let half = (exponent_above(largest).clamp(-1020, 1020) + 1) >> 1;
        let factor = exp2(-2 * half);
        // Rows are taken off the far end: the small entries belong there.
        let turn = form[0] < form[2 * m - 2];
        for i in 0..m {
            let (q, e) = if turn {
                (2 * (m - 1 - i), (2 * (m - 1 - i)).saturating_sub(1))
            } else {
                (2 * i, 2 * i + 1)
            };
            self.q[i][lane] = form[q] * factor;
            self.e[i][lane] = if i + 1 < m { form[e] * factor } else { 0.0 };
        }
        self.waiting[lane].push(Region {
            first: 0,
            last: m - 1,
            shifted: Sum::default(),
        });
        half
    }

    /// Takes rows that have converged off the ends of blocks, and goes on to the next block where one is
    /// done.
    fn deflate(&mut self) {
        for lane in 0..LANES {
            let mut taken = 0;
            while let Some(mut block) = self.block[lane].or_else(|| self.waiting[lane].pop()) {
                if self.block[lane].is_none() {
                    taken = MANY;
                    block = self.part(lane, block);
                }
                let last = block.last;
                if last > block.first && self.e[last - 1][lane] > FLUSH {
                    self.block[lane] = Some(block);
                    break;
                }
                taken += 1;
                let Sum { high, low } = block.shifted;
                self.values[last][lane] = high + (self.q[last][lane] + low);
                self.block[lane] = (last > block.first).then(|| Region {
                    last: last - 1,
                    ..block
                });
            }
            self.taken[lane] = taken.min(MANY);
        }
    }

    /// The last part of a region that hangs together; what is before it waits.
    fn part(&mut self, lane: usize, region: Region) -> Region {
        let mut first = region.last;
        while first > region.first && self.e[first - 1][lane] > FLUSH {
            first -= 1;
        }
        if first > region.first {
            let last = first - 1;
            self.waiting[lane].push(Region { last, ..region });
        }
        for row in &mut self.e[first..region.last] {
            row[lane] = row[lane].max(TINY);
        }
        Region { first, ..region }
    }

    /// Looks for zeros inside of blocks.
    fn look(&mut self) {
        for lane in 0..LANES {
            if let Some(block) = self.block[lane] {
                self.block[lane] = Some(self.part(lane, block));
                if self.block[lane].is_some_and(|part| part.first > block.first) {
                    self.taken[lane] = MANY;
                }
            }
        }
    }

    /// Takes the sweep back where the shift was too large, and counts the shift elsewhere. Lanes that took
    /// it back, those of them where the last row alone was negative first.
    fn settle(&mut self) -> (u8, u8) {
        let (mut late, mut early) = (0, 0);
        for lane in 0..LANES {
            let Some(block) = &mut self.block[lane] else {
                continue;
            };
            let (first, last) = (block.first, block.last);
            let negative = self.seen.early >> lane & 1 == 1;
            let end = self.seen.last[lane];
            if negative || end.is_nan() || end < -FLUSH {
                if negative {
                    early |= 1 << lane;
                } else {
                    late |= 1 << lane;
                }
                for row in first..=last {
                    self.q[row][lane] = self.old_q[row][lane];
                    self.e[row][lane] = self.old_e[row][lane];
                }
            } else {
                block.shifted.add(self.shift[lane]);
                self.q[last][lane] = end.max(0.0);
            }
        }
        (late, early)
    }

    /// Lanes that so many rows were taken off.
    fn taken(&self, count: usize) -> u8 {
        (0..LANES).fold(0, |bits, lane| {
            bits | u8::from(self.taken[lane] == count) << lane
        })
    }

    /// First and last rows of the blocks as floats; no row is between those of a lane that is done.
    #[inline(always)]
    fn ends(&self) -> (F64x8, F64x8) {
        let first = from_fn(|lane| self.block[lane].map_or(1.0, |block| block.first as f64));
        let last = from_fn(|lane| self.block[lane].map_or(0.0, |block| block.last as f64));
        (F64x8(first), F64x8(last))
    }

    /// The next shifts: about the smallest eigenvalue where the last row has it nearly for itself, else a
    /// part of the smallest d, and what is below it for certain at least.
    #[inline(always)]
    fn choose<S: Simd>(&mut self, s: S, late: u8, early: u8) {
        let (zero, one, much) = (s.splat(0.0), s.splat(1.0), s.splat(f64::INFINITY));
        let row = |lane: usize| self.block[lane].map_or(0, |block| block.last);
        let end = s.load(&from_fn(|lane| self.q[row(lane)][lane]));
        let (one_taken, many_taken) = (s.mask(self.taken(1)), s.mask(self.taken(MANY)));
        let seen = &self.seen;
        let g = s.select(one_taken, s.load(&seen.g[1]), s.load(&seen.g[0]));
        let least = s.select(one_taken, s.load(&seen.least[1]), s.load(&seen.least[0]));
        let sum = s.load(&seen.sum);
        let sum = s.select(one_taken, sum, s.add(sum, s.div(g, end)));
        // The trace of the inverse bounds each eigenvalue from below.
        let certain = s.max(s.div(one, sum), zero);
        // q / g is about the eigenvalue, and a the square of what its vector has of other rows.
        let (about, a) = (s.div(end, g), s.sub(g, one));
        let apart = s.and_m(s.le(end, least), s.lt(a, s.splat(0.5)));
        let root = s.sqrt(s.max(a, zero));
        let residual = s.mul(about, s.sub(one, root));
        let gap = s.mul(s.splat(0.75), s.sub(least, about));
        let positive = s.and_m(s.lt(zero, gap), s.lt(gap, much));
        let correction = s.div(s.mul(s.mul(about, about), a), s.select(positive, gap, one));
        let second = s.select(positive, s.sub(about, correction), zero);
        // Else bolder and bolder, as long as it goes well.
        let eager = s.load(&self.eager);
        let eager = s.fma(s.sub(one, eager), s.splat(1.0 / 3.0), eager);
        let anew = s.or_m(apart, s.or_m(one_taken, many_taken));
        let eager = s.select(anew, s.splat(1.0 / 4.0), eager);
        let eager = s.select(s.mask(late | early), s.splat(1.0 / 12.0), eager);
        let smallest = s.select(s.lt(least, end), least, end);
        let likely = s.select(apart, s.max(residual, second), s.mul(eager, smallest));
        let below = s.splat(1.0 - 4.0 * f64::EPSILON);
        let usual = s.mul(s.max(likely, certain), below);
        let usual = s.select(many_taken, zero, usual);
        // Where the last row alone was negative, the eigenvalue is not below the shift less as much.
        let (shift, last) = (s.load(&self.shift), s.load(&seen.last));
        let less = s.max(s.mul(s.add(shift, last), below), zero);
        let part = s.select(
            s.lt(s.splat(FLUSH), shift),
            s.mul(shift, s.splat(0.25)),
            zero,
        );
        let shift = s.select(s.mask(late), less, usual);
        let shift = s.select(s.mask(early), part, shift);
        s.store(shift, &mut self.shift);
        s.store(eager, &mut self.eager);
    }
}

struct Diagonalize<'a, const G: usize> {
    groups: &'a mut [Group; G],
    job: &'a Job,
}

impl<const G: usize> Kernel for Diagonalize<'_, G> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Result<()> {
        let groups = self.groups;
        let m = groups.first().map_or(0, |group| group.values.len());
        let limit = SWEEPS_PER_ROW.saturating_mul(m.max(4));
        let mut back = [(0, 0); G];
        for sweeps in 0..limit {
            let (mut first, mut last) = (usize::MAX, 0);
            for (group, &(late, early)) in groups.iter_mut().zip(&back) {
                group.deflate();
                if sweeps > 0 && sweeps.is_multiple_of(TEST_SWEEPS) {
                    group.look();
                }
                group.choose(simd, late, early);
                for block in group.block.iter().flatten() {
                    (first, last) = (first.min(block.first), last.max(block.last));
                }
            }
            if first == usize::MAX {
                return Ok(());
            }
            self.job.check()?;
            sweep(simd, groups, first..last + 1);
            for (group, back) in groups.iter_mut().zip(&mut back) {
                *back = group.settle();
            }
        }
        let text = format!(
            "the singular values of a bidiagonal matrix of order {m} did not converge in {limit} \
             sweeps"
        );
        Err(Error::Convergence(text))
    }
}
