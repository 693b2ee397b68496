"""Density matrices: what passes for one, and the nearest one to what does not.

Solvers of master equations and tomography give matrices that are density matrices up to their own
error, which is far above rounding. Such errors are allowed by a `tolerance` and projected away.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import Floats, inexact_array, real_number, refuse_oversize
from typicality._interruptible import interruptible
from typicality._messages import matrix_at
from typicality._product import product

__all__ = [
    "density_matrices",
    "density_matrix_pair",
    "nearest_density_matrix",
    "refuse_negative",
]

Array = npt.NDArray[Any]

# Squares of such entries, and sums of them, are floats; those of a density matrix are at most 1.
_LARGEST_ENTRY: Final = 1e100


def nearest_density_matrix(matrix: npt.ArrayLike) -> Array:
    """Return the density matrix nearest to a matrix, in the Hilbert-Schmidt norm.

    Its eigenvectors are those of the Hermitian part of `matrix`; its eigenvalues are the
    probabilities nearest to the eigenvalues of that part. For a Hermitian matrix of unit trace it
    is the maximum-likelihood state under Gaussian noise [1]_.

    Parameters
    ----------
    matrix : array_like
        Finite square matrices, shape ``(..., d, d)``: what a solver, tomography or an average of
        noisy data left of a density matrix. Neither Hermitian nor normalized nor positive.

    Returns
    -------
    numpy.ndarray
        Density matrices, shape ``(..., d, d)``; single precision stays single.

    Raises
    ------
    TypeError, ValueError
        If `matrix` does not hold finite square matrices.
    MemoryError
        If the way to the result would not fit.

    References
    ----------
    .. [1] J. A. Smolin, J. M. Gambetta, G. Smith, Phys. Rev. Lett. 108, 070502 (2012).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import nearest_density_matrix
    >>> print(nearest_density_matrix(np.diag([0.7, 0.5, -0.2])).round(6))
    [[0.6 0.  0. ]
     [0.  0.4 0. ]
     [0.  0.  0. ]]
    """
    return _projection(_square(matrix, "matrix"), "matrix")[0]


def density_matrices(rho: object, name: str = "rho", tolerance: float | None = None) -> Array:
    """Return density matrices ``(..., d, d)``: Hermitian, unit trace, positive.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    name : str, optional
        What to call the argument in messages.
    tolerance : float, optional
        By how much an entry may differ from the adjoint's, a trace from 1, an eigenvalue from the
        positive numbers. The nearest density matrices are then returned. None allows rounding, and
        leaves the eigenvalues to be checked where they are computed, since that costs as much: only
        the diagonal is looked at here.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., d, d)``.

    Raises
    ------
    TypeError
        If `rho` does not hold numbers.
    ValueError
        If a matrix is not square, empty, not Hermitian, not positive, or its trace is not 1.
    """
    array = _square(rho, name)
    d, batch = array.shape[-1], array.shape[:-2]
    rounding = 64 * float(np.finfo(array.dtype).eps) * max(4.0, math.sqrt(d))
    allowed = rounding
    if tolerance is not None:
        allowed = max(rounding, real_number(tolerance, "tolerance", low=0.0))
    # In the core, where it takes no copy of what may fill the memory.
    if _core.hermitian_skew(array.reshape(-1, d, d)) > allowed:
        index, skew = _first_skew(array.reshape(-1, d, d), allowed)
        raise ValueError(
            f"{name} must be Hermitian; {matrix_at(index, batch)} differs from its adjoint by "
            f"{skew:.3g}. Use ({name} + {name}.conj().swapaxes(-1, -2)) / 2 if that is rounding."
        )
    diagonal = np.einsum("...ii->...i", array).real
    trace = diagonal.sum(axis=-1).ravel()
    wrong = np.abs(trace - 1.0) > allowed
    if wrong.any():
        index = int(wrong.argmax())
        value = float(trace[index])
        raise ValueError(
            f"{name} must have unit trace; {matrix_at(index, batch)} has trace "
            f"{value:.9g}. Divide by the trace."
            if value > 0
            else f"{name} must have unit trace; {matrix_at(index, batch)} has trace {value:.9g}."
        )
    if tolerance is None:
        lowest = diagonal.min(axis=-1, initial=0.0)
        refuse_negative(lowest, -allowed, name, what="diagonal entry")
        return array
    nearest, lowest = _projection(array, name)
    refuse_negative(lowest, -allowed, name)
    return nearest


def density_matrix_pair(
    rho: npt.ArrayLike, sigma: npt.ArrayLike, tolerance: float | None
) -> tuple[Array, Array]:
    """Return density matrices that act on one space, their batch axes broadcast.

    Raises
    ------
    ValueError
        If either does not hold density matrices, or their shapes do not fit.
    """
    first = density_matrices(rho, tolerance=tolerance)
    second = density_matrices(sigma, "sigma", tolerance)
    if first.shape[-1] != second.shape[-1]:
        raise ValueError(
            "rho and sigma must act on one space; "
            f"their dimensions are {first.shape[-1]} and {second.shape[-1]}."
        )
    try:
        shape = np.broadcast_shapes(first.shape, second.shape)
    except ValueError as error:
        raise ValueError(
            "rho and sigma must have batch axes that broadcast; "
            f"got shapes {first.shape} and {second.shape}."
        ) from error
    # Each in its own precision, which tells how large its rounding is.
    return np.broadcast_to(first, shape), np.broadcast_to(second, shape)


def refuse_negative(
    lowest: Array, bound: float | Array, name: str, *, what: str = "eigenvalue"
) -> None:
    """Refuse matrices whose lowest eigenvalues, or entries, lie below a bound.

    Raises
    ------
    ValueError
        Names the first of the matrices, its lowest value and what to do.
    """
    wrong = np.ravel(lowest < bound)
    if wrong.any():
        index = int(wrong.argmax())
        raise ValueError(
            f"{name} must be positive; {matrix_at(index, np.shape(lowest))} has the {what} "
            f"{float(np.ravel(lowest)[index]):.3g}. If that is a solver's error, pass "
            f"typicality.quantum.nearest_density_matrix({name})."
        )


def _square(value: object, name: str) -> Array:
    array = inexact_array(value, name, min_ndim=2)
    if array.shape[-2] != array.shape[-1] or array.shape[-1] == 0:
        raise ValueError(
            f"{name} must hold square matrices, at least 1 x 1; got shape {array.shape}."
        )
    return array


def _projection(array: Array, name: str) -> tuple[Array, Array]:
    """Return the nearest density matrices and the lowest eigenvalues of the Hermitian parts."""
    largest = float(np.abs(array).max(initial=0.0))
    if largest > _LARGEST_ENTRY:
        raise ValueError(
            f"{name} must hold entries of at most {_LARGEST_ENTRY:g} in size; got {largest:.3g}."
        )
    wide = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)
    refuse_oversize(5 * wide.nbytes, "The nearest density matrices", "Pass fewer matrices at once.")
    hermitian = (wide + wide.conj().swapaxes(-1, -2)) / 2
    values, vectors = interruptible(np.linalg.eigh, hermitian)
    weights = _nearest_probabilities(values)
    nearest = product(vectors * weights[..., None, :], vectors.conj().swapaxes(-1, -2))
    # Rounding of the product: the result is Hermitian to the last bit.
    nearest = (nearest + nearest.conj().swapaxes(-1, -2)) / 2
    return nearest.astype(array.dtype, copy=False), values[..., 0]


def _nearest_probabilities(values: Floats) -> Floats:
    """Return the probabilities nearest to ascending numbers: shifted alike, cut off at zero."""
    # A common shift changes nothing; from the largest one, no sum rounds the 1 away.
    values = values - values[..., -1:]
    count = np.arange(values.shape[-1], 0, -1)
    # With the k largest numbers kept, each is lowered by (their sum - 1) / k; from the largest k
    # down, the first that keeps all k positive is right.
    tails = np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]
    shifts = (tails - 1.0) / count
    first = (values > shifts).argmax(axis=-1)[..., None]
    return np.maximum(values - np.take_along_axis(shifts, first, axis=-1), 0.0)


def _first_skew(matrices: Array, allowed: float) -> tuple[int, float]:
    """Return the first matrix that differs from its adjoint, and the largest difference."""
    for index, matrix in enumerate(matrices):
        skew = float(np.abs(matrix - matrix.conj().T).max())
        if skew > allowed:
            return index, skew
    return 0, float("inf")
