//! Eigenvalues of tridiagonal matrices against closed forms, Sturm counts and faer; and their bits.

mod support;

use std::f64::consts::PI;

use proptest::prelude::*;
use typicality::error::Error;
use typicality::execution::Job;
use typicality::linalg::tridiagonal::eigenvalues;

use support::{assert_same_bits, properties};

/// Numbers in [-1, 1) from a small congruential generator: the inputs here need no quality.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn many(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.next()).collect()
    }
}

fn solved(n: usize, diagonal: &[f64], off: &[f64]) -> Vec<f64> {
    let mut values = diagonal.to_vec();
    eigenvalues(n, &mut values, off, &Job::new()).unwrap();
    values
}

/// Number of eigenvalues below x, by the signs of the pivots.
fn count_below(diagonal: &[f64], off: &[f64], x: f64) -> usize {
    let mut count = 0;
    let mut pivot = 1.0;
    for (i, d) in diagonal.iter().enumerate() {
        let before = if i == 0 {
            0.0
        } else {
            // The square alone would underflow.
            off[i - 1] * (off[i - 1] / pivot)
        };
        pivot = d - x - before;
        if pivot == 0.0 {
            pivot = 1e-300;
        }
        count += usize::from(pivot < 0.0);
    }
    count
}

fn assert_right(diagonal: &[f64], off: &[f64], values: &[f64]) {
    let norm = diagonal
        .iter()
        .chain(off)
        .fold(0.0f64, |most, x| most.max(x.abs()));
    // Rounding errors of 2 n sweeps add up like a random walk; the norm is up to three times the
    // largest entry.
    let slack = (32.0 + 8.0 * (values.len() as f64).sqrt()) * f64::EPSILON * norm + 1e-300;
    assert!(values.is_sorted());
    for (k, &value) in values.iter().enumerate() {
        let below = count_below(diagonal, off, value - slack);
        let above = count_below(diagonal, off, value + slack);
        assert!(
            below <= k && k < above,
            "eigenvalue {k} = {value}: {below} below, {above} above"
        );
    }
}

#[test]
fn second_difference_has_its_closed_form() {
    for n in [1usize, 2, 3, 8, 17, 200] {
        let values = solved(n, &vec![2.0; n], &vec![-1.0; n - 1]);
        for (k, value) in values.iter().enumerate() {
            let angle = PI * (k + 1) as f64 / (n + 1) as f64;
            let exact = 2.0 - 2.0 * angle.cos();
            assert!(
                (value - exact).abs() < 2e-15 * (n as f64).sqrt().max(2.0),
                "{n} {k}"
            );
        }
    }
}

#[test]
fn random_matrices_pass_sturm_counts() {
    let mut numbers = Numbers(1);
    for n in [1usize, 2, 3, 4, 5, 7, 31, 64, 150] {
        let count = 1 + 71 % n;
        let (diagonal, off) = (numbers.many(count * n), numbers.many(count * (n - 1)));
        let values = solved(n, &diagonal, &off);
        for b in 0..count {
            let (d, e) = (&diagonal[b * n..][..n], &off[b * (n - 1)..][..n - 1]);
            assert_right(d, e, &values[b * n..][..n]);
        }
    }
}

#[test]
fn awkward_matrices() {
    let n = 40usize;
    let ramp: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let wilkinson: Vec<f64> = (0..n).map(|i| (i as f64 - 19.5).abs()).collect();
    let graded: Vec<f64> = (0..n).map(|i| 10f64.powi(-(i as i32))).collect();
    let rising: Vec<f64> = graded.iter().rev().copied().collect();
    let mut split = vec![1.0; n - 1];
    split[7] = 0.0;
    split[20] = 1e-200;
    let alternating: Vec<f64> = (0..n - 1)
        .map(|i| if i % 2 == 0 { 1.0 } else { 0.0 })
        .collect();
    let cases: Vec<(Vec<f64>, Vec<f64>)> = vec![
        (vec![0.0; n], vec![0.0; n - 1]),
        (vec![0.0; n], vec![1.0; n - 1]),
        (vec![1.0; n], vec![0.0; n - 1]),
        (vec![-3.0; n], vec![1e-9; n - 1]),
        (ramp.clone(), vec![0.0; n - 1]),
        (ramp.clone(), vec![1e-8; n - 1]),
        (ramp, split.clone()),
        (vec![0.0; n], split),
        (vec![0.0; n], alternating.clone()),
        (vec![1.0; n], alternating),
        (wilkinson, vec![1.0; n - 1]),
        (graded.clone(), graded[1..].to_vec()),
        (rising, graded[1..].to_vec()),
        (vec![0.0; n], graded[1..].to_vec()),
    ];
    for (diagonal, off) in cases {
        for scale in [1.0, 1e300, 1e-300, -1e-8] {
            let d: Vec<f64> = diagonal.iter().map(|x| x * scale).collect();
            let e: Vec<f64> = off.iter().map(|x| x * scale).collect();
            let values = solved(n, &d, &e);
            let d: Vec<f64> = d.iter().map(|x| x / scale.abs()).collect();
            let e: Vec<f64> = e.iter().map(|x| x / scale.abs()).collect();
            let values: Vec<f64> = values.iter().map(|x| x / scale.abs()).collect();
            assert_right(&d, &e, &values);
        }
    }
}

/// Blocks that hang together by next to nothing, where pivots of a sweep vanish.
#[test]
fn weakly_coupled_blocks() {
    let known: [(&[f64], &[f64], &[f64]); 4] = [
        (&[1e-40, 0.0, 1.0], &[1.0, 1e-40], &[-1.0, 1.0, 1.0]),
        (&[1e-50, 0.0, 1.0], &[1.0, 1e-50], &[-1.0, 1.0, 1.0]),
        (
            &[1e-8, 1.0, 0.0, 1.0],
            &[1e-16, 1e-8, 1e-32],
            &[0.0, 1e-8, 1.0, 1.0],
        ),
        (
            &[1e-100, 1e-160, 1e-155],
            &[1e-160, 1e-100],
            &[-1e-100, 1e-100, 1e-100],
        ),
    ];
    for (diagonal, off, exact) in known {
        let values = solved(diagonal.len(), diagonal, off);
        let norm = exact[exact.len() - 1];
        for (value, exact) in values.iter().zip(exact) {
            assert!(
                (value - exact).abs() < 4.0 * f64::EPSILON * norm,
                "{values:?}"
            );
        }
    }
    let sizes: [f64; 16] = [
        0.0, 1.0, 0.5, 1e-4, 1e-8, 1e-12, 1e-16, 1e-20, 1e-22, 1e-24, 1e-26, 1e-30, 1e-40, 1e-60,
        1e-80, 1e-150,
    ];
    let mut numbers = Numbers(2);
    let mut pick = |from: &[f64]| {
        let sign = numbers.next().signum();
        let at = f64::midpoint(numbers.next(), 1.0) * from.len() as f64;
        from[at as usize] * sign
    };
    for n in 2..16 {
        for _ in 0..20 {
            // Few sizes in one batch, so that equal ones meet.
            let few: Vec<f64> = (0..4).map(|_| pick(&sizes)).collect();
            let diagonal: Vec<f64> = (0..100 * n).map(|_| pick(&few)).collect();
            let off: Vec<f64> = (0..100 * (n - 1)).map(|_| pick(&few)).collect();
            let values = solved(n, &diagonal, &off);
            for b in 0..100 {
                let (d, e) = (&diagonal[b * n..][..n], &off[b * (n - 1)..][..n - 1]);
                assert_right(d, e, &values[b * n..][..n]);
            }
        }
    }
}

#[test]
fn bits_do_not_depend_on_neighbours_threads_or_level() {
    let mut numbers = Numbers(3);
    let (n, count) = (23usize, 77usize);
    let (diagonal, off) = (numbers.many(count * n), numbers.many(count * (n - 1)));
    let whole = solved(n, &diagonal, &off);
    for b in 0..count {
        let alone = solved(n, &diagonal[b * n..][..n], &off[b * (n - 1)..][..n - 1]);
        assert_eq!(alone, whole[b * n..][..n]);
    }
    let reversed: Vec<f64> = diagonal.chunks(n).rev().flatten().copied().collect();
    let reversed_off: Vec<f64> = off.chunks(n - 1).rev().flatten().copied().collect();
    let again = solved(n, &reversed, &reversed_off);
    let again: Vec<f64> = again.chunks(n).rev().flatten().copied().collect();
    assert_eq!(again, whole);
    assert_same_bits(&whole, || solved(n, &diagonal, &off));
}

#[test]
fn single_precision_is_the_rounded_double() {
    let mut numbers = Numbers(5);
    let (n, count) = (12usize, 9usize);
    let mut diagonal: Vec<f32> = numbers.many(count * n).iter().map(|&x| x as f32).collect();
    let off: Vec<f32> = numbers
        .many(count * (n - 1))
        .iter()
        .map(|&x| x as f32)
        .collect();
    let wide: Vec<f64> = diagonal.iter().map(|&x| f64::from(x)).collect();
    let wide_off: Vec<f64> = off.iter().map(|&x| f64::from(x)).collect();
    let exact: Vec<f32> = solved(n, &wide, &wide_off)
        .iter()
        .map(|&x| x as f32)
        .collect();
    eigenvalues(n, &mut diagonal, &off, &Job::new()).unwrap();
    assert_eq!(diagonal, exact);
}

#[test]
fn nonsense_is_refused() {
    let job = Job::new();
    let refused = |n, mut diagonal: Vec<f64>, off: Vec<f64>| {
        matches!(
            eigenvalues(n, &mut diagonal, &off, &job),
            Err(Error::Value { .. })
        )
    };
    assert!(refused(0, vec![], vec![]));
    assert!(refused(2, vec![1.0], vec![]));
    assert!(refused(2, vec![1.0, 2.0], vec![]));
    assert!(refused(2, vec![1.0, f64::NAN], vec![1.0]));
    assert!(refused(2, vec![1.0, 1.0], vec![f64::INFINITY]));
    assert!(refused(2, vec![1.5e308, 1.5e308], vec![1.5e308]));
    assert!(eigenvalues::<f64>(3, &mut [], &[], &job).is_ok());
    job.stop();
    let outcome = eigenvalues(2, &mut [1.0, 2.0], &[1.0], &job);
    assert_eq!(outcome, Err(Error::Interrupted));
}

/// Numbers of any size, zeros among them.
fn entry() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -1.0..1.0,
        3 => (-1.0..1.0, 0i32..60).prop_map(|(x, power)| x * 10f64.powi(-power)),
        2 => prop::sample::select(vec![0.0, 1.0, -1.0, 0.5]),
        1 => (-1.0..1.0, 60i32..320).prop_map(|(x, power)| x * 10f64.powi(-power)),
        6 => (0i32..20).prop_map(|power| 100f64.powi(-power)),
    ]
}

/// So many entries out of a few different ones or many, so that equal ones meet.
fn entries(count: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(entry(), 1..2 * count + 2)
        .prop_flat_map(move |few| prop::collection::vec(prop::sample::select(few), count))
}

proptest! {
    #![proptest_config(properties(1024, "tests/rust/proptest-regressions/tridiagonal.txt"))]

    #[test]
    fn any_matrix((n, entries) in (1usize..24).prop_flat_map(|n| (Just(n), entries(2 * n - 1)))) {
        let (diagonal, off) = entries.split_at(n);
        assert_right(diagonal, off, &solved(n, diagonal, off));
    }

    /// Matrices of one batch with sizes of their own, each against itself alone.
    #[test]
    fn any_batch(n in 1usize..12, entries in entries(12 * 40), count in 1usize..20) {
        let (diagonal, off) = (&entries[..count * n], &entries[240..][..count * (n - 1)]);
        let together = solved(n, diagonal, off);
        for b in 0..count {
            let alone = solved(n, &diagonal[b * n..][..n], &off[b * (n - 1)..][..n - 1]);
            prop_assert_eq!(&alone, &together[b * n..][..n]);
        }
    }
}
