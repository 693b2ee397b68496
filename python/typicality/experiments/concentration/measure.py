"""Concentration of expectation values in an energy shell, Eq. (1).

Haar-random states of energy shells of a mixed-field Ising chain are drawn explicitly, and <O> of a
local observable is sampled from its exact distribution, that of the eigenvalues of P_E O P_E; an
abstract spectrum carries the same statistics to large d. Beside the spread and the tails stand the
exact variance and the bounds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse, special

from typicality._arrays import Floats
from typicality._progress import Progress, stage
from typicality._random import Seeds
from typicality.experiments.concentration.variables import ConcentrationVariables as V
from typicality.quantum import (
    EnergyShell,
    chebyshev_bound,
    expectation_cdf,
    haar_expectations,
    hoeffding_bound,
    ising_chain,
    levy_bound,
    pauli,
    reduced_density_matrix,
    trace_distance,
)
from typicality.results.estimates import mean_estimate, proportion_estimate, variance_estimate
from typicality.results.table import Values

if TYPE_CHECKING:
    from typicality.experiments.concentration.experiment import Concentration

__all__ = ["measure"]

_BLOCK: int = 500


def measure(experiment: Concentration, seeds: Seeds, progress: Progress) -> Values:
    """Diagonalize the chains, draw in every shell, and put the theory beside the draws."""
    rows: list[dict[str, Any]] = []
    # The time of a chain is that of its diagonalization.
    costs = np.cumsum([8.0**n for n in experiment.n_spins])
    for index, n in enumerate(experiment.n_spins):
        before = 0.7 * (costs[index - 1] if index else 0.0) / costs[-1]
        now = stage(progress, before, 0.7 * costs[index] / costs[-1], f"{n} spins")
        rows += _chain(experiment, n, seeds, now)
    shells = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    abstract = _abstract(experiment, seeds, progress)
    return (
        _shell_variables(shells)
        | _abstract_variables(abstract)
        | {
            V.shell: np.arange(len(rows)),
            V.n_spins: shells["n_spins"],
            V.width: shells["width"],
            V.shell_dimension: shells["dimension"],
            V.dimension: list(experiment.dimensions),
            V.deviation: _deviations(),
        }
    )


def _chain(
    experiment: Concentration, n: int, seeds: Seeds, progress: Progress
) -> list[dict[str, Any]]:
    hamiltonian = ising_chain(
        n,
        coupling=experiment.coupling,
        transverse=experiment.transverse,
        longitudinal=experiment.longitudinal,
    )
    everything = EnergyShell.from_hamiltonian(
        hamiltonian, window=(-math.inf, math.inf), progress=stage(progress, 0.0, 0.6)
    )
    left = n // 2
    letters = "I" * left + experiment.observable + "I" * (n - left - len(experiment.observable))
    center = experiment.energy_density * n
    rows: list[dict[str, Any]] = []
    for index, width in enumerate(experiment.window_widths):
        share = 0.4 / len(experiment.window_widths)
        rows.append(
            {"n_spins": n, "width": width}
            | _shell(
                experiment,
                everything.within((center - width / 2, center + width / 2)),
                pauli(letters),
                (n, index),
                seeds,
                stage(progress, 0.6 + share * index, 0.6 + share * (index + 1)),
            )
        )
    return rows


def _shell(
    experiment: Concentration,
    shell: EnergyShell,
    observable: sparse.csr_array,
    label: tuple[int, int],
    seeds: Seeds,
    progress: Progress,
) -> dict[str, Any]:
    d, n = shell.dimension, label[0]
    progress(0.0, f"shell of dimension {d}")
    spectrum = shell.observable_spectrum(observable)
    # The observable's norm is one.
    if np.ptp(spectrum) < 1e-9:
        raise ValueError(
            f"window_widths[{label[1]}]={experiment.window_widths[label[1]]:g} leaves d = {d} "
            f"level(s) of {n} spins, where the observable has a single value and no spread to "
            "measure. Choose a wider window or a longer chain."
        )
    dims, keep = (2,) * n, tuple(range(n // 2, n // 2 + experiment.subsystem_spins))
    omega = shell.reduced_state(dims, keep)
    mixed = np.eye(len(omega)) / len(omega)
    values: list[Floats] = []
    distances: list[Floats] = []
    for start in range(0, experiment.n_samples, _BLOCK):
        size = min(_BLOCK, experiment.n_samples - start)
        progress(start / experiment.n_samples, f"states of a shell of dimension {d}")
        states = shell.sample(size, rng=seeds.seed("states", *label, start))
        images = (observable @ states.T).T
        values.append(np.einsum("ij,ij->i", states.conj(), images).real)
        rho = reduced_density_matrix(states, dims, keep)
        squared = np.sum(np.abs(rho - omega) ** 2, axis=(-2, -1))
        distances.append(
            np.stack([trace_distance(rho, omega), trace_distance(rho, mixed), squared])
        )
    expectations = np.concatenate(values)
    to_omega, to_mixed, squared = np.concatenate(distances, axis=-1)
    drawn = haar_expectations(spectrum, size=experiment.n_draws, rng=seeds.seed("in law", *label))
    mean, variance = float(spectrum.mean()), float(spectrum.var())
    # O is a product of Pauli matrices, so O^2 = 1 and tr(P O^2)/d = 1.
    unrestricted = 1.0 - mean**2
    found: dict[str, Any] = {
        "dimension": d,
        "mean_exact": mean,
        "variance_exact": variance / (d + 1),
        "unrestricted": unrestricted / (d + 1),
        "omega_distance": float(trace_distance(omega, mixed)),
        "squared_exact": shell.mean_squared_distance(dims, keep),
    }
    for name, estimate in (
        ("mean", mean_estimate(expectations)),
        ("variance", variance_estimate(expectations)),
        ("variance_in_law", variance_estimate(drawn)),
        ("to_omega", mean_estimate(to_omega)),
        ("to_mixed", mean_estimate(to_mixed)),
        ("squared", mean_estimate(squared)),
    ):
        found[name], found[f"{name}_stderr"] = map(float, estimate)
    return found | _tails(drawn, spectrum, 1.0)


def _abstract(experiment: Concentration, seeds: Seeds, progress: Progress) -> dict[str, Floats]:
    rows: list[dict[str, Any]] = []
    for index, d in enumerate(experiment.dimensions):
        spectrum = np.linspace(-1.0, 1.0, d)
        size = max(100, min(experiment.n_draws, experiment.n_variates // d))
        drawn = haar_expectations(spectrum, size=size, rng=seeds.seed("abstract", d))
        variance = float(spectrum.var())
        found, stderr = variance_estimate(drawn)
        row: dict[str, Any] = {"variance": found, "variance_stderr": stderr, "draws": size}
        row["variance_exact"] = variance / (d + 1)
        rows.append(row | _tails(drawn, spectrum, 1.0))
        progress(
            0.7 + 0.3 * (index + 1) / len(experiment.dimensions), f"abstract spectrum, d = {d}"
        )
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _deviations() -> Floats:
    return np.arange(0.25, 6.01, 0.25)


def _tails(drawn: Floats, spectrum: Floats, norm: float) -> dict[str, Any]:
    """Return the share of the draws beyond each deviation, its exact value, and what bounds it."""
    d, mean, variance = spectrum.size, float(spectrum.mean()), float(spectrum.var())
    spread = float(np.ptp(spectrum))
    epsilon = _deviations() * math.sqrt(variance / (d + 1))
    above = expectation_cdf(spectrum, mean + epsilon, upper=True)
    below = expectation_cdf(spectrum, mean - epsilon)
    share, stderr = proportion_estimate(np.abs(drawn - mean)[:, None] >= epsilon)
    return {
        "tail": share,
        "tail_stderr": stderr,
        "chebyshev": [float(chebyshev_bound(variance, d, x)) for x in epsilon],
        "hoeffding": [float(hoeffding_bound(spread, d, x)) for x in epsilon],
        "levy": [float(levy_bound(norm, d, x)) for x in epsilon],
        "exact": above + below,
        "gaussian": special.erfc(_deviations() / math.sqrt(2.0)),
    }


def _tail_variables(prefix: str, found: dict[str, Floats]) -> Values:
    return {
        V.named(f"{prefix}tail"): (found["tail"], found["tail_stderr"]),
        V.named(f"{prefix}tail_exact"): found["exact"],
        V.named(f"{prefix}tail_chebyshev_bound"): found["chebyshev"],
        V.named(f"{prefix}tail_hoeffding_bound"): found["hoeffding"],
        V.named(f"{prefix}tail_levy_bound"): found["levy"],
        V.named(f"{prefix}tail_asymptotic"): found["gaussian"],
    }


def _shell_variables(found: dict[str, Floats]) -> Values:
    def pair(name: str) -> tuple[Floats, Floats]:
        return found[name], found[f"{name}_stderr"]

    variables = {
        V.mean: pair("mean"),
        V.mean_exact: found["mean_exact"],
        V.variance: pair("variance"),
        V.variance_in_law: pair("variance_in_law"),
        V.variance_exact: found["variance_exact"],
        V.variance_unrestricted_bound: found["unrestricted"],
        V.distance: pair("to_omega"),
        V.mixed_distance: pair("to_mixed"),
        V.omega_mixed_distance: found["omega_distance"],
        V.squared_distance: pair("squared"),
        V.squared_distance_exact: found["squared_exact"],
    }
    return variables | _tail_variables("", found)


def _abstract_variables(found: dict[str, Floats]) -> Values:
    variables = {
        V.abstract_variance: (found["variance"], found["variance_stderr"]),
        V.abstract_variance_exact: found["variance_exact"],
        V.abstract_draws: found["draws"],
    }
    return variables | _tail_variables("abstract_", found)
