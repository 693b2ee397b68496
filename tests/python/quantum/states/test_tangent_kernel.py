"""The tangent kernel against the Jacobian of psi -> rho_A, and the displacements it gives."""

import math

import numpy as np
import pytest

from oracles.quantum import hermitian_basis, tangent_jacobian
from typicality.quantum import (
    haar_reduced_states,
    haar_states,
    mean_squared_tangent_displacement,
    reduced_density_matrix,
    tangent_displacement,
    tangent_kernel,
    tangent_spectrum,
    uhlmann_displacement,
)


@pytest.mark.parametrize(("d_a", "d_b"), [(1, 3), (2, 2), (2, 5), (3, 3), (4, 2), (5, 3)])
def test_kernel_is_the_gram_matrix_of_the_jacobian(d_a, d_b):
    psi = haar_states(d_a * d_b, rng=d_a + 10 * d_b)
    rho = reduced_density_matrix(psi, [d_a, d_b], [0])
    jacobian = tangent_jacobian(psi, d_a, d_b)
    kernel = tangent_kernel(rho)
    np.testing.assert_allclose(kernel, jacobian @ jacobian.T, atol=1e-14)
    spectrum = tangent_spectrum(rho, d_b)
    np.testing.assert_allclose(spectrum, np.linalg.eigvalsh(kernel), atol=1e-13)
    zero_modes = np.count_nonzero(spectrum == 0)
    assert zero_modes == max(0, d_a - d_b) ** 2
    rank = np.linalg.matrix_rank(jacobian, tol=1e-9)
    assert rank == (d_a**2 if d_a <= d_b else 2 * d_a * d_b - d_b**2)
    # The least-squares step of the explicit Jacobian.
    target = [np.trace(o).real / d_a for o in hermitian_basis(d_a)]
    current = [np.trace(rho @ o).real for o in hermitian_basis(d_a)]
    residual = np.array(target) - current
    step = np.linalg.pinv(jacobian, rcond=1e-9) @ residual
    assert tangent_displacement(rho, d_b) == pytest.approx(np.linalg.norm(step), abs=1e-12)


def test_uhlmann_step_reaches_the_mixed_state():
    d_a, d_b = 3, 4
    matrix = haar_states(d_a * d_b, rng=3).reshape(d_a, d_b)
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    nearest = left @ right / math.sqrt(d_a)
    np.testing.assert_allclose(nearest @ nearest.conj().T, np.eye(d_a) / d_a, atol=1e-15)
    rho = matrix @ matrix.conj().T
    distance = np.linalg.norm(nearest - matrix)
    assert uhlmann_displacement(rho, d_b) == pytest.approx(distance, rel=1e-13)
    for seed in range(20):
        unitary = np.linalg.qr(haar_states(d_b, d_b, rng=seed))[0]
        other = unitary[:d_a] / math.sqrt(d_a)
        assert np.linalg.norm(other - matrix) > distance


def test_small_deviations_keep_their_digits():
    eps = 1e-9
    rho = np.diag([0.5 + eps, 0.5 - eps])
    # (1/4) sum (p - 1/2)^2 / p = eps^2 to leading order, for both.
    assert tangent_displacement(rho) == pytest.approx(eps, rel=1e-6)
    assert uhlmann_displacement(rho) == pytest.approx(eps, rel=1e-6)
    assert tangent_displacement(np.eye(4) / 4) == uhlmann_displacement(np.eye(4) / 4) == 0.0


def test_rank_deficiency():
    pure = np.diag([1.0, 0.0, 0.0])
    assert tangent_displacement(pure) == math.inf
    assert tangent_displacement(pure, 1) == pytest.approx(1 / 3)
    assert uhlmann_displacement(pure) == pytest.approx(math.sqrt(2 - 2 / math.sqrt(3)))
    assert uhlmann_displacement(pure, 2) == math.inf
    assert uhlmann_displacement(pure, 2**600) < math.inf


def test_rank_of_computed_states_is_that_of_their_environment():
    # Rounding leaves the d_a - d_b zeros of a computed matrix near zero, not at it.
    for d_a, d_b in [(300, 2), (64, 1), (20, 19)]:
        psi = haar_states(d_a * d_b, 3, rng=d_a)
        for dtype in (np.complex128, np.complex64):
            rho = reduced_density_matrix(psi.astype(dtype), [d_a, d_b], [0])
            zero_modes = np.count_nonzero(tangent_spectrum(rho, d_b) == 0, axis=-1)
            assert (zero_modes == (d_a - d_b) ** 2).all()
            with pytest.raises(ValueError, match="rank"):
                tangent_displacement(rho[None] / 2 + np.eye(d_a, dtype=dtype) / (2 * d_a), d_b)


@pytest.mark.parametrize("lost", [0.0, 4e-7])
def test_rank_of_what_a_solver_left_is_that_of_its_environment(lost):
    exact = haar_reduced_states(6, 2, rng=8)
    error = np.random.default_rng(8).uniform(-1, 1, 6)
    error += -error.mean() - lost / 6e-7
    solved = exact + 1e-7 * np.diag(error)
    with pytest.raises(ValueError, match="rho must"):
        tangent_spectrum(solved, 2)
    with pytest.raises(ValueError, match="rank 2 at most"):
        tangent_spectrum(solved + 1e-3 * (np.eye(6) / 6 - exact), 2, tolerance=1e-6)
    spectrum = tangent_spectrum(solved, 2, tolerance=1e-6)
    assert np.count_nonzero(spectrum == 0) == 16
    np.testing.assert_allclose(spectrum, tangent_spectrum(exact, 2), atol=4e-6)
    found = tangent_displacement(solved, 2, tolerance=1e-6)
    assert found == pytest.approx(tangent_displacement(exact, 2), rel=1e-4)
    assert uhlmann_displacement(solved, 2, tolerance=1e-6) == math.inf


@pytest.mark.parametrize(("d_a", "d_b"), [(1, 7), (2, 6), (4, 9), (7, 3), (9, 4), (3, 50)])
def test_mean_of_draws(d_a, d_b):
    # The variance is finite here: |d_a - d_b| > 2.
    rho = haar_reduced_states(d_a, d_b, 20000, rng=31)
    squares = tangent_displacement(rho, d_b) ** 2
    error = abs(squares.mean() - mean_squared_tangent_displacement(d_a, d_b))
    assert error <= 4 * squares.std() / math.sqrt(20000) + 1e-15


def test_double_descent():
    assert mean_squared_tangent_displacement(1, 1) == 0.0
    assert mean_squared_tangent_displacement(4, 4) == math.inf
    for c, limit in [(0.5, 0.25), (2.0, 0.125), (3.0, 1 / 8)]:
        d_b = 2**300
        value = mean_squared_tangent_displacement(int(c * d_b), d_b)
        assert value == pytest.approx(limit, rel=1e-12)
    for c in (2, 3, 10):
        limit = (c * c - 3 * c + 3) / (4 * c * (c - 1))
        assert mean_squared_tangent_displacement(c * 10**9, 10**9) == pytest.approx(limit, rel=1e-6)


def test_batches_and_single_precision():
    rho = haar_reduced_states(3, 5, (2, 4), rng=1)
    assert tangent_kernel(rho).shape == (2, 4, 9, 9)
    assert tangent_spectrum(rho).shape == (2, 4, 9)
    assert tangent_displacement(rho).shape == uhlmann_displacement(rho).shape == (2, 4)
    single = rho.astype(np.complex64)
    for function in (tangent_kernel, tangent_spectrum, tangent_displacement, uhlmann_displacement):
        assert function(single).dtype == np.float32
        np.testing.assert_allclose(function(single), function(rho), rtol=1e-4, atol=1e-5)
        assert function(rho[:0]).shape[0] == 0
    np.testing.assert_allclose(tangent_kernel(rho[::-1, ::2]), tangent_kernel(rho)[::-1, ::2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tangent_kernel(np.eye(2)), "rho must have unit trace"),
        (lambda: tangent_spectrum(np.eye(2) / 2, 0), "d_b must be at least 1"),
        (lambda: tangent_displacement(np.ones((2, 3))), "rho must hold square"),
        (lambda: uhlmann_displacement(np.diag([1.5, -0.5])), "rho must be positive"),
        (lambda: uhlmann_displacement(np.eye(2) / 2, 2.0), "d_b must be an integer"),
        (lambda: tangent_spectrum(np.eye(4) / 4, 2), "rho must have rank 2 at most"),
        (lambda: tangent_displacement(np.eye(4) / 4, 2), "a matrix has rank 4"),
        (lambda: uhlmann_displacement([np.diag([1.0, 0]), np.eye(2) / 2], 1), "must have rank 1"),
        (lambda: mean_squared_tangent_displacement(0, 2), "d_a must be"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_kernels_that_would_not_fit_are_refused():
    rho = np.eye(600, dtype=np.complex64) / np.complex64(600)
    with pytest.raises(MemoryError, match="tangent_spectrum"):
        tangent_kernel(rho)
