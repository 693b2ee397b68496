"""Gradient descent against its obvious twin, and how it ends."""

import threading

import numpy as np
import pytest

import typicality as ty
from oracles.networks import gradient_descent
from typicality.networks import MLP, empirical_ntk, train
from typicality.networks._training import largest_kernel_eigenvalue


def problem(widths=(3, 6, 4, 2), n=5, **options):
    mlp = MLP(widths, "tanh", bias_scale=0.5, **options)
    rng = np.random.default_rng(1)
    return mlp, rng.standard_normal((n, widths[0])), rng.standard_normal((n, widths[-1]))


@pytest.mark.parametrize("momentum", [0.0, 0.8])
@pytest.mark.parametrize("bias", [True, False])
def test_against_twin(momentum, bias):
    mlp, x, y = problem(bias=bias)
    theta0 = mlp.init(3, rng=0)
    rates = np.array([0.01, 0.02, 0.03])
    result = train(
        mlp, theta0, x, y, max_steps=20, tolerance=0, learning_rate=rates, momentum=momentum
    )
    assert result.steps.tolist() == [20] * 3
    assert set(result.status) == {"out of steps"}
    for i in range(3):
        twin = gradient_descent(mlp, theta0[i], x, y, rates[i], momentum, 20)
        np.testing.assert_allclose(result.theta[i], twin, rtol=1e-10, atol=1e-12)
    losses = 0.5 * ((mlp.apply(result.theta, x) - y) ** 2).sum(axis=(1, 2))
    np.testing.assert_allclose(result.losses, losses, rtol=1e-12)
    lengths = np.linalg.norm(result.theta - theta0, axis=-1)
    np.testing.assert_allclose(result.displacement, lengths, rtol=1e-14)


def test_converges_and_stops_there():
    mlp, x, y = problem((3, 200, 1))
    theta0 = mlp.init((2, 2), rng=0)
    result = train(mlp, theta0, x, y[:, 0], max_steps=10**5, tolerance=1e-8, momentum=0.9)
    assert result.converged.all()
    assert (result.losses < 1e-8).all()
    assert (result.steps < 10**5).all()
    assert result.theta.shape == theta0.shape
    np.testing.assert_allclose(result.learning_rate * _largest(mlp, theta0, x), 1.9)


def _largest(mlp, theta, x):
    return np.linalg.eigvalsh(empirical_ntk(mlp, theta, x))[..., -1]


def test_targets_for_each_network():
    mlp, x, y = problem()
    theta0 = mlp.init(2, rng=0)
    other = np.stack([y, -y])
    both = train(mlp, theta0, x, other, max_steps=10, tolerance=0)
    alone = train(mlp, theta0[1], x, -y, max_steps=10, tolerance=0)
    np.testing.assert_allclose(both.theta[1], alone.theta, rtol=1e-13)
    assert alone.losses.shape == ()
    assert alone.status == "out of steps"


def test_divergence_is_reported():
    mlp, x, y = problem()
    result = train(mlp, mlp.init(2, rng=0), x, y, max_steps=2000, tolerance=1e-9, learning_rate=1e6)
    assert set(result.status) == {"diverged"}
    assert not result.converged.any()


def test_nothing_to_learn():
    mlp, x, y = problem()
    theta0 = mlp.init(2, rng=0)
    done = train(mlp, theta0, x[:0], y[:0], max_steps=5, tolerance=1e-9)
    assert done.steps.tolist() == [0, 0]
    assert done.converged.all()
    still = train(mlp, theta0, x[:0], y[:0], max_steps=5, tolerance=0)
    np.testing.assert_array_equal(still.theta, theta0)
    assert train(mlp, theta0[:0], x, y, max_steps=5, tolerance=0).losses.shape == (0,)
    at_once = train(mlp, theta0, x, y, max_steps=0, tolerance=0)
    np.testing.assert_array_equal(at_once.theta, theta0)


def test_bits_do_not_depend_on_threads():
    mlp, x, y = problem((3, 300, 2), n=40)
    theta0 = mlp.init(5, rng=0)
    with ty.threads(1):
        one = train(mlp, theta0, x, y, max_steps=30, tolerance=0)
    with ty.threads(2):
        two = train(mlp, theta0, x, y, max_steps=30, tolerance=0)
    np.testing.assert_array_equal(one.theta, two.theta)


def test_largest_eigenvalue_by_power_iteration(monkeypatch):
    mlp, x, _ = problem((3, 50, 2), n=30)
    theta = mlp.init(rng=0)
    exact = largest_kernel_eigenvalue(mlp, theta, x)
    monkeypatch.setattr("typicality.networks._training._DENSE", 0)
    assert largest_kernel_eigenvalue(mlp, theta, x) == pytest.approx(exact, rel=0.02)
    assert largest_kernel_eigenvalue(mlp, theta, x[:0]) == 0.0


def test_progress_and_its_exceptions():
    mlp, x, y = problem((3, 400, 2), n=200)
    seen = []
    train(
        mlp,
        mlp.init(2, rng=0),
        x,
        y,
        max_steps=300,
        tolerance=0,
        progress=lambda fraction, text: seen.append((fraction, text)),
    )
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert seen[-1][1] == "gradient descent"

    def stop(_fraction, _text):
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        train(mlp, mlp.init(2, rng=0), x, y, max_steps=10**7, tolerance=0, progress=stop)
    assert threading.active_count() >= 1


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"max_steps": -1}, ValueError, "max_steps"),
        ({"max_steps": 1.5}, TypeError, "max_steps"),
        ({"tolerance": -1.0}, ValueError, "tolerance"),
        ({"tolerance": np.nan}, ValueError, "tolerance"),
        ({"momentum": 1.0}, ValueError, "momentum"),
        ({"learning_rate": "fast"}, ValueError, "auto"),
        ({"learning_rate": 0.0}, ValueError, "positive"),
        ({"learning_rate": [1.0, 2.0, 3.0]}, ValueError, "learning_rate"),
        ({"y": np.zeros((4, 2))}, ValueError, "y must have shape"),
        ({"y": np.zeros(5)}, ValueError, "y must have shape"),
        ({"y": "target"}, TypeError, "y must"),
    ],
)
def test_refused(options, error, match):
    mlp, x, y = problem()
    arguments = {"max_steps": 5, "tolerance": 0.0, "y": y} | options
    with pytest.raises(error, match=match):
        train(mlp, mlp.init(2, rng=0), x, **arguments)
