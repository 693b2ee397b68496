"""Parameters of the RenyiEntropy experiment."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Final

from typicality.experiments.experiment import Experiment
from typicality.experiments.renyi_entropy.variables import RenyiEntropyVariables
from typicality.results.table import Table

__all__ = ["RenyiEntropy"]

# Up to here no exact mean of a power trace underflows, 2e-285 for the halves of 12 qubits.
_LARGEST_ORDER: Final = 250.0


class RenyiEntropy(Experiment, frozen=True, kw_only=True):
    """Mean Renyi entropies of GUE eigenvectors, Haar states and a spin chain's, on every cut.

    The chain is an open mixed-field Ising chain of as many spins; its shell lies in the middle of
    the spectrum. The mean over its eigenstates involves no chance: its standard error is zero.

    Parameters
    ----------
    n_qubits : int, default: 8
        Number of qubits n, from 2 to 12; the matrices have 2**n rows.
    n_matrices : int, default: 200
        Number of matrices that are drawn and diagonalized. Eigenvectors of one matrix are
        orthogonal and so not independent: the middle one is taken of each.
    n_states : int, default: 4000
        Number of Haar-random states, and of typical states of the chain's shell.
    n_levels : int, default: 32
        Levels of that shell; a shorter chain takes half of its levels.
    alphas : tuple of float, default: (0.5, 1.0, 2.0, 3.0, inf)
        Orders of the entropies, positive and without repetition: up to 250, and infinity.
    balanced_dimensions : tuple of int, default: (4, 6, 8, 12, 16, 24, 32, 48, 64)
        Dimensions ``d_A = d_B`` at which the approach to Eq. (2) is measured.
    n_spectra : int, default: 20000
        Draws for each of them.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import RenyiEntropy
    >>> data = RenyiEntropy(n_qubits=4, n_matrices=10, n_states=50, balanced_dimensions=(4, 8),
    ...                     n_spectra=50).run(rng=1)
    >>> data["entropy"].dims, data["entropy"].shape
    (('source', 'alpha', 'n_a'), (4, 5, 3))
    """

    name: ClassVar[str] = "renyi-entropy"
    title: ClassVar[str] = "Rényi entropies of random eigenvectors"
    equation: ClassVar[str] = "Eq. (2)"
    summary: ClassVar[str] = "entropies of GUE eigenvectors and Haar states on every cut"
    variables: ClassVar[type[Table]] = RenyiEntropyVariables
    usual_seconds: ClassVar[float] = 5.0
    result_version: ClassVar[int] = 3
    full: ClassVar[dict[str, Any]] = {
        "n_qubits": 10,
        "n_matrices": 400,
        "n_states": 20000,
        "n_levels": 100,
        "balanced_dimensions": (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128),
        "n_spectra": 200000,
    }

    n_qubits: int = 8
    n_matrices: int = 200
    n_states: int = 4000
    n_levels: int = 32
    alphas: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0, math.inf)
    balanced_dimensions: tuple[int, ...] = (4, 6, 8, 12, 16, 24, 32, 48, 64)
    n_spectra: int = 20000

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        if not 2 <= self.n_qubits <= 12:
            raise ValueError(f"n_qubits must be from 2 to 12; got {self.n_qubits}.")
        for name in ("n_matrices", "n_states", "n_levels", "n_spectra"):
            if getattr(self, name) < 2:
                raise ValueError(f"{name} must be at least 2; got {getattr(self, name)}.")
        orders = self.alphas
        allowed = all(0 < alpha <= _LARGEST_ORDER or alpha == math.inf for alpha in orders)
        if not orders or len(set(orders)) < len(orders) or not allowed:
            raise ValueError(
                f"alphas must be different positive numbers up to {_LARGEST_ORDER:g}, or infinity; "
                f"got {orders}."
            )
        sizes = self.balanced_dimensions
        if not sizes or len(set(sizes)) < len(sizes) or not all(2 <= d <= 4096 for d in sizes):
            raise ValueError(
                f"balanced_dimensions must be different integers from 2 to 4096; got {sizes}."
            )
