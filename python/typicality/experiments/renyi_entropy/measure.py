"""Renyi entropies of random-matrix eigenvectors against the Marchenko-Pastur law, Eq. (2).

Matrices of the Gaussian unitary ensemble are drawn and diagonalized; one eigenvector of each is cut
in two. Haar-random states are cut beside them, since that is what such an eigenvector is, and the
eigenstates and typical states of an energy shell of a spin chain, which are not.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from typicality._interruptible import interruptible
from typicality._random import Seeds
from typicality.experiments.experiment import Experiment, Progress
from typicality.experiments.page_curve.spin_chain import chain_levels, chain_shell
from typicality.experiments.stage import stage
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
from typicality.results.variables import Variables, coordinate, dataset, estimated, variable
from typicality.spectra import MarchenkoPastur, gaussian_matrices

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["RenyiEntropy"]

_SOURCES: Final = (
    "GUE eigenvectors",
    "Haar states",
    "eigenstates of a spin chain",
    "typical states of the chain's shell",
)
_EIGENSTATES: Final = 2
_BLOCK: Final = 50
# Up to here no exact mean of a power trace underflows, 2e-285 for the halves of 12 qubits.
_LARGEST_ORDER: Final = 250.0
# Nearer to alpha = 1, first order in alpha - 1 is more accurate than dividing by it.
_NEAR_ONE: Final = 1e-4
_BINS: Final = np.linspace(0.0, 4.4, 23)
# Mean of the Tracy-Widom law of the unitary ensembles.
_TRACY_WIDOM_MEAN: Final = -1.7710868074


class RenyiEntropy(Experiment, frozen=True, kw_only=True):
    """Mean Renyi entropies of GUE eigenvectors, Haar states and a spin chain's, on every cut.

    The chain is an open mixed-field Ising chain of as many spins; its shell lies in the middle of
    the spectrum. The mean over its eigenstates involves no chance: its standard error is zero.

    Parameters
    ----------
    n_qubits : int, default: 8
        Number of qubits n, from 2 to 12; the matrices have 2**n rows.
    n_matrices : int, default: 200
        Number of matrices that are drawn and diagonalized. Eigenvectors of one matrix are
        orthogonal and so not independent: the middle one is taken of each.
    n_states : int, default: 4000
        Number of Haar-random states, and of typical states of the chain's shell.
    n_levels : int, default: 32
        Levels of that shell; a shorter chain takes half of its levels.
    alphas : tuple of float, default: (0.5, 1.0, 2.0, 3.0, inf)
        Orders of the entropies, positive and without repetition: up to 250, and infinity.
    balanced_dimensions : tuple of int, default: (4, 6, 8, 12, 16, 24, 32, 48, 64)
        Dimensions ``d_A = d_B`` at which the approach to Eq. (2) is measured.
    n_spectra : int, default: 20000
        Draws for each of them.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import RenyiEntropy
    >>> data = RenyiEntropy(n_qubits=4, n_matrices=10, n_states=50, balanced_dimensions=(4, 8),
    ...                     n_spectra=50).run(rng=1)
    >>> data["entropy"].dims, data["entropy"].shape
    (('source', 'alpha', 'n_a'), (4, 5, 3))
    """

    name: ClassVar[str] = "renyi-entropy"
    title: ClassVar[str] = "Rényi entropies of random eigenvectors"
    equation: ClassVar[str] = "Eq. (2)"
    summary: ClassVar[str] = "entropies of GUE eigenvectors and Haar states on every cut"
    result_version: ClassVar[int] = 3
    full: ClassVar[dict[str, Any]] = {
        "n_qubits": 10,
        "n_matrices": 400,
        "n_states": 20000,
        "n_levels": 100,
        "balanced_dimensions": (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128),
        "n_spectra": 200000,
    }

    n_qubits: int = 8
    n_matrices: int = 200
    n_states: int = 4000
    n_levels: int = 32
    alphas: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0, math.inf)
    balanced_dimensions: tuple[int, ...] = (4, 6, 8, 12, 16, 24, 32, 48, 64)
    n_spectra: int = 20000

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        if not 2 <= self.n_qubits <= 12:
            raise ValueError(f"n_qubits must be from 2 to 12; got {self.n_qubits}.")
        for name in ("n_matrices", "n_states", "n_levels", "n_spectra"):
            if getattr(self, name) < 2:
                raise ValueError(f"{name} must be at least 2; got {getattr(self, name)}.")
        orders = self.alphas
        allowed = all(0 < alpha <= _LARGEST_ORDER or alpha == math.inf for alpha in orders)
        if not orders or len(set(orders)) < len(orders) or not allowed:
            raise ValueError(
                f"alphas must be different positive numbers up to {_LARGEST_ORDER:g}, or infinity; "
                f"got {orders}."
            )
        sizes = self.balanced_dimensions
        if not sizes or len(set(sizes)) < len(sizes) or not all(2 <= d <= 4096 for d in sizes):
            raise ValueError(
                f"balanced_dimensions must be different integers from 2 to 4096; got {sizes}."
            )

    def measure(self, seeds: Seeds, progress: Progress) -> xr.Dataset:
        """Draw, diagonalize and cut, and put Eq. (2) and the exact means beside the averages.

        Parameters
        ----------
        seeds : Seeds
            Source of randomness.
        progress : callable
            Called with the fraction done.

        Returns
        -------
        xarray.Dataset
        """
        cuts = np.arange(1, self.n_qubits)
        eigenvectors = self._eigenvectors(seeds, progress)
        states = haar_states(2**self.n_qubits, size=self.n_states, rng=seeds.seed("states"))
        shell = self._shell(stage(progress, 0.7, 0.75))
        sources = (
            eigenvectors,
            states,
            np.ascontiguousarray(shell.basis.T),
            shell.sample(self.n_states, rng=seeds.seed("shell")),
        )
        progress(0.75, "cutting states")
        spectra = [self._spectra(source) for source in sources]
        variables = (
            self._entropy_variables(spectra)
            | self._density_variables(spectra)
            | self._balanced_variables(seeds, progress)
        )
        return dataset(
            variables,
            coords={
                "source": coordinate("source", list(_SOURCES), "where the states come from"),
                "alpha": coordinate("alpha", list(self.alphas), "order alpha of the entropy"),
                "n_a": coordinate("n_a", cuts, "qubits in A"),
                "d_balanced": coordinate(
                    "d_balanced", list(self.balanced_dimensions), "dimension d_A = d_B"
                ),
                "eigenvalue": coordinate(
                    "eigenvalue", (_BINS[1:] + _BINS[:-1]) / 2, "d_A p, p an eigenvalue of rho_A"
                ),
                "eigenvalue_edge": coordinate(
                    "eigenvalue_edge", _BINS, "edges of the bins of d_A p"
                ),
            },
        )

    def _eigenvectors(self, seeds: Seeds, progress: Progress) -> npt.NDArray[np.complex128]:
        d = 2**self.n_qubits
        chosen = np.empty((self.n_matrices, d), dtype=np.complex128)
        for start in range(0, self.n_matrices, _BLOCK):
            size = min(_BLOCK, self.n_matrices - start)
            matrices = gaussian_matrices(d, size=size, rng=seeds.seed("matrices", start))
            for index in range(size):
                done = start + index
                text = f"diagonalizing matrix {done + 1} of {self.n_matrices}"
                now = stage(progress, 0.7 * done / self.n_matrices, 0.7)
                _, vectors = interruptible(np.linalg.eigh, matrices[index], progress=now, text=text)
                chosen[start + index] = vectors[:, d // 2]
        return chosen / np.linalg.norm(chosen, axis=-1, keepdims=True)

    def _shell(self, progress: Progress) -> EnergyShell:
        levels = chain_levels(self.n_qubits, progress)
        return chain_shell(levels, min(self.n_levels, levels.dimension // 2))

    def _spectra(self, states: npt.NDArray[Any]) -> list[npt.NDArray[np.float64]]:
        dims = (2,) * self.n_qubits
        return [
            schmidt_spectrum(states, dims, tuple(range(n_a))) for n_a in range(1, self.n_qubits)
        ]

    def _sides(self) -> list[tuple[int, int]]:
        return [(2**n_a, 2 ** (self.n_qubits - n_a)) for n_a in range(1, self.n_qubits)]

    def _entropy_variables(self, spectra: list[list[npt.NDArray[np.float64]]]) -> Variables:
        alphas, sides = self.alphas, self._sides()
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
        dims = ("source", "alpha", "n_a")
        asymptotic = [
            [float(marchenko_pastur_entropy(*side, alpha)) for side in sides] for alpha in alphas
        ]
        exact = [[_exact(*side, alpha) for side in sides] for alpha in alphas]
        hartley = [math.log(min(side)) for side in sides]
        return {
            **estimated("entropy", dims, (mean, mean_error), "mean Renyi entropy", "nat"),
            **estimated(
                "entropy_annealed",
                dims,
                (annealed, annealed_error),
                "Renyi entropy of the mean tr rho_A^alpha",
                "nat",
            ),
            "entropy_asymptotic": variable(
                ("alpha", "n_a"), asymptotic, "asymptotic", "Eq. (2)", "nat"
            ),
            "entropy_annealed_exact": variable(
                ("alpha", "n_a"),
                exact,
                "exact",
                "Renyi entropy of the exact mean tr rho_A^alpha; Page's mean at alpha = 1",
                "nat",
            ),
            "entropy_hartley_asymptotic": variable(
                "n_a", hartley, "asymptotic", "Eq. (2) at alpha -> 0, the Hartley entropy", "nat"
            ),
            "rank": variable(
                ("source", "n_a"), rank, "measured", "mean number of nonzero Schmidt coefficients"
            ),
        }

    def _density_variables(self, spectra: list[list[npt.NDArray[np.float64]]]) -> Variables:
        """Return histograms of the rescaled spectra, normalized to d_A eigenvalues, and the law."""
        bins, sides = _BINS, self._sides()
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
        dims = ("source", "n_a", "eigenvalue")
        return {
            **estimated("density", dims, (density, error), "density of the nonzero d_A p"),
            "density_asymptotic": variable(
                ("n_a", "eigenvalue"), law, "asymptotic", "Marchenko-Pastur law averaged over a bin"
            ),
        }

    def _balanced_variables(self, seeds: Seeds, progress: Progress) -> Variables:
        sizes, alphas = self.balanced_dimensions, self.alphas
        gap, error = np.empty((2, len(sizes), len(alphas)))
        limit = np.empty((len(sizes), len(alphas)))
        for row, d in enumerate(sizes):
            spectra = haar_schmidt_spectra(d, d, size=self.n_spectra, rng=seeds.seed("balanced", d))
            for column, alpha in enumerate(alphas):
                mean, stderr = mean_estimate(spectrum_entropy(spectra, alpha))
                limit[row, column] = float(marchenko_pastur_entropy(d, d, alpha))
                gap[row, column], error[row, column] = mean - limit[row, column], stderr
            progress(0.8 + 0.2 * (row + 1) / len(sizes), "approach to the limit")
        page = [page_entropy(d, d) - float(marchenko_pastur_entropy(d, d, 1.0)) for d in sizes]
        return {
            **estimated(
                "gap",
                ("d_balanced", "alpha"),
                (gap, error),
                "mean Renyi entropy minus Eq. (2) at d_A = d_B",
                "nat",
            ),
            "gap_page_exact": variable(
                "d_balanced", page, "exact", "Page's mean entropy minus Eq. (2)", "nat"
            ),
            "gap_edge_asymptotic": variable(
                "d_balanced",
                [_edge_gap(d) for d in sizes],
                "asymptotic",
                "min-entropy minus Eq. (2) from the Tracy-Widom mean of the largest eigenvalue",
                "nat",
            ),
        }


def _annealed(spectrum: npt.NDArray[np.float64], alpha: float) -> tuple[float, float]:
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
