"""Schmidt decompositions of given kets, from the singular value decomposition of their matrices."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality._arrays import refuse_oversize, subsystems
from typicality._interruptible import interruptible
from typicality.errors import ConvergenceError
from typicality.quantum._states.kets import kets

__all__ = ["SchmidtDecomposition", "schmidt_decomposition"]

# Entries whose moduli are so near to the largest compete for the phase; the first of them has it,
# lest rounding decide between equal ones.
_TIE: Final = 1e-3


@dataclass(frozen=True, eq=False, repr=False)
class SchmidtDecomposition:
    """Kets as sums of products, ``psi = sum_k s_k |a_k>|b_k>``; see `schmidt_decomposition`.

    Parameters
    ----------
    coefficients : numpy.ndarray
        Schmidt coefficients s, shape ``(..., m)``, descending. Their squares are what
        `schmidt_spectrum` returns.
    vectors_a : numpy.ndarray
        Orthonormal kets of the subsystems that are kept, in the order asked for, one a row: shape
        ``(..., m, d_keep)``.
    vectors_b : numpy.ndarray
        Orthonormal kets of the others in their natural order, shape ``(..., m, d_rest)``.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import schmidt_decomposition
    >>> found = schmidt_decomposition(np.array([0.6, 0, 0, -0.8]), [2, 2], keep=0)
    >>> s, a, b = found.coefficients, found.vectors_a, found.vectors_b
    >>> print(np.einsum("k,ki,kj->ij", s, a, b).round(12) + 0.0)
    [[ 0.6  0. ]
     [ 0.  -0.8]]
    """

    coefficients: npt.NDArray[Any]
    vectors_a: npt.NDArray[Any]
    vectors_b: npt.NDArray[Any]

    def __repr__(self) -> str:
        """Return the shapes instead of the numbers."""
        return (
            f"SchmidtDecomposition(coefficients: {self.coefficients.shape}, "
            f"vectors_a: {self.vectors_a.shape}, vectors_b: {self.vectors_b.shape}, "
            f"{self.vectors_a.dtype})"
        )


def schmidt_decomposition(
    psi: npt.ArrayLike, dims: npt.ArrayLike, keep: npt.ArrayLike
) -> SchmidtDecomposition:
    """Return the Schmidt decomposition of kets across the cut kept | traced out.

    Parameters
    ----------
    psi : array_like
        Normalized kets, shape ``(..., D)`` with D the product of `dims`.
    dims, keep
        As for `reduced_density_matrix`.

    Returns
    -------
    SchmidtDecomposition
        ``psi = sum_k s_k |a_k>|b_k>``: `coefficients` s, shape ``(..., m)`` with m the smaller
        dimension of the two sides, descending, not squared, errors some tens of units of rounding
        of the largest; `vectors_a` ``(..., m, d_keep)`` and `vectors_b` ``(..., m, d_rest)``, one
        ket a row. complex64 stays complex64, real kets give real vectors.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a ket is not normalized, `dims` do not multiply to D, or `keep` repeats an index.
    MemoryError
        If the vectors, or the way to them, would not fit.
    ConvergenceError
        If the singular value decomposition does not converge.

    Notes
    -----
    The phase of each pair is fixed by making one entry of ``|a_k>`` real and positive: the first
    whose modulus is within a thousandth of the largest. Where coefficients coincide, zeros above
    all, only the span of their vectors is determined, and another machine may return another
    basis of it. The decomposition is LAPACK's, through NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import schmidt_decomposition
    >>> found = schmidt_decomposition(np.array([0.6, 0, 0, -0.8]), [2, 2], keep=0)
    >>> print(found.coefficients.round(12))
    [0.8 0.6]
    >>> print(found.vectors_a.round(12) + 0.0)
    [[0. 1.]
     [1. 0.]]
    >>> print(found.vectors_b.round(12) + 0.0)
    [[ 0. -1.]
     [ 1.  0.]]
    """
    sizes, kept = subsystems(dims, keep)
    states = kets(psi, sizes)
    batch = states.shape[:-1]
    d_keep = math.prod(sizes[index] for index in kept)
    d_rest = states.shape[-1] // d_keep
    smaller = min(d_keep, d_rest)
    vectors = smaller * (d_keep + d_rest)
    # Both sides' vectors and a copy of the kets in the order of the cut, and both again where a
    # child process works; LAPACK works on copies of one ket's and in some seven square matrices.
    count = math.prod(batch)
    one = vectors + states.shape[-1]
    refuse_oversize(
        (2 * count * one + min(1, count) * (one + 7 * smaller**2)) * states.itemsize,
        "The Schmidt decomposition",
        "schmidt_spectrum returns the squared coefficients alone.",
    )
    # Subsystems of one dimension stand anywhere, and NumPy has no more than 64 axes.
    wide = [index for index in range(len(sizes)) if sizes[index] > 1]
    order = [index for index in kept if index in wide]
    order += [index for index in wide if index not in kept]
    tensor = states.reshape(count, *(sizes[index] for index in wide))
    tensor = tensor.transpose(0, *(1 + wide.index(index) for index in order))
    matrices = np.ascontiguousarray(tensor.reshape(count, d_keep, d_rest))
    thin = functools.partial(np.linalg.svd, full_matrices=False)
    try:
        found: Any = interruptible(thin, matrices)
    except np.linalg.LinAlgError as error:
        raise ConvergenceError(
            "the singular value decomposition of a ket did not converge; schmidt_spectrum returns "
            "the squared coefficients by another way."
        ) from error
    left, coefficients, right = found
    vectors_a = np.ascontiguousarray(np.swapaxes(left, -1, -2))
    phases = _phases(vectors_a)
    return SchmidtDecomposition(
        coefficients.reshape(*batch, smaller),
        (vectors_a * phases.conj()).reshape(*batch, smaller, d_keep),
        (right * phases).reshape(*batch, smaller, d_rest),
    )


def _phases(vectors: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the phases ``(..., 1)`` of the first entries that are about the largest."""
    moduli = np.abs(vectors)
    near = moduli >= (1.0 - _TIE) * moduli.max(axis=-1, keepdims=True)
    first = near.argmax(axis=-1)[..., None]
    entries = np.take_along_axis(vectors, first, axis=-1)
    return entries / np.abs(entries)
