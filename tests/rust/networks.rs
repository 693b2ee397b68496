//! Networks: kernels and searches against slow, obvious versions.

mod support;

use typicality::error::{Error, Result};
use typicality::execution::Job;
use typicality::networks::activation::Activation;
use typicality::networks::infinite_width::{Limit, Which, infinite_kernel};
use typicality::networks::minimum::{Search, levenberg_marquardt};
use typicality::networks::mlp::{Mlp, apply};
use typicality::networks::nearest::nearest_minimum;
use typicality::networks::training::{Descent, Status, Task, gradient_descent};
use typicality::networks::{jacobian, ntk};

use support::in_pool;

const NAMES: [&str; 8] = [
    "relu", "tanh", "erf", "gelu", "sigmoid", "softplus", "sin", "identity",
];

/// Numbers that look random and are the same everywhere.
fn numbers(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    // A sum of twelve uniforms is normal enough.
    (0..n)
        .map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0)
        .collect()
}

fn network(widths: &[usize], name: &str, biases: bool) -> Mlp {
    let depth = widths.len() - 1;
    let weights: Vec<f64> = (0..depth)
        .map(|l| (0.8 + 0.1 * l as f64) / (widths[l] as f64).sqrt())
        .collect();
    let factors = vec![0.4; if biases { depth } else { 0 }];
    Mlp::new(
        widths,
        Activation::from_name(name).unwrap(),
        &weights,
        &factors,
    )
    .unwrap()
}

/// One sample through the network, written as sums.
fn value(mlp: &Mlp, theta: &[f64], x: &[f64]) -> Vec<f64> {
    let mut a = x.to_vec();
    for layer in 0..mlp.depth() {
        let (w, b) = (&theta[mlp.weights(layer)], &theta[mlp.biases(layer)]);
        a = (0..mlp.widths()[layer + 1])
            .map(|k| {
                let sum: f64 = a.iter().zip(&w[k * a.len()..]).map(|(a, w)| a * w).sum();
                let shift = b.get(k).copied().unwrap_or(0.0) * mlp.bias_factor(layer);
                let z = sum * mlp.weight_factor(layer) + shift;
                if layer + 1 < mlp.depth() {
                    mlp.activation().at(z).0
                } else {
                    z
                }
            })
            .collect();
    }
    a
}

fn dense_jacobian(mlp: &Mlp, theta: &[f64], x: &[f64]) -> Vec<f64> {
    let n = x.len() / mlp.n_inputs();
    let mut out = vec![0.0; n * mlp.n_outputs() * mlp.n_params()];
    jacobian::jacobian(mlp, theta, x, 1, &mut out, &Job::new()).unwrap();
    out
}

fn gram(a: &[f64], b: &[f64], columns: usize) -> Vec<f64> {
    let row = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    a.chunks(columns)
        .flat_map(|a| b.chunks(columns).map(move |b| row(a, b)))
        .collect()
}

fn close(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    let scale = b.iter().fold(1e-300, |m: f64, b| m.max(b.abs()));
    let error = a
        .iter()
        .zip(b)
        .fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
    assert!(error <= tolerance * scale, "{error:e} against {scale:e}");
}

#[test]
fn slopes_are_derivatives() {
    for name in NAMES {
        let activation = Activation::from_name(name).unwrap();
        for i in -80..=80 {
            let (z, h) = (0.1 * f64::from(i) + 0.013, 1e-5);
            let difference = (activation.at(z + h).0 - activation.at(z - h).0) / (2.0 * h);
            let slope = activation.at(z).1;
            assert!(
                (slope - difference).abs() < 1e-9,
                "{name} at {z}: {slope} {difference}"
            );
        }
    }
}

#[test]
fn slices_agree_with_single_numbers_and_keep_nan() {
    for name in NAMES {
        let activation = Activation::from_name(name).unwrap();
        let z = [
            -1e300,
            -40.0,
            -1.0,
            -1e-9,
            0.0,
            1e-9,
            1.0,
            40.0,
            1e300,
            f64::NAN,
        ];
        let (mut values, mut slopes) = (z, [0.0; 10]);
        activation.apply(&mut values, &mut slopes);
        for ((z, value), slope) in z.into_iter().zip(values).zip(slopes) {
            let (one, derivative) = activation.at(z);
            assert_eq!(value.is_nan(), z.is_nan(), "{name} at {z}");
            if !z.is_nan() {
                assert_eq!(value.to_bits(), one.to_bits(), "{name} at {z}");
                assert_eq!(slope.to_bits(), derivative.to_bits(), "{name} at {z}");
            }
        }
    }
}

#[test]
fn values_are_sums() {
    for name in NAMES {
        for biases in [false, true] {
            let mlp = network(&[3, 5, 4, 2], name, biases);
            let (theta, x) = (numbers(2 * mlp.n_params(), 1), numbers(3 * 600, 2));
            let mut out = vec![0.0; 2 * 600 * 2];
            apply(&mlp, &theta, &x, 2, &mut out, &Job::new()).unwrap();
            let expected: Vec<f64> = theta
                .chunks(mlp.n_params())
                .flat_map(|theta| x.chunks(3).flat_map(|x| value(&mlp, theta, x)))
                .collect();
            close(&out, &expected, 1e-14);
        }
    }
}

#[test]
fn jacobian_is_the_derivative() {
    for widths in [&[3usize, 2][..], &[3, 4, 2], &[2, 3, 4, 3]] {
        let mlp = network(widths, "tanh", true);
        let (theta, x) = (numbers(mlp.n_params(), 1), numbers(20 * widths[0], 2));
        let jacobian = dense_jacobian(&mlp, &theta, &x);
        let h = 1e-5;
        for p in 0..mlp.n_params() {
            let mut moved = theta.clone();
            moved[p] += h;
            let up: Vec<f64> = x
                .chunks(widths[0])
                .flat_map(|x| value(&mlp, &moved, x))
                .collect();
            moved[p] -= 2.0 * h;
            let down: Vec<f64> = x
                .chunks(widths[0])
                .flat_map(|x| value(&mlp, &moved, x))
                .collect();
            for (r, (up, down)) in up.iter().zip(&down).enumerate() {
                let expected = (up - down) / (2.0 * h);
                assert!((jacobian[r * mlp.n_params() + p] - expected).abs() < 1e-8);
            }
        }
    }
}

#[test]
fn kernel_is_jacobian_times_its_transpose() {
    for (widths, n) in [
        (&[4usize, 3][..], 7),
        (&[4, 9, 1], 500),
        (&[4, 9, 6, 3], 150),
    ] {
        let mlp = network(widths, "gelu", true);
        let (theta, x, x2) = (
            numbers(mlp.n_params(), 1),
            numbers(4 * n, 2),
            numbers(4 * 5, 3),
        );
        let (j, j2) = (
            dense_jacobian(&mlp, &theta, &x),
            dense_jacobian(&mlp, &theta, &x2),
        );
        let m = n * mlp.n_outputs();
        let job = Job::new();
        let mut kernel = vec![0.0; m * m];
        ntk::empirical_ntk(&mlp, &theta, &x, None, 1, &mut kernel, &job).unwrap();
        close(&kernel, &gram(&j, &j, mlp.n_params()), 1e-12);
        for i in 0..m {
            for k in 0..i {
                assert_eq!(kernel[i * m + k].to_bits(), kernel[k * m + i].to_bits());
            }
        }
        let mut cross = vec![0.0; m * 5 * mlp.n_outputs()];
        ntk::empirical_ntk(&mlp, &theta, &x, Some(&x2), 1, &mut cross, &job).unwrap();
        close(&cross, &gram(&j, &j2, mlp.n_params()), 1e-12);
        let v = numbers(m, 4);
        let mut product = vec![0.0; m];
        ntk::kernel_vector_product(&mlp, &theta, &x, &v, &mut product, &job).unwrap();
        close(&product, &gram(&kernel, &v, m), 1e-11);
    }
}

#[test]
fn bits_do_not_depend_on_threads() {
    let mlp = network(&[6, 40, 30, 2], "tanh", true);
    let (theta, x) = (numbers(mlp.n_params(), 1), numbers(6 * 300, 2));
    let kernel_on = |threads: usize| {
        in_pool(threads, || {
            let mut kernel = vec![0.0; 600 * 600];
            let job = Job::new();
            ntk::empirical_ntk(&mlp, &theta, &x, None, 1, &mut kernel, &job).unwrap();
            kernel
        })
    };
    let one = kernel_on(1);
    for threads in [2, 3, 8] {
        assert!(
            one.iter()
                .zip(kernel_on(threads))
                .all(|(a, b)| a.to_bits() == b.to_bits())
        );
    }
}

#[test]
fn searches_reach_a_minimum() {
    let mlp = network(&[5, 60, 1], "tanh", true);
    let (x, y) = (numbers(5 * 12, 2), numbers(12, 3));
    let start = numbers(4 * mlp.n_params(), 1);
    let job = Job::new();
    let task = Task::new(&mlp, &x, &y, 4).unwrap();
    let mut theta = start.clone();
    let search = Search {
        max_steps: 200,
        tolerance: 1e-12,
    };
    let ends = levenberg_marquardt(&mlp, &mut theta, task, 4, search, &job).unwrap();
    for (theta, end) in theta.chunks(mlp.n_params()).zip(&ends) {
        assert_eq!(end.status, Status::Converged);
        let loss: f64 = x
            .chunks(5)
            .zip(&y)
            .map(|(x, y)| 0.5 * (value(&mlp, theta, x)[0] - y).powi(2))
            .sum();
        assert!(loss < 1e-12);
    }
    let mut theta = start.clone();
    let rates = [0.05; 4];
    let descent = Descent {
        max_steps: 200_000,
        tolerance: 1e-9,
        learning_rates: &rates,
        momentum: 0.9,
    };
    let ends = gradient_descent(&mlp, &mut theta, task, descent, &job).unwrap();
    assert!(
        ends.iter().all(|end| end.status == Status::Converged),
        "{ends:?}"
    );
    let wide = network(&[20, 4000, 1], "tanh", true);
    let x = numbers(20 * 6, 5);
    let task = Task::new(&wide, &x, &y[..6], 1).unwrap();
    let mut theta = numbers(wide.n_params(), 6);
    let origin = theta.clone();
    let (end, length) = nearest_minimum(&wide, &mut theta, task, search, &job).unwrap();
    assert_eq!(end.status, Status::Converged);
    let moved: f64 = theta
        .iter()
        .zip(&origin)
        .map(|(a, b)| (a - b).powi(2))
        .sum::<f64>()
        .sqrt();
    assert!(
        (moved / length - 1.0).abs() < 0.02,
        "{moved} against {length}"
    );
}

#[test]
fn wrong_sizes_and_stopped_watches_are_errors() {
    let mlp = network(&[3, 4, 1], "relu", true);
    let theta = numbers(mlp.n_params(), 1);
    let job = Job::new();
    let refused = |result: Result<()>| matches!(result, Err(Error::Value { .. }));
    assert!(refused(apply(
        &mlp,
        &theta[1..],
        &[0.0; 3],
        1,
        &mut [0.0],
        &job
    )));
    assert!(refused(apply(&mlp, &theta, &[0.0; 4], 1, &mut [0.0], &job)));
    assert!(refused(apply(
        &mlp,
        &theta,
        &[0.0; 3],
        1,
        &mut [0.0; 2],
        &job
    )));
    assert!(refused(ntk::empirical_ntk(
        &mlp,
        &theta,
        &[0.0; 3],
        None,
        1,
        &mut [],
        &job
    )));
    assert!(Task::new(&mlp, &[0.0; 3], &[0.0; 2], 1).is_err());
    for widths in [&[3usize][..], &[], &[3, 0, 1], &[usize::MAX, usize::MAX]] {
        let factors = vec![1.0; widths.len().saturating_sub(1)];
        assert!(Mlp::new(widths, Activation::Tanh, &factors, &[]).is_err());
    }
    assert!(Mlp::new(&[3, 1], Activation::Tanh, &[f64::NAN], &[]).is_err());
    assert!(Activation::from_name("swish").is_err());
    job.stop();
    let stopped = apply(&mlp, &theta, &[0.0; 3], 1, &mut [0.0], &job);
    assert_eq!(stopped, Err(Error::Interrupted));
    let task = Task::new(&mlp, &[0.0; 3], &[1.0], 1).unwrap();
    let search = Search {
        max_steps: 5,
        tolerance: 0.0,
    };
    let outcome = levenberg_marquardt(&mlp, &mut theta.clone(), task, 1, search, &job);
    assert_eq!(outcome, Err(Error::Interrupted));
}

#[test]
fn kernels_of_infinite_width() {
    let (n, n_in) = (150, 3);
    let x = numbers(n * n_in, 4);
    let kernel = |name: &str, x2: Option<&[f64]>, job: &Job| {
        let limit = Limit {
            n_inputs: n_in,
            activation: Activation::from_name(name).unwrap(),
            weight_scales: &[1.0, 2.0],
            bias_scale: 0.0,
        };
        let mut out = vec![0.0; n * x2.map_or(n, |x2| x2.len() / n_in)];
        infinite_kernel(limit, Which::Tangent, &x, x2, &mut out, job).map(|()| out)
    };
    // Of a linear network: both layers give the inner product.
    let found = kernel("identity", None, &Job::new()).unwrap();
    let expected: Vec<f64> = gram(&x, &x, n_in)
        .iter()
        .map(|product| 8.0 * product / 3.0)
        .collect();
    close(&found, &expected, 1e-12);
    for name in NAMES {
        let whole = kernel(name, None, &Job::new()).unwrap();
        let part = kernel(name, Some(&x[..5 * n_in]), &Job::new()).unwrap();
        let columns: Vec<f64> = (0..n).flat_map(|i| whole[i * n..][..5].to_vec()).collect();
        close(&part, &columns, 1e-12);
        let stopped = Job::new();
        stopped.stop();
        for x2 in [None, Some(x.as_slice())] {
            assert!(matches!(
                kernel(name, x2, &stopped),
                Err(Error::Interrupted)
            ));
        }
    }
}
