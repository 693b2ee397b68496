"""The empirical kernel against J J^T, in blocks and out of memory, and the rank it can reach."""

import numpy as np
import pytest

import typicality as ty
from typicality.networks import (
    MLP,
    effective_parameters,
    empirical_ntk,
    kernel_vector_product,
)
from typicality.networks._activations import ACTIVATIONS

NETWORKS = [
    MLP((4, 1)),
    MLP((4, 3), bias=False),
    MLP((4, 17, 1), "tanh"),
    MLP((4, 17, 3), "relu", bias=False),
    MLP((4, 9, 5, 2), "gelu", weight_scale=(1.0, 2.0, 0.5), bias_scale=0.4),
    MLP((4, 3, 2, 3, 2), "softplus", parametrization="standard"),
]


def sample(n, seed=0):
    return np.random.default_rng(seed).standard_normal((n, 4))


def by_jacobian(mlp, theta, x, x2=None):
    left = mlp.jacobian(theta, x).reshape(-1, mlp.n_params)
    right = left if x2 is None else mlp.jacobian(theta, x2).reshape(-1, mlp.n_params)
    return left @ right.T


@pytest.mark.parametrize("mlp", NETWORKS, ids=str)
@pytest.mark.parametrize("n", [1, 7, 250])
def test_equals_jacobian_product(mlp, n):
    theta, x, x2 = mlp.init(rng=1), sample(n), sample(5, 1)
    for kernel, expected in (
        (empirical_ntk(mlp, theta, x), by_jacobian(mlp, theta, x)),
        (empirical_ntk(mlp, theta, x, x2), by_jacobian(mlp, theta, x, x2)),
    ):
        assert kernel.shape == expected.shape
        assert np.abs(kernel - expected).max() <= 1e-12 * np.abs(expected).max()
    kernel = empirical_ntk(mlp, theta, x)
    np.testing.assert_array_equal(kernel, kernel.T)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation):
    mlp = MLP((4, 11, 6, 2), activation)
    theta, x = mlp.init(rng=1), sample(13)
    expected = by_jacobian(mlp, theta, x)
    assert np.abs(empirical_ntk(mlp, theta, x) - expected).max() <= 1e-12 * np.abs(expected).max()


def test_batches():
    mlp, x = NETWORKS[4], sample(6)
    theta = mlp.init((2, 3), rng=0)
    kernel = empirical_ntk(mlp, theta, x, x[:2])
    assert kernel.shape == (2, 3, 12, 4)
    np.testing.assert_allclose(kernel[1, 2], empirical_ntk(mlp, theta[1, 2], x, x[:2]), rtol=1e-13)
    assert empirical_ntk(mlp, theta[:0], x).shape == (0, 3, 12, 12)
    assert empirical_ntk(mlp, theta, x[:0]).shape == (2, 3, 0, 0)


def test_single_precision():
    mlp, x = NETWORKS[3], sample(300).astype(np.float32)
    theta = mlp.init(rng=0)
    single = empirical_ntk(mlp, theta.astype(np.float32), x)
    assert single.dtype == np.float32
    double = empirical_ntk(mlp, theta, x)
    assert np.abs(single - double).max() < 1e-5 * np.abs(double).max()


def test_bits_do_not_depend_on_threads():
    mlp, x = MLP((4, 40, 30, 2), "tanh"), sample(500)
    theta = mlp.init(rng=0)
    kernels = []
    for count in (1, 2, 3):
        with ty.threads(count):
            kernels.append(empirical_ntk(mlp, theta, x))
    np.testing.assert_array_equal(kernels[0], kernels[1])
    np.testing.assert_array_equal(kernels[0], kernels[2])


def test_into_a_memory_map(tmp_path, monkeypatch):
    monkeypatch.setattr("typicality.networks._ntk._BLOCK_ROWS", 40)
    mlp, x = NETWORKS[4], sample(61)
    theta = mlp.init(2, rng=0)
    out = np.lib.format.open_memmap(tmp_path / "k.npy", mode="w+", shape=(2, 122, 122))
    assert empirical_ntk(mlp, theta, x, out=out) is out
    np.testing.assert_allclose(out, empirical_ntk(mlp, theta, x), rtol=1e-12, atol=1e-12)
    rectangle = np.empty((2, 122, 50))
    empirical_ntk(mlp, theta, x, x[:25], out=rectangle)
    np.testing.assert_allclose(rectangle, empirical_ntk(mlp, theta, x, x[:25]), rtol=1e-12)
    with pytest.raises(ValueError, match="out must be"):
        empirical_ntk(mlp, theta, x, out=rectangle)
    with pytest.raises(TypeError, match="out must be"):
        empirical_ntk(mlp, theta, x, out=[[0.0]])


def test_oversize_is_refused_with_the_cheaper_route():
    mlp = MLP((1, 1, 1))
    x = np.zeros((10**6, 1))
    with pytest.raises(MemoryError, match="kernel_vector_product"):
        empirical_ntk(mlp, np.ones(4), x)


@pytest.mark.parametrize("mlp", NETWORKS, ids=str)
def test_kernel_vector_product(mlp):
    theta, x = mlp.init(rng=1), sample(300)
    v = np.random.default_rng(5).standard_normal((300, mlp.n_outputs))
    expected = empirical_ntk(mlp, theta, x) @ v.reshape(-1)
    product = kernel_vector_product(mlp, theta, x, v)
    assert product.shape == v.shape
    np.testing.assert_allclose(product.reshape(-1), expected, rtol=1e-9, atol=1e-9)
    flat = kernel_vector_product(mlp, theta, x, v.reshape(-1))
    np.testing.assert_array_equal(flat, product.reshape(-1))
    assert kernel_vector_product(mlp, theta, x[:0], []).shape == (0,)


def rank(mlp, x):
    theta = mlp.init(rng=11)
    return np.linalg.matrix_rank(mlp.jacobian(theta, x).reshape(-1, mlp.n_params), rtol=1e-10)


def test_effective_parameters_are_the_rank():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 6)) @ np.diag([1, 1, 1, 1, 0, 0.0])
    x[:, 5] = 2.0
    for mlp, expected in (
        (MLP((6, 7, 1), "tanh"), 7 * 5 + 8),
        (MLP((6, 7, 1), "tanh", bias=False), 7 * 5 + 7),
        (MLP((6, 7, 1), "tanh", bias_scale=0.0), 7 * 5 + 7),
        (MLP((6, 5, 2), "erf"), 5 * 5 + 2 * 6),
        (MLP((6, 4, 1), "identity"), 5),
        (MLP((6, 1, 3), "identity"), 4 + 3 - 1 + 3),
        (MLP((6, 3), "relu"), 15),
    ):
        assert effective_parameters(mlp, x) == expected
        assert rank(mlp, x) == expected
    # Dead and always-on units may lower the rank of relu networks further.
    relu = MLP((6, 7, 1), "relu", bias_scale=0.5)
    assert effective_parameters(relu, x) == 7 * 5 + 8 - 7
    assert rank(relu, x) <= 7 * 5 + 1


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("unit", [1e-30, 1e-9, 1.0, 1e9, 1e30])
def test_effective_parameters_in_any_units(kind, unit):
    # Three columns, the fourth their sum to rounding, and the bias.
    x = np.random.default_rng(0).standard_normal((60, 4)).astype(kind)
    x[:, 3] = x[:, :3].sum(axis=1)
    assert effective_parameters(MLP((4, 7, 1), "tanh"), kind(unit) * x) == 7 * 4 + 8


def test_effective_parameters_at_the_edges():
    mlp = MLP((3, 5, 1), "tanh")
    assert effective_parameters(mlp, np.zeros((0, 3))) == 6
    assert effective_parameters(mlp, np.zeros((4, 3))) == 5 + 6
    with pytest.raises(ValueError, match="x must have shape"):
        effective_parameters(mlp, np.zeros(3))


@pytest.mark.parametrize(
    ("kind", "size"),
    [(np.float32, 1e20), (np.float32, 1e38), (np.float64, 1e200), (np.float64, 1e307)],
)
@pytest.mark.parametrize("activation", ["tanh", "erf", "sigmoid"])
def test_saturated_units_at_the_ends_of_the_floats(kind, size, activation):
    # The inputs' products overflow, and the derivatives that they meet are zero.
    for mlp in (MLP((1, 8, 1), activation), MLP((1, 8, 6, 2), activation, bias_scale=0.7)):
        theta = mlp.init(rng=0).astype(kind)
        x = np.array([[size], [0.5], [-size], [0.0]], kind)
        expected = by_jacobian(mlp, theta.astype(np.float64), x.astype(np.float64))
        tolerance = 1e-12 if kind == np.float64 else 1e-5
        np.testing.assert_allclose(
            empirical_ntk(mlp, theta, x), expected, rtol=tolerance, atol=tolerance
        )
        cross = empirical_ntk(mlp, theta, x[1:], x)
        np.testing.assert_allclose(cross, expected[mlp.n_outputs :], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("bias", [False, True])
def test_factors_that_overflow_by_themselves(bias):
    # Inputs of 1e-120 meet derivatives of 1e200 and the other way round: entries of about 1e160.
    linear = MLP((1, 1, 1), "identity", bias=bias, bias_scale=1e-120)
    for first, weight, second in ((1e-120, 1.0, 1e200), (1e160, 1e-160, 1e-80)):
        theta = np.array([weight, 0.0, second, 0.0] if bias else [weight, second])
        x = np.array([[first], [-2 * first]])
        with np.errstate(over="ignore", under="ignore"):
            expected = by_jacobian(linear, theta, x)
        assert np.isfinite(expected).all()
        np.testing.assert_allclose(empirical_ntk(linear, theta, x), expected, rtol=1e-12)


@pytest.mark.parametrize(("kind", "size"), [(np.float32, 1e25), (np.float64, 1e200)])
def test_a_kernel_that_overflows_is_refused(kind, size):
    mlp = MLP((1, 4, 1), "relu")
    theta = mlp.init(rng=0).astype(kind)
    x = np.array([[size], [-size], [1.0]], kind)
    with pytest.raises(ValueError, match="overflows"):
        empirical_ntk(mlp, theta, x)
    np.testing.assert_allclose(
        empirical_ntk(mlp, theta, x[2:]), by_jacobian(mlp, theta, x[2:]), rtol=1e-5
    )
