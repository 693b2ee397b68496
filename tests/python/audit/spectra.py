"""Entropies, moments and eigenvalues of given spectra, and Gamma functions taken apart."""

import math

import mpmath as mp
import numpy as np

from audit.points import EPS, bits, digits
from oracles.quantum import renyi
from typicality.quantum import spectrum_capacity, spectrum_entropy
from typicality.spectra import power_moments, tridiagonal_eigenvalues
from typicality.spectra._polygamma import (
    digamma_minus_log,
    digamma_remainder,
    gamma_ratio_remainder,
    gamma_ratio_remainders,
    trigamma_remainder,
)


def magnitude(generator, low, high):
    return float(10.0 ** generator.uniform(low, high))


def probabilities(generator):
    n, kind = int(generator.integers(1, 9)), generator.integers(4)
    if kind == 0:
        p = np.full(n, 1 / n)
    elif kind == 1:
        p = 10.0 ** generator.uniform(-300, 0, n)
    elif kind == 2:
        p = np.full(n, 1 / n) * (1 + 10.0 ** generator.uniform(-15, -2) * generator.random(n))
    else:
        p = generator.dirichlet(np.ones(n))
    if generator.integers(3) == 0:
        p = np.append(p, 0.0)
    return p / math.fsum(p)


def entropies(generator):
    p = probabilities(generator)
    alpha = (
        float(generator.uniform(0, 4)),
        1 + magnitude(generator, -15, -1) * (-1) ** int(generator.integers(2)),
        magnitude(generator, -3, 4),
        float(generator.choice([0.0, 1.0, 2.0, math.inf, 0.5, 1.5])),
    )[generator.integers(4)]
    count = sum(p > 0)
    exact = mp.log(int(count)) if alpha == 0 else renyi(p, alpha)
    # Normalized only to rounding, the sum of p leaves its mark of eps alpha / |alpha - 1|.
    slack = 8 * EPS * (1 + exact)
    if alpha not in (0.0, 1.0, math.inf):
        slack += (
            2 * EPS * alpha / abs(alpha - 1) * (abs(mp.fsum(p) - 1) / EPS if alpha > 0.5 else 1)
        )
    named = {"p": p.tolist(), "alpha": alpha}
    yield spectrum_entropy(p, alpha), exact, slack, named | {"name": "entropy"}
    q = [mp.mpf(float(x)) for x in p if x > 0]
    mean = mp.fsum(x * mp.log(x) for x in q)
    exact = mp.fsum(x * (mp.log(x) - mean) ** 2 for x in q)
    slack = 1e-14 * exact + EPS**2 * 100
    yield spectrum_capacity(p), exact, slack, named | {"name": "capacity"}


def moments(generator):
    n = int(generator.integers(1, 9))
    values = 10.0 ** generator.uniform(-8, 8, n) * (
        generator.choice([-1.0, 1.0], n) if generator.integers(2) else 1
    )
    whole = float(generator.integers(-6, 9))
    order = whole if values.min() < 0 or generator.integers(2) else float(generator.uniform(-9, 9))
    terms = [mp.sign(v) ** int(order) * abs(mp.mpf(float(v))) ** mp.mpf(order) for v in values]
    exact, size = mp.fsum(terms) / n, mp.fsum(abs(t) for t in terms) / n
    found = power_moments(values, order)
    yield found, exact, size * 16 * EPS, {"values": values, "order": order, "name": "moment"}


def eigenvalues(generator):
    n, kind = int(generator.integers(1, 7)), generator.integers(4)
    main, side = generator.standard_normal(n), generator.standard_normal(n - 1)
    if kind == 1:
        main, side = main * 10.0 ** generator.uniform(-30, 0, n), side * 1e-8
    elif kind == 2:
        main = np.round(main)
        side = side * generator.choice([0.0, 1e-9, 1.0], n - 1)
    scale = float(generator.choice([1.0, 1e150, 1e-150, 1e-300, 1e300]))
    main, side = main * scale, side * scale
    found = tridiagonal_eigenvalues(main, side)
    matrix = mp.zeros(n, n)
    for i in range(n):
        matrix[i, i] = mp.mpf(float(main[i])) / mp.mpf(scale)
        if i:
            matrix[i, i - 1] = matrix[i - 1, i] = mp.mpf(float(side[i - 1])) / mp.mpf(scale)
    exact = sorted(mp.eigsy(matrix, eigvals_only=True))
    largest = max(abs(x) for x in exact) * mp.mpf(scale)
    for value, true in zip(found, exact, strict=True):
        named = {"main": main, "side": side, "name": "eigenvalue"}
        yield value, true * mp.mpf(scale), largest * 4 * math.sqrt(n) * EPS, named


def gammas(generator):
    x = bits(generator)
    mp.mp.dps = digits(x) * 2
    exact = mp.digamma(x + 1) - mp.log(x) - 1 / (2 * mp.mpf(x))
    # Beside 1/(2 x) it is added to, below 20.
    slack = 4 * EPS * abs(exact) if x >= 20 else 4 * EPS
    yield digamma_remainder(x), exact, slack, {"x": x, "name": "digamma remainder"}
    exact = mp.digamma(mp.mpf(x) / 2) - mp.log(mp.mpf(x) / 2)
    slack = 4 * EPS * abs(exact) if x >= 40 else 8 * EPS
    yield digamma_minus_log(x), exact, slack, {"x": x, "name": "digamma minus log"}
    exact = mp.psi(1, x) - 1 / mp.mpf(x) - 1 / (2 * mp.mpf(x) ** 2)
    slack = 4 * EPS * abs(exact) if x >= 20 else 4 * EPS
    yield trigamma_remainder(x), exact, slack, {"x": x, "name": "trigamma remainder"}
    kind = generator.integers(4)
    shift = (
        float(generator.uniform(-1, 1)),
        float(generator.uniform(-1, 1) * 10.0 ** generator.uniform(-12, 3)),
        -float(min(x, 1000)) * (1 - magnitude(generator, -8, -1)),
        float(generator.choice([0.5, -0.5, 1.0, 2.0])),
    )[kind]
    if shift <= -x:
        return
    z = mp.mpf(shift)
    exact = mp.loggamma(x + z) - mp.loggamma(x) - z * mp.log(x)
    slack = 8 * EPS * abs(exact) + 8 * EPS * abs(z)
    named = {"x": x, "shift": shift}
    found = gamma_ratio_remainder(x, shift)
    yield found, exact, slack, named | {"name": "gamma ratio"}
    first = max(1, x - 3)
    if first + shift > 0:
        many = gamma_ratio_remainders(first, min(x - first + 1, 4), shift)
        if x < 2**53:
            yield many[-1], exact, slack, named | {"name": "gamma ratios"}


# Digits, seeds in the checks and seeds in the slow tests.
CASES = {
    entropies: (360, 50, 1000),
    moments: (60, 50, 1000),
    eigenvalues: (60, 50, 1000),
    gammas: (60, 50, 1000),
}
