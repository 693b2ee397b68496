"""Relative entropy to Gibbs states: multiprecision, temperatures of any size, broadcasting."""

import math

import mpmath as mp
import numpy as np
import pytest
from scipy import sparse

from typicality.quantum import (
    gibbs_relative_entropy,
    haar_reduced_states,
    haar_states,
    ising_chain,
    relative_entropy,
    von_neumann_entropy,
)


def twin(p, energies, beta):
    """Of commuting rho and H, sum p (log p - log q) in multiprecision."""
    with mp.workdps(60):
        weights = [mp.exp(-mp.mpf(float(beta)) * mp.mpf(float(e))) for e in energies]
        total = mp.fsum(weights)
        terms = [
            mp.mpf(float(x)) * (mp.log(mp.mpf(float(x))) - mp.log(w / total))
            for x, w in zip(p, weights, strict=True)
            if x > 0
        ]
        return float(mp.fsum(terms))


def test_populations_below_rounding():
    energies = np.array([0.0, 1.0, 1.0, 1.1])
    sigma = np.exp(-34 * energies)
    rho = np.eye(4) / 4
    found = gibbs_relative_entropy(rho, np.diag(energies), 34)
    assert found == pytest.approx(twin([0.25] * 4, energies, 34), rel=1e-14)
    assert found == pytest.approx(24.96, abs=0.005)
    # The same in a basis in which the matrix of the Gibbs state has lost them.
    turn = np.linalg.qr(haar_states(4, 4, rng=1))[0]
    matrix = turn @ np.diag(sigma / sigma.sum()) @ turn.conj().T
    assert relative_entropy(rho, (matrix + matrix.conj().T) / 2) == math.inf
    hamiltonian = turn @ np.diag(energies) @ turn.conj().T
    assert gibbs_relative_entropy(rho, hamiltonian, 34) == pytest.approx(found, rel=1e-13)


@pytest.mark.parametrize("beta", [-1e4, -3.0, -1e-9, 0.0, 1e-9, 0.7, 40.0, 1e3, 1e6, 1e300])
def test_every_temperature(beta):
    generator = np.random.default_rng(5)
    for d in (1, 2, 5):
        energies = 100 + generator.standard_normal(d)
        p = generator.dirichlet(np.ones(d))
        found = gibbs_relative_entropy(np.diag(p), np.diag(energies), beta)
        # Levels near 100 are known to 1e-14, their differences to no more.
        assert found == pytest.approx(twin(p, energies, beta), rel=1e-12, abs=1e-14)


def test_it_is_the_relative_entropy_at_moderate_temperatures():
    rho = haar_reduced_states(4, 9, 6, rng=2)
    h = ising_chain(2, transverse=0.8, longitudinal=0.3)
    energies, vectors = np.linalg.eigh(h.toarray())
    for beta in (-1.5, 0.0, 2.0):
        weights = np.exp(-beta * energies)
        sigma = (vectors * (weights / weights.sum())) @ vectors.T
        exact = relative_entropy(rho, sigma)
        for given in (h, h.toarray(), sparse.csr_array(h)):
            found = gibbs_relative_entropy(rho, given, beta)
            np.testing.assert_allclose(found, exact, rtol=1e-12)
    infinite = gibbs_relative_entropy(rho, h, 0)
    np.testing.assert_allclose(infinite, math.log(4) - von_neumann_entropy(rho), rtol=1e-13)
    found = gibbs_relative_entropy(rho, h, 2.0, base=2) * math.log(2)
    np.testing.assert_allclose(found, exact, rtol=1e-12)


def test_ground_state_and_shifted_energies():
    energies, vectors = np.linalg.eigh(np.diag([3.0, 0.0, 5.0]) + 0.1 * np.ones((3, 3)))
    h = (vectors * energies) @ vectors.T
    ground = np.outer(vectors[:, 0], vectors[:, 0])
    # -log of its population, which is e^(-beta gap) below 1.
    assert gibbs_relative_entropy(ground, h, 30.0) == pytest.approx(0.0, abs=1e-13)
    top = np.outer(vectors[:, 2], vectors[:, 2])
    assert gibbs_relative_entropy(top, h, -1e5) == pytest.approx(0.0, abs=1e-8)
    assert gibbs_relative_entropy(top, h, 1e5) == pytest.approx(1e5 * np.ptp(energies), rel=1e-14)
    rho = haar_reduced_states(3, 3, rng=4)
    shifted = gibbs_relative_entropy(rho, h + 1024 * np.eye(3), 2.0)
    assert shifted == pytest.approx(gibbs_relative_entropy(rho, h, 2.0), rel=1e-12)


def test_axes_broadcast():
    rho = haar_reduced_states(3, 5, (4, 1), rng=3)
    betas = np.array([-1.0, 0.0, 2.0])
    h = np.diag([0.0, 1.0, 2.5])
    found = gibbs_relative_entropy(rho, h, betas)
    assert found.shape == (4, 3)
    for i in range(4):
        for j in range(3):
            one = gibbs_relative_entropy(rho[i, 0], h, betas[j])
            assert found[i, j] == pytest.approx(one, rel=1e-13)
    assert gibbs_relative_entropy(rho[0, 0], h, betas).shape == (3,)
    assert np.ndim(gibbs_relative_entropy(rho[0, 0], h, 1.0)) == 0
    assert gibbs_relative_entropy(rho[:0], h, betas).shape == (0, 3)
    single = gibbs_relative_entropy(rho.astype(np.complex64), h, betas)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, found, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rho: gibbs_relative_entropy(rho, np.eye(2), 1.0), "must act on one space"),
        (lambda rho: gibbs_relative_entropy(rho, np.triu(np.ones((3, 3))), 1.0), "Hermitian"),
        (lambda rho: gibbs_relative_entropy(2 * rho, np.eye(3), 1.0), "rho must have unit trace"),
        (lambda rho: gibbs_relative_entropy(rho, np.eye(3), math.inf), "beta must be finite"),
        (lambda rho: gibbs_relative_entropy(rho, np.eye(3), 1j), "beta must be real"),
        (lambda rho: gibbs_relative_entropy(rho[None, None], np.eye(3), "x"), "beta must"),
        (
            lambda rho: gibbs_relative_entropy([rho] * 2, np.eye(3), [1.0] * 3),
            "beta must broadcast",
        ),
        (lambda rho: gibbs_relative_entropy(rho, np.eye(3), 1.0, base=1.0), "base must be"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call(np.eye(3) / 3)
