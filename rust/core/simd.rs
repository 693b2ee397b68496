//! Eight lanes of 64 bits: one generic kernel body, compiled for each instruction set.
//!
//! A [`Kernel`] is written once against [`Simd`]; [`dispatch`] picks the widest instruction set the
//! processor has. Every operation is one IEEE operation, and a fused multiply-add is fused on every
//! level (in software on the baseline), so that all levels give the same bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod past_caches;
mod portable;
mod real;
mod wide;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU8, Ordering};

pub(crate) use past_caches::{fetch, store_past_caches};
pub use portable::Portable;
pub use real::Real;
pub use wide::Wide;

/// Number of lanes on every instruction set.
pub const LANES: usize = 8;
/// Number of `f32` in the room of eight lanes.
pub const F32_LANES: usize = 2 * LANES;

/// Eight `f64` in memory, one of each lane. It does not straddle cache lines: loads would take two.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[repr(C, align(64))]
pub struct F64x8(pub [f64; LANES]);

impl F64x8 {
    /// Zero in each lane.
    pub const ZERO: Self = Self([0.0; LANES]);
}

impl Deref for F64x8 {
    type Target = [f64; LANES];

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for F64x8 {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// An instruction set that kernels are compiled for, narrowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// What the target guarantees.
    Baseline = 1,
    /// x86-64-v3: 256-bit registers, fused multiply-add.
    Avx2 = 2,
    /// x86-64-v4: 512-bit registers.
    Avx512 = 3,
}

impl Level {
    /// All levels, narrowest first.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// The name used by [`VARIABLE`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// The level of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Whether this processor has it.
    pub fn available(self) -> bool {
        match self {
            Self::Baseline => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::has_avx2(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => x86::has_avx512(),
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }
}

/// The environment variable that caps the level; what is no name of one caps nothing here.
pub const VARIABLE: &str = "TYPICALITY_SIMD";

/// The level in force; 0 until it was worked out.
static LEVEL: AtomicU8 = AtomicU8::new(0);

/// The level that [`dispatch`] uses: the widest there is, capped by [`VARIABLE`].
pub fn level() -> Level {
    match LEVEL.load(Ordering::Relaxed) {
        1 => Level::Baseline,
        2 => Level::Avx2,
        3 => Level::Avx512,
        _ => {
            let asked = std::env::var(VARIABLE).unwrap_or_default();
            set_level(Level::named(asked.trim()).unwrap_or(Level::Avx512))
        }
    }
}

/// Caps the level from now on and returns what came of it. For tests: the bits do not change.
pub fn set_level(cap: Level) -> Level {
    let best = Level::ALL
        .into_iter()
        .rev()
        .find(|&level| level <= cap && level.available())
        .unwrap_or(Level::Baseline);
    LEVEL.store(best as u8, Ordering::Relaxed);
    best
}

/// A piece of work written once for all levels. `run` and all it calls must be `inline(always)`.
pub trait Kernel {
    /// What the work returns.
    type Output;
    /// Does the work with the operations of `simd`.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// Runs a kernel at the level in force.
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    match level() {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => x86::run_avx512(kernel),
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => x86::run_avx2(kernel),
        _ => kernel.run(Portable),
    }
}

/// Operations on eight lanes. A value of an implementing type proves that the processor has them.
#[allow(
    missing_docs,
    reason = "each is the IEEE or integer operation of its name, lane by lane"
)]
pub trait Simd: Copy + Send + Sync {
    /// Eight `f64`.
    type F: Copy + Send + Sync;
    /// Eight `u64`.
    type U: Copy + Send + Sync;
    /// Eight truth values.
    type M: Copy + Send + Sync;
    /// Sixteen `f32`, for products of matrices alone.
    type W: Copy + Send + Sync;

    /// Sums that stay in registers while products are added to them.
    const ACCUMULATORS: usize;

    fn splat(self, x: f64) -> Self::F;
    fn load(self, x: &[f64; LANES]) -> Self::F;
    fn store(self, x: Self::F, out: &mut [f64; LANES]);
    /// As [`store`](Self::store), past the caches; other threads see it for sure only after a
    /// [`fence`](Self::fence), which must follow on the same thread.
    fn store_past_caches(self, x: Self::F, out: &mut F64x8);
    fn fence(self);
    fn add(self, a: Self::F, b: Self::F) -> Self::F;
    fn sub(self, a: Self::F, b: Self::F) -> Self::F;
    fn mul(self, a: Self::F, b: Self::F) -> Self::F;
    fn div(self, a: Self::F, b: Self::F) -> Self::F;
    /// a b + c with one rounding.
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// c - a b with one rounding.
    fn fnma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    fn sqrt(self, a: Self::F) -> Self::F;
    /// The larger one; b where either is NaN or both are zeros.
    fn max(self, a: Self::F, b: Self::F) -> Self::F;

    fn splat_u(self, x: u64) -> Self::U;
    fn load_u(self, x: &[u64; LANES]) -> Self::U;
    fn store_u(self, x: Self::U, out: &mut [u64; LANES]);
    /// Wraps around.
    fn add_u(self, a: Self::U, b: Self::U) -> Self::U;
    fn xor(self, a: Self::U, b: Self::U) -> Self::U;
    fn and(self, a: Self::U, b: Self::U) -> Self::U;
    fn or(self, a: Self::U, b: Self::U) -> Self::U;
    fn shl<const BITS: u32>(self, a: Self::U) -> Self::U;
    fn shr<const BITS: u32>(self, a: Self::U) -> Self::U;
    fn bits(self, a: Self::F) -> Self::U;
    fn of_bits(self, a: Self::U) -> Self::F;

    fn lt(self, a: Self::F, b: Self::F) -> Self::M;
    fn le(self, a: Self::F, b: Self::F) -> Self::M;
    /// Whether each word has a bit in common with the other.
    fn test(self, a: Self::U, b: Self::U) -> Self::M;
    /// F64x8 i is bit i.
    fn mask(self, bits: u8) -> Self::M;
    fn mask_bits(self, m: Self::M) -> u8;
    fn and_m(self, a: Self::M, b: Self::M) -> Self::M;
    fn or_m(self, a: Self::M, b: Self::M) -> Self::M;
    /// a without b.
    fn without(self, a: Self::M, b: Self::M) -> Self::M;
    /// Where `m`, `a`, else `b`.
    fn select(self, m: Self::M, a: Self::F, b: Self::F) -> Self::F;

    /// The lanes of even and of odd place of both, those of `a` first.
    fn separate(self, a: Self::F, b: Self::F) -> (Self::F, Self::F);
    fn transpose(self, rows: [Self::F; LANES]) -> [Self::F; LANES];

    fn splat_w(self, x: f32) -> Self::W;
    fn load_w(self, x: &[f32; F32_LANES]) -> Self::W;
    fn store_w(self, x: Self::W, out: &mut [f32; F32_LANES]);
    /// a b + c with one rounding.
    fn fma_w(self, a: Self::W, b: Self::W, c: Self::W) -> Self::W;
    /// c - a b with one rounding.
    fn fnma_w(self, a: Self::W, b: Self::W, c: Self::W) -> Self::W;
}

/// x with the sign bits of `sign` flipped in.
#[inline(always)]
pub fn flip_sign<S: Simd>(simd: S, x: S::F, sign: S::U) -> S::F {
    simd.of_bits(simd.xor(simd.bits(x), sign))
}

/// |x|.
#[inline(always)]
pub fn abs<S: Simd>(simd: S, x: S::F) -> S::F {
    simd.of_bits(simd.and(simd.bits(x), simd.splat_u(u64::MAX >> 1)))
}

/// The lanes as an array.
#[inline(always)]
pub fn array<S: Simd>(simd: S, x: S::F) -> [f64; LANES] {
    let mut out = [0.0; LANES];
    simd.store(x, &mut out);
    out
}

/// Sum of eight lanes in one fixed order.
pub fn sum(x: [f64; LANES]) -> f64 {
    ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
}
