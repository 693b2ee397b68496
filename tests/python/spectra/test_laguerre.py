"""Finite Laguerre averages against alternating sums in multiprecision."""

import math
import subprocess
import sys

import mpmath as mp
import numpy as np
import pytest

from oracles.spectra import laguerre_power_mean, laguerre_root_matrix
from typicality.spectra._laguerre import (
    capacity_mean,
    log_fractional_mean,
    power_mean,
    root_overlaps,
)
from typicality.spectra._polygamma import (
    digamma_remainder,
    gamma_ratio_remainder,
    gamma_ratio_remainders,
    trigamma_remainder,
)

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
            value = log_fractional_mean(m, n, (n - m,), order)
            assert abs(mp.exp(value) / exact - 1) < 5e-15
    twin = power_mean(500, 700, 0.5)
    assert np.exp(log_fractional_mean(500, 700, (200,), 0.5)) == pytest.approx(twin, rel=1e-13)


@pytest.mark.parametrize(("m", "n"), [(2, 2), (8, 9), (12, 900), (3, 10**20), (2, 2**600)])
def test_power_means_of_large_orders(m, n):
    # Factors of 1e600 meet others of 1e-600.
    for order in (99.5, 300.5, 999.5, -7.5, -500.25, -999.5):
        if order <= -(n - m + 1):
            continue
        with mp.workdps(150 if n < 10**9 else 1500 if n < 10**30 else 4000):
            exact = laguerre_power_mean(m, n, order)
            if exact > 1e308:
                assert power_mean(m, n, order) == np.inf
            else:
                slack = 1e-14 * (10 + abs(order))
                assert power_mean(m, n, order) == pytest.approx(float(exact), rel=slack, abs=1e-300)


def test_power_means_underflow_to_zero():
    assert power_mean(2**16, 2**1000, 999.5) == power_mean(400, 400, 999.5) == 0.0


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


@pytest.mark.parametrize("m", [1, 7, 8, 9, 20])
def test_root_overlaps_in_pieces(monkeypatch, m):
    whole = root_overlaps(m, 23)
    monkeypatch.setattr("typicality.spectra._laguerre._ROWS", 4)
    pieces = root_overlaps(m, 23)
    np.testing.assert_allclose(pieces, whole, rtol=1e-13)


def test_large_root_overlaps_hear_signals():
    code = """
import signal, time
from typicality.spectra._laguerre import root_overlaps
times = []
# Time of the processor, since a busy machine may hold the process itself up.
signal.signal(signal.SIGALRM, lambda *_: times.append(time.process_time()))
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
root_overlaps(4096, 4096)
signal.setitimer(signal.ITIMER_REAL, 0.0)
print(max(after - before for before, after in zip(times, times[1:])))
"""
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(child.stdout) < 0.5


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
                ratio = mp.loggamma(big + shift) - mp.loggamma(big) - shift * mp.log(big)
                slack = 4e-15 * float(max(1, abs(ratio)))
                assert abs(gamma_ratio_remainder(x, shift) - ratio) < slack
        for x, shift in [(1, 1e-9 - 1), (59, 1e-9 - 59), (7, -6.75), (199, 1e-6 - 199)]:
            big = mp.mpf(x)
            ratio = mp.loggamma(big + shift) - mp.loggamma(big) - shift * mp.log(big)
            assert abs(gamma_ratio_remainder(x, shift) / ratio - 1) < 4e-15
    with mp.workdps(60):
        for first, shift in [(1, 0.5), (1, -0.9), (990, -989.5), (3, 1000.25), (10**9, 7.5)]:
            found = gamma_ratio_remainders(first, 3000, shift)
            for index in (0, 1, 19, 150, 199, 200, 201, 2999):
                big = mp.mpf(first + index)
                ratio = mp.loggamma(big + shift) - mp.loggamma(big) - shift * mp.log(big)
                assert abs(found[index] - ratio) < 1e-15 * max(10, abs(ratio), abs(shift))
    assert gamma_ratio_remainder(2**2000, 0.5) == 0.0


def test_single_sum_of_many_levels():
    # A running sum of logarithms would be wrong by 1e-12 here. In two steps it is not.
    side = 2048
    m = side * side

    def running(terms):
        rows = np.concatenate(([0.0], terms)).reshape(side, side)
        starts = np.array([math.fsum(rows[:i].sum(axis=1)) for i in range(side)])
        return np.cumsum(rows, axis=1) + starts[:, None]

    index = np.arange(1, m, dtype=float)
    up, down = running(np.log1p(0.5 / index)).ravel(), running(np.log1p(-0.5 / index)).ravel()
    total = math.log(math.fsum(np.exp(2 * up + down[::-1])))
    exact = total + float(mp.loggamma(1.5) - mp.log(m))
    assert log_fractional_mean(m, m, (0,), 0.5) == pytest.approx(exact, abs=2e-14)
