"""The spin chain beside the random states: a mixed-field Ising chain far from integrable."""

from __future__ import annotations

import math

from scipy import sparse

from typicality._progress import Progress
from typicality.quantum import EnergyShell, ising_chain

__all__ = ["chain_levels", "chain_shell", "chaotic_chain", "neighboring_levels"]


def chaotic_chain(n_spins: int) -> sparse.csr_array:
    """Return the Hamiltonian ``sum ZZ - 1.05 sum X + 0.5 sum Z`` of the open chain.

    Examples
    --------
    >>> chaotic_chain(4).shape
    (16, 16)
    """
    return ising_chain(n_spins, transverse=-1.05, longitudinal=0.5)


def chain_levels(n_spins: int, progress: Progress | None = None) -> EnergyShell:
    """Diagonalize the chain; every level is in the shell that is returned.

    Examples
    --------
    >>> chain_levels(4).dimension
    16
    """
    hamiltonian = chaotic_chain(n_spins)
    return EnergyShell.from_hamiltonian(
        hamiltonian, window=(-math.inf, math.inf), progress=progress
    )


def chain_shell(levels: EnergyShell, n_levels: int, position: float = 0.5) -> EnergyShell:
    """Return the shell of `n_levels` neighboring levels at a position in the spectrum.

    Parameters
    ----------
    levels : EnergyShell
        What `chain_levels` returned.
    n_levels : int
        How many.
    position : float, default: 0.5
        From 0, the lowest ones, to 1, the highest.

    Examples
    --------
    >>> chain_shell(chain_levels(4), 5).dimension
    5
    """
    chosen = neighboring_levels(levels, n_levels, position)
    return EnergyShell(levels.energies[chosen], levels.basis[:, chosen])


def neighboring_levels(levels: EnergyShell, n_levels: int, position: float) -> slice:
    """Return which levels `chain_shell` takes.

    Examples
    --------
    >>> neighboring_levels(chain_levels(4), 5, 1.0)
    slice(11, 16, None)
    """
    start = round(position * (levels.dimension - n_levels))
    return slice(start, start + n_levels)
