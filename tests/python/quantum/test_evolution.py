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


def test_long_steps():
    # Exact through the eigenvalues -1 and 1.
    time = 3e5
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
        ((pauli("X"), [1.0, 0.0], "now"), "times must hold numbers"),
        ((np.triu(np.ones((2, 2))), [1.0, 0.0], 1.0), "Hermitian"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        evolved_states(*arguments)
