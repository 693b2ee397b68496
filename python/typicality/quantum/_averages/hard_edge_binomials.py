"""Smallest eigenvalue of reduced states of complex states on m x (m + 1): a binomial mixture.

With N = m (m + 1) - 1, P(X > y) is the mean of C(m, i) / m^i over a binomial number i of N trials
of chance m y each. Both tails and the density are sums of positive terms, one from the last.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from typicality._arrays import Floats

__all__ = ["binomial_density", "binomial_lower_tail", "binomial_upper_tail"]


# exp of this is zero, and so is what a bound on the logarithm puts below it.
_UNDERFLOW: Final = -746.0
# exp(-45) is 3e-20.
_NEGLIGIBLE: Final = 45.0


def binomial_lower_tail(m: int, y: Floats) -> Floats:
    """Return P(X <= y), right to rounding however small; takes O(m^3 y) terms beyond the mean."""
    trials = m * (m + 1) - 1
    log_term, odds = _start(m, y, trials)
    share = 1.0
    log_sum = np.full(y.shape, -np.inf)
    for i in range(trials + 1):
        # C(m, i) / m^i falls from 1 and is at most 1/2 from i = 2 on: nothing cancels.
        if i >= 2:
            log_sum = np.logaddexp(log_sum, log_term + math.log1p(-share))
        share *= max(m - i, 0) / (m * (i + 1))
        with np.errstate(divide="ignore"):
            ratio = (trials - i) / (i + 1) * odds
            log_term = log_term + np.log(ratio)
        if i >= 2 and _finished(ratio, log_term, log_sum):
            break
    return np.exp(log_sum)


def binomial_upper_tail(m: int, y: Floats) -> Floats:
    """Return P(X > y), right to rounding however small."""
    return _falling_sum(m, y, density=False)


def binomial_density(m: int, y: Floats) -> Floats:
    """Return the density of X at `y`, right to rounding however small."""
    return _falling_sum(m, y, density=True)


def _falling_sum(m: int, y: Floats, *, density: bool) -> Floats:
    # Terms C(m, j) C(N, j) y^j (1 - m y)^(N - j); in the density N - 1 - j and a factor.
    trials = m * (m + 1) - 1
    power = trials - 1 if density else trials
    # By Chernoff's bound with z = 1/10 the sum is at most 2 e^10 (1 - 0.9 m y)^power. Where that
    # vanishes there may be as many terms as m; elsewhere the terms that count are some hundred.
    scale = math.log(m * (m + 1)) + math.log(trials) if density else 0.0
    present = power * np.log1p(-0.9 * np.minimum(m * y, 1.0)) + 10.7 + scale > _UNDERFLOW
    result = np.zeros(y.shape)
    log_term, odds = _start(m, y[present], power)
    log_sum = np.full(log_term.shape, -np.inf)
    for j in range(m + 1):
        factor = j * (m + 1) / (j + 1) * (trials - j) if density else 1.0
        if factor > 0:
            log_sum = np.logaddexp(log_sum, log_term + math.log(factor))
        if j == m:
            break
        with np.errstate(divide="ignore"):
            ratio = (m - j) / (m * (j + 1)) * ((trials - j) / (j + 1)) * odds
            log_term = log_term + np.log(ratio)
        if j and _finished(ratio, log_term + math.log(max(factor, 1.0)), log_sum):
            break
    result[present] = np.exp(log_sum)
    return result


def _start(m: int, y: Floats, power: int) -> tuple[Floats, Floats]:
    # The logarithm of (1 - m y)^power, and the odds of m y.
    chance = m * y
    room = np.maximum(1 - chance, 1e-300)
    # Of 1 - m y, rounded, a power of m (m + 1) would have no digit left.
    near = np.minimum(chance, 0.5)
    return power * np.where(chance < 0.5, np.log1p(-near), np.log(room)), chance / room


def _finished(ratio: Floats, log_term: Floats, log_sum: Floats) -> bool:
    return bool(((ratio < 0.5) & (log_term < log_sum - _NEGLIGIBLE)).all())
