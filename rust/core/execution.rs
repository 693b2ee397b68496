//! How kernels run: cancellation and progress, sequential or parallel, and work in fixed blocks, which
//! makes their bits independent of threads.
//!
//! Blocks are cut by the caller from the problem alone, never from the number of threads. Each
//! block's result depends on its index only; results come back in the order of the blocks. A sum
//! over blocks is a sequential fold over that order. Work runs in the rayon pool of the caller.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;

use crate::error::{Error, Result};

/// A running computation as its caller sees it: a cancellation flag one way, progress the other.
#[derive(Debug, Default)]
pub struct Job {
    stop: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    text: Mutex<String>,
}

impl Job {
    /// A job that is not stopped and has made no progress.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the kernel to give up at its next check.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether the kernel was asked to give up.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// What kernels call between blocks.
    ///
    /// # Errors
    /// [`Error::Interrupted`] once [`stop`](Self::stop) was called.
    pub fn check(&self) -> Result<()> {
        if self.stopped() {
            Err(Error::Interrupted)
        } else {
            Ok(())
        }
    }

    /// Announces how many units of work there are.
    pub fn expect(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// Reports units of work as done.
    pub fn advance(&self, units: u64) {
        self.done.fetch_add(units, Ordering::Relaxed);
    }

    /// Share of the work that is done, in [0, 1]; 0 while none was announced.
    pub fn fraction(&self) -> f64 {
        let total = self.total.load(Ordering::Relaxed);
        if total == 0 {
            return 0.0;
        }
        (self.done.load(Ordering::Relaxed) as f64 / total as f64).min(1.0)
    }

    /// Says in words what is going on.
    pub fn describe(&self, text: impl Into<String>) {
        if let Ok(mut slot) = self.text.lock() {
            *slot = text.into();
        }
    }

    /// The last words of [`describe`](Self::describe).
    pub fn text(&self) -> String {
        self.text
            .lock()
            .map(|slot| slot.clone())
            .unwrap_or_default()
    }
}

/// Whether blocks run one after the other or in the pool; the bits are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parallelism {
    /// On the calling thread: inside a loop that is parallel already.
    Sequential,
    /// In the pool of the caller.
    Pool,
}

impl Parallelism {
    /// Parallelism within each of so many pieces of work. Either the pieces run in parallel or what is
    /// done for each; not both, since a thread that waits inside one piece would begin, and hold in
    /// memory, another.
    pub fn of(pieces: usize) -> Self {
        Self::among(pieces, rayon::current_num_threads())
    }

    /// The same, for a pool of so many threads.
    pub fn among(pieces: usize, threads: usize) -> Self {
        if pieces >= threads {
            Self::Sequential
        } else {
            Self::Pool
        }
    }

    /// Most pieces that exist at the same time with this parallelism within each.
    pub fn in_flight(self, pieces: usize, threads: usize) -> usize {
        match self {
            Self::Sequential => pieces.min(threads),
            Self::Pool => pieces.min(1),
        }
    }
}

/// Calls `work(block)` for `block` in `0..count` in parallel; results in the order of the blocks.
///
/// # Errors
/// The error of the first block that failed, in the order of the blocks;
/// [`Error::Interrupted`] once the job is stopped.
pub fn map_blocks<R, F>(job: &Job, count: usize, work: F) -> Result<Vec<R>>
where
    R: Send,
    F: Fn(usize) -> Result<R> + Sync,
{
    let results: Vec<Result<R>> = (0..count)
        .into_par_iter()
        .map(|block| {
            job.check()?;
            work(block)
        })
        .collect();
    results.into_iter().collect()
}

/// Cuts `out` into blocks of `block_len` items and calls `work(block, items)` on each in parallel.
///
/// # Errors
/// As [`map_blocks`]; a `block_len` of zero counts as one.
pub fn for_each_block<T, F>(job: &Job, out: &mut [T], block_len: usize, work: F) -> Result<()>
where
    T: Send,
    F: Fn(usize, &mut [T]) -> Result<()> + Sync,
{
    let failed: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    out.par_chunks_mut(block_len.max(1))
        .enumerate()
        .for_each(|(block, items)| {
            let outcome = job.check().and_then(|()| work(block, items));
            if let Err(error) = outcome
                && let Ok(mut first) = failed.lock()
                && first.as_ref().is_none_or(|(earlier, _)| block < *earlier)
            {
                *first = Some((block, error));
            }
        });
    match failed.into_inner() {
        Ok(Some((_, error))) => Err(error),
        _ => Ok(()),
    }
}
