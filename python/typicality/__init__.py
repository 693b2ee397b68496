"""The statistics of very large systems seen through few observables.

Quantum thermalization and wide neural networks, with the Wishart matrices under both, after
T. Monnai, "Typicality of thermal states in isolated quantum systems corresponds to ubiquity of
global minima in deep artificial neural networks". The cost of an answer depends on the observables
asked for, never on the dimension that is averaged away.

Subpackages are loaded when they are first used: `spectra` (Wishart matrices and their laws),
`quantum` (states, reduced density matrices, entropies), `networks` (neural tangent kernels and
global minima), `correspondence` (both sides of the paper's Table 1), `interop` (states of QuTiP and
Qiskit), `experiments`, `plots` and `report`.

Examples
--------
>>> import typicality as ty
>>> spectra = ty.quantum.haar_schmidt_spectra(4, 2**40, size=1000, rng=1)
>>> spectra.shape
(1000, 4)
"""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from typicality import errors
from typicality._threads import threads
from typicality._version import __version__

if TYPE_CHECKING:
    from typicality import (
        correspondence,
        experiments,
        interop,
        networks,
        plots,
        quantum,
        report,
        spectra,
    )

__all__ = [
    "__version__",
    "correspondence",
    "errors",
    "experiments",
    "interop",
    "networks",
    "plots",
    "quantum",
    "report",
    "spectra",
    "threads",
]

_SUBPACKAGES = frozenset(__all__) - {"__version__", "errors", "threads"}


def __getattr__(name: str) -> ModuleType:
    if name in _SUBPACKAGES:
        return importlib.import_module(f"typicality.{name}")
    raise AttributeError(f"module 'typicality' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
