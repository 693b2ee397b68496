"""Validation of Hermitian operators: the H and the O of Eq. (1).

Dense, sparse, LinearOperator, or of QuTiP, QuSpin and quimb; returned as ndarray, CSR array or
LinearOperator, all of which can be applied to a block of vectors with ``@``.
"""

from __future__ import annotations

import math
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from typicality._arrays import inexact_array, refuse_oversize
from typicality._foreign import library_of
from typicality._interruptible import interruptible
from typicality._product import product

__all__ = [
    "LARGEST_DENSE",
    "Operator",
    "applied",
    "dense_matrix",
    "hermitian_operator",
    "in_natural_unit",
    "row_slab",
]

Operator: TypeAlias = npt.NDArray[Any] | sparse.csr_array | LinearOperator

LARGEST_DENSE: Final = 2**13
"""Largest dimension that is diagonalized as a dense matrix: minutes and 2 GiB, not hours."""

_TOLERANCE: Final = 1e-10
# Multiplications of a piece of a sparse product, about 0.1 s.
_PIECE: Final = 1e8
# Side of the blocks in which dense matrices are checked.
_BLOCK: Final = 512
# Numbers whose squares, and sums of them, are still floats.
_SMALLEST_ENTRY: Final = 1e-150
_LARGEST_ENTRY: Final = 1e150
# Between the inverse and this, single precision has room for squares and for Chebyshev's factor.
_LARGEST_UNSCALED: Final = 2.0**32


def hermitian_operator(value: object, name: str) -> Operator:
    """Return `value` as a dense array, a CSR array or a LinearOperator, checked to be Hermitian.

    Parameters
    ----------
    value : array_like, sparse array, LinearOperator or operator of another library
        A square Hermitian operator: a Qobj of QuTiP (of more than 2**13 dimensions as sparse), a
        hamiltonian of QuSpin that does not depend on time, an operator of quimb.
    name : str
        What messages call it.

    Returns
    -------
    numpy.ndarray, scipy.sparse.csr_array or scipy.sparse.linalg.LinearOperator
        Numbers are float64 or complex128.

    Raises
    ------
    TypeError
        If it holds no numbers, or is an operator of QuSpin that depends on time or parameters.
    ValueError
        If it is empty, not square, not finite, not Hermitian, or of entries whose squares are no
        floats. A LinearOperator is tested on two pairs of vectors, since its entries cannot be
        seen.
    """
    value = _without_library(value, name)
    if isinstance(value, LinearOperator):
        _check_square(value.shape, name)
        _check_linear_operator(value, name)
        return value
    if sparse.issparse(value):
        return _sparse_operator(value, name)
    array = inexact_array(value, name, ndim=2)
    _check_square(array.shape, name)
    wide = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)
    largest = skew = 0.0
    # By blocks: a matrix of 2**13 is not held three times, and Ctrl-C is heard in between.
    for top in range(0, wide.shape[0], _BLOCK):
        rows = slice(top, top + _BLOCK)
        largest = max(largest, float(np.abs(wide[rows]).max()))
        for left in range(0, top + 1, _BLOCK):
            columns = slice(left, left + _BLOCK)
            difference = wide[rows, columns] - wide[columns, rows].conj().T
            skew = max(skew, float(np.abs(difference).max()))
    _check_skew(skew, largest, array.dtype, name)
    return wide


def dense_matrix(operator: Operator) -> npt.NDArray[Any]:
    """Return the matrix of an operator, float64 if it is real.

    Raises
    ------
    MemoryError
        If the matrix would not fit.
    """
    size = int(operator.shape[0])
    if isinstance(operator, np.ndarray):
        return operator
    refuse_oversize(16 * size * size, f"A dense operator of dimension {size}", "")
    if isinstance(operator, LinearOperator):
        return np.asarray(operator @ np.eye(size))
    return operator.toarray()


def applied(operator: Operator, vectors: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the operator times a block of column vectors ``(D, k)``, in pieces that end soon."""
    if isinstance(operator, np.ndarray):
        return product(operator, vectors)
    if not sparse.issparse(operator):
        return np.asarray(operator @ vectors)
    matrix: Any = operator
    size, columns = vectors.shape
    if matrix.nnz * columns <= _PIECE:
        return np.asarray(matrix @ vectors)
    result = np.empty((size, columns), dtype=np.result_type(matrix.dtype, vectors.dtype))
    rows = max(1, int(_PIECE * size / (matrix.nnz * columns)))
    for start in range(0, size, rows):
        stop = min(start + rows, size)
        result[start:stop] = row_slab(matrix, start, stop) @ vectors
    return result


def row_slab(matrix: Any, start: int, stop: int) -> sparse.csr_array:
    """Return rows of a CSR array, as views of its arrays: slicing it would copy them."""
    first, last = int(matrix.indptr[start]), int(matrix.indptr[stop])
    arrays = (
        matrix.data[first:last],
        matrix.indices[first:last],
        matrix.indptr[start : stop + 1] - matrix.indptr[start],
    )
    return sparse.csr_array(arrays, shape=(stop - start, matrix.shape[1]), copy=False)


def in_natural_unit(operator: Operator, size: float) -> tuple[Operator, float]:
    """Return the operator in a unit in which its numbers are of ordinary size, and the unit.

    Parameters
    ----------
    operator : numpy.ndarray, scipy.sparse.csr_array or LinearOperator
        Left as it is where `size` is between 2^-32 and 2^32.
    size : float
        About the largest energy, positive.

    Returns
    -------
    operator, float
        The operator divided by the unit, and the unit, a power of two: no digit is lost.

    Examples
    --------
    >>> import numpy as np
    >>> scaled, unit = in_natural_unit(np.diag([0.0, 2.0**60]), 2.0**60)
    >>> print(scaled[1, 1], unit == 2.0**60)
    1.0 True
    """
    if 1 / _LARGEST_UNSCALED <= size <= _LARGEST_UNSCALED:
        return operator, 1.0
    unit = 2.0 ** round(math.log2(size))
    scaled: Any = operator * (1 / unit)
    return scaled, unit


def _without_library(value: Any, name: str) -> Any:
    """Return the matrix, or LinearOperator, of an operator of QuTiP, QuSpin or quimb."""
    if isinstance(value, np.ndarray | LinearOperator) or sparse.issparse(value):
        return value
    library = library_of(type(value))
    if library == "quspin" and callable(getattr(value, "tocsr", None)):
        if not hasattr(value, "static"):
            raise TypeError(
                f"{name} is a {type(value).__name__} of QuSpin with parameters; "
                f"pass {name}.tocsr(parameters)."
            )
        if value.dynamic:
            raise TypeError(
                f"{name} is a hamiltonian of QuSpin that depends on time; "
                f"pass {name}.tocsr(time=t), the operator at one time."
            )
        return value.tocsr()
    if library == "quimb" and callable(getattr(value, "build_sparse_matrix", None)):
        return value.build_sparse_matrix()
    if library == "quimb" and callable(value):
        # Lazy, which builds its operator when it is called.
        return value()
    full: Any = getattr(value, "full", None)
    if not callable(full):
        return value
    shape = getattr(value, "shape", (0,))
    as_sparse: Any = getattr(value, "data_as", None)
    if shape[0] > LARGEST_DENSE and callable(as_sparse):
        return as_sparse("csr_matrix")
    return full()


def _sparse_operator(value: Any, name: str) -> sparse.csr_array:
    _check_square(value.shape, name)
    if value.dtype.kind not in "biufc":
        raise TypeError(f"{name} must hold numbers; got a sparse matrix of dtype {value.dtype}.")
    kind = np.complex128 if value.dtype.kind == "c" else np.float64
    matrix: Any = sparse.csr_array(value, dtype=kind)
    if not np.isfinite(matrix.data).all():
        raise ValueError(f"{name} must be finite; it has NaN or infinite entries.")
    largest = float(np.abs(matrix.data).max(initial=0.0))
    skew = interruptible(_largest_skew, matrix)
    _check_skew(skew, largest, value.dtype, name)
    return matrix


def _largest_skew(matrix: sparse.csr_array) -> float:
    difference: Any = sparse.csr_array(matrix - matrix.conj().T)
    return float(np.abs(difference.data).max(initial=0.0))


def _check_square(shape: tuple[int, ...], name: str) -> None:
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 0:
        raise ValueError(f"{name} must be a square matrix, at least 1 x 1; got shape {shape}.")


def _check_size(largest: float, name: str) -> None:
    if largest and not _SMALLEST_ENTRY <= largest <= _LARGEST_ENTRY:
        raise ValueError(
            f"{name} must hold numbers whose squares are floats: its largest entry is "
            f"{largest:.3g}, which must be from {_SMALLEST_ENTRY:g} to {_LARGEST_ENTRY:g} in size. "
            "Choose another unit."
        )


def _check_skew(skew: float, largest: float, dtype: np.dtype[Any], name: str) -> None:
    _check_size(largest, name)
    single = dtype in (np.dtype(np.float32), np.dtype(np.complex64))
    # Entries that were rounded once or twice differ from their mirror images by this much.
    if skew > (1e-5 if single else _TOLERANCE) * largest:
        raise ValueError(
            f"{name} must be Hermitian; it differs from its adjoint by {skew:.3g}, "
            f"its largest entry is {largest:.3g}."
        )


def _check_linear_operator(operator: LinearOperator, name: str) -> None:
    size = int(operator.shape[0])
    generator = np.random.default_rng(0)
    vectors = generator.standard_normal((size, 4)) + 1j * generator.standard_normal((size, 4))
    images = applied(operator, vectors)
    if images.shape != vectors.shape or images.dtype.kind not in "fc":
        raise ValueError(f"{name} must map (D, k) blocks to (D, k); got shape {images.shape}.")
    if not np.isfinite(images).all():
        raise ValueError(f"{name} must be finite; it maps a vector to NaN or infinity.")
    _check_size(float(np.abs(images).max()), name)
    overlaps = vectors.conj().T @ images
    scale = float(np.linalg.norm(vectors[:, 0]) * np.linalg.norm(images, axis=0).max())
    # Rounding in the sums of the overlaps is far below this share of the norms.
    if float(np.abs(overlaps - overlaps.conj().T).max()) > 1e-8 * scale:
        raise ValueError(f"{name} must be Hermitian; <x|{name} y> differs from <{name} x|y>.")
