"""Renyi entropies of random-matrix eigenvectors against the Marchenko-Pastur law, Eq. (2).

Matrices of the Gaussian unitary ensemble are drawn and diagonalized; one eigenvector of each is cut
in two. Haar-random states are cut beside them, since that is what such an eigenvector is, and the
eigenstates and typical states of an energy shell of a spin chain, which are not.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats
from typicality._interruptible import interruptible
from typicality._progress import Progress, stage
from typicality._random import Seeds
from typicality.experiments.chaotic_chain import chain_levels, chain_shell
from typicality.experiments.renyi_entropy.variables import RenyiEntropyVariables as V
from typicality.quantum import (
    EnergyShell,
    haar_schmidt_spectra,
    haar_states,
    marchenko_pastur_entropy,
    mean_entanglement_capacity,
    mean_power_trace,
    page_entropy,
    page_entropy_variance,
    schmidt_spectrum,
    spectrum_entropy,
)
from typicality.results.estimates import mean_estimate
from typicality.results.table import Values
from typicality.spectra import MarchenkoPastur, gaussian_matrices

if TYPE_CHECKING:
    from typicality.experiments.renyi_entropy.experiment import RenyiEntropy

__all__ = ["measure"]

_SOURCES: Final = (
    "GUE eigenvectors",
    "Haar states",
    "eigenstates of a spin chain",
    "typical states of the chain's shell",
)
_EIGENSTATES: Final = 2
_BLOCK: Final = 50
# Nearer to alpha = 1, first order in alpha - 1 is more accurate than dividing by it.
_NEAR_ONE: Final = 1e-4
_BINS: Final = np.linspace(0.0, 4.4, 23)
# Mean of the Tracy-Widom law of the unitary ensembles.
_TRACY_WIDOM_MEAN: Final = -1.7710868074


def measure(experiment: RenyiEntropy, seeds: Seeds, progress: Progress) -> Values:
    """Draw, diagonalize and cut, and put Eq. (2) and the exact means beside the averages."""
    cuts = np.arange(1, experiment.n_qubits)
    eigenvectors = _eigenvectors(experiment, seeds, progress)
    states = haar_states(2**experiment.n_qubits, size=experiment.n_states, rng=seeds.seed("states"))
    shell = _shell(experiment, stage(progress, 0.7, 0.75))
    sources = (
        eigenvectors,
        states,
        np.ascontiguousarray(shell.basis.T),
        shell.sample(experiment.n_states, rng=seeds.seed("shell")),
    )
    progress(0.75, "cutting states")
    spectra = [_spectra(experiment, source) for source in sources]
    variables = (
        _entropy_variables(experiment, spectra)
        | _density_variables(experiment, spectra)
        | _balanced_variables(experiment, seeds, progress)
    )
    return variables | {
        V.source: list(_SOURCES),
        V.alpha: list(experiment.alphas),
        V.n_a: cuts,
        V.d_balanced: list(experiment.balanced_dimensions),
        V.eigenvalue: (_BINS[1:] + _BINS[:-1]) / 2,
        V.eigenvalue_edge: _BINS,
    }


def _eigenvectors(
    experiment: RenyiEntropy, seeds: Seeds, progress: Progress
) -> npt.NDArray[np.complex128]:
    d = 2**experiment.n_qubits
    chosen = np.empty((experiment.n_matrices, d), dtype=np.complex128)
    for start in range(0, experiment.n_matrices, _BLOCK):
        size = min(_BLOCK, experiment.n_matrices - start)
        matrices = gaussian_matrices(d, size=size, rng=seeds.seed("matrices", start))
        for index in range(size):
            done = start + index
            text = f"diagonalizing matrix {done + 1} of {experiment.n_matrices}"
            now = stage(progress, 0.7 * done / experiment.n_matrices, 0.7)
            _, vectors = interruptible(np.linalg.eigh, matrices[index], progress=now, text=text)
            chosen[start + index] = vectors[:, d // 2]
    return chosen / np.linalg.norm(chosen, axis=-1, keepdims=True)


def _shell(experiment: RenyiEntropy, progress: Progress) -> EnergyShell:
    levels = chain_levels(experiment.n_qubits, progress)
    return chain_shell(levels, min(experiment.n_levels, levels.dimension // 2))


def _spectra(experiment: RenyiEntropy, states: npt.NDArray[Any]) -> list[Floats]:
    dims = (2,) * experiment.n_qubits
    return [
        schmidt_spectrum(states, dims, tuple(range(n_a))) for n_a in range(1, experiment.n_qubits)
    ]


def _sides(experiment: RenyiEntropy) -> list[tuple[int, int]]:
    return [(2**n_a, 2 ** (experiment.n_qubits - n_a)) for n_a in range(1, experiment.n_qubits)]


def _entropy_variables(experiment: RenyiEntropy, spectra: list[list[Floats]]) -> Values:
    alphas, sides = experiment.alphas, _sides(experiment)
    shape = (len(_SOURCES), len(alphas), len(sides))
    mean, annealed, rank = (np.empty(shape), np.empty(shape), np.empty((shape[0], shape[2])))
    mean_error, annealed_error = np.empty(shape), np.empty(shape)
    for source, cuts in enumerate(spectra):
        for cut, spectrum in enumerate(cuts):
            rank[source, cut] = np.mean(np.count_nonzero(spectrum > 0.0, axis=-1))
            for order, alpha in enumerate(alphas):
                at = (source, order, cut)
                mean[at], mean_error[at] = mean_estimate(spectrum_entropy(spectrum, alpha))
                annealed[at], annealed_error[at] = _annealed(spectrum, alpha)
    mean_error[_EIGENSTATES] = annealed_error[_EIGENSTATES] = 0.0
    asymptotic = [
        [float(marchenko_pastur_entropy(*side, alpha)) for side in sides] for alpha in alphas
    ]
    exact = [[_exact(*side, alpha) for side in sides] for alpha in alphas]
    hartley = [math.log(min(side)) for side in sides]
    return {
        V.entropy: (mean, mean_error),
        V.entropy_annealed: (annealed, annealed_error),
        V.entropy_asymptotic: asymptotic,
        V.entropy_annealed_exact: exact,
        V.entropy_hartley_asymptotic: hartley,
        V.rank: rank,
    }


def _density_variables(experiment: RenyiEntropy, spectra: list[list[Floats]]) -> Values:
    """Return histograms of the rescaled spectra, normalized to d_A eigenvalues, and the law."""
    bins, sides = _BINS, _sides(experiment)
    widths = np.diff(bins)
    shape = (len(_SOURCES), len(sides), widths.size)
    density, error, law = np.empty(shape), np.empty(shape), np.empty(shape[1:])
    for cut, (d_a, d_b) in enumerate(sides):
        # Eigenvalues of one state repel each other: the error is taken from state to state.
        for source, cuts in enumerate(spectra):
            scaled = d_a * cuts[cut]
            counts = np.stack(
                [
                    np.count_nonzero((scaled >= low) & (scaled < high), axis=-1)
                    for low, high in itertools.pairwise(bins)
                ],
                axis=-1,
            )
            mean, stderr = mean_estimate(counts)
            density[source, cut], error[source, cut] = (
                mean / (d_a * widths),
                stderr / (d_a * widths),
            )
        error[_EIGENSTATES, cut] = 0.0
        distribution = MarchenkoPastur(d_a / d_b)
        # The atom at zero for d_A > d_B is left to the zero eigenvalues, which are not counted.
        share = np.diff(distribution.cdf(bins))
        if d_a > d_b:
            share[0] = distribution.cdf(bins[1]) - distribution.atom
        law[cut] = share / widths
    return {
        V.density: (density, error),
        V.density_asymptotic: law,
    }


def _balanced_variables(experiment: RenyiEntropy, seeds: Seeds, progress: Progress) -> Values:
    sizes, alphas = experiment.balanced_dimensions, experiment.alphas
    gap, error = np.empty((2, len(sizes), len(alphas)))
    limit = np.empty((len(sizes), len(alphas)))
    for row, d in enumerate(sizes):
        spectra = haar_schmidt_spectra(
            d, d, size=experiment.n_spectra, rng=seeds.seed("balanced", d)
        )
        for column, alpha in enumerate(alphas):
            mean, stderr = mean_estimate(spectrum_entropy(spectra, alpha))
            limit[row, column] = float(marchenko_pastur_entropy(d, d, alpha))
            gap[row, column], error[row, column] = mean - limit[row, column], stderr
        progress(0.8 + 0.2 * (row + 1) / len(sizes), "approach to the limit")
    page = [page_entropy(d, d) - float(marchenko_pastur_entropy(d, d, 1.0)) for d in sizes]
    return {
        V.gap: (gap, error),
        V.gap_page_exact: page,
        V.gap_edge_asymptotic: [_edge_gap(d) for d in sizes],
    }


def _annealed(spectrum: Floats, alpha: float) -> tuple[float, float]:
    """Entropy of the mean power trace, and its standard error to first order."""
    if alpha == 1.0:
        mean, stderr = mean_estimate(spectrum_entropy(spectrum, 1.0))
        return float(mean), float(stderr)
    if math.isinf(alpha):
        mean, stderr = mean_estimate(spectrum.max(axis=-1))
        return -math.log(float(mean)), float(stderr / mean)
    if abs(alpha - 1.0) < 0.5:
        # What the power trace lacks to one, without rounding it to one first.
        logs = np.log(np.where(spectrum > 0.0, spectrum, 1.0))
        excess, stderr = mean_estimate((spectrum * np.expm1((alpha - 1.0) * logs)).sum(axis=-1))
        relative = stderr / (1.0 + excess) / abs(1.0 - alpha)
        return math.log1p(float(excess)) / (1.0 - alpha), float(relative)
    # Powers relative to the largest weight of all cannot all underflow.
    top = float(spectrum.max())
    mean, stderr = mean_estimate(np.sum((spectrum / top) ** alpha, axis=-1))
    entropy = (alpha * math.log(top) + math.log(float(mean))) / (1.0 - alpha)
    return entropy, float(stderr / mean) / abs(1.0 - alpha)


def _exact(d_a: int, d_b: int, alpha: float) -> float:
    if abs(alpha - 1.0) < _NEAR_ONE:
        # log E tr rho^s at s = 1 has the slope -E S and the curvature E C + Var S.
        curvature = mean_entanglement_capacity(d_a, d_b) + page_entropy_variance(d_a, d_b)
        return float(page_entropy(d_a, d_b)) - 0.5 * (alpha - 1.0) * curvature
    if math.isinf(alpha):
        # No closed form is used for the mean of the largest eigenvalue.
        return math.nan
    return math.log(float(mean_power_trace(d_a, d_b, alpha))) / (1.0 - alpha)


def _edge_gap(d: int) -> float:
    """Shift of the min-entropy by the edge, lambda_max = 4 d + (2 sqrt d)(2/sqrt d)^(1/3) TW."""
    scale = 2.0 * math.sqrt(d) * (2.0 / math.sqrt(d)) ** (1.0 / 3.0)
    return -math.log1p(scale * _TRACY_WIDOM_MEAN / (4.0 * d))
