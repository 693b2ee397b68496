"""States of a subspace drawn by projection, and the basis in which eigenvectors are reported."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.sparse.linalg import aslinearoperator

from typicality import _product
from typicality._random import Seeds
from typicality.quantum import (
    EnergyShell,
    haar_states,
    ising_chain,
    syk,
    xxz_chain,
)
from typicality.quantum._energy.subspace import Subspace
from typicality.quantum._operators.level_basis import in_stated_basis
from typicality.quantum._random_states import projected_states

EVERYTHING = (-math.inf, math.inf)
PINNED = [
    0.15607956205775064 + 0.6083805023414685j,
    0.258853400804096 - 0.14625282401788925j,
    0.258853400804096 - 0.14625282401788925j,
    0.43490860975182194 - 0.48946592584186405j,
]


def orthonormal(length, dimension, *, real, seed=0):
    generator = np.random.default_rng(seed)
    matrix = generator.standard_normal((length, dimension))
    if not real:
        matrix = matrix + 1j * generator.standard_normal((length, dimension))
    return np.linalg.qr(matrix)[0]


@pytest.mark.parametrize(("real", "field"), [(True, "real"), (True, "complex"), (False, "complex")])
@pytest.mark.parametrize("dtype", [None, np.float32])
def test_a_state_is_the_projection_of_a_gaussian_vector(monkeypatch, real, field, dtype):
    monkeypatch.setattr(projected_states, "_BLOCK", 100)
    kind = None if dtype is None else np.dtype(np.complex64 if field == "complex" else np.float32)
    subspace = Subspace(orthonormal(30, 4, real=real))
    whole = haar_states(30, (3, 5), field=field, rng=Seeds(7).seed("subspace"))
    expected = whole @ (subspace.basis @ subspace.basis.conj().T).T
    expected /= np.linalg.norm(expected, axis=-1, keepdims=True)
    found = subspace.sample((3, 5), field=field, rng=7, dtype=kind)
    tolerance = 1e-14 if dtype is None else 1e-6
    np.testing.assert_allclose(found, expected, atol=tolerance)
    assert found.dtype == (kind or expected.dtype)
    # Sample i is the same however many are drawn.
    few = subspace.sample(2, field=field, rng=7, dtype=kind)
    np.testing.assert_allclose(few, found.reshape(15, 30)[:2], atol=tolerance)


@pytest.mark.parametrize("real", [True, False])
def test_states_do_not_depend_on_the_basis(real):
    basis = orthonormal(40, 6, real=real)
    turned = basis @ orthonormal(6, 6, real=real, seed=1)
    for dimension in (1, 6):
        one = Subspace(basis[:, :dimension]).sample(5, rng=1)
        signs = -basis[:, :dimension] if dimension == 1 else turned
        np.testing.assert_allclose(Subspace(signs).sample(5, rng=1), one, atol=1e-13)


def test_the_whole_space_has_the_haar_measure():
    states = Subspace(np.eye(6)).sample(4000, rng=2)
    for value in (np.abs(states[:, 0]) ** 2, np.abs(states.sum(axis=1)) ** 2 / 6):
        assert stats.kstest(value, stats.beta(1, 5).cdf).pvalue > 1e-3
    line = Subspace(np.ones((4, 1)) / 2).sample(2000, rng=3)
    assert stats.kstest(np.angle(line[:, 0]), stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3


def test_draws_are_pinned():
    triplet = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]) / np.sqrt([1, 2, 1])
    np.testing.assert_allclose(Subspace(triplet).sample(rng=1), PINNED, atol=1e-14)


@pytest.mark.parametrize(
    "hamiltonian",
    [
        xxz_chain(6, anisotropy=1.0),
        ising_chain(6, coupling=-1.0, transverse=0.0),
        syk(12, rng=1),
        np.zeros((9, 9)),
        np.diag([1e30, 1e30, -1e30, 0.0, 0.0, 0.0]),
        ising_chain(6, transverse=1.05, longitudinal=0.5),
    ],
)
def test_eigenvectors_do_not_depend_on_the_eigensolver(hamiltonian):
    shell = EnergyShell.from_hamiltonian(hamiltonian, window=EVERYTHING)
    energies, basis = shell.energies, shell.basis
    scale = max(abs(energies).max(), 1e-300)
    assert np.abs(hamiltonian @ basis - basis * energies).max() < 1e-13 * scale + 1e-300
    np.testing.assert_allclose(basis.conj().T @ basis, np.eye(energies.size), atol=1e-12)
    # What another eigensolver might have returned.
    turned, start = np.array(basis), 0
    real = basis.dtype.kind != "c"
    for stop in [*(np.flatnonzero(np.diff(energies) > 1e-10 * scale) + 1), energies.size]:
        turned[:, start:stop] @= orthonormal(stop - start, stop - start, real=real, seed=start)
        start = stop
    again = in_stated_basis(aslinearoperator(hamiltonian), energies, turned)
    np.testing.assert_allclose(again, basis, atol=1e-10)


def test_levels_that_differ_are_not_mixed():
    energies = np.array([0.0, 1e-9, 2e-9, 1.0])
    shell = EnergyShell.from_hamiltonian(np.diag(energies), window=EVERYTHING, tolerance=0.5)
    np.testing.assert_allclose(np.abs(shell.basis), np.eye(4), atol=1e-15)


def test_large_projections_in_pieces(monkeypatch):
    subspace = Subspace(orthonormal(30, 20, real=True))
    expected = subspace.sample(50, rng=1)
    monkeypatch.setattr(_product, "_PIECE", 300.0)
    np.testing.assert_allclose(subspace.sample(50, rng=1), expected, atol=1e-14)
