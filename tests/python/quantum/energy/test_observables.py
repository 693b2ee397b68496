import itertools

import numpy as np
import pytest
from scipy import sparse

from oracles.chains import kron
from typicality.quantum import local_sum, pauli
from typicality.quantum._energy.observables import pauli_sum


def test_every_string_of_three_letters():
    for letters in itertools.product("IXYZ", repeat=3):
        string = "".join(letters)
        matrix = pauli(string)
        assert np.array_equal(matrix.toarray(), kron(string)), string
        assert matrix.dtype == (np.complex128 if string.count("Y") % 2 else np.float64)
        assert matrix.nnz == 8


def test_leftmost_letter_is_the_most_significant_subsystem():
    assert pauli("ZII").diagonal().tolist() == [1, 1, 1, 1, -1, -1, -1, -1]
    assert pauli("IIZ").diagonal().tolist() == [1, -1] * 4


@pytest.mark.parametrize("string", ["", "A", "xz", "X Z"])
def test_bad_strings(string):
    with pytest.raises(ValueError, match="letters I, X, Y, Z"):
        pauli(string)


def test_bad_kinds():
    with pytest.raises(TypeError, match="str"):
        pauli(3)
    with pytest.raises(TypeError, match="periodic"):
        local_sum(pauli("Z"), 3, periodic="yes")


def test_huge_strings_are_refused_before_they_are_built():
    with pytest.raises(MemoryError, match="available"):
        pauli("X" * 40)
    with pytest.raises(ValueError, match="at most 40"):
        pauli("X" * 41)
    with pytest.raises(MemoryError, match="available"):
        local_sum(np.eye(2), 40)


def test_sum_of_strings_merges_what_cancels():
    nothing = pauli_sum([(1, 0, 1.0), (1, 0, -1.0)], 2)
    assert nothing.nnz == 0
    assert nothing.shape == (4, 4)
    assert pauli_sum([], 2).nnz == 0


@pytest.mark.parametrize("field", ["real", "complex"])
@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize(("q", "sites", "n"), [(2, 1, 4), (2, 3, 5), (3, 2, 4), (3, 1, 1)])
def test_local_sum_against_rotations_of_the_chain(q, sites, n, periodic, field):
    generator = np.random.default_rng(5)
    operator = generator.standard_normal((q**sites, q**sites))
    if field == "complex":
        operator = operator + 1j * generator.standard_normal(operator.shape)
    first = np.kron(operator, np.eye(q ** (n - sites)))
    # One step of the rotation: the last subsystem becomes the first.
    step = np.zeros((q**n, q**n))
    for digits in itertools.product(range(q), repeat=n):
        source = int("".join(map(str, digits)), q)
        target = int("".join(map(str, digits[-1:] + digits[:-1])), q)
        step[target, source] = 1.0
    expected, term = np.zeros_like(first), first
    for _ in range(n if periodic else n - sites + 1):
        expected = expected + term
        term = step @ term @ step.T
    found = local_sum(operator, n, local_dimension=q, periodic=periodic)
    assert isinstance(found, sparse.csr_array)
    assert found.dtype == operator.dtype
    np.testing.assert_allclose(found.toarray(), expected, atol=1e-12)


def test_local_sum_takes_sparse_and_single_precision():
    found = local_sum(sparse.csr_array(np.diag([1.0, -1.0]).astype(np.float32)), 3)
    assert found.dtype == np.float32
    assert found.diagonal().tolist() == [3, 1, 1, -1, 1, -1, -1, -3]


@pytest.mark.parametrize(
    ("operator", "n", "options", "message"),
    [
        (np.eye(3), 4, {}, "power of"),
        (np.eye(1), 4, {}, "whole subsystems"),
        (np.eye(8), 2, {}, "too many"),
        (np.eye(4), 2, {"periodic": True}, "too many"),
        (np.ones((2, 4)), 3, {}, "square"),
        (np.full((2, 2), np.nan), 3, {}, "finite"),
        (np.eye(2), 0, {}, "at least 1"),
        (np.eye(2), 3, {"local_dimension": 1}, "at least 2"),
    ],
)
def test_local_sum_refuses(operator, n, options, message):
    with pytest.raises(ValueError, match=message):
        local_sum(operator, n, **options)
