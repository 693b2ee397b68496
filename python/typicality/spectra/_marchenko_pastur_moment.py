"""Real moments of the Marchenko-Pastur law, the average of Eq. (2), right at c near 1 too.

The closed form 2F1(1 - a, -a; 2; c) has a branch point at c = 1, where its series crawls and its
connection formula has poles at every half-integer a. With t the angle from the lower edge and
v = log tan(t/2) the mean of X^a is an integral over the line,
(2/pi) int sech^3 v [((1 - r)^2 + (1 + r)^2 e^(2v)) / (1 + e^(2v))]^(a - 1) dv, r = sqrt(c), whose
positive integrand is analytic for |Im v| < pi/2 whatever c is: the trapezoidal rule is right to
rounding.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = ["log_moment_terms"]

Reals = npt.NDArray[Any]

# Up to here the series in c is short.
_SMALL_RATIO: Final = 0.2
_LARGE_ORDER: Final = 16.0
_HUGE_ORDER: Final = 1e15
# Errors of exp(-2 pi 0.7 / step): powers of large order stay bounded within pi/4 of the line.
# In binary few digits, so that the nodes are equidistant to the last one.
_STEP: Final = 3 / 32
# The integrand falls like exp(-3 |v|) beyond its edges, by 2e-20 on this length.
_MARGIN: Final = 15.0


def log_moment_terms(order: float, c: float, gap: float) -> tuple[float, float]:
    """Return s and t with log E X^order = (order - 1) s + t, X of mean 1, aspect ratio c <= 1.

    Taken apart since the product may overflow where its sum with another is wanted. `gap` is
    1 - c, to full relative precision. Infinite t where the mean diverges.
    """
    if gap == 0.0 and order <= -0.5:
        return 0.0, math.inf
    if order < -0.5:
        # <X^a> = (1 - c)^(2a + 1) <X^(-1-a)>: a has only terms of one sign on the other side.
        slope, rest = log_moment_terms(-1.0 - order, c, gap)
        log_gap = math.log(gap) if gap < 0.5 else math.log1p(-c)
        if order < -_HUGE_ORDER:
            return 2 * log_gap - slope, 3 * (log_gap - slope) + rest
        return 0.0, (2 * order + 1) * log_gap - (order + 2) * slope + rest
    if c < _SMALL_RATIO and (order <= _LARGE_ORDER or order * math.sqrt(c) < 2.0):
        return 0.0, _by_series(order, c)
    if order > 1.5:
        return _by_logarithms(order, c, gap)
    if gap == 0.0 and order < -0.25:
        # Gamma(1 + 2a) / (Gamma(1 + a) Gamma(2 + a)); the integrand would fall too slowly.
        gammas = special.gammaln(1 + 2 * order) - special.gammaln(1 + order)
        return 0.0, float(gammas - special.gammaln(2 + order))
    return 0.0, _by_differences(order, c, gap)


def _by_series(order: float, c: float) -> float:
    # 2F1 - 1 = -order (1 - order) (series), whose factors in front must not be lost in 1 + small.
    k = np.arange(1, 64)
    ratios = (k + 1 - order) * (k - order) / ((k + 1.0) * (k + 2.0)) * c
    series = float(np.concatenate(([1.0], np.cumprod(ratios))).sum())
    return math.log1p(-order * c / 2 * (1 - order) * series)


def _by_differences(order: float, c: float, gap: float) -> float:
    # <X^a> - 1 as the mean of X^a - 1 or, for a near 1, of X (X^(a-1) - 1): no digit is lost where
    # the moment is close to 1. Between the edges the integrand goes like exp((2 a + 1) v).
    root = 1 + math.sqrt(c)
    edge = 2 * math.log(gap / root**2) if gap else -math.inf
    start = max(edge / 2, -3 * _MARGIN / min(1.0, 1 + 2 * order) if gap == 0.0 else -math.inf)
    v = _nodes(start - _MARGIN, _MARGIN)
    weights = _log_sech_cubed(v)
    logs = 2 * math.log(root) + np.logaddexp(edge, 2 * v) - np.logaddexp(0.0, 2 * v)
    if order <= 0.5:
        terms = np.exp(weights - logs) * np.expm1(order * logs)
    else:
        terms = np.exp(weights) * np.expm1((order - 1) * logs)
    return math.log1p(2 / math.pi * _STEP * float(terms.sum()))


def _by_logarithms(order: float, c: float, gap: float) -> tuple[float, float]:
    # Relative to the upper edge, near which the weight lies: 1 - X/l_+ = share / (1 + e^(2v)).
    r = math.sqrt(c)
    share = 4 * r / (1 + r) ** 2
    center = 0.5 * math.log(max(1.0, (order - 1) * share))
    v = _nodes(center - _MARGIN, center + _MARGIN)
    fall = np.log1p(-share * special.expit(-2 * v))
    if gap < 0.8 and center < _MARGIN:
        edge = 2 * math.log(gap / (1 + r) ** 2) if gap else -math.inf
        fall = np.where(v < 0.0, np.logaddexp(edge, 2 * v) - np.logaddexp(0.0, 2 * v), fall)
    logs = _log_sech_cubed(v) + (order - 1) * fall
    top = float(logs.max())
    integral = 2 / math.pi * _STEP * float(np.exp(logs - top).sum())
    return 2 * math.log1p(r), top + math.log(integral)


def _nodes(start: float, end: float) -> Reals:
    return _STEP * np.arange(math.floor(start / _STEP), math.ceil(end / _STEP) + 1)


def _log_sech_cubed(v: Reals) -> Reals:
    return 3 * (math.log(2) - np.abs(v) - np.log1p(np.exp(-2 * np.abs(v))))
