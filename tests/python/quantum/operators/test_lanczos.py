"""Lowest levels by block Lanczos iterations against dense diagonalization."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator

from typicality.errors import ConvergenceError
from typicality.quantum import EnergyShell, ising_chain, xxz_chain
from typicality.quantum._operators import diagonalization, lanczos
from typicality.quantum._operators.krylov import BLOCK
from typicality.quantum._operators.lanczos import lowest_levels

CHAIN = ising_chain(9, transverse=-1.05, longitudinal=0.5)
_GENERATOR = np.random.default_rng(5)
_MATRIX = _GENERATOR.standard_normal((200, 200)) + 1j * _GENERATOR.standard_normal((200, 200))
OPERATORS = {
    "chain": CHAIN,
    "upside down": -CHAIN,
    "dense": CHAIN.toarray(),
    "linear": aslinearoperator(CHAIN),
    "multiplets": xxz_chain(8, anisotropy=1.0),
    "complex": _MATRIX + _MATRIX.conj().T,
    "isolated level": np.diag(np.append(-1e4, np.arange(299.0))),
    "gap": np.diag(np.repeat([0.0, 1.0], [5, 95]) + 1e-3 * np.arange(100)),
    "dense edge": np.diag(np.linspace(0.0, 1.0, 256) ** 3),
}


@pytest.mark.parametrize("count", [1, 7, 40])
@pytest.mark.parametrize("name", OPERATORS)
def test_levels_and_vectors(name, count):
    operator = OPERATORS[name]
    matrix = operator @ np.eye(operator.shape[0])
    exact = np.linalg.eigvalsh(matrix)
    scale = np.abs(exact).max()
    energies, vectors, _ = lowest_levels(operator, count)
    np.testing.assert_allclose(energies, exact[:count], atol=1e-10 * scale)
    assert np.abs(matrix @ vectors - vectors * energies).max() < 2e-11 * scale
    np.testing.assert_allclose(vectors.conj().T @ vectors, np.eye(count), atol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 5, 9, 30])
def test_small_spaces_are_exhausted(size):
    energies, vectors, _ = lowest_levels(np.diag(np.arange(float(size))), size)
    np.testing.assert_allclose(energies, np.arange(size), atol=1e-12)
    np.testing.assert_allclose(np.abs(vectors), np.eye(size), atol=1e-9)


def test_invariant_subspaces_are_left():
    # A projector: two levels only, a Krylov space ends after two steps.
    energies, _, _ = lowest_levels(np.diag(np.repeat([0.0, 1.0], [3, 60])), 12)
    np.testing.assert_allclose(energies, np.repeat([0.0, 1.0], [3, 9]), atol=1e-12)
    energies, _, _ = lowest_levels(sparse.csr_array((80, 80)), 3)
    assert energies.tolist() == [0.0] * 3


def test_multiplets_larger_than_a_block_are_completed():
    levels = np.append(np.zeros(3 * BLOCK), 1.0 + np.arange(200.0))
    energies, vectors, _ = lowest_levels(np.diag(levels), 3 * BLOCK + 2, resolution=1e-8)
    np.testing.assert_allclose(energies, levels[: 3 * BLOCK + 2], atol=1e-9)
    gram = vectors.T @ vectors
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-10)


@pytest.mark.parametrize("unit", [1e-140, 1e-24, 1e30])
def test_large_multiplets_in_any_unit(monkeypatch, unit):
    # The ferromagnet at the top: thirteen states of total spin 6.
    monkeypatch.setattr(diagonalization, "LARGEST_DENSE", 32)
    h = xxz_chain(12, anisotropy=1.0)
    shell = EnergyShell.from_hamiltonian(h * unit, window=(10.9 * unit, np.inf))
    np.testing.assert_allclose(shell.energies, 11.0 * unit, rtol=1e-10)
    assert shell.dimension == 13


def test_reproducible():
    first, second = (lowest_levels(CHAIN, 5) for _ in range(2))
    assert np.array_equal(first[1], second[1])


@pytest.mark.parametrize(
    ("n", "choice"), [(10, {"window": (-1.0, 1.0)}), (14, {"center": -np.inf, "n_states": 3})]
)
def test_progress_of_a_shell(n, choice):
    told = []
    h = ising_chain(n, transverse=-1.05, longitudinal=0.5)
    with_it = EnergyShell.from_hamiltonian(h, **choice, progress=lambda *now: told.append(now))
    without = EnergyShell.from_hamiltonian(h, **choice)
    np.testing.assert_allclose(with_it.energies, without.energies, atol=1e-10)
    assert told
    assert all(0.0 <= fraction <= 1.0 and "levels" in text for fraction, text in told)


def test_running_out_of_steps_is_an_error(monkeypatch):
    monkeypatch.setattr(lanczos, "_MOST_STEPS", 3)
    with pytest.raises(ConvergenceError, match="did not find 20 levels"):
        lowest_levels(CHAIN, 20)


def test_large_bases_are_refused():
    size = 2**50
    huge = sparse.linalg.LinearOperator((size, size), matvec=lambda x: x, dtype=float)
    with pytest.raises(MemoryError):
        lowest_levels(huge, 10)
