"""Distances in an energy shell of a spin chain: rho_A to Omega_A, to I/d_A, and of pairs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats
from typicality._random import Seeds
from typicality.experiments.chaotic_chain import chaotic_chain
from typicality.experiments.distinguishability.distance_measures import measure_variables, measures
from typicality.experiments.distinguishability.variables import DistinguishabilityVariables as V
from typicality.quantum import (
    EnergyShell,
    reduced_density_matrix,
    trace_distance,
)
from typicality.results.estimates import Estimate, mean_estimate, stack_estimates
from typicality.results.table import Values

__all__ = ["shell_cuts", "shell_variables"]


def shell_cuts(n_spins: int) -> npt.NDArray[np.int64]:
    """Return the numbers of spins in A.

    Examples
    --------
    >>> shell_cuts(7)
    array([1, 2, 3])
    """
    return np.arange(1, n_spins // 2 + 1)


def shell_variables(n_spins: int, n_levels: int, center: float, count: int, seeds: Seeds) -> Values:
    """Measure typical states of a shell of the mixed-field Ising chain along ``n_a``.

    Parameters
    ----------
    n_spins, n_levels : int
        Length of the chain; neighboring levels of its shell.
    center : float
        Energy of the shell.
    count : int
        Typical states, and pairs of them.
    seeds : Seeds
        Source of randomness.

    Examples
    --------
    >>> found = shell_variables(4, 8, -2.0, 4, Seeds(1))
    >>> found["shell_pair_fidelity"][0].shape
    (2,)
    """
    hamiltonian = chaotic_chain(n_spins)
    shell = EnergyShell.from_hamiltonian(hamiltonian, center=center, n_states=n_levels)
    states = shell.sample((2, count), rng=seeds.seed("shell"))
    dims = (2,) * n_spins
    omega_rows: list[dict[str, Floats]] = []
    pair_rows: list[dict[str, Floats]] = []
    mixed: list[Estimate] = []
    theory: dict[str, list[float]] = {name: [] for name in ("exact", "sharp", "printed", "offset")}
    for n_a in shell_cuts(n_spins):
        keep = tuple(range(int(n_a)))
        omega, flat = shell.reduced_state(dims, keep), np.eye(2**n_a) / 2**n_a
        rho = reduced_density_matrix(states, dims, keep)
        omega_rows.append(measures(rho[0], omega))
        pair_rows.append(measures(rho[0], rho[1]))
        mixed.append(mean_estimate(trace_distance(rho[0], flat)))
        theory["exact"].append(shell.mean_squared_distance(dims, keep))
        theory["sharp"].append(shell.trace_distance_bound(dims, keep))
        theory["printed"].append(
            shell.trace_distance_bound(dims, keep, method="popescu-short-winter")
        )
        theory["offset"].append(float(trace_distance(omega, flat)))
    exact = np.array(theory["exact"])
    return {
        **measure_variables("shell", omega_rows),
        **measure_variables("shell_pair", pair_rows),
        V.shell_mixed_distance: stack_estimates(mixed),
        V.shell_squared_distance_exact: exact,
        V.shell_pair_squared_distance_exact: 2 * exact,
        V.shell_distance_bound: theory["sharp"],
        V.shell_distance_printed_bound: theory["printed"],
        V.shell_offset: theory["offset"],
    }
