//! The extension module `typicality._core`: every function converts its arguments, calls the core
//! through the gate of [`enter`], and wraps what comes back.

mod arrays;
mod draws;
mod enter;
mod errors;
mod infinite_width;
mod networks;
mod quantum;
mod spectra;
mod subsystems;
mod threads;
mod workspace;

use pyo3::prelude::*;

/// Kernels of the package `typicality`; the public doors are in its Python modules.
#[pymodule]
mod _core {
    use super::{Bound, PyModule, PyResult};

    #[pymodule_export]
    use super::threads::get_threads;

    /// Adds what the other files of the border define.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        use pyo3::types::PyModuleMethods;
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("open_blocks", super::threads::open_blocks(module.py())?)?;
        super::spectra::register(module)?;
        super::quantum::register(module)?;
        super::subsystems::register(module)?;
        super::workspace::register(module)?;
        super::networks::register(module)?;
        super::infinite_width::register(module)
    }
}
