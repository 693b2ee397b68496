//! Pools of a given size and instruction sets, for tests of what must not depend on them.

use std::sync::{Mutex, PoisonError};

use typicality::simd::{Level, level, set_level};

/// Runs `work` in a pool of its own with so many threads.
pub fn in_pool<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(work)
}

/// The level belongs to the process, in which tests run side by side.
static LEVEL: Mutex<()> = Mutex::new(());

/// Calls `work` at every level that the processor has.
pub fn at_every_level(mut work: impl FnMut(Level)) {
    let _alone = LEVEL.lock().unwrap_or_else(PoisonError::into_inner);
    let widest = level();
    for cap in Level::ALL {
        let found = set_level(cap);
        assert!(found == cap || found == widest);
        work(found);
    }
    set_level(widest);
}

/// Fails unless `work` gives `whole` in pools of any size and at every level.
pub fn assert_same_bits<R: PartialEq + Send>(whole: &R, work: impl Fn() -> R + Sync) {
    for threads in [1, 2, 3, 8] {
        assert!(in_pool(threads, &work) == *whole, "{threads} threads");
    }
    at_every_level(|level| assert!(work() == *whole, "{level:?}"));
}
