"""Relaxation after a quench, Sec. II: time averages against the microcanonical mean of Eq. (1).

A product state evolves under a chaotic spin chain. Its local expectation values settle at those of
the energy shell and then fluctuate the less, the more eigenvectors take part: the state's effective
dimension bounds the variance in time as d bounds the variance over the shell in Eq. (1).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats
from typicality._product import product
from typicality._progress import Progress, stage
from typicality._random import Seeds
from typicality.experiments.chaotic_chain import chaotic_chain
from typicality.experiments.relaxation.variables import RelaxationVariables as V
from typicality.quantum import (
    EnergyShell,
    evolved_states,
    microcanonical_states,
    pauli,
)
from typicality.results.estimates import mean_estimate, stack_estimates, variance_estimate
from typicality.results.table import Values

if TYPE_CHECKING:
    from typicality.experiments.relaxation.experiment import Relaxation

__all__ = ["measure"]


# Two times this far apart in mean phases are independent to far below the standard errors.
_HORIZON = 1e6


def measure(experiment: Relaxation, seeds: Seeds, progress: Progress) -> Values:
    """Quench each chain, by Chebyshev steps and by eigenvectors."""
    times = np.linspace(0.0, experiment.longest_time, experiment.n_times)
    rows: list[dict[str, Any]] = []
    # Diagonalization takes eight times as long for each further spin.
    work = np.cumsum([8.0**n for n in experiment.n_spins])
    before = 0.0
    for n, done in zip(experiment.n_spins, work / work[-1], strict=True):
        now = stage(progress, before, float(done), f"{n} spins")
        rows.append(_quench(experiment, n, times, seeds, now))
        before = float(done)
    return _variables(rows) | {
        V.n_spins: np.array(experiment.n_spins),
        V.time: times,
    }


def _quench(
    experiment: Relaxation, n: int, times: Floats, seeds: Seeds, progress: Progress
) -> dict[str, Any]:
    hamiltonian = chaotic_chain(n)
    observable = pauli("I" * (n // 2) + "Z" + "I" * (n - 1 - n // 2))
    psi = _start(experiment, n)
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
    moments = _late_times(seeds, n, experiment.n_late)
    late = _expectations(moments, amplitudes, levels, matrix, stage(progress, 0.8, 0.9))
    mean = float(weights @ levels)
    width = math.sqrt(float(weights @ (levels - mean) ** 2))
    window = np.exp(-0.5 * ((levels - mean) / experiment.window) ** 2)
    window /= window.sum()
    ensemble = float(window @ diagonal)
    typical = microcanonical_states(
        hamiltonian,
        mean,
        experiment.window,
        experiment.n_states,
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


def _start(experiment: Relaxation, n: int) -> npt.NDArray[Any]:
    up = math.sqrt((1 + experiment.polarization) / 2)
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


def _variables(rows: list[dict[str, Any]]) -> Values:
    variables: Values = {V.expectation: [row["expectation"] for row in rows]}
    for name in (V.late_mean, V.late_variance, V.typical_mean):
        variables[name] = stack_estimates(row[name] for row in rows)
    for name in (
        V.late_mean_exact,
        V.late_variance_exact,
        V.late_variance_bound,
        V.typical_mean_exact,
        V.effective_dimension,
        V.eigenstate_deviation,
        V.energy,
        V.energy_deviation,
    ):
        variables[name] = [row[name] for row in rows]
    return variables
