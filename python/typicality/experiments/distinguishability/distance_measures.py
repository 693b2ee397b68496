"""Every measure of distinguishability for batches of reduced states, and its mean where known.

Trace distance, Hilbert-Schmidt, fidelity, Bures, relative entropy, Chernoff and Helstrom: of Haar
states' rho_A to I/d_A, of independent pairs, and in an energy shell. Means are exact where a closed
form exists at the dimensions measured, limits or bounds where none does, and labeled accordingly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import optimize

from typicality._arrays import Floats
from typicality._random import Seeds
from typicality.experiments.distinguishability.variables import DistinguishabilityVariables as V
from typicality.quantum import (
    bures_distance,
    chernoff_coefficient,
    fidelity,
    haar_reduced_states,
    haar_states,
    helstrom_probability,
    hilbert_schmidt_distance,
    mean_negativity,
    mean_power_trace,
    mean_relative_entropy,
    mean_root_fidelity,
    mean_squared_distance,
    reduced_density_matrix,
    relative_entropy,
    trace_distance,
    typical_pair_trace_distance,
    typical_trace_distance,
)
from typicality.results.estimates import Estimate, mean_estimate, stack_estimates
from typicality.results.table import Values

__all__ = ["MEASURES", "haar_measures", "measure_variables", "measures"]


MEASURES: Final = (
    "distance",
    "squared_distance",
    "fidelity",
    "squared_bures",
    "relative_entropy",
    "chernoff",
    "half_chernoff",
    "helstrom",
)
"""Names of the measures; the variables of the dataset are named after them."""


def measures(rho: npt.ArrayLike, sigma: npt.ArrayLike) -> dict[str, Floats]:
    """Return every measure of two batches of density matrices, by the names of `MEASURES`.

    Examples
    --------
    >>> import numpy as np
    >>> found = measures(np.diag([1.0, 0.0]), np.eye(2) / 2)
    >>> float(found["distance"]), float(found["helstrom"])
    (0.5, 0.75)
    """
    found = {
        "distance": trace_distance(rho, sigma),
        "squared_distance": hilbert_schmidt_distance(rho, sigma) ** 2,
        "fidelity": fidelity(rho, sigma),
        "squared_bures": bures_distance(rho, sigma) ** 2,
        "relative_entropy": relative_entropy(rho, sigma),
        "chernoff": chernoff_coefficient(rho, sigma),
        "half_chernoff": chernoff_coefficient(rho, sigma, 0.5),
        "helstrom": helstrom_probability(rho, sigma),
    }
    return {name: np.asarray(values, dtype=np.float64) for name, values in found.items()}


def measure_variables(prefix: str, rows: Sequence[dict[str, Floats]], suffix: str = "") -> Values:
    """Return each measure's mean and error in every row, by the name ``prefix_measure`` + `suffix`.

    Parameters
    ----------
    prefix : str
        Start of the variables' names.
    rows : sequence of dict
        What `measures` returned, a row for each coordinate.
    suffix : str, optional
        End of the variables' names.

    Examples
    --------
    >>> row = {name: np.array([0.1, 0.3]) for name in MEASURES}
    >>> measure_variables("ratio_pair", [row])["ratio_pair_fidelity"][0].round(6)
    array([0.2])
    """
    return {
        V.named(f"{prefix}_{name}{suffix}"): stack_estimates([_mean(row[name]) for row in rows])
        for name in MEASURES
    }


def haar_measures(d_a: Sequence[int], d_b: int, count: int, seeds: Seeds) -> Values:
    """Measure rho_A of Haar states along ``ratio_d_a``, sampled and explicit, theory beside.

    Parameters
    ----------
    d_a : sequence of int
        Dimensions of the subsystem.
    d_b, count : int
        Dimension of the environment; states, and pairs of states, at each `d_a`.
    seeds : Seeds
        Source of randomness.

    Examples
    --------
    >>> found = haar_measures((2, 3), 2, 4, Seeds(1))
    >>> float(found["ratio_pair_relative_entropy"][0][1])
    inf
    >>> found["ratio_mixed_squared_distance_exact"]
    [0.3, 0.38095238095238093]
    """
    variables: Values = {}
    for route, suffix in (("in law", ""), ("explicit", "_explicit")):
        rows: dict[str, list[dict[str, Floats]]] = {"mixed": [], "pair": []}
        for side in d_a:
            rho = _states(side, d_b, count, route, seeds)
            rows["mixed"].append(measures(rho[0], np.eye(side) / side))
            rows["pair"].append(measures(rho[0], rho[1]))
        for pairing, found in rows.items():
            variables |= measure_variables(f"ratio_{pairing}", found, suffix)
    for pairing in ("mixed", "pair"):
        for name in MEASURES:
            variable = V.named(f"ratio_{pairing}_{name}_{_kind(pairing, name)}")
            variables[variable] = [_theory(pairing, name, side, d_b) for side in d_a]
    return variables


def _states(d_a: int, d_b: int, count: int, route: str, seeds: Seeds) -> npt.NDArray[Any]:
    seed = seeds.seed("measures", route, d_a)
    if route == "in law":
        return haar_reduced_states(d_a, d_b, (2, count), rng=seed)
    return reduced_density_matrix(haar_states(d_a * d_b, (2, count), rng=seed), (d_a, d_b), 0)


def _mean(samples: Floats) -> Estimate:
    # Without a common support a relative entropy is infinite; one such sample makes the mean so.
    if np.isposinf(samples).any():
        return np.array(np.inf), np.array(0.0)
    return mean_estimate(samples)


def _kind(pairing: str, name: str) -> str:
    if name in ("distance", "helstrom"):
        return "asymptotic"
    if name == "chernoff":
        return "bound"
    return "asymptotic" if (pairing, name) == ("pair", "fidelity") else "exact"


def _theory(pairing: str, name: str, d_a: int, d_b: int) -> float:
    mixed = pairing == "mixed"
    if name in ("distance", "helstrom"):
        law = typical_trace_distance if mixed else typical_pair_trace_distance
        limit = float(law(d_a / d_b))
        return limit if name == "distance" else (1 + limit) / 2
    words = "state, mixed" if mixed else "state, state"
    if name == "squared_distance":
        return mean_squared_distance(d_a, d_b) * (1 if mixed else 2)
    if name == "relative_entropy":
        return mean_relative_entropy(d_a, d_b, pair=words)
    if name == "squared_bures":
        return 2 - 2 * mean_root_fidelity(d_a, d_b, pair=words)
    if name == "fidelity":
        # (tr sqrt rho)^2 / d_a, and the negativity of psi is ((tr sqrt rho)^2 - 1) / 2. For a pair
        # the root fidelity's mean is known, its variance only to vanish.
        if mixed:
            return (1 + 2 * mean_negativity(d_a, d_b)) / d_a
        return mean_root_fidelity(d_a, d_b) ** 2
    if name == "half_chernoff":
        return _chernoff(pairing, d_a, d_b, 0.5)
    return _least_chernoff(pairing, d_a, d_b)


def _chernoff(pairing: str, d_a: int, d_b: int, s: float) -> float:
    """E tr rho^s sigma^(1 - s), exact: the eigenvectors are Haar, so both powers average apart."""
    power = mean_power_trace(d_a, d_b, s)
    if pairing == "mixed":
        return power * d_a ** (s - 1)
    return power * mean_power_trace(d_a, d_b, 1 - s) / d_a


def _least_chernoff(pairing: str, d_a: int, d_b: int) -> float:
    """Least mean over s; the mean of the least values, each at its own s, is not above it."""
    if pairing == "pair":
        # Symmetric under s -> 1 - s, and the logarithm of either factor is convex.
        return _chernoff(pairing, d_a, d_b, 0.5)
    ends = min(_chernoff(pairing, d_a, d_b, s) for s in (0.0, 1.0))
    inner: Any = optimize.minimize_scalar(
        lambda s: math.log(_chernoff(pairing, d_a, d_b, float(s))),
        bounds=(0.0, 1.0),
        method="bounded",
    )
    return min(ends, math.exp(float(inner.fun)))
