"""Slow, obvious versions of the spectral laws: multiprecision quadrature and direct sums."""

import mpmath as mp
import numpy as np
from scipy.integrate import quad
from scipy.special import gamma, gammainc


def marchenko_pastur_density(x, c):
    """The printed density at scale 1."""
    x, c = mp.mpf(x), mp.mpf(c)
    low, high = (1 - mp.sqrt(c)) ** 2, (1 + mp.sqrt(c)) ** 2
    if not low < x < high:
        return mp.mpf(0)
    return mp.sqrt((high - x) * (x - low)) / (2 * mp.pi * c * x)


def marchenko_pastur_integral(c, function, start=None, end=None):
    """Integral of function times the density, in the angle that removes the square roots."""
    c = mp.mpf(c)
    r = mp.sqrt(c)
    low = (1 - r) ** 2

    def angle(x):
        share = min(max((mp.mpf(x) - low) / (4 * r), mp.mpf(0)), mp.mpf(1))
        return 2 * mp.asin(mp.sqrt(share))

    first = mp.mpf(0) if start is None else angle(start)
    last = mp.pi if end is None else angle(end)

    def integrand(u):
        x = low + 4 * r * mp.sin(u / 2) ** 2
        return function(x) * 2 / mp.pi * mp.sin(u) ** 2 / x

    # The density varies on the scale |1 - r| near the lower edge.
    gap = abs(1 - r)
    inner = [point for point in (gap / 4, gap, 4 * gap) if first < point < last]
    return mp.quad(integrand, [first, *inner, last]) if last > first else mp.mpf(0)


def laguerre_power_mean(m, n, order):
    """E sum p^order of W / tr W by the moments of products of Laguerre polynomials."""
    order, a, total = mp.mpf(order), n - m, mp.mpf(0)
    for k in range(m):
        terms = [(-1) ** i * mp.binomial(k + a, k - i) / mp.factorial(i) for i in range(k + 1)]
        inner = mp.fsum(
            x * y * mp.gamma(a + order + i + j + 1)
            for i, x in enumerate(terms)
            for j, y in enumerate(terms)
        )
        total += inner * mp.factorial(k) / mp.gamma(k + a + 1)
    return total * mp.gamma(m * n) / mp.gamma(m * n + order)


def laguerre_root_matrix(m, n):
    """Matrix elements of sqrt(x) between orthonormal Laguerre functions of weight x^(n-m) e^-x."""
    a = n - m
    rows = []
    for k in range(m):
        norm = mp.sqrt(mp.factorial(k) / mp.gamma(k + a + 1))
        rows.append(
            [norm * (-1) ** i * mp.binomial(k + a, k - i) / mp.factorial(i) for i in range(k + 1)]
        )
    half = mp.mpf(1) / 2
    return mp.matrix(
        [
            [
                mp.fsum(
                    x * y * mp.gamma(a + i + j + 1 + half)
                    for i, x in enumerate(left)
                    for j, y in enumerate(right)
                )
                for right in rows
            ]
            for left in rows
        ]
    )


def wishart_by_hand(generator, p, n, size, field):
    """G G^H with G drawn entry by entry."""
    g = generator.standard_normal((size, p, n))
    if field == "complex":
        g = (g + 1j * generator.standard_normal((size, p, n))) / np.sqrt(2)
    return g @ g.conj().swapaxes(-1, -2)


def largest_wishart_cdf(m, n, t, field="complex"):
    """P(lambda_max(W) <= t), W = G G^H with E|G_ij|^2 = 1, from the joint density of eigenvalues.

    Complex: a determinant of incomplete Gamma functions. Real: m = 2, by quadrature.
    """
    if field == "real":
        return quad(largest_of_two, 0, t, args=(n,))[0] / quad(largest_of_two, 0, np.inf, (n,))[0]
    m, n = min(m, n), max(m, n)
    with mp.workdps(40):
        entries = mp.matrix(m, m)
        for i in range(m):
            for j in range(m):
                entries[i, j] = mp.gammainc(n - m + i + j + 1, 0, t)
        scale = mp.fprod(mp.factorial(n - 1 - i) * mp.factorial(i) for i in range(m))
        return mp.det(entries) / scale


def largest_of_two(x, n):
    """Density of the larger eigenvalue of a real 2 x 2 Wishart matrix, not normalized."""
    # Over the smaller eigenvalue y < x: the integral of (x - y) y^power exp(-y / 2).
    power = (n - 3) / 2
    first = 2 ** (power + 1) * gamma(power + 1) * gammainc(power + 1, x / 2)
    second = 2 ** (power + 2) * gamma(power + 2) * gammainc(power + 2, x / 2)
    return (x * first - second) * x**power * np.exp(-x / 2)


def largest_wishart_mean(m, n, field="complex"):
    """E lambda_max(W); for the complex field as the integral of 1 - F."""
    if field == "real":
        total = quad(largest_of_two, 0, np.inf, (n,))[0]
        return quad(lambda x: x * largest_of_two(x, n), 0, np.inf)[0] / total
    with mp.workdps(25):
        edge = (mp.sqrt(m) + mp.sqrt(n)) ** 2
        cuts = [0, edge / 2, edge, 2 * edge, edge + 60 * mp.sqrt(edge) + 120]
        return mp.quad(lambda t: 1 - largest_wishart_cdf(m, n, t), cuts)
