//! Timings of what is seen of given states: reduced states, spectra, partial traces, eigenvalues.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use faer::MatMut;
use num_complex::Complex;
use typicality::execution::Job;
use typicality::linalg::hermitian::eigenvalues;
use typicality::linalg::micro_kernel::Product;
use typicality::linalg::packing::{Buffer, pack, packed_len};
use typicality::quantum::cut::Cut;
use typicality::quantum::partial_trace::partial_traces;
use typicality::quantum::reduced_state::{Memory, reduced_density_matrices, schmidt_spectra};
use typicality::simd::dispatch;

type C = Complex<f64>;

fn numbers(len: usize) -> Vec<C> {
    // Equidistributed: timings need no more.
    let fraction = |i: usize, step: f64| (i as f64 * step).fract() - 0.5;
    (1..=len)
        .map(|i| C::new(fraction(i, 0.618_033_988_7), fraction(i, 0.324_717_957_2)))
        .collect()
}

fn cut(qubits: usize, keep: &[usize]) -> Cut {
    Cut::new(&vec![2; qubits], keep).expect("a valid cut")
}

/// First qubits, every other one from the first, and every other one up to the last.
fn cuts(qubits: usize, kept: usize) -> [(&'static str, Vec<usize>); 3] {
    let step = qubits / kept;
    let last = qubits - 1;
    [
        ("first", (0..kept).collect()),
        ("scattered", (0..qubits).step_by(step).take(kept).collect()),
        (
            "scattered to the last",
            (0..kept).map(|i| last - i * step).rev().collect(),
        ),
    ]
}

fn products(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("products of packed blocks");
    group.sample_size(10);
    for (n, depth) in [(64, 64), (128, 512)] {
        let entries = numbers(n * depth);
        let rows: Vec<usize> = (0..n).map(|i| i * depth).collect();
        let columns: Vec<usize> = (0..depth).collect();
        let mut buffer = Buffer::default();
        let packed = buffer
            .room(packed_len::<C>(n, depth))
            .expect("room for a block");
        group.bench_function(format!("pack {n} x {depth}"), |bencher| {
            bencher.iter(|| pack(black_box(&entries), &rows, &columns, packed));
        });
        let mut out = vec![C::default(); n * n];
        // Flops of the whole product.
        group.throughput(Throughput::Elements((8 * n * n * depth) as u64));
        group.bench_function(format!("{n} x {depth} by {depth} x {n}"), |bencher| {
            bencher.iter(|| {
                let out = MatMut::from_column_major_slice_mut(&mut out, n, n);
                dispatch(Product {
                    out: out.try_as_col_major_mut().expect("columns"),
                    add: false,
                    lower: false,
                    left: packed,
                    right: packed,
                    depth,
                    reach: |_| depth,
                });
            });
        });
    }
}

fn reduced_states(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reduced_density_matrices");
    group.sample_size(10);
    for (batch, qubits, kept) in [(1, 20, 10), (1, 22, 8), (100, 12, 6), (1000, 8, 2)] {
        let psi = numbers(batch << qubits);
        // Flops of the product, of which half need be done.
        group.throughput(Throughput::Elements((batch << (qubits + kept + 2)) as u64));
        for (name, keep) in cuts(qubits, kept) {
            let cut = cut(qubits, &keep);
            let mut out = vec![C::default(); batch << (2 * kept)];
            group.bench_function(
                format!("{batch} x {qubits} qubits, keep {kept} {name}"),
                |bencher| {
                    bencher.iter(|| {
                        let (psi, memory) = (black_box(&psi), Memory::Used);
                        reduced_density_matrices(psi, &cut, &mut out, memory, &Job::new())
                    });
                },
            );
        }
    }
}

fn spectra(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("schmidt_spectra");
    group.sample_size(10);
    for (batch, qubits, kept) in [(100, 12, 6), (1000, 8, 4), (1, 18, 9)] {
        let psi = numbers(batch << qubits);
        let cut = cut(qubits, &(0..kept).collect::<Vec<_>>());
        let mut out = vec![0.0; batch << kept];
        group.bench_function(
            format!("{batch} x {qubits} qubits, keep {kept}"),
            |bencher| {
                bencher.iter(|| schmidt_spectra(black_box(&psi), &cut, &mut out, &Job::new()));
            },
        );
    }
}

fn traces(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("partial_traces");
    group.sample_size(10);
    let rho = numbers(1 << 20);
    for (name, keep) in cuts(10, 5) {
        let cut = cut(10, &keep);
        let mut out = vec![C::default(); 1 << 10];
        group.bench_function(format!("10 qubits, keep 5 {name}"), |bencher| {
            bencher.iter(|| partial_traces(black_box(&rho), &cut, &mut out, &Job::new()));
        });
    }
}

fn hermitian(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hermitian eigenvalues");
    group.sample_size(10);
    for (batch, n) in [
        (1000, 8),
        (256, 32),
        (64, 64),
        (16, 128),
        (2, 256),
        (1, 1024),
    ] {
        let matrices = numbers(batch * n * n);
        let mut out = vec![0.0; batch * n];
        group.bench_function(format!("{batch} complex {n} x {n}"), |bencher| {
            bencher.iter(|| eigenvalues(n, black_box(&matrices), &mut out, &Job::new()));
        });
        let matrices: Vec<f64> = matrices.iter().map(|x| x.re).collect();
        group.bench_function(format!("{batch} real {n} x {n}"), |bencher| {
            bencher.iter(|| eigenvalues(n, black_box(&matrices), &mut out, &Job::new()));
        });
    }
}

criterion_group!(
    benches,
    products,
    reduced_states,
    spectra,
    traces,
    hermitian
);
criterion_main!(benches);
