"""How many levels of a Hermitian operator lie below an energy, from the inertia of H - E.

The rank of the spectral projector P_E of Eq. (1), known before a single eigenvector is. By
Sylvester's law H - E = L D L^H has as many negative eigenvalues as D. Sparse operators are brought
to block tridiagonal form and factorized block by block, dense ones by Bunch and Kaufman's pivoting.
What rounding did is bounded from the factors: a count holds for an operator that near to H.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg import lapack
from scipy.sparse.csgraph import reverse_cuthill_mckee

from typicality._interruptible import interruptible
from typicality._memory import available_memory
from typicality.quantum._operators.hermitian import Operator

__all__ = ["LevelCounter", "dense_inertia", "level_counter"]

Array = npt.NDArray[Any]
Indices = npt.NDArray[np.int64]
Inertia = tuple[int, float]
"""Negative eigenvalues, and by how much rounding may have moved all of them."""

_EPSILON: Final = float(np.finfo(np.float64).eps)
# Blocks are at least so large: smaller ones take longer to handle than to diagonalize, and from
# order 25 on LAPACK's `eigh` takes ten times as long.
_LEAST_BLOCK: Final = 24
# Columns of dense factors that are looked at together.
_COLUMNS: Final = 256
# Energies that are tried where a pivot is small, as shares of the interval that is left to choose.
_SHARES: Final = (0.5, 0.382, 0.637, 0.271, 0.764)
# Estimated seconds for each dimension that a count may take: less than Lanczos iterations take.
_SECONDS_PER_DIMENSION: Final = 1e-4
# Seconds of `eigh` of order m are about m^2 (m + 600) times this.
_SECONDS_OF_EIGH: Final = 1e-10
_OVERHEAD: Final = 600
_LARGEST_DENSE: Final = 20_000


class LevelCounter:
    """Counts the levels of one operator below energies; made by `level_counter`."""

    def __init__(self, inertia: Callable[[float], Inertia]) -> None:
        self._inertia = inertia

    def below(self, low: float, high: float) -> int | None:
        """Return the number of levels below some energy between `low` and `high`.

        The exact number of levels below either if none lies between them, of any multiplicity. None
        where rounding may have moved a level out of the interval: it is too narrow.

        Examples
        --------
        >>> import numpy as np
        >>> from typicality.quantum._operators.inertia import level_counter
        >>> counter = level_counter(np.diag([0.0, 1.0, 1.0, 1.0, 2.0]))
        >>> counter.below(0.5, 0.6), counter.below(1.5, 1.6), counter.below(1.5, 1.5)
        (1, 4, None)
        """
        for share in _SHARES:
            energy = low + share * (high - low)
            if not low < energy < high:
                return None
            number, error = self._inertia(energy)
            if error <= min(energy - low, high - energy):
                return number
        return None


def level_counter(operator: Operator) -> LevelCounter | None:
    """Return what counts the operator's levels, or None where it would take too long.

    Parameters
    ----------
    operator : numpy.ndarray, scipy.sparse.csr_array or LinearOperator
        Hermitian. Sparse ones are counted where they are narrow: lattices of one or two dimensions,
        bands. A count of a chain of 10^4 sites takes 0.04 s, of a square lattice of 200 x 200 sites
        about a second. Entries of a LinearOperator cannot be seen.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> from typicality.quantum._operators.inertia import level_counter
    >>> chain = sparse.diags_array([np.ones(999), np.ones(999)], offsets=[-1, 1]).tocsr()
    >>> level_counter(chain).below(-1e-6, 1e-6)
    500
    """
    size = int(operator.shape[0])
    if isinstance(operator, np.ndarray):
        # The factors, and both again where a child process works.
        if size > _LARGEST_DENSE or 4 * operator.nbytes > available_memory():
            return None
        return LevelCounter(lambda energy: interruptible(dense_inertia, operator, energy))
    if not sparse.issparse(operator):
        return None
    allowed = _SECONDS_PER_DIMENSION * size
    matrix: Any = operator
    # Rows of so many entries make blocks at least that large.
    if _seconds(np.array([matrix.nnz / size]), matrix.dtype) * size > 1e2 * allowed:
        return None
    if 4 * (matrix.data.nbytes + matrix.indices.nbytes) > available_memory():
        return None
    narrow = interruptible(_reordered, matrix)
    ends = _block_ends(narrow)
    widths = np.diff(ends, prepend=0)
    largest = int(widths.max())
    if 20 * largest * largest * narrow.dtype.itemsize > available_memory():
        return None
    if _seconds(widths, narrow.dtype) > allowed:
        return None
    return LevelCounter(lambda energy: _block_inertia(narrow, ends, energy))


def dense_inertia(matrix: Array, energy: float) -> Inertia:
    """Return the number of eigenvalues of a Hermitian matrix below an energy, and its error.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.inertia import dense_inertia
    >>> number, error = dense_inertia(np.diag([0.0, 1.0, 2.0]), 1.5)
    >>> number, error < 1e-13
    (2, True)
    """
    size = len(matrix)
    shifted = np.array(matrix, order="F")
    shifted[np.diag_indices(size)] -= energy
    routine: Any = lapack.zhetrf if shifted.dtype.kind == "c" else lapack.dsytrf
    factors, pivots, info = routine(shifted, lower=1, lwork=64 * size, overwrite_a=1)
    if info:
        return 0, np.inf
    # Two negative numbers in a row are a pivot of two rows, with an entry below the first.
    pairs = np.flatnonzero(pivots < 0)[::2]
    diagonal = factors.diagonal().real.copy()
    lower = np.abs(factors[pairs + 1, pairs])
    factors[pairs + 1, pairs] = 0
    squares = np.ones(size)
    for start in range(0, size, _COLUMNS):
        columns = np.tril(factors[start:, start : start + _COLUMNS], -1)
        squares[start : start + _COLUMNS] += np.einsum("ij,ij->j", columns, columns.conj()).real
    # The trace norm of |L| |D| |L|^H, which permutations leave as it is, bounds what was rounded.
    weight = float(squares @ np.abs(diagonal))
    weight += float(2 * lower @ np.sqrt(squares[pairs] * squares[pairs + 1]))
    single = np.ones(size, dtype=bool)
    single[pairs] = single[pairs + 1] = False
    negative = int(np.count_nonzero(diagonal[single] < 0))
    blocks = np.empty((pairs.size, 2, 2))
    blocks[:, 0, 0], blocks[:, 1, 1] = diagonal[pairs], diagonal[pairs + 1]
    blocks[:, 1, 0] = blocks[:, 0, 1] = lower
    negative += int(np.count_nonzero(np.linalg.eigvalsh(blocks) < 0))
    return negative, size * _EPSILON * weight


def _reordered(matrix: Any) -> sparse.csr_array:
    """Return the matrix with rows and columns in an order that makes it narrow."""
    pattern: Any = sparse.csr_matrix(
        (np.ones(matrix.nnz, dtype=np.int8), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    # Entries that are there in one triangle only, as rounding leaves them, count in both.
    both: Any = sparse.csr_matrix(pattern + pattern.T)
    order = reverse_cuthill_mckee(both, symmetric_mode=True)
    narrow: Any = matrix[order][:, order]
    narrow.sum_duplicates()
    return narrow


def _block_ends(matrix: Any) -> Indices:
    """Return where blocks end, so that each is coupled to its neighbors only."""
    size = int(matrix.shape[0])
    indptr = matrix.indptr
    last = np.arange(size)
    filled = np.flatnonzero(np.diff(indptr))
    reach = np.maximum.reduceat(matrix.indices, indptr[filled]) if filled.size else filled
    last[filled] = np.maximum(last[filled], reach)
    # A lower triangle alone reaches back as far as an upper one would reach ahead.
    first = np.arange(size)
    back = np.minimum.reduceat(matrix.indices, indptr[filled]) if filled.size else filled
    first[filled] = np.minimum(first[filled], back)
    np.maximum.at(last, first, np.arange(size))
    farthest = np.maximum.accumulate(last)
    ends = [min(_LEAST_BLOCK, size)]
    while ends[-1] < size:
        coupled = int(farthest[ends[-1] - 1]) + 1
        ends.append(min(max(coupled, ends[-1] + _LEAST_BLOCK), size))
    return np.array(ends)


def _seconds(widths: npt.NDArray[Any], dtype: np.dtype[Any]) -> float:
    orders = widths.astype(np.float64)
    work = float((orders**2 * (orders + _OVERHEAD)).sum())
    return _SECONDS_OF_EIGH * work * (4.0 if dtype.kind == "c" else 1.0)


def _block_inertia(matrix: Any, ends: Indices, energy: float) -> Inertia:
    """Factorize H - energy block by block and count negative pivots.

    The pivots are S_k = A_k - B_k S_{k-1}^{-1} B_k^H with A_k the diagonal blocks of H - energy and
    B_k those to the left, S_{k-1} by its eigenvectors. Each S_k is Hermitian as stored, so that
    rounding amounts to Hermitian changes of the A_k, and the largest of them bounds what all do.
    """
    negative, error = 0, 0.0
    values, vectors, start, before = np.zeros(0), np.zeros((0, 0)), 0, 0
    for end in ends.tolist():
        pivot, left = _block_row(matrix, before, start, end)
        pivot[np.diag_indices(end - start)] -= energy
        rounded = float(np.abs(pivot).max(initial=0.0))
        if values.size and left.size:
            coupling = vectors.conj().T @ left.conj().T
            pivot -= coupling.conj().T @ (coupling / values[:, None])
            pivot = (pivot + pivot.conj().T) / 2
            sizes = np.linalg.norm(coupling, axis=1)
            # The coupling is known to rounding of B_k, not of itself.
            rounded += float((sizes / np.abs(values)).sum()) * float(np.linalg.norm(left))
        if not np.isfinite(pivot).all():
            return 0, np.inf
        before, start = start, end
        values, vectors = interruptible(np.linalg.eigh, pivot)
        nearest = float(np.abs(values).min())
        if nearest == 0.0:
            return 0, np.inf
        rounded += float(np.abs(values).max())
        error = max(error, 4 * len(values) * _EPSILON * rounded)
        negative += int(np.count_nonzero(values < 0))
    return negative, error


def _block_row(matrix: Any, before: int, start: int, end: int) -> tuple[Array, Array]:
    """Return a diagonal block and the one to its left, dense."""
    first, last = int(matrix.indptr[start]), int(matrix.indptr[end])
    counts = np.diff(matrix.indptr[start : end + 1])
    rows = np.repeat(np.arange(end - start), counts)
    columns, data = matrix.indices[first:last], matrix.data[first:last]
    diagonal = np.zeros((end - start, end - start), dtype=matrix.dtype)
    left = np.zeros((end - start, start - before), dtype=matrix.dtype)
    inside = (columns >= start) & (columns < end)
    diagonal[rows[inside], columns[inside] - start] = data[inside]
    behind = columns < start
    left[rows[behind], columns[behind] - before] = data[behind]
    return diagonal, left
