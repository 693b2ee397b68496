"""Infinite kernels: closed forms, quadrature, wide networks, edges."""

import numpy as np
import pytest

import typicality as ty
from oracles.networks import (
    gaussian_means,
    infinite_kernels_exact,
    variance_means_exact,
)
from typicality.networks import MLP, empirical_ntk, infinite_nngp, infinite_ntk
from typicality.networks._activations import (
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
    np.testing.assert_allclose(infinite_nngp(mlp, x), sigma, rtol=1e-11)
    np.testing.assert_allclose(infinite_ntk(mlp, x), ntk, rtol=1e-11)


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


CLOSED = ["relu", "erf", "gelu", "sin", "identity"]
MIXED = ["tanh", "sigmoid", "softplus"]


# Powers of two: multiples of a sample lie on one line exactly.
@pytest.mark.parametrize("power", [-498, -27, -10, 0, 5, 13, 27, 465])
@pytest.mark.parametrize("bias", [0.0, 1.0])
@pytest.mark.parametrize("activation", CLOSED)
def test_closed_forms_in_any_units(activation, bias, power):
    # Samples that are equal, opposite, collinear and neither.
    scale = 2.0**power
    x = scale * np.array([[1.0, 2.0], [-1.0, -2.0], [3.0, 6.0], [1.0, -1.0], [0.5, 2.0]])
    weights = (1.3, 0.9)
    mlp = MLP((2, 1, 1), activation, weight_scale=weights, bias_scale=bias)
    process, tangent = infinite_nngp(mlp, x), infinite_ntk(mlp, x)
    for i, j in np.ndindex(5, 5):
        found = (process[i, j], tangent[i, j])
        if activation == "sin" and power > 20:
            # Independent phases, but for those of x and -x: only their bias is common.
            even = i == j or {i, j} == {0, 1}
            sign = 1 if i == j else -1
            # q + q' - 2 |sigma| is 0 on the diagonal and 4 b^2 of opposite samples.
            outer = np.exp(-2 * bias**2) if i != j else 1.0
            expected = bias**2 + 0.81 * 0.5 * sign * outer * even
            assert found[0] == pytest.approx(expected, rel=1e-12)
            continue
        exact = infinite_kernels_exact(activation, weights, bias, x[i], x[j])
        # Below the smallest floats nothing has digits.
        np.testing.assert_allclose(found, exact, rtol=1e-12, atol=1e-290)


@pytest.mark.parametrize("angle", [1e-1, 1e-3, 1e-5, 1e-7])
@pytest.mark.parametrize("activation", CLOSED)
def test_nearly_equal_and_nearly_opposite_samples(activation, angle):
    x = 2.0 * np.array([[1.0, 0.0], [np.cos(angle), np.sin(angle)]])
    weights = (1.0, 1.2)
    mlp = MLP((2, 1, 1), activation, weight_scale=weights, bias=False)
    for second in (x[1], -x[1], 1e6 * x[1]):
        pair = np.stack([x[0], second])
        exact = infinite_kernels_exact(activation, weights, 0.0, *pair)
        found = infinite_nngp(mlp, pair)[0, 1], infinite_ntk(mlp, pair)[0, 1]
        np.testing.assert_allclose(found, exact, rtol=1e-12, atol=1e-290)


@pytest.mark.parametrize("q", [1e-16, 1e-3, 0.3, 1.0, 10.0, 60.0, 1e4, 1e16])
@pytest.mark.parametrize("activation", MIXED)
def test_variances_of_any_size_by_quadrature(activation, q):
    phi, slope = variance_means_exact(activation, q)
    mlp, x = MLP((1, 1, 1), activation, bias=False), np.array([[np.sqrt(q)]])
    process = infinite_nngp(mlp, x)[0, 0]
    assert process == pytest.approx(phi, rel=1e-12)
    assert (infinite_ntk(mlp, x)[0, 0] - process) / q == pytest.approx(
        slope, rel=1e-12, abs=4e-16 * process / q
    )


@pytest.mark.parametrize("activation", MIXED)
def test_samples_that_are_not_standardized_by_quadrature(activation):
    # Pixels of 0 to 16: variances about 80, correlations about 0.75.
    x = np.random.default_rng(2).integers(0, 17, (4, 64)).astype(float)
    mlp = MLP((64, 1, 1), activation, bias=False)
    process, tangent = infinite_nngp(mlp, x), infinite_ntk(mlp, x)
    sigma = x @ x.T / 64
    for i, j in ((0, 1), (2, 3)):
        phi, slope = gaussian_means(
            lambda z: apply_activation(activation, z),
            lambda z: activation_derivative(activation, z),
            sigma[i, i],
            sigma[j, j],
            sigma[i, j],
        )
        assert process[i, j] == pytest.approx(phi, rel=1e-12)
        assert tangent[i, j] == pytest.approx(sigma[i, j] * slope + phi, rel=1e-12)


@pytest.mark.parametrize("activation", MIXED)
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_opposite_samples_under_a_bias(activation, scale):
    # x and -x under a bias b have variances s + b^2 and covariance b^2 - s.
    x = scale * np.array([[1.0, 2.0], [-1.0, -2.0], [2.0, 1.0]])
    mlp = MLP((2, 1, 1, 1), activation, bias_scale=1.0)
    tangent = infinite_ntk(mlp, x)
    assert np.isfinite(tangent).all()
    # The large limit is that of a step, or of relu.
    if scale == 1e8:
        limit = {"tanh": "erf", "sigmoid": "erf", "softplus": "relu"}[activation]
        square = {"tanh": 1.0, "sigmoid": 0.25, "softplus": 1.0}[activation]
        shift = {"tanh": 0.0, "sigmoid": 0.25, "softplus": 0.0}[activation]
        one = MLP((2, 1, 1), activation, bias_scale=1.0)
        steep = MLP((2, 1, 1), limit, bias_scale=1.0)
        expected = square * (infinite_nngp(steep, x) - 1) + shift + 1
        np.testing.assert_allclose(infinite_nngp(one, x), expected, rtol=3e-8, atol=3e-8)


@pytest.mark.parametrize("activation", ["tanh", "softplus", "gelu"])
@pytest.mark.parametrize("scale", [0.3, 4.0])
def test_tiles_are_what_single_pairs_are(activation, scale):
    # More samples than a tile has, near and far ones; one pair at a time there is no series.
    rng = np.random.default_rng(5)
    x = scale * rng.standard_normal((300, 3))
    x[150:] = x[:150] + 10.0 ** rng.uniform(-6, 0, (150, 1)) * rng.standard_normal((150, 3))
    mlp = MLP((3, 1, 1, 1), activation, bias_scale=0.2)
    whole = infinite_ntk(mlp, x)
    np.testing.assert_array_equal(whole, whole.T)
    np.testing.assert_allclose(infinite_ntk(mlp, x, x.copy()), whole, rtol=2e-12)
    for i in range(0, 300, 23):
        j = (i + 150) % 300
        alone = infinite_ntk(mlp, x[[i]], x[[j]])[0, 0]
        assert alone == pytest.approx(whole[i, j], rel=1e-9)


def test_bits_do_not_depend_on_threads():
    x = np.random.default_rng(5).standard_normal((400, 3))
    mlp = MLP((3, 1, 1, 1), "tanh")
    kernels = []
    for count in (1, 3):
        with ty.threads(count):
            kernels.append((infinite_ntk(mlp, x), infinite_ntk(mlp, x, x[:50])))
    np.testing.assert_array_equal(kernels[0][0], kernels[1][0])
    np.testing.assert_array_equal(kernels[0][1], kernels[1][1])


def test_progress_is_reported():
    seen = []
    infinite_ntk(MLP((3, 1, 1)), sample(), progress=lambda share, text: seen.append((share, text)))
    assert seen[-1] == (1.0, "kernel of infinite width")


def test_what_overflows_or_does_not_fit_is_refused():
    for kernel in (infinite_ntk, infinite_nngp):
        with pytest.raises(ValueError, match="scale the samples"):
            kernel(MLP((3, 1, 1), "tanh"), 1e200 * sample())
        with pytest.raises(ValueError, match="layer 2"):
            kernel(MLP((3, 1, 1, 1), "relu", weight_scale=(1.0, 1e100, 1e100)), 1e80 * sample())
        with pytest.raises(MemoryError, match="fewer samples"):
            kernel(MLP((3, 1, 1), "tanh"), np.zeros((10**6, 3)))
