"""Density matrices from expectation values and back: rho_A is its d_A^2 expectation values.

The paper's Sec. III reads a reduced state off the expectation values of d_A^2 observables, which
determine it. These are linear maps, and here are both directions.
"""

from __future__ import annotations

import functools
import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality._arrays import (
    dimension,
    inexact_array,
    is_single,
    real_array,
    refuse_oversize,
)
from typicality._interruptible import interruptible
from typicality._product import product
from typicality.quantum._states.density_matrices import density_matrices

__all__ = ["hermitian_basis", "observable_expectations", "state_from_expectations"]

Array = npt.NDArray[Any]

# Observables whose Gram matrix is conditioned worse than this count as dependent.
_WORST_CONDITION: Final = 1e10


def hermitian_basis(d: int) -> Array:
    """Return an orthonormal basis of the Hermitian d x d matrices, tr O_a O_b = delta_ab.

    For a = i d + j: |i><i| for i = j, (|i><j| + |j><i|) / sqrt(2) for i < j, and
    (-1j |j><i| + 1j |i><j|) / sqrt(2) for i > j. The basis of `tangent_kernel`.

    Parameters
    ----------
    d : int
        Dimension of the space.

    Returns
    -------
    numpy.ndarray
        Shape ``(d^2, d, d)``, complex.

    Raises
    ------
    TypeError, ValueError
        If `d` is not a positive integer.
    MemoryError
        If the d^4 numbers would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import hermitian_basis
    >>> basis = hermitian_basis(3)
    >>> bool(np.allclose(np.einsum("aij,bji->ab", basis, basis), np.eye(9)))
    True
    """
    d = dimension(d, "d")
    refuse_oversize(16 * d**4, "The basis", "observable_expectations works without it.")
    basis = np.zeros((d * d, d, d), dtype=np.complex128)
    i, j = np.arange(d), np.arange(d)
    basis[i * d + i, i, i] = 1.0
    i, j = np.triu_indices(d, 1)
    root = 1 / math.sqrt(2)
    basis[i * d + j, i, j] = basis[i * d + j, j, i] = root
    basis[j * d + i, i, j], basis[j * d + i, j, i] = -1j * root, 1j * root
    return basis


def observable_expectations(
    rho: npt.ArrayLike,
    observables: npt.ArrayLike | None = None,
    *,
    tolerance: float | None = None,
) -> Array:
    """Return the expectation values tr(rho O_a) of a list of observables.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    observables : array_like, optional
        Hermitian matrices, shape ``(n, d, d)``. None takes the d^2 of `hermitian_basis`, which are
        then never built.
    tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., n)``, real; float32 for single precision.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices, or the observables do not fit or are not Hermitian.

    See Also
    --------
    state_from_expectations : The way back.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import observable_expectations, pauli
    >>> paulis = [pauli(letter).toarray() for letter in "XYZ"]
    >>> print(observable_expectations(np.diag([0.75, 0.25]), paulis))
    [0.  0.  0.5]
    """
    matrices = density_matrices(rho, tolerance=tolerance)
    d = matrices.shape[-1]
    if observables is None:
        return _coordinates(matrices)
    given = _observables(observables)
    if given.shape[-1] != d:
        raise ValueError(
            f"observables must act on the {d} dimensions of rho; got shape {given.shape}."
        )
    kind = np.float32 if is_single(matrices.dtype) and is_single(given.dtype) else np.float64
    # tr(rho O) is the sum of the products of the entries of rho and O^T.
    rows = given.swapaxes(-1, -2).reshape(len(given), d * d)
    values = product(matrices.reshape(-1, d * d), rows.T)
    return np.real(values).astype(kind).reshape(*matrices.shape[:-2], len(given))


def state_from_expectations(
    expectations: npt.ArrayLike, observables: npt.ArrayLike | None = None
) -> Array:
    """Return the density matrices that have these expectation values: linear inversion.

    Parameters
    ----------
    expectations : array_like
        Real numbers tr(rho O_a), shape ``(..., n)``.
    observables : array_like, optional
        Hermitian matrices O_a, shape ``(n, d, d)``, which with the identity span all d^2 dimensions
        of Hermitian matrices; the trace of rho is known to be 1. None means the n = d^2 of
        `hermitian_basis`, from whose values the trace follows; pass ``hermitian_basis(d)`` itself
        if they have noise.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., d, d)``, complex, Hermitian, of trace 1; complex64 for single
        precision. With more observables than needed, the least squares fit among such matrices.
        Exact expectation values give back their density matrix; those with noise may give a matrix
        that has negative eigenvalues.

    Raises
    ------
    TypeError
        If an argument does not hold numbers.
    ValueError
        If numbers and observables do not fit together, the number of values is no square or they
        give another trace than 1 where observables are not given, or the observables leave a part
        of rho undetermined.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import (
    ...     haar_reduced_states, observable_expectations, state_from_expectations
    ... )
    >>> rho = haar_reduced_states(4, 6, rng=1)
    >>> values = observable_expectations(rho)
    >>> values.shape, bool(np.allclose(state_from_expectations(values), rho))
    ((16,), True)
    """
    values = real_array(expectations, "expectations", min_ndim=1)
    if observables is None:
        rho = _from_coordinates(values)
        _check_trace(rho)
        return rho
    given = _observables(observables)
    count, d = given.shape[0], given.shape[-1]
    if values.shape[-1] != count:
        raise ValueError(
            f"expectations must have one value for each of the {count} observables along its last "
            f"axis; got shape {values.shape}."
        )
    # Real coordinates in the orthonormal basis, with the identity, whose expectation is 1.
    rows = np.concatenate([_coordinates(given), _coordinates(np.eye(d)[None])]).astype(np.float64)
    sizes = interruptible(np.linalg.svdvals, rows)
    if len(rows) < d * d or sizes[-1] * _WORST_CONDITION < sizes[0]:
        rank = int(np.count_nonzero(sizes * _WORST_CONDITION >= sizes[0]))
        raise ValueError(
            f"observables and the identity must span all {d * d} dimensions of Hermitian matrices "
            f"to determine rho; they span {rank}. Add independent observables."
        )
    # The trace is known exactly: 1/d plus what fits best without one. The last row, orthogonal to
    # the others, keeps the trace out of the fit.
    identity = rows[-1] / math.sqrt(d)
    along = rows[:-1] @ identity
    traceless = np.concatenate([rows[:-1] - along[:, None] * identity, sizes[0] * identity[None]])
    flat = values.reshape(-1, count).astype(np.float64) - along / math.sqrt(d)
    wanted = np.concatenate([flat, np.zeros((len(flat), 1))], axis=1)
    least_squares = functools.partial(np.linalg.lstsq, rcond=None)
    solution = interruptible(least_squares, traceless, wanted.T)[0].T
    solution += (1 / math.sqrt(d) - solution @ identity)[:, None] * identity
    single = is_single(values.dtype) and is_single(given.dtype)
    solution = solution.astype(np.float32 if single else np.float64)
    return _from_coordinates(solution.reshape(*values.shape[:-1], d * d))


def _check_trace(rho: Array) -> None:
    d = rho.shape[-1]
    traces = np.einsum("...ii->...", rho).real
    deviation = float(np.abs(traces - 1).max(initial=0.0))
    if deviation > 64 * np.finfo(rho.dtype).eps * max(4.0, math.sqrt(d)):
        raise ValueError(
            f"expectations must be those of hermitian_basis({d}) in a state of trace 1; a trace "
            f"differs from 1 by {deviation:.3g}. Pass the observables that they belong to, or "
            f"observables=hermitian_basis({d}) if this is noise, for the best fit of trace 1."
        )


def _coordinates(matrices: Array) -> Array:
    """Return tr(M O_a) over `hermitian_basis` for Hermitian matrices, shape ``(..., d^2)``."""
    d = matrices.shape[-1]
    upper = np.triu(np.ones((d, d), dtype=bool), 1)
    root = np.finfo(matrices.dtype).dtype.type(math.sqrt(2))
    diagonal = np.arange(d)
    real, imaginary = np.real(matrices), np.imag(matrices)
    table = root * np.where(upper, real, imaginary)
    table[..., diagonal, diagonal] = real[..., diagonal, diagonal]
    return table.reshape(*matrices.shape[:-2], d * d)


def _from_coordinates(values: Array) -> Array:
    d = math.isqrt(values.shape[-1])
    if d * d != values.shape[-1] or d == 0:
        raise ValueError(
            "expectations must have d^2 values along its last axis where no observables are given; "
            f"got shape {values.shape}."
        )
    table = values.reshape(*values.shape[:-1], d, d)
    kind = np.complex64 if is_single(values.dtype) else np.complex128
    flipped = table.swapaxes(-1, -2)
    root = values.dtype.type(1 / math.sqrt(2))
    upper = np.triu(root * (table - 1j * flipped), 1)
    diagonal = np.arange(d)
    rho = (upper + upper.conj().swapaxes(-1, -2)).astype(kind)
    rho[..., diagonal, diagonal] = table[..., diagonal, diagonal]
    return rho


def _observables(observables: npt.ArrayLike) -> Array:
    given = inexact_array(observables, "observables", ndim=3)
    if given.shape[-1] != given.shape[-2] or given.size == 0:
        raise ValueError(
            f"observables must be a list of square matrices, (n, d, d); got shape {given.shape}."
        )
    largest = float(np.abs(given).max())
    skew = float(np.abs(given - given.conj().swapaxes(-1, -2)).max())
    if skew > (1e-5 if is_single(given.dtype) else 1e-10) * largest:
        raise ValueError(
            f"observables must be Hermitian; one differs from its adjoint by {skew:.3g}."
        )
    return given
