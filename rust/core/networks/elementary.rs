//! Elementary functions without branches, so that loops over them become vector instructions.
//!
//! Each is within a few units in the last place, keeps NaN, and gives the same bits on every
//! instruction set, since fused multiply-adds are written out.

const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// Half of ln 2 in few digits, so that products with small integers are exact, and the rest.
const LN2_HIGH: f64 = 6.931_471_803_691_238_2e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 1.5 * 2^52: adding it rounds to an integer that then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// Below this the exponential is exactly zero, since what it multiplies may be huge: rounded to
/// -1023 powers of two, whose bits are those of zero. A comparison would do the same, but keeps the
/// compiler from making vector instructions.
const LOWEST_EXPONENT: f64 = -709.2;

/// (exp(r) - 1 - r) / r^2 as its series; 1e-17 relative to the whole for |r| <= ln(2)/2.
const EXPM1_SERIES: [f64; 12] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
];

/// erf(x)/x in powers of x^2, highest first; relative error 2e-16 for |x| <= 1.
/// Truncated Chebyshev series, worked out with 50 digits.
const ERF_SMALL: [f64; 12] = [
    -7.798543850549947e-10,
    1.3721520406351094e-08,
    -1.6208829856810202e-07,
    1.6447471190594618e-06,
    -1.4924740785377576e-05,
    0.00012055295112667001,
    -0.0008548325982543225,
    0.005223977607269946,
    -0.026866170643256995,
    0.1128379167094513,
    -0.37612638903183543,
    std::f64::consts::FRAC_2_SQRT_PI,
];

/// (1 + 2x) exp(x^2) erfc(x) in powers of s = (x - 3.75)/(x + 3.75), highest first; relative error
/// 3e-16 for x >= 0. Truncated Chebyshev series, worked out with 50 digits.
const ERFCX: [f64; 24] = [
    3.1114333809799254e-10,
    -2.623107347133476e-09,
    -3.744210080962018e-09,
    3.197926671666804e-08,
    2.3263508708859124e-08,
    -2.4857126248016745e-07,
    -5.7218230603224086e-08,
    1.7419821586224816e-06,
    -9.73559896736775e-07,
    -1.1438048033346894e-05,
    2.238423915508223e-05,
    5.164652974177416e-05,
    -0.0002901540805408417,
    0.000293714378044958,
    0.0017556258528952954,
    -0.009746579683265262,
    0.028362277418956406,
    -0.05869339857664934,
    0.09230432116037748,
    -0.10880393014244462,
    0.0822767384901452,
    0.0035854154854790257,
    -0.14024059858554697,
    1.2375126308378275,
];

#[inline(always)]
fn horner<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    let mut sum = coefficients[0];
    let mut i = 1;
    while i < N {
        sum = sum.mul_add(x, coefficients[i]);
        i += 1;
    }
    sum
}

/// exp(x) and exp(x) - 1 for x <= 0, each to relative accuracy.
#[inline(always)]
pub fn exp_and_expm1(x: f64) -> (f64, f64) {
    let x = if x < LOWEST_EXPONENT {
        LOWEST_EXPONENT
    } else {
        x
    };
    let shifted = x.mul_add(LOG2_E, ROUND);
    let k = shifted - ROUND;
    let r = k.mul_add(-LN2_LOW, k.mul_add(-LN2_HIGH, x));
    let small = (r * r).mul_add(horner(&EXPM1_SERIES, r), r);
    let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1.0f64.to_bits()));
    (
        power.mul_add(small, power),
        power.mul_add(small, power - 1.0),
    )
}

/// exp(-x^2), accurate although x^2 is rounded.
#[inline(always)]
pub fn exp_minus_square(x: f64) -> f64 {
    let square = x * x;
    let lost = x.mul_add(x, -square);
    // An infinite square has no meaningful remainder.
    let lost = if square < -LOWEST_EXPONENT { lost } else { 0.0 };
    let e = exp_and_expm1(-square).0;
    (-e).mul_add(lost, e)
}

/// erf(x) and exp(-x^2).
#[inline(always)]
pub fn erf_and_gaussian(x: f64) -> (f64, f64) {
    let a = x.abs();
    let gaussian = exp_minus_square(x);
    let small = x * horner(&ERF_SMALL, x * x);
    let large = (-gaussian).mul_add(scaled_erfc(a), 1.0).copysign(x);
    // Written so that NaN takes the branch that keeps it.
    (if a > 1.0 { large } else { small }, gaussian)
}

/// exp(x^2) erfc(x) for x >= 0.
#[inline(always)]
pub fn scaled_erfc(x: f64) -> f64 {
    let x = if x > 1e9 { 1e9 } else { x };
    horner(&ERFCX, (x - 3.75) / (x + 3.75)) / 2.0f64.mul_add(x, 1.0)
}

/// (atan(t) - t) / t^3 in powers of t^2, highest first; relative error of atan(t) 7e-18 for
/// |t| <= tan(pi/8). Interpolated at Chebyshev points with 60 digits.
const ATAN: [f64; 11] = [
    -0.019176872294336067,
    0.039231646190551486,
    -0.05085449318930035,
    0.05858148832731273,
    -0.06664511438164644,
    0.07692183190171728,
    -0.09090904578095735,
    0.11111111015255669,
    -0.14285714284666534,
    0.1999999999999552,
    -0.3333333333333333,
];

/// The angle in [0, pi/2] whose sine and cosine are to each other as s and c; both not negative,
/// and not both zero.
#[inline(always)]
pub fn angle(s: f64, c: f64) -> f64 {
    const TAN_PI_8: f64 = std::f64::consts::SQRT_2 - 1.0;
    let steep = c < TAN_PI_8 * s;
    let flat = s < TAN_PI_8 * c;
    // The nearest of 0, pi/4 and pi/2, and the tangent of what is left.
    let above = if flat { s } else { s - c };
    let below = if flat { c } else { s + c };
    let t = if steep { -c } else { above } / if steep { s } else { below };
    let base = if flat {
        0.0
    } else {
        std::f64::consts::FRAC_PI_4
    };
    let base = if steep {
        std::f64::consts::FRAC_PI_2
    } else {
        base
    };
    let z = t * t;
    (t * z).mul_add(horner(&ATAN, z), t) + base
}
