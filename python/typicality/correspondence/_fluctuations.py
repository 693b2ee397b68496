"""Row 3, typicality: how the tangent kernel's fluctuations fall with the number of parameters."""

from __future__ import annotations

import numpy as np

from typicality._arrays import Floats
from typicality._random import Seeds
from typicality.correspondence._matched_systems import MatchedSystems
from typicality.correspondence._row import Row, Side
from typicality.correspondence._variables import CorrespondenceVariables as V
from typicality.networks import empirical_ntk, infinite_ntk, sphere_inputs
from typicality.quantum import haar_schmidt_spectra
from typicality.results.estimates import mean_estimate, stack_estimates
from typicality.results.table import Values

__all__ = ["fluctuations_row"]


def fluctuations_row(systems: MatchedSystems, seeds: Seeds) -> Row:
    r"""Slope of the relative fluctuation of K against the number of parameters, both logarithms.

    The relative fluctuation is the root of E||K - E K||^2 over ||E K||^2, Frobenius norms. For
    psi -> rho_A, E K = 4/d_A and ||K - E K||^2 / ||E K||^2 = (d_A tr rho_A^2 - 1)/2, with exact
    mean (d_A^2 - 1)/(2(d_A d_B + 1)). With one hidden layer, K is a mean over independent hidden
    units plus a constant: E K is the infinite-width kernel at every width, and the square falls
    exactly like 1/width.

    Parameters
    ----------
    systems : MatchedSystems
        What is compared.
    seeds : Seeds
        Source of randomness.

    Returns
    -------
    Row
    """
    factors = np.array(systems.growth)
    d_b = systems.d_b * factors
    quantum = [_quantum(systems, int(factor), seeds) for factor in factors]
    network = [_network(systems, int(factor), seeds) for factor in factors]
    n_quantum = np.array(
        [systems.quantum_params(int(factor)) for factor in factors], dtype=np.float64
    )
    n_network = np.array([systems.network(int(f)).n_params for f in factors], dtype=np.float64)
    exact = (systems.d_a**2 - 1) / (2 * (systems.d_a * d_b + 1.0))
    # Of squares times the width, whose means are all equal, the plain mean.
    squares = np.array([mean_estimate(samples)[0] for samples in network])
    fit = (squares * factors).mean() / factors
    return Row(
        name="typicality",
        statistic="slope of the kernel's relative fluctuation against the parameters, logarithms",
        unit="1",
        interval="95 % confidence",
        quantum=_slope_side(
            n_quantum, quantum, exact, f"K of psi -> rho_A, d_B = {d_b[0]} to {d_b[-1]}"
        ),
        network=_slope_side(
            n_network,
            network,
            1.0 / factors,
            f"tangent kernel, width {systems.width * factors[0]} to {systems.width * factors[-1]}",
        ),
        curves=_curve("quantum", quantum)
        | _curve("network", network)
        | {
            V.quantum_fluctuation_exact: np.sqrt(exact),
            V.network_fluctuation_fit: np.sqrt(fit),
        },
        coordinates={
            V.quantum_params: n_quantum,
            V.network_params: n_network,
        },
    )


def _quantum(systems: MatchedSystems, factor: int, seeds: Seeds) -> Floats:
    p = haar_schmidt_spectra(
        systems.d_a,
        systems.d_b * factor,
        systems.n_draws,
        rng=seeds.seed("fluctuation", "quantum", factor),
    )
    # (d tr rho^2 - 1)/2 as a sum of squares: no cancellation where rho_A is nearly 1/d.
    return systems.d_a * ((p - 1 / systems.d_a) ** 2).sum(axis=-1) / 2


def _network(systems: MatchedSystems, factor: int, seeds: Seeds) -> Floats:
    mlp = systems.network(factor)
    x = sphere_inputs(systems.n_samples, systems.n_inputs, rng=seeds.seed("fluctuation", "inputs"))
    mean = infinite_ntk(mlp, x)
    theta = mlp.init(systems.n_draws, rng=seeds.seed("fluctuation", "network", factor))
    squares = [((empirical_ntk(mlp, draw, x) - mean) ** 2).sum() for draw in theta]
    return np.array(squares) / (mean**2).sum()


def _curve(side: str, samples: list[Floats]) -> Values:
    means, errors = stack_estimates(map(mean_estimate, samples))
    root = np.sqrt(means)
    return {V.named(f"{side}_fluctuation"): (root, errors / (2 * root))}


def _slope_side(n_params: Floats, samples: list[Floats], squares: Floats, subject: str) -> Side:
    # Least squares: the slope is a weighted sum of the points, and so is its error.
    centered = np.log(n_params) - np.log(n_params).mean()
    weights = centered / (centered**2).sum()
    means, errors = stack_estimates(map(mean_estimate, samples))
    slope = float(weights @ np.log(means)) / 2
    stderr = float(np.sqrt(((weights * errors / means) ** 2).sum())) / 2
    return Side(
        subject=subject,
        value=slope,
        stderr=stderr,
        low=slope - 1.96 * stderr,
        high=slope + 1.96 * stderr,
        exact=float(weights @ np.log(squares)) / 2,
        limit=-0.5,
    )
