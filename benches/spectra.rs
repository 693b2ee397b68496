//! Spectra and Wishart matrices; the limit of the spectra is 2 ns times m^2 and core.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use typicality::execution::Job;
use typicality::linalg::tridiagonal::eigenvalues;
use typicality::quantum::schmidt::haar_schmidt_spectra;
use typicality::random::draws::uniforms;
use typicality::random::stream::Family;
use typicality::spectra::field::Field;
use typicality::spectra::gaussian::gaussian_matrices;
use typicality::spectra::laguerre::Laguerre;
use typicality::spectra::wishart::{Streams, Wishart};

fn family(label: &str) -> Family {
    Family::new(&[1; 32], label.as_bytes()).expect("the key has 32 bytes")
}

/// Throughput counts m^2 for each matrix, so that its inverse is the constant of the limit.
fn tridiagonal(c: &mut Criterion) {
    let mut group = c.benchmark_group("tridiagonal_eigenvalues");
    let job = Job::new();
    group.sample_size(10);
    for (n, count) in [(16usize, 2000usize), (64, 1000), (256, 1000), (1024, 64)] {
        let mut diagonal = vec![0.0; n * count];
        let mut off = vec![0.0; (n - 1) * count];
        uniforms(&family("diagonal"), 0, n, &mut diagonal, &job).expect("rows of n");
        uniforms(&family("off"), 0, n - 1, &mut off, &job).expect("rows of n - 1");
        group.throughput(Throughput::Elements((n * n * count) as u64));
        group.bench_function(BenchmarkId::new(format!("n {n}"), count), |b| {
            b.iter(|| eigenvalues(n, &mut diagonal.clone(), &off, &job));
        });
    }
    group.finish();
}

fn schmidt(c: &mut Criterion) {
    let mut group = c.benchmark_group("haar_schmidt_spectra");
    let job = Job::new();
    group.sample_size(10);
    for (m, n, size) in [
        (64usize, 64.0, 1000usize),
        (1024, 1024.0, 100),
        (256, 65536.0, 10),
    ] {
        let model = Laguerre::new(m, n, Field::Complex).expect("m <= n");
        let mut out = vec![0.0; m * size];
        group.throughput(Throughput::Elements((m * m * size) as u64));
        group.bench_function(BenchmarkId::new(format!("{m} x {n}"), size), |b| {
            b.iter(|| haar_schmidt_spectra(&model, &family("schmidt"), 0, &mut out, &job));
        });
    }
    group.finish();
}

fn matrices(c: &mut Criterion) {
    let mut group = c.benchmark_group("matrices");
    let job = Job::new();
    group.sample_size(10);
    let streams = Streams {
        normals: family("normals"),
        gammas: family("gammas"),
    };
    for (p, size) in [(4usize, 1000usize), (64, 100), (256, 1)] {
        let wishart = Wishart::new(p, 1048576.0, Field::Complex).expect("p >= 1");
        let mut out = vec![0.0; 2 * p * p * size];
        group.bench_function(
            BenchmarkId::new(format!("haar_reduced_states {p}"), size),
            |b| {
                b.iter(|| wishart.matrices(&streams, 0, true, &mut out, &job));
            },
        );
        group.bench_function(
            BenchmarkId::new(format!("gaussian_matrices {p}"), size),
            |b| {
                let family = family("gauss");
                b.iter(|| gaussian_matrices(&family, 0, p, Field::Complex, &mut out, &job));
            },
        );
    }
    group.finish();
}

criterion_group!(benches, tridiagonal, schmidt, matrices);
criterion_main!(benches);
