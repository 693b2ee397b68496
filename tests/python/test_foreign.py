"""Objects that must not pass the door for arrays: refused, with what reads them."""

import numpy as np
import pytest

from typicality._foreign import refuse_foreign
from typicality.quantum import (
    EnergyShell,
    entanglement_entropy,
    evolved_states,
    observable_expectations,
    partial_trace,
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
