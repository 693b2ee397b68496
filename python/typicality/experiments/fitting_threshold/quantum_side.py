"""Smallest eigenvalue of rho_A on both sides of d_B = d_A: the quantum side of Sec. III.

Its square root obeys the line that the paper writes for the tangent kernel, with sigma = kappa = 1.
"""

from __future__ import annotations

import numpy as np

from typicality._random import Seeds
from typicality.experiments.fitting_threshold.variables import FittingThresholdVariables as V
from typicality.quantum import haar_schmidt_spectra, mean_smallest_eigenvalue
from typicality.results.estimates import mean_estimate
from typicality.results.table import Values

__all__ = ["dimensions", "smallest_eigenvalues"]

_RATIOS = (0.25, 0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 11.0, 16.0)
_TRACY_WIDOM_MEAN = -1.7710868074


def dimensions(d_a: int) -> list[int]:
    """Return the dimensions of B, from a quarter of that of A to 16 times it.

    Examples
    --------
    >>> dimensions(4)
    [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 44, 64]
    """
    sizes = {max(1, round(ratio * d_a)) for ratio in _RATIOS}
    # The one rectangular shape whose mean is known in closed form.
    return sorted(sizes | {d_a + 1})


def smallest_eigenvalues(d_a: int, n_spectra: int, seeds: Seeds) -> Values:
    """Draw spectra of rho_A for every dimension of B and put the known means beside the smallest.

    Parameters
    ----------
    d_a : int
        Dimension of A.
    n_spectra : int
        Draws per dimension of B.
    seeds : Seeds
        Source of randomness.

    Returns
    -------
    dict
        Variables over the dimension ``d_b``, named ``quantum_...``.
    """
    sizes = dimensions(d_a)
    smallest = np.zeros((len(sizes), n_spectra))
    exact = np.full(len(sizes), np.nan)
    asymptotic = np.zeros(len(sizes))
    for i, d_b in enumerate(sizes):
        if d_b < d_a:
            # d_A - d_B eigenvalues of rho_A are exactly zero; the sampler leaves them out.
            exact[i] = 0.0
            continue
        spectra = haar_schmidt_spectra(d_a, d_b, size=n_spectra, rng=seeds.seed("spectra", d_b))
        smallest[i] = spectra[:, -1]
        if d_b <= d_a + 1:
            exact[i] = mean_smallest_eigenvalue(d_a, d_b)
        asymptotic[i] = _soft_edge(d_a, d_b)
    # The same statistic as for K: the trace is 1, d_A stands for n_L N and d_B for P.
    edges = np.sqrt(smallest * np.array(sizes, dtype=np.float64)[:, None])
    limit = np.sqrt(np.array(sizes) / d_a) - 1.0
    return {
        V.quantum_smallest: mean_estimate(smallest, axis=-1),
        V.quantum_smallest_exact: exact,
        V.quantum_smallest_asymptotic: asymptotic,
        V.quantum_edge: mean_estimate(edges, axis=-1),
        V.quantum_edge_asymptotic: np.maximum(limit, 0.0),
        V.quantum_ratio: np.array(sizes) / d_a,
        V.quantum_root_ratio: np.sqrt(np.array(sizes) / d_a),
        V.quantum_relative_edge: mean_estimate(smallest * d_a, axis=-1),
        V.quantum_relative_edge_exact: exact * d_a,
        V.quantum_relative_edge_asymptotic: asymptotic * d_a,
        V.d_a: d_a,
    }


def _soft_edge(m: int, n: int) -> float:
    """Mean of the smallest eigenvalue of rho_A, m < n, to the order of its Tracy-Widom shift."""
    if m == n:
        return 0.0
    gap = np.sqrt(n) - np.sqrt(m)
    width = gap * (1.0 / np.sqrt(m) - 1.0 / np.sqrt(n)) ** (1.0 / 3.0)
    return float((gap**2 - _TRACY_WIDOM_MEAN * width) / (m * n))
