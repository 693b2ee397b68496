"""Finite Laguerre averages against alternating sums in multiprecision."""

import mpmath as mp
import numpy as np
import pytest

from oracles.spectra import laguerre_power_mean, laguerre_root_matrix
from typicality.spectra.laguerre import (
    capacity_mean,
    log_fractional_sum,
    power_mean,
    root_overlaps,
)
from typicality.spectra.polygamma import digamma_remainder, log_gamma_ratio, trigamma_remainder

SIZES = [(1, 1), (1, 4), (2, 2), (2, 3), (3, 8), (8, 8), (12, 1000), (5, 10**9)]


@pytest.mark.parametrize(("m", "n"), SIZES)
@pytest.mark.parametrize("order", [-0.5, 0.1, 0.5, 1.3, 2.5, 7.7, 20.5])
def test_power_means(m, n, order):
    with mp.workdps(60):
        exact = laguerre_power_mean(m, n, order)
        assert abs(power_mean(m, n, order) / exact - 1) < 5e-14


@pytest.mark.parametrize(("m", "n"), SIZES)
def test_single_sum_for_fractional_orders(m, n):
    with mp.workdps(60):
        for order in (-0.9, -0.5, 0.0, 0.1, 0.5, 0.99):
            exact = laguerre_power_mean(m, n, order)
            norm = mp.loggamma(m * n + mp.mpf(order)) - mp.loggamma(m * n)
            value = log_fractional_sum(m, (n - m,), order) - norm
            assert abs(mp.exp(value) / exact - 1) < 5e-14
    twin = power_mean(500, 700, 0.5)
    norm = log_gamma_ratio(350000, 0.5)
    assert np.exp(log_fractional_sum(500, (200,), 0.5) - norm) == pytest.approx(twin, rel=1e-12)


def test_power_mean_of_many_levels():
    with mp.workdps(80):
        exact = laguerre_power_mean(30, 31, 0.5)
        assert abs(power_mean(30, 31, 0.5) / exact - 1) < 1e-13
        assert abs(power_mean(30, 31, -1.75) / laguerre_power_mean(30, 31, -1.75) - 1) < 1e-13


@pytest.mark.parametrize(("m", "n"), [(2, 2), (3, 7), (10, 10), (4, 10**6)])
def test_root_overlaps(m, n):
    with mp.workdps(50):
        exact = laguerre_root_matrix(m, n) / mp.sqrt(n)
        expected = np.array(exact.tolist(), dtype=float)
    np.testing.assert_allclose(np.abs(root_overlaps(m, n)), np.abs(expected), atol=4e-15)


@pytest.mark.parametrize(("m", "n"), [(2, 2), (3, 3), (3, 7), (8, 8), (2, 1000), (5, 10**8)])
def test_capacity_mean_is_a_second_derivative(m, n):
    with mp.workdps(60):
        exact = mp.diff(lambda s: m ** (s - 1) * laguerre_power_mean(m, n, s), 1, 2)
        assert abs(capacity_mean(m, n) / exact - 1) < 1e-13


def test_remainders_of_gamma_functions():
    with mp.workdps(400):
        for x in [1, 2, 7, 19, 20, 21, 1000, 2**60, 2**200]:
            big = mp.mpf(x)
            psi = mp.digamma(big + 1) - mp.log(big) - 1 / (2 * big)
            assert abs(digamma_remainder(x) - psi) < 1e-13 * abs(psi) + 2e-16
            psi = mp.psi(1, big) - 1 / big - 1 / (2 * big * big)
            assert abs(trigamma_remainder(x) - psi) < 1e-13 * abs(psi) + 2e-16
            for shift in (0.5, -0.9, 3.25, 900.5):
                ratio = mp.loggamma(big + shift) - mp.loggamma(big)
                slack = 4e-15 * max(1.0, float(abs(ratio)))
                assert abs(log_gamma_ratio(x, shift) - ratio) < slack
