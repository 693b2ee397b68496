"""Gamma functions with their large parts taken apart, for integers of any size.

The exact means behind Eq. (2) are differences of digamma and log-gamma functions that agree to many
digits. What remains after the logarithms and the first inverse powers are removed is computed here
directly; the callers combine the removed parts exactly.
"""

import math
from typing import Final

from scipy import special

__all__ = ["digamma_remainder", "log_gamma_ratio", "trigamma_remainder"]

# Coefficients of x^-2, x^-4, ... in psi(x + 1) - log x - 1/(2 x): -B_2k / (2 k).
_DIGAMMA: Final = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760, -1 / 12)
# Coefficients of x^-3, x^-5, ... in psi_1(x) - 1/x - 1/(2 x^2): B_2k.
_TRIGAMMA: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
# Coefficients of x^-1, x^-3, ... in Stirling's series for log Gamma(x).
_STIRLING: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
# From here on the next term of each series is below rounding.
_ASYMPTOTIC_FROM: Final = 20


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


def log_gamma_ratio(x: int, shift: float) -> float:
    """Return log Gamma(x + shift) - log Gamma(x) for an integer x >= 1 and shift > -x.

    Examples
    --------
    >>> import math
    >>> from typicality.spectra.polygamma import log_gamma_ratio
    >>> print(round(log_gamma_ratio(4**300, 0.5) - 300 * math.log(2), 12))
    0.0
    """
    if x < _ASYMPTOTIC_FROM or x + shift < _ASYMPTOTIC_FROM:
        return float(special.gammaln(x + shift) - special.gammaln(x))
    inverse = 1 / x
    z = shift * inverse
    # (1 + 1/z) log1p(z) - 1 cancels for small z, and is z/2 - z^2/6 + z^3/12 - ... there.
    if abs(z) < 1e-2:
        bend = sum(-((-z) ** k) / (k * (k + 1)) for k in range(1, 9))
    else:
        bend = (1 + 1 / z) * math.log1p(z) - 1
    upper = inverse / (1 + z)
    tails = upper * _horner(_STIRLING, upper**2) - inverse * _horner(_STIRLING, inverse**2)
    return shift * (math.log(x) + bend) - 0.5 * math.log1p(z) + tails


def _horner(coefficients: tuple[float, ...], x: float) -> float:
    value = 0.0
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value
