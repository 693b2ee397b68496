"""Entropies of given spectra: probabilities in, one number out, the left-hand side of Eq. (2).

Logarithms of zero are never formed: 0 log 0 = 0, and the powers of an eigenvalue near order 1 are
taken as p expm1((alpha - 1) log p), so that alpha -> 1 joins Shannon's entropy without losing
digits. A probability next to 1 has lost the digits of what it lacks; the others have not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from typicality._arrays import Floats, dimension, real_array, real_number
from typicality._foreign import refuse_foreign
from typicality._messages import describe

__all__ = ["spectrum_capacity", "spectrum_entropy"]

Alpha = float | npt.ArrayLike


def spectrum_entropy(
    p: npt.ArrayLike, alpha: Alpha = 1.0, *, base: float | None = None, axis: int = -1
) -> npt.NDArray[Any]:
    """Return the Renyi entropy of probabilities: eigenvalues of rho, or Schmidt coefficients.

    Parameters
    ----------
    p : array_like
        Probabilities along `axis`, sum 1; negative numbers within rounding count as zero.
    alpha : float or array_like, optional
        Order, from 0 to infinity; 1, Shannon's entropy, by default.
    base : float, optional
        Base of the logarithm; None gives nats.
    axis : int, optional
        Axis of the probabilities.

    Returns
    -------
    numpy.ndarray
        The shape of `p` without `axis`; an array of orders appends its axes.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If probabilities are negative or do not sum to 1, or an order is negative or NaN.

    Notes
    -----
    A probability of 1/2 or more is taken as 1 minus the sum of the others, so that nearly pure
    spectra have entropies as accurate as their small probabilities, however small.

    Examples
    --------
    >>> from typicality.quantum import spectrum_entropy
    >>> print(spectrum_entropy([0.5, 0.25, 0.25], base=2))
    1.5
    """
    values, kind = _probabilities(p, axis)
    orders = _orders(alpha)
    unit = _log_base(base)
    result = np.empty((*values.shape[:-1], orders.size))
    for index, order in enumerate(orders.ravel()):
        result[..., index] = _bounded_entropy(values, float(order)) / unit
    return result.reshape((*values.shape[:-1], *orders.shape)).astype(kind)[()]


def spectrum_capacity(
    p: npt.ArrayLike, *, base: float | None = None, axis: int = -1
) -> npt.NDArray[Any]:
    """Return the variance of -log p under the probabilities p themselves.

    Parameters
    ----------
    p, base, axis
        As for `spectrum_entropy`.

    Returns
    -------
    numpy.ndarray
        The shape of `p` without `axis`, in nats squared (or squares of log(base)). It keeps its
        digits where the probabilities are nearly equal.

    Raises
    ------
    TypeError, ValueError
        As for `spectrum_entropy`.

    Examples
    --------
    >>> from typicality.quantum import spectrum_capacity
    >>> print(spectrum_capacity([0.5, 0.25, 0.25], base=2))
    0.25
    """
    values, kind = _probabilities(p, axis)
    # From the largest one: of probabilities that are nearly equal logarithms lose what they differ
    # by, differences do not.
    top = values.max(axis=-1, keepdims=True)
    present = np.where(values > 0.0, values, top)
    near = np.log1p(np.maximum((present - top) / top, -0.5))
    logs = np.where(present > 0.5 * top, near, np.log(present / top))
    mean = (values * logs).sum(axis=-1, keepdims=True) / values.sum(axis=-1, keepdims=True)
    variance = (values * (logs - mean) ** 2).sum(axis=-1)
    return (variance / _log_base(base) ** 2).astype(kind)[()]


def _bounded_entropy(p: Floats, order: float) -> Floats:
    # Rounding may carry the entropy of a pure or of a uniform spectrum over either bound.
    hartley = np.log(np.count_nonzero(p, axis=-1))
    if order == 0.0:
        return hartley
    return np.clip(_entropy(p, order), 0.0, hartley) + 0.0


def _entropy(p: Floats, order: float) -> Floats:
    largest = p.argmax(axis=-1)[..., None]
    top = np.take_along_axis(p, largest, axis=-1)
    others = p.copy()
    np.put_along_axis(others, largest, 0.0, axis=-1)
    lack = others.sum(axis=-1, keepdims=True)
    near_one = top >= 0.5
    log_top = np.where(near_one, np.log1p(-np.where(near_one, lack, 0.0)), np.log(top))[..., 0]
    if math.isinf(order):
        return -log_top
    if order == 1.0:
        return special.entr(others).sum(axis=-1) - top[..., 0] * log_top
    if abs(order - 1) < 0.5:
        logs = np.log(np.where(others > 0.0, others, 1.0))
        np.put_along_axis(logs, largest, log_top[..., None], axis=-1)
        # Shannon's terms times exprel: order - 1 times a small logarithm would underflow.
        mean = -(p * logs * special.exprel((order - 1) * logs)).sum(axis=-1)
        mean /= np.where(near_one, 1.0, p.sum(axis=-1, keepdims=True))[..., 0]
        excess = (1 - order) * mean
        small = np.abs(excess) < 1e-300
        return mean * np.where(small, 1.0, np.log1p(excess) / np.where(small, 1.0, excess))
    # Powers relative to the largest probability cannot all underflow.
    sums = np.power(others / top, order).sum(axis=-1)
    # The quotient first: order times a logarithm may overflow.
    return (order / (1 - order)) * log_top + np.log1p(sums) / (1 - order)


def _orders(alpha: Alpha) -> Floats:
    # An infinite order is a value of its own here, which the general check refuses.
    refuse_foreign(alpha, "alpha")
    try:
        given = np.asarray(alpha)
    except Exception as error:
        raise TypeError(
            f"alpha must be an array of real numbers; got {describe(alpha)}."
        ) from error
    if given.dtype.kind not in "iuf":
        raise TypeError(f"alpha must hold real numbers; got an array of dtype {given.dtype}.")
    with np.errstate(over="ignore"):
        orders = given.astype(np.float64)
    if np.isnan(orders).any() or (orders < 0).any():
        raise ValueError("alpha must be at least 0, infinity included; an entry is not.")
    return orders


def _log_base(base: float | None) -> float:
    if base is None:
        return 1.0
    return math.log(real_number(base, "base", low=1.0, low_open=True))


def _probabilities(p: npt.ArrayLike, axis: int) -> tuple[Floats, np.dtype[Any]]:
    array = real_array(p, "p", min_ndim=1)
    along = dimension(axis, "axis", minimum=-array.ndim, maximum=array.ndim - 1)
    values = np.moveaxis(array, along, -1).astype(np.float64)
    n = values.shape[-1]
    if n == 0:
        raise ValueError(f"p must have at least one probability; got shape {array.shape}.")
    tolerance = 64 * np.finfo(array.dtype).eps * max(4.0, math.sqrt(n))
    lowest = float(values.min(initial=0.0))
    if lowest < -tolerance:
        raise ValueError(f"p must not be negative; an entry is {lowest:.3g}.")
    values = np.maximum(values, 0.0)
    error = float(np.abs(values.sum(axis=-1) - 1.0).max(initial=0.0))
    if error > tolerance:
        raise ValueError(f"p must sum to 1; a sum differs by {error:.3g}. Divide by the sum.")
    return values, array.dtype
