//! Haar-random states, unitaries, expectation values and power traces.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use typicality::execution::Job;
use typicality::quantum::haar::haar_states;
use typicality::quantum::observable::Spectrum;
use typicality::quantum::power_traces::haar_power_traces;
use typicality::quantum::unitaries::haar_isometries;
use typicality::random::stream::Family;
use typicality::spectra::field::Field;
use typicality::spectra::laguerre::Laguerre;

fn family() -> Family {
    Family::new(&[1; 32], b"bench").expect("the key has 32 bytes")
}

fn states(c: &mut Criterion) {
    let mut group = c.benchmark_group("haar_states");
    let job = Job::new();
    group.sample_size(10);
    for (d, size) in [
        (8usize, 10000usize),
        (1 << 10, 1000),
        (1 << 20, 1),
        (1 << 24, 1),
    ] {
        let mut out = vec![0.0; 2 * d * size];
        group.throughput(Throughput::Elements((d * size) as u64));
        group.bench_function(BenchmarkId::new(format!("d {d}"), size), |b| {
            b.iter(|| haar_states(&family(), 0, d, Field::Complex, &mut out, &job));
        });
    }
    group.finish();
}

fn unitaries(c: &mut Criterion) {
    let mut group = c.benchmark_group("haar_unitaries");
    let job = Job::new();
    group.sample_size(10);
    for (d, size) in [(4usize, 1000usize), (64, 10), (512, 1)] {
        let mut out = vec![0.0; 2 * d * d * size];
        group.bench_function(BenchmarkId::new(format!("d {d}"), size), |b| {
            b.iter(|| haar_isometries(&family(), 0, d, d, Field::Complex, &mut out, &job));
        });
    }
    group.finish();
}

fn expectations(c: &mut Criterion) {
    let mut group = c.benchmark_group("haar_expectations");
    let job = Job::new();
    group.sample_size(10);
    for (levels, size) in [(2usize, 10000usize), (1000, 1000)] {
        let values: Vec<f64> = (0..levels).map(|i| i as f64).collect();
        let spectrum = Spectrum::new(&values, &vec![1.0; levels], Field::Complex);
        let spectrum = spectrum.expect("finite eigenvalues");
        let mut out = vec![0.0; size];
        group.throughput(Throughput::Elements((levels * size) as u64));
        group.bench_function(BenchmarkId::new(format!("levels {levels}"), size), |b| {
            b.iter(|| spectrum.haar_expectations(&family(), 0, &mut out, &job));
        });
    }
    group.finish();
}

fn power_traces(c: &mut Criterion) {
    let mut group = c.benchmark_group("haar_power_traces");
    let job = Job::new();
    group.sample_size(10);
    for (m, order, size) in [
        (1usize << 24, 2usize, 1usize),
        (1 << 20, 4, 1),
        (1 << 17, 50, 1),
        (1024, 2, 100),
    ] {
        let model = Laguerre::new(m, m as f64, Field::Complex).expect("m <= n");
        let mut out = vec![0.0; size];
        group.throughput(Throughput::Elements((m * size) as u64));
        group.bench_function(
            BenchmarkId::new(format!("m {m} order {order}"), size),
            |b| {
                b.iter(|| haar_power_traces(&model, order, &family(), 0, &mut out, &job));
            },
        );
    }
    group.finish();
}

criterion_group!(benches, states, unitaries, expectations, power_traces);
criterion_main!(benches);
