import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from oracles.chains import reduced
from typicality.errors import ConvergenceError
from typicality.quantum import (
    EnergyShell,
    ising_chain,
    pauli,
    reduced_density_matrix,
    trace_distance,
    xxz_chain,
)
from typicality.quantum._energy.subspace import Subspace
from typicality.quantum._operators import diagonalization

EVERYTHING = (-math.inf, math.inf)


class Qobj:
    """What of a QuTiP object is looked at."""

    def __init__(self, matrix):
        self.matrix = matrix
        self.shape = matrix.shape

    def full(self):
        return np.asarray(self.matrix.todense(), dtype=complex)


@pytest.fixture(scope="module")
def hamiltonian():
    return ising_chain(6, transverse=-1.05, longitudinal=0.5)


@pytest.fixture(scope="module")
def shell(hamiltonian):
    return EnergyShell.from_hamiltonian(hamiltonian, window=(-4.0, 1.0))


@pytest.fixture(scope="module")
def complex_shell():
    generator = np.random.default_rng(2)
    matrix = generator.standard_normal((12, 12)) + 1j * generator.standard_normal((12, 12))
    return EnergyShell.from_hamiltonian(matrix + matrix.conj().T, center=0.0, n_states=7)


def test_window_holds_all_levels_and_only_those(hamiltonian, shell):
    energies = np.linalg.eigvalsh(hamiltonian.toarray())
    inside = energies[(energies >= -4.0) & (energies <= 1.0)]
    np.testing.assert_allclose(shell.energies, inside, atol=1e-12)
    residual = hamiltonian @ shell.basis - shell.basis * shell.energies
    assert np.abs(residual).max() < 1e-12
    assert (shell.dimension, shell.hilbert_dimension) == (inside.size, 64)


def test_every_kind_of_hamiltonian_gives_the_same_shell(hamiltonian, shell):
    kinds = [
        hamiltonian.toarray(),
        hamiltonian.tocoo(),
        sparse.csr_matrix(hamiltonian),
        aslinearoperator(hamiltonian),
        Qobj(hamiltonian),
        np.asfortranarray(hamiltonian.toarray()),
        hamiltonian.toarray().astype(np.float32),
    ]
    projector = shell.basis @ shell.basis.T
    for kind in kinds:
        other = EnergyShell.from_hamiltonian(kind, window=(-4.0, 1.0))
        np.testing.assert_allclose(other.basis @ other.basis.conj().T, projector, atol=1e-5)


def test_nearest_levels(hamiltonian):
    energies = np.linalg.eigvalsh(hamiltonian.toarray())
    for center in (0.3, -100.0, math.inf, -math.inf):
        near = EnergyShell.from_hamiltonian(hamiltonian, center=center, n_states=5)
        finite = min(max(center, -1e3), 1e3)
        expected = np.sort(energies[np.argsort(np.abs(energies - finite))[:5]])
        np.testing.assert_allclose(near.energies, expected, atol=1e-12)


def test_mean_variance_and_spectrum(shell):
    observable = pauli("IIXZII")
    projected = shell.basis.T @ observable.toarray() @ shell.basis
    spectrum = np.linalg.eigvalsh(projected)
    np.testing.assert_allclose(shell.restriction(observable), projected, atol=1e-13)
    np.testing.assert_allclose(shell.observable_spectrum(observable), spectrum, atol=1e-12)
    assert shell.microcanonical_mean(observable) == pytest.approx(spectrum.mean(), abs=1e-13)
    assert shell.microcanonical_variance(observable) == pytest.approx(spectrum.var(), rel=1e-10)


def test_variance_does_not_cancel(shell):
    shifted = 1e6 * sparse.eye_array(64) + pauli("IIXIII")
    plain = shell.microcanonical_variance(pauli("IIXIII"))
    assert shell.microcanonical_variance(shifted) == pytest.approx(plain, rel=1e-6)


def test_samples_are_normalized_states_of_the_shell(shell, complex_shell):
    for space in (shell, complex_shell):
        states = space.sample((3, 4), rng=1)
        assert states.shape == (3, 4, space.hilbert_dimension)
        np.testing.assert_allclose(np.linalg.norm(states, axis=-1), 1.0, atol=1e-12)
        inside = states @ space.basis.conj() @ space.basis.T
        np.testing.assert_allclose(inside, states, atol=1e-12)
    assert shell.sample(rng=1).shape == (64,)
    assert shell.sample(0, rng=1).shape == (0, 64)
    assert shell.sample(2, rng=1, field="real").dtype == np.float64
    assert shell.sample(2, rng=1, dtype=np.complex64).dtype == np.complex64
    assert complex_shell.sample(2, rng=1, dtype=np.complex64).dtype == np.complex64
    # Rounding of a matrix product may depend on the number of rows.
    few, many = shell.sample(2, rng=7), shell.sample(5, rng=7)
    np.testing.assert_allclose(many[:2], few, atol=1e-13)


@pytest.mark.parametrize("field", ["complex", "real"])
def test_explicit_and_in_law_agree(shell, field):
    observable, count = pauli("IIZIII"), 4000
    states = shell.sample(count, rng=3, field=field)
    explicit = np.einsum("ij,ij->i", states.conj(), (observable @ states.T).T).real
    in_law = shell.sample_expectations(observable, count, rng=4, field=field)
    assert stats.ks_2samp(explicit, in_law).pvalue > 1e-3
    d = shell.dimension
    spread = shell.microcanonical_variance(observable)
    exact = spread / (d + 1) if field == "complex" else 2.0 * spread / (d + 2)
    for values in (explicit, in_law):
        stderr = exact * math.sqrt((stats.kurtosis(values) + 2.0) / count)
        assert abs(values.var() - exact) < 4.0 * stderr
        mean = shell.microcanonical_mean(observable)
        assert abs(values.mean() - mean) < 4.0 * math.sqrt(exact / count)


def test_real_states_see_the_real_part_of_an_observable(shell):
    # Y is imaginary: its expectation in every real state is zero.
    values = shell.sample_expectations(pauli("IIYIII"), 50, rng=1, field="real")
    np.testing.assert_allclose(values, 0.0, atol=1e-13)


@pytest.mark.parametrize("keep", [[2], [5, 0], [1, 2, 4], [0, 1, 2, 3, 4]])
def test_reduced_state_is_the_partial_trace_of_the_projector(shell, keep):
    dims = [2] * 6
    projector = shell.basis @ shell.basis.T / shell.dimension
    expected = reduced(projector, dims, keep)
    np.testing.assert_allclose(shell.reduced_state(dims, keep), expected, atol=1e-13)


def test_reduced_state_of_the_whole_space_is_maximally_mixed():
    whole = EnergyShell(np.arange(12.0), np.eye(12))
    np.testing.assert_allclose(whole.reduced_state([3, 4], [1]), np.eye(4) / 4, atol=1e-14)


@pytest.mark.parametrize("keep", [[2, 3], [0], [1, 2, 3, 4]])
def test_mean_squared_distance(shell, keep):
    dims = [2] * 6
    rest = [i for i in range(6) if i not in keep]
    projector = shell.basis @ shell.basis.T / shell.dimension
    omega = reduced(projector, dims, keep)
    other = reduced(projector, dims, rest)
    d = shell.dimension
    exact = (d * np.sum(other**2) - np.sum(omega**2)) / (d + 1)
    assert shell.mean_squared_distance(dims, keep) == pytest.approx(exact, rel=1e-11)
    count = 2000
    states = shell.sample(count, rng=9)
    squared = np.array(
        [np.sum(np.abs(reduced(np.outer(s, s.conj()), dims, keep) - omega) ** 2) for s in states]
    )
    assert abs(squared.mean() - exact) < 4.0 * squared.std() / math.sqrt(count)


@pytest.mark.parametrize("keep", [[2, 3], [0], [1, 2, 3, 4]])
def test_trace_distance_bounds(shell, keep):
    dims = [2] * 6
    states = shell.sample(400, rng=10)
    rho = reduced_density_matrix(states, dims, keep)
    distances = trace_distance(rho, shell.reduced_state(dims, keep))
    sharp = shell.trace_distance_bound(dims, keep)
    printed = shell.trace_distance_bound(dims, keep, method="popescu-short-winter")
    assert distances.mean() < sharp <= printed <= 1.0
    rest = [i for i in range(6) if i not in keep]
    purity = np.sum(shell.reduced_state(dims, rest) ** 2)
    assert printed == pytest.approx(min(1.0, math.sqrt(2 ** len(keep) * purity) / 2), rel=1e-12)
    with pytest.raises(ValueError, match="method must be"):
        shell.trace_distance_bound(dims, keep, method="levy")


def test_shell_of_one_state():
    shell = EnergyShell([0.0], np.array([[0.6], [0.8j]]))
    assert shell.microcanonical_variance(pauli("X")) == 0.0
    assert shell.sample_expectations(pauli("Z"), 3, rng=1).tolist() == pytest.approx([-0.28] * 3)
    assert shell.mean_squared_distance([2], [0]) == 0.0


def test_arrays_are_copies_that_cannot_be_written():
    basis = np.eye(3)
    shell = EnergyShell([0.0, 1.0, 2.0], basis)
    basis[0, 0] = 5.0
    assert shell.basis[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        shell.basis[0, 0] = 2.0
    with pytest.raises(AttributeError):
        shell.basis = basis
    for twin in (pickle.loads(pickle.dumps(shell)), copy.copy(shell), copy.deepcopy(shell)):
        assert np.array_equal(twin.basis, shell.basis)
        assert repr(twin) == repr(shell)
        for array in (twin.basis, twin.energies):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 2.0
        with pytest.raises(AttributeError):
            twin.basis = basis


def test_single_precision_basis_is_accepted():
    basis, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((16, 5)))
    shell = EnergyShell(np.arange(5), basis.astype(np.float32))
    assert shell.basis.dtype == np.float64
    assert np.trace(shell.reduced_state([4, 4], [0])) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("energies", "basis", "message"),
    [
        ([0.0], np.eye(2), "one energy for each"),
        ([0.0, 1.0], 2.0 * np.eye(2), "orthonormal"),
        ([0.0, 1.0], 1e200 * np.array([[1.0, 1.0], [1.0, -1.0]]), "orthonormal"),
        ([0.0, 1.0], 1e200 * np.ones((2, 2)), "orthonormal"),
        ([0.0, 1.0], np.ones((1, 2)), "1 <= d <= D"),
        ([], np.ones((2, 0)), "1 <= d <= D"),
        ([np.nan, 1.0], np.eye(2), "finite"),
        ([0.0, 1.0], np.eye(2)[0], "axes"),
    ],
)
def test_bad_shells(energies, basis, message):
    with pytest.raises(ValueError, match=message):
        EnergyShell(energies, basis)


def test_subspace_stands_alone():
    triplet = Subspace(np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]) / np.sqrt([1, 2, 1]))
    assert triplet.dimension == 3
    # Singlet fraction of one spin: the triplet's reduced state is maximally mixed.
    np.testing.assert_allclose(triplet.reduced_state([2, 2], [0]), np.eye(2) / 2, atol=1e-14)


@pytest.mark.parametrize(
    ("hamiltonian", "options", "message"),
    [
        (np.array([[0.0, 1.0], [0.0, 0.0]]), {"window": EVERYTHING}, "Hermitian"),
        (sparse.csr_array(np.array([[0.0, 1j], [1j, 0.0]])), {"window": EVERYTHING}, "Hermitian"),
        (np.ones((2, 3)), {"window": EVERYTHING}, "square"),
        (np.ones((0, 0)), {"window": EVERYTHING}, "square"),
        (np.full((2, 2), np.inf), {"window": EVERYTHING}, "finite"),
        (np.diag([0.0, 1.0]), {"window": (2.0, 3.0)}, "no energy level"),
        (np.diag([0.0, 1.0]), {"window": (3.0, 2.0)}, "low <= high"),
        (np.diag([0.0, 1.0]), {"window": (math.nan, 2.0)}, "window"),
        (np.diag([0.0, 1.0]), {"center": 0.0, "n_states": 3}, "at most 2"),
        (np.diag([0.0, 1.0]), {"center": 0.5, "n_states": 1}, "Take all 2 states"),
        (np.diag([0.0, 1.0]), {"center": 0.0, "n_states": 1, "tolerance": -1.0}, "tolerance"),
    ],
)
def test_bad_hamiltonians_and_windows(hamiltonian, options, message):
    with pytest.raises(ValueError, match=message):
        EnergyShell.from_hamiltonian(hamiltonian, **options)


@pytest.mark.parametrize(
    "options",
    [{}, {"center": 0.0}, {"n_states": 2}, {"window": EVERYTHING, "center": 0.0}, {"window": 3.0}],
)
def test_window_or_center(options):
    with pytest.raises(TypeError, match="window"):
        EnergyShell.from_hamiltonian(np.eye(2), **options)


def test_linear_operators_are_tested_for_hermiticity():
    matrix = np.random.default_rng(1).standard_normal((8, 8))
    with pytest.raises(ValueError, match="Hermitian"):
        EnergyShell.from_hamiltonian(aslinearoperator(matrix), window=EVERYTHING)
    broken = LinearOperator((8, 8), matvec=lambda _: np.full(8, np.nan), dtype=float)
    with pytest.raises(ValueError, match="finite"):
        EnergyShell.from_hamiltonian(broken, window=EVERYTHING)


def test_bad_observables_and_subsystems(shell, complex_shell):
    with pytest.raises(ValueError, match="64 dimensions"):
        shell.microcanonical_mean(pauli("Z"))
    with pytest.raises(ValueError, match="Hermitian"):
        shell.microcanonical_variance(np.triu(np.ones((64, 64))))
    with pytest.raises(TypeError, match="numbers"):
        shell.restriction("nonsense")
    with pytest.raises(ValueError, match="multiply"):
        shell.reduced_state([2, 2], [0])
    with pytest.raises(ValueError, match="twice"):
        shell.mean_squared_distance([8, 8], [0, 0])
    with pytest.raises(ValueError, match="real basis"):
        complex_shell.sample(2, field="real")
    with pytest.raises(MemoryError, match="sample_expectations"):
        shell.sample(2**40)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_nonsense_is_answered_or_refused(data):
    shell = EnergyShell([0.0, 1.0], np.eye(4)[:, :2])
    values = st.one_of(
        st.none(),
        st.integers(-3, 5),
        st.floats(),
        st.text(max_size=3),
        st.lists(st.one_of(st.integers(-2, 4), st.floats()), max_size=4),
        st.sampled_from([np.eye(4), np.eye(3), np.ones((4, 4)) * 1j, np.zeros((0, 0)), b"x", {}]),
    )
    calls = [
        shell.restriction,
        shell.within,
        lambda x: shell.sample(x, rng=1),
        lambda x: shell.sample_expectations(x, 2, rng=1),
        lambda x: shell.reduced_state(x, data.draw(values)),
        lambda x: shell.mean_squared_distance(x, data.draw(values)),
        lambda x: EnergyShell(x, data.draw(values)),
        lambda x: EnergyShell.from_hamiltonian(x, window=data.draw(values)),
        lambda x: EnergyShell.from_hamiltonian(
            np.diag([0.0, 1.0, 1.0]), center=x, n_states=data.draw(values)
        ),
    ]
    try:
        data.draw(st.sampled_from(calls))(data.draw(values))
    except (ValueError, TypeError, MemoryError, ConvergenceError) as error:
        assert str(error), "an error without a word"


class TestBeyondDenseDiagonalization:
    """The Lanczos route, on systems small enough to know the answer."""

    @pytest.fixture(autouse=True)
    def _small_limit(self, monkeypatch):
        monkeypatch.setattr(diagonalization, "LARGEST_DENSE", 32)

    @pytest.mark.parametrize("kind", [lambda h: h, aslinearoperator, lambda h: h.toarray()])
    def test_both_edges(self, kind):
        h = xxz_chain(8, anisotropy=1.0)
        energies = np.linalg.eigvalsh(h.toarray())
        # 20 lowest with their multiplets: more than the first guess of 16.
        high = float(energies[20]) + 1e-6
        low_edge = EnergyShell.from_hamiltonian(kind(h), window=(-math.inf, high))
        count = int(np.sum(energies <= high))
        np.testing.assert_allclose(low_edge.energies, energies[:count], atol=1e-9)
        assert np.abs(h @ low_edge.basis - low_edge.basis * low_edge.energies).max() < 1e-8
        gram = low_edge.basis.T @ low_edge.basis
        np.testing.assert_allclose(gram, np.eye(count), atol=1e-10)
        # The ferromagnet: nine states of total spin 4 at the top.
        top = EnergyShell.from_hamiltonian(kind(h), center=math.inf, n_states=9)
        np.testing.assert_allclose(top.energies, 7.0, atol=1e-10)
        above = EnergyShell.from_hamiltonian(kind(h), window=(6.5, math.inf))
        assert above.dimension == int(np.sum(energies >= 6.5))

    def test_the_middle_is_refused(self):
        h = ising_chain(6, transverse=-1.05, longitudinal=0.5)
        for options in ({"window": (-1.0, 1.0)}, {"center": 0.0, "n_states": 3}):
            with pytest.raises(ValueError, match=r"inside the spectrum.*microcanonical_states"):
                EnergyShell.from_hamiltonian(h, **options)
        with pytest.raises(ValueError, match="no energy level"):
            EnergyShell.from_hamiltonian(h, window=(50.0, 60.0))
        with pytest.raises(ValueError, match="too many for Lanczos"):
            EnergyShell.from_hamiltonian(h, window=(-math.inf, 5.0))
        for zero in (np.zeros((64, 64)), sparse.csr_array((64, 64))):
            with pytest.raises(ValueError, match=r"within 1e-160.*level holds 21 states or more"):
                EnergyShell.from_hamiltonian(zero, center=math.inf, n_states=20)
        with pytest.raises(ValueError, match="divide levels"):
            EnergyShell.from_hamiltonian(xxz_chain(6, anisotropy=1.0), center=-math.inf, n_states=2)
