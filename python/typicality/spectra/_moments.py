"""Moments of given spectra: the mean of lambda^k, the right-hand side's average in Eq. (2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from typicality._arrays import real_array

__all__ = ["power_moments"]


def power_moments(spectrum: npt.ArrayLike, orders: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return the mean of lambda^k over each spectrum, for every order k asked for.

    Parameters
    ----------
    spectrum : array_like
        Real numbers, shape ``(..., n)`` with n >= 1. Not negative where an order is not an integer.
    orders : array_like
        Real orders, shape ``(k,)`` or a single number.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., k)``; for a single order ``(...,)``. Means overflow to infinity, and negative
        orders of a zero are infinite.

    Raises
    ------
    TypeError
        If an argument is not an array of real numbers.
    ValueError
        If a spectrum is empty, entries are not finite, or a negative number meets a fractional
        order.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.spectra import power_moments
    >>> print(power_moments([1.0, 2.0, 3.0], [1, 2, -1]).round(6))
    [2.       4.666667 0.611111]
    """
    values = real_array(spectrum, "spectrum", min_ndim=1)
    powers = real_array(orders, "orders").astype(np.float64)
    if powers.ndim > 1:
        raise ValueError(f"orders must have at most one axis; got shape {powers.shape}.")
    if values.shape[-1] == 0:
        raise ValueError(f"spectrum must have at least one value; got shape {values.shape}.")
    if values.size and values.min() < 0 and not np.array_equal(powers, np.round(powers)):
        raise ValueError(
            "spectrum must not be negative where an order is fractional; clip what is rounding."
        )
    exact = values.astype(np.float64, copy=False)
    result = np.empty((*values.shape[:-1], powers.size))
    with np.errstate(over="ignore", divide="ignore"):
        # One order at a time: all at once would take a copy of the spectrum for each.
        for index, power in enumerate(powers.ravel()):
            result[..., index] = np.power(exact, power).mean(axis=-1)
    return result.reshape((*values.shape[:-1], *powers.shape)).astype(values.dtype)[()]
