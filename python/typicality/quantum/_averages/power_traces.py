"""Exact means of power traces of random reduced states: purity, tr rho^k, determinants, negativity.

The left-hand side of Eq. (2) before the logarithm, at finite dimensions. All follow from Wishart
averages, since the trace of W is independent of rho = W / tr W: a homogeneous function of degree k
has mean E f(W) Gamma(D) / Gamma(D + k) with D = d_a d_b (complex states).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

import numpy as np

from typicality._arrays import beta_of, large_dimension, real_number
from typicality.spectra._laguerre import (
    LARGEST_ORDER,
    log_fractional_mean,
    power_mean,
    root_overlaps,
)
from typicality.spectra._polygamma import digamma_remainder
from typicality.spectra._zonal import LARGEST_ZONAL_ORDER, real_wishart_moment

__all__ = [
    "log_determinant_deficit",
    "mean_log_determinant",
    "mean_negativity",
    "mean_power_trace",
    "mean_purity",
    "purity_variance",
]

_LARGEST_EXACT_POWER: Final = 512
_LARGEST_NEGATIVITY: Final = 4096
_LARGEST_SUM: Final = 1 << 24
_LARGEST_DOUBLE_SUM: Final = 1 << 16


def mean_purity(d_a: int, d_b: int, *, field: str = "complex") -> float:
    """Return the exact mean of tr rho_A^2 over Haar-random states on A x B.

    (d_a + d_b) / (D + 1) for complex and (d_a + d_b + 1) / (D + 2) for real states, D = d_a d_b.
    The first is what the paper says the purity "is": it is the mean, and `purity_variance` is the
    spread around it.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000.
    field : {"complex", "real"}, optional
        Complex or real states.

    Returns
    -------
    float
        The mean, correctly rounded.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    .. [1] E. Lubkin, J. Math. Phys. 19, 1028 (1978).

    Examples
    --------
    >>> from typicality.quantum import mean_purity
    >>> print(mean_purity(2, 2), mean_purity(2, 2, field="real").__round__(6))
    0.8 0.833333
    """
    m, n = large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")
    extra = 2 - beta_of(field)
    return (m + n + extra) / (m * n + 1 + extra)


def purity_variance(d_a: int, d_b: int, *, field: str = "complex") -> float:
    """Return the exact variance of tr rho_A^2 over Haar-random states on A x B.

    2 (d_a^2 - 1)(d_b^2 - 1) / ((D + 1)^2 (D + 2)(D + 3)) for complex and
    4 (d_a - 1)(d_a + 2)(d_b - 1)(d_b + 2) / ((D + 2)^2 (D + 4)(D + 6)) for real states.

    Parameters
    ----------
    d_a, d_b, field
        As for `mean_purity`.

    Returns
    -------
    float
        The variance, correctly rounded.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    .. [1] A. J. Scott, C. M. Caves, J. Phys. A 36, 9553 (2003).

    Examples
    --------
    >>> from typicality.quantum import purity_variance
    >>> print(round(purity_variance(2, 2), 12))
    0.017142857143
    """
    m, n = large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")
    total = m * n
    if beta_of(field) == 2:
        return 2 * (m * m - 1) * (n * n - 1) / ((total + 1) ** 2 * (total + 2) * (total + 3))
    spread = 4 * (m - 1) * (m + 2) * (n - 1) * (n + 2)
    return spread / ((total + 2) ** 2 * (total + 4) * (total + 6))


def mean_power_trace(d_a: int, d_b: int, order: float, *, field: str = "complex") -> float:
    """Return the exact mean of tr rho_A^order over Haar-random states on A x B.

    The sum runs over the min(d_a, d_b) nonzero eigenvalues, so it is the same for both subsystems;
    a negative order is a power of the pseudo-inverse.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000. For fractional orders the smaller is at most 2**24 within
        -1 < order < 1, otherwise 2**16.
    order : float
        Complex states: any real order up to 1000 in size, and below that every order up to
        -(|d_a - d_b| + 1), from where on the mean is infinite; so it is beyond the largest float.
        Real states: whole orders from 0 to 64.
    field : {"complex", "real"}, optional
        Complex or real states.

    Returns
    -------
    float
        Correctly rounded for whole orders from 0 to 512 and for real states, otherwise right to
        about 1e-14 (10 + |order|).

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    Notes
    -----
    Whole orders use the sum over hook shapes for E tr W^k in exact integers, for real states that
    over the shapes of zonal polynomials, in place of the (2k - 1)!! pairings of Wick's theorem;
    orders between -1 and 1 a single sum of positive terms from the biorthogonal structure; other
    orders a double sum of positive terms over the coefficients that connect Laguerre polynomials of
    two parameters.

    References
    ----------
    .. [1] P. J. Hanlon, R. P. Stanley, J. R. Stembridge, Contemp. Math. 138, 151 (1992).

    Examples
    --------
    >>> from typicality.quantum import mean_power_trace
    >>> print(mean_power_trace(2, 2, 2), round(mean_power_trace(4, 6, 0.5), 9))
    0.8 1.826662131
    >>> print(round(mean_power_trace(2, 3, 5, field="real"), 12))
    0.479166666667
    >>> print(mean_power_trace(3, 5, -1).__round__(9), mean_power_trace(3, 3, -1))
    21.0 inf
    """
    m, n = sorted((large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")))
    power = real_number(order, "order")
    whole = int(power) if power.is_integer() else None
    if beta_of(field) == 1:
        if whole is None or not 0 <= whole <= LARGEST_ZONAL_ORDER:
            raise ValueError(
                f"order must be a whole number from 0 to {LARGEST_ZONAL_ORDER} for real states; "
                f'got {power!r}. Other orders have an exact mean for field="complex"; draws of '
                "haar_power_traces or haar_schmidt_spectra estimate it."
            )
        return _real_power_trace(m, n, whole)
    if whole is not None and 0 <= whole <= _LARGEST_EXACT_POWER:
        return _whole_power_trace(m, n, whole)
    if m == 1:
        # Its one eigenvalue is 1.
        return 1.0
    if power <= -(n - m + 1):
        return math.inf
    if power == -1.0:
        try:
            return m * (m * n - 1) / (n - m)
        except OverflowError:
            return math.inf
    if abs(power) < 1.0:
        _check_small_side(m, _LARGEST_SUM)
        return math.exp(log_fractional_mean(m, n, (n - m,), power))
    _check_small_side(m, _LARGEST_DOUBLE_SUM)
    if abs(power) > LARGEST_ORDER:
        raise ValueError(f"order must be at most {LARGEST_ORDER:g} in size; got {power!r}.")
    return power_mean(m, n, power)


def mean_log_determinant(d_a: int, d_b: int) -> float:
    """Return the exact mean of log det rho_A over Haar-random complex states on A x B.

    sum_{j < d_a} psi(d_b - j) - d_a psi(d_a d_b) for d_a <= d_b, summed in closed form; minus
    infinity for d_a > d_b, where rho_A has zero eigenvalues.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000.

    Returns
    -------
    float
        In nats, without cancellation for d_a << d_b.

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer.

    Examples
    --------
    >>> import math
    >>> from typicality.quantum import mean_log_determinant
    >>> print(round(mean_log_determinant(2, 2), 12), mean_log_determinant(3, 2))
    -2.666666666667 -inf
    """
    m, n = large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")
    if m > n:
        return -math.inf
    return -m * math.log(m) - m * log_determinant_deficit(m, n)


def mean_negativity(d_a: int, d_b: int) -> float:
    """Return the exact mean negativity of Haar-random pure complex states on A x B.

    For pure states the negativity is ((tr sqrt(rho_A))^2 - 1) / 2. Its mean follows from the
    two-point kernel of the Laguerre ensemble.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions; the smaller at most 4096 (the mean takes m^3 operations), the larger up to
        2**1000.

    Returns
    -------
    float
        The mean, right to about 1e-12.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    .. [1] A. Datta, Phys. Rev. A 81, 052312 (2010).

    Examples
    --------
    >>> from typicality.quantum import mean_negativity
    >>> print(round(mean_negativity(2, 2), 12))
    0.294524311274
    """
    m, n = sorted((large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")))
    if m > _LARGEST_NEGATIVITY:
        raise ValueError(
            f"min(d_a, d_b) must be at most {_LARGEST_NEGATIVITY} here; got {m.bit_length()} bits. "
            "For large dimensions use d_a times the square of MarchenkoPastur(c).moment(0.5)."
        )
    overlaps = root_overlaps(m, n)
    # E sum_{i != j} sqrt(x_i x_j) = (tr M)^2 - tr M^2; M is scaled by sqrt(n), and E tr W = m n.
    pairs = float(np.trace(overlaps)) ** 2 - float((overlaps * overlaps).sum())
    return pairs / (2 * m)


def log_determinant_deficit(m: int, n: int) -> float:
    """Return -log m - E log det(rho) / m for m <= n: the mean relative entropy D(1/m || rho).

    Without cancellation; about m / (2 n) for m << n.
    """
    if m == 1:
        return 0.0
    t, rest = m / n, n - m
    # sum of psi(k), k = n-m+1..n, is n psi(n+1) - (n-m) psi(n-m+1) - m; the logarithms combine to
    # m times bend = -1 - (1/t - 1) log(1-t) = -(t/2 + t^2/6 + ...).
    if rest == 0:
        # (n-m) psi(n-m+1) vanishes, and with it the half that is cancelled otherwise.
        bend = -1.0 + 1 / (2 * m)
    elif t < 0.5:
        bend = -math.fsum(t**k / (k * (k + 1)) for k in range(1, 50))
    else:
        bend = -1.0 - rest / m * math.log(rest / n)
    remainders = digamma_remainder(n) / t - digamma_remainder(m * n) + 1 / (2 * m * n)
    if rest:
        remainders -= digamma_remainder(rest) * (rest / m)
    return -(bend + remainders)


def _whole_power_trace(m: int, n: int, k: int) -> float:
    if k == 0:
        return float(m)
    total = sum(
        (-1) ** (i - 1)
        * Fraction(
            _falling(m + k - i, k) * _falling(n + k - i, k),
            math.factorial(k - i) * math.factorial(i - 1),
        )
        for i in range(1, k + 1)
    )
    rising = _falling(m * n + k - 1, k)
    value = Fraction(total) / (k * rising)
    return value.numerator / value.denominator


def _real_power_trace(m: int, n: int, k: int) -> float:
    if k == 0:
        return float(m)
    return real_wishart_moment(m, n, k) / math.prod(m * n + 2 * i for i in range(k))


def _falling(x: int, k: int) -> int:
    product = 1
    for j in range(k):
        product *= x - j
    return product


def _check_small_side(m: int, largest: int) -> None:
    if m > largest:
        raise ValueError(
            f"min(d_a, d_b) must be at most {largest} for this order, summed term by term; "
            f"got a number of {m.bit_length()} bits. MarchenkoPastur(c).moment gives the limit."
        )
