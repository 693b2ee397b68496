"""Energy levels and eigenvectors of a Hamiltonian: all, or those at an edge of the spectrum.

What P_E of Eq. (1) is made of. Up to 2**13 dimensions everything is diagonalized; beyond, Lanczos
iterations reach the lowest and the highest levels, and the middle of the spectrum cannot be listed:
`microcanonical_states` draws typical states there.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from typicality._arrays import dimension, real_number, refuse_oversize
from typicality._interruptible import interruptible
from typicality._messages import describe
from typicality._progress import Progress
from typicality.quantum._operators.completeness import Proof
from typicality.quantum._operators.hermitian import LARGEST_DENSE, Operator, dense_matrix
from typicality.quantum._operators.lanczos import levels_up_to, lowest_levels

__all__ = ["checked_window", "levels_in_window", "levels_nearest", "resolved_within"]

_RELATIVE_TOLERANCE: Final = 1e-10


class Resolved(NamedTuple):
    """Energies, eigenvectors as columns, how close energies count as one level, and the proof."""

    energies: npt.NDArray[np.float64]
    vectors: npt.NDArray[Any]
    resolution: float
    proof: Proof


def checked_window(window: object) -> tuple[float, float]:
    """Return the lowest and the highest energy of a window, which may be infinite.

    Raises
    ------
    TypeError
        If it is not a pair of real numbers.
    ValueError
        If one is NaN, or no energy lies between them.
    """
    pair = tuple(window) if isinstance(window, tuple | list | np.ndarray) else ()
    if len(pair) != 2:
        raise TypeError(f"window must be a pair (low, high); got {describe(window)}.")
    low = real_number(pair[0], "window[0]", allow_infinite=True)
    high = real_number(pair[1], "window[1]", allow_infinite=True)
    if not low <= high or low == math.inf or high == -math.inf:
        raise ValueError(f"window must be (low, high) with low <= high; got ({low}, {high}).")
    return low, high


def levels_in_window(
    hamiltonian: Operator,
    low: float,
    high: float,
    tolerance: float | None,
    progress: Progress | None = None,
) -> Resolved:
    """Return all levels with ``low <= E <= high`` and their eigenvectors.

    Levels within `tolerance` of an edge of the window count as inside, so that rounding does not
    split a multiplet.

    Raises
    ------
    ValueError
        If no level lies in the window, or if it lies inside a spectrum of more than 2**13 levels.
    """
    size = int(hamiltonian.shape[0])
    if size <= LARGEST_DENSE:
        energies, vectors = _all_levels(hamiltonian, progress)
        resolution = _resolution(tolerance, energies[0], energies[-1])
        inside = (energies >= low - resolution) & (energies <= high + resolution)
        if not inside.any():
            raise ValueError(_no_level(low, high, float(energies[0]), float(energies[-1])))
        vectors = np.ascontiguousarray(vectors[:, inside])
        return Resolved(energies[inside], vectors, resolution, "diagonalization")
    bottom, top = _extremes(hamiltonian)
    resolution = _resolution(tolerance, bottom, top)
    if high < bottom - resolution or low > top + resolution:
        raise ValueError(_no_level(low, high, bottom, top))
    if low <= bottom + resolution:
        levels = levels_up_to(hamiltonian, high, progress, resolution=resolution)
        return Resolved(levels.energies, levels.vectors, resolution, levels.proof)
    if high >= top - resolution:
        levels = levels_up_to(-hamiltonian, -low, progress, resolution=resolution)
        vectors = np.ascontiguousarray(levels.vectors[:, ::-1])
        return Resolved(-levels.energies[::-1], vectors, resolution, levels.proof)
    raise ValueError(
        f"window ({low:g}, {high:g}) lies inside the spectrum [{bottom:g}, {top:g}] of a "
        f"Hamiltonian of dimension {size}: beyond {LARGEST_DENSE} only windows that reach the "
        "lowest or the highest level can be listed. Choose such a window, a smaller system, or "
        "draw typical states of this one with microcanonical_states."
    )


def levels_nearest(
    hamiltonian: Operator,
    center: float,
    n_states: int,
    tolerance: float | None,
    progress: Progress | None = None,
) -> Resolved:
    """Return the `n_states` levels nearest to `center`, ascending, and their eigenvectors.

    ``center=-inf`` asks for the lowest, ``inf`` for the highest levels.

    Raises
    ------
    ValueError
        If the choice would split levels that are equally near within `tolerance`, so that the shell
        would depend on the eigensolver; or if they are inside a spectrum of more than 2**13 levels.
    """
    center = real_number(center, "center", allow_infinite=True)
    size = int(hamiltonian.shape[0])
    n_states = dimension(n_states, "n_states", maximum=size)
    if size <= LARGEST_DENSE:
        energies, vectors = _all_levels(hamiltonian, progress)
        resolution = _resolution(tolerance, energies[0], energies[-1])
        # From beyond an edge the order is that from the edge itself, in any unit of energy.
        distance = np.abs(energies - min(max(center, energies[0]), energies[-1]))
        order = np.argsort(distance, kind="stable")
        _refuse_split(distance[order], n_states, resolution, size)
        chosen = np.sort(order[:n_states])
        vectors = np.ascontiguousarray(vectors[:, chosen])
        return Resolved(energies[chosen], vectors, resolution, "diagonalization")
    bottom, top = _extremes(hamiltonian)
    resolution = _resolution(tolerance, bottom, top)
    # A center is given to rounding, whatever distance is to count as degenerate.
    rounding = _resolution(None, bottom, top)
    if bottom + rounding < center < top - rounding:
        raise ValueError(
            f"center {center:g} lies inside the spectrum [{bottom:g}, {top:g}] of a Hamiltonian of "
            f"dimension {size}: beyond {LARGEST_DENSE} only the lowest (center=-inf) or highest "
            "(center=inf) levels can be listed. Choose those, a smaller system, or draw typical "
            "states near this energy with microcanonical_states."
        )
    sign = 1.0 if center <= bottom + rounding else -1.0
    operator = hamiltonian if sign > 0 else -hamiltonian
    energies, vectors, proof = lowest_levels(
        operator, min(n_states + 1, size), progress, resolution=resolution
    )
    _refuse_split(energies - energies[0], n_states, resolution, size)
    energies, vectors = sign * energies[:n_states], vectors[:, :n_states]
    order = np.argsort(energies, kind="stable")
    vectors = np.ascontiguousarray(vectors[:, order])
    return Resolved(energies[order], vectors, resolution, proof)


def resolved_within(energies: npt.NDArray[np.float64], tolerance: float | None) -> float:
    """Return how close energies count as one level, where these are all that is known."""
    return _resolution(tolerance, float(energies.min()), float(energies.max()))


def _all_levels(
    hamiltonian: Operator, progress: Progress | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[Any]]:
    size = int(hamiltonian.shape[0])
    matrix = dense_matrix(hamiltonian)
    # Matrix, eigenvectors and the divide-and-conquer workspace of two more; what is handed over.
    refuse_oversize(
        5 * matrix.nbytes,
        f"The diagonalization of a Hamiltonian of dimension {size}",
        "Choose a smaller system or a symmetry sector.",
    )
    text = f"diagonalizing {size} levels"
    energies, vectors = interruptible(np.linalg.eigh, matrix, progress=progress, text=text)
    return energies, vectors


def _resolution(tolerance: float | None, bottom: float, top: float) -> float:
    if tolerance is not None:
        return real_number(tolerance, "tolerance", low=0.0)
    # An operator of zeros comes with rounding too; other ones are larger than 1e-150.
    return max(_RELATIVE_TOLERANCE * max(top - bottom, abs(top), abs(bottom)), 1e-160)


def _no_level(low: float, high: float, bottom: float, top: float) -> str:
    return (
        f"window ({low:g}, {high:g}) contains no energy level; the spectrum reaches from "
        f"{bottom:.6g} to {top:.6g}."
    )


def _refuse_split(
    distance: npt.NDArray[np.float64], n_states: int, resolution: float, size: int
) -> None:
    gaps = np.diff(distance) > resolution
    if n_states == distance.size or gaps[n_states - 1]:
        return
    allowed = np.append(np.flatnonzero(gaps) + 1, distance.size)
    below = allowed[allowed < n_states]
    above = allowed[allowed > n_states]
    # The last level that Lanczos found may have partners that it was not asked for.
    numbers = [int(below[-1])] if below.size else []
    numbers += [int(above[0])] if above.size and above[0] < distance.size else []
    if numbers:
        advice = f"Take n_states={' or '.join(map(str, numbers))}, or move center."
    elif distance.size == size:
        advice = f"Take all {size} states, or move center."
    else:
        # Only the first levels are known, and their multiplet may go on.
        advice = (
            f"The level holds {distance.size} states or more: a window that ends above it finds "
            "them all, as far as Lanczos iterations reach."
        )
    raise ValueError(
        f"n_states={n_states} would divide levels that are equally near to center within "
        f"{resolution:.3g}, and the shell would depend on the eigensolver. {advice}"
    )


def _extremes(hamiltonian: Operator) -> tuple[float, float]:
    bottom, top = lowest_levels(hamiltonian, 1), lowest_levels(-hamiltonian, 1)
    return float(bottom.energies[0]), -float(top.energies[0])
