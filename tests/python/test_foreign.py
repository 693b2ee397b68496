"""Objects that must not pass the door for arrays: refused, with what reads them."""

import numpy as np
import pytest
from scipy import sparse

from typicality._foreign import as_array, refuse_foreign
from typicality.quantum import (
    EnergyShell,
    entanglement_entropy,
    evolved_states,
    observable_expectations,
    partial_trace,
    purity,
    reduced_density_matrix,
    schmidt_spectrum,
    trace_distance,
    von_neumann_entropy,
)
from typicality.spectra import tridiagonal_eigenvalues


def stand_in(module, name, **attributes):
    """An object whose class says that it comes from another library."""
    return type(name, (), {"__module__": module, **attributes})()


STATEVECTOR = stand_in("qiskit.quantum_info.states.statevector", "Statevector")
QOBJ = stand_in("qutip.core.qobj", "Qobj", type="ket")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (STATEVECTOR, r"psi is a Statevector of Qiskit.*interop\.qiskit\.ket\(psi\).*keep"),
        ([STATEVECTOR, STATEVECTOR], r"list .* a Statevector .*interop\.qiskit\.ket\(each\)"),
        ((0.6, STATEVECTOR), r"list .* a Statevector"),
        (np.array([QOBJ, None], dtype=object), r"list .* a Qobj of QuTiP"),
        (
            stand_in("qiskit.quantum_info.states.densitymatrix", "DensityMatrix"),
            r"interop\.qiskit\.density_matrix\(psi\)",
        ),
        (stand_in("qiskit.quantum_info", "Operator"), r"an Operator of Qiskit.*its matrix"),
        (QOBJ, r"psi is a Qobj of QuTiP.*interop\.qutip\.ket\(psi\)"),
        (
            stand_in("qutip.core.qobj", "Qobj", type="oper"),
            r"qutip\.density_matrix\(psi\) or typicality\.interop\.qutip\.operator\(psi\)",
        ),
        (stand_in("qutip.core.qobj", "Qobj", type="super"), "Pass its matrix"),
    ],
)
def test_what_to_do_is_said(value, message):
    with pytest.raises(TypeError, match=message):
        refuse_foreign(value, "psi")


def test_a_class_of_the_users_own_that_is_one_is_one_too():
    mine = type("Mine", (type(STATEVECTOR),), {"__module__": "mine"})()
    with pytest.raises(TypeError, match="a Mine of Qiskit"):
        refuse_foreign(mine, "psi")


@pytest.mark.parametrize("value", [None, 3, "qutip", [], [1.0, None], np.eye(2), object(), {}])
def test_everything_else_passes(value):
    refuse_foreign(value, "psi")


CALLS = [
    lambda state: reduced_density_matrix(state, (2, 2), 0),
    lambda state: reduced_density_matrix([state, state], (2, 2), 0),
    lambda state: partial_trace(state, (2, 2), 0),
    lambda state: schmidt_spectrum(state, (2, 2), 0),
    lambda state: entanglement_entropy(state, (2, 2), 0),
    lambda state: evolved_states(np.eye(4), state, 1.0),
    lambda state: trace_distance(state, np.eye(4) / 4),
    von_neumann_entropy,
]


@pytest.mark.parametrize("call", CALLS)
def test_states_of_the_libraries_themselves(call):
    import qutip
    from qiskit.quantum_info import DensityMatrix, Statevector

    one = Statevector.from_label("01")
    ket = qutip.basis([2, 2], [0, 1])
    for state, library in (
        (one, "Qiskit"),
        (DensityMatrix(one), "Qiskit"),
        (ket, "QuTiP"),
        (ket.dag(), "QuTiP"),
        (ket.proj(), "QuTiP"),
    ):
        with pytest.raises(TypeError, match=f"of {library}, not an array. Pass typicality"):
            call(state)


def test_operators_of_the_libraries_themselves():
    import qutip
    from qiskit.quantum_info import Operator

    with pytest.raises(TypeError, match="an Operator of Qiskit"):
        EnergyShell.from_hamiltonian(Operator(np.eye(4)), window=(0.0, 2.0))
    with pytest.raises(TypeError, match=r"qutip\.operator\(each\)"):
        observable_expectations(np.eye(4) / 4, [qutip.qeye([2, 2])])
    # A Hamiltonian of QuTiP is welcome where operators are.
    shell = EnergyShell.from_hamiltonian(qutip.qeye([2, 2]), window=(0.0, 2.0))
    assert shell.dimension == 4


def test_masked_entries_are_not_read_through_their_mask() -> None:
    hidden = np.ma.masked_array([0.6, 0.8], mask=[False, True])
    with pytest.raises(TypeError, match=r"psi has masked entries; pass psi.filled"):
        schmidt_spectrum(hidden, [2], 0)
    with pytest.raises(TypeError, match="diagonal has masked entries"):
        tridiagonal_eigenvalues(hidden, [0.0])
    shown = np.ma.masked_array([0.6, 0.8], mask=[False, False])
    assert schmidt_spectrum(shown, [2], 0).shape == (1,)


def no_array(self, dtype=None, copy=None):
    raise RuntimeError("its own advice")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (stand_in("torch", "Tensor", requires_grad=True), r"requires grad; pass psi\.detach\(\)"),
        (stand_in("torch", "Tensor", is_conj=lambda _: True), r"pass psi\.resolve_conj\(\) in"),
        (
            stand_in("torch", "Tensor", dtype="torch.bfloat16"),
            r"NumPy cannot read; pass psi\.float",
        ),
        (
            stand_in(
                "torch",
                "Tensor",
                requires_grad=True,
                device=stand_in("torch", "device", type="cuda"),
                is_neg=lambda _: True,
            ),
            r"pass psi\.detach\(\)\.cpu\(\)\.resolve_neg\(\) instead",
        ),
        (
            stand_in("cupy", "ndarray", __array__=no_array),
            "psi must be an array of .* its own advice",
        ),
        (
            stand_in("pandas", "DataFrame", __array__=no_array, to_numpy=no_array),
            r"pass psi\.to_numpy\(dtype=float\)",
        ),
        (
            stand_in("quimb.linalg.base_linalg", "Lazy", __call__=no_array),
            r"Lazy of quimb.*psi\(\)",
        ),
        (
            stand_in("quimb.tensor.tn1d.core", "MatrixProductState", to_dense=no_array),
            r"MatrixProductState of quimb, not an array\. Pass psi\.to_dense\(\)",
        ),
        (
            stand_in("quspin.operators", "hamiltonian", toarray=no_array),
            r"a hamiltonian of QuSpin, not an array\. Pass psi\.toarray\(\)",
        ),
        (np.array([None, 1.0]), r"dtype object\. Pass numpy\.asarray\(psi, dtype=float\)"),
        ([1.0, np.ma.masked], "psi has masked entries"),
        ([2**70, 0.5], "dtype object"),
        ([[1.0], [1.0, 2.0]], "psi must be an array of numbers"),
        (np.zeros(2, dtype="V8"), "psi must hold numbers"),
        (np.zeros(2, dtype=[("a", float)]), "psi must hold numbers"),
    ],
)
def test_what_cannot_be_read_says_what_can(value, message):
    with pytest.raises(TypeError, match=rf"(?i){message}"):
        as_array(value, "psi")


class Frame:
    """As a table of pandas with columns of mixed or nullable kinds: NumPy sees objects."""

    def __array__(self, dtype=None, copy=None):
        return np.array([[0.5, 0.0], [0.0, 0.5]], dtype=object)

    def to_numpy(self, dtype):
        return np.array(self).astype(dtype)


def test_tables_of_mixed_columns():
    with pytest.raises(TypeError, match=r"dtype object\. Pass rho\.to_numpy\(dtype=float\)\."):
        purity(Frame())
    assert purity(Frame().to_numpy(dtype=float)) == 0.5


def test_columns_are_told_to_be_rows():
    for psi in ([[0.6], [0.8]], np.ones((5, 2, 1)) / np.sqrt(2)):
        with pytest.raises(
            ValueError, match=r"psi must have its amplitudes .* Pass psi\[\.\.\., 0"
        ):
            schmidt_spectrum(psi, [2], 0)
        with pytest.raises(ValueError, match=r"Pass psi\[\.\.\., 0\]"):
            evolved_states(np.eye(2), psi, 1.0)
    # As many kets of one amplitude, which is what the shape says.
    assert schmidt_spectrum(np.ones((4, 1)), [1], 0).shape == (4, 1)


ISING = np.diag([1.0, -1.0, -1.0, 1.0])


@pytest.mark.parametrize(
    "operator",
    [
        stand_in(
            "quspin.operators.hamiltonian_core",
            "hamiltonian",
            static=None,
            dynamic={},
            tocsr=lambda _: sparse.csr_matrix(ISING),
            toarray=no_array,
        ),
        stand_in("quimb.linalg.base_linalg", "Lazy", __call__=lambda _: sparse.csr_matrix(ISING)),
        stand_in(
            "quimb.operator.builder",
            "SparseOperatorBuilder",
            build_sparse_matrix=lambda _: sparse.csr_matrix(ISING),
        ),
        stand_in("qutip.core.qobj", "Qobj", full=lambda _: ISING, shape=(4, 4)),
    ],
    ids=lambda operator: type(operator).__name__,
)
def test_hamiltonians_of_other_libraries(operator):
    shell = EnergyShell.from_hamiltonian(operator, window=(0.0, 2.0))
    np.testing.assert_array_equal(shell.energies, [1.0, 1.0])
    assert shell.microcanonical_mean(operator) == 1.0


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"static": None, "dynamic": {"drive": 1}}, r"depends on time; pass hamiltonian\.tocsr\(t"),
        ({}, r"of QuSpin with parameters; pass hamiltonian\.tocsr\(parameters\)"),
    ],
)
def test_hamiltonians_that_are_not_one_operator(attributes, message):
    operator = stand_in("quspin.operators", "hamiltonian", tocsr=no_array, **attributes)
    with pytest.raises(TypeError, match=message):
        EnergyShell.from_hamiltonian(operator, window=(0.0, 2.0))
