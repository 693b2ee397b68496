"""Matrix products worked out in pieces, between which Ctrl-C is heard."""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["product"]

Array = npt.NDArray[Any]

# Multiplications of a piece of a product, about 0.1 s, and the least of its sides: narrower pieces
# are bound by memory.
_PIECE: Final = 2e9
_SIDE: Final = 64


def product(left: Array, right: Array) -> Array:
    """Return the matrix product, worked out in pieces between which Ctrl-C is heard.

    Parameters
    ----------
    left, right : numpy.ndarray
        Shapes ``(..., n, m)`` and ``(..., m, k)``; batch axes broadcast.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality._product import product
    >>> product(np.eye(2), np.ones((2, 1)))
    array([[1.],
           [1.]])
    """
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    rows, inner, columns = left.shape[-2], left.shape[-1], right.shape[-1]
    kind = np.result_type(left, right)
    most = _PIECE / (4 if kind.kind == "c" else 1)
    if math.prod(batch) * rows * inner * columns <= most:
        return left @ right
    # A cast of a factor for each piece would be most of the work.
    left, right = left.astype(kind, copy=False), right.astype(kind, copy=False)
    result = np.empty((*batch, rows, columns), dtype=kind)
    left = np.broadcast_to(left, (*batch, rows, inner))
    right = np.broadcast_to(right, (*batch, inner, columns))
    _multiply(left, right, result, most)
    return result


def _multiply(left: Array, right: Array, result: Array, most: float) -> None:
    """Write the product over `result`, in pieces of so many multiplications."""
    rows, inner, columns = left.shape[-2], left.shape[-1], right.shape[-1]
    if left.ndim > 2:
        # As many of the first axis at a time as are a piece, or one of them after the other.
        each = math.prod(left.shape[1:-1]) * inner * columns
        count = int(most / max(1, each))
        if count == 0:
            for part in zip(left, right, result, strict=True):
                _multiply(*part, most)
            return
        for start in range(0, len(left), count):
            chosen = slice(start, start + count)
            np.matmul(left[chosen], right[chosen], out=result[chosen])
        return
    height = min(rows, max(_SIDE, int(most / max(1, inner * columns))))
    width = min(columns, max(_SIDE, int(most / max(1, inner * height))))
    for top in range(0, rows, height):
        piece = left[top : top + height]
        for side in range(0, columns, width):
            target = result[top : top + height, side : side + width]
            np.matmul(piece, right[:, side : side + width], out=target)
