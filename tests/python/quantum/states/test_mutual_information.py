"""Mutual information against entropies of reduced states, closed forms and Page's mean."""

import math

import numpy as np
import pytest

from typicality.quantum import (
    entanglement_entropy,
    haar_reduced_states,
    haar_states,
    mutual_information,
    page_entropy,
    partial_trace,
    von_neumann_entropy,
)


@pytest.mark.parametrize(
    ("dims", "a", "b"),
    [
        ([2, 2], 0, 1),
        ([2, 3, 2], [2], [0]),
        ([2, 3, 2], [2, 1], [0]),
        ([3, 1, 2, 2], [3, 1], [0]),
        ([2, 2], [], [1]),
        ([2, 2], 0, []),
    ],
)
@pytest.mark.parametrize("dtype", ["c16", "c8"])
def test_against_three_entropies(dims, a, b, dtype):
    total = math.prod(dims)
    mixed = haar_reduced_states(total, 3, (2, 2), rng=1, dtype=dtype)
    pure = haar_states(total, (2, 2), rng=2, dtype=dtype)
    projectors = np.einsum("...i,...j->...ij", pure, pure.conj())
    groups = [np.atleast_1d(np.array(group, dtype=int)).tolist() for group in (a, b)]
    for given, rho in ((mixed, mixed), (pure, projectors), (projectors, projectors)):
        of_a, of_b, of_both = (
            von_neumann_entropy(partial_trace(rho, dims, group))
            for group in (*groups, [*groups[0], *groups[1]])
        )
        found = mutual_information(given, dims, a, b)
        assert found.shape == (2, 2)
        assert found.dtype == of_a.dtype
        rounding = 100 * np.finfo(found.dtype).eps
        np.testing.assert_allclose(found, of_a + of_b - of_both, atol=rounding)
        np.testing.assert_allclose(found, mutual_information(given, dims, b, a), atol=rounding)


def test_known_states():
    bell = np.array([1, 0, 0, 1]) / math.sqrt(2)
    assert mutual_information(bell, [2, 2], 0, 1, base=2) == pytest.approx(2)
    classical = np.diag([0.5, 0, 0, 0.5])
    assert mutual_information(classical, [2, 2], 0, 1) == pytest.approx(math.log(2))
    product = np.kron(np.diag([0.7, 0.3]), np.diag([0.1, 0.9]))
    assert mutual_information(product, [2, 2], 0, 1) == pytest.approx(0, abs=1e-15)
    ghz = np.zeros(16)
    ghz[[0, -1]] = math.sqrt(0.5)
    for b, bits in ((1, 1), ([1, 2], 1), ([1, 2, 3], 2)):
        assert mutual_information(ghz, [2] * 4, 0, b, base=2) == pytest.approx(bits)


def test_pure_states_of_two_subsystems_have_twice_the_entropy():
    psi = haar_states(24, 5, rng=1)
    np.testing.assert_allclose(
        mutual_information(psi, [4, 6], 0, 1), 2 * entanglement_entropy(psi, [4, 6], 0), rtol=1e-12
    )


def test_mean_over_haar_kets():
    draws = mutual_information(haar_states(2**7, 2000, rng=1), [2] * 7, [0, 4], [2])
    exact = page_entropy(4, 32) + page_entropy(2, 64) - page_entropy(8, 16)
    error = draws.std(ddof=1) / math.sqrt(draws.size)
    assert abs(draws.mean() - exact) < 4 * error


def test_a_solvers_error():
    solved = np.diag([0.5, 0.3, 0.2 + 1e-6, -1e-6])
    with pytest.raises(ValueError, match="state must be positive"):
        mutual_information(solved, [2, 2], 0, 1)
    found = mutual_information(solved, [2, 2], 0, 1, tolerance=1e-5)
    exact = mutual_information(np.diag([0.5, 0.3, 0.2, 0.0]), [2, 2], 0, 1)
    assert found == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mutual_information(np.eye(4) / 4, [2, 2], 0, [0, 1]), r"both hold \(0,\)"),
        (lambda: mutual_information(np.eye(4) / 4, [2, 2], 2, 0), "keep_a must hold indices"),
        (lambda: mutual_information(np.eye(4) / 4, [2, 2], 0, "1"), "keep_b must be a sequence"),
        (lambda: mutual_information(np.eye(4) / 4, [2, 2], 0, 1, base=0.5), "base must be"),
        (lambda: mutual_information(np.eye(3) / 3, [2, 2], 0, 1), "state must hold kets"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
