"""Wishart and Gaussian matrices and their spectra, sampled at the cost of what is returned.

W = G G^H with E|G_ij|^2 = 1 is the one random matrix under both halves of the paper: divided by its
trace it is the reduced state of Sec. II, and its smallest eigenvalue is the model of the fitting
threshold of Sec. III.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import (
    batch_shape,
    beta_of,
    dimension,
    draw_dtype,
    is_single,
    large_dimension,
    output_array,
    real_array,
    refuse_oversize,
)
from typicality._random import RNG, draw, key_of

__all__ = [
    "LARGEST_SPECTRUM",
    "gaussian_matrices",
    "tridiagonal_eigenvalues",
    "wishart_eigenvalues",
    "wishart_matrices",
]

# The eigenvalues of a matrix of this order take hours.
LARGEST_SPECTRUM: Final = 2**20
# Eigenvalues reach (sqrt(m) + sqrt(n))^2, and float32 ends at 2^128.
_LARGEST_SINGLE: Final = 2**126


def wishart_matrices(
    p: int,
    n: int,
    size: int | tuple[int, ...] | None = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw W = G G^H, G of shape (p, n) with independent Gaussian entries, E|G_ij|^2 = 1.

    Drawn through the Bartlett decomposition: W = L L^H with a triangular L of independent entries,
    so neither time nor memory depends on n.

    Parameters
    ----------
    p : int
        Order of W.
    n : int
        Number of columns of G (degrees of freedom), any positive integer up to 2**1000, in single
        precision up to 2**126. For n < p the matrix has rank n.
    size : None, int or tuple of int, optional
        Batch shape.
    field : {"complex", "real"}, optional
        Complex (beta = 2) or real (beta = 1) entries.
    rng : None, int, SeedSequence, BitGenerator or Generator, optional
        Where the randomness comes from (SPEC 7). Calls of one function with one seed share their
        random numbers even where shapes or the field differ.
    dtype : dtype, optional
        float32 or complex64 for single precision.
    out : numpy.ndarray, optional
        Filled and returned instead of a new array; C-contiguous, of the result's shape and dtype.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, p, p)``, Hermitian. Equal bits for equal seeds on any machine
        with any number of threads.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the result would not fit; it is refused before it is allocated.

    See Also
    --------
    wishart_eigenvalues : Only the spectrum, in O(min(p, n)^2).

    Examples
    --------
    >>> from typicality.spectra import wishart_matrices
    >>> w = wishart_matrices(3, 2**200, size=5, rng=1)
    >>> w.shape
    (5, 3, 3)
    """
    order, columns = dimension(p, "p"), large_dimension(n, "n")
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    kind = draw_dtype(dtype, beta, complex_result=True)
    _refuse_overflow(columns, kind)
    target = output_array(out, shape, (order, order), kind)
    return draw(
        lambda first, count: _core.wishart_matrices(
            key, first, count, order, float(columns), beta, is_single(kind), target
        ),
        shape,
        bytes_per_sample=order * order * kind.itemsize,
        what="The Wishart matrices",
        cheaper="Their spectra alone come from wishart_eigenvalues.",
        scratch=lambda count: _core.wishart_matrices_workspace(
            count, order, columns, beta, is_single(kind)
        ),
        out=out,
    )


def wishart_eigenvalues(
    m: int,
    n: int,
    size: int | tuple[int, ...] | None = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw the nonzero eigenvalues of W = G G^H, G of shape (m, n), E|G_ij|^2 = 1.

    Drawn through the bidiagonal model of Dumitriu and Edelman, 2 min(m, n) - 1 random numbers and
    O(min(m, n)^2) operations a spectrum, whatever the larger dimension is.

    Parameters
    ----------
    m, n : int
        Shape of G; the smaller up to 2**20, which takes hours, the larger any integer up to
        2**1000, in single precision up to 2**126.
    size, field, rng, dtype, out
        As for `wishart_matrices`; `dtype` is float64 or float32.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, min(m, n))``, ascending. Equal bits for equal seeds on any machine.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the result would not fit.

    References
    ----------
    .. [1] I. Dumitriu, A. Edelman, J. Math. Phys. 43, 5830 (2002).

    Examples
    --------
    >>> from typicality.spectra import wishart_eigenvalues
    >>> wishart_eigenvalues(4, 6, size=10, rng=1).shape
    (10, 4)
    """
    sides = sorted((large_dimension(m, "m"), large_dimension(n, "n")))
    small, large = dimension(sides[0], "min(m, n)", maximum=LARGEST_SPECTRUM), sides[1]
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    kind = draw_dtype(dtype, beta, complex_result=False)
    _refuse_overflow(large, kind)
    target = output_array(out, shape, (small,), kind)
    return draw(
        lambda first, count: _core.wishart_eigenvalues(
            key, first, count, small, float(large), beta, is_single(kind), target
        ),
        shape,
        bytes_per_sample=small * kind.itemsize,
        what="The spectra",
        cheaper="Draw them in parts.",
        scratch=lambda count: _core.wishart_eigenvalues_workspace(count, small),
        out=out,
    )


def gaussian_matrices(
    n: int,
    size: int | tuple[int, ...] | None = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw matrices of the Gaussian unitary (complex) or orthogonal (real) ensemble.

    Off-diagonal entries have E|H_ij|^2 = 1, diagonal entries variance 2 / beta: 1 for the GUE and 2
    for the GOE, so the spectrum of H / sqrt(n) tends to the semicircle on [-2, 2] for both.

    Parameters
    ----------
    n : int
        Order of the matrices.
    size, field, rng, dtype, out
        As for `wishart_matrices`.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, n, n)``, Hermitian. Equal bits for equal seeds on any machine.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the result would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.spectra import gaussian_matrices
    >>> h = gaussian_matrices(4, size=2, rng=1)
    >>> h.shape, bool(np.array_equal(h, h.conj().swapaxes(-1, -2)))
    ((2, 4, 4), True)
    """
    order = dimension(n, "n")
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    kind = draw_dtype(dtype, beta, complex_result=True)
    target = output_array(out, shape, (order, order), kind)
    return draw(
        lambda first, count: _core.gaussian_matrices(
            key, first, count, order, beta, is_single(kind), target
        ),
        shape,
        bytes_per_sample=order * order * kind.itemsize,
        what="The matrices",
        cheaper="Draw them in parts, or only eigenvectors with quantum.gue_eigenstates.",
        scratch=lambda count: _core.gaussian_matrices_workspace(
            count, order, beta, is_single(kind)
        ),
        out=out,
    )


def tridiagonal_eigenvalues(
    diagonal: npt.ArrayLike, off_diagonal: npt.ArrayLike
) -> npt.NDArray[Any]:
    """Return the eigenvalues of real symmetric tridiagonal matrices, many at once.

    Parameters
    ----------
    diagonal : array_like
        Shape ``(..., n)`` with n from 1 to 2**20.
    off_diagonal : array_like
        Shape ``(..., n - 1)``; batch axes broadcast against those of `diagonal`.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., n)``, ascending; float32 if both arguments are. Computed in double precision,
        each right to about sqrt(n) units of rounding of the largest in modulus.

    Raises
    ------
    TypeError
        If an argument is not an array of real numbers.
    ValueError
        If the lengths do not fit, entries are not finite, or an eigenvalue would not be.
    MemoryError
        If the result, or the way to it, would not fit.

    Examples
    --------
    >>> from typicality.spectra import tridiagonal_eigenvalues
    >>> print(tridiagonal_eigenvalues([0.0, 0.0], [1.0]))
    [-1.  1.]
    """
    main = real_array(diagonal, "diagonal", min_ndim=1)
    side = real_array(off_diagonal, "off_diagonal", min_ndim=1)
    n = main.shape[-1]
    if n == 0 or side.shape[-1] != n - 1:
        raise ValueError(
            "off_diagonal must be one shorter than diagonal along the last axis, and diagonal not "
            f"empty; got shapes {main.shape} and {side.shape}."
        )
    if n > LARGEST_SPECTRUM:
        raise ValueError(
            f"diagonal must have at most 2**20 entries, which take hours; got {n}. "
            "scipy.linalg.eigvalsh_tridiagonal with select='i' finds some of the eigenvalues."
        )
    try:
        batch = np.broadcast_shapes(main.shape[:-1], side.shape[:-1])
    except ValueError as error:
        raise ValueError(
            "diagonal and off_diagonal must have batch axes that broadcast; "
            f"got shapes {main.shape} and {side.shape}."
        ) from error
    kind = np.result_type(main, side)
    count = math.prod(batch)
    refuse_oversize(
        2 * count * n * kind.itemsize + _core.tridiagonal_eigenvalues_workspace(count, n),
        "The eigenvalues",
        "Pass fewer matrices at once.",
    )
    main = np.ascontiguousarray(np.broadcast_to(main, (*batch, n)), dtype=kind).reshape(count, n)
    side = np.ascontiguousarray(np.broadcast_to(side, (*batch, n - 1)), dtype=kind)
    return _core.tridiagonal_eigenvalues(main, side.reshape(count, n - 1)).reshape(*batch, n)


def _refuse_overflow(n: int, kind: np.dtype[Any]) -> None:
    if is_single(kind) and n > _LARGEST_SINGLE:
        raise ValueError(
            "n must be at most 2**126 in single precision, whose largest number is 2**128; "
            f"got a number of {n.bit_length()} bits. Leave dtype out for double precision."
        )
