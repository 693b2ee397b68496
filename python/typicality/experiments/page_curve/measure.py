"""The Page curve: entropy and distance of every cut of random states, Eq. (2) and Sec. III.

States of n qubits are drawn explicitly and bipartitioned at every bond. Beside them stand
Page's exact mean, the leading order of Eq. (2), the limits of the trace distances, and the
eigenstates and energy shells of a spin chain, which are not Haar-random.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from typicality._interruptible import interruptible
from typicality._product import product
from typicality._random import Seeds
from typicality.experiments.experiment import Experiment, Progress
from typicality.experiments.page_curve.spin_chain import (
    chain_coordinates,
    chain_levels,
    chain_variables,
)
from typicality.experiments.stage import stage
from typicality.quantum import (
    haar_schmidt_spectra,
    haar_states,
    marchenko_pastur_entropy,
    mean_purity,
    page_entropy,
    page_entropy_variance,
    reduced_density_matrix,
    schmidt_spectrum,
    spectrum_entropy,
    trace_distance,
    typical_pair_trace_distance,
    typical_trace_distance,
    von_neumann_entropy,
)
from typicality.results.estimates import Estimate, deviation_estimate, mean_estimate, stacked
from typicality.results.variables import Variables, coordinate, dataset, estimated, variable

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["PageCurve"]

_BLOCK_AMPLITUDES = 2**22
_LARGEST_CHECKED_SIDE = 2**9
# What double precision cannot tell from zero; the smallest eigenvalue at d_A = d_B is 1/d_A^3.
_ROUNDING = 1e-15


class PageCurve(Experiment, frozen=True, kw_only=True):
    """Entropy and distance from the maximally mixed state of every cut of random pure states.

    The qubits 0 to ``n_a - 1`` are A, the others B. All cuts of a sample are cuts of one state, so
    neighboring points of a curve are correlated; samples are independent.

    Parameters
    ----------
    n_qubits : int, default: 14
        Number of qubits n, from 2 to 26; the states have 2**n amplitudes.
    n_samples : int, default: 100
        Number of states; must be even: consecutive states are also compared pairwise.
    n_checked : int, default: 4
        Number of states on which S_A = S_B is checked from both density matrices, on every cut
        where neither has more than 512 dimensions.
    n_spectra : int, default: 2000
        Spectra at ``d_A = d_B``, sampled from the exact distribution, for each smaller even number
        of qubits.
    n_spins : int, default: 10
        Length of the mixed-field Ising chain beside the random states, from 4 to 13.
    n_levels : int, default: 64
        Neighboring levels of an energy shell of the chain; `n_samples` typical states are drawn.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import PageCurve
    >>> data = PageCurve(n_qubits=6, n_samples=20, n_spectra=50).run(rng=1)
    >>> data["entropy"].dims, data.sizes["n_a"]
    (('n_a',), 5)
    >>> bool((abs(data["entropy"] - data["entropy_exact"]) < 5 * data["entropy_stderr"]).all())
    True
    """

    name: ClassVar[str] = "page-curve"
    title: ClassVar[str] = "The Page curve"
    equation: ClassVar[str] = "Eq. (2), Sec. III"
    summary: ClassVar[str] = "entropy and distance to the maximally mixed state of every cut"
    result_version: ClassVar[int] = 3
    full: ClassVar[dict[str, Any]] = {
        "n_qubits": 20, "n_samples": 100, "n_spectra": 4000,
        "n_spins": 12, "n_levels": 200,
    }  # fmt: skip

    n_qubits: int = 14
    n_samples: int = 100
    n_checked: int = 4
    n_spectra: int = 2000
    n_spins: int = 10
    n_levels: int = 64

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        if not 2 <= self.n_qubits <= 26:
            larger = (
                " The states themselves are drawn here. Without them, "
                "typicality.quantum.haar_power_traces(2**n_a, 2**n_b) draws the purity of any cut "
                "and haar_schmidt_spectra its spectrum; mean_purity and page_entropy are exact."
            )
            raise ValueError(
                f"n_qubits must be from 2 to 26; got {self.n_qubits}."
                f"{larger if self.n_qubits > 26 else ''}"
            )
        if self.n_samples < 4 or self.n_samples % 2:
            raise ValueError(f"n_samples must be even and at least 4; got {self.n_samples}.")
        if not 1 <= self.n_checked <= self.n_samples:
            raise ValueError(
                f"n_checked must be from 1 to n_samples={self.n_samples}; got {self.n_checked}."
            )
        if self.n_spectra < 2:
            raise ValueError(f"n_spectra must be at least 2; got {self.n_spectra}.")
        if not 4 <= self.n_spins <= 13:
            raise ValueError(f"n_spins must be from 4 to 13; got {self.n_spins}.")
        if not 2 <= self.n_levels <= 2**self.n_spins:
            raise ValueError(
                f"n_levels must be from 2 to 2**n_spins={2**self.n_spins}; got {self.n_levels}."
            )

    def measure(self, seeds: Seeds, progress: Progress) -> xr.Dataset:
        """Draw the states block by block, cut them, and put the theory beside the means.

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
        # Even, so that no pair is torn apart.
        block = max(2, (_BLOCK_AMPLITUDES >> self.n_qubits) // 2 * 2)
        blocks: list[dict[str, npt.NDArray[np.float64]]] = []
        mismatch = np.full(cuts.size, np.nan)
        for start in range(0, self.n_samples, block):
            stop = min(start + block, self.n_samples)
            first, last = 0.7 * start / self.n_samples, 0.7 * stop / self.n_samples
            text = f"states {start + 1} to {stop} of {self.n_samples}"
            now = stage(progress, first, last, text)
            states = haar_states(
                2**self.n_qubits,
                size=stop - start,
                rng=seeds.seed("states", start),
            )
            if start == 0:
                mismatch = self._mismatch(states[: self.n_checked], stage(now, 0.0, 0.1))
            blocks.append(self._cut(states, stage(now, 0.1, 1.0)))
        measured = {name: np.concatenate([part[name] for part in blocks]) for name in blocks[0]}
        variables = self._cut_variables(measured, cuts)
        variables["entropy_mismatch"] = variable(
            "n_a",
            mismatch,
            "measured",
            "largest |S_A - S_B| of one state, each from its own density matrix",
            "nat",
        )
        variables |= self._balanced_variables(seeds, progress)
        levels = chain_levels(self.n_spins, stage(progress, 0.9, 0.95, "spin chain"))
        variables |= chain_variables(
            levels,
            self.n_spins,
            self.n_levels,
            self.n_samples,
            seeds,
            stage(progress, 0.95, 1.0),
        )
        return dataset(
            variables,
            coords={
                "n_a": coordinate("n_a", cuts, "qubits in A"),
                "balance": coordinate(
                    "n_a", self.n_qubits - 2 * cuts, "qubits in B minus qubits in A"
                ),
                "n_balanced": coordinate(
                    "n_balanced", np.arange(2, self.n_qubits + 1, 2), "qubits, cut in the middle"
                ),
                **chain_coordinates(levels, self.n_spins, self.n_levels),
            },
        )

    def _mismatch(self, states: npt.NDArray[Any], progress: Progress) -> npt.NDArray[np.float64]:
        dims = (2,) * self.n_qubits
        worst = np.full(self.n_qubits - 1, np.nan)
        for n_a in range(1, self.n_qubits):
            if 2 ** max(n_a, self.n_qubits - n_a) > _LARGEST_CHECKED_SIDE:
                continue
            progress(n_a / self.n_qubits, f"entropies of both parts, {n_a} qubits in A")
            part_a, part_b = range(n_a), range(n_a, self.n_qubits)
            entropy_a = von_neumann_entropy(reduced_density_matrix(states, dims, tuple(part_a)))
            entropy_b = von_neumann_entropy(reduced_density_matrix(states, dims, tuple(part_b)))
            worst[n_a - 1] = np.abs(entropy_a - entropy_b).max()
        return worst

    def _cut(
        self, states: npt.NDArray[Any], progress: Progress
    ) -> dict[str, npt.NDArray[np.float64]]:
        """Return per state and cut what is averaged, and the distances of consecutive states."""
        dims = (2,) * self.n_qubits
        shape = (len(states), self.n_qubits - 1)
        names = ("entropy", "purity", "distance", "smallest", "zeros")
        found = {name: np.empty(shape) for name in names}
        pairs = np.empty((len(states) // 2, self.n_qubits - 1))
        for n_a in range(1, self.n_qubits):
            progress((n_a - 1) / (self.n_qubits - 1), f"{n_a} qubits in A")
            spectrum = schmidt_spectrum(states, dims, tuple(range(n_a)))
            d_a = 2**n_a
            found["entropy"][:, n_a - 1] = spectrum_entropy(spectrum)
            found["purity"][:, n_a - 1] = np.sum(spectrum**2, axis=-1)
            found["distance"][:, n_a - 1] = _distance_to_mixed(spectrum, d_a)
            found["smallest"][:, n_a - 1] = spectrum[:, -1]
            vanishing = np.count_nonzero(spectrum < _ROUNDING, axis=-1)
            found["zeros"][:, n_a - 1] = d_a - spectrum.shape[-1] + vanishing
            pairs[:, n_a - 1] = _pair_distance(states[0::2], states[1::2], d_a)
        overlaps = np.einsum("ij,ij->i", states[0::2].conj(), states[1::2])
        # |psi><psi| - |phi><phi| has the eigenvalues +- sqrt(1 - |<psi|phi>|^2).
        pure = np.sqrt(np.maximum(0.0, 1.0 - np.abs(overlaps) ** 2))
        return found | {"pair": pairs, "pure": pure}

    def _cut_variables(
        self, measured: dict[str, npt.NDArray[np.float64]], cuts: npt.NDArray[np.int64]
    ) -> Variables:
        n = self.n_qubits
        sides = [(2 ** int(n_a), 2 ** int(n - n_a)) for n_a in cuts]
        ratios = [d_a / d_b for d_a, d_b in sides]
        deviation = [math.sqrt(page_entropy_variance(*side)) for side in sides]
        printed = [math.log(d_a) - d_a / (2 * d_b) for d_a, d_b in sides]
        return {
            **estimated(
                "entropy", "n_a", mean_estimate(measured["entropy"]), "mean entropy", "nat"
            ),
            **estimated(
                "entropy_deviation",
                "n_a",
                deviation_estimate(measured["entropy"]),
                "standard deviation of the entropy from state to state",
                "nat",
            ),
            "entropy_exact": variable(
                "n_a",
                [page_entropy(*side) for side in sides],
                "exact",
                "Page's mean entropy",
                "nat",
            ),
            "entropy_deviation_exact": variable(
                "n_a", deviation, "exact", "standard deviation of the entropy", "nat"
            ),
            "entropy_asymptotic": variable(
                "n_a",
                [float(marchenko_pastur_entropy(*side, 1.0)) for side in sides],
                "asymptotic",
                "Eq. (2) at alpha -> 1",
                "nat",
            ),
            "entropy_printed_asymptotic": variable(
                "n_a",
                printed,
                "asymptotic",
                "log d_A - d_A / (2 d_B), as printed for every cut",
                "nat",
            ),
            **estimated("purity", "n_a", mean_estimate(measured["purity"]), "mean purity of A"),
            "purity_exact": variable(
                "n_a",
                [mean_purity(*side) for side in sides],
                "exact",
                "mean purity (d_A + d_B)/(D + 1)",
            ),
            **estimated(
                "distance",
                "n_a",
                mean_estimate(measured["distance"]),
                "trace distance of rho_A to the maximally mixed state",
            ),
            "distance_asymptotic": variable(
                "n_a",
                typical_trace_distance(np.array(ratios)),
                "asymptotic",
                "limit T(c) of the trace distance to the maximally mixed state",
            ),
            **estimated(
                "pair_distance",
                "n_a",
                mean_estimate(measured["pair"]),
                "trace distance of rho_A of two independent states",
            ),
            "pair_distance_asymptotic": variable(
                "n_a",
                typical_pair_trace_distance(np.array(ratios)),
                "asymptotic",
                "limit T_pair(c) of the trace distance of a pair",
            ),
            **estimated(
                "pure_pair_distance",
                (),
                mean_estimate(measured["pure"]),
                "trace distance of two independent pure states, d_A = D",
            ),
            "pure_pair_distance_exact": variable(
                (), (2**n - 1) / (2**n - 0.5), "exact", "mean trace distance of two pure states"
            ),
            **estimated(
                "smallest_weight",
                "n_a",
                mean_estimate(measured["smallest"]),
                "smallest of the min(d_A, d_B) squared Schmidt coefficients",
            ),
            "zero_eigenvalues": variable(
                "n_a",
                measured["zeros"].mean(axis=0),
                "measured",
                "mean number of eigenvalues of rho_A below 1e-15",
            ),
        }

    def _balanced_variables(self, seeds: Seeds, progress: Progress) -> Variables:
        sizes = range(2, self.n_qubits + 1, 2)
        distances: list[Estimate] = []
        smallest: list[Estimate] = []
        for index, n in enumerate(sizes):
            d = 2 ** (n // 2)
            progress(0.7 + 0.2 * index / len(sizes), f"balanced cuts of {n} qubits")
            spectra = haar_schmidt_spectra(d, d, size=self.n_spectra, rng=seeds.seed("balanced", n))
            distances.append(mean_estimate(_distance_to_mixed(spectra, d)))
            smallest.append(mean_estimate(spectra[:, -1]))
        exact = [2.0 ** (-3 * (n // 2)) for n in sizes]
        limit = float(typical_trace_distance(1.0))
        return {
            **estimated(
                "balanced_distance",
                "n_balanced",
                stacked(distances),
                "trace distance to the maximally mixed state at d_A = d_B",
            ),
            "balanced_distance_asymptotic": variable(
                "n_balanced", np.full(len(sizes), limit), "asymptotic", "T(1) = 3 sqrt(3)/(4 pi)"
            ),
            **estimated(
                "balanced_smallest",
                "n_balanced",
                stacked(smallest),
                "smallest eigenvalue of rho_A at d_A = d_B",
            ),
            "balanced_smallest_exact": variable(
                "n_balanced", exact, "exact", "mean smallest eigenvalue 1/d_A^3"
            ),
        }


def _distance_to_mixed(spectrum: npt.NDArray[np.float64], d_a: int) -> npt.NDArray[np.float64]:
    # The d_a - m zero eigenvalues differ from 1/d_a by 1/d_a each.
    zeros = (d_a - spectrum.shape[-1]) / d_a
    return (np.sum(np.abs(spectrum - 1.0 / d_a), axis=-1) + zeros) / 2


def _pair_distance(
    psi: npt.NDArray[Any], phi: npt.NDArray[Any], d_a: int
) -> npt.NDArray[np.float64]:
    """Trace distance of the reduced states of two batches of kets on the first `d_a` dimensions."""
    x, y = (states.reshape(len(states), d_a, -1) for states in (psi, phi))
    if d_a > 2 * x.shape[-1]:
        # The difference has rank 2 d_b at most: within the span of both column spaces it is small.
        columns = np.concatenate([x, y], axis=-1)
        both: Any = interruptible(functools.partial(np.linalg.qr, mode="r"), columns)
        x, y = both[..., : x.shape[-1]], both[..., x.shape[-1] :]
        difference = product(x, x.conj().swapaxes(-1, -2)) - product(y, y.conj().swapaxes(-1, -2))
        return np.abs(interruptible(np.linalg.eigvalsh, difference)).sum(axis=-1) / 2
    dims = (d_a, x.shape[-1])
    return np.asarray(
        trace_distance(reduced_density_matrix(psi, dims, 0), reduced_density_matrix(phi, dims, 0))
    )
