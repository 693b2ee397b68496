//! Lanes as one 512-bit register.

use std::arch::x86_64::{
    __m512, __m512d, __m512i, __mmask8, _CMP_LE_OQ, _CMP_LT_OQ, _mm_sfence, _mm512_add_epi64,
    _mm512_add_pd, _mm512_and_si512, _mm512_castpd_si512, _mm512_castsi512_pd, _mm512_cmp_pd_mask,
    _mm512_div_pd, _mm512_fmadd_pd, _mm512_fmadd_ps, _mm512_fnmadd_pd, _mm512_fnmadd_ps,
    _mm512_loadu_pd, _mm512_loadu_ps, _mm512_loadu_si512, _mm512_mask_blend_pd, _mm512_max_pd,
    _mm512_mul_pd, _mm512_or_si512, _mm512_permutex2var_pd, _mm512_set1_epi64, _mm512_set1_pd,
    _mm512_set1_ps, _mm512_setr_epi64, _mm512_shuffle_f64x2, _mm512_slli_epi64, _mm512_sqrt_pd,
    _mm512_srli_epi64, _mm512_storeu_pd, _mm512_storeu_ps, _mm512_storeu_si512, _mm512_stream_pd,
    _mm512_sub_pd, _mm512_test_epi64_mask, _mm512_unpackhi_pd, _mm512_unpacklo_pd,
    _mm512_xor_si512,
};

use super::{F32_LANES, F64x8, LANES, Simd};

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
    ($op:path $(, $a:expr)*) => {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { $op($($a),*) }
    };
}

impl Simd for Avx512 {
    type F = __m512d;
    type U = __m512i;
    type M = __mmask8;
    type W = __m512;

    const ACCUMULATORS: usize = 16;

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
    fn store_past_caches(self, x: Self::F, out: &mut F64x8) {
        // SAFETY: eight numbers are writable there, at a multiple of 64 bytes.
        unsafe { _mm512_stream_pd(out.as_mut_ptr(), x) }
    }
    #[inline(always)]
    fn fence(self) {
        one!(_mm_sfence);
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

    #[inline(always)]
    fn separate(self, a: Self::F, b: Self::F) -> (Self::F, Self::F) {
        // SAFETY: `self` proves that the processor has the instructions.
        unsafe {
            let even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
            let odd = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
            (
                _mm512_permutex2var_pd(a, even, b),
                _mm512_permutex2var_pd(a, odd, b),
            )
        }
    }
    #[inline(always)]
    fn transpose(self, r: [Self::F; LANES]) -> [Self::F; LANES] {
        // Closures would not be compiled for the instruction set.
        macro_rules! even {
            ($a:expr, $b:expr) => {
                one!(_mm512_shuffle_f64x2::<0b10_00_10_00>, $a, $b)
            };
        }
        macro_rules! odd {
            ($a:expr, $b:expr) => {
                one!(_mm512_shuffle_f64x2::<0b11_01_11_01>, $a, $b)
            };
        }
        macro_rules! columns {
            ($unpack:path) => {{
                let a = one!($unpack, r[0], r[1]);
                let b = one!($unpack, r[2], r[3]);
                let c = one!($unpack, r[4], r[5]);
                let d = one!($unpack, r[6], r[7]);
                let (first, second) = (even!(a, b), even!(c, d));
                let (third, fourth) = (odd!(a, b), odd!(c, d));
                [
                    even!(first, second),
                    even!(third, fourth),
                    odd!(first, second),
                    odd!(third, fourth),
                ]
            }};
        }
        let [c0, c2, c4, c6] = columns!(_mm512_unpacklo_pd);
        let [c1, c3, c5, c7] = columns!(_mm512_unpackhi_pd);
        [c0, c1, c2, c3, c4, c5, c6, c7]
    }

    #[inline(always)]
    fn splat_w(self, x: f32) -> Self::W {
        one!(_mm512_set1_ps, x)
    }
    #[inline(always)]
    fn load_w(self, x: &[f32; F32_LANES]) -> Self::W {
        // SAFETY: sixteen numbers are readable there; unaligned load.
        unsafe { _mm512_loadu_ps(x.as_ptr()) }
    }
    #[inline(always)]
    fn store_w(self, x: Self::W, out: &mut [f32; F32_LANES]) {
        // SAFETY: sixteen numbers are writable there; unaligned store.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), x) }
    }
    #[inline(always)]
    fn fma_w(self, a: Self::W, b: Self::W, c: Self::W) -> Self::W {
        one!(_mm512_fmadd_ps, a, b, c)
    }
    #[inline(always)]
    fn fnma_w(self, a: Self::W, b: Self::W, c: Self::W) -> Self::W {
        one!(_mm512_fnmadd_ps, a, b, c)
    }
}
