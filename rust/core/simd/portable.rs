//! Lanes as arrays: the baseline of every target, and the definition of what each operation does.

use std::array::from_fn;

use super::{F32_LANES, F64x8, LANES, Simd};

/// Lanes as arrays; the compiler uses what the target has.
#[derive(Debug, Clone, Copy)]
pub struct Portable;

impl Simd for Portable {
    type F = [f64; LANES];
    type U = [u64; LANES];
    type M = u8;
    type W = [f32; F32_LANES];

    const ACCUMULATORS: usize = 4;

    #[inline(always)]
    fn splat(self, x: f64) -> Self::F {
        [x; LANES]
    }
    #[inline(always)]
    fn load(self, x: &[f64; LANES]) -> Self::F {
        *x
    }
    #[inline(always)]
    fn store(self, x: Self::F, out: &mut [f64; LANES]) {
        *out = x;
    }
    #[inline(always)]
    fn store_past_caches(self, x: Self::F, out: &mut F64x8) {
        *out = F64x8(x);
    }
    #[inline(always)]
    fn fence(self) {}
    #[inline(always)]
    fn add(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    fn sub(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| a[i] - b[i])
    }
    #[inline(always)]
    fn mul(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| a[i] * b[i])
    }
    #[inline(always)]
    fn div(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| a[i] / b[i])
    }
    #[inline(always)]
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        from_fn(|i| a[i].mul_add(b[i], c[i]))
    }
    #[inline(always)]
    fn fnma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        from_fn(|i| (-a[i]).mul_add(b[i], c[i]))
    }
    #[inline(always)]
    fn max(self, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn sqrt(self, a: Self::F) -> Self::F {
        from_fn(|i| a[i].sqrt())
    }

    #[inline(always)]
    fn splat_u(self, x: u64) -> Self::U {
        [x; LANES]
    }
    #[inline(always)]
    fn load_u(self, x: &[u64; LANES]) -> Self::U {
        *x
    }
    #[inline(always)]
    fn store_u(self, x: Self::U, out: &mut [u64; LANES]) {
        *out = x;
    }
    #[inline(always)]
    fn add_u(self, a: Self::U, b: Self::U) -> Self::U {
        from_fn(|i| a[i].wrapping_add(b[i]))
    }
    #[inline(always)]
    fn xor(self, a: Self::U, b: Self::U) -> Self::U {
        from_fn(|i| a[i] ^ b[i])
    }
    #[inline(always)]
    fn and(self, a: Self::U, b: Self::U) -> Self::U {
        from_fn(|i| a[i] & b[i])
    }
    #[inline(always)]
    fn or(self, a: Self::U, b: Self::U) -> Self::U {
        from_fn(|i| a[i] | b[i])
    }
    #[inline(always)]
    fn shl<const BITS: u32>(self, a: Self::U) -> Self::U {
        from_fn(|i| a[i] << BITS)
    }
    #[inline(always)]
    fn shr<const BITS: u32>(self, a: Self::U) -> Self::U {
        from_fn(|i| a[i] >> BITS)
    }
    #[inline(always)]
    fn bits(self, a: Self::F) -> Self::U {
        from_fn(|i| a[i].to_bits())
    }
    #[inline(always)]
    fn of_bits(self, a: Self::U) -> Self::F {
        from_fn(|i| f64::from_bits(a[i]))
    }

    #[inline(always)]
    fn lt(self, a: Self::F, b: Self::F) -> Self::M {
        gather(|i| a[i] < b[i])
    }
    #[inline(always)]
    fn le(self, a: Self::F, b: Self::F) -> Self::M {
        gather(|i| a[i] <= b[i])
    }
    #[inline(always)]
    fn test(self, a: Self::U, b: Self::U) -> Self::M {
        gather(|i| a[i] & b[i] != 0)
    }
    #[inline(always)]
    fn mask(self, bits: u8) -> Self::M {
        bits
    }
    #[inline(always)]
    fn mask_bits(self, m: Self::M) -> u8 {
        m
    }
    #[inline(always)]
    fn and_m(self, a: Self::M, b: Self::M) -> Self::M {
        a & b
    }
    #[inline(always)]
    fn or_m(self, a: Self::M, b: Self::M) -> Self::M {
        a | b
    }
    #[inline(always)]
    fn without(self, a: Self::M, b: Self::M) -> Self::M {
        a & !b
    }
    #[inline(always)]
    fn select(self, m: Self::M, a: Self::F, b: Self::F) -> Self::F {
        from_fn(|i| if m >> i & 1 != 0 { a[i] } else { b[i] })
    }

    #[inline(always)]
    fn separate(self, a: Self::F, b: Self::F) -> (Self::F, Self::F) {
        let lane = |i: usize| if i < LANES { a[i] } else { b[i - LANES] };
        (from_fn(|i| lane(2 * i)), from_fn(|i| lane(2 * i + 1)))
    }
    #[inline(always)]
    fn transpose(self, rows: [Self::F; LANES]) -> [Self::F; LANES] {
        from_fn(|j| from_fn(|i| rows[i][j]))
    }

    #[inline(always)]
    fn splat_w(self, x: f32) -> Self::W {
        [x; F32_LANES]
    }
    #[inline(always)]
    fn load_w(self, x: &[f32; F32_LANES]) -> Self::W {
        *x
    }
    #[inline(always)]
    fn store_w(self, x: Self::W, out: &mut [f32; F32_LANES]) {
        *out = x;
    }
    #[inline(always)]
    fn fma_w(self, a: Self::W, b: Self::W, c: Self::W) -> Self::W {
        from_fn(|i| a[i].mul_add(b[i], c[i]))
    }
    #[inline(always)]
    fn fnma_w(self, a: Self::W, b: Self::W, c: Self::W) -> Self::W {
        from_fn(|i| (-a[i]).mul_add(b[i], c[i]))
    }
}

#[inline(always)]
fn gather(truth: impl Fn(usize) -> bool) -> u8 {
    (0..LANES).fold(0, |bits, i| bits | u8::from(truth(i)) << i)
}
