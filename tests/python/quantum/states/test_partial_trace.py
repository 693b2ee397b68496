"""Reduced states and Schmidt spectra against loops over matrix elements."""

import functools
import itertools

import numpy as np
import pytest

from oracles.quantum import partial_trace as partial_trace_by_loops
from typicality.quantum import (
    entanglement_entropy,
    haar_states,
    partial_trace,
    reduced_density_matrix,
    schmidt_spectrum,
)

DIMS = [(2,), (6,), (2, 3), (3, 1, 2), (2, 2, 3, 2), (1, 1)]


def subsets(n):
    for length in range(n + 1):
        yield from itertools.permutations(range(n), length)


@pytest.mark.parametrize("field", ["complex", "real"])
@pytest.mark.parametrize("dims", DIMS)
def test_every_subset_in_every_order(dims, field):
    d = int(np.prod(dims))
    psi = haar_states(d, 2, field=field, rng=d)
    projectors = np.einsum("bi,bj->bij", psi, psi.conj())
    mixed = projectors.mean(axis=0)
    for keep in subsets(len(dims)):
        reduced = reduced_density_matrix(psi, dims, keep)
        assert reduced.dtype == psi.dtype
        for index in range(2):
            exact = partial_trace_by_loops(projectors[index], dims, keep)
            np.testing.assert_allclose(reduced[index], exact, atol=1e-14)
        np.testing.assert_allclose(partial_trace(projectors, dims, keep), reduced, atol=1e-14)
        exact = partial_trace_by_loops(mixed, dims, keep)
        np.testing.assert_allclose(partial_trace(mixed, dims, keep), exact, atol=1e-14)
        spectrum = schmidt_spectrum(psi, dims, keep)
        side = reduced.shape[-1]
        assert spectrum.shape == (2, min(side, d // side))
        values = np.linalg.eigvalsh(reduced)[:, ::-1][:, : spectrum.shape[-1]]
        np.testing.assert_allclose(spectrum, values, atol=1e-14)
        assert (np.diff(spectrum, axis=-1) <= 0).all()


def test_both_sides_of_a_cut_share_their_spectrum():
    psi = haar_states(2**9, 5, rng=1)
    dims = [2] * 9
    first = schmidt_spectrum(psi, dims, [0, 4, 5])
    second = schmidt_spectrum(psi, dims, [1, 2, 3, 6, 7, 8])
    np.testing.assert_allclose(first, second, atol=1e-15)
    product = np.zeros(8)
    product[5] = 1.0
    np.testing.assert_allclose(schmidt_spectrum(product, [2, 2, 2], [1]), [1, 0], atol=1e-15)


def test_nearly_product_states_have_their_spectra():
    # Amplitudes of very different size: the tridiagonal forms hang together by next to nothing.
    tilted = np.array([np.cos(1e-8), np.sin(1e-8)])
    polarized = functools.reduce(np.kron, [tilted] * 6)
    first = np.kron([0.0, 1e-10, 1.0, 1e-30], [1.0, 0.0, 0.0, 0.0])
    for psi, dims, keep in [
        (polarized, [2] * 6, [0, 1, 2]),
        (polarized, [2] * 6, [5, 0]),
        (first, [4, 4], 0),
        (first, [4, 4], 1),
    ]:
        spectrum = schmidt_spectrum(psi, dims, keep)
        np.testing.assert_allclose(spectrum[0], 1.0, rtol=1e-15)
        np.testing.assert_allclose(spectrum[1:], 0.0, atol=1e-15)
        assert abs(entanglement_entropy(psi, dims, keep)) < 1e-14
    rng = np.random.default_rng(3)
    sizes = [0.0, 1.0, 1e-4, 1e-8, 1e-12, 1e-16, 1e-20, 1e-30, 1e-40, 1e-60, 1e-80, 1e-150]
    psi = rng.choice(sizes, (4000, 64)) * rng.choice([-1.0, 1.0], (4000, 64))
    psi[:, 7] += 1.0
    psi /= np.linalg.norm(psi, axis=1)[:, None]
    spectrum = schmidt_spectrum(psi, [8, 8], 0)
    exact = np.linalg.svd(psi.reshape(-1, 8, 8), compute_uv=False) ** 2
    np.testing.assert_allclose(spectrum, exact, atol=5e-15)


def test_kronecker_order():
    first, second, third = (haar_states(d, rng=d) for d in (2, 3, 4))
    psi = np.kron(np.kron(first, second), third)
    for index, part in enumerate((first, second, third)):
        rho = reduced_density_matrix(psi, (2, 3, 4), index)
        np.testing.assert_allclose(rho, np.outer(part, part.conj()), atol=1e-15)
    turned = reduced_density_matrix(psi, (2, 3, 4), [2, 0])
    expected = np.kron(third, first)
    np.testing.assert_allclose(turned, np.outer(expected, expected.conj()), atol=1e-15)


def test_batches_dtypes_and_strides():
    psi = haar_states(12, (3, 2), rng=2)
    dims = np.array([3, 4])
    rho = reduced_density_matrix(psi, dims, [1])
    assert rho.shape == (3, 2, 4, 4)
    np.testing.assert_allclose(reduced_density_matrix(psi[::2, ::-1], dims, [1]), rho[::2, ::-1])
    np.testing.assert_allclose(
        partial_trace(rho[::2], (2, 2), 0)[1], partial_trace(rho[2], (2, 2), 0)
    )
    single = psi.astype(np.complex64)
    assert reduced_density_matrix(single, dims, [1]).dtype == np.complex64
    assert schmidt_spectrum(single, dims, [1]).dtype == np.float32
    np.testing.assert_allclose(reduced_density_matrix(single, dims, [1]), rho, atol=1e-6)
    real = haar_states(12, field="real", rng=2).astype(np.float32)
    assert reduced_density_matrix(real, dims, 0).dtype == np.float32
    assert reduced_density_matrix(psi[:0], dims, [1]).shape == (0, 2, 4, 4)
    assert schmidt_spectrum(psi[:0], dims, [1]).shape == (0, 2, 3)
    assert reduced_density_matrix([1, 0], [2], 0).tolist() == [[1, 0], [0, 0]]
    frozen = psi.copy()
    frozen.flags.writeable = False
    np.testing.assert_array_equal(reduced_density_matrix(frozen, dims, [1]), rho)


BELL = np.array([1, 0, 0, 1]) / np.sqrt(2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: f(BELL * 2, [2, 2], [0]), "psi must be normalized"),
        (lambda f: f(BELL, [2, 3], [0]), "dims"),
        (lambda f: f(BELL, [2, 2], [2]), "keep must hold indices from 0 to 1"),
        (lambda f: f(BELL, [2, 2], [-1]), "keep must hold indices"),
        (lambda f: f(BELL, [2, 2], [0, 0]), "keep must not name a subsystem twice"),
        (lambda f: f(BELL, [2, 2], [0.0]), "keep must be an integer"),
        (lambda f: f(BELL, [], []), "dims must name at least one"),
        (lambda f: f(BELL, [4, 1, 0], []), "dims must be at least 1"),
        (lambda f: f(BELL, "22", [0]), "dims must be a sequence"),
        (lambda f: f(BELL, [2, 2], {1, 0}), "keep must be a sequence"),
        (lambda f: f([], [2, 2], [0]), "amplitudes"),
        (lambda f: f(1.0, [1], [0]), "psi must have at least 1 axes"),
        (lambda f: f([np.nan, 1], [2], [0]), "psi must be finite"),
        (lambda f: f(["a", "b"], [2], [0]), "psi must hold numbers"),
    ],
)
def test_bad_arguments(call, message):
    for function in (reduced_density_matrix, schmidt_spectrum):
        with pytest.raises((ValueError, TypeError), match=message):
            call(function)


def test_bad_matrices():
    with pytest.raises(ValueError, match="rho acts on 4 dimensions, but dims multiply to 6"):
        partial_trace(np.eye(4) / 4, [2, 3], [0])
    with pytest.raises(ValueError, match="rho must be Hermitian"):
        partial_trace(np.triu(np.ones((2, 2))) / 2, [2], [0])
    with pytest.raises(ValueError, match="rho must have unit trace"):
        partial_trace(np.eye(2), [2], [0])


def test_results_that_would_not_fit_are_refused():
    psi = np.zeros(2**20, dtype=np.float32)
    psi[0] = 1
    with pytest.raises(MemoryError, match="schmidt_spectrum"):
        reduced_density_matrix(psi, [2] * 20, list(range(20)))
