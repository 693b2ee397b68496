//! The pools that all work runs in: ours, not rayon's global one, and safe after a fork.
//!
//! Pools are found by (process id, size) in a list that is only ever prepended to, without a lock:
//! whatever another thread is doing at the moment of a fork, the child finds a consistent list, sees
//! that no pool in it carries its process id, and builds its own. Pools are never freed.

use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};
use rayon::{ThreadPool, ThreadPoolBuilder};
use typicality::simd::{self, Level};

const VARIABLE: &str = "TYPICALITY_NUM_THREADS";
/// More than any machine has; keeps a slip of the finger from starting a million threads.
const MOST: usize = 1024;

struct Node {
    process: u32,
    size: usize,
    pool: ThreadPool,
    next: *const Node,
}

static POOLS: AtomicPtr<Node> = AtomicPtr::new(ptr::null_mut());
/// The blocks `with threads(n):` that are open where the calling code runs: a `ContextVar` that
/// holds a tuple of objects with the attribute `n`, the innermost block last.
static OPEN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
/// Cores that the system grants; 0 until it was asked. Asking takes longer than a small draw.
static GRANTED: AtomicUsize = AtomicUsize::new(0);

/// The pool of this process with the number of threads in force where the calling code runs.
pub fn current(py: Python<'_>) -> PyResult<&'static ThreadPool> {
    check_level()?;
    pool(size_in_force(py)?)
}

/// The context variable that [`size_in_force`] looks at; `typicality.threads` writes it.
pub fn open_blocks(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    OPEN.get_or_try_init(py, || {
        let options = PyDict::new(py);
        options.set_item("default", PyTuple::empty(py))?;
        py.import("contextvars")?
            .getattr("ContextVar")?
            .call(("typicality.threads",), Some(&options))
            .map(Bound::unbind)
    })
    .map(|variable| variable.bind(py))
}

/// Refuses a cap of the instruction set that names none; asked once, since the level stays.
fn check_level() -> PyResult<()> {
    static KNOWN: AtomicBool = AtomicBool::new(false);
    if KNOWN.load(Ordering::Relaxed) {
        return Ok(());
    }
    let asked = std::env::var(simd::VARIABLE).unwrap_or_default();
    if !asked.trim().is_empty() && Level::named(asked.trim()).is_none() {
        let names = Level::ALL.map(Level::name).join(", ");
        return Err(PyValueError::new_err(format!(
            "the environment variable {} is {asked:?}; it must be one of {names}",
            simd::VARIABLE
        )));
    }
    KNOWN.store(true, Ordering::Relaxed);
    Ok(())
}

fn pool(size: usize) -> PyResult<&'static ThreadPool> {
    let process = std::process::id();
    let mut head = POOLS.load(Ordering::Acquire);
    if let Some(found) = find(head, process, size) {
        return Ok(found);
    }
    let built = ThreadPoolBuilder::new()
        .num_threads(size)
        .thread_name(|index| format!("typicality-{index}"))
        .build()
        .map_err(|error| PyMemoryError::new_err(format!("cannot start {size} threads: {error}")))?;
    let node = Box::into_raw(Box::new(Node {
        process,
        size,
        pool: built,
        next: head,
    }));
    loop {
        match POOLS.compare_exchange(head, node, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: `node` came from a box, is now in the list, and nothing in it is ever freed.
            Ok(_) => return Ok(unsafe { &(*node).pool }),
            Err(newer) => {
                head = newer;
                if let Some(found) = find(head, process, size) {
                    // SAFETY: `node` never entered the list, so this is its only owner.
                    drop(unsafe { Box::from_raw(node) });
                    return Ok(found);
                }
                // SAFETY: as above; nobody else can see `node` yet.
                unsafe { (*node).next = head };
            }
        }
    }
}

fn find(mut node: *const Node, process: u32, size: usize) -> Option<&'static ThreadPool> {
    // SAFETY: every pointer in the list comes from a box that is never freed or changed again.
    while let Some(here) = unsafe { node.as_ref() } {
        if here.process == process && here.size == size {
            return Some(&here.pool);
        }
        node = here.next;
    }
    None
}

fn size_in_force(py: Python<'_>) -> PyResult<usize> {
    let blocks = open_blocks(py)?.call_method0(intern!(py, "get"))?;
    match blocks.cast::<PyTuple>()?.iter().next_back() {
        Some(innermost) => innermost.getattr(intern!(py, "n"))?.extract(),
        None => default_size(),
    }
}

fn default_size() -> PyResult<usize> {
    match std::env::var(VARIABLE) {
        Ok(text) if !text.trim().is_empty() => match text.trim().parse::<usize>() {
            Ok(size) if (1..=MOST).contains(&size) => Ok(size),
            _ => Err(PyValueError::new_err(format!(
                "the environment variable {VARIABLE} is {text:?}; it must be a whole number from 1 to {MOST}"
            ))),
        },
        _ => Ok(granted()),
    }
}

fn granted() -> usize {
    match GRANTED.load(Ordering::Relaxed) {
        0 => {
            let found = std::thread::available_parallelism().map_or(1, usize::from);
            let granted = found.min(MOST);
            GRANTED.store(granted, Ordering::Relaxed);
            granted
        }
        granted => granted,
    }
}

/// Number of threads that kernels use where this is called.
#[pyfunction]
pub fn get_threads(py: Python<'_>) -> PyResult<usize> {
    size_in_force(py)
}
