"""Rows 1 and 2: the random object, and how few of its directions the observables see."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats
from typicality._interruptible import interruptible
from typicality._random import Seeds
from typicality.correspondence._matched_systems import MatchedSystems
from typicality.correspondence._row import Row, Side
from typicality.networks import empirical_ntk, sphere_inputs
from typicality.quantum import haar_reduced_states, haar_states, tangent_kernel
from typicality.results.estimates import mean_estimate

__all__ = ["numerical_rank", "observables_row", "random_object_row"]


def random_object_row(systems: MatchedSystems, seeds: Seeds) -> Row:
    """Kurtosis of a coordinate: of a Haar-random state's amplitudes and of a network's parameters.

    E x^4 / (E x^2)^2, with the known second moment: 3n/(n + 2) on the unit sphere in n real
    dimensions, 3 for a Gaussian. The n coordinates of a state are nearly independent Gaussians.

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
    n = systems.quantum_params()
    states = haar_states(n // 2, systems.n_draws, rng=seeds.seed("kurtosis", "quantum"))
    coordinates = states.view(np.float64)
    mlp = systems.network()
    theta = mlp.init(systems.n_draws, rng=seeds.seed("kurtosis", "network"))
    return Row(
        name="random object",
        statistic="kurtosis of one coordinate",
        unit="1",
        interval="95 % confidence of the mean",
        quantum=_mean_side(
            n * n * (coordinates**4).mean(axis=-1),
            f"real and imaginary amplitudes of a Haar-random state, {n} in all",
            exact=3 * n / (n + 2),
        ),
        network=_mean_side(
            (theta**4).mean(axis=-1), f"parameters at initialization, {mlp.n_params} in all", 3.0
        ),
    )


def observables_row(systems: MatchedSystems, seeds: Seeds) -> Row:
    """Rank of the tangent kernel over the number of parameters: the directions that are seen.

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
    n, mlp = systems.quantum_params(), systems.network()
    rho = haar_reduced_states(
        systems.d_a, systems.d_b, systems.n_draws, rng=seeds.seed("rank", "quantum")
    )
    x = sphere_inputs(systems.n_samples, systems.n_inputs, rng=seeds.seed("rank", "inputs"))
    theta = mlp.init(systems.n_draws, rng=seeds.seed("rank", "network"))
    ranks = [
        numerical_rank(interruptible(np.linalg.eigvalsh, tangent_kernel(state))) for state in rho
    ]
    network_ranks = [
        numerical_rank(interruptible(np.linalg.eigvalsh, empirical_ntk(mlp, draw, x)))
        for draw in theta
    ]
    return Row(
        name="few observables",
        statistic="rank of the tangent kernel over the number of parameters",
        unit="1",
        interval="smallest and largest draw",
        quantum=_range_side(
            np.array(ranks),
            n,
            f"{systems.d_a**2} entries of rho_A, {n} amplitudes",
            exact=systems.d_a**2 / n,
        ),
        network=_range_side(
            np.array(network_ranks),
            mlp.n_params,
            f"{systems.n_samples} outputs, {mlp.n_params} parameters",
            exact=systems.n_samples / mlp.n_params,
        ),
    )


def numerical_rank(eigenvalues: Floats) -> int:
    """Count the eigenvalues of a kernel that rounding cannot explain.

    Examples
    --------
    >>> import numpy as np
    >>> numerical_rank(np.array([1e-18, 0.5, 1.0]))
    2
    """
    floor = eigenvalues.size * np.finfo(np.float64).eps * eigenvalues.max()
    return int((eigenvalues > floor).sum())


def _mean_side(samples: Floats, subject: str, exact: float) -> Side:
    mean, stderr = (part.item() for part in mean_estimate(samples))
    return Side(
        subject=subject,
        value=mean,
        stderr=stderr,
        low=mean - 1.96 * stderr,
        high=mean + 1.96 * stderr,
        exact=exact,
        limit=3.0,
    )


def _range_side(ranks: npt.NDArray[np.int64], n_params: int, subject: str, exact: float) -> Side:
    # Integers are averaged before they are divided: equal ones then have no error at all.
    mean, stderr = (part.item() for part in mean_estimate(ranks))
    return Side(
        subject=subject,
        value=mean / n_params,
        stderr=stderr / n_params,
        low=int(ranks.min()) / n_params,
        high=int(ranks.max()) / n_params,
        exact=exact,
        limit=0.0,
    )
