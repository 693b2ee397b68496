"""Exact means over states with a fixed number of particles, in multiprecision and fractions."""

import math
from fractions import Fraction

import mpmath as mp

from audit.points import EPS, digits
from oracles.quantum import page, page_variance
from typicality.quantum import (
    sector_mean_purity,
    sector_page_entropy,
    sector_page_entropy_variance,
)


def sector(generator, most):
    """Sites, particles, sites of A, and the dimensions of the blocks on both sides."""
    n = int(generator.integers(1, 12) if generator.integers(2) else most ** generator.random())
    charge, n_a = (int(v) for v in generator.integers(0, n + 1, 2))
    blocks = [
        (math.comb(n_a, k), math.comb(n - n_a, charge - k))
        for k in range(max(0, charge - n + n_a), min(charge, n_a) + 1)
    ]
    return (n, charge, n_a), blocks


def purities(generator):
    place, blocks = sector(generator, 1000)
    d = sum(a * b for a, b in blocks)
    # Averages of two copies: the identity, the exchange and, for real states, the transposition.
    pairs = sum(a * b * (a + b) for a, b in blocks)
    for field, exact in (
        ("complex", Fraction(pairs, d * (d + 1))),
        ("real", Fraction(pairs + d, d * (d + 2))),
    ):
        value = mp.mpf(exact.numerator) / exact.denominator
        found = sector_mean_purity(*place, field=field)
        yield found, value, value * EPS / 2, {"place": place, "name": f"purity {field}"}


def sector_entropies(generator):
    place, blocks = sector(generator, 60)
    sizes = [a * b for a, b in blocks]
    d = sum(sizes)
    mp.mp.dps = 2 * digits(d)
    means = [page(min(a, b), max(a, b)) for a, b in blocks]
    variances = [page_variance(min(a, b), max(a, b)) for a, b in blocks]
    exact = mp.fsum(
        mp.mpf(size) / d * (mean + mp.digamma(d + 1) - mp.digamma(size + 1))
        for size, mean in zip(sizes, means, strict=True)
    )
    named = {"place": place}
    yield sector_page_entropy(*place), exact, exact * 8 * EPS, named | {"name": "sector entropy"}
    # Moments of a Dirichlet distribution, block by block.
    norm, end, bend = mp.mpf(d) * (d + 1), mp.digamma(d + 2), mp.psi(1, d + 2)
    # E w_k w_l and its derivatives in the exponents, without what only k = l has.
    logs = [mp.digamma(size + 1) - end for size in sizes]
    parts = [size * (m - log) for size, m, log in zip(sizes, means, logs, strict=True)]
    square = (mp.fsum(parts) ** 2 - bend * mp.mpf(d) ** 2) / norm
    for size, m, spread, log in zip(sizes, means, variances, logs, strict=True):
        same = mp.digamma(size + 2) - end
        inner = (m - same) ** 2 + mp.psi(1, size + 2) - bend + spread
        square += (size * (size + 1) * inner - size**2 * ((m - log) ** 2 - bend)) / norm
    exact = square - exact**2
    found = sector_page_entropy_variance(*place)
    yield found, exact, exact * 1e-13, named | {"name": "sector variance"}


# Digits, seeds in the checks and seeds in the slow tests.
CASES = {
    purities: (700, 50, 1000),
    sector_entropies: (60, 50, 1000),
}
