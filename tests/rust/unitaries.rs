//! Haar-random isometries and unitaries: orthonormal rows, the moments of Haar's measure, and bits.

mod support;

use typicality::error::Error;
use typicality::execution::Job;
use typicality::quantum::unitaries::haar_isometries;
use typicality::spectra::field::Field;

use support::{FIELDS, assert_mean, assert_same_bits, family};

const PINNED: [u64; 3] = [
    4593260469220171450,
    4591262947987396279,
    13814394889960056257,
];

fn isometries(first: u64, size: usize, d: usize, n: usize, field: Field) -> Vec<f64> {
    let mut out = vec![0.0; size * d * n * field.beta()];
    haar_isometries(
        &family(7, "isometries"),
        first,
        d,
        n,
        field,
        &mut out,
        &Job::new(),
    )
    .unwrap();
    out
}

#[test]
fn rows_of_isometries_are_orthonormal() {
    for field in FIELDS {
        let beta = field.beta();
        for (d, n) in [
            (1usize, 1usize),
            (2, 2),
            (5, 3),
            (33, 33),
            (70, 64),
            (150, 150),
            (600, 40),
        ] {
            for q in isometries(2, 2, d, n, field).chunks(n * d * beta) {
                for i in 0..n {
                    for j in 0..=i {
                        let (a, b) = (
                            &q[i * d * beta..][..d * beta],
                            &q[j * d * beta..][..d * beta],
                        );
                        let real: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                        let wanted = f64::from(u8::from(i == j));
                        assert!((real - wanted).abs() < 1e-13, "{d} {n} {i} {j} {real}");
                        if beta == 2 {
                            let pairs = a.chunks(2).zip(b.chunks(2));
                            let other: f64 = pairs.map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum();
                            assert!(other.abs() < 1e-13);
                        }
                    }
                }
            }
        }
    }
}

/// E |tr U|^2 = 1, E tr U = 0 and E |tr U|^4 = 2 (complex, d >= 2); 1 and 3 for O(d), d >= 4.
#[test]
fn traces_of_unitaries_have_the_moments_of_haar() {
    let d = 5usize;
    for field in FIELDS {
        let beta = field.beta();
        let drawn = isometries(0, 20000, d, d, field);
        let traces: Vec<[f64; 2]> = drawn
            .chunks(d * d * beta)
            .map(|u| {
                let entry = |i: usize, part: usize| {
                    if part < beta {
                        u[i * (d + 1) * beta + part]
                    } else {
                        0.0
                    }
                };
                [0, 1].map(|part| (0..d).map(|i| entry(i, part)).sum::<f64>())
            })
            .collect();
        let real: Vec<f64> = traces.iter().map(|t| t[0]).collect();
        assert_mean(&real, 0.0);
        let squares: Vec<f64> = traces.iter().map(|t| t[0] * t[0] + t[1] * t[1]).collect();
        assert_mean(&squares, 1.0);
        let fourth: Vec<f64> = squares.iter().map(|x| x * x).collect();
        assert_mean(&fourth, if beta == 2 { 2.0 } else { 3.0 });
    }
}

#[test]
fn order_one_is_a_phase() {
    assert!(
        isometries(0, 100, 1, 1, Field::Real)
            .iter()
            .all(|x| x.abs() == 1.0)
    );
    let phases = isometries(0, 20000, 1, 1, Field::Complex);
    let real: Vec<f64> = phases.chunks(2).map(|z| z[0]).collect();
    assert_mean(&real, 0.0);
    let squares: Vec<f64> = phases
        .chunks(2)
        .map(|z| z[0] * z[0] - z[1] * z[1])
        .collect();
    assert_mean(&squares, 0.0);
}

/// A change of these bits is a breaking change.
#[test]
fn known_answers() {
    let last = |d, n, field| isometries(1, 1, d, n, field).last().map(|x| x.to_bits());
    let found = [
        last(5, 5, Field::Complex),
        last(40, 40, Field::Real),
        last(300, 70, Field::Complex),
    ];
    assert_eq!(found, PINNED.map(Some));
}

#[test]
fn bits_do_not_depend_on_batch_threads_or_level() {
    let all =
        |first: u64, size: usize| FIELDS.map(|field| isometries(first, size, 170, 140, field));
    let whole = all(100, 3);
    for k in 0..3 {
        for (whole, alone) in whole.iter().zip(&all(100 + k as u64, 1)) {
            assert!(whole[k * alone.len()..][..alone.len()] == *alone);
        }
    }
    assert_same_bits(&whole, || all(100, 3));
    let mut single = vec![0f32; 2 * 4 * 3];
    let job = Job::new();
    haar_isometries(
        &family(7, "isometries"),
        0,
        4,
        3,
        Field::Complex,
        &mut single,
        &job,
    )
    .unwrap();
    let wide = isometries(0, 1, 4, 3, Field::Complex);
    assert!(single.iter().zip(wide).all(|(x, wide)| *x == wide as f32));
}

#[test]
fn nonsense_is_refused() {
    let job = Job::new();
    for (d, n) in [(2, 3), (0, 0), (3, 0)] {
        let (family, field) = (family(7, "isometries"), Field::Complex);
        let outcome = haar_isometries::<f64>(&family, 0, d, n, field, &mut [], &job);
        assert!(matches!(outcome, Err(Error::Value { .. })));
    }
    job.stop();
    let outcome = haar_isometries(
        &family(7, "isometries"),
        0,
        1,
        1,
        Field::Real,
        &mut [0.0],
        &job,
    );
    assert_eq!(outcome, Err(Error::Interrupted));
}
