"""Gamma functions with their large parts taken apart, for integers of any size.

The exact means behind Eq. (2) are differences of digamma and log-gamma functions that agree to many
digits. What remains after the logarithms and the first inverse powers are removed is computed here
directly; the callers combine the removed parts exactly.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = [
    "digamma_minus_log",
    "digamma_remainder",
    "gamma_ratio_remainder",
    "gamma_ratio_remainders",
    "trigamma_remainder",
]

Floats = npt.NDArray[np.float64]

# Coefficients of x^-2, x^-4, ... in psi(x + 1) - log x - 1/(2 x): -B_2k / (2 k).
_DIGAMMA: Final = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760, -1 / 12)
# Coefficients of x^-3, x^-5, ... in psi_1(x) - 1/x - 1/(2 x^2): B_2k.
_TRIGAMMA: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
# Coefficients of x^-1, x^-3, ... in Stirling's series for log Gamma(x).
_STIRLING: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
# From here on the next term of each series is below rounding.
_ASYMPTOTIC_FROM: Final = 20
# Numbers taken at a time, so that what is in between stays in the processor's cache.
_BLOCK: Final = 1 << 14


def digamma_remainder(x: int) -> float:
    """Return psi(x + 1) - log x - 1/(2 x) for a positive integer, about -1/(12 x^2).

    Examples
    --------
    >>> from typicality.spectra.polygamma import digamma_remainder
    >>> print(round(digamma_remainder(10**6) * 10**12, 12))
    -0.083333333333
    """
    if x < _ASYMPTOTIC_FROM:
        return float(special.digamma(x + 1)) - math.log(x) - 1 / (2 * x)
    square = (1 / x) ** 2
    return square * _horner(_DIGAMMA, square)


def digamma_minus_log(twice: int) -> float:
    """Return psi(x) - log x for x = twice / 2, half of a positive integer; about -1/(2 x).

    Examples
    --------
    >>> from typicality.spectra.polygamma import digamma_minus_log
    >>> print(round(digamma_minus_log(10**6) * 10**6, 5))
    -1.0
    """
    inverse = 2 / twice
    if twice < 2 * _ASYMPTOTIC_FROM:
        return float(special.digamma(twice / 2)) - math.log(twice / 2)
    square = inverse * inverse
    return square * _horner(_DIGAMMA, square) - inverse / 2


def trigamma_remainder(x: int) -> float:
    """Return psi_1(x) - 1/x - 1/(2 x^2) for a positive integer, about 1/(6 x^3).

    Examples
    --------
    >>> from typicality.spectra.polygamma import trigamma_remainder
    >>> print(round(trigamma_remainder(10**6) * 10**18, 12))
    0.166666666667
    """
    if x < _ASYMPTOTIC_FROM:
        return float(special.polygamma(1, x)) - 1 / x - 1 / (2 * x * x)
    inverse = 1 / x
    return inverse**3 * _horner(_TRIGAMMA, inverse * inverse)


def gamma_ratio_remainder(x: int, shift: float) -> float:
    """Return log Gamma(x + shift) - log Gamma(x) - shift log x, about shift (shift - 1)/(2 x).

    Examples
    --------
    >>> from typicality.spectra.polygamma import gamma_ratio_remainder
    >>> print(round(gamma_ratio_remainder(10**6, 0.5) * 10**6, 6))
    -0.125
    """
    steps = math.ceil(_ASYMPTOTIC_FROM - x - min(shift, 0.0)) if x < _ASYMPTOTIC_FROM - shift else 0
    steps = max(steps, _ASYMPTOTIC_FROM - x)
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
    upper = inverse / (1 + z)
    tails = upper * _horner(_STIRLING, upper**2) - inverse * _horner(_STIRLING, inverse**2)
    return shift * bend - 0.5 * math.log1p(z) + tails


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
        for size, sign in ((x + shift, 1), (x, -1)):
            inverse = 1 / size
            square = inverse * inverse
            series = _STIRLING[0] + square * (_STIRLING[1] + square * _STIRLING[2])
            value += sign * inverse * series
        result[start : start + _BLOCK] = value
    return result


def _log_quotient(x: int, shift: float) -> float:
    """Return log((x + shift) / x)."""
    # Next to a pole x + shift is exact, and the rounding of shift / x is not small beside it.
    return math.log((x + shift) / x) if shift < -x / 2 else math.log1p(shift / x)


def _horner(coefficients: tuple[float, ...], x: float) -> float:
    value = 0.0
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value
