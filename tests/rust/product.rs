//! Properties of packing, Gram matrices and products of reflectors, for inputs of any shape and layout.

mod support;

use num_complex::Complex;
use proptest::prelude::*;
use typicality::execution::{Job, Parallelism};
use typicality::linalg::gram::lower_half;
use typicality::linalg::packing::{Buffer, height, pack, packed_len};
use typicality::linalg::reflector::form_q::form_q;
use typicality::linalg::scalar::{Entry, Scalar};

use support::{Rows, properties};

type C = Complex<f64>;

fn numbers(len: usize) -> impl Strategy<Value = Vec<C>> {
    let number = (-1.0..1.0, -1.0..1.0, 0i32..12);
    let number = number.prop_map(|(re, im, power)| C::new(re, im) * 2f64.powi(-power));
    prop::collection::vec(number, len)
}

/// Ascending offsets: neighbors, equal steps, or runs with gaps.
fn offsets(most: usize) -> impl Strategy<Value = Vec<usize>> {
    (prop::collection::vec(0usize..12, 1..most), 1usize..5).prop_map(|(gaps, step)| {
        let mut at = 0;
        gaps.into_iter()
            .map(|gap| {
                let here = at;
                at += if gap < 10 { step } else { step + gap };
                here
            })
            .collect()
    })
}

fn check_packed<T: Scalar>(entries: &[T], rows: &[usize], columns: &[usize]) {
    let (height, parts) = (height::<T>(), T::PARTS);
    let mut packed = vec![T::ONE.re(); packed_len::<T>(rows.len(), columns.len())];
    pack(entries, rows, columns, &mut packed);
    for (panel, micro_panel) in packed.chunks(height * parts * columns.len()).enumerate() {
        for (numbers, column) in micro_panel.chunks(height * parts).zip(columns) {
            for i in 0..height {
                let row = rows.get(panel * height + i);
                let entry = row.map_or(T::ZERO, |row| entries[row + column]);
                assert!(numbers[i] == entry.re());
                assert!(parts == 1 || numbers[height + i] == entry.imaginary());
            }
        }
    }
}

/// The lower half by loops, entry by entry, with the sum of the moduli of its terms.
fn check_gram<T: Scalar>(a: &[T], n: usize, k: usize, to_double: impl Fn(T) -> C, unit: f64) {
    let mut found = vec![T::ZERO; n * n];
    let (job, source) = (Job::new(), Rows(a, n, k));
    lower_half(
        &source,
        &mut found,
        &mut Buffer::default(),
        Parallelism::Pool,
        &job,
    )
    .unwrap();
    for j in 0..n {
        for i in j..n {
            let terms = (0..k).map(|l| to_double(a[i * k + l]).conj() * to_double(a[j * k + l]));
            let (sum, size) =
                terms.fold((C::ZERO, 0.0), |(sum, size), x| (sum + x, size + x.norm()));
            let error = (to_double(found[j * n + i]) - sum).norm();
            assert!(
                error <= unit * (8.0 + (k as f64).sqrt()) * size,
                "({i}, {j})"
            );
        }
    }
}

/// The columns of `H_1 .. H_n D` by one full reflector after the other, and their scalar products.
fn check_q<E: Entry>(d: usize, given: &[E], to_complex: impl Fn(E) -> C) {
    let mut q = given.to_vec();
    form_q(d, &mut q, &Job::new()).unwrap();
    let q: Vec<C> = q.into_iter().map(&to_complex).collect();
    // 2 u u^H / |u|^2 of each, and what H makes of the phase of the first entry.
    let reflectors: Vec<(Vec<C>, C)> = given
        .chunks(d)
        .enumerate()
        .map(|(j, column)| {
            let mut u = vec![C::ZERO; d];
            for (u, &x) in u.iter_mut().zip(column).skip(j) {
                *u = to_complex(x);
            }
            let norm = u.iter().map(C::norm_sqr).sum::<f64>().sqrt();
            let phase = if u[j].norm() > 0.0 {
                u[j] / u[j].norm()
            } else {
                C::ONE
            };
            u[j] += phase * norm;
            let length = u.iter().map(C::norm_sqr).sum::<f64>().sqrt();
            for x in &mut u {
                *x = if norm > 0.0 { *x / length } else { C::ZERO };
            }
            (u, if norm > 0.0 { -phase } else { C::ONE })
        })
        .collect();
    for (j, column) in q.chunks(d).enumerate() {
        let mut x = vec![C::ZERO; d];
        x[j] = reflectors[j].1;
        for (u, _) in reflectors.iter().rev() {
            let along: C = u.iter().zip(&x).map(|(u, x)| u.conj() * x).sum();
            for (x, u) in x.iter_mut().zip(u) {
                *x -= 2.0 * along * u;
            }
        }
        for (found, exact) in column.iter().zip(&x) {
            assert!((found - exact).norm() < 1e-13, "{j}: {found} and {exact}");
        }
    }
}

proptest! {
    #![proptest_config(properties(192, "tests/rust/proptest-regressions/product.txt"))]

    #[test]
    fn any_block_is_packed(rows in offsets(40), columns in offsets(40), seed in numbers(64)) {
        let len = rows[rows.len() - 1] + columns[columns.len() - 1] + 1;
        let complex: Vec<C> = (0..len).map(|i| seed[i * i % 61] * (1.0 + i as f64)).collect();
        let real: Vec<f64> = complex.iter().map(|x| x.re).collect();
        let single: Vec<f32> = real.iter().map(|&x| x as f32).collect();
        let both: Vec<Complex<f32>> =
            complex.iter().map(|x| Complex::new(x.re as f32, x.im as f32)).collect();
        check_packed(&complex, &rows, &columns);
        check_packed(&real, &rows, &columns);
        check_packed(&single, &rows, &columns);
        check_packed(&both, &rows, &columns);
    }

    #[test]
    fn any_gram_matrix(n in 1usize..40, k in 0usize..1200, seed in numbers(1009)) {
        let complex: Vec<C> = (0..n * k).map(|i| seed[i * 7 % 1009]).collect();
        let real: Vec<f64> = complex.iter().map(|x| x.re).collect();
        let single: Vec<f32> = real.iter().map(|&x| x as f32).collect();
        check_gram(&complex, n, k, |x| x, f64::EPSILON);
        check_gram(&real, n, k, C::from, f64::EPSILON);
        check_gram(&single, n, k, |x| f64::from(x).into(), f64::from(f32::EPSILON));
    }

    #[test]
    fn any_q(d in 1usize..90, share in 0.0..1.0, seed in numbers(997)) {
        let n = 1 + (share * d as f64) as usize;
        let n = n.min(d);
        let complex: Vec<C> = (0..n * d).map(|i| seed[(i * 13 + i / d) % 997]).collect();
        let real: Vec<f64> = complex.iter().map(|x| x.re).collect();
        check_q(d, &complex, |x| x);
        check_q(d, &real, C::from);
    }
}
