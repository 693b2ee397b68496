//! Draws in law against explicit twins, exact moments, and their bits.

mod support;

use typicality::error::Error;
use typicality::execution::Job;
use typicality::quantum::observable::Spectrum;
use typicality::quantum::power_traces::haar_power_traces;
use typicality::quantum::{haar, schmidt};
use typicality::spectra::field::Field;
use typicality::spectra::laguerre::Laguerre;

use support::{FIELDS, assert_mean, assert_same_bits, family};

const PINNED: [u64; 4] = [
    4594853831977796140,
    4558795172181894559,
    4568210325694169109,
    13811362398801099576,
];

fn states(first: u64, size: usize, d: usize, field: Field) -> Vec<f64> {
    let mut out = vec![0.0; size * d * field.beta()];
    haar::haar_states(&family(7, "states"), first, d, field, &mut out, &Job::new()).unwrap();
    out
}

fn spectra(first: u64, size: usize, m: usize, n: f64, field: Field) -> Vec<f64> {
    let model = Laguerre::new(m, n, field).unwrap();
    let mut out = vec![0.0; size * m];
    let (family, job) = (family(7, "spectra"), Job::new());
    schmidt::haar_schmidt_spectra(&model, &family, first, &mut out, &job).unwrap();
    out
}

fn traces(first: u64, size: usize, m: usize, n: f64, order: usize, field: Field) -> Vec<f64> {
    let model = Laguerre::new(m, n, field).unwrap();
    let mut out = vec![0.0; size];
    let (family, job) = (family(7, "spectra"), Job::new());
    haar_power_traces(&model, order, &family, first, &mut out, &job).unwrap();
    out
}

fn expectations(first: u64, size: usize) -> Vec<f64> {
    let spectrum = Spectrum::new(&[-1.0, 0.5, 2.0], &[3.0, 1.0, 2.0], Field::Complex).unwrap();
    let mut out = vec![0.0; size];
    spectrum
        .haar_expectations(&family(7, "expect"), first, &mut out, &Job::new())
        .unwrap();
    out
}

#[test]
fn states_are_normalized() {
    for field in FIELDS {
        for d in [1usize, 2, 7, 8192, 20000] {
            for state in states(3, 3, d, field).chunks(d * field.beta()) {
                let squares: f64 = state.iter().map(|x| x * x).sum();
                assert!((squares - 1.0).abs() < 1e-13, "{d} {squares}");
            }
        }
    }
    assert!(states(0, 50, 1, Field::Real).iter().all(|x| x.abs() == 1.0));
}

#[test]
fn moments_of_amplitudes() {
    let d = 5usize;
    for field in FIELDS {
        let beta = field.beta();
        let psi = states(0, 40000, d, field);
        let weights: Vec<f64> = psi
            .chunks(beta * d)
            .map(|state| state[..beta].iter().map(|x| x * x).sum())
            .collect();
        assert_mean(&weights, 1.0 / d as f64);
        let squares: Vec<f64> = weights.iter().map(|x| x * x).collect();
        let half = beta as f64 / 2.0;
        let total = half * d as f64;
        assert_mean(&squares, half * (half + 1.0) / (total * (total + 1.0)));
    }
}

#[test]
fn power_traces_are_those_of_the_spectra() {
    for field in FIELDS {
        for (m, n) in [
            (1usize, 1.0),
            (1, 9.0),
            (2, 3.0),
            (17, 17.0),
            (40, 1e18),
            (300, 411.0),
        ] {
            let size = 4;
            let spectra = spectra(5, size, m, n, field);
            for order in [1, 2, 3, 4, 5, 8, 9, 30, 33, 1000] {
                let drawn = traces(5, size, m, n, order, field);
                for (spectrum, trace) in spectra.chunks(m).zip(drawn) {
                    let exact: f64 = spectrum.iter().map(|p| p.powi(order as i32)).sum();
                    let slack = 1e-12 * order as f64 * exact;
                    assert!(
                        (trace - exact).abs() <= slack,
                        "{m} {n} {order}: {trace} {exact}"
                    );
                }
            }
        }
    }
}

/// Twin of the streamed trace: the whole matrix at once, powers by repeated products.
#[test]
fn streamed_traces_are_those_of_the_whole_matrix() {
    let m = 140_001usize;
    let model = Laguerre::new(m, 2.0e5, Field::Real).unwrap();
    let family = family(7, "spectra");
    let mut entries = vec![0.0; 2 * m.next_multiple_of(4096)];
    for (block, items) in entries.chunks_mut(8192).enumerate() {
        model.entries(&family, 9, block, items);
    }
    let below = |i: usize| if i == 0 { 0.0 } else { entries[2 * i - 1] };
    let diagonal: Vec<f64> = (0..m).map(|i| entries[2 * i] + below(i)).collect();
    let off: Vec<f64> = (0..m - 1)
        .map(|i| (entries[2 * i] * entries[2 * i + 1]).sqrt())
        .collect();
    let trace: f64 = diagonal.iter().sum();
    let second: f64 =
        diagonal.iter().map(|x| x * x).sum::<f64>() + 2.0 * off.iter().map(|x| x * x).sum::<f64>();
    let third: f64 = (0..m)
        .map(|i| {
            let d = diagonal[i];
            let next = if i + 1 < m {
                off[i].powi(2) * (d + diagonal[i + 1])
            } else {
                0.0
            };
            d.powi(3) + 3.0 * next
        })
        .sum();
    let drawn = traces(9, 1, m, 2.0e5, 2, Field::Real)[0];
    assert!((drawn / (second / trace.powi(2)) - 1.0).abs() < 1e-12);
    let drawn = traces(9, 1, m, 2.0e5, 3, Field::Real)[0];
    assert!((drawn / (third / trace.powi(3)) - 1.0).abs() < 1e-12);
    // A band wider than a block of rows against the narrow one is covered by the spectra above;
    // here a wide one goes through several chunks and runs.
    let wide = traces(9, 1, m, 2.0e5, 60, Field::Real)[0];
    let ratio = wide / traces(9, 1, m, 2.0e5, 61, Field::Real)[0];
    let top = (1.0 + (m as f64 / 2.0e5).sqrt()).powi(2) / m as f64;
    assert!(ratio * top > 1.0 && ratio * top < 1.1, "{}", ratio * top);
}

#[test]
fn mean_purity_is_exact() {
    for (m, n, size) in [
        (2usize, 2.0, 40000),
        (3, 5.0, 40000),
        (64, 1000.0, 2000),
        (1000, 1e6, 50),
    ] {
        let d = m as f64 * n;
        let exact = (m as f64 + n) / (d + 1.0);
        assert_mean(&traces(0, size, m, n, 2, Field::Complex), exact);
        let exact = (m as f64 + n + 1.0) / (d + 2.0);
        assert_mean(&traces(0, size, m, n, 2, Field::Real), exact);
    }
    let huge = 2f64.powi(1000);
    for field in FIELDS {
        assert_eq!(traces(0, 1, 1, huge, 7, field), [1.0]);
        let purity = traces(0, 1, 50, huge, 2, field)[0];
        assert!((purity * 50.0 - 1.0).abs() < 1e-13);
        for p in spectra(0, 2, 50, huge, field) {
            assert!((p * 50.0 - 1.0).abs() < 1e-13);
        }
    }
}

#[test]
fn spectra_are_spectra() {
    for field in FIELDS {
        for (m, n) in [
            (1usize, 1.0),
            (2, 2.0),
            (5, 5.0),
            (64, 64.0),
            (33, 1e9),
            (513, 513.0),
        ] {
            for spectrum in spectra(11, 9, m, n, field).chunks(m) {
                assert!(spectrum.is_sorted_by(|a, b| a >= b));
                assert!(spectrum.iter().all(|&p| p >= 0.0));
                assert!((spectrum.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
    }
}

/// `E lambda_min = 1 / N^3`, and the exact second moment.
#[test]
fn smallest_coefficient_at_equal_dimensions() {
    for (n, size) in [(4usize, 20000), (64, 4000), (512, 400)] {
        let cube = (n as f64).powi(3);
        let smallest: Vec<f64> = spectra(0, size, n, n as f64, Field::Complex)
            .chunks(n)
            .map(|spectrum| spectrum[n - 1] * cube)
            .collect();
        assert_mean(&smallest, 1.0);
        let squares: Vec<f64> = smallest.iter().map(|x| x * x).collect();
        // (1 - N x)^(N^2 - 1) is the exact survival function of x = lambda_min.
        let d = (n * n) as f64;
        assert_mean(&squares, 2.0 * d / (d + 1.0));
    }
}

#[test]
fn expectations_have_the_exact_mean_and_variance() {
    let (values, counts) = ([-1.0, 0.5, 2.0], [3.0, 1.0, 2.0]);
    let d: f64 = counts.iter().sum();
    let mean = values.iter().zip(counts).map(|(x, k)| x * k).sum::<f64>() / d;
    let variance = values
        .iter()
        .zip(counts)
        .map(|(x, k)| k * (x - mean).powi(2))
        .sum::<f64>()
        / d;
    let drawn = expectations(0, 50000);
    assert_mean(&drawn, mean);
    let squares: Vec<f64> = drawn.iter().map(|x| (x - mean).powi(2)).collect();
    assert_mean(&squares, variance / (d + 1.0));

    let many = vec![1.0; 20000];
    let ramp: Vec<f64> = (0..20000).map(|i| 1e300 * f64::from(i)).collect();
    let spectrum = Spectrum::new(&ramp, &many, Field::Real).unwrap();
    let mut out = [0.0; 3];
    spectrum
        .haar_expectations(&family(7, "expect"), 0, &mut out, &Job::new())
        .unwrap();
    assert!(
        out.iter().all(|x| (x / 9999.5e300 - 1.0).abs() < 0.05),
        "{out:?}"
    );

    let huge = 2f64.powi(1000);
    let spectrum = Spectrum::new(&[0.0, 1.0], &[huge, huge], Field::Complex).unwrap();
    spectrum
        .haar_expectations(&family(7, "expect"), 0, &mut out, &Job::new())
        .unwrap();
    assert!(out.iter().all(|x| (x - 0.5).abs() < 1e-15));
    let spectrum = Spectrum::new(&[0.1], &[3.0], Field::Complex).unwrap();
    spectrum
        .haar_expectations(&family(7, "expect"), 0, &mut out, &Job::new())
        .unwrap();
    assert_eq!(out, [0.1; 3]);
}

/// Everything that is drawn, as one vector.
fn everything(first: u64, size: usize) -> Vec<Vec<f64>> {
    let mut all = Vec::new();
    for field in FIELDS {
        for d in [3, 9000] {
            all.push(states(first, size, d, field));
        }
        all.push(spectra(first, size, 19, 23.0, field));
        all.push(traces(first, size, 5000, 7000.0, 2, field));
        all.push(traces(first, size, 140_000, 1e9, 5, field));
        all.push(traces(first, size, 8, 9.0, 12, field));
    }
    all.push(expectations(first, size));
    all
}

/// A change of these bits is a breaking change.
#[test]
fn known_answers() {
    let last = |x: Vec<f64>| x.last().map(|x| x.to_bits());
    let complex = Field::Complex;
    let found = [
        last(states(1, 1, 5, complex)),
        last(spectra(1, 1, 40, 50.0, complex)),
        last(traces(1, 1, 40, 50.0, 3, complex)),
        last(expectations(1, 1)),
    ];
    assert_eq!(found, PINNED.map(Some));
}

#[test]
fn bits_do_not_depend_on_batch_threads_or_level() {
    let size = 5;
    let whole = everything(100, size);
    for k in 0..size {
        for (whole, alone) in whole.iter().zip(everything(100 + k as u64, 1)) {
            let len = whole.len() / size;
            assert_eq!(whole[k * len..][..len], alone);
        }
    }
    assert_same_bits(&whole, || everything(100, size));
}

#[test]
fn single_precision_is_rounded_last() {
    let job = Job::new();
    let mut single = vec![0.0f32; 4 * 6];
    haar::haar_states(
        &family(7, "states"),
        0,
        3,
        Field::Complex,
        &mut single,
        &job,
    )
    .unwrap();
    for (a, b) in single.iter().zip(states(0, 4, 3, Field::Complex)) {
        assert!((f64::from(*a) - b).abs() <= 2e-7 * b.abs());
    }
}

#[test]
fn nonsense_is_refused() {
    let job = Job::new();
    let refused = |outcome: Result<(), Error>| matches!(outcome, Err(Error::Value { .. }));
    assert!(refused(haar::haar_states::<f64>(
        &family(7, "x"),
        0,
        0,
        Field::Real,
        &mut [],
        &job
    )));
    for (m, n) in [
        (0, 1.0),
        (3, 2.0),
        (1, f64::NAN),
        (1, 2.5),
        (1, 2f64.powi(1001)),
    ] {
        assert!(refused(Laguerre::new(m, n, Field::Real).map(drop)));
    }
    let model = Laguerre::new(1 << 41, 2f64.powi(50), Field::Real).unwrap();
    let outcome = haar_power_traces(&model, 2, &family(7, "x"), 0, &mut [0.0], &job);
    assert!(outcome.is_err_and(|error| error.to_string().contains("mean_power_trace")));
    let model = Laguerre::new(2, 2.0, Field::Real).unwrap();
    assert!(refused(haar_power_traces(
        &model,
        0,
        &family(7, "x"),
        0,
        &mut [0.0],
        &job
    )));
    let field = Field::Real;
    assert!(refused(Spectrum::new(&[], &[], field).map(drop)));
    assert!(refused(Spectrum::new(&[1.0], &[], field).map(drop)));
    assert!(refused(Spectrum::new(&[f64::NAN], &[1.0], field).map(drop)));
    assert!(refused(Spectrum::new(&[1.0], &[0.0], field).map(drop)));
    assert!(refused(Field::from_beta(4).map(drop)));
    job.stop();
    let stopped = haar::haar_states(&family(7, "x"), 0, 3, Field::Real, &mut [0.0; 3], &job);
    assert_eq!(stopped, Err(Error::Interrupted));
}
