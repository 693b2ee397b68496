"""Row 4, ubiquity: how far from the start a solution is, against the linearized distance to it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from typicality._arrays import Floats
from typicality._random import Seeds
from typicality.correspondence._matched_systems import MatchedSystems
from typicality.correspondence._row import Row, Side
from typicality.correspondence._variables import CorrespondenceVariables as V
from typicality.errors import ConvergenceError
from typicality.networks import nearest_minimum, sphere_inputs
from typicality.quantum import (
    haar_schmidt_spectra,
    mean_root_fidelity,
    mean_squared_tangent_displacement,
)
from typicality.results.table import Values

__all__ = ["ubiquity_row"]


def ubiquity_row(systems: MatchedSystems, seeds: Seeds, progress: Callable[[float], None]) -> Row:
    """Exact over linearized distance to a solution, root mean squares, and the distances.

    Quantum: from a Haar-random state to the nearest one whose rho_A is maximally mixed (Uhlmann),
    over sqrt(r^T K^+ r). Network: from the initialization to the global minimum that Newton's
    iteration finds, over the same formula, Eq. (4). Both tend to 1: large systems find solutions
    where their linearization says.

    Parameters
    ----------
    systems : MatchedSystems
        What is compared.
    seeds : Seeds
        Source of randomness.
    progress : callable
        Called with the share of the row that is done.

    Returns
    -------
    Row
    """
    factors = np.array(systems.growth)
    quantum = [_quantum(systems, int(factor), seeds) for factor in factors]
    network: list[Floats] = []
    for index, factor in enumerate(factors):
        # Work grows with the width: the last factor takes about half of the time.
        start, end = factors[:index].sum() / factors.sum(), factor / factors.sum()
        network.append(
            _network(
                systems,
                int(factor),
                seeds,
                lambda share, start=float(start), end=float(end): progress(start + end * share),
            )
        )
    exact = np.array([_exact(systems.d_a, systems.d_b * int(factor)) for factor in factors])
    n_quantum = np.array([systems.quantum_params(int(factor)) for factor in factors])
    n_network = np.array([systems.network(int(factor)).n_params for factor in factors])
    curves = (
        _curves("quantum", quantum, np.ones(factors.size))
        | _curves("network", network, np.sqrt(n_network))
        | {V.quantum_distance_ratio_exact: exact}
    )
    return Row(
        name="ubiquity",
        statistic="exact over linearized distance to a solution, root mean squares",
        unit="1",
        interval="5 % and 95 % quantiles of the draws",
        quantum=_side(
            quantum[0],
            f"maximally mixed rho_A, {systems.d_a**2} constraints, {n_quantum[0]} parameters",
            exact[0].item(),
        ),
        network=_side(
            network[0],
            f"zero loss, {systems.n_samples} constraints, {n_network[0]} parameters",
            np.nan,
        ),
        curves=curves,
    )


def _quantum(systems: MatchedSystems, factor: int, seeds: Seeds) -> Floats:
    p = haar_schmidt_spectra(
        systems.d_a,
        systems.d_b * factor,
        systems.n_draws,
        rng=seeds.seed("distance", "quantum", factor),
    )
    exact = ((np.sqrt(p) - systems.d_a**-0.5) ** 2).sum(axis=-1)
    linearized = ((p - 1 / systems.d_a) ** 2 / p).sum(axis=-1) / 4
    return np.stack([exact, linearized])


def _exact(d_a: int, d_b: int) -> float:
    squared = 2 - 2 * mean_root_fidelity(d_a, d_b, pair="state, mixed")
    return float(np.sqrt(squared / mean_squared_tangent_displacement(d_a, d_b)))


def _network(
    systems: MatchedSystems, factor: int, seeds: Seeds, progress: Callable[[float], None]
) -> Floats:
    mlp = systems.network(factor)
    theta = mlp.init(systems.n_draws, rng=seeds.seed("distance", "network", factor))
    generator = np.random.default_rng(seeds.seed("distance", "targets"))
    squares = np.zeros((2, systems.n_draws))
    for draw in range(systems.n_draws):
        x = sphere_inputs(
            systems.n_samples, systems.n_inputs, rng=seeds.seed("distance", "inputs", draw)
        )
        noise = generator.standard_normal(systems.n_samples)
        y = mlp.apply(theta[draw], x)[:, 0] + systems.target_distance * noise
        minimum = nearest_minimum(mlp, theta[draw], x, y)
        if minimum.status != "converged":
            raise ConvergenceError(
                f"no global minimum was found from draw {draw} at width {mlp.widths[1]} "
                f"({minimum.status}): raise width or lower n_samples or target_distance."
            )
        squares[:, draw] = minimum.displacement**2, minimum.linearized_displacement**2
        progress((draw + 1) / systems.n_draws)
    return squares


def _ratio(squares: Floats) -> tuple[float, float]:
    exact, linearized = squares.mean(axis=1)
    ratio = float(np.sqrt(exact / linearized))
    # To first order the ratio of the means errs like the mean of exact - ratio^2 linearized.
    residual = squares[0] / exact - squares[1] / linearized
    return ratio, ratio / 2 * float(residual.std(ddof=1)) / residual.size**0.5


def _curves(side: str, draws: list[Floats], norms: Floats) -> Values:
    ratios, errors = zip(*map(_ratio, draws), strict=True)
    lengths = np.array([np.sqrt(squares[0]).mean() for squares in draws]) / norms
    spread = np.array([np.sqrt(squares[0]).std(ddof=1) for squares in draws]) / norms
    root = np.sqrt(draws[0].shape[1])
    return {
        V.named(f"{side}_distance_ratio"): (np.array(ratios), np.array(errors)),
        V.named(f"{side}_distance"): (lengths, spread / root),
    }


def _side(squares: Floats, subject: str, exact: float) -> Side:
    value, stderr = _ratio(squares)
    low, high = np.quantile(np.sqrt(squares[0] / squares[1]), [0.05, 0.95])
    return Side(
        subject=subject,
        value=value,
        stderr=stderr,
        low=float(low),
        high=float(high),
        exact=exact,
        limit=1.0,
    )
