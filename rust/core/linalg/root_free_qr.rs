//! The root-free implicit QR iteration of Pal, Walker and Kahan, one matrix in each SIMD lane.
//!
//! Every lane has its own shift and its own end of the part that is not yet diagonal; a sweep runs
//! to the largest of these ends and a mask keeps the other lanes as they are. What happens in a lane
//! depends on the numbers in that lane alone, so an eigenvalue has the same bits whatever lies in
//! the other lanes. Several groups of lanes are swept together to hide the latency of the division.

use std::array::from_fn;

use crate::error::{Error, Result};
use crate::parallel::Watch;
use crate::simd::{self, Kernel, LANES, Lane, Simd};

/// Squares of off-diagonal entries up to this are zero: 2^-160, where norms are about 1. It moves
/// an eigenvalue by 2^-80 of the norm at most. Reductions to tridiagonal form stop there too.
pub const FLUSH: f64 = 6.842277657836021e-49;
/// Pivots p below this are zero. p is the square of an entry of the matrix that the sweep has
/// turned so far, so that this too moves eigenvalues by 2^-80 at most; quotients of what remains
/// neither overflow nor lose digits at the small end.
const PIVOT: f64 = FLUSH;
/// Square of the unit roundoff 2^-53.
const EPSILON_SQUARED: f64 = f64::EPSILON * f64::EPSILON / 4.0;
/// Sweeps allowed per row; one to two are needed.
const SWEEPS_PER_ROW: usize = 40;

/// Eight symmetric tridiagonal matrices of order n side by side, of norm about 1 or below.
#[derive(Debug, Default)]
pub struct Group {
    /// Diagonals: entry i of lane l at `[i][l]`; n rows, and one more that is only read.
    pub diagonal: Vec<Lane>,
    /// Squares of the off-diagonal entries between rows i and i + 1; n rows, the last one zero.
    pub squares: Vec<Lane>,
    /// Last row of what is not yet diagonal.
    end: [usize; LANES],
    sweeps: [usize; LANES],
}

impl Group {
    /// Eight matrices of order n >= 1, all zero.
    ///
    /// # Errors
    /// [`Error::Memory`] where they do not fit.
    pub fn zeros(n: usize) -> Result<Self> {
        let what = "the tridiagonal matrices";
        Ok(Self {
            diagonal: crate::error::try_filled(what, n + 1, Lane::ZERO)?,
            squares: crate::error::try_filled(what, n, Lane::ZERO)?,
            end: [n - 1; LANES],
            sweeps: [0; LANES],
        })
    }

    /// Moves the ends up past what has converged; whether anything is left.
    fn deflate(&mut self) -> bool {
        for lane in 0..LANES {
            let mut end = self.end[lane];
            while end > 0 {
                let product = self.diagonal[end][lane] * self.diagonal[end - 1][lane];
                let square = &mut self.squares[end - 1][lane];
                if *square > EPSILON_SQUARED * product.abs() {
                    break;
                }
                *square = 0.0;
                end -= 1;
            }
            self.end[lane] = end;
        }
        self.end.iter().any(|&end| end > 0)
    }

    /// Wilkinson's shifts, and the ends as floats; -1 where the lane is done.
    #[inline(always)]
    fn shifts<S: Simd>(&self, simd: S) -> (S::F, S::F) {
        // Where nothing is left the numbers of the first row serve; no entry is touched there.
        let before = self.end.map(|end| end.saturating_sub(1));
        let upper = simd.load(&from_fn(|lane| self.diagonal[before[lane]][lane]));
        let lower = simd.load(&from_fn(|lane| self.diagonal[self.end[lane]][lane]));
        let square = simd.load(&from_fn(|lane| self.squares[before[lane]][lane]));
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
pub fn diagonalize<const G: usize>(groups: &mut [Group; G], watch: &Watch) -> Result<()> {
    simd::dispatch(Diagonalize { groups, watch })
}

struct Diagonalize<'a, const G: usize> {
    groups: &'a mut [Group; G],
    watch: &'a Watch,
}

impl<const G: usize> Kernel for Diagonalize<'_, G> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Result<()> {
        let groups = self.groups;
        let n = groups.first().map_or(0, |group| group.squares.len());
        let limit = SWEEPS_PER_ROW.saturating_mul(n.max(4));
        loop {
            let mut open = false;
            let mut last = 0;
            for group in groups.iter_mut() {
                open |= group.deflate();
                for (sweeps, &end) in group.sweeps.iter_mut().zip(&group.end) {
                    *sweeps += usize::from(end > 0);
                    if *sweeps > limit {
                        let text = format!(
                            "the eigenvalues of a tridiagonal matrix of order {n} did not converge \
                             in {limit} sweeps"
                        );
                        return Err(Error::Convergence(text));
                    }
                    last = last.max(end);
                }
            }
            if !open {
                return Ok(());
            }
            self.watch.check()?;
            sweep(simd, groups, last);
        }
    }
}

/// What a sweep carries from row to row.
#[derive(Clone, Copy)]
struct Carry<S: Simd> {
    shift: S::F,
    end: S::F,
    gamma: S::F,
    p: S::F,
    c: S::F,
    s: S::F,
    /// Entry of the diagonal at this row, and the square before it, as they were.
    diagonal: S::F,
    square: S::F,
}

/// One sweep of every lane over the rows up to `last`, the largest of the ends.
#[inline(always)]
fn sweep<S: Simd, const G: usize>(simd: S, groups: &mut [Group; G], last: usize) {
    let zero = simd.splat(0.0);
    let mut carries: [Carry<S>; G] = from_fn(|g| {
        let (shift, end) = groups[g].shifts(simd);
        let diagonal = simd.load(&groups[g].diagonal[0]);
        let gamma = simd.sub(diagonal, shift);
        let p = simd.mul(gamma, gamma);
        let one = simd.splat(1.0);
        Carry {
            shift,
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
        let rows = last + 1;
        (&mut group.diagonal[..=rows], &mut group.squares[..rows])
    });
    let mut at = zero;
    for i in 0..=last {
        for (carry, (diagonal, squares)) in carries.iter_mut().zip(&mut rows) {
            let next = simd.load(&diagonal[i + 1]);
            let square = simd.load(&squares[i]);
            let (entry, before) = step(simd, carry, at, next, square);
            simd.store(entry, &mut diagonal[i]);
            if i > 0 {
                simd.store(before, &mut squares[i - 1]);
            }
        }
        at = simd.add(at, simd.splat(1.0));
    }
}

/// Row `at`: returns its new diagonal entry and the new square before it.
///
/// At the end of a lane the square behind it is zero, so that r = p and s r is what belongs there.
#[inline(always)]
fn step<S: Simd>(
    simd: S,
    carry: &mut Carry<S>,
    at: S::F,
    next: S::F,
    square: S::F,
) -> (S::F, S::F) {
    let zero = simd.splat(0.0);
    let inside = simd.lt(at, carry.end);
    let touched = simd.le(at, carry.end);

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
    let before = simd.select(simd.le(before, simd.splat(FLUSH)), zero, before);
    let before = simd.select(touched, before, carry.square);

    let old = simd.select(singular, zero, carry.gamma);
    let gamma = simd.select(singular, zero, simd.mul(numerator, r_inverse));
    let middle = simd.add(old, simd.sub(next, gamma));
    let entry = simd.select(inside, middle, simd.add(carry.gamma, carry.shift));
    let entry = simd.select(touched, entry, carry.diagonal);

    carry.p = simd.select(singular, quarter_turn, usual);
    carry.gamma = gamma;
    carry.c = simd.select(singular, zero, simd.mul(p, r_inverse));
    carry.s = simd.select(singular, simd.splat(1.0), simd.mul(square, r_inverse));
    carry.diagonal = next;
    carry.square = square;
    (entry, before)
}
