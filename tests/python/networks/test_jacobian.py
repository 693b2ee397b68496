"""Jacobians against finite differences and against forward mode; products with them."""

import numpy as np
import pytest

from oracles.networks import jacobian as slow_jacobian
from typicality.networks import MLP, jacobian_vector_product, vector_jacobian_product
from typicality.networks._activations import ACTIVATIONS

NETWORKS = [
    MLP((3, 1)),
    MLP((3, 2), bias=False),
    MLP((3, 6, 1), "tanh"),
    MLP((3, 6, 2), "gelu", bias=False),
    MLP((3, 4, 5, 3), "softplus", weight_scale=(1.0, 2.0, 0.5), bias_scale=0.4),
    MLP((1, 1, 1, 1, 1), "sin", parametrization="standard"),
]


def sample(mlp, n=5):
    return np.random.default_rng(2).standard_normal((n, mlp.n_inputs))


@pytest.mark.parametrize("mlp", NETWORKS, ids=str)
def test_against_forward_mode(mlp):
    theta, x = mlp.init(2, rng=1), sample(mlp)
    jacobian = mlp.jacobian(theta, x)
    assert jacobian.shape == (2, 5, mlp.n_outputs, mlp.n_params)
    for one, point in zip(jacobian, theta, strict=True):
        np.testing.assert_allclose(one, slow_jacobian(mlp, point, x), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_against_finite_differences(activation):
    mlp = MLP((3, 6, 4, 2), activation)
    theta, x, h = mlp.init(rng=4), sample(mlp), 1e-5
    steps = h * np.eye(mlp.n_params)
    difference = (mlp.apply(theta + steps, x) - mlp.apply(theta - steps, x)) / (2 * h)
    expected = np.moveaxis(difference, 0, -1)
    np.testing.assert_allclose(mlp.jacobian(theta, x), expected, atol=2e-9)


@pytest.mark.parametrize("mlp", NETWORKS, ids=str)
def test_products(mlp):
    theta, u, x = mlp.init(rng=1), mlp.init(rng=2), sample(mlp, 300)
    jacobian = mlp.jacobian(theta, x)
    v = np.random.default_rng(0).standard_normal((300, mlp.n_outputs))
    np.testing.assert_allclose(
        jacobian_vector_product(mlp, theta, x, u), jacobian @ u, rtol=1e-11, atol=1e-12
    )
    expected = np.einsum("nkp,nk->p", jacobian, v)
    for shape in (v.shape, (-1,)):
        product = vector_jacobian_product(mlp, theta, x, v.reshape(shape))
        np.testing.assert_allclose(product, expected, rtol=1e-10, atol=1e-11)


def test_single_precision_and_empty():
    mlp = MLP((3, 6, 2), "tanh")
    theta, x = mlp.init(rng=1), sample(mlp)
    single = mlp.jacobian(theta.astype(np.float32), x.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, mlp.jacobian(theta, x), atol=1e-5)
    assert mlp.jacobian(theta, x[:0]).shape == (0, 2, mlp.n_params)
    assert jacobian_vector_product(mlp, theta, x[:0], theta).shape == (0, 2)
    assert not vector_jacobian_product(mlp, theta, x[:0], np.zeros(0)).any()


def test_refused():
    mlp = MLP((3, 6, 2), "tanh")
    theta, x = mlp.init(2, rng=1), sample(mlp)
    with pytest.raises(ValueError, match="theta must have 1 axes"):
        jacobian_vector_product(mlp, theta, x, theta[0])
    with pytest.raises(ValueError, match="u must have"):
        jacobian_vector_product(mlp, theta[0], x, theta[0, :-1])
    with pytest.raises(ValueError, match="v must have shape"):
        vector_jacobian_product(mlp, theta[0], x, np.zeros(5))
