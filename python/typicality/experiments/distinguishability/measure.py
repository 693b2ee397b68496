"""Distinguishability of reduced states across d_A = d_B, Sec. III, and the steps that end it.

How far rho_A is from the maximally mixed state, from the reduced state of an independent state, and
in an energy shell from Omega_A, by every measure of distinguishability; and how far psi must move
for rho_A to become maximally mixed. Only the linearized step diverges at d_A = d_B: it is the
quantum side's double descent.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy import special

from typicality._interruptible import interruptible
from typicality._random import Seeds
from typicality.experiments.distinguishability.distance_measures import haar_measures
from typicality.experiments.distinguishability.energy_shell import shell_cuts, shell_variables
from typicality.experiments.experiment import Experiment, Progress
from typicality.quantum import (
    haar_reduced_states,
    haar_schmidt_spectra,
    haar_states,
    mean_root_fidelity,
    mean_squared_distance,
    mean_squared_tangent_displacement,
    reduced_density_matrix,
    trace_distance,
    typical_pair_trace_distance,
    typical_trace_distance,
)
from typicality.results.estimates import Estimate, mean_estimate, stacked
from typicality.results.variables import Variables, coordinate, dataset, estimated, variable

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Distinguishability"]

Floats = npt.NDArray[np.float64]

_SMALL: tuple[tuple[int, int], ...] = ((2, 2), (2, 3), (2, 4), (2, 8), (2, 16))
_BLOCK_ENTRIES = 2**22


class Distinguishability(Experiment, frozen=True, kw_only=True):
    """Distances of reduced states and lengths of the steps to the maximally mixed one.

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

    def measure(self, seeds: Seeds, progress: Progress) -> xr.Dataset:
        """Measure the sweep over d_A, all measures, finite sizes, and the energy shell.

        Parameters
        ----------
        seeds : Seeds
            Source of randomness.
        progress : callable
            Called with the fraction done.

        Returns
        -------
        xarray.Dataset
        """
        variables = self._sweep(seeds, progress)
        progress(0.5, "all measures")
        variables |= haar_measures(self.ratio_d_a, self.ratio_d_b, self.n_compared, seeds)
        progress(0.7, "small cases")
        variables |= self._small_cases(seeds)
        progress(0.75, "finite sizes")
        variables |= self._balanced(seeds)
        progress(0.85, "energy shell")
        variables |= shell_variables(
            self.n_spins, self.n_levels, self.center, self.n_samples, seeds
        )
        progress(1.0, "done")
        ratio_d_a = np.array(self.ratio_d_a)
        d_a = np.array(self.d_a)
        return dataset(
            variables,
            coords={
                "d_a": coordinate("d_a", d_a, "dimension of A"),
                "c": coordinate("d_a", d_a / self.d_b, "d_A / d_B"),
                "small_d_b": coordinate("small", [b for _, b in _SMALL], "dimension of B, d_A = 2"),
                "ratio_d_a": coordinate(
                    "ratio_d_a", ratio_d_a, "dimension of A where all measures are compared"
                ),
                "ratio_c": coordinate("ratio_d_a", ratio_d_a / self.ratio_d_b, "d_A / d_B there"),
                "size": coordinate("size", list(self.sizes), "d_A = d_B"),
                "n_a": coordinate("n_a", shell_cuts(self.n_spins), "spins in A"),
            },
        )

    def _sweep(self, seeds: Seeds, progress: Progress) -> Variables:
        rows: dict[str, list[Estimate]] = {}
        quartiles: list[Floats] = []
        for index, d_a in enumerate(self.d_a):
            progress(0.5 * index / len(self.d_a), f"d_A = {d_a}")
            measured = self._in_law(seeds, d_a)
            # The linearized step has no finite variance near d_A = d_B: its quartiles always do.
            quartiles.append(np.quantile(measured["displacement"], [0.25, 0.5, 0.75]))
            measured["distance_explicit"] = self._explicit(seeds, d_a)
            measured["pair_distance_explicit"] = self._pairs(seeds, d_a, explicit=True)
            for name, samples in measured.items():
                rows.setdefault(name, []).append(mean_estimate(samples))
            # For d_A > d_B no state of rank d_B is maximally mixed: there is no exact step at all.
            exists = d_a <= self.d_b
            rows.setdefault("uhlmann", []).append(
                mean_estimate(self._uhlmann(seeds, d_a))
                if exists
                else (np.array(np.inf), np.array(0.0))
            )
        labels = {
            "distance": "trace distance of rho_A to the maximally mixed state",
            "distance_explicit": "trace distance to the maximally mixed state, explicit states",
            "pair_distance": "trace distance of rho_A of two independent states",
            "pair_distance_explicit": "trace distance of rho_A of two explicit states",
            "squared_distance": "squared Hilbert-Schmidt distance to the maximally mixed state",
            "displacement": "squared linearized displacement to the maximally mixed state",
            "uhlmann": "squared exact displacement to the maximally mixed state",
        }
        variables: Variables = {}
        for name, label in labels.items():
            means, errors = zip(*rows[name], strict=True)
            variables |= estimated(name, "d_a", (np.array(means), np.array(errors)), label)
        for column, share in enumerate(("lower quartile", "median", "upper quartile")):
            variables["displacement_" + share.replace(" ", "_")] = variable(
                "d_a", [row[column] for row in quartiles], "quantile", f"{share} of the square"
            )
        return variables | self._sweep_theory()

    def _sweep_theory(self) -> Variables:
        sides = [(d_a, self.d_b) for d_a in self.d_a]
        ratios = np.array(self.d_a) / self.d_b
        uhlmann = [
            2 - 2 * mean_root_fidelity(a, b, pair="state, mixed") if a <= b else math.inf
            for a, b in sides
        ]
        return {
            "distance_asymptotic": variable(
                "d_a", typical_trace_distance(ratios), "asymptotic", "limit T(c)"
            ),
            "pair_distance_asymptotic": variable(
                "d_a", typical_pair_trace_distance(ratios), "asymptotic", "limit T_pair(c)"
            ),
            "squared_distance_exact": variable(
                "d_a",
                [mean_squared_distance(*side) for side in sides],
                "exact",
                "mean squared Hilbert-Schmidt distance",
            ),
            "displacement_exact": variable(
                "d_a",
                [mean_squared_tangent_displacement(*side) for side in sides],
                "exact",
                "mean squared linearized displacement",
            ),
            "uhlmann_exact": variable(
                "d_a", uhlmann, "exact", "mean squared displacement, infinite without a solution"
            ),
        }

    def _uhlmann(self, seeds: Seeds, d_a: int) -> Floats:
        spectra = haar_schmidt_spectra(
            d_a, self.d_b, self.n_samples, rng=seeds.seed("spectra", d_a)
        )
        return ((np.sqrt(spectra) - d_a**-0.5) ** 2).sum(axis=-1)

    def _in_law(self, seeds: Seeds, d_a: int) -> dict[str, Floats]:
        spectra = haar_schmidt_spectra(
            d_a, self.d_b, self.n_samples, rng=seeds.seed("spectra", d_a)
        )
        zeros = d_a - spectra.shape[-1]
        steps = (spectra - 1 / d_a) ** 2
        with np.errstate(divide="ignore"):
            displacement = (steps / spectra).sum(axis=-1) / 4
        return {
            "distance": (np.abs(spectra - 1 / d_a).sum(axis=-1) + zeros / d_a) / 2,
            "squared_distance": steps.sum(axis=-1) + zeros / d_a**2,
            "displacement": displacement,
            "pair_distance": self._pairs(seeds, d_a),
        }

    def _pairs(self, seeds: Seeds, d_a: int, *, explicit: bool = False) -> Floats:
        return _pair_distances(
            seeds, (d_a, self.d_b), self.n_samples, "explicit pairs" if explicit else "pairs"
        )

    def _explicit(self, seeds: Seeds, d_a: int) -> Floats:
        states = haar_states(d_a * self.d_b, self.n_samples, rng=seeds.seed("states", d_a))
        # The smaller side has all nonzero eigenvalues; its own zeros are none.
        small, zeros = min(d_a, self.d_b), max(0, d_a - self.d_b)
        kept = 0 if d_a <= self.d_b else 1
        rho = reduced_density_matrix(states, (d_a, self.d_b), kept)
        shifted = rho - np.eye(small) / d_a
        return (np.abs(interruptible(np.linalg.eigvalsh, shifted)).sum(axis=-1) + zeros / d_a) / 2

    def _small_cases(self, seeds: Seeds) -> Variables:
        means: list[Estimate] = []
        for d_a, d_b in _SMALL:
            rho = haar_reduced_states(d_a, d_b, self.n_small, rng=seeds.seed("small", d_b))
            means.append(mean_estimate(trace_distance(rho, np.eye(2) / 2)))
        pairs = haar_reduced_states(2, 2, (2, self.n_small), rng=seeds.seed("small pairs"))
        values, errors = zip(*means, strict=True)
        exact = [special.beta(2, b - 1) / (2 * special.beta(1.5, b - 1)) for _, b in _SMALL]
        return {
            **estimated(
                "small_distance",
                "small",
                (np.array(values), np.array(errors)),
                "trace distance of a qubit's state to 1/2",
            ),
            "small_distance_exact": variable(
                "small", exact, "exact", "mean length of the Bloch vector, halved"
            ),
            **estimated(
                "small_pair_distance",
                (),
                mean_estimate(trace_distance(pairs[0], pairs[1])),
                "trace distance of two independent states, d_A = d_B = 2",
            ),
            "small_pair_distance_exact": variable((), 18 / 35, "exact", "mean of a pair"),
        }

    def _balanced(self, seeds: Seeds) -> Variables:
        mixed: list[Estimate] = []
        pairs: list[Estimate] = []
        for d in self.sizes:
            spectra = haar_schmidt_spectra(d, d, self.n_balanced, rng=seeds.seed("balanced", d))
            mixed.append(mean_estimate(np.abs(spectra - 1 / d).sum(axis=-1) / 2))
            distances = _pair_distances(seeds, (d, d), self.n_balanced, "balanced pairs")
            pairs.append(mean_estimate(distances))
        limits = (float(typical_trace_distance(1.0)), float(typical_pair_trace_distance(1.0)))
        return {
            **estimated(
                "balanced_distance",
                "size",
                stacked(mixed),
                "trace distance of rho_A to I/d_A, d_A = d_B",
            ),
            **estimated(
                "balanced_pair_distance",
                "size",
                stacked(pairs),
                "trace distance of rho_A of two independent states, d_A = d_B",
            ),
            "balanced_distance_asymptotic": variable((), limits[0], "asymptotic", "T(1)"),
            "balanced_pair_distance_asymptotic": variable((), limits[1], "asymptotic", "T_pair(1)"),
        }


def _pair_distances(seeds: Seeds, sides: tuple[int, int], count: int, route: str) -> Floats:
    """Trace distances of pairs, a block at a time: one of thousands of matrices would not fit."""
    block = max(1, _BLOCK_ENTRIES // (sides[0] * max(sides)))
    parts: list[Floats] = []
    for start in range(0, count, block):
        size, seed = (2, min(block, count - start)), seeds.seed(route, sides[0], start)
        if route == "explicit pairs":
            states = haar_states(sides[0] * sides[1], size, rng=seed)
            rho = reduced_density_matrix(states, sides, 0)
        else:
            rho = haar_reduced_states(*sides, size, rng=seed)
        parts.append(trace_distance(rho[0], rho[1]))
    return np.concatenate(parts)
