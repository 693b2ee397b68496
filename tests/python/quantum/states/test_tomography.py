"""Expectation values and back: slow bases, exact and overdetermined inversions."""

import numpy as np
import pytest

from oracles.quantum import hermitian_basis as slow_basis
from typicality.quantum import (
    haar_reduced_states,
    hermitian_basis,
    observable_expectations,
    pauli,
    state_from_expectations,
)

GENERATOR = np.random.default_rng(8)


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_basis(d):
    basis = hermitian_basis(d)
    np.testing.assert_array_equal(basis, slow_basis(d))
    gram = np.einsum("aij,bji->ab", basis, basis)
    np.testing.assert_allclose(gram, np.eye(d * d), atol=1e-15)


@pytest.mark.parametrize("d", [1, 2, 3, 6])
@pytest.mark.parametrize("shape", [(), (4,), (2, 0), (2, 3)])
def test_there_and_back(d, shape):
    rho = haar_reduced_states(d, 4, shape, rng=1)
    values = observable_expectations(rho)
    assert values.shape == (*shape, d * d)
    slow = np.einsum("...ij,aji->...a", rho, np.array(slow_basis(d))).real
    np.testing.assert_allclose(values, slow, atol=1e-15)
    np.testing.assert_allclose(state_from_expectations(values), rho, atol=1e-15)


def test_pauli_strings_determine_two_qubits():
    letters = [a + b for a in "IXYZ" for b in "IXYZ"][1:]
    strings = np.array([pauli(string).toarray() for string in letters])
    rho = haar_reduced_states(4, 3, 5, rng=2)
    values = observable_expectations(rho, strings)
    assert values.shape == (5, 15)
    # Fifteen suffice: the trace is known.
    np.testing.assert_allclose(state_from_expectations(values, strings), rho, atol=1e-14)
    with pytest.raises(ValueError, match="they span 15"):
        state_from_expectations(values[:, 1:], strings[1:])
    with pytest.raises(ValueError, match="they span 15"):
        state_from_expectations(values, np.concatenate([strings[1:], strings[1:2]]))


def test_more_observables_than_needed():
    observables = GENERATOR.standard_normal((40, 3, 3)) + 1j * GENERATOR.standard_normal((40, 3, 3))
    observables = observables + observables.conj().swapaxes(-1, -2)
    rho = haar_reduced_states(3, 3, rng=3)
    values = observable_expectations(rho, observables)
    np.testing.assert_allclose(state_from_expectations(values, observables), rho, atol=1e-13)


def test_real_and_single_precision():
    rho = haar_reduced_states(3, 4, 2, rng=4, dtype="complex64")
    values = observable_expectations(rho)
    assert values.dtype == np.float32
    back = state_from_expectations(values)
    assert back.dtype == np.complex64
    np.testing.assert_allclose(back, rho, atol=1e-7)
    real = haar_reduced_states(3, 4, rng=4, field="real")
    np.testing.assert_allclose(state_from_expectations(observable_expectations(real)), real)


def test_noise_leaves_the_trace_alone():
    letters = [a + b for a in "IXYZ" for b in "IXYZ"]
    strings = np.array([pauli(string).toarray() for string in letters])
    rho = haar_reduced_states(4, 3, 5, rng=6)
    noise = 1e-2 * GENERATOR.standard_normal((5, 16))
    for observables in (strings, strings[1:], hermitian_basis(4)):
        n = len(observables)
        values = observable_expectations(rho, observables) + noise[:, :n]
        found = state_from_expectations(values, observables)
        np.testing.assert_allclose(np.trace(found, axis1=-2, axis2=-1), 1.0, atol=1e-14)
        assert np.abs(found - rho).max() < 0.05
        # The best fit of trace 1: no traceless change of it is better.
        rest = observable_expectations_of_any(found, observables) - values
        gradient = np.einsum("na,aij->nij", rest, observables)
        gradient -= np.trace(gradient, axis1=-2, axis2=-1)[:, None, None] * np.eye(4) / 4
        np.testing.assert_allclose(gradient, 0, atol=1e-12)


def observable_expectations_of_any(rho, observables):
    """tr(rho O_a) also where rho has negative eigenvalues."""
    return np.einsum("nij,aji->na", rho, observables).real


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: state_from_expectations([1.0, 0.0, 0.0, 1.0]), "a trace differs from 1 by 1"),
        (lambda: state_from_expectations(np.zeros((3, 4))), "trace"),
        (lambda: state_from_expectations([0.5]), r"hermitian_basis\(1\)"),
        (lambda: hermitian_basis(0), "d must be"),
        (lambda: observable_expectations(np.eye(2)), "unit trace"),
        (lambda: observable_expectations(np.eye(2) / 2, np.eye(2)), "3 axes"),
        (lambda: observable_expectations(np.eye(2) / 2, [np.eye(3)]), "2 dimensions of rho"),
        (lambda: observable_expectations(np.eye(2) / 2, [[[0, 1], [0, 0]]]), "Hermitian"),
        (lambda: observable_expectations(np.eye(2) / 2, np.ones((2, 2, 3))), "square"),
        (lambda: state_from_expectations([1.0, 0.0]), "d\\^2 values"),
        (lambda: state_from_expectations([]), "d\\^2 values"),
        (lambda: state_from_expectations(1.0), "at least 1 axes"),
        (lambda: state_from_expectations([1.0], [np.eye(2), np.eye(2)]), "one value for each"),
        (lambda: state_from_expectations([np.nan]), "finite"),
        (lambda: state_from_expectations(["a"]), "numbers"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_single_precision_comes_back():
    rho = haar_reduced_states(3, 5, 4, rng=3).astype(np.complex64)
    basis = hermitian_basis(3)
    for observables in (None, basis.astype(np.complex64)):
        values = observable_expectations(rho, observables)
        assert values.dtype == np.float32
        found = state_from_expectations(values, observables)
        assert found.dtype == np.complex64
        np.testing.assert_allclose(found, rho, atol=1e-6)
    assert state_from_expectations(values, basis).dtype == np.complex128
