//! The root-free implicit QR iteration with Wilkinson's shifts for the eigenvalues of symmetric tridiagonal
//! matrices, one matrix in each SIMD lane.
//!
//! The iteration works on the diagonal and on the *squares* of the off-diagonal entries, without a square
//! root in a sweep: the root-free QR of Reinsch (Commun. ACM 16, 689 (1973)) in the variant of Pal,
//! Walker and Kahan (Parlett, The Symmetric Eigenvalue Problem, SIAM (1998), chapter 8; LAPACK's
//! `sterf`). A sweep with shift sigma carries from row to row the cosine c and sine s of the last
//! rotation as their squares, `gamma = c (a - sigma) - s gamma` and the pivot `p = gamma^2 / c`.
//!
//! Every lane has its own shift and its own active block, the last unreduced one. A sweep runs from the
//! first of the active blocks to the end of the last, and masks keep the entries outside of a lane's
//! block. What happens in a lane depends on the numbers in that lane alone, so an eigenvalue has the same
//! bits whatever lies in the other lanes. Several groups of lanes are swept together to hide the latency
//! of the division.

use std::array::from_fn;
use std::ops::Range;

use crate::error::{Error, Result};
use crate::execution::Job;
use crate::simd::{self, F64x8, Kernel, LANES, Simd};

/// Squared off-diagonal entries up to this are zero: the square of the unit roundoff 2^-53, where
/// the largest entry is from 1/2 to 1.
pub const FLUSH: f64 = f64::EPSILON * f64::EPSILON / 4.0;
/// Pivots p below this, 2^-160, are zero. p is the square of an entry of the matrix that the sweep
/// has turned so far, so that this moves eigenvalues by 2^-80 at most; quotients of what remains
/// neither overflow nor lose digits at the small end.
const PIVOT: f64 = 6.842277657836021e-49;
/// Sweeps between tests for zeros inside of the active block. They are rare where no eigenvalues are
/// degenerate, and the test takes a tenth of a sweep.
const TEST_SWEEPS: usize = 8;
/// Sweeps allowed per row; one to two are needed.
const SWEEPS_PER_ROW: usize = 40;

/// Eight symmetric tridiagonal matrices of order n side by side, the largest entry of each from 1/2
/// to 1, and squared off-diagonal entries up to [`FLUSH`] zero.
#[derive(Debug, Default)]
pub struct Group {
    /// Diagonals: entry i of lane l at `[i][l]`; n rows, and one more that is only read.
    pub diagonal: Vec<F64x8>,
    /// Squares of the off-diagonal entries between rows i and i + 1; n rows, the last one zero.
    pub off_diagonal_squared: Vec<F64x8>,
    /// First and last row of the active block. Earlier blocks are decoupled from it (deflated) and get
    /// sweeps and shifts of their own.
    start: [usize; LANES],
    end: [usize; LANES],
}

impl Group {
    /// Eight matrices of order n >= 1, all zero.
    ///
    /// # Errors
    /// [`Error::Memory`] where they do not fit.
    pub fn zeros(n: usize) -> Result<Self> {
        let what = "the tridiagonal matrices";
        Ok(Self {
            diagonal: crate::error::try_filled(what, n + 1, F64x8::ZERO)?,
            off_diagonal_squared: crate::error::try_filled(what, n, F64x8::ZERO)?,
            // Behind the end, so that the blocks are looked up first.
            start: [n; LANES],
            end: [n - 1; LANES],
        })
    }

    /// Bytes of a group.
    pub fn bytes(n: usize) -> u128 {
        (2 * n + 1) as u128 * size_of::<F64x8>() as u128
    }

    /// Deflates rows that have converged, and activates the block before where one is done.
    fn deflate(&mut self) {
        for lane in 0..LANES {
            let mut end = self.end[lane];
            while end > 0 && self.off_diagonal_squared[end - 1][lane] == 0.0 {
                end -= 1;
            }
            if end < self.start[lane] {
                let mut start = end;
                while start > 0 && self.off_diagonal_squared[start - 1][lane] != 0.0 {
                    start -= 1;
                }
                self.start[lane] = start;
            }
            self.end[lane] = end;
        }
    }

    /// First and last row of the blocks of the lanes that are not done.
    fn blocks(&self) -> impl Iterator<Item = (usize, usize)> {
        let blocks = self.start.into_iter().zip(self.end);
        blocks.filter(|&(_, end)| end > 0)
    }

    /// Wilkinson's shifts, and the ends as floats; -1 where the lane is done.
    #[inline(always)]
    fn shifts<S: Simd>(&self, simd: S) -> (S::F, S::F) {
        // Where nothing is left the numbers of the first row serve; no entry is touched there.
        let before = self.end.map(|end| end.saturating_sub(1));
        let upper = simd.load(&from_fn(|lane| self.diagonal[before[lane]][lane]));
        let lower = simd.load(&from_fn(|lane| self.diagonal[self.end[lane]][lane]));
        let square = simd.load(&from_fn(|lane| {
            self.off_diagonal_squared[before[lane]][lane]
        }));
        let end = self.end.map(|end| if end == 0 { -1.0 } else { end as f64 });
        let end = simd.load(&end);
        let half = simd.mul(simd.splat(0.5), simd.sub(upper, lower));
        let root = simd.sqrt(simd.fma(half, half, square));
        let sign = simd.and(simd.bits(half), simd.splat_u(1 << 63));
        let denominator = simd.add(half, simd::flip_sign(simd, root, sign));
        (simd.sub(lower, simd.div(square, denominator)), end)
    }
}

/// Diagonalizes G groups of the same order; the eigenvalues of lane l are left in the first n rows
/// of `diagonal`, in no order. Entries must be finite.
///
/// # Errors
/// [`Error::Convergence`] where a matrix takes more than 40 sweeps a row; [`Error::Interrupted`].
pub fn diagonalize<const G: usize>(groups: &mut [Group; G], job: &Job) -> Result<()> {
    simd::dispatch(Diagonalize { groups, job })
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
        let n = groups
            .first()
            .map_or(0, |group| group.off_diagonal_squared.len());
        let limit = SWEEPS_PER_ROW.saturating_mul(n.max(4));
        // All lanes begin together, so that this is the count of each that is not done.
        let mut done = 0usize;
        loop {
            let (mut first, mut latest, mut last) = (usize::MAX, 0, 0);
            for group in groups.iter_mut() {
                group.deflate();
                for (start, end) in group.blocks() {
                    (first, latest, last) = (first.min(start), latest.max(start), last.max(end));
                }
            }
            if first == usize::MAX {
                return Ok(());
            }
            if done == limit {
                let text = format!(
                    "the eigenvalues of a tridiagonal matrix of order {n} did not converge in \
                     {limit} sweeps"
                );
                return Err(Error::Convergence(text));
            }
            self.job.check()?;
            done += 1;
            let look = done.is_multiple_of(TEST_SWEEPS);
            if look || first < latest {
                sweep::<S, G, true>(simd, groups, first..last + 1, look);
            } else {
                sweep::<S, G, false>(simd, groups, first..last + 1, false);
            }
        }
    }
}

/// What a sweep carries from row to row.
#[derive(Clone, Copy)]
struct Carry<S: Simd> {
    shift: S::F,
    /// The block that is turned, which ends up as the last one that the sweep leaves.
    start: S::F,
    end: S::F,
    gamma: S::F,
    p: S::F,
    c: S::F,
    s: S::F,
    /// Entry of the diagonal at this row, and the square before it, as they were.
    diagonal: S::F,
    square: S::F,
}

/// One sweep of every lane over the rows from the smallest of the starts to the largest of the ends.
///
/// With PARTS, the rows before the start of a lane are gone through and left as they are, and the
/// recurrence begins anew at the start. Without, all lanes that are not done must start at the first
/// of the rows. With PARTS and `look`, starts are moved to behind the last zero that the sweep leaves
/// inside of a block.
#[inline(always)]
fn sweep<S: Simd, const G: usize, const PARTS: bool>(
    simd: S,
    groups: &mut [Group; G],
    span: Range<usize>,
    look: bool,
) {
    let Range { start: first, end } = span;
    let count = end - first;
    let zero = simd.splat(0.0);
    let mut carries: [Carry<S>; G] = from_fn(|g| {
        let (shift, end) = groups[g].shifts(simd);
        let start = simd.load(&groups[g].start.map(|start| start as f64));
        let diagonal = simd.load(&groups[g].diagonal[first]);
        let gamma = simd.sub(diagonal, shift);
        let p = simd.mul(gamma, gamma);
        let one = simd.splat(1.0);
        Carry {
            shift,
            start,
            end,
            gamma,
            p,
            c: one,
            s: zero,
            diagonal,
            square: zero,
        }
    });
    let mut rows = groups.each_mut().map(|group| {
        (
            &mut group.diagonal[first..=end],
            &mut group.off_diagonal_squared[first..end],
        )
    });
    let mut at = simd.splat(first as f64);
    for i in 0..count {
        for (carry, (diagonal, off_diagonal_squared)) in carries.iter_mut().zip(&mut rows) {
            let next = simd.load(&diagonal[i + 1]);
            let square = simd.load(&off_diagonal_squared[i]);
            let (entry, before) = step::<S, PARTS>(simd, carry, at, next, square);
            simd.store(entry, &mut diagonal[i]);
            if i > 0 {
                simd.store(before, &mut off_diagonal_squared[i - 1]);
            }
        }
        at = simd.add(at, simd.splat(1.0));
    }
    if PARTS && look {
        for (carry, group) in carries.iter().zip(groups) {
            group.start = simd::array(simd, carry.start).map(|start| start as usize);
        }
    }
}

/// Row `at`: returns its new diagonal entry and the new square before it.
///
/// At the end of a lane the square behind it is zero, so that r = p and s r is what belongs there.
#[inline(always)]
fn step<S: Simd, const PARTS: bool>(
    simd: S,
    carry: &mut Carry<S>,
    at: S::F,
    next: S::F,
    square: S::F,
) -> (S::F, S::F) {
    let zero = simd.splat(0.0);
    let mut inside = simd.lt(at, carry.end);
    let mut touched = simd.le(at, carry.end);
    let mut begins = simd.mask(0);
    if PARTS {
        let begun = simd.le(carry.start, at);
        inside = simd.and_m(begun, inside);
        touched = simd.and_m(begun, touched);
        begins = simd.without(simd.le(carry.start, simd.add(at, simd.splat(1.0))), begun);
    }

    // Where p vanishes beside a square that does not, the rotation is a quarter turn: c = 0, s = 1,
    // and gamma, the cosine before times the root of p, is zero with p.
    let pivot = simd.splat(PIVOT);
    let singular = simd.and_m(simd.lt(carry.p, pivot), simd.lt(zero, square));
    let p = simd.max(carry.p, pivot);
    let r = simd.add(p, square);
    // With c = p / r and s = square / r, both the next gamma = c (next - shift) - s gamma and the
    // next p = gamma^2 / c have numerators that need no division: the wait from p to the next p is
    // for one division and three products.
    let numerator = simd.fnma(
        square,
        carry.gamma,
        simd.mul(p, simd.sub(next, carry.shift)),
    );
    let inverse = simd.div(simd.splat(1.0), simd.mul(r, p));
    let r_inverse = simd.mul(p, inverse);
    let usual = simd.mul(simd.mul(numerator, numerator), inverse);
    let quarter_turn = simd.mul(carry.c, square);

    let before = simd.mul(carry.s, simd.select(singular, square, r));
    let parted = simd.le(before, simd.splat(FLUSH));
    let before = simd.select(parted, zero, before);
    let before = simd.select(touched, before, carry.square);
    if PARTS {
        carry.start = simd.select(simd.and_m(parted, inside), at, carry.start);
    }

    let old = simd.select(singular, zero, carry.gamma);
    let gamma = simd.select(singular, zero, simd.mul(numerator, r_inverse));
    let middle = simd.add(old, simd.sub(next, gamma));
    let entry = simd.select(inside, middle, simd.add(carry.gamma, carry.shift));
    let entry = simd.select(touched, entry, carry.diagonal);

    carry.p = simd.select(singular, quarter_turn, usual);
    carry.gamma = gamma;
    carry.c = simd.select(singular, zero, simd.mul(p, r_inverse));
    carry.s = simd.select(singular, simd.splat(1.0), simd.mul(square, r_inverse));
    if PARTS {
        let (one, fresh) = (simd.splat(1.0), simd.sub(next, carry.shift));
        carry.p = simd.select(begins, simd.mul(fresh, fresh), carry.p);
        carry.gamma = simd.select(begins, fresh, carry.gamma);
        carry.c = simd.select(begins, one, carry.c);
        carry.s = simd.select(begins, zero, carry.s);
    }
    carry.diagonal = next;
    carry.square = square;
    (entry, before)
}
