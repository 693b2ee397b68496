"""The tangent kernel of psi -> rho_A: the paper's analogy between Secs. II and III made exact.

The d_a^2 numbers f_a = <psi| O_a x 1 |psi>, {O_a} an orthonormal Hermitian basis, depend on the
real and imaginary parts of psi as the outputs of a network depend on its parameters. Their kernel
K = J J^T, Eq. (3), is 4 Re tr(rho_A O_a O_b), singular exactly for d_a > d_b: the fitting threshold
of this map lies at d_a = d_b.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality._arrays import is_single, large_dimension, refuse_oversize
from typicality._interruptible import interruptible
from typicality.quantum._states.density_matrices import density_matrices
from typicality.quantum._states.density_spectrum import density_spectrum

__all__ = [
    "mean_squared_tangent_displacement",
    "tangent_displacement",
    "tangent_kernel",
    "tangent_spectrum",
    "uhlmann_displacement",
]

Array = npt.NDArray[Any]

# Complex numbers that are worked on at a time; Ctrl-C is heard in between.
_ENTRIES: Final = 1 << 18


def tangent_kernel(rho: npt.ArrayLike, *, tolerance: float | None = None) -> Array:
    """Return K_ab = 4 Re tr(rho O_a O_b) over an orthonormal Hermitian basis of the subsystem.

    The basis is that of `hermitian_basis`.

    Parameters
    ----------
    rho : array_like
        Reduced density matrices, shape ``(..., d, d)``.
    tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., d^2, d^2)``, real symmetric, positive semidefinite; float32 for single
        precision. K equals J J^T, J the Jacobian of f in (Re psi, Im psi).

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices.
    MemoryError
        If the kernel would not fit; `tangent_spectrum` needs d^2 numbers only.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import tangent_kernel, tangent_spectrum
    >>> kernel = tangent_kernel(np.diag([0.75, 0.25]))
    >>> print(np.linalg.eigvalsh(kernel), tangent_spectrum(np.diag([0.75, 0.25])))
    [1. 2. 2. 3.] [1. 2. 2. 3.]
    """
    matrices = density_matrices(rho, tolerance=tolerance)
    d, batch = matrices.shape[-1], matrices.shape[:-2]
    single = is_single(matrices.dtype)
    kind = np.dtype(np.complex64 if single else np.complex128)
    refuse_oversize(
        math.prod(batch) * d**4 * kind.itemsize // 2 + 16 * max(_ENTRIES, d**3) * kind.itemsize,
        "The tangent kernel",
        "tangent_spectrum returns its eigenvalues.",
    )
    kernel = np.empty((math.prod(batch), d, d, d * d), np.float32 if single else np.float64)
    flat = matrices.reshape(-1, d, d).astype(kind, copy=False)
    step = max(1, _ENTRIES // d**3)
    for start in range(0, len(flat), step):
        for i in range(d):
            chosen = slice(start, start + step)
            kernel[chosen, i] = _kernel_rows(flat[chosen], i).reshape(-1, d, d * d)
    return kernel.reshape(*batch, d * d, d * d)


def _kernel_rows(rho: Array, i: int) -> Array:
    """Return the rows (i, j) of the kernels, all j, shape ``(n, d, d, d)``."""
    count, d = len(rho), rho.shape[-1]
    root, j = 1 / math.sqrt(2), np.arange(d)
    # Rows (i, j) and (j, i) of the superoperator 2 {rho, .} on matrices, then those of the basis.
    here = np.zeros((count, d, d, d), dtype=rho.dtype)
    there = np.zeros_like(here)
    here[:, j, :, j] = 2 * rho[:, i]
    here[:, :, i, :] += 2 * rho.swapaxes(1, 2)
    there[:, :, :, i] = 2 * rho
    there[:, j, j, :] += 2 * rho[:, None, :, i]
    above = (here[:, i + 1 :] + there[:, i + 1 :]) * root
    below = (there[:, :i] - here[:, :i]) * (1j * root)
    rows = np.concatenate([below, here[:, i : i + 1], above], axis=1)
    # The same for the columns (k, l), of which the real part is the kernel's.
    flipped = rows.swapaxes(2, 3)
    upper, lower = np.triu(np.ones((d, d), dtype=bool), 1), np.tril(np.ones((d, d), dtype=bool), -1)
    table = np.where(upper, (rows.real + flipped.real) * root, rows.real)
    return np.where(lower, (flipped.imag - rows.imag) * root, table)


def tangent_spectrum(
    rho: npt.ArrayLike, d_b: int | None = None, *, tolerance: float | None = None
) -> Array:
    """Return the eigenvalues 2 (p_i + p_j) of the tangent kernel, which is never formed.

    Parameters
    ----------
    rho : array_like
        Reduced density matrices, shape ``(..., d, d)``, p_i their eigenvalues.
    d_b : int, optional
        Dimension of the environment. With it the d - d_b smallest eigenvalues of rho count as
        exact zeros, which leaves (d - d_b)^2 zero modes. None takes `rho` as it is. rho must have
        rank d_b at most: an eigenvalue beyond that may be 64 d rounding errors of the largest, or
        twice the `tolerance`.
    tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., d^2)``, ascending. The smallest is 4 times the smallest eigenvalue of rho.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices, or one of rank above `d_b`, or `d_b` is not a
        positive integer.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import tangent_spectrum
    >>> print(tangent_spectrum(np.diag([1.0, 0.0])))
    [0. 2. 2. 4.]
    """
    p = _spectrum(rho, d_b, tolerance)
    d, batch = p.shape[-1], p.shape[:-1]
    refuse_oversize(2 * p.nbytes * d, "The tangent spectrum", "Take fewer matrices at a time.")
    sums = (2 * (p[..., :, None] + p[..., None, :])).reshape(*batch, d * d)
    flat, step = sums.reshape(-1, d * d), max(1, 16 * _ENTRIES // d**2)
    for start in range(0, len(flat), step):
        interruptible(lambda rows: rows.sort(axis=-1), flat[start : start + step])
    return sums


def tangent_displacement(
    rho: npt.ArrayLike, d_b: int | None = None, *, tolerance: float | None = None
) -> Array:
    """Return the length of the least linearized step in psi that makes rho_A maximally mixed.

    sqrt(r^T K^+ r) with r the deviation of the f_a from those of 1/d. The square is
    (1/4) sum over p_i > 0 of (p_i - 1/d)^2 / p_i.

    Parameters
    ----------
    rho : array_like
        Reduced density matrices, shape ``(..., d, d)``.
    d_b : int, optional
        Dimension of the environment. For d_b < d, where K is singular, the pseudo-inverse over the
        d_b largest eigenvalues is meant, and rho must have rank d_b at most, as in
        `tangent_spectrum`. None expects full rank.
    tolerance : float, optional
        As for `tangent_spectrum`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``; infinite where an eigenvalue that counts is zero.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices, or one of rank above `d_b`, or `d_b` is not a
        positive integer.

    See Also
    --------
    uhlmann_displacement : The exact least step.
    mean_squared_tangent_displacement : The exact mean of the square.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import tangent_displacement
    >>> print(tangent_displacement(np.diag([0.8, 0.2])))
    0.375
    """
    p = _spectrum(rho, d_b, tolerance)
    d = p.shape[-1]
    rank = _rank(d, d_b)
    kept = p[..., :rank]
    with np.errstate(divide="ignore"):
        terms = (kept - 1 / d) ** 2 / kept
    return (np.sqrt(terms.sum(axis=-1)) / 2).astype(p.dtype)[()]


def uhlmann_displacement(
    rho: npt.ArrayLike, d_b: int | None = None, *, tolerance: float | None = None
) -> Array:
    """Return the length of the exact least step in psi that makes rho_A maximally mixed.

    sqrt(2 - 2 tr sqrt(rho) / sqrt(d)), by Uhlmann's theorem, summed as the squares of
    sqrt(p_i) - 1 / sqrt(d). Finite at d_a = d_b, where the linearized step diverges.

    Parameters
    ----------
    rho : array_like
        Reduced density matrices, shape ``(..., d, d)``.
    d_b : int, optional
        Dimension of the environment. For d_b < d no purification of 1/d exists, and rho must have
        rank d_b at most, as in `tangent_spectrum`. None means d_b >= d.
    tolerance : float, optional
        As for `tangent_spectrum`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``; infinite for d_b < d.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices, or one of rank above `d_b`, or `d_b` is not a
        positive integer.

    References
    ----------
    .. [1] A. Uhlmann, Rep. Math. Phys. 9, 273 (1976).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import uhlmann_displacement
    >>> print(uhlmann_displacement(np.diag([1.0, 0.0])).round(6))
    0.765367
    """
    p = _spectrum(rho, d_b, tolerance)
    d = p.shape[-1]
    if _rank(d, d_b) < d:
        return np.full(p.shape[:-1], np.inf, dtype=p.dtype)[()]
    steps = ((np.sqrt(p) - 1 / math.sqrt(d)) ** 2).sum(axis=-1)
    return np.sqrt(steps).astype(p.dtype)[()]


def mean_squared_tangent_displacement(d_a: int, d_b: int) -> float:
    """Return the exact mean of `tangent_displacement` squared over Haar-random complex states.

    (d_a^2 - 1) / (4 d_a (d_b - d_a)) for d_a < d_b, infinite at d_a = d_b, and
    [d_b (D - 1) / ((d_a - d_b) d_a^2) - 2 d_b / d_a + 1] / 4 for d_a > d_b, D = d_a d_b: a double
    descent with its peak at the threshold.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000.

    Returns
    -------
    float
        The mean, correctly rounded; 0 for d_a = 1.

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer.

    Examples
    --------
    >>> from typicality.quantum import mean_squared_tangent_displacement
    >>> print([mean_squared_tangent_displacement(d_a, 4) for d_a in (2, 4, 8)])
    [0.1875, inf, 0.12109375]
    """
    a, b = large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")
    if a == 1:
        return 0.0
    if a == b:
        return math.inf
    if a < b:
        return (a * a - 1) / (4 * a * (b - a))
    numerator = b * (a * b - 1) + (a - 2 * b) * a * (a - b)
    return numerator / (4 * a * a * (a - b))


def _rank(d: int, d_b: int | None) -> int:
    return d if d_b is None else min(d, large_dimension(d_b, "d_b"))


def _spectrum(rho: npt.ArrayLike, d_b: int | None, tolerance: float | None) -> Array:
    # Descending, so the entries from the rank on are the exact zeros.
    p = density_spectrum(rho, tolerance=tolerance)
    rank = _rank(p.shape[-1], d_b)
    if rank < p.shape[-1]:
        # As far as rounding may push a zero eigenvalue below zero, it may push it above.
        floor = 64 * p.shape[-1] * np.finfo(p.dtype).eps * p[..., 0]
        if tolerance is not None:
            # A solver's error, and as much again by which the projection restores a lost trace.
            floor = np.maximum(floor, 2 * tolerance)
        ranks = np.count_nonzero(p > floor[..., None], axis=-1)
        if ranks.size and ranks.max() > rank:
            raise ValueError(
                f"rho must have rank {rank} at most, as every reduced state has whose environment "
                f"has dimension d_b={rank}; a matrix has rank {int(ranks.max())}. "
                "Give the true d_b, or none."
            )
        p = p.copy()
        p[..., rank:] = 0
    return p
