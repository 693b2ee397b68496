"""Least squares below and above the threshold, and the exact risk against draws."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from typicality.networks import (
    MLP,
    empirical_ntk,
    kernel_regression,
    load_digits,
    minimum_norm,
    ridgeless_risk,
)


def draw(n, p, seed=0, k=None):
    rng = np.random.default_rng(seed)
    targets = rng.standard_normal(n if k is None else (n, k))
    return rng.standard_normal((n, p)), targets


@pytest.mark.parametrize(("n", "p"), [(5, 12), (12, 5), (7, 7), (1, 1), (1, 9)])
@pytest.mark.parametrize("k", [None, 3])
def test_minimum_norm_is_the_pseudo_inverse(n, p, k):
    features, targets = draw(n, p, k=k)
    weights = minimum_norm(features, targets)
    np.testing.assert_allclose(weights, np.linalg.pinv(features) @ targets, atol=1e-10)


def test_minimum_norm_of_rank_deficient_features():
    features, targets = draw(6, 3)
    doubled = np.concatenate([features, features], axis=1)
    weights = minimum_norm(doubled, targets)
    np.testing.assert_allclose(weights[:3], weights[3:], atol=1e-12)
    np.testing.assert_allclose(minimum_norm(np.zeros((3, 2)), np.ones(3)), 0.0)


@pytest.mark.parametrize("ridge", [1e-6, 0.3, 50.0])
@pytest.mark.parametrize(("n", "p"), [(5, 12), (12, 5)])
def test_ridge_solves_its_normal_equations(n, p, ridge):
    features, targets = draw(n, p)
    weights = minimum_norm(features, targets, ridge=ridge)
    expected = np.linalg.solve(features.T @ features + ridge * np.eye(p), features.T @ targets)
    np.testing.assert_allclose(weights, expected, atol=1e-9)


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_minimum_norm_at_the_ends_of_the_floats(scale):
    features, targets = draw(4, 6)
    weights = minimum_norm(scale * features, targets)
    np.testing.assert_allclose(weights * scale, minimum_norm(features, targets), rtol=1e-9)


@pytest.mark.parametrize("ridge", [0.0, 0.7])
@pytest.mark.parametrize("k", [None, 2])
def test_kernel_regression_predicts_like_its_features(ridge, k):
    features, targets = draw(6, 15, k=k)
    new = draw(4, 15, seed=1)[0]
    fit = kernel_regression(features @ features.T, targets, new @ features.T, ridge=ridge)
    weights = minimum_norm(features, targets, ridge=ridge)
    np.testing.assert_allclose(fit.predictions, new @ weights, atol=1e-9)
    np.testing.assert_allclose(features.T @ fit.coefficients, weights, atol=1e-9)
    assert fit.rank == 6
    eigenvalues = np.linalg.eigvalsh(features @ features.T) + ridge
    assert fit.condition == pytest.approx(eigenvalues[-1] / eigenvalues[0], rel=1e-9)


def test_singular_kernel_is_inverted_on_its_range():
    features, targets = draw(8, 3)
    fit = kernel_regression(features @ features.T, targets)
    np.testing.assert_allclose(
        fit.predictions, features @ minimum_norm(features, targets), atol=1e-9
    )
    assert fit.rank == 3
    assert fit.condition == math.inf


def test_single_precision_stays():
    features, targets = (array.astype(np.float32) for array in draw(4, 6))
    assert minimum_norm(features, targets).dtype == np.float32
    fit = kernel_regression(features @ features.T, targets)
    assert fit.coefficients.dtype == np.float32


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_ridge_below_the_rounding_of_the_largest_eigenvalue_is_kept(kind):
    kernel, targets = np.diag([1e4, 1e-3]).astype(kind), np.ones(2, kind)
    fit = kernel_regression(kernel, targets, ridge=1e-3)
    assert fit.coefficients.dtype == kind
    np.testing.assert_allclose(fit.coefficients, [1e-4, 500.0], rtol=1e-6)
    assert fit.rank == 2
    assert fit.condition == pytest.approx(5e6, rel=1e-6)
    singular = kernel_regression(np.diag([1.0, 0.0]).astype(kind), targets, ridge=1e-30)
    np.testing.assert_allclose(singular.coefficients, [1.0, 1e30], rtol=1e-6)


def test_digits_in_single_precision_keep_their_fit():
    inputs, labels = load_digits()
    targets = np.where(labels % 2, 1.0, -1.0)
    mlp = MLP((64, 64, 1), "tanh")
    theta = mlp.init(rng=0)
    fits = []
    for kind in (np.float64, np.float32):
        samples = inputs[:1300].astype(kind)
        kernel = empirical_ntk(mlp, theta.astype(kind), samples)
        cross = kernel[1200:, :1200]
        fits.append(kernel_regression(kernel[:1200, :1200], targets[:1200].astype(kind), cross))
        assert fits[-1].rank == 1200
    # The condition is some 10^5: single precision leaves a few digits.
    np.testing.assert_allclose(fits[1].predictions, fits[0].predictions, atol=0.02)


@pytest.mark.parametrize("scale", [1e-200, 1e-120, 1.0, 1e120, 1e155, 1e300])
@pytest.mark.parametrize("ridge", [0.0, 1e-300, 1.0, 1e300])
def test_minimum_norm_in_any_units(scale, ridge):
    # w = s y / (s^2 + ridge), by fractions.
    exact = Fraction(scale) / (Fraction(scale) ** 2 + Fraction(ridge))
    weights = minimum_norm([[scale]], [1.0], ridge=ridge)
    assert weights[0] == pytest.approx(float(exact), rel=1e-14)


def test_a_penalty_below_rounding_does_not_let_rounding_through():
    features, targets = draw(6, 3)
    doubled = np.concatenate([features, features], axis=1)
    expected = minimum_norm(doubled, targets)
    np.testing.assert_allclose(minimum_norm(doubled, targets, ridge=1e-40), expected, rtol=1e-9)
    # One above it keeps what single precision alone would drop.
    steep = np.diag([1e4, 1e-4]).astype(np.float32)
    weights = minimum_norm(steep, np.ones(2), ridge=1e-4)
    np.testing.assert_allclose(weights, [1e-4, 1e-4 / (1e-8 + 1e-4)], rtol=1e-6)


@pytest.mark.parametrize("ridge", [0.0, 1.0])
@pytest.mark.parametrize(
    ("features", "targets", "expected"),
    [
        ([[1.3e308, 1.3e308], [0.0, 1e308]], [1e308, 1e308], [1 / 1.3 - 1, 1.0]),
        ([[1.7e308, 1.7e308]], [1.7e308], [0.5, 0.5]),
        ([[-1.7e308]] * 5, [1.7e308] * 5, [-1.0]),
        ([[1.7e308] * 7] * 3, [[1.7e308, 0.0]] * 3, [[1 / 7, 0.0]] * 7),
    ],
)
def test_minimum_norm_of_the_largest_floats(features, targets, expected, ridge):
    np.testing.assert_allclose(
        minimum_norm(features, targets, ridge=ridge), expected, rtol=1e-13, atol=1e-15
    )


@pytest.mark.parametrize("feature", [1e-300, 1e-10, 1.0, 1e10, 1e300, 1.7e308])
@pytest.mark.parametrize("target", [1e-10, 1.0, 1e300, 1.7e308])
@pytest.mark.parametrize("ridge", [5e-324, 1.0, 1e300, 1.7e308])
def test_ridge_in_any_units(feature, target, ridge):
    exact = Fraction(feature) * Fraction(target) / (Fraction(feature) ** 2 + Fraction(ridge))
    if exact < Fraction(1.7e308):
        weights = minimum_norm([[feature]], [target], ridge=ridge)
        np.testing.assert_allclose(weights, float(exact), rtol=1e-14, atol=5e-324)
    exact = Fraction(target) / (Fraction(feature) + Fraction(ridge))
    fitted = Fraction(feature) * exact
    if exact < Fraction(1.7e308):
        fit = kernel_regression([[feature]], [target], ridge=ridge)
        np.testing.assert_allclose(fit.coefficients, float(exact), rtol=1e-14, atol=5e-324)
        np.testing.assert_allclose(fit.predictions, float(fitted), rtol=1e-14, atol=5e-324)


@pytest.mark.parametrize(
    ("kernel", "targets", "ridge", "predictions", "rank", "condition"),
    [
        (np.eye(2) * 1e308 + np.full((2, 2), 7e307), [1e308, 0.0], 0.0, [1e308, 0.0], 2, 2.4),
        (np.full((2, 2), 1e308), [1.0, 0.0], 0.0, [0.5, 0.5], 1, np.inf),
        (np.full((2, 2), 1e308), [1e-20, 0.0], 0.0, [5e-21, 5e-21], 1, np.inf),
        (np.eye(2) * 1e308, [1.0, 0.0], 1e308, [0.5, 0.0], 2, 1.0),
        (np.full((2, 2), 1.7e308), [1.7e308] * 2, 0.0, [1.7e308] * 2, 1, np.inf),
        (np.full((9, 9), 1.7e308), [[1e300, 1.0]] * 9, 0.0, [[1e300, 1.0]] * 9, 1, np.inf),
        (np.eye(3), [1.7e308, -1.7e308, 1.0], 0.0, [1.7e308, -1.7e308, 1.0], 3, 1.0),
        # A large target next to a small one, each of which its own eigenvalue meets.
        (np.diag([1e-200, 1e200]), [1e-200, 1e200], 1e-250, [1e-200, 1e200], 2, np.inf),
    ],
)
def test_kernel_regression_of_the_largest_floats(
    kernel, targets, ridge, predictions, rank, condition
):
    fit = kernel_regression(kernel, targets, ridge=ridge)
    size = np.abs(predictions).max()
    np.testing.assert_allclose(fit.predictions, predictions, rtol=1e-13, atol=1e-13 * size)
    assert fit.rank == rank
    assert fit.condition == pytest.approx(condition, rel=1e-12)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e308])
@pytest.mark.parametrize("ridge", [1e-13, 1e-17, 1e-300])
def test_fitted_values_next_to_a_small_ridge(scale, ridge):
    # The coefficients of the null space, y / ridge, cancel in the fitted values.
    fit = kernel_regression(np.full((2, 2), scale), [1.0, 0.0], ridge=max(ridge * scale, 1e-300))
    np.testing.assert_allclose(fit.predictions, 0.5, rtol=1e-2)


def test_a_large_ridge_leaves_single_precision_its_digits():
    kernel = np.diag([1e-40, 3e-41]).astype(np.float32)
    fit = kernel_regression(kernel, np.full(2, 1.7e308), ridge=1.7e308)
    np.testing.assert_allclose(fit.predictions, np.diag(kernel).astype(float), rtol=1e-12)


def test_a_ridge_below_the_floats_of_a_scaled_kernel_is_refused():
    with pytest.raises(ValueError, match="larger ridge"):
        kernel_regression(np.diag([1.7e308, 0.0]), [0.0, 1e-300], ridge=5e-324)


def test_overflow_is_said():
    with pytest.raises(ValueError, match="overflow"):
        minimum_norm([[1e-200]], [1e200])
    with pytest.raises(ValueError, match="overflow"):
        minimum_norm(np.array([[1e-30]], np.float32), np.array([1e20], np.float32))
    with pytest.raises(ValueError, match="overflow"):
        kernel_regression([[1.0]], [1e300], [[1e300]])
    with pytest.raises(ValueError, match="larger ridge"):
        kernel_regression([[0.0]], [1.0], ridge=5e-324)
    with pytest.raises(ValueError, match=r"predictions overflow .* x 2\^"):
        kernel_regression([[1e308]], [1.7e308], [[1.7e308]])


@pytest.mark.parametrize(
    ("kernel", "targets", "cross", "word"),
    [
        (np.ones((2, 3)), np.ones(2), None, "kernel"),
        (np.eye(0), np.ones(0), None, "kernel"),
        ([[1.0, 0.5], [0.0, 1.0]], np.ones(2), None, "symmetric"),
        (-np.eye(2), np.ones(2), None, "negative"),
        (np.eye(2), np.ones(3), None, "targets"),
        (np.eye(2), np.ones((2, 1, 1)), None, "targets"),
        (np.eye(2), np.ones(2), np.ones((3, 3)), "cross"),
        (np.eye(2) * np.nan, np.ones(2), None, "kernel"),
    ],
)
def test_kernel_regression_refuses(kernel, targets, cross, word):
    with pytest.raises(ValueError, match=word):
        kernel_regression(kernel, targets, cross)


@pytest.mark.parametrize(
    ("features", "targets", "ridge"),
    [(np.ones((2, 0)), np.ones(2), 0.0), (np.ones(3), np.ones(3), 0.0), (np.eye(2), [1, 2], -1.0)],
)
def test_minimum_norm_refuses(features, targets, ridge):
    with pytest.raises(ValueError, match=r"features|ridge"):
        minimum_norm(features, targets, ridge=ridge)


@settings(max_examples=60, deadline=None)
@given(
    features=hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.int8, np.bool_, np.complex128]),
        hnp.array_shapes(min_dims=0, max_dims=3, max_side=4, min_side=0),
    ),
    targets=hnp.arrays(
        st.sampled_from([np.float64, np.int8]),
        hnp.array_shapes(min_dims=0, max_dims=3, max_side=4, min_side=0),
    ),
)
def test_least_squares_survives_nonsense(features, targets):
    for solve in (minimum_norm, kernel_regression):
        try:
            with np.errstate(all="ignore"):
                solve(features, targets)
        except (ValueError, TypeError, MemoryError) as error:
            assert str(error)


# --- exact risk -------------------------------------------------------------------------------


def exact_risk(n, p, noise, signal, total):
    """The same by fractions, one case at a time."""
    inside = Fraction(p, total) * signal
    outside = signal - inside
    if p <= n - 2:
        return outside + (outside + noise) * Fraction(p, n - p - 1)
    if p >= n + 2:
        unseen = inside * (1 - Fraction(n, p))
        return outside + unseen + (outside + noise) * Fraction(n, p - n - 1)
    return math.inf


@pytest.mark.parametrize("p", [0, 1, 5, 8, 9, 10, 11, 12, 20, 40])
def test_risk_against_fractions(p):
    risk = ridgeless_risk(10, p, noise_variance=0.25, signal_norm_squared=3.0, total_features=40)
    expected = exact_risk(10, p, Fraction(1, 4), Fraction(3), 40)
    assert risk == pytest.approx(float(expected), rel=1e-14)


@pytest.mark.parametrize(("p", "total"), [(4, None), (30, None), (6, 50), (25, 50)])
def test_risk_against_draws(p, total):
    n, noise, draws = 12, 0.5, 3000
    size = total or p
    rng = np.random.default_rng(4)
    weights = rng.standard_normal(size)
    weights *= math.sqrt(2.0) / np.linalg.norm(weights)
    found = np.empty(draws)
    for i in range(draws):
        chosen = rng.permutation(size)[:p]
        x = rng.standard_normal((n, size))
        y = x @ weights + math.sqrt(noise) * rng.standard_normal(n)
        fitted = np.zeros(size)
        fitted[chosen] = minimum_norm(x[:, chosen], y)
        found[i] = np.sum((fitted - weights) ** 2)
    exact = ridgeless_risk(
        n, p, noise_variance=noise, signal_norm_squared=2.0, total_features=total
    )
    assert abs(found.mean() - exact) < 4 * found.std(ddof=1) / math.sqrt(draws)


def test_risk_without_noise():
    risk = ridgeless_risk(10, [9, 10, 11, 20], noise_variance=0.0, signal_norm_squared=1.0)
    np.testing.assert_allclose(risk, [0.0, 0.0, 1 - 10 / 11, 0.5])


def test_risk_broadcasts_and_stays_a_float():
    risk = ridgeless_risk(
        np.array([[10], [20]]), [1, 50], noise_variance=1.0, signal_norm_squared=1.0
    )
    assert risk.shape == (2, 2)
    assert isinstance(ridgeless_risk(10, 3, noise_variance=1.0, signal_norm_squared=1.0), float)


@pytest.mark.parametrize(
    ("arguments", "keywords", "error"),
    [
        ((0, 3), {}, ValueError),
        ((10, -1), {}, ValueError),
        ((10, 2.5), {}, TypeError),
        ((10, [True]), {}, TypeError),
        ((10, 3), {"noise_variance": -1.0}, ValueError),
        ((10, 3), {"signal_norm_squared": math.nan}, ValueError),
        ((10, 3), {"total_features": 2}, ValueError),
    ],
)
def test_risk_refuses(arguments, keywords, error):
    options = {"noise_variance": 1.0, "signal_norm_squared": 1.0} | keywords
    with pytest.raises(error):
        ridgeless_risk(*arguments, **options)
