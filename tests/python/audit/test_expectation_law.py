"""`expectation_cdf`, both tails, and `expectation_pdf` at random and hostile points by Imhof."""

import math

import numpy as np
import pytest

from oracles.expectation_law import imhof
from typicality.quantum import expectation_cdf, expectation_pdf

PROMISED = 1e-9


def hostile_point(seed):
    """Few levels, some of them close, far apart or degenerate; a point anywhere between them."""
    generator = np.random.default_rng([7, seed])
    n = int(generator.integers(2, 8))
    levels = generator.standard_normal(n)
    kind = seed % 4
    if kind == 1:
        # Partners at distances over many powers of ten.
        partners = generator.integers(0, n, 2)
        levels = np.append(levels, levels[partners] + 10.0 ** generator.uniform(-12, -1, 2))
    elif kind == 2:
        levels = generator.choice([-1.0, 1.0], n) * 10.0 ** generator.uniform(-6, 2, n)
    elif kind == 3:
        levels = np.round(levels, 1)
    levels = np.unique(levels)
    if levels.size == 1:
        levels = np.append(levels, levels + 1.0)
    counts = generator.choice([1, 1, 1, 2, 3, 5], levels.size)
    left = int(generator.integers(0, levels.size - 1))
    share = generator.choice([generator.random(), 10.0 ** generator.uniform(-9, -1)])
    x = levels[left] + share * (levels[left + 1] - levels[left])
    if not levels[left] < x < levels[left + 1]:
        x = (levels[left] + levels[left + 1]) / 2
    return levels, counts, float(x), ("complex", "real")[seed // 4 % 2]


def errors(seed, digits):
    """Relative errors of the smaller tail and the density, absolute one of the larger tail."""
    levels, counts, x, field = hostile_point(seed)
    below, above, density = (float(v) for v in imhof(levels, counts, x, field, digits))
    arguments = {"multiplicities": counts, "field": field}
    found = expectation_cdf(levels, x, **arguments)
    rest = expectation_cdf(levels, x, upper=True, **arguments)
    slope = expectation_pdf(levels, x, **arguments)
    # What the oracle's digits resolve: smaller tails are compared as numbers.
    floor = 10.0 ** (26 - digits)
    mean = levels @ counts / counts.sum()
    tail, exact = (found, below) if x <= mean else (rest, above)
    return (
        abs(tail - exact) / max(exact, floor),
        max(abs(found - below), abs(rest - above)),
        abs(slope - density) / max(density, floor),
    )


def assert_promise_is_kept(seed, digits):
    for error in errors(seed, digits):
        assert error <= PROMISED, (seed, hostile_point(seed), error)


@pytest.mark.parametrize("seed", range(50))
def test_promise_is_kept(seed):
    assert_promise_is_kept(seed, 33)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(40))
def test_promise_is_kept_at_a_thousand_points(part):
    for seed in range(100 + 25 * part, 125 + 25 * part):
        assert_promise_is_kept(seed, 45)


@pytest.mark.parametrize("x", [0.9, 1.15, 1.2, 1.5, 2.0])
def test_between_near_levels_of_real_states(x):
    levels = [0.0, 0.3, 1.0, 1.1, 2.5, 4.0]
    below, above, density = (float(v) for v in imhof(levels, [1] * 6, x, "real", 40))
    assert expectation_cdf(levels, x, field="real") == pytest.approx(below, abs=1e-13)
    assert expectation_cdf(levels, x, field="real", upper=True) == pytest.approx(above, abs=1e-13)
    assert expectation_pdf(levels, x, field="real") == pytest.approx(density, rel=1e-12)
    if x == 1.2:
        assert math.isclose(below, 0.3942481251729856, rel_tol=1e-15)
