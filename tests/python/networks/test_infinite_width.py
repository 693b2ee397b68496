"""Infinite kernels: closed forms, quadrature, wide networks, edges."""

import numpy as np
import pytest

from oracles.networks import gaussian_means
from typicality.errors import ConvergenceError
from typicality.networks import MLP, empirical_ntk, infinite_nngp, infinite_ntk
from typicality.networks.activations import (
    ACTIVATIONS,
    activation_derivative,
    apply_activation,
)


def sample(n=4, d=3):
    return np.random.default_rng(8).standard_normal((n, d))


@pytest.mark.parametrize("activation", [a for a in ACTIVATIONS if a != "relu"])
def test_two_hidden_layers_by_quadrature(activation):
    mlp = MLP((3, 1, 1, 1), activation, weight_scale=(1.2, 0.8, 1.5), bias_scale=0.3)
    x = sample()
    sigma = 1.2**2 * x @ x.T / 3 + 0.09
    ntk = sigma.copy()
    for scale in (0.8, 1.5):
        phi, slope = np.empty_like(sigma), np.empty_like(sigma)
        for i, j in np.ndindex(sigma.shape):
            covariance = min(sigma[i, j], (1 - 1e-15) * np.sqrt(sigma[i, i] * sigma[j, j]))
            phi[i, j], slope[i, j] = gaussian_means(
                lambda z: apply_activation(activation, z),
                lambda z: activation_derivative(activation, z),
                sigma[i, i],
                sigma[j, j],
                covariance,
            )
        sigma = scale**2 * phi + 0.09
        ntk = scale**2 * ntk * slope + sigma
    np.testing.assert_allclose(infinite_nngp(mlp, x), sigma, rtol=1e-9)
    np.testing.assert_allclose(infinite_ntk(mlp, x), ntk, rtol=1e-9)


def test_relu_closed_form():
    # One hidden layer, no bias: kappa_0 and kappa_1 of Cho and Saul.
    x = sample(2)
    mlp = MLP((3, 1, 1), "relu", bias=False)
    lengths = np.linalg.norm(x, axis=1)
    cosine = x[0] @ x[1] / lengths.prod()
    angle = np.arccos(cosine)
    kappa0 = 1 - angle / np.pi
    kappa1 = (np.sin(angle) + (np.pi - angle) * cosine) / np.pi
    nngp = lengths.prod() / 3 * kappa1 / 2
    assert infinite_nngp(mlp, x)[0, 1] == pytest.approx(nngp, rel=1e-13)
    expected = x[0] @ x[1] / 3 * kappa0 / 2 + nngp
    assert infinite_ntk(mlp, x)[0, 1] == pytest.approx(expected, rel=1e-13)
    # On the diagonal every layer halves the variance.
    deep = MLP((3, 1, 1, 1, 1), "relu", bias=False)
    np.testing.assert_allclose(infinite_nngp(deep, x).diagonal(), lengths**2 / 3 / 8, rtol=1e-14)
    np.testing.assert_allclose(infinite_ntk(deep, x).diagonal(), 4 * lengths**2 / 3 / 8, rtol=1e-14)


@pytest.mark.parametrize("activation", ["relu", "tanh", "erf", "gelu"])
def test_mean_of_wide_networks(activation):
    mlp = MLP((3, 400, 400, 1), activation, weight_scale=1.3, bias_scale=0.4)
    x, count = sample(3), 100
    theta = mlp.init(count, rng=3)
    kernels = empirical_ntk(mlp, theta, x)
    stderr = kernels.std(axis=0, ddof=1) / np.sqrt(count)
    # The finite-width bias of the mean is of order 1/width.
    bias = 2.0 / 400 * np.abs(infinite_ntk(mlp, x))
    assert (np.abs(kernels.mean(axis=0) - infinite_ntk(mlp, x)) < 4 * stderr + bias).all()
    narrow = MLP((3, 100, 100, 1), activation, weight_scale=1.3, bias_scale=0.4)
    outputs = narrow.apply(narrow.init(4000, rng=4), x)[..., 0]
    products = outputs[:, :, None] * outputs[:, None, :]
    stderr = products.std(axis=0, ddof=1) / np.sqrt(4000)
    # The last layer averages what is exact on average: only the layers below leave a bias.
    limit = infinite_nngp(mlp, x)
    bias = 2.0 / 100 * np.abs(limit)
    assert (np.abs(products.mean(axis=0) - limit) < 4 * stderr + bias).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_cross_kernels(activation):
    mlp, x, x2 = MLP((3, 1, 1, 1), activation), sample(5), sample(5)[1:4].copy()
    for kernel in (infinite_ntk, infinite_nngp):
        full = kernel(mlp, x)
        np.testing.assert_array_equal(full, full.T)
        np.testing.assert_allclose(kernel(mlp, x, x2), full[:, 1:4], rtol=1e-9, atol=1e-12)
        assert np.linalg.eigvalsh(full)[0] > -1e-12
        assert kernel(mlp, x[:0]).shape == (0, 0)
        assert kernel(mlp, x, x[:0]).shape == (5, 0)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_zero_samples_and_opposite_samples(activation):
    x = np.array([[0.0, 0, 0], [1, 2, 3], [-1, -2, -3]])
    mlp = MLP((3, 1, 1), activation, bias=False)
    kernel, process = infinite_ntk(mlp, x), infinite_nngp(mlp, x)
    assert np.isfinite(kernel).all()
    if activation in ("tanh", "erf", "sin", "identity"):
        # Odd functions of opposite samples.
        assert process[1, 2] == pytest.approx(-process[1, 1], rel=1e-9)
        assert kernel[1, 2] == pytest.approx(-kernel[1, 1], rel=1e-9)
        np.testing.assert_allclose(kernel[0], 0, atol=1e-15)


def test_standard_parametrization_has_a_process_but_no_kernel():
    standard, ntk = (
        MLP((3, 5, 1), "tanh", parametrization=p, bias_scale=0.7) for p in ("standard", "ntk")
    )
    np.testing.assert_array_equal(infinite_nngp(standard, sample()), infinite_nngp(ntk, sample()))
    with pytest.raises(ValueError, match="no limit"):
        infinite_ntk(standard, sample())


def test_too_steep_is_said():
    with pytest.raises(ConvergenceError, match="Hermite"):
        infinite_ntk(MLP((3, 1, 1), "tanh"), 1e4 * sample())
    # Closed forms have no such limit.
    assert np.isfinite(infinite_ntk(MLP((3, 1, 1), "erf"), 1e4 * sample())).all()
