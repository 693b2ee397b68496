//! A thread pool of a given size, for tests of what must not depend on it.

/// Runs `work` in a pool of its own with so many threads.
pub fn in_pool<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(work)
}
