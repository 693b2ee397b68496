"""The Bures-Hall ensemble: exact means, the construction with a Haar unitary, one integral."""

import math

import mpmath as mp
import numpy as np
import pytest
from scipy import integrate, stats

from typicality.quantum import (
    bures_hall_mean_entropy,
    bures_hall_mean_purity,
    bures_hall_states,
    haar_unitaries,
    purity,
    von_neumann_entropy,
)
from typicality.spectra import wishart_matrices

SIZE = 20000


@pytest.mark.parametrize(("d", "d_b"), [(1, 3), (2, 2), (2, 5), (3, 3), (4, 7), (3, 1000)])
def test_means(d, d_b):
    rho = bures_hall_states(d, d_b, SIZE, rng=1)
    np.testing.assert_allclose(np.einsum("bii->b", rho), 1, rtol=1e-13)
    for measured, exact in (
        (purity(rho), bures_hall_mean_purity(d, d_b)),
        (von_neumann_entropy(rho), bures_hall_mean_entropy(d, d_b)),
    ):
        assert abs(measured.mean() - exact) <= 4 * measured.std() / math.sqrt(SIZE) + 1e-14


@pytest.mark.parametrize("d", [2, 4])
def test_haar_unitary_construction(d):
    rho = bures_hall_states(d, d, 4000, rng=2)
    factor = np.eye(d) + haar_unitaries(d, 4000, rng=3)
    twin = factor @ wishart_matrices(d, d, 4000, rng=4) @ factor.conj().swapaxes(-1, -2)
    twin /= np.einsum("bii->b", twin)[:, None, None]
    for statistic in (
        purity,
        lambda x: np.linalg.eigvalsh(x)[:, 0],
        lambda x: x[:, 0, 0].real,
        lambda x: x[:, -1, 0].imag,
    ):
        assert stats.ks_2samp(statistic(rho), statistic(twin)).pvalue > 1e-3


@pytest.mark.parametrize("d_b", [2, 4])
def test_two_levels_by_quadrature(d_b):
    def weight(x):
        return (x * (1 - x)) ** (d_b - 2.5) * (1 - 2 * x) ** 2

    # x = sin^2 t removes the roots at the ends.
    def average(function):
        return integrate.quad(
            lambda t: function(math.sin(t) ** 2) * weight(math.sin(t) ** 2) * math.sin(2 * t),
            1e-12,
            math.pi / 2 - 1e-12,
        )[0]

    mean = average(lambda x: x * x + (1 - x) ** 2) / average(lambda _: 1.0)
    assert bures_hall_mean_purity(2, d_b) == pytest.approx(mean, rel=1e-7)
    entropy = average(lambda x: -x * math.log(x) - (1 - x) * math.log(1 - x))
    assert bures_hall_mean_entropy(2, d_b) == pytest.approx(
        entropy / average(lambda _: 1.0), rel=1e-7
    )


def test_shapes_and_seeds():
    rho = bures_hall_states(3, 4, (2, 5), rng=5)
    assert rho.shape == (2, 5, 3, 3)
    np.testing.assert_allclose(bures_hall_states(3, 4, 10, rng=5).reshape(2, 5, 3, 3), rho)
    assert bures_hall_states(3, 4, rng=5).shape == (3, 3)
    assert bures_hall_states(3, 4, 0, rng=5).shape == (0, 3, 3)
    assert bures_hall_states(3, 4, dtype="complex64", rng=5).dtype == np.complex64
    assert bures_hall_mean_purity(2, 2**900) == pytest.approx(0.5)
    assert bures_hall_mean_entropy(2, 2**300) == pytest.approx(math.log(2), rel=1e-12)


@pytest.mark.parametrize(
    "call", [bures_hall_states, bures_hall_mean_purity, bures_hall_mean_entropy]
)
def test_bad_arguments(call):
    for d, d_b, message in [
        (3, 2, "d_b must be at least d"),
        (0, 2, "d must be at least 1"),
        (2.0, 2, "d must be an integer"),
        (2, None, "d_b must be an integer"),
    ]:
        with pytest.raises((ValueError, TypeError), match=message):
            call(d, d_b)


@pytest.mark.parametrize(
    ("d", "d_b"), [(2, 2), (2, 9), (2, 10**8), (3, 10**300), (2**999, 2**1000)]
)
def test_mean_entropy_in_all_dimensions(d, d_b):
    # For d << d_b large digammas are subtracted.
    with mp.workdps(60):
        half = mp.mpf(1) / 2
        exact = mp.digamma(mp.mpf(d) * d_b - half * d * d + 1) - mp.digamma(d_b + half)
    assert bures_hall_mean_entropy(d, d_b) == pytest.approx(float(exact), rel=2e-15)
