"""Powers of two that keep sums of numbers near the largest float from overflowing.

Scaling by them and back costs no digits, except of the very smallest floats next to the largest
ones. Only what could overflow is scaled, and hardly further than needed.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["headroom"]

# Below 2^1024 by enough for the inner workings of LAPACK.
_TOP: Final = 1018


def headroom(
    array: npt.NDArray[Any], terms: int, axis: int | None = None, *, factor: float = 1.0
) -> npt.NDArray[np.int32]:
    """Return k >= 0 with which `terms` entries of ``array / 2^k`` add up to a float.

    Parameters
    ----------
    array : numpy.ndarray
        Finite numbers.
    terms : int
        How many of them are added, at least 1.
    axis : int, optional
        Axis along which the entries share their k; by default all entries do.
    factor : float, default: 1.0
        Size of what the entries are multiplied by before they are added.

    Returns
    -------
    numpy.ndarray
        Integers of the shape of `array` without `axis`, of shape ``()`` by default.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks._headroom import headroom
    >>> int(headroom(np.array([1e300, -2.0]), 2)), int(headroom(np.array([1e308, 1e-308]), 2))
    (0, 9)
    """
    largest = np.abs(array).max(axis=axis, initial=0.0).astype(np.float64)
    exponent = np.frexp(largest)[1] + np.frexp(factor)[1] + int(terms).bit_length()
    return np.maximum(exponent - _TOP, 0).astype(np.int32)
