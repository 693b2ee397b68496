//! The single gate from Python into the core.
//!
//! The work runs in our own pool, under `catch_unwind`. The calling thread lets go of the
//! interpreter and waits; every 50 ms it takes it back to look for signals and to report progress.
//! Where that raises, the work is told to stop and the exception is raised once it has.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use typicality::error::{Error, Result};
use typicality::execution::Job;

use crate::errors::to_python;
use crate::threads;

const POLL: Duration = Duration::from_millis(50);
/// Threads that are woken up at once.
const WAKE: usize = 4;

/// Runs `work` in the pool; Ctrl-C stops it.
pub fn run<T, F>(py: Python<'_>, work: F) -> PyResult<T>
where
    T: Send,
    F: FnOnce(&Job) -> Result<T> + Send,
{
    run_with_progress(py, None, work)
}

/// As [`run`], and calls `progress(fraction, text)` about every 50 ms from the waiting thread.
pub fn run_with_progress<T, F>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    work: F,
) -> PyResult<T>
where
    T: Send,
    F: FnOnce(&Job) -> Result<T> + Send,
{
    let pool = threads::current(py)?;
    let progress: Option<Py<PyAny>> = progress.map(|callable| callable.clone().unbind());
    let job = Job::new();
    let (outcome, raised) = py.detach(|| {
        // A processor takes long to wake up: a few threads do so together with the first one, not
        // when it finds work for them.
        for _ in 1..pool.current_num_threads().min(WAKE) {
            pool.spawn(|| {});
        }
        let (sender, receiver) = mpsc::channel();
        let job = &job;
        let mut raised: Option<PyErr> = None;
        let outcome = pool.in_place_scope(|scope| {
            scope.spawn(move |_| {
                let outcome = catch_unwind(AssertUnwindSafe(|| work(job)));
                // The receiver outlives the scope, so this cannot fail.
                let _ = sender.send(outcome);
            });
            loop {
                match receiver.recv_timeout(POLL) {
                    Ok(outcome) => return Some(outcome),
                    Err(RecvTimeoutError::Disconnected) => return None,
                    Err(RecvTimeoutError::Timeout) if raised.is_none() => {
                        if let Err(error) = look_up(progress.as_ref(), job) {
                            raised = Some(error);
                            job.stop();
                        }
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                }
            }
        });
        (outcome, raised)
    });
    match (outcome, raised) {
        (_, Some(error)) => Err(error),
        (Some(Ok(Ok(value))), None) => {
            if let Some(callable) = progress {
                callable.call1(py, (1.0, job.text()))?;
            }
            Ok(value)
        }
        (Some(Ok(Err(error))), None) => Err(to_python(py, &error)),
        (Some(Err(panic)), None) => Err(panicked(&*panic)),
        (None, None) => Err(to_python(py, &Error::Interrupted)),
    }
}

fn look_up(progress: Option<&Py<PyAny>>, job: &Job) -> PyResult<()> {
    Python::attach(|py| {
        py.check_signals()?;
        match progress {
            Some(callable) => callable.call1(py, (job.fraction(), job.text())).map(drop),
            None => Ok(()),
        }
    })
}

fn panicked(panic: &(dyn Any + Send)) -> PyErr {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    PyRuntimeError::new_err(format!(
        "internal error of typicality (please report it): {text}"
    ))
}
