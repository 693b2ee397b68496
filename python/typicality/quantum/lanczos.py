"""The lowest levels of a large Hermitian operator by block Lanczos iterations.

They span the P_E of Eq. (1) at the edge of a spectrum. Blocks find degenerate levels together, and
turn the orthogonalization, which is most of the work for hundreds of levels, into matrix products.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality._arrays import refuse_oversize
from typicality.errors import ConvergenceError
from typicality.quantum.chebyshev import (
    Interval,
    Progress,
    Ritz,
    apply_polynomial,
    ritz_values,
    spectral_interval,
)
from typicality.quantum.operators import Operator, applied

__all__ = ["BLOCK", "Levels", "lowest_levels"]

Array = npt.NDArray[Any]
Levels = tuple[npt.NDArray[np.float64], Array]

BLOCK: Final = 8
"""Vectors in a block: degenerate levels up to this multiplicity are found together."""
# Residual of a level relative to the operator's norm.
_RESIDUAL: Final = 1e-12
# A product with the polynomial multiplies the last wanted level by about cosh of the first number,
# and the lowest one by at most cosh of the second, so that no digits are lost.
_GROWTH: Final = 5.0
_GREATEST_GROWTH: Final = 13.0
_MOST_STEPS: Final = 4000
# A restart rotates the basis; shorter pieces of rows need no second basis.
_ROWS: Final = 1 << 13


def lowest_levels(operator: Operator, count: int, progress: Progress | None = None) -> Levels:
    """Return the `count` lowest eigenvalues, ascending, and orthonormal eigenvectors as columns.

    Parameters
    ----------
    operator : numpy.ndarray, scipy.sparse.csr_array or LinearOperator
        Hermitian, of dimension `D`.
    count : int
        How many, at most a quarter of `D` to be faster than diagonalization.
    progress : callable, optional
        Called with the share of the levels that have converged and a text.

    Returns
    -------
    energies, vectors : numpy.ndarray
        Shapes ``(count,)`` and ``(D, count)``. Residuals are below 1e-11 of the operator's norm.
        Partners of levels that are more than eightfold degenerate may be missing.

    Raises
    ------
    ConvergenceError
        If the residuals do not fall within 4000 steps.
    MemoryError
        If a basis of about 3 `count` vectors would not fit.

    Notes
    -----
    Block Lanczos iterations with full reorthogonalization and thick restarts [1]_, for the lowest
    levels of -T_k(H) instead of H, T_k a Chebyshev polynomial that grows below an energy which has
    about four times as many levels below it: products with H are cheap, dimensions are not.

    References
    ----------
    .. [1] K. Wu, H. Simon, SIAM J. Matrix Anal. Appl. 22, 602 (2000).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum.lanczos import lowest_levels
    >>> energies, vectors = lowest_levels(np.diag(np.arange(100.0)), 3)
    >>> print(energies.round(9) + 0.0, vectors.shape)
    [0. 1. 2.] (100, 3)
    """
    ritz = ritz_values(operator)
    norm = max(abs(float(ritz.values[0])), abs(float(ritz.values[-1])), 1e-300)
    wanted = 4 * count + 2 * BLOCK
    while True:
        tool = _filter(operator, ritz, count, wanted)
        if tool is None:
            return _krylov(lambda x: applied(operator, x), operator, count, progress)
        apply, cut = tool
        _, vectors = _krylov(apply, operator, count, progress)
        energies, rotation = np.linalg.eigh(vectors.conj().T @ applied(operator, vectors))
        # A level at the cut or above is not told from those that the polynomial damps.
        if energies[-1] < cut:
            vectors = vectors @ rotation
            residual = applied(operator, vectors) - vectors * energies
            if float(np.abs(residual).max()) > 1e-11 * norm:
                raise ConvergenceError(
                    f"Lanczos iterations left residuals of {float(np.abs(residual).max()):.3g} for "
                    f"{count} levels. Ask for fewer, or for a narrower window."
                )
            return energies, vectors
        wanted *= 2


def _filter(
    operator: Operator, ritz: Ritz, count: int, wanted: int
) -> tuple[Callable[[Array], Array], float] | None:
    """Return -T_k of the operator, or None where the plain operator is as good, and its cut."""
    size = int(operator.shape[0])
    below = size * np.cumsum(ritz.weights)
    cut = float(ritz.values[min(int(np.searchsorted(below, wanted)), ritz.values.size - 1)])
    edge = float(ritz.values[min(int(np.searchsorted(below, count)), ritz.values.size - 1)])
    top = spectral_interval(operator, ritz)
    interval = Interval((cut + top.center + top.half) / 2, (top.center + top.half - cut) / 2)
    lowest = float(ritz.values[0])
    if interval.half <= 0.2 * top.half or edge >= cut or lowest >= cut:
        return None
    growth = math.acosh(1 + (cut - edge) / interval.half)
    greatest = math.acosh(1 + (cut - lowest) / interval.half)
    degree = int(min(math.ceil(_GROWTH / growth), _GREATEST_GROWTH / greatest))
    if degree < 2:
        return None
    coefficients = np.zeros(degree + 1)
    # Odd degrees grow downwards, even ones upwards.
    coefficients[-1] = 1.0 if degree % 2 else -1.0
    return (
        lambda x: apply_polynomial(operator, interval, coefficients, x, bounded=False),
        cut,
    )


def _krylov(
    apply: Callable[[Array], Array], operator: Operator, count: int, progress: Progress | None
) -> Levels:
    size = int(operator.shape[0])
    kind = np.result_type(operator.dtype or np.complex128, np.float64)
    block = min(BLOCK, size)
    room = min(size, max(3 * count, count + 64) // block * block + 2 * block)
    refuse_oversize(
        kind.itemsize * size * (room + 2 * count + 4 * block),
        f"A Lanczos basis of {room} vectors of dimension {size}",
        "Ask for fewer levels.",
    )
    # A fixed start makes the shell's basis, and so every draw from it, reproducible.
    generator = np.random.default_rng(0)
    basis = np.empty((size, room), dtype=kind, order="F")
    matrix = np.zeros((room, room), dtype=kind)
    following, _ = np.linalg.qr(generator.standard_normal((size, block)).astype(kind))
    used, scale = 0, 0.0
    for _ in range(_MOST_STEPS):
        width = min(following.shape[1], room - used)
        old, used = used, used + width
        basis[:, old:used] = following[:, :width]
        image = apply(basis[:, old:used])
        matrix[:used, old:used] = _projected_out(basis[:, :used], image)
        matrix[old:used, :used] = matrix[:used, old:used].conj().T
        scale = max(scale, float(np.abs(matrix[:used, old:used]).max()))
        following, coupling = _continued(image, basis[:, :used], scale, generator)
        full = used == size or (room < size and used + block > room)
        if not (full or (used >= count + block and (used // block) % 6 == 0)):
            continue
        energies, rotation = np.linalg.eigh(matrix[:used, :used])
        norm = max(abs(energies[0]), abs(energies[-1]), 1e-300)
        residuals = np.linalg.norm(coupling @ rotation[old:used, :count], axis=0)
        if progress is not None:
            found = int(np.count_nonzero(residuals <= _RESIDUAL * norm))
            progress(found / count, f"{found} of {count} levels found")
        if used == size or (used >= count and residuals.max() <= _RESIDUAL * norm):
            return energies[:count], _rotated(basis, rotation[:, :count])[:, :count].copy()
        if full:
            # The wanted levels and some of the next ones, which shield them.
            kept = min(count + (room - count) // 3, used - block)
            basis[:, :kept] = _rotated(basis, rotation[:, :kept])[:, :kept]
            matrix[:] = 0
            matrix[np.arange(kept), np.arange(kept)] = energies[:kept]
            used = kept
    raise ConvergenceError(
        f"Lanczos iterations did not find {count} levels of {size} within {_MOST_STEPS} steps. "
        "Ask for fewer, or for a narrower window."
    )


def _projected_out(basis: Array, image: Array) -> Array:
    """Make `image` orthogonal to the basis, in place, and return what it overlapped with."""
    overlaps = basis.conj().T @ image
    image -= basis @ overlaps
    # Twice is enough: what rounding left of the first time is removed.
    rest = basis.conj().T @ image
    image -= basis @ rest
    return overlaps + rest


def _continued(
    image: Array, basis: Array, scale: float, generator: np.random.Generator
) -> tuple[Array, Array]:
    """Return orthonormal columns and coefficients with image = columns @ coefficients."""
    columns, coupling = np.linalg.qr(image)
    sizes = np.abs(np.diag(coupling))
    if float(sizes.min()) > 1e-3 * scale:
        return columns, coupling
    # Directions of rounding size mean an invariant subspace: the search goes on anywhere else.
    spent = sizes <= 1e-13 * scale
    coupling[spent] = 0
    columns[:, spent] = generator.standard_normal((len(columns), int(spent.sum())))
    # Small ones were blown up with their rounding errors.
    _projected_out(basis, columns)
    columns, again = np.linalg.qr(columns)
    return columns, again @ coupling


def _rotated(basis: Array, rotation: Array) -> Array:
    """Write the basis times `rotation` over its first columns, piece by piece."""
    used, kept = rotation.shape
    for start in range(0, basis.shape[0], _ROWS):
        rows = slice(start, start + _ROWS)
        basis[rows, :kept] = basis[rows, :used] @ rotation
    return basis
