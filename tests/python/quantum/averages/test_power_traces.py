"""Exact means of power traces against permutations, pairings and multiprecision."""

import math
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest

from oracles.quantum import (
    log_determinant,
    page,
    power_trace_by_pairings,
    power_trace_by_permutations,
)
from oracles.spectra import laguerre_power_mean, laguerre_root_matrix
from typicality.quantum import (
    haar_power_traces,
    haar_schmidt_spectra,
    mean_log_determinant,
    mean_negativity,
    mean_power_trace,
    mean_purity,
    purity_variance,
)
from typicality.quantum._averages.power_traces import log_determinant_deficit

GRID = [(1, 1), (1, 4), (2, 2), (2, 3), (3, 3), (5, 3), (4, 11)]


@pytest.mark.parametrize(("d_a", "d_b"), GRID)
def test_whole_powers_by_brute_force(d_a, d_b):
    for k in range(1, 6):
        exact = float(power_trace_by_permutations(d_a, d_b, k))
        assert mean_power_trace(d_a, d_b, k) == pytest.approx(exact, rel=1e-15)
        exact = float(power_trace_by_pairings(d_a, d_b, k))
        assert mean_power_trace(d_a, d_b, k, field="real") == pytest.approx(exact, rel=1e-15)
    assert mean_purity(d_a, d_b) == pytest.approx(mean_power_trace(d_a, d_b, 2))
    real = mean_power_trace(d_a, d_b, 2, field="real")
    assert mean_purity(d_a, d_b, field="real") == pytest.approx(real)
    assert mean_power_trace(d_a, d_b, 0) == mean_power_trace(d_a, d_b, 0, field="real")
    assert mean_power_trace(d_a, d_b, 0) == min(d_a, d_b)


def test_printed_polynomials():
    d_a, d_b = 3, 7
    d = d_a * d_b
    k3 = (d_a**2 + 3 * d + d_b**2 + 1) / ((d + 1) * (d + 2))
    assert mean_power_trace(d_a, d_b, 3) == pytest.approx(k3)
    k4 = (d_a + d_b) * (d_a**2 + 5 * d + d_b**2 + 5) / ((d + 1) * (d + 2) * (d + 3))
    assert mean_power_trace(d_a, d_b, 4) == pytest.approx(k4)


def test_printed_polynomials_of_real_states():
    for m, n in [(2, 3), (3, 7), (8, 8), (5, 2**300)]:
        s, d = m + n, m * n
        k3 = Fraction(m * m + 3 * d + n * n + 3 * s + 4, (d + 2) * (d + 4))
        assert mean_power_trace(m, n, 3, field="real") == k3.numerator / k3.denominator
        k4 = m**3 + 6 * m * m * n + 6 * m * n * n + n**3 + 6 * m * m + 17 * d + 6 * n * n + 21 * s
        k4 = Fraction(k4 + 20, (d + 2) * (d + 4) * (d + 6))
        assert mean_power_trace(m, n, 4, field="real") == k4.numerator / k4.denominator


@pytest.mark.parametrize("order", [5, 6, 13, 30, 64])
@pytest.mark.parametrize("n", [2, 3, 9])
def test_high_orders_of_two_real_levels(order, n):
    # p and 1 - p with z = (2 p - 1)^2 have a density z^0 (1 - z)^((n - 3) / 2) in z, by hand.
    with mp.workdps(40):
        exact = mp.mpf(0)
        for even in range(0, order + 1, 2):
            moment = mp.beta(1 + mp.mpf(even) / 2, mp.mpf(n - 1) / 2)
            exact += 2 * mp.binomial(order, even) * moment
        exact /= 2**order * mp.beta(1, mp.mpf(n - 1) / 2)
    found = mean_power_trace(2, n, order, field="real")
    assert found == pytest.approx(float(exact), rel=1e-15)
    assert found == mean_power_trace(n, 2, order, field="real")


def test_real_order_does_not_matter_to_product_states():
    for order in (1, 5, 40, 64):
        assert mean_power_trace(1, 7, order, field="real") == 1.0
        assert mean_power_trace(2**900, 1, order, field="real") == 1.0


@pytest.mark.parametrize(("m", "n"), [(1, 4), (2, 2), (2, 3), (3, 8), (20, 20), (6, 10**9)])
def test_real_powers(m, n):
    with mp.workdps(60):
        for order in (0.5, -0.5, 0.1, 1.3, 2.5, 7.7, 20.5, 600.0):
            exact = laguerre_power_mean(m, n, order)
            value = mean_power_trace(n, m, order)
            assert value == pytest.approx(float(exact), rel=1e-14 * (10 + abs(order)), abs=1e-300)


@pytest.mark.parametrize(("m", "n"), [(2, 60), (2, 10), (5, 30), (2, 200)])
@pytest.mark.parametrize("above", [0.5, 1e-4, 1e-6, 1e-8])
def test_negative_powers_next_to_the_pole(m, n, above):
    order = -(n - m + 1) + above
    with mp.workdps(60):
        exact = float(laguerre_power_mean(m, n, mp.mpf(order)))
    assert mean_power_trace(m, n, order) == pytest.approx(exact, rel=1e-14 * (10 + abs(order)))


def test_negative_powers_exist_up_to_the_hard_edge():
    assert mean_power_trace(3, 5, -1) == 3 * 14 / 2
    assert mean_power_trace(5, 3, -1) == mean_power_trace(3, 5, -1)
    assert mean_power_trace(3, 3, -1) == math.inf
    assert mean_power_trace(3, 3, -0.999) < math.inf
    assert mean_power_trace(3, 4, -1.9) == pytest.approx(
        float(laguerre_power_mean(3, 4, -1.9)), rel=1e-12
    )
    assert mean_power_trace(3, 4, -2) == math.inf


def test_huge_dimensions():
    big = 2**500
    assert mean_purity(big, big) == pytest.approx(2.0**-499, rel=1e-15)
    assert mean_purity(1, big) == 1.0
    assert purity_variance(1, big) == 0.0
    assert mean_power_trace(2, big, 0.5) == pytest.approx(math.sqrt(2), rel=1e-14)
    assert mean_power_trace(big, big, 3) == pytest.approx(5 * 2.0**-1000, rel=1e-15)
    assert mean_power_trace(4, big, -1) == 16.0
    assert mean_power_trace(2**999, 2**999 + 1, -1) == math.inf
    for m in (4, 1000, 2**16):
        for order in (-0.9, 0.5, 2.5, 7.7, 20.5):
            mean = mean_power_trace(m, 2**1000, order)
            assert mean == pytest.approx(m ** (1 - order), rel=1e-14 * (10 + order))
    assert mean_power_trace(2**20, 2**1000, 0.5) == pytest.approx(2.0**10, rel=1e-14)
    # D has no float here.
    assert mean_power_trace(2**24, 2**1000, 0.5) == pytest.approx(2.0**12, rel=1e-14)
    assert mean_negativity(64, 2**1000) == pytest.approx(31.5, rel=1e-14)


@pytest.mark.parametrize("field", ["complex", "real"])
@pytest.mark.parametrize(("d_a", "d_b"), [*GRID, (40, 8)])
def test_draws_have_these_moments(d_a, d_b, field):
    size = 20000
    purities = haar_power_traces(d_a, d_b, 2, size, field=field, rng=21)
    mean, variance = mean_purity(d_a, d_b, field=field), purity_variance(d_a, d_b, field=field)
    assert abs(purities.mean() - mean) <= 4 * math.sqrt(variance / size) + 1e-15
    spread = (purities - mean) ** 2
    assert abs(spread.mean() - variance) <= 4 * spread.std() / math.sqrt(size) + 1e-15
    for k in (3, 5, 8):
        traces = haar_power_traces(d_a, d_b, k, size, field=field, rng=22)
        error = abs(traces.mean() - mean_power_trace(d_a, d_b, k, field=field))
        assert error <= 4 * traces.std() / math.sqrt(size) + 1e-15


@pytest.mark.parametrize(("m", "n"), [(1, 3), (2, 2), (3, 3), (3, 8), (30, 31), (5, 10**6)])
def test_log_determinant(m, n):
    with mp.workdps(40):
        exact = log_determinant(m, n)
    assert mean_log_determinant(m, n) == pytest.approx(float(exact), rel=1e-14, abs=1e-300)


@pytest.mark.parametrize("t", [0.02, 0.0999, 0.1001, 0.3, 0.4999, 0.5001, 0.8])
def test_deficit_of_the_log_determinant_keeps_its_digits(t):
    for n in (10**4, 10**12, 10**200):
        m = round(Fraction(t) * n)
        with mp.workdps(500):
            rest = (n - m) * mp.digamma(n - m + 1)
            exact = mp.digamma(m * n) - mp.log(m) - (n * mp.digamma(n + 1) - rest - m) / m
        assert log_determinant_deficit(m, n) == pytest.approx(float(exact), rel=2e-15)


def test_log_determinant_at_the_ends():
    assert mean_log_determinant(3, 2) == -math.inf
    assert mean_log_determinant(2, 2**900) == pytest.approx(-2 * math.log(2), rel=1e-15)
    with mp.workdps(500):
        n = mp.mpf(2) ** 300
        # Sum of psi(k) for k = 1..n is n (psi(n + 1) - 1).
        exact = n * (mp.digamma(n + 1) - 1) - n * mp.digamma(n * n)
        assert mean_log_determinant(2**300, 2**300) == pytest.approx(float(exact), rel=1e-14)


@pytest.mark.parametrize(("m", "n"), [(1, 3), (2, 2), (3, 5), (10, 10), (4, 10**6)])
def test_negativity_by_the_two_point_kernel(m, n):
    with mp.workdps(50):
        overlaps = laguerre_root_matrix(m, n)
        trace = mp.fsum(overlaps[i, i] for i in range(m))
        square = mp.fsum(x * x for x in overlaps)
        exact = (trace * trace - square) / (2 * m * n)
    assert mean_negativity(n, m) == pytest.approx(float(exact), rel=1e-13, abs=1e-15)


def test_negativity_of_draws():
    p = haar_schmidt_spectra(3, 5, 20000, rng=23)
    negativity = (np.sqrt(p).sum(-1) ** 2 - 1) / 2
    error = abs(negativity.mean() - mean_negativity(3, 5))
    assert error <= 4 * negativity.std() / math.sqrt(20000)


def test_entropy_is_the_slope_of_the_power_trace():
    with mp.workdps(30):
        slope = (mean_power_trace(6, 9, 1 + 1e-5) - mean_power_trace(6, 9, 1 - 1e-5)) / 2e-5
        assert -slope == pytest.approx(float(page(6, 9)), rel=1e-8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_purity(0, 2), "d_a must be"),
        (lambda: mean_purity(2, 2.5), "d_b must be"),
        (lambda: mean_purity(2, 2, field="both"), "field must be"),
        (lambda: purity_variance(2, None), "d_b must be"),
        (lambda: mean_power_trace(2, 2, 65, field="real"), "order must be a whole .* 0 to 64"),
        (lambda: mean_power_trace(2, 2, -1, field="real"), "order must be a whole"),
        (lambda: mean_power_trace(2, 2, 0.5, field="real"), "order must be"),
        (lambda: mean_power_trace(2, 2, math.nan), "order must be"),
        (lambda: mean_power_trace(2, 2, 1e6 + 0.5), "order must be at most"),
        (lambda: mean_power_trace(2**20, 2**20, 1.5), r"min\(d_a, d_b\) must be at most"),
        (lambda: mean_negativity(2**13, 2**13), r"min\(d_a, d_b\) must be at most"),
        (lambda: mean_log_determinant("2", 2), "d_a must be"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


@pytest.mark.parametrize("order", [-1, -2, -5, -10.5, -0.5, 0.5, 7.5, -1e9])
@pytest.mark.parametrize("d", [1, 5, 2**300])
def test_pure_reduced_states_have_one_eigenvalue_of_one(d, order):
    assert mean_power_trace(1, d, order) == mean_power_trace(d, 1, order) == 1.0
