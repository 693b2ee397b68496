"""Numbers of levels by inertia against diagonalization, and shells that they prove complete."""

import math
import pickle

import numpy as np
import pytest
from scipy import linalg, sparse
from scipy.sparse.linalg import aslinearoperator

from typicality.errors import ConvergenceError
from typicality.quantum import EnergyShell, ising_chain
from typicality.quantum._operators import completeness, diagonalization, inertia
from typicality.quantum._operators.inertia import LevelCounter, dense_inertia, level_counter

BELOW = -math.inf


def random_sparse(generator, size, share, dtype=float):
    there = np.triu(generator.random((size, size)) < share)
    entries = generator.standard_normal((size, size))
    if dtype is complex:
        entries = entries + 1j * generator.standard_normal((size, size))
    half = np.where(there, entries, 0)
    return half + half.conj().T


def banded(generator, size, width):
    i, j = np.indices((size, size))
    entries = generator.standard_normal((size, size))
    half = np.where((j >= i) & (j - i <= width), entries, 0)
    return half + half.T


def with_levels(generator, levels, dtype=float):
    size = len(levels)
    columns = generator.standard_normal((size, size))
    if dtype is complex:
        columns = columns + 1j * generator.standard_normal((size, size))
    turn, _ = np.linalg.qr(columns)
    matrix = (turn * levels) @ turn.conj().T
    return (matrix + matrix.conj().T) / 2


def anderson(size, strength=1.0, seed=0):
    onsite = np.random.default_rng(seed).uniform(-strength, strength, size)
    hop = np.ones(size - 1)
    return sparse.diags_array([hop, onsite, hop], offsets=[-1, 0, 1]).tocsr()


def matrices():
    generator = np.random.default_rng(4)
    turns = generator.uniform(0, 6, 150)
    square = sparse.kron(anderson(18), sparse.eye_array(18)) + sparse.kron(
        sparse.eye_array(18), anderson(18, seed=1)
    )
    return {
        "sparse": random_sparse(generator, 300, 0.02),
        "very sparse": random_sparse(generator, 300, 0.003),
        "complex": random_sparse(generator, 150, 0.02, complex),
        "banded": banded(generator, 400, 7),
        "complex band": banded(generator, 150, 4) * np.exp(1j * np.subtract.outer(turns, turns)),
        "chain": anderson(300).toarray(),
        "square lattice": square.toarray(),
        "spins": ising_chain(8, transverse=-1.05, longitudinal=0.5).toarray(),
        "zeros": np.zeros((60, 60)),
        "no diagonal": random_sparse(generator, 200, 0.03) * (1 - np.eye(200)),
        "one level": np.array([[2.0]]),
        "small unit": 1e-120 * banded(generator, 120, 3),
        "large unit": 1e120 * banded(generator, 120, 3),
    }


MATRICES = matrices()


@pytest.fixture
def unhurried(monkeypatch):
    # Small matrices, for which the time that is allowed is none.
    monkeypatch.setattr(inertia, "_SECONDS_PER_DIMENSION", 1.0)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("made", [sparse.csr_array, np.asarray])
@pytest.mark.parametrize("name", MATRICES)
def test_counts_are_those_of_diagonalization(name, made):
    matrix = MATRICES[name]
    energies = np.linalg.eigvalsh(matrix)
    scale = max(float(np.abs(energies).max()), 1e-150)
    counter = level_counter(made(matrix))
    generator = np.random.default_rng(7)
    for energy in scale * generator.uniform(-1.1, 1.1, 20):
        found = counter.below(energy, energy + 1e-6 * scale)
        between = (energies >= energy) & (energies < energy + 1e-6 * scale)
        assert not between.any()
        assert found == np.count_nonzero(energies < energy)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("copies", [1, 8, 30])
def test_counts_next_to_degenerate_levels(copies, dtype):
    generator = np.random.default_rng(copies)
    levels = np.concatenate([np.repeat([-1.0, 0.5], copies), generator.uniform(1.0, 2.0, 90)])
    matrix = with_levels(generator, levels, dtype)
    for made in (sparse.csr_array, np.asarray):
        counter = level_counter(made(matrix))
        for energy, exact in ((-1.0, 0), (0.5, copies)):
            assert counter.below(energy - 2e-7, energy - 1e-8) == exact
            assert counter.below(energy + 1e-8, energy + 2e-7) == exact + copies
            # Within rounding of a level nothing is said.
            assert counter.below(energy - 1e-17, energy + 1e-17) is None


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("name", ["banded", "square lattice", "complex band"])
def test_rounding_is_within_its_bound(name):
    # Next to an eigenvalue, where a count that is off is off because of rounding.
    energies = np.linalg.eigvalsh(MATRICES[name])
    scale = float(np.abs(energies).max())
    block = level_counter(sparse.csr_array(MATRICES[name]))._inertia
    for level in range(5, 100, 19):
        for distance in scale * 10.0 ** np.arange(-15, -5, 2):
            for energy in (energies[level] - distance, energies[level] + distance):
                for number, error in (block(energy), dense_inertia(MATRICES[name], energy)):
                    error += 1e-14 * scale
                    assert np.count_nonzero(energies < energy - error) <= number
                    assert number <= np.count_nonzero(energies < energy + error)
                    assert error < 1e-3 * scale or error == math.inf


def test_chain_of_ten_thousand_sites():
    h = anderson(10**4)
    energies = linalg.eigvalsh_tridiagonal(h.diagonal(), np.ones(10**4 - 1))
    counter = level_counter(h)
    low, high = -0.1, 0.1
    inside = counter.below(high, high + 1e-7) - counter.below(low - 1e-7, low)
    assert inside == np.count_nonzero((energies >= low) & (energies <= high)) > 300
    # The order of the sites does not matter.
    order = np.random.default_rng(1).permutation(10**4)
    assert level_counter(h[order][:, order]).below(high, high + 1e-7) == np.count_nonzero(
        energies <= high
    )


def test_what_would_take_long_is_not_counted(monkeypatch):
    chain = anderson(2000)
    assert level_counter(aslinearoperator(chain)) is None
    assert level_counter(ising_chain(14, transverse=-1.05)) is None
    assert level_counter(chain) is not None
    monkeypatch.setattr(inertia, "available_memory", lambda: 10**4)
    assert level_counter(chain) is None
    assert level_counter(np.eye(200)) is None


@pytest.fixture
def small_limit(monkeypatch):
    monkeypatch.setattr(diagonalization, "LARGEST_DENSE", 64)


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("copies", [1, 8, 30])
def test_shells_are_proved_complete_by_number(copies, dtype):
    generator = np.random.default_rng(copies)
    levels = np.concatenate([[0.0, 0.0], np.ones(copies), generator.uniform(2.0, 3.0, 300)])
    matrix = with_levels(generator, levels, dtype)
    for choice in ({"window": (BELOW, 1.5)}, {"center": BELOW, "n_states": copies + 2}):
        shell = EnergyShell.from_hamiltonian(matrix, **choice)
        assert shell.completeness == "inertia"
        np.testing.assert_allclose(shell.energies, np.repeat([0.0, 1.0], [2, copies]), atol=1e-10)
        assert shell.within((0.5, 1.5)).completeness == "inertia"
        assert pickle.loads(pickle.dumps(shell)).completeness == "inertia"
    top = EnergyShell.from_hamiltonian(-matrix, window=(-1.5, math.inf))
    assert (top.dimension, top.completeness) == (copies + 2, "inertia")


@pytest.mark.usefixtures("small_limit")
def test_shells_say_how_they_were_proved_complete():
    h = anderson(300)
    exact = np.linalg.eigvalsh(h.toarray())
    edge = (exact[9] + exact[10]) / 2
    for operator, proof in ((h, "inertia"), (aslinearoperator(h), "random vectors")):
        shell = EnergyShell.from_hamiltonian(operator, window=(BELOW, edge))
        np.testing.assert_allclose(shell.energies, exact[:10], atol=1e-10)
        assert shell.completeness == proof
    assert EnergyShell(exact[:2], np.eye(300)[:, :2]).completeness is None
    few = EnergyShell.from_hamiltonian(np.diag([0.0, 1.0, 1.0]), window=(0.5, 2.0))
    assert few.completeness == "diagonalization"


@pytest.mark.usefixtures("small_limit")
def test_a_lost_level_is_noticed(monkeypatch):
    # Random vectors that see nothing, beside a block that sees 8 of 30 partners.
    monkeypatch.setattr(completeness, "overlooked", lambda *_: 0.0)
    others = np.random.default_rng(2).uniform(1.0, 6.0, 1200)
    h = sparse.diags_array(np.concatenate([np.zeros(30), others])).tocsr()
    lost = EnergyShell.from_hamiltonian(aslinearoperator(h), window=(BELOW, 0.5))
    assert lost.dimension < 30
    found = EnergyShell.from_hamiltonian(h, window=(BELOW, 0.5))
    assert (found.dimension, found.completeness) == (30, "inertia")


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("excess", [-1, 1])
def test_numbers_that_disagree_are_an_error(monkeypatch, excess):
    below = LevelCounter.below

    def wrong(self, low, high):
        number = below(self, low, high)
        return None if number is None else number + excess

    monkeypatch.setattr(LevelCounter, "below", wrong)
    levels = np.concatenate([np.zeros(5), np.random.default_rng(2).uniform(1.0, 6.0, 1200)])
    with pytest.raises(ConvergenceError, match=f"5 levels were found .* counts {5 + excess}"):
        EnergyShell.from_hamiltonian(sparse.diags_array(levels).tocsr(), window=(BELOW, 0.5))


@pytest.mark.usefixtures("small_limit")
def test_windows_that_hold_too_much_are_refused_by_their_number():
    h = sparse.diags_array(np.linspace(0.0, 1.0, 1000)).tocsr()
    with pytest.raises(ValueError, match="holds 281 of 1000 levels"):
        EnergyShell.from_hamiltonian(h, window=(BELOW, 0.2807))
