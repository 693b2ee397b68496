"""The fit of the fitting threshold on lines, on Gaussian matrices and on nonsense."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from typicality.networks import fit_threshold, normalized_edge


def line(params, sigma, kappa, size):
    """Smallest eigenvalues that lie on the line, for matrices of unit mean square entry."""
    edge = sigma * (np.sqrt(params) - kappa * math.sqrt(size))
    return edge**2, size * params


@pytest.mark.parametrize(
    ("sigma", "kappa", "size"), [(0.25, 1.34, 40), (1.0, 1.0, 7), (0.1, 0.5, 1)]
)
def test_recovers_a_line(sigma, kappa, size):
    params = size * np.array([2.0, 3.0, 5.0, 9.0])
    smallest, trace = line(params, sigma, kappa, size)
    fit = fit_threshold(params, smallest, size, trace=trace)
    assert fit.status == "fitted"
    assert fit.sigma == pytest.approx(sigma, rel=1e-10)
    assert fit.kappa == pytest.approx(kappa, rel=1e-10)
    assert fit.threshold == pytest.approx(kappa**2 * size, rel=1e-9)
    assert fit.r_squared == pytest.approx(1.0)
    assert fit.window == (2.0 * size, 9.0 * size)
    assert (fit.n_points, fit.n_constraints) == (4, size)
    np.testing.assert_allclose(fit(params), np.sqrt(smallest), rtol=1e-9)
    assert fit(0.25 * kappa**2 * size) == 0.0


def test_scale_of_the_kernel_does_not_matter():
    params = np.array([50.0, 80.0, 120.0, 300.0])
    smallest, trace = line(params, 0.3, 1.1, 30)
    one = fit_threshold(params, smallest, 30, trace=trace)
    other = fit_threshold(params, 1e-200 * smallest, 30, trace=1e-200 * trace)
    assert other.kappa == pytest.approx(one.kappa, rel=1e-12)
    assert other.sigma == pytest.approx(one.sigma, rel=1e-12)


def test_standard_errors_cover():
    rng = np.random.default_rng(5)
    params = np.repeat([60.0, 90.0, 140.0, 220.0, 400.0], 4)
    pulls = []
    for _ in range(400):
        edge = 0.4 * (np.sqrt(params) - 1.2 * math.sqrt(30)) + 0.05 * rng.standard_normal(20)
        fit = fit_threshold(params, edge**2, 30, trace=30 * params)
        pulls.append(
            [
                (fit.sigma - 0.4) / fit.stderr[0],
                (fit.kappa - 1.2) / fit.stderr[1],
                (fit.threshold - 1.44 * 30) / fit.threshold_stderr,
            ]
        )
    # Pulls follow Student's t with 18 degrees of freedom, of variance 18/16.
    spread = np.std(pulls, axis=0)
    np.testing.assert_allclose(spread, math.sqrt(18 / 16), atol=4 * 0.045)


def test_gaussian_matrices_have_sigma_and_kappa_one():
    rng = np.random.default_rng(6)
    size = 60
    params = np.repeat(size * np.array([3, 4, 6, 9, 12]), 6)
    smallest, trace = [], []
    for p in params:
        j = rng.standard_normal((size, p))
        eigenvalues = np.linalg.eigvalsh(j @ j.T)
        smallest.append(eigenvalues[0])
        trace.append(eigenvalues.sum())
    fit = fit_threshold(params, smallest, size, trace=trace)
    # The Tracy-Widom shift of the edge is about 2% of sqrt(size) here.
    assert fit.sigma == pytest.approx(1.0, abs=0.04)
    assert fit.kappa == pytest.approx(1.0, abs=0.06)


def test_no_slope_is_reported():
    fit = fit_threshold([10, 20, 30], [0.1, 0.05, 0.02], 5, trace=[5.0, 10.0, 15.0])
    assert fit.status == "no slope"
    assert math.isnan(fit.kappa)
    assert math.isnan(fit.threshold)
    flat = fit_threshold([10, 20, 30], [0.1, 0.05, 0.1 / 3], 5, trace=1.0)
    assert flat.status == "no slope"


@pytest.mark.parametrize("share", [0.0, 1e-17, -1e-17])
def test_singular_kernels_are_refused(share):
    params = np.array([50.0, 80.0, 120.0])
    with pytest.raises(ValueError, match="nothing to fit"):
        fit_threshold(params, share * 100 * params, 100, trace=100 * params)
    # One regular kernel is a point on the line.
    smallest = share * 100 * params + np.array([0.0, 0.0, 1.0])
    assert fit_threshold(params, smallest, 100, trace=100 * params).status == "fitted"


def test_rounding_below_zero_counts_as_zero():
    edge = normalized_edge([5.0, 50.0], [-1e-12, 1.0], 10, trace=100.0)
    assert edge[0] == 0.0
    assert edge[1] == pytest.approx(math.sqrt(5.0))


@pytest.mark.parametrize(
    ("params", "smallest", "size", "trace", "word"),
    [
        ([10, 20], [0.1, 0.2], 5, 1.0, "three points"),
        ([10, 10, 10], [0.1, 0.2, 0.1], 5, 1.0, "three points"),
        ([10, 20, -30], [0.1, 0.2, 0.3], 5, 5.0, "positive"),
        ([10, 20, 30], [0.1, 0.2, 0.3], 5, 0.0, "positive"),
        ([10, 20, 30], [-0.1, 0.2, 0.3], 5, 5.0, "negative"),
        ([10, 20, 30], [0.1, 0.2, 3.0], 5, 5.0, "mean eigenvalue"),
        ([10, 20, 30], [0.1, 0.2], 5, 5.0, "broadcast"),
        ([10, 20, 30], [0.1, np.nan, 0.2], 5, 5.0, "smallest_eigenvalue"),
        ([10, 20, 30], [0.1, 0.1, 0.2], 0, 5.0, "n_constraints"),
    ],
)
def test_refuses(params, smallest, size, trace, word):
    with pytest.raises(ValueError, match=word):
        fit_threshold(params, smallest, size, trace=trace)


@settings(max_examples=60, deadline=None)
@given(
    params=st.one_of(st.lists(st.floats(), max_size=5), st.text(), st.integers()),
    smallest=st.one_of(st.lists(st.floats(0, 1), max_size=5), st.none()),
    size=st.one_of(st.integers(-1, 9), st.floats()),
    trace=st.floats(),
)
def test_survives_nonsense(params, smallest, size, trace):
    try:
        with np.errstate(over="ignore"):
            fit_threshold(params, smallest, size, trace=trace)
    except (ValueError, TypeError) as error:
        assert str(error)
