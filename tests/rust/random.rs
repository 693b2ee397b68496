//! Streams, normals, uniforms and Gamma variates: pinned answers, independent twins, laws and bits.

mod support;

use std::f64::consts::FRAC_1_SQRT_2;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use typicality::error::Error;
use typicality::execution::Job;
use typicality::random::elementary::{ln, sin_cos_quarter_pi};
use typicality::random::stream::Family;
use typicality::random::{draws, gamma, normal};
use typicality::simd::{LANES, Portable};

use support::assert_same_bits;

const KEY: [u8; 32] = *b"typicality of thermal states ...";

/// Words of a state, and the bits of the first three numbers of a sample.
const PINNED_STATE: [u64; 3] = [0xa5ed38522d4aaf68, 0xa049c758ebd60231, 0x9274bc82909c7b47];
const PINNED_UNIFORMS: [u64; 3] = [0x3fe2aeea220747eb, 0x3fe65067d89490b4, 0x3fda8b5ee85ff636];
const PINNED_NORMALS: [u64; 3] = [0x3fdf7027edb4680e, 0x3ff372e21d9dc00d, 0xbfea60b65908e21a];
const PINNED_HALVES: [u64; 3] = [0x3fe8eb2df84453c5, 0x3fdf35a3afb7943c, 0x3fe2f12c8c18a4d7];
const PINNED_MILLIONS: [u64; 3] = [0x412e8aed446ad9d3, 0x412e889d78db0772, 0x412e89875e4c09ab];

fn family(label: &[u8]) -> Family {
    Family::new(&KEY, label).unwrap()
}

fn normals(sample: u64, count: usize) -> Vec<f64> {
    let mut out = vec![0.0; count];
    draws::fill_sample(&family(b"normals"), sample, &mut out, &Job::new()).unwrap();
    out
}

fn uniforms(sample: u64, count: usize) -> Vec<f64> {
    let mut out = vec![0.0; count];
    draws::uniforms(&family(b"uniforms"), sample, count, &mut out, &Job::new()).unwrap();
    out
}

fn gammas(sample: u64, shape: f64, count: usize) -> Vec<f64> {
    let mut out = vec![0.0; count];
    for (block, items) in out.chunks_mut(gamma::BLOCK).enumerate() {
        gamma::fill(&family(b"gammas"), sample, block as u64, |_| shape, items);
    }
    out
}

/// Largest distance of two empirical distribution functions, times the root of the harmonic size;
/// beyond 1.95 with probability 1e-3.
fn kolmogorov_smirnov(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_unstable_by(f64::total_cmp);
    b.sort_unstable_by(f64::total_cmp);
    let (n, m) = (a.len() as f64, b.len() as f64);
    let (mut i, mut j, mut largest) = (0, 0, 0.0f64);
    while i < a.len() && j < b.len() {
        let x = a[i].min(b[j]);
        while i < a.len() && a[i] <= x {
            i += 1;
        }
        while j < b.len() && b[j] <= x {
            j += 1;
        }
        largest = largest.max((i as f64 / n - j as f64 / m).abs());
    }
    largest * (n * m / (n + m)).sqrt()
}

fn assert_moment(x: &[f64], moment: impl Fn(f64) -> f64, exact: f64) {
    let n = x.len() as f64;
    let mean = x.iter().map(|&x| moment(x)).sum::<f64>() / n;
    let variance = x.iter().map(|&x| (moment(x) - mean).powi(2)).sum::<f64>() / n;
    let error = (variance / n).sqrt();
    assert!((mean - exact).abs() < 4.0 * error, "{mean} {exact} {error}");
}

#[test]
fn known_answers() {
    let state = family(b"pinned").state(3, 5);
    assert_eq!([state[0][0], state[1][3], state[3][7]], PINNED_STATE);
    let bits = |x: Vec<f64>| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(uniforms(1, 3)), PINNED_UNIFORMS);
    assert_eq!(bits(normals(1, 3)), PINNED_NORMALS);
    assert_eq!(bits(gammas(1, 0.5, 3)), PINNED_HALVES);
    assert_eq!(bits(gammas(1, 1e6, 3)), PINNED_MILLIONS);
}

/// The derivation of streams, followed with another implementation of `ChaCha`.
#[test]
fn states_are_those_of_chacha() {
    let label = *b"haar_states\0\0\0\0\0";
    let half = |at: usize| u64::from_le_bytes(label[at..at + 8].try_into().unwrap());
    let mut outer = ChaCha8Rng::from_seed(KEY);
    outer.set_stream(half(8));
    outer.set_block_pos(half(0));
    let mut key = [0; 32];
    outer.fill_bytes(&mut key);
    for (sample, block) in [(0u64, 0u64), (1, 0), (7, 3), (u64::MAX, 1 << 40)] {
        let mut inner = ChaCha8Rng::from_seed(key);
        inner.set_stream(sample);
        inner.set_block_pos(4 * block);
        let state = family(b"haar_states").state(sample, block);
        for lane in 0..LANES {
            for row in &state {
                assert_eq!(row[lane], inner.next_u64());
            }
        }
    }
}

/// xoshiro256++ as published, one generator at a time.
#[test]
fn words_are_those_of_xoshiro() {
    let state = family(b"uniforms").state(9, 0);
    let drawn = uniforms(9, 50 * LANES);
    for lane in 0..LANES {
        let mut s: [u64; 4] = std::array::from_fn(|w| state[w][lane]);
        for step in 0..50 {
            let word = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
            let t = s[1] << 17;
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= t;
            s[3] = s[3].rotate_left(45);
            let uniform = (word >> 11) as f64 / (1u64 << 53) as f64;
            assert_eq!(drawn[step * LANES + lane], uniform);
        }
    }
}

/// Distance in units in the last place of `exact`.
fn ulps(x: f64, exact: f64) -> f64 {
    let next = f64::from_bits(exact.abs().to_bits() + 1);
    (x - exact).abs() / (next - exact.abs())
}

#[test]
fn elementary_functions_are_within_two_ulps() {
    // pi/4 = FRAC_PI_4 + REST.
    const REST: f64 = 3.061616997868383e-17;
    let mut points = uniforms(0, 400_000);
    points.extend([
        1e-300,
        1e-16,
        0.5,
        FRAC_1_SQRT_2.next_down(),
        FRAC_1_SQRT_2,
        1.0 - 1e-16,
        1.0,
    ]);
    points.resize(points.len().next_multiple_of(LANES), 1.0);
    for chunk in points.as_chunks::<LANES>().0 {
        let (sin, cos) = sin_cos_quarter_pi(Portable, *chunk);
        let logarithms = ln(Portable, chunk.map(|x| x.max(f64::MIN_POSITIVE)));
        for lane in 0..LANES {
            let x = chunk[lane];
            let exact = x.max(f64::MIN_POSITIVE).ln();
            assert!(
                logarithms[lane] == exact || ulps(logarithms[lane], exact) <= 2.0,
                "ln {x}"
            );
            // The angle in two parts, so that the library sees it exactly.
            let angle = x * std::f64::consts::FRAC_PI_4;
            let rest = x.mul_add(std::f64::consts::FRAC_PI_4, -angle) + x * REST;
            let exact = angle.sin() + rest * angle.cos();
            assert!(
                sin[lane] == exact || ulps(sin[lane], exact) <= 2.0,
                "sin {x}"
            );
            let exact = angle.cos() - rest * angle.sin();
            assert!(ulps(cos[lane], exact) <= 2.0, "cos {x}");
        }
    }
}

#[test]
fn uniforms_fill_their_cells() {
    let (cells, count) = (1024usize, 1 << 20);
    for sample in 0..3 {
        let mut seen = vec![0u32; cells];
        for x in uniforms(sample, count) {
            assert!((0.0..1.0).contains(&x));
            seen[(x * cells as f64) as usize] += 1;
        }
        let expected = (count / cells) as f64;
        let chi2: f64 = seen
            .iter()
            .map(|&k| (f64::from(k) - expected).powi(2) / expected)
            .sum();
        let freedom = (cells - 1) as f64;
        assert!(
            (chi2 - freedom).abs() < 4.0 * (2.0 * freedom).sqrt(),
            "{chi2}"
        );
    }
    // The first number of each of many samples.
    let firsts: Vec<f64> = (0..20_000).map(|sample| uniforms(sample, 1)[0]).collect();
    let grid = (0..20_000)
        .map(|i| (f64::from(i) + 0.5) / 20_000.0)
        .collect();
    assert!(kolmogorov_smirnov(firsts, grid) < 1.95);
}

/// Pairs at every lag up to four steps of the lanes, and pairs of neighboring samples and blocks.
#[test]
fn no_correlation_within_or_across_streams() {
    let count = 1 << 18;
    let limit = 4.5 / (count as f64).sqrt();
    let correlation =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>() / a.len() as f64;
    let x = normals(0, count);
    for lag in 1..=64 {
        let r = correlation(&x[lag..], &x[..count - lag]);
        assert!(r.abs() < limit, "lag {lag}: {r}");
        let squares: Vec<f64> = x.iter().map(|x| (x * x - 1.0) / 2f64.sqrt()).collect();
        let r = correlation(&squares[lag..], &squares[..count - lag]);
        assert!(r.abs() < limit, "squares, lag {lag}: {r}");
    }
    for sample in [1, 2, 1 << 32, u64::MAX] {
        let r = correlation(&x, &normals(sample, count));
        assert!(r.abs() < limit, "sample {sample}: {r}");
    }
    let r = correlation(&x[normal::BLOCK..], &x[..count - normal::BLOCK]);
    assert!(r.abs() < limit, "blocks: {r}");
}

/// Words of 4096 samples: none twice, and as many equal upper halves as chance makes.
#[test]
fn collisions_are_as_rare_as_chance() {
    let mut words: Vec<u64> = (0..4096u64)
        .flat_map(|sample| uniforms(sample, 256))
        .map(|x| (x * (1u64 << 53) as f64) as u64)
        .collect();
    words.sort_unstable();
    assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
    let mut halves: Vec<u64> = words.iter().map(|word| word & 0xffff_ffff).collect();
    halves.sort_unstable();
    let equal = halves.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64;
    let n = words.len() as f64;
    let expected = n * n / 2f64.powi(33);
    assert!(
        (equal - expected).abs() < 4.0 * expected.sqrt(),
        "{equal} {expected}"
    );
}

#[test]
fn normals_have_the_normal_law() {
    let x = normals(4, 1 << 20);
    for (power, exact) in [
        (1, 0.0),
        (2, 1.0),
        (3, 0.0),
        (4, 3.0),
        (6, 15.0),
        (8, 105.0),
    ] {
        assert_moment(&x, |x| x.powi(power), exact);
    }
    assert_moment(
        &x,
        |x| f64::from(u8::from(x.abs() > 3.0)),
        0.002699796063260189,
    );
    assert_moment(&x, |x| f64::from(u8::from(x < 1.0)), 0.8413447460685429);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let twin: Vec<f64> = (0..200_000)
        .map(|_| StandardNormal.sample(&mut rng))
        .collect();
    assert!(kolmogorov_smirnov(x[..200_000].to_vec(), twin) < 1.95);
}

#[test]
fn gammas_have_the_gamma_law() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for shape in [0.5, 1.0, 1.5, 2.0, 7.5, 100.0, 1e6, 1e15] {
        let x = gammas(0, shape, 1 << 17);
        assert!(x.iter().all(|&x| x > 0.0));
        assert_moment(&x, |x| x / shape - 1.0, 0.0);
        assert_moment(&x, |x| (x / shape - 1.0).powi(2) * shape, 1.0);
        let third = |x: f64| ((x / shape - 1.0) * shape.sqrt()).powi(3);
        assert_moment(&x, third, 2.0 / shape.sqrt());
        let law = rand_distr::Gamma::new(shape, 1.0).unwrap();
        let twin: Vec<f64> = (0..x.len()).map(|_| law.sample(&mut rng)).collect();
        assert!(kolmogorov_smirnov(x, twin) < 1.95, "{shape}");
    }
    let huge = 2f64.powi(1000);
    assert!(
        gammas(0, huge, 1000)
            .iter()
            .all(|x| (x / huge - 1.0).abs() < 1e-15)
    );
}

/// Everything that is drawn, for samples 5 .. 5 + size in batches of at most `part`.
fn everything(size: usize, part: usize) -> Vec<Vec<f64>> {
    let job = Job::new();
    let (n, long) = (37, 3 * normal::BLOCK + 5);
    let mut all = [
        vec![0.0; size * n],
        vec![0.0; size * long],
        vec![0.0; size * n],
    ];
    let (mut first, mut singles) = (5, Vec::new());
    let [short, wide, flat] = &mut all;
    for ((short, wide), flat) in short
        .chunks_mut(part * n)
        .zip(wide.chunks_mut(part * long))
        .zip(flat.chunks_mut(part * n))
    {
        draws::standard_normals(&family(b"a"), first, n, short, &job).unwrap();
        draws::standard_normals(&family(b"b"), first, long, wide, &job).unwrap();
        draws::uniforms(&family(b"c"), first, n, flat, &job).unwrap();
        let mut single = vec![0f32; short.len()];
        draws::standard_normals(&family(b"a"), first, n, &mut single, &job).unwrap();
        assert!(
            single
                .iter()
                .zip(&*short)
                .all(|(x, wide)| *x == *wide as f32)
        );
        singles.extend(single.iter().map(|&x| f64::from(x)));
        first += part as u64;
    }
    let mut all = all.to_vec();
    all.push(singles);
    all.push(gammas(3, 0.5, 1000));
    all.push(gammas(3, 1e9, 1001));
    all
}

#[test]
fn bits_do_not_depend_on_batch_threads_or_level() {
    let whole = everything(7, 7);
    for part in [1, 2, 3] {
        assert!(everything(7, part) == whole);
    }
    assert_same_bits(&whole, || everything(7, 7));
    // A longer sample begins with the shorter one, and labels do not know each other.
    assert_eq!(normals(1, 40000)[..100], normals(1, 100));
    let mut other = vec![0.0; 100];
    draws::fill_sample(&family(b"other"), 1, &mut other, &Job::new()).unwrap();
    assert!(other.iter().zip(normals(1, 100)).all(|(x, y)| *x != y));
}

#[test]
fn nonsense_is_refused() {
    let refused =
        |key: &[u8], label: &[u8]| matches!(Family::new(key, label), Err(Error::Value { .. }));
    assert!(refused(&[0; 31], b"x"));
    assert!(refused(&[0; 33], b"x"));
    assert!(refused(&KEY, b""));
    assert!(refused(&KEY, b"a label too long!"));
    assert!(refused(&KEY, "\u{e9}".as_bytes()));
    assert!(refused(&KEY, b"x\0"));
    let job = Job::new();
    let outcome = draws::uniforms(&family(b"x"), 0, 2, &mut [0.0; 3], &job);
    assert!(matches!(outcome, Err(Error::Value { .. })));
    assert!(draws::uniforms(&family(b"x"), 0, 0, &mut [], &job).is_ok());
    job.stop();
    let outcome = draws::uniforms(&family(b"x"), 0, 3, &mut [0.0; 3], &job);
    assert_eq!(outcome, Err(Error::Interrupted));
}
