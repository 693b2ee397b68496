"""Windows of energy shells: what is inside, that rounding divides no multiplet, what is refused."""

import math
import pickle

import numpy as np
import pytest

from typicality.quantum import EnergyShell, ising_chain, xxz_chain
from typicality.quantum._operators import diagonalization

EVERYTHING = (-math.inf, math.inf)


@pytest.fixture(scope="module")
def hamiltonian():
    return ising_chain(6, transverse=-1.05, longitudinal=0.5)


@pytest.fixture(scope="module")
def shell(hamiltonian):
    return EnergyShell.from_hamiltonian(hamiltonian, window=(-4.0, 1.0))


def test_multiplets_are_not_divided():
    heisenberg = xxz_chain(6, anisotropy=1.0)
    whole = EnergyShell.from_hamiltonian(heisenberg, window=EVERYTHING)
    # The triplet above the singlet ground state, with the window's edge within rounding of it.
    edge = whole.energies[2]
    assert EnergyShell.from_hamiltonian(heisenberg, window=(-math.inf, edge)).dimension == 4
    with pytest.raises(ValueError, match="n_states=1 or 4"):
        EnergyShell.from_hamiltonian(heisenberg, center=-math.inf, n_states=2)
    coarse = EnergyShell.from_hamiltonian(
        heisenberg, window=(edge + 0.5, edge + 0.5), tolerance=0.6
    )
    assert coarse.dimension >= 3


def test_within_is_the_narrower_shell(hamiltonian, shell):
    narrow = shell.within((-2.0, 0.5))
    direct = EnergyShell.from_hamiltonian(hamiltonian, window=(-2.0, 0.5))
    assert np.array_equal(narrow.energies, direct.energies)
    assert np.array_equal(narrow.basis, direct.basis)
    with pytest.raises(ValueError, match="no level of the shell"):
        shell.within((5.0, 6.0))


def test_within_does_not_divide_a_multiplet():
    # All energies of a multiplet differ in their last digits, and each is a sensible edge.
    whole = EnergyShell.from_hamiltonian(xxz_chain(8, anisotropy=1.0), window=EVERYTHING)
    for edge in whole.energies[1:4]:
        assert whole.within((edge, edge)).dimension == 3
        assert whole.within((-math.inf, edge)).dimension == 4
        assert whole.within((edge, edge)).within((edge, edge)).dimension == 3
        assert pickle.loads(pickle.dumps(whole)).within((edge, edge)).dimension == 3
        assert EnergyShell(whole.energies, whole.basis).within((edge, edge)).dimension == 3
    apart = EnergyShell([0.0, 1.0, 1.1], np.eye(3))
    assert apart.within((1.0, 1.0)).dimension == 1
    assert apart.within((1.0, 1.0), tolerance=0.2).dimension == 2
    # The tolerance of the diagonalization is remembered.
    coarse = EnergyShell.from_hamiltonian(
        np.diag([0.0, 1.0, 1.1]), window=EVERYTHING, tolerance=0.2
    )
    assert coarse.within((1.0, 1.0)).dimension == 2


@pytest.mark.parametrize(
    ("window", "kind", "message"),
    [
        (("a", "b"), TypeError, r"window\[0\] must be a real number"),
        ((0.0, None), TypeError, r"window\[1\] must be a real number"),
        ((1j, 2.0), TypeError, r"window\[0\] must be a real number"),
        (([1.0, 2.0], 3.0), TypeError, r"window\[0\] must be a real number"),
        ("ab", TypeError, "window must be a pair"),
        ({1.0, 2.0}, TypeError, "window must be a pair"),
        ((0.0, 1.0, 2.0), TypeError, "window must be a pair"),
        (3.0, TypeError, "window must be a pair"),
        ((math.nan, 1.0), ValueError, r"window\[0\] must be a number"),
        ((1.0, 0.0), ValueError, "low <= high"),
        ((math.inf, math.inf), ValueError, "low <= high"),
    ],
)
def test_bad_windows(shell, hamiltonian, window, kind, message):
    for call in (shell.within, lambda w: EnergyShell.from_hamiltonian(hamiltonian, window=w)):
        with pytest.raises(kind, match=message):
            call(window)


@pytest.mark.parametrize("tolerance", [-1.0, math.nan, "x"])
def test_bad_tolerance_of_within(shell, tolerance):
    with pytest.raises((ValueError, TypeError), match="tolerance"):
        shell.within((-2.0, 0.5), tolerance=tolerance)


@pytest.mark.parametrize("unit", [1e-140, 1e-20, 1.0, 1e30])
def test_center_at_an_edge_in_any_unit(hamiltonian, unit):
    energies = np.linalg.eigvalsh(hamiltonian.toarray())
    scaled = unit * hamiltonian
    for center, expected in (
        (-math.inf, energies[:3]),
        (1.5 * unit * energies[0], energies[:3]),
        (math.inf, energies[-3:]),
        (1.5 * unit * energies[-1], energies[-3:]),
    ):
        shell = EnergyShell.from_hamiltonian(scaled, center=center, n_states=3)
        np.testing.assert_allclose(shell.energies, unit * expected, rtol=1e-12)


@pytest.mark.parametrize("unit", [1e-20, 1e-6, 1.0])
def test_edges_beyond_dense_diagonalization_are_known_to_rounding(monkeypatch, hamiltonian, unit):
    monkeypatch.setattr(diagonalization, "LARGEST_DENSE", 32)
    energies = unit * np.linalg.eigvalsh(hamiltonian.toarray())
    bottom, top, off = energies[0], energies[-1], 1e-12 * unit
    shell = EnergyShell.from_hamiltonian
    scaled = unit * hamiltonian
    low = shell(scaled, window=(bottom + off, energies[2]))
    high = shell(scaled, window=(energies[-3], top - off))
    np.testing.assert_allclose(low.energies, energies[:3], rtol=1e-10)
    np.testing.assert_allclose(high.energies, energies[-3:], rtol=1e-10)
    low = shell(scaled, center=bottom + off, n_states=3)
    high = shell(scaled, center=top - off, n_states=3)
    np.testing.assert_allclose(low.energies, energies[:3], rtol=1e-10)
    np.testing.assert_allclose(high.energies, energies[-3:], rtol=1e-10)
    # A tolerance moves no center out of the middle.
    with pytest.raises(ValueError, match="inside the spectrum"):
        shell(scaled, center=bottom + 0.5 * unit, n_states=3, tolerance=unit)


@pytest.mark.parametrize("unit", [1e-20, 1e-9, 1e-6, 1.0])
def test_multiplet_at_the_bottom_in_any_unit(monkeypatch, unit):
    # The ferromagnet below: eleven states of total spin 5, more than a block of Lanczos vectors.
    monkeypatch.setattr(diagonalization, "LARGEST_DENSE", 32)
    h = xxz_chain(10, anisotropy=1.0, coupling=-1.0)
    shell = EnergyShell.from_hamiltonian(unit * h, window=(-math.inf, (-9 + 1e-6) * unit))
    np.testing.assert_allclose(shell.energies, np.full(11, -9.0 * unit), rtol=1e-10)
