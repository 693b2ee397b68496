"""The linearized network and gradient flow."""

import numpy as np
import pytest

from typicality.networks import (
    MLP,
    empirical_ntk,
    gradient_flow,
    kernel_regression,
    linearize,
    train,
)


def test_is_the_first_order_expansion():
    mlp = MLP((3, 9, 4, 2), "gelu")
    theta0, theta = mlp.init(rng=0), mlp.init((2, 3), rng=1)
    x = np.random.default_rng(0).standard_normal((5, 3))
    linear = linearize(mlp, theta0)
    step = np.einsum("nkp,abp->abnk", mlp.jacobian(theta0, x), theta - theta0)
    np.testing.assert_allclose(linear(theta, x), mlp.apply(theta0, x) + step, rtol=1e-11)
    np.testing.assert_array_equal(linear(theta0, x), mlp.apply(theta0, x))
    np.testing.assert_array_equal(linear.kernel(x), empirical_ntk(mlp, theta0, x))
    assert linear(theta[:0], x).shape == (0, 3, 5, 2)


def test_does_not_follow_later_changes_of_the_array():
    mlp = MLP((3, 4, 1))
    theta0 = mlp.init(rng=0)
    linear = linearize(mlp, theta0)
    before = linear(theta0.copy(), np.eye(3))
    theta0[:] = 0
    np.testing.assert_array_equal(linear(mlp.init(rng=0), np.eye(3)), before)
    with pytest.raises(ValueError, match="read-only"):
        linear.theta0[0] = 1.0


def test_flow_is_what_small_steps_of_descent_do():
    # A network without hidden layers is linear in its parameters: the flow is exact for it.
    mlp = MLP((4, 1), "identity")
    rng = np.random.default_rng(1)
    x, y, theta0 = rng.standard_normal((6, 4)), rng.standard_normal((6, 1)), mlp.init(rng=2)
    kernel = empirical_ntk(mlp, theta0, x)
    residual = (mlp.apply(theta0, x) - y).reshape(-1)
    rate, steps = 1e-4 / np.linalg.eigvalsh(kernel)[-1], 20_000
    end = train(mlp, theta0, x, y, max_steps=steps, tolerance=0, learning_rate=rate)
    flow = gradient_flow(kernel, residual, rate * steps)
    np.testing.assert_allclose((mlp.apply(end.theta, x) - y).reshape(-1), flow, atol=1e-4)


def test_flow_composes_and_ends():
    rng = np.random.default_rng(0)
    root = rng.standard_normal((5, 3))
    kernel, residual = root @ root.T, rng.standard_normal(5)
    once = gradient_flow(kernel, residual, 0.3)
    np.testing.assert_allclose(
        gradient_flow(kernel, once, 0.4), gradient_flow(kernel, residual, 0.7), rtol=1e-10
    )
    # What the kernel cannot reach stays for ever.
    projector = np.eye(5) - root @ np.linalg.pinv(root)
    end = gradient_flow(kernel, residual, 1e9)
    np.testing.assert_allclose(end, projector @ residual, atol=1e-5)
    assert gradient_flow(kernel, residual, np.zeros((2, 0))).shape == (2, 0, 5)
    assert gradient_flow(np.zeros((0, 0)), [], [1.0]).shape == (1, 0)


def test_refused():
    with pytest.raises(ValueError, match="symmetric"):
        gradient_flow([[1.0, 2.0], [0.0, 1.0]], [1.0, 1.0], 1.0)
    with pytest.raises(ValueError, match="semi-definite"):
        gradient_flow([[1.0, 2.0], [2.0, 1.0]], [1.0, 1.0], 1.0)
    with pytest.raises(ValueError, match="negative"):
        gradient_flow(np.eye(2), [1.0, 1.0], -1.0)
    with pytest.raises(ValueError, match="square"):
        gradient_flow(np.eye(3), [1.0, 1.0], 1.0)
    with pytest.raises(ValueError, match="theta0 must have"):
        linearize(MLP((3, 1)), [1.0])


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_what_is_rounding_does_not_decay(kind):
    # 500 targets, 169 parameters: 331 directions are never learned.
    mlp = MLP((10, 14, 1), "tanh")
    rng = np.random.default_rng(3)
    theta, x, residual = mlp.init(rng=1), rng.standard_normal((500, 10)), rng.standard_normal(500)
    kernel = empirical_ntk(mlp, theta.astype(kind), x.astype(kind))
    assert kernel.dtype == kind
    jacobian = mlp.jacobian(theta, x).reshape(500, -1)
    basis = np.linalg.qr(jacobian)[0]
    left = residual - basis @ (basis.T @ residual)
    for t in (1e7, 1e300, np.inf):
        end = gradient_flow(kernel, residual, t)
        # Single precision turns the null space by the rounding of K over its smallest rate.
        np.testing.assert_allclose(end, left, atol=1e-6 if kind == np.float64 else 0.2)
        assert np.linalg.norm(end) == pytest.approx(np.linalg.norm(left), rel=1e-3)


def test_infinite_times():
    residual = np.array([1.0, 0.0, 2.0])
    kernel = np.diag([0.0, 1e-300, 0.0])
    times = np.array([[0.0, 1.0, np.inf]])
    flow = gradient_flow(kernel, [1.0, 3.0, 2.0], times)
    np.testing.assert_array_equal(flow, [[[1, 3, 2], [1, 3, 2], [1, 0, 2]]])
    np.testing.assert_array_equal(gradient_flow(np.zeros((3, 3)), residual, np.inf), residual)
    # Rates whose product with the time overflows, and the largest floats.
    huge = gradient_flow(np.diag([1e308, 1e308, 0.0]), residual, [0.0, 1e308, np.inf])
    np.testing.assert_allclose(huge, [[1, 0, 2], [0, 0, 2], [0, 0, 2]])
    with pytest.raises(ValueError, match="NaN"):
        gradient_flow(kernel, residual, np.nan)
    with pytest.raises(ValueError, match="negative"):
        gradient_flow(kernel, residual, -np.inf)


def test_the_largest_floats():
    flow = gradient_flow(np.full((2, 2), 1e308), [1.0, 0.0], [0.0, 1.0, np.inf])
    np.testing.assert_allclose(flow, [[1.0, 0.0], [0.5, -0.5], [0.5, -0.5]], atol=1e-15)
    # Half lives of such a rate are among the smallest floats.
    half = np.log(2.0) / 3e307 / 6
    flow = gradient_flow(np.full((6, 6), 3e307), np.ones(6), [half, 2 * half])
    np.testing.assert_allclose(flow, [[0.5] * 6, [0.25] * 6], rtol=1e-12)
    largest = [1.7e308, -1.7e308]
    flow = gradient_flow(np.ones((2, 2)), largest, [0.0, 1.0, np.inf])
    np.testing.assert_array_equal(flow[0], largest)
    np.testing.assert_allclose(flow, [largest] * 3, rtol=1e-14)
    flow = gradient_flow(np.ones((2, 2)), [1.7e308, 1.7e308], [0.0, 1.0])
    np.testing.assert_allclose(flow, np.outer([1.7e308, 1.7e308 * np.exp(-2)], [1, 1]), rtol=1e-13)


def test_a_residual_that_grows_beyond_the_floats_is_refused():
    # What is left of (m, m) is its projection on (cos, sin), 1.2 m long in one entry.
    null = np.array([np.cos(np.pi / 8), np.sin(np.pi / 8)])
    with pytest.raises(ValueError, match="Scale the residual"):
        gradient_flow(np.eye(2) - np.outer(null, null), [1.7e308, 1.7e308], np.inf)


@pytest.mark.parametrize("kernel", [[[1.0, 1.7e308], [-1.7e308, 1.0]], -np.full((2, 2), 1e308)])
def test_kernels_of_the_largest_floats_are_refused_in_words(kernel):
    for solve in (
        lambda k: gradient_flow(k, [1.0, 1.0], 1.0),
        lambda k: kernel_regression(k, [1, 1]),
    ):
        with pytest.raises(ValueError, match=r"symmetric|negative|semi-definite"):
            solve(kernel)


def test_what_does_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr("typicality._memory.available_memory", lambda: 2**24)
    with pytest.raises(MemoryError, match="fewer times"):
        gradient_flow(np.eye(10), np.ones(10), np.ones(10**5))
    with pytest.raises(MemoryError, match="fewer samples"):
        gradient_flow(np.eye(800), np.ones(800), 1.0)
