//! Lanes as two 256-bit registers.

use std::arch::x86_64::{
    __m256, __m256d, __m256i, _CMP_LE_OQ, _CMP_LT_OQ, _mm_cvtsi32_si128, _mm_sfence,
    _mm256_add_epi64, _mm256_add_pd, _mm256_and_pd, _mm256_and_si256, _mm256_andnot_pd,
    _mm256_blendv_pd, _mm256_castpd_si256, _mm256_castsi256_pd, _mm256_cmp_pd, _mm256_cmpeq_epi64,
    _mm256_div_pd, _mm256_fmadd_pd, _mm256_fmadd_ps, _mm256_fnmadd_pd, _mm256_fnmadd_ps,
    _mm256_loadu_pd, _mm256_loadu_ps, _mm256_max_pd, _mm256_movemask_pd, _mm256_mul_pd,
    _mm256_or_pd, _mm256_or_si256, _mm256_permute2f128_pd, _mm256_permute4x64_pd,
    _mm256_set_epi64x, _mm256_set1_epi64x, _mm256_set1_pd, _mm256_set1_ps, _mm256_sll_epi64,
    _mm256_sqrt_pd, _mm256_srl_epi64, _mm256_storeu_pd, _mm256_storeu_ps, _mm256_stream_pd,
    _mm256_sub_pd, _mm256_unpackhi_pd, _mm256_unpacklo_pd, _mm256_xor_si256,
};

use super::{F32_LANES, F64x8, LANES, Simd};

/// Proof that the processor has AVX2 and FMA.
#[derive(Debug, Clone, Copy)]
pub struct Avx2(());

impl Avx2 {
    /// # Safety
    /// The processor must have these features.
    #[inline(always)]
    pub(super) unsafe fn proven() -> Self {
        Self(())
    }
}

/// Two of the same 256-bit register.
#[derive(Clone, Copy)]
pub struct Two<T>(T, T);

macro_rules! both {
    ($op:ident, $a:expr) => {{
        let a = $a;
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { Two($op(a.0), $op(a.1)) }
    }};
    ($op:ident, $a:expr, $b:expr) => {{
        let (a, b) = ($a, $b);
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { Two($op(a.0, b.0), $op(a.1, b.1)) }
    }};
    ($op:ident, $a:expr, $b:expr, $c:expr) => {{
        let (a, b, c) = ($a, $b, $c);
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { Two($op(a.0, b.0, c.0), $op(a.1, b.1, c.1)) }
    }};
}

macro_rules! one {
    ($op:path $(, $a:expr)*) => {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe { $op($($a),*) }
    };
}

impl Simd for Avx2 {
    type F = Two<__m256d>;
    type U = Two<__m256i>;
    /// All bits of a lane that is true.
    type M = Two<__m256d>;
    type W = Two<__m256>;

    const ACCUMULATORS: usize = 4;

    #[inline(always)]
    fn splat(self, x: f64) -> Self::F {
        let half = one!(_mm256_set1_pd, x);
        Two(half, half)
    }
    #[inline(always)]
    fn load(self, x: &[f64; LANES]) -> Self::F {
        let at = x.as_ptr();
        // SAFETY: eight numbers are readable there; unaligned loads.
        unsafe { Two(_mm256_loadu_pd(at), _mm256_loadu_pd(at.add(4))) }
    }
    #[inline(always)]
    fn store(self, x: Self::F, out: &mut [f64; LANES]) {
        let at = out.as_mut_ptr();
        // SAFETY: eight numbers are writable there; unaligned stores.
        unsafe {
            _mm256_storeu_pd(at, x.0);
            _mm256_storeu_pd(at.add(4), x.1);
        }
    }
    #[inline(always)]
    fn store_past_caches(self, x: Self::F, out: &mut F64x8) {
        let at = out.as_mut_ptr();
        // SAFETY: eight numbers are writable there, at a multiple of 64 bytes.
        unsafe {
            _mm256_stream_pd(at, x.0);
            _mm256_stream_pd(at.add(4), x.1);
        }
    }
    #[inline(always)]
    fn fence(self) {
        one!(_mm_sfence);
    }
    #[inline(always)]
    fn add(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_add_pd, a, b)
    }
    #[inline(always)]
    fn sub(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_sub_pd, a, b)
    }
    #[inline(always)]
    fn mul(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_mul_pd, a, b)
    }
    #[inline(always)]
    fn div(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_div_pd, a, b)
    }
    #[inline(always)]
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        both!(_mm256_fmadd_pd, a, b, c)
    }
    #[inline(always)]
    fn fnma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        both!(_mm256_fnmadd_pd, a, b, c)
    }
    #[inline(always)]
    fn max(self, a: Self::F, b: Self::F) -> Self::F {
        both!(_mm256_max_pd, a, b)
    }
    #[inline(always)]
    fn sqrt(self, a: Self::F) -> Self::F {
        both!(_mm256_sqrt_pd, a)
    }

    #[inline(always)]
    fn splat_u(self, x: u64) -> Self::U {
        let half = one!(_mm256_set1_epi64x, x.cast_signed());
        Two(half, half)
    }
    #[inline(always)]
    fn load_u(self, x: &[u64; LANES]) -> Self::U {
        let at = x.as_ptr().cast::<f64>();
        // SAFETY: eight words are readable there; unaligned loads, which change no bit.
        let floats = unsafe { Two(_mm256_loadu_pd(at), _mm256_loadu_pd(at.add(4))) };
        self.bits(floats)
    }
    #[inline(always)]
    fn store_u(self, x: Self::U, out: &mut [u64; LANES]) {
        let floats = self.of_bits(x);
        let at = out.as_mut_ptr().cast::<f64>();
        // SAFETY: eight words are writable there; unaligned stores, which change no bit.
        unsafe {
            _mm256_storeu_pd(at, floats.0);
            _mm256_storeu_pd(at.add(4), floats.1);
        }
    }
    #[inline(always)]
    fn add_u(self, a: Self::U, b: Self::U) -> Self::U {
        both!(_mm256_add_epi64, a, b)
    }
    #[inline(always)]
    fn xor(self, a: Self::U, b: Self::U) -> Self::U {
        both!(_mm256_xor_si256, a, b)
    }
    #[inline(always)]
    fn and(self, a: Self::U, b: Self::U) -> Self::U {
        both!(_mm256_and_si256, a, b)
    }
    #[inline(always)]
    fn or(self, a: Self::U, b: Self::U) -> Self::U {
        both!(_mm256_or_si256, a, b)
    }
    #[inline(always)]
    fn shl<const BITS: u32>(self, a: Self::U) -> Self::U {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe {
            let count = _mm_cvtsi32_si128(BITS.cast_signed());
            Two(_mm256_sll_epi64(a.0, count), _mm256_sll_epi64(a.1, count))
        }
    }
    #[inline(always)]
    fn shr<const BITS: u32>(self, a: Self::U) -> Self::U {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe {
            let count = _mm_cvtsi32_si128(BITS.cast_signed());
            Two(_mm256_srl_epi64(a.0, count), _mm256_srl_epi64(a.1, count))
        }
    }
    #[inline(always)]
    fn bits(self, a: Self::F) -> Self::U {
        both!(_mm256_castpd_si256, a)
    }
    #[inline(always)]
    fn of_bits(self, a: Self::U) -> Self::F {
        both!(_mm256_castsi256_pd, a)
    }

    #[inline(always)]
    fn lt(self, a: Self::F, b: Self::F) -> Self::M {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe {
            Two(
                _mm256_cmp_pd::<_CMP_LT_OQ>(a.0, b.0),
                _mm256_cmp_pd::<_CMP_LT_OQ>(a.1, b.1),
            )
        }
    }
    #[inline(always)]
    fn le(self, a: Self::F, b: Self::F) -> Self::M {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe {
            Two(
                _mm256_cmp_pd::<_CMP_LE_OQ>(a.0, b.0),
                _mm256_cmp_pd::<_CMP_LE_OQ>(a.1, b.1),
            )
        }
    }
    #[inline(always)]
    fn test(self, a: Self::U, b: Self::U) -> Self::M {
        let common = self.and(a, b);
        let zero = self.splat_u(0);
        let none = both!(_mm256_cmpeq_epi64, common, zero);
        self.without(self.mask(u8::MAX), self.of_bits(none))
    }
    #[inline(always)]
    fn mask(self, bits: u8) -> Self::M {
        let lane = |i: u32| -i64::from(bits >> i & 1);
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe {
            Two(
                _mm256_castsi256_pd(_mm256_set_epi64x(lane(3), lane(2), lane(1), lane(0))),
                _mm256_castsi256_pd(_mm256_set_epi64x(lane(7), lane(6), lane(5), lane(4))),
            )
        }
    }
    #[inline(always)]
    fn mask_bits(self, m: Self::M) -> u8 {
        let (low, high) = (one!(_mm256_movemask_pd, m.0), one!(_mm256_movemask_pd, m.1));
        (low | high << 4) as u8
    }
    #[inline(always)]
    fn and_m(self, a: Self::M, b: Self::M) -> Self::M {
        both!(_mm256_and_pd, a, b)
    }
    #[inline(always)]
    fn or_m(self, a: Self::M, b: Self::M) -> Self::M {
        both!(_mm256_or_pd, a, b)
    }
    #[inline(always)]
    fn without(self, a: Self::M, b: Self::M) -> Self::M {
        both!(_mm256_andnot_pd, b, a)
    }
    #[inline(always)]
    fn select(self, m: Self::M, a: Self::F, b: Self::F) -> Self::F {
        // SAFETY: `self` proves that the processor has the instruction.
        unsafe {
            Two(
                _mm256_blendv_pd(b.0, a.0, m.0),
                _mm256_blendv_pd(b.1, a.1, m.1),
            )
        }
    }

    #[inline(always)]
    fn separate(self, a: Self::F, b: Self::F) -> (Self::F, Self::F) {
        // Lanes 0, 2, 1, 3 of what an unpacking leaves. Closures would not be compiled for the
        // instruction set.
        macro_rules! lanes {
            ($unpack:path, $x:expr) => {{
                let x = one!($unpack, $x.0, $x.1);
                one!(_mm256_permute4x64_pd::<0b11_01_10_00>, x)
            }};
        }
        (
            Two(lanes!(_mm256_unpacklo_pd, a), lanes!(_mm256_unpacklo_pd, b)),
            Two(lanes!(_mm256_unpackhi_pd, a), lanes!(_mm256_unpackhi_pd, b)),
        )
    }
    #[inline(always)]
    fn transpose(self, r: [Self::F; LANES]) -> [Self::F; LANES] {
        macro_rules! quarter {
            ($top:literal, $half:tt) => {{
                let low = one!(_mm256_unpacklo_pd, r[$top].$half, r[$top + 1].$half);
                let high = one!(_mm256_unpackhi_pd, r[$top].$half, r[$top + 1].$half);
                let low2 = one!(_mm256_unpacklo_pd, r[$top + 2].$half, r[$top + 3].$half);
                let high2 = one!(_mm256_unpackhi_pd, r[$top + 2].$half, r[$top + 3].$half);
                [
                    one!(_mm256_permute2f128_pd::<0x20>, low, low2),
                    one!(_mm256_permute2f128_pd::<0x20>, high, high2),
                    one!(_mm256_permute2f128_pd::<0x31>, low, low2),
                    one!(_mm256_permute2f128_pd::<0x31>, high, high2),
                ]
            }};
        }
        let (top_left, top_right) = (quarter!(0, 0), quarter!(0, 1));
        let (bottom_left, bottom_right) = (quarter!(4, 0), quarter!(4, 1));
        let mut columns = r;
        for i in 0..4 {
            columns[i] = Two(top_left[i], bottom_left[i]);
            columns[i + 4] = Two(top_right[i], bottom_right[i]);
        }
        columns
    }

    #[inline(always)]
    fn splat_w(self, x: f32) -> Self::W {
        let half = one!(_mm256_set1_ps, x);
        Two(half, half)
    }
    #[inline(always)]
    fn load_w(self, x: &[f32; F32_LANES]) -> Self::W {
        let at = x.as_ptr();
        // SAFETY: sixteen numbers are readable there; unaligned loads.
        unsafe { Two(_mm256_loadu_ps(at), _mm256_loadu_ps(at.add(8))) }
    }
    #[inline(always)]
    fn store_w(self, x: Self::W, out: &mut [f32; F32_LANES]) {
        let at = out.as_mut_ptr();
        // SAFETY: sixteen numbers are writable there; unaligned stores.
        unsafe {
            _mm256_storeu_ps(at, x.0);
            _mm256_storeu_ps(at.add(8), x.1);
        }
    }
    #[inline(always)]
    fn fma_w(self, a: Self::W, b: Self::W, c: Self::W) -> Self::W {
        both!(_mm256_fmadd_ps, a, b, c)
    }
    #[inline(always)]
    fn fnma_w(self, a: Self::W, b: Self::W, c: Self::W) -> Self::W {
        both!(_mm256_fnmadd_ps, a, b, c)
    }
}
