"""No level of an energy shell is missing: every multiplicity, edge, kind of operator and unit."""

import math

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator

from typicality.errors import ConvergenceError
from typicality.quantum import EnergyShell, ising_chain, xxz_chain
from typicality.quantum._operators import diagonalization, lanczos
from typicality.quantum._operators.completeness import overlooked
from typicality.quantum._operators.krylov import BlockKrylov

BELOW = -math.inf
# Levels -9 twice, -7 18 times, -5 72 times, ...: counted on the diagonal.
ISING = ising_chain(10, coupling=-1.0, transverse=0.0)
COUNTED = np.sort(ISING.diagonal())


@pytest.fixture(autouse=True)
def _small_limit(monkeypatch):
    # Lanczos iterations, in spaces that take no time; counted levels are the subject elsewhere.
    monkeypatch.setattr(diagonalization, "LARGEST_DENSE", 64)
    monkeypatch.setattr(lanczos, "level_counter", lambda _: None)


def shell(hamiltonian, **choice):
    made = EnergyShell.from_hamiltonian(hamiltonian, **choice)
    residual = hamiltonian @ made.basis - made.basis * made.energies
    assert np.abs(residual).max() < 1e-10 * np.abs(hamiltonian @ np.ones(len(residual))).max()
    overlaps = made.basis.conj().T @ made.basis
    np.testing.assert_allclose(overlaps, np.eye(made.dimension), atol=1e-10)
    return made


def diagonal(levels):
    return sparse.diags_array(np.asarray(levels, dtype=float)).tocsr()


@pytest.mark.parametrize("high", [-9.0, -8.0, -7.0, -6.5, -5.0])
def test_ising_chain_without_fields(high):
    expected = COUNTED[high >= COUNTED]
    np.testing.assert_allclose(shell(ISING, window=(BELOW, high)).energies, expected, atol=1e-9)
    np.testing.assert_allclose(
        shell(ISING, window=(-high, math.inf)).energies, -expected[::-1], atol=1e-9
    )


def test_multiplets_of_fourteen_spins():
    h = ising_chain(14, coupling=-1.0, transverse=0.0)
    made = shell(h, window=(BELOW, -10.5))
    np.testing.assert_allclose(made.energies, np.repeat([-13.0, -11.0], [2, 26]), atol=1e-9)


@pytest.mark.parametrize("n_states", [2, 20])
def test_whole_multiplets_by_number(n_states):
    made = shell(ISING, center=BELOW, n_states=n_states)
    np.testing.assert_allclose(made.energies, COUNTED[:n_states], atol=1e-9)


@pytest.mark.parametrize("n_states", [1, 3, 19, 21])
def test_divided_multiplets_are_refused(n_states):
    with pytest.raises(ValueError, match="would divide levels"):
        EnergyShell.from_hamiltonian(ISING, center=BELOW, n_states=n_states)


@pytest.mark.parametrize("unit", [1e-100, 1e100])
@pytest.mark.parametrize("kind", [lambda h: h, aslinearoperator])
def test_any_unit_and_kind(kind, unit):
    made = shell(kind(ISING * unit), window=(BELOW, -7 * unit))
    np.testing.assert_allclose(made.energies, unit * COUNTED[:20], rtol=1e-9)


def test_complex_hermitian_operators():
    generator = np.random.default_rng(8)
    levels = np.repeat([0.0, 1.0, 2.0], [11, 19, 270])
    turn, _ = np.linalg.qr(
        generator.normal(size=(300, 300)) + 1j * generator.normal(size=(300, 300))
    )
    made = shell((turn * levels) @ turn.conj().T, window=(BELOW, 1.5))
    np.testing.assert_allclose(made.energies, levels[:30], atol=1e-9)


@pytest.mark.parametrize("copies", [1, 4, 8, 9, 16, 26, 60])
def test_every_multiplicity_below_a_dense_spectrum(copies):
    others = np.random.default_rng(copies).uniform(2.0, 12.0, 1200 - copies)
    hamiltonian = diagonal(np.concatenate([[0.0, 0.0], np.ones(copies), others]))
    expected = np.repeat([0.0, 1.0], [2, copies])
    made = shell(hamiltonian, window=(BELOW, 1.5))
    np.testing.assert_allclose(made.energies, expected, atol=1e-9)
    made = shell(-hamiltonian, window=(-1.5, math.inf))
    np.testing.assert_allclose(made.energies, -expected[::-1], atol=1e-9)
    assert shell(hamiltonian, center=BELOW, n_states=copies + 2).dimension == copies + 2


def test_multiplets_below_thousands_of_levels():
    others = np.random.default_rng(0).uniform(2.0, 12.0, 8292)
    hamiltonian = diagonal(np.concatenate([np.repeat([0.0, 1.0], [2, 8]), others]))
    assert shell(hamiltonian, window=(BELOW, 1.5)).dimension == 10


def test_heisenberg_multiplets():
    # All levels come in multiplets of total spin; dense diagonalization is the slow twin.
    h = xxz_chain(10, anisotropy=1.0)
    exact = np.linalg.eigvalsh(h.toarray())
    for high in (exact[3] + 1e-6, -12.0):
        made = shell(h, window=(BELOW, high))
        np.testing.assert_allclose(made.energies, exact[exact <= high], atol=1e-8)
    for low in (8.5, 6.0):
        made = shell(h, window=(low, math.inf))
        np.testing.assert_allclose(made.energies, exact[exact >= low], atol=1e-8)


def test_ferromagnet():
    # Total spin 6: thirteen ground states.
    h = xxz_chain(12, coupling=-1.0, anisotropy=1.0)
    made = shell(h, window=(BELOW, -11.0 + 1e-6))
    np.testing.assert_allclose(made.energies, np.full(13, -11.0), atol=1e-9)


def test_few_levels_beside_a_multiple_of_the_identity():
    for offset in (0.0, 1.0, 1e4):
        levels = np.full(900, offset)
        levels[[5, 77, 801]] -= 0.5
        made = shell(diagonal(levels), window=(BELOW, offset - 0.1))
        np.testing.assert_allclose(made.energies, offset - 0.5, atol=1e-9 * max(offset, 1.0))
    for zero in (sparse.csr_array((900, 900)), diagonal(np.ones(900))):
        with pytest.raises(ValueError, match="would divide levels"):
            EnergyShell.from_hamiltonian(zero, center=BELOW, n_states=5)
        with pytest.raises(ValueError, match="too many for Lanczos"):
            EnergyShell.from_hamiltonian(zero, window=(-1.0, 2.0))


def test_levels_just_above_the_edge_are_told_apart():
    levels = np.concatenate([np.zeros(12), np.full(10, 1e-4), np.linspace(1.0, 2.0, 900)])
    assert shell(diagonal(levels), window=(BELOW, 5e-5)).dimension == 12


def test_a_window_that_ends_among_close_levels():
    levels = np.concatenate([np.linspace(0.0, 1e-6, 60), np.linspace(1.0, 2.0, 600)])
    made = shell(diagonal(levels), window=(BELOW, 5e-7))
    np.testing.assert_allclose(made.energies, levels[:30], atol=1e-9)


@pytest.mark.parametrize(
    ("tolerance", "high", "expected"),
    [(0.0, -7.0, 20), (1e-14, -7.0, 20), (1.5, -7.0, 20), (1.5, -6.5, 92), (5.0, -9.0, 92)],
)
def test_any_tolerance_at_the_edge(tolerance, high, expected):
    assert shell(ISING, window=(BELOW, high), tolerance=tolerance).dimension == expected
    if tolerance < 2.0:
        assert shell(ISING, center=BELOW, n_states=20, tolerance=tolerance).dimension == 20


@pytest.mark.parametrize("width", [1, 3, 8])
def test_residuals_stay_true_in_invariant_subspaces(width):
    # Few levels, far apart in size: the space from any block is soon exhausted.
    levels = np.repeat([-1e5, -4e3, -1.0, 0.3, 0.9], [2, 26, 60, 100, 212])
    basis = BlockKrylov(lambda x: levels[:, None] * x, levels.size, np.dtype(float), 160, width)
    while basis.used < 120:
        basis.expand()
        if basis.full:
            break
        ritz = basis.ritz()
    basis.restart(ritz, basis.used)
    vectors = basis.vectors(basis.used)
    image = levels[:, None] * vectors
    true = np.linalg.norm(image - vectors * ritz.values, axis=0)
    np.testing.assert_allclose(true, ritz.residuals, atol=1e-9)


def test_what_a_basis_does_not_know_is_found_by_a_probe():
    levels = np.append(np.repeat([-1.0, 0.5], 20), np.linspace(1.0, 2.0, 400))
    basis = BlockKrylov(lambda x: levels[:, None] * x, levels.size, np.dtype(float), 120, 4)
    for _ in range(12):
        basis.expand()
    ritz = basis.ritz()
    assert np.count_nonzero(ritz.values < -0.99) == 4
    basis.restart(ritz, 4)
    seen = []
    basis.probe(6, 8, lambda lowest, highest, step: seen.append((lowest, highest, step)) or False)
    assert [step for _, _, step in seen] == list(range(1, 9))
    assert seen[-1][0] == pytest.approx(-1.0, abs=1e-6)
    # What was found stays, and the relation that residuals are read from holds.
    ritz = basis.ritz()
    assert np.count_nonzero(ritz.values < -0.99) == 10
    basis.restart(ritz, 14)
    vectors = basis.vectors(14)
    residuals = np.linalg.norm(levels[:, None] * vectors - vectors * ritz.values[:14], axis=0)
    np.testing.assert_allclose(residuals, ritz.residuals[:14], atol=1e-12)


def test_the_bound_holds_for_random_starts():
    # How often does a Krylov space from random vectors not show the level that is there?
    generator = np.random.default_rng(3)
    size, width, steps, tries = 60, 2, 6, 2000
    levels = np.append(-1.5, np.linspace(-1.0, 1.0, size - 1))
    bounds, missed = [], 0
    edge = -1.45
    for _ in range(tries):
        blocks = [generator.standard_normal((size, width))]
        for _ in range(steps - 1):
            blocks.append(levels[:, None] * blocks[-1])
        space, _ = np.linalg.qr(np.concatenate(blocks, axis=1))
        lowest = float(np.linalg.eigvalsh(space.T * levels @ space)[0])
        if lowest > edge:
            missed += 1
            bounds.append(overlooked(size, width, 1, steps, levels[0], lowest, 1.0))
    # The bound at the Ritz value that was seen is the chance of one as high: uniform or larger.
    assert missed > 20
    for level in (0.01, 0.05, 0.2):
        share = np.count_nonzero(np.array(bounds) < level) / tries
        assert share <= level + 3 * math.sqrt(level / tries)


@pytest.mark.parametrize(
    ("edge", "lowest", "highest", "expected"),
    [(-1.0, -1.0, 1.0, 1.0), (-0.5, -1.0, 1.0, 1.0), (-1.0, -0.5, -0.5, 0.0)],
)
def test_the_bound_at_its_ends(edge, lowest, highest, expected):
    assert overlooked(100, 8, 2, 10, edge, lowest, highest) == expected
    assert overlooked(8, 8, 2, 10, -2.0, -1.0, 1.0) == 0.0
    deep = overlooked(10**6, 8, 1, 10**6, -2.0, -1.0, 1.0)
    assert deep == 0.0


def test_progress_counts_levels(monkeypatch):
    told = []
    shell(ISING, window=(BELOW, -7.0), progress=lambda *now: told.append(now))
    assert told
    assert all(0.0 <= fraction <= 1.0 and "levels" in text for fraction, text in told)
    monkeypatch.setattr(lanczos, "_MOST_STEPS", 3)
    with pytest.raises(ConvergenceError, match="did not find"):
        EnergyShell.from_hamiltonian(ISING, window=(BELOW, -7.0))
