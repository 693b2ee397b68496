"""How far random reduced states are from each other and from the maximally mixed state (Sec. III).

Limits for large dimensions are functions of c = d_a / d_b alone: the deviation is a power of a
ratio of dimensions, small only in the difference of the particle numbers. Means at finite
dimensions stand beside them.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats, choice, large_dimension, real_array
from typicality.quantum._averages.page import page_deficit
from typicality.quantum._averages.power_traces import log_determinant_deficit
from typicality.spectra._laguerre import log_fractional_mean

__all__ = [
    "mean_relative_entropy",
    "mean_root_fidelity",
    "mean_squared_distance",
    "typical_pair_trace_distance",
    "typical_trace_distance",
]

Array = npt.NDArray[Any]

_SERIES_TERMS: Final = 14
_LARGEST_SUM: Final = 1 << 24
_PAIRS: Final = ("state, state", "state, mixed", "mixed, state")


def typical_trace_distance(c: npt.ArrayLike) -> Array:
    """Return T(c), the trace distance of a typical reduced state to the maximally mixed state.

    The limit of large dimensions at fixed c = d_a / d_b. For c <= 4 it equals
    [(2 + c) sqrt(c (4 - c)) - 8 (1 - c) arcsin(sqrt(c) / 2)] / (4 pi c), beyond 1 - 1/c. It starts
    as (4 / (3 pi)) sqrt(c), is 3 sqrt(3) / (4 pi) at c = 1, where nothing happens, and is monotone.

    Parameters
    ----------
    c : array_like
        d_a / d_b, not negative.

    Returns
    -------
    numpy.ndarray
        The shape of `c`; float32 where `c` is.

    Raises
    ------
    TypeError, ValueError
        If `c` does not hold real numbers from 0 on.

    Examples
    --------
    >>> from typicality.quantum import typical_trace_distance
    >>> print(typical_trace_distance([0.25, 1.0, 8.0]).round(6))
    [0.210871 0.413497 0.875   ]
    """
    ratio, kind = _ratios(c)
    return _limit(ratio).astype(kind)[()]


def typical_pair_trace_distance(c: npt.ArrayLike) -> Array:
    """Return T_pair(c), the trace distance of two independent typical reduced states.

    The limit of large dimensions; it equals T(2 c), 1/4 + 1/pi at c = 1 and 1 - 1/(2c) from c = 2.

    Parameters
    ----------
    c : array_like
        d_a / d_b, not negative.

    Returns
    -------
    numpy.ndarray
        The shape of `c`; float32 where `c` is.

    Raises
    ------
    TypeError, ValueError
        If `c` does not hold real numbers from 0 on.

    References
    ----------
    .. [1] Z. Puchala, L. Pawela, K. Zyczkowski, Phys. Rev. A 93, 062112 (2016), for c = 1.

    Examples
    --------
    >>> from typicality.quantum import typical_pair_trace_distance
    >>> print(typical_pair_trace_distance(1.0).round(6))
    0.56831
    """
    ratio, kind = _ratios(c)
    if ratio.size and ratio.max() > 1e307:
        raise ValueError("c must be at most 1e307.")
    return _limit(2 * ratio).astype(kind)[()]


def mean_squared_distance(d_a: int, d_b: int) -> float:
    """Return the exact mean of ||rho_A - 1/d_a||_2^2 over Haar-random complex states on A x B.

    (d_a^2 - 1) / (d_a (d_a d_b + 1)); for two independent states it is twice that.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000.

    Returns
    -------
    float
        The mean, correctly rounded.

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer.

    Examples
    --------
    >>> from typicality.quantum import mean_squared_distance
    >>> print(mean_squared_distance(2, 2))
    0.3
    """
    m, n = large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")
    return (m * m - 1) / (m * (m * n + 1))


def mean_relative_entropy(d_a: int, d_b: int, *, pair: str = "state, state") -> float:
    """Return the exact mean relative entropy of random reduced states, in nats.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000.
    pair : {"state, state", "state, mixed", "mixed, state"}, optional
        D(rho || sigma) of two independent states, D(rho || 1/d_a), or D(1/d_a || rho). Those with a
        state on the right are infinite for d_a > d_b.

    Returns
    -------
    float
        The mean over Haar-random complex states on A x B, without cancellation for d_a << d_b.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    Examples
    --------
    >>> from typicality.quantum import mean_relative_entropy
    >>> print(round(mean_relative_entropy(2, 2), 12), mean_relative_entropy(3, 2))
    1.0 inf
    """
    words = choice(pair, "pair", _PAIRS)
    m, n = large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")
    left, right = words.split(", ")
    if right == "state" and m > n:
        return math.inf
    value = 0.0
    if left == "state":
        value += page_deficit(m, n)
        if m > n:
            value += math.log(m) - math.log(n) if n.bit_length() > 53 else math.log(m / n)
    if right == "state":
        value += log_determinant_deficit(m, n)
    return value


def mean_root_fidelity(d_a: int, d_b: int, *, pair: str = "state, state") -> float:
    """Return the exact mean root fidelity tr |sqrt(rho) sqrt(sigma)| of random reduced states.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, the smaller up to 2**24, the larger up to 2**1000.
    pair : {"state, state", "state, mixed"}, optional
        Two independent states, or one and the maximally mixed state 1/d_a. At d_a = d_b the limits
        are 3/4 and 8 / (3 pi).

    Returns
    -------
    float
        The mean over Haar-random complex states on A x B, right to about 1e-13.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    Notes
    -----
    The root fidelity of two states is the sum of the singular values of a product of two Gaussian
    matrices, divided by two independent norms.

    References
    ----------
    .. [1] Z. Puchala, L. Pawela, K. Zyczkowski, Phys. Rev. A 93, 062112 (2016).

    Examples
    --------
    >>> from typicality.quantum import mean_root_fidelity
    >>> print(round(mean_root_fidelity(512, 512), 6))
    0.750001
    >>> print(round(mean_root_fidelity(2, 2, pair="state, mixed"), 9))
    0.888934239
    """
    words = choice(pair, "pair", ("state, state", "state, mixed"))
    m, n = large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")
    if min(m, n) > _LARGEST_SUM:
        raise ValueError(
            f"min(d_a, d_b) must be at most {_LARGEST_SUM}; got {min(m, n).bit_length()} bits."
        )
    smaller, larger = sorted((m, n))
    if words == "state, mixed":
        root = log_fractional_mean(smaller, larger, (larger - smaller,), 0.5)
        return math.exp(root - 0.5 * math.log(m))
    # G_1^H G_2 with G of shape (d_a, d_b): the product's chain of dimensions is d_b, d_a, d_b.
    excesses = (n - m, n - m) if m <= n else (m - n, 0)
    return math.exp(log_fractional_mean(smaller, larger, excesses, 0.5))


def _limit(ratio: Floats) -> Floats:
    bulk = np.clip(ratio, 1e-300, 4.0)
    phi = 2 * np.arcsin(np.sqrt(bulk) / 2)
    # 4 pi c T = 8 sin phi - 2 sin 2 phi - 8 phi cos phi + 4 phi with c = 4 sin^2(phi / 2), which
    # starts at phi^3: summed as a series where it would cancel.
    closed = 8 * np.sin(phi) - 2 * np.sin(2 * phi) - 8 * phi * np.cos(phi) + 4 * phi
    series = np.zeros_like(phi)
    for k in range(_SERIES_TERMS, 0, -1):
        sign = 1 if k % 2 else -1
        series = series * phi**2 + sign * 4 * (4 * k + 4**k) / math.factorial(2 * k + 1)
    small = phi < 0.8
    value = np.where(small, series * phi * (phi**2 / bulk), closed / bulk) / (4 * np.pi)
    value = np.where(ratio >= 4.0, 1 - 1 / np.maximum(ratio, 1.0), value)
    # Below the smallest normal floats, and at zero, the leading term.
    return np.where(ratio < 1e-300, 4 / (3 * np.pi) * np.sqrt(ratio), value)


def _ratios(c: npt.ArrayLike) -> tuple[Floats, np.dtype[Any]]:
    ratio = real_array(c, "c")
    if ratio.size and ratio.min() < 0:
        raise ValueError(f"c must not be negative; an entry is {float(ratio.min()):.3g}.")
    return ratio.astype(np.float64), ratio.dtype
