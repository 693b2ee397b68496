//! What kernels say that they work in, against the peak of what they allocate.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use num_complex::Complex;
use typicality::execution::{Job, Parallelism};
use typicality::linalg::gram::{
    both_halves, both_halves_workspace_bytes, lower_half, lower_half_workspace_bytes,
};
use typicality::linalg::hermitian::{eigenvalues, eigenvalues_workspace_bytes};
use typicality::linalg::packing::Buffer;
use typicality::linalg::scalar::Scalar;
use typicality::linalg::singular::{squares, squares_workspace_bytes};
use typicality::linalg::tridiagonal;
use typicality::quantum::cut::Cut;
use typicality::quantum::reduced_state::{
    Memory, reduced_density_matrices, reduced_density_matrices_workspace_bytes,
};
use typicality::quantum::unitaries::{haar_isometries, haar_isometries_workspace_bytes};
use typicality::simd::Real;
use typicality::spectra::field::Field;
use typicality::spectra::gaussian::{gaussian_matrices, gaussian_matrices_workspace_bytes};
use typicality::spectra::laguerre::Laguerre;
use typicality::spectra::wishart::{Streams, Wishart};

use support::{FIELDS, Rows, family, in_pool};

type C = Complex<f64>;
type C32 = Complex<f32>;

/// The system's allocator, which counts.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all calls go to the system's allocator as they came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes that tasks, offsets and tiles of a few threads take and nobody counts.
const SMALL_CHANGE: f64 = (1 << 20) as f64;

/// Compares what `work` allocates in a pool of each size with what is counted for it.
fn check(name: &str, counted: impl Fn(usize) -> u128, work: impl Fn() + Sync) {
    for threads in [1, 2, 3] {
        let peak = in_pool(threads, || {
            let before = NOW.load(Ordering::Relaxed);
            PEAK.store(before, Ordering::Relaxed);
            work();
            PEAK.load(Ordering::Relaxed) - before
        });
        let (counted, peak) = (counted(threads) as f64, peak as f64);
        // A thread that wakes up late may not take part.
        assert!(
            peak < 1.02 * counted + SMALL_CHANGE
                && peak > 0.98 * counted / threads as f64 - SMALL_CHANGE,
            "{name}, {threads} threads: {counted} counted, {peak} allocated"
        );
    }
}

fn numbers<T: Scalar>(len: usize) -> Vec<T> {
    let fraction = |i: usize| (i as f64 * 0.618_033_988_7).fract() - 0.5;
    let real = |i: usize| T::Real::from_f64(fraction(i));
    (0..len)
        .map(|i| T::from_parts(real(3 * i + 1), real(5 * i + 2)))
        .collect()
}

fn check_hermitian<T: Scalar>(n: usize, batch: usize) {
    let matrices: Vec<T> = numbers(batch * n * n);
    check(
        &format!("hermitian {n} {batch}"),
        |threads| {
            let values = (batch * n * size_of::<T::Real>()) as u128;
            values + eigenvalues_workspace_bytes::<T>(n, batch, threads)
        },
        || {
            let mut out = vec![T::ZERO.re(); batch * n];
            eigenvalues(n, &matrices, &mut out, &Job::new()).unwrap();
        },
    );
}

fn check_singular<T: Scalar>(m: usize, n: usize, batch: usize) {
    // Nearly of rank one, so that A A^H does not do.
    let mut entries: Vec<T> = numbers(batch * m * n);
    for (i, x) in entries.iter_mut().enumerate() {
        let wave = T::from_re(T::Real::from_f64(((i % n) as f64).sin()));
        *x = x.scaled(T::Real::from_f64(1e-4)).plus(wave);
    }
    check(
        &format!("singular {m} {n} {batch}"),
        |threads| {
            let values = (batch * m * size_of::<T::Real>()) as u128;
            values + squares_workspace_bytes::<T>(m, n, batch, threads)
        },
        || {
            let mut out = vec![T::ZERO.re(); batch * m];
            let source = |index: usize| Rows(&entries[index * m * n..][..m * n], m, n);
            squares(m, n, source, &mut out, &Job::new()).unwrap();
        },
    );
}

fn check_gram<T: Scalar>(n: usize, width: usize) {
    let entries: Vec<T> = numbers(n * width);
    let source = Rows(&entries, n, width);
    for parallelism in [Parallelism::Sequential, Parallelism::Pool] {
        let result = (n * n * size_of::<T>()) as u128;
        let name = format!("gram {n} {width} {parallelism:?}");
        check(
            &name,
            |threads| result + lower_half_workspace_bytes::<T>(n, width, parallelism, threads),
            || {
                let mut out = vec![T::ZERO; n * n];
                lower_half(
                    &source,
                    &mut out,
                    &mut Buffer::default(),
                    parallelism,
                    &Job::new(),
                )
                .unwrap();
            },
        );
        check(
            &name,
            |threads| result + both_halves_workspace_bytes::<T>(n, width, parallelism, threads),
            || {
                let mut out = vec![T::ZERO; n * n];
                let mut buffer = Buffer::default();
                both_halves(
                    &source,
                    &[],
                    &mut out,
                    &mut buffer,
                    parallelism,
                    &Job::new(),
                )
                .unwrap();
            },
        );
    }
}

fn check_reduced<T: Scalar>(dims: &[usize], keep: &[usize], batch: usize, memory: Memory) {
    let cut = Cut::new(dims, keep).unwrap();
    let psi: Vec<T> = numbers(batch * cut.total());
    let len = batch * cut.d_keep() * cut.d_keep();
    check(
        &format!("reduced {dims:?} {keep:?} {batch} {memory:?}"),
        |threads| {
            let result = (len * size_of::<T>()) as u128;
            result + reduced_density_matrices_workspace_bytes::<T>(&cut, batch, memory, threads)
        },
        || {
            let mut out = vec![T::ZERO; len];
            reduced_density_matrices(&psi, &cut, &mut out, memory, &Job::new()).unwrap();
        },
    );
}

fn check_draws<T: Real>(size: usize) {
    let job = Job::new();
    let zero = T::from_f64(0.0);
    let bytes = |len: usize| (len * size_of::<T>()) as u128;
    for field in FIELDS {
        let beta = field.beta();
        for (d, n) in [(20, 20), (150_000, 4), (9000, 20), (9000, 70), (400, 400)] {
            let len = size * d * n * beta;
            check(
                &format!("isometries {d} {n} {field:?} {size}"),
                |threads| {
                    bytes(len) + haar_isometries_workspace_bytes::<T>(d, n, field, size, threads)
                },
                || {
                    let mut out = vec![zero; len];
                    haar_isometries(&family(1, "x"), 0, d, n, field, &mut out, &job).unwrap();
                },
            );
        }
        let n = 500;
        let len = size * n * n * beta;
        check(
            &format!("gaussian {field:?} {size}"),
            |threads| bytes(len) + gaussian_matrices_workspace_bytes::<T>(n, field, size, threads),
            || {
                let mut out = vec![zero; len];
                gaussian_matrices(&family(1, "x"), 0, n, field, &mut out, &job).unwrap();
            },
        );
        for rank in [7, 500] {
            let streams = Streams {
                normals: family(1, "x"),
                gammas: family(1, "y"),
            };
            let wishart = Wishart::new(n, rank as f64, field).unwrap();
            check(
                &format!("wishart {rank} {field:?} {size}"),
                |threads| {
                    bytes(len)
                        + Wishart::matrices_workspace_bytes::<T>(n, rank, field, size, threads)
                },
                || {
                    let mut out = vec![zero; len];
                    wishart.matrices(&streams, 0, true, &mut out, &job).unwrap();
                },
            );
        }
    }
    let m = 1500;
    let model = Laguerre::new(m, 2000.0, Field::Real).unwrap();
    check(
        &format!("Laguerre {size}"),
        |threads| bytes(size * m) + Laguerre::spectra_workspace_bytes(m, size, threads),
        || {
            let mut out = vec![zero; size * m];
            model
                .wishart_eigenvalues(&family(1, "x"), 0, &mut out, &job)
                .unwrap();
        },
    );
}

#[test]
fn empty_batches_take_nothing() {
    for (m, n) in [(3, 5), (3, 100), (500, 600), (1, 1)] {
        assert_eq!(squares_workspace_bytes::<C>(m, n, 0, 2), 0);
        assert_eq!(eigenvalues_workspace_bytes::<f32>(n, 0, 2), 0);
        assert_eq!(tridiagonal::solve_workspace_bytes(n, 0, 2), 0);
        let cut = Cut::new(&[m, n], &[1]).unwrap();
        let memory = Memory::Used;
        assert_eq!(
            reduced_density_matrices_workspace_bytes::<C>(&cut, 0, memory, 2),
            0
        );
        for field in FIELDS {
            assert_eq!(haar_isometries_workspace_bytes::<f32>(n, m, field, 0, 2), 0);
            assert_eq!(gaussian_matrices_workspace_bytes::<f32>(n, field, 0, 2), 0);
            assert_eq!(
                Wishart::matrices_workspace_bytes::<f32>(n, m, field, 0, 2),
                0
            );
        }
    }
}

// In one test: what others allocate meanwhile is counted, too.
#[test]
fn what_is_counted_is_allocated() {
    for (n, count) in [(100_000, 1), (2000, 70)] {
        let off: Vec<f64> = vec![0.0; count * (n - 1)];
        check(
            &format!("tridiagonal {n} {count}"),
            |threads| {
                (count * n * size_of::<f64>()) as u128
                    + tridiagonal::solve_workspace_bytes(n, count, threads)
            },
            || {
                let mut values = vec![1.0; count * n];
                tridiagonal::eigenvalues(n, &mut values, &off, &Job::new()).unwrap();
            },
        );
    }
    for (n, batch) in [(100, 1), (100, 30), (128, 5), (300, 1), (300, 4)] {
        check_hermitian::<f32>(n, batch);
        check_hermitian::<C>(n, batch);
    }
    for (m, n, batch) in [
        (1, 100_000, 3),
        (100, 150, 1),
        (100, 150, 20),
        (100, 3000, 5),
        (300, 310, 1),
        (200, 390, 4),
        (200, 2000, 1),
    ] {
        check_singular::<C32>(m, n, batch);
        check_singular::<f64>(m, n, batch);
    }
    for (n, width) in [
        (5, 300_000),
        (40, 200),
        (40, 60_000),
        (300, 300),
        (200, 20_000),
        (700, 900),
    ] {
        check_gram::<C>(n, width);
        check_gram::<f32>(n, width);
    }
    for memory in [Memory::Fresh, Memory::Used] {
        check_reduced::<C>(&[64, 64], &[0], 100, memory);
        check_reduced::<f32>(&[16, 16, 16], &[2, 0], 100, memory);
        check_reduced::<C32>(&[1024, 512], &[0], 1, memory);
        check_reduced::<f64>(&[20, 30, 1000], &[1, 0], 2, memory);
    }
    for size in [1, 5] {
        check_draws::<f64>(size);
        check_draws::<f32>(size);
    }
}
