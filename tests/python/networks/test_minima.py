"""Global minima: Levenberg-Marquardt against its twin, thresholds, the nearest minimum."""

import math

import numpy as np
import pytest

import typicality as ty
from oracles.networks import levenberg_marquardt
from typicality import _core
from typicality.networks import (
    MLP,
    Certificate,
    effective_parameters,
    empirical_ntk,
    find_minima,
    nearest_minimum,
)
from typicality.networks._certificate import certify
from typicality.networks._jacobian import vector_jacobian_product


def problem(widths, n, activation="tanh", **options):
    mlp = MLP(widths, activation, bias_scale=0.5, **options)
    rng = np.random.default_rng(1)
    return mlp, rng.standard_normal((n, widths[0])), rng.standard_normal((n, widths[-1]))


@pytest.mark.parametrize(
    ("widths", "n"), [((3, 6, 2), 5), ((3, 2, 2), 12), ((2, 4, 3, 1), 8), ((3, 1), 3)]
)
def test_against_twin(widths, n):
    mlp, x, y = problem(widths, n)
    theta0 = mlp.init(2, rng=0)
    for steps in (1, 6):
        result = find_minima(mlp, theta0, x, y, max_steps=steps, tolerance=0)
        for i in range(2):
            twin = levenberg_marquardt(mlp, theta0[i], x, y, steps)
            np.testing.assert_allclose(result.theta[i], twin, rtol=1e-6, atol=1e-8)


def test_finds_minima_above_the_threshold_and_none_below():
    mlp, x, y = problem((4, 8, 1), 25)
    assert effective_parameters(mlp, x) == 49
    found = find_minima(mlp, mlp.init((4, 4), rng=0), x, y)
    assert found.converged.all()
    assert found.theta.shape == (4, 4, 49)
    losses = 0.5 * ((mlp.apply(found.theta, x) - y) ** 2).sum(axis=(2, 3))
    np.testing.assert_allclose(found.losses, losses, rtol=1e-6, atol=1e-25)
    below, x, y = problem((4, 3, 1), 25)
    lost = find_minima(below, below.init(8, rng=0), x, y)
    assert not lost.converged.any()
    assert set(lost.status) <= {"stalled", "out of steps"}
    # Each ended at a point where the gradient vanishes, or was still on its way down.
    start = 0.5 * ((below.apply(below.init(8, rng=0), x) - y) ** 2).sum(axis=(1, 2))
    assert (lost.losses < start).all()


def test_linear_least_squares_in_one_go():
    mlp, x, y = problem((4, 2), 30, "identity")
    result = find_minima(mlp, mlp.init(rng=0), x, y, max_steps=60, tolerance=1e-9)
    design = mlp.jacobian(result.theta, x).reshape(60, -1)
    best = np.linalg.lstsq(design, y.reshape(-1), rcond=None)[1][0] / 2
    assert float(result.losses) == pytest.approx(best, rel=1e-9)
    assert result.status == "stalled"


def test_bits_do_not_depend_on_threads_or_company():
    mlp, x, y = problem((4, 8, 1), 25)
    theta0 = mlp.init(5, rng=0)
    with ty.threads(1):
        one = find_minima(mlp, theta0, x, y)
    with ty.threads(3):
        three = find_minima(mlp, theta0, x, y)
    np.testing.assert_array_equal(one.theta, three.theta)
    np.testing.assert_array_equal(find_minima(mlp, theta0[2:3], x, y).theta[0], one.theta[2])


def test_edges_of_the_search():
    mlp, x, y = problem((4, 8, 1), 25)
    theta0 = mlp.init(2, rng=0)
    assert find_minima(mlp, theta0[:0], x, y).losses.shape == (0,)
    empty = find_minima(mlp, theta0, x[:0], y[:0])
    assert empty.converged.all()
    assert find_minima(mlp, theta0, x[:0], y[:0], tolerance=0).losses.tolist() == [0, 0]
    none = find_minima(mlp, theta0, x, y, max_steps=0)
    assert set(none.status) == {"out of steps"}
    huge = find_minima(mlp, 1e200 * theta0, x, y, max_steps=20)
    assert np.isfinite(huge.theta).all()
    dead, x, y = problem((4, 8, 1), 25, "relu", bias=False)
    stuck = find_minima(dead, np.zeros(dead.n_params), x, y)
    assert stuck.status == "stalled"
    duplicate = np.repeat(x[:1], 25, axis=0)
    assert find_minima(mlp, theta0, duplicate, y).status.tolist() == ["stalled", "stalled"]


@pytest.mark.parametrize("size", [1e-320, 1e-300, 1e-170, 1e-130, 1.0, 1e150])
def test_lengths_of_tiny_and_huge_steps_are_right(size):
    mlp = MLP((3, 1), "identity", bias=False)
    minimum = nearest_minimum(mlp, np.zeros(3), np.eye(3)[:2], [[size], [size]])
    # The weights are multiplied by the inputs over sqrt(3).
    assert minimum.linearized_displacement == pytest.approx(math.sqrt(6) * size, rel=1e-3, abs=0)
    if size > 1e-300:
        expected = pytest.approx(math.sqrt(6) * size, rel=1e-14, abs=0)
        assert minimum.linearized_displacement == expected
    assert minimum.certificate.radius >= minimum.linearized_displacement


def test_nearest_minimum_is_near_the_linearized_one():
    mlp, x, y = problem((20, 4096, 1), 10)
    theta0 = mlp.init(rng=3)
    kernel = empirical_ntk(mlp, theta0, x)
    residual = (mlp.apply(theta0, x) - y).reshape(-1)
    minimum = nearest_minimum(mlp, theta0, x, y)
    assert (minimum.status, minimum.method) == ("converged", "newton")
    assert minimum.loss < 1e-20
    expected = np.sqrt(residual @ np.linalg.solve(kernel, residual))
    assert minimum.linearized_displacement == pytest.approx(expected, rel=1e-10)
    assert minimum.displacement == pytest.approx(expected, rel=0.01)
    # The step stays in the row space of the first Jacobian.
    rows = mlp.jacobian(theta0, x).reshape(10, -1)
    step = minimum.theta - theta0
    outside = step - rows.T @ np.linalg.solve(kernel, rows @ step)
    assert np.linalg.norm(outside) < 1e-10 * np.linalg.norm(step)
    assert minimum.certificate.rigorous
    assert not minimum.estimate.rigorous
    assert minimum.estimate.h < 0.5 < minimum.certificate.h
    assert minimum.displacement <= minimum.estimate.radius


def test_large_systems_in_blocks():
    # More than 2048 targets, and a width that is more than one piece of a sum.
    n = 2100
    mlp, x, noise = problem((8, 2100, 1), n)
    theta0 = mlp.init(rng=4)
    kernel = empirical_ntk(mlp, theta0, x)
    # Near in the directions that the kernel hardly reaches.
    y = mlp.apply(theta0, x) - kernel @ noise / 1e4
    residual = (mlp.apply(theta0, x) - y).reshape(-1)
    arguments = (*mlp.network, theta0[np.newaxis], x, y, 1, 0.0)

    def ends(threads):
        with ty.threads(threads):
            (newton, *_), length = _core.nearest_minimum(*arguments)
            damped, *_ = _core.levenberg_marquardt(*arguments, None)
        return newton[0], damped[0], length

    one, three = ends(1), ends(3)
    assert all(np.array_equal(a, b) for a, b in zip(one, three, strict=True))
    newton, damped, length = one
    for found, damping in ((newton, 0.0), (damped, 1e-3 * kernel.diagonal().max())):
        weights = np.linalg.solve(kernel + damping * np.eye(n), residual)
        step = -vector_jacobian_product(mlp, theta0, x, weights.reshape(n, 1))
        np.testing.assert_allclose(found - theta0, step, atol=1e-9 * np.abs(step).max())
    weights = np.linalg.solve(kernel, residual)
    assert length == pytest.approx(np.sqrt(residual @ weights), rel=1e-9)
    # The same targets twice: singular, however the factorization is cut.
    twice = np.tile(x[: n // 2], (2, 1))
    assert _core.nearest_minimum(*arguments[:-5], theta0[np.newaxis], twice, y, 1, 0.0)[1] == np.inf


def test_certificate_bounds_the_change_of_the_jacobian():
    rng = np.random.default_rng(0)
    for activation in ("tanh", "erf", "gelu", "sigmoid", "softplus", "sin"):
        for k in (1, 3):
            mlp, x, _ = problem((3, 30, k), 6, activation)
            theta0 = mlp.init(rng=1)
            certificate = certify(mlp, theta0, x, smallest=1.0, step=0.5)
            assert certificate is not None
            for _ in range(20):
                ends = []
                for _ in range(2):
                    direction = rng.standard_normal(mlp.n_params)
                    ends.append(theta0 + rng.random() * direction / np.linalg.norm(direction))
                first, second = (mlp.jacobian(end, x).reshape(6 * k, -1) for end in ends)
                change = np.linalg.norm(first - second, 2) / np.linalg.norm(ends[0] - ends[1])
                assert change <= certificate.lipschitz


def test_certificate_of_the_theory_and_its_arithmetic():
    mlp, x, _ = problem((3, 30, 1), 6)
    theta0, step = mlp.init(rng=1), 0.5
    augmented = np.hstack([x / np.sqrt(3), np.full((6, 1), 0.5)])
    longest, norm = np.linalg.norm(augmented, axis=1).max(), np.linalg.norm(augmented, 2)
    largest = np.abs(theta0[120:150]).max() + 2 * step
    bound = (4 / np.sqrt(27) * largest * longest + 1) * norm / np.sqrt(30)
    certificate = certify(mlp, theta0, x, smallest=100.0, step=step)
    assert certificate.lipschitz <= bound
    assert certificate.h == pytest.approx(certificate.lipschitz * step / 100.0)
    t = 100.0 / certificate.lipschitz * (1 - np.sqrt(1 - 2 * certificate.h))
    assert certificate.radius == pytest.approx(t)
    assert certificate.certified
    relu = MLP((3, 30, 1), "relu")
    assert certify(relu, relu.init(rng=0), x, smallest=1.0, step=1.0) is None
    assert not Certificate(0.1, 1.0, 1.0, rigorous=False).certified


def test_what_certifies_nothing_does_not_look_as_if_it_did():
    x = np.array([[1e154, 2e154], [-3e154, 1e154]])
    mlp = MLP((2, 40, 1), "tanh", bias_scale=0.5)
    minimum = nearest_minimum(mlp, mlp.init(rng=0), x, [0.3, -0.2])
    for certificate in (minimum.certificate, minimum.estimate):
        assert not certificate.certified
        assert not certificate.rigorous
    # Squares of the inputs overflow, so there is no proved constant.
    assert certify(mlp, mlp.init(rng=0), x, smallest=1.0, step=1.0) is None
    assert certify(mlp, mlp.init(rng=0), 1e100 * x, smallest=1.0, step=1.0) is None
    wide, given, targets = problem((4, 60, 1), 12)
    shown = repr(nearest_minimum(wide, wide.init(rng=0), given, targets))
    assert "certificate=Certificate(certified=False, h=" in shown
    assert "radius=nan" in shown
    unknown = certify(wide, wide.init(rng=0), given, smallest=0.0, step=1.0)
    assert unknown is not None
    assert (unknown.h, unknown.certified) == (np.inf, False)
    assert np.isnan(unknown.radius)
    for h in (0.51, np.inf, np.nan):
        assert not Certificate(h, np.nan, 1.0, rigorous=True).certified


def test_rigorous_where_wide_enough():
    # Few, nearly orthogonal samples and small targets: provable at a width that is still quick.
    mlp = MLP((50, 100_000, 1), "tanh", bias_scale=0.5)
    rng = np.random.default_rng(0)
    x = np.sqrt(50) * np.linalg.qr(rng.standard_normal((50, 4)))[0].T
    theta0 = mlp.init(rng=0)
    y = mlp.apply(theta0, x) + 0.3 * rng.standard_normal((4, 1))
    minimum = nearest_minimum(mlp, theta0, x, y)
    assert minimum.certificate.certified
    assert minimum.displacement <= minimum.certificate.radius
    assert minimum.estimate.h < minimum.certificate.h


def test_nearest_minimum_where_newton_fails():
    mlp, x, y = problem((4, 6, 1), 30)
    minimum = nearest_minimum(mlp, mlp.init(rng=2), x, 5 * y, max_steps=500, tolerance=1e-10)
    assert minimum.method == "levenberg-marquardt"
    assert minimum.certificate.h > 0.5
    duplicate = np.repeat(x[:1], 2, axis=0)
    singular = nearest_minimum(mlp, mlp.init(rng=2), duplicate, [1.0, -1.0])
    assert singular.status == "stalled"
    assert singular.linearized_displacement == np.inf
    assert (singular.certificate.h, singular.estimate.h) == (np.inf, np.inf)


@pytest.mark.parametrize("rng", range(6))
def test_linearized_displacement_where_the_kernel_is_singular(rng):
    # Whether a pivot of rounding size comes out positive depends on the draw.
    mlp = MLP((1, 8, 1), "tanh")
    theta0 = mlp.init(rng=rng)
    unequal = nearest_minimum(mlp, theta0, [[1.0], [1.0]], [0.0, 1.0])
    assert unequal.linearized_displacement == np.inf
    assert unequal.status == "stalled"
    # Equal targets ask for no more than one of the samples does.
    equal = nearest_minimum(mlp, theta0, [[1.0], [1.0]], [0.3, 0.3])
    one = nearest_minimum(mlp, theta0, [[1.0]], [0.3])
    assert equal.linearized_displacement == pytest.approx(one.linearized_displacement, rel=1e-9)
    assert equal.status == "converged"
    assert not equal.certificate.certified


def test_saturated_units_on_huge_inputs():
    # Only the output bias and weights can move; products of the inputs overflow.
    mlp, x = MLP((1, 8, 1), "tanh"), np.array([[1e200], [-1e200], [0.5]])
    theta0, y = mlp.init(rng=0), [0.3, -0.2, 0.1]
    jacobian = mlp.jacobian(theta0, x).reshape(3, -1)
    residual = mlp.apply(theta0, x)[:, 0] - y
    expected = np.linalg.norm(np.linalg.pinv(jacobian) @ residual)
    minimum = nearest_minimum(mlp, theta0, x, y)
    assert minimum.status == "converged"
    assert minimum.linearized_displacement == pytest.approx(expected, rel=1e-9)
    assert find_minima(mlp, theta0, x, y).converged


def test_linearized_displacement_below_the_threshold():
    mlp, x, y = problem((4, 6, 1), 60)
    theta0 = mlp.init(rng=0)
    assert nearest_minimum(mlp, theta0, x, y).linearized_displacement == np.inf
    jacobian = mlp.jacobian(theta0, x).reshape(60, -1)
    change = jacobian @ np.random.default_rng(5).standard_normal(mlp.n_params)
    reachable = nearest_minimum(mlp, theta0, x, mlp.apply(theta0, x) + change[:, None])
    expected = np.linalg.norm(np.linalg.pinv(jacobian) @ change)
    assert reachable.linearized_displacement == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"max_steps": -1}, ValueError, "max_steps"),
        ({"tolerance": np.inf}, ValueError, "tolerance"),
        ({"y": np.zeros((3, 1))}, ValueError, "y must have shape"),
    ],
)
def test_refused(options, error, match):
    mlp, x, y = problem((4, 6, 1), 5)
    arguments = {"y": y} | options
    for search in (find_minima, nearest_minimum):
        with pytest.raises(error, match=match):
            search(mlp, mlp.init(rng=0), x, **arguments)
    with pytest.raises(ValueError, match="at least one sample"):
        nearest_minimum(mlp, mlp.init(rng=0), x[:0], y[:0])
    with pytest.raises(ValueError, match="1 axes"):
        nearest_minimum(mlp, mlp.init(2, rng=0), x, y)
    with pytest.raises(MemoryError, match="train"):
        find_minima(MLP((1, 10**6, 1)), np.zeros(3_000_001), np.zeros((10**6, 1)), np.zeros(10**6))
