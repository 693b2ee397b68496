//! Eigenvalues of Hermitian matrices: known spectra, extremes, lanes against faer, threads.

mod support;

use faer::{Mat, Side};
use num_complex::Complex;
use proptest::prelude::*;
use typicality::error::Error;
use typicality::execution::Job;
use typicality::linalg::hermitian::eigenvalues;
use typicality::linalg::hermiticity::hermiticity_defect;
use typicality::linalg::scalar::Scalar;
use typicality::quantum::unitaries::haar_isometries;
use typicality::random::stream::Family;
use typicality::spectra::field::Field;

use support::{at_every_level, in_pool};

type C = Complex<f64>;

fn spectra<T: Scalar>(n: usize, matrices: &[T]) -> Result<Vec<T::Real>, Error> {
    let zero = T::ZERO.re();
    let mut out = vec![zero; matrices.len() / n.max(1).pow(2) * n];
    eigenvalues(n, matrices, &mut out, &Job::new()).map(|()| out)
}

/// Hermitian matrices, with nonsense above their diagonals and in the imaginary parts on them.
fn matrices(n: usize, batch: usize) -> Vec<C> {
    let fraction = |i: usize, step: f64| (i as f64 * step).fract() - 0.5;
    (1..=batch * n * n)
        .map(|i| C::new(fraction(i, 0.618_033_988_7), fraction(i, 0.324_717_957_2)))
        .collect()
}

fn faer(n: usize, matrix: &[C]) -> Vec<f64> {
    let full = Mat::from_fn(n, n, |i, j| match i.cmp(&j) {
        std::cmp::Ordering::Greater => matrix[i * n + j],
        std::cmp::Ordering::Equal => matrix[i * n + i].re.into(),
        std::cmp::Ordering::Less => matrix[j * n + i].conj(),
    });
    full.self_adjoint_eigenvalues(Side::Lower).unwrap()
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    let largest = expected.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    for (x, y) in found.iter().zip(expected) {
        assert!(
            (x - y).abs() <= tolerance * largest,
            "{x} and {y} of {largest}"
        );
    }
}

/// Each solver's rounding errors walk randomly over some 2 n sweeps: up to 40 units of rounding of
/// the norm at n = 150, by either.
const TWO_SOLVERS: f64 = 64.0 * f64::EPSILON;

#[test]
fn spectra_are_those_of_a_full_solver() {
    for n in [1, 2, 3, 4, 7, 16, 33, 64, 127, 128, 129, 150] {
        let given = matrices(n, 3);
        let real: Vec<f64> = given.iter().map(|x| x.re).collect();
        let (found, found_real) = (spectra(n, &given).unwrap(), spectra(n, &real).unwrap());
        for i in 0..3 {
            let rows = i * n * n..(i + 1) * n * n;
            let full = faer(n, &given[rows.clone()]);
            close(&found[i * n..][..n], &full, TWO_SOLVERS);
            let complex: Vec<C> = real[rows].iter().map(|&x| x.into()).collect();
            close(&found_real[i * n..][..n], &faer(n, &complex), TWO_SOLVERS);
        }
    }
}

#[test]
fn single_precision() {
    for (n, tolerance) in [(20, 1e-7), (140, 4e-6)] {
        let given = matrices(n, 1);
        let single: Vec<Complex<f32>> = given
            .iter()
            .map(|x| Complex::new(x.re as f32, x.im as f32))
            .collect();
        let found: Vec<f64> = spectra(n, &single)
            .unwrap()
            .iter()
            .map(|&x| x.into())
            .collect();
        close(&found, &faer(n, &given), tolerance);
    }
}

#[test]
fn known_spectra() {
    // Rank one, zero, diagonal with ties, a permutation, and nearly diagonal ones.
    for n in [2usize, 5, 64, 140] {
        let ones = vec![1.0; n * n];
        let mut expected = vec![0.0; n];
        expected[n - 1] = n as f64;
        close(&spectra(n, &ones).unwrap(), &expected, 4e-15);
        assert!(
            spectra(n, &vec![0.0; n * n])
                .unwrap()
                .iter()
                .all(|&x| x == 0.0)
        );
        let mut diagonal = vec![0.0; n * n];
        for i in 0..n {
            diagonal[i * n + i] = (i / 2) as f64 - 1.0;
        }
        let expected: Vec<f64> = (0..n).map(|i| (i / 2) as f64 - 1.0).collect();
        close(&spectra(n, &diagonal).unwrap(), &expected, 1e-15);
        for tiny in [1e-320, 1e-200, 1e-150, 1e-20] {
            let mut matrix = diagonal.clone();
            for i in 1..n {
                matrix[i * n] = tiny;
            }
            close(&spectra(n, &matrix).unwrap(), &expected, 4e-15);
        }
        let mut swap = vec![C::ZERO; n * n];
        for i in 0..n {
            swap[i * n + n - 1 - i] = C::i();
        }
        if n % 2 == 0 {
            let expected: Vec<f64> = (0..n).map(|i| if i < n / 2 { -1.0 } else { 1.0 }).collect();
            close(&spectra(n, &swap).unwrap(), &expected, 4e-15);
        }
    }
}

/// Eigenvalues that are many times the same: the tridiagonal form falls into blocks on the way.
#[test]
fn projectors() {
    let family = Family::new(&[7; 32], b"projectors").unwrap();
    for (n, rank) in [(128usize, 25usize), (300, 60), (300, 290), (600, 120)] {
        let mut rows = vec![0.0f64; rank * n];
        let job = Job::new();
        haar_isometries(&family, 0, n, rank, Field::Real, &mut rows, &job).unwrap();
        let mut matrix = vec![0.0; n * n];
        for row in rows.chunks(n) {
            for (j, column) in matrix.chunks_mut(n).enumerate() {
                for (entry, x) in column.iter_mut().zip(row) {
                    *entry += x * row[j];
                }
            }
        }
        let mut expected = vec![0.0; n - rank];
        expected.extend(vec![1.0; rank]);
        let tolerance = 2.0 * (n as f64).sqrt() * f64::EPSILON;
        close(&spectra(n, &matrix).unwrap(), &expected, tolerance);
    }
}

/// What splits a degenerate eigenvalue is not lost, however small it is beside the norm's bound.
#[test]
fn a_small_coupling_splits_equal_levels() {
    for n in [3usize, 100, 140, 600] {
        let mut matrix = vec![0.0; n * n];
        for i in 0..n {
            matrix[i * (n + 1)] = 1.0;
        }
        let (i, j) = (n / 3, n - 1);
        matrix[i * n + j] = 1e-13;
        matrix[j * n + i] = 1e-13;
        let mut expected = vec![1.0; n];
        expected[0] -= 1e-13;
        expected[n - 1] += 1e-13;
        // Far below the splitting, above the rounding of some 600 rotations.
        close(&spectra(n, &matrix).unwrap(), &expected, 1e-14);
    }
}

/// Corners that hang together by next to nothing, inside a matrix that is zero elsewhere.
#[test]
fn weakly_coupled_corners() {
    let corners: [([f64; 3], [f64; 2], [f64; 3]); 3] = [
        ([1e-40, 0.0, 1.0], [1.0, 1e-40], [-1.0, 1.0, 1.0]),
        ([1e-50, 0.0, 1.0], [1.0, 1e-50], [-1.0, 1.0, 1.0]),
        ([0.0, 1.0, 0.0], [1e-60, 1e-80], [0.0, 0.0, 1.0]),
    ];
    for n in [3usize, 8, 64, 129, 140] {
        for (diagonal, off, exact) in corners {
            for last in [false, true] {
                let start = if last { n - 3 } else { 0 };
                let mut matrix = vec![0.0; n * n];
                for i in 0..3 {
                    matrix[(start + i) * (n + 1)] = diagonal[i];
                    if i < 2 {
                        matrix[(start + i) * (n + 1) + n] = off[i];
                        matrix[(start + i) * (n + 1) + 1] = off[i];
                    }
                }
                let mut expected = vec![0.0; n - 3];
                expected.extend(exact);
                expected.sort_unstable_by(f64::total_cmp);
                close(&spectra(n, &matrix).unwrap(), &expected, 2e-15);
            }
        }
    }
}

#[test]
fn extreme_magnitudes() {
    for n in [6, 140] {
        let given = matrices(n, 1);
        let plain = spectra(n, &given).unwrap();
        for power in [-1000, -600, 600, 1000] {
            let factor = 2f64.powi(power);
            let scaled: Vec<C> = given.iter().map(|x| x * factor).collect();
            let found: Vec<f64> = spectra(n, &scaled)
                .unwrap()
                .iter()
                .map(|x| x / factor)
                .collect();
            close(&found, &plain, 1e-15);
        }
        let tiny = vec![f64::from_bits(1); n * n];
        assert_eq!(
            spectra(n, &tiny).unwrap()[n - 1],
            n as f64 * f64::from_bits(1)
        );
        let huge = vec![f64::MAX; n * n];
        assert!(matches!(
            spectra(n, &huge),
            Err(Error::Value {
                argument: "matrices",
                ..
            })
        ));
        let tiny = vec![f32::from_bits(1); n * n];
        assert!(spectra(n, &tiny).unwrap()[n - 1] >= f32::from_bits(1));
    }
}

#[test]
fn what_is_refused() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for n in [1, 3, 130] {
            for part in [C::new(bad, 0.0), C::new(0.0, bad)] {
                let mut given = matrices(n, 2);
                given[n * n + (n - 1) * n] = part;
                let outcome = spectra(n, &given);
                assert!(matches!(
                    outcome,
                    Err(Error::Value {
                        argument: "matrices",
                        ..
                    })
                ));
            }
        }
    }
    let job = Job::new();
    assert!(eigenvalues(2, &[0.0; 5], &mut [0.0; 2], &job).is_err());
    assert!(eigenvalues(2, &[0.0; 4], &mut [0.0; 3], &job).is_err());
    assert!(eigenvalues(0, &[0.0; 1], &mut [], &job).is_err());
    assert!(eigenvalues(usize::MAX, &[0.0; 1], &mut [0.0], &job).is_err());
    assert!(eigenvalues::<f64>(0, &[], &mut [], &job).is_ok());
    assert!(eigenvalues::<f64>(3, &[], &mut [], &job).is_ok());
    job.stop();
    let outcome = eigenvalues(1, &[0.0], &mut [0.0], &job);
    assert_eq!(outcome.unwrap_err(), Error::Interrupted);
}

#[test]
fn bits_depend_on_the_matrix_alone() {
    for n in [5, 70, 130] {
        let given = matrices(n, 19);
        let all = in_pool(1, || spectra(n, &given).unwrap());
        for threads in [2, 3, 8] {
            assert!(in_pool(threads, || spectra(n, &given).unwrap()) == all);
        }
        for (i, matrix) in given.chunks(n * n).enumerate() {
            assert!(spectra(n, matrix).unwrap() == all[i * n..][..n], "alone");
        }
        assert!(spectra(n, &given[3 * n * n..12 * n * n]).unwrap() == all[3 * n..12 * n]);
    }
    // Whose columns are shared among two and four parts.
    for n in [270, 530] {
        let given = matrices(n, 1);
        let alone = in_pool(1, || spectra(n, &given).unwrap());
        for threads in [2, 3] {
            assert!(in_pool(threads, || spectra(n, &given).unwrap()) == alone);
        }
        close(&alone, &faer(n, &given), 2.0 * TWO_SOLVERS);
    }
    for (n, batch) in [(40, 9), (140, 1)] {
        let given = matrices(n, batch);
        let widest = spectra(n, &given).unwrap();
        at_every_level(|level| assert!(spectra(n, &given).unwrap() == widest, "{level:?}"));
    }
}

#[test]
fn a_large_matrix_stops_where_it_is() {
    let (n, job) = (1500, Job::new());
    let given = matrices(n, 1);
    let mut out = vec![0.0; n];
    let outcome = std::thread::scope(|scope| {
        let running = scope.spawn(|| eigenvalues(n, &given, &mut out, &job));
        job.stop();
        running.join().unwrap()
    });
    assert_eq!(outcome, Err(Error::Interrupted));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn traces_and_norms_are_kept(n in 1usize..24, entries in prop::collection::vec(-1e3f64..1e3, 600)) {
        let found = spectra(n, &entries[..n * n]).unwrap();
        let trace: f64 = (0..n).map(|i| entries[i * n + i]).sum();
        let below = |i: usize| (0..i).map(move |j| (i, j));
        let squares: f64 = (0..n).flat_map(below).map(|(i, j)| 2.0 * entries[i * n + j].powi(2)).sum::<f64>()
            + (0..n).map(|i| entries[i * n + i].powi(2)).sum::<f64>();
        prop_assert!(found.is_sorted());
        prop_assert!((found.iter().sum::<f64>() - trace).abs() <= 1e-11 * (1.0 + squares.sqrt()));
        let norm: f64 = found.iter().map(|x| x * x).sum();
        prop_assert!((norm - squares).abs() <= 1e-12 * squares);
    }
}

#[test]
fn skew_is_the_largest_difference_from_the_adjoint() {
    for (n, batch) in [(1, 5), (2, 9000), (31, 40), (130, 3), (200, 1)] {
        let mut given = matrices(n, batch);
        for matrix in given.chunks_mut(n * n) {
            for i in 0..n {
                for j in 0..=i {
                    let entry = matrix[i * n + j].conj();
                    matrix[j * n + i] = if i == j { entry.re.into() } else { entry };
                }
            }
        }
        let skew = |given: &[C]| hermiticity_defect(n, given, &Job::new()).unwrap();
        assert_eq!(skew(&given), 0.0);
        let len = given.len();
        given[len - 1] += C::new(7.0, 2.0);
        assert_eq!(skew(&given), 4.0);
        given[len - n] += C::new(0.0, 9.0);
        assert_eq!(skew(&given), if n == 1 { 22.0 } else { 9.0 });
        let mut found = 0;
        in_pool(3, || found = (skew(&given) * 8.0) as usize);
        assert_eq!(found, if n == 1 { 176 } else { 72 });
    }
    assert!(hermiticity_defect(2, &[1.0, 2.0], &Job::new()).is_err());
    let job = Job::new();
    job.stop();
    assert_eq!(hermiticity_defect(1, &[1.0], &job), Err(Error::Interrupted));
}
