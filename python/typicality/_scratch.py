"""How much memory the compiled core works in beside its results, as exact Python integers."""

from typing import Any, Final

import numpy as np

from typicality import _core
from typicality._arrays import is_single

__all__ = [
    "bartlett_scratch",
    "gram_scratch",
    "hermitian_scratch",
    "in_flight",
    "isometry_scratch",
    "matrix_scratch",
    "singular_scratch",
    "tridiagonal_scratch",
]

_LANES: Final = 8
_GROUPS: Final = 4
# Larger matrices are reduced one by one instead of eight side by side.
_SIDE_BY_SIDE: Final = 128
_DOUBLE: Final = 8
# How products A A^H are cut: bytes of a register, columns that are packed at a time, and sums of
# wide matrices.
_REGISTER: Final = 64
# How reflections are multiplied up: orders and numbers up to which one by one, else so many at
# once.
_SMALL: Final = 24
_FEW: Final = 8
_REFLECTIONS: Final = 32
# Matrices of more columns than so many times their rows are made triangles of before they are
# reduced, in pieces of so many entries at least.
_LONG: Final = 2
_PIECE: Final = 1 << 16
_PANEL: Final = 512
_MOST_SUMS: Final = 16
_TILE: Final = 128
_SUM_COLUMNS: Final = 2048
_SUM_ROWS: Final = 512


def in_flight(count: int) -> int:
    """Return how many of `count` pieces of work exist at the same time.

    Examples
    --------
    >>> from typicality._scratch import in_flight
    >>> in_flight(1)
    1
    """
    return min(count, _core.get_threads())


def tridiagonal_scratch(order: int, count: int) -> int:
    """Return the bytes that the eigenvalues of `count` tridiagonal matrices take on the way.

    Matrices lie in groups of eight, up to four groups a thread; a group that is not full takes as
    much as one that is.

    Examples
    --------
    >>> from typicality._scratch import tridiagonal_scratch
    >>> tridiagonal_scratch(10**6, 1)
    160000000
    """
    threads = _core.get_threads()
    groups = -(-count // _LANES)
    each = min(_GROUPS, -(-groups // threads))
    # Diagonals and squares in lanes; the same and the random numbers behind them of one matrix.
    unit = (2 * _LANES * each + 4) * _DOUBLE * order
    return min(threads, groups) * unit


def hermitian_scratch(order: int, count: int, kind: np.dtype[Any]) -> int:
    """Return the bytes that the eigenvalues of `count` Hermitian matrices take on the way.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality._scratch import hermitian_scratch
    >>> hermitian_scratch(4096, 1, np.dtype(complex)) // 2**20
    512
    """
    # What is reduced: a copy of the lower half as it came, and one in double precision.
    matrix = order * order * (kind.itemsize + (2 if kind.kind == "c" else 1) * _DOUBLE)
    if order <= _SIDE_BY_SIDE:
        reduced = in_flight(-(-count // _LANES)) * _LANES * matrix
    else:
        reduced = (in_flight(count) if count >= _core.get_threads() else min(1, count)) * matrix
    forms = 2 * count * order * _DOUBLE
    return forms + max(reduced, tridiagonal_scratch(order, count))


def singular_scratch(rows: int, columns: int, count: int, kind: np.dtype[Any]) -> int:
    """Return the bytes that the singular values of `count` matrices take on the way.

    Their shape is ``rows <= columns``.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality._scratch import singular_scratch
    >>> singular_scratch(4096, 4096, 1, np.dtype(complex)) // 2**20
    256
    """
    long = rows == 1 or columns > _LONG * rows
    # What long matrices are tried with first.
    product = gram_scratch(rows, columns, count, kind) + hermitian_scratch(rows, count, kind)
    if rows == 1:
        return product
    number = (2 if kind.kind == "c" else 1) * _DOUBLE
    together = _LANES if rows <= _SIDE_BY_SIDE else 1
    one = together * rows * (rows if long else columns) * number
    if long:
        height = min(columns, max(_PIECE // rows, 4 * rows))
        one += (together * rows + height) * rows * number
    shared = together == 1 and count < _core.get_threads()
    pieces = min(1, count) if shared else in_flight(-(-count // together))
    forms = 2 * count * rows * _DOUBLE
    reduced = forms + max(pieces * one, tridiagonal_scratch(2 * rows, count))
    return max(product, reduced) if long else reduced


def gram_scratch(rows: int, columns: int, count: int, kind: np.dtype[Any]) -> int:
    """Return the bytes that `count` products A A^H take on the way, A of the given shape.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality._scratch import gram_scratch
    >>> gram_scratch(1024, 1024, 1, np.dtype(complex)) // 2**20
    8
    """
    sums = min(_MOST_SUMS, columns // max(_SUM_COLUMNS, 4 * rows)) if rows <= _SUM_ROWS else 1
    sums = sums if sums >= (4 if rows > _TILE else 2) else 1
    if count == 0:
        return 0
    packed = in_flight(max(count, sums)) * _packed(rows, columns, kind)
    return packed + (sums - 1) * rows * rows * kind.itemsize


def _packed(rows: int, columns: int, kind: np.dtype[Any]) -> int:
    """Return the bytes of a panel of a matrix, packed for products."""
    height = _REGISTER * (2 if kind.kind == "c" else 1) // kind.itemsize
    return -(-rows // height) * height * min(columns, _PANEL) * kind.itemsize


def matrix_scratch(entries: int, beta: int, count: int) -> int:
    """Return the bytes that `count` pieces of work take with so many entries in double precision.

    `beta` is the number of reals of an entry.

    Examples
    --------
    >>> from typicality._scratch import matrix_scratch
    >>> matrix_scratch(1000 * 1000, 2, 1)
    16000000
    """
    return in_flight(count) * entries * beta * _DOUBLE


def bartlett_scratch(p: int, n: int, kind: np.dtype[Any], count: int) -> int:
    """Return the bytes that `count` Wishart matrices of order p, n columns, take on the way.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality._scratch import bartlett_scratch
    >>> bartlett_scratch(1000, 10, np.dtype(complex), 1)
    320000
    """
    entries = p * min(p, n) + p * p * is_single(kind)
    double = np.dtype(complex if kind.kind == "c" else float)
    packed = in_flight(count) * _packed(p, min(p, n), double)
    return matrix_scratch(entries, 2 if kind.kind == "c" else 1, count) + packed


def isometry_scratch(d: int, n: int, kind: np.dtype[Any], count: int) -> int:
    """Return the bytes that `count` draws of n orthonormal vectors of d entries take on the way.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality._scratch import isometry_scratch
    >>> isometry_scratch(10**6, 1, np.dtype(complex), 1)
    0
    >>> isometry_scratch(10**6, 32, np.dtype(complex), 1)
    1544000000
    """
    beta = 2 if kind.kind == "c" else 1
    entries = d * n * is_single(kind)
    places = 0
    if d > _SMALL and n > _FEW:
        width = min(n, _REFLECTIONS)
        # The vectors, packed by rows and by columns, and their product where more columns follow.
        entries += d * width * (3 if n > width else 2) + d * (-(-width // _LANES) * _LANES)
        places = in_flight(count) * d * _DOUBLE
    return matrix_scratch(entries, beta, count) + places
