"""Time evolution against eigenvectors and SciPy's expm_multiply."""

import math

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator, expm_multiply

from typicality.quantum import evolved_states, haar_states, ising_chain, pauli, syk

CHAIN = ising_chain(7, transverse=-1.05, longitudinal=0.5)


def exact(hamiltonian, psi, time):
    energies, vectors = np.linalg.eigh(hamiltonian)
    return (vectors * np.exp(-1j * energies * time)) @ (vectors.conj().T @ psi)


@pytest.mark.parametrize("kind", [lambda h: h, lambda h: h.toarray(), aslinearoperator])
def test_every_kind_of_hamiltonian(kind):
    psi = haar_states(128, rng=1)
    for time in (0.0, 0.3, -2.0, 40.0):
        np.testing.assert_allclose(
            evolved_states(kind(CHAIN), psi, time), exact(CHAIN.toarray(), psi, time), atol=1e-11
        )


def test_complex_hamiltonians_and_scipy():
    hamiltonian = sparse.csr_array(syk(12, rng=2))
    psi = haar_states(64, rng=3)
    np.testing.assert_allclose(
        evolved_states(hamiltonian, psi, 1.5), expm_multiply(-1.5j * hamiltonian, psi), atol=1e-12
    )


def test_times_and_batches():
    psi = haar_states(128, (2, 3), rng=4, field="real")
    times = [1.0, 5.0, 2.0, 2.0]
    states = evolved_states(CHAIN, psi, times)
    assert states.shape == (4, 2, 3, 128)
    for time, found in zip(times, states, strict=True):
        np.testing.assert_allclose(found[1, 2], exact(CHAIN.toarray(), psi[1, 2], time), atol=1e-11)
    assert evolved_states(CHAIN, psi, []).shape == (0, 2, 3, 128)
    assert evolved_states(CHAIN, psi[:0], 1.0).shape == (0, 3, 128)
    single = evolved_states(CHAIN, psi.astype(np.float32), 2.0)
    assert single.dtype == np.complex64
    np.testing.assert_allclose(single, states[2], atol=1e-5)


def test_energy_is_kept_and_progress_reaches_the_end():
    psi, calls = haar_states(128, rng=5), []
    late = evolved_states(CHAIN, psi, [100.0, 400.0], progress=lambda *step: calls.append(step[0]))
    before = np.vdot(psi, CHAIN @ psi).real
    for state in late:
        assert np.linalg.norm(state) == pytest.approx(1.0, abs=1e-14)
        assert np.vdot(state, CHAIN @ state).real == pytest.approx(before, abs=1e-10)
    assert calls == [0.5, 1.0]


@pytest.mark.parametrize("kind", [lambda h: h, aslinearoperator])
@pytest.mark.parametrize("dtype", [np.complex128, np.complex64])
@pytest.mark.parametrize("unit", [1e-140, 1e-50, 1e-24, 1.0, 1e20, 1e145])
def test_any_unit_of_energy(unit, dtype, kind):
    psi = haar_states(128, 2, rng=7, dtype=dtype)
    expected = evolved_states(CHAIN, psi, 3.0)
    found = evolved_states(kind(CHAIN * unit), psi, 3.0 / unit)
    np.testing.assert_allclose(found, expected, atol=1e-12 if dtype == np.complex128 else 1e-5)


@pytest.mark.parametrize("offset", [1e3, -1e8])
def test_energies_far_from_zero(offset):
    psi = haar_states(128, rng=8)
    found = evolved_states(CHAIN + offset * sparse.eye_array(128), psi, 50.0)
    expected = evolved_states(CHAIN, psi, 50.0) * np.exp(-50j * offset)
    # The Hamiltonian's own entries are rounded to 1e-16 of the offset.
    np.testing.assert_allclose(found, expected, atol=1e-11 + 1e-13 * abs(offset))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_hamiltonians_of_one_level(dtype):
    psi = np.array([0.6, 0.8], dtype=dtype)
    for time in (1.0, 1e5, 1e100):
        np.testing.assert_allclose(evolved_states(np.zeros((2, 2)), psi, time), psi, rtol=1e-6)
    found = evolved_states(5.0 * np.eye(2), psi, 1e5)
    np.testing.assert_allclose(
        found, psi * np.exp(-5e5j), atol=1e-9 if dtype is np.float64 else 1e-6
    )


def test_long_steps():
    # Exact through the eigenvalues -1 and 1.
    time = 2e5
    state = evolved_states(pauli("X"), [1.0, 0.0], time)
    np.testing.assert_allclose(state, [math.cos(time), -1j * math.sin(time)], atol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((CHAIN, np.ones(128), 1.0), "normalized"),
        ((CHAIN, [1.0, 0.0], 1.0), "128 dimensions"),
        ((pauli("X"), [1.0, 0.0], math.nan), "times must be finite"),
        ((pauli("X"), [1.0, 0.0], [[1.0]]), "at most one axis"),
        ((pauli("X"), [1.0, 0.0], 1e12), r"times must be at most .* apart.*times in between"),
        ((pauli("X"), [1.0, 0.0], [-6e5, 6e5]), r"times must be at most .*a step is 1\.2e\+06"),
        ((pauli("X"), [1.0, 0.0], [1e308, -1e308]), "a step is inf"),
        ((1e160 * pauli("X"), [1.0, 0.0], 1.0), r"hamiltonian .* whose squares are floats"),
        ((aslinearoperator(1e-160 * pauli("X")), [1.0, 0.0], 1.0), r"hamiltonian .* squares"),
        ((pauli("X"), [1.0, 0.0], "now"), "times must hold numbers"),
        ((np.triu(np.ones((2, 2))), [1.0, 0.0], 1.0), "Hermitian"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        evolved_states(*arguments)
