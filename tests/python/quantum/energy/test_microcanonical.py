"""Filtered states against the filter built from all eigenvectors, and their statistics."""

import math

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator

from typicality._random import Seeds
from typicality.quantum import (
    haar_states,
    ising_chain,
    microcanonical_states,
    pauli,
    syk,
)
from typicality.quantum._energy import microcanonical

CHAIN = ising_chain(9, transverse=-1.05, longitudinal=0.5)
ENERGY, WIDTH = 0.7, 0.4


def filtered(hamiltonian, states):
    """exp(-(H - E)^2 / (4 width^2)) through the eigenvectors, normalized."""
    energies, vectors = np.linalg.eigh(hamiltonian)
    window = np.exp(-(((energies - ENERGY) / (2 * WIDTH)) ** 2))
    result = ((vectors * window) @ (vectors.conj().T @ states.T)).T
    return result / np.linalg.norm(result, axis=-1, keepdims=True)


@pytest.mark.parametrize(
    "kind", [lambda h: h, lambda h: h.toarray(), aslinearoperator, lambda h: h.astype(complex)]
)
@pytest.mark.parametrize("field", ["complex", "real"])
def test_the_filter_is_the_gaussian(kind, field):
    hamiltonian = kind(CHAIN)
    if field == "real" and hamiltonian.dtype.kind == "c":
        with pytest.raises(ValueError, match="real Hamiltonian"):
            microcanonical_states(hamiltonian, ENERGY, WIDTH, 3, field=field, rng=1)
        return
    states = microcanonical_states(hamiltonian, ENERGY, WIDTH, 3, field=field, rng=1)
    haar = haar_states(512, 3, field=field, rng=Seeds(1).seed("microcanonical"))
    np.testing.assert_allclose(states, filtered(CHAIN.toarray(), haar), atol=1e-10)
    assert states.dtype == (np.float64 if field == "real" else np.complex128)


def test_complex_hamiltonians():
    hamiltonian = syk(16, rng=3) * 4
    states = microcanonical_states(hamiltonian, ENERGY, WIDTH, (2, 2), rng=1)
    haar = haar_states(256, 4, rng=Seeds(1).seed("microcanonical"))
    expected = filtered(hamiltonian.toarray(), haar).reshape(2, 2, 256)
    np.testing.assert_allclose(states, expected, atol=1e-10)


def test_first_states_do_not_depend_on_how_many_nor_on_blocks(monkeypatch):
    many = microcanonical_states(CHAIN, ENERGY, WIDTH, 7, rng=2)
    few = microcanonical_states(CHAIN, ENERGY, WIDTH, 2, rng=2)
    np.testing.assert_allclose(many[:2], few, atol=1e-13)
    monkeypatch.setattr(microcanonical, "_MOST_COLUMNS", 3)
    np.testing.assert_allclose(
        microcanonical_states(CHAIN, ENERGY, WIDTH, 7, rng=2), many, atol=1e-13
    )
    assert microcanonical_states(CHAIN, ENERGY, WIDTH, rng=2).shape == (512,)
    assert microcanonical_states(CHAIN, ENERGY, WIDTH, (0, 2), rng=2).shape == (0, 2, 512)


def test_energies_and_expectations_are_those_of_the_window():
    count = 400
    states = microcanonical_states(CHAIN, ENERGY, WIDTH, count, rng=4)
    energies, vectors = np.linalg.eigh(CHAIN.toarray())
    weights = np.exp(-0.5 * ((energies - ENERGY) / WIDTH) ** 2)
    weights /= weights.sum()
    # Normalizing each state leaves a bias of the order of 1 / d_eff times the spread.
    effective = 1 / np.sum(weights**2)
    for operator in (CHAIN, pauli("IIIIXIIII")):
        values = np.einsum("ij,ij->i", states.conj(), (operator @ states.T).T).real
        diagonal = np.einsum("ij,ij->j", vectors, operator @ vectors)
        mean = weights @ diagonal
        slack = 4 * values.std() / math.sqrt(count) + 4 * np.abs(diagonal - mean).max() / effective
        assert abs(values.mean() - mean) < slack
    squares = np.linalg.norm((CHAIN @ states.T).T - ENERGY * states, axis=-1) ** 2
    assert abs(np.sqrt(squares.mean()) - WIDTH) < 0.1 * WIDTH


def test_single_precision():
    double = microcanonical_states(CHAIN, ENERGY, WIDTH, 3, rng=5)
    for kind in (CHAIN, CHAIN.toarray(), aslinearoperator(CHAIN)):
        single = microcanonical_states(kind, ENERGY, WIDTH, 3, rng=5, dtype="complex64")
        assert single.dtype == np.complex64
        # Streams of the two precisions differ, the window does not.
        np.testing.assert_allclose(np.linalg.norm(single, axis=-1), 1.0, atol=1e-5)
        energies = np.einsum("ij,ij->i", single.conj(), (CHAIN @ single.T).T).real
        assert np.abs(energies - ENERGY).max() < WIDTH
    assert double.shape == single.shape


def test_progress_reaches_the_end():
    calls = []
    microcanonical_states(
        CHAIN, ENERGY, WIDTH, 20, rng=1, progress=lambda *step: calls.append(step[0])
    )
    assert calls == sorted(calls)
    assert calls[-1] == 1.0


@pytest.mark.parametrize("kind", [lambda h: h, lambda h: h.toarray(), aslinearoperator])
@pytest.mark.parametrize("dtype", [np.complex128, np.complex64])
@pytest.mark.parametrize("unit", [1e-140, 1e-50, 1e-24, 1e20, 1e145])
def test_any_unit_of_energy(unit, dtype, kind):
    expected = microcanonical_states(CHAIN, ENERGY, WIDTH, 2, rng=1, dtype=dtype)
    found = microcanonical_states(
        kind(CHAIN * unit), ENERGY * unit, WIDTH * unit, 2, rng=1, dtype=dtype
    )
    np.testing.assert_allclose(found, expected, atol=1e-11 if dtype == np.complex128 else 1e-5)
    with pytest.raises(ValueError, match=r"holds no states.*The spectrum lies within -"):
        microcanonical_states(CHAIN * unit, 100.0 * unit, WIDTH * unit, rng=1, dtype=dtype)


@pytest.mark.parametrize("offset", [1e3, -1e8])
def test_energies_far_from_zero(offset):
    moved = CHAIN + offset * sparse.eye_array(512)
    expected = microcanonical_states(CHAIN, ENERGY, 0.02, 2, rng=1)
    found = microcanonical_states(moved, ENERGY + offset, 0.02, 2, rng=1)
    # The Hamiltonian's own entries are rounded to 1e-16 of the offset.
    np.testing.assert_allclose(found, expected, atol=1e-11 + 1e-13 * abs(offset))


def test_windows_wider_than_everything_are_the_whole_space():
    states = microcanonical_states(CHAIN, 0.0, 1e200, 2, rng=1)
    haar = haar_states(512, 2, rng=Seeds(1).seed("microcanonical"))
    np.testing.assert_allclose(states, haar, atol=1e-13)


def test_narrow_windows():
    # Half the extent is just above 1. One level lies 1.5 widths off the energy, all else far off.
    width = 1 / 6e4
    levels = np.array([-1.0, -0.2, 0.3, 0.3 + 1.5 * width, 1.0])
    states = microcanonical_states(np.diag(levels), 0.3, width, 4, rng=1)
    haar = haar_states(5, 4, rng=Seeds(1).seed("microcanonical"))
    weights = np.array([0.0, 0.0, 1.0, math.exp(-(0.75**2)), 0.0])
    expected = haar * weights
    expected /= np.linalg.norm(expected, axis=-1, keepdims=True)
    np.testing.assert_allclose(states, expected, atol=1e-9)


def test_spaces_of_one_dimension():
    assert np.abs(microcanonical_states([[2.0]], 2.0, 0.1, rng=1)) == pytest.approx([1.0])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((CHAIN, 100.0, 0.5), ValueError, "holds no states"),
        ((CHAIN, -25.0, 0.5), ValueError, "holds no states"),
        ((np.diag([0.0, 0.5, 100.0]), 50.0, 1.0), ValueError, "holds no states"),
        ((np.diag([0.0, 0.5, 12.0]), 6.0, 1.0), ValueError, "holds no states"),
        ((CHAIN, 0.0, 1e-9), ValueError, r"width must be at least .*got 1e-09.*EnergyShell"),
        ((CHAIN, 0.0, 5e-324), ValueError, r"width must be at least"),
        ((1e160 * CHAIN, 0.0, 1e160), ValueError, r"hamiltonian .* whose squares are floats"),
        ((CHAIN, 0.0, 0.0), ValueError, "width must be"),
        ((CHAIN, 0.0, -1.0), ValueError, "width must be"),
        ((CHAIN, math.nan, 1.0), ValueError, "energy must be"),
        ((CHAIN, "zero", 1.0), TypeError, "energy must be"),
        ((np.triu(np.ones((3, 3))), 0.0, 1.0), ValueError, "hamiltonian must be Hermitian"),
        ((np.ones((2, 3)), 0.0, 1.0), ValueError, "hamiltonian must be a square"),
        ((None, 0.0, 1.0), TypeError, "hamiltonian must"),
        ((CHAIN, 0.0, 1.0, -1), ValueError, "size must be"),
        ((CHAIN, 0.0, 1.0, 2**40), MemoryError, "would take"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        microcanonical_states(*arguments, rng=1)
