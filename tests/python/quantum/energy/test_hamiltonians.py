import math

import numpy as np
import pytest

from oracles import chains
from typicality.quantum import ising_chain, pauli, syk, xxz_chain


@pytest.mark.parametrize(("n", "periodic"), [(1, False), (2, False), (5, False), (5, True)])
def test_ising_chain_written_out(n, periodic):
    found = ising_chain(n, coupling=0.7, transverse=-1.05, longitudinal=0.5, periodic=periodic)
    assert found.dtype == np.float64
    expected = chains.ising(n, 0.7, -1.05, 0.5, periodic)
    np.testing.assert_allclose(found.toarray(), expected, atol=1e-14)


def test_ising_chain_in_zero_field_has_the_classical_energies():
    found = ising_chain(6, transverse=0.0)
    assert found.nnz == np.count_nonzero(found.diagonal())
    assert found.diagonal()[0] == 5.0


@pytest.mark.parametrize("periodic", [False, True])
def test_xxz_chain_written_out(periodic):
    found = xxz_chain(5, coupling=1.5, anisotropy=0.3, periodic=periodic)
    np.testing.assert_allclose(found.toarray(), chains.xxz(5, 1.5, 0.3, periodic), atol=1e-14)


def test_sectors_of_the_xxz_chain_make_up_the_whole():
    n = 7
    whole = np.linalg.eigvalsh(xxz_chain(n, anisotropy=0.4).toarray())
    parts = []
    for magnetization in range(-n, n + 1, 2):
        sector = xxz_chain(n, anisotropy=0.4, magnetization=magnetization)
        assert sector.shape[0] == math.comb(n, (n - magnetization) // 2)
        parts.append(np.linalg.eigvalsh(sector.toarray()))
    np.testing.assert_allclose(np.sort(np.concatenate(parts)), whole, atol=1e-11)


def test_sector_basis_is_ascending_in_the_computational_states():
    n, magnetization = 6, 2
    whole = xxz_chain(n, anisotropy=0.4, periodic=True)
    inside = [s for s in range(2**n) if n - 2 * s.bit_count() == magnetization]
    sector = xxz_chain(n, anisotropy=0.4, periodic=True, magnetization=magnetization)
    assert np.array_equal(sector.toarray(), whole.toarray()[np.ix_(inside, inside)])


def test_small_sector_of_a_long_chain():
    # One flipped spin of 40: a tight-binding chain, energies known.
    n = 40
    sector = xxz_chain(n, anisotropy=0.0, magnetization=n - 2)
    expected = 4.0 * np.cos(np.pi * np.arange(1, n + 1) / (n + 1))
    np.testing.assert_allclose(np.linalg.eigvalsh(sector.toarray()), np.sort(expected), atol=1e-12)


@pytest.mark.parametrize("order", [2, 4, 6])
def test_syk_is_hermitian_and_conserves_parity(order):
    h = syk(8, order=order, rng=3)
    assert h.dtype == np.complex128
    assert abs(h - h.conj().T).max() < 1e-14
    parity = pauli("ZZZZ")
    assert abs(parity @ h - h @ parity).max() < 1e-14


def test_syk_is_a_combination_of_majorana_products():
    h = syk(8, rng=3).toarray()
    chi = chains.majoranas(8)
    for a in range(8):
        for b in range(8):
            anticommutator = chi[a] @ chi[b] + chi[b] @ chi[a]
            np.testing.assert_allclose(anticommutator, np.eye(16) * (a == b), atol=1e-14)
    rest, squared = h.copy(), []
    for a in range(8):
        for b in range(a):
            for c in range(b):
                for d in range(c):
                    # i^(4/2) = -1; products of Majoranas have the norm 1/4.
                    product = -chi[d] @ chi[c] @ chi[b] @ chi[a]
                    weight = np.trace(product.conj().T @ h) / np.trace(product.conj().T @ product)
                    assert abs(weight.imag) < 1e-14
                    rest -= weight.real * product
                    squared.append(weight.real**2)
    assert np.abs(rest).max() < 1e-13
    assert len(squared) == 70


def test_syk_couplings_have_the_stated_variance():
    # tr H^2 / D = sum of J^2 / 2^order, whose mean is binomial x variance / 16.
    count, n_draws = 10, 40
    traces = [(abs(syk(count, rng=seed).data) ** 2).sum() / 32 for seed in range(n_draws)]
    expected = math.comb(count, 4) * 6.0 / count**3 / 16.0
    # Chi-square of all couplings of all draws: relative standard error sqrt(2 / number).
    stderr = expected * math.sqrt(2.0 / (n_draws * math.comb(count, 4)))
    assert abs(np.mean(traces) - expected) < 4.0 * stderr


def test_syk_depends_on_the_seed_only():
    assert abs(syk(8, rng=1) - syk(8, rng=1)).max() == 0.0
    assert abs(syk(8, rng=1) - syk(8, rng=2)).max() > 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ising_chain(0, transverse=1.0), "n must be at least 1"),
        (lambda: ising_chain(2, transverse=1.0, periodic=True), "at least 3 spins"),
        (lambda: ising_chain(4, transverse=math.nan), "transverse"),
        (lambda: xxz_chain(4, anisotropy=math.inf), "anisotropy"),
        (lambda: xxz_chain(4, anisotropy=1.0, magnetization=1), "even or odd"),
        (lambda: xxz_chain(4, anisotropy=1.0, magnetization=6), "at most 4"),
        (lambda: syk(7), "n_majorana must be even"),
        (lambda: syk(8, order=3), "order must be even"),
        (lambda: syk(8, order=10), "at most 8"),
        (lambda: syk(8, rng=-1), "rng"),
    ],
)
def test_out_of_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_wrong_kinds():
    with pytest.raises(TypeError, match="n must be an integer"):
        ising_chain(4.0, transverse=1.0)
    with pytest.raises(TypeError, match="periodic"):
        xxz_chain(4, anisotropy=1.0, periodic=1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ising_chain(40, transverse=1.0),
        lambda: xxz_chain(40, anisotropy=1.0, magnetization=0),
        lambda: syk(80),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(MemoryError, match="available"):
        call()


@pytest.mark.parametrize("strength", [1e151, -1e308, math.inf, math.nan])
def test_strengths_whose_sums_are_no_floats_are_refused(strength):
    for call, name in (
        (lambda: ising_chain(3, transverse=strength), "transverse"),
        (lambda: ising_chain(3, transverse=1.0, longitudinal=strength), "longitudinal"),
        (lambda: ising_chain(3, transverse=1.0, coupling=strength), "coupling"),
        (lambda: xxz_chain(3, anisotropy=strength), "anisotropy"),
        (lambda: xxz_chain(3, anisotropy=1.0, coupling=strength), "coupling"),
        (lambda: syk(4, coupling=strength, rng=1), "coupling"),
    ):
        with pytest.raises(ValueError, match=f"{name} must be a finite number in"):
            call()
