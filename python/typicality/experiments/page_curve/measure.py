"""The Page curve: entropy and distance of every cut of random states, Eq. (2) and Sec. III.

States of n qubits are drawn explicitly and bipartitioned at every bond. Beside them stand
Page's exact mean, the leading order of Eq. (2), the limits of the trace distances, and the
eigenstates and energy shells of a spin chain, which are not Haar-random.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats
from typicality._interruptible import interruptible
from typicality._product import product
from typicality._progress import Progress, stage
from typicality._random import Seeds
from typicality.experiments.chaotic_chain import chain_levels
from typicality.experiments.page_curve.spin_chain import chain_coordinates, chain_variables
from typicality.experiments.page_curve.variables import PageCurveVariables as V
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
from typicality.results.estimates import (
    Estimate,
    deviation_estimate,
    mean_estimate,
    stack_estimates,
)
from typicality.results.table import Values

if TYPE_CHECKING:
    from typicality.experiments.page_curve.experiment import PageCurve

__all__ = ["measure"]

_BLOCK_AMPLITUDES = 2**22
_LARGEST_CHECKED_SIDE = 2**9
# What double precision cannot tell from zero; the smallest eigenvalue at d_A = d_B is 1/d_A^3.
_ROUNDING = 1e-15


def measure(experiment: PageCurve, seeds: Seeds, progress: Progress) -> Values:
    """Draw the states block by block, cut them, and put the theory beside the means."""
    cuts = np.arange(1, experiment.n_qubits)
    # Even, so that no pair is torn apart.
    block = max(2, (_BLOCK_AMPLITUDES >> experiment.n_qubits) // 2 * 2)
    blocks: list[dict[str, Floats]] = []
    mismatch = np.full(cuts.size, np.nan)
    for start in range(0, experiment.n_samples, block):
        stop = min(start + block, experiment.n_samples)
        first, last = 0.7 * start / experiment.n_samples, 0.7 * stop / experiment.n_samples
        text = f"states {start + 1} to {stop} of {experiment.n_samples}"
        now = stage(progress, first, last, text)
        states = haar_states(
            2**experiment.n_qubits,
            size=stop - start,
            rng=seeds.seed("states", start),
        )
        if start == 0:
            mismatch = _mismatch(experiment, states[: experiment.n_checked], stage(now, 0.0, 0.1))
        blocks.append(_cut(experiment, states, stage(now, 0.1, 1.0)))
    measured = {name: np.concatenate([part[name] for part in blocks]) for name in blocks[0]}
    variables = _cut_variables(experiment, measured, cuts)
    variables[V.entropy_mismatch] = mismatch
    variables |= _balanced_variables(experiment, seeds, progress)
    levels = chain_levels(experiment.n_spins, stage(progress, 0.9, 0.95, "spin chain"))
    variables |= chain_variables(
        levels,
        experiment.n_spins,
        experiment.n_levels,
        experiment.n_samples,
        seeds,
        stage(progress, 0.95, 1.0),
    )
    return variables | {
        V.n_a: cuts,
        V.balance: experiment.n_qubits - 2 * cuts,
        V.n_balanced: np.arange(2, experiment.n_qubits + 1, 2),
        **chain_coordinates(levels, experiment.n_spins, experiment.n_levels),
    }


def _mismatch(experiment: PageCurve, states: npt.NDArray[Any], progress: Progress) -> Floats:
    dims = (2,) * experiment.n_qubits
    worst = np.full(experiment.n_qubits - 1, np.nan)
    for n_a in range(1, experiment.n_qubits):
        if 2 ** max(n_a, experiment.n_qubits - n_a) > _LARGEST_CHECKED_SIDE:
            continue
        progress(n_a / experiment.n_qubits, f"entropies of both parts, {n_a} qubits in A")
        part_a, part_b = range(n_a), range(n_a, experiment.n_qubits)
        entropy_a = von_neumann_entropy(reduced_density_matrix(states, dims, tuple(part_a)))
        entropy_b = von_neumann_entropy(reduced_density_matrix(states, dims, tuple(part_b)))
        worst[n_a - 1] = np.abs(entropy_a - entropy_b).max()
    return worst


def _cut(experiment: PageCurve, states: npt.NDArray[Any], progress: Progress) -> dict[str, Floats]:
    """Return per state and cut what is averaged, and the distances of consecutive states."""
    dims = (2,) * experiment.n_qubits
    shape = (len(states), experiment.n_qubits - 1)
    names = ("entropy", "purity", "distance", "smallest", "zeros")
    found = {name: np.empty(shape) for name in names}
    pairs = np.empty((len(states) // 2, experiment.n_qubits - 1))
    for n_a in range(1, experiment.n_qubits):
        progress((n_a - 1) / (experiment.n_qubits - 1), f"{n_a} qubits in A")
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
    experiment: PageCurve, measured: dict[str, Floats], cuts: npt.NDArray[np.int64]
) -> Values:
    n = experiment.n_qubits
    sides = [(2 ** int(n_a), 2 ** int(n - n_a)) for n_a in cuts]
    ratios = [d_a / d_b for d_a, d_b in sides]
    deviation = [math.sqrt(page_entropy_variance(*side)) for side in sides]
    printed = [math.log(d_a) - d_a / (2 * d_b) for d_a, d_b in sides]
    return {
        V.entropy: mean_estimate(measured["entropy"]),
        V.entropy_deviation: deviation_estimate(measured["entropy"]),
        V.entropy_exact: [page_entropy(*side) for side in sides],
        V.entropy_deviation_exact: deviation,
        V.entropy_asymptotic: [float(marchenko_pastur_entropy(*side, 1.0)) for side in sides],
        V.entropy_printed_asymptotic: printed,
        V.purity: mean_estimate(measured["purity"]),
        V.purity_exact: [mean_purity(*side) for side in sides],
        V.distance: mean_estimate(measured["distance"]),
        V.distance_asymptotic: typical_trace_distance(np.array(ratios)),
        V.pair_distance: mean_estimate(measured["pair"]),
        V.pair_distance_asymptotic: typical_pair_trace_distance(np.array(ratios)),
        V.pure_pair_distance: mean_estimate(measured["pure"]),
        V.pure_pair_distance_exact: (2**n - 1) / (2**n - 0.5),
        V.smallest_weight: mean_estimate(measured["smallest"]),
        V.zero_eigenvalues: measured["zeros"].mean(axis=0),
    }


def _balanced_variables(experiment: PageCurve, seeds: Seeds, progress: Progress) -> Values:
    sizes = range(2, experiment.n_qubits + 1, 2)
    distances: list[Estimate] = []
    smallest: list[Estimate] = []
    for index, n in enumerate(sizes):
        d = 2 ** (n // 2)
        progress(0.7 + 0.2 * index / len(sizes), f"balanced cuts of {n} qubits")
        spectra = haar_schmidt_spectra(
            d, d, size=experiment.n_spectra, rng=seeds.seed("balanced", n)
        )
        distances.append(mean_estimate(_distance_to_mixed(spectra, d)))
        smallest.append(mean_estimate(spectra[:, -1]))
    exact = [2.0 ** (-3 * (n // 2)) for n in sizes]
    limit = float(typical_trace_distance(1.0))
    return {
        V.balanced_distance: stack_estimates(distances),
        V.balanced_distance_asymptotic: np.full(len(sizes), limit),
        V.balanced_smallest: stack_estimates(smallest),
        V.balanced_smallest_exact: exact,
    }


def _distance_to_mixed(spectrum: Floats, d_a: int) -> Floats:
    # The d_a - m zero eigenvalues differ from 1/d_a by 1/d_a each.
    zeros = (d_a - spectrum.shape[-1]) / d_a
    return (np.sum(np.abs(spectrum - 1.0 / d_a), axis=-1) + zeros) / 2


def _pair_distance(psi: npt.NDArray[Any], phi: npt.NDArray[Any], d_a: int) -> Floats:
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
