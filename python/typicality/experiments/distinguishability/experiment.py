"""Parameters of the Distinguishability experiment."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from typicality.experiments.distinguishability.variables import DistinguishabilityVariables
from typicality.experiments.experiment import Experiment
from typicality.results.table import Table

__all__ = ["Distinguishability"]


class Distinguishability(Experiment, frozen=True, kw_only=True):
    """Distances of reduced states, and displacements to the maximally mixed one.

    Parameters
    ----------
    d_b : int, default: 24
        Dimension of the environment, from 4 to 512.
    d_a : tuple of int, default: nineteen from 2 to 96
        Dimensions of the subsystem, ascending, at most 1024.
    n_samples : int, default: 200
        Independent states of each pair of dimensions, sampled from the exact distribution of rho_A
        and built explicitly.
    n_small : int, default: 4000
        States of the small cases whose means are known exactly.
    ratio_d_b : int, default: 12
        Dimension of the environment where all measures are compared, from 2 to 128.
    ratio_d_a : tuple of int, default: nine from 2 to 36
        Dimensions of the subsystem there, ascending, at most 256.
    n_compared : int, default: 100
        Pairs of states of each of these, sampled and explicit.
    sizes : tuple of int, default: eight from 2 to 24
        Values of d_A = d_B at which finite size is shown, ascending, at most 128.
    n_balanced : int, default: 16000
        States, and pairs of states, at each of these: the shift to be seen is small.
    n_spins : int, default: 10
        Length of the Ising chain, from 4 to 13.
    n_levels : int, default: 100
        States of its energy shell.
    center : float, default: -6.0
        Energy of the shell, away from the middle of the spectrum, where Omega_A is not the
        maximally mixed state I/d_A.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import Distinguishability
    >>> small = Distinguishability(
    ...     d_b=4, d_a=(2, 4, 8), n_samples=50, n_small=50, n_spins=6, n_levels=10,
    ...     ratio_d_b=3, ratio_d_a=(2, 3, 6), n_compared=20, sizes=(2, 4),
    ...     n_balanced=50,
    ... )
    >>> data = small.run(rng=1)
    >>> data["distance"].dims, bool(data["displacement_exact"].max() == float("inf"))
    (('d_a',), True)
    >>> data["ratio_pair_relative_entropy_exact"].values.round(3).tolist()
    [0.583, 1.222, inf]
    """

    name: ClassVar[str] = "distinguishability"
    title: ClassVar[str] = "Distinguishability of reduced states"
    equation: ClassVar[str] = "Sec. III"
    summary: ClassVar[str] = "distances of reduced states and the quantum double descent"
    variables: ClassVar[type[Table]] = DistinguishabilityVariables
    usual_seconds: ClassVar[float] = 5.0
    result_version: ClassVar[int] = 3
    full: ClassVar[dict[str, Any]] = {
        "d_b": 64,
        "d_a": (2, 4, 8, 16, 32, 48, 56, 60, 62, 63, 64, 65, 66, 68, 72, 80, 96, 128, 192, 256),
        "n_samples": 400,
        "n_small": 20000,
        "ratio_d_b": 24,
        "ratio_d_a": (3, 6, 8, 12, 16, 18, 24, 30, 36, 48),
        "n_compared": 200,
        "n_balanced": 40000,
        "sizes": (2, 3, 4, 6, 8, 12, 16, 24, 32, 48),
        "n_spins": 12,
        "n_levels": 400,
        "center": -7.0,
    }

    d_b: int = 24
    d_a: tuple[int, ...] = (
        2, 3, 4, 6, 8, 12, 16, 20, 22, 23, 24, 25, 26, 28, 32, 40, 48, 64, 96,
    )  # fmt: skip
    n_samples: int = 200
    n_small: int = 4000
    ratio_d_b: int = 12
    ratio_d_a: tuple[int, ...] = (2, 3, 4, 6, 9, 12, 18, 24, 36)
    n_compared: int = 100
    sizes: tuple[int, ...] = (2, 3, 4, 6, 8, 12, 16, 24)
    n_balanced: int = 16000
    n_spins: int = 10
    n_levels: int = 100
    center: float = -6.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        for name, low, high in (("d_b", 4, 512), ("ratio_d_b", 2, 128)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must be from {low} to {high}; got {getattr(self, name)}.")
        for name, high in (("d_a", 1024), ("ratio_d_a", 256), ("sizes", 128)):
            values: tuple[int, ...] = getattr(self, name)
            if not values or sorted(set(values)) != list(values):
                raise ValueError(f"{name} must be ascending without repetition; got {values}.")
            if not 2 <= values[0] <= values[-1] <= high:
                raise ValueError(f"{name} must hold dimensions from 2 to {high}; got {values}.")
        for name in ("n_samples", "n_small", "n_compared", "n_balanced"):
            if getattr(self, name) < 4:
                raise ValueError(f"{name} must be at least 4; got {getattr(self, name)}.")
        if not 4 <= self.n_spins <= 13:
            raise ValueError(f"n_spins must be from 4 to 13; got {self.n_spins}.")
        if not 2 <= self.n_levels <= 2**self.n_spins:
            raise ValueError(
                f"n_levels must be from 2 to 2**n_spins={2**self.n_spins}; got {self.n_levels}."
            )
        if not math.isfinite(self.center):
            raise ValueError(f"center must be finite; got {self.center}.")
