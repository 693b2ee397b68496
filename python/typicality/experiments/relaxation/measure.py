"""Relaxation after a quench, Sec. II: time averages against the microcanonical mean of Eq. (1).

A product state evolves under a chaotic spin chain. Its local expectation values settle at those of
the energy shell and then fluctuate the less, the more eigenvectors take part: the state's effective
dimension bounds the variance in time as d bounds the variance over the shell in Eq. (1).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from typicality._product import product
from typicality._random import Seeds
from typicality.experiments.experiment import Experiment, Progress
from typicality.experiments.stage import stage
from typicality.quantum import (
    EnergyShell,
    evolved_states,
    ising_chain,
    microcanonical_states,
    pauli,
)
from typicality.results.estimates import mean_estimate, variance_estimate
from typicality.results.variables import Variables, coordinate, dataset, estimated, variable

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Relaxation"]

Floats = npt.NDArray[np.float64]

# Two times this far apart in mean phases are independent to far below the standard errors.
_HORIZON = 1e6


class Relaxation(Experiment, frozen=True, kw_only=True):
    """Quench of a product state under the Ising chain in transverse and longitudinal fields.

    All spins start in the same direction of the yz-plane. The observable is Z of the middle spin.

    Parameters
    ----------
    n_spins : tuple of int, default: (6, 8, 10)
        Lengths of the chain, ascending, from 4 to 13: all eigenvectors are computed.
    polarization : float, default: -0.5
        <Z> of each spin at the start, between -1 and 1; it sets the energy.
    longest_time : float, default: 20.0
        End of the curves, in inverse units of the coupling.
    n_times : int, default: 81
        Points of each curve.
    n_late : int, default: 400
        Random late times over which expectation values are averaged.
    n_states : int, default: 40
        Typical states of the energy window that stand for the microcanonical ensemble.
    window : float, default: 1.0
        Width of that window around the energy of the state, in units of the coupling.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import Relaxation
    >>> data = Relaxation(n_spins=(4, 5), n_times=5, n_late=20, n_states=4).run(rng=1)
    >>> data["expectation"].dims, data.sizes["time"]
    (('n_spins', 'time'), 5)
    """

    name: ClassVar[str] = "relaxation"
    title: ClassVar[str] = "Relaxation after a quench"
    equation: ClassVar[str] = "Eq. (1), Sec. II"
    summary: ClassVar[str] = "time averages after a quench against the microcanonical mean"
    full: ClassVar[dict[str, Any]] = {
        "n_spins": (6, 7, 8, 9, 10, 11, 12),
        "longest_time": 40.0,
        "n_times": 201,
        "n_late": 1000,
        "n_states": 100,
    }

    n_spins: tuple[int, ...] = (6, 8, 10)
    polarization: float = -0.5
    longest_time: float = 20.0
    n_times: int = 81
    n_late: int = 400
    n_states: int = 40
    window: float = 1.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        if not self.n_spins or sorted(set(self.n_spins)) != list(self.n_spins):
            raise ValueError(f"n_spins must be ascending without repetition; got {self.n_spins}.")
        if not 4 <= self.n_spins[0] <= self.n_spins[-1] <= 13:
            raise ValueError(f"n_spins must be from 4 to 13; got {self.n_spins}.")
        if not -1.0 < self.polarization < 1.0:
            raise ValueError(f"polarization must be between -1 and 1; got {self.polarization}.")
        if not 0.0 < self.longest_time <= 1e4:
            raise ValueError(
                f"longest_time must be positive, at most 1e4; got {self.longest_time}."
            )
        if not 0.05 <= self.window <= 100.0:
            raise ValueError(f"window must be from 0.05 to 100; got {self.window}.")
        for name, least in (("n_times", 2), ("n_late", 10), ("n_states", 4)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}; got {getattr(self, name)}.")

    def measure(self, seeds: Seeds, progress: Progress) -> xr.Dataset:
        """Quench each chain, by Chebyshev steps and by eigenvectors.

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
        times = np.linspace(0.0, self.longest_time, self.n_times)
        rows: list[dict[str, Any]] = []
        # Diagonalization takes eight times as long for each further spin.
        work = np.cumsum([8.0**n for n in self.n_spins])
        before = 0.0
        for n, done in zip(self.n_spins, work / work[-1], strict=True):
            now = stage(progress, before, float(done), f"{n} spins")
            rows.append(self._quench(n, times, seeds, now))
            before = float(done)
        return dataset(
            _variables(rows),
            coords={
                "n_spins": coordinate("n_spins", np.array(self.n_spins), "spins"),
                "time": coordinate("time", times, "time", "1/coupling"),
            },
        )

    def _quench(self, n: int, times: Floats, seeds: Seeds, progress: Progress) -> dict[str, Any]:
        hamiltonian = ising_chain(n, transverse=-1.05, longitudinal=0.5)
        observable = pauli("I" * (n // 2) + "Z" + "I" * (n - 1 - n // 2))
        psi = self._start(n)
        signs = observable.diagonal()
        evolved = evolved_states(hamiltonian, psi, times, progress=stage(progress, 0.0, 0.1))
        curve = (np.abs(evolved) ** 2) @ signs
        shell = EnergyShell.from_hamiltonian(
            hamiltonian, window=(-math.inf, math.inf), progress=stage(progress, 0.1, 0.7)
        )
        levels = shell.energies
        amplitudes = shell.basis.T @ psi
        weights = np.asarray(np.abs(amplitudes)) ** 2
        progress(0.7, "matrix of Z between the levels")
        matrix = shell.restriction(observable)
        diagonal = np.diag(matrix)
        moments = _late_times(seeds, n, self.n_late)
        late = _expectations(moments, amplitudes, levels, matrix, stage(progress, 0.8, 0.9))
        mean = float(weights @ levels)
        width = math.sqrt(float(weights @ (levels - mean) ** 2))
        window = np.exp(-0.5 * ((levels - mean) / self.window) ** 2)
        window /= window.sum()
        ensemble = float(window @ diagonal)
        typical = microcanonical_states(
            hamiltonian,
            mean,
            self.window,
            self.n_states,
            rng=seeds.seed("typical", n),
            progress=stage(progress, 0.9, 1.0),
        )
        # The variance over all times, if no two gaps between levels are equal.
        squares = matrix**2
        np.fill_diagonal(squares, 0.0)
        return {
            "expectation": curve,
            "late_mean": mean_estimate(late),
            "late_variance": variance_estimate(late),
            "typical_mean": mean_estimate((np.abs(typical) ** 2) @ signs),
            "late_mean_exact": float(weights @ diagonal),
            "late_variance_exact": float(weights @ squares @ weights),
            "late_variance_bound": float(np.sum(weights**2)),
            "typical_mean_exact": ensemble,
            "effective_dimension": 1 / float(np.sum(weights**2)),
            "eigenstate_deviation": math.sqrt(float(window @ (diagonal - ensemble) ** 2)),
            "energy": mean,
            "energy_deviation": width,
        }

    def _start(self, n: int) -> npt.NDArray[Any]:
        up = math.sqrt((1 + self.polarization) / 2)
        spin = np.array([up, 1j * math.sqrt(1 - up * up)])
        state = np.ones(1, dtype=np.complex128)
        for _ in range(n):
            state = np.kron(state, spin)
        return state / np.linalg.norm(state)


def _late_times(seeds: Seeds, n: int, count: int) -> Floats:
    """Return random late times of one chain, uniform over the horizon."""
    return np.random.default_rng(seeds.seed("late", n)).uniform(0.0, _HORIZON, count)


def _expectations(
    times: Floats,
    amplitudes: npt.NDArray[Any],
    levels: Floats,
    matrix: Floats,
    progress: Progress,
) -> Floats:
    values = np.empty(times.size)
    # By blocks, so that memory stays that of the matrix.
    for start in range(0, times.size, 64):
        progress(start / times.size, "late times")
        chosen = times[start : start + 64]
        evolved = amplitudes[:, None] * np.exp(-1j * levels[:, None] * chosen)
        parts = np.concatenate([np.real(evolved), np.imag(evolved)], axis=1)
        sums = np.einsum("ij,ij->j", parts, product(matrix, parts))
        values[start : start + 64] = sums[: chosen.size] + sums[chosen.size :]
    return values


def _variables(rows: list[dict[str, Any]]) -> Variables:
    estimates = {
        "late_mean": "mean of <Z> over late times",
        "late_variance": "variance of <Z> over late times",
        "typical_mean": "mean of <Z> over typical states of the energy window",
    }
    theory = {
        "late_mean_exact": ("exact", "diagonal ensemble, sum |c_n|^2 Z_nn", "1"),
        "late_variance_exact": ("exact", "sum over m != n of |c_m|^2 |c_n|^2 |Z_mn|^2", "1"),
        "late_variance_bound": ("bound", "||Z||^2 / d_eff", "1"),
        "typical_mean_exact": ("exact", "microcanonical mean with a Gaussian window", "1"),
        "effective_dimension": ("exact", "effective dimension 1 / sum |c_n|^4", "1"),
        "eigenstate_deviation": ("exact", "standard deviation of Z_nn in the window", "1"),
        "energy": ("exact", "energy of the state", "coupling"),
        "energy_deviation": ("exact", "standard deviation of its energy", "coupling"),
    }
    variables: Variables = {
        "expectation": variable(
            ("n_spins", "time"), [row["expectation"] for row in rows], "measured", "<Z>(t)"
        )
    }
    for name, label in estimates.items():
        means, errors = zip(*(row[name] for row in rows), strict=True)
        variables |= estimated(name, "n_spins", (np.array(means), np.array(errors)), label)
    for name, (kind, label, units) in theory.items():
        variables[name] = variable("n_spins", [row[name] for row in rows], kind, label, units)
    return variables
