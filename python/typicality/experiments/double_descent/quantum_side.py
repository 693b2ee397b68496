"""Reduced states at fixed total dimension: the quantum side of double descent, Sec. III.

The distance of rho_A from the maximally mixed state I/d_A grows monotonically with d_A. What peaks
at d_A = d_B is the minimum-norm linearized displacement from the state to one with the maximally
mixed rho_A, the counterpart of sqrt(r^T K^-1 r).
"""

from __future__ import annotations

import numpy as np

from typicality._random import Seeds
from typicality.experiments.double_descent.variables import DoubleDescentVariables as V
from typicality.quantum import (
    haar_schmidt_spectra,
    mean_squared_tangent_displacement,
    typical_trace_distance,
)
from typicality.results.estimates import mean_estimate
from typicality.results.table import Values

__all__ = ["QUARTILES", "factor_pairs", "minimum_norm_displacements"]

QUARTILES = {"low": 0.25, "median": 0.5, "high": 0.75}
"""Which quantile a variable's last word means."""


def factor_pairs(total_dimension: int) -> list[tuple[int, int]]:
    """Return every (d_A, d_B) that multiplies to the total dimension, d_A rising.

    Examples
    --------
    >>> factor_pairs(6)
    [(1, 6), (2, 3), (3, 2), (6, 1)]
    """
    divisors = [d for d in range(1, total_dimension + 1) if total_dimension % d == 0]
    return [(d_a, total_dimension // d_a) for d_a in divisors]


def minimum_norm_displacements(total_dimension: int, n_spectra: int, seeds: Seeds) -> Values:
    """Draw spectra of rho_A for every cut: distance to I/d_A and displacement to it, with theory.

    Parameters
    ----------
    total_dimension : int
        D.
    n_spectra : int
        Draws per cut.
    seeds : Seeds
        Source of randomness.

    Returns
    -------
    dict
        Variables over the dimension ``d_a``.
    """
    cuts = factor_pairs(total_dimension)
    shape = (len(cuts), n_spectra)
    distance, step = np.zeros(shape), np.zeros(shape)
    for i, (d_a, d_b) in enumerate(cuts):
        p = haar_schmidt_spectra(d_a, d_b, size=n_spectra, rng=seeds.seed("spectra", d_a))
        m = p.shape[-1]
        distance[i] = (np.abs(p - 1 / d_a).sum(axis=-1) + (d_a - m) / d_a) / 2
        # The residual I/d_A - rho_A is diagonal where rho_A is; there the tangent kernel has the
        # eigenvalues 4 p_i, and on the kernel of rho_A it has none to be inverted.
        step[i] = np.sum((1 / d_a - p) ** 2 / (4 * p), axis=-1)
    exact = [mean_squared_tangent_displacement(*side) for side in cuts]
    variables: Values = {
        V.distance: mean_estimate(distance, axis=-1),
        V.distance_asymptotic: typical_trace_distance(np.array([d_a / d_b for d_a, d_b in cuts])),
        V.step: mean_estimate(step, axis=-1),
        V.step_exact: exact,
        V.dimension_ratio: [d_a / d_b for d_a, d_b in cuts],
    }
    for name, level in QUARTILES.items():
        variables[V.named(f"step_{name}")] = np.quantile(step, level, axis=-1)
    return variables
