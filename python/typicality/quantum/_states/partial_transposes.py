"""Negativity of given states: entanglement that the partial transpose of rho shows.

The negativity is (||rho^(T_A)||_1 - 1) / 2, the sum of the sizes of the negative eigenvalues of the
partial transpose; its mean over Haar-random kets is `mean_negativity`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import inexact_array, real_number, refuse_oversize
from typicality._arrays import subsystems as checked_subsystems
from typicality._messages import short_number, short_tuple
from typicality.quantum._states.density_spectrum import density_spectrum
from typicality.quantum._states.pure_or_mixed import pure_or_mixed

__all__ = ["log_negativity", "negativity", "partial_transpose"]

Array = npt.NDArray[Any]


def partial_transpose(rho: npt.ArrayLike, dims: npt.ArrayLike, subsystems: npt.ArrayLike) -> Array:
    """Return matrices transposed in some of their subsystems.

    Parameters
    ----------
    rho : array_like
        Square matrices, shape ``(..., D, D)`` with D the product of `dims`: density matrices, or
        any other operators.
    dims : sequence of int
        Dimensions of the subsystems, most significant first.
    subsystems : int or sequence of int
        Indices of those that are transposed.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., D, D)``, a new array; float32 and complex64 stay, everything else becomes
        double precision. The eigenvalues for the other subsystems are the same.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If matrices are not square, `dims` do not multiply to D, or an index occurs twice.
    MemoryError
        If the result would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import partial_transpose
    >>> bell = np.outer([1, 0, 0, 1], [1, 0, 0, 1]) / 2
    >>> print(np.linalg.eigvalsh(partial_transpose(bell, [2, 2], 0)).round(12))
    [-0.5  0.5  0.5  0.5]
    """
    sizes, chosen = checked_subsystems(dims, subsystems, "subsystems")
    matrices = inexact_array(rho, "rho", min_ndim=2)
    total = math.prod(sizes)
    if matrices.shape[-2:] != (total, total):
        raise ValueError(
            f"rho must have shape (..., D, D), D = {short_number(total)} the product of "
            f"dims={short_tuple(sizes)}; got {matrices.shape}."
        )
    refuse_oversize(matrices.nbytes, "The partial transposes", "Pass fewer matrices at once.")
    return _transposed(matrices, sizes, chosen)


def negativity(
    state: npt.ArrayLike,
    dims: npt.ArrayLike,
    keep: npt.ArrayLike,
    *,
    tolerance: float | None = None,
) -> Array:
    """Return the negativity (||rho^(T_A)||_1 - 1) / 2 between A, the kept subsystems, and the rest.

    For kets with Schmidt coefficients s_i it is ((sum s_i)^2 - 1) / 2, at most (m - 1) / 2 with m
    the smaller dimension. Zero for all separable states, and for some entangled ones beyond
    2 x 2 and 2 x 3.

    Parameters
    ----------
    state : array_like
        Normalized kets, shape ``(..., D)`` with D the product of `dims`, or density matrices,
        ``(..., D, D)``. D kets of D amplitudes are told from a density matrix by their norms: the
        squares of the entries sum to D instead of the purity.
    dims : sequence of int
        Dimensions of the subsystems, most significant first.
    keep : int or sequence of int
        Indices of the subsystems of A; keeping the others gives the same number.
    tolerance : float, optional
        As for `renyi_entropy`, for density matrices.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, not negative; float32 for single precision. Of density matrices, negative
        eigenvalues within 4 sqrt(D) units of rounding of the largest one count as zero.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If kets are not normalized, matrices are no density matrices, or `dims` or `keep` do not
        fit.
    MemoryError
        If the way to the result would not fit. For kets it takes D numbers, not D^2.

    See Also
    --------
    mean_negativity : The exact mean over Haar-random kets.

    References
    ----------
    .. [1] G. Vidal, R. F. Werner, Phys. Rev. A 65, 032314 (2002).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import negativity
    >>> bell = np.array([1, 0, 0, 1]) / np.sqrt(2)
    >>> werner = 0.8 * np.outer(bell, bell) + 0.2 * np.eye(4) / 4
    >>> print(negativity(bell, [2, 2], 0).round(12), negativity(werner, [2, 2], 0).round(12))
    0.5 0.35
    """
    sizes, kept = checked_subsystems(dims, keep)
    states, pure = pure_or_mixed(state, sizes, tolerance)
    if pure:
        return _of_kets(states, sizes, kept)
    if tolerance is None:
        # Refuses what has negative eigenvalues itself.
        density_spectrum(states, "state")
    return _of_matrices(states, sizes, kept)


def log_negativity(
    state: npt.ArrayLike,
    dims: npt.ArrayLike,
    keep: npt.ArrayLike,
    *,
    base: float | None = None,
    tolerance: float | None = None,
) -> Array:
    """Return the logarithmic negativity log ||rho^(T_A)||_1 = log(1 + 2 negativity).

    For kets it is the Renyi entropy of order 1/2 of the reduced state.

    Parameters
    ----------
    state, dims, keep, tolerance
        As for `negativity`.
    base : float, optional
        Base of the logarithm, greater than 1; None gives nats, 2 the ebits of the literature.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, not negative.

    Raises
    ------
    TypeError, ValueError, MemoryError
        As for `negativity`, or if `base` is not greater than 1.

    References
    ----------
    .. [1] M. B. Plenio, Phys. Rev. Lett. 95, 090503 (2005).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import log_negativity
    >>> print(log_negativity(np.array([1, 0, 0, 1]) / np.sqrt(2), [2, 2], 0, base=2).round(12))
    1.0
    """
    unit = 1.0 if base is None else math.log(real_number(base, "base", low=1.0, low_open=True))
    value = negativity(state, dims, keep, tolerance=tolerance)
    return (np.log1p(2 * value.astype(np.float64)) / unit).astype(value.dtype)[()]


def _runs(sizes: Sequence[int], chosen: Sequence[int]) -> list[tuple[bool, int]]:
    """Return whether and how large: neighbors that go together are one axis, trivial ones none."""
    flags = [(index in chosen, size) for index, size in enumerate(sizes) if size > 1]
    return [
        (flag, math.prod(size for _, size in run))
        for flag, run in itertools.groupby(flags, key=lambda pair: pair[0])
    ]


def _transposed(matrices: Array, sizes: Sequence[int], chosen: Sequence[int]) -> Array:
    runs = _runs(sizes, chosen)
    shape, n = [size for _, size in runs], len(runs)
    rows, columns = list(range(1, n + 1)), list(range(n + 1, 2 * n + 1))
    for axis, (flag, _) in enumerate(runs):
        if flag:
            rows[axis], columns[axis] = columns[axis], rows[axis]
    count = math.prod(matrices.shape[:-2])
    split = matrices.reshape(count, *shape, *shape).transpose(0, *rows, *columns)
    # Always a copy: the caller may write into it.
    return np.array(split, order="C").reshape(matrices.shape)


def _of_matrices(matrices: Array, sizes: Sequence[int], kept: Sequence[int]) -> Array:
    d, batch = matrices.shape[-1], matrices.shape[:-2]
    count = math.prod(batch)
    refuse_oversize(
        matrices.nbytes
        + 2 * count * d * matrices.itemsize
        + _core.hermitian_eigenvalues_workspace(count, d, matrices.dtype),
        "The partial transposes and their eigenvalues",
        "Pass fewer matrices at once; kets, where the states are pure, take D numbers each.",
    )
    flat = _transposed(matrices, sizes, kept).reshape(count, d, d)
    values = _core.hermitian_eigenvalues(flat).reshape(*batch, d)
    # The solver's errors grow like sqrt(d); every level that is cut off in vain is an error, too.
    units = 4 * math.sqrt(d) * float(np.finfo(values.dtype).eps)
    floor = units * np.abs(values).max(axis=-1, keepdims=True)
    return np.where(values < -floor, -values, 0).sum(axis=-1).astype(values.dtype)[()]


def _of_kets(states: Array, sizes: Sequence[int], kept: Sequence[int]) -> Array:
    batch, total = states.shape[:-1], states.shape[-1]
    count = math.prod(batch)
    d_keep = math.prod(sizes[index] for index in kept)
    smaller = min(d_keep, total // d_keep)
    single = np.finfo(states.dtype).dtype
    # In double precision: sums over pairs lose digits.
    kind = np.result_type(states.dtype, np.float64)
    copy = states.size * kind.itemsize if kind != states.dtype else 0
    refuse_oversize(
        copy
        + 4 * count * smaller * np.dtype(np.float64).itemsize
        + _core.schmidt_spectrum_workspace(count, list(sizes), list(kept), kind),
        "The Schmidt coefficients",
        "Pass fewer states at once.",
    )
    flat = states.astype(kind, copy=False).reshape(count, total)
    values = np.sqrt(_core.schmidt_spectrum(flat, list(sizes), list(kept)))
    floor = 4 * smaller * np.finfo(single).eps * values[:, :1]
    values = np.where(values > floor, values, 0)
    # ((sum s_i)^2 - sum s_i^2) / 2 without the cancellation.
    later = np.cumsum(values[:, ::-1], axis=-1)[:, ::-1][:, 1:]
    return (values[:, :-1] * later).sum(axis=-1).astype(single).reshape(batch)[()]
