//! Reduced states, partial traces and Schmidt spectra against sums over digits of indices.

mod support;

use num_complex::Complex;
use proptest::prelude::*;
use typicality::error::{Error, Result};
use typicality::execution::Job;
use typicality::linalg::scalar::Scalar;
use typicality::quantum::cut::Cut;
use typicality::quantum::partial_trace::partial_traces;
use typicality::quantum::reduced_state::{Memory, reduced_density_matrices, schmidt_spectra};

use support::{in_pool, properties};

type C = Complex<f64>;

fn state(len: usize) -> Vec<C> {
    let fraction = |i: usize, step: f64| (i as f64 * step).fract() - 0.5;
    let scale = (6.0 / len as f64).sqrt();
    (1..=len)
        .map(|i| C::new(fraction(i, 0.618_033_988_7), fraction(i, 0.324_717_957_2)) * scale)
        .collect()
}

fn digits(mut index: usize, dims: &[usize]) -> Vec<usize> {
    let mut out = vec![0; dims.len()];
    for (digit, &d) in out.iter_mut().zip(dims).rev() {
        *digit = index % d;
        index /= d;
    }
    out
}

/// Every entry of rho, put where the digits of its row and column say.
fn trace_slowly(rho: impl Fn(usize, usize) -> C, dims: &[usize], keep: &[usize]) -> Vec<C> {
    let total: usize = dims.iter().product();
    let d: usize = keep.iter().map(|&i| dims[i]).product();
    let place = |digits: &[usize]| keep.iter().fold(0, |place, &i| place * dims[i] + digits[i]);
    let mut out = vec![C::ZERO; d * d];
    for row in 0..total {
        for col in 0..total {
            let (r, c) = (digits(row, dims), digits(col, dims));
            if (0..dims.len()).all(|i| keep.contains(&i) || r[i] == c[i]) {
                out[place(&r) * d + place(&c)] += rho(row, col);
            }
        }
    }
    out
}

fn reduced<T: Scalar>(psi: &[T], dims: &[usize], keep: &[usize]) -> Result<Vec<T>> {
    let cut = Cut::new(dims, keep)?;
    let batch = psi.len() / cut.total();
    let mut out = vec![T::ONE; batch * cut.d_keep() * cut.d_keep()];
    reduced_density_matrices(psi, &cut, &mut out, Memory::Used, &Job::new()).map(|()| out)
}

fn traced<T: Scalar>(rho: &[T], dims: &[usize], keep: &[usize]) -> Result<Vec<T>> {
    let cut = Cut::new(dims, keep)?;
    let batch = rho.len() / cut.total().pow(2);
    let mut out = vec![T::ONE; batch * cut.d_keep() * cut.d_keep()];
    partial_traces(rho, &cut, &mut out, &Job::new()).map(|()| out)
}

fn schmidt<T: Scalar>(psi: &[T], dims: &[usize], keep: &[usize]) -> Result<Vec<T::Real>> {
    let cut = Cut::new(dims, keep)?;
    let batch = psi.len() / cut.total();
    let mut out = vec![T::ONE.re(); batch * cut.d_keep().min(cut.d_rest())];
    schmidt_spectra(psi, &cut, &mut out, &Job::new()).map(|()| out)
}

fn compare(dims: &[usize], keep: &[usize]) {
    let total = dims.iter().product();
    let psi = state(2 * total);
    let found = reduced(&psi, dims, keep).unwrap();
    let spectra = schmidt(&psi, dims, keep).unwrap();
    let d2 = found.len() / 2;
    for (i, psi) in psi.chunks(total).enumerate() {
        let found = &found[i * d2..][..d2];
        let exact = trace_slowly(|row, col| psi[row] * psi[col].conj(), dims, keep);
        let rho: Vec<C> = psi
            .iter()
            .flat_map(|x| psi.iter().map(move |y| x * y.conj()))
            .collect();
        let traced = traced(&rho, dims, keep).unwrap();
        for ((x, y), z) in found.iter().zip(&exact).zip(&traced) {
            assert!(
                (x - y).norm() < 1e-14 && (z - y).norm() < 1e-14,
                "{dims:?} {keep:?}"
            );
        }
        let spectrum = &spectra[i * spectra.len() / 2..][..spectra.len() / 2];
        let power = |k| spectrum.iter().map(|x: &f64| x.powi(k)).sum::<f64>();
        let norm: f64 = psi.iter().map(Complex::norm_sqr).sum();
        let purity: f64 = exact.iter().map(Complex::norm_sqr).sum();
        assert!((power(1) - norm).abs() < 1e-14 && (power(2) - purity).abs() < 1e-14);
        assert!(spectrum.iter().all(|&x| x >= 0.0) && spectrum.is_sorted_by(|x, y| x >= y));
    }
}

fn orders(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    let mut start = 0;
    while start < all.len() {
        for next in 0..n {
            if !all[start].contains(&next) {
                let longer = [&all[start][..], &[next]].concat();
                all.push(longer);
            }
        }
        start += 1;
    }
    all
}

#[test]
fn every_subset_in_every_order() {
    for dims in [
        &[1][..],
        &[5],
        &[2, 3],
        &[3, 1, 2],
        &[1, 1, 1],
        &[2, 2, 3, 2],
        &[4, 3, 2, 1],
    ] {
        for keep in orders(dims.len()) {
            compare(dims, &keep);
        }
    }
}

#[test]
fn across_tiles_and_panels() {
    let exact = |psi: &[C], rows: &dyn Fn(usize, usize) -> usize, i, j, len: usize| -> C {
        (0..len)
            .map(|k| psi[rows(i, k)] * psi[rows(j, k)].conj())
            .sum()
    };
    // 2 x 150 x 3 x 7: kept 300 = (0, 2 is not) of two axes, in the natural and the other order.
    let (a, b, c, e) = (2, 150, 3, 7);
    let psi = state(a * b * c * e);
    let at = |i: usize, k: usize| ((i / b * b + i % b) * c + k / e) * e + k % e;
    let swapped = |i: usize, k: usize| at(i % a * b + i / a, k);
    let last = |i: usize, k: usize| (k * c + i / e) * e + i % e;
    let wide: &dyn Fn(usize, usize) -> usize = &last;
    for (keep, rows, d) in [
        (&[0, 1][..], &at as &dyn Fn(usize, usize) -> usize, a * b),
        (&[1, 0], &swapped, a * b),
        (&[2, 3], wide, c * e),
    ] {
        let found = reduced(&psi, &[a, b, c, e], keep).unwrap();
        for (i, j) in [
            (0, 0),
            (1, 0),
            (d - 1, 3),
            (4, d - 1),
            (d / 2, d / 3),
            (d - 1, d - 1),
        ] {
            let error = found[i * d + j] - exact(&psi, rows, i, j, psi.len() / d);
            assert!(error.norm() < 1e-14, "{keep:?} {i} {j}");
        }
    }
    // More columns than a panel, gathered along either side.
    for keep in [&[1, 3][..], &[3, 1], &[0, 2], &[2], &[1], &[3]] {
        let dims = [40, 2, 30, 2];
        let psi = state(4800);
        let found = reduced(&psi, &dims, keep).unwrap();
        let d: usize = keep.iter().map(|&i| dims[i]).product();
        let place = |n: usize| {
            let digits = digits(n, &dims);
            keep.iter().fold(0, |place, &i| place * dims[i] + digits[i])
        };
        let mut diagonal = vec![0.0; d];
        for (n, x) in psi.iter().enumerate() {
            diagonal[place(n)] += x.norm_sqr();
        }
        for (i, x) in diagonal.iter().enumerate() {
            assert!((found[i * d + i] - x).norm() < 1e-14);
        }
    }
}

#[test]
fn bits_depend_on_the_state_alone() {
    let qubits = vec![2; 13];
    let psi = state(3 << 13);
    for keep in [
        &[0, 1, 2, 3, 4, 5][..],
        &[12, 0, 7],
        &[1, 3, 5, 7, 9, 11, 12],
        &[],
        &[6],
    ] {
        let all = in_pool(1, || reduced(&psi, &qubits, keep).unwrap());
        let spectra = in_pool(1, || schmidt(&psi, &qubits, keep).unwrap());
        for threads in [2, 3, 8] {
            assert!(in_pool(threads, || reduced(&psi, &qubits, keep).unwrap()) == all);
            assert!(in_pool(threads, || schmidt(&psi, &qubits, keep).unwrap()) == spectra);
        }
        for (i, psi) in psi.chunks(1 << 13).enumerate() {
            let one = reduced(psi, &qubits, keep).unwrap();
            assert!(one == all[i * one.len()..][..one.len()]);
            let one = schmidt(psi, &qubits, keep).unwrap();
            assert!(one == spectra[i * one.len()..][..one.len()]);
        }
    }
    // Large enough for the pool: tiles of one state.
    let (dims, keep) = (vec![2; 17], (0..17).step_by(2).collect::<Vec<_>>());
    let psi = state(1 << 17);
    let one = in_pool(1, || reduced(&psi, &dims, &keep).unwrap());
    for threads in [2, 3, 8] {
        assert!(in_pool(threads, || reduced(&psi, &dims, &keep).unwrap()) == one);
    }
    let rho = state(1 << 14);
    let one = in_pool(1, || traced(&rho, &[2; 7], &[1, 6, 3]).unwrap());
    assert!(in_pool(3, || traced(&rho, &[2; 7], &[1, 6, 3]).unwrap()) == one);
}

#[test]
fn bits_do_not_depend_on_where_results_go() {
    // More than the caches are trusted to hold, at every place in a line of theirs.
    let (dims, keep) = ([2; 10], [0, 2, 4, 6, 7, 8]);
    let cut = Cut::new(&dims, &keep).unwrap();
    let psi = state(80 << 10);
    let size = cut.d_keep() * cut.d_keep();
    let into = |memory, skipped: usize, threads| {
        let mut out = vec![C::ONE; 80 * size + skipped];
        in_pool(threads, || {
            let out = &mut out[skipped..];
            reduced_density_matrices(&psi, &cut, out, memory, &Job::new()).unwrap();
        });
        assert!(out[..skipped].iter().all(|&x| x == C::ONE));
        out.split_off(skipped)
    };
    let expected = into(Memory::Fresh, 0, 1);
    let last = reduced(&psi[79 << 10..], &dims, &keep).unwrap();
    assert!(expected[79 * size..] == last);
    for threads in [1, 2, 3] {
        for skipped in 0..4 {
            assert!(into(Memory::Used, skipped, threads) == expected);
        }
    }
}

#[test]
fn real_and_single_states() {
    let psi: Vec<f64> = state(360).iter().map(|x| x.re).collect();
    let single: Vec<f32> = psi.iter().map(|&x| x as f32).collect();
    let dims = [3, 4, 5, 6];
    for keep in [&[0, 2][..], &[3, 1], &[0, 1, 2, 3]] {
        let complex: Vec<C> = psi.iter().map(|&x| x.into()).collect();
        let exact = reduced(&complex, &dims, keep).unwrap();
        let (double, single) = (reduced(&psi, &dims, keep), reduced(&single, &dims, keep));
        for ((x, y), z) in exact.iter().zip(double.unwrap()).zip(single.unwrap()) {
            assert!((x.re - y).abs() < 1e-15 && (y - f64::from(z)).abs() < 1e-6);
        }
    }
    let (double, single) = (
        schmidt(&psi, &dims, &[0, 1]),
        schmidt(&single, &dims, &[0, 1]),
    );
    for (x, y) in double.unwrap().iter().zip(single.unwrap()) {
        assert!((x - f64::from(y)).abs() < 1e-6);
    }
}

#[test]
fn what_is_refused() {
    let argument = |outcome: Result<Cut>| match outcome {
        Err(Error::Value { argument, .. }) => argument,
        other => panic!("{other:?}"),
    };
    assert_eq!(argument(Cut::new(&[2, 0], &[])), "dims");
    assert_eq!(argument(Cut::new(&[1 << 40, 1 << 40], &[])), "dims");
    assert_eq!(argument(Cut::new(&[2, 2], &[2])), "keep");
    assert_eq!(argument(Cut::new(&[2, 2], &[1, 1])), "keep");
    let cut = Cut::new(&[2, 2], &[0]).unwrap();
    let job = Job::new();
    let refused = |psi: &[f64], out: &mut [f64]| {
        reduced_density_matrices(psi, &cut, out, Memory::Fresh, &job).is_err()
    };
    assert!(refused(&[0.0; 6], &mut [0.0; 4]));
    assert!(refused(&[0.0; 4], &mut [0.0; 8]));
    assert!(partial_traces(&[0.0; 15], &cut, &mut [0.0; 4], &job).is_err());
    assert!(partial_traces(&[0.0; 16], &cut, &mut [0.0; 3], &job).is_err());
    assert!(schmidt_spectra(&[0.0; 4], &cut, &mut [0.0; 3], &job).is_err());
    let outcome = schmidt(&[f64::NAN, 0.0, 0.0, 0.0], &[2, 2], &[0]);
    assert!(matches!(
        outcome,
        Err(Error::Value {
            argument: "psi",
            ..
        })
    ));
    // Sizes are looked at before anything is allocated.
    let large = Cut::new(&[1 << 31, 1 << 30], &[0]).unwrap();
    let outcome = reduced_density_matrices::<f64>(&[], &large, &mut [], Memory::Fresh, &job);
    assert!(matches!(outcome, Err(Error::Memory { .. })));
    let outcome = schmidt_spectra::<f64>(&[], &large, &mut [], &job);
    assert!(outcome.is_ok());
    assert!(reduced::<f64>(&[], &[2, 2], &[0]).unwrap().is_empty());
    assert!(traced::<f64>(&[], &[2, 2], &[0]).unwrap().is_empty());
    job.stop();
    let outcome = reduced_density_matrices(&[0.0; 4], &cut, &mut [0.0; 4], Memory::Fresh, &job);
    assert_eq!(outcome.unwrap_err(), Error::Interrupted);
    let outcome = partial_traces(&[0.0; 16], &cut, &mut [0.0; 4], &job);
    assert_eq!(outcome.unwrap_err(), Error::Interrupted);
}

fn dims_and_keep() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    let dims = prop::collection::vec(prop::sample::select(vec![1usize, 2, 2, 3, 4, 5, 7]), 1..6)
        .prop_filter("small", |dims| dims.iter().product::<usize>() <= 120);
    dims.prop_flat_map(|dims| {
        let order = Just((0..dims.len()).collect::<Vec<_>>()).prop_shuffle();
        let count = 0..=dims.len();
        (Just(dims), order, count)
    })
    .prop_map(|(dims, mut order, count)| {
        order.truncate(count);
        (dims, order)
    })
}

proptest! {
    #![proptest_config(properties(128, "tests/rust/proptest-regressions/partial_trace.txt"))]

    #[test]
    fn any_dims_and_any_keep((dims, keep) in dims_and_keep()) {
        compare(&dims, &keep);
    }
}
