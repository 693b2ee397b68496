//! Wishart and Gaussian matrices and their spectra against exact moments, twins and each other.

mod support;

use typicality::error::Error;
use typicality::execution::Job;
use typicality::linalg::bidiagonal_bisection::{counts_below, smallest_eigenvalues};
use typicality::spectra::field::Field;
use typicality::spectra::gaussian::gaussian_matrices;
use typicality::spectra::laguerre::Laguerre;
use typicality::spectra::wishart::{Streams, Wishart};

use support::{FIELDS, assert_mean, assert_same_bits, family};

const PINNED: [u64; 4] = [
    4619210847727062700,
    4575669184442832421,
    13831720208629868850,
    4639354460988342719,
];

fn wisharts(first: u64, size: usize, p: usize, n: f64, field: Field, normalized: bool) -> Vec<f64> {
    let streams = Streams {
        normals: family(3, "normals"),
        gammas: family(3, "gammas"),
    };
    let mut out = vec![0.0; size * p * p * field.beta()];
    let wishart = Wishart::new(p, n, field).unwrap();
    wishart
        .matrices(&streams, first, normalized, &mut out, &Job::new())
        .unwrap();
    out
}

fn gaussians(first: u64, size: usize, n: usize, field: Field) -> Vec<f64> {
    let mut out = vec![0.0; size * n * n * field.beta()];
    gaussian_matrices(&family(3, "gauss"), first, n, field, &mut out, &Job::new()).unwrap();
    out
}

fn spectra(first: u64, size: usize, m: usize, n: f64, field: Field) -> Vec<f64> {
    let mut out = vec![0.0; size * m];
    let model = Laguerre::new(m, n, field).unwrap();
    model
        .wishart_eigenvalues(&family(3, "spectra"), first, &mut out, &Job::new())
        .unwrap();
    out
}

/// Entry (i, j) of a matrix of order p as (re, im).
fn entry(w: &[f64], p: usize, field: Field, i: usize, j: usize) -> (f64, f64) {
    match field {
        Field::Real => (w[i * p + j], 0.0),
        Field::Complex => (w[2 * (i * p + j)], w[2 * (i * p + j) + 1]),
    }
}

fn assert_hermitian(w: &[f64], p: usize, field: Field) {
    for i in 0..p {
        for j in 0..=i {
            let (a, b) = (entry(w, p, field, i, j), entry(w, p, field, j, i));
            assert!(a.0 == b.0 && a.1 == -b.1, "{i} {j}: {a:?} {b:?}");
        }
    }
}

fn trace(w: &[f64], p: usize, field: Field) -> f64 {
    (0..p).map(|i| entry(w, p, field, i, i).0).sum()
}

const SHAPES: [(usize, f64); 7] = [
    (1, 1.0),
    (1, 6.0),
    (2, 2.0),
    (3, 7.0),
    (5, 2.0),
    (4, 1.0),
    (7, 1e12),
];

#[test]
fn wishart_moments_by_both_routes() {
    let size = 8000;
    for field in FIELDS {
        let extra = if field == Field::Real { 1.0 } else { 0.0 };
        for (p, n) in SHAPES {
            let order = p as f64;
            let first = order * n;
            let second = order * n * (order + n + extra);
            let drawn = wisharts(0, size, p, n, field, false);
            let matrices: Vec<&[f64]> = drawn.chunks(p * p * field.beta()).collect();
            matrices
                .iter()
                .take(20)
                .for_each(|w| assert_hermitian(w, p, field));
            let traces: Vec<f64> = matrices.iter().map(|w| trace(w, p, field)).collect();
            assert_mean(&traces, first);
            let squares: Vec<f64> = matrices
                .iter()
                .map(|w| w.iter().map(|x| x * x).sum())
                .collect();
            assert_mean(&squares, second);
            let corner: Vec<f64> = matrices
                .iter()
                .map(|w| entry(w, p, field, p - 1, 0).0)
                .collect();
            assert_mean(&corner, if p == 1 { n } else { 0.0 });

            let (m, larger) = if order <= n {
                (p, n)
            } else {
                (n as usize, order)
            };
            let drawn = spectra(0, size, m, larger, field);
            assert!(drawn.chunks(m).all(<[f64]>::is_sorted));
            let sums: Vec<f64> = drawn.chunks(m).map(|x| x.iter().sum()).collect();
            assert_mean(&sums, first);
            let squares: Vec<f64> = drawn
                .chunks(m)
                .map(|x| x.iter().map(|x| x * x).sum())
                .collect();
            assert_mean(&squares, second);
        }
    }
}

#[test]
fn rank_is_the_number_of_columns() {
    for field in FIELDS {
        // W = g g^H has W^2 = tr(W) W, so the sum of squares is the squared trace.
        for w in wisharts(0, 10, 5, 1.0, field, false).chunks(25 * field.beta()) {
            let squares: f64 = w.iter().map(|x| x * x).sum();
            let trace = trace(w, 5, field);
            assert!((squares / (trace * trace) - 1.0).abs() < 1e-13);
        }
    }
}

#[test]
fn large_and_normalized_matrices() {
    for field in FIELDS {
        for (p, n) in [(64, 200.0), (65, 65.0), (200, 30.0), (130, 2f64.powi(1000))] {
            let w = wisharts(1, 1, p, n, field, true);
            assert_hermitian(&w, p, field);
            assert!((trace(&w, p, field) - 1.0).abs() < 1e-12);
            // The purity lies near its mean; its parallelism is of order 1/(p n).
            let purity: f64 = w.iter().map(|x| x * x).sum();
            let mean = (p as f64 + n) / (p as f64 * n + 1.0);
            assert!(
                (purity / mean - 1.0).abs() < 0.05,
                "{p} {n} {purity} {mean}"
            );
        }
    }
}

#[test]
fn gaussian_ensembles_have_their_variances() {
    let n = 4usize;
    for field in FIELDS {
        let beta = field.beta() as f64;
        let drawn = gaussians(0, 20000, n, field);
        let matrices: Vec<&[f64]> = drawn.chunks(n * n * field.beta()).collect();
        matrices
            .iter()
            .take(20)
            .for_each(|h| assert_hermitian(h, n, field));
        for (i, j) in [(0, 0), (3, 3), (1, 0), (3, 2), (0, 3)] {
            let entries = matrices.iter().map(|h| entry(h, n, field, i, j));
            let squares: Vec<f64> = entries.clone().map(|(re, im)| re * re + im * im).collect();
            assert_mean(&squares, if i == j { 2.0 / beta } else { 1.0 });
            let real: Vec<f64> = entries.map(|(re, _)| re).collect();
            assert_mean(&real, 0.0);
        }
    }
    assert_hermitian(&gaussians(0, 1, 150, Field::Complex), 150, Field::Complex);
    assert!(gaussians(0, 0, 0, Field::Real).is_empty());
}

/// The product of all eigenvalues is that of the squared diagonal of B: small ones must be right to
/// their own last digits, not to those of the norm.
#[test]
fn small_eigenvalues_are_right_to_themselves() {
    let m = 30usize;
    let mut squares: Vec<f64> = (0..2 * m - 1).map(|i| 4f64.powi(-(i as i32 / 2))).collect();
    let mut values = vec![0.0; m];
    smallest_eigenvalues(&squares, &mut values, 4.0, &Job::new()).unwrap();
    assert!(values.is_sorted());
    let product: f64 = values.iter().map(|x| x.ln()).sum();
    let exact: f64 = squares.iter().step_by(2).map(|x| x.ln()).sum();
    assert!((product - exact).abs() < 1e-12, "{product} {exact}");
    let total: f64 = values.iter().sum();
    let exact: f64 = squares.iter().sum();
    assert!((total / exact - 1.0).abs() < 1e-14);
    let counts = counts_below(
        &squares,
        &[0.0, values[0] * 2.0, 0.1, 0.2, 0.5, 1.0, 4.0, 9.0],
    );
    assert!(counts[0] == 0.0 && counts[1] == 1.0 && counts[7] == m as f64);
    assert!(counts.is_sorted());

    // A singular B: its smallest eigenvalue is zero, and found to be.
    squares[2 * m - 2] = 0.0;
    let mut values = vec![1.0; 2];
    smallest_eigenvalues(&squares, &mut values, 1e-6, &Job::new()).unwrap();
    assert!(values[0] < 1e-200 && values[1] > 0.0);
}

/// A change of these bits is a breaking change.
#[test]
fn known_answers() {
    let last = |x: Vec<f64>| x[x.len() - 2].to_bits();
    let found = [
        last(wisharts(1, 1, 6, 9.0, Field::Real, false)),
        last(wisharts(1, 1, 150, 170.0, Field::Complex, true)),
        last(gaussians(1, 1, 30, Field::Complex)),
        last(spectra(1, 1, 40, 50.0, Field::Complex)),
    ];
    assert_eq!(found, PINNED);
}

#[test]
fn bits_do_not_depend_on_batch_threads_or_level() {
    let all = |first: u64, size: usize| {
        FIELDS.map(|field| {
            [
                wisharts(first, size, 9, 12.0, field, false),
                wisharts(first, size, 70, 12.0, field, true),
                gaussians(first, size, 20, field),
                spectra(first, size, 33, 33.0, field),
            ]
        })
    };
    let size = 5;
    let whole = all(10, size);
    for k in 0..size {
        for (whole, alone) in whole
            .iter()
            .flatten()
            .zip(all(10 + k as u64, 1).iter().flatten())
        {
            let len = whole.len() / size;
            assert_eq!(&whole[k * len..][..len], alone);
        }
    }
    assert_same_bits(&whole, || all(10, size));
}

#[test]
fn nonsense_is_refused() {
    for (p, n) in [
        (0, 1.0),
        (1, 0.0),
        (1, f64::NAN),
        (1, 1.5),
        (1, f64::INFINITY),
    ] {
        let outcome = Wishart::new(p, n, Field::Real);
        assert!(matches!(outcome, Err(Error::Value { .. })), "{p} {n}");
    }
    let job = Job::new();
    let outcome = gaussian_matrices(&family(3, "x"), 0, 2, Field::Real, &mut [0.0; 5], &job);
    assert!(matches!(outcome, Err(Error::Value { .. })));
    let outcome = gaussian_matrices::<f64>(&family(3, "x"), 0, 1 << 62, Field::Real, &mut [], &job);
    assert!(matches!(outcome, Err(Error::Memory { .. })));
    job.stop();
    let outcome = gaussian_matrices(&family(3, "x"), 0, 2, Field::Real, &mut [0.0; 4], &job);
    assert_eq!(outcome, Err(Error::Interrupted));
}
