"""Exact means over random states, at dimensions of any size, by multiprecision and permutations."""

import itertools
import math
from fractions import Fraction
from functools import cache

import mpmath as mp

from audit.points import EPS, digits, dimensions, small_dimensions
from oracles.quantum import cycles, loops, pairings
from oracles.spectra import laguerre_power_mean, laguerre_root_matrix
from typicality.quantum import (
    bures_hall_mean_entropy,
    bures_hall_mean_purity,
    marchenko_pastur_entropy,
    mean_entanglement_capacity,
    mean_log_determinant,
    mean_negativity,
    mean_power_trace,
    mean_purity,
    mean_relative_entropy,
    mean_root_fidelity,
    mean_squared_distance,
    mean_squared_tangent_displacement,
    page_deficit,
    page_entropy,
    page_entropy_variance,
    purity_variance,
)


def exactly(fraction):
    return mp.mpf(fraction.numerator) / fraction.denominator


def relative(exact, units=1.0):
    return abs(exact) * units * EPS


@cache
def two_purities(field):
    """Powers of d_a and d_b in E (tr rho^2)^2, with how often they occur."""
    found = {}
    if field == "complex":
        for s in itertools.permutations(range(4)):
            key = cycles(tuple((1, 0, 3, 2)[i] for i in s)), cycles(s)
            found[key] = found.get(key, 0) + 1
        return found
    # The factors of the first trace and of the second: two loops of four sites each.
    for pairs in pairings(list(range(8))):
        rows, columns = two_loops(pairs, 1), loops(pairs, 4, 0)
        found[rows, columns] = found.get((rows, columns), 0) + 1
    return found


def two_loops(pairs, shift):
    parent = list(range(8))

    def root(x):
        while parent[x] != x:
            x = parent[x]
        return x

    for x, y in pairs:
        parent[root(x)] = root(y)
    for first in (0, 4):
        for i in range(2):
            x, y = first + (2 * i + shift) % 4, first + (2 * i + 1 + shift) % 4
            parent[root(x)] = root(y)
    return len({root(x) for x in range(8)})


def rational(generator):
    a, b = dimensions(generator)
    d = a * b
    for field, extra in (("complex", 1), ("real", 2)):
        purity = Fraction(a + b + extra - 1, d + extra)
        exact = exactly(purity)
        yield mean_purity(a, b, field=field), exact, relative(exact, 0.5), (a, b, field)
        square = sum(number * a**i * b**j for (i, j), number in two_purities(field).items())
        square = Fraction(square, math.prod(d + extra * i for i in range(4)))
        exact = exactly(square - purity**2)
        yield purity_variance(a, b, field=field), exact, relative(exact, 0.5), (a, b, field)
    exact = exactly(Fraction(a + b, d + 1) - Fraction(1, a))
    yield mean_squared_distance(a, b), exact, relative(exact, 0.5), (a, b)
    m, n = min(a, b), max(a, b)
    if a == 1 or m < n:
        # The trace of the pseudo-inverse, from that of an inverse Wishart matrix.
        inverse = Fraction(m * (d - 1), n - m) if m < n else Fraction(1)
        exact = exactly((inverse / a**2 - Fraction(2 * m, a) + 1) / 4)
    else:
        exact = mp.inf
    yield mean_squared_tangent_displacement(a, b), exact, relative(exact, 0.5), (a, b)
    purity = Fraction(2 * n * (2 * n + m) - m * m + 1, 2 * n * (2 * m * n - m * m + 2))
    exact = exactly(purity)
    yield bures_hall_mean_purity(m, n), exact, relative(exact, 0.5), (m, n)
    exact = mp.digamma(m * n - mp.mpf(m * m) / 2 + 1) - mp.digamma(n + mp.mpf(1) / 2)
    yield bures_hall_mean_entropy(m, n), exact, relative(1) + relative(exact, 4), (m, n)


def entropies(generator):
    a, b = dimensions(generator)
    m, n = min(a, b), max(a, b)
    mp.mp.dps = digits(a, b)
    d = m * n
    exact = mp.digamma(d + 1) - mp.digamma(n + 1) - mp.mpf(m - 1) / (2 * n)
    yield page_entropy(a, b), exact, relative(exact, 8), (a, b)
    deficit = mp.log(m) - exact
    yield page_deficit(a, b), deficit, relative(deficit, 8), (a, b)
    second = mp.mpf((m + 1) * (m + 2 * n + 1)) / (4 * n * n * (d + 1))
    exact = mp.mpf(m + n) / (d + 1) * mp.psi(1, n) - mp.psi(1, d + 1) - second
    yield page_entropy_variance(a, b), exact, relative(exact, 64), (a, b)


def determinants(generator):
    a, b = dimensions(generator)
    mp.mp.dps = digits(a, b)
    exact, short = -mp.inf, mp.inf
    if a <= b:
        rest = (b - a) * mp.digamma(b - a + 1) if b > a else 0
        logs = b * mp.digamma(b + 1) - rest - a - a * mp.digamma(a * b)
        exact, short = (logs, -mp.log(a) - logs / a) if a > 1 else (mp.mpf(0), mp.mpf(0))
    yield mean_log_determinant(a, b), exact, relative(exact, 8), (a, b)
    found = mean_relative_entropy(a, b, pair="mixed, state")
    yield found, short, relative(short, 16), (a, b)
    m, n = min(a, b), max(a, b)
    entropy = mp.digamma(m * n + 1) - mp.digamma(n + 1) - mp.mpf(m - 1) / (2 * n)
    lost = mp.log(a) - entropy
    yield mean_relative_entropy(a, b, pair="state, mixed"), lost, relative(lost, 16), (a, b)
    both = lost + short
    yield mean_relative_entropy(a, b), both, relative(both, 16), (a, b)


def power_traces(generator):
    m, n = small_dimensions(generator, 6, larger=100)
    kind = generator.integers(5)
    order = (
        float(generator.uniform(-1, 1)),
        float(generator.uniform(0, 30)),
        1 + float(10.0 ** generator.uniform(-12, -1)) * (-1) ** int(generator.integers(2)),
        float(generator.uniform(30, 1000)),
        -min(1000.0, (n - m + 1) * (1 - float(10.0 ** generator.uniform(-9, 0)))),
    )[kind]
    if order <= -(n - m + 1):
        return
    exact = laguerre_power_mean(m, n, order)
    yield mean_power_trace(n, m, order), exact, exact * 1e-14 * (10 + abs(order)), (m, n, order)


def capacities(generator):
    m, n = small_dimensions(generator, 5, larger=40)
    # The alternating sums over products of Laguerre polynomials cancel some n^(2 m).
    mp.mp.dps = 60 + 2 * m * len(str(n))
    second = mp.diff(lambda s: laguerre_power_mean(m, n, s), 1, 2)
    d = m * n
    mean = mp.digamma(d + 1) - mp.digamma(n + 1) - mp.mpf(m - 1) / (2 * n)
    half = mp.mpf((m + 1) * (m + 2 * n + 1)) / (4 * n * n * (d + 1))
    variance = mp.mpf(m + n) / (d + 1) * mp.psi(1, n) - mp.psi(1, d + 1) - half
    exact = second - variance - mean**2 if m > 1 else mp.mpf(0)
    yield mean_entanglement_capacity(n, m), exact, exact * 1e-13, (m, n)


def negativities(generator):
    m, n = small_dimensions(generator, 6, larger=100)
    overlaps = laguerre_root_matrix(m, n)
    trace = mp.fsum(overlaps[i, i] for i in range(m))
    square = mp.fsum(x * x for x in overlaps)
    exact = (trace * trace - square) / (2 * m * n)
    yield mean_negativity(m, n), exact, 1e-12 * exact + 1e-13, (m, n)


def fidelities(generator):
    m, n = small_dimensions(generator, 30, larger=300)
    mp.mp.dps = digits(n)
    half = mp.mpf(1) / 2

    def mean(excesses):
        terms = [
            mp.fprod(mp.gammaprod([j + 1 + v + half], [j + 1 + v]) for v in excesses)
            * mp.rf(1 + half, j) / mp.factorial(j)
            * mp.rf(1 - half, m - 1 - j) / mp.factorial(m - 1 - j)
            for j in range(m)
        ]  # fmt: skip
        norm = mp.gammaprod([m * n], [m * n + half])
        return mp.fsum(terms) * norm ** len(excesses)

    for a, b in ((m, n), (n, m)):
        exact = mean((n - m, n - m) if a == m else (n - m, 0))
        yield mean_root_fidelity(a, b), exact, exact * 1e-13, (a, b)
        exact = mean((n - m,)) / mp.sqrt(a)
        found = mean_root_fidelity(a, b, pair="state, mixed")
        yield found, exact, exact * 1e-13, (a, b)


def leading_orders(generator):
    a, b = dimensions(generator)
    m, n = min(a, b), max(a, b)
    mp.mp.dps = digits(a, b)
    kind = generator.integers(4)
    alpha = (
        float(generator.uniform(0, 4)),
        float(10.0 ** generator.uniform(-12, 2)),
        1 + float(10.0 ** generator.uniform(-15, -2)) * (-1) ** int(generator.integers(2)),
        float(generator.choice([0.0, 1.0, 2.0, 0.5, 3.0, 1e-300])),
    )[kind]
    c, order = mp.mpf(m) / n, mp.mpf(alpha)
    if alpha == 0:
        exact = mp.log(m)
    elif alpha == 1:
        exact = mp.log(m) - c / 2
    elif c == 1:
        moment = mp.gammaprod([1 + 2 * order], [1 + order, 2 + order])
        exact = mp.log(m) + mp.log(moment) / (1 - order)
    elif c > 0.9:
        return
    else:
        exact = mp.log(m) + mp.log(mp.hyp2f1(1 - order, -order, 2, c)) / (1 - order)
    yield marchenko_pastur_entropy(a, b, alpha), exact, 1e-14 * max(exact, 1), (a, b, alpha)


# Digits, seeds in the checks and seeds in the slow tests.
CASES = {
    rational: (700, 50, 1000),
    entropies: (40, 50, 1000),
    determinants: (40, 50, 1000),
    power_traces: (420, 50, 1000),
    capacities: (60, 50, 1000),
    negativities: (420, 50, 1000),
    fidelities: (60, 50, 1000),
    leading_orders: (700, 50, 1000),
}
