"""Observables on chains of spins and qudits: Pauli strings and sums of a local operator.

The <O> of Eq. (1). The leftmost letter of a string, and the first factor of every Kronecker
product, is subsystem 0, the most significant digit of a basis state's index.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from typicality._arrays import dimension, inexact_array, refuse_oversize
from typicality._interruptible import interruptible
from typicality._messages import shortened

__all__ = ["local_sum", "pauli", "pauli_sum"]

MOST_SPINS: Final = 40
# Rows of a sum that are worked out at a time, and entries; terms outnumber rows that are too few.
_ROWS: Final = 1 << 15
_FEWEST_ROWS: Final = 1 << 10
_ENTRIES: Final = 1 << 23


def pauli(string: str) -> sparse.csr_array:
    """Return the Kronecker product of Pauli matrices that a string spells.

    Parameters
    ----------
    string : str
        One of the letters I, X, Y, Z for each spin; the leftmost is subsystem 0.

    Returns
    -------
    scipy.sparse.csr_array
        Shape ``(2**n, 2**n)`` with one entry in each row; real where the number of Y is even.

    Raises
    ------
    TypeError
        If `string` is not a string.
    ValueError
        If it is empty or has another letter.
    MemoryError
        If the matrix would not fit.

    Examples
    --------
    >>> from typicality.quantum import pauli
    >>> pauli("ZI").diagonal()
    array([ 1.,  1., -1., -1.])
    >>> (pauli("XY") @ pauli("XY")).toarray().real.astype(int)
    array([[1, 0, 0, 0],
           [0, 1, 0, 0],
           [0, 0, 1, 0],
           [0, 0, 0, 1]])
    """
    if not isinstance(string, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"string must be a str such as 'XIZ'; got {type(string).__name__}.")
    if not string or set(string) - set("IXYZ"):
        raise ValueError(f"string must consist of the letters I, X, Y, Z; got {shortened(string)}.")
    x_mask = int("".join("1" if letter in "XY" else "0" for letter in string), 2)
    z_mask = int("".join("1" if letter in "YZ" else "0" for letter in string), 2)
    # Y = i X Z.
    return pauli_sum([(x_mask, z_mask, 1j ** string.count("Y"))], len(string))


def pauli_sum(terms: Iterable[tuple[int, int, complex]], n: int) -> sparse.csr_array:
    """Return a sum of Pauli strings given as bit masks, ``sum coefficient X^x Z^z``.

    ``X^x`` flips the spins whose bit is set in ``x``, ``Z^z`` multiplies by -1 for each bit that is
    set both in ``z`` and in the basis state; bit ``n - 1 - i`` belongs to subsystem ``i``. Strings
    that flip the same spins share one band, so a chain costs one band for its whole diagonal.

    Parameters
    ----------
    terms : iterable of (int, int, complex)
        Masks ``x`` and ``z`` and the coefficient.
    n : int
        Number of spins.

    Returns
    -------
    scipy.sparse.csr_array
        Shape ``(2**n, 2**n)``, real if every entry is.

    Raises
    ------
    ValueError
        If `n` is less than 1 or more than 40.
    MemoryError
        If the matrix would not fit.

    Examples
    --------
    >>> from typicality.quantum._energy.observables import pauli_sum
    >>> pauli_sum([(0b01, 0b00, 2.0), (0b00, 0b10, 0.5)], 2).toarray()
    array([[ 0.5,  2. ,  0. ,  0. ],
           [ 2. ,  0.5,  0. ,  0. ],
           [ 0. ,  0. , -0.5,  2. ],
           [ 0. ,  0. ,  2. , -0.5]])
    """
    n = dimension(n, "n", maximum=MOST_SPINS)
    bands: dict[int, list[tuple[int, complex]]] = {}
    for x_mask, z_mask, coefficient in terms:
        bands.setdefault(x_mask, []).append((z_mask, complex(coefficient)))
    order = sorted(bands) or [0]
    # Data, indices and the copy that removes explicit zeros.
    refuse_oversize(
        2**n * len(order) * 48,
        f"A sum of Pauli strings on {n} spins with {len(order)} bands",
        "Apply the terms one by one through a scipy.sparse.linalg.LinearOperator.",
    )
    rows = min(_ROWS, max(_FEWEST_ROWS, _ENTRIES // len(order)))
    pieces = [
        _rows_of_sum(bands, order, start, min(start + rows, 2**n), n)
        for start in range(0, 2**n, rows)
    ]
    real = not any(piece.dtype.kind == "c" and np.imag(piece.data).any() for piece in pieces)
    lengths = np.concatenate([np.diff(piece.indptr) for piece in pieces])
    # Plain shape of the index arrays lets SciPy choose 32 bits where they suffice.
    return sparse.csr_array(
        (
            np.concatenate([np.real(piece.data) if real else piece.data for piece in pieces]),
            np.concatenate([piece.indices for piece in pieces]),
            np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)]),
        ),
        shape=(2**n, 2**n),
    )


def _rows_of_sum(
    bands: dict[int, list[tuple[int, complex]]], order: list[int], start: int, stop: int, n: int
) -> sparse.csr_array:
    """Return some rows of a sum of Pauli strings, without zeros: Ctrl-C is heard in between."""
    rows = np.arange(start, stop, dtype=np.int64)
    columns = rows[:, None] ^ np.array(order, dtype=np.int64)
    real = all(coefficient.imag == 0 for terms in bands.values() for _, coefficient in terms)
    data = np.zeros(columns.shape, dtype=np.float64 if real else np.complex128)
    for band, x_mask in enumerate(order):
        for z_mask, coefficient in bands.get(x_mask, []):
            value = coefficient.real if real else coefficient
            odd = np.bitwise_count(columns[:, band] & z_mask) & 1
            data[:, band] += np.where(odd, -value, value)
    starts = np.arange(0, columns.size + 1, len(order), dtype=np.int64)
    matrix = sparse.csr_array((data.ravel(), columns.ravel(), starts), shape=(len(rows), 2**n))
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def local_sum(
    operator: npt.ArrayLike | sparse.sparray,
    n: int,
    *,
    local_dimension: int = 2,
    periodic: bool = False,
) -> sparse.csr_array:
    """Return the sum of the translates of a local operator along a chain.

    ``sum_i 1 x ... x operator x ... x 1`` with the operator on subsystems ``i ... i + k - 1``: the
    total magnetization for one spin operator, a chain's interaction for a two-spin operator.

    Parameters
    ----------
    operator : array_like or sparse array
        Shape ``(local_dimension**k, local_dimension**k)`` for an operator on `k` neighbors.
    n : int
        Length of the chain, at least `k`.
    local_dimension : int
        Dimension of one subsystem, at least 2.
    periodic : bool
        Also sum the translates that wrap around the end of the chain (for ``k > 1``).

    Returns
    -------
    scipy.sparse.csr_array
        Shape ``(local_dimension**n, local_dimension**n)``, of the operator's dtype.

    Raises
    ------
    ValueError
        If the operator is not square, not on whole subsystems, on more than `n` of them, or not
        finite; if `periodic` and the operator covers the whole chain.
    TypeError
        If it does not hold numbers.
    MemoryError
        If the matrix would not fit.

    Examples
    --------
    >>> from typicality.quantum import local_sum, pauli
    >>> local_sum(pauli("Z"), 2).diagonal()
    array([ 2.,  0.,  0., -2.])
    >>> float(abs(local_sum(pauli("ZZ"), 3) - pauli("ZZI") - pauli("IZZ")).max())
    0.0
    """
    n = dimension(n, "n", maximum=MOST_SPINS)
    q = dimension(local_dimension, "local_dimension", minimum=2)
    if not isinstance(periodic, bool | np.bool_):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"periodic must be True or False; got {type(periodic).__name__}.")
    local = _local_matrix(operator)
    sites, size = 0, 1
    while size < local.shape[0]:
        sites, size = sites + 1, size * q
    if size != local.shape[0] or sites == 0:
        raise ValueError(
            f"operator must act on whole subsystems: its size must be a power of "
            f"local_dimension={q}; got shape {local.shape}."
        )
    if sites > n or (periodic and sites == n and n > 1):
        raise ValueError(
            f"operator acts on {sites} subsystems, too many for n={n} (periodic={periodic})."
        )
    refuse_oversize(
        2 * n * max(local.nnz, 1) * q ** (n - sites) * (local.dtype.itemsize + 8),
        f"A sum of local operators on {n} subsystems of dimension {q}",
        "Apply the terms one by one through a scipy.sparse.linalg.LinearOperator.",
    )
    total = sparse.csr_array((q**n, q**n), dtype=local.dtype)
    for left in range(n - sites + 1):
        total = _sum(total, local, q**left, q ** (n - sites - left))
    if periodic and sites > 1:
        first = _embedded(local, 1, q ** (n - sites))
        indices = np.arange(q**n).reshape((q,) * n)
        for left in range(n - sites + 1, n):
            # Entry r of `moved` is the index of basis state r after a rotation of the chain.
            moved = indices.transpose(np.roll(np.arange(n), -left)).ravel()
            total = interruptible(_moved_sum, total, first, np.argsort(moved))
    return sparse.csr_array(total)


def _sum(total: Any, local: sparse.csr_array, left: int, right: int) -> Any:
    # SciPy's own loops over all entries, which look for no signals.
    return interruptible(lambda sum_: sum_ + _embedded(local, left, right), total)


def _moved_sum(total: Any, first: Any, back: Any) -> Any:
    return total + first[back][:, back]


def _embedded(local: sparse.csr_array, left: int, right: int) -> sparse.csr_array:
    inner = sparse.kron(local, sparse.eye_array(right, dtype=local.dtype), format="csr")
    return sparse.csr_array(sparse.kron(sparse.eye_array(left, dtype=local.dtype), inner, "csr"))


def _local_matrix(operator: object) -> sparse.csr_array:
    dense: Any = operator.toarray() if sparse.issparse(operator) else operator  # pyright: ignore[reportAttributeAccessIssue]
    array = inexact_array(dense, "operator", ndim=2)
    if array.shape[0] != array.shape[1] or array.shape[0] == 0:
        raise ValueError(f"operator must be a square matrix; got shape {array.shape}.")
    return sparse.csr_array(array)
