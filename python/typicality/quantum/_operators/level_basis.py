"""The basis in which the eigenvectors of an energy level are reported, by a stated convention.

Eigensolvers return eigenvectors with any sign, and those of a degenerate level in any basis, which
depend on the processor and its number of threads.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._interruptible import interruptible
from typicality._product import product
from typicality.quantum._operators.hermitian import Operator, applied

__all__ = ["in_stated_basis"]

Array = npt.NDArray[Any]

# Energies that differ by less than this share of the operator's size are one level to rounding.
_ROUNDING: Final = 1e-12
_KEY: Final = bytes(32)
_LABEL: Final = b"level basis"
_ROWS: Final = 256


def in_stated_basis(operator: Operator, energies: npt.NDArray[np.float64], vectors: Array) -> Array:
    """Return the eigenvectors, each level's in a basis that does not depend on the eigensolver.

    A level's basis is what Gram and Schmidt make of the projections on it of fixed Gaussian
    vectors, the first one, the first two, and so on: an eigenvector of its own has a positive
    overlap with the first. Energies within 1e-12 of the operator's size are one level. Levels that
    lie a little further apart are not determined better than rounding over their distance.

    Parameters
    ----------
    operator : numpy.ndarray, scipy.sparse.csr_array or LinearOperator
        H, of dimension `D`.
    energies : numpy.ndarray
        Ascending, shape ``(d,)``.
    vectors : numpy.ndarray
        Shape ``(D, d)``, orthonormal columns; written over.

    Returns
    -------
    numpy.ndarray
        `vectors`.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.level_basis import in_stated_basis
    >>> h, energies = np.diag([1.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])
    >>> turned = np.array([[0.6, -0.8, 0.0], [0.8, 0.6, 0.0], [0.0, 0.0, -1.0]])
    >>> one, two = (in_stated_basis(h, energies, x) for x in (np.eye(3), turned.copy()))
    >>> bool(np.allclose(one, two, atol=1e-14))
    True
    """
    first = _gaussian(0, 1, len(vectors))
    # About the root of the mean squared energy, for any kind of operator.
    size = float(np.linalg.norm(applied(operator, first.T)) / np.linalg.norm(first))
    close = _ROUNDING * max(size, float(np.abs(energies).max(initial=0.0)))
    overlaps = product(first, vectors)[0].conj()
    sizes = np.abs(overlaps)
    vectors *= np.where(sizes > 0, overlaps / np.where(sizes > 0, sizes, 1), 1)
    ends = np.append(np.flatnonzero(np.diff(energies) > close) + 1, energies.size)
    start = 0
    for stop in ends:
        if stop - start > 1:
            level = vectors[:, start:stop]
            level[:] = product(level, _rotation(level))
        start = int(stop)
    return vectors


def _gaussian(first: int, count: int, length: int) -> Array:
    return _core.standard_normals(_KEY, _LABEL, first, count, length, False)


def _rotation(level: Array) -> Array:
    """Return the unitary that turns a level's vectors into those of the convention."""
    length, count = level.shape
    overlaps = np.empty((count, count), dtype=level.dtype)
    for start in range(0, count, _ROWS):
        stop = min(start + _ROWS, count)
        overlaps[:, start:stop] = product(_gaussian(start, stop - start, length), level).conj().T
    unitary, triangle = interruptible(np.linalg.qr, overlaps)
    diagonal = np.diag(triangle)
    sizes = np.abs(diagonal)
    return unitary * np.where(sizes > 0, diagonal / np.where(sizes > 0, sizes, 1), 1)
