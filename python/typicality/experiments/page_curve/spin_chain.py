"""Entropies of a spin chain's eigenstates and of typical states of its shells, beside Haar states.

Eq. (2) and Page's mean are statements about Haar-random states of the whole space. A typical state
of an energy shell has nearly the reduced state Omega_A of the shell, a single eigenstate of a local
Hamiltonian only roughly: here both are measured for the mixed-field Ising chain.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from typicality._arrays import Floats
from typicality._progress import Progress, stage
from typicality._random import Seeds
from typicality.experiments.chaotic_chain import chain_shell, neighboring_levels
from typicality.experiments.page_curve.variables import PageCurveVariables as V
from typicality.quantum import (
    EnergyShell,
    page_entropy,
    purity,
    schmidt_spectrum,
    spectrum_entropy,
    von_neumann_entropy,
)
from typicality.results.estimates import Estimate, mean_estimate, stack_estimates
from typicality.results.table import Values

__all__ = ["chain_coordinates", "chain_variables"]


_N_SHELLS = 9
_BLOCK = 256


def chain_coordinates(levels: EnergyShell, n_spins: int, n_levels: int) -> dict[str, Any]:
    """Return the coordinates of `chain_variables`."""
    energies = [
        levels.energies[neighboring_levels(levels, n_levels, x)].mean() for x in _positions()
    ]
    return {
        V.chain_energy: levels.energies,
        V.chain_shell: energies,
        V.chain_n_a: np.arange(1, n_spins),
    }


def chain_variables(
    levels: EnergyShell,
    n_spins: int,
    n_levels: int,
    n_samples: int,
    seeds: Seeds,
    progress: Progress | None = None,
) -> Values:
    """Measure entropies: of half of the chain across its spectrum, in its middle of every cut.

    Parameters
    ----------
    levels : EnergyShell
        What `chain_levels` returned.
    n_spins, n_levels, n_samples : int
        Length of the chain, levels of a shell, typical states drawn of each.
    seeds : Seeds
        Source of randomness.
    progress : callable, optional
        Called with the fraction done and a text.

    Returns
    -------
    dict of variables
    """
    tell = progress or _silent
    return _across(levels, n_spins, n_levels, n_samples, seeds, stage(tell, 0.0, 0.6)) | _cuts(
        levels, n_spins, n_levels, n_samples, seeds, stage(tell, 0.6, 1.0)
    )


def _silent(fraction: float, text: str) -> None:
    del fraction, text


def _across(
    levels: EnergyShell,
    n_spins: int,
    n_levels: int,
    n_samples: int,
    seeds: Seeds,
    progress: Progress,
) -> Values:
    dims, half = (2,) * n_spins, range(n_spins // 2)
    entropies: list[Estimate] = []
    purities: list[Estimate] = []
    omega, exact = [], []
    for index, position in enumerate(_positions()):
        progress(0.6 * index / _N_SHELLS, f"shell {index + 1} of {_N_SHELLS} of the spin chain")
        shell = chain_shell(levels, n_levels, position)
        states = shell.sample(n_samples, rng=seeds.seed("chain shell", index))
        spectrum = schmidt_spectrum(states, dims, half)
        entropies.append(mean_estimate(spectrum_entropy(spectrum)))
        purities.append(mean_estimate(np.sum(spectrum**2, axis=-1)))
        reduced = shell.reduced_state(dims, half)
        omega.append(float(von_neumann_entropy(reduced)))
        # E tr rho_A^2 = tr Omega_A^2 + E ||rho_A - Omega_A||_2^2, since E rho_A = Omega_A.
        exact.append(float(purity(reduced)) + shell.mean_squared_distance(dims, half))
    return {
        V.chain_eigenstate_entropy: _entropies(levels, dims, half, stage(progress, 0.6, 1.0)),
        V.chain_shell_entropy: stack_estimates(entropies),
        V.chain_omega_entropy: omega,
        V.chain_shell_purity: stack_estimates(purities),
        V.chain_shell_purity_exact: exact,
    }


def _cuts(
    levels: EnergyShell,
    n_spins: int,
    n_levels: int,
    n_samples: int,
    seeds: Seeds,
    progress: Progress,
) -> Values:
    dims = (2,) * n_spins
    shell = chain_shell(levels, n_levels)
    states = shell.sample(n_samples, rng=seeds.seed("chain cuts"))
    eigenstates, typical = [], []
    for n_a in range(1, n_spins):
        progress(n_a / n_spins, f"cutting the spin chain after {n_a} of {n_spins} spins")
        eigenstates.append(_entropies(shell, dims, range(n_a)))
        typical.append(mean_estimate(spectrum_entropy(schmidt_spectrum(states, dims, range(n_a)))))
    page = [float(page_entropy(2**n_a, 2 ** (n_spins - n_a))) for n_a in range(1, n_spins)]
    return {
        V.chain_curve_eigenstates: np.mean(eigenstates, axis=1),
        V.chain_curve_eigenstates_deviation: np.std(eigenstates, axis=1),
        V.chain_curve_shell: stack_estimates(typical),
        V.chain_curve_page_exact: page,
    }


def _positions() -> Floats:
    return np.linspace(0.0, 1.0, _N_SHELLS)


def _entropies(
    shell: EnergyShell, dims: tuple[int, ...], keep: range, progress: Progress = _silent
) -> Floats:
    """Entropies of the basis states, a block at a time."""
    found = np.empty(shell.dimension)
    for start in range(0, shell.dimension, _BLOCK):
        progress(start / shell.dimension, "entropies of eigenstates")
        chosen = slice(start, start + _BLOCK)
        kets = np.ascontiguousarray(shell.basis[:, chosen].T)
        found[chosen] = spectrum_entropy(schmidt_spectrum(kets, dims, keep))
    return found
