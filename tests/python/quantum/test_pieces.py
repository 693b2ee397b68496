"""Work that is cut into pieces, so that Ctrl-C is heard in between: the same results."""

import numpy as np
import pytest

from typicality import _product
from typicality.quantum import (
    bures_distance,
    chernoff_coefficient,
    evolved_states,
    fidelity,
    haar_reduced_states,
    haar_states,
    hermitian_basis,
    ising_chain,
    local_sum,
    observable_expectations,
    pauli,
    relative_entropy,
    state_from_expectations,
    syk,
    tangent_kernel,
    tangent_spectrum,
)
from typicality.quantum._energy import observables
from typicality.quantum._energy.subspace import Subspace
from typicality.quantum._operators import chebyshev, hermitian
from typicality.quantum._operators.hermitian import applied


def test_sparse_products(monkeypatch):
    monkeypatch.setattr(hermitian, "_PIECE", 100.0)
    for matrix in (ising_chain(6, transverse=1.0), syk(12, rng=1)):
        for vectors in (np.eye(64)[:, :5], 1j * np.eye(64), np.ones((64, 1))):
            found = applied(matrix, vectors)
            assert np.array_equal(found, matrix @ vectors)
            assert found.dtype == (matrix @ vectors).dtype


def test_sums_of_pauli_strings(monkeypatch):
    def matrices():
        return [
            pauli("XIZ"),
            pauli("IYZ"),
            ising_chain(5, transverse=1.0, longitudinal=0.5, periodic=True),
            # Terms that cancel, in the first rows or everywhere.
            ising_chain(2, transverse=0.0, coupling=1.0, longitudinal=0.0),
            observables.pauli_sum([(1, 0, 1j), (1, 0, -1j), (0, 2, 1.0)], 3),
            observables.pauli_sum([(0, 0, 1.0), (0, 4, -1.0)], 3),
            local_sum(pauli("XY"), 5, periodic=True),
        ]

    whole = matrices()
    monkeypatch.setattr(observables, "_ROWS", 2)
    for one, two in zip(whole, matrices(), strict=True):
        assert one.dtype == two.dtype
        assert np.array_equal(one.toarray(), two.toarray())
        assert np.array_equal(one.indices, two.indices)
        assert one.indices.dtype == two.indices.dtype
        assert one.nnz == np.count_nonzero(one.data)


@pytest.mark.parametrize("dtype", [np.complex128, np.complex64])
def test_tangent_kernels(monkeypatch, dtype):
    rho = haar_reduced_states(4, 6, (2, 3), rng=1, dtype=dtype)
    basis = hermitian_basis(4)
    product = np.einsum("...ij,ajk,bki->...ab", rho, basis, basis)
    tolerance = 1e-14 if dtype == np.complex128 else 1e-6
    for entries in (1, 200, 1 << 18):
        monkeypatch.setattr("typicality.quantum._states.tangent_kernel._ENTRIES", entries)
        kernel = tangent_kernel(rho)
        np.testing.assert_allclose(kernel, 4 * product.real, atol=tolerance)
        assert kernel.dtype == np.finfo(dtype).dtype
        spectrum = np.linalg.eigvalsh(kernel)
        np.testing.assert_allclose(tangent_spectrum(rho), spectrum, atol=10 * tolerance)


def test_dense_operators_and_distances(monkeypatch):
    h = ising_chain(5, transverse=1.0, longitudinal=0.3).toarray()
    psi = haar_states(32, 3, rng=1)
    rho, sigma = haar_reduced_states(6, 9, (2, 4), rng=2)
    subspace = Subspace(np.linalg.qr(psi.T)[0])

    def values():
        return [
            evolved_states(h, psi, [0.5, 1.0]),
            subspace.restriction(h),
            fidelity(rho, sigma),
            bures_distance(rho, sigma),
            relative_entropy(rho, sigma),
            chernoff_coefficient(rho, sigma),
            observable_expectations(rho, hermitian_basis(6)),
            state_from_expectations(observable_expectations(rho), hermitian_basis(6)),
        ]

    whole = values()
    monkeypatch.setattr(_product, "_PIECE", 300.0)
    monkeypatch.setattr(_product, "_SIDE", 5)
    monkeypatch.setattr(chebyshev, "_DENSE_PIECE", 500.0)
    for one, two in zip(whole, values(), strict=True):
        np.testing.assert_allclose(two, one, atol=1e-12)
