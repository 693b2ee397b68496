"""Qiskit's states, by stand-ins with the same attributes, and its order of subsystems."""

import itertools
import math

import numpy as np
import pytest

from oracles.quantum import partial_trace
from typicality.interop import qiskit
from typicality.quantum import haar_states, reduced_density_matrix
from typicality.quantum import partial_trace as traced


class State:
    """Minimal stand-in for Statevector and DensityMatrix of Qiskit."""

    def __init__(self, data, dims):
        self.data = np.asarray(data, dtype=complex)
        self._dims = tuple(dims)

    def dims(self):
        return self._dims


def little_endian(factors):
    """Kronecker product with subsystem 0 last, as Qiskit builds it."""
    product = np.ones(1)
    for factor in factors:
        product = np.kron(factor, product)
    return product


def test_each_subsystem_is_found_again():
    dims = (2, 3, 4)
    factors = [haar_states(d, rng=d) for d in dims]
    state = State(little_endian(factors), dims)
    assert qiskit.dims(state) == (4, 3, 2)
    for index, factor in enumerate(factors):
        kept = qiskit.keep(state, index)
        rho = reduced_density_matrix(qiskit.ket(state), qiskit.dims(state), kept)
        np.testing.assert_allclose(rho, np.outer(factor, factor.conj()), atol=1e-14)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_several_subsystems_keep_their_order(count):
    dims = (2, 3, 2)
    psi = haar_states(math.prod(dims), rng=4)
    rho = np.outer(psi, psi.conj())
    state = State(rho, dims)
    for qargs in itertools.permutations(range(3), count):
        kept = qiskit.keep(state, qargs)
        # The first of qargs is the least significant factor of the result, as in Qiskit.
        expected = partial_trace(rho, (2, 3, 2), [2 - q for q in reversed(qargs)])
        result = traced(qiskit.density_matrix(state), qiskit.dims(state), kept)
        np.testing.assert_allclose(result, expected, atol=1e-14)


def test_kets_and_matrices_pass_unchanged():
    psi = haar_states(4, rng=5)
    np.testing.assert_array_equal(qiskit.ket(State(psi, (2, 2))), psi)
    projector = np.outer(psi, psi.conj())
    for data in (psi, projector):
        np.testing.assert_allclose(qiskit.density_matrix(State(data, (4,))), projector, atol=1e-15)
    with pytest.raises(ValueError, match="Use density_matrix"):
        qiskit.ket(State(projector, (4,)))


@pytest.mark.parametrize("value", [None, 3, "01", np.eye(2), object()])
@pytest.mark.parametrize(
    "function",
    [qiskit.ket, qiskit.density_matrix, qiskit.dims, lambda state: qiskit.keep(state, 0)],
)
def test_other_objects_are_refused(function, value):
    with pytest.raises(TypeError, match="Statevector or DensityMatrix"):
        function(value)


@pytest.mark.parametrize(
    ("qargs", "error"),
    [([0, 0], ValueError), (2, ValueError), (-1, ValueError), ("0", TypeError), ([0.0], TypeError),
     ([True], TypeError), (None, TypeError)],
)  # fmt: skip
def test_bad_indices(qargs, error):
    with pytest.raises(error, match="qargs must be"):
        qiskit.keep(State(np.eye(4)[0], (2, 2)), qargs)


def test_objects_of_qiskit_itself():
    from qiskit.quantum_info import DensityMatrix, Statevector, random_statevector
    from qiskit.quantum_info import partial_trace as over

    psi = random_statevector((2, 3, 4), seed=1)
    amplitudes, sides = qiskit.ket(psi), qiskit.dims(psi)
    assert sides == (4, 3, 2)
    for kept in ([0], [1], [2], [0, 1], [0, 2], [1, 2]):
        expected = over(psi, [k for k in range(3) if k not in kept]).data
        rho = reduced_density_matrix(amplitudes, sides, qiskit.keep(psi, kept))
        np.testing.assert_allclose(rho, expected, atol=1e-14)
    np.testing.assert_allclose(
        qiskit.density_matrix(DensityMatrix(psi)), np.outer(amplitudes, amplitudes.conj())
    )
    one = Statevector.from_label("01")  # qubit 0 is the last letter
    rho = reduced_density_matrix(qiskit.ket(one), qiskit.dims(one), qiskit.keep(one, 0))
    np.testing.assert_array_equal(rho, np.diag([0.0, 1.0]))
