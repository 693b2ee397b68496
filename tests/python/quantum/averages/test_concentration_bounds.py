"""Eq. (1) and its neighbors: values, caps, broadcasting, and that they are bounds."""

import math

import numpy as np
import pytest
from scipy import stats

from typicality.quantum import chebyshev_bound, expectation_cdf, hoeffding_bound, levy_bound


def test_values():
    assert chebyshev_bound(0.5, 9, 1.0) == pytest.approx(0.05)
    assert chebyshev_bound(0.5, 9, 1.0, field="real") == pytest.approx(1 / 11)
    assert hoeffding_bound(2.0, 9, 1.0) == pytest.approx(2 * math.exp(-5))
    assert hoeffding_bound(2.0, 9, 1.0, field="real") == pytest.approx(2 * math.exp(-11 / 4))
    exact = 2 * math.exp(-(10**5) / (18 * math.pi**3))
    assert levy_bound(1.0, 10**5, 1.0) == pytest.approx(exact)
    assert chebyshev_bound(1.0, 2**1000, 1e-100) == pytest.approx(2.0**-1000 * 1e200)
    # The variance over the dimension has no float; the bound has.
    exact = 10**160 / 2**600
    assert chebyshev_bound(1e-200, 2**600, 1e-180) == pytest.approx(exact)
    assert chebyshev_bound(1e-100, 2**800, 1e-180) == 1.0


def test_caps_and_edges():
    assert chebyshev_bound(1.0, 1, 0.1) == 1.0
    assert levy_bound(1.0, 100, 0.5) == 1.0
    # At 0 the event is certain, and a constant observable never deviates.
    assert chebyshev_bound(0.0, 5, 0.0) == hoeffding_bound(0.0, 5, 0.0) == 1.0
    assert chebyshev_bound(0.0, 5, 0.1) == hoeffding_bound(0.0, 5, 0.1) == 0.0
    assert hoeffding_bound(1.0, 2**1000, 1.0) == 0.0


def test_broadcasting():
    d = np.array([3, 30, 300])
    bounds = chebyshev_bound([[1.0], [2.0]], d, 0.5)
    assert bounds.shape == (2, 3)
    assert bounds[1, 2] == pytest.approx(2 / 301 / 0.25)
    assert hoeffding_bound(1.0, d, [0.1, 0.2, 0.3]).shape == (3,)


@pytest.mark.parametrize("field", ["complex", "real"])
@pytest.mark.parametrize("seed", range(4))
def test_they_bound_the_exact_tail(field, seed):
    generator = np.random.default_rng(seed)
    values = generator.standard_exponential(generator.integers(2, 40)) ** 2
    mean, spread = values.mean(), np.ptp(values)
    epsilon = np.linspace(0.01, 1, 25) * spread
    tail = expectation_cdf(values, mean - epsilon, field=field)
    tail = tail + 1 - expectation_cdf(values, mean + epsilon, field=field)
    d = values.size
    assert (tail <= chebyshev_bound(values.var(), d, epsilon, field=field) + 1e-12).all()
    assert (tail <= hoeffding_bound(spread, d, epsilon, field=field) + 1e-12).all()
    assert (tail <= levy_bound(np.abs(values).max(), d, epsilon) + 1e-12).all()


def test_hoeffding_against_beta_tails():
    for d in (2, 5, 20, 200):
        for rank in {1, d // 2, d - 1}:
            law = stats.beta(rank, d - rank)
            epsilon = np.linspace(0.0, 1.0, 101)
            tail = law.sf(rank / d + epsilon) + law.cdf(rank / d - epsilon)
            assert (tail <= hoeffding_bound(1.0, d, epsilon) + 1e-12).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: chebyshev_bound(-1.0, 3, 0.1), "variance must not be negative"),
        (lambda: chebyshev_bound(1.0, 0, 0.1), "d must be at least 1"),
        (lambda: chebyshev_bound(1.0, 2.5, 0.1), "d must be an integer"),
        (lambda: chebyshev_bound(1.0, np.array([2.5]), 0.1), "d must hold integers"),
        (lambda: chebyshev_bound(1.0, np.array([0]), 0.1), "d must be at least 1"),
        (lambda: chebyshev_bound(1.0, 3, -0.1), "epsilon must not be negative"),
        (lambda: chebyshev_bound(1.0, 3, math.nan), "epsilon must be finite"),
        (lambda: chebyshev_bound(1.0, 3, 0.1, field=1), "field must be"),
        (lambda: hoeffding_bound("a", 3, 0.1), "spread must"),
        (lambda: levy_bound(1j, 3, 0.1), "norm must be real"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
