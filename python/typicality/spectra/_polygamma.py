"""Gamma functions with their large parts taken apart, for integers of any size.

The exact means behind Eq. (2) are differences of digamma and log-gamma functions that agree to many
digits. What remains after the logarithms and the first inverse powers are removed is computed here
directly; the callers combine the removed parts exactly.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from functools import cache
from typing import Final

import numpy as np
from scipy import special

from typicality._arrays import Floats

__all__ = [
    "digamma_minus_log",
    "digamma_remainder",
    "gamma_ratio_remainder",
    "gamma_ratio_remainders",
    "trigamma_remainder",
]


# Coefficients of x^-2, x^-4, ... in psi(x + 1) - log x - 1/(2 x): -B_2k / (2 k).
_DIGAMMA: Final = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760, -1 / 12)
# Coefficients of x^-3, x^-5, ... in psi_1(x) - 1/x - 1/(2 x^2): B_2k.
_TRIGAMMA: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
# Coefficients of x^-1, x^-3, ... in Stirling's series for log Gamma(x).
_STIRLING: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
_DIGITS: Final = 40
_EULER: Final = Decimal("0.5772156649015328606065120900824024310421593359")
_PI: Final = Decimal("3.1415926535897932384626433832795028841971693993")
# From here on the next term of each series is below rounding.
_ASYMPTOTIC_FROM: Final = 20
# Numbers taken at a time, so that what is in between stays in the processor's cache.
_BLOCK: Final = 1 << 14


def digamma_remainder(x: int) -> float:
    """Return psi(x + 1) - log x - 1/(2 x) for a positive integer, about -1/(12 x^2).

    Examples
    --------
    >>> from typicality.spectra._polygamma import digamma_remainder
    >>> print(round(digamma_remainder(10**6) * 10**12, 12))
    -0.083333333333
    """
    if x < _ASYMPTOTIC_FROM:
        # psi(x + 1) is psi(x) + 1/x.
        return float(_small_digamma(2 * x) + 1 / Decimal(2 * x))
    square = (1 / x) ** 2
    return square * _horner(_DIGAMMA, square)


def digamma_minus_log(twice: int) -> float:
    """Return psi(x) - log x for x = twice / 2, half of a positive integer; about -1/(2 x).

    Examples
    --------
    >>> from typicality.spectra._polygamma import digamma_minus_log
    >>> print(round(digamma_minus_log(10**6) * 10**6, 5))
    -1.0
    """
    inverse = 2 / twice
    if twice < 2 * _ASYMPTOTIC_FROM:
        return float(_small_digamma(twice))
    square = inverse * inverse
    return square * _horner(_DIGAMMA, square) - inverse / 2


def trigamma_remainder(x: int) -> float:
    """Return psi_1(x) - 1/x - 1/(2 x^2) for a positive integer, about 1/(6 x^3).

    Examples
    --------
    >>> from typicality.spectra._polygamma import trigamma_remainder
    >>> print(round(trigamma_remainder(10**6) * 10**18, 12))
    0.166666666667
    """
    if x < _ASYMPTOTIC_FROM:
        return _small_trigamma_remainder(x)
    inverse = 1 / x
    return inverse**3 * _horner(_TRIGAMMA, inverse * inverse)


def gamma_ratio_remainder(x: float, shift: float) -> float:
    """Return log Gamma(x + shift) - log Gamma(x) - shift log x, about shift (shift - 1)/(2 x).

    Examples
    --------
    >>> from typicality.spectra._polygamma import gamma_ratio_remainder
    >>> print(round(gamma_ratio_remainder(10**6, 0.5) * 10**6, 6))
    -0.125
    """
    steps = math.ceil(_ASYMPTOTIC_FROM - x - min(shift, 0.0)) if x < _ASYMPTOTIC_FROM - shift else 0
    steps = max(steps, math.ceil(_ASYMPTOTIC_FROM - x))
    if steps > 2 * _ASYMPTOTIC_FROM:
        return float(special.gammaln(x + shift) - special.gammaln(x)) - shift * math.log(x)
    if steps > 0:
        # Both logarithms are large where their difference is small: climb to the series instead.
        climbed = gamma_ratio_remainder(x + steps, shift) + shift * math.log1p(steps / x)
        return climbed - math.fsum(_log_quotient(x + i, shift) for i in range(steps))
    inverse = 1 / x
    z = shift * inverse
    # (1 + 1/z) log1p(z) - 1 cancels for small z, and is z/2 - z^2/6 + z^3/12 - ... there.
    if abs(z) < 1e-2:
        bend = sum(-((-z) ** k) / (k * (k + 1)) for k in range(1, 9))
    else:
        bend = (1 + 1 / z) * math.log1p(z) - 1
    log = math.log1p(z)
    # Term by term, since the two series agree to many digits where the shift is small.
    tails = math.fsum(
        coefficient * inverse ** (2 * k + 1) * math.expm1(-(2 * k + 1) * log)
        for k, coefficient in enumerate(_STIRLING)
    )
    return shift * bend - 0.5 * log + tails


def gamma_ratio_remainders(first: int, count: int, shift: float) -> Floats:
    """Return `gamma_ratio_remainder` of the integers first, first + 1, ..., `count` of them.

    Each by itself and right to |shift| rounding errors: adding up ratios of neighbors would carry
    the error along.
    """
    result = np.arange(count, dtype=np.float64) + float(first)
    # Three terms of Stirling's series are below rounding from 200 on.
    exact = min(count, max(0, math.ceil(200 - min(shift, 0.0)) - first))
    for index in range(exact):
        result[index] = gamma_ratio_remainder(first + index, shift)
    for start in range(exact, count, _BLOCK):
        x = result[start : start + _BLOCK]
        # What cancels here is no larger than the shift.
        value = (x + (shift - 0.5)) * np.log1p(shift / x) - shift
        # u^k - v^k as (u - v) times the sum of products, since u and v may agree to many digits.
        u, v = 1 / (x + shift), 1 / x
        cubes = u * u + u * v + v * v
        fifths = cubes * (u * u + v * v) - u * u * v * v
        series = _STIRLING[0] + _STIRLING[1] * cubes + _STIRLING[2] * fifths
        result[start : start + _BLOCK] = value - shift * u * v * series
    return result


@cache
def _small_digamma(twice: int) -> Decimal:
    """Return psi(x) - log x for x = twice / 2, in decimals: both are near log x."""
    with localcontext(prec=_DIGITS):
        # From psi(1) = -gamma or psi(1/2) = -gamma - 2 log 2 up by psi(x + 1) = psi(x) + 1/x.
        start = -_EULER - 2 * Decimal(2).ln() if twice % 2 else -_EULER
        steps = (2 / Decimal(k) for k in range(2 - twice % 2, twice, 2))
        return sum(steps, start) - (Decimal(twice) / 2).ln()


@cache
def _small_trigamma_remainder(x: int) -> float:
    with localcontext(prec=_DIGITS):
        rest = _PI * _PI / 6 - sum(1 / Decimal(k * k) for k in range(1, x))
        return float(rest - 1 / Decimal(x) - 1 / Decimal(2 * x * x))


def _log_quotient(x: float, shift: float) -> float:
    """Return log((x + shift) / x)."""
    # Next to a pole x + shift is exact, and the rounding of shift / x is not small beside it.
    return math.log((x + shift) / x) if shift < -x / 2 else math.log1p(shift / x)


def _horner(coefficients: tuple[float, ...], x: float) -> float:
    value = 0.0
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value
