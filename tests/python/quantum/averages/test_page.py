"""Page's mean, its variance and Eq. (2) against sums and multiprecision."""

import math

import mpmath as mp
import pytest

from oracles.quantum import page, page_by_sum, page_variance
from oracles.spectra import marchenko_pastur_integral
from typicality.quantum import (
    marchenko_pastur_entropy,
    page_deficit,
    page_entropy,
    page_entropy_variance,
)

SIZES = [(2, 2), (2, 3), (3, 2), (5, 7), (13, 19), (16, 16), (20, 21), (64, 4096), (2, 10**6)]
HUGE = [(2, 10**12), (2, 2**500), (7, 2**100), (2**50, 2**200), (2**500, 2**500)]


@pytest.mark.parametrize(("d_a", "d_b"), SIZES)
def test_page_is_his_sum(d_a, d_b):
    m, n = sorted((d_a, d_b))
    with mp.workdps(30):
        exact = page_by_sum(m, n) if m * n < 3000 else page(m, n)
        assert page_entropy(d_a, d_b) == pytest.approx(float(exact), rel=2e-15)


@pytest.mark.parametrize(("d_a", "d_b"), SIZES + HUGE)
def test_nothing_cancels(d_a, d_b):
    m, n = sorted((d_a, d_b))
    with mp.workdps(700):
        exact = page(m, n)
        deficit = mp.log(m) - exact
        variance = page_variance(m, n)
        assert page_entropy(d_a, d_b) == pytest.approx(float(exact), rel=2e-15)
        assert page_deficit(d_a, d_b) == pytest.approx(float(deficit), rel=2e-15)
        assert page_entropy_variance(d_a, d_b) == pytest.approx(float(variance), rel=2e-14)


def test_product_states_have_no_entropy():
    for n in (1, 2, 10**6, 2**1000):
        assert page_entropy(1, n) == page_deficit(n, 1) == page_entropy_variance(1, n) == 0.0


def test_variance_tends_to_its_leading_order():
    # (2 - c) / (4 n^2), not the 1/(4 n^2) of a first guess.
    assert page_entropy_variance(2**30, 2**31) * 4 * 2.0**62 == pytest.approx(1.5, rel=1e-8)


@pytest.mark.parametrize(("d_a", "d_b"), [(4, 4), (4, 8), (8, 4), (30, 1000)])
@pytest.mark.parametrize("alpha", [0.3, 0.5, 0.999999, 1, 1.0001, 2, 3.5, 12, 80])
def test_equation_two_by_quadrature(d_a, d_b, alpha):
    m, n = sorted((d_a, d_b))
    with mp.workdps(40):
        c = mp.mpf(m) / n
        if alpha == 1:
            mean = -marchenko_pastur_integral(c, lambda x: x * mp.log(x))
        else:
            moment = marchenko_pastur_integral(c, lambda x: x ** mp.mpf(alpha))
            mean = mp.log(moment) / (1 - mp.mpf(alpha))
        exact = mp.log(m) + mean
    assert marchenko_pastur_entropy(d_a, d_b, alpha) == pytest.approx(float(exact), rel=1e-12)


def test_equation_two_at_its_special_orders():
    for d_a, d_b in [(4, 4), (4, 8), (8, 4), (2**500, 2**505), (1, 9)]:
        m, n = sorted((d_a, d_b))
        c = m / n
        assert marchenko_pastur_entropy(d_a, d_b, 0) == pytest.approx(math.log(m))
        assert marchenko_pastur_entropy(d_a, d_b, 1) == pytest.approx(math.log(m) - c / 2)
        # The paper prints alpha = 0 where this is the purity's.
        exact = math.log(m) - math.log1p(c)
        assert marchenko_pastur_entropy(d_a, d_b, 2) == pytest.approx(exact)
        exact = math.log(m) - 2 * math.log1p(math.sqrt(c))
        assert marchenko_pastur_entropy(d_a, d_b, math.inf) == pytest.approx(exact)


def test_equation_two_at_orders_near_the_largest_float():
    for d_a, d_b in [(4, 8), (8, 8), (3, 2**900)]:
        limit = marchenko_pastur_entropy(d_a, d_b, math.inf)
        for alpha in (1e18, 1e300, 1e308, 1.7e308):
            assert marchenko_pastur_entropy(d_a, d_b, alpha) == pytest.approx(limit, rel=1e-15)


def test_equation_two_is_smooth_in_alpha():
    for start, end, slack in [(1, 1 + 1e-9, 1e-9), (15.9999, 16.0001, 1e-5), (0, 1e-9, 1e-8)]:
        first = marchenko_pastur_entropy(32, 32, start)
        assert marchenko_pastur_entropy(32, 32, end) == pytest.approx(first, abs=slack)
    limit = marchenko_pastur_entropy(32, 64, math.inf)
    assert marchenko_pastur_entropy(32, 64, 1e12) == pytest.approx(limit, abs=1e-9)


def test_page_and_equation_two_differ_by_the_stated_order():
    for m, n in [(16, 16), (64, 256), (1000, 1000)]:
        error = marchenko_pastur_entropy(m, n, 1) - page_entropy(m, n)
        assert error == pytest.approx(-1 / (2 * m * n) + 1 / (2 * m * n) * 0 - 0, abs=1 / (m * n))


@pytest.mark.parametrize(
    "bad", [0, -3, 2.0, "2", None, True, math.nan, 2**1001, (2,)], ids=lambda x: type(x).__name__
)
def test_bad_dimensions(bad):
    for function in (page_entropy, page_deficit, page_entropy_variance):
        with pytest.raises((ValueError, TypeError), match="d_a must be"):
            function(bad, 2)
        with pytest.raises((ValueError, TypeError), match="d_b must be"):
            function(2, bad)


@pytest.mark.parametrize("alpha", [-0.1, math.nan, "1", None, [1.0]])
def test_bad_orders(alpha):
    with pytest.raises((ValueError, TypeError), match="alpha must be"):
        marchenko_pastur_entropy(2, 2, alpha)
