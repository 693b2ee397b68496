"""QuTiP's objects, by stand-ins with the same attributes."""

import numpy as np
import pytest
from scipy import sparse

from typicality.interop import qutip
from typicality.quantum import (
    EnergyShell,
    haar_states,
    ising_chain,
    pauli,
    reduced_density_matrix,
)
from typicality.quantum._operators import hermitian


class Qobj:
    """What of a quantum object is looked at."""

    def __init__(self, matrix, dims):
        self._matrix = np.asarray(matrix, dtype=complex)
        self.dims = dims
        self.shape = self._matrix.shape

    def full(self):
        return self._matrix

    def data_as(self, kind):
        assert kind == "csr_matrix"
        return sparse.csr_matrix(self._matrix)


PSI = haar_states(6, rng=1)


def test_kets_and_bras():
    np.testing.assert_array_equal(qutip.ket(Qobj(PSI[:, None], [[2, 3], [1, 1]])), PSI)
    np.testing.assert_array_equal(qutip.ket(Qobj(PSI.conj()[None], [[1, 1], [2, 3]])), PSI)
    assert qutip.dims(Qobj(PSI[:, None], [[2, 3], [1]])) == (2, 3)
    assert qutip.dims(Qobj(PSI[None], [[1], [2, 3]])) == (2, 3)
    with pytest.raises(ValueError, match="must be a ket or a bra"):
        qutip.ket(Qobj(np.eye(6), [[2, 3], [2, 3]]))


def test_density_matrices_and_operators():
    projector = np.outer(PSI, PSI.conj())
    for given in (Qobj(PSI[:, None], [[6], [1]]), Qobj(projector, [[6], [6]])):
        np.testing.assert_allclose(qutip.density_matrix(given), projector, atol=1e-15)
    np.testing.assert_array_equal(qutip.operator(Qobj(np.eye(3), [[3], [3]])), np.eye(3))
    with pytest.raises(ValueError, match="Use ket"):
        qutip.operator(Qobj(PSI[:, None], [[6], [1]]))


def test_subsystem_zero_is_the_first_factor():
    first = haar_states(2, rng=2)
    product = Qobj(np.kron(first, haar_states(3, rng=3))[:, None], [[2, 3], [1, 1]])
    rho = reduced_density_matrix(qutip.ket(product), qutip.dims(product), 0)
    np.testing.assert_allclose(rho, np.outer(first, first.conj()), atol=1e-14)


def test_shells_take_them_as_they_are(monkeypatch):
    h = ising_chain(5, transverse=-1.05, longitudinal=0.5)
    given = Qobj(h.toarray(), [[2] * 5, [2] * 5])
    expected = EnergyShell.from_hamiltonian(h, window=(-1.0, 1.0))
    shell = EnergyShell.from_hamiltonian(given, window=(-1.0, 1.0))
    np.testing.assert_allclose(shell.energies, expected.energies, atol=1e-12)
    observable = Qobj(pauli("ZIIII").toarray(), [[2] * 5, [2] * 5])
    mean = expected.microcanonical_mean(pauli("ZIIII"))
    assert shell.microcanonical_mean(observable) == pytest.approx(mean, abs=1e-12)
    # Large ones come as sparse matrices.
    monkeypatch.setattr(hermitian, "LARGEST_DENSE", 16)
    assert sparse.issparse(hermitian.hermitian_operator(given, "hamiltonian"))


@pytest.mark.parametrize("value", [None, PSI, 3, "ket", object()])
@pytest.mark.parametrize("function", [qutip.ket, qutip.density_matrix, qutip.operator, qutip.dims])
def test_other_objects_are_refused(function, value):
    with pytest.raises(TypeError, match=r"must be a qutip\.Qobj"):
        function(value)


def test_superoperators_and_maps_between_spaces_are_refused():
    with pytest.raises(ValueError, match="one side has dims"):
        qutip.dims(Qobj(np.eye(4), [[[2], [2]], [[2], [2]]]))
    with pytest.raises(ValueError, match="one space to itself"):
        qutip.dims(Qobj(np.eye(4), [[2, 2], [4]]))


@pytest.mark.parametrize("function", [qutip.ket, qutip.density_matrix, qutip.operator])
def test_what_is_no_state_of_the_space_is_no_ket_or_matrix(function):
    written = [[[2], [2]], [1]]
    for given in (
        Qobj(np.eye(4)[:, :1], written),
        Qobj(np.eye(4)[:1], written[::-1]),
        Qobj(np.eye(4) / 4, [[[2], [2]], [[2], [2]]]),
    ):
        with pytest.raises(ValueError, match="must be a ket, bra or operator"):
            function(given)
    with pytest.raises(ValueError, match=r"one space to itself|ket or a bra"):
        function(Qobj(np.eye(4) / 4, [[2, 2], [4]]))


def test_operator_kets_and_superoperators_of_qutip_itself():
    import qutip as library

    rho = library.rand_dm(2, seed=1)
    written = library.operator_to_vector(rho)
    for given in (written, written.dag(), library.to_super(rho)):
        for function in (qutip.ket, qutip.density_matrix, qutip.operator, qutip.dims):
            with pytest.raises(ValueError, match="must be a ket, bra or operator"):
                function(given)


def test_objects_of_qutip_itself():
    import qutip as library

    psi = library.rand_ket([2, 3, 4], seed=1)
    amplitudes = qutip.ket(psi)
    assert qutip.dims(psi) == (2, 3, 4)
    np.testing.assert_array_equal(qutip.ket(psi.dag()), amplitudes)
    for keep in (0, 1, 2, [0, 2], [1, 2]):
        traced = psi.ptrace(keep)
        rho = reduced_density_matrix(amplitudes, (2, 3, 4), keep)
        np.testing.assert_allclose(rho, qutip.density_matrix(traced), atol=1e-14)
    projector = qutip.density_matrix(psi)
    np.testing.assert_allclose(projector, np.outer(amplitudes, amplitudes.conj()), atol=1e-15)
    number = library.tensor(library.num(2), library.qeye(3), library.qeye(4))
    np.testing.assert_array_equal(qutip.operator(number), number.full())


def test_a_shell_of_qutips_hamiltonian():
    import qutip as library

    spins = [library.sigmax(), library.sigmay(), library.sigmaz()]
    terms = [
        library.tensor([p if k in (j, j + 1) else library.qeye(2) for k in range(6)])
        for j in range(5)
        for p in spins
    ]
    hamiltonian = sum(terms[1:], terms[0])
    shell = EnergyShell.from_hamiltonian(hamiltonian, center=0.0, n_states=14)
    dense = EnergyShell.from_hamiltonian(hamiltonian.full(), center=0.0, n_states=14)
    np.testing.assert_allclose(shell.energies, dense.energies, atol=1e-12)
    assert shell.microcanonical_mean(hamiltonian) == pytest.approx(shell.energies.mean(), abs=1e-12)
