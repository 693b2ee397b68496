"""Slow, obvious versions of the spectral laws: multiprecision quadrature and direct sums."""

import mpmath as mp
import numpy as np


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
