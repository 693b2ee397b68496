//! Timings of the network kernels: the layer-wise kernel, gradient descent, Levenberg-Marquardt.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use typicality::execution::Job;
use typicality::networks::activation::Activation;
use typicality::networks::infinite_width::{Limit, Which, infinite_kernel};
use typicality::networks::minimum::{Search, levenberg_marquardt};
use typicality::networks::mlp::Mlp;
use typicality::networks::ntk::empirical_ntk;
use typicality::networks::training::{Descent, Task, gradient_descent};

fn numbers(n: usize) -> Vec<f64> {
    // Equidistributed, of variance one: timings need no more.
    (0..n)
        .map(|i| 12f64.sqrt() * ((i as f64 * 0.618_033_988_749_894_9).fract() - 0.5))
        .collect()
}

fn network(widths: &[usize], activation: Activation) -> Mlp {
    let weights: Vec<f64> = widths[..widths.len() - 1]
        .iter()
        .map(|&n| (n as f64).sqrt().recip())
        .collect();
    let biases = vec![0.5; weights.len()];
    Mlp::new(widths, activation, &weights, &biases).expect("a valid network")
}

fn kernels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("empirical_ntk");
    group.sample_size(10);
    for (widths, n) in [
        (&[784usize, 512, 512, 512, 1][..], 1000),
        (&[64, 256, 10], 100),
    ] {
        let mlp = network(widths, Activation::Relu);
        let (theta, x) = (numbers(mlp.n_params()), numbers(n * widths[0]));
        let m = n * mlp.n_outputs();
        let mut out = vec![0.0; m * m];
        group.bench_function(format!("{widths:?} n={n} f64"), |bencher| {
            bencher.iter(|| {
                empirical_ntk(&mlp, &theta, black_box(&x), None, 1, &mut out, &Job::new())
            });
        });
        let (theta, x): (Vec<f32>, Vec<f32>) = (
            theta.iter().map(|&t| t as f32).collect(),
            x.iter().map(|&x| x as f32).collect(),
        );
        let mut out = vec![0.0f32; m * m];
        group.bench_function(format!("{widths:?} n={n} f32"), |bencher| {
            bencher.iter(|| {
                empirical_ntk(&mlp, &theta, black_box(&x), None, 1, &mut out, &Job::new())
            });
        });
    }
    group.finish();
}

fn infinite(criterion: &mut Criterion) {
    let (n, n_inputs) = (1000, 64);
    let x = numbers(n * n_inputs);
    // Pixels of 0 to 16: large variances, all pairs near.
    let pixels: Vec<f64> = x.iter().map(|x| 8.0 + 4.0 * x).collect();
    let mut out = vec![0.0; n * n];
    let mut group = criterion.benchmark_group("infinite_kernel of 3 layers");
    group.sample_size(10);
    for (activation, name, x) in [
        (Activation::Relu, "relu", &x),
        (Activation::Gelu, "gelu", &x),
        (Activation::Tanh, "tanh", &x),
        (Activation::Tanh, "tanh of pixels", &pixels),
    ] {
        let limit = Limit {
            n_inputs,
            activation,
            weight_scales: &[1.0, 1.0, 1.0],
            bias_scale: 0.1,
        };
        group.bench_function(format!("{name} n={n}"), |bencher| {
            bencher.iter(|| {
                infinite_kernel(
                    limit,
                    Which::Tangent,
                    black_box(x),
                    None,
                    &mut out,
                    &Job::new(),
                )
            });
        });
    }
    group.finish();
}

fn searches(criterion: &mut Criterion) {
    let (n, batch, steps) = (100, 32, 10);
    let x = numbers(n * 16);
    let y = numbers(n);
    let mut group = criterion.benchmark_group("steps of 32 networks on 100 samples");
    group.sample_size(10);
    group.throughput(Throughput::Elements(batch as u64 * steps));
    for width in [64usize, 256, 1024] {
        let mlp = network(&[16, width, 1], Activation::Tanh);
        let theta = numbers(batch * mlp.n_params());
        let task = Task::new(&mlp, &x, &y, batch).expect("matching sizes");
        let rates = vec![1e-6; batch];
        let descent = Descent {
            max_steps: steps,
            tolerance: 0.0,
            learning_rates: &rates,
            momentum: 0.0,
        };
        group.bench_function(format!("gradient descent width={width}"), |bencher| {
            bencher.iter(|| gradient_descent(&mlp, &mut theta.clone(), task, descent, &Job::new()));
        });
    }
    for width in [4usize, 8, 16] {
        let mlp = network(&[16, width, 1], Activation::Tanh);
        let theta = numbers(batch * mlp.n_params());
        let task = Task::new(&mlp, &x, &y, batch).expect("matching sizes");
        let search = Search {
            max_steps: steps,
            tolerance: 0.0,
        };
        group.bench_function(format!("Levenberg-Marquardt width={width}"), |bencher| {
            bencher.iter(|| {
                levenberg_marquardt(&mlp, &mut theta.clone(), task, batch, search, &Job::new())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, kernels, infinite, searches);
criterion_main!(benches);
