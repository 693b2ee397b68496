//! Logarithm, sine and cosine on eight lanes, the same bits on every machine.
//!
//! Polynomials interpolate the exact functions at Chebyshev points (worked out with 60 digits); the
//! largest errors measured are below 2 units in the last place.

use crate::simd::Simd;

/// 2 atanh(s) = 2 s + s z P(z), z = s^2, |s| <= (sqrt 2 - 1)/(sqrt 2 + 1).
const LOG: [f64; 7] = [
    0.666666666666667,
    0.39999999999899505,
    0.28571428625975487,
    0.2222221113479508,
    0.18182889125261723,
    0.15331721600556042,
    0.14616449685043406,
];
const LN_2_HIGH: f64 = std::f64::consts::LN_2;
/// What `LN_2_HIGH` lacks.
const LN_2_LOW: f64 = 2.3190468138462996e-17;

/// sin(pi/4 f) = f (pi/4 + z P(z)), z = f^2 <= 1.
const SIN: [f64; 6] = [
    -0.08074551218828077,
    0.0024903945701920073,
    -3.6576204173860995e-05,
    3.133616535431528e-07,
    -1.7571791752800344e-09,
    6.8874821400921975e-12,
];
/// cos(pi/4 f) = 1 + z P(z).
const COS: [f64; 7] = [
    -0.30842513753404244,
    0.015854344243815488,
    -0.0003259918869271996,
    3.590860447448612e-06,
    -2.4611366238309744e-08,
    1.1500679700940496e-10,
    -3.863156948832656e-13,
];

/// Exponent bits of 1.0.
const ONE_BITS: u64 = 0x3ff0_0000_0000_0000;
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;

/// ln x for normal positive x.
#[inline(always)]
pub fn ln<S: Simd>(simd: S, x: S::F) -> S::F {
    // x = 2^k m with m in [sqrt(1/2), sqrt 2): the exponent is moved by the distance to sqrt(1/2).
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    let bits = simd.add_u(simd.bits(x), simd.splat_u(ONE_BITS - SQRT_HALF));
    let exponent = simd.shr::<52>(bits);
    let m = simd.of_bits(simd.add_u(
        simd.and(bits, simd.splat_u(MANTISSA)),
        simd.splat_u(SQRT_HALF),
    ));
    // The exponent as a float: written into the mantissa of 2^52.
    let magic = simd.of_bits(simd.or(exponent, simd.splat_u(0x4330_0000_0000_0000)));
    let k = simd.sub(magic, simd.splat(4_503_599_627_370_496.0 + 1023.0));
    let one = simd.splat(1.0);
    let f = simd.sub(m, one);
    let s = simd.div(f, simd.add(m, one));
    let z = simd.mul(s, s);
    let p = polynomial(simd, z, &LOG);
    // 2 s is within rounding of f; f - s f is not needed at this accuracy.
    let log_m = simd.fma(simd.mul(s, z), p, simd.add(s, s));
    let low = simd.fma(k, simd.splat(LN_2_LOW), log_m);
    simd.fma(k, simd.splat(LN_2_HIGH), low)
}

/// (sin, cos) of pi/4 f for f in [0, 1].
#[inline(always)]
pub fn sin_cos_quarter_pi<S: Simd>(simd: S, f: S::F) -> (S::F, S::F) {
    let z = simd.mul(f, f);
    let p = polynomial(simd, z, &SIN);
    let sin = simd.mul(f, simd.fma(z, p, simd.splat(std::f64::consts::FRAC_PI_4)));
    let q = polynomial(simd, z, &COS);
    (sin, simd.fma(z, q, simd.splat(1.0)))
}

/// c[0] + c[1] z + ..., by Horner's rule.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(simd: S, z: S::F, c: &[f64; N]) -> S::F {
    let mut sum = simd.splat(c[N - 1]);
    for &term in c.iter().rev().skip(1) {
        sum = simd.fma(sum, z, simd.splat(term));
    }
    sum
}
