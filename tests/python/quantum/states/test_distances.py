"""Distances of given states against definitions, inequalities and scipy's matrix functions."""

import math

import numpy as np
import pytest
from scipy import optimize

from oracles.quantum import matrix_function
from typicality.quantum import (
    bures_distance,
    chernoff_coefficient,
    fidelity,
    haar_reduced_states,
    haar_states,
    haar_unitaries,
    helstrom_probability,
    hilbert_schmidt_distance,
    relative_entropy,
    trace_distance,
    von_neumann_entropy,
)


@pytest.fixture(params=[(1, 1), (2, 2), (4, 4), (5, 9), (6, 2)], ids=str)
def pair(request):
    d_a, d_b = request.param
    rho = haar_reduced_states(d_a, d_b, 5, rng=1)
    sigma = haar_reduced_states(d_a, d_b, 5, rng=2)
    return rho, sigma, d_a <= d_b


def test_definitions(pair):
    rho, sigma, full_rank = pair
    trace, hilbert = trace_distance(rho, sigma), hilbert_schmidt_distance(rho, sigma)
    root_fidelity = np.sqrt(fidelity(rho, sigma))
    for i in range(5):
        difference = np.linalg.eigvalsh(rho[i] - sigma[i])
        assert trace[i] == pytest.approx(np.abs(difference).sum() / 2, abs=1e-14)
        assert hilbert[i] == pytest.approx(math.sqrt((difference**2).sum()), abs=1e-14)
        root = matrix_function(rho[i], math.sqrt)
        product = root @ sigma[i] @ root
        exact = np.sqrt(np.maximum(np.linalg.eigvalsh(product), 0)).sum()
        assert root_fidelity[i] == pytest.approx(exact, abs=1e-7)
        overlap = np.trace(
            matrix_function(rho[i], lambda x: x**0.3) @ matrix_function(sigma[i], lambda x: x**0.7)
        )
        assert chernoff_coefficient(rho[i], sigma[i], 0.3) == pytest.approx(overlap.real, abs=1e-12)
        if full_rank:
            logs = matrix_function(rho[i], math.log) - matrix_function(sigma[i], math.log)
            exact = np.trace(rho[i] @ logs).real
            assert relative_entropy(rho[i], sigma[i]) == pytest.approx(exact, abs=1e-11)
    if not full_rank:
        assert np.isinf(relative_entropy(rho, sigma)).all()
    np.testing.assert_allclose(bures_distance(rho, sigma) ** 2, 2 - 2 * root_fidelity, atol=1e-13)
    np.testing.assert_allclose(helstrom_probability(rho, sigma), (1 + trace) / 2, atol=1e-14)


def test_inequalities(pair):
    rho, sigma, _ = pair
    trace, root_fidelity = trace_distance(rho, sigma), np.sqrt(fidelity(rho, sigma))
    chernoff = chernoff_coefficient(rho, sigma)
    eps = 1e-12
    assert (1 - root_fidelity <= trace + eps).all()
    assert (trace <= np.sqrt(1 - np.minimum(root_fidelity, 1) ** 2) + 1e-7).all()
    assert (1 - trace <= chernoff + eps).all()
    assert (chernoff <= chernoff_coefficient(rho, sigma, 0.5) + eps).all()
    assert (chernoff_coefficient(rho, sigma, 0.5) <= root_fidelity + eps).all()
    assert (relative_entropy(rho, sigma) >= 2 * trace**2 - eps).all()


def test_pure_states():
    psi, phi = haar_states(6, rng=3), haar_states(6, rng=4)
    overlap = abs(np.vdot(psi, phi)) ** 2
    rho, sigma = np.outer(psi, psi.conj()), np.outer(phi, phi.conj())
    assert fidelity(rho, sigma) == pytest.approx(overlap, rel=1e-12)
    assert trace_distance(rho, sigma) == pytest.approx(math.sqrt(1 - overlap), rel=1e-12)
    assert hilbert_schmidt_distance(rho, sigma) == pytest.approx(math.sqrt(2 - 2 * overlap))
    assert chernoff_coefficient(rho, sigma) == pytest.approx(overlap, rel=1e-12)
    assert relative_entropy(rho, sigma) == math.inf
    mixed = np.eye(6) / 6
    assert relative_entropy(rho, mixed) == pytest.approx(math.log(6))
    assert relative_entropy(rho, mixed, base=6) == pytest.approx(1)


def test_equal_and_orthogonal_states():
    rho = haar_reduced_states(5, 7, rng=5)
    for function in (trace_distance, hilbert_schmidt_distance, relative_entropy):
        assert function(rho, rho) == pytest.approx(0, abs=1e-14)
    assert bures_distance(rho, rho) < 1e-14
    assert fidelity(rho, rho) == pytest.approx(1, rel=1e-13)
    assert chernoff_coefficient(rho, rho) == pytest.approx(1, rel=1e-13)
    first, second = np.diag([0.4, 0.6, 0, 0]), np.diag([0, 0, 0.5, 0.5])
    assert trace_distance(first, second) == pytest.approx(1)
    assert fidelity(first, second) == chernoff_coefficient(first, second) == 0
    assert bures_distance(first, second) == pytest.approx(math.sqrt(2))
    assert helstrom_probability(first, second, prior=0.3) == pytest.approx(1)


def test_neighboring_states_keep_their_distance():
    first, second = np.diag([0.5, 0.5]), np.diag([0.5 + 1e-9, 0.5 - 1e-9])
    assert bures_distance(first, second) == pytest.approx(1e-9, rel=1e-6)
    assert trace_distance(first, second) == pytest.approx(1e-9, rel=1e-6)


def test_eigenvalues_of_diagonal_matrices_are_exact():
    half = np.diag([0.5, 0.5])
    for small in (1e-10, 1e-15, 1e-100, 1e-300):
        sigma = np.diag([1 - small, small])
        exact = -math.log(2) - (math.log1p(-small) + math.log(small)) / 2
        assert relative_entropy(half, sigma) == pytest.approx(exact, rel=1e-14)
        exact = math.sqrt(2 - math.sqrt(2) * (math.sqrt(1 - small) + math.sqrt(small)))
        assert bures_distance(half, sigma) == pytest.approx(exact, rel=1e-14)
        assert relative_entropy(sigma, np.diag([1.0, 0.0])) == math.inf
        assert relative_entropy(np.diag([1.0, 0.0]), sigma) == pytest.approx(small, abs=1e-15)
        assert chernoff_coefficient(half, sigma, 0.0) == pytest.approx(1.0)
        overlap = math.sqrt(small / 2) + math.sqrt((1 - small) / 2)
        assert chernoff_coefficient(half, sigma, 0.5) == pytest.approx(overlap, rel=1e-14)
    # Of a batch each matrix by itself.
    turned = np.array([[1, 1], [1, -1]]) / math.sqrt(2)
    batch = np.stack([np.diag([1 - 1e-15, 1e-15]), turned @ np.diag([0.75, 0.25]) @ turned])
    found = relative_entropy(half, batch)
    assert found[0] == relative_entropy(half, batch[0])
    assert found[1] == pytest.approx(relative_entropy(half, np.diag([0.75, 0.25])), rel=1e-14)


def test_eigenvalues_of_other_matrices_are_known_to_rounding():
    rotation = haar_unitaries(2, rng=4)

    def turned(p):
        return (rotation * p) @ rotation.conj().T

    pure, half = turned([1.0, 0.0]), turned([0.5, 0.5])
    # Within 4 d eps the weight outside is rounding, beyond it is not.
    assert relative_entropy(pure, pure) < 1e-14
    assert relative_entropy(turned([1 - 1e-16, 1e-16]), pure) < 1e-14
    assert relative_entropy(turned([1 - 1e-14, 1e-14]), pure) == math.inf
    exact = -math.log(2) - (math.log1p(-1e-12) - 12 * math.log(10)) / 2
    assert relative_entropy(half, turned([1 - 1e-12, 1e-12])) == pytest.approx(exact, rel=1e-4)
    assert relative_entropy(half, turned([1 - 1e-15, 1e-15])) == math.inf
    for d, rank in [(4, 2), (30, 3), (200, 20)]:
        frame = haar_unitaries(d, rng=d)[:, :rank]
        p, q = np.arange(1.0, rank + 1), np.arange(rank + 1.0, 1, -1)
        p, q = p / p.sum(), q / q.sum()
        rho, sigma = (frame * p) @ frame.conj().T, (frame * q) @ frame.conj().T
        exact = float((p * np.log(p / q)).sum())
        assert relative_entropy(rho, sigma) == pytest.approx(exact, rel=1e-12)


def test_rounding_does_not_carry_distances_out_of_their_range():
    for d in (2, 3, 7, 20):
        frames = haar_unitaries(d, 200, rng=d)
        pure = frames[:, :, :1] * frames[:, None, :, 0].conj()
        other = frames[:, :, 1:2] * frames[:, None, :, 1].conj()
        for dtype in (np.complex128, np.complex64):
            rho, sigma = pure.astype(dtype), other.astype(dtype)
            assert (trace_distance(rho, sigma) <= 1).all()
            assert (hilbert_schmidt_distance(rho, sigma) <= dtype(math.sqrt(2)).real).all()
            assert (bures_distance(rho, sigma) <= dtype(math.sqrt(2)).real).all()
            for prior in (0.0, 0.3, 0.5, 1.0):
                best = helstrom_probability(rho, sigma, prior=prior)
                assert (best <= 1).all()
                same = helstrom_probability(rho, rho, prior=prior)
                assert (same >= dtype(max(prior, 1 - prior)).real).all()


def test_unequal_priors():
    rho, sigma = np.diag([0.9, 0.1]), np.diag([0.3, 0.7])
    exact = max(0.2 * 0.9, 0.8 * 0.3) + max(0.2 * 0.1, 0.8 * 0.7)
    assert helstrom_probability(rho, sigma, prior=0.2) == pytest.approx(exact)
    assert helstrom_probability(rho, sigma, prior=0) == pytest.approx(1)


def test_least_chernoff_coefficient():
    rho, sigma = haar_reduced_states(4, 6, 8, rng=6), haar_reduced_states(4, 4, 8, rng=7)
    least = chernoff_coefficient(rho, sigma)
    for i in range(8):
        found = optimize.minimize_scalar(
            lambda s, i=i: float(chernoff_coefficient(rho[i], sigma[i], s)),
            bounds=(0, 1),
            method="bounded",
            options={"xatol": 1e-10},
        )
        assert least[i] == pytest.approx(found.fun, rel=1e-12)
    # Commuting with a minimum at an end of [0, 1]: the supports differ.
    assert chernoff_coefficient(np.diag([1.0, 0.0]), np.diag([0.5, 0.5])) == pytest.approx(0.5)


def test_relative_entropy_to_the_mixed_state():
    rho = haar_reduced_states(6, 8, 4, rng=8)
    exact = math.log(6) - von_neumann_entropy(rho)
    np.testing.assert_allclose(relative_entropy(rho, np.eye(6) / 6), exact, atol=1e-13)


def test_least_chernoff_coefficient_at_an_end_is_exact():
    # tr rho^s / 2^(1 - s) of a state of rank one grows with s: the least value is at s = 0.
    pure, mixed = np.diag([1.0, 0.0]), np.eye(2) / 2
    assert chernoff_coefficient(pure, mixed) == 0.5
    assert chernoff_coefficient(mixed, pure) == 0.5


def test_batches_broadcast_and_single_precision():
    rho, sigma = haar_reduced_states(3, 5, (4, 1), rng=9), haar_reduced_states(3, 5, 6, rng=10)
    for function in (
        trace_distance,
        hilbert_schmidt_distance,
        fidelity,
        bures_distance,
        relative_entropy,
        helstrom_probability,
        chernoff_coefficient,
    ):
        values = function(rho, sigma)
        assert values.shape == (4, 6)
        assert values[2, 3] == pytest.approx(function(rho[2, 0], sigma[3]), rel=1e-12)
        single = function(rho.astype(np.complex64), sigma.astype(np.complex64))
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, values, rtol=1e-3, atol=1e-5)
        assert function(rho[:0], sigma).shape == (0, 6)
        assert function(np.eye(3) / 3, sigma).shape == (6,)


@pytest.mark.parametrize("d_b", [2, 6])
def test_single_precision_beside_double(d_b):
    # Of rank two, the single-precision eigenvalue that should vanish is far from double rounding.
    rho, sigma = haar_reduced_states(3, d_b, 20, rng=1), haar_reduced_states(3, 6, 20, rng=2)
    coarse_rho, coarse_sigma = rho.astype(np.complex64), sigma.astype(np.complex64)
    for function in (
        trace_distance,
        hilbert_schmidt_distance,
        fidelity,
        bures_distance,
        relative_entropy,
        helstrom_probability,
        chernoff_coefficient,
    ):
        for first, second, exact in (
            (coarse_rho, sigma, function(rho, sigma)),
            (rho, coarse_sigma, function(rho, sigma)),
            (sigma, coarse_rho, function(sigma, rho)),
            (coarse_sigma, rho, function(sigma, rho)),
        ):
            values = function(first, second)
            assert values.dtype == np.float64
            np.testing.assert_allclose(values, exact, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("small", [1e-310, 5e-324])
def test_chernoff_coefficient_of_the_smallest_weights(small):
    half, edge = np.diag([0.5, 0.5]), np.diag([1.0, small])

    def overlap(s):
        return 0.5**s * (1.0 + math.exp((1 - s) * math.log(small)))

    for s in (0.0, 0.3, 0.999, 1.0):
        assert chernoff_coefficient(half, edge, s) == pytest.approx(overlap(s), rel=1e-13)
        assert chernoff_coefficient(edge, half, 1 - s) == pytest.approx(overlap(s), rel=1e-12)
    least = optimize.minimize_scalar(
        overlap, bounds=(0.9, 1.0), method="bounded", options={"xatol": 1e-10}
    )
    assert chernoff_coefficient(half, edge) == pytest.approx(least.fun, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trace_distance(np.eye(2) / 2, np.eye(3) / 3), "rho and sigma must act on one"),
        (lambda: fidelity(np.eye(2) / 2, np.eye(2)), "sigma must have unit trace"),
        (
            lambda: fidelity(np.diag([0.5, 0.5]), np.array([[0.5, 0.9], [0.9, 0.5]])),
            "sigma must be positive",
        ),
        (lambda: relative_entropy(np.eye(2) / 2, np.eye(2) / 2, base=1), "base must be"),
        (lambda: helstrom_probability(np.eye(2) / 2, np.eye(2) / 2, prior=2), "prior must be"),
        (lambda: chernoff_coefficient(np.eye(2) / 2, np.eye(2) / 2, -0.1), "s must be"),
        (lambda: chernoff_coefficient(np.eye(2) / 2, np.eye(2) / 2, "x"), "s must be"),
        (
            lambda: bures_distance(
                np.broadcast_to(np.eye(2) / 2, (2, 2, 2)), np.broadcast_to(np.eye(2) / 2, (3, 2, 2))
            ),
            "broadcast",
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
