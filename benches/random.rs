//! Normals, uniforms and Gamma variates in one thread; the limit is about 1 ns a normal.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use typicality::random::stream::Family;
use typicality::random::{gamma, normal};
use typicality::simd::{Level, level, set_level};

fn family() -> Family {
    Family::new(&[1; 32], b"bench").expect("the key has 32 bytes")
}

fn normals(c: &mut Criterion) {
    let mut group = c.benchmark_group("normals");
    let family = family();
    let widest = level();
    for cap in Level::ALL {
        if set_level(cap) != cap {
            continue;
        }
        let mut out = vec![0.0; normal::BLOCK];
        group.throughput(Throughput::Elements(out.len() as u64));
        group.bench_function(BenchmarkId::new(cap.name(), out.len()), |b| {
            b.iter(|| normal::fill(&family, 0, 0, black_box(&mut out)));
        });
    }
    set_level(widest);
    let mut out = vec![0.0; 10_000_000];
    group.throughput(Throughput::Elements(out.len() as u64));
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("one thread", out.len()), |b| {
        b.iter(|| {
            for (block, items) in out.chunks_mut(normal::BLOCK).enumerate() {
                normal::fill(&family, 0, block as u64, items);
            }
        });
    });
    group.finish();
}

fn uniforms(c: &mut Criterion) {
    let mut group = c.benchmark_group("uniforms");
    let family = family();
    let mut out = vec![0.0; normal::BLOCK];
    group.throughput(Throughput::Elements(out.len() as u64));
    group.bench_function(BenchmarkId::from_parameter(out.len()), |b| {
        b.iter(|| normal::fill_uniforms(&family, 0, 0, black_box(&mut out)));
    });
    group.finish();
}

fn gammas(c: &mut Criterion) {
    let mut group = c.benchmark_group("gammas");
    let family = family();
    for shape in [0.5, 10.0, 1e6] {
        let mut out = vec![0.0; gamma::BLOCK];
        group.throughput(Throughput::Elements(out.len() as u64));
        group.bench_function(BenchmarkId::new(format!("shape {shape}"), out.len()), |b| {
            b.iter(|| gamma::fill(&family, 0, 0, |_| shape, black_box(&mut out)));
        });
    }
    group.finish();
}

criterion_group!(benches, normals, uniforms, gammas);
criterion_main!(benches);
