"""One-point averages of the complex Wishart (Laguerre) ensemble at finite size, in positive terms.

The orthonormal polynomials of the weight x^a e^-x, a = n - m, expand in those of x^(a + s) e^-x
with coefficients known in closed form, so that averages of x^s become sums of squares: nothing
alternates, nothing cancels, no quadrature is needed. This is Eq. (2) before the large-d limit.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from typicality.spectra.polygamma import digamma_remainder, log_gamma_ratio, trigamma_remainder

__all__ = [
    "LARGEST_ORDER",
    "capacity_mean",
    "log_fractional_sum",
    "power_mean",
    "root_overlaps",
]

Floats = npt.NDArray[np.float64]

LARGEST_ORDER: Final = 1000.0


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
    first = log_gamma_ratio(excess + 1, order) - log_gamma_ratio(m * n, order)
    level = np.arange(m, dtype=np.float64)
    base = level + float(excess) + 1.0
    # R(l + 1) / R(l) = 1 + order / (l + a + 1): summed as logarithms, since R may underflow.
    growth = np.concatenate(([0.0], np.cumsum(np.log1p(order / base[:-1]))))
    top = float(growth.max())
    weights = np.exp(growth - top)
    total, factor, scale = 0.0, 1.0, 0.0
    ratio = np.ones(m)
    for j in range(m):
        term = factor * float(ratio @ weights)
        total += term
        if j > abs(order) and term * (m - j) <= 1e-18 * total:
            break
        factor *= ((j - order) / (j + 1)) ** 2
        if factor == 0.0:
            break
        if factor > 1e200:
            factor, total, scale = factor * 1e-200, total * 1e-200, scale + 200 * math.log(10)
        weights = weights[:-1]
        kept = level[: m - j - 1]
        ratio = ratio[:-1] * ((kept + j + 1) / (kept + j + 1 + float(excess)))
    log = math.log(total) + first + top + scale
    return math.exp(log) if log < 709.7 else math.inf


def log_fractional_sum(m: int, excesses: tuple[int, ...], order: float) -> float:
    """Return log E sum of y^order for a product of independent complex Gaussian matrices.

    y are the m squared singular values of a product of m x m blocks and rectangles, one factor for
    each of `excesses`: the further dimensions of the product less m. One excess n - m is the
    Wishart ensemble. Biorthogonal polynomials and weights of the product leave, for -1 < order < 1,
    a single sum of positive terms,
    sum_{j < m} prod_v [Gamma(j + 1 + v + s) / Gamma(j + 1 + v)] (1 + s)_j / j! (1 - s)_l / l!
    with l = m - 1 - j and s the order.

    References
    ----------
    .. [1] G. Akemann, J. R. Ipsen, M. Kieburg, Phys. Rev. E 88, 052118 (2013).
    """
    index = np.arange(1, m, dtype=np.float64)
    logs = np.concatenate(([0.0], np.cumsum(np.log1p(order / index))))
    logs += np.concatenate(([0.0], np.cumsum(np.log1p(-order / index))))[::-1]
    start = 0.0
    for excess in excesses:
        start += log_gamma_ratio(excess + 1, order)
        steps = np.log1p(order / (index + float(excess)))
        logs += np.concatenate(([0.0], np.cumsum(steps)))
    top = float(logs.max())
    return start + top + math.log(float(np.exp(logs - top).sum()))


def root_overlaps(m: int, n: int) -> Floats:
    """Return the matrix elements of sqrt(x / n) between the first m Laguerre functions, m <= n.

    The functions are orthonormal for the weight x^(n - m) e^-x. Shape (m, m), from the product of
    the triangular matrix of connection coefficients with its transpose.
    """
    excess = float(n - m)
    level = np.arange(m, dtype=np.float64)
    # log of Gamma(l + a + 3/2) / (Gamma(l + a + 1) sqrt(n)), then the same ratios as in power_mean.
    start = log_gamma_ratio(n - m + 1, 0.5) - 0.5 * math.log(n)
    steps = np.log1p(0.5 / (level[:-1] + excess + 1.0))
    roots = np.exp((start + np.concatenate(([0.0], np.cumsum(steps)))) / 2)
    coefficients = np.zeros((m, m))
    binomial = 1.0
    ratio = np.ones(m)
    for j in range(m):
        rows = np.arange(j, m)
        coefficients[rows, rows - j] = binomial * np.sqrt(ratio) * roots[: m - j]
        binomial *= (j - 0.5) / (j + 1)
        kept = level[: m - j - 1]
        ratio = ratio[:-1] * ((kept + j + 1) / (kept + j + 1 + excess))
    return coefficients @ coefficients.T


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


def _digamma_minus_log(x: Floats) -> Floats:
    large = np.maximum(x, 20.0)
    inverse = 1.0 / large
    square = inverse * inverse
    series = -inverse / 2 - square * (
        1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132)))
    )
    return np.where(x < 20.0, special.digamma(x) - np.log(x), series)
