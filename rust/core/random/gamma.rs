//! Gamma variates of any shape from 1/2 to 2^1000, by the rejection of Marsaglia and Tsang
//! (ACM Trans. Math. Softw. 26, 363 (2000)) on eight lanes.
//!
//! With d = a - 1/3 and y = x / (3 sqrt d), x normal, d (1 + y)^3 is Gamma(a) if it is kept where
//! ln u < d (9/2 y^2 + 1 - (1 + y)^3 + 3 ln(1 + y)). The identity behind it holds for every a > 1/3,
//! and for large a it becomes the normal limit by itself, exact to rounding.

use crate::random::elementary::ln;
use crate::random::normal::{STEP, open_uniform, pair};
use crate::random::stream::{Family, Lanes};
use crate::simd::{self, Kernel, LANES, Simd};

/// Gamma variates in a stream.
pub const BLOCK: usize = 1 << 13;
/// Normals that could be drawn in the time of one of them.
pub const COST: usize = 5;

/// Fills `out`, at most [`BLOCK`] numbers, with Gamma variates from stream (sample, block);
/// `out[i]` has the shape `shape(i)`, which must be at least 1/2.
pub fn fill<F>(family: &Family, sample: u64, block: u64, shape: F, out: &mut [f64])
where
    F: Fn(usize) -> f64,
{
    debug_assert!(out.len() <= BLOCK);
    simd::dispatch(Fill {
        family,
        sample,
        block,
        shape,
        out,
    });
}

struct Fill<'a, F> {
    family: &'a Family,
    sample: u64,
    block: u64,
    shape: F,
    out: &'a mut [f64],
}

impl<F: Fn(usize) -> f64> Kernel for Fill<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut lanes = self.family.lanes(simd, self.sample, self.block);
        for (step, items) in self.out.chunks_mut(STEP).enumerate() {
            let wanted = items.len();
            let shapes: [f64; STEP] = std::array::from_fn(|i| {
                // Lanes beyond the end are drawn and dropped.
                if i < wanted {
                    (self.shape)(step * STEP + i)
                } else {
                    1.0
                }
            });
            let (halves, _) = shapes.as_chunks::<LANES>();
            let drawn = step_of(simd, &mut lanes, [&halves[0], &halves[1]]);
            for (half, drawn) in drawn.into_iter().enumerate() {
                let values = simd::array(simd, drawn);
                for (to, from) in items.iter_mut().skip(half * LANES).zip(values) {
                    *to = from;
                }
            }
        }
    }
}

#[inline(always)]
fn step_of<S: Simd>(simd: S, lanes: &mut Lanes<S>, shapes: [&[f64; LANES]; 2]) -> [S::F; 2] {
    let third = simd.splat(1.0 / 3.0);
    let d = shapes.map(|shape| simd.sub(simd.load(shape), third));
    let width = d.map(|d| simd.div(third, simd.sqrt(d)));
    let mut out = [simd.splat(0.0); 2];
    let mut open = [simd.mask(u8::MAX); 2];
    while simd.mask_bits(simd.or_m(open[0], open[1])) != 0 {
        let x = pair(simd, lanes);
        for half in 0..2 {
            let u = open_uniform(simd, lanes.next(simd));
            let (value, kept) = candidate(simd, d[half], width[half], x[half], u);
            let fresh = simd.and_m(kept, open[half]);
            out[half] = simd.select(fresh, value, out[half]);
            open[half] = simd.without(open[half], fresh);
        }
    }
    out
}

/// d (1 + y)^3, and whether it is kept.
#[inline(always)]
fn candidate<S: Simd>(simd: S, d: S::F, width: S::F, x: S::F, u: S::F) -> (S::F, S::M) {
    let one = simd.splat(1.0);
    let y = simd.mul(x, width);
    let t = simd.add(one, y);
    let v = simd.mul(t, simd.mul(t, t));
    let value = simd.mul(d, v);
    let inside = simd.lt(simd.splat(0.0), t);
    // The bound of the exponent is at least -3/4 d y^4 / min(1, 1 + y), and e^-q >= 1 - q:
    // where 1 - u exceeds q no logarithm is needed.
    let y2 = simd.mul(y, y);
    let q = simd.mul(simd.mul(simd.splat(0.75), d), simd.mul(y2, y2));
    let low = simd.select(simd.lt(t, one), t, one);
    let sure = simd.lt(q, simd.mul(simd.sub(one, u), low));
    let kept = simd.and_m(sure, inside);
    let unsure = simd.without(inside, sure);
    if simd.mask_bits(unsure) == 0 {
        return (value, kept);
    }
    // 9/2 y^2 + 1 - (1 + y)^3 = y (-3 + y (3/2 - y)).
    let safe = simd.select(inside, t, one);
    let inner = simd.fma(y, simd.sub(simd.splat(1.5), y), simd.splat(-3.0));
    let bracket = simd.fma(y, inner, simd.mul(simd.splat(3.0), ln(simd, safe)));
    let below = simd.lt(ln(simd, u), simd.mul(d, bracket));
    (value, simd.or_m(kept, simd.and_m(below, unsure)))
}
