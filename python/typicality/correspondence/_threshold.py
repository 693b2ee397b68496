"""Row 5, the threshold: the constraint ratio at which the tangent kernel loses full rank."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from typicality._arrays import Floats
from typicality._interruptible import interruptible
from typicality._random import Seeds
from typicality.correspondence._matched_systems import MatchedSystems
from typicality.correspondence._observables import numerical_rank
from typicality.correspondence._row import Row, Side
from typicality.correspondence._variables import CorrespondenceVariables as V
from typicality.networks import effective_parameters, sphere_inputs
from typicality.quantum import haar_states, reduced_density_matrix, tangent_spectrum
from typicality.results.estimates import mean_estimate
from typicality.results.table import Values

__all__ = ["threshold_row"]


_RATIOS = (0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.3, 1.5, 2.0)
_DRAWS = 10


class Spectra(NamedTuple):
    """Of each draw, the rank of K over its side and its smallest over its mean eigenvalue."""

    rank_shares: Floats
    smallest: Floats


def threshold_row(systems: MatchedSystems, seeds: Seeds) -> Row:
    """Constraint ratio at which K becomes singular, between two neighboring sizes.

    Quantum: d_A / d_B, with d_A raised at constant d_B; K = 2{rho_A, .} has d_A^2 rows. Network:
    n_L N / P_eff, with the number of samples raised at constant width, P_eff the rank that the
    Jacobian can reach. The kernel is full at a ratio where every draw's is.

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
    mlp = systems.critical_network()
    enough = 2 * mlp.n_params
    x = sphere_inputs(enough, systems.n_inputs, rng=seeds.seed("threshold", "inputs"))
    n_effective = effective_parameters(mlp, x)
    d_a, n = _sizes(systems.critical_d_b), _sizes(n_effective)
    quantum = [_quantum(systems.critical_d_b, int(size), seeds) for size in d_a]
    jacobians = mlp.jacobian(mlp.init(_DRAWS, rng=seeds.seed("threshold", "network")), x)[:, :, 0]
    network = [_network(jacobians[:, :size]) for size in n]
    return Row(
        name="threshold",
        statistic="constraint ratio at which the tangent kernel loses full rank",
        unit="1",
        interval="last ratio of full rank and first without",
        quantum=_side(
            d_a / systems.critical_d_b, quantum, f"d_A / d_B, d_B = {systems.critical_d_b}"
        ),
        network=_side(n / n_effective, network, f"n_L N / P_eff, P_eff = {n_effective}"),
        curves=_curve("quantum", quantum)
        | _curve("network", network)
        | {
            # d_A^2 observables see all directions but (d_A - d_B)^2, P_eff parameters no more.
            V.quantum_rank_share_exact: 1 - np.maximum(1 - systems.critical_d_b / d_a, 0.0) ** 2,
            V.network_rank_share_exact: np.minimum(1.0, n_effective / n),
        },
        coordinates={
            V.quantum_constraint_ratio: d_a / systems.critical_d_b,
            V.network_constraint_ratio: n / n_effective,
        },
    )


def _sizes(critical: int) -> np.ndarray:
    near = {critical - 1, critical, critical + 1}
    return np.array(sorted({max(2, round(ratio * critical)) for ratio in _RATIOS} | near))


def _quantum(d_b: int, d_a: int, seeds: Seeds) -> Spectra:
    # Explicit states: a sampler of rho_A would put the rank in by hand.
    psi = haar_states(d_a * d_b, _DRAWS, rng=seeds.seed("threshold", "quantum", d_a))
    eigenvalues = tangent_spectrum(reduced_density_matrix(psi, (d_a, d_b), 0))
    ranks = np.array([numerical_rank(draw) for draw in eigenvalues])
    # Rounding leaves zero eigenvalues of either sign.
    return Spectra(ranks / d_a**2, np.maximum(eigenvalues.min(axis=-1), 0.0) * d_a / 4)


def _network(jacobians: Floats) -> Spectra:
    # Of J, not of K = J J^T: at the threshold K's smallest eigenvalue drowns in rounding.
    n, n_params = jacobians.shape[1:]
    roots = interruptible(np.linalg.svdvals, jacobians)
    ranks = np.array([numerical_rank(draw) for draw in roots])
    smallest = roots[:, -1] ** 2 if n <= n_params else np.zeros(len(roots))
    return Spectra(ranks / n, smallest * n / (roots**2).sum(axis=-1))


def _side(ratios: Floats, spectra: list[Spectra], subject: str) -> Side:
    full = np.array([bool((spectrum.rank_shares == 1).all()) for spectrum in spectra])
    below, above = float(ratios[full].max()), float(ratios[~full].min())
    return Side(
        subject=subject,
        value=math.sqrt(below * above),
        stderr=0.0,
        low=below,
        high=above,
        exact=1.0,
        limit=1.0,
    )


def _curve(side: str, spectra: list[Spectra]) -> Values:
    smallest = np.array([spectrum.smallest for spectrum in spectra])
    shares = np.array([spectrum.rank_shares for spectrum in spectra])
    return {
        V.named(f"{side}_smallest_eigenvalue"): mean_estimate(smallest, axis=1),
        V.named(f"{side}_rank_share"): mean_estimate(shares, axis=1),
    }
