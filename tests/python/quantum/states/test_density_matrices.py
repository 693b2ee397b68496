"""What passes for a density matrix, and the nearest one to what does not."""

import inspect
import itertools

import numpy as np
import pytest

from typicality import quantum
from typicality.quantum import haar_reduced_states, nearest_density_matrix
from typicality.quantum._states.density_matrices import density_matrices

RHO = np.array([[0.5, 0.25j], [-0.25j, 0.5]])


def nearest_by_supports(values):
    """Projection of numbers onto the probabilities: the best of all supports."""
    best, least = None, np.inf
    for size in range(1, len(values) + 1):
        for support in itertools.combinations(range(len(values)), size):
            chosen = list(support)
            p = np.zeros(len(values))
            p[chosen] = values[chosen] - (values[chosen].sum() - 1) / size
            distance = ((p - values) ** 2).sum()
            if (p >= 0).all() and distance < least:
                best, least = p, distance
    return best


def test_density_matrices_must_be_hermitian_normalized_and_positive() -> None:
    np.testing.assert_array_equal(density_matrices(RHO), RHO)
    for wrong, words in (
        (RHO + np.array([[0, 1e-6], [0, 0]]), "Hermitian; matrix 0 differs from its adjoint by 1e"),
        (2 * RHO, r"unit trace; matrix 0 has trace 2\. Divide by the trace\."),
        (np.stack([RHO, RHO, 0.9 * RHO]), r"unit trace; matrix 2 has trace 0\.9"),
        (np.stack([RHO, -RHO])[None], r"unit trace; matrix \(0, 1\) has trace -1\.$"),
        (np.diag([1.5, -0.5]), "positive; matrix 0 has the diagonal entry -0.5"),
        (np.ones((2, 3)), "square"),
        (np.ones((0, 0)), "square"),
    ):
        with pytest.raises(ValueError, match=words):
            density_matrices(wrong)
    with pytest.raises(ValueError, match=r"matrix 1 differs from its adjoint by 0\.1"):
        density_matrices(np.stack([RHO, RHO + np.array([[0, 0.1], [0, 0]])]))


def test_an_eigenvalue_that_is_negative_is_told_with_its_place_and_the_way_on():
    wrong = np.array([[0.5, 0.6], [0.6, 0.5]])
    message = r"rho must be positive; matrix 1 has the eigenvalue -0\.1\. .*nearest_density_matrix"
    for call in (quantum.von_neumann_entropy, lambda rho: quantum.fidelity(rho, RHO)):
        with pytest.raises(ValueError, match=message):
            call(np.stack([RHO, wrong]))


@pytest.mark.parametrize("d", [1, 2, 3, 6])
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_nearest_against_all_supports(d, dtype):
    generator = np.random.default_rng(d)
    matrices = generator.normal(size=(20, d, d)) + 1j * generator.normal(size=(20, d, d))
    matrices = (matrices if np.dtype(dtype).kind == "c" else matrices.real).astype(dtype)
    found = nearest_density_matrix(matrices)
    assert found.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(found, found.conj().swapaxes(-1, -2))
    rounding = 30 * np.finfo(found.dtype).eps
    for matrix, rho in zip(matrices.astype(complex), found, strict=True):
        values, vectors = np.linalg.eigh((matrix + matrix.conj().T) / 2)
        expected = (vectors * nearest_by_supports(values)) @ vectors.conj().T
        np.testing.assert_allclose(rho, expected, atol=rounding)
    # They pass the door, and are their own nearest ones.
    quantum.von_neumann_entropy(found)
    np.testing.assert_allclose(nearest_density_matrix(found), found, atol=rounding)


def test_no_density_matrix_is_nearer():
    generator = np.random.default_rng(0)
    matrix = generator.normal(size=(4, 4)) / 3
    nearest = nearest_density_matrix(matrix)
    least = np.linalg.norm(matrix - nearest)
    others = haar_reduced_states(4, 4, 500, field="real", rng=1)
    between = nearest + 0.01 * (others - nearest)
    for rho in (*others, *between):
        assert np.linalg.norm(matrix - rho) > least


def test_nearest_at_the_ends():
    assert nearest_density_matrix([[-7.0]]) == 1
    assert nearest_density_matrix(np.zeros((0, 3, 3))).shape == (0, 3, 3)
    assert nearest_density_matrix(np.zeros((2, 1, 3, 3))).shape == (2, 1, 3, 3)
    np.testing.assert_allclose(nearest_density_matrix(np.zeros((3, 3))), np.eye(3) / 3, atol=1e-16)
    np.testing.assert_array_equal(nearest_density_matrix(1e90 * np.diag([1, 2])), np.diag([0, 1]))
    np.testing.assert_array_equal(nearest_density_matrix([[1, 0], [0, 0]]), np.diag([1, 0]))
    for wrong, words in (
        ([[np.nan]], "matrix must be finite"),
        (np.ones(3), "at least 2 axes"),
        (np.ones((2, 3)), "square"),
        ([[1e300]], "at most 1e\\+100"),
    ):
        with pytest.raises(ValueError, match=words):
            nearest_density_matrix(wrong)


def test_a_tolerance_stands_for_the_nearest_density_matrix():
    solved = RHO + np.array([[2e-6, 3e-6], [0, -1e-6]])
    solved = np.stack([solved, np.diag([1 + 5e-6, -7e-6])])
    nearest = nearest_density_matrix(solved)
    other = np.diag([0.25, 0.75])
    allowed = {"tolerance": 1e-5}
    calls = {
        "renyi_entropy": (0.5,),
        "von_neumann_entropy": (),
        "min_entropy": (),
        "hartley_entropy": (),
        "purity": (),
        "linear_entropy": (),
        "entanglement_capacity": (),
        "density_spectrum": (),
        "partial_trace": ([2, 1], [0]),
        "trace_distance": (other,),
        "hilbert_schmidt_distance": (other,),
        "fidelity": (other,),
        "bures_distance": (other,),
        "relative_entropy": (other,),
        "helstrom_probability": (other,),
        "chernoff_coefficient": (other,),
        "tangent_kernel": (),
        "tangent_spectrum": (),
        "tangent_displacement": (),
        "uhlmann_displacement": (),
        "observable_expectations": (),
    }
    without = set()
    for name in quantum.__all__:
        value = getattr(quantum, name)
        if callable(value) and not isinstance(value, type):
            parameters = inspect.signature(value).parameters
            if {"rho", "state"} & set(parameters) and "tolerance" not in parameters:
                without.add(name)
    # Operators of any kind may be transposed.
    assert without == {"partial_transpose"}
    for name, arguments in calls.items():
        function = getattr(quantum, name)
        np.testing.assert_allclose(
            function(solved, *arguments, **allowed), function(nearest, *arguments), atol=1e-12
        )
        with pytest.raises(ValueError, match="rho must"):
            function(solved, *arguments)
        with pytest.raises(ValueError, match=r"rho must be (Hermitian|positive)"):
            function(solved, *arguments, tolerance=1e-7)
        with pytest.raises(ValueError, match="tolerance must be non-negative"):
            function(solved, *arguments, tolerance=-1.0)
    with pytest.raises(ValueError, match=r"sigma must be positive; .* has the eigenvalue -1e-05"):
        quantum.trace_distance(RHO, np.diag([1.00001, -1e-5]), tolerance=5e-6)


def test_what_a_master_equation_leaves():
    import qutip

    lower = qutip.destroy(10)
    driven = lower.dag() * lower + 3 * (lower + lower.dag())
    # Without damping the exact state stays pure, so that any error of the solver shows.
    states = qutip.mesolve(
        driven, qutip.basis(10, 0), np.linspace(0, 5, 6), c_ops=[0 * lower]
    ).states
    solved = np.array([state.full() for state in states])
    lowest = np.linalg.eigvalsh(solved).min()
    assert -1e-4 < lowest < -1e-6
    with pytest.raises(ValueError, match=r"solver's error, pass .*nearest_density_matrix\(rho\)"):
        quantum.von_neumann_entropy(solved)
    entropy = quantum.von_neumann_entropy(solved, tolerance=1e-4)
    np.testing.assert_allclose(
        entropy, quantum.von_neumann_entropy(nearest_density_matrix(solved)), atol=1e-12
    )
    np.testing.assert_allclose(entropy, 0, atol=1e-3)
