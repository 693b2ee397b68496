//! Gram matrices against loops, at the edges of tiles, panels and groups, on any number of threads.

use faer::MatRef;
use num_complex::Complex;
use typicality::error::Error;
use typicality::linalg::gram::{lower_half, mirror};
use typicality::linalg::norm::squared_norms;
use typicality::linalg::scalar::Scalar;
use typicality::parallel::{Spread, Watch};

type C = Complex<f64>;

fn in_pool<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(work)
}

fn numbers(len: usize) -> Vec<C> {
    let fraction = |i: usize, step: f64| (i as f64 * step).fract() - 0.5;
    (0..len)
        .map(|i| {
            C::new(
                fraction(i + 1, 0.618_033_988_7),
                fraction(i + 1, 0.324_717_957_2),
            )
        })
        .collect()
}

fn gram<T: Scalar>(spread: Spread, a: MatRef<'_, T>) -> Vec<T> {
    let n = a.nrows();
    // Whatever is in the memory of the result must not matter.
    let mut out = vec![T::ONE; n * n];
    lower_half(&Watch::new(), spread, &a, &mut out, &mut Vec::new()).unwrap();
    mirror(spread, &mut out, n);
    out
}

fn slowly(a: &[C], n: usize, k: usize) -> Vec<C> {
    let entry = |i: usize, j: usize| (0..k).map(|l| a[i * k + l] * a[j * k + l].conj()).sum();
    (0..n * n)
        .map(|place| entry(place / n, place % n))
        .collect()
}

const SHAPES: [(usize, usize); 12] = [
    (1, 1),
    (1, 40_000),
    (7, 0),
    (2, 3),
    (16, 5),
    (127, 3),
    (128, 64),
    (129, 17),
    (300, 1),
    (5, 511),
    (130, 513),
    (3, 16_385),
];

#[test]
fn products_are_those_of_loops() {
    for (n, k) in SHAPES {
        let a = numbers(n * k);
        let exact = slowly(&a, n, k);
        for spread in [Spread::Here, Spread::Pool] {
            let rows = gram(spread, MatRef::from_row_major_slice(&a, n, k));
            for (x, y) in rows.iter().zip(&exact) {
                assert!(
                    (x - y).norm() <= 1e-14 * (k.max(4) as f64),
                    "{n} x {k}: {x} and {y}"
                );
            }
            for i in 0..n {
                assert_eq!(rows[i * n + i].im, 0.0);
                assert!((0..i).all(|j| rows[i * n + j] == rows[j * n + i].conj()));
            }
        }
    }
}

#[test]
fn real_and_single_numbers() {
    let (n, k) = (140, 600);
    let a: Vec<f64> = numbers(n * k).iter().map(|x| x.re).collect();
    let single: Vec<f32> = a.iter().map(|&x| x as f32).collect();
    let double = gram(Spread::Pool, MatRef::from_row_major_slice(&a, n, k));
    let single = gram(Spread::Pool, MatRef::from_row_major_slice(&single, n, k));
    for (place, (&x, &y)) in double.iter().zip(&single).enumerate() {
        let (i, j) = (place / n, place % n);
        let exact: f64 = (0..k).map(|l| a[i * k + l] * a[j * k + l]).sum();
        assert!((x - exact).abs() < 1e-12 && (x - f64::from(y)).abs() < 1e-3);
    }
}

#[test]
fn bits_do_not_depend_on_threads() {
    // A grid of tiles, a wide matrix that is split into sums, and one of both kinds of layout.
    for (n, k) in [(300, 700), (4, 40_000), (40, 20_000)] {
        let a = numbers(n * k);
        let one = gram(Spread::Here, MatRef::from_row_major_slice(&a, n, k));
        for threads in [1, 2, 3, 8] {
            let rows = MatRef::from_row_major_slice(&a, n, k);
            assert!(
                in_pool(threads, || gram(Spread::Pool, rows)) == one,
                "{threads} threads"
            );
        }
    }
}

#[test]
fn a_stopped_watch_stops_the_product() {
    let watch = Watch::new();
    watch.stop();
    let a = numbers(4);
    let rows = MatRef::from_row_major_slice(&a, 2, 2);
    let mut out = vec![C::ZERO; 4];
    let outcome = lower_half(&watch, Spread::Pool, &rows, &mut out, &mut Vec::new());
    assert_eq!(outcome.unwrap_err(), Error::Interrupted);
}

#[test]
fn norms_are_those_of_sums() {
    let watch = Watch::new();
    for (batch, length) in [
        (0, 3),
        (2, 0),
        (1, 1),
        (3, 7),
        (5, 8),
        (9, 5000),
        (2, 40_001),
    ] {
        let vectors = numbers(batch * length);
        let mut one = vec![1.0; batch];
        squared_norms(&watch, length, &vectors, &mut one).unwrap();
        for (found, vector) in one.iter().zip(vectors.chunks(length.max(1))) {
            let exact: f64 = vector.iter().map(Complex::norm_sqr).sum();
            assert!((found - exact).abs() <= 1e-12 * exact);
        }
        let mut many = vec![1.0; batch];
        in_pool(3, || squared_norms(&watch, length, &vectors, &mut many)).unwrap();
        assert!(one == many);
    }
    let mut out = [0.0];
    squared_norms(&watch, 2, &[1.0, f64::NAN], &mut out).unwrap();
    assert!(out[0].is_nan());
    assert!(squared_norms(&watch, 2, &[1.0], &mut out).is_err());
}
