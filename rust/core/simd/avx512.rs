//! Lanes as one 512-bit register.

use std::arch::x86_64::{
    __m512d, __m512i, __mmask8, _CMP_LE_OQ, _CMP_LT_OQ, _mm512_add_epi64, _mm512_add_pd,
    _mm512_and_si512, _mm512_castpd_si512, _mm512_castsi512_pd, _mm512_cmp_pd_mask, _mm512_div_pd,
    _mm512_fmadd_pd, _mm512_fnmadd_pd, _mm512_loadu_pd, _mm512_loadu_si512, _mm512_mask_blend_pd,
    _mm512_max_pd, _mm512_mul_pd, _mm512_or_si512, _mm512_set1_epi64, _mm512_set1_pd,
    _mm512_slli_epi64, _mm512_sqrt_pd, _mm512_srli_epi64, _mm512_storeu_pd, _mm512_storeu_si512,
    _mm512_sub_pd, _mm512_test_epi64_mask, _mm512_xor_si512,
};

use super::{LANES, Simd};

/// Proof that the processor has AVX-512 F, DQ and VL.
#[derive(Debug, Clone, Copy)]
pub struct Avx512(());

impl Avx512 {
    /// # Safety
    /// The processor must have these features.
    #[inline(always)]
    pub(super) unsafe fn proven() -> Self {
        Self(())
    }
}

macro_rules! one {
    ($op:ident $(, $a:expr)*) => {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { $op($($a),*) }
    };
}

impl Simd for Avx512 {
    type F = __m512d;
    type U = __m512i;
    type M = __mmask8;

    #[inline(always)]
    fn splat(self, x: f64) -> Self::F {
        one!(_mm512_set1_pd, x)
    }
    #[inline(always)]
    fn load(self, x: &[f64; LANES]) -> Self::F {
        // SAFETY: eight numbers are readable there; unaligned load.
        unsafe { _mm512_loadu_pd(x.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, x: Self::F, out: &mut [f64; LANES]) {
        // SAFETY: eight numbers are writable there; unaligned store.
        unsafe { _mm512_storeu_pd(out.as_mut_ptr(), x) }
    }
    #[inline(always)]
    fn add(self, a: Self::F, b: Self::F) -> Self::F {
        one!(_mm512_add_pd, a, b)
    }
    #[inline(always)]
    fn sub(self, a: Self::F, b: Self::F) -> Self::F {
        one!(_mm512_sub_pd, a, b)
    }
    #[inline(always)]
    fn mul(self, a: Self::F, b: Self::F) -> Self::F {
        one!(_mm512_mul_pd, a, b)
    }
    #[inline(always)]
    fn div(self, a: Self::F, b: Self::F) -> Self::F {
        one!(_mm512_div_pd, a, b)
    }
    #[inline(always)]
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        one!(_mm512_fmadd_pd, a, b, c)
    }
    #[inline(always)]
    fn fnma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        one!(_mm512_fnmadd_pd, a, b, c)
    }
    #[inline(always)]
    fn max(self, a: Self::F, b: Self::F) -> Self::F {
        one!(_mm512_max_pd, a, b)
    }
    #[inline(always)]
    fn sqrt(self, a: Self::F) -> Self::F {
        one!(_mm512_sqrt_pd, a)
    }

    #[inline(always)]
    fn splat_u(self, x: u64) -> Self::U {
        one!(_mm512_set1_epi64, x.cast_signed())
    }
    #[inline(always)]
    fn load_u(self, x: &[u64; LANES]) -> Self::U {
        // SAFETY: eight words are readable there; unaligned load.
        unsafe { _mm512_loadu_si512(x.as_ptr().cast()) }
    }
    #[inline(always)]
    fn store_u(self, x: Self::U, out: &mut [u64; LANES]) {
        // SAFETY: eight words are writable there; unaligned store.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), x) }
    }
    #[inline(always)]
    fn add_u(self, a: Self::U, b: Self::U) -> Self::U {
        one!(_mm512_add_epi64, a, b)
    }
    #[inline(always)]
    fn xor(self, a: Self::U, b: Self::U) -> Self::U {
        one!(_mm512_xor_si512, a, b)
    }
    #[inline(always)]
    fn and(self, a: Self::U, b: Self::U) -> Self::U {
        one!(_mm512_and_si512, a, b)
    }
    #[inline(always)]
    fn or(self, a: Self::U, b: Self::U) -> Self::U {
        one!(_mm512_or_si512, a, b)
    }
    #[inline(always)]
    fn shl<const BITS: u32>(self, a: Self::U) -> Self::U {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { _mm512_slli_epi64::<BITS>(a) }
    }
    #[inline(always)]
    fn shr<const BITS: u32>(self, a: Self::U) -> Self::U {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { _mm512_srli_epi64::<BITS>(a) }
    }
    #[inline(always)]
    fn bits(self, a: Self::F) -> Self::U {
        one!(_mm512_castpd_si512, a)
    }
    #[inline(always)]
    fn of_bits(self, a: Self::U) -> Self::F {
        one!(_mm512_castsi512_pd, a)
    }

    #[inline(always)]
    fn lt(self, a: Self::F, b: Self::F) -> Self::M {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(a, b) }
    }
    #[inline(always)]
    fn le(self, a: Self::F, b: Self::F) -> Self::M {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { _mm512_cmp_pd_mask::<_CMP_LE_OQ>(a, b) }
    }
    #[inline(always)]
    fn test(self, a: Self::U, b: Self::U) -> Self::M {
        one!(_mm512_test_epi64_mask, a, b)
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
        one!(_mm512_mask_blend_pd, m, b, a)
    }
}
