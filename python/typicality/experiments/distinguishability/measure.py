"""Distinguishability of reduced states across d_A = d_B, Sec. III, and displacements to I/d_A.

How far rho_A is from the maximally mixed state, from the reduced state of an independent state, and
in an energy shell from Omega_A, by every measure of distinguishability; and how far psi must move
for rho_A to become maximally mixed. Only the linearized displacement diverges at d_A = d_B: it is
the quantum side's double descent.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from typicality._arrays import Floats
from typicality._interruptible import interruptible
from typicality._progress import Progress
from typicality._random import Seeds
from typicality.experiments.distinguishability.distance_measures import haar_measures
from typicality.experiments.distinguishability.energy_shell import shell_cuts, shell_variables
from typicality.experiments.distinguishability.variables import DistinguishabilityVariables as V
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
from typicality.results.estimates import Estimate, mean_estimate, stack_estimates
from typicality.results.table import Values

if TYPE_CHECKING:
    from typicality.experiments.distinguishability.experiment import Distinguishability

__all__ = ["measure"]


_SMALL: tuple[tuple[int, int], ...] = ((2, 2), (2, 3), (2, 4), (2, 8), (2, 16))
_BLOCK_ENTRIES = 2**22


def measure(experiment: Distinguishability, seeds: Seeds, progress: Progress) -> Values:
    """Measure the sweep over d_A, all measures, finite sizes, and the energy shell."""
    variables = _sweep(experiment, seeds, progress)
    progress(0.5, "all measures")
    variables |= haar_measures(
        experiment.ratio_d_a, experiment.ratio_d_b, experiment.n_compared, seeds
    )
    progress(0.7, "small cases")
    variables |= _small_cases(experiment, seeds)
    progress(0.75, "finite sizes")
    variables |= _balanced(experiment, seeds)
    progress(0.85, "energy shell")
    variables |= shell_variables(
        experiment.n_spins, experiment.n_levels, experiment.center, experiment.n_samples, seeds
    )
    progress(1.0, "done")
    ratio_d_a = np.array(experiment.ratio_d_a)
    d_a = np.array(experiment.d_a)
    return variables | {
        V.d_a: d_a,
        V.c: d_a / experiment.d_b,
        V.small_d_b: [b for _, b in _SMALL],
        V.ratio_d_a: ratio_d_a,
        V.ratio_c: ratio_d_a / experiment.ratio_d_b,
        V.size: list(experiment.sizes),
        V.n_a: shell_cuts(experiment.n_spins),
    }


def _sweep(experiment: Distinguishability, seeds: Seeds, progress: Progress) -> Values:
    rows: dict[str, list[Estimate]] = {}
    quartiles: list[Floats] = []
    for index, d_a in enumerate(experiment.d_a):
        progress(0.5 * index / len(experiment.d_a), f"d_A = {d_a}")
        measured = _sampled(experiment, seeds, d_a)
        # Near d_A = d_B the linearized displacement has no finite variance, but finite quartiles.
        quartiles.append(np.quantile(measured["displacement"], [0.25, 0.5, 0.75]))
        measured["distance_explicit"] = _explicit(experiment, seeds, d_a)
        measured["pair_distance_explicit"] = _pairs(experiment, seeds, d_a, explicit=True)
        for name, samples in measured.items():
            rows.setdefault(name, []).append(mean_estimate(samples))
        # For d_A > d_B no state of rank d_B is maximally mixed: there is no exact displacement.
        exists = d_a <= experiment.d_b
        rows.setdefault("uhlmann", []).append(
            mean_estimate(_uhlmann(experiment, seeds, d_a))
            if exists
            else (np.array(np.inf), np.array(0.0))
        )
    variables: Values = {
        name: stack_estimates(rows[name])
        for name in (
            V.distance,
            V.distance_explicit,
            V.pair_distance,
            V.pair_distance_explicit,
            V.squared_distance,
            V.displacement,
            V.uhlmann,
        )
    }
    quantiles = (
        V.displacement_lower_quartile,
        V.displacement_median,
        V.displacement_upper_quartile,
    )
    for column, name in enumerate(quantiles):
        variables[name] = [row[column] for row in quartiles]
    return variables | _sweep_theory(experiment)


def _sweep_theory(experiment: Distinguishability) -> Values:
    sides = [(d_a, experiment.d_b) for d_a in experiment.d_a]
    ratios = np.array(experiment.d_a) / experiment.d_b
    uhlmann = [
        2 - 2 * mean_root_fidelity(a, b, pair="state, mixed") if a <= b else math.inf
        for a, b in sides
    ]
    return {
        V.distance_asymptotic: typical_trace_distance(ratios),
        V.pair_distance_asymptotic: typical_pair_trace_distance(ratios),
        V.squared_distance_exact: [mean_squared_distance(*side) for side in sides],
        V.displacement_exact: [mean_squared_tangent_displacement(*side) for side in sides],
        V.uhlmann_exact: uhlmann,
    }


def _uhlmann(experiment: Distinguishability, seeds: Seeds, d_a: int) -> Floats:
    spectra = haar_schmidt_spectra(
        d_a, experiment.d_b, experiment.n_samples, rng=seeds.seed("spectra", d_a)
    )
    return ((np.sqrt(spectra) - d_a**-0.5) ** 2).sum(axis=-1)


def _sampled(experiment: Distinguishability, seeds: Seeds, d_a: int) -> dict[str, Floats]:
    spectra = haar_schmidt_spectra(
        d_a, experiment.d_b, experiment.n_samples, rng=seeds.seed("spectra", d_a)
    )
    zeros = d_a - spectra.shape[-1]
    squares = (spectra - 1 / d_a) ** 2
    with np.errstate(divide="ignore"):
        displacement = (squares / spectra).sum(axis=-1) / 4
    return {
        "distance": (np.abs(spectra - 1 / d_a).sum(axis=-1) + zeros / d_a) / 2,
        "squared_distance": squares.sum(axis=-1) + zeros / d_a**2,
        "displacement": displacement,
        "pair_distance": _pairs(experiment, seeds, d_a),
    }


def _pairs(
    experiment: Distinguishability, seeds: Seeds, d_a: int, *, explicit: bool = False
) -> Floats:
    return _pair_distances(
        seeds,
        (d_a, experiment.d_b),
        experiment.n_samples,
        "explicit pairs" if explicit else "pairs",
    )


def _explicit(experiment: Distinguishability, seeds: Seeds, d_a: int) -> Floats:
    states = haar_states(d_a * experiment.d_b, experiment.n_samples, rng=seeds.seed("states", d_a))
    # The smaller side has all nonzero eigenvalues; its own zeros are none.
    small, zeros = min(d_a, experiment.d_b), max(0, d_a - experiment.d_b)
    kept = 0 if d_a <= experiment.d_b else 1
    rho = reduced_density_matrix(states, (d_a, experiment.d_b), kept)
    shifted = rho - np.eye(small) / d_a
    return (np.abs(interruptible(np.linalg.eigvalsh, shifted)).sum(axis=-1) + zeros / d_a) / 2


def _small_cases(experiment: Distinguishability, seeds: Seeds) -> Values:
    means: list[Estimate] = []
    for d_a, d_b in _SMALL:
        rho = haar_reduced_states(d_a, d_b, experiment.n_small, rng=seeds.seed("small", d_b))
        means.append(mean_estimate(trace_distance(rho, np.eye(2) / 2)))
    pairs = haar_reduced_states(2, 2, (2, experiment.n_small), rng=seeds.seed("small pairs"))
    values, errors = zip(*means, strict=True)
    exact = [special.beta(2, b - 1) / (2 * special.beta(1.5, b - 1)) for _, b in _SMALL]
    return {
        V.small_distance: (np.array(values), np.array(errors)),
        V.small_distance_exact: exact,
        V.small_pair_distance: mean_estimate(trace_distance(pairs[0], pairs[1])),
        V.small_pair_distance_exact: 18 / 35,
    }


def _balanced(experiment: Distinguishability, seeds: Seeds) -> Values:
    mixed: list[Estimate] = []
    pairs: list[Estimate] = []
    for d in experiment.sizes:
        spectra = haar_schmidt_spectra(d, d, experiment.n_balanced, rng=seeds.seed("balanced", d))
        mixed.append(mean_estimate(np.abs(spectra - 1 / d).sum(axis=-1) / 2))
        distances = _pair_distances(seeds, (d, d), experiment.n_balanced, "balanced pairs")
        pairs.append(mean_estimate(distances))
    limits = (float(typical_trace_distance(1.0)), float(typical_pair_trace_distance(1.0)))
    return {
        V.balanced_distance: stack_estimates(mixed),
        V.balanced_pair_distance: stack_estimates(pairs),
        V.balanced_distance_asymptotic: limits[0],
        V.balanced_pair_distance_asymptotic: limits[1],
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
