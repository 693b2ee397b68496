import numpy as np
import pytest

from typicality.results.fits import exponent, log_slope, slope

X = np.array([1.0, 2.0, 3.0, 5.0, 8.0])


def twin(x, y, weights):
    """Weighted line by the normal equations, and the covariance of its slope."""
    design = np.stack([np.ones_like(x), x], axis=1)
    covariance = np.linalg.inv(design.T @ (weights[:, None] * design))
    return (covariance @ design.T @ (weights * y))[1], covariance[1, 1] ** 0.5


def test_weighted_slope_of_logarithms():
    rng = np.random.default_rng(1)
    y = np.exp(-0.3 * X + 0.1 * rng.standard_normal(X.size))
    stderr = y * rng.uniform(0.05, 0.2, X.size)
    expected = twin(X, np.log(y), (y / stderr) ** 2)
    assert log_slope(X, y, stderr) == pytest.approx(expected, rel=1e-12)
    assert exponent(np.exp(X), y, stderr) == pytest.approx(expected, rel=1e-12)


def test_equal_weights():
    y, stderr = np.array([1.0, 0.5, 2.0, 4.0, 3.0]), np.array([0.1, 0.2, 0.1, 0.4, 0.2])
    found, error = slope(X, y, stderr)
    assert found == pytest.approx(np.polyfit(X, y, 1)[0], rel=1e-12)
    rng = np.random.default_rng(2)
    draws = [slope(X, y + stderr * rng.standard_normal(5), stderr)[0] for _ in range(4000)]
    # The standard deviation of 4000 draws is known to 1.1%.
    assert np.std(draws) == pytest.approx(error, rel=0.045)


def test_errors_of_weighted_slopes_are_those_of_repetitions():
    rng = np.random.default_rng(3)
    y = np.exp(-0.3 * X)
    stderr = 0.01 * y
    draws = [log_slope(X, y + stderr * rng.standard_normal(5), stderr)[0] for _ in range(4000)]
    assert np.std(draws) == pytest.approx(log_slope(X, y, stderr)[1], rel=0.045)
    assert abs(np.mean(draws) + 0.3) < 4 * np.std(draws) / 4000**0.5 + 1e-4
