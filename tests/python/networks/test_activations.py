"""Activation functions: accuracy at both ends, derivatives, bounds, names."""

import mpmath
import numpy as np
import pytest

from oracles.networks import value_and_slope
from typicality.networks._activations import (
    ACTIVATIONS,
    activation_bounds,
    activation_derivative,
    apply_activation,
    check_activation,
)

GRID = np.concatenate(
    [
        np.linspace(-6, 6, 481),
        [-700.0, -300.0, -38.0, -26.0, -12.0, 12.0, 38.0, 300.0, 700.0],
        [-1e-300, -1e-12, 0.0, 1e-12, 1e-300, 1e-5, -1e-5],
    ]
)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_slopes(name):
    values, slopes = apply_activation(name, GRID), activation_derivative(name, GRID)
    for z, value, slope in zip(GRID, values, slopes, strict=True):
        expected, expected_slope = value_and_slope(name, float(z))
        assert value == pytest.approx(expected, rel=2e-13, abs=1e-300)
        assert slope == pytest.approx(expected_slope, rel=1e-11, abs=2e-16)


def test_relative_accuracy_where_values_are_tiny():
    z = np.array([-30.0, -20.0, -8.0])
    exact = [float(x * mpmath.ncdf(x)) for x in z]
    np.testing.assert_allclose(apply_activation("gelu", z), exact, rtol=1e-13)
    np.testing.assert_allclose(apply_activation("sigmoid", z), np.exp(z) / (1 + np.exp(z)), 1e-14)
    np.testing.assert_allclose(apply_activation("softplus", z), np.log1p(np.exp(z)), 1e-14)
    steep = np.array([15.0, 18.0])
    exact = [float(mpmath.sech(x) ** 2) for x in steep]
    np.testing.assert_allclose(activation_derivative("tanh", steep), exact, rtol=1e-14)
    small = np.array([1e-8, 1e-3, 0.2])
    exact = [float(mpmath.erf(x)) for x in small]
    np.testing.assert_allclose(apply_activation("erf", small), exact, rtol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_bounds_are_attained(name):
    z = np.linspace(-20, 20, 400_001)
    slope, curvature = activation_bounds(name)
    slopes = activation_derivative(name, z)
    assert slopes.max() == pytest.approx(slope, rel=1e-8)
    if np.isfinite(curvature):
        second = np.abs(np.diff(slopes)) / (z[1] - z[0])
        assert second.max() <= curvature * (1 + 1e-9)
        assert second.max() == pytest.approx(curvature, rel=1e-6, abs=1e-9)


def test_saturated_derivatives_are_zero():
    # Not the smallest float, which inputs of 1e300 would bring back to life.
    for name in ("tanh", "erf", "sigmoid"):
        assert not activation_derivative(name, [800.0, -800.0, 1e300, -1e300]).any()
    for name in ("gelu", "softplus"):
        assert activation_derivative(name, [1e300, -1e300]).tolist() == [1.0, 0.0]
        assert apply_activation(name, [-1e300])[0] == 0.0


def test_shapes_dtypes_and_names():
    assert apply_activation("tanh", 0.0).shape == ()
    assert apply_activation("tanh", np.zeros((0, 3))).shape == (0, 3)
    strided = np.linspace(-1, 1, 12).reshape(3, 4).T[::2]
    np.testing.assert_allclose(apply_activation("tanh", strided), np.tanh(strided), rtol=1e-15)
    assert apply_activation("gelu", np.ones(3, np.float32)).dtype == np.float32
    assert check_activation("linear") == "identity"
    with pytest.raises(ValueError, match="relu"):
        apply_activation("swish", [1.0])
    with pytest.raises(TypeError):
        check_activation(3)
    with pytest.raises(ValueError, match="finite"):
        apply_activation("relu", [np.nan])
