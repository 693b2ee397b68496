"""The smallest eigenvalue of real square states at many points: its density, tabulated for a size.

The density of Majumdar, Bohigas and Lakshminarayan is a power series in the root of x. On a few
intervals it is replaced by polynomials through Chebyshev points, whose integrals are exact: one
table, some hundred hypergeometric functions, serves all points of one size.
"""

import itertools
from functools import cache

import mpmath as mp

from oracles.quantum import density_of_real_square

# Ends of the intervals in units of the root of the mean; beyond the last ones lies less than any
# digit that is kept.
_CUTS = (0, 0.7, 1.4, 2.2, 3.2, 4.5, 6, 9, 14, 22)


def tabulated_smallest_of_real_square(n, y):
    """Lower tail, upper tail and density as `smallest_of_real_square` returns them."""
    pieces, totals = _table(n, mp.mp.dps)
    root = mp.sqrt(mp.mpf(y))
    lower = upper = density = mp.mpf(0)
    for start, end, coefficients in pieces:
        inside = min(max(root, start), end)
        lower += _integral(coefficients, start, start, inside)
        upper += _integral(coefficients, start, inside, end)
        if start <= root < end:
            density = _value(coefficients, root - start) / (2 * root)
    return lower / totals[0], upper / totals[0], density / totals[0]


def tabulated_moment_of_real_square(n, order):
    """Moment 1 or 2 of the same eigenvalue."""
    _, totals = _table(n, mp.mp.dps)
    return totals[order] / totals[0]


def _integral(coefficients, origin, start, end):
    """Integrate from `start` to `end` the polynomial with these coefficients about `origin`."""
    antiderivative = [mp.mpf(0), *(c / (k + 1) for k, c in enumerate(coefficients))]
    return _value(antiderivative, end - origin) - _value(antiderivative, start - origin)


def _value(coefficients, t):
    value = mp.mpf(0)
    for coefficient in reversed(coefficients):
        value = value * t + coefficient
    return value


@cache
def _table(n, digits):
    """Return (start, end, coefficients about start) and the integrals of 1, x and x^2."""
    count = digits + 14
    with mp.workdps(2 * digits):
        top, unit = 1 / mp.sqrt(n), mp.sqrt(mp.mpf(0.7) / mp.mpf(n) ** 3)
        cuts = [unit * share for share in _CUTS if unit * share < 0.8 * top]
        cuts = [*cuts, top] if _CUTS[-1] * unit > 0.8 * top else cuts

        def density(root):
            # A power series in the root, whose value at 0 no interpolation point asks for.
            return 2 * root * density_of_real_square(mp.mpf(n), root * root)

        pieces = []
        for start, end in itertools.pairwise(cuts):
            pieces.append((start, end, _interpolation(density, start, end, count)))
        totals = [mp.mpf(0)] * 3
        for start, end, coefficients in pieces:
            powers = coefficients
            for order in range(3):
                totals[order] += _integral(powers, start, start, end)
                # Times (start + t)^2, the square of the root.
                square = (start * start, 2 * start, mp.mpf(1))
                powers = [
                    mp.fsum(square[i] * powers[k - i] for i in range(3) if 0 <= k - i < len(powers))
                    for k in range(len(powers) + 2)
                ]
    return pieces, totals


def _interpolation(function, start, end, count):
    """Return the coefficients about `start` of the polynomial through `count` Chebyshev points."""
    half = (end - start) / 2
    angles = [mp.pi * (k + mp.mpf(1) / 2) / count for k in range(count)]
    values = [function(start + half * (1 + mp.cos(angle))) for angle in angles]
    # Clenshaw's recurrence for the sum of Chebyshev polynomials, on polynomials in t = 1 + u.
    series = [
        2 * mp.fsum(v * mp.cos(j * a) for v, a in zip(values, angles, strict=True)) / count
        for j in range(count)
    ]
    series[0] /= 2
    last, before = [], []
    for coefficient in reversed(series[1:]):
        last, before = _step(last, before, coefficient, 2), last
    found = _step(last, before, series[0], 1)
    return [c / half**k for k, c in enumerate(found)]


def _step(last, before, coefficient, factor):
    """Return coefficient + factor u last - before for u = t - 1."""
    size = max(len(last) + 1, len(before), 1)
    found = [mp.mpf(0)] * size
    found[0] += coefficient
    for k, c in enumerate(last):
        found[k + 1] += factor * c
        found[k] -= factor * c
    for k, c in enumerate(before):
        found[k] -= c
    return found
