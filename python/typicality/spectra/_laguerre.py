"""One-point averages of the complex Wishart (Laguerre) ensemble at finite size, in positive terms.

The orthonormal polynomials of the weight x^a e^-x, a = n - m, expand in those of x^(a + s) e^-x
with coefficients known in closed form, so that averages of x^s become sums of squares: nothing
alternates, nothing cancels, no quadrature is needed. This is Eq. (2) before the large-d limit.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy import special

from typicality._arrays import Floats
from typicality.spectra._polygamma import (
    digamma_remainder,
    gamma_ratio_remainder,
    gamma_ratio_remainders,
    trigamma_remainder,
)

__all__ = [
    "LARGEST_ORDER",
    "capacity_mean",
    "log_fractional_mean",
    "power_mean",
    "root_overlaps",
]


LARGEST_ORDER: Final = 1000.0
# Rows of a product of matrices taken at a time: with 4096 columns a tenth of a second of work.
_ROWS: Final = 128
_LOG_NEGLIGIBLE: Final = math.log(1e-18)


def power_mean(m: int, n: int, order: float) -> float:
    """Return E sum of p^order, p the m eigenvalues of W / tr W, W complex m x n Wishart, m <= n.

    It is a sum over j of ((-order)_j / j!)^2 sum_{l < m - j} T_j(l) R(l) with
    T_j(l) = prod_{i <= j} (l + i) / (l + n - m + i) and
    R(l) = Gamma(l + n - m + 1 + order) Gamma(mn) / (Gamma(l + n - m + 1) Gamma(mn + order)).

    Parameters
    ----------
    m, n : int
        Dimensions, m <= n; O(m^2) operations at most.
    order : float
        Greater than -(n - m + 1), at most `LARGEST_ORDER`.
    """
    excess = n - m
    level = np.arange(m, dtype=np.float64)
    # As logarithms, since R may underflow.
    growth = _log_powers(m, n, excess, order)
    top = float(growth.max())
    weights = np.exp(growth - top)
    log_total, log_scale = -math.inf, 0.0
    # ((-order)_j / j!)^2 T_j(l) over the exponential of log_scale: one factor may be huge where the
    # other is tiny.
    coefficients = np.ones(m)
    for j in range(m):
        term = float(coefficients @ weights)
        log_term = math.log(term) + log_scale if term > 0.0 else -math.inf
        log_total = float(np.logaddexp(log_total, log_term))
        if j > abs(order) and log_term + math.log(m - j) <= log_total + _LOG_NEGLIGIBLE:
            break
        weights, kept = weights[:-1], level[: m - j - 1]
        shares = (kept + j + 1) / (kept + j + 1 + float(excess))
        coefficients = coefficients[:-1] * (shares * ((j - order) / (j + 1)) ** 2)
        largest = float(coefficients.max(initial=0.0))
        if largest == 0.0:
            break
        if not 1e-200 < largest < 1e200:
            coefficients, log_scale = coefficients / largest, log_scale + math.log(largest)
    try:
        return math.exp(log_total + top)
    except OverflowError:
        return math.inf


def log_fractional_mean(m: int, n: int, excesses: tuple[int, ...], order: float) -> float:
    """Return log E sum of y^order for a product of independent complex Gaussian matrices.

    y are the m squared singular values of a product of m x m blocks and rectangles, one factor for
    each of `excesses`: the further dimensions of the product less m. Each factor has m n entries
    and is divided by its norm. One excess n - m is the reduced state of random kets. Biorthogonal
    polynomials and weights of the product leave, for -1 < order < 1, a single sum of positive
    terms,
    sum_{j < m} prod_v [Gamma(j + 1 + v + s) / Gamma(j + 1 + v)] (1 + s)_j / j! (1 - s)_l / l!
    with l = m - 1 - j and s the order, over Gamma(mn + s) / Gamma(mn) for each factor.

    References
    ----------
    .. [1] G. Akemann, J. R. Ipsen, M. Kieburg, Phys. Rev. E 88, 052118 (2013).
    """
    log_index = np.log(np.arange(1, m + 1, dtype=np.float64))
    logs = gamma_ratio_remainders(1, m, order) + order * log_index
    logs += (gamma_ratio_remainders(1, m, -order) - order * log_index)[::-1]
    logs -= float(special.gammaln(1 + order) + special.gammaln(1 - order))
    for excess in excesses:
        logs += _log_powers(m, n, excess, order)
    top = float(logs.max())
    return top + math.log(float(np.exp(logs - top).sum()))


def root_overlaps(m: int, n: int) -> Floats:
    """Return the matrix elements of sqrt(x / n) between the first m Laguerre functions, m <= n.

    The functions are orthonormal for the weight x^(n - m) e^-x. Shape (m, m), from the product of
    the triangular matrix of connection coefficients with its transpose.
    """
    excess = float(n - m)
    level = np.arange(m, dtype=np.float64)
    # Gamma(l + a + 3/2) / (Gamma(l + a + 1) sqrt(n)), then the same ratios as in power_mean.
    share = (n - m + 1) / n + level * (1 / n)
    roots = np.exp((0.5 * np.log(share) + gamma_ratio_remainders(n - m + 1, m, 0.5)) / 2)
    coefficients = np.zeros((m, m))
    binomial = 1.0
    ratio = np.ones(m)
    for j in range(m):
        rows = np.arange(j, m)
        coefficients[rows, rows - j] = binomial * np.sqrt(ratio) * roots[: m - j]
        binomial *= (j - 0.5) / (j + 1)
        kept = level[: m - j - 1]
        ratio = ratio[:-1] * ((kept + j + 1) / (kept + j + 1 + excess))
    # Piece by piece, so that Ctrl-C is heard; what is zero above the diagonal is left out.
    overlaps = np.empty((m, m))
    for start in range(0, m, _ROWS):
        stop = min(start + _ROWS, m)
        piece = coefficients[start:stop, :stop] @ coefficients[:stop, :stop].T
        overlaps[start:stop, :stop] = piece
        overlaps[:start, start:stop] = piece[:, :start].T
    return overlaps


def capacity_mean(m: int, n: int) -> float:
    """Return E sum of p log(m p)^2 for the same eigenvalues p as in `power_mean`.

    The second derivative of m^(s - 1) times `power_mean` at order s = 1, term by term.
    """
    excess = n - m
    level = np.arange(m, dtype=np.float64)
    rank = level + float(excess) + 1.0
    total = m * n
    # d log R / ds + log m = psi(rank + 1) - log n - (psi(mn + 1) - log mn), logarithms first.
    drift = np.log1p((level + (2.0 - m)) / float(n)) + _digamma_minus_log(rank + 1.0)
    drift -= digamma_remainder(total) + 1 / (2 * total)
    # psi_1(mn + 1) = psi_1(mn) - 1/(mn)^2.
    curve = special.polygamma(1, rank + 1.0)
    curve -= trigamma_remainder(total) + 1 / total - 1 / (2 * total * total)
    weight = rank / float(n)
    second = weight * (drift * drift + curve)
    result = float(second.sum())
    ratio = np.ones(m)
    for j in range(m - 1):
        kept = level[: m - j - 1]
        ratio = ratio[:-1] * ((kept + j + 1) / (kept + j + 1 + float(excess)))
        short = m - j - 1
        if j == 0:
            inner = weight * (2.0 + 4.0 * drift) + second
            result += float(ratio @ inner[:short])
            continue
        term = 2.0 / (j * (j + 1)) ** 2 * float(ratio @ weight[:short])
        result += term
        if term * short <= 1e-18 * result:
            break
    return result / m


def _log_powers(m: int, n: int, excess: int, order: float) -> Floats:
    # log of Gamma(l + a + 1 + s) Gamma(mn) / (Gamma(l + a + 1) Gamma(mn + s)) for l < m, a the
    # excess and s the order. The logarithm of the quotient, not that of each huge number.
    share = (excess + 1) / n + np.arange(m, dtype=np.float64) * (1 / n)
    logs = order * np.log(share) + gamma_ratio_remainders(excess + 1, m, order)
    return logs - (order * math.log(m) + gamma_ratio_remainder(m * n, order))


def _digamma_minus_log(x: Floats) -> Floats:
    large = np.maximum(x, 20.0)
    inverse = 1.0 / large
    square = inverse * inverse
    series = -inverse / 2 - square * (
        1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132)))
    )
    return np.where(x < 20.0, special.digamma(x) - np.log(x), series)
