//! Standard normals by the transform of Box and Muller (Ann. Math. Stat. 29, 610 (1958)) on eight lanes,
//! and uniforms.
//!
//! Of a stream, numbers 16 t .. 16 t + 16 come from the t-th pair of words of the eight lanes: the
//! cosines first, then the sines. A stream holds [`BLOCK`] numbers; longer samples go on with the
//! next block, so that number i of a sample does not depend on how many are drawn.

use crate::random::elementary::{ln, sin_cos_quarter_pi};
use crate::random::stream::{Family, Lanes};
use crate::simd::{self, Kernel, LANES, Real, Simd};

/// Numbers in a stream.
pub const BLOCK: usize = 1 << 14;

/// Numbers made by one step of the eight lanes.
pub const STEP: usize = 2 * LANES;

/// Fills `out`, at most [`BLOCK`] numbers, with the first normals of stream (sample, block) and
/// returns the sum of their squares before any rounding to single precision.
pub fn fill<T: Real>(family: &Family, sample: u64, block: u64, out: &mut [T]) -> f64 {
    debug_assert!(out.len() <= BLOCK);
    simd::dispatch(Fill {
        family,
        sample,
        block,
        out,
    })
}

/// Fills `out`, at most [`BLOCK`] numbers, with the first uniforms in [0, 1) of stream (sample, block):
/// multiples of 2^-53.
pub fn fill_uniforms(family: &Family, sample: u64, block: u64, out: &mut [f64]) {
    debug_assert!(out.len() <= BLOCK);
    simd::dispatch(FillUniforms {
        family,
        sample,
        block,
        out,
    });
}

struct Fill<'a, T> {
    family: &'a Family,
    sample: u64,
    block: u64,
    out: &'a mut [T],
}

impl<T: Real> Kernel for Fill<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f64 {
        let mut lanes = self.family.lanes(simd, self.sample, self.block);
        let mut squares = [simd.splat(0.0); 2];
        let (steps, rest) = self.out.as_chunks_mut::<STEP>();
        for step in steps {
            let z = pair(simd, &mut lanes);
            for (half, z) in z.into_iter().enumerate() {
                squares[half] = simd.fma(z, z, squares[half]);
                let items = simd::array(simd, z);
                for (to, from) in step[half * LANES..].iter_mut().zip(items) {
                    *to = T::from_f64(from);
                }
            }
        }
        if !rest.is_empty() {
            let len = rest.len();
            let z = pair(simd, &mut lanes);
            for (half, z) in z.into_iter().enumerate() {
                let wanted = len.saturating_sub(half * LANES).min(LANES);
                let mask = simd.mask(((1u32 << wanted) - 1) as u8);
                let z = simd.select(mask, z, simd.splat(0.0));
                squares[half] = simd.fma(z, z, squares[half]);
                let items = simd::array(simd, z);
                for (to, from) in rest.iter_mut().skip(half * LANES).zip(items) {
                    *to = T::from_f64(from);
                }
            }
        }
        simd::sum(simd::array(simd, simd.add(squares[0], squares[1])))
    }
}

struct FillUniforms<'a> {
    family: &'a Family,
    sample: u64,
    block: u64,
    out: &'a mut [f64],
}

impl Kernel for FillUniforms<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut lanes = self.family.lanes(simd, self.sample, self.block);
        let mut words = [0u64; LANES];
        for items in self.out.chunks_mut(LANES) {
            simd.store_u(lanes.next(simd), &mut words);
            for (to, word) in items.iter_mut().zip(words) {
                *to = (word >> 11) as f64 * (0.5 / (1u64 << 52) as f64);
            }
        }
    }
}

/// The leading 52 bits of each word as a number in [1, 2).
#[inline(always)]
fn one_to_two<S: Simd>(simd: S, words: S::U) -> S::F {
    simd.of_bits(simd.or(simd.shr::<12>(words), simd.splat_u(0x3ff0_0000_0000_0000)))
}

/// A uniform number in (0, 1], a multiple of 2^-52, from each word.
#[inline(always)]
pub fn open_uniform<S: Simd>(simd: S, words: S::U) -> S::F {
    simd.sub(simd.splat(2.0), one_to_two(simd, words))
}

/// Two times eight independent normals, by Box-Muller.
///
/// The angle is drawn as one of eight octants (the three lowest bits: which of the two functions,
/// and both signs) and a place in it, so that the law is symmetric to the bit.
#[inline(always)]
pub fn pair<S: Simd>(simd: S, lanes: &mut Lanes<S>) -> [S::F; 2] {
    let first = lanes.next(simd);
    let second = lanes.next(simd);
    let log = ln(simd, open_uniform(simd, first));
    let radius = simd.sqrt(simd.mul(simd.splat(-2.0), log));
    let place = simd.sub(one_to_two(simd, second), simd.splat(1.0));
    let (sin, cos) = sin_cos_quarter_pi(simd, place);
    let swap = simd.test(second, simd.splat_u(1));
    let x = simd.mul(radius, simd.select(swap, sin, cos));
    let y = simd.mul(radius, simd.select(swap, cos, sin));
    let sign = simd.splat_u(1 << 63);
    let x = simd::flip_sign(simd, x, simd.and(simd.shl::<62>(second), sign));
    let y = simd::flip_sign(simd, y, simd.and(simd.shl::<61>(second), sign));
    [x, y]
}
