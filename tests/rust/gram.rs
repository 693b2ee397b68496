//! Gram matrices against loops, at the edges of tiles, panels and groups, on any number of threads.

mod support;

use std::borrow::Cow;
use std::ops::Range;

use num_complex::Complex;
use typicality::error::Error;
use typicality::execution::{Job, Parallelism};
use typicality::linalg::gram::{Source, both_halves, is_small, lower_half, small_matrix};
use typicality::linalg::hermitian_fill::{Triangle, fill_hermitian};
use typicality::linalg::norm::squared_norms;
use typicality::linalg::packing::{Buffer, height, pack, packed_len};
use typicality::linalg::scalar::Scalar;

use support::{Rows, at_every_level, in_pool};

type C = Complex<f64>;

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

/// The same numbers as real ones, as single ones and as complex single ones.
fn other_kinds(complex: &[C]) -> (Vec<f64>, Vec<f32>, Vec<Complex<f32>>) {
    let single = |x: f64| x as f32;
    (
        complex.iter().map(|x| x.re).collect(),
        complex.iter().map(|x| single(x.re)).collect(),
        complex
            .iter()
            .map(|x| Complex::new(single(x.re), single(x.im)))
            .collect(),
    )
}

fn gram<T: Scalar>(parallelism: Parallelism, a: Rows<'_, T>) -> Vec<T> {
    let n = a.nrows();
    // Whatever is in the memory of the result must not matter.
    let mut out = vec![T::ONE; n * n];
    lower_half(
        &a,
        &mut out,
        &mut Buffer::default(),
        parallelism,
        &Job::new(),
    )
    .unwrap();
    fill_hermitian(Triangle::Lower, &mut out, n, parallelism, &Job::new()).unwrap();
    out
}

/// Holds both halves written at once equal to one half and its mirror image.
fn compare_both_halves<T: Scalar>(a: &[T], n: usize, k: usize) {
    let (job, rows, mut buffer) = (Job::new(), Rows(a, n, k), Buffer::default());
    let expected = gram(Parallelism::Sequential, Rows(a, n, k));
    let mut out = vec![T::ONE; n * n];
    both_halves(&rows, a, &mut out, &mut buffer, Parallelism::Pool, &job).unwrap();
    assert!(out == expected, "{n} x {k}");
    if is_small(n, k) {
        let mut copy = vec![T::ONE; n * n + 1];
        out.fill(T::ONE);
        let to = Some(&mut copy[1..]);
        small_matrix(&rows, &[], &mut out, to, &mut buffer, &job).unwrap();
        assert!(copy[0] == T::ONE && copy[1..] == expected, "{n} x {k}");
    }
}

fn slowly(a: &[C], n: usize, k: usize) -> Vec<C> {
    let entry = |i: usize, j: usize| (0..k).map(|l| a[i * k + l] * a[j * k + l].conj()).sum();
    (0..n * n)
        .map(|place| entry(place / n, place % n))
        .collect()
}

const SHAPES: [(usize, usize); 17] = [
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
    (4, 8),
    (4, 700),
    (9, 257),
    (12, 64),
    (20, 1),
];

#[test]
fn products_are_those_of_loops() {
    for (n, k) in SHAPES {
        let a = numbers(n * k);
        let exact = slowly(&a, n, k);
        for parallelism in [Parallelism::Sequential, Parallelism::Pool] {
            let rows = gram(parallelism, Rows(&a, n, k));
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
fn both_halves_at_once() {
    at_every_level(|_| {
        for (n, k) in [(8, 3), (9, 256), (33, 20), (64, 64), (127, 17), (128, 40)] {
            let a = numbers(n * k);
            let (double, single, complex_single) = other_kinds(&a);
            compare_both_halves(&a, n, k);
            compare_both_halves(&double, n, k);
            compare_both_halves(&single, n, k);
            compare_both_halves(&complex_single, n, k);
        }
    });
    for (n, k) in SHAPES {
        compare_both_halves(&numbers(n * k), n, k);
    }
}

#[test]
fn real_and_single_numbers() {
    let (n, k) = (140, 600);
    let a: Vec<f64> = numbers(n * k).iter().map(|x| x.re).collect();
    let single: Vec<f32> = a.iter().map(|&x| x as f32).collect();
    let double = gram(Parallelism::Pool, Rows(&a, n, k));
    let single = gram(Parallelism::Pool, Rows(&single, n, k));
    for (place, (&x, &y)) in double.iter().zip(&single).enumerate() {
        let (i, j) = (place / n, place % n);
        let exact: f64 = (0..k).map(|l| a[i * k + l] * a[j * k + l]).sum();
        assert!((x - exact).abs() < 1e-12 && (x - f64::from(y)).abs() < 1e-3);
    }
}

#[test]
fn bits_depend_on_neither_threads_nor_instructions() {
    // A grid of tiles, a wide matrix that is split into sums, and one of both kinds of layout.
    for (n, k) in [(300, 700), (4, 40_000), (40, 20_000)] {
        let a = numbers(n * k);
        let one = gram(Parallelism::Sequential, Rows(&a, n, k));
        for threads in [1, 2, 3, 8] {
            let rows = Rows(&a, n, k);
            assert!(
                in_pool(threads, || gram(Parallelism::Pool, rows)) == one,
                "{threads} threads"
            );
        }
    }
    for (n, k) in [
        (1, 30),
        (2, 17),
        (3, 520),
        (4, 9),
        (5, 300),
        (36, 3),
        (130, 20),
    ] {
        let complex = numbers(n * k);
        let (real, single, both) = other_kinds(&complex);
        let all = || {
            (
                gram(Parallelism::Sequential, Rows(&complex, n, k)),
                gram(Parallelism::Sequential, Rows(&real, n, k)),
                gram(Parallelism::Sequential, Rows(&single, n, k)),
                gram(Parallelism::Sequential, Rows(&both, n, k)),
            )
        };
        let expected = all();
        at_every_level(|level| assert!(all() == expected, "{n} x {k} at {}", level.name()));
    }
}

#[test]
fn entries_are_summed_in_the_order_of_the_columns() {
    for (n, k) in [(5, 1), (8, 100), (23, 256)] {
        let a = numbers(n * k);
        let found = gram(Parallelism::Sequential, Rows(&a, n, k));
        for i in 0..n {
            for j in i..n {
                let mut sum = C::ZERO;
                for l in 0..k {
                    let (x, y) = (a[i * k + l], a[j * k + l]);
                    sum.re = y.im.mul_add(x.im, y.re.mul_add(x.re, sum.re));
                    sum.im = (-y.im).mul_add(x.re, y.re.mul_add(x.im, sum.im));
                }
                if i == j {
                    sum.im = 0.0;
                }
                assert_eq!(found[i * n + j], sum, "entry ({i}, {j}) of {n} x {k}");
            }
        }
    }
}

/// A lower trapezoidal matrix whose zeros may be anything.
struct Trapezoid<'a>(Rows<'a, C>);

impl Source<C> for Trapezoid<'_> {
    fn nrows(&self) -> usize {
        self.0.nrows()
    }

    fn ncols(&self) -> usize {
        self.0.ncols()
    }

    fn entries(&self) -> &[C] {
        self.0.entries()
    }

    fn rows(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        self.0.rows(range)
    }

    fn columns(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        self.0.columns(range)
    }

    fn reach(&self, rows: usize) -> usize {
        rows.min(self.ncols())
    }
}

#[test]
fn zeros_beyond_the_reach_of_rows_are_left_out() {
    for (n, k) in [
        (3, 3),
        (9, 4),
        (140, 140),
        (300, 290),
        (600, 600),
        (20, 9000),
    ] {
        let mut a = numbers(n * k);
        for (i, row) in a.chunks_mut(k).enumerate() {
            row[k.min(i + 1)..].fill(C::ZERO);
        }
        let whole = Rows(&a, n, k);
        let mut out = vec![C::ONE; n * n];
        let part = Trapezoid(whole);
        lower_half(
            &part,
            &mut out,
            &mut Buffer::default(),
            Parallelism::Sequential,
            &Job::new(),
        )
        .unwrap();
        fill_hermitian(
            Triangle::Lower,
            &mut out,
            n,
            Parallelism::Sequential,
            &Job::new(),
        )
        .unwrap();
        assert!(out == gram(Parallelism::Sequential, whole), "{n} x {k}");
    }
}

#[test]
fn blocks_are_packed_as_said() {
    fn check<T: Scalar>(entries: &[T], rows: &[usize], columns: &[usize]) {
        let (height, step) = (height::<T>(), T::PARTS * height::<T>());
        let mut packed = vec![T::ONE.re(); packed_len::<T>(rows.len(), columns.len())];
        pack(entries, rows, columns, &mut packed);
        for i in 0..rows.len().next_multiple_of(height) {
            for (k, column) in columns.iter().enumerate() {
                let place = i / height * step * columns.len() + k * step + i % height;
                let entry = rows.get(i).map_or(T::ZERO, |row| entries[row + column]);
                assert!(packed[place] == entry.re());
                if T::PARTS == 2 {
                    assert!(packed[place + height] == entry.imaginary());
                }
            }
        }
    }
    let complex = numbers(5000);
    let (real, single, both) = other_kinds(&complex);
    let steps = |count: usize, step: usize| (0..count).map(|i| step * i).collect::<Vec<_>>();
    at_every_level(|_| {
        for (count, other) in [(1, 1), (8, 4), (16, 16), (17, 5), (33, 21), (7, 40)] {
            for (rows, columns) in [
                (steps(count, 1), steps(other, 50)),
                (steps(count, 50), steps(other, 1)),
                (steps(count, 2), steps(other, 70)),
                // Runs with a gap between them.
                (
                    steps(count, 100),
                    (0..other).map(|k| k + k / 6 * 3).collect(),
                ),
            ] {
                check(&complex, &rows, &columns);
                check(&real, &rows, &columns);
                check(&single, &rows, &columns);
                check(&both, &rows, &columns);
            }
        }
    });
}

#[test]
fn both_halves_are_mirrored() {
    for n in [0, 1, 7, 8, 9, 127, 130, 300] {
        let a = numbers(n * n);
        for half in [Triangle::Lower, Triangle::Upper] {
            let mut found = a.clone();
            fill_hermitian(half, &mut found, n, Parallelism::Sequential, &Job::new()).unwrap();
            for i in 0..n {
                for j in 0..=i {
                    let given = match half {
                        Triangle::Lower => a[j * n + i],
                        Triangle::Upper => a[i * n + j].conj(),
                    };
                    let given = if i == j { C::from(given.re) } else { given };
                    assert_eq!(found[j * n + i], given);
                    assert_eq!(found[i * n + j], given.conj());
                }
            }
            let mut again = a.clone();
            in_pool(3, || {
                fill_hermitian(half, &mut again, n, Parallelism::Pool, &Job::new())
            })
            .unwrap();
            assert!(again == found);
        }
    }
}

#[test]
fn a_stopped_watch_stops_the_product() {
    let job = Job::new();
    job.stop();
    let a = numbers(4);
    let rows = Rows(&a, 2, 2);
    let mut out = vec![C::ZERO; 4];
    let outcome = lower_half(
        &rows,
        &mut out,
        &mut Buffer::default(),
        Parallelism::Pool,
        &job,
    );
    assert_eq!(outcome.unwrap_err(), Error::Interrupted);
}

#[test]
fn norms_are_those_of_sums() {
    let job = Job::new();
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
        squared_norms(length, &vectors, &mut one, &job).unwrap();
        for (found, vector) in one.iter().zip(vectors.chunks(length.max(1))) {
            let exact: f64 = vector.iter().map(Complex::norm_sqr).sum();
            assert!((found - exact).abs() <= 1e-12 * exact);
        }
        let mut many = vec![1.0; batch];
        in_pool(3, || squared_norms(length, &vectors, &mut many, &job)).unwrap();
        assert!(one == many);
    }
    let mut out = [0.0];
    squared_norms(2, &[1.0, f64::NAN], &mut out, &job).unwrap();
    assert!(out[0].is_nan());
    assert!(squared_norms(2, &[1.0], &mut out, &job).is_err());
}
