"""Mean capacity of entanglement against draws and its known values."""

import math

import mpmath as mp
import pytest

from oracles.quantum import page, page_variance
from oracles.spectra import laguerre_power_mean
from typicality.quantum import (
    haar_schmidt_spectra,
    mean_entanglement_capacity,
    spectrum_capacity,
)


@pytest.mark.parametrize(("d_a", "d_b"), [(2, 2), (3, 2), (3, 7), (8, 8), (2, 1000), (5, 10**8)])
def test_second_derivative_of_the_power_trace(d_a, d_b):
    m, n = sorted((d_a, d_b))
    with mp.workdps(60):
        second = mp.diff(lambda s: laguerre_power_mean(m, n, s), 1, 2)
        exact = second - page_variance(m, n) - page(m, n) ** 2
    assert mean_entanglement_capacity(d_a, d_b) == pytest.approx(float(exact), rel=1e-13)


def test_limits():
    assert mean_entanglement_capacity(1, 2**300) == 0.0
    limit = math.pi**2 / 3 - 11 / 4
    assert mean_entanglement_capacity(2048, 2048) == pytest.approx(limit, rel=1e-5)
    assert mean_entanglement_capacity(3, 2**400) * 2.0**400 == pytest.approx(3 - 1 / 3, rel=1e-14)


@pytest.mark.parametrize(("d_a", "d_b"), [(2, 2), (5, 3)])
def test_draws(d_a, d_b):
    capacity = spectrum_capacity(haar_schmidt_spectra(d_a, d_b, 20000, rng=4))
    error = abs(capacity.mean() - mean_entanglement_capacity(d_a, d_b))
    assert error <= 4 * capacity.std() / math.sqrt(20000)


@pytest.mark.parametrize("bad", [0, 2.0, None])
def test_bad_arguments(bad):
    with pytest.raises((ValueError, TypeError), match="d_b must be"):
        mean_entanglement_capacity(2, bad)
    with pytest.raises(ValueError, match="must be at most"):
        mean_entanglement_capacity(2**17, 2**17)
