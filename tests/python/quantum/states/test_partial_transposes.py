"""Partial transposes and negativities against loops, closed forms and random-state theory."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate

from typicality.quantum import (
    entanglement_entropy,
    haar_reduced_states,
    haar_states,
    haar_unitaries,
    log_negativity,
    mean_negativity,
    nearest_density_matrix,
    negativity,
    partial_transpose,
)

BELL = np.array([1, 0, 0, 1]) / math.sqrt(2)


def transposed_by_entries(matrix, dims, chosen):
    """Entry by entry: the digits of the chosen subsystems change places between row and column."""
    digits = list(itertools.product(*(range(d) for d in dims)))
    position = {row: index for index, row in enumerate(digits)}
    result = np.empty_like(matrix)
    for (i, row), (j, column) in itertools.product(enumerate(digits), repeat=2):
        new_row = tuple(column[k] if k in chosen else row[k] for k in range(len(dims)))
        new_column = tuple(row[k] if k in chosen else column[k] for k in range(len(dims)))
        result[position[new_row], position[new_column]] = matrix[i, j]
    return result


def negativity_by_trace_norm(rho, dims, chosen):
    values = np.linalg.eigvalsh(transposed_by_entries(rho, dims, chosen))
    return (np.abs(values).sum() - 1) / 2


def isotropic(d, p):
    ket = np.eye(d).ravel() / math.sqrt(d)
    return p * np.outer(ket, ket) + (1 - p) * np.eye(d * d) / d**2


@pytest.mark.parametrize(
    ("dims", "chosen"),
    [
        ([2, 2], [0]),
        ([2, 3], [1]),
        ([2, 3, 2], [0, 2]),
        ([3, 2, 2], [2, 1]),
        ([1, 3, 1, 2, 2], [3, 0]),
        ([4], [0]),
        ([2, 3], []),
        ([1], [0]),
    ],
)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_against_entries(dims, chosen, dtype):
    total = math.prod(dims)
    generator = np.random.default_rng(0)
    matrices = generator.normal(size=(2, 3, total, total))
    if np.dtype(dtype).kind == "c":
        matrices = matrices + 1j * generator.normal(size=matrices.shape)
    matrices = matrices.astype(dtype)
    found = partial_transpose(matrices, dims, chosen)
    assert found.dtype == matrices.dtype
    for index in np.ndindex(2, 3):
        expected = transposed_by_entries(matrices[index], dims, chosen)
        np.testing.assert_array_equal(found[index], expected)
    np.testing.assert_array_equal(partial_transpose(found, dims, chosen), matrices)
    rho = haar_reduced_states(total, 3, 4, rng=1)
    expected = [negativity_by_trace_norm(matrix, dims, chosen) for matrix in rho]
    np.testing.assert_allclose(negativity(rho, dims, chosen), expected, atol=1e-14)
    single = negativity(rho.astype(np.complex64), dims, chosen)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, atol=2e-6)


@pytest.mark.parametrize("d", [2, 3, 4])
def test_isotropic_states_are_entangled_above_one_over_d_plus_one(d):
    for p in (0.0, 0.5 / (d + 1), 1 / (d + 1), 1.01 / (d + 1), 0.6, 1.0):
        # The partial transpose has p/d + (1-p)/d^2 and, d (d - 1) / 2 times, -p/d + (1-p)/d^2.
        lowest = (1 - p) / d**2 - p / d
        expected = max(0.0, -lowest * d * (d - 1) / 2)
        found = negativity(isotropic(d, p), [d, d], 0)
        assert found == pytest.approx(expected, abs=1e-15)
        assert log_negativity(isotropic(d, p), [d, d], 1) == pytest.approx(
            math.log1p(2 * expected), abs=1e-15
        )
    assert negativity(isotropic(d, 1 / (d + 1)), [d, d], 0) == 0.0


def test_werner_states_of_two_qubits():
    shares = np.array([0.2, 1 / 3, 0.4, 1.0])
    singlet = np.array([0, 1, -1, 0]) / math.sqrt(2)
    rho = shares[:, None, None] * np.outer(singlet, singlet)
    rho = rho + (1 - shares)[:, None, None] * np.eye(4) / 4
    expected = np.maximum(0, (3 * shares - 1) / 4)
    np.testing.assert_allclose(negativity(rho, [2, 2], [0]), expected, atol=1e-15)


def test_kets_that_are_known():
    ghz = np.zeros(8)
    ghz[[0, -1]] = math.sqrt(0.5)
    for cut in (0, [1], [0, 2]):
        assert negativity(ghz, [2, 2, 2], cut) == pytest.approx(0.5)
        # Two of the three share no entanglement.
    pair = np.diag([0.5, 0, 0, 0.5])
    assert negativity(pair, [2, 2], 0) == 0.0
    for d in (2, 3, 5):
        ket = np.eye(d).ravel() / math.sqrt(d)
        assert negativity(ket, [d, d], 1) == pytest.approx((d - 1) / 2)
        assert log_negativity(ket, [d, d], 1, base=d) == pytest.approx(1)
    assert negativity([1.0], [1], 0) == 0.0
    assert negativity([[1.0]], [1], []) == 0.0
    assert negativity(BELL, [2, 2], []) == negativity(BELL, [2, 2], [0, 1]) == 0.0


def test_small_negativities_of_kets_keep_their_digits():
    for share in (1e-3, 1e-9, 1e-14):
        ket = np.diag([math.sqrt(1 - share**2), share]).ravel()
        found = negativity(ket, [2, 2], 0)
        assert found == pytest.approx(share * math.sqrt(1 - share**2), rel=1e-12)
    product = np.kron(haar_states(8, rng=1), haar_states(8, rng=2))
    assert negativity(product, [8, 8], 0) == 0.0


@pytest.mark.parametrize("dtype", ["f4", "c8", "f8", "c16"])
@pytest.mark.parametrize(
    ("dims", "keep"), [([2, 2, 2], [2, 0]), ([3, 1, 4], [2]), ([2] * 6, [5, 1])]
)
def test_kets_and_their_projectors_agree(dims, keep, dtype):
    field = "complex" if np.dtype(dtype).kind == "c" else "real"
    psi = haar_states(math.prod(dims), (2, 3), field=field, rng=3, dtype=dtype)
    rho = np.einsum("...i,...j->...ij", psi, psi.conj())
    found = negativity(psi, dims, keep)
    assert found.shape == (2, 3)
    assert found.dtype == psi.real.dtype
    rounding = 50 * np.finfo(found.dtype).eps
    np.testing.assert_allclose(found, negativity(rho, dims, keep), atol=rounding)
    others = [index for index in range(len(dims)) if index not in keep]
    np.testing.assert_allclose(found, negativity(psi, dims, others), rtol=rounding)
    half = entanglement_entropy(psi, dims, keep, 0.5)
    np.testing.assert_allclose(log_negativity(psi, dims, keep), half, atol=20 * rounding)


def test_as_many_kets_as_amplitudes_are_kets():
    psi = haar_states(4, 4, rng=1)
    found = negativity(psi, [2, 2], 0)
    np.testing.assert_allclose(found, [negativity(ket, [2, 2], 0) for ket in psi], rtol=1e-14)
    stack_estimates = negativity(haar_states(4, (3, 4), rng=1), [2, 2], 0)
    assert stack_estimates.shape == (3, 4)
    assert negativity(np.eye(4), [2, 2], 0).shape == (4,)
    assert negativity(np.eye(4) / 4, [2, 2], 0).shape == ()
    assert negativity(np.outer(BELL, BELL), [2, 2], 0).shape == ()
    assert negativity(np.zeros((0, 4)), [2, 2], 0).shape == (0,)
    assert negativity(np.zeros((0, 4, 4)), [2, 2], 0).shape == (0,)


@pytest.mark.parametrize(("d_a", "d_b"), [(2, 2), (4, 4), (4, 16), (8, 3)])
def test_mean_over_haar_kets(d_a, d_b):
    draws = negativity(haar_states(d_a * d_b, 4000, rng=5), [d_a, d_b], 0)
    error = draws.std(ddof=1) / math.sqrt(draws.size)
    assert abs(draws.mean() - mean_negativity(d_a, d_b)) < 4 * error


def test_local_unitaries_change_nothing():
    rho = haar_reduced_states(6, 2, rng=1)
    local = np.kron(haar_unitaries(2, rng=2), haar_unitaries(3, rng=3))
    turned = local @ rho @ local.conj().T
    np.testing.assert_allclose(
        negativity(turned, [2, 3], 0), negativity(rho, [2, 3], 0), atol=1e-15
    )


def test_partial_transposes_of_random_mixed_states_follow_a_semicircle():
    # D times the partial transpose of a state of d x d = D dimensions with an environment of s:
    # mean 1, variance D / s (Aubrun, Random Matrices Theory Appl. 1, 1250001 (2012)). At d = 16 the
    # negativity is 1% below the limit.
    d, s = 16, 256
    radius = 2 * math.sqrt(d * d / s)

    def density(x):
        return 2 / (math.pi * radius**2) * math.sqrt(max(0.0, radius**2 - (x - 1) ** 2))

    expected, _ = integrate.quad(lambda x: -x * density(x), 1 - radius, 0)
    found = negativity(haar_reduced_states(d * d, s, 10, rng=1), [d, d], 0)
    assert found.mean() == pytest.approx(expected, rel=0.02)
    # Above s = 4 D nearly all have a positive partial transpose.
    assert (negativity(haar_reduced_states(64, 8 * 64, 20, rng=2), [8, 8], 0) == 0).all()


def test_a_tolerance_stands_for_the_nearest_density_matrix():
    solved = np.outer(BELL, BELL) + np.diag([0, -7e-6, 0, 7e-6])
    with pytest.raises(ValueError, match="state must be positive; matrix 0 has the"):
        negativity(solved + np.diag([0, 7e-6, -7e-6, 0]) * 0.5, [2, 2], 0)
    found = negativity(solved, [2, 2], 0, tolerance=1e-5)
    assert found == negativity(nearest_density_matrix(solved), [2, 2], 0)
    assert log_negativity(solved, [2, 2], 0, tolerance=1e-5) == pytest.approx(math.log1p(2 * found))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: partial_transpose(np.eye(4), [2, 3], 0), r"rho must have shape .*D = 6"),
        (lambda: partial_transpose(np.ones(4), [2, 2], 0), "at least 2 axes"),
        (lambda: partial_transpose(np.ones((4, 2)), [2, 2], 0), "rho must have shape"),
        (lambda: partial_transpose(np.eye(4), [2, 2], 2), "subsystems must hold indices from 0"),
        (lambda: partial_transpose(np.eye(4), [2, 2], [0, 0]), "subsystems must not name"),
        (lambda: partial_transpose(np.eye(4), [2, 2], 0.5), "subsystems must be a sequence"),
        (lambda: partial_transpose(np.nan * np.eye(4), [2, 2], 0), "rho must be finite"),
        (lambda: negativity(np.eye(4), [2, 3], 0), r"kets \(\.\.\., D\) or density matrices"),
        (lambda: negativity(2 * BELL, [2, 2], 0), "state must be normalized"),
        (lambda: negativity(np.eye(4) / 2, [2, 2], 0), "state must have unit trace"),
        (lambda: negativity(BELL[:, None], [2, 2], 0), "amplitudes along the last axis"),
        (lambda: negativity(1.0, [2, 2], 0), "state must have at least 1 axes"),
        (lambda: negativity(BELL, [2, 2], 2), "keep must hold indices"),
        (lambda: negativity("bell", [2, 2], 0), "state must"),
        (lambda: log_negativity(BELL, [2, 2], 0, base=1), "base must be greater than 1"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


@pytest.mark.parametrize(
    ("k", "share", "dtype"), [(32, 1.5e-2, "f4"), (20, 3e-3, "f4"), (20, 5e-12, "f8")]
)
def test_many_small_negative_eigenvalues_are_not_rounding(k, share, dtype):
    # A share of the maximally entangled state beside a large product state.
    ket = np.eye(k).reshape(-1) / math.sqrt(k)
    rho = share * np.outer(ket, ket)
    rho[1, 1] += 1 - share
    # The product state couples |01> and |10> to the square root of a sum of squares.
    pair = (1 - share) / 2 - math.hypot((1 - share) / 2, share / k)
    exact = share / k * (k * (k - 1) / 2 - 1) - pair
    found = negativity(rho.astype(dtype), [k, k], 0)
    assert found == pytest.approx(exact, rel=1e-4)


def test_partial_transposes_are_new_arrays():
    for dims, subsystems in [([2, 2], []), ([1, 4], 0), ([2, 2], 0), ([2, 2], [0, 1])]:
        rho = np.eye(4)
        assert not np.shares_memory(partial_transpose(rho, dims, subsystems), rho)
    assert partial_transpose(np.eye(4, dtype=int), [2, 2], 0).dtype == np.float64
